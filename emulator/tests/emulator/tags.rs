//! Tags: in as lists, out as maps.

use serde_json::{Value, json};

use crate::rig::Rig;

const TAG: &str = "/TagResource";
const UNTAG: &str = "/UntagResource";
const LIST: &str = "/ListTagsForResource";

#[tokio::test]
async fn channels_and_streams_are_tagged_and_untagged() {
    let rig = Rig::start().await;
    let channel = json!({ "ChannelName": "door", "Tags": [{ "Key": "a", "Value": "0" }] });
    let channel = rig.call("/createSignalingChannel", &channel).await.json()["ChannelARN"].clone();
    let stream = json!({ "StreamName": "yard", "Tags": { "a": "0" } });
    let stream = rig.call("/createStream", &stream).await.json()["StreamARN"].clone();
    for arn in [channel, stream] {
        let of = |body: Value| {
            let mut body = body;
            body["ResourceARN"] = arn.clone();
            body
        };
        assert_eq!(rig.call(LIST, &of(json!({}))).await.text(), r#"{"Tags":{"a":"0"}}"#);
        let more = json!([{ "Key": "a", "Value": "vidéo" }, { "Key": "b", "Value": "" }]);
        assert_eq!(rig.call(TAG, &of(json!({ "Tags": more }))).await.text(), "{}");
        let tagged = rig.call(LIST, &of(json!({}))).await.json();
        assert_eq!(tagged, json!({ "Tags": { "a": "vidéo", "b": "" } }));
        let keys = json!({ "TagKeyList": ["a", "not there"] });
        assert_eq!(rig.call(UNTAG, &of(keys)).await.text(), "{}");
        let untagged = rig.call(LIST, &of(json!({ "NextToken": "" }))).await.json();
        assert_eq!(untagged, json!({ "Tags": { "b": "" } }));
    }
}

#[tokio::test]
async fn tags_that_are_not_right_are_refused() {
    let rig = Rig::start().await;
    let tag = |key: Value, value: Value| json!({ "Tags": [{ "Key": key, "Value": value }] });
    let many: Vec<_> = (0..51).map(|n| json!({ "Key": format!("k{n}"), "Value": "" })).collect();
    for (n, (path, mut body, error)) in [
        (TAG, json!({}), "InvalidArgumentException"),
        (TAG, json!({ "Tags": [] }), "InvalidArgumentException"),
        (TAG, json!({ "Tags": [{ "Key": "a" }] }), "InvalidArgumentException"),
        (TAG, tag("aws:a".into(), "".into()), "InvalidArgumentException"),
        (TAG, tag("a;b".into(), "".into()), "InvalidArgumentException"),
        (TAG, tag("a".into(), "x".repeat(257).into()), "InvalidArgumentException"),
        (TAG, tag("a".into(), 7.into()), "SerializationException"),
        (TAG, json!({ "Tags": { "a": "1" } }), "SerializationException"),
        (TAG, json!({ "Tags": [["a", "1"]] }), "SerializationException"),
        (TAG, json!({ "Tags": many }), "TagsPerResourceExceededLimitException"),
        (UNTAG, json!({}), "InvalidArgumentException"),
        (UNTAG, json!({ "TagKeyList": [] }), "InvalidArgumentException"),
        (UNTAG, json!({ "TagKeyList": [""] }), "InvalidArgumentException"),
        (LIST, json!({ "NextToken": "MS94" }), "InvalidArgumentException"),
    ]
    .into_iter()
    .enumerate()
    {
        body["ResourceARN"] = rig.channel(&format!("c{n}")).await.into();
        rig.call(path, &body).await.error(400, error);
    }
}

#[tokio::test]
async fn a_resource_gets_fifty_tags_and_no_more() {
    let rig = Rig::start().await;
    let arn = rig.channel("door").await;
    let tags = |start: &str, count: usize| {
        let one = |n| json!({ "Key": format!("{start}{n}"), "Value": "" });
        let tags: Vec<_> = (0..count).map(one).collect();
        json!({ "ResourceARN": arn, "Tags": tags })
    };
    assert_eq!(rig.call(TAG, &tags("a", 50)).await.status, 200);
    let more = rig.call(TAG, &tags("b", 1)).await;
    more.error(400, "TagsPerResourceExceededLimitException");
    assert_eq!(rig.call(TAG, &tags("a", 50)).await.status, 200);
}

#[tokio::test]
async fn tags_of_what_is_not_there_are_not_found() {
    let rig = Rig::start().await;
    let arn = "arn:aws:kinesisvideo:us-west-2:000000000000:stream/none/1700000000000";
    let tags = json!([{ "Key": "a", "Value": "" }]);
    for (path, mut body) in
        [(TAG, json!({ "Tags": tags })), (UNTAG, json!({ "TagKeyList": ["a"] })), (LIST, json!({}))]
    {
        rig.call(path, &body).await.error(400, "InvalidArgumentException");
        body["ResourceARN"] = arn.into();
        rig.call(path, &body).await.error(404, "ResourceNotFoundException");
        body["ResourceARN"] = arn.replace("stream", "device").into();
        rig.call(path, &body).await.error(400, "InvalidArgumentException");
    }
}
