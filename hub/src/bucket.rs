//! Token buckets: how often something may happen.

use std::{collections::HashMap, hash::Hash};

use crate::Millis;

/// One token in the unit of [`Bucket::used`].
const TOKEN: u64 = 1000;
/// From how many buckets on the full ones are looked for.
const FIRST_PRUNE: usize = 256;

/// What has been used of a bucket that holds as many tokens as its rate per second says. An
/// unused one is full.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bucket {
    /// Thousandths of tokens that were missing at [`Bucket::at`].
    used: u64,
    at: Millis,
}

impl Bucket {
    /// Takes a token, if there is one.
    pub(crate) const fn take(&mut self, rate: u32, now: Millis) -> bool {
        let used = self.used_at(rate, now);
        if used + TOKEN > rate as u64 * TOKEN {
            return false;
        }
        *self = Self { used: used + TOKEN, at: now };
        true
    }

    const fn used_at(&self, rate: u32, now: Millis) -> u64 {
        // A rate of so many tokens per second is as many thousandths per millisecond.
        let filled = now.0.saturating_sub(self.at.0).saturating_mul(rate as u64);
        self.used.saturating_sub(filled)
    }
}

/// Buckets by what they count. Full ones are as good as none and are dropped now and then, so
/// their number is bounded by what happens within a second.
#[derive(Debug)]
pub(crate) struct Buckets<K> {
    /// Each with its rate.
    buckets: HashMap<K, (Bucket, u32)>,
    prune_at: usize,
}

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self { buckets: HashMap::new(), prune_at: FIRST_PRUNE }
    }
}

impl<K: Eq + Hash> Buckets<K> {
    /// Takes a token from the bucket of `key`, if there is one.
    pub(crate) fn take(&mut self, key: K, rate: u32, now: Millis) -> bool {
        if self.buckets.len() >= self.prune_at {
            self.buckets.retain(|_, (bucket, rate)| bucket.used_at(*rate, now) > 0);
            self.prune_at = FIRST_PRUNE.max(self.buckets.len().saturating_mul(2));
        }
        let (bucket, last_rate) = self.buckets.entry(key).or_default();
        *last_rate = rate;
        bucket.take(rate, now)
    }

    /// Forgets what was used.
    pub(crate) fn clear(&mut self) {
        self.buckets.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate() {
        let mut bucket = Bucket::default();
        let mut take = |at| bucket.take(5, Millis(at));
        assert_eq!([0; 7].map(&mut take), [true, true, true, true, true, false, false]);
        assert_eq!([199, 200, 200, 399, 400].map(&mut take), [false, true, false, false, true]);
        assert_eq!([9000; 6].map(&mut take), [true, true, true, true, true, false]);
    }

    #[test]
    fn no_second_has_more_than_twice_the_rate_and_none_at_all_where_it_is_zero() {
        let mut bucket = Bucket::default();
        let taken: Vec<u64> = (0..10_000).filter(|at| bucket.take(20, Millis(*at))).collect();
        for start in 0..9000 {
            let within = taken.iter().filter(|at| (start..start + 1000).contains(*at)).count();
            assert!(within <= 40, "{within} from {start} on");
        }
        assert_eq!(taken.len(), 20 + 9 * 20 + 19);
        assert!(!Bucket::default().take(0, Millis(5000)));
    }

    #[test]
    fn full_buckets_are_dropped() {
        let mut buckets = Buckets::default();
        for at in 0..100_000_u64 {
            assert!(buckets.take(at, 1, Millis(at)));
        }
        assert!(buckets.buckets.len() <= 4000, "{}", buckets.buckets.len());
    }
}
