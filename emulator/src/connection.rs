//! One client's connection, from its first byte to its end.

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::sync::CancellationToken;
use tower::Service as _;

/// Most that a request's line and headers may take, in bytes. A presigned URL with a session
/// token is some 3 KB.
const MAX_HEAD: usize = 32 * 1024;
/// Most headers a request may have.
const MAX_HEADERS: usize = 64;
/// How long a client may take to send its headers, and how long an idle connection stays.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client may take to agree on how to encrypt, from when it is connected.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// What a connection begins with that is to be encrypted: a record of the handshake.
///
/// Source: RFC 8446, section 5.1.
const HANDSHAKE_RECORD: u8 = 22;
/// What a client is told that does not know.
const USE_HTTPS: &str = "This port speaks TLS: use https:// (and wss://) instead of http://.\n";

/// One connection's share of how many there may be, held by whatever serves it.
pub(crate) type Permit = Arc<OwnedSemaphorePermit>;

/// What a request came over; it is among the request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wire {
    /// The address that the client connected to.
    pub(crate) local: SocketAddr,
    /// The client's own.
    pub(crate) peer: SocketAddr,
    /// Whether it is encrypted.
    pub(crate) tls: bool,
}

/// How every connection is served.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) router: Router,
    /// Where there is one, everything is encrypted.
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) shutdown: CancellationToken,
}

impl Service {
    /// Serves one connection to its end, or until an upgrade takes it over.
    pub(crate) async fn serve(self, stream: TcpStream, peer: SocketAddr, permit: Permit) {
        // Signaling is small messages, each of which somebody waits for.
        stream.set_nodelay(true).ok();
        let Ok(local) = stream.local_addr() else { return };
        let wire = Wire { local, peer, tls: self.tls.is_some() };
        let ended = match self.tls.clone() {
            None => self.speak_http(stream, wire, permit).await,
            // Apart, so that a connection in the clear has not the size of an encrypted one.
            Some(tls) => Box::pin(self.speak_tls(tls, stream, wire, permit)).await,
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "connection ended early");
        }
    }

    async fn speak_tls(
        self,
        tls: TlsAcceptor,
        stream: TcpStream,
        wire: Wire,
        permit: Permit,
    ) -> Result<(), Error> {
        let opened = tokio::select! {
            opened = timeout(HANDSHAKE_TIMEOUT, open(tls, stream)) => opened,
            () = self.shutdown.cancelled() => return Ok(()),
        };
        match opened.map_err(|_| Error::Slow)?.map_err(Error::Tls)? {
            Opened::Encrypted(stream) => self.speak_http(stream, wire, permit).await,
            Opened::Clear(stream) => self.refuse_http(stream).await,
        }
    }

    async fn speak_http(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        wire: Wire,
        permit: Permit,
    ) -> Result<(), Error> {
        let router = self.router;
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Permit::clone(&permit));
            request.extensions_mut().insert(wire);
            router.clone().call(request)
        });
        let connection = http().serve_connection(TokioIo::new(stream), service).with_upgrades();
        let mut connection = pin!(connection);
        tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.shutdown.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
        .map_err(Error::Http)
    }

    /// Answers one request, whatever it is, by what is wrong with it.
    async fn refuse_http(self, stream: TcpStream) -> Result<(), Error> {
        let service = service_fn(|_| async {
            let mut response = Response::new(USE_HTTPS.to_owned());
            *response.status_mut() = StatusCode::BAD_REQUEST;
            Ok::<_, Infallible>(response)
        });
        let connection = http().keep_alive(false).serve_connection(TokioIo::new(stream), service);
        tokio::select! {
            ended = connection => ended.map_err(Error::Http),
            () = self.shutdown.cancelled() => Ok(()),
        }
    }
}

/// A connection that has said its first byte.
enum Opened {
    Encrypted(Box<TlsStream<TcpStream>>),
    Clear(TcpStream),
}

async fn open(tls: TlsAcceptor, stream: TcpStream) -> io::Result<Opened> {
    let mut first = [0];
    stream.peek(&mut first).await?;
    if first != [HANDSHAKE_RECORD] {
        return Ok(Opened::Clear(stream));
    }
    tls.accept(stream).await.map(|stream| Opened::Encrypted(Box::new(stream)))
}

fn http() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS);
    http
}

/// How a connection ended early.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("no TLS handshake within {HANDSHAKE_TIMEOUT:?}")]
    Slow,
    #[error("TLS: {0}")]
    Tls(io::Error),
    #[error("{0}")]
    Http(hyper::Error),
}
