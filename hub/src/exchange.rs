//! What the hub is told, and what it tells its driver to do.

use std::{fmt, sync::Arc};

use crate::{
    ChannelName, ConnectionId, MessageType, Role, ServiceError, StoragePeerId, ids::CorrelationId,
    role::Place,
};

/// What the hub is told.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// The socket of an admitted connection is up.
    Opened(ConnectionId),
    /// A text frame came in.
    Received(ConnectionId, &'a str),
    /// A ping of the client, or a pong that nobody asked it for: it counts as traffic.
    Alive(ConnectionId),
    /// The connection is gone, whichever side ended it.
    Closed(ConnectionId),
    /// Time has passed.
    Tick,
}

/// What the driver is to do. Exhaustive on purpose: it has to do all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this text frame. An empty one is meant.
    Send(ConnectionId, String),
    /// Close this connection. The hub has forgotten it already.
    Close(ConnectionId, Close),
    /// An Alexa offer has its end: the answer's payload, or why there is none.
    Answered(TicketId, Result<String, ServiceError>),
    /// A storage session has something to do.
    Storage(StorageOrder),
}

/// What a storage session is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageOrder {
    /// Somebody has joined: send an offer and candidates.
    Join {
        /// Who, from now on.
        peer: StoragePeerId,
        /// Whose session it is.
        channel: ChannelName,
        /// As what.
        role: Role,
    },
    /// A peer answers, or tells a candidate.
    Message {
        /// Who.
        peer: StoragePeerId,
        /// What, in base64.
        payload: String,
        /// How it is told that it failed.
        asker: Asker,
    },
    /// A peer is no more; the hub has forgotten it already.
    Leave(StoragePeerId),
}

/// Who sent a message to a storage session, for
/// [`Hub::storage_refuses`](crate::Hub::storage_refuses).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    pub(crate) connection: ConnectionId,
    pub(crate) place: Arc<Place>,
    pub(crate) kind: MessageType,
    pub(crate) length: usize,
    pub(crate) correlation: Option<CorrelationId>,
}

impl Asker {
    /// What the message is: an answer or a candidate.
    pub const fn kind(&self) -> MessageType {
        self.kind
    }
}

/// How a connection is to be closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Close {
    /// By a close frame.
    Normal {
        /// The close code, e.g. 1001.
        code: u16,
        /// Why, for people: up to 123 bytes.
        reason: String,
    },
    /// By an end of the TCP connection without a word.
    Abrupt,
}

impl Close {
    /// The same identity connected again, and the newest wins.
    pub(crate) fn replaced() -> Self {
        Self::Normal { code: 1000, reason: "replaced by a newer connection".to_owned() }
    }

    /// The connection idled, or has lasted for as long as it may.
    pub(crate) fn going_away() -> Self {
        Self::Normal { code: 1001, reason: "Going away".to_owned() }
    }

    /// Its channel is no more.
    pub(crate) fn channel_deleted() -> Self {
        Self::Normal { code: 1001, reason: "the channel was deleted".to_owned() }
    }
}

/// One Alexa offer that waits for its answer; never given out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketId(pub(crate) u64);

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t{}", self.0)
    }
}

/// How often one operation may be called, per second of real time: token buckets like those of
/// [`Quotas`](crate::Quotas).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallRates {
    /// By the account, on all channels together; `None` is no limit.
    pub account: Option<u32>,
    /// On one channel; `None` is no limit.
    pub channel: Option<u32>,
}
