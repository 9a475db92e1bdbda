//! Who has a place, and who takes it over.

use kvs_hub::{ErrorKind, HubConfig, OnReplaced, Role};

use crate::rig::{EMPTY_JSON, NOTHING, Rig, going_away, lenient, replaced, viewer};

#[test]
fn the_newest_master_wins() {
    let mut rig = Rig::new();
    let (old, v1) = (rig.master(), rig.viewer("v1"));
    let new = rig.master();
    assert_eq!(rig.was_closed(old), replaced());
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    assert_eq!(rig.inbox(old), NOTHING);
    assert_eq!(rig.inbox(new).len(), 1);
    rig.master_sends(old, "v1", "SDP_ANSWER", EMPTY_JSON);
    assert_eq!(rig.inbox(v1), NOTHING);
    // The old socket's end, when it comes, does not touch the new one.
    rig.close(old);
    rig.viewer_sends(v1, "ICE_CANDIDATE", EMPTY_JSON);
    assert_eq!(rig.inbox(new).len(), 1);
}

#[test]
fn the_newest_viewer_of_a_client_id_wins_and_others_stay() {
    let mut rig = Rig::new();
    let (master, old, other) = (rig.master(), rig.viewer("v1"), rig.viewer("v2"));
    let new = rig.viewer("v1");
    assert_eq!(rig.was_closed(old), replaced());
    assert_eq!(rig.was_closed(other), None);
    rig.master_sends(master, "v1", "SDP_ANSWER", EMPTY_JSON);
    assert_eq!((rig.inbox(old).len(), rig.inbox(new).len()), (0, 1));
}

#[test]
fn an_admitted_connection_takes_over_only_when_its_socket_is_up() {
    let mut rig = Rig::new();
    let (old, v1) = (rig.master(), rig.viewer("v1"));
    let failing = rig.admit(Role::Master).unwrap();
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    rig.close(failing);
    assert_eq!(rig.was_closed(old), None);
    assert_eq!(rig.inbox(old).len(), 1);
}

#[test]
fn the_eleventh_viewer_is_refused_until_one_leaves() {
    let mut rig = Rig::new();
    let viewers: Vec<_> = (0..10).map(|n| rig.viewer(&format!("v{n}"))).collect();
    let refusal = rig.admit(viewer("v10")).unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::ClientLimitExceeded);
    assert_eq!(
        (refusal.kind().name(), refusal.kind().status()),
        ("ClientLimitExceededException", 400)
    );
    assert!(rig.admit(viewer("v3")).is_ok(), "the same client id has its place already");
    assert!(rig.admit(Role::Master).is_ok());
    rig.close(viewers[0]);
    assert!(rig.admit(viewer("v10")).is_ok());
}

#[test]
fn ten_places_count_before_the_sockets_are_up() {
    let mut rig = Rig::new();
    let opening: Vec<_> = (0..10).map(|n| rig.admit(viewer(&format!("v{n}"))).unwrap()).collect();
    assert!(rig.admit(viewer("v10")).is_err());
    rig.close(opening[4]);
    assert!(rig.admit(viewer("v10")).is_ok());
}

#[test]
fn how_many_viewers_a_channel_has_can_be_another() {
    let mut rig = Rig::with(HubConfig { max_viewers: 2, ..lenient() }, None);
    let (v1, _v2) = (rig.viewer("v1"), rig.viewer("v2"));
    let refusal = rig.admit(viewer("v3")).unwrap_err();
    assert!(refusal.message().contains("maximum number of viewers, 2"), "{refusal}");
    rig.close(v1);
    assert!(rig.admit(viewer("v3")).is_ok());
}

#[test]
fn a_replaced_connection_may_linger_without_a_word_until_it_idles_out() {
    let config = HubConfig { on_replaced: OnReplaced::Linger, ..lenient() };
    let mut rig = Rig::with(config, None);
    let (old, v1) = (rig.master(), rig.viewer("v1"));
    let new = rig.master();
    assert_eq!(rig.was_closed(old), None);
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    rig.send(old, "ping");
    rig.send(
        old,
        r#"{"action":"SDP_ANSWER","messagePayload":"e30=","recipientClientId":"v1",
            "correlationId":"c"}"#,
    );
    assert_eq!(rig.raw_inbox(old), NOTHING, "nothing is routed to it");
    assert_eq!(rig.raw_inbox(v1), [""], "nor from it");
    assert_eq!(rig.payloads(new).len(), 1);
    rig.wait(600);
    assert_eq!(rig.was_closed(old), going_away());
    // Its end does not touch the place, which the newer one left meanwhile.
    assert!(rig.admit(Role::Master).is_ok());
}

#[test]
fn a_lingering_connection_takes_no_viewers_place() {
    let config = HubConfig { on_replaced: OnReplaced::Linger, max_viewers: 2, ..lenient() };
    let mut rig = Rig::with(config, None);
    let old = rig.viewer("v1");
    let new = rig.viewer("v1");
    rig.viewer("v2");
    assert!(rig.admit(viewer("v3")).is_err());
    rig.close(new);
    assert!(rig.admit(viewer("v3")).is_ok());
    rig.close(old);
}
