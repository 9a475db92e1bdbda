//! DeleteStream.

use serde::Deserialize;

use super::{
    call::{About, Asked, Call, Nothing},
    input::required_stream,
};
use crate::error::ApiError;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    current_version: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
}

impl Call for Input {
    type Output = Nothing;

    fn about(&self) -> About<'_> {
        About::Stream { arn: self.stream_arn.as_deref(), name: None }
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Nothing, ApiError> {
        let arn = required_stream(self.stream_arn.as_deref())?;
        let version = self.current_version.as_deref();
        asked.app.driver.ask(|hub| hub.account_mut().delete_stream(&arn, version))?;
        Ok(Nothing {})
    }
}
