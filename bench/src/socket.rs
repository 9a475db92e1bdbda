//! One WebSocket, as cheap as a socket can be.

use std::{
    io,
    pin::Pin,
    task::{Context as Waker, Poll, ready},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use bytes::{Buf as _, BytesMut};
use tokio::{
    io::{AsyncRead as _, AsyncReadExt as _, AsyncWrite as _, AsyncWriteExt as _, ReadBuf},
    net::TcpStream,
    time::timeout,
};

use crate::signer;

/// How long the emulator may take to open a socket.
const OPEN_TIMEOUT: Duration = Duration::from_secs(10);
/// Most that is read at once.
const READ: usize = 16 * 1024;
/// Longest answer to an opening request.
const LONGEST_HEAD: usize = 8 * 1024;
const MOST_HEADERS: usize = 32;

/// An opening request, signed beforehand: ConnectAsMaster, or ConnectAsViewer.
#[derive(Clone, Debug)]
pub(crate) struct Opening(Vec<u8>);

impl Opening {
    /// `host` is an address and a port; a viewer has a client id, a master none.
    pub(crate) fn new(host: &str, arn: &str, client_id: Option<&str>) -> Result<Self> {
        let channel = arn.split('/').nth(1).context("the ARN has no channel's name")?;
        let role = if client_id.is_some() { "v" } else { "m" };
        let path = format!("/_kvs/{role}/{channel}");
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("X-Amz-ChannelARN", arn);
        if let Some(id) = client_id {
            query.append_pair("X-Amz-ClientId", id);
        }
        let query = signer::presigned_query(&format!("http://{host}{path}?{}", query.finish()))?;
        // The key is RFC 6455's example: it guards against caches, and there are none.
        let request = format!(
            "GET {path}?{query} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        Ok(Self(request.into_bytes()))
    }
}

/// An open socket, and what is on its way through it.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    /// Bytes that came and are not taken yet.
    pub(crate) inbox: BytesMut,
    /// Bytes that are to go.
    pub(crate) outbox: BytesMut,
}

impl Socket {
    pub(crate) async fn open(host: &str, opening: &Opening) -> Result<Self> {
        timeout(OPEN_TIMEOUT, Self::try_open(host, opening))
            .await
            .with_context(|| format!("no socket was opened within {} s", OPEN_TIMEOUT.as_secs()))?
    }

    async fn try_open(host: &str, opening: &Opening) -> Result<Self> {
        let mut stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        stream.write_all(&opening.0).await?;
        let mut inbox = BytesMut::new();
        loop {
            let count = stream.read_buf(&mut inbox).await?;
            ensure!(count > 0, "the emulator hung up instead of opening a socket");
            if let Some(length) = head(&inbox)? {
                inbox.advance(length);
                return Ok(Self { stream, inbox, outbox: BytesMut::new() });
            }
        }
    }

    /// Takes in what has come, if anything has.
    pub(crate) fn poll_fill(&mut self, waker: &mut Waker<'_>) -> Poll<io::Result<()>> {
        let mut bytes = [0; READ];
        let mut buffer = ReadBuf::new(&mut bytes);
        ready!(Pin::new(&mut self.stream).poll_read(waker, &mut buffer))?;
        if buffer.filled().is_empty() {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        self.inbox.extend_from_slice(buffer.filled());
        Poll::Ready(Ok(()))
    }

    /// Sends what can be sent; ready when all is.
    pub(crate) fn poll_flush(&mut self, waker: &mut Waker<'_>) -> Poll<io::Result<()>> {
        while !self.outbox.is_empty() {
            let count = ready!(Pin::new(&mut self.stream).poll_write(waker, &self.outbox))?;
            self.outbox.advance(count);
        }
        Poll::Ready(Ok(()))
    }
}

/// How long the answer's head is, once it is there; an error where it refuses.
fn head(bytes: &[u8]) -> Result<Option<usize>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    match response.parse(bytes).context("the emulator answered something that is not HTTP")? {
        httparse::Status::Complete(length) if response.code == Some(101) => Ok(Some(length)),
        httparse::Status::Complete(_) => {
            let kind = response.headers.iter().find(|it| it.name == "x-amzn-errortype");
            let kind = kind.map(|it| String::from_utf8_lossy(it.value)).unwrap_or_default();
            bail!("a socket was refused: {} {kind}", response.code.unwrap_or_default());
        }
        httparse::Status::Partial => {
            ensure!(bytes.len() <= LONGEST_HEAD, "the answer's head is too long");
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_upgrade_opens_a_socket() {
        let open = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\nrest";
        assert_eq!(head(open).unwrap(), Some(open.len() - 4));
        assert_eq!(head(&open[..40]).unwrap(), None);
        let refused = b"HTTP/1.1 400 Bad Request\r\nx-amzn-errortype: ClientLimitExceeded\r\n\r\n";
        let error = head(refused).unwrap_err().to_string();
        assert!(error.contains("400 ClientLimitExceeded"), "{error}");
        assert!(head(b"SSH-2.0\r\n").is_err());
    }
}
