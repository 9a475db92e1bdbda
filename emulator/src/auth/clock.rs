//! Dates of signatures, and how far they may be from ours.

use std::time::{Duration, SystemTime};

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

use super::{
    claim::{Claim, Form},
    invalid_signature,
};
use crate::error::ApiError;

/// How far a signature's date may be from the service's clock, either way.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// Checks that a signature is neither from the past nor from the future. The two phrases are
/// what clients recognise a wrong clock by.
pub(super) fn check(claim: &Claim, now: SystemTime) -> Result<(), ApiError> {
    let valid = match claim.form {
        Form::Headers => TOLERANCE,
        Form::Query { expires, .. } => TOLERANCE.min(Duration::from_secs(expires)),
    };
    if claim.time + valid < now {
        return Err(invalid_signature(format!(
            "Signature expired: {} is now earlier than {} ({} - {} s.)",
            claim.date,
            format(now - valid),
            format(now),
            valid.as_secs()
        )));
    }
    if claim.time > now + TOLERANCE {
        return Err(invalid_signature(format!(
            "Signature not yet current: {} is still later than {} ({} + {} s.)",
            claim.date,
            format(now + TOLERANCE),
            format(now),
            TOLERANCE.as_secs()
        )));
    }
    Ok(())
}

/// Reads a date in the form `yyyymmddThhmmssZ`.
pub(super) fn parse(text: &str) -> Option<SystemTime> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    if date.len() != 8 || time.len() != 6 || !text.is_ascii() {
        return None;
    }
    let number = |digits: Option<&str>| -> Option<u16> {
        let digits = digits?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let small = |digits: Option<&str>| -> Option<u8> { number(digits)?.try_into().ok() };
    // No signature is older than the epoch, before which some systems have no time at all.
    let year = number(date.get(..4)).filter(|year| *year >= 1970)?;
    let date = Date::from_calendar_date(
        year.into(),
        Month::try_from(small(date.get(4..6))?).ok()?,
        small(date.get(6..))?,
    )
    .ok()?;
    let time = Time::from_hms(small(time.get(..2))?, small(time.get(2..4))?, small(time.get(4..))?)
        .ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_utc().into())
}

fn format(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "20250102T030405Z";

    fn claim(form: Form) -> Claim {
        Claim {
            access_key_id: "AKID".to_owned(),
            region: "us-west-2".to_owned(),
            service: "kinesisvideo".to_owned(),
            date: DATE.to_owned(),
            time: parse(DATE).unwrap(),
            signed_headers: Vec::new(),
            signature: String::new(),
            form,
        }
    }

    fn at(seconds: i64) -> SystemTime {
        let offset = Duration::from_secs(seconds.unsigned_abs());
        let date = parse(DATE).unwrap();
        if seconds < 0 { date - offset } else { date + offset }
    }

    #[test]
    fn dates_are_read_as_they_are_written() {
        for date in [DATE, "19700101T000000Z", "20000229T235959Z", "21000228T120000Z"] {
            assert_eq!(format(parse(date).unwrap()), date);
        }
        for bad in [
            "",
            "20250102",
            "20250102T030405",
            "2025-01-02T03:04:05Z",
            "20251302T030405Z",
            "20250230T030405Z",
            "19691231T235959Z",
            "20250102T240000Z",
            "+0250102T030405Z",
            "２0250102T030405Z",
        ] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn five_minutes_are_allowed_either_way() {
        for seconds in [-300, 0, 300] {
            assert!(check(&claim(Form::Headers), at(seconds)).is_ok(), "{seconds}");
        }
        let late = format!("{:?}", check(&claim(Form::Headers), at(301)).unwrap_err());
        assert!(late.contains("Signature expired"), "{late}");
        let early = format!("{:?}", check(&claim(Form::Headers), at(-301)).unwrap_err());
        assert!(early.contains("Signature not yet current"), "{early}");
    }

    #[test]
    fn a_presigned_url_lives_as_long_as_it_says_and_five_minutes_at_most() {
        let query = |expires| claim(Form::Query { expires, session_token: None });
        assert!(check(&query(10), at(10)).is_ok());
        assert!(check(&query(10), at(11)).is_err());
        assert!(check(&query(3600), at(300)).is_ok());
        assert!(check(&query(3600), at(301)).is_err());
    }
}
