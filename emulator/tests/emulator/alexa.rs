//! SendAlexaOfferToMaster.

use serde_json::{Value, json};

use crate::rig::Rig;

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
