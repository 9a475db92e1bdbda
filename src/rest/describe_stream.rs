//! DescribeStream: what a stream's name or ARN stands for.
//!
//! Source: DescribeStream and StreamInfo in the API reference.

use super::operation::{Field, Host, Operation, Shape, either, plain};
use super::{EpochSeconds, Request, Response, bad_response, member, parse_success, rules};
use crate::error::Error;
use crate::json::{Object, Read};

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "DescribeStream",
    path: "/describeStream",
    host: Host::ControlPlane,
    input: &[either("StreamName", rules::NAME), either("StreamARN", rules::ARN)],
    output: &[Field {
        name: "StreamInfo",
        shape: Shape::Object(&[
            plain("DeviceName"),
            plain("StreamName"),
            plain("StreamARN"),
            plain("MediaType"),
            plain("KmsKeyId"),
            plain("Version"),
            plain("Status"),
            Field { name: "CreationTime", shape: Shape::Date },
            plain("DataRetentionInHours"),
        ]),
    }],
};

/// How a stream is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamRef<'a> {
    /// By its name, in the region and account of the request.
    Name(&'a str),
    /// By its ARN.
    Arn(&'a str),
}

/// A stream as the service describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamInfo {
    /// The stream's name.
    pub name: String,
    /// The stream's ARN.
    pub arn: String,
    /// `CREATING`, `ACTIVE`, `UPDATING` or `DELETING`.
    pub status: String,
    /// When it was made.
    pub creation_time: Option<EpochSeconds>,
    /// How long what is stored is kept; with 0 nothing is stored.
    pub retention_hours: Option<u32>,
    /// E.g. `video/h264`.
    pub media_type: Option<String>,
    /// The key that encrypts what is stored.
    pub kms_key_id: Option<String>,
    /// Changes with every update of the stream.
    pub version: Option<String>,
}

/// Asks for a stream.
///
/// # Errors
/// [`Code::CallerInvalidArgument`](crate::error::Code::CallerInvalidArgument).
pub fn request(stream: StreamRef<'_>) -> Result<Request, Error> {
    OPERATION.request(&stream.to_json())
}

/// The stream.
///
/// # Errors
/// What every operation may meet.
pub fn parse(response: &Response) -> Result<StreamInfo, Error> {
    let output = parse_success(OPERATION.name, response)?;
    let bad = |_| bad_response(OPERATION.name, "with a stream that makes no sense");
    let Some(info) = output.get("StreamInfo") else {
        return Err(bad_response(OPERATION.name, "without a stream"));
    };
    let text = |name| Ok::<_, Error>(info.optional_text(name).map_err(bad)?.map(str::to_owned));
    Ok(StreamInfo {
        name: member(OPERATION.name, info, "StreamName")?.to_owned(),
        arn: member(OPERATION.name, info, "StreamARN")?.to_owned(),
        status: member(OPERATION.name, info, "Status")?.to_owned(),
        creation_time: EpochSeconds::of(info, "CreationTime"),
        retention_hours: info.optional_whole("DataRetentionInHours").map_err(bad)?,
        media_type: text("MediaType")?,
        kms_key_id: text("KmsKeyId")?,
        version: text("Version")?,
    })
}

impl StreamRef<'_> {
    pub(super) fn to_json(self) -> String {
        match self {
            Self::Name(name) => Object::new().text("StreamName", name).end(),
            Self::Arn(arn) => Object::new().text("StreamARN", arn).end(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rest::tests::{ARN, ok};

    #[test]
    fn a_stream_is_asked_for_by_name_or_arn() {
        let by_name = request(StreamRef::Name("archive")).unwrap();
        assert_eq!(by_name.path, "/describeStream");
        assert_eq!(by_name.body, r#"{"StreamName":"archive"}"#);
        let arn = ARN.replace("channel/", "stream/");
        let by_arn = request(StreamRef::Arn(&arn)).unwrap();
        assert_eq!(by_arn.body, format!(r#"{{"StreamARN":"{arn}"}}"#));
        assert!(request(StreamRef::Arn("x")).unwrap_err().message().starts_with("StreamARN must"));
    }

    #[test]
    fn a_stream_is_read() {
        let info =
            parse(&ok(r#"{"StreamInfo":{"StreamName":"archive","StreamARN":"a","Status":"ACTIVE",
            "CreationTime":1.7e9,"DataRetentionInHours":24,"MediaType":"video/h264",
            "KmsKeyId":"k","Version":"v","DeviceName":null}}"#))
            .unwrap();
        assert_eq!((info.name.as_str(), info.arn.as_str()), ("archive", "a"));
        assert_eq!((info.status.as_str(), info.retention_hours), ("ACTIVE", Some(24)));
        let created = info.creation_time.unwrap().as_f64();
        assert!((created - 1_700_000_000.0).abs() < f64::EPSILON, "{created}");
        assert_eq!(info.media_type.as_deref(), Some("video/h264"));
        assert_eq!((info.kms_key_id.as_deref(), info.version.as_deref()), (Some("k"), Some("v")));

        let least = r#"{"StreamInfo":{"StreamName":"s","StreamARN":"a","Status":"CREATING"}}"#;
        let info = parse(&ok(least)).unwrap();
        assert_eq!((info.creation_time, info.retention_hours, info.version), (None, None, None));
        for body in ["{}", r#"{"StreamInfo":{}}"#] {
            assert_eq!(parse(&ok(body)).unwrap_err().code(), Code::ServiceBadResponse);
        }
    }
}
