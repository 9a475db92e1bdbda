//! DeleteSignalingChannel: removes a channel.
//!
//! Source: DeleteSignalingChannel in the API reference.

use super::operation::{Host, Operation, optional, required};
use super::{Request, Response, done, rules};
use crate::error::Error;
use crate::ids::ChannelArn;
use crate::json::Object;

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "DeleteSignalingChannel",
    path: "/deleteSignalingChannel",
    host: Host::ControlPlane,
    input: &[required("ChannelARN", rules::ARN), optional("CurrentVersion", rules::VERSION)],
    output: &[],
};

/// Asks to remove a channel; where a version is given, only if it is still the channel's.
///
/// # Errors
/// [`Code::CallerInvalidArgument`](crate::error::Code::CallerInvalidArgument).
pub fn request(channel: &ChannelArn, version: Option<&str>) -> Result<Request, Error> {
    let input = Object::new().text("ChannelARN", channel.as_str());
    OPERATION.request(&input.optional("CurrentVersion", version).end())
}

/// Whether it was accepted. The removal is asynchronous.
///
/// # Errors
/// What every operation may meet.
pub fn parse(response: &Response) -> Result<(), Error> {
    done(OPERATION.name, response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::tests::{ARN, ok};

    #[test]
    fn a_version_is_named_where_it_matters() {
        let channel = ChannelArn::parse(ARN).unwrap();
        let any = request(&channel, None).unwrap();
        assert_eq!(any.path, "/deleteSignalingChannel");
        assert_eq!(any.body, format!(r#"{{"ChannelARN":"{ARN}"}}"#));
        let one = request(&channel, Some("v1")).unwrap();
        assert_eq!(one.body, format!(r#"{{"ChannelARN":"{ARN}","CurrentVersion":"v1"}}"#));
        let error = request(&channel, Some("v-1")).unwrap_err();
        assert_eq!(error.message(), "CurrentVersion must be 1 to 64 characters of a-z A-Z 0-9");
        assert_eq!(parse(&ok("{}")), Ok(()));
    }
}
