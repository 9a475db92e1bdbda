//! CreateStream: makes a video stream, which a channel can record to.
//!
//! Source: CreateStream in the API reference.

use super::operation::{Host, Kind, Operation, optional, plain, required};
use super::{Request, Response, Tag, member, parse_success, rules};
use crate::error::Error;
use crate::json::Object;

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "CreateStream",
    path: "/createStream",
    host: Host::ControlPlane,
    input: &[
        required("StreamName", rules::NAME),
        optional("DeviceName", rules::DEVICE_NAME),
        optional("MediaType", rules::MEDIA_TYPE),
        optional("KmsKeyId", rules::KMS_KEY_ID),
        optional("DataRetentionInHours", Kind::Whole { least: 0, most: 0x7fff_ffff }),
        optional("Tags", rules::TAG_MAP),
        optional(
            "StreamStorageConfiguration",
            Kind::Object(&[required("DefaultStorageTier", Kind::OneOf(&["HOT", "WARM"]))]),
        ),
    ],
    output: &[plain("StreamARN")],
};

/// What a new stream is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamInput<'a> {
    /// 1–256 of `a-zA-Z0-9_.-`, unique in its account and region.
    pub name: &'a str,
    /// E.g. `video/h264,audio/aac`.
    pub media_type: Option<&'a str>,
    /// The key that encrypts what is stored; by default one that the service keeps.
    pub kms_key_id: Option<&'a str>,
    /// How long what is stored is kept; by default, or with 0, nothing is stored.
    pub retention_hours: Option<u32>,
    /// At most 50.
    pub tags: &'a [Tag<'a>],
}

/// Asks for a stream.
///
/// # Errors
/// [`Code::CallerInvalidArgument`](crate::error::Code::CallerInvalidArgument).
pub fn request(stream: &StreamInput<'_>) -> Result<Request, Error> {
    let mut input = Object::new()
        .text("StreamName", stream.name)
        .optional("MediaType", stream.media_type)
        .optional("KmsKeyId", stream.kms_key_id);
    if let Some(hours) = stream.retention_hours {
        input = input.raw("DataRetentionInHours", &hours.to_string());
    }
    if !stream.tags.is_empty() {
        let tags = stream.tags.iter().fold(Object::new(), |map, tag| map.text(tag.key, tag.value));
        input = input.raw("Tags", &tags.end());
    }
    OPERATION.request(&input.end())
}

/// The ARN of the new stream.
///
/// # Errors
/// What every operation may meet.
pub fn parse(response: &Response) -> Result<String, Error> {
    let output = parse_success(OPERATION.name, response)?;
    Ok(member(OPERATION.name, &output, "StreamARN")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rest::tests::ok;

    #[test]
    fn a_stream_is_asked_for_with_what_is_given() {
        let least = StreamInput { name: "archive", ..StreamInput::default() };
        let least = request(&least).unwrap();
        assert_eq!(least.path, "/createStream");
        assert_eq!(least.body, r#"{"StreamName":"archive"}"#);
        let all = StreamInput {
            name: "archive",
            media_type: Some("video/h264,audio/aac"),
            kms_key_id: Some("alias/mine"),
            retention_hours: Some(24),
            tags: &[Tag { key: "room", value: "cellar" }],
        };
        assert_eq!(
            request(&all).unwrap().body,
            r#"{"StreamName":"archive","MediaType":"video/h264,audio/aac","KmsKeyId":"alias/mine","DataRetentionInHours":24,"Tags":{"room":"cellar"}}"#
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let good = StreamInput { name: "archive", ..StreamInput::default() };
        for (input, start) in [
            (StreamInput::default(), "StreamName must be 1 to 256 characters"),
            (StreamInput { media_type: Some("video"), ..good.clone() }, "MediaType must be "),
            (StreamInput { media_type: Some("a/b,"), ..good.clone() }, "MediaType must be "),
            (StreamInput { kms_key_id: Some(""), ..good.clone() }, "KmsKeyId must be 1 to 2048"),
            (
                StreamInput { retention_hours: Some(u32::MAX), ..good.clone() },
                "DataRetentionInHours must be a whole number from 0 to 2147483647",
            ),
            (
                StreamInput { tags: &[Tag { key: "!", value: "" }], ..good.clone() },
                "Tags has a name that must be 1 to 128",
            ),
            (
                StreamInput { tags: &[Tag { key: "a", value: "!" }], ..good.clone() },
                "Tags.a must be at most 256",
            ),
        ] {
            let error = request(&input).unwrap_err();
            assert!(error.message().starts_with(start), "{error}");
        }
    }

    #[test]
    fn the_answer_is_an_arn() {
        assert_eq!(parse(&ok(r#"{"StreamARN":"a"}"#)).unwrap(), "a");
        assert_eq!(parse(&ok("{}")).unwrap_err().code(), Code::ServiceBadResponse);
    }
}
