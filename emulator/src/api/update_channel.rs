//! UpdateSignalingChannel.

use kvs_hub::UpdateChannel;
use serde::Deserialize;

use super::{
    call::{About, Asked, Call, Nothing},
    create_channel::SingleMaster,
    input::{Object, required, required_arn, version},
};
use crate::error::ApiError;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    #[serde(rename = "ChannelARN")]
    channel_arn: Option<String>,
    current_version: Option<String>,
    single_master_configuration: Option<Object<SingleMaster>>,
}

impl Call for Input {
    type Output = Nothing;

    fn about(&self) -> About<'_> {
        About::Channel { arn: self.channel_arn.as_deref(), name: None }
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Nothing, ApiError> {
        let request = UpdateChannel {
            arn: required_arn(self.channel_arn.as_deref())?,
            current_version: required("CurrentVersion", self.current_version.as_deref())?
                .to_owned(),
            message_ttl_seconds: SingleMaster::ttl(self.single_master_configuration),
            version: version(),
        };
        asked.app.driver.ask(|hub| hub.account_mut().update_channel(request))?;
        Ok(Nothing {})
    }
}
