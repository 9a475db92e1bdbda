//! One connection's record.

use std::{collections::VecDeque, sync::Arc};

use crate::{
    ConnectionState, MessageType, Millis, Quotas, bucket::Bucket, pace::Moment, role::Place,
    timing::Timing,
};

/// One connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) place: Arc<Place>,
    pub(crate) stage: Stage,
    pub(crate) timing: Timing,
    /// Frames.
    pub(crate) sent: u64,
    pub(crate) received: u64,
    /// The last description that it sent.
    pub(crate) described: Option<MessageType>,
    /// What waits, where it is stalled.
    pub(crate) backlog: Option<Box<Backlog>>,
    offers: Bucket,
    answers: Bucket,
    candidates: Bucket,
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Admitted; its socket is not up yet.
    Opening,
    /// It has its place.
    Open,
    /// A newer one has its place.
    Replaced,
}

impl Connection {
    pub(crate) fn new(place: Arc<Place>) -> Self {
        Self {
            place,
            stage: Stage::Opening,
            timing: Timing::default(),
            sent: 0,
            received: 0,
            described: None,
            backlog: None,
            offers: Bucket::default(),
            answers: Bucket::default(),
            candidates: Bucket::default(),
        }
    }

    /// Counts a message against its quota; the quota, where it is used up.
    pub(crate) const fn count(
        &mut self,
        kind: MessageType,
        quotas: &Quotas,
        now: Millis,
    ) -> Result<(), u32> {
        let (bucket, rate) = match kind {
            MessageType::SdpOffer => (&mut self.offers, quotas.offers),
            MessageType::SdpAnswer => (&mut self.answers, quotas.answers),
            MessageType::IceCandidate => (&mut self.candidates, quotas.candidates),
        };
        if !quotas.enforced || bucket.take(rate, now) { Ok(()) } else { Err(rate) }
    }

    pub(crate) const fn state(&self) -> ConnectionState {
        match self.stage {
            Stage::Opening => ConnectionState::Opening,
            _ if self.backlog.is_some() => ConnectionState::Stalled,
            Stage::Replaced => ConnectionState::Replaced,
            Stage::Open if self.timing.is_draining() => ConnectionState::Draining,
            Stage::Open => ConnectionState::Open,
        }
    }

    /// A frame came or went.
    pub(crate) const fn traffic(&mut self, now: Moment) {
        self.timing.traffic(now);
    }
}

/// What waits, in both directions, while a connection is stalled.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    pub(crate) incoming: Lane,
    pub(crate) outgoing: Lane,
}

impl Backlog {
    /// What it takes, in bytes.
    pub(crate) const fn bytes(&self) -> usize {
        self.incoming.bytes.saturating_add(self.outgoing.bytes)
    }
}

/// One direction.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    pub(crate) frames: VecDeque<String>,
    pub(crate) bytes: usize,
}

impl Lane {
    /// What a frame takes that waits, in bytes. Empty ones take something too.
    pub(crate) const fn size_of(frame: &str) -> usize {
        frame.len().saturating_add(size_of::<String>())
    }

    pub(crate) fn push(&mut self, frame: String) {
        self.bytes = self.bytes.saturating_add(Self::size_of(&frame));
        self.frames.push_back(frame);
    }
}
