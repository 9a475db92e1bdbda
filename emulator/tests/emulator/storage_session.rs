//! Storage sessions, with media that really flow.

use hyper::Method;
use serde_json::{Value, json};

use crate::{
    media_peer::{MediaPeer, channel_with_storage, join, message, payload, try_join},
    rig::{Rig, Socket, soon},
};

/// Who is in storage sessions.
async fn peers(rig: &Rig) -> Vec<Value> {
    let told = rig.told(Method::GET, "storage", &Value::Null).await;
    told["peers"].as_array().unwrap().clone()
}

/// Looks again until it is so.
async fn until(rig: &Rig, so: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    soon(async {
        loop {
            let peers = peers(rig).await;
            if so(&peers) {
                return peers;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

async fn speed_up(rig: &Rig, scale: f64) {
    rig.told(Method::PUT, "clock", &json!({ "timeScale": scale })).await;
}

/// A master whose media flow.
async fn master(rig: &Rig, channel: &str) -> MediaPeer {
    let socket = rig.master(channel).await;
    join(rig, channel, None).await;
    let mut peer = MediaPeer::answer(socket).await;
    peer.until(|seen| seen.connected).await;
    peer
}

async fn viewer(rig: &Rig, channel: &str, id: &str) -> MediaPeer {
    let socket = rig.viewer(channel, id).await;
    join(rig, channel, Some(id)).await;
    let mut peer = MediaPeer::answer(socket).await;
    peer.until(|seen| seen.connected).await;
    peer
}

/// Somebody who has been offered something, and what.
async fn offered(rig: &Rig, channel: &str, id: Option<&str>) -> (Socket, Value) {
    let mut socket = match id {
        None => rig.master(channel).await,
        Some(id) => rig.viewer(channel, id).await,
    };
    join(rig, channel, id).await;
    let offer = payload(&mut socket, "SDP_OFFER").await;
    (socket, offer)
}

#[tokio::test]
async fn an_offer_and_candidates_come_over_the_socket() {
    let rig = Rig::start().await;
    let channel = channel_with_storage(&rig, "door").await;
    let (mut master, offer) = offered(&rig, &channel, None).await;
    let sdp = offer["sdp"].as_str().unwrap();
    assert_eq!(offer["type"], "offer");
    for part in ["m=audio", "opus/48000", "m=video", "H264/90000", "a=recvonly"] {
        assert!(sdp.contains(part), "{part}: {sdp}");
    }
    assert!(!sdp.contains("m=application") && !sdp.contains("a=candidate"), "{sdp}");
    assert!(sdp.find("H264") < sdp.find("VP8"), "{sdp}");
    let candidate = payload(&mut master, "ICE_CANDIDATE").await;
    assert!(candidate["candidate"].as_str().unwrap().contains("127.0.0.1"), "{candidate}");
    assert_eq!((&candidate["sdpMLineIndex"], candidate.get("sdpMid")), (&json!(0), None));
    let (_viewer, offer) = offered(&rig, &channel, Some("v1")).await;
    assert!(offer["sdp"].as_str().unwrap().contains("a=sendonly"), "{offer}");
    let states: Vec<_> = peers(&rig).await.iter().map(|peer| peer["state"].clone()).collect();
    assert_eq!(states, ["offered", "offered"]);
}

#[tokio::test]
async fn what_the_master_sends_is_counted_and_reaches_viewers() {
    let rig = Rig::start().await;
    let channel = channel_with_storage(&rig, "door").await;
    let mut master = master(&rig, &channel).await;
    let (mut first, mut second) =
        (viewer(&rig, &channel, "v1").await, viewer(&rig, &channel, "v2").await);
    for viewer in [&mut first, &mut second] {
        viewer.until(|seen| seen.video >= 10 && seen.audio >= 10).await;
    }
    master.until(|seen| seen.pictures > 0).await;
    let many = |flow: &Value| flow["frames"].as_u64().unwrap() >= 10;
    let found = until(&rig, |peers| many(&peers[0]["received"]["video"])).await;
    assert_eq!(found.len(), 3);
    let (master, viewer) = (&found[0], &found[1]);
    assert_eq!((&master["role"], &master["state"]), (&json!("master"), &json!("connected")));
    assert!(many(&master["received"]["audio"]), "{master}");
    assert_eq!(master["sent"]["video"]["frames"], 0);
    assert_eq!((&viewer["clientId"], &viewer["state"]), (&json!("v1"), &json!("connected")));
    assert!(many(&viewer["sent"]["video"]) && many(&viewer["sent"]["audio"]), "{viewer}");
    let bytes = |count: &Value| count["bytes"].as_u64().unwrap();
    assert!(bytes(&viewer["sent"]["video"]) >= 10 * bytes(&json!({ "bytes": 14 })), "{viewer}");
    let state = rig.told(Method::GET, "state", &Value::Null).await;
    assert_eq!(state["storage"].as_array().unwrap().len(), 3);
    rig.stop().await;
    first.until(|seen| seen.gone).await;
}

#[tokio::test]
async fn an_answer_that_breaks_the_rules_is_refused_and_ends_the_attempt() {
    let rig = Rig::start().await;
    let channel = channel_with_storage(&rig, "door").await;
    let video = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=sendonly\r\n";
    let audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\n";
    let data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n";
    let start = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    for (id, sdp) in [
        (None, "no description".to_owned()),
        (None, format!("{start}{video}")),
        (None, format!("{start}{audio}")),
        (None, format!("{start}{audio}{video}{data}")),
        (Some("v1"), format!("{start}{audio}{video}")),
    ] {
        let (mut socket, _) = offered(&rig, &channel, id).await;
        let answer = json!({ "type": "answer", "sdp": sdp });
        socket.send(&message("SDP_ANSWER", &answer)).await;
        let told = loop {
            let frame = socket.frame().await;
            if frame["messageType"] == "STATUS_RESPONSE" {
                break frame["statusResponse"].clone();
            }
        };
        assert_eq!((&told["correlationId"], &told["statusCode"]), (&json!("c-1"), &json!("400")));
        assert_eq!(told["errorType"], "InvalidArgumentException");
        until(&rig, |peers| peers.is_empty()).await;
    }
}

#[tokio::test]
async fn the_newest_master_wins_and_viewers_go_on_with_it() {
    let rig = Rig::start().await;
    let channel = channel_with_storage(&rig, "door").await;
    let mut old = master(&rig, &channel).await;
    let mut viewer = viewer(&rig, &channel, "v1").await;
    viewer.until(|seen| seen.video > 0).await;
    let _new = master(&rig, &channel).await;
    old.until(|seen| seen.gone).await;
    let before = viewer.until(|_| true).await.video;
    viewer.until(|seen| seen.video > before + 10).await;
    let masters = until(&rig, |peers| peers.len() == 2).await;
    assert_eq!(masters.iter().filter(|peer| peer["role"] == "master").count(), 1);
}

#[tokio::test]
async fn a_fourth_viewer_is_refused() {
    let rig = Rig::start().await;
    let channel = channel_with_storage(&rig, "door").await;
    let mut sockets = Vec::new();
    for id in ["v1", "v2", "v3"] {
        sockets.push(offered(&rig, &channel, Some(id)).await.0);
    }
    sockets.push(rig.viewer(&channel, "v4").await);
    let refused = try_join(&rig, &channel, Some("v4")).await;
    let message = refused.error(400, "ClientLimitExceededException");
    assert!(message.contains("maximum number of viewers"), "{message}");
    join(&rig, &channel, Some("v3")).await;
    payload(&mut sockets[2], "SDP_OFFER").await;
}

#[tokio::test]
async fn a_session_ends_by_its_time_and_with_its_storage() {
    let rig = Rig::start().await;
    let channel = channel_with_storage(&rig, "door").await;
    let mut master = master(&rig, &channel).await;
    let mut viewer = viewer(&rig, &channel, "v1").await;
    speed_up(&rig, 100_000.0).await;
    master.until(|seen| seen.gone).await;
    viewer.until(|seen| seen.gone).await;
    assert!(peers(&rig).await.is_empty());
    speed_up(&rig, 1.0).await;
    let mut master = self::master(&rig, &channel).await;
    let off = json!({ "Status": "DISABLED" });
    let update = json!({ "ChannelARN": channel, "MediaStorageConfiguration": off });
    rig.call("/updateMediaStorageConfiguration", &update).await;
    master.until(|seen| seen.gone).await;
}
