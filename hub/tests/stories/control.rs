//! What is done to connections from outside.

use kvs_hub::{Close, ErrorKind, HubConfig, Limits, Role, Target};

use crate::rig::{EMPTY_JSON, NOTHING, Rig, create, going_away, lenient, target, viewer};

#[test]
fn connections_are_closed_as_asked_and_only_those_that_fit() {
    let mut rig = Rig::new();
    let (master, v1, v2) = (rig.master(), rig.viewer("a-1"), rig.viewer("b-1"));
    let how = Close::Normal { code: 4000, reason: "test".to_owned() };
    let count = rig.act(|hub, _| hub.close(&target(r#"{"clientId":"a-*"}"#), &how));
    assert_eq!((count, rig.was_closed(v1)), (1, Some(how)));
    let count =
        rig.act(|hub, _| hub.close(&target(r#"{"role":"master","channel":"d*"}"#), &Close::Abrupt));
    assert_eq!((count, rig.was_closed(master)), (1, Some(Close::Abrupt)));
    assert_eq!(rig.act(|hub, _| hub.close(&target(r#"{"channel":"x"}"#), &Close::Abrupt)), 0);
    assert_eq!(rig.was_closed(v2), None);
    assert!(rig.admit(viewer("a-1")).is_ok());
    assert!(serde_json::from_str::<Target>(r#"{"clientid":"a"}"#).is_err());
    let how: Close = serde_json::from_str(r#"{"normal":{"code":1001,"reason":""}}"#).unwrap();
    assert_eq!(how, Close::Normal { code: 1001, reason: String::new() });
}

#[test]
fn a_stalled_connection_neither_hears_nor_is_heard_until_it_goes_on() {
    let mut rig = Rig::new();
    let (master, v1, v2) = (rig.master(), rig.viewer("v1"), rig.viewer("v2"));
    let one = target(r#"{"clientId":"v1"}"#);
    assert_eq!(rig.act(|hub, _| hub.stall(&one, true)), 1);
    assert_eq!(rig.act(|hub, _| hub.stall(&one, true)), 0, "it is already");
    assert!(rig.hub.is_stalled(v1) && !rig.hub.is_stalled(v2));
    rig.viewer_sends(v1, "SDP_OFFER", "MQ==");
    rig.viewer_sends(v1, "ICE_CANDIDATE", "Mg==");
    rig.master_sends(master, "v1", "ICE_CANDIDATE", "Mw==");
    rig.viewer_sends(v2, "ICE_CANDIDATE", "NA==");
    assert_eq!(rig.raw_inbox(v1), NOTHING);
    assert_eq!(rig.payloads(master), ["NA=="]);
    assert_eq!(rig.act(|hub, _| hub.stall(&Target::default(), false)), 1);
    assert_eq!(rig.payloads(master), ["MQ==", "Mg=="]);
    assert_eq!(rig.payloads(v1), ["Mw=="]);
    rig.viewer_sends(v1, "ICE_CANDIDATE", "NQ==");
    assert_eq!(rig.payloads(master), ["NQ=="]);
}

#[test]
fn a_stalled_connection_can_be_replaced_and_idles_out() {
    let mut rig = Rig::new();
    let (master, old, v2) = (rig.master(), rig.viewer("v1"), rig.viewer("v2"));
    rig.act(|hub, _| hub.stall(&target(r#"{"role":"viewer"}"#), true));
    let new = rig.viewer("v1");
    assert!(rig.was_closed(old).is_some());
    rig.master_sends(master, "v1", "SDP_ANSWER", EMPTY_JSON);
    assert_eq!(rig.payloads(new), [EMPTY_JSON]);
    rig.wait(599);
    rig.ping(v2);
    rig.wait(1);
    assert_eq!(rig.was_closed(v2), going_away(), "what it does is not seen");
}

#[test]
fn what_waits_on_a_stalled_connection_is_bounded_in_both_directions() {
    let limits = Limits { stalled_bytes: 10_000, ..Limits::default() };
    for incoming in [true, false] {
        let config = HubConfig { limits: limits.clone(), ..lenient() };
        let mut rig = Rig::with(config, None);
        let (master, v1) = (rig.master(), rig.viewer("v1"));
        rig.act(|hub, _| hub.stall(&target(r#"{"clientId":"v1"}"#), true));
        let payload = "A".repeat(1000);
        let mut sent = 0;
        while rig.was_closed(v1).is_none() {
            if incoming {
                rig.viewer_sends(v1, "ICE_CANDIDATE", &payload);
            } else {
                rig.master_sends(master, "v1", "ICE_CANDIDATE", &payload);
            }
            sent += 1;
            assert!(sent < 12, "it takes more than it should");
        }
        assert!(sent > 5);
        assert_eq!(rig.was_closed(v1), Some(Close::Abrupt));
        assert_eq!(rig.was_closed(master), None);
    }
}

#[test]
fn what_waits_on_all_stalled_connections_together_is_bounded_and_given_back() {
    let limits = Limits { stalled_bytes_together: 10_000, ..Limits::default() };
    let mut rig = Rig::with(HubConfig { limits, ..lenient() }, None);
    let (v1, v2) = (rig.viewer("v1"), rig.viewer("v2"));
    let payload = "A".repeat(4000);
    for _ in 0..5 {
        rig.act(|hub, _| hub.stall(&Target::default(), true));
        rig.viewer_sends(v1, "ICE_CANDIDATE", &payload);
        rig.viewer_sends(v2, "ICE_CANDIDATE", &payload);
        assert_eq!([rig.was_closed(v1), rig.was_closed(v2)], [None, None]);
        rig.act(|hub, _| hub.stall(&Target::default(), false));
    }
    rig.act(|hub, _| hub.stall(&Target::default(), true));
    rig.viewer_sends(v1, "ICE_CANDIDATE", &payload);
    rig.close(v1);
    rig.viewer_sends(v2, "ICE_CANDIDATE", &payload);
    rig.viewer_sends(v2, "ICE_CANDIDATE", &payload);
    assert_eq!(rig.was_closed(v2), None, "what the other took was given back");
    rig.viewer_sends(v2, "ICE_CANDIDATE", &payload);
    assert_eq!(rig.was_closed(v2), Some(Close::Abrupt));
}

#[test]
fn a_restart_ends_all_abruptly_and_keeps_channels_and_faults() {
    let mut rig = Rig::with(HubConfig::new("us-west-2"), None);
    let (v1, v2) = (rig.viewer("v1"), rig.viewer("v2"));
    let opening = rig.admit(viewer("v3")).unwrap();
    rig.fault("delay,millis=1000,message=SDP_ANSWER");
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    rig.viewer_sends(v1, "SDP_ANSWER", EMPTY_JSON);
    assert!(rig.admit(viewer("v4")).is_err(), "the quota is used up");
    assert_eq!(rig.act(|hub, now| hub.restart(now)), 3);
    assert_eq!([v1, v2, opening].map(|id| rig.was_closed(id)), [const { Some(Close::Abrupt) }; 3]);
    rig.open(opening);
    let master = rig.master();
    rig.wait(10);
    assert_eq!(rig.raw_inbox(master), NOTHING, "nothing waited");
    let snapshot = rig.hub.snapshot();
    assert_eq!((snapshot.waiting, snapshot.held, snapshot.faults), (0, 0, 1));
    for n in 0..3 {
        assert!(rig.admit(viewer(&format!("v{n}"))).is_ok());
    }
}

#[test]
fn a_deleted_channels_peers_are_closed_and_what_waits_is_dropped() {
    let mut rig = Rig::new();
    let (master, v1) = (rig.master(), rig.viewer("v1"));
    let opening = rig.admit(Role::Master).unwrap();
    rig.fault("delay,millis=1000,message=SDP_ANSWER");
    rig.master_sends(master, "ghost", "SDP_OFFER", EMPTY_JSON);
    rig.master_sends(master, "ghost", "SDP_ANSWER", EMPTY_JSON);
    let other = create(&mut rig.hub, "other", None).unwrap();
    let elsewhere = rig.hub.admit(&other, Role::Master, rig.now).unwrap();
    rig.open(elsewhere);
    rig.master_sends(elsewhere, "ghost", "SDP_OFFER", EMPTY_JSON);
    let name = rig.arn.name().clone();
    rig.act(|hub, _| hub.forget_channel(&name));
    let deleted = Close::Normal { code: 1001, reason: "the channel was deleted".to_owned() };
    for id in [master, v1, opening] {
        assert_eq!(rig.was_closed(id), Some(deleted.clone()));
    }
    assert_eq!(rig.was_closed(elsewhere), None);
    let snapshot = rig.hub.snapshot();
    assert_eq!((snapshot.waiting, snapshot.held, snapshot.connections), (1, 0, 1));
    let ghost = rig.viewer("ghost");
    assert_eq!(rig.inbox(ghost), NOTHING);
}

#[test]
fn all_connections_together_are_bounded_those_that_linger_too() {
    let limits = Limits { connections: 2, ..Limits::default() };
    let config = HubConfig { on_replaced: kvs_hub::OnReplaced::Linger, limits, ..lenient() };
    let mut rig = Rig::with(config, None);
    let old = rig.master();
    rig.master();
    assert_eq!(rig.admit(Role::Master).unwrap_err().kind(), ErrorKind::ClientLimitExceeded);
    rig.close(old);
    assert!(rig.admit(Role::Master).is_ok());
}
