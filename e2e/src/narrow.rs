//! A proxy before the emulator that is as narrow as the service: what it lets through is what the
//! service's model and guide tell of, so that what works through it needs nothing of the
//! emulator's own.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use http::{
    HeaderMap, HeaderName, Method, StatusCode,
    header::{CONNECTION, DATE, HOST, UPGRADE},
};
use http_body_util::{Either, Empty};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    client, server,
    service::service_fn,
    upgrade::{self, OnUpgrade},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Where the calls of signaling channels are, of both planes.
const PATHS: &[&str] = &[
    "/createSignalingChannel",
    "/deleteSignalingChannel",
    "/describeMediaStorageConfiguration",
    "/describeSignalingChannel",
    "/getSignalingChannelEndpoint",
    "/joinStorageSession",
    "/joinStorageSessionAsViewer",
    "/listSignalingChannels",
    "/updateMediaStorageConfiguration",
    "/updateSignalingChannel",
    "/v1/get-ice-server-config",
    "/v1/send-alexa-offer-to-master",
];

/// Headers of requests: of signed calls, of preflights, of WebSockets.
const ASKED: &[&str] = &[
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "origin",
    "upgrade",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-user-agent",
];
/// Headers of answers.
const ANSWERED: &[&str] = &[
    "connection",
    "content-length",
    "content-type",
    "date",
    "upgrade",
    "x-amzn-errortype",
    "x-amzn-requestid",
];
/// Beginnings of headers, either way.
const FAMILIES: &[&str] = &["access-control-", "sec-websocket-"];

/// Whether clients may read the service's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dates {
    /// As the service has it.
    Told,
    /// As behind a proxy of a company that takes `Date` away.
    Hidden,
}

/// A running proxy; dropping it takes in no more connections.
#[derive(Debug)]
pub struct Narrow {
    port: u16,
    door: Arc<Door>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Door {
    service: SocketAddr,
    dates: Dates,
    refused: Mutex<Vec<String>>,
}

type Answer = Response<Either<Incoming, Empty<Bytes>>>;

impl Narrow {
    /// Starts one before the service that listens there.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn before(service: SocketAddr, dates: Dates) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no port for the proxy")?;
        let port = listener.local_addr()?.port();
        let door = Arc::new(Door { service, dates, refused: Mutex::default() });
        let task = tokio::spawn(serve(listener, Arc::clone(&door)));
        Ok(Self { port, door, task })
    }

    /// Where it listens, on this machine.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What it did not let through, a method and a path each.
    pub fn refused(&self) -> Vec<String> {
        self.door.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Narrow {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, door: Arc<Door>) {
    while let Ok((stream, _)) = listener.accept().await {
        let door = Arc::clone(&door);
        tokio::spawn(async move {
            let answer = service_fn(|request| door.pass(request));
            let connection = server::conn::http1::Builder::new();
            // A browser that hangs up is no matter of ours.
            let _ = connection.serve_connection(TokioIo::new(stream), answer).with_upgrades().await;
        });
    }
}

impl Door {
    async fn pass(&self, mut request: Request<Incoming>) -> Result<Answer> {
        if !is_documented(&request) {
            let told = format!("{} {}", request.method(), request.uri().path());
            self.refused.lock().unwrap_or_else(PoisonError::into_inner).push(told);
            let mut answer = Response::new(Either::Right(Empty::new()));
            *answer.status_mut() = StatusCode::FORBIDDEN;
            return Ok(answer);
        }
        keep(request.headers_mut(), ASKED);
        let inward = upgrade::on(&mut request);
        let stream = TcpStream::connect(self.service).await?;
        let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection.with_upgrades());
        let mut answer = sender.send_request(request).await?;
        if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
            tokio::spawn(join(inward, upgrade::on(&mut answer)));
        }
        keep(answer.headers_mut(), ANSWERED);
        if self.dates == Dates::Hidden {
            // An empty one, or this server would write its own.
            answer.headers_mut().insert(DATE, http::HeaderValue::from_static(""));
        }
        Ok(answer.map(Either::Left))
    }
}

