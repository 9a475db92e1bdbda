//! The last messages, without what was in them.

use std::{collections::VecDeque, fmt, sync::Arc};

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::{MessageType, Millis, Role, role::Place};

/// How many entries are kept.
const CAPACITY: usize = 1000;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It reached its recipient, or an Alexa offer's sender.
    Delivered,
    /// It waits for its recipient.
    Stored,
    /// It waited, and a newer one replaced it or crowded it out.
    Replaced,
    /// It waited, and its time was over.
    Expired,
    /// It failed, with this error.
    Refused(&'static str),
    /// A fault dropped it.
    Dropped,
    /// A fault holds it back.
    Delayed,
    /// A fault makes it two.
    Duplicated,
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Stored => "stored",
            Self::Replaced => "replaced",
            Self::Expired => "expired",
            Self::Refused(_) => "refused",
            Self::Dropped => "dropped",
            Self::Delayed => "delayed",
            Self::Duplicated => "duplicated",
        }
    }
}

/// Who sends a message or gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party<'a> {
    /// A peer of the channel.
    Peer(&'a Role),
    /// The channel's storage session.
    Storage,
}

impl fmt::Display for Party<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Peer(role) => role.fmt(f),
            Self::Storage => f.write_str("storage"),
        }
    }
}

/// Between whom a message goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way<'a> {
    /// From one peer to another, where it said to whom.
    Peers(&'a Arc<Place>, Option<&'a Arc<Place>>),
    /// From a peer to the storage session.
    ToStorage(&'a Arc<Place>),
    /// From the storage session to a peer.
    FromStorage(&'a Arc<Place>),
}

/// The same, to be kept.
#[derive(Clone, Debug)]
enum Ends {
    Peers(Arc<Place>, Option<Arc<Place>>),
    ToStorage(Arc<Place>),
    FromStorage(Arc<Place>),
}

impl From<Way<'_>> for Ends {
    fn from(way: Way<'_>) -> Self {
        match way {
            Way::Peers(from, to) => Self::Peers(Arc::clone(from), to.map(Arc::clone)),
            Way::ToStorage(from) => Self::ToStorage(Arc::clone(from)),
            Way::FromStorage(to) => Self::FromStorage(Arc::clone(to)),
        }
    }
}

/// What became of one message; there is an entry for each step on its way, e.g. one when it is
/// stored and one when it is delivered. Never its payload.
///
/// As JSON: `seq`, `at`, `channel`, `from`, `to`, `type`, `payloadLength`, `outcome`, `error`;
/// `from` and `to` are `master`, `viewer:` and a client id, or `storage`; what is not known is
/// absent.
#[derive(Clone, Debug)]
pub struct LogEntry {
    seq: u64,
    at: Millis,
    ends: Ends,
    kind: Option<MessageType>,
    payload_length: usize,
    outcome: Outcome,
}

impl LogEntry {
    /// Its number: each is one more than the one before.
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// When, on the driver's clock.
    pub const fn at(&self) -> Millis {
        self.at
    }

    /// The channel's name.
    pub fn channel(&self) -> &str {
        let (Ends::Peers(place, _) | Ends::ToStorage(place) | Ends::FromStorage(place)) =
            &self.ends;
        place.channel.as_str()
    }

    /// Who sent it.
    pub fn from(&self) -> Party<'_> {
        match &self.ends {
            Ends::Peers(from, _) | Ends::ToStorage(from) => Party::Peer(&from.role),
            Ends::FromStorage(_) => Party::Storage,
        }
    }

    /// Whom it is for; `None` where it did not say.
    pub fn to(&self) -> Option<Party<'_>> {
        match &self.ends {
            Ends::Peers(_, to) => to.as_ref().map(|place| Party::Peer(&place.role)),
            Ends::ToStorage(_) => Some(Party::Storage),
            Ends::FromStorage(to) => Some(Party::Peer(&to.role)),
        }
    }

    /// What it is; `None` where it could not be read.
    pub const fn message_type(&self) -> Option<MessageType> {
        self.kind
    }

    /// How long its payload is, in base64 characters.
    pub const fn payload_length(&self) -> usize {
        self.payload_length
    }

    /// What became of it.
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }
}

impl Serialize for LogEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entry = serializer.serialize_struct("LogEntry", 9)?;
        entry.serialize_field("seq", &self.seq)?;
        entry.serialize_field("at", &self.at.0)?;
        entry.serialize_field("channel", self.channel())?;
        entry.serialize_field("from", &self.from().to_string())?;
        match self.to() {
            Some(to) => entry.serialize_field("to", &to.to_string())?,
            None => entry.skip_field("to")?,
        }
        match self.kind {
            Some(kind) => entry.serialize_field("type", &kind)?,
            None => entry.skip_field("type")?,
        }
        entry.serialize_field("payloadLength", &self.payload_length)?;
        entry.serialize_field("outcome", self.outcome.name())?;
        match self.outcome {
            Outcome::Refused(error) => entry.serialize_field("error", error)?,
            _ => entry.skip_field("error")?,
        }
        entry.end()
    }
}

/// The last entries.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: VecDeque<LogEntry>,
    last: u64,
}

impl Log {
    pub(crate) fn add(
        &mut self,
        at: Millis,
        way: Way<'_>,
        message: Option<(MessageType, usize)>,
        outcome: Outcome,
    ) {
        if self.entries.len() >= CAPACITY {
            self.entries.pop_front();
        }
        self.last = self.last.saturating_add(1);
        self.entries.push_back(LogEntry {
            seq: self.last,
            at,
            ends: way.into(),
            kind: message.map(|(kind, _)| kind),
            payload_length: message.map_or(0, |(_, length)| length),
            outcome,
        });
    }

    /// The kept entries with a greater number, the oldest first.
    pub(crate) fn after(&self, seq: u64) -> impl Iterator<Item = &LogEntry> {
        let newer = usize::try_from(self.last.saturating_sub(seq)).unwrap_or(usize::MAX);
        self.entries.iter().skip(self.entries.len().saturating_sub(newer))
    }
}
