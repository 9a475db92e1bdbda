//! The connection of a viewer, or of the storage session, to a master: what is known of it.

use crate::ice::Candidate;
use crate::session::io::PeerId;
use crate::session::link::MAX_CANDIDATES;
use crate::session::outbox::Outbox;
use crate::time::Millis;

/// The connection of a viewer, or of the storage session.
#[derive(Debug)]
pub(super) struct ViewerPeer {
    pub(super) id: PeerId,
    /// The offer that it answers, to know it again when it is repeated.
    pub(super) offer: String,
    pub(super) stage: Stage,
    pub(super) outbox: Outbox,
    pub(super) stream: Stream,
    pub(super) channel: Channel,
    candidates: u32,
}

#[derive(Debug)]
pub(super) enum Stage {
    /// Nobody has decided yet whether it may connect.
    Asking { until: Millis, candidates: Vec<Candidate> },
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
    /// Of somebody whose offer has just come.
    pub(super) fn new(id: PeerId, offer: String, stage: Stage, trickle: bool) -> Self {
        Self {
            id,
            offer,
            stage,
            outbox: Outbox::new(trickle),
            stream: Stream::None,
            channel: Channel::Closed,
            candidates: 0,
        }
    }

    /// A candidate of the viewer: `Ok` gives it back where it is for the peer connection, and
    /// `None` where it is held, of which there may be so many.
    ///
    /// # Errors
    /// It is one too many.
    pub(super) fn admit(
        &mut self,
        candidate: Candidate,
        most_held: usize,
    ) -> Result<Option<Candidate>, ()> {
        self.candidates = self.candidates.saturating_add(1);
        if self.candidates > MAX_CANDIDATES {
            return Err(());
        }
        match &mut self.stage {
            Stage::Asking { candidates, .. } | Stage::Held { candidates } => {
                if candidates.len() >= most_held {
                    return Err(());
                }
                candidates.push(candidate);
                Ok(None)
            }
            Stage::Connecting { .. } | Stage::Connected => Ok(Some(candidate)),
        }
    }

    /// Whether there is a peer connection.
    pub(super) const fn has_connection(&self) -> bool {
        match self.stage {
            Stage::Asking { .. } | Stage::Held { .. } => false,
            Stage::Connecting { .. } | Stage::Connected => true,
        }
    }

    /// Whether its offer still waits to be answered.
    pub(super) const fn is_held(&self) -> bool {
        matches!(self.stage, Stage::Held { .. })
    }

    /// Whether the person has yet to decide.
    pub(super) const fn is_asking(&self) -> bool {
        matches!(self.stage, Stage::Asking { .. })
    }

    /// Whether a message can be sent to it.
    pub(super) const fn is_writable(&self) -> bool {
        matches!(self.channel, Channel::Open)
    }

    /// When it is given up.
    pub(super) const fn until(&self) -> Option<Millis> {
        match self.stage {
            Stage::Asking { until, .. } | Stage::Connecting { until } => Some(until),
            Stage::Held { .. } | Stage::Connected => None,
        }
    }

    /// Its state's name for JavaScript.
    pub(super) const fn state(&self) -> &'static str {
        match self.stage {
            Stage::Asking { .. } => "asking",
            Stage::Held { .. } | Stage::Connecting { .. } => "connecting",
            Stage::Connected => "connected",
        }
    }
}
