//! Calls to the service: only what a load needs.

use anyhow::{Context, Result, ensure};
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::{net::TcpStream, task::JoinHandle};

use crate::signer;

/// One kept connection to the service.
pub(crate) struct Api {
    host: String,
    client: http1::SendRequest<Full<Bytes>>,
    connection: JoinHandle<hyper::Result<()>>,
}

#[derive(Deserialize)]
struct Created {
    #[serde(rename = "ChannelARN")]
    arn: String,
}

impl Api {
    /// Connects to `host`, an address and a port.
    pub(crate) async fn connect(host: &str) -> Result<Self> {
        let stream = TcpStream::connect(host)
            .await
            .with_context(|| format!("no emulator answers on {host}"))?;
        stream.set_nodelay(true)?;
        let (client, connection) = http1::handshake(TokioIo::new(stream)).await?;
        Ok(Self { host: host.to_owned(), client, connection: tokio::spawn(connection) })
    }

    /// CreateSignalingChannel; answers the ARN.
    pub(crate) async fn create_channel(&mut self, name: &str) -> Result<String> {
        let body = serde_json::json!({ "ChannelName": name }).to_string();
        let path = "/createSignalingChannel";
        let mut request = Request::post(path).header("host", &self.host);
        for (name, value) in
            signer::headers(&format!("http://{}{path}", self.host), body.as_bytes())?
        {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::from(body)))?;
        let response = self.client.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        let text = String::from_utf8_lossy(&body);
        ensure!(status.is_success(), "CreateSignalingChannel of {name}: {status} {text}");
        let created: Created = serde_json::from_slice(&body)
            .with_context(|| format!("CreateSignalingChannel answered {text}"))?;
        Ok(created.arn)
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.connection.abort();
    }
}
