//! Whether a call that failed is made again.
//!
//! Source: "Standard retry mode", AWS SDKs and Tools Reference Guide. The service's own throttle,
//! ClientLimitExceededException, is not on the SDKs' lists, though it is one.

use super::Response;
use super::refusal::Refusal;
use crate::backoff::Backoff;
use crate::error::{Code, Error};
use crate::time::Millis;

const CAP: Millis = Millis::from_secs(20);
const TRANSIENT: Backoff = Backoff::new(Millis(100), CAP);
const THROTTLED: Backoff = Backoff::new(Millis(500), CAP);

/// How a failure is gone about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Not at all: the next answer would be the same.
    Never,
    /// Soon: a network error, a time-out, or a failure of the service.
    Transient,
    /// Later: there were too many calls.
    Throttled,
}

impl Retry {
    /// For an answer that is no success.
    pub fn of_response(response: &Response) -> Self {
        let refusal = Refusal::read(response);
        let name = refusal.name.as_deref().unwrap_or_default();
        match name.strip_suffix("Exception").unwrap_or(name) {
            // A channel that is full stays full for longer than anybody waits.
            "ClientLimitExceeded" if refusal.says("aximum number of") => Self::Never,
            "ClientLimitExceeded"
            | "LimitExceeded"
            | "RequestLimitExceeded"
            | "RequestThrottled"
            | "SlowDown"
            | "Throttled"
            | "Throttling"
            | "TooManyRequests" => Self::Throttled,
            "RequestTimeout" => Self::Transient,
            _ if response.status == 429 => Self::Throttled,
            _ if response.status >= 500 => Self::Transient,
            _ => Self::Never,
        }
    }

    /// For a call without an answer.
    pub fn of_error(error: &Error) -> Self {
        match error.code() {
            Code::NetworkUnreachable | Code::NetworkTimeout => Self::Transient,
            _ => Self::Never,
        }
    }

    /// How long to wait before repeating attempt number `attempt`, counted from 0; `None` where
    /// it is not repeated.
    pub fn delay(self, attempt: u32, random: u64) -> Option<Millis> {
        match self {
            Self::Never => None,
            Self::Transient => Some(TRANSIENT.delay(attempt, random)),
            Self::Throttled => Some(THROTTLED.delay(attempt, random)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, name: &str, text: &str) -> Response {
        Response {
            status,
            error_type: (!name.is_empty()).then(|| name.to_owned()),
            body: format!(r#"{{"Message":"{text}"}}"#),
            date: None,
        }
    }

    #[test]
    fn throttles_are_told_from_what_stays_refused() {
        for (status, name, text, retry) in [
            (400, "ClientLimitExceededException", "Rate exceeded", Retry::Throttled),
            (400, "ClientLimitExceededException", "", Retry::Throttled),
            (
                400,
                "ClientLimitExceededException",
                "Maximum number of viewers has been reached",
                Retry::Never,
            ),
            (
                400,
                "ClientLimitExceededException",
                "the maximum number of clients is connected",
                Retry::Never,
            ),
            (400, "ThrottlingException", "", Retry::Throttled),
            (429, "", "", Retry::Throttled),
            (400, "AccountChannelLimitExceededException", "", Retry::Never),
            (400, "TagsPerResourceExceededLimitException", "", Retry::Never),
            (400, "InvalidArgumentException", "", Retry::Never),
            (403, "AccessDeniedException", "", Retry::Never),
            (404, "ResourceNotFoundException", "", Retry::Never),
            (408, "RequestTimeoutException", "", Retry::Transient),
            (500, "", "", Retry::Transient),
            (503, "ServiceUnavailableException", "", Retry::Transient),
        ] {
            let retry_of = Retry::of_response(&response(status, name, text));
            assert_eq!(retry_of, retry, "{status} {name} {text}");
        }
    }

    #[test]
    fn a_network_error_is_tried_again_and_a_missing_browser_is_not() {
        for (code, retry) in [
            (Code::NetworkUnreachable, Retry::Transient),
            (Code::NetworkTimeout, Retry::Transient),
            (Code::BrowserUnsupported, Retry::Never),
            (Code::CallerAborted, Retry::Never),
        ] {
            assert_eq!(Retry::of_error(&Error::new(code, "")), retry);
        }
    }

    #[test]
    fn a_throttle_waits_longer() {
        assert_eq!(Retry::Never.delay(0, u64::MAX), None);
        assert_eq!(Retry::Transient.delay(0, u64::MAX), Some(Millis(99)));
        assert_eq!(Retry::Throttled.delay(0, u64::MAX), Some(Millis(499)));
        assert_eq!(Retry::Throttled.delay(30, u64::MAX), Some(Millis(19_999)));
    }
}
