//! The hub's scaled clock, on which timers and times to live run.

use crate::Millis;

/// One in the unit of [`Pace::millionths`].
const ONE: u64 = 1_000_000;
/// The slowest and the fastest, in millionths.
const RANGE: std::ops::RangeInclusive<u64> = 1_000..=1_000_000 * ONE;

/// A point on the scaled clock, in milliseconds. A type of its own, so that it is never compared
/// with real time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Moment(u64);

impl Moment {
    /// The moment a span later.
    pub(crate) const fn after(self, span: Millis) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// The moment a span earlier, or the first of all.
    pub(crate) const fn before(self, span: Millis) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// How long ago another was.
    pub(crate) const fn since(self, earlier: Self) -> Millis {
        Millis(self.0.saturating_sub(earlier.0))
    }
}

/// How the scaled clock runs beside the real one. Whole numbers, so that there and back is exact
/// and a deadline is never missed by a rounding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// When the scale was set, on both clocks.
    real: Millis,
    scaled: Moment,
    millionths: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { real: Millis(0), scaled: Moment(0), millionths: ONE }
    }
}

impl Pace {
    /// Runs `scale` times as fast as real time from `now` on. What is out of range becomes the
    /// nearer end; what is no number changes nothing.
    pub(crate) fn set(&mut self, scale: f64, now: Millis) {
        if scale.is_nan() {
            return;
        }
        *self = Self { real: now, scaled: self.scaled(now), millionths: to_millionths(scale) };
    }

    /// How many times as fast it runs.
    #[expect(clippy::cast_precision_loss, reason = "the range is far below 2^53")]
    pub(crate) const fn scale(&self) -> f64 {
        self.millionths as f64 / ONE as f64
    }

    /// The moment that it is at a real time.
    pub(crate) fn scaled(&self, now: Millis) -> Moment {
        let passed = u128::from(now.0.saturating_sub(self.real.0));
        let passed = passed * u128::from(self.millionths) / u128::from(ONE);
        self.scaled.after(Millis(u64::try_from(passed).unwrap_or(u64::MAX)))
    }

    /// The first real time at which it is that moment, or later.
    pub(crate) fn real(&self, at: Moment) -> Millis {
        let ahead = u128::from(at.since(self.scaled).0) * u128::from(ONE);
        let ahead = ahead.div_ceil(u128::from(self.millionths));
        self.real + Millis(u64::try_from(ahead).unwrap_or(u64::MAX))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a cast to a whole number stops at its ends"
)]
fn to_millionths(scale: f64) -> u64 {
    ((scale * ONE as f64).round() as u64).clamp(*RANGE.start(), *RANGE.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_never_misses_a_moment() {
        let mut pace = Pace::default();
        let mut now = Millis(0);
        for scale in [1.0, 0.001, 7.3, 1e6, 0.333_333, 1e-9, 1e12, 60.0] {
            now = now + Millis(12_345);
            pace.set(scale, now);
            for span in [0, 1, 999, 60_000, 3_600_000] {
                let due = pace.scaled(now).after(Millis(span));
                let at = pace.real(due);
                assert!(pace.scaled(at) >= due, "{scale} {span}");
                assert!(span == 0 || pace.scaled(Millis(at.0 - 1)) < due, "{scale} {span}");
            }
        }
    }

    #[test]
    fn a_new_scale_goes_on_from_where_the_old_one_was() {
        let mut pace = Pace::default();
        pace.set(10.0, Millis(1000));
        assert_eq!(pace.scaled(Millis(1000)), Moment(1000));
        assert_eq!(pace.scaled(Millis(1100)), Moment(2000));
        pace.set(f64::NAN, Millis(1100));
        assert!((pace.scale() - 10.0).abs() < 1e-9);
        pace.set(0.0, Millis(1100));
        assert!((pace.scale() - 0.001).abs() < 1e-9);
        assert_eq!(pace.scaled(Millis(2100)), Moment(2001));
    }
}
