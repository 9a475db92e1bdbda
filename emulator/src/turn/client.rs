//! One TCP or TLS connection.

use std::{io, net::SocketAddr};

use medea_turn::transport::Request;
use tokio::{
    io::{
        AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader,
    },
    net::TcpStream,
    sync::mpsc,
    time::timeout,
};

use super::{
    frame::{self, Frame},
    streams::{Event, Shared},
};

/// What every TLS connection begins with, and no frame of ours: a record with a handshake in it.
///
/// Source: RFC 8446, section 5.1.
const TLS: u8 = 0x16;

/// Serves a connection to its end.
///
/// # Errors
/// Where it ends early.
pub(super) async fn serve(
    stream: TcpStream,
    client: SocketAddr,
    shared: &Shared,
) -> io::Result<()> {
    // A relayed packet is to arrive now.
    stream.set_nodelay(true).ok();
    let mut first = [0];
    if within(shared.limits.silence, stream.peek(&mut first)).await? == 0 {
        return Ok(());
    }
    match &shared.tls {
        Some(tls) if first == [TLS] => {
            let stream = within(shared.limits.slowness, tls.accept(stream)).await?;
            carry(stream, client, shared).await
        }
        _ => carry(stream, client, shared).await,
    }
}

/// Carries frames in and out until either way ends.
async fn carry(
    stream: impl AsyncRead + AsyncWrite,
    client: SocketAddr,
    shared: &Shared,
) -> io::Result<()> {
    let (incoming, outgoing) = tokio::io::split(stream);
    let (frames, given_up) = shared.enter(client);
    let ended = tokio::select! {
        ended = read(BufReader::new(Box::pin(incoming)), client, shared) => ended,
        ended = write(Box::pin(outgoing), frames) => ended,
        () = given_up.cancelled() => Ok(()),
    };
    shared.leave(client);
    // It may have had a relay.
    shared.tell(Event::Gone, client).await;
    ended
}

async fn read(
    mut stream: impl AsyncBufRead + Unpin,
    client: SocketAddr,
    shared: &Shared,
) -> io::Result<()> {
    let limits = shared.limits;
    loop {
        match within(limits.silence, stream.fill_buf()).await {
            Ok([]) => return Ok(()),
            Ok(_) => {}
            // It has to refresh its relay from time to time.
            Err(error)
                if error.kind() == io::ErrorKind::TimedOut && shared.guard.relays(client) =>
            {
                continue;
            }
            Err(error) => return Err(error),
        }
        let request = match within(limits.slowness, frame::read(&mut stream)).await? {
            Frame::Stun(bytes) => frame::decode(&bytes).map(Request::Message),
            Frame::Channel(bytes) => shared.mint.strike(&bytes).await.ok(),
        };
        // As over UDP, what is not understood is passed over.
        if let Some(request) = request {
            shared.tell(Event::Request(request), client).await;
        }
    }
}

async fn write(
    mut stream: impl AsyncWrite + Unpin,
    mut frames: mpsc::Receiver<Vec<u8>>,
) -> io::Result<()> {
    while let Some(frame) = frames.recv().await {
        stream.write_all(&frame).await?;
        // TLS keeps back what was written until then.
        stream.flush().await?;
    }
    Ok(())
}

async fn within<T>(
    limit: std::time::Duration,
    future: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    timeout(limit, future).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
