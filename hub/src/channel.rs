//! One channel, and who is connected to it.

use std::collections::HashSet;

use crate::{
    ChannelArn, ChannelName, ClientId, ConnectionId, ErrorKind, Millis, ServiceError, UnixMillis,
};

/// How many viewers a channel has at once.
///
/// Source: "Service quotas", ConnectAsViewer.
const MAX_VIEWERS: usize = 10;
/// How long a message waits for its recipient where the channel does not say, in seconds.
const DEFAULT_MESSAGE_TTL: u64 = 60;
/// What a channel may say, in seconds.
const MESSAGE_TTL_RANGE: std::ops::RangeInclusive<u64> = 5..=120;

/// Who somebody is on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The one that viewers talk to.
    Master,
    /// One of up to ten that talk to the master.
    Viewer(ClientId),
}

impl Role {
    /// A viewer's id; the master has none.
    pub const fn client_id(&self) -> Option<&ClientId> {
        match self {
            Self::Master => None,
            Self::Viewer(id) => Some(id),
        }
    }
}

/// What a new channel is to be.
#[derive(Clone, Debug)]
pub struct CreateChannel {
    /// Its name, unique in the hub.
    pub name: ChannelName,
    /// How long a message waits for its recipient, in seconds: 5 to 120, default 60.
    pub message_ttl_seconds: Option<u64>,
    /// Its first version: an opaque text of up to 64 letters and digits.
    pub version: String,
}

/// A signaling channel. It is active from the moment it exists.
#[derive(Clone, Debug)]
pub struct Channel {
    arn: ChannelArn,
    created: UnixMillis,
    message_ttl_seconds: u64,
    version: String,
    connections: Vec<Connection>,
}

impl Channel {
    /// Its ARN.
    pub const fn arn(&self) -> &ChannelArn {
        &self.arn
    }

    /// Its name.
    pub const fn name(&self) -> &ChannelName {
        self.arn.name()
    }

    /// When it was created.
    pub const fn created(&self) -> UnixMillis {
        self.created
    }

    /// How long a message waits for its recipient, in seconds.
    pub const fn message_ttl_seconds(&self) -> u64 {
        self.message_ttl_seconds
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    pub(crate) fn new(
        arn: ChannelArn,
        request: CreateChannel,
        created: UnixMillis,
    ) -> Result<Self, ServiceError> {
        let message_ttl_seconds = request.message_ttl_seconds.unwrap_or(DEFAULT_MESSAGE_TTL);
        if !MESSAGE_TTL_RANGE.contains(&message_ttl_seconds) {
            return Err(ServiceError::invalid("MessageTtlSeconds must be 5 to 120"));
        }
        Ok(Self {
            arn,
            created,
            message_ttl_seconds,
            version: request.version,
            connections: Vec::new(),
        })
    }

    pub(crate) const fn message_ttl(&self) -> Millis {
        Millis::from_secs(self.message_ttl_seconds)
    }

    /// Reserves a place, if there is one. Somebody who is there already, under the same id,
    /// has one: a reconnect never fails for want of places.
    pub(crate) fn reserve(&mut self, id: ConnectionId, role: Role) -> Result<(), ServiceError> {
        let mut viewers: HashSet<&ClientId> =
            self.connections.iter().filter_map(|c| c.role.client_id()).collect();
        viewers.extend(role.client_id());
        if viewers.len() > MAX_VIEWERS {
            return Err(ServiceError::new(
                ErrorKind::ClientLimitExceeded,
                format!("the channel has its maximum number of viewers, {MAX_VIEWERS}"),
            ));
        }
        self.connections.push(Connection { id, role, stage: Stage::Opening });
        Ok(())
    }

    /// A reserved place is taken. Answers whose it is, and the older connection that loses it.
    pub(crate) fn open(&mut self, id: ConnectionId) -> Option<(Role, Option<ConnectionId>)> {
        let connection = self.connections.iter_mut().find(|c| c.id == id)?;
        connection.stage = Stage::Open;
        let role = connection.role.clone();
        let older = |c: &Connection| c.id != id && c.role == role && c.stage == Stage::Open;
        let replaced = self.connections.iter().find(|c| older(c)).map(|c| c.id);
        self.connections.retain(|c| !older(c));
        Some((role, replaced))
    }

    pub(crate) fn remove(&mut self, id: ConnectionId) {
        self.connections.retain(|c| c.id != id);
    }

    /// The open connection of a role.
    pub(crate) fn connection_of(&self, role: &Role) -> Option<ConnectionId> {
        let open = |c: &&Connection| c.stage == Stage::Open && c.role == *role;
        self.connections.iter().find(open).map(|c| c.id)
    }

    /// Whose open connection this is.
    pub(crate) fn role_of(&self, id: ConnectionId) -> Option<&Role> {
        let open = |c: &&Connection| c.stage == Stage::Open && c.id == id;
        self.connections.iter().find(open).map(|c| &c.role)
    }
}

#[derive(Clone, Debug)]
struct Connection {
    id: ConnectionId,
    role: Role,
    stage: Stage,
}

/// A place is reserved before the socket is up, so that nothing is delivered into a socket that
/// then fails to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Opening,
    Open,
}
