//! WebSockets of masters and viewers.

mod pump;

use std::{sync::Arc, time::Instant};

use axum::{
    Extension,
    body::Bytes,
    extract::{FromRequestParts as _, Path, State, WebSocketUpgrade},
    http::{StatusCode, request::Parts},
    response::{IntoResponse as _, Response},
};
use kvs_hub::{ChannelArn, ChannelName, ClientId, ConnectionId, Role, ServiceError};

use crate::{app::App, auth, error::ApiError, gate, server::Permit};

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

/// The path of a channel's WebSocket endpoint.
pub(crate) fn endpoint_path(endpoint: Endpoint, channel: &ChannelName) -> String {
    match endpoint {
        Endpoint::Master => format!("/_kvs/m/{channel}"),
        Endpoint::Viewer => format!("/_kvs/v/{channel}"),
    }
}

/// Whose endpoint it is: the service has one host for each, the emulator one path.
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
    Path((endpoint, channel)): Path<(String, String)>,
    parts: Parts,
) -> Response {
    let started = Instant::now();
    let endpoint = match endpoint.as_str() {
        "m" => Endpoint::Master,
        "v" => Endpoint::Viewer,
        _ => {
            return ApiError::front_end(
                StatusCode::NOT_FOUND,
                "UnknownOperationException",
                "there is no such endpoint",
            )
            .into_response();
        }
    };
    let connected = open(&app, endpoint, &channel, parts, permit).await;
    let (connection, response, error) = match connected {
        Ok((connection, response)) => (Some(tracing::field::display(connection)), response, None),
        Err(error) => {
            let name = error.name().to_owned();
            (None, error.into_response(), Some(name))
        }
    };
    tracing::info!(
        operation = endpoint.operation(),
        channel,
        status = response.status().as_u16(),
        error,
        connection,
        millis = started.elapsed().as_millis(),
        "upgrade"
    );
    response
}

async fn open(
    app: &Arc<App>,
    endpoint: Endpoint,
    channel: &str,
    mut parts: Parts,
    permit: Permit,
) -> Result<(ConnectionId, Response), ApiError> {
    let (arn, role) = identify(app, endpoint, channel, &parts)?;
    gate::upgrade(app, channel, &role).await?;
    let connection = app.driver.admit(&arn, role)?;
    let upgrade =
        WebSocketUpgrade::from_request_parts(&mut parts, app).await.map_err(|error| {
            ServiceError::invalid(format!("this is a WebSocket endpoint: {}", error.body_text()))
        })?;
    let (id, channel, opened) = (connection.id(), channel.to_owned(), Instant::now());
    let (shutdown, ping_interval) = (app.shutdown.clone(), app.ping_interval);
    let response = upgrade
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_FRAME)
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .on_upgrade(move |socket| async move {
            let end = pump::run(socket, connection, ping_interval, shutdown).await;
            drop(permit);
            tracing::info!(
                operation = endpoint.operation(),
                channel,
                connection = %id,
                millis = opened.elapsed().as_millis(),
                %end,
                "connection ended"
            );
        });
    Ok((id, response))
}

/// Who wants to connect to what.
fn identify(
    app: &App,
    endpoint: Endpoint,
    channel: &str,
    parts: &Parts,
) -> Result<(ChannelArn, Role), ApiError> {
    auth::verify(parts, &Bytes::new(), &app.keys, &app.region, app.clock.now())?;
    let query = parts.uri.query().unwrap_or_default();
    let value = |wanted: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    let arn = value("X-Amz-ChannelARN")
        .ok_or_else(|| ServiceError::invalid("X-Amz-ChannelARN is missing"))?;
    let arn = ChannelArn::parse(&arn)?;
    if arn.name().as_str() != channel {
        return Err(ServiceError::invalid("this endpoint is another channel's").into());
    }
    let role = match (endpoint, value("X-Amz-ClientId")) {
        (Endpoint::Master, None) => Role::Master,
        (Endpoint::Viewer, Some(id)) => Role::Viewer(ClientId::parse(&id)?),
        (Endpoint::Master, Some(_)) => {
            return Err(ServiceError::invalid("a master has no X-Amz-ClientId").into());
        }
        (Endpoint::Viewer, None) => {
            return Err(ServiceError::invalid("X-Amz-ClientId is missing").into());
        }
    };
    Ok((arn, role))
}
