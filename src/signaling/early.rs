//! Candidates that may be of an offer that is yet to come.

use crate::ice::Candidate;
use crate::time::Millis;

/// How far apart the service may deliver what was sent at once: it promises no order.
const DISORDER: Millis = Millis::from_secs(5);

/// Candidates that are remembered at the most.
const MAX_EARLY: usize = 16;

/// The storage session's candidates need not say of which offer they are. One that comes long after
/// the last offer may be of a connection that has it, or of an offer that it has overtaken: it is told
/// at once, and again after that offer. Where it does not belong, nobody answers to it.
#[derive(Debug, Default)]
pub(super) struct Early {
    candidates: Vec<Candidate>,
    /// When the last of them came, or the last offer.
    last: Millis,
}

impl Early {
    /// Nothing is kept.
    pub(super) fn clear(&mut self) {
        self.candidates.clear();
    }

    /// A candidate was told.
    pub(super) fn note(&mut self, candidate: &Candidate, now: Millis) {
        let is_of_last_offer = !self.forget_old(now) && self.candidates.is_empty();
        let is_kept = !is_of_last_offer && candidate.ufrag().is_none() && !candidate.is_end();
        if is_kept && self.candidates.len() < MAX_EARLY {
            self.candidates.push(candidate.clone());
            self.last = now;
        }
    }

    /// An offer was told: gives what may be of it.
    pub(super) fn offer(&mut self, now: Millis) -> Vec<Candidate> {
        self.forget_old(now);
        self.last = now;
        std::mem::take(&mut self.candidates)
    }

    /// Whether the last of them came long ago.
    fn forget_old(&mut self, now: Millis) -> bool {
        let is_old = now > self.last + DISORDER;
        if is_old {
            self.candidates.clear();
        }
        is_old
    }
}
