//! WebSockets of masters and viewers.

mod pump;

use std::{sync::Arc, time::Instant};

use axum::{
    Extension,
    body::Bytes,
    extract::{FromRequestParts as _, State, WebSocketUpgrade},
    http::{StatusCode, request::Parts},
    response::{IntoResponse as _, Response},
};
use kvs_hub::{ChannelArn, ClientId, ConnectionId, Role, ServiceError};

use crate::{app::App, auth, connection::Permit, error::ApiError, gate, hosts::Door};

/// Longest message that is read, in bytes.
///
/// Source: "Amazon API Gateway quotas", WebSocket message payload.
const MAX_MESSAGE: usize = 128 * 1024;
/// Longest frame that is read, in bytes.
///
/// Source: "Amazon API Gateway quotas", WebSocket frame size.
const MAX_FRAME: usize = 32 * 1024;
/// How much is read from the network at once, per connection, and how much is written at once.
/// Each connection keeps the first for as long as it is open.
const READ_BUFFER: usize = 4 * 1024;
const WRITE_BUFFER: usize = 16 * 1024;

/// Whose endpoint it is: each has a host or a path of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Master,
    Viewer,
}

impl Endpoint {
    /// What connecting to it is called.
    const fn operation(self) -> &'static str {
        match self {
            Self::Master => "ConnectAsMaster",
            Self::Viewer => "ConnectAsViewer",
        }
    }
}

/// ConnectAsMaster and ConnectAsViewer: everything is checked before the upgrade.
pub(crate) async fn connect(
    State(app): State<Arc<App>>,
    Extension(permit): Extension<Permit>,
    parts: Parts,
) -> Response {
    let started = Instant::now();
    let Some(door) = app.endpoints.door(&parts) else {
        let name = "UnknownOperationException";
        return ApiError::front_end(StatusCode::NOT_FOUND, name, "there is no such endpoint")
            .into_response();
    };
    let (connection, error, response) = match open(&app, &door, parts, permit).await {
        Ok((connection, response)) => (Some(connection), None, response),
        Err(error) => (None, Some(error.name().to_owned()), error.into_response()),
    };
    tracing::info!(
        operation = door.endpoint.operation(),
        channel = %door,
        connection = connection.map(tracing::field::display),
        status = response.status().as_u16(),
        error,
        millis = millis_since(started),
        "upgrade"
    );
    response
}

async fn open(
    app: &Arc<App>,
    door: &Door,
    mut parts: Parts,
    permit: Permit,
) -> Result<(ConnectionId, Response), ApiError> {
    let (arn, role) = identify(app, door, &parts)?;
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, app).await.map_err(|error| {
        ServiceError::invalid(format!("this is a WebSocket endpoint: {}", error.body_text()))
    })?;
    gate::upgrade(app, arn.name().as_str(), &role).await?;
    let connection = app.driver.admit(&arn, role)?;
    let (id, operation, opened) = (connection.id(), door.endpoint.operation(), Instant::now());
    let (shutdown, ping_interval) = (app.shutdown.clone(), app.ping_interval);
    let response = upgrade
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_FRAME)
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .on_upgrade(async move |socket| {
            let end = pump::run(socket, connection, ping_interval, shutdown).await;
            drop(permit);
            let (channel, millis) = (arn.name(), millis_since(opened));
            tracing::info!(operation, %channel, connection = %id, millis, %end, "connection ended");
        });
    Ok((id, response))
}

fn millis_since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Who wants to connect to what.
fn identify(app: &App, door: &Door, parts: &Parts) -> Result<(ChannelArn, Role), ApiError> {
    let caller = auth::verify(parts, &Bytes::new(), app)?;
    let query = parts.uri.query().unwrap_or_default();
    let value = |wanted: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    let arn = value("X-Amz-ChannelARN")
        .ok_or_else(|| ServiceError::invalid("X-Amz-ChannelARN is missing"))?;
    let arn = ChannelArn::parse(&arn)?;
    if !door.is_of(&arn) {
        return Err(ServiceError::invalid("this endpoint is another channel's").into());
    }
    let role = match (door.endpoint, value("X-Amz-ClientId")) {
        (Endpoint::Master, None) => Role::Master,
        (Endpoint::Viewer, Some(id)) => Role::Viewer(ClientId::parse(&id)?),
        (Endpoint::Master, Some(_)) => {
            return Err(ServiceError::invalid("a master has no X-Amz-ClientId").into());
        }
        (Endpoint::Viewer, None) => {
            return Err(ServiceError::invalid("X-Amz-ClientId is missing").into());
        }
    };
    caller.may(door.endpoint.operation(), arn.as_str())?;
    Ok((arn, role))
}
