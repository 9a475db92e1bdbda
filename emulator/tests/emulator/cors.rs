//! Calls from pages of other origins.

use hyper::Method;
use kvs_emulator::{Hosts, Tls};
use serde_json::json;

use crate::{reach::config, rig::Rig};

#[tokio::test]
async fn a_preflight_allows_what_sdks_send_and_is_remembered() {
    let rig = Rig::start().await;
    let headers = [
        ("origin", "https://example.com"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type,x-amz-date"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let answer = rig.send(Method::OPTIONS, "/describeSignalingChannel", &headers, "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-amzn-requestid").len(), 36);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(answer.header("access-control-allow-methods").contains("POST"));
    assert_eq!(answer.header("access-control-max-age"), "7200");
    let allowed: Vec<_> = answer.header("access-control-allow-headers").split(',').collect();
    for header in [
        "authorization",
        "content-type",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-content-sha256",
        "x-amz-user-agent",
        "amz-sdk-invocation-id",
        "amz-sdk-request",
    ] {
        assert!(allowed.contains(&header), "{header}");
    }
}

#[tokio::test]
async fn answers_and_errors_can_be_read_by_any_origin() {
    let rig = Rig::start().await;
    let good = rig.call("/createSignalingChannel", &json!({ "ChannelName": "demo" })).await;
    let refused = rig.send(Method::POST, "/createSignalingChannel", &[], "{}").await;
    let unknown = rig.send(Method::POST, "/nothing", &[], "{}").await;
    for answer in [good, refused, unknown] {
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let exposed: Vec<_> = answer.header("access-control-expose-headers").split(',').collect();
        for header in ["date", "x-amzn-requestid", "x-amzn-errortype", "x-amzn-errormessage"] {
            assert!(exposed.contains(&header), "{header}");
        }
    }
}

#[tokio::test]
async fn hosts_of_their_own_answer_preflights_too() {
    let rig = Rig::with(config(Tls::Off, Hosts::Names("kvs.test".to_owned()))).await;
    for host in ["kvs.test", "kinesisvideo.us-west-2.kvs.test"] {
        let headers = [("host", host), ("origin", "https://example.com")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let answer = rig.send(Method::OPTIONS, "/describeSignalingChannel", &headers, "").await;
        assert_eq!(answer.status, 200, "{host}");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{host}");
    }
}
