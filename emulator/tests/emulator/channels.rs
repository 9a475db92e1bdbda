//! UpdateSignalingChannel, DeleteSignalingChannel and ListSignalingChannels.

use serde_json::{Value, json};

use crate::rig::Rig;

const DESCRIBE: &str = "/describeSignalingChannel";
const UPDATE: &str = "/updateSignalingChannel";
const DELETE: &str = "/deleteSignalingChannel";
const LIST: &str = "/listSignalingChannels";
const NOWHERE: &str = "arn:aws:kinesisvideo:us-west-2:000000000000:channel/none/1700000000000";

async fn info(rig: &Rig, arn: &str) -> Value {
    rig.call(DESCRIBE, &json!({ "ChannelARN": arn })).await.json()["ChannelInfo"].clone()
}

fn ttl(seconds: Value) -> Value {
    json!({ "MessageTtlSeconds": seconds })
}

#[tokio::test]
async fn an_update_changes_the_time_to_live_and_the_version() {
    let rig = Rig::start().await;
    let arn = rig.channel("door").await;
    let version = info(&rig, &arn).await["Version"].clone();
    let body = json!({
        "ChannelARN": arn, "CurrentVersion": version, "SingleMasterConfiguration": ttl(5.into()),
    });
    let updated = rig.call(UPDATE, &body).await;
    assert_eq!((updated.status.as_u16(), updated.text()), (200, "{}".to_owned()));
    let after = info(&rig, &arn).await;
    assert_eq!(after["SingleMasterConfiguration"], ttl(5.into()));
    assert_ne!(after["Version"], version);
    assert_eq!(after["Version"].as_str().unwrap().len(), 20);
    rig.call(UPDATE, &body).await.error(400, "VersionMismatchException");
}

#[tokio::test]
async fn an_update_that_is_not_right_is_refused() {
    let rig = Rig::start().await;
    for (name, version, configuration, error, culprit) in [
        ("a", json!(null), json!(null), "InvalidArgumentException", "CurrentVersion"),
        ("b", json!("a b"), json!(null), "InvalidArgumentException", "CurrentVersion"),
        ("c", json!(7), json!(null), "SerializationException", "string"),
        ("d", json!("current"), ttl(json!(4)), "InvalidArgumentException", "MessageTtlSeconds"),
        ("e", json!("current"), ttl(json!(-1)), "InvalidArgumentException", "MessageTtlSeconds"),
        ("f", json!("current"), ttl(json!("60")), "SerializationException", "i64"),
        ("g", json!("current"), json!([60]), "SerializationException", "object"),
        ("h", json!("other"), json!(null), "VersionMismatchException", "CurrentVersion"),
    ] {
        let arn = rig.channel(name).await;
        let current = info(&rig, &arn).await["Version"].clone();
        let version = if version == "current" { current } else { version };
        let body = json!({
            "ChannelARN": arn, "CurrentVersion": version,
            "SingleMasterConfiguration": configuration,
        });
        let message = rig.call(UPDATE, &body).await.error(400, error);
        assert!(message.contains(culprit), "{body}: {message}");
    }
    let body = json!({ "CurrentVersion": "1" });
    rig.call(UPDATE, &body).await.error(400, "InvalidArgumentException");
    let body = json!({ "ChannelARN": NOWHERE, "CurrentVersion": "1" });
    rig.call(UPDATE, &body).await.error(404, "ResourceNotFoundException");
}

#[tokio::test]
async fn a_channel_is_deleted_by_its_arn() {
    let rig = Rig::start().await;
    let arn = rig.channel("door").await;
    let body = json!({ "ChannelARN": arn, "CurrentVersion": "other" });
    rig.call(DELETE, &body).await.error(400, "VersionMismatchException");
    let deleted = rig.call(DELETE, &json!({ "ChannelARN": arn })).await;
    assert_eq!((deleted.status.as_u16(), deleted.text()), (200, "{}".to_owned()));
    let gone = rig.call(DESCRIBE, &json!({ "ChannelName": "door" })).await;
    gone.error(404, "ResourceNotFoundException");
    let again = rig.call(DELETE, &json!({ "ChannelARN": arn })).await;
    again.error(404, "ResourceNotFoundException");
    rig.call(DELETE, &json!({})).await.error(400, "InvalidArgumentException");

    let arn = rig.channel("door").await;
    let body = json!({ "ChannelARN": arn, "CurrentVersion": info(&rig, &arn).await["Version"] });
    assert_eq!(rig.call(DELETE, &body).await.status, 200);
}

#[tokio::test]
async fn channels_are_listed_in_pages() {
    let rig = Rig::start().await;
    assert_eq!(rig.call(LIST, &json!({})).await.text(), r#"{"ChannelInfoList":[]}"#);
    let arn = rig.channel("yard-1").await;
    for name in ["yard-3", "door", "yard-2"] {
        rig.channel(name).await;
    }
    let mut body = json!({
        "MaxResults": 2,
        "ChannelNameCondition": { "ComparisonOperator": "BEGINS_WITH", "ComparisonValue": "yard" },
    });
    let first = rig.call(LIST, &body).await.json();
    assert_eq!(first["ChannelInfoList"][0], info(&rig, &arn).await);
    assert_eq!(first["ChannelInfoList"][1]["ChannelName"], "yard-2");
    body["NextToken"] = first["NextToken"].clone();
    assert!(body["NextToken"].is_string());
    let second = rig.call(LIST, &body).await.json();
    assert_eq!(second["ChannelInfoList"].as_array().unwrap().len(), 1);
    assert_eq!(second["ChannelInfoList"][0]["ChannelName"], "yard-3");
    assert!(second.get("NextToken").is_none());

    let all = rig.call(LIST, &json!({ "NextToken": "" })).await.json();
    assert_eq!(all["ChannelInfoList"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_page_that_cannot_be_had_is_refused() {
    let rig = Rig::start().await;
    let condition = |operator: &str, value: &str| {
        json!({ "ChannelNameCondition":
            { "ComparisonOperator": operator, "ComparisonValue": value } })
    };
    for (body, culprit) in [
        (json!({ "MaxResults": 0 }), "MaxResults"),
        (json!({ "MaxResults": -1 }), "MaxResults"),
        (json!({ "MaxResults": 10_001 }), "MaxResults"),
        (json!({ "NextToken": "bm90aGluZw==" }), "NextToken"),
        (json!({ "NextToken": "?" }), "NextToken"),
        (condition("EQUALS", "x"), "ComparisonOperator"),
        (condition("BEGINS_WITH", "a b"), "ComparisonValue"),
        (condition("BEGINS_WITH", ""), "ComparisonValue"),
    ] {
        let message = rig.call(LIST, &body).await.error(400, "InvalidArgumentException");
        assert!(message.contains(culprit), "{body}: {message}");
    }
    let wrong = rig.call(LIST, &json!({ "MaxResults": "2" })).await;
    wrong.error(400, "SerializationException");
}

#[tokio::test]
async fn members_come_in_the_order_that_the_service_has_them() {
    let rig = Rig::start().await;
    rig.channel("door").await;
    let text = rig.call(DESCRIBE, &json!({ "ChannelName": "door" })).await.text();
    let members: Vec<_> = [
        "ChannelARN",
        "ChannelName",
        "ChannelStatus",
        "ChannelType",
        "CreationTime",
        "SingleMasterConfiguration",
        "Version",
    ]
    .iter()
    .map(|member| text.find(&format!(r#""{member}":"#)).unwrap())
    .collect();
    assert!(members.is_sorted(), "{text}");
    assert!(!text.contains(": "), "{text}");
}
