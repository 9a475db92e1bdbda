//! Hosts kept apart, and the addresses listened on.

use std::net::{Ipv6Addr, TcpListener};

use hyper::Method;
use kvs_emulator::{Config, Emulator, Hosts, StartError, Tls};
use serde_json::json;

use crate::{
    command::refusal,
    reach::{Client, config},
    rig::Rig,
};

const DOMAIN: &str = "kvs.test";

/// An emulator with host names, the port, and a client that finds it by all of them.
async fn named() -> (Rig, String, Client) {
    let rig = Rig::with(config(Tls::Made, Hosts::Names(DOMAIN.to_owned()))).await;
    let port = rig.host.rsplit_once(':').unwrap().1.to_owned();
    let client = Client::of(&rig);
    (rig, port, client)
}

/// A call between a master and a viewer, each at its own endpoint.
async fn exchange(client: &Client, control: &str, arn: &str) {
    let master_at = client.endpoint(control, arn, "WSS", "MASTER").await;
    let viewer_at = client.endpoint(control, arn, "WSS", "VIEWER").await;
    assert_ne!(master_at, viewer_at);
    let mut master = client.socket(&master_at, arn, None).await.unwrap();
    let mut viewer = client.socket(&viewer_at, arn, Some("v1")).await.unwrap();
    viewer.send(&json!({ "action": "SDP_OFFER", "messagePayload": "e30=" })).await;
    assert_eq!(master.frame().await["senderClientId"], "v1");
    master
        .send(&json!({
            "action": "SDP_ANSWER", "messagePayload": "e30=", "recipientClientId": "v1"
        }))
        .await;
    assert_eq!(viewer.frame().await["messageType"], "SDP_ANSWER");
    // Each other's endpoint is not theirs.
    let error = client.socket(&master_at, arn, Some("v2")).await.err().unwrap();
    error.error(400, "InvalidArgumentException");
    let error = client.socket(&viewer_at, arn, None).await.err().unwrap();
    error.error(400, "InvalidArgumentException");
}

#[tokio::test]
async fn every_part_has_a_name_of_its_own() {
    let (_rig, port, client) = named().await;
    let control = format!("https://kinesisvideo.us-west-2.{DOMAIN}:{port}");
    let arn = client.channel(&control, "demo").await;
    exchange(&client, &control, &arn).await;
    let data = client.endpoint(&control, &arn, "HTTPS", "VIEWER").await;
    assert!(data.starts_with("https://r-") && data.ends_with(&format!(".{DOMAIN}:{port}")));
    let url = format!("{data}/v1/get-ice-server-config");
    assert_eq!(client.call(&url, &json!({ "ChannelARN": arn })).await.status, 200);
}

#[tokio::test]
async fn a_name_is_one_channels() {
    let (_rig, port, client) = named().await;
    let control = format!("https://kinesisvideo.us-west-2.{DOMAIN}:{port}");
    let demo = client.channel(&control, "demo").await;
    let other = client.channel(&control, "other").await;
    let others = client.endpoint(&control, &other, "WSS", "MASTER").await;
    let error = client.socket(&others, &demo, None).await.err().unwrap();
    assert!(error.error(400, "InvalidArgumentException").contains("another channel"));
    assert!(client.socket(&others, &other, None).await.is_ok());
}

#[tokio::test]
async fn calls_at_anothers_host_are_refused_in_xml() {
    let (_rig, port, client) = named().await;
    let control = format!("https://kinesisvideo.us-west-2.{DOMAIN}:{port}");
    let arn = client.channel(&control, "demo").await;
    let data = client.endpoint(&control, &arn, "HTTPS", "VIEWER").await;
    let master = client.endpoint(&control, &arn, "WSS", "MASTER").await.replace("wss:", "https:");
    let page = format!("https://{DOMAIN}:{port}");
    for (origin, path) in [
        (&control, "/v1/get-ice-server-config"),
        (&page, "/v1/get-ice-server-config"),
        (&data, "/describeSignalingChannel"),
        (&master, "/describeSignalingChannel"),
        (&master, "/v1/get-ice-server-config"),
    ] {
        let answer = client.call(&format!("{origin}{path}"), &json!({ "ChannelARN": arn })).await;
        assert_eq!(answer.status, 403, "{origin}{path}");
        assert_eq!(answer.header("content-type"), "application/xml");
        assert_eq!(answer.header("x-amzn-errortype"), "AccessDeniedException");
        let body = answer.text();
        assert!(
            body.starts_with("<AccessDeniedException>") && body.contains("<Message>"),
            "{body}"
        );
    }
    let other = client.channel(&control, "other").await;
    let url = format!("{data}/v1/get-ice-server-config");
    let answer = client.call(&url, &json!({ "ChannelARN": other })).await;
    assert!(answer.error(400, "InvalidArgumentException").contains("another channel"));
}

