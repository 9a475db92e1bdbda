//! DescribeMappedResourceConfiguration: the channel that records to a stream.
//!
//! Source: DescribeMappedResourceConfiguration in the API reference.

use super::operation::{Field, Host, Kind, Operation, Shape, either, optional, plain};
use super::{Request, Response, StreamRef, member, parse_success, rules};
use crate::error::Error;
use crate::json::Read;

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "DescribeMappedResourceConfiguration",
    path: "/describeMappedResourceConfiguration",
    host: Host::ControlPlane,
    input: &[
        either("StreamName", rules::NAME),
        either("StreamARN", rules::ARN),
        optional("MaxResults", Kind::Whole { least: 1, most: 1 }),
        optional("NextToken", rules::NEXT_TOKEN),
    ],
    output: &[
        Field {
            name: "MappedResourceConfigurationList",
            shape: Shape::List(&[plain("Type"), plain("ARN")]),
        },
        plain("NextToken"),
    ],
};

/// Something that records to a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedResource {
    /// What it is, e.g. a signaling channel.
    pub kind: String,
    /// Its ARN.
    pub arn: String,
}

/// Asks what records to a stream.
///
/// # Errors
/// [`Code::CallerInvalidArgument`](crate::error::Code::CallerInvalidArgument).
pub fn request(stream: StreamRef<'_>) -> Result<Request, Error> {
    OPERATION.request(&stream.to_json())
}

/// What records to the stream: nothing, or one channel.
///
/// # Errors
/// What every operation may meet.
pub fn parse(response: &Response) -> Result<Vec<MappedResource>, Error> {
    let output = parse_success(OPERATION.name, response)?;
    let list = output.get("MappedResourceConfigurationList").and_then(Read::items);
    let resource = |item| {
        Ok(MappedResource {
            kind: member(OPERATION.name, item, "Type")?.to_owned(),
            arn: member(OPERATION.name, item, "ARN")?.to_owned(),
        })
    };
    list.unwrap_or_default().iter().map(resource).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rest::tests::ok;

    #[test]
    fn a_stream_has_none_or_one() {
        let by_name = request(StreamRef::Name("archive")).unwrap();
        assert_eq!(by_name.path, "/describeMappedResourceConfiguration");
        assert_eq!(by_name.body, r#"{"StreamName":"archive"}"#);
        assert_eq!(parse(&ok("{}")).unwrap(), []);
        let one = r#"{"MappedResourceConfigurationList":[{"Type":"SignalingChannel","ARN":"a"}]}"#;
        let expected = MappedResource { kind: "SignalingChannel".into(), arn: "a".into() };
        assert_eq!(parse(&ok(one)).unwrap(), [expected]);
        let bad = r#"{"MappedResourceConfigurationList":[{"Type":"SignalingChannel"}]}"#;
        assert_eq!(parse(&ok(bad)).unwrap_err().code(), Code::ServiceBadResponse);
    }
}
