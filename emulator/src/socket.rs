//! WebSockets of masters and viewers.

use std::{error::Error as _, sync::Arc, time::Duration};

use axum::{
    Extension,
    body::Bytes,
    extract::{
        FromRequestParts as _, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    http::{StatusCode, request::Parts},
    response::Response,
};
use kvs_hub::{ChannelArn, ClientId, CloseReason, Role, ServiceError};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tokio_tungstenite::tungstenite;
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    auth,
    connection::Permit,
    driver::{Command, Connection},
    error::ApiError,
    hosts::Door,
};

/// Longest message that is read, in bytes.
///
/// Source: "Amazon API Gateway quotas", WebSocket message payload.
const MAX_MESSAGE: usize = 128 * 1024;
/// How much is read from the network at once, per connection.
const READ_BUFFER: usize = 8 * 1024;
/// How long a client may take to read what it is sent before it is given up.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may take to answer a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Whose endpoint it is: each has a host or a path of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Master,
    Viewer,
}

/// ConnectAsMaster and ConnectAsViewer: everything is checked before the upgrade.
pub(crate) async fn connect(
    State(app): State<Arc<App>>,
    Extension(permit): Extension<Permit>,
    mut parts: Parts,
) -> Result<Response, ApiError> {
    let door = app.endpoints.door(&parts).ok_or_else(|| {
        ApiError::front_end(
            StatusCode::NOT_FOUND,
            "UnknownOperationException",
            "there is no such endpoint",
        )
    })?;
    let connection = admit(&app, &door, &parts).inspect_err(|error| {
        let endpoint = door.endpoint;
        tracing::info!(?endpoint, channel = %door, error = error.name(), "connection refused");
    })?;
    let upgrade =
        WebSocketUpgrade::from_request_parts(&mut parts, &app).await.map_err(|error| {
            ServiceError::invalid(format!("this is a WebSocket endpoint: {}", error.body_text()))
        })?;
    let (shutdown, ping_interval) = (app.shutdown.clone(), app.ping_interval);
    Ok(upgrade
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .read_buffer_size(READ_BUFFER)
        .on_upgrade(move |socket| async move {
            run(socket, connection, ping_interval, shutdown).await;
            drop(permit);
        }))
}

fn admit(app: &App, door: &Door, parts: &Parts) -> Result<Connection, ApiError> {
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
    let connection = app.driver.admit(&arn, role.clone())?;
    tracing::info!(connection = %connection.id(), channel = %arn.name(), ?role, "connection admitted");
    Ok(connection)
}

/// How a connection comes to its end.
enum End {
    /// The client is gone.
    Gone,
    /// The client closed it.
    Theirs,
    /// We close it, with this code and reason.
    Ours(u16, &'static str),
    /// So do we, but nothing more can be read.
    TooLong,
}

async fn run(
    mut socket: WebSocket,
    mut connection: Connection,
    ping_interval: Duration,
    shutdown: CancellationToken,
) {
    connection.opened();
    let silence = ping_interval * 5 / 2;
    let mut heard = Instant::now();
    let mut pings = interval_at(heard + ping_interval, ping_interval);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let end = loop {
        let send = tokio::select! {
            command = connection.command() => match command {
                Some(Command::Send(frame)) => Message::text(frame),
                Some(Command::Close(CloseReason::Replaced)) => {
                    break End::Ours(close_code::NORMAL, "replaced by a newer connection");
                }
                None => break End::Ours(close_code::POLICY, "too slow"),
            },
            message = socket.recv() => {
                heard = Instant::now();
                match message {
                    Some(Ok(Message::Text(frame))) => connection.received(&frame),
                    Some(Ok(Message::Binary(_))) => {
                        break End::Ours(close_code::UNSUPPORTED, "text frames only");
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Close(_))) => break End::Theirs,
                    Some(Err(error)) if is_too_long(&error) => break End::TooLong,
                    Some(Err(_)) | None => break End::Gone,
                }
                continue;
            },
            _ = pings.tick() => Message::Ping(Bytes::new()),
            () = sleep_until(heard + silence) => break End::Gone,
            () = shutdown.cancelled() => break End::Ours(close_code::AWAY, "Going away"),
        };
        if !matches!(timeout(SEND_TIMEOUT, socket.send(send)).await, Ok(Ok(()))) {
            break End::Gone;
        }
    };
    let id = connection.id();
    drop(connection);
    timeout(CLOSE_TIMEOUT, say_goodbye(socket, end)).await.ok();
    tracing::info!(connection = %id, "connection closed");
}

/// Whether a message was longer than [`MAX_MESSAGE`].
fn is_too_long(error: &axum::Error) -> bool {
    let reason = error.source().and_then(|reason| reason.downcast_ref());
    matches!(reason, Some(tungstenite::Error::Capacity(_)))
}

/// Closes in order: each side sends a close and waits for the other's, without which a client
/// would not see the code.
async fn say_goodbye(mut socket: WebSocket, end: End) {
    let (code, reason) = match end {
        End::Gone => return,
        // The answer is queued already; reading on sends it.
        End::Theirs => return wait_for_end(socket).await,
        End::Ours(code, reason) => (code, reason),
        End::TooLong => (close_code::SIZE, "the message is too long"),
    };
    let frame = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
    if socket.send(frame).await.is_err() {
        return;
    }
    if matches!(end, End::TooLong) {
        // To hang up on a client that still sends would take from it what it has not read yet.
        std::future::pending::<()>().await;
    }
    wait_for_end(socket).await;
}

async fn wait_for_end(mut socket: WebSocket) {
    while let Some(Ok(_)) = socket.recv().await {}
}
