//! DescribeMediaStorageConfiguration: whether what a channel's master sends is recorded.
//!
//! Source: DescribeMediaStorageConfiguration in the API reference.

use super::operation::{Field, Host, Operation, Shape, either, plain};
use super::{ChannelRef, Request, Response, bad_response, parse_success, rules};
use crate::error::Error;
use crate::json::Read;

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "DescribeMediaStorageConfiguration",
    path: "/describeMediaStorageConfiguration",
    host: Host::ControlPlane,
    input: &[either("ChannelName", rules::NAME), either("ChannelARN", rules::ARN)],
    output: &[Field {
        name: "MediaStorageConfiguration",
        shape: Shape::Object(&[plain("StreamARN"), plain("Status")]),
    }],
};

/// Asks for a channel's configuration.
pub fn request(channel: &ChannelRef) -> Request {
    Request { path: OPERATION.path, body: channel.to_json() }
}

/// The ARN of the stream that is recorded to; `None` where nothing is recorded, which takes both
/// the status ENABLED and a stream.
///
/// # Errors
/// What every operation may meet.
pub fn parse(response: &Response) -> Result<Option<String>, Error> {
    let output = parse_success(OPERATION.name, response)?;
    let bad = |_| bad_response(OPERATION.name, "with a configuration that makes no sense");
    let Some(configuration) = output.get("MediaStorageConfiguration") else { return Ok(None) };
    let stream = configuration.optional_text("StreamARN").map_err(bad)?;
    let status = configuration.optional_text("Status").map_err(bad)?;
    Ok(stream.filter(|_| status == Some("ENABLED")).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::ids::{ChannelArn, ChannelName};
    use crate::rest::tests::{ARN, ok};

    #[test]
    fn a_channel_is_asked_for_by_name_or_arn() {
        let by_name = request(&ChannelRef::Name(ChannelName::parse("demo").unwrap()));
        assert_eq!(by_name.path, "/describeMediaStorageConfiguration");
        assert_eq!(by_name.body, r#"{"ChannelName":"demo"}"#);
        let by_arn = request(&ChannelRef::Arn(ChannelArn::parse(ARN).unwrap()));
        assert_eq!(by_arn.body, format!(r#"{{"ChannelARN":"{ARN}"}}"#));
    }

    #[test]
    fn recording_takes_a_stream_and_the_status() {
        for (configuration, stream) in [
            (r#"{"StreamARN":"s","Status":"ENABLED"}"#, Some("s")),
            (r#"{"StreamARN":"s","Status":"DISABLED"}"#, None),
            (r#"{"StreamARN":null,"Status":"ENABLED"}"#, None),
            ("{}", None),
            ("null", None),
        ] {
            let body = format!(r#"{{"MediaStorageConfiguration":{configuration}}}"#);
            assert_eq!(parse(&ok(&body)).unwrap().as_deref(), stream, "{body}");
        }
        let body = r#"{"MediaStorageConfiguration":{"StreamARN":7}}"#;
        assert_eq!(parse(&ok(body)).unwrap_err().code(), Code::ServiceBadResponse);
    }
}
