//! SendAlexaOfferToMaster.

use axum::http::StatusCode;
use kvs_hub::{ClientId, ServiceError};
use serde::{Deserialize, Serialize};

use super::{
    call::{About, Asked, Call},
    input::{required, required_arn},
};
use crate::error::ApiError;

/// Longest offer, in characters of base64.
///
/// Source: SendAlexaOfferToMaster, MessagePayload.
const MAX_PAYLOAD: usize = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    #[serde(rename = "ChannelARN")]
    channel_arn: Option<String>,
    message_payload: Option<String>,
    sender_client_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    answer: String,
}

impl Call for Input {
    type Output = Output;

    fn about(&self) -> About<'_> {
        About::Channel { arn: self.channel_arn.as_deref(), name: None }
    }

    /// Takes until the master answers, or the offer's time to live has passed; or until the
    /// emulator ends, since nobody tells the time then.
    async fn run(self, asked: &Asked<'_>) -> Result<Output, ApiError> {
        let arn = required_arn(self.channel_arn.as_deref())?;
        asked.check_endpoint(&arn)?;
        let sender = required("SenderClientId", self.sender_client_id.as_deref())?;
        let sender = ClientId::parse(sender).map_err(|error| {
            ServiceError::invalid(error.message().replace("ClientId", "SenderClientId"))
        })?;
        let payload = required("MessagePayload", self.message_payload.as_deref())?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
        if !(1..=MAX_PAYLOAD).contains(&payload.len()) || !payload.chars().all(allowed) {
            return Err(ServiceError::invalid(
                "MessagePayload must be 1 to 10000 characters of base64",
            )
            .into());
        }
        let app = asked.app;
        let answer = tokio::select! {
            answer = app.driver.alexa_offer(&arn, sender, payload.to_owned()) => answer?,
            () = app.shutdown.cancelled() => {
                return Err(ApiError::front_end(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "ServiceUnavailableException",
                    "the emulator ends",
                ));
            }
        };
        Ok(Output { answer })
    }
}