#[tokio::test]
async fn the_page_is_at_its_own_name_and_sockets_are_not() {
    let (_rig, port, client) = named().await;
    let page = format!("https://{DOMAIN}:{port}");
    let control = format!("https://kinesisvideo.us-west-2.{DOMAIN}:{port}");
    let home = client.get(&page).await;
    assert_eq!(home.status, 200);
    let policy = home.header("content-security-policy");
    assert!(policy.contains(&format!("ws://*.{DOMAIN}:*")), "{policy}");
    assert_eq!(client.get(&format!("{page}/_emulator/about.json")).await.status, 200);
    // It needs no other address than its own for calls.
    let arn = client.channel(&page, "demo").await;
    let error = client
        .socket(&format!("wss://{DOMAIN}:{port}/_kvs/m/demo"), &arn, None)
        .await
        .err()
        .unwrap();
    assert_eq!(error.status, 404);
    let master = client.endpoint(&page, &arn, "WSS", "MASTER").await.replace("wss:", "https:");
    for (origin, path) in [
        (&control, "/"),
        (&control, "/_emulator/about.json"),
        (&control, "/_kvs/m/demo"),
        (&master, "/_emulator/about.json"),
        (&master, "/_kvs/m/demo"),
    ] {
        let answer = client.send(Method::GET, &format!("{origin}{path}"), &[], "").await;
        answer.error(404, "UnknownOperationException");
    }
}

#[tokio::test]
async fn every_part_has_an_address_of_its_own() {
    let rig = Rig::with(config(Tls::Made, Hosts::Addresses)).await;
    let port = rig.host.rsplit_once(':').unwrap().1;
    let client = Client::of(&rig);
    let control = format!("https://127.0.0.2:{port}");
    let arn = client.channel(&control, "demo").await;
    exchange(&client, &control, &arn).await;
    for (protocol, role, url) in [
        ("WSS", "MASTER", format!("wss://127.0.0.3:{port}")),
        ("WSS", "VIEWER", format!("wss://127.0.0.4:{port}")),
        ("HTTPS", "VIEWER", format!("https://127.0.0.5:{port}")),
    ] {
        assert_eq!(client.endpoint(&control, &arn, protocol, role).await, url);
    }
    assert_eq!(client.get(&format!("https://127.0.0.1:{port}/")).await.status, 200);
    assert_eq!(client.get(&format!("{control}/")).await.status, 404);
}

#[tokio::test]
async fn localhost_leads_here_by_ipv6_too() {
    let rig = Rig::start().await;
    let port = rig.host.rsplit_once(':').unwrap().1;
    let origin = format!("http://[::1]:{port}");
    let client = Client::of(&rig);
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        // Then nothing else can be there either.
        assert!(client.connect(&origin).await.is_err());
        return;
    }
    let arn = client.channel(&origin, "demo").await;
    let endpoint = client.endpoint(&origin, &arn, "WSS", "MASTER").await;
    assert_eq!(endpoint, format!("ws://[::1]:{port}/_kvs/m/demo"));
    assert!(client.socket(&endpoint, &arn, None).await.is_ok());
}

#[tokio::test]
async fn this_machine_finds_it_at_127_0_0_1_whatever_the_host() {
    for host in [[127, 0, 0, 9], [0, 0, 0, 0]] {
        let keys = kvs_emulator::Keys::default().with_secret("own".into());
        let rig = Rig::with(Config { host: host.into(), keys, ..Config::default() }).await;
        let port = rig.host.rsplit_once(':').unwrap().1;
        let client = Client::of(&rig);
        assert_eq!(client.get(&format!("http://127.0.0.1:{port}/")).await.status, 200);
    }
}

#[tokio::test]
async fn another_program_at_one_of_the_addresses_is_noticed() {
    for other in ["127.0.0.1", "127.0.0.4"] {
        let taken = TcpListener::bind((other, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let host = [127, 0, 0, 9].into();
        let config = Config { host, port, turn_port: 0, ..config(Tls::Off, Hosts::Addresses) };
        let Err(StartError::PortInUse { addr, .. }) = Emulator::bind(config).await else {
            panic!("it listens on {other} though another program does");
        };
        assert_eq!(addr, taken.local_addr().unwrap());
    }
}

#[test]
fn hosts_that_cannot_be_are_one_clear_sentence() {
    for (hosts, host) in [
        ("names=no domain", "127.0.0.1"),
        ("names=127.0.0.1", "127.0.0.1"),
        ("addresses", "0.0.0.0"),
    ] {
        let arguments = ["--port=0", "--turn-port=0", "--secret-key=own", "--hosts", hosts];
        let error = refusal(&[&arguments[..], &["--host", host]].concat());
        assert!(error.contains("--hosts"), "{error}");
    }
    let error = refusal(&["--port=0", "--turn-port=0", "--max-connections=15"]);
    assert!(error.contains("--max-connections") && error.contains("16"), "{error}");
}
