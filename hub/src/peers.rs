//! Who is connected to one channel.

use std::collections::HashSet;

use crate::{ClientId, ConnectionId, ErrorKind, Role, ServiceError};

/// A channel's connections, opening and open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Peers {
    connections: Vec<Connection>,
}

impl Peers {
    pub(crate) fn is_empty(&self) -> bool {
        self.connections.is_empty()
    }

    /// Reserves a place, if there is one. Somebody who is there already, under the same id,
    /// has one: a reconnect never fails for want of places.
    pub(crate) fn reserve(
        &mut self,
        id: ConnectionId,
        role: Role,
        max_viewers: usize,
    ) -> Result<(), ServiceError> {
        let mut viewers: HashSet<&ClientId> =
            self.connections.iter().filter_map(|c| c.role.client_id()).collect();
        viewers.extend(role.client_id());
        if viewers.len() > max_viewers {
            return Err(ServiceError::new(
                ErrorKind::ClientLimitExceeded,
                format!("the channel has its maximum number of viewers, {max_viewers}"),
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
