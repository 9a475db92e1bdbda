//! The service's HTTPS calls: one file an operation, each with its table and a pair of `request`,
//! which says what to send, and `parse`, which reads the answer. [`call`] decides when it is sent
//! and sent again; sending is for others.
//!
//! Every operation is a POST of a JSON object. What the service answers is not trusted: it is
//! bounded, unknown members are passed over, and what is used is checked.

pub mod call;
pub mod create_signaling_channel;
pub mod create_stream;
pub mod delete_signaling_channel;
pub mod describe_mapped_resource_configuration;
pub mod describe_media_storage_configuration;
pub mod describe_signaling_channel;
pub mod describe_stream;
mod error;
pub mod get_ice_server_config;
pub mod get_signaling_channel_endpoint;
pub mod join_storage_session;
pub mod join_storage_session_as_viewer;
pub mod list_signaling_channels;
pub mod list_tags_for_resource;
mod lookup;
mod operation;
mod refusal;
pub mod retry;
mod rules;
pub mod send_alexa_offer_to_master;
pub mod tag_resource;
pub mod untag_resource;
pub mod update_media_storage_configuration;
pub mod update_signaling_channel;

pub use describe_mapped_resource_configuration::MappedResource;
pub use describe_signaling_channel::{ChannelInfo, ChannelRef, EpochSeconds};
pub use describe_stream::{StreamInfo, StreamRef};
pub use get_ice_server_config::IceServer;
pub use get_signaling_channel_endpoint::{ChannelEndpoints, Protocol};
pub use lookup::KnownEndpoints;
#[cfg(target_arch = "wasm32")]
pub(crate) use operation::{Field, Shape};
pub use operation::{Host, Operation};

use crate::error::{Code, Error};
use crate::ids::ChannelArn;
use crate::json::{self, Json, Object, Read};
use crate::secret::Secret;

/// Answers are a kilobyte or two; ten TURN servers are well within this.
const MAX_BODY_BYTES: usize = 256 * 1024;
/// A list of 10,000 channels with the longest names is half of this.
pub(crate) const MAX_LIST_BYTES: usize = 16 * 1024 * 1024;

/// A POST that has yet to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The operation's path, beginning with a slash.
    pub path: &'static str,
    /// A JSON object.
    pub body: String,
}

impl Request {
    /// The channel that it is about.
    ///
    /// # Errors
    /// [`Code::CallerInvalidArgument`] where it is about none.
    pub fn channel(&self) -> Result<ChannelArn, Error> {
        let body = json::parse(&self.body);
        let member = |name| body.as_ref().and_then(|body| body.get(name)).and_then(Read::text);
        ChannelArn::parse(member("ChannelARN").or(member("channelArn")).unwrap_or_default())
    }
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

/// Every operation.
pub const OPERATIONS: [&Operation; 18] = [
    &create_signaling_channel::OPERATION,
    &describe_signaling_channel::OPERATION,
    &update_signaling_channel::OPERATION,
    &delete_signaling_channel::OPERATION,
    &list_signaling_channels::OPERATION,
    &get_signaling_channel_endpoint::OPERATION,
    &describe_media_storage_configuration::OPERATION,
    &update_media_storage_configuration::OPERATION,
    &describe_mapped_resource_configuration::OPERATION,
    &tag_resource::OPERATION,
    &untag_resource::OPERATION,
    &list_tags_for_resource::OPERATION,
    &create_stream::OPERATION,
    &describe_stream::OPERATION,
    &get_ice_server_config::OPERATION,
    &send_alexa_offer_to_master::OPERATION,
    &join_storage_session::OPERATION,
    &join_storage_session_as_viewer::OPERATION,
];

/// A name and a value that something is tagged with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// 1–128 letters, digits, spaces and `_.:/=+-@`; not beginning with `aws:`.
    pub key: &'a str,
    /// At most 256 of the same.
    pub value: &'a str,
}

impl Tag<'_> {
    fn list(tags: &[Tag<'_>]) -> String {
        let tag = |tag: &Tag<'_>| Object::new().text("Key", tag.key).text("Value", tag.value).end();
        list_of(tags.iter().map(tag))
    }
}

/// An array of values that are JSON already.
fn list_of(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    ["[", &items.join(","), "]"].concat()
}

fn with_ttl(input: Object, message_ttl_seconds: Option<u32>) -> Object {
    match message_ttl_seconds {
        Some(seconds) => {
            let ttl = Object::new().raw("MessageTtlSeconds", &seconds.to_string()).end();
            input.raw("SingleMasterConfiguration", &ttl)
        }
        None => input,
    }
}

/// The error that an answer is.
pub(crate) fn error_of(operation: &str, response: &Response) -> Error {
    error::from_response(operation, response)
}

/// The body of a successful answer, or the error that the answer is.
fn parse_success<'a>(operation: &str, response: &'a Response) -> Result<Json<'a>, Error> {
    done(operation, response)?;
    if response.body.len() > MAX_BODY_BYTES {
        return Err(bad_response(operation, "with more than 256 KiB"));
    }
    json::parse(&response.body).ok_or_else(|| unexpected(operation))
}

/// As [`parse_success`], for an answer that may be a long list.
fn parse_long<'a>(operation: &str, response: &'a Response) -> Result<Json<'a>, Error> {
    done(operation, response)?;
    if response.body.len() > MAX_LIST_BYTES {
        return Err(bad_response(operation, "with more than 16 MiB"));
    }
    json::parse(&response.body).ok_or_else(|| unexpected(operation))
}

/// Whether the answer is a success, whose body does not matter.
fn done(operation: &str, response: &Response) -> Result<(), Error> {
    if (200..300).contains(&response.status) {
        return Ok(());
    }
    Err(error::from_response(operation, response))
}

/// What asks for the next page; an empty one is none.
fn next_token(operation: &str, output: &Json<'_>) -> Result<Option<String>, Error> {
    let token = output
        .optional_text("NextToken")
        .map_err(|_| bad_response(operation, "with a token that makes no sense"))?;
    Ok(token.filter(|token| !token.is_empty()).map(str::to_owned))
}

/// A member that has to be there, and a string.
fn member<'a>(operation: &str, json: &'a Json<'_>, name: &str) -> Result<&'a str, Error> {
    json.get(name).and_then(Read::text).ok_or_else(|| unexpected(operation))
}

fn unexpected(operation: &str) -> Error {
    bad_response(operation, "with something other than the JSON expected")
}

/// An answer that is a success by its status and makes no sense.
pub(crate) fn bad_response(operation: &str, problem: &str) -> Error {
    Error::new(Code::ServiceBadResponse, [operation, ": the service answered ", problem].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const ARN: &str =
        "arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000";

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
