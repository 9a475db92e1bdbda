//! When a master opens its signaling socket again.

use crate::backoff::Backoff;
use crate::session::random::Random;
use crate::time::Millis;

/// The service takes three connections a second of each role of a channel.
const SOONEST: Millis = Millis(400);

const BACKOFF: Backoff = Backoff::new(Millis(1_000), Millis(30_000));

/// A socket that stayed open for so long was a good one.
const LASTING: Millis = Millis(60_000);

/// A socket that is closed sooner than this after it opened may have been displaced by another
/// master's.
const SHORT: Millis = Millis(10_000);

/// After so many short ones in a row there is no use in fighting.
const MOST_SHORT: u32 = 3;

/// Counts what became of the sockets so far.
#[derive(Debug, Default)]
pub(super) struct Reopening {
    attempt: u32,
    short: u32,
    random: Random,
}

impl Reopening {
    /// Begins a run; `random` is evenly distributed.
    pub(super) fn new(random: u64) -> Self {
        Self { random: Random::new(random), ..Self::default() }
    }

    /// A socket that opened at `since` was lost: when to try again, or `None` where another master
    /// seems to have the channel.
    pub(super) fn lost(&mut self, since: Millis, now: Millis) -> Option<Millis> {
        let lasted = now - since;
        if lasted >= LASTING {
            self.attempt = 0;
        }
        self.short = if lasted < SHORT { self.short + 1 } else { 0 };
        (self.short < MOST_SHORT).then(|| self.again(now))
    }

    /// When to try again after a try that did not open.
    pub(super) fn again(&mut self, now: Millis) -> Millis {
        let wait = BACKOFF.delay(self.attempt, self.random.next());
        self.attempt = self.attempt.saturating_add(1);
        now + SOONEST + wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_differ_and_stay_within_bounds() {
        let mut reopening = Reopening::new(7);
        let waits: Vec<_> = (0..10).map(|_| reopening.again(Millis(0)).0).collect();
        assert!(waits.iter().all(|wait| (400..=30_400).contains(wait)), "{waits:?}");
        assert!(waits[0] < 1_400 && waits[5..].iter().any(|wait| *wait > 3_000), "{waits:?}");
        let mut other = Reopening::new(8);
        assert_ne!(waits, (0..10).map(|_| other.again(Millis(0)).0).collect::<Vec<_>>());
    }

    #[test]
    fn a_socket_that_lasted_begins_anew_and_three_short_ones_end_it() {
        let mut reopening = Reopening::new(7);
        for _ in 0..8 {
            reopening.again(Millis(0));
        }
        let at = reopening.lost(Millis(0), Millis(60_000)).unwrap();
        assert!(at <= Millis(61_400));
        assert!(reopening.lost(Millis(0), Millis(9_999)).is_some());
        assert!(reopening.lost(Millis(0), Millis(9_999)).is_some());
        assert_eq!(reopening.lost(Millis(0), Millis(9_999)), None);
        let mut calm = Reopening::new(7);
        for _ in 0..9 {
            assert!(calm.lost(Millis(0), Millis(10_000)).is_some());
        }
    }
}
