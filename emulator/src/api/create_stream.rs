//! CreateStream.

use std::collections::BTreeMap;

use kvs_hub::{CreateStream, ServiceError, StreamName, Tags};
use serde::{Deserialize, Serialize};

use super::{
    call::{About, Asked, Call},
    input::{Object, required, version},
};
use crate::error::ApiError;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    data_retention_in_hours: Option<i64>,
    device_name: Option<String>,
    kms_key_id: Option<String>,
    media_type: Option<String>,
    stream_name: Option<String>,
    stream_storage_configuration: Option<Object<StorageConfiguration>>,
    tags: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StorageConfiguration {
    default_storage_tier: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Output {
    #[serde(rename = "StreamARN")]
    stream_arn: String,
}

impl Call for Input {
    type Output = Output;

    fn about(&self) -> About<'_> {
        About::Stream { arn: None, name: self.stream_name.as_deref() }
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Output, ApiError> {
        let app = asked.app;
        let name = StreamName::parse(required("StreamName", self.stream_name.as_deref())?)?;
        let data_retention_in_hours =
            u32::try_from(self.data_retention_in_hours.unwrap_or_default()).map_err(|_| {
                ServiceError::invalid("DataRetentionInHours must be 0 or more hours")
            })?;
        if let Some(Object(configuration)) = self.stream_storage_configuration {
            match required("DefaultStorageTier", configuration.default_storage_tier.as_deref())? {
                "HOT" | "WARM" => {}
                _ => {
                    let error = ServiceError::invalid("DefaultStorageTier must be HOT or WARM");
                    return Err(error.into());
                }
            }
        }
        if self.tags.as_ref().is_some_and(BTreeMap::is_empty) {
            return Err(ServiceError::invalid("Tags must be a map of 1 to 50").into());
        }
        let request = CreateStream {
            name,
            device_name: self.device_name,
            media_type: self.media_type,
            kms_key_id: self.kms_key_id,
            data_retention_in_hours,
            version: version(),
            tags: Tags::parse(self.tags.unwrap_or_default().into_iter())?,
        };
        let stream_arn = app.driver.ask(|hub| {
            let created = hub.account_mut().create_stream(request, app.clock.unix());
            created.map(ToString::to_string)
        })?;
        Ok(Output { stream_arn })
    }
}
