//! DescribeSignalingChannel: what a name or an ARN stands for.
//!
//! Source: DescribeSignalingChannel and ChannelInfo in the API reference.

use serde::Deserialize;

use super::{Request, Response, bad_response, parse_success};
use crate::error::Error;
use crate::ids::{ChannelArn, ChannelName};

const OPERATION: &str = "DescribeSignalingChannel";

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
    /// Seconds since 1970-01-01T00:00:00Z, with a fraction.
    pub creation_time: Option<f64>,
    /// How long the service keeps a message for a peer that is not there, 5–120 seconds.
    pub message_ttl_seconds: Option<u32>,
    /// Changes with every update of the channel.
    pub version: Option<String>,
}

/// Asks for a channel.
pub fn request(channel: &ChannelRef) -> Request {
    Request {
        path: "/describeSignalingChannel",
        body: match channel {
            ChannelRef::Name(name) => format!(r#"{{"ChannelName":"{name}"}}"#),
            ChannelRef::Arn(arn) => format!(r#"{{"ChannelARN":"{arn}"}}"#),
        },
    }
}

/// The channel.
///
/// # Errors
/// [`Code::ServiceChannelNotFound`](crate::error::Code::ServiceChannelNotFound) where there is
/// none, and what every operation may meet.
pub fn parse(response: &Response) -> Result<ChannelInfo, Error> {
    let Output { channel_info: info } = parse_success(OPERATION, response)?;
    let name = ChannelName::parse(&info.channel_name)
        .map_err(|_| bad_response(OPERATION, "with a name that is no channel's"))?;
    let arn = ChannelArn::parse(&info.channel_arn)
        .map_err(|_| bad_response(OPERATION, "with an ARN that is no channel's"))?;
    Ok(ChannelInfo {
        name,
        arn,
        channel_type: info.channel_type,
        status: info.channel_status,
        creation_time: info.creation_time,
        message_ttl_seconds: info
            .single_master_configuration
            .and_then(|configuration| configuration.message_ttl_seconds),
        version: info.version,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    channel_info: Info,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Info {
    channel_name: String,
    #[serde(rename = "ChannelARN")]
    channel_arn: String,
    channel_type: String,
    channel_status: String,
    creation_time: Option<f64>,
    single_master_configuration: Option<SingleMasterConfiguration>,
    version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SingleMasterConfiguration {
    message_ttl_seconds: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rest::tests::ok;

    const ARN: &str = "arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000";

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
                creation_time: Some(1_577_439_476.38),
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
