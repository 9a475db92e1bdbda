//! CreateSignalingChannel: makes a channel of a name.
//!
//! Source: CreateSignalingChannel in the API reference.

use super::operation::{Host, Kind, Operation, optional, plain, required};
use super::{Request, Response, Tag, bad_response, member, parse_success, rules};
use crate::error::Error;
use crate::ids::{ChannelArn, ChannelName};
use crate::json::Object;

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "CreateSignalingChannel",
    path: "/createSignalingChannel",
    host: Host::ControlPlane,
    input: &[
        required("ChannelName", rules::NAME),
        optional("ChannelType", Kind::OneOf(&["SINGLE_MASTER", "FULL_MESH"])),
        rules::SINGLE_MASTER,
        optional("Tags", rules::tag_list(0)),
    ],
    output: &[plain("ChannelARN")],
};

/// Asks for a channel of this name, with one master. Messages are kept for `message_ttl_seconds`,
/// 5–120, by default 60; there are at most 50 tags.
///
/// # Errors
/// [`Code::CallerInvalidArgument`](crate::error::Code::CallerInvalidArgument).
pub fn request(
    name: &ChannelName,
    message_ttl_seconds: Option<u32>,
    tags: &[Tag<'_>],
) -> Result<Request, Error> {
    let mut input = Object::new().text("ChannelName", name.as_str());
    if !tags.is_empty() {
        input = input.raw("Tags", &Tag::list(tags));
    }
    OPERATION.request(&super::with_ttl(input, message_ttl_seconds).end())
}

/// The ARN of the new channel. The service calls the creation asynchronous: until the channel is
/// ACTIVE, other operations may fail.
///
/// # Errors
/// [`Code::ServiceChannelExists`](crate::error::Code::ServiceChannelExists) where the name is
/// taken, and what every operation may meet.
pub fn parse(response: &Response) -> Result<ChannelArn, Error> {
    let output = parse_success(OPERATION.name, response)?;
    ChannelArn::parse(member(OPERATION.name, &output, "ChannelARN")?)
        .map_err(|_| bad_response(OPERATION.name, "with an ARN that is no channel's"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rest::tests::{ARN, ok};

    #[test]
    fn the_request_has_the_name_and_what_else_is_given() {
        let name = ChannelName::parse("demo_1.a-b").unwrap();
        let least = request(&name, None, &[]).unwrap();
        assert_eq!(least.path, "/createSignalingChannel");
        assert_eq!(least.body, r#"{"ChannelName":"demo_1.a-b"}"#);
        let all = request(&name, Some(5), &[Tag { key: "room", value: "hall" }]).unwrap();
        assert_eq!(
            all.body,
            r#"{"ChannelName":"demo_1.a-b","SingleMasterConfiguration":{"MessageTtlSeconds":5},"Tags":[{"Key":"room","Value":"hall"}]}"#
        );
        let error = request(&name, Some(4), &[]).unwrap_err();
        assert!(error.message().starts_with("SingleMasterConfiguration.MessageTtlSeconds must be"));
    }

    #[test]
    fn the_answer_is_an_arn() {
        let arn = parse(&ok(&format!(r#"{{"ChannelARN":"{ARN}","New":[1]}}"#))).unwrap();
        assert_eq!(arn.as_str(), ARN);
    }

    #[test]
    fn an_arn_of_something_else_is_refused() {
        let stream = ARN.replace("channel/", "stream/");
        let error = parse(&ok(&format!(r#"{{"ChannelARN":"{stream}"}}"#))).unwrap_err();
        assert_eq!(error.code(), Code::ServiceBadResponse);
    }

    #[test]
    fn a_taken_name_is_told_from_other_errors() {
        let mut answer = ok(r#"{"Message":"exists"}"#);
        answer.status = 400;
        answer.error_type = Some("ResourceInUseException".to_owned());
        assert_eq!(parse(&answer).unwrap_err().code(), Code::ServiceChannelExists);
    }
}
