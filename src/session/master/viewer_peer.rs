//! One viewer's connection to a master: what is known of it.

use crate::ice::Candidate;
use crate::session::io::PeerId;
use crate::session::outbox::Outbox;
use crate::time::Millis;

/// One viewer's connection.
#[derive(Debug)]
pub(super) struct ViewerPeer {
    pub(super) id: PeerId,
    /// The offer that it answers, to know it again when it is repeated.
    pub(super) offer: String,
    pub(super) stage: Stage,
    pub(super) outbox: Outbox,
    pub(super) stream: Stream,
    pub(super) channel: Channel,
}

#[derive(Debug)]
pub(super) enum Stage {
    /// The offer waits until it is settled whether there are TURN servers.
    Held { candidates: Vec<Candidate> },
    /// The peer connection exists, the path does not.
    Connecting { until: Millis },
    /// The path is there.
    Connected,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stream {
    None,
    Told,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Channel {
    Closed,
    Open,
}

impl ViewerPeer {
    /// A viewer whose offer has just come.
    pub(super) fn new(id: PeerId, offer: String) -> Self {
        Self {
            id,
            offer,
            stage: Stage::Held { candidates: Vec::new() },
            outbox: Outbox::default(),
            stream: Stream::None,
            channel: Channel::Closed,
        }
    }

    /// Whether its offer still waits to be answered.
    pub(super) const fn is_held(&self) -> bool {
        matches!(self.stage, Stage::Held { .. })
    }

    /// Whether a message can be sent to it.
    pub(super) const fn is_writable(&self) -> bool {
        matches!(self.channel, Channel::Open)
    }

    /// When it is given up.
    pub(super) const fn until(&self) -> Option<Millis> {
        match self.stage {
            Stage::Connecting { until } => Some(until),
            Stage::Held { .. } | Stage::Connected => None,
        }
    }
}
