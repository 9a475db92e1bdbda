//! UpdateMediaStorageConfiguration: has what a channel's master sends recorded to a stream, or not.
//!
//! Source: UpdateMediaStorageConfiguration in the API reference.

use super::operation::{Host, Kind, Operation, optional, required};
use super::{Request, Response, done, rules};
use crate::error::Error;
use crate::ids::ChannelArn;
use crate::json::Object;

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "UpdateMediaStorageConfiguration",
    path: "/updateMediaStorageConfiguration",
    host: Host::ControlPlane,
    input: &[
        required("ChannelARN", rules::ARN),
        required(
            "MediaStorageConfiguration",
            Kind::Object(&[
                optional("StreamARN", rules::ARN),
                required("Status", Kind::OneOf(&["ENABLED", "DISABLED"])),
            ]),
        ),
    ],
    output: &[],
};

/// Asks to record to the stream of this ARN, which is in the same account and region and keeps
/// what it is given; `None` ends the recording.
///
/// # Errors
/// [`Code::CallerInvalidArgument`](crate::error::Code::CallerInvalidArgument).
pub fn request(channel: &ChannelArn, stream_arn: Option<&str>) -> Result<Request, Error> {
    let status = if stream_arn.is_some() { "ENABLED" } else { "DISABLED" };
    let configuration =
        Object::new().optional("StreamARN", stream_arn).text("Status", status).end();
    let input = Object::new()
        .text("ChannelARN", channel.as_str())
        .raw("MediaStorageConfiguration", &configuration);
    OPERATION.request(&input.end())
}

/// Whether it was accepted.
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
    fn a_stream_means_enabled() {
        let channel = ChannelArn::parse(ARN).unwrap();
        let stream = ARN.replace("channel/", "stream/");
        let on = request(&channel, Some(&stream)).unwrap();
        assert_eq!(on.path, "/updateMediaStorageConfiguration");
        assert_eq!(
            on.body,
            format!(
                r#"{{"ChannelARN":"{ARN}","MediaStorageConfiguration":{{"StreamARN":"{stream}","Status":"ENABLED"}}}}"#
            )
        );
        let off = request(&channel, None).unwrap();
        assert_eq!(
            off.body,
            format!(
                r#"{{"ChannelARN":"{ARN}","MediaStorageConfiguration":{{"Status":"DISABLED"}}}}"#
            )
        );
        let error = request(&channel, Some("demo")).unwrap_err();
        assert!(error.message().starts_with("MediaStorageConfiguration.StreamARN must be an ARN"));
        assert_eq!(parse(&ok("{}")), Ok(()));
    }
}
