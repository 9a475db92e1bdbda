//! DescribeSignalingChannel.

use std::time::Duration;

use kvs_hub::{Account, Channel, ChannelArn, ChannelName, ServiceError};
use serde::{Deserialize, Serialize};

use super::call::{About, Asked, Call};
use crate::error::ApiError;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    #[serde(flatten)]
    which: Which,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    channel_info: ChannelInfo,
}

/// A channel as it is described and listed.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ChannelInfo {
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

/// A channel by its ARN or, where that is not given, its name.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Which {
    channel_name: Option<String>,
    #[serde(rename = "ChannelARN")]
    channel_arn: Option<String>,
}

impl Call for Input {
    type Output = Output;

    fn about(&self) -> About<'_> {
        self.which.about()
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Output, ApiError> {
        let channel_info =
            asked.app.driver.ask(|hub| self.which.channel(hub.account()).map(ChannelInfo::of))?;
        Ok(Output { channel_info })
    }
}

impl ChannelInfo {
    pub(super) fn of(channel: &Channel) -> Self {
        Self {
            channel_arn: channel.arn().to_string(),
            channel_name: channel.name().to_string(),
            channel_status: "ACTIVE",
            channel_type: "SINGLE_MASTER",
            creation_time: Duration::from_millis(channel.created().0).as_secs_f64(),
            single_master_configuration: SingleMaster {
                message_ttl_seconds: channel.message_ttl_seconds(),
            },
            version: channel.version().to_owned(),
        }
    }
}

impl Which {
    pub(super) fn about(&self) -> About<'_> {
        About::Channel { arn: self.channel_arn.as_deref(), name: self.channel_name.as_deref() }
    }

    pub(super) fn channel<'a>(&self, account: &'a Account) -> Result<&'a Channel, ServiceError> {
        let name = self.channel_name.as_deref().map(ChannelName::parse).transpose()?;
        match (self.channel_arn.as_deref(), name) {
            (Some(arn), _) => account.describe_channel_by_arn(&ChannelArn::parse(arn)?),
            (None, Some(name)) => account.describe_channel(&name),
            (None, None) => Err(ServiceError::invalid("ChannelName or ChannelARN is missing")),
        }
    }
}
