//! One try of a viewer at a peer connection: what is known of it.

use crate::session::answering::Offer;
use crate::session::io::PeerId;
use crate::session::outbox::Outbox;
use crate::time::Millis;

/// How often the offer is repeated while no master answers: well within the 60 s for which the
/// service keeps a message, and an offer that was not delivered is replaced by the newer one.
const REOFFER_EVERY: Millis = Millis::from_secs(20);

/// How long a master that was there just now may take to answer.
const CONTESTED_FOR: Millis = Millis::from_secs(3);

/// One try at a peer connection.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) id: PeerId,
    pub(super) attempt: Attempt,
    pub(super) phase: Phase,
    pub(super) outbox: Outbox,
    /// The servers it was given, as far as it matters for another try.
    pub(super) servers: Servers,
    pub(super) tracks: Tracks,
    pub(super) channel: Channel,
    /// How many candidates of the master came.
    pub(super) candidates: u32,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    First,
    /// The person has been told already that we wait for the master.
    Later,
    /// As `Later`; and the master has answered the try before, whose connection it may still hold.
    Contested,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Servers {
    Complete,
    WithoutTurn,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tracks {
    /// The answer has not been applied.
    Unknown,
    /// The master sends nothing.
    None,
    /// Nothing has arrived yet.
    Silent,
    /// Media arrives.
    Live,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Channel {
    Closed,
    Open,
}

#[derive(Debug)]
pub(super) enum Phase {
    /// There is no connection yet: the storage session's offer has not come, or waits until it is
    /// settled whether there are TURN servers.
    Awaiting { offer: Option<Offer> },
    /// The connection waits for its servers; with the socket open, no longer than until then
    /// unless it cannot do without TURN.
    Preparing { offer_by: Option<Millis> },
    /// The offer is being made, or is out and not answered.
    Offering { again_at: Option<Millis> },
    /// The answer is here, the path is not.
    Connecting { until: Millis },
    /// The path is here, media is not.
    Settling { until: Millis },
    /// Media flows, or none is to come.
    Connected,
}

impl Peer {
    /// A try that has just begun.
    pub(super) fn new(id: PeerId, attempt: Attempt, phase: Phase, trickle: bool) -> Self {
        Self {
            id,
            attempt,
            phase,
            outbox: Outbox::new(trickle),
            servers: Servers::Complete,
            tracks: Tracks::Unknown,
            channel: Channel::Closed,
            candidates: 0,
        }
    }

    /// Whether there is a peer connection.
    pub(super) const fn has_connection(&self) -> bool {
        !matches!(self.phase, Phase::Awaiting { .. })
    }

    /// How long its offer may go without an answer.
    pub(super) const fn patience(&self) -> Millis {
        match self.attempt {
            Attempt::First | Attempt::Later => REOFFER_EVERY,
            Attempt::Contested => CONTESTED_FOR,
        }
    }

    /// When it wants to be told that time has passed.
    pub(super) const fn until(&self) -> Option<Millis> {
        match self.phase {
            Phase::Preparing { offer_by } => offer_by,
            Phase::Offering { again_at } => again_at,
            Phase::Connecting { until } | Phase::Settling { until } => Some(until),
            Phase::Awaiting { .. } | Phase::Connected => None,
        }
    }
}
