//! JoinStorageSession and JoinStorageSessionAsViewer. Their members are in lower camel case, and
//! so are their errors.
//!
//! Who joins is sent an offer over its WebSocket. Who may not join, and why, is told in this order:
//! no such channel (`ResourceNotFound`), no media storage (`InvalidArgument`, as the service says of
//! the protocol WEBRTC without which nobody gets here), not connected as who joins
//! (`ResourceNotFound`), too many viewers (`ClientLimitExceeded`).

use kvs_hub::{ChannelArn, ClientId, Role, ServiceError};
use serde::Deserialize;

use super::call::{About, Asked, Call, Nothing};
use crate::{api::input::required, error::ApiError};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AsMaster {
    channel_arn: Option<String>,
}

impl Call for AsMaster {
    type Output = Nothing;

    fn about(&self) -> About<'_> {
        About::Channel { arn: self.channel_arn.as_deref(), name: None }
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Nothing, ApiError> {
        let arn = channel_arn(self.channel_arn.as_deref())?;
        join(asked, &arn, Role::Master)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AsViewer {
    channel_arn: Option<String>,
    client_id: Option<String>,
}

impl Call for AsViewer {
    type Output = Nothing;

    fn about(&self) -> About<'_> {
        About::Channel { arn: self.channel_arn.as_deref(), name: None }
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Nothing, ApiError> {
        let arn = channel_arn(self.channel_arn.as_deref())?;
        let id = ClientId::parse(required("clientId", self.client_id.as_deref())?)
            .map_err(|error| in_lower_camel_case(&error))?;
        join(asked, &arn, Role::Viewer(id))
    }
}

fn channel_arn(text: Option<&str>) -> Result<ChannelArn, ServiceError> {
    ChannelArn::parse(required("channelArn", text)?).map_err(|error| in_lower_camel_case(&error))
}

/// An error names the member as the caller wrote it.
fn in_lower_camel_case(error: &ServiceError) -> ServiceError {
    let message = error.message().replace("ChannelARN", "channelArn");
    ServiceError::new(error.kind(), message.replace("ClientId", "clientId"))
}

fn join(asked: &Asked<'_>, arn: &ChannelArn, role: Role) -> Result<Nothing, ApiError> {
    asked.check_endpoint(arn)?;
    asked.app.driver.act(|hub, now| hub.join_storage(arn, role, now))?;
    Ok(Nothing {})
}
