//! What happens to connections when somebody at this machine wants it.

use std::time::{Duration, Instant, SystemTime};

use hyper::Method;
use serde_json::{Value, json};
use stun_codec::MessageClass;
use tokio::{net::UdpSocket, time::timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    rig::{Rig, SILENCE, Socket, lenient},
    signer::Signer,
    turn_client::{Client, allocate, binding, encode},
};

fn offer() -> Value {
    json!({ "action": "SDP_OFFER", "messagePayload": "e30=" })
}

async fn code(socket: &mut Socket) -> u16 {
    socket.end().await.unwrap().code.into()
}

#[tokio::test]
async fn go_away_comes_first_and_the_end_after_its_grace() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut master = rig.master(&arn).await;
    let mut viewer = rig.viewer(&arn, "v1").await;
    let target = json!({ "target": { "channel": "demo", "role": "master" } });
    let hit = rig.told(Method::POST, "go-away", &target).await;
    assert_eq!(hit, json!({ "connections": 1 }));
    assert_eq!(master.frame().await["messageType"], "GO_AWAY");
    viewer.send(&offer()).await;
    assert_eq!(master.frame().await["messageType"], "SDP_OFFER", "it works on");
    let scale = json!({ "timeScale": 1000 });
    rig.told(Method::PUT, "clock", &scale).await;
    assert_eq!(code(&mut master).await, 1001);
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_time_can_be_made_to_fly() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut viewer = rig.viewer(&arn, "v1").await;
    let mut alive = rig.viewer(&arn, "v2").await;
    rig.told(Method::PUT, "clock", &json!({ "timeScale": 1000 })).await;
    let started = Instant::now();
    // Ten minutes at a thousand times the speed are 0.6 seconds; pings count as traffic.
    let pinging = async {
        loop {
            alive.send_raw(Message::Ping("x".into())).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        () = pinging => {}
        closed = code(&mut viewer) => assert_eq!(closed, 1001),
    }
    assert!(started.elapsed() < Duration::from_secs(10));
    rig.told(Method::PUT, "clock", &json!({ "timeScale": 1 })).await;
    let state = rig.told(Method::GET, "state", &Value::Null).await;
    assert_eq!(state["hub"]["channels"][0]["connections"][0]["clientId"], "v2");
}

#[tokio::test]
async fn reconnect_ice_server_is_sent_to_whom_it_is_for() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut one = rig.viewer(&arn, "one").await;
    let mut other = rig.viewer(&arn, "other").await;
    let target = json!({ "target": { "clientId": "on*" } });
    let hit = rig.told(Method::POST, "reconnect-ice-server", &target).await;
    assert_eq!(hit, json!({ "connections": 1 }));
    assert_eq!(one.frame().await["messageType"], "RECONNECT_ICE_SERVER");
    other.send(&json!("not a message")).await;
    assert_eq!(other.frame().await["message"], "Forbidden", "nothing came before");
}

#[tokio::test]
async fn connections_are_closed_with_a_code_or_without_a_word() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut master = rig.master(&arn).await;
    let close = json!({ "target": { "role": "master" }, "code": 4321, "reason": "for a test" });
    rig.told(Method::POST, "close", &close).await;
    let frame = master.end().await.unwrap();
    assert_eq!((u16::from(frame.code), frame.reason.as_str()), (4321, "for a test"));
    let mut viewer = rig.viewer(&arn, "v1").await;
    rig.told(Method::POST, "close", &json!({ "abrupt": true })).await;
    assert!(viewer.end().await.is_none());
    rig.viewer(&arn, "v1").await;
}

#[tokio::test]
async fn a_stalled_connection_is_silent_and_goes_on_where_it_stopped() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut master = rig.master(&arn).await;
    let mut viewer = rig.viewer(&arn, "v1").await;
    let stall = |stalled: bool| json!({ "target": { "role": "master" }, "stalled": stalled });
    rig.told(Method::POST, "stall", &stall(true)).await;
    // Neither a ping nor a message gets through, either way.
    master.send_raw(Message::Ping("are you there?".into())).await;
    let answer =
        json!({ "action": "SDP_ANSWER", "recipientClientId": "v1", "messagePayload": "e30=" });
    master.send(&answer).await;
    viewer.send(&offer()).await;
    assert_eq!(viewer.text().await, "", "the offer is accepted");
    assert!(master.is_silent().await);
    assert!(viewer.is_silent().await);
    let state = rig.told(Method::GET, "state", &Value::Null).await;
    assert_eq!(state["hub"]["channels"][0]["connections"][0]["state"], "stalled");
    rig.told(Method::POST, "stall", &stall(false)).await;
    assert_eq!(master.frame().await["messageType"], "SDP_OFFER");
    assert_eq!(viewer.frame().await["messageType"], "SDP_ANSWER");
}

#[tokio::test]
async fn a_stalled_connection_can_be_closed() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut master = rig.master(&arn).await;
    rig.told(Method::POST, "stall", &json!({ "stalled": true })).await;
    rig.told(Method::POST, "close", &json!({ "code": 4000 })).await;
    assert_eq!(code(&mut master).await, 4000);
}

