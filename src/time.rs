//! Time as an argument: nothing in the machines reads a clock.

use std::ops::{Add, Sub};
use std::time::SystemTime;

/// A point on a clock that only goes forward, in milliseconds since some fixed start, or a
/// span between two such points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    /// A span of whole seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds * 1000)
    }
}

impl Add for Millis {
    type Output = Millis;
    fn add(self, other: Millis) -> Millis {
        Millis(self.0.saturating_add(other.0))
    }
}

impl Sub for Millis {
    type Output = Millis;
    fn sub(self, other: Millis) -> Millis {
        Millis(self.0.saturating_sub(other.0))
    }
}

/// Wall-clock time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(pub u64);

/// The two clocks at one moment, as the driver read them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// For deadlines and spans.
    pub mono: Millis,
    /// For signatures and expiry.
    pub wall: UnixMillis,
}

impl From<SystemTime> for UnixMillis {
    /// A time before 1970 counts as 1970.
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}

impl UnixMillis {
    /// The UTC date and time as SigV4 writes it: `yyyymmddThhmmssZ`.
    pub fn amz_date(self) -> String {
        let seconds = self.0 / 1000;
        let (year, month, day) = civil_from_days(seconds / 86_400);
        let second_of_day = seconds % 86_400;
        let (hour, minute, second) =
            (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
        format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
    }
}

/// Days since 1970-01-01 to year, month and day of the Gregorian calendar, counted in eras of
/// 400 years that begin on 1 March so that the leap day is a year's last.
fn civil_from_days(days: u64) -> (u64, u64, u64) {
    const DAYS_FROM_ERA_START_TO_1970: u64 = 719_468;
    const DAYS_PER_ERA: u64 = 146_097;
    let shifted = days + DAYS_FROM_ERA_START_TO_1970;
    let day_of_era = shifted % DAYS_PER_ERA;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + shifted / DAYS_PER_ERA * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amz_dates_match_known_ones() {
        for (seconds, expected) in [
            (0, "19700101T000000Z"),
            (951_782_400, "20000229T000000Z"),
            (1_575_158_400, "20191201T000000Z"),
            (1_735_787_045, "20250102T030405Z"),
            (4_107_542_399, "21000228T235959Z"),
            (4_107_542_400, "21000301T000000Z"),
        ] {
            assert_eq!(UnixMillis(seconds * 1000 + 999).amz_date(), expected);
        }
    }

    #[test]
    fn the_systems_time_is_told_in_milliseconds() {
        let day = std::time::Duration::from_secs(86_400);
        assert_eq!(UnixMillis::from(SystemTime::UNIX_EPOCH + day), UnixMillis(86_400_000));
        assert_eq!(UnixMillis::from(SystemTime::UNIX_EPOCH - day), UnixMillis(0));
    }

    #[test]
    fn spans_never_wrap() {
        assert_eq!(Millis(3) - Millis(5), Millis(0));
        assert_eq!(Millis(u64::MAX) + Millis(1), Millis(u64::MAX));
    }
}
