//! CreateSignalingChannel: makes a channel of a name.
//!
//! Source: CreateSignalingChannel in the API reference.

use super::{Request, Response, bad_response, member, parse_success};
use crate::error::Error;
use crate::ids::{ChannelArn, ChannelName};

pub(super) const OPERATION: &str = "CreateSignalingChannel";

/// Asks for a channel of this name with the service's defaults: one master, and messages kept
/// for 60 seconds.
pub fn request(name: &ChannelName) -> Request {
    Request { path: "/createSignalingChannel", body: format!(r#"{{"ChannelName":"{name}"}}"#) }
}

/// The ARN of the new channel. The service calls the creation asynchronous: until the channel is
/// ACTIVE, other operations may fail.
///
/// # Errors
/// [`Code::ServiceChannelExists`](crate::error::Code::ServiceChannelExists) where the name is
/// taken, and what every operation may meet.
pub fn parse(response: &Response) -> Result<ChannelArn, Error> {
    let output = parse_success(OPERATION, response)?;
    ChannelArn::parse(member(OPERATION, &output, "ChannelARN")?)
        .map_err(|_| bad_response(OPERATION, "with an ARN that is no channel's"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rest::tests::ok;

    const ARN: &str = "arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000";

    #[test]
    fn the_request_is_json_with_the_name() {
        let request = request(&ChannelName::parse("demo_1.a-b").unwrap());
        assert_eq!(request.path, "/createSignalingChannel");
        assert_eq!(request.body, r#"{"ChannelName":"demo_1.a-b"}"#);
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
