//! Who gets what, and who is told what.

use kvs_hub::HubConfig;

use crate::rig::{EMPTY_JSON, NOTHING, Rig, delivered, lenient};

#[test]
fn a_viewer_offers_and_the_master_answers() {
    let mut rig = Rig::new();
    let master = rig.master();
    let v1 = rig.viewer("v1");
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    assert_eq!(rig.inbox(master), [delivered("SDP_OFFER", EMPTY_JSON, Some("v1"))]);
    rig.master_sends(master, "v1", "SDP_ANSWER", EMPTY_JSON);
    rig.master_sends(master, "v1", "ICE_CANDIDATE", "e30K");
    assert_eq!(
        rig.inbox(v1),
        [delivered("SDP_ANSWER", EMPTY_JSON, None), delivered("ICE_CANDIDATE", "e30K", None)]
    );
}

#[test]
fn a_master_may_offer_too() {
    let mut rig = Rig::new();
    let (master, v1) = (rig.master(), rig.viewer("v1"));
    rig.master_sends(master, "v1", "SDP_OFFER", EMPTY_JSON);
    assert_eq!(rig.inbox(v1), [delivered("SDP_OFFER", EMPTY_JSON, None)]);
}

#[test]
fn a_viewer_reaches_the_master_only_whoever_it_names() {
    let mut rig = Rig::new();
    let (master, v1, v2) = (rig.master(), rig.viewer("v1"), rig.viewer("v2"));
    for named in ["v2", "not a client id", "AWS_1"] {
        rig.master_sends(v1, named, "SDP_OFFER", EMPTY_JSON);
        assert_eq!(rig.inbox(v2), NOTHING);
        assert_eq!(rig.inbox(master), [delivered("SDP_OFFER", EMPTY_JSON, Some("v1"))]);
    }
}

#[test]
fn an_accepted_message_is_acknowledged_by_an_empty_frame() {
    let mut rig = Rig::new();
    let (master, v1) = (rig.master(), rig.viewer("v1"));
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    assert_eq!(rig.raw_inbox(v1), [""]);
    rig.master_sends(master, "nobody-yet", "SDP_OFFER", EMPTY_JSON);
    assert_eq!(rig.raw_inbox(master).last().unwrap(), "");
    rig.viewer_sends(v1, "SDP_OFFER", "not base64");
    assert_eq!(rig.raw_inbox(v1), NOTHING);

    let config = HubConfig { acknowledge: false, ..lenient() };
    let mut quiet = Rig::with(config, None);
    let v1 = quiet.viewer("v1");
    quiet.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    assert_eq!(quiet.raw_inbox(v1), NOTHING);
}

#[test]
fn a_bad_message_is_reported_to_who_asked_and_reaches_nobody() {
    let mut rig = Rig::new();
    let (master, v1) = (rig.master(), rig.viewer("v1"));
    let big = "A".repeat(10 * 1024 + 4);
    for payload in [big.as_str(), "not base64"] {
        rig.send(
            v1,
            &format!(
                r#"{{"action":"SDP_OFFER","messagePayload":"{payload}","correlationId":"c"}}"#
            ),
        );
        let reports = rig.inbox(v1);
        assert_eq!(reports.len(), 1);
        assert!(reports[0].contains("InvalidArgumentException"), "{}", reports[0]);
        assert!(reports[0].contains(r#""statusCode":"400""#), "{}", reports[0]);
        rig.viewer_sends(v1, "SDP_OFFER", payload);
        assert_eq!(rig.raw_inbox(v1), NOTHING);
    }
    rig.send(master, r#"{"action":"SDP_ANSWER","messagePayload":"e30=","correlationId":"c"}"#);
    let report = rig.inbox(master).remove(0);
    assert!(report.contains("recipientClientId is missing"), "{report}");
}

#[test]
fn a_frame_that_is_no_message_gets_the_gateways_error() {
    let mut rig = Rig::new();
    let v1 = rig.viewer("v1");
    for frame in ["ping", r#"{"action":"PING"}"#, "{", "7"] {
        rig.send(v1, frame);
        let answer = rig.inbox(v1).remove(0);
        assert!(answer.contains(r#""message":"Forbidden""#), "{answer}");
        assert!(answer.contains(r#""connectionId""#), "{answer}");
    }
}

#[test]
fn success_is_silent() {
    let mut rig = Rig::new();
    let (_master, v1) = (rig.master(), rig.viewer("v1"));
    rig.send(v1, r#"{"action":"SDP_OFFER","messagePayload":"e30=","correlationId":"c-1"}"#);
    rig.wait(300);
    assert_eq!(rig.inbox(v1), NOTHING);
}
