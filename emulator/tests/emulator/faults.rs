//! Each fault, as a real client sees it.

use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::{Value, json};

use crate::{
    rig::{Rig, Socket, lenient, soon},
    signer::Signer,
};

fn message(action: &str, payload: &str) -> Value {
    json!({ "action": action, "messagePayload": payload })
}

/// What a viewer sends arrives as these payloads.
async fn payloads<const N: usize>(master: &mut Socket) -> [String; N] {
    let mut all = [const { String::new() }; N];
    for payload in &mut all {
        *payload = master.frame().await["messagePayload"].as_str().unwrap().to_owned();
    }
    all
}

async fn pair(rig: &Rig) -> (Socket, Socket) {
    let arn = rig.channel("demo").await;
    (rig.master(&arn).await, rig.viewer(&arn, "v1").await)
}

#[tokio::test]
async fn an_upgrade_is_refused_as_asked_for() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    for (spec, status, name) in [
        ("refuse-upgrade,times=1", 403, "AccessDeniedException"),
        ("refuse-upgrade,status=400,times=1", 400, "InvalidArgumentException"),
        ("refuse-upgrade,status=404,times=1", 404, "ResourceNotFoundException"),
        ("refuse-upgrade,status=500,times=1", 500, "InternalFailureException"),
        ("refuse-upgrade,status=400,error=OddException,times=1", 400, "OddException"),
        ("throttle,clientId=v*,times=1", 400, "ClientLimitExceededException"),
    ] {
        rig.fault(spec).await;
        let refused = rig.try_open(&arn, Some("v1")).await.err().unwrap();
        refused.error(status, name);
        rig.viewer(&arn, "v1").await;
    }
    rig.fault("refuse-upgrade,role=master").await;
    rig.viewer(&arn, "v1").await;
    assert!(rig.try_open(&arn, None).await.is_err());
}

/// Waits until the one fault was hit so often.
async fn hits(rig: &Rig, times: u64) {
    soon(async {
        while rig.told(Method::GET, "faults", &Value::Null).await["faults"][0]["hits"] != times {}
    })
    .await;
}

#[tokio::test]
async fn an_upgrade_that_hangs_hinders_nobody_and_ends_with_the_emulator() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    rig.fault("hang-upgrade,clientId=stuck").await;
    let stuck = async { rig.try_open(&arn, Some("stuck")).await.is_ok() };
    let others = async {
        // The fault is hit once the other waits.
        hits(&rig, 1).await;
        let _free = rig.viewer(&arn, "free").await;
        let state = rig.told(Method::GET, "state", &Value::Null).await;
        assert_eq!(state["hub"]["connections"], 1, "it has no place");
    };
    tokio::select! {
        answered = stuck => panic!("it was answered: {answered}"),
        () = others => {}
    }
    let url = Signer::new().presign(&rig.socket_url(&arn, Some("stuck")));
    let stuck = tokio::spawn(async move { Socket::open(&url).await.err() });
    hits(&rig, 2).await;
    let started = Instant::now();
    rig.stop().await;
    assert!(started.elapsed() < Duration::from_secs(15));
    let answer = stuck.await.unwrap();
    assert_eq!(answer.unwrap().status.as_u16(), 503);
}

#[tokio::test]
async fn calls_are_refused_throttled_and_delayed() {
    let rig = Rig::start().await;
    rig.channel("demo").await;
    let describe = "/describeSignalingChannel";
    let body = json!({ "ChannelName": "demo" });
    rig.fault("refuse-call,operation=DescribeSignalingChannel,times=1").await;
    rig.call(describe, &body).await.error(500, "InternalFailureException");
    rig.fault("refuse-call,status=404,error=ResourceNotFoundException,times=1").await;
    rig.call(describe, &body).await.error(404, "ResourceNotFoundException");
    rig.fault("throttle,operation=DescribeSignalingChannel,times=1").await;
    rig.call(describe, &body).await.error(400, "ClientLimitExceededException");
    rig.fault("delay-call,millis=300,times=1").await;
    let started = Instant::now();
    assert_eq!(rig.call(describe, &body).await.status.as_u16(), 200);
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn latency_is_everybodys() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    rig.told(Method::PUT, "settings", &json!({ "latencyMillis": 200 })).await;
    let started = Instant::now();
    rig.call("/describeSignalingChannel", &json!({ "ChannelName": "demo" })).await;
    assert!(started.elapsed() >= Duration::from_millis(200));
    rig.viewer(&arn, "v1").await;
    assert!(started.elapsed() >= Duration::from_millis(400));
}

#[tokio::test]
async fn a_message_is_lost_comes_twice_or_is_throttled() {
    let rig = Rig::start().await;
    let (mut master, mut viewer) = pair(&rig).await;
    rig.fault("drop,message=ICE_CANDIDATE,times=1").await;
    for payload in ["AAAA", "BBBB"] {
        viewer.send(&message("ICE_CANDIDATE", payload)).await;
        assert_eq!(viewer.text().await, "", "who loses a message is not told");
    }
    assert_eq!(payloads::<1>(&mut master).await, ["BBBB"]);
    rig.fault("duplicate,role=viewer,times=1").await;
    viewer.send(&message("SDP_OFFER", "CCCC")).await;
    assert_eq!(payloads::<2>(&mut master).await, ["CCCC", "CCCC"]);
    rig.fault("throttle,message=SDP_OFFER,times=1").await;
    let mut offer = message("SDP_OFFER", "DDDD");
    offer["correlationId"] = json!("c-1");
    viewer.send(&offer).await;
    let report = viewer.frame().await;
    assert_eq!(report["messageType"], "STATUS_RESPONSE");
    assert_eq!(report["statusResponse"]["errorType"], "ClientLimitExceededException");
}

#[tokio::test]
async fn a_message_comes_late_or_is_overtaken() {
    let rig = Rig::start().await;
    let (mut master, mut viewer) = pair(&rig).await;
    rig.fault("delay,millis=300,message=SDP_OFFER,times=1").await;
    let started = Instant::now();
    viewer.send(&message("SDP_OFFER", "AAAA")).await;
    viewer.send(&message("ICE_CANDIDATE", "BBBB")).await;
    assert_eq!(payloads::<2>(&mut master).await, ["BBBB", "AAAA"]);
    assert!(started.elapsed() >= Duration::from_millis(300));
    rig.told(Method::DELETE, "faults", &Value::Null).await;
    rig.fault("reorder,hold=2,times=1").await;
    for payload in ["AAAA", "BBBB", "CCCC", "DDDD"] {
        viewer.send(&message("ICE_CANDIDATE", payload)).await;
    }
    assert_eq!(payloads::<4>(&mut master).await, ["BBBB", "CCCC", "AAAA", "DDDD"]);
}

#[tokio::test]
async fn a_fault_can_be_there_from_the_start() {
    let mut config = lenient();
    let fault = kvs_emulator::FaultSpec::parse("refuse-upgrade,channel=demo,skip=1,times=1");
    config.behaviour.faults = vec![fault.unwrap()];
    let rig = Rig::with(config).await;
    let arn = rig.channel("demo").await;
    rig.viewer(&arn, "v1").await;
    rig.try_open(&arn, Some("v1")).await.err().unwrap().error(403, "AccessDeniedException");
    rig.viewer(&arn, "v1").await;
}
