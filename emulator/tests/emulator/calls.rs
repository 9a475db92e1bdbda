//! The service's calls: what they answer and what they refuse.

use serde_json::{Value, json};

use crate::rig::Rig;

const CREATE: &str = "/createSignalingChannel";
const DESCRIBE: &str = "/describeSignalingChannel";
const ENDPOINT: &str = "/getSignalingChannelEndpoint";
const ICE: &str = "/v1/get-ice-server-config";

#[tokio::test]
async fn a_channel_is_created_and_described() {
    let rig = Rig::start().await;
    let body = json!({
        "ChannelName": "demo-channel",
        "ChannelType": "SINGLE_MASTER",
        "SingleMasterConfiguration": { "MessageTtlSeconds": 30 },
        "Tags": [{ "Key": "team", "Value": "vidéo 1" }],
    });
    let created = rig.call(CREATE, &body).await;
    assert_eq!(created.status, 200);
    assert_eq!(created.header("content-type"), "application/json");
    assert_eq!(created.header("x-amzn-requestid").len(), 36);
    assert!(!created.header("date").is_empty());
    let arn = created.json()["ChannelARN"].as_str().unwrap().to_owned();
    let made = arn
        .strip_prefix("arn:aws:kinesisvideo:us-west-2:000000000000:channel/demo-channel/")
        .unwrap();
    assert!(made.len() == 13 && made.bytes().all(|b| b.is_ascii_digit()), "{arn}");

    for key in [json!({ "ChannelName": "demo-channel" }), json!({ "ChannelARN": arn })] {
        let described = rig.call(DESCRIBE, &key).await;
        assert_eq!(described.status, 200);
        let info = &described.json()["ChannelInfo"];
        assert_eq!(info["ChannelARN"], *arn);
        assert_eq!(info["ChannelName"], "demo-channel");
        assert_eq!(info["ChannelStatus"], "ACTIVE");
        assert_eq!(info["ChannelType"], "SINGLE_MASTER");
        assert_eq!(info["SingleMasterConfiguration"]["MessageTtlSeconds"], 30);
        assert_eq!(info["CreationTime"].as_f64().unwrap(), made.parse::<f64>().unwrap() / 1000.0);
        let version = info["Version"].as_str().unwrap();
        assert!(version.len() == 20 && version.bytes().all(|b| b.is_ascii_alphanumeric()));
    }
}

#[tokio::test]
async fn a_bad_channel_is_not_created() {
    let rig = Rig::start().await;
    let tags = |n: usize| (0..n).map(|i| json!({"Key": format!("k{i}"), "Value": ""})).collect();
    let too_many: Vec<Value> = tags(51);
    for (body, culprit) in [
        (json!({}), "ChannelName"),
        (json!({ "ChannelName": null }), "ChannelName"),
        (json!({ "ChannelName": "" }), "ChannelName"),
        (json!({ "ChannelName": "demo channel" }), "ChannelName"),
        (json!({ "ChannelName": "x".repeat(257) }), "ChannelName"),
        (json!({ "ChannelName": "x", "ChannelType": "FULL_MESH" }), "ChannelType"),
        (
            json!({
                "ChannelName": "x", "SingleMasterConfiguration": { "MessageTtlSeconds": 121 },
            }),
            "MessageTtlSeconds",
        ),
        (json!({ "ChannelName": "x", "Tags": [{ "Key": "aws:x", "Value": "" }] }), "Tags"),
        (json!({ "ChannelName": "x", "Tags": [{ "Key": "", "Value": "" }] }), "Tags"),
        (json!({ "ChannelName": "x", "Tags": [{ "Key": "a;b", "Value": "" }] }), "Tags"),
    ] {
        let message = rig.call(CREATE, &body).await.error(400, "InvalidArgumentException");
        assert!(message.contains(culprit), "{body}: {message}");
    }
    let body = json!({ "ChannelName": "x", "Tags": too_many });
    rig.call(CREATE, &body).await.error(400, "TagsPerResourceExceededLimitException");
    rig.channel("x").await;
    let again = rig.call(CREATE, &json!({ "ChannelName": "x" })).await;
    assert!(again.error(400, "ResourceInUseException").contains('x'));
    assert!(again.json()["Message"].is_string(), "the service's errors say Message");
}

#[tokio::test]
async fn a_channel_that_is_not_there_is_not_described() {
    let rig = Rig::start().await;
    let none = rig.call(DESCRIBE, &json!({ "ChannelName": "none" })).await;
    none.error(404, "ResourceNotFoundException");
    let arn = "arn:aws:kinesisvideo:us-west-2:000000000000:channel/none/1700000000000";
    for path in [DESCRIBE, ENDPOINT, ICE] {
        let none = rig.call(path, &json!({ "ChannelARN": arn })).await;
        none.error(404, "ResourceNotFoundException");
        let bad = rig.call(path, &json!({ "ChannelARN": "arn:aws:s3:::x" })).await;
        bad.error(400, "InvalidArgumentException");
        rig.call(path, &json!({})).await.error(400, "InvalidArgumentException");
    }
}

