//! The admin API: who may call it, what it says, what it takes.

use std::net::Ipv4Addr;

use hyper::{Method, StatusCode};
use kvs_emulator::{Config, Keys};
use serde_json::{Value, json};

use crate::rig::{Response, Rig, lenient};

const STATE: &str = "/_emulator/state";

async fn get(rig: &Rig, path: &str, headers: &[(&str, &str)]) -> Response {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    rig.send(Method::GET, path, &headers, "").await
}

fn why(response: &Response) -> String {
    response.json()["error"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_header_is_required() {
    let rig = Rig::start().await;
    for headers in [&[][..], &[("x-kvs-emulator", "yes")]] {
        let refused = get(&rig, STATE, headers).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(why(&refused).contains("X-Kvs-Emulator: 1"), "{}", refused.text());
    }
    assert_eq!(get(&rig, STATE, &[("x-kvs-emulator", "1")]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_host_is_a_name_of_this_machines() {
    let config = Config { allowed_hosts: vec!["kvs.test".to_owned()], ..lenient() };
    let rig = Rig::with(config).await;
    let port = rig.host.rsplit(':').next().unwrap();
    for (host, good) in [
        ("localhost", true),
        ("LocalHost", true),
        ("127.0.0.1", true),
        ("127.1.2.3", true),
        ("[::1]", true),
        ("kvs.test", true),
        ("evil.example", false),
        ("192.168.1.5", false),
        ("localhost.evil.example", false),
        ("user@localhost", false),
    ] {
        for path in [STATE, "/_emulator/"] {
            let host = format!("{host}:{port}");
            let response = get(&rig, path, &[("host", &host), ("x-kvs-emulator", "1")]).await;
            assert_eq!(response.status == StatusCode::OK, good, "{host} {path}");
            if !good {
                assert_eq!(response.status, StatusCode::FORBIDDEN);
                assert!(why(&response).contains("--allow-host"), "{}", response.text());
            }
        }
    }
}

#[tokio::test]
async fn no_other_page_may_call() {
    let rig = Rig::start().await;
    let own = format!("http://{}", rig.host);
    let secure = format!("https://{}", rig.host);
    for (name, value, good) in [
        ("origin", own.as_str(), true),
        ("origin", &secure, false),
        ("origin", "http://evil.example", false),
        ("origin", "http://localhost:1", false),
        ("origin", "null", false),
        ("sec-fetch-site", "same-origin", true),
        ("sec-fetch-site", "none", true),
        ("sec-fetch-site", "same-site", false),
        ("sec-fetch-site", "cross-site", false),
    ] {
        let response = get(&rig, STATE, &[(name, value), ("x-kvs-emulator", "1")]).await;
        assert_eq!(response.status == StatusCode::OK, good, "{name}: {value}");
    }
}

#[tokio::test]
async fn a_browser_that_asks_is_not_told_that_it_may() {
    let rig = Rig::start().await;
    let headers = [
        ("origin".to_owned(), format!("http://{}", rig.host)),
        ("access-control-request-method".to_owned(), "POST".to_owned()),
        ("access-control-request-headers".to_owned(), "x-kvs-emulator".to_owned()),
        ("x-kvs-emulator".to_owned(), "1".to_owned()),
    ];
    for (method, path) in [(Method::OPTIONS, "/_emulator/restart"), (Method::GET, STATE)] {
        let response = rig.send(method, path, &headers, "").await;
        let cors = response.headers.keys().any(|name| name.as_str().starts_with("access-control"));
        assert!(!cors, "{:?}", response.headers);
    }
}

#[tokio::test]
async fn off_loopback_it_is_as_if_it_were_not_there() {
    // Addresses of the machine that are not loopback; where it has none, nobody comes from there.
    let Some(ip) = own_address() else { return };
    let keys = Keys::default().with_secret("own".into());
    let mut rig = Rig::with(Config { host: Ipv4Addr::UNSPECIFIED, keys, ..lenient() }).await;
    let port = rig.host.rsplit(':').next().unwrap().to_owned();
    rig.host = format!("127.0.0.1:{port}");
    assert_eq!(get(&rig, STATE, &[("x-kvs-emulator", "1")]).await.status, StatusCode::OK);
    rig.host = format!("{ip}:{port}");
    for path in [STATE, "/_emulator/", "/_emulator/nothing", "/nothing"] {
        let headers = [("x-kvs-emulator", "1"), ("host", "localhost")];
        let response = get(&rig, path, &headers).await;
        assert_eq!(response.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(response.text(), "There is no such page.\n", "{path}");
    }
}

/// An address of this machine that is not loopback, if it has one.
fn own_address() -> Option<Ipv4Addr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    // Nothing is sent: the system only chooses an address.
    socket.connect("192.0.2.1:9").ok()?;
    match socket.local_addr().ok()?.ip() {
        std::net::IpAddr::V4(ip) if !ip.is_loopback() && !ip.is_unspecified() => Some(ip),
        _ => None,
    }
}

#[tokio::test]
async fn the_page_is_there_with_its_policy() {
    let rig = Rig::start().await;
    for (path, kind) in [
        ("", "text/html"),
        ("page.css", "text/css"),
        ("page.js", "text/javascript"),
        ("api.js", "text/javascript"),
        ("dom.js", "text/javascript"),
        ("views.js", "text/javascript"),
    ] {
        let file = rig.get(&format!("/_emulator/{path}")).await;
        assert_eq!(file.status, StatusCode::OK, "{path}");
        assert!(file.header("content-type").starts_with(kind), "{path}");
        let policy = file.header("content-security-policy");
        assert!(policy.contains("require-trusted-types-for 'script'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(!file.text().contains("innerHTML"));
    }
    let redirected = rig.get("/_emulator").await;
    assert_eq!(redirected.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(redirected.header("location"), "/_emulator/");
}

#[tokio::test]
async fn what_is_wrong_with_a_call_is_one_sentence() {
    let rig = Rig::start().await;
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    for (method, path, body, status, part) in [
        (&get, "nothing", Value::Null, 404, "GET /state"),
        (&post, "state", json!({}), 405, "GET"),
        (&get, "messages?from=1", Value::Null, 400, "after"),
        (&get, "messages?after=x", Value::Null, 400, "seq"),
        (&post, "faults", json!({ "fault": "explode" }), 400, "explode"),
        (&post, "faults", json!({ "fault": "drop", "colour": 1 }), 400, "colour"),
        (&post, "faults", json!({ "fault": "delay" }), 400, "millis"),
        (&post, "faults", json!({ "spec": "drop,times=x" }), 400, "times"),
        (&post, "faults", json!({}), 400, "fault"),
        (&delete, "faults/99", Value::Null, 404, "faults"),
        (&delete, "faults/x", Value::Null, 404, "faults"),
        (&post, "go-away", json!({ "who": 1 }), 400, "who"),
        (&post, "go-away", json!({ "target": { "role": "king" } }), 400, "king"),
        (&post, "go-away", json!([]), 400, "body"),
        (&post, "close", json!({ "code": 1005 }), 400, "code"),
        (&post, "close", json!({ "reason": "x".repeat(124) }), 400, "reason"),
        (&post, "close", json!({ "abrupt": true, "code": 1001 }), 400, "abrupt"),
        (&post, "stall", json!({}), 400, "stalled"),
        (&post, "restart", json!({ "now": true }), 400, "now"),
        (&put, "clock", json!({ "timeScale": 0 }), 400, "0.001"),
        (&put, "clock", json!({ "skewSeconds": 1e12 as i64 }), 400, "ten years"),
        (&put, "settings", json!({ "latencyMillis": 1_000_000 }), 400, "600000"),
        (&put, "settings", json!({ "quota": true }), 400, "quota"),
        (&post, "expire-credentials", json!({}), 400, "accessKeyId"),
        (&put, "settings", json!({ "x": "y".repeat(20_000) }), 413, "16384"),
    ] {
        let response = rig.admin(method.clone(), path, &body).await;
        assert_eq!(response.status.as_u16(), status, "{path} {body}");
        let sentence = why(&response);
        assert!(sentence.contains(part), "{path} {body}: {sentence}");
    }
    let allowed = rig.admin(Method::PATCH, "faults", &Value::Null).await;
    assert_eq!(allowed.header("allow"), "GET, POST, DELETE");
    let state = rig.told(get, "state", &Value::Null).await;
    assert_eq!(state["clock"]["timeScale"], 1.0, "nothing of it was done");
    assert_eq!(state["faults"], json!([]));
}

#[tokio::test]
async fn it_tells_who_is_there_and_what_was_sent() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut master = rig.master(&arn).await;
    let mut viewer = rig.viewer(&arn, "v1").await;
    let message = json!({ "action": "SDP_OFFER", "messagePayload": "c2VjcmV0" });
    viewer.send(&message).await;
    master.frame().await;

    let state = rig.told(Method::GET, "state", &Value::Null).await;
    assert_eq!(state["region"], "us-west-2");
    assert_eq!(state["settings"]["quotas"], false);
    let channel = &state["hub"]["channels"][0];
    assert_eq!(channel["name"], "demo");
    let peers = channel["connections"].as_array().unwrap();
    assert_eq!((&peers[0]["role"], &peers[1]["role"]), (&json!("master"), &json!("viewer")));
    assert_eq!((&peers[1]["clientId"], &peers[1]["state"]), (&json!("v1"), &json!("open")));
    assert_eq!(peers[1]["received"], 1);

    let messages = rig.told(Method::GET, "messages", &Value::Null).await;
    let last = messages["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["from"], &last["to"]), (&json!("viewer:v1"), &json!("master")));
    assert_eq!((&last["type"], &last["outcome"]), (&json!("SDP_OFFER"), &json!("delivered")));
    assert_eq!(last["payloadLength"], 8);
    assert!(!messages.to_string().contains("c2VjcmV0"));
    let later = format!("messages?after={}", last["seq"]);
    let later = rig.told(Method::GET, &later, &Value::Null).await;
    assert_eq!(later["messages"], json!([]));

    let counters = rig.told(Method::GET, "counters", &Value::Null).await;
    assert_eq!(counters["messages"]["sdpOffer"], 1);
    assert_eq!((&counters["masterConnects"], &counters["viewerConnects"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn faults_are_listed_and_removed() {
    let rig = Rig::start().await;
    let spec = json!({ "fault": "drop", "channel": "demo-*", "times": 2 });
    let first = rig.told(Method::POST, "faults", &spec).await["id"].clone();
    rig.fault("duplicate,message=SDP_OFFER").await;
    let listed = rig.told(Method::GET, "faults", &Value::Null).await;
    assert_eq!(listed["faults"][0]["id"], first);
    assert_eq!(listed["faults"][0]["spec"]["channel"], "demo-*");
    assert_eq!(listed["faults"][1]["spec"]["fault"], "duplicate");
    assert_eq!(listed["faults"][1]["hits"], 0);
    rig.told(Method::DELETE, &format!("faults/{first}"), &Value::Null).await;
    let cleared = rig.told(Method::DELETE, "faults", &Value::Null).await;
    assert_eq!(cleared["removed"], 1);
    assert_eq!(rig.told(Method::GET, "faults", &Value::Null).await["faults"], json!([]));
}

#[tokio::test]
async fn settings_are_changed_one_by_one() {
    let rig = Rig::start().await;
    let set = rig.told(Method::PUT, "settings", &json!({ "quotas": true })).await;
    assert_eq!(set, json!({ "quotas": true, "acknowledgements": true, "latencyMillis": 0 }));
    let set = rig
        .told(Method::PUT, "settings", &json!({ "acknowledgements": false, "latencyMillis": 5 }))
        .await;
    assert_eq!(set, json!({ "quotas": true, "acknowledgements": false, "latencyMillis": 5 }));
    assert_eq!(rig.told(Method::GET, "settings", &Value::Null).await, set);
    let arn = rig.channel("demo").await;
    let mut viewer = rig.viewer(&arn, "v1").await;
    viewer.send(&json!({ "action": "SDP_OFFER", "messagePayload": "e30=" })).await;
    viewer.send(&json!("not a message")).await;
    assert_ne!(viewer.text().await, "", "the offer is not acknowledged");
    let clock = rig.told(Method::PUT, "clock", &json!({ "skewSeconds": -90 })).await;
    assert_eq!((&clock["skewSeconds"], &clock["timeScale"]), (&json!(-90.0), &json!(1.0)));
}
