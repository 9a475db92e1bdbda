//! DescribeStream.

use std::time::Duration;

use kvs_hub::{ACCOUNT_ID, Account, ServiceError, Stream, StreamArn, StreamName};
use serde::{Deserialize, Serialize};

use super::call::{About, Asked, Call};
use crate::error::ApiError;

#[derive(Deserialize)]
pub(super) struct Input {
    #[serde(flatten)]
    which: Which,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    stream_info: StreamInfo,
}

/// A stream as it is described and listed.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StreamInfo {
    /// Seconds since 1970, with a fraction.
    creation_time: f64,
    data_retention_in_hours: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_name: Option<String>,
    kms_key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    status: &'static str,
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    stream_name: String,
    version: String,
}

/// A stream by its ARN or, where that is not given, its name.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Which {
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    stream_name: Option<String>,
}

impl Call for Input {
    type Output = Output;

    fn about(&self) -> About<'_> {
        self.which.about()
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Output, ApiError> {
        let region = &asked.app.region;
        let stream_info = asked.app.driver.ask(|hub| {
            self.which.stream(hub.account()).map(|stream| StreamInfo::of(stream, region))
        })?;
        Ok(Output { stream_info })
    }
}

impl StreamInfo {
    pub(super) fn of(stream: &Stream, region: &str) -> Self {
        Self {
            creation_time: Duration::from_millis(stream.created().0).as_secs_f64(),
            data_retention_in_hours: stream.data_retention_in_hours(),
            device_name: stream.device_name().map(str::to_owned),
            kms_key_id: stream.kms_key_id().map_or_else(
                || format!("arn:aws:kms:{region}:{ACCOUNT_ID}:alias/aws/kinesisvideo"),
                str::to_owned,
            ),
            media_type: stream.media_type().map(str::to_owned),
            status: "ACTIVE",
            stream_arn: stream.arn().to_string(),
            stream_name: stream.name().to_string(),
            version: stream.version().to_owned(),
        }
    }
}

impl Which {
    pub(super) fn about(&self) -> About<'_> {
        About::Stream { arn: self.stream_arn.as_deref(), name: self.stream_name.as_deref() }
    }

    pub(super) fn stream<'a>(&self, account: &'a Account) -> Result<&'a Stream, ServiceError> {
        let name = self.stream_name.as_deref().map(StreamName::parse).transpose()?;
        match (self.stream_arn.as_deref(), name) {
            (Some(arn), _) => account.describe_stream_by_arn(&StreamArn::parse(arn)?),
            (None, Some(name)) => account.describe_stream(&name),
            (None, None) => Err(ServiceError::invalid("StreamName or StreamARN is missing")),
        }
    }
}
