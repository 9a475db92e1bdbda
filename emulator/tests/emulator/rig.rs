//! An emulator on free ports, and clients for it.

use std::{future::Future, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request, StatusCode,
    body::Bytes,
    client::conn::http1,
    header::{HeaderMap, HeaderValue},
};
use hyper_util::rt::TokioIo;
use kvs_emulator::{Config, Emulator, RunError};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error as WsError, Message, protocol::CloseFrame},
};

use crate::signer::Signer;

/// Longest that anything here may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// Fails the test instead of hanging it.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    timeout(DEADLINE, future).await.expect("nothing happened in time")
}

/// A running emulator; it ends with the test.
pub(crate) struct Rig {
    /// `127.0.0.1:port` of HTTP.
    pub(crate) host: String,
    /// `127.0.0.1:port` of STUN and TURN.
    pub(crate) turn: std::net::SocketAddr,
    /// The certificate to trust, where TLS is on.
    pub(crate) ca: Option<String>,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Result<(), RunError>>,
}

impl Rig {
    pub(crate) async fn start() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let emulator = Emulator::bind(Config { port: 0, turn_port: 0, ..config }).await.unwrap();
        let (host, turn) = (emulator.http_addr().to_string(), emulator.turn_addr());
        let ca = emulator.tls_ca_pem().map(str::to_owned);
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(emulator.run_until(async {
            stopped.await.ok();
        }));
        Self { host, turn, ca, stop: Some(stop), running }
    }

    /// Asks the emulator to end, and waits until it has.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        soon(&mut self.running).await.unwrap().unwrap();
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    /// A request as it is, signed or not.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(String, String)],
        body: &str,
    ) -> Response {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| name == "host") {
            request = request.header("host", &self.host);
        }
        for (name, value) in headers {
            request = request.header(name, HeaderValue::from_str(value).unwrap());
        }
        let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
        soon(async {
            let stream = TcpStream::connect(&self.host).await.unwrap();
            let (mut client, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
            let connection = tokio::spawn(connection);
            let (head, body) = client.send_request(request).await.unwrap().into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            connection.abort();
            Response { status: head.status, headers: head.headers, body }
        })
        .await
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, &[], "").await
    }

    /// A call as a good client makes it.
    pub(crate) async fn call(&self, path: &str, body: &Value) -> Response {
        self.call_as(&Signer::new(), path, &body.to_string()).await
    }

    pub(crate) async fn call_as(&self, signer: &Signer, path: &str, body: &str) -> Response {
        let content_type = [("content-type", "application/json")];
        let headers = signer.headers(&self.url(path), &content_type, body.as_bytes());
        self.send(Method::POST, path, &headers, body).await
    }

    /// Creates a channel and answers its ARN.
    pub(crate) async fn channel(&self, name: &str) -> String {
        let created = self.call("/createSignalingChannel", &json!({ "ChannelName": name })).await;
        assert_eq!(created.status, StatusCode::OK, "{}", created.text());
        created.json()["ChannelARN"].as_str().unwrap().to_owned()
    }

    /// The WebSocket URL of a role, with its channel and, for a viewer, its id, not yet signed.
    pub(crate) fn socket_url(&self, arn: &str, client_id: Option<&str>) -> String {
        let name = arn.split('/').nth(1).unwrap();
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("X-Amz-ChannelARN", arn);
        if let Some(id) = client_id {
            query.append_pair("X-Amz-ClientId", id);
        }
        let role = if client_id.is_some() { "v" } else { "m" };
        self.url(&format!("/_kvs/{role}/{name}?{}", query.finish()))
    }

    pub(crate) async fn master(&self, arn: &str) -> Socket {
        let url = Signer::new().presign(&self.socket_url(arn, None));
        Socket::open(&url).await.unwrap()
    }

    pub(crate) async fn viewer(&self, arn: &str, id: &str) -> Socket {
        let url = Signer::new().presign(&self.socket_url(arn, Some(id)));
        Socket::open(&url).await.unwrap()
    }
}

/// A whole response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Response {
    /// The response that refused an upgrade.
    pub(crate) fn of_refusal(error: WsError) -> Self {
        let WsError::Http(response) = error else { panic!("{error}") };
        let (head, body) = (*response).into_parts();
        let body = body.unwrap_or_default().into();
        Self { status: head.status, headers: head.headers, body }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks status, name, and what every error response carries; answers the message.
    pub(crate) fn error(&self, status: u16, name: &str) -> String {
        assert_eq!(
            (self.status.as_u16(), self.header("x-amzn-errortype")),
            (status, name),
            "{}",
            self.text()
        );
        assert_eq!(self.header("x-amzn-requestid").len(), 36);
        assert!(!self.header("date").is_empty());
        assert_eq!(self.header("content-type"), "application/json");
        let body = self.json();
        let message = body.get("Message").or(body.get("message")).unwrap();
        message.as_str().unwrap().to_owned()
    }
}

/// A master's or viewer's socket.
pub(crate) struct Socket<S = MaybeTlsStream<TcpStream>>(pub(crate) WebSocketStream<S>);

impl Socket {
    /// Opens a signed URL, or answers the response that refused it.
    pub(crate) async fn open(url: &str) -> Result<Self, Response> {
        let url = url.replacen("http://", "ws://", 1);
        match soon(connect_async(url)).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(error) => Err(Response::of_refusal(error)),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    pub(crate) async fn send(&mut self, frame: &Value) {
        self.send_raw(Message::text(frame.to_string())).await;
    }

    pub(crate) async fn send_raw(&mut self, message: Message) {
        soon(self.0.send(message)).await.unwrap();
    }

    /// The next text frame as it is.
    pub(crate) async fn text(&mut self) -> String {
        loop {
            match soon(self.0.next()).await {
                Some(Ok(Message::Text(text))) => return text.to_string(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("no text frame but {other:?}"),
            }
        }
    }

    /// The next frame that is no acknowledgement.
    pub(crate) async fn frame(&mut self) -> Value {
        loop {
            let text = self.text().await;
            if !text.is_empty() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// Answers this many pings.
    pub(crate) async fn pings(&mut self, count: usize) {
        let mut seen = 0;
        while seen < count {
            match soon(self.0.next()).await {
                Some(Ok(Message::Ping(_))) => seen += 1,
                other => panic!("no ping but {other:?}"),
            }
        }
    }

    /// Answers nothing any more, and waits for the emulator to hang up.
    pub(crate) async fn play_dead(mut self) {
        let mut unread = Vec::new();
        soon(self.0.get_mut().read_to_end(&mut unread)).await.ok();
    }

    /// Waits for the end; answers how the emulator closed, if it said.
    pub(crate) async fn end(&mut self) -> Option<CloseFrame> {
        loop {
            match soon(self.0.next()).await {
                Some(Ok(Message::Close(frame))) => return frame,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}
