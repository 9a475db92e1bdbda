//! DescribeMediaStorageConfiguration and UpdateMediaStorageConfiguration.

use kvs_hub::{ServiceError, StreamArn};
use serde::{Deserialize, Serialize};

use super::{
    call::{About, Asked, Call, Nothing},
    describe_channel::Which,
    input::{Object, required, required_arn, required_stream},
};
use crate::error::ApiError;

#[derive(Deserialize)]
pub(super) struct Describe {
    #[serde(flatten)]
    which: Which,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Described {
    media_storage_configuration: Configuration,
}

/// Where it is disabled, the stream is there as `null`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    status: &'static str,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
}

impl Call for Describe {
    type Output = Described;

    fn about(&self) -> About<'_> {
        self.which.about()
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Described, ApiError> {
        let stream_arn = asked.app.driver.ask(|hub| {
            let channel = self.which.channel(hub.account())?;
            Ok::<_, ServiceError>(channel.storage().map(StreamArn::to_string))
        })?;
        let status = if stream_arn.is_some() { "ENABLED" } else { "DISABLED" };
        Ok(Described { media_storage_configuration: Configuration { status, stream_arn } })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Update {
    #[serde(rename = "ChannelARN")]
    channel_arn: Option<String>,
    media_storage_configuration: Option<Object<Wanted>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wanted {
    status: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
}

impl Call for Update {
    type Output = Nothing;

    fn about(&self) -> About<'_> {
        About::Channel { arn: self.channel_arn.as_deref(), name: None }
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Nothing, ApiError> {
        let channel = required_arn(self.channel_arn.as_deref())?;
        let Object(wanted) = self
            .media_storage_configuration
            .ok_or_else(|| ServiceError::invalid("MediaStorageConfiguration is missing"))?;
        let driver = &asked.app.driver;
        match required("Status", wanted.status.as_deref())? {
            "ENABLED" => {
                let stream = required_stream(wanted.stream_arn.as_deref())?;
                driver.ask(|hub| hub.account_mut().enable_storage(&channel, &stream))?;
            }
            // It needs no stream, and takes one that is given for good.
            "DISABLED" => {
                wanted.stream_arn.as_deref().map(StreamArn::parse).transpose()?;
                driver.ask(|hub| {
                    hub.account_mut().disable_storage(&channel)?;
                    hub.end_storage(channel.name());
                    Ok::<_, ServiceError>(())
                })?;
            }
            _ => return Err(ServiceError::invalid("Status must be ENABLED or DISABLED").into()),
        }
        Ok(Nothing {})
    }
}
