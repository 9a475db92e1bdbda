//! WebSockets of masters and viewers.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use kvs_emulator::Config;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

use crate::{
    rig::{Rig, Socket, lenient, soon},
    signer::Signer,
};

/// A payload as clients send it.
fn payload(content: &Value) -> String {
    STANDARD.encode(content.to_string())
}

fn offer() -> Value {
    let description = json!({ "type": "offer", "sdp": "v=0" });
    json!({ "action": "SDP_OFFER", "messagePayload": payload(&description) })
}

#[tokio::test]
async fn a_call_is_set_up() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut master = rig.master(&arn).await;
    let mut viewer = rig.viewer(&arn, "v1").await;

    viewer.send(&offer()).await;
    assert_eq!(viewer.text().await, "", "the message is acknowledged");
    let received = master.frame().await;
    assert_eq!(received["messageType"], "SDP_OFFER");
    assert_eq!(received["senderClientId"], "v1");
    assert_eq!(received["messagePayload"], offer()["messagePayload"]);

    let answer = payload(&json!({ "type": "answer", "sdp": "v=0" }));
    master
        .send(&json!({
            "action": "SDP_ANSWER", "RecipientClientId": "v1", "MessagePayload": answer,
        }))
        .await;
    let received = viewer.frame().await;
    assert_eq!(received, json!({ "messageType": "SDP_ANSWER", "messagePayload": answer }));

    let candidate = payload(&json!({ "candidate": "", "sdpMid": "0", "sdpMLineIndex": 0 }));
    viewer.send(&json!({ "action": "ICE_CANDIDATE", "messagePayload": candidate })).await;
    assert_eq!(master.frame().await["messageType"], "ICE_CANDIDATE");
}

#[tokio::test]
async fn acknowledgements_can_be_left_out() {
    let rig = Rig::with(Config { acknowledge: false, ..lenient() }).await;
    let arn = rig.channel("demo").await;
    let mut master = rig.master(&arn).await;
    let mut viewer = rig.viewer(&arn, "v1").await;
    viewer.send(&offer()).await;
    master.frame().await;
    viewer.send(&json!("not a message")).await;
    assert_ne!(viewer.text().await, "");
}

#[tokio::test]
async fn an_offer_waits_for_its_master() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut viewer = rig.viewer(&arn, "v1").await;
    viewer.send(&offer()).await;
    assert_eq!(viewer.text().await, "");
    drop(viewer);
    let mut master = rig.master(&arn).await;
    assert_eq!(master.frame().await["messageType"], "SDP_OFFER");
}

#[tokio::test]
async fn a_message_that_nobody_fetches_fails_after_its_time() {
    let rig = Rig::start().await;
    let body = json!({
        "ChannelName": "quick", "SingleMasterConfiguration": { "MessageTtlSeconds": 5 },
    });
    let created = rig.call("/createSignalingChannel", &body).await.json();
    let mut viewer = rig.viewer(created["ChannelARN"].as_str().unwrap(), "v1").await;
    let mut offer = offer();
    offer["correlationId"] = json!("c-1");
    viewer.send(&offer).await;
    let report = viewer.frame().await;
    assert_eq!(report["messageType"], "STATUS_RESPONSE");
    assert_eq!(report["statusResponse"]["correlationId"], "c-1");
    assert_eq!(report["statusResponse"]["success"], false);
}

#[tokio::test]
async fn a_newer_connection_replaces_the_older() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut old = rig.master(&arn).await;
    let mut new = rig.master(&arn).await;
    assert_eq!(u16::from(old.end().await.unwrap().code), 1000);
    let mut viewer = rig.viewer(&arn, "v1").await;
    viewer.send(&offer()).await;
    assert_eq!(new.frame().await["messageType"], "SDP_OFFER");
}

#[tokio::test]
async fn a_channel_has_ten_viewers() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut viewers = Vec::new();
    for n in 0..10 {
        viewers.push(rig.viewer(&arn, &format!("v{n}")).await);
    }
    let url = Signer::new().presign(&rig.socket_url(&arn, Some("v10")));
    let refused = Socket::open(&url).await.err().unwrap();
    refused.error(400, "ClientLimitExceededException");
    rig.viewer(&arn, "v9").await;
}

#[tokio::test]
async fn a_wrong_connection_is_refused_before_the_upgrade() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let other = rig.channel("other").await;
    let gone = "arn:aws:kinesisvideo:us-west-2:000000000000:channel/gone/1700000000000";
    let older = arn.replace(arn.rsplit('/').next().unwrap(), "1600000000000");
    let master = rig.socket_url(&arn, None);
    let viewer = rig.socket_url(&arn, Some("v1"));
    let invalid = (400, "InvalidArgumentException");
    let missing = (404, "ResourceNotFoundException");
    for (url, (status, name)) in [
        (rig.socket_url(gone, None), missing),
        (rig.socket_url(&older, None), missing),
        (rig.url("/_kvs/x/demo"), (404, "UnknownOperationException")),
        (rig.url("/_kvs/m/demo"), invalid),
        (rig.url("/_kvs/m/demo?X-Amz-ChannelARN=demo"), invalid),
        (master.replace("/_kvs/m/", "/_kvs/v/"), invalid),
        (viewer.replace("/_kvs/v/", "/_kvs/m/"), invalid),
        (rig.socket_url(&other, None).replace("/_kvs/m/other", "/_kvs/m/demo"), invalid),
        (rig.socket_url(&arn, Some("a b")), invalid),
        (rig.socket_url(&arn, Some("")), invalid),
        (rig.socket_url(&arn, Some("AWS_1")), invalid),
        (rig.socket_url(&arn, Some("aws_1")), invalid),
    ] {
        let refused = Socket::open(&Signer::new().presign(&url)).await.err().unwrap();
        refused.error(status, name);
    }
}

