//! How often peers may do what they do.

use kvs_hub::{
    CallRates, ErrorKind, Hub, HubConfig, Millis, Quotas, Role, ServiceError, UnknownRecipient,
};

use crate::rig::{EMPTY_JSON, NOTHING, Rig, create, viewer};

fn strict() -> Rig {
    Rig::with(HubConfig::new("us-west-2"), None)
}

#[test]
fn three_viewers_and_three_masters_connect_per_second_and_channel() {
    let mut rig = strict();
    for n in 0..3 {
        rig.viewer(&format!("v{n}"));
        rig.master();
    }
    for role in [viewer("v3"), Role::Master] {
        let refusal = rig.admit(role).unwrap_err();
        assert_eq!(refusal.kind(), ErrorKind::ClientLimitExceeded);
        assert!(refusal.message().contains("at most 3 calls per second and channel"), "{refusal}");
    }
    let other = create(&mut rig.hub, "other", None).unwrap();
    assert!(rig.hub.admit(&other, viewer("v3"), rig.now).is_ok(), "another channel has its own");
    rig.wait_millis(333);
    assert!(rig.admit(viewer("v3")).is_err());
    rig.wait_millis(1);
    assert!(rig.admit(viewer("v3")).is_ok());
    assert!(rig.admit(viewer("v4")).is_err());
}

#[test]
fn five_offers_and_answers_and_twenty_candidates_pass_per_second_and_connection() {
    for (action, rate) in [("SDP_OFFER", 5), ("SDP_ANSWER", 5), ("ICE_CANDIDATE", 20)] {
        let mut rig = strict();
        let (master, v1, v2) = (rig.master(), rig.viewer("v1"), rig.viewer("v2"));
        for _ in 0..rate {
            rig.viewer_asks(v1, action, "good");
        }
        assert_eq!(rig.inbox(master).len(), rate, "{action}");
        assert_eq!(rig.raw_inbox(v1), vec![""; rate], "{action}");
        rig.viewer_asks(v1, action, "late");
        rig.viewer_sends(v1, action, EMPTY_JSON);
        assert_eq!(rig.inbox(master), NOTHING, "{action}");
        let reports = rig.raw_inbox(v1);
        assert_eq!(reports.len(), 1, "{action}: only what asked is told, nothing is acknowledged");
        assert!(reports[0].contains("ClientLimitExceededException"), "{}", reports[0]);
        assert!(reports[0].contains(r#""correlationId":"late""#), "{}", reports[0]);
        assert!(reports[0].contains(&format!("at most {rate} ")), "{}", reports[0]);
        rig.viewer_sends(v2, action, EMPTY_JSON);
        assert_eq!(rig.inbox(master).len(), 1, "{action}: another connection has its own");
        rig.wait_millis(1000 / u64::try_from(rate).unwrap());
        rig.viewer_sends(v1, action, EMPTY_JSON);
        rig.viewer_sends(v1, action, EMPTY_JSON);
        assert_eq!(rig.inbox(master).len(), 1, "{action}: it fills continuously");
    }
}

#[test]
fn each_kind_of_message_has_a_quota_of_its_own() {
    let mut rig = strict();
    let (master, v1) = (rig.master(), rig.viewer("v1"));
    for action in ["SDP_OFFER", "SDP_ANSWER", "ICE_CANDIDATE"].repeat(5) {
        rig.viewer_sends(v1, action, EMPTY_JSON);
    }
    assert_eq!(rig.inbox(master).len(), 15);
}

#[test]
fn quotas_are_switched_while_it_runs_but_a_payload_stays_bounded() {
    let mut rig = strict();
    let (master, v1) = (rig.master(), rig.viewer("v1"));
    rig.hub.set_quotas_enforced(false);
    for n in 0..30 {
        rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
        assert!(rig.admit(viewer(&format!("v{}", n % 5))).is_ok());
    }
    assert_eq!(rig.inbox(master).len(), 30);
    rig.viewer_sends(v1, "SDP_OFFER", &"A".repeat(10 * 1024 + 4));
    assert_eq!(rig.inbox(master), NOTHING);
    rig.hub.set_quotas_enforced(true);
    for _ in 0..6 {
        rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    }
    assert_eq!(rig.inbox(master).len(), 5);
}

#[test]
fn quotas_can_be_others_and_stay_in_real_time_when_timers_run_faster() {
    let quotas = Quotas { candidates: 1, ..Quotas::default() };
    let mut rig = Rig::with(HubConfig { quotas, ..HubConfig::new("us-west-2") }, None);
    rig.hub.set_time_scale(100.0);
    let (master, v1) = (rig.master(), rig.viewer("v1"));
    for _ in 0..10 {
        rig.viewer_sends(v1, "ICE_CANDIDATE", EMPTY_JSON);
        rig.wait_millis(250);
    }
    assert_eq!(rig.inbox(master).len(), 3);
}

#[test]
fn a_refused_connection_or_message_is_counted() {
    let mut rig = strict();
    let v1 = rig.viewer("v1");
    for _ in 0..7 {
        rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
        rig.admit(viewer("v1")).ok();
    }
    let counters = rig.hub.counters();
    assert_eq!(counters.over_quota, 2);
    assert_eq!(counters.refusals["ClientLimitExceededException"], 2 + 5);
    assert_eq!(counters.viewer_connects, 3);
}

fn call(hub: &mut Hub, rig_arn: Option<&kvs_hub::ChannelArn>, at: u64) -> Result<(), ServiceError> {
    let rates = CallRates { account: Some(8), channel: Some(5) };
    hub.count_call("DescribeSignalingChannel", rig_arn, rates, Millis(at))
}

#[test]
fn calls_have_quotas_by_channel_and_by_account() {
    let mut rig = strict();
    let other = create(&mut rig.hub, "other", None).unwrap();
    let (hub, arn) = (&mut rig.hub, Some(&rig.arn));
    for _ in 0..5 {
        assert!(call(hub, arn, 0).is_ok());
    }
    let refusal = call(hub, arn, 0).unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::ClientLimitExceeded);
    assert!(refusal.message().contains("DescribeSignalingChannel takes at most 5"), "{refusal}");
    for _ in 0..3 {
        assert!(call(hub, Some(&other), 0).is_ok());
    }
    let refusal = call(hub, Some(&other), 0).unwrap_err();
    assert!(refusal.message().contains("at most 8 calls per second and account"), "{refusal}");
    assert!(call(hub, None, 124).is_err());
    assert!(call(hub, None, 125).is_ok());
    assert!(hub.count_call("ListSignalingChannels", None, CallRates::default(), rig.now).is_ok());
    hub.set_quotas_enforced(false);
    assert!(call(hub, arn, 125).is_ok());
}

#[test]
fn a_message_over_quota_does_not_replace_the_one_that_waits() {
    let config = HubConfig {
        unknown_recipient: UnknownRecipient::WhenExpired,
        ..HubConfig::new("us-west-2")
    };
    let mut rig = Rig::with(config, None);
    let v1 = rig.viewer("v1");
    for payload in ["MQ==", "Mg==", "Mw==", "NA==", "NQ==", "Ng=="] {
        rig.viewer_sends(v1, "SDP_OFFER", payload);
    }
    let master = rig.master();
    assert_eq!(rig.payloads(master), ["NQ=="]);
}
