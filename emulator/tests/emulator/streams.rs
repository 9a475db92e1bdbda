//! CreateStream, DescribeStream, DeleteStream and ListStreams.

use serde_json::json;

use crate::rig::Rig;

const CREATE: &str = "/createStream";
const DESCRIBE: &str = "/describeStream";
const DELETE: &str = "/deleteStream";
const LIST: &str = "/listStreams";

#[tokio::test]
async fn a_stream_is_created_described_listed_and_deleted() {
    let rig = Rig::start().await;
    let body = json!({
        "StreamName": "yard", "DataRetentionInHours": 24, "DeviceName": "cam-1",
        "MediaType": "video/h264", "Tags": { "team": "video" },
        "StreamStorageConfiguration": { "DefaultStorageTier": "HOT" },
    });
    let created = rig.call(CREATE, &body).await;
    assert_eq!(created.status, 200, "{}", created.text());
    let arn = created.json()["StreamARN"].as_str().unwrap().to_owned();
    let made =
        arn.strip_prefix("arn:aws:kinesisvideo:us-west-2:000000000000:stream/yard/").unwrap();
    for key in [json!({ "StreamName": "yard" }), json!({ "StreamARN": arn })] {
        let info = rig.call(DESCRIBE, &key).await.json()["StreamInfo"].clone();
        assert_eq!(info["CreationTime"].as_f64().unwrap(), made.parse::<f64>().unwrap() / 1000.0);
        assert_eq!(info["Version"].as_str().unwrap().len(), 20);
        for (member, value) in [
            ("DataRetentionInHours", json!(24)),
            ("DeviceName", json!("cam-1")),
            ("KmsKeyId", json!("arn:aws:kms:us-west-2:000000000000:alias/aws/kinesisvideo")),
            ("MediaType", json!("video/h264")),
            ("Status", json!("ACTIVE")),
            ("StreamARN", json!(arn)),
            ("StreamName", json!("yard")),
        ] {
            assert_eq!(info[member], value, "{member}");
        }
    }
    rig.call(CREATE, &json!({ "StreamName": "door" })).await;
    let condition = json!({ "ComparisonOperator": "BEGINS_WITH", "ComparisonValue": "y" });
    let list = rig.call(LIST, &json!({ "StreamNameCondition": condition })).await.json();
    assert_eq!(list["StreamInfoList"][0]["StreamARN"], *arn);
    assert_eq!(list["StreamInfoList"].as_array().unwrap().len(), 1);
    let page = rig.call(LIST, &json!({ "MaxResults": 1 })).await.json();
    let body = json!({ "MaxResults": 1, "NextToken": page["NextToken"] });
    let next = rig.call(LIST, &body).await.json();
    assert_eq!(next["StreamInfoList"][0]["StreamName"], "yard");
    assert!(next.get("NextToken").is_none());

    let body = json!({ "StreamARN": arn, "CurrentVersion": "other" });
    rig.call(DELETE, &body).await.error(400, "VersionMismatchException");
    let deleted = rig.call(DELETE, &json!({ "StreamARN": arn })).await;
    assert_eq!((deleted.status.as_u16(), deleted.text()), (200, "{}".to_owned()));
    let gone = rig.call(DELETE, &json!({ "StreamARN": arn })).await;
    gone.error(404, "ResourceNotFoundException");
}

#[tokio::test]
async fn a_bad_stream_is_not_created() {
    let rig = Rig::start().await;
    for (body, culprit) in [
        (json!({}), "StreamName"),
        (json!({ "StreamName": "a b" }), "StreamName"),
        (json!({ "StreamName": "x", "DataRetentionInHours": -1 }), "DataRetentionInHours"),
        (json!({ "StreamName": "x", "DeviceName": "a b" }), "DeviceName"),
        (json!({ "StreamName": "x", "MediaType": "video" }), "MediaType"),
        (json!({ "StreamName": "x", "KmsKeyId": "" }), "KmsKeyId"),
        (json!({ "StreamName": "x", "Tags": {} }), "Tags"),
        (json!({ "StreamName": "x", "Tags": { "aws:x": "" } }), "Tags"),
        (json!({ "StreamName": "x", "StreamStorageConfiguration": {} }), "DefaultStorageTier"),
        (
            json!({
                "StreamName": "x", "StreamStorageConfiguration": { "DefaultStorageTier": "COLD" },
            }),
            "DefaultStorageTier",
        ),
    ] {
        let message = rig.call(CREATE, &body).await.error(400, "InvalidArgumentException");
        assert!(message.contains(culprit), "{body}: {message}");
    }
    let list = json!({ "StreamName": "x", "Tags": [{ "Key": "a", "Value": "" }] });
    rig.call(CREATE, &list).await.error(400, "SerializationException");
    let tags: serde_json::Map<_, _> = (0..51).map(|n| (format!("k{n}"), json!(""))).collect();
    let many = rig.call(CREATE, &json!({ "StreamName": "x", "Tags": tags })).await;
    many.error(400, "TagsPerResourceExceededLimitException");
    assert_eq!(rig.call(CREATE, &json!({ "StreamName": "x" })).await.status, 200);
    let again = rig.call(CREATE, &json!({ "StreamName": "x" })).await;
    again.error(400, "ResourceInUseException");
}

#[tokio::test]
async fn a_stream_that_is_not_there_is_not_found() {
    let rig = Rig::start().await;
    let channel = rig.channel("x").await;
    let arn = channel.replace("channel/", "stream/");
    for path in [DESCRIBE, DELETE, "/describeMappedResourceConfiguration"] {
        let none = rig.call(path, &json!({ "StreamARN": arn })).await;
        none.error(404, "ResourceNotFoundException");
        let other = rig.call(path, &json!({ "StreamARN": channel })).await;
        other.error(400, "InvalidArgumentException");
        rig.call(path, &json!({})).await.error(400, "InvalidArgumentException");
    }
    for body in [json!({ "MaxResults": 0 }), json!({ "NextToken": "?" })] {
        rig.call(LIST, &body).await.error(400, "InvalidArgumentException");
    }
}
