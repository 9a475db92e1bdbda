//! The service's HTTPS calls: one file an operation, each a pair of `request`, which says what to
//! send, and `parse`, which reads the answer. Sending is for others.
//!
//! Every operation is a POST of a JSON object. What the service answers is not trusted: it is
//! bounded, unknown members are passed over, and what is used is checked.

pub mod create_signaling_channel;
pub mod describe_signaling_channel;
mod error;
pub mod get_ice_server_config;
pub mod get_signaling_channel_endpoint;
mod refusal;

pub use describe_signaling_channel::{ChannelInfo, ChannelRef, EpochSeconds};
pub use get_ice_server_config::IceServer;
pub use get_signaling_channel_endpoint::ChannelEndpoints;

use crate::error::{Code, Error};
use crate::json::{self, Json, Read};
use crate::secret::Secret;

/// Answers are a kilobyte or two; ten TURN servers are well within this.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// A POST that has yet to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The operation's path, beginning with a slash.
    pub path: &'static str,
    /// A JSON object.
    pub body: String,
}

/// A POST as it is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRequest {
    /// Where to.
    pub url: String,
    /// The headers to set; the `Host` header, which is signed too, is for the HTTP client.
    pub headers: Vec<(&'static str, Secret<String>)>,
    /// The body, byte for byte.
    pub body: String,
}

/// What the service answered. Its `Debug` output leaves out the body, which may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The header `x-amzn-ErrorType`, where a browser lets us read it.
    pub error_type: Option<String>,
    /// The body as text.
    pub body: String,
    /// The header `Date`, where a browser lets us read it.
    pub date: Option<String>,
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("error_type", &self.error_type)
            .finish_non_exhaustive()
    }
}

/// The body of a successful answer, or the error that the answer is.
fn parse_success<'a>(operation: &str, response: &'a Response) -> Result<Json<'a>, Error> {
    if !(200..300).contains(&response.status) {
        return Err(error::from_response(operation, response));
    }
    if response.body.len() > MAX_BODY_BYTES {
        return Err(bad_response(operation, "with more than 256 KiB"));
    }
    json::parse(&response.body).ok_or_else(|| unexpected(operation))
}

/// A member that has to be there, and a string.
fn member<'a>(operation: &str, json: &'a Json<'_>, name: &str) -> Result<&'a str, Error> {
    json.get(name).and_then(Read::text).ok_or_else(|| unexpected(operation))
}

fn unexpected(operation: &str) -> Error {
    bad_response(operation, "with something other than the JSON expected")
}

/// An answer that is a success by its status and makes no sense.
fn bad_response(operation: &str, problem: &str) -> Error {
    Error::new(Code::ServiceBadResponse, [operation, ": the service answered ", problem].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000";

    /// A successful answer.
    pub(super) fn ok(body: &str) -> Response {
        Response { status: 200, error_type: None, body: body.to_owned(), date: None }
    }

    #[test]
    fn successes_that_make_no_sense_are_bad_responses_and_not_quoted() {
        let huge = format!(r#"{{"ChannelARN":"{ARN}"{}}}"#, " ".repeat(MAX_BODY_BYTES));
        let deep = "[".repeat(100_000);
        for body in ["", "{}", "null", "[]", "<html>hunter2", r#"{"ChannelARN":7}"#, &huge, &deep] {
            let error = create_signaling_channel::parse(&ok(body)).unwrap_err();
            assert_eq!(error.code(), Code::ServiceBadResponse, "{error}");
            assert!(error.message().starts_with("CreateSignalingChannel: "), "{error}");
            assert!(error.message().len() < 200 && !error.message().contains("hunter2"));
        }
    }

    #[test]
    fn an_error_status_is_an_error_whatever_the_body_is() {
        let answer = Response { status: 500, ..ok(&format!(r#"{{"ChannelARN":"{ARN}"}}"#)) };
        let error = create_signaling_channel::parse(&answer).unwrap_err();
        assert_eq!(error.code(), Code::ServiceFailed);
    }

    #[test]
    fn debug_output_of_an_answer_keeps_its_body() {
        let text = format!("{:?}", ok(r#"{"Password":"hunter2"}"#));
        assert!(!text.contains("hunter2"), "{text}");
    }
}
