//! SendAlexaOfferToMaster.

use kvs_emulator::{Behaviour, Config};
use serde_json::{Value, json};

use crate::rig::{Rig, soon};

const SEND: &str = "/v1/send-alexa-offer-to-master";

#[tokio::test]
async fn an_offer_that_is_not_right_is_refused() {
    let rig = Rig::start().await;
    let offer = |sender: Value, payload: Value| json!({ "SenderClientId": sender, "MessagePayload": payload });
    for (n, (mut body, culprit)) in [
        (offer(json!(null), "e30=".into()), "SenderClientId"),
        (offer("a b".into(), "e30=".into()), "SenderClientId"),
        (offer("alexa".into(), json!(null)), "MessagePayload"),
        (offer("alexa".into(), "".into()), "MessagePayload"),
        (offer("alexa".into(), "{}".into()), "MessagePayload"),
        (offer("alexa".into(), "A".repeat(10_001).into()), "MessagePayload"),
    ]
    .into_iter()
    .enumerate()
    {
        body["ChannelARN"] = rig.channel(&format!("c{n}")).await.into();
        let message = rig.call(SEND, &body).await.error(400, "InvalidArgumentException");
        assert!(message.contains(culprit), "{message}");
    }
    let mut body = offer("alexa".into(), "e30=".into());
    rig.call(SEND, &body).await.error(400, "InvalidArgumentException");
    body["ChannelARN"] =
        "arn:aws:kinesisvideo:us-west-2:000000000000:channel/none/1700000000000".into();
    rig.call(SEND, &body).await.error(404, "ResourceNotFoundException");
}

#[tokio::test]
async fn an_offer_is_the_masters_to_answer() {
    let rig = Rig::start().await;
    let arn = rig.channel("door").await;
    let mut master = rig.master(&arn).await;
    let body =
        json!({ "ChannelARN": arn, "SenderClientId": "alexa-1", "MessagePayload": "b2ZmZXI=" });
    let answering = async {
        let offer = master.frame().await;
        let expected = json!({
            "messagePayload": "b2ZmZXI=", "messageType": "SDP_OFFER", "senderClientId": "alexa-1",
        });
        assert_eq!(offer, expected);
        let answer = json!({
            "action": "SDP_ANSWER", "recipientClientId": "alexa-1", "messagePayload": "YW5zd2Vy",
        });
        master.send(&answer).await;
    };
    let (answered, ()) = tokio::join!(rig.call(SEND, &body), answering);
    assert_eq!(
        (answered.status.as_u16(), answered.text()),
        (200, r#"{"Answer":"YW5zd2Vy"}"#.to_owned())
    );
}

#[tokio::test]
async fn the_end_does_not_wait_for_an_answer() {
    let rig = Rig::start().await;
    let arn = rig.channel("door").await;
    let mut master = rig.master(&arn).await;
    let body =
        json!({ "ChannelARN": arn, "SenderClientId": "alexa-1", "MessagePayload": "b2ZmZXI=" });
    let asked = Rig::at(rig.host.clone());
    let asking = tokio::spawn(async move { asked.call(SEND, &body).await });
    assert_eq!(master.frame().await["messageType"], "SDP_OFFER");
    rig.stop().await;
    let answer = soon(asking).await.unwrap();
    answer.error(503, "ServiceUnavailableException");
}

#[tokio::test]
async fn an_offer_that_nobody_answers_fails_after_its_time_to_live() {
    let behaviour = Behaviour { time_scale: 1000.0, ..Behaviour::default() };
    let rig = Rig::with(Config { behaviour, ..Config::default() }).await;
    let arn = rig.channel("door").await;
    let body =
        json!({ "ChannelARN": arn, "SenderClientId": "alexa-1", "MessagePayload": "b2ZmZXI=" });
    rig.call(SEND, &body).await.error(404, "ResourceNotFoundException");
}
