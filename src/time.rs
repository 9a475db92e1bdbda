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

/// How far the service's clock is ahead of this computer's; negative where it is behind. What is
/// signed is dated by the service's clock: `offset.applied_to(now.wall)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockOffset {
    millis: i64,
}

impl ClockOffset {
    /// A difference that was measured elsewhere.
    pub const fn from_millis(millis: i64) -> Self {
        Self { millis }
    }

    /// What an answer tells: the service wrote the date between `sent` and `received`. A date that
    /// is cut to whole seconds is half a second early on average.
    pub fn measured(date: UnixMillis, sent: UnixMillis, received: UnixMillis) -> Self {
        let between = sent.0 / 2 + received.0 / 2;
        let difference = i128::from(date.0) + 500 - i128::from(between);
        Self { millis: i64::try_from(difference).unwrap_or_default() }
    }

    /// The difference in milliseconds.
    pub const fn as_millis(self) -> i64 {
        self.millis
    }

    /// A time of this computer's clock as the service's has it.
    pub const fn applied_to(self, time: UnixMillis) -> UnixMillis {
        UnixMillis(time.0.saturating_add_signed(self.millis))
    }
}

impl UnixMillis {
    /// Reads a date as the header `Date` has it, e.g. `Thu, 02 Jan 2025 03:04:05 GMT`.
    ///
    /// Source: RFC 9110 section 5.6.7, IMF-fixdate.
    pub fn parse_http_date(text: &str) -> Option<Self> {
        const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
        let mut fields = text.trim().strip_suffix(" GMT")?.split_once(", ")?.1.split([' ', ':']);
        let mut field = || fields.next().filter(|field| !field.is_empty());
        let day: u64 = field()?.parse().ok()?;
        let month_name = field().filter(|name| name.len() == 3)?;
        let month = u64::try_from(MONTHS.find(month_name)?).ok()?;
        let year: u64 = field()?.parse().ok()?;
        let mut clock = || field()?.parse::<u64>().ok();
        let (hour, minute, second) = (clock()?, clock()?, clock()?);
        let is_date = month % 3 == 0
            && (1970..=9999).contains(&year)
            && (1..=31).contains(&day)
            && hour < 24
            && minute < 60
            && second <= 60;
        if !is_date || fields.next().is_some() {
            return None;
        }
        let days = days_from_civil(year, month / 3 + 1, day);
        Some(Self((days * 86_400 + hour * 3600 + minute * 60 + second) * 1000))
    }

    /// The UTC date and time as SigV4 writes it: `yyyymmddThhmmssZ`.
    pub fn amz_date(self) -> String {
        let seconds = self.0 / 1000;
        let (year, month, day) = civil_from_days(seconds / 86_400);
        let second_of_day = seconds % 86_400;
        let (hour, minute, second) =
            (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
        let mut text = String::with_capacity(16);
        push_digits(&mut text, year, 4);
        push_digits(&mut text, month, 2);
        push_digits(&mut text, day, 2);
        text.push('T');
        for number in [hour, minute, second] {
            push_digits(&mut text, number, 2);
        }
        text.push('Z');
        text
    }
}

/// The last `width` decimal digits of a number.
fn push_digits(text: &mut String, number: u64, width: u32) {
    for place in (0..width).rev() {
        let digit = number / 10_u64.pow(place) % 10;
        let digit = u32::try_from(digit).ok().and_then(|digit| char::from_digit(digit, 10));
        text.extend(digit);
    }
}

const DAYS_FROM_ERA_START_TO_1970: u64 = 719_468;
const DAYS_PER_ERA: u64 = 146_097;

/// Days since 1970-01-01 to year, month and day of the Gregorian calendar, counted in eras of
/// 400 years that begin on 1 March so that the leap day is a year's last.
fn civil_from_days(days: u64) -> (u64, u64, u64) {
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

/// The inverse of [`civil_from_days`].
fn days_from_civil(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let march_month = (month + 9) % 12;
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let year_of_era = year % 400;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (year / 400 * DAYS_PER_ERA + day_of_era).saturating_sub(DAYS_FROM_ERA_START_TO_1970)
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
    fn http_dates_are_read() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400),
            ("Sun, 01 Dec 2019 00:00:00 GMT", 1_575_158_400),
            ("Thu, 02 Jan 2025 03:04:05 GMT", 1_735_787_045),
            ("Sun, 28 Feb 2100 23:59:59 GMT", 4_107_542_399),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
        ] {
            let read = UnixMillis::parse_http_date(text);
            assert_eq!(read, Some(UnixMillis(seconds * 1000)), "{text}");
        }
        for text in [
            "",
            "Thu, 02 Jan 2025 03:04:05",
            "Thu, 02 Jan 2025 03:04:05 CET",
            "Thu, 02 Jan 2025 03:04 GMT",
            "Thu, 02 Jan 2025 03:04:05:06 GMT",
            "Thu, 02 anF 2025 03:04:05 GMT",
            "Thu, 02 Ja 2025 03:04:05 GMT",
            "Thu, 32 Jan 2025 03:04:05 GMT",
            "Thu, 02 Jan 1969 03:04:05 GMT",
            "Thu, 02 Jan 99999 03:04:05 GMT",
            "Thu, 02 Jan 2025 24:04:05 GMT",
            "Thu, 02 Jan 2025 -3:04:05 GMT",
            "Thursday, 02-Jan-25 03:04:05 GMT",
        ] {
            assert_eq!(UnixMillis::parse_http_date(text), None, "{text}");
        }
    }

    #[test]
    fn an_offset_is_from_the_middle_of_the_round_trip() {
        let date = UnixMillis(1_000_000);
        let offset = ClockOffset::measured(date, UnixMillis(400_000), UnixMillis(402_000));
        assert_eq!(offset.as_millis(), 599_500);
        assert_eq!(offset.applied_to(UnixMillis(401_000)), UnixMillis(1_000_500));
        let behind = ClockOffset::measured(date, UnixMillis(2_000_000), UnixMillis(2_000_000));
        assert_eq!(behind.as_millis(), -999_500);
        assert_eq!(behind.applied_to(UnixMillis(5)), UnixMillis(0));
        assert_eq!(ClockOffset::default().applied_to(date), date);
        assert_eq!(ClockOffset::from_millis(-7).as_millis(), -7);
    }

    #[test]
    fn spans_never_wrap() {
        assert_eq!(Millis(3) - Millis(5), Millis(0));
        assert_eq!(Millis(u64::MAX) + Millis(1), Millis(u64::MAX));
    }
}
