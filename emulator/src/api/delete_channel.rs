//! DeleteSignalingChannel.

use serde::Deserialize;

use super::{
    call::{About, Asked, Call, Nothing},
    input::required_arn,
};
use crate::error::ApiError;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    #[serde(rename = "ChannelARN")]
    channel_arn: Option<String>,
    current_version: Option<String>,
}

impl Call for Input {
    type Output = Nothing;

    fn about(&self) -> About<'_> {
        About::Channel { arn: self.channel_arn.as_deref(), name: None }
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Nothing, ApiError> {
        let arn = required_arn(self.channel_arn.as_deref())?;
        asked.app.driver.ask(|hub| {
            hub.account_mut().delete_channel(&arn, self.current_version.as_deref())?;
            hub.forget_channel(arn.name());
            Ok::<_, ApiError>(Nothing {})
        })
    }
}