#[tokio::test]
async fn endpoints_are_told_apart_by_role_and_lead_back_to_the_emulator() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo-channel").await;
    let mut sockets = Vec::new();
    for role in ["MASTER", "VIEWER"] {
        let answer = rig
            .call(
                ENDPOINT,
                &json!({
                    "ChannelARN": arn,
                    "SingleMasterChannelEndpointConfiguration":
                        { "Protocols": ["WSS", "HTTPS"], "Role": role },
                }),
            )
            .await;
        let endpoints = answer.json()["ResourceEndpointList"].clone();
        let of = |protocol: &str| {
            let list = endpoints.as_array().unwrap();
            let found = list.iter().find(|entry| entry["Protocol"] == protocol).unwrap();
            found["ResourceEndpoint"].as_str().unwrap().to_owned()
        };
        assert_eq!(of("HTTPS"), format!("http://{}", rig.host));
        assert!(of("WSS").starts_with(&format!("ws://{}/", rig.host)), "{}", of("WSS"));
        assert!(!of("WSS").contains('?'));
        sockets.push(of("WSS"));
    }
    assert_ne!(sockets[0], sockets[1]);
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_had_is_refused() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo-channel").await;
    for configuration in [
        json!({ "Protocols": ["WSS", "WEBRTC"], "Role": "MASTER" }),
        json!({ "Protocols": ["SMTP"], "Role": "MASTER" }),
        json!({ "Protocols": [], "Role": "MASTER" }),
        json!({ "Protocols": ["WSS", "WSS", "WSS", "WSS", "WSS", "WSS"], "Role": "MASTER" }),
        json!({ "Protocols": ["WSS"], "Role": "GUEST" }),
    ] {
        let body = json!({
            "ChannelARN": arn, "SingleMasterChannelEndpointConfiguration": configuration,
        });
        rig.call(ENDPOINT, &body).await.error(400, "InvalidArgumentException");
    }
}

#[tokio::test]
async fn ice_servers_have_the_services_shape() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo-channel").await;
    let body = json!({ "ChannelARN": arn, "ClientId": "ProducerMaster", "Service": "TURN" });
    let answer = rig.call(ICE, &body).await.json();
    let servers = answer["IceServerList"].as_array().unwrap();
    assert!((1..=2).contains(&servers.len()));
    for server in servers {
        assert_eq!(server["Ttl"], 300);
        assert_eq!(server["Password"].as_str().unwrap().len(), 44);
        assert_eq!(
            server["Uris"],
            json!([
                format!("turn:{}?transport=udp", rig.turn),
                format!("turn:{}?transport=tcp", rig.turn)
            ])
        );
        assert!(server["Username"].as_str().unwrap().contains(':'));
    }
    for bad in [
        json!({ "ChannelARN": arn, "ClientId": "" }),
        json!({ "ChannelARN": arn, "ClientId": "a b" }),
        json!({ "ChannelARN": arn, "Username": "x".repeat(257) }),
        json!({ "ChannelARN": arn, "Service": "STUN" }),
    ] {
        rig.call(ICE, &bad).await.error(400, "InvalidArgumentException");
    }
}

#[tokio::test]
async fn what_is_no_call_is_refused() {
    let rig = Rig::start().await;
    let signer = crate::signer::Signer::new();
    for path in ["/", "/DescribeSignalingChannel", "/describeSignalingChannel/", "/deleteThing"] {
        rig.call(path, &json!({})).await.error(404, "UnknownOperationException");
    }
    for body in [
        "",
        "{",
        "[]",
        "[\"x\", null]",
        "7",
        "{\"ChannelName\":7}",
        "{\"ChannelName\":\"x\"}{}",
        "{\"ChannelName\":\"x\",\"ChannelName\":\"x\"}",
    ] {
        let answer = rig.call_as(&signer, DESCRIBE, body).await;
        answer.error(400, "SerializationException");
    }
    let huge = json!({ "ChannelName": "x".repeat(300_000) });
    rig.call(DESCRIBE, &huge).await.error(413, "RequestEntityTooLargeException");
    assert_eq!(rig.send(hyper::Method::PUT, DESCRIBE, &[], "").await.status, 405);
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let rig = Rig::start().await;
    let long = [("x-long".to_owned(), "x".repeat(64 * 1024))];
    assert_eq!(rig.send(hyper::Method::POST, DESCRIBE, &long, "").await.status, 431);
    let many: Vec<_> = (0..100).map(|n| (format!("x-{n}"), String::new())).collect();
    assert_eq!(rig.send(hyper::Method::POST, DESCRIBE, &many, "").await.status, 431);
}
