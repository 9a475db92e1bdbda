//! DescribeSignalingChannel: what a name or an ARN stands for.
//!
//! Source: DescribeSignalingChannel and ChannelInfo in the API reference.

use super::operation::{Field, Host, Operation, Shape, either};
use super::{Request, Response, bad_response, member, parse_success, rules};
use crate::error::Error;
use crate::ids::{ChannelArn, ChannelName};
use crate::json::{Json, Object, Read};

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "DescribeSignalingChannel",
    path: "/describeSignalingChannel",
    host: Host::ControlPlane,
    input: &[either("ChannelName", rules::NAME), either("ChannelARN", rules::ARN)],
    output: &[Field { name: "ChannelInfo", shape: Shape::Object(rules::CHANNEL_INFO) }],
};

/// How a channel is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelRef {
    /// By its name, in the region and account of the request.
    Name(ChannelName),
    /// By its ARN.
    Arn(ChannelArn),
}

/// A channel as the service describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelInfo {
    /// The channel's name.
    pub name: ChannelName,
    /// The channel's ARN.
    pub arn: ChannelArn,
    /// `SINGLE_MASTER`; the service may come to have others.
    pub channel_type: String,
    /// `CREATING`, `ACTIVE`, `UPDATING` or `DELETING`.
    pub status: String,
    /// When it was made.
    pub creation_time: Option<EpochSeconds>,
    /// How long the service keeps a message for a peer that is not there, 5–120 seconds.
    pub message_ttl_seconds: Option<u32>,
    /// Changes with every update of the channel.
    pub version: Option<String>,
}

/// A point in time as the service writes it: a decimal number of seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochSeconds(String);

impl EpochSeconds {
    /// The member of this name, where it is a number.
    pub(super) fn of(object: &Json<'_>, name: &str) -> Option<Self> {
        object.get(name).and_then(Read::number).map(|seconds| Self(seconds.to_owned()))
    }

    /// The number as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Seconds since 1970-01-01T00:00:00Z, with a fraction.
    pub fn as_f64(&self) -> f64 {
        self.0.parse().unwrap_or_default()
    }
}

/// Asks for a channel.
pub fn request(channel: &ChannelRef) -> Request {
    Request { path: OPERATION.path, body: channel.to_json() }
}

/// The channel.
///
/// # Errors
/// [`Code::ServiceChannelNotFound`](crate::error::Code::ServiceChannelNotFound) where there is
/// none, and what every operation may meet.
pub fn parse(response: &Response) -> Result<ChannelInfo, Error> {
    let output = parse_success(OPERATION.name, response)?;
    let Some(info) = output.get("ChannelInfo") else {
        return Err(bad_response(OPERATION.name, "without a channel"));
    };
    channel_info(OPERATION.name, info)
}

impl ChannelRef {
    pub(super) fn to_json(&self) -> String {
        match self {
            Self::Name(name) => Object::new().text("ChannelName", name.as_str()).end(),
            Self::Arn(arn) => Object::new().text("ChannelARN", arn.as_str()).end(),
        }
    }
}

pub(super) fn channel_info(operation: &str, info: &Json<'_>) -> Result<ChannelInfo, Error> {
    let bad = |_| bad_response(operation, "with a channel that makes no sense");
    let name = ChannelName::parse(member(operation, info, "ChannelName")?)
        .map_err(|_| bad_response(operation, "with a name that is no channel's"))?;
    let arn = ChannelArn::parse(member(operation, info, "ChannelARN")?)
        .map_err(|_| bad_response(operation, "with an ARN that is no channel's"))?;
    let configuration = info.get("SingleMasterConfiguration");
    Ok(ChannelInfo {
        name,
        arn,
        channel_type: member(operation, info, "ChannelType")?.to_owned(),
        status: member(operation, info, "ChannelStatus")?.to_owned(),
        creation_time: EpochSeconds::of(info, "CreationTime"),
        message_ttl_seconds: match configuration {
            Some(configuration) => {
                configuration.optional_whole("MessageTtlSeconds").map_err(bad)?
            }
            None => None,
        },
        version: info.optional_text("Version").map_err(bad)?.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rest::tests::{ARN, ok};

    #[test]
    fn a_channel_is_asked_for_by_name_or_arn() {
        let by_name = request(&ChannelRef::Name(ChannelName::parse("demo").unwrap()));
        assert_eq!(by_name.path, "/describeSignalingChannel");
        assert_eq!(by_name.body, r#"{"ChannelName":"demo"}"#);
        let by_arn = request(&ChannelRef::Arn(ChannelArn::parse(ARN).unwrap()));
        assert_eq!(by_arn.body, format!(r#"{{"ChannelARN":"{ARN}"}}"#));
    }

    #[test]
    fn a_whole_answer_is_read() {
        let info = parse(&ok(&format!(
            r#"{{"ChannelInfo":{{"ChannelARN":"{ARN}","ChannelName":"demo",
            "ChannelStatus":"ACTIVE","ChannelType":"SINGLE_MASTER","CreationTime":1577439476.38,
            "SingleMasterConfiguration":{{"MessageTtlSeconds":60}},"Version":"abC1"}}}}"#
        )))
        .unwrap();
        assert_eq!(
            info,
            ChannelInfo {
                name: ChannelName::parse("demo").unwrap(),
                arn: ChannelArn::parse(ARN).unwrap(),
                channel_type: "SINGLE_MASTER".to_owned(),
                status: "ACTIVE".to_owned(),
                creation_time: Some(EpochSeconds("1577439476.38".to_owned())),
                message_ttl_seconds: Some(60),
                version: Some("abC1".to_owned()),
            }
        );
    }

    #[test]
    fn what_is_not_needed_may_be_missing_or_null() {
        let info = parse(&ok(&format!(
            r#"{{"ChannelInfo":{{"ChannelARN":"{ARN}","ChannelName":"demo",
            "ChannelStatus":"CREATING","ChannelType":"SINGLE_MASTER","CreationTime":null,
            "SingleMasterConfiguration":{{}}}}}}"#
        )))
        .unwrap();
        assert_eq!(
            (info.creation_time, info.message_ttl_seconds, info.version),
            (None, None, None)
        );
    }

    #[test]
    fn a_channel_without_a_usable_name_or_arn_is_refused() {
        for (arn, name) in [("arn:x", "demo"), (ARN, "<b>"), (ARN, "")] {
            let error = parse(&ok(&format!(
                r#"{{"ChannelInfo":{{"ChannelARN":"{arn}","ChannelName":"{name}",
                "ChannelStatus":"ACTIVE","ChannelType":"SINGLE_MASTER"}}}}"#
            )))
            .unwrap_err();
            assert_eq!(error.code(), Code::ServiceBadResponse);
        }
    }
}
