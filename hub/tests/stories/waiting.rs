//! Messages for somebody who is not there yet.

use kvs_hub::{HubConfig, Limits, Role, UnknownRecipient};

use crate::rig::{EMPTY_JSON, NOTHING, Rig, delivered, lenient};

#[test]
fn an_offer_waits_for_the_master_and_is_delivered_once() {
    let mut rig = Rig::new();
    let v1 = rig.viewer("v1");
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    rig.viewer_sends(v1, "ICE_CANDIDATE", "e30K");
    rig.wait(59);
    let master = rig.master();
    assert_eq!(
        rig.inbox(master),
        [
            delivered("SDP_OFFER", EMPTY_JSON, Some("v1")),
            delivered("ICE_CANDIDATE", "e30K", Some("v1"))
        ]
    );
    let second = rig.master();
    assert_eq!(rig.inbox(second), NOTHING);
}

#[test]
fn a_waiting_message_outlives_its_sender() {
    let mut rig = Rig::new();
    let v1 = rig.viewer("v1");
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    rig.close(v1);
    let master = rig.master();
    assert_eq!(rig.inbox(master), [delivered("SDP_OFFER", EMPTY_JSON, Some("v1"))]);
}

#[test]
fn nobody_gets_a_message_older_than_the_channels_time_to_live() {
    let mut rig = Rig::with(lenient(), Some(5));
    let v1 = rig.viewer("v1");
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    rig.wait(5);
    let master = rig.master();
    assert_eq!(rig.inbox(master), NOTHING);
    assert_eq!(rig.hub.snapshot().waiting, 0);
}

#[test]
fn a_message_is_not_delivered_late_because_a_tick_was() {
    let mut rig = Rig::new();
    let v1 = rig.viewer("v1");
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    rig.now = kvs_hub::Millis::from_secs(60);
    let master = rig.master();
    assert_eq!(rig.inbox(master), NOTHING);
}

#[test]
fn a_newer_offer_replaces_the_waiting_one_and_candidates_queue_up() {
    let mut rig = Rig::new();
    let (v1, v2) = (rig.viewer("v1"), rig.viewer("v2"));
    rig.viewer_sends(v1, "SDP_OFFER", "b2xk");
    rig.viewer_sends(v1, "ICE_CANDIDATE", "YQ==");
    rig.viewer_sends(v2, "SDP_OFFER", "b3Ro");
    rig.viewer_sends(v1, "SDP_OFFER", "bmV3");
    rig.viewer_sends(v1, "ICE_CANDIDATE", "Yg==");
    let master = rig.master();
    assert_eq!(
        rig.inbox(master),
        [
            delivered("ICE_CANDIDATE", "YQ==", Some("v1")),
            delivered("SDP_OFFER", "b3Ro", Some("v2")),
            delivered("SDP_OFFER", "bmV3", Some("v1")),
            delivered("ICE_CANDIDATE", "Yg==", Some("v1")),
        ]
    );
}

#[test]
fn an_answer_does_not_replace_an_offer() {
    let mut rig = Rig::new();
    let master = rig.master();
    rig.master_sends(master, "v1", "SDP_OFFER", "YQ==");
    rig.master_sends(master, "v1", "SDP_ANSWER", "Yg==");
    let v1 = rig.viewer("v1");
    assert_eq!(rig.inbox(v1).len(), 2);
}

#[test]
fn a_message_is_not_lost_in_a_socket_that_never_opens() {
    let mut rig = Rig::new();
    let v1 = rig.viewer("v1");
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    let failing = rig.admit(Role::Master).unwrap();
    rig.close(failing);
    let master = rig.master();
    assert_eq!(rig.inbox(master).len(), 1);
}