#[tokio::test]
async fn a_signed_request_that_is_no_upgrade_leaves_nothing_behind() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    for n in 0..20 {
        let url = Signer::new().presign(&rig.socket_url(&arn, Some(&format!("v{n}"))));
        let path = url.strip_prefix(&rig.url("")).unwrap().to_owned();
        let message = rig.get(&path).await.error(400, "InvalidArgumentException");
        assert!(message.contains("WebSocket"), "{message}");
    }
    rig.viewer(&arn, "v20").await;
}

#[tokio::test]
async fn what_is_no_text_of_a_sane_size_ends_the_connection() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut binary = rig.viewer(&arn, "v1").await;
    binary.send_raw(Message::binary(vec![0; 16])).await;
    assert_eq!(u16::from(binary.end().await.unwrap().code), 1003);
    let mut huge = rig.viewer(&arn, "v2").await;
    huge.send_raw(Message::text("x".repeat(129 * 1024))).await;
    assert_eq!(u16::from(huge.end().await.unwrap().code), 1009);
    let mut junk = rig.viewer(&arn, "v3").await;
    for text in ["", "ping", "{}", "[[[[", "\u{0}"] {
        junk.send_raw(Message::text(text)).await;
        assert_eq!(junk.frame().await["message"], "Forbidden");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_given_up() {
    let rig = Rig::with(Config { acknowledge: false, ..lenient() }).await;
    let arn = rig.channel("demo").await;
    let mut master = rig.master(&arn).await;
    let mut sleeper = rig.viewer(&arn, "sleeper").await;
    let mut other = rig.viewer(&arn, "other").await;
    let message = |to: &str| {
        json!({
            "action": "ICE_CANDIDATE", "recipientClientId": to, "correlationId": "c",
            "messagePayload": "A".repeat(10 * 1024),
        })
    };
    // The system's buffers and the queue fill up, the connection is given up, messages wait for
    // the next, and then no more may wait: that is reported.
    'full: loop {
        for _ in 0..100 {
            master.send(&message("sleeper")).await;
        }
        master.send(&json!("are you done?")).await;
        while let frame = master.frame().await
            && frame["message"] != "Forbidden"
        {
            if frame["messageType"] == "STATUS_RESPONSE" {
                break 'full;
            }
        }
    }
    master.send(&message("other")).await;
    assert_eq!(other.frame().await["messageType"], "ICE_CANDIDATE", "others do not suffer");
    let close = sleeper.end().await;
    assert!(close.is_none_or(|frame| u16::from(frame.code) == 1008));
}

#[tokio::test]
async fn what_waits_at_most_reaches_a_master_that_comes_late() {
    let rig = Rig::with(Config { acknowledge: false, ..lenient() }).await;
    let arn = rig.channel("demo").await;
    let candidate = json!({ "action": "ICE_CANDIDATE", "messagePayload": payload(&json!({})) });
    let mut viewers = Vec::new();
    for n in 0..10 {
        let mut viewer = rig.viewer(&arn, &format!("v{n}")).await;
        viewer.send(&offer()).await;
        for _ in 0..64 {
            viewer.send(&candidate).await;
        }
        // All of it has arrived once this one is answered.
        viewer.send(&json!("done")).await;
        assert_eq!(viewer.frame().await["message"], "Forbidden");
        viewers.push(viewer);
    }
    let mut master = rig.master(&arn).await;
    for n in 0..10 * 65 {
        assert!(master.frame().await["senderClientId"].is_string(), "{n}");
    }
}

#[tokio::test]
async fn a_clients_close_is_answered_with_its_code() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    for code in [CloseCode::Normal, CloseCode::Library(4001)] {
        let mut viewer = rig.viewer(&arn, "v1").await;
        let frame = CloseFrame { code, reason: "bye".into() };
        viewer.send_raw(Message::Close(Some(frame))).await;
        assert_eq!(viewer.end().await.unwrap().code, code);
    }
}

#[tokio::test]
async fn a_client_that_is_silent_is_dropped_and_one_that_answers_stays() {
    let ping_interval = Duration::from_millis(500);
    let rig = Rig::with(Config { ping_interval: Some(ping_interval), ..lenient() }).await;
    let arn = rig.channel("demo").await;
    let mut alive = rig.viewer(&arn, "alive").await;
    alive.pings(4).await;
    rig.viewer(&arn, "dead").await.play_dead().await;
}

#[tokio::test]
async fn a_client_that_only_answers_pings_is_idle() {
    let mut config = Config { ping_interval: Some(Duration::from_millis(100)), ..lenient() };
    config.behaviour.idle = Duration::from_millis(700);
    let rig = Rig::with(config).await;
    let arn = rig.channel("demo").await;
    let mut viewer = rig.viewer(&arn, "v1").await;
    viewer.pings(2).await;
    assert_eq!(u16::from(soon(viewer.end()).await.unwrap().code), 1001);
}

#[tokio::test]
async fn the_end_closes_sockets_in_order() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let mut master = rig.master(&arn).await;
    let ending = tokio::spawn(rig.stop());
    assert_eq!(u16::from(master.end().await.unwrap().code), 1001);
    ending.await.unwrap();
}
