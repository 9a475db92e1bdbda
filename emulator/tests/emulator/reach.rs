//! A client that is told where a host is, and whom to trust.

use std::{io, net::SocketAddr, sync::Arc};

use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, body::Bytes, client::conn::http1, header::HeaderValue};
use hyper_util::rt::TokioIo;
use kvs_emulator::{Config, Hosts, Network, Tls};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject as _},
    },
};
use tokio_tungstenite::client_async;

use crate::{
    rig::{Response, Rig, Socket, soon},
    signer::Signer,
};

/// A connection, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// A configuration that differs from the default in how the emulator is reached.
pub(crate) fn config(tls: Tls, hosts: Hosts) -> Config {
    let mut network = Network::default();
    network.tls = tls;
    network.hosts = hosts;
    Config { network, ..Config::default() }
}

/// Finds every name at one address, but addresses where they are.
pub(crate) struct Client {
    at: SocketAddr,
    tls: Option<TlsConnector>,
}

impl Client {
    /// One that trusts the emulator's certificate, where it has one.
    pub(crate) fn of(rig: &Rig) -> Self {
        Self { at: rig.host.parse().unwrap(), tls: rig.ca.as_deref().map(connector) }
    }

    /// One that trusts this certificate and no other.
    pub(crate) fn trusting(rig: &Rig, ca: &str) -> Self {
        Self { at: rig.host.parse().unwrap(), tls: Some(connector(ca)) }
    }

    /// Connects to a URL's host.
    pub(crate) async fn connect(&self, url: &str) -> io::Result<Box<dyn Stream>> {
        let (host, _) = host_of(url).rsplit_once(':').unwrap();
        let host = host.trim_matches(['[', ']']);
        let ip = host.parse().unwrap_or(self.at.ip());
        self.connect_to((ip, self.at.port()).into(), host).await
    }

    /// Connects to where the emulator is, as if this name or address were there.
    pub(crate) async fn connect_as(&self, host: &str) -> io::Result<Box<dyn Stream>> {
        self.connect_to(self.at, host).await
    }

    async fn connect_to(&self, at: SocketAddr, host: &str) -> io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect(at).await?;
        let Some(tls) = &self.tls else { return Ok(Box::new(stream)) };
        let name = ServerName::try_from(host.to_owned()).unwrap();
        Ok(Box::new(tls.connect(name, stream).await?))
    }

    /// A request as it is, to an absolute URL.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(String, String)],
        body: &str,
    ) -> Response {
        let host = host_of(url);
        let path = url.split_once(host).unwrap().1;
        let path = if path.is_empty() { "/" } else { path };
        let mut request = Request::builder().method(method).uri(path).header("host", host);
        for (name, value) in headers {
            request = request.header(name, HeaderValue::from_str(value).unwrap());
        }
        let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
        soon(async {
            let stream = TokioIo::new(self.connect(url).await.unwrap());
            let (mut client, connection) = http1::handshake(stream).await.unwrap();
            let connection = tokio::spawn(connection);
            let (head, body) = client.send_request(request).await.unwrap().into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            connection.abort();
            Response { status: head.status, headers: head.headers, body }
        })
        .await
    }

    pub(crate) async fn get(&self, url: &str) -> Response {
        self.send(Method::GET, url, &[], "").await
    }

    /// A call as a good client makes it.
    pub(crate) async fn call(&self, url: &str, body: &Value) -> Response {
        let body = body.to_string();
        let content_type = [("content-type", "application/json")];
        let headers = Signer::new().headers(url, &content_type, body.as_bytes());
        self.send(Method::POST, url, &headers, &body).await
    }

    /// Creates a channel at this control plane and answers its ARN.
    pub(crate) async fn channel(&self, origin: &str, name: &str) -> String {
        let url = format!("{origin}/createSignalingChannel");
        let created = self.call(&url, &json!({ "ChannelName": name })).await;
        assert_eq!(created.status, 200, "{}", created.text());
        created.json()["ChannelARN"].as_str().unwrap().to_owned()
    }

    /// The URL of a channel's endpoint, as this control plane tells it.
    pub(crate) async fn endpoint(
        &self,
        origin: &str,
        arn: &str,
        protocol: &str,
        role: &str,
    ) -> String {
        let url = format!("{origin}/getSignalingChannelEndpoint");
        let wanted = json!({ "Protocols": [protocol], "Role": role });
        let body = json!({ "ChannelARN": arn, "SingleMasterChannelEndpointConfiguration": wanted });
        let answer = self.call(&url, &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let endpoint = &answer.json()["ResourceEndpointList"][0];
        assert_eq!(endpoint["Protocol"], protocol);
        endpoint["ResourceEndpoint"].as_str().unwrap().to_owned()
    }

    /// Opens an endpoint's WebSocket, signed, or answers the response that refused it.
    pub(crate) async fn socket(
        &self,
        endpoint: &str,
        arn: &str,
        client_id: Option<&str>,
    ) -> Result<Socket<Box<dyn Stream>>, Response> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("X-Amz-ChannelARN", arn);
        if let Some(id) = client_id {
            query.append_pair("X-Amz-ClientId", id);
        }
        // As clients do that are given a host without a path.
        let slash = if endpoint.matches('/').count() == 2 { "/" } else { "" };
        let url = Signer::new().presign(&format!("{endpoint}{slash}?{}", query.finish()));
        let stream = soon(self.connect(&url)).await.unwrap();
        match soon(client_async(url, stream)).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(error) => Err(Response::of_refusal(error)),
        }
    }
}

/// The host and port of a URL.
fn host_of(url: &str) -> &str {
    url.split('/').nth(2).unwrap()
}

fn connector(ca: &str) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}
