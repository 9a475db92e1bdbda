//! Clients that are slow, dead or many, and everybody else who does not notice.

use std::time::{Duration, Instant};

use hyper::Method;
use kvs_emulator::{Behaviour, Config};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, task::JoinSet};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    rig::{Rig, Socket, lenient},
    signer::Signer,
};

/// Longest that anybody else may wait.
const PATIENCE: Duration = Duration::from_secs(5);

async fn a_call_works(master: &mut Socket, viewer: &mut Socket) {
    let started = Instant::now();
    viewer.send(&json!({ "action": "SDP_OFFER", "messagePayload": "e30=" })).await;
    assert_eq!(master.frame().await["messageType"], "SDP_OFFER");
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}

#[tokio::test]
async fn five_hundred_connects_at_once_hinder_nobody() {
    let mut config = lenient();
    config.behaviour.max_viewers = 1000;
    let rig = Rig::with(config).await;
    let arn = rig.channel("demo").await;
    let mut master = rig.master(&arn).await;
    let mut viewer = rig.viewer(&arn, "v").await;
    let mut opening = JoinSet::new();
    for n in 0..500 {
        let url = Signer::new().presign(&rig.socket_url(&arn, Some(&format!("v{n}"))));
        opening.spawn(async move { Socket::open(&url).await.map_err(|refused| refused.text()) });
    }
    a_call_works(&mut master, &mut viewer).await;
    let opened = opening.join_all().await;
    let failed: Vec<_> = opened.iter().filter_map(|opened| opened.as_ref().err()).collect();
    assert!(failed.is_empty(), "{failed:?}");
    let state = rig.told(Method::GET, "state", &Value::Null).await;
    assert_eq!(state["hub"]["connections"], 502);
}

#[tokio::test]
async fn more_connects_than_the_quota_are_refused_and_the_others_served() {
    let behaviour = Behaviour { max_viewers: 100, ..Behaviour::default() };
    let rig = Rig::with(Config { behaviour, ..Config::default() }).await;
    let arn = rig.channel("demo").await;
    let mut opening = JoinSet::new();
    // So many that a slow machine cannot take long enough for all of them.
    for n in 0..60 {
        let url = Signer::new().presign(&rig.socket_url(&arn, Some(&format!("v{n}"))));
        opening.spawn(async move { Socket::open(&url).await });
    }
    let mut master = rig.master(&arn).await;
    let (mut open, mut refused) = (Vec::new(), 0);
    for result in opening.join_all().await {
        match result {
            Ok(socket) => open.push(socket),
            Err(response) => {
                response.error(400, "ClientLimitExceededException");
                refused += 1;
            }
        }
    }
    assert!(open.len() >= 3 && refused >= 1, "{} and {refused}", open.len());
    a_call_works(&mut master, &mut open[0]).await;
}

#[tokio::test]
async fn half_an_upgrade_and_half_a_frame_hinder_nobody() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut halves = Vec::new();
    for _ in 0..100 {
        let mut half = TcpStream::connect(&rig.host).await.unwrap();
        half.write_all(b"GET /_kvs/m/demo HTTP/1.1\r\nHost: loc").await.unwrap();
        halves.push(half);
    }
    let mut stuck = rig.viewer(&arn, "stuck").await;
    // A text frame of 1000 bytes, of which ten come.
    let start = [&[0x81, 0xfe, 0x03, 0xe8, 0, 0, 0, 0][..], b"0123456789"].concat();
    stuck.write_bytes(&start).await;
    let (mut master, mut viewer) = (rig.master(&arn).await, rig.viewer(&arn, "v1").await);
    a_call_works(&mut master, &mut viewer).await;
}

#[tokio::test]
async fn frames_and_messages_have_their_longest() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut fits = rig.viewer(&arn, "fits").await;
    fits.send_raw(Message::text("x".repeat(32 * 1024))).await;
    assert_eq!(fits.frame().await["message"], "Forbidden");
    let mut frame = rig.viewer(&arn, "frame").await;
    frame.send_raw(Message::text("x".repeat(32 * 1024 + 1))).await;
    assert_eq!(u16::from(frame.end().await.unwrap().code), 1009);
    // 33 frames of 4 KB are one message that is too long.
    let mut message = rig.viewer(&arn, "message").await;
    let part = |first: u8| {
        let head = [first, 0xfe, 0x10, 0x00, 0, 0, 0, 0];
        [&head[..], &[b'x'; 4096]].concat()
    };
    message.write_bytes(&part(0x01)).await;
    for _ in 0..32 {
        message.write_bytes(&part(0x00)).await;
    }
    assert_eq!(u16::from(message.end().await.unwrap().code), 1009);
}

#[tokio::test]
async fn nobody_is_pinged_unless_asked_for_and_a_clients_pings_are_answered() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut viewer = rig.viewer(&arn, "v1").await;
    assert!(viewer.is_silent().await);
    viewer.send_raw(Message::Ping("mark".into())).await;
    assert_eq!(viewer.pong().await, "mark");
}
