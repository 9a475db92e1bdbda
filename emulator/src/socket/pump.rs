//! What goes over an open WebSocket, and how it ends.

use std::{collections::VecDeque, error::Error as _, fmt, time::Duration};

use axum::{
    body::Bytes,
    extract::ws::{CloseFrame, Message, WebSocket, close_code},
};
use futures_util::SinkExt as _;
use kvs_hub::Close;
use tokio::{
    pin,
    time::{Instant, sleep_until, timeout},
};
use tokio_tungstenite::tungstenite;
use tokio_util::sync::CancellationToken;

use crate::{driver::Connection, outbox::Next};

/// How long a client may take to read a frame before it is given up.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may take to answer a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// How a connection comes to its end.
pub(super) enum End {
    /// The client is gone.
    Gone,
    /// The client closed it.
    Theirs,
    /// We close it, with this code and reason.
    Ours(u16, String),
    /// So do we, but nothing more can be read.
    TooLong,
    /// We drop it without a word.
    Abrupt,
}

impl End {
    fn ours(code: u16, reason: &str) -> Self {
        Self::Ours(code, reason.to_owned())
    }
}

/// For the log.
impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("the client is gone"),
            Self::Theirs => f.write_str("closed by the client"),
            Self::Ours(code, reason) => write!(f, "closed: {code} {reason}"),
            Self::TooLong => write!(f, "closed: {} too long", close_code::SIZE),
            Self::Abrupt => f.write_str("dropped without a word"),
        }
    }
}

/// Serves an open socket to its end, and answers how that came.
pub(super) async fn run(
    mut socket: WebSocket,
    connection: Connection,
    ping_interval: Option<Duration>,
    shutdown: CancellationToken,
) -> End {
    connection.opened();
    let end = serve(&mut socket, &connection, ping_interval.map(Pulse::new), &shutdown).await;
    // The place is free before the client hears of it.
    drop(connection);
    // In a box: most of the time there is nothing to say.
    timeout(CLOSE_TIMEOUT, Box::pin(say_goodbye(socket, &end))).await.ok();
    end
}

async fn serve(
    socket: &mut WebSocket,
    connection: &Connection,
    mut pulse: Option<Pulse>,
    shutdown: &CancellationToken,
) -> End {
    let goodbye = || End::ours(close_code::AWAY, "Going away");
    loop {
        tokio::select! {
            next = connection.next() => match next {
                Next::Send(frames) => {
                    if send(socket, connection, frames).await.is_err() {
                        return End::Gone;
                    }
                }
                Next::Stall => tokio::select! {
                    () = connection.released() => {}
                    () = shutdown.cancelled() => return goodbye(),
                },
                Next::Close(Close::Normal { code, reason }) => return End::Ours(code, reason),
                Next::Close(Close::Abrupt) => return End::Abrupt,
                Next::GiveUp => return End::ours(close_code::POLICY, "too slow"),
            },
            message = socket.recv() => {
                if let Some(pulse) = &mut pulse {
                    pulse.heard = Instant::now();
                }
                match message {
                    Some(Ok(Message::Text(frame))) => connection.received(&frame),
                    // Most likely the answer to a ping of ours: whoever says nothing else is idle.
                    Some(Ok(Message::Pong(_))) if pulse.is_some() => {}
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => connection.alive(),
                    Some(Ok(Message::Binary(_))) => {
                        return End::ours(close_code::UNSUPPORTED, "text frames only");
                    }
                    Some(Ok(Message::Close(_))) => return End::Theirs,
                    Some(Err(error)) if is_too_long(&error) => return End::TooLong,
                    Some(Err(_)) | None => return End::Gone,
                }
            },
            beat = next_beat(&mut pulse) => match beat {
                Beat::Ping => {
                    let ping = socket.send(Message::Ping(Bytes::new()));
                    if !matches!(timeout(SEND_TIMEOUT, ping).await, Ok(Ok(()))) {
                        return End::Gone;
                    }
                }
                Beat::Silence => return End::Gone,
            },
            () = shutdown.cancelled() => return goodbye(),
        }
    }
}

/// The client does not read, or is gone.
struct Unsent;

/// Sends frames together, so that many small ones are one write. A close does not wait long for
/// them.
async fn send(
    socket: &mut WebSocket,
    connection: &Connection,
    frames: VecDeque<String>,
) -> Result<(), Unsent> {
    let write = async {
        for frame in frames {
            within(SEND_TIMEOUT, socket.feed(Message::text(frame))).await?;
        }
        within(SEND_TIMEOUT, socket.flush()).await
    };
    pin!(write);
    tokio::select! {
        biased;
        result = &mut write => result,
        () = connection.ending() => timeout(CLOSE_TIMEOUT, write).await.unwrap_or(Ok(())),
    }
}

async fn within(
    limit: Duration,
    write: impl Future<Output = Result<(), axum::Error>>,
) -> Result<(), Unsent> {
    timeout(limit, write).await.map_err(|_| Unsent)?.map_err(|_| Unsent)
}

/// When a client is pinged, and when it was heard last.
struct Pulse {
    interval: Duration,
    next: Instant,
    heard: Instant,
}

enum Beat {
    /// The client is to be pinged.
    Ping,
    /// Nothing was heard for too long.
    Silence,
}

impl Pulse {
    fn new(interval: Duration) -> Self {
        let now = Instant::now();
        Self { interval, next: now + interval, heard: now }
    }
}

/// Never, where clients are not pinged.
async fn next_beat(pulse: &mut Option<Pulse>) -> Beat {
    let Some(pulse) = pulse else { return std::future::pending().await };
    let silence = pulse.heard + pulse.interval * 5 / 2;
    if silence < pulse.next {
        sleep_until(silence).await;
        return Beat::Silence;
    }
    sleep_until(pulse.next).await;
    pulse.next = Instant::now() + pulse.interval;
    Beat::Ping
}

/// Whether a frame or a message was longer than is read.
fn is_too_long(error: &axum::Error) -> bool {
    let reason = error.source().and_then(|reason| reason.downcast_ref());
    matches!(reason, Some(tungstenite::Error::Capacity(_)))
}

/// Closes in order: each side sends a close and waits for the other's, without which a client
/// would not see the code.
async fn say_goodbye(mut socket: WebSocket, end: &End) {
    let (code, reason) = match end {
        End::Gone | End::Abrupt => return,
        // The answer is queued already; reading on sends it.
        End::Theirs => return wait_for_end(socket).await,
        End::Ours(code, reason) => (*code, reason.as_str()),
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
