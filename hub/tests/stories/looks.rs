//! What can be looked at: the snapshot, the counters, the log of messages.

use kvs_hub::{HubConfig, MessageType, OnReplaced, Outcome, Party, Role};

use crate::rig::{EMPTY_JSON, Rig, lenient, target, viewer};

#[test]
fn a_snapshot_shows_who_is_connected_and_how() {
    let config = HubConfig { on_replaced: OnReplaced::Linger, ..lenient() };
    let mut rig = Rig::with(config, None);
    rig.hub.set_time_scale(2.0);
    let master = rig.master();
    rig.viewer("v1");
    rig.viewer("v1");
    rig.viewer("v2");
    rig.viewer("v3");
    rig.admit(viewer("v4")).unwrap();
    rig.wait(10);
    rig.master_sends(master, "v2", "SDP_OFFER", EMPTY_JSON);
    rig.master_sends(master, "ghost", "SDP_OFFER", EMPTY_JSON);
    rig.act(|hub, now| hub.go_away(&target(r#"{"clientId":"v2"}"#), now));
    rig.act(|hub, _| hub.stall(&target(r#"{"clientId":"v3"}"#), true));
    let json = serde_json::to_value(rig.hub.snapshot()).unwrap();
    let expected = serde_json::json!({
        "timeScale": 2.0, "quotasEnforced": false, "acknowledge": true,
        "connections": 6, "waiting": 1, "held": 0, "alexaOffers": 0, "faults": 0,
        "channels": [{
            "name": "demo-channel", "waiting": 1,
            "connections": [
                {"connectionId": "c1", "role": "master", "state": "open",
                 "ageMillis": 20_000, "idleMillis": 0, "sent": 2, "received": 2},
                {"connectionId": "c2", "role": "viewer", "clientId": "v1", "state": "replaced",
                 "ageMillis": 20_000, "idleMillis": 20_000, "sent": 0, "received": 0},
                {"connectionId": "c3", "role": "viewer", "clientId": "v1", "state": "open",
                 "ageMillis": 20_000, "idleMillis": 20_000, "sent": 0, "received": 0},
                {"connectionId": "c4", "role": "viewer", "clientId": "v2", "state": "draining",
                 "ageMillis": 20_000, "idleMillis": 0, "sent": 2, "received": 0},
                {"connectionId": "c5", "role": "viewer", "clientId": "v3", "state": "stalled",
                 "ageMillis": 20_000, "idleMillis": 20_000, "sent": 0, "received": 0},
                {"connectionId": "c6", "role": "viewer", "clientId": "v4", "state": "opening",
                 "ageMillis": 0, "idleMillis": 0, "sent": 0, "received": 0},
            ],
        }],
    });
    assert_eq!(json, expected);
}

#[test]
fn what_happens_is_counted() {
    let mut rig = Rig::new();
    let (master, v1) = (rig.master(), rig.viewer("v1"));
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    rig.master_sends(master, "v1", "SDP_ANSWER", EMPTY_JSON);
    rig.master_sends(master, "v9", "ICE_CANDIDATE", EMPTY_JSON);
    rig.master_sends(master, "v9", "SDP_OFFER", EMPTY_JSON);
    rig.master_sends(master, "v9", "SDP_OFFER", EMPTY_JSON);
    rig.viewer_asks(v1, "SDP_OFFER", "not good");
    rig.send(v1, "ping");
    rig.send(v1, r#"{"action":"SDP_OFFER","messagePayload":"?","correlationId":"c"}"#);
    rig.act(|hub, now| hub.go_away(&target("{}"), now));
    rig.wait(60);
    let json = serde_json::to_value(rig.hub.counters()).unwrap();
    let expected = serde_json::json!({
        "masterConnects": 1, "viewerConnects": 1,
        "refusals": {"InvalidArgumentException": 2},
        "messages": {"sdpOffer": 3, "sdpAnswer": 1, "iceCandidate": 1},
        "delivered": 2, "stored": 3, "replaced": 1, "expired": 2,
        "droppedByFaults": 0, "alteredByFaults": 0, "overQuota": 0,
        "acknowledgements": 5, "keepAlives": 0, "statusResponses": 1, "gatewayErrors": 1,
        "goAways": 2, "storageJoins": 0, "closed": 2,
    });
    assert_eq!(json, expected);
}

#[test]
fn the_log_tells_each_step_of_a_message_but_not_what_was_in_it() {
    let mut rig = Rig::new();
    let v1 = rig.viewer("v1");
    rig.viewer_sends(v1, "SDP_OFFER", "c2VjcmV0");
    rig.wait(1);
    let master = rig.master();
    rig.send(master, r#"{"action":"SDP_ANSWER","messagePayload":"c2VjcmV0"}"#);
    let json = serde_json::to_value(rig.hub.messages_after(0).collect::<Vec<_>>()).unwrap();
    let expected = serde_json::json!([
        {"seq": 1, "at": 0, "channel": "demo-channel", "from": "viewer:v1", "to": "master",
         "type": "SDP_OFFER", "payloadLength": 8, "outcome": "stored"},
        {"seq": 2, "at": 1000, "channel": "demo-channel", "from": "viewer:v1", "to": "master",
         "type": "SDP_OFFER", "payloadLength": 8, "outcome": "delivered"},
        {"seq": 3, "at": 1000, "channel": "demo-channel", "from": "master",
         "type": "SDP_ANSWER", "payloadLength": 8, "outcome": "refused",
         "error": "InvalidArgumentException"},
    ]);
    assert_eq!(json, expected);
    assert!(!format!("{:?}", rig.hub.messages_after(0).collect::<Vec<_>>()).contains("c2VjcmV0"));
}

#[test]
fn the_log_keeps_the_last_thousand_and_is_read_on_from_where_one_was() {
    let mut rig = Rig::new();
    let (_master, v1) = (rig.master(), rig.viewer("v1"));
    for _ in 0..1500 {
        rig.viewer_sends(v1, "ICE_CANDIDATE", EMPTY_JSON);
    }
    let seqs = |after| rig.hub.messages_after(after).map(|e| e.seq()).collect::<Vec<_>>();
    assert_eq!(seqs(0), (501..=1500).collect::<Vec<_>>());
    assert_eq!(seqs(1498), [1499, 1500]);
    assert_eq!((seqs(1500).len(), seqs(u64::MAX).len()), (0, 0));
    let entry = rig.hub.messages_after(1499).next().unwrap();
    assert_eq!((entry.channel(), entry.outcome()), ("demo-channel", Outcome::Delivered));
    assert_eq!(
        (entry.from(), entry.to()),
        (Party::Peer(&viewer("v1")), Some(Party::Peer(&Role::Master)))
    );
    assert_eq!(entry.message_type(), Some(MessageType::IceCandidate));
    assert_eq!((entry.at(), entry.payload_length()), (rig.now, 4));
}

#[test]
fn acknowledgements_are_switched_while_it_runs() {
    let mut rig = Rig::new();
    let v1 = rig.viewer("v1");
    rig.hub.set_acknowledge(false);
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    assert_eq!(rig.raw_inbox(v1).len(), 0);
    rig.hub.set_acknowledge(true);
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    assert_eq!(rig.raw_inbox(v1).len(), 1);
}
