//! Random numbers of a session: a sequence that one true random number begins.

/// Not for secrets: waits, choices among servers.
///
/// Source: Vigna, "Further scramblings of Marsaglia's xorshift generators" (splitmix64).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Random(u64);

impl Random {
    /// A sequence; `seed` is evenly distributed.
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number, evenly distributed.
    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_begins_its_own_sequence() {
        let of = |seed| {
            let mut random = Random::new(seed);
            [random.next(), random.next()]
        };
        // The first numbers of the sequence that seed 0 begins, as published with the algorithm.
        assert_eq!(of(0), [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
        assert_ne!(of(1), of(2));
    }
}
