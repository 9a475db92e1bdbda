//! UpdateSignalingChannel: changes how long a channel keeps messages.
//!
//! Source: UpdateSignalingChannel in the API reference.

use super::operation::{Host, Operation, required};
use super::{Request, Response, done, rules};
use crate::error::Error;
use crate::ids::ChannelArn;
use crate::json::Object;

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "UpdateSignalingChannel",
    path: "/updateSignalingChannel",
    host: Host::ControlPlane,
    input: &[
        required("ChannelARN", rules::ARN),
        required("CurrentVersion", rules::VERSION),
        rules::SINGLE_MASTER,
    ],
    output: &[],
};

/// Asks for another time to keep messages, 5–120 seconds; `None` leaves it. `version` is the
/// channel's as it was last described.
///
/// # Errors
/// [`Code::CallerInvalidArgument`](crate::error::Code::CallerInvalidArgument).
pub fn request(
    channel: &ChannelArn,
    version: &str,
    message_ttl_seconds: Option<u32>,
) -> Result<Request, Error> {
    let input = Object::new().text("ChannelARN", channel.as_str()).text("CurrentVersion", version);
    OPERATION.request(&super::with_ttl(input, message_ttl_seconds).end())
}

/// Whether it was accepted. The change is asynchronous, and gives the channel a new version.
///
/// # Errors
/// What every operation may meet.
pub fn parse(response: &Response) -> Result<(), Error> {
    done(OPERATION.name, response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rest::tests::{ARN, ok};

    #[test]
    fn the_change_names_the_version_that_it_is_of() {
        let channel = ChannelArn::parse(ARN).unwrap();
        let change = request(&channel, "v1", Some(90)).unwrap();
        assert_eq!(change.path, "/updateSignalingChannel");
        assert_eq!(
            change.body,
            format!(
                r#"{{"ChannelARN":"{ARN}","CurrentVersion":"v1","SingleMasterConfiguration":{{"MessageTtlSeconds":90}}}}"#
            )
        );
        let none = request(&channel, "v1", None).unwrap();
        assert_eq!(none.body, format!(r#"{{"ChannelARN":"{ARN}","CurrentVersion":"v1"}}"#));
    }

    #[test]
    fn what_the_service_would_refuse_is_refused() {
        let channel = ChannelArn::parse(ARN).unwrap();
        let problem = |version, seconds| {
            request(&channel, version, Some(seconds)).unwrap_err().message().to_owned()
        };
        assert!(problem("", 60).starts_with("CurrentVersion must be 1 to 64 "));
        assert_eq!(
            problem("v", 121),
            "SingleMasterConfiguration.MessageTtlSeconds must be a whole number from 5 to 120"
        );
    }

    #[test]
    fn an_answer_without_a_body_will_do() {
        assert_eq!(parse(&ok("{}")), Ok(()));
        assert_eq!(parse(&ok("")), Ok(()));
        let refused = Response { status: 400, ..ok("") };
        assert_eq!(parse(&refused).unwrap_err().code(), Code::ServiceBadResponse);
    }
}
