//! How fast messages may leave: the service counts them a connection and a second, and drops what
//! is too many.
//!
//! Source: "Amazon Kinesis Video Streams with WebRTC service quotas", developer guide: 20
//! candidates and 5 offers or answers a second.

use std::collections::VecDeque;

use crate::time::Millis;

const SECOND: Millis = Millis::from_secs(1);

/// Ours against the service's 20: its clock is not ours.
const CANDIDATES: usize = 18;

/// Ours against the service's 5.
const DESCRIPTIONS: usize = 4;

/// Keeps one connection within the service's quotas: in no second, wherever it begins, leave more
/// than 18 candidates or 4 descriptions.
#[derive(Debug, Default)]
pub struct Pacer {
    candidates: Sent,
    descriptions: Sent,
}

/// When the last ones left.
#[derive(Debug, Default)]
struct Sent(VecDeque<Millis>);

impl Pacer {
    /// A fresh connection: nothing has been sent on it.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Counts a candidate that leaves now, if one may.
    pub fn take_candidate(&mut self, now: Millis) -> bool {
        self.candidates.take(CANDIDATES, now)
    }

    /// Counts an offer or answer that leaves now, if one may.
    pub fn take_description(&mut self, now: Millis) -> bool {
        self.descriptions.take(DESCRIPTIONS, now)
    }

    /// When the next candidate may leave; in the past where one may leave now.
    pub fn next_candidate(&self) -> Millis {
        self.candidates.next(CANDIDATES)
    }

    /// When the next offer or answer may leave; in the past where one may leave now.
    pub fn next_description(&self) -> Millis {
        self.descriptions.next(DESCRIPTIONS)
    }
}

impl Sent {
    fn take(&mut self, most: usize, now: Millis) -> bool {
        if self.next(most) > now {
            return false;
        }
        if self.0.len() >= most {
            self.0.pop_front();
        }
        self.0.push_back(now);
        true
    }

    fn next(&self, most: usize) -> Millis {
        match self.0.front() {
            Some(oldest) if self.0.len() >= most => *oldest + SECOND,
            _ => Millis(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_no_second_leave_more_than_eighteen_candidates() {
        let mut pacer = Pacer::default();
        let mut left = Vec::new();
        for now in (0..10_000).step_by(7).map(Millis) {
            while pacer.take_candidate(now) {
                left.push(now);
            }
        }
        assert!(left.len() >= 170, "{}", left.len());
        for window in left.windows(CANDIDATES + 1) {
            assert!(window[CANDIDATES] - window[0] >= SECOND, "{window:?}");
        }
    }

    #[test]
    fn it_says_when_the_next_may_leave() {
        let mut pacer = Pacer::default();
        assert_eq!(pacer.next_description(), Millis(0));
        for at in 0..4 {
            assert!(pacer.take_description(Millis(5_000 + at)));
        }
        assert!(!pacer.take_description(Millis(5_999)));
        assert_eq!(pacer.next_description(), Millis(6_000));
        assert!(pacer.take_description(Millis(6_000)));
        pacer.reset();
        assert_eq!(pacer.next_description(), Millis(0));
    }
}