#[test]
fn a_message_to_nobody_fails_after_its_time_and_only_who_asked_is_told() {
    let mut rig = Rig::new();
    let master = rig.master();
    rig.send(
        master,
        r#"{"action":"SDP_ANSWER","recipientClientId":"ghost","messagePayload":"e30=",
            "correlationId":"c-7"}"#,
    );
    rig.master_sends(master, "ghost", "ICE_CANDIDATE", EMPTY_JSON);
    rig.wait(59);
    assert_eq!(rig.inbox(master), NOTHING);
    rig.wait(1);
    let reports = rig.inbox(master);
    assert_eq!(reports.len(), 1);
    assert!(reports[0].contains(r#""messageType":"STATUS_RESPONSE""#), "{}", reports[0]);
    assert!(reports[0].contains(r#""correlationId":"c-7""#), "{}", reports[0]);
    assert!(reports[0].contains(r#""success":false"#), "{}", reports[0]);
    assert!(reports[0].contains(r#""statusCode":"404""#), "{}", reports[0]);
}

#[test]
fn what_ten_viewers_left_all_reaches_a_master_that_comes_late() {
    let mut rig = Rig::new();
    for n in 0..10 {
        let viewer = rig.viewer(&format!("v{n}"));
        rig.viewer_sends(viewer, "SDP_OFFER", EMPTY_JSON);
        for _ in 0..15 {
            rig.viewer_sends(viewer, "ICE_CANDIDATE", EMPTY_JSON);
        }
    }
    let master = rig.master();
    assert_eq!(rig.inbox(master).len(), 160);
}

#[test]
fn candidates_are_bounded_by_sender_and_the_oldest_gives_way_with_notice() {
    let limits = Limits { candidates_per_sender: 2, ..Limits::default() };
    let mut rig = Rig::with(HubConfig { limits, ..lenient() }, None);
    let (v1, v2) = (rig.viewer("v1"), rig.viewer("v2"));
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    rig.send(v1, r#"{"action":"ICE_CANDIDATE","messagePayload":"YQ==","correlationId":"first"}"#);
    rig.viewer_sends(v1, "ICE_CANDIDATE", "Yg==");
    rig.viewer_sends(v2, "ICE_CANDIDATE", "eA==");
    assert_eq!(rig.inbox(v1), NOTHING);
    rig.viewer_sends(v1, "ICE_CANDIDATE", "Yw==");
    let reports = rig.inbox(v1);
    assert_eq!(reports.len(), 1);
    assert!(reports[0].contains("ClientLimitExceededException"), "{}", reports[0]);
    assert!(reports[0].contains(r#""correlationId":"first""#), "{}", reports[0]);
    let master = rig.master();
    assert_eq!(
        rig.inbox(master),
        [
            delivered("SDP_OFFER", EMPTY_JSON, Some("v1")),
            delivered("ICE_CANDIDATE", "Yg==", Some("v1")),
            delivered("ICE_CANDIDATE", "eA==", Some("v2")),
            delivered("ICE_CANDIDATE", "Yw==", Some("v1")),
        ]
    );
}

#[test]
fn a_person_who_reloads_again_and_again_does_not_lose_the_newest_offer() {
    let limits = Limits { waiting_per_recipient: 6, ..Limits::default() };
    let mut rig = Rig::with(HubConfig { limits, ..lenient() }, None);
    for n in 0..5 {
        let viewer = rig.viewer(&format!("load-{n}"));
        rig.viewer_sends(viewer, "SDP_OFFER", EMPTY_JSON);
        rig.viewer_sends(viewer, "ICE_CANDIDATE", EMPTY_JSON);
        rig.viewer_sends(viewer, "ICE_CANDIDATE", EMPTY_JSON);
        rig.close(viewer);
    }
    let master = rig.master();
    let inbox = rig.inbox(master);
    assert_eq!(inbox.len(), 6);
    assert_eq!(inbox[3], delivered("SDP_OFFER", EMPTY_JSON, Some("load-4")));
}

#[test]
fn all_that_waits_together_is_bounded_and_the_oldest_gives_way() {
    let limits = Limits { waiting: 5, ..Limits::default() };
    let mut rig = Rig::with(HubConfig { limits, ..lenient() }, None);
    let master = rig.master();
    for ghost in ["g1", "g2", "g3", "g4", "g5", "g6", "g7"] {
        rig.master_sends(master, ghost, "ICE_CANDIDATE", EMPTY_JSON);
    }
    assert_eq!(rig.raw_inbox(master), [""; 7], "all were accepted");
    for (ghost, waiting) in [("g1", 0), ("g2", 0), ("g3", 1), ("g7", 1)] {
        let viewer = rig.viewer(ghost);
        assert_eq!(rig.inbox(viewer).len(), waiting, "{ghost}");
    }
}

#[test]
fn a_message_expires_by_the_time_to_live_of_when_it_was_sent_and_leaves_others_waiting() {
    let mut rig = Rig::with(lenient(), Some(5));
    let v1 = rig.viewer("v1");
    for payload in ["YQ==", "Yg==", "Yw=="] {
        rig.viewer_sends(v1, "ICE_CANDIDATE", payload);
        rig.wait(2);
    }
    assert_eq!(rig.hub.snapshot().waiting, 2);
    let master = rig.master();
    assert_eq!(rig.payloads(master), ["Yg==", "Yw=="]);
    rig.wait(60);
    assert_eq!(rig.payloads(master), NOTHING);
}

#[test]
fn a_master_may_hear_at_once_that_a_viewer_is_not_there_but_offers_to_a_master_still_wait() {
    let unknown_recipient = UnknownRecipient::AtOnce;
    let mut rig = Rig::with(HubConfig { unknown_recipient, ..lenient() }, None);
    let v1 = rig.viewer("v1");
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    let master = rig.master();
    assert_eq!(rig.payloads(master), [EMPTY_JSON]);
    rig.raw_inbox(master);
    rig.master_sends(master, "ghost", "ICE_CANDIDATE", EMPTY_JSON);
    let frame = r#"{"action":"SDP_ANSWER","recipientClientId":"ghost","messagePayload":"e30=",
        "correlationId":"c-1"}"#;
    rig.send(master, frame);
    let reports = rig.inbox(master);
    assert_eq!(reports.len(), 1);
    assert!(reports[0].contains(r#""correlationId":"c-1""#), "{}", reports[0]);
    assert!(reports[0].contains("ResourceNotFoundException"), "{}", reports[0]);
    let ghost = rig.viewer("ghost");
    assert_eq!(rig.raw_inbox(ghost), NOTHING);
}