/// A call's path, or a WebSocket's: `/?X-Amz-…`, as it is signed.
fn is_documented<B>(request: &Request<B>) -> bool {
    let path = request.uri().path();
    let query = request.uri().query().unwrap_or_default();
    let is_socket = request.headers().contains_key(UPGRADE)
        && request.headers().contains_key(CONNECTION)
        && path == "/"
        && query.split('&').all(|parameter| parameter.starts_with("X-Amz-"));
    let method = request.method();
    let is_call = method == Method::POST || method == Method::OPTIONS;
    let names_host = request.headers().contains_key(HOST);
    names_host && (is_socket || is_call && query.is_empty() && PATHS.contains(&path))
}

fn keep(headers: &mut HeaderMap, names: &[&str]) {
    let other = |name: &&HeaderName| {
        let name = name.as_str();
        !names.contains(&name) && !FAMILIES.iter().any(|start| name.starts_with(start))
    };
    let others: Vec<HeaderName> = headers.keys().filter(other).cloned().collect();
    for name in others {
        headers.remove(name);
    }
}

/// Carries a WebSocket's bytes both ways until one side ends it.
async fn join(inward: OnUpgrade, outward: OnUpgrade) -> Result<()> {
    let (inward, outward) = tokio::try_join!(inward, outward)?;
    copy_bidirectional(&mut TokioIo::new(inward), &mut TokioIo::new(outward)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use kvs_emulator::Config;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::Service;

    fn request(method: &str, uri: &str, upgrade: bool) -> Request<()> {
        let mut builder = Request::builder().method(method).uri(uri).header(HOST, "localhost");
        if upgrade {
            builder = builder.header(CONNECTION, "Upgrade").header(UPGRADE, "websocket");
        }
        builder.body(()).unwrap()
    }

    #[test]
    fn what_is_documented_is_let_through_and_nothing_else() {
        for (method, uri, upgrade, passes) in [
            ("POST", "/describeSignalingChannel", false, true),
            ("OPTIONS", "/v1/get-ice-server-config", false, true),
            ("GET", "/?X-Amz-ChannelARN=a&X-Amz-Signature=b", true, true),
            ("GET", "/?X-Amz-ChannelARN=a&other=b", true, false),
            ("GET", "/_kvs/v/channel?X-Amz-ChannelARN=a", true, false),
            ("GET", "/", false, false),
            ("GET", "/describeSignalingChannel", false, false),
            ("GET", "/_emulator/about.json", false, false),
            ("POST", "/_emulator/faults", false, false),
            ("POST", "/describeSignalingChannel?a=b", false, false),
        ] {
            let asked = request(method, uri, upgrade);
            assert_eq!(is_documented(&asked), passes, "{method} {uri}");
        }
    }

    /// Asks over a connection of its own, and gives the answer in lower case. The request is
    /// its first line, and may have headers.
    async fn ask(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let more = "Host: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(format!("{request}\r\n{more}").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.to_lowercase()
    }

    #[tokio::test]
    async fn it_shows_less_of_the_emulator_than_there_is() {
        let config = Config { site: None, pkg: None, ..Service::config() };
        let service = Service::run(config).await.unwrap();
        let proxy = Narrow::before(service.addr(), Dates::Told).await.unwrap();
        let about = "GET /_emulator/about.json HTTP/1.1";
        let direct = ask(service.addr().port(), about).await;
        assert!(direct.starts_with("http/1.1 200"), "{direct}");
        let through = ask(proxy.port(), about).await;
        assert!(through.starts_with("http/1.1 403"), "{through}");
        assert_eq!(proxy.refused(), ["GET /_emulator/about.json"]);
    }

    /// A service that answers once, with the request that it was sent as the body.
    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 4096];
            let length = stream.read(&mut asked).await.unwrap();
            let head = "HTTP/1.1 200 OK\r\nServer: echo\r\nX-Amzn-RequestId: 7\r\n\r\n";
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&asked[..length]).await.unwrap();
        });
        addr
    }

    #[tokio::test]
    async fn headers_that_are_not_documented_are_dropped_both_ways() {
        for (dates, date) in [(Dates::Told, true), (Dates::Hidden, false)] {
            let proxy = Narrow::before(echo().await, dates).await.unwrap();
            let call = "POST /describeSignalingChannel HTTP/1.1\r\nX-Amz-Date: 1\r\nCookie: a=b";
            let answer = ask(proxy.port(), call).await;
            let (head, asked) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.contains("\nx-amzn-requestid: 7") && !head.contains("echo"), "{head}");
            assert_eq!(head.contains(" gmt"), date, "{head}");
            assert!(asked.contains("\nx-amz-date: 1") && !asked.contains("cookie"), "{asked}");
        }
    }
}
