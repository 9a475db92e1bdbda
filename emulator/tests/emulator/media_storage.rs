//! Media storage: its configuration, and what joins it.

use serde_json::{Value, json};

use crate::rig::Rig;

const UPDATE: &str = "/updateMediaStorageConfiguration";
const DESCRIBE: &str = "/describeMediaStorageConfiguration";
const MAPPED: &str = "/describeMappedResourceConfiguration";
const ENDPOINT: &str = "/getSignalingChannelEndpoint";
const JOIN: &str = "/joinStorageSession";
const JOIN_AS_VIEWER: &str = "/joinStorageSessionAsViewer";

async fn stream(rig: &Rig, name: &str, hours: u32) -> String {
    let body = json!({ "StreamName": name, "DataRetentionInHours": hours });
    rig.call("/createStream", &body).await.json()["StreamARN"].as_str().unwrap().to_owned()
}

fn update(channel: &str, status: &str, stream: Option<&str>) -> Value {
    json!({
        "ChannelARN": channel,
        "MediaStorageConfiguration": { "Status": status, "StreamARN": stream },
    })
}

#[tokio::test]
async fn storage_is_enabled_described_and_disabled() {
    let rig = Rig::start().await;
    let (channel, stream) = (rig.channel("door").await, stream(&rig, "yard", 1).await);
    let by_arn = json!({ "ChannelARN": channel });
    let off = rig.call(DESCRIBE, &by_arn).await.text();
    assert_eq!(off, r#"{"MediaStorageConfiguration":{"Status":"DISABLED","StreamARN":null}}"#);
    let by_name = json!({ "StreamName": "yard" });
    let unmapped = rig.call(MAPPED, &by_name).await.json();
    assert_eq!(unmapped, json!({ "MappedResourceConfigurationList": [] }));

    let enabled = rig.call(UPDATE, &update(&channel, "ENABLED", Some(&stream))).await;
    assert_eq!((enabled.status.as_u16(), enabled.text()), (200, "{}".to_owned()));
    let on = rig.call(DESCRIBE, &json!({ "ChannelName": "door" })).await.json();
    assert_eq!(
        on["MediaStorageConfiguration"],
        json!({ "Status": "ENABLED", "StreamARN": stream })
    );
    let mapped = rig.call(MAPPED, &json!({ "StreamARN": stream, "MaxResults": 1 })).await.json();
    let list = &mapped["MappedResourceConfigurationList"];
    assert_eq!((list.as_array().unwrap().len(), &list[0]["ARN"]), (1, &json!(channel)));
    let in_use = rig.call("/deleteStream", &json!({ "StreamARN": stream })).await;
    in_use.error(400, "ResourceInUseException");

    let disabled = rig.call(UPDATE, &update(&channel, "DISABLED", None)).await;
    assert_eq!(disabled.text(), "{}");
    assert_eq!(rig.call(DESCRIBE, &by_arn).await.text(), off);
}

#[tokio::test]
async fn storage_that_cannot_be_enabled_is_refused() {
    let rig = Rig::start().await;
    let (yard, empty) = (stream(&rig, "yard", 1).await, stream(&rig, "empty", 0).await);
    let mapped = rig.channel("mapped").await;
    rig.call(UPDATE, &update(&mapped, "ENABLED", Some(&yard))).await;
    let other = stream(&rig, "other", 1).await;
    let remap = rig.call(UPDATE, &update(&mapped, "ENABLED", Some(&other))).await;
    remap.error(400, "ResourceInUseException");

    let none = yard.replace("yard", "none");
    for (name, status, stream, code, error) in [
        ("a", "ENABLED", Some(&*yard), 400, "ResourceInUseException"),
        ("b", "ENABLED", Some(&*empty), 400, "NoDataRetentionException"),
        ("c", "ENABLED", Some(&*none), 404, "ResourceNotFoundException"),
        ("d", "ENABLED", Some("none"), 400, "InvalidArgumentException"),
        ("e", "ENABLED", None, 400, "InvalidArgumentException"),
        ("f", "ON", None, 400, "InvalidArgumentException"),
        ("g", "DISABLED", Some("none"), 400, "InvalidArgumentException"),
    ] {
        let channel = rig.channel(name).await;
        rig.call(UPDATE, &update(&channel, status, stream)).await.error(code, error);
    }
    let channel = rig.channel("h").await;
    for body in [
        json!({ "ChannelARN": channel }),
        json!({ "ChannelARN": channel, "MediaStorageConfiguration": {} }),
        json!({ "MediaStorageConfiguration": { "Status": "DISABLED" } }),
    ] {
        rig.call(UPDATE, &body).await.error(400, "InvalidArgumentException");
    }
    for body in
        [json!({ "MaxResults": 2 }), json!({ "MaxResults": 0 }), json!({ "NextToken": "?" })]
    {
        let mut body = body;
        body["StreamName"] = "yard".into();
        rig.call(MAPPED, &body).await.error(400, "InvalidArgumentException");
    }
    rig.call(DESCRIBE, &json!({})).await.error(400, "InvalidArgumentException");
    let none = rig.call(DESCRIBE, &json!({ "ChannelName": "none" })).await;
    none.error(404, "ResourceNotFoundException");
}

#[tokio::test]
async fn there_is_an_endpoint_for_storage_where_it_is_enabled() {
    let rig = Rig::start().await;
    let (channel, stream) = (rig.channel("door").await, stream(&rig, "yard", 1).await);
    let body = json!({
        "ChannelARN": channel,
        "SingleMasterChannelEndpointConfiguration":
            { "Protocols": ["WSS", "HTTPS", "WEBRTC"], "Role": "MASTER" },
    });
    rig.call(ENDPOINT, &body).await.error(400, "InvalidArgumentException");
    rig.call(UPDATE, &update(&channel, "ENABLED", Some(&stream))).await;
    let list = rig.call(ENDPOINT, &body).await.json()["ResourceEndpointList"].clone();
    let webrtc = list.as_array().unwrap().iter().find(|entry| entry["Protocol"] == "WEBRTC");
    let endpoint = webrtc.unwrap()["ResourceEndpoint"].as_str().unwrap().to_owned();
    assert!(endpoint.starts_with("http"), "{endpoint}");
}

#[tokio::test]
async fn who_is_connected_to_a_channel_with_storage_may_join() {
    let rig = Rig::start().await;
    let (channel, stream) = (rig.channel("door").await, stream(&rig, "yard", 1).await);
    rig.call(UPDATE, &update(&channel, "ENABLED", Some(&stream))).await;
    let as_master = json!({ "channelArn": channel });
    let as_viewer = json!({ "channelArn": channel, "clientId": "v1" });
    for (path, body) in [(JOIN, &as_master), (JOIN_AS_VIEWER, &as_viewer)] {
        let answer = rig.call(path, body).await;
        let message = answer.error(404, "ResourceNotFoundException");
        assert!(message.contains("not connected"), "{message}");
    }
    // What a socket is sent tells that the hub has it.
    let mut viewer = rig.viewer(&channel, "v1").await;
    viewer.send(&json!({ "action": "SDP_OFFER", "messagePayload": "e30=" })).await;
    let mut master = rig.master(&channel).await;
    master.frame().await;
    for (path, body) in [(JOIN, &as_master), (JOIN_AS_VIEWER, &as_viewer)] {
        let answer = rig.call(path, body).await;
        assert_eq!((answer.status.as_u16(), answer.text()), (200, String::new()));
        assert_eq!(answer.header("x-amzn-requestid").len(), 36);
    }
}

#[tokio::test]
async fn a_session_that_cannot_be_joined_is_refused_in_lower_case() {
    let rig = Rig::start().await;
    let channel = rig.channel("door").await;
    let other = rig.channel("other").await;
    let none = channel.replace("door", "none");
    for (path, body, status, error, culprit) in [
        (JOIN, json!({ "channelArn": channel }), 400, "InvalidArgumentException", "storage"),
        (JOIN, json!({ "ChannelARN": channel }), 400, "InvalidArgumentException", "channelArn"),
        (JOIN, json!({ "channelArn": "x" }), 400, "InvalidArgumentException", "channelArn"),
        (JOIN, json!({ "channelArn": none }), 404, "ResourceNotFoundException", "not found"),
        (JOIN, json!({ "channelArn": 7 }), 400, "SerializationException", "string"),
        (
            JOIN_AS_VIEWER,
            json!({ "channelArn": other }),
            400,
            "InvalidArgumentException",
            "clientId",
        ),
        (
            JOIN_AS_VIEWER,
            json!({ "channelArn": other, "clientId": "a b" }),
            400,
            "InvalidArgumentException",
            "clientId",
        ),
    ] {
        let answer = rig.call(path, &body).await;
        let message = answer.error(status, error);
        assert!(message.contains(culprit), "{body}: {message}");
        assert!(answer.json().get("Message").is_none(), "{}", answer.text());
    }
}
