//! What reads requests, as ordinary functions for fuzz targets. Whatever the bytes, they return.

use std::{
    net::{Ipv4Addr, SocketAddr},
    pin::pin,
    sync::Arc,
    task::{Context, Waker},
};

use axum::http::{
    HeaderValue, Request,
    header::{AUTHORIZATION, HOST},
};
use kvs_hub::{Hub, HubConfig};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    api,
    app::App,
    auth,
    clock::Clock,
    config::{AuthLevel, KeyRing, Keys},
    driver::Driver,
    gate::Latency,
    hosts::Endpoints,
    network::Hosts,
    turn_credentials::TurnCredentials,
};

/// Longest name that is made of the first line.
const MAX_NAME: usize = 256;

/// Takes the bytes for a value of `Authorization`, and for a query. Answers whether either could
/// be a signature.
pub fn authorization(data: &[u8]) -> bool {
    let in_header = HeaderValue::from_bytes(data).ok().and_then(|value| {
        let request = Request::post("/describeSignalingChannel")
            .header(HOST, "localhost")
            .header("x-amz-date", "20250102T030405Z")
            .header(AUTHORIZATION, value);
        request.body(()).ok()
    });
    let in_query = std::str::from_utf8(data).ok().and_then(|query| {
        let request = Request::get(format!("/_kvs/m/demo?{query}")).header(HOST, "localhost");
        request.body(()).ok()
    });
    [in_header, in_query].into_iter().flatten().any(|request| {
        let (parts, ()) = request.into_parts();
        auth::take_apart(&parts)
    })
}

/// Takes the first line for the path of a call and the rest for its body, and answers the call as
/// an emulator does that has one channel and one stream, and asks for no signature. Answers the
/// status code; `None` where there is no such path, or the call waits for something.
pub fn router(data: &[u8]) -> Option<u16> {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let (path, body) = (lines.next()?, lines.next().unwrap_or_default());
    let path = std::str::from_utf8(path).ok()?;
    let app = app()?;
    for (path, body) in [
        ("/createSignalingChannel", r#"{"ChannelName":"demo"}"#),
        ("/createStream", r#"{"StreamName":"demo","DataRetentionInHours":1}"#),
    ] {
        call(&app, path, body.as_bytes())?;
    }
    call(&app, path, body)
}

fn call(app: &App, path: &str, body: &[u8]) -> Option<u16> {
    let request = Request::post(path.get(..path.len().min(MAX_NAME))?).header(HOST, "localhost");
    let (parts, ()) = request.body(()).ok()?.into_parts();
    let answering = pin!(api::answer_bytes(app, &parts, body));
    // Nothing here waits but an offer for its answer, and nobody will answer.
    match answering.poll(&mut Context::from_waker(Waker::noop())) {
        std::task::Poll::Ready(status) => Some(status),
        std::task::Poll::Pending => None,
    }
}

fn app() -> Option<App> {
    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Some(App {
        region: "us-west-2".to_owned(),
        keys: KeyRing::new(Keys::default()),
        auth: AuthLevel::Off,
        clock: Arc::new(Clock::default()),
        http: here,
        endpoints: Endpoints::new(Hosts::default(), "us-west-2".to_owned(), false, 0),
        turn: here,
        turn_credentials: Arc::new(TurnCredentials::new().ok()?),
        allowed_hosts: Vec::new(),
        ping_interval: None,
        latency: Latency::default(),
        driver: Arc::new(Driver::new(Hub::new(HubConfig::new("us-west-2")))),
        account_changed: Notify::new(),
        shutdown: CancellationToken::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_reach_what_reads_them() {
        let scope = "AKID/20250102/us-west-2/kinesisvideo/aws4_request";
        let header = format!(
            "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature=00"
        );
        assert!(authorization(header.as_bytes()));
        let query = format!(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={scope}&X-Amz-Date=20250102T030405Z\
             &X-Amz-Expires=299&X-Amz-Signature=00&X-Amz-SignedHeaders=host"
        );
        assert!(authorization(query.as_bytes()));
        assert!(!authorization(b"AWS4-HMAC-SHA256\xff"));

        assert_eq!(router(b"/describeSignalingChannel\n{\"ChannelName\":\"demo\"}"), Some(200));
        assert_eq!(router(b"/describeSignalingChannel\n{\"ChannelName\":7}"), Some(400));
        assert_eq!(router(b"/describeStream\n{\"StreamName\":\"none\"}"), Some(404));
        assert_eq!(router(b"/nothing"), Some(404));
        assert_eq!(router(b"\xff"), None);
    }
}
