//! JoinStorageSession and JoinStorageSessionAsViewer. Their members are in lower camel case, and
//! so are their errors.
//!
//! There is no storage session to join: whoever may join is answered as by the service, and is
//! then sent no offer. Who may not, and why, is told in this order: no such channel
//! (`ResourceNotFound`), no media storage (`InvalidArgument`, as the service says of the protocol
//! WEBRTC without which nobody gets here), not connected as who joins (`ResourceNotFound`).

use kvs_hub::{ChannelArn, ClientId, ErrorKind, Role, ServiceError};
use serde::Deserialize;

use super::call::{About, Asked, Call, Nothing};
use crate::{api::input::required, app::App, error::ApiError};

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
        join(asked.app, &arn, &Role::Master)
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
        join(asked.app, &arn, &Role::Viewer(id))
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

fn join(app: &App, arn: &ChannelArn, role: &Role) -> Result<Nothing, ApiError> {
    app.driver.ask(|hub| {
        if hub.account().describe_channel_by_arn(arn)?.storage().is_none() {
            return Err(ServiceError::invalid("the channel has no media storage").into());
        }
        if !hub.is_connected(arn.name(), role) {
            return Err(ServiceError::new(
                ErrorKind::ResourceNotFound,
                "who joins is not connected to the channel: open the WebSocket first",
            )
            .into());
        }
        Ok(Nothing {})
    })
}
