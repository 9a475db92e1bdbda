//! DescribeSignalingChannel.

use kvs_hub::{Channel, ChannelArn, ChannelName, ServiceError};
use serde::{Deserialize, Serialize};

use crate::{app::App, error::ApiError};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    channel_name: Option<String>,
    #[serde(rename = "ChannelARN")]
    channel_arn: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    channel_info: ChannelInfo,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ChannelInfo {
    #[serde(rename = "ChannelARN")]
    channel_arn: String,
    channel_name: String,
    channel_status: &'static str,
    channel_type: &'static str,
    /// Seconds since 1970, with a fraction.
    creation_time: f64,
    single_master_configuration: SingleMaster,
    version: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SingleMaster {
    message_ttl_seconds: u64,
}

pub(super) fn run(app: &App, input: Input) -> Result<Output, ApiError> {
    let arn = input.channel_arn.as_deref().map(ChannelArn::parse).transpose()?;
    let name = input.channel_name.as_deref().map(ChannelName::parse).transpose()?;
    let channel_info = app.driver.ask(|hub| match (arn, name) {
        (Some(arn), _) => hub.account().describe_channel_by_arn(&arn).map(ChannelInfo::of),
        (None, Some(name)) => hub.account().describe_channel(&name).map(ChannelInfo::of),
        (None, None) => Err(ServiceError::invalid("ChannelName or ChannelARN is missing")),
    })?;
    Ok(Output { channel_info })
}

impl ChannelInfo {
    fn of(channel: &Channel) -> Self {
        Self {
            channel_arn: channel.arn().as_str().to_owned(),
            channel_name: channel.name().as_str().to_owned(),
            channel_status: "ACTIVE",
            channel_type: "SINGLE_MASTER",
            creation_time: std::time::Duration::from_millis(channel.created().0).as_secs_f64(),
            single_master_configuration: SingleMaster {
                message_ttl_seconds: channel.message_ttl_seconds(),
            },
            version: channel.version().to_owned(),
        }
    }
}