#[tokio::test]
async fn a_restart_ends_everything_but_the_channels() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut viewer = rig.viewer(&arn, "v1").await;
    viewer.send(&offer()).await;
    assert_eq!(viewer.text().await, "");
    let hit = rig.told(Method::POST, "restart", &Value::Null).await;
    assert_eq!(hit, json!({ "connections": 1 }));
    assert!(viewer.end().await.is_none(), "without a word");
    let mut master = rig.master(&arn).await;
    master.send(&json!("not a message")).await;
    assert_eq!(master.frame().await["message"], "Forbidden", "the offer is forgotten");
}

#[tokio::test]
async fn a_wrong_clock_is_told_by_its_phrases_and_by_the_date() {
    let rig = Rig::start().await;
    let path = "/describeSignalingChannel";
    let body = json!({ "ChannelName": "demo" });
    for (skew, phrase) in [(3600, "Signature expired"), (-3600, "Signature not yet current")] {
        rig.told(Method::PUT, "clock", &json!({ "skewSeconds": skew })).await;
        let refused = rig.call(path, &body).await;
        let message = refused.error(403, "InvalidSignatureException");
        assert!(message.contains(phrase), "{message}");
        // A client that goes by the date is let in.
        let date = httpdate::parse_http_date(refused.header("date")).unwrap();
        let ours = SystemTime::now();
        let ahead = date.duration_since(ours).map_or_else(
            |behind| -i64::try_from(behind.duration().as_secs()).unwrap(),
            |ahead| i64::try_from(ahead.as_secs()).unwrap(),
        );
        assert!((ahead - skew).abs() < 60, "{ahead}");
        let signer = Signer { time: date, ..Signer::new() };
        let found = rig.call_as(&signer, path, &body.to_string()).await;
        found.error(404, "ResourceNotFoundException");
    }
}

#[tokio::test]
async fn expired_credentials_are_refused_for_calls_and_upgrades() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut connected = rig.viewer(&arn, "v1").await;
    rig.told(Method::POST, "expire-credentials", &json!({ "accessKeyId": "AKIDANY" })).await;
    let refused = rig.call("/describeSignalingChannel", &json!({ "ChannelName": "demo" })).await;
    refused.error(403, "ExpiredTokenException");
    let refused = rig.try_open(&arn, Some("v2")).await.err().unwrap();
    assert_eq!(refused.status.as_u16(), 403);
    connected.send(&offer()).await;
    assert_eq!(connected.text().await, "", "who is connected stays");
}

#[tokio::test]
async fn a_lifetime_ends_with_go_away_and_1001() {
    let mut config = lenient();
    config.behaviour.lifetime = Duration::from_secs(2);
    config.behaviour.go_away_grace = Duration::from_secs(1);
    let rig = Rig::with(config).await;
    let arn = rig.channel("demo").await;
    let mut viewer = rig.viewer(&arn, "v1").await;
    let started = Instant::now();
    assert_eq!(viewer.frame().await["messageType"], "GO_AWAY");
    assert!(started.elapsed() > Duration::from_millis(500));
    assert_eq!(code(&mut viewer).await, 1001);
    assert!(started.elapsed() > Duration::from_millis(1500));
}

#[tokio::test]
async fn stun_and_turn_can_be_silent() {
    let rig = Rig::start().await;
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(rig.turn).await.unwrap();
    let told = rig.told(Method::PUT, "turn", &json!({ "stun": "silent" })).await;
    assert_eq!(told, json!({ "stun": "silent", "turn": "serve" }));
    socket.send(&encode(&binding())).await.unwrap();
    let answer = timeout(SILENCE, socket.recv(&mut [0; 2048])).await;
    assert!(answer.is_err(), "{answer:?}");
    let told = rig.told(Method::PUT, "turn", &json!({ "turn": "silent" })).await;
    assert_eq!(told, json!({ "stun": "silent", "turn": "silent" }), "what is left out stays");
    let told = rig.told(Method::PUT, "turn", &json!({ "stun": "serve", "turn": "serve" })).await;
    assert_eq!(told, json!({ "stun": "serve", "turn": "serve" }));
    let answer = Client::udp(rig.turn).await.ask(&binding()).await;
    assert_eq!(answer.class(), MessageClass::SuccessResponse);
}

#[tokio::test]
async fn credentials_for_turn_expire() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let answer = rig.call("/v1/get-ice-server-config", &json!({ "ChannelARN": arn })).await.json();
    let text = |name: &str| answer["IceServerList"][0][name].as_str().unwrap().to_owned();
    let login = (text("Username"), text("Password"));
    rig.told(Method::POST, "expire-credentials", &json!({ "turn": true })).await;
    let mut client = Client::udp(rig.turn).await;
    let refused = client.ask_as(&login, allocate()).await;
    assert_eq!(refused.class(), MessageClass::ErrorResponse);
}
