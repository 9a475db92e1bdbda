//! GetIceServerConfig.

use kvs_hub::ServiceError;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use super::{
    call::{About, Asked, Call},
    input::required_arn,
};
use crate::{error::ApiError, turn};

const MAX_LENGTH: usize = 256;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    #[serde(rename = "ChannelARN")]
    channel_arn: Option<String>,
    client_id: Option<String>,
    service: Option<String>,
    username: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    ice_server_list: Vec<IceServer>,
}

/// TURN servers only: where STUN is, clients know without asking.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct IceServer {
    #[serde(serialize_with = "expose")]
    password: SecretString,
    ttl: u64,
    uris: Vec<String>,
    username: String,
}

impl Call for Input {
    type Output = Output;

    fn about(&self) -> About<'_> {
        About::Channel { arn: self.channel_arn.as_deref(), name: None }
    }

    async fn run(self, asked: &Asked<'_>) -> Result<Output, ApiError> {
        run(asked, self)
    }
}

fn run(asked: &Asked<'_>, input: Input) -> Result<Output, ApiError> {
    let arn = required_arn(input.channel_arn.as_deref())?;
    asked.check_endpoint(&arn)?;
    let app = asked.app;
    check_id("ClientId", input.client_id.as_deref())?;
    check_id("Username", input.username.as_deref())?;
    if input.service.is_some_and(|service| service != "TURN") {
        return Err(ServiceError::invalid("Service must be TURN").into());
    }
    let scale = app.driver.ask(|hub| {
        hub.account().describe_channel_by_arn(&arn)?;
        Ok::<_, ServiceError>(hub.time_scale())
    })?;
    let servers = app.turn.ice_servers(&arn, scale, app.clock.now());
    Ok(Output { ice_server_list: servers.into_iter().map(IceServer::from).collect() })
}

impl From<turn::IceServer> for IceServer {
    fn from(server: turn::IceServer) -> Self {
        let turn::IceServer { uris, username, password, ttl } = server;
        Self { password, ttl, uris, username }
    }
}

/// Source: the patterns of ClientId and Username.
fn check_id(what: &str, id: Option<&str>) -> Result<(), ServiceError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let good = |id: &str| (1..=MAX_LENGTH).contains(&id.len()) && id.chars().all(allowed);
    if id.is_none_or(good) {
        return Ok(());
    }
    Err(ServiceError::invalid(format!(
        "{what} must be 1 to {MAX_LENGTH} of the characters a-z A-Z 0-9 _ . -"
    )))
}

fn expose<S: Serializer>(password: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(password.expose_secret())
}
