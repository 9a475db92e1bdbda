//! How long to wait before the next try.

use crate::time::Millis;

/// Doublings beyond which every cap is reached.
const MAX_DOUBLINGS: u32 = 40;

/// Exponential back-off with full jitter: before try n the wait is anything from nothing up to
/// `base · 2ⁿ`, or up to `cap` where that is less. So those who were refused together do not come
/// back together.
///
/// Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    base: Millis,
    cap: Millis,
}

impl Backoff {
    /// A schedule. The first wait is shorter than `base`, no wait is longer than `cap`.
    pub const fn new(base: Millis, cap: Millis) -> Self {
        Self { base, cap }
    }

    /// The wait before repeating attempt number `attempt`, counted from 0. `random` is evenly
    /// distributed over all its values.
    pub fn delay(self, attempt: u32, random: u64) -> Millis {
        let doubled = self.base.0.saturating_mul(1 << attempt.min(MAX_DOUBLINGS));
        let longest = u128::from(doubled.min(self.cap.0));
        // The upper bits of the product: a fraction of `longest`, without a division's bias.
        let share = (u128::from(random) * longest) >> u64::BITS;
        Millis(u64::try_from(share).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff::new(Millis(100), Millis(20_000));

    #[test]
    fn the_longest_wait_doubles_up_to_the_cap() {
        for (attempt, longest) in [
            (0, 99),
            (1, 199),
            (2, 399),
            (7, 12_799),
            (8, 19_999),
            (63, 19_999),
            (u32::MAX, 19_999),
        ] {
            assert_eq!(BACKOFF.delay(attempt, u64::MAX), Millis(longest), "{attempt}");
        }
    }

    #[test]
    fn the_wait_is_anything_below() {
        assert_eq!(BACKOFF.delay(3, 0), Millis(0));
        assert_eq!(BACKOFF.delay(3, u64::MAX / 2), Millis(399));
        assert_eq!(BACKOFF.delay(3, u64::MAX / 4), Millis(199));
    }
}
