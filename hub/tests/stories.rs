//! What peers see of the hub, told as stories on a virtual clock.
#![allow(clippy::unwrap_used, reason = "a test's helpers may panic as its tests do")]

mod common;

use common::{EMPTY_JSON, Rig, delivered, viewer};
use kvs_hub::{ChannelName, Close, CreateChannel, ErrorKind, HubConfig, Limits, Role, UnixMillis};

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
    rig.master_sends(v1, "v2", "SDP_OFFER", EMPTY_JSON);
    assert_eq!(rig.inbox(v2), [] as [String; 0]);
    assert_eq!(rig.inbox(master), [delivered("SDP_OFFER", EMPTY_JSON, Some("v1"))]);
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
    assert_eq!(rig.raw_inbox(v1), [] as [String; 0]);

    let config = HubConfig { acknowledge: false, ..HubConfig::new("us-west-2") };
    let mut quiet = Rig::with(config, None);
    let v1 = quiet.viewer("v1");
    quiet.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    assert_eq!(quiet.raw_inbox(v1), [] as [String; 0]);
}

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
    assert_eq!(rig.inbox(second), [] as [String; 0]);
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
    let mut rig = Rig::with(HubConfig::new("us-west-2"), Some(5));
    let v1 = rig.viewer("v1");
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    rig.wait(5);
    let master = rig.master();
    assert_eq!(rig.inbox(master), [] as [String; 0]);
    assert_eq!(rig.hub.poll_timeout(), None);
}

#[test]
fn a_message_is_not_delivered_late_because_a_tick_was() {
    let mut rig = Rig::new();
    let v1 = rig.viewer("v1");
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    rig.now = kvs_hub::Millis::from_secs(60);
    let master = rig.master();
    assert_eq!(rig.inbox(master), [] as [String; 0]);
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
fn the_newest_master_wins() {
    let mut rig = Rig::new();
    let (old, v1) = (rig.master(), rig.viewer("v1"));
    let new = rig.master();
    assert_eq!(
        rig.was_closed(old),
        Some(Close::Normal { code: 1000, reason: "replaced by a newer connection".to_owned() })
    );
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    assert_eq!(rig.inbox(old), [] as [String; 0]);
    assert_eq!(rig.inbox(new).len(), 1);
    rig.master_sends(old, "v1", "SDP_ANSWER", EMPTY_JSON);
    assert_eq!(rig.inbox(v1), [] as [String; 0]);
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
    assert_eq!(
        rig.was_closed(old),
        Some(Close::Normal { code: 1000, reason: "replaced by a newer connection".to_owned() })
    );
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
    assert_eq!(rig.inbox(master), [] as [String; 0]);
    rig.wait(1);
    let reports = rig.inbox(master);
    assert_eq!(reports.len(), 1);
    assert!(reports[0].contains(r#""messageType":"STATUS_RESPONSE""#), "{}", reports[0]);
    assert!(reports[0].contains(r#""correlationId":"c-7""#), "{}", reports[0]);
    assert!(reports[0].contains(r#""success":false"#), "{}", reports[0]);
    assert!(reports[0].contains(r#""statusCode":"404""#), "{}", reports[0]);
}

#[test]
fn success_is_silent() {
    let mut rig = Rig::new();
    let (_master, v1) = (rig.master(), rig.viewer("v1"));
    rig.send(v1, r#"{"action":"SDP_OFFER","messagePayload":"e30=","correlationId":"c-1"}"#);
    rig.wait(300);
    assert_eq!(rig.inbox(v1), [] as [String; 0]);
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
        assert_eq!(rig.raw_inbox(v1), [] as [String; 0]);
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
    let mut rig = Rig::with(HubConfig { limits, ..HubConfig::new("us-west-2") }, None);
    let (v1, v2) = (rig.viewer("v1"), rig.viewer("v2"));
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    rig.send(v1, r#"{"action":"ICE_CANDIDATE","messagePayload":"YQ==","correlationId":"first"}"#);
    rig.viewer_sends(v1, "ICE_CANDIDATE", "Yg==");
    rig.viewer_sends(v2, "ICE_CANDIDATE", "eA==");
    assert_eq!(rig.inbox(v1), [] as [String; 0]);
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
    let mut rig = Rig::with(HubConfig { limits, ..HubConfig::new("us-west-2") }, None);
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
    let mut rig = Rig::with(HubConfig { limits, ..HubConfig::new("us-west-2") }, None);
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
fn connections_and_channels_are_bounded() {
    let limits = Limits { connections: 2, channels: 1, ..Limits::default() };
    let mut rig = Rig::with(HubConfig { limits, ..HubConfig::new("us-west-2") }, None);
    rig.master();
    rig.viewer("v1");
    assert_eq!(rig.admit(viewer("v2")).unwrap_err().kind(), ErrorKind::ClientLimitExceeded);
    let refusal =
        rig.hub.account_mut().create_channel(request("second", None), UnixMillis(0)).unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::AccountChannelLimitExceeded);
}

#[test]
fn a_channel_is_found_by_name_and_by_arn() {
    let rig = Rig::new();
    let name = ChannelName::parse("demo-channel").unwrap();
    let channel = rig.hub.account().describe_channel(&name).unwrap();
    assert_eq!(channel.arn(), &rig.arn);
    assert_eq!(channel.message_ttl_seconds(), 60);
    assert_eq!(channel.version(), "v1");
    assert_eq!(channel.created(), UnixMillis(1_700_000_000_000));
    assert!(rig.hub.account().describe_channel_by_arn(&rig.arn).is_ok());
    let older = rig.arn.as_str().replace("1700000000000", "1600000000000");
    let older = kvs_hub::ChannelArn::parse(&older).unwrap();
    let refusal = rig.hub.account().describe_channel_by_arn(&older).unwrap_err();
    assert_eq!((refusal.kind(), refusal.kind().status()), (ErrorKind::ResourceNotFound, 404));
}

#[test]
fn a_name_is_taken_once_and_a_time_to_live_has_its_range() {
    let mut rig = Rig::new();
    let refusal = rig
        .hub
        .account_mut()
        .create_channel(request("demo-channel", None), UnixMillis(0))
        .unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::ResourceInUse);
    for (ttl, good) in [(4, false), (5, true), (120, true), (121, false)] {
        let name = format!("ttl-{ttl}");
        let created =
            rig.hub.account_mut().create_channel(request(&name, Some(ttl)), UnixMillis(0)).is_ok();
        assert_eq!(created, good, "{ttl}");
    }
}

fn request(name: &str, message_ttl_seconds: Option<u64>) -> CreateChannel {
    let name = ChannelName::parse(name).unwrap();
    CreateChannel { name, message_ttl_seconds, version: "v1".to_owned() }
}
