//! HTTPS and `wss:`.

use std::time::{Duration, Instant};

use hyper::Method;
use kvs_emulator::{Config, Hosts, Tls};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    reach::{Client, config},
    rig::{Rig, soon},
};

/// An offer of a viewer's.
const OFFER: &str = "eyJ0eXBlIjoib2ZmZXIifQ==";

async fn secure() -> Rig {
    Rig::with(config(Tls::Made, Hosts::One)).await
}

fn origin(rig: &Rig) -> String {
    format!("https://{}", rig.host)
}

#[tokio::test]
async fn calls_and_sockets_are_encrypted() {
    let rig = secure().await;
    let (client, origin) = (Client::of(&rig), origin(&rig));
    let arn = client.channel(&origin, "demo").await;
    assert_eq!(client.endpoint(&origin, &arn, "HTTPS", "VIEWER").await, origin);
    let master_at = client.endpoint(&origin, &arn, "WSS", "MASTER").await;
    let viewer_at = client.endpoint(&origin, &arn, "WSS", "VIEWER").await;
    assert_eq!(master_at, format!("wss://{}/_kvs/m/demo", rig.host));
    let mut master = client.socket(&master_at, &arn, None).await.unwrap();
    let mut viewer = client.socket(&viewer_at, &arn, Some("v1")).await.unwrap();
    viewer.send(&json!({ "action": "SDP_OFFER", "messagePayload": OFFER })).await;
    let offer = master.frame().await;
    assert_eq!(
        (&offer["messageType"], &offer["senderClientId"]),
        (&json!("SDP_OFFER"), &json!("v1"))
    );
    assert_eq!(offer["messagePayload"], OFFER);
}

#[tokio::test]
async fn endpoints_follow_the_host_that_a_client_knows() {
    let rig = secure().await;
    let port = rig.host.rsplit_once(':').unwrap().1;
    let origin = format!("https://localhost:{port}");
    let client = Client::of(&rig);
    let arn = client.channel(&origin, "demo").await;
    let endpoint = client.endpoint(&origin, &arn, "WSS", "MASTER").await;
    assert_eq!(endpoint, format!("wss://localhost:{port}/_kvs/m/demo"));
    assert!(client.socket(&endpoint, &arn, None).await.is_ok());
}

#[tokio::test]
async fn the_certificate_is_for_every_name_and_address_of_ours_and_no_other() {
    let hosts = Hosts::Names("kvs.test".to_owned());
    let allowed_hosts = vec!["Box.Example".to_owned(), "192.0.2.7".to_owned()];
    let advertised_ip = Some([192, 0, 2, 8].into());
    let rig = Rig::with(Config { allowed_hosts, advertised_ip, ..config(Tls::Made, hosts) }).await;
    let client = Client::of(&rig);
    for host in [
        "localhost",
        "127.0.0.1",
        "::1",
        "192.0.2.7",
        "192.0.2.8",
        "box.example",
        "kvs.test",
        "kinesisvideo.us-west-2.kvs.test",
        "m-01234567.kinesisvideo.us-west-2.kvs.test",
    ] {
        let connected = client.connect_as(host).await;
        assert!(connected.is_ok(), "{host}: {}", connected.err().unwrap());
    }
    for host in ["kvs.example", "other.kvs.test", "127.0.0.9", "::2"] {
        assert!(client.connect_as(host).await.is_err(), "{host}");
    }
}

#[tokio::test]
async fn whoever_trusts_another_start_is_not_connected() {
    let (rig, other) = (secure().await, secure().await);
    let (ca, other_ca) = (rig.ca.clone().unwrap(), other.ca.clone().unwrap());
    assert!(ca.starts_with("-----BEGIN CERTIFICATE-----") && !ca.contains("PRIVATE"));
    let wrong = Client::trusting(&rig, &other_ca).connect(&origin(&rig)).await;
    let error = wrong.err().unwrap().to_string();
    assert!(error.contains("certificate"), "{error}");
    assert_eq!(Client::of(&rig).get(&origin(&rig)).await.status, 200);
}

#[tokio::test]
async fn plain_http_is_told_to_use_https() {
    let rig = secure().await;
    for method in [Method::GET, Method::POST] {
        let answer = rig.send(method, "/createSignalingChannel", &[], "{}").await;
        assert_eq!(answer.status, 400);
        assert!(answer.text().contains("https://"), "{}", answer.text());
    }
}

#[tokio::test]
async fn junk_and_the_hasty_harm_nobody() {
    let rig = secure().await;
    for junk in [&b"\x16\x03\x01\xff\xff"[..], b"\x16garbage that is no handshake", b"\0", b""] {
        let mut stream = TcpStream::connect(&rig.host).await.unwrap();
        stream.write_all(junk).await.unwrap();
    }
    assert_eq!(Client::of(&rig).get(&origin(&rig)).await.status, 200);
}

#[tokio::test]
async fn a_client_that_never_shakes_hands_is_dropped_and_holds_up_nobody() {
    let rig = secure().await;
    let mut silent = TcpStream::connect(&rig.host).await.unwrap();
    let mut slow = TcpStream::connect(&rig.host).await.unwrap();
    slow.write_all(b"\x16\x03\x01\x02").await.unwrap();
    let started = Instant::now();
    assert_eq!(Client::of(&rig).get(&origin(&rig)).await.status, 200);
    assert!(started.elapsed() < Duration::from_secs(5));
    for stream in [&mut silent, &mut slow] {
        let mut rest = Vec::new();
        soon(stream.read_to_end(&mut rest)).await.ok();
    }
    assert!(started.elapsed() > Duration::from_secs(9), "dropped too early");
}

#[tokio::test]
async fn the_limit_of_connections_counts_those_that_do_not_shake_hands() {
    let mut config = config(Tls::Made, Hosts::One);
    config.network.max_connections = 16;
    let rig = Rig::with(config).await;
    let mut silent = Vec::new();
    for _ in 0..16 {
        silent.push(TcpStream::connect(&rig.host).await.unwrap());
    }
    let (client, origin) = (Client::of(&rig), origin(&rig));
    let mut waiting = Box::pin(client.get(&origin));
    let early = tokio::time::timeout(Duration::from_millis(300), waiting.as_mut()).await;
    assert!(early.is_err(), "one more than the limit is served");
    drop(silent.pop());
    assert_eq!(soon(waiting).await.status, 200);
}

#[tokio::test]
async fn sockets_are_told_when_it_ends() {
    let rig = secure().await;
    let (client, origin) = (Client::of(&rig), origin(&rig));
    let arn = client.channel(&origin, "demo").await;
    let endpoint = client.endpoint(&origin, &arn, "WSS", "MASTER").await;
    let mut master = client.socket(&endpoint, &arn, None).await.unwrap();
    // Neither of these is waited for.
    let _idle = client.connect(&origin).await.unwrap();
    let _silent = TcpStream::connect(&rig.host).await.unwrap();
    let (ended, close) = tokio::join!(
        async {
            let started = Instant::now();
            rig.stop().await;
            started.elapsed()
        },
        master.end()
    );
    assert_eq!(u16::from(close.unwrap().code), 1001);
    assert!(ended < Duration::from_secs(3), "{ended:?}");
}
