//! Messages that go wrong on purpose.

use kvs_hub::{FaultName, FaultSpec, HubConfig, Limits};

use crate::rig::{EMPTY_JSON, NOTHING, Rig, lenient};

/// A channel with a master and two viewers, and this fault.
fn faulty(spec: &str) -> (Rig, [kvs_hub::ConnectionId; 3]) {
    let mut rig = Rig::new();
    let peers = [rig.master(), rig.viewer("v1"), rig.viewer("v2")];
    rig.fault(spec);
    (rig, peers)
}

#[test]
fn a_dropped_message_is_accepted_and_lost() {
    let (mut rig, [master, v1, v2]) = faulty("drop,clientId=v1,message=ICE_CANDIDATE,times=2");
    for payload in ["MQ==", "Mg==", "Mw=="] {
        rig.viewer_sends(v1, "ICE_CANDIDATE", payload);
    }
    rig.viewer_sends(v1, "SDP_OFFER", "NA==");
    rig.viewer_sends(v2, "ICE_CANDIDATE", "NQ==");
    assert_eq!(rig.payloads(master), ["Mw==", "NA==", "NQ=="]);
    assert_eq!(rig.raw_inbox(v1), [""; 4]);
    rig.wait(120);
    assert_eq!(rig.raw_inbox(v1), NOTHING);
    assert_eq!(rig.hub.counters().dropped_by_faults, 2);
}

#[test]
fn a_fault_may_let_some_pass_first() {
    let (mut rig, [master, v1, _]) = faulty("drop,skip=2,times=1");
    for payload in ["MQ==", "Mg==", "Mw==", "NA=="] {
        rig.viewer_sends(v1, "ICE_CANDIDATE", payload);
    }
    assert_eq!(rig.payloads(master), ["MQ==", "Mg==", "NA=="]);
    let hits: Vec<u64> = rig.hub.faults().map(|(_, _, hits)| hits).collect();
    assert_eq!(hits, [1]);
}

#[test]
fn a_delayed_message_comes_late_and_later_ones_overtake_it() {
    let (mut rig, [master, v1, _]) = faulty("delay,message=SDP_OFFER,millis=1500");
    rig.viewer_sends(v1, "SDP_OFFER", "MQ==");
    rig.viewer_sends(v1, "ICE_CANDIDATE", "Mg==");
    assert_eq!(rig.raw_inbox(v1), ["", ""], "both are accepted at once");
    assert_eq!(rig.payloads(master), ["Mg=="]);
    assert_eq!(rig.hub.snapshot().held, 1);
    rig.wait_millis(1499);
    assert_eq!(rig.payloads(master), NOTHING);
    rig.wait_millis(1);
    assert_eq!(rig.payloads(master), ["MQ=="]);
}

#[test]
fn a_delay_is_in_real_time_and_outlives_the_fault_and_the_sender() {
    let (mut rig, [master, v1, _]) = faulty("delay,millis=1000");
    rig.hub.set_time_scale(100.0);
    rig.viewer_sends(v1, "SDP_OFFER", "MQ==");
    rig.hub.clear_faults();
    rig.close(v1);
    rig.close(master);
    let master = rig.master();
    rig.wait_millis(999);
    assert_eq!(rig.payloads(master), NOTHING);
    rig.wait_millis(1);
    assert_eq!(rig.payloads(master), ["MQ=="]);
}

#[test]
fn a_reordered_message_lets_one_later_pass() {
    let (mut rig, [master, v1, v2]) = faulty("reorder,clientId=v1");
    for payload in ["MQ==", "Mg==", "Mw==", "NA=="] {
        rig.viewer_sends(v1, "ICE_CANDIDATE", payload);
    }
    assert_eq!(rig.payloads(master), ["Mg==", "MQ==", "NA==", "Mw=="], "they swap in pairs");
    rig.viewer_sends(v1, "ICE_CANDIDATE", "NQ==");
    rig.viewer_sends(v2, "ICE_CANDIDATE", "Ng==");
    assert_eq!(rig.payloads(master), ["Ng==", "NQ=="], "whoever it is that passes");
}

#[test]
fn a_reordered_message_may_let_several_pass_to_its_own_recipient_and_waits_two_seconds() {
    let (mut rig, [master, v1, v2]) = faulty("reorder,role=master,hold=2,times=1");
    rig.master_sends(master, "v1", "SDP_ANSWER", "MQ==");
    rig.master_sends(master, "v2", "SDP_ANSWER", "Mg==");
    rig.master_sends(master, "v1", "ICE_CANDIDATE", "Mw==");
    assert_eq!((rig.payloads(v1), rig.payloads(v2)), (vec!["Mw==".into()], vec!["Mg==".into()]));
    rig.master_sends(master, "v1", "ICE_CANDIDATE", "NA==");
    assert_eq!(rig.payloads(v1), ["NA==", "MQ=="]);

    let (mut rig, [master, v1, _]) = faulty("reorder");
    rig.viewer_sends(v1, "SDP_OFFER", "MQ==");
    rig.wait_millis(1999);
    assert_eq!(rig.payloads(master), NOTHING);
    rig.wait_millis(1);
    assert_eq!(rig.payloads(master), ["MQ=="]);
}

#[test]
fn a_duplicated_message_comes_twice() {
    let (mut rig, [master, v1, _]) = faulty("duplicate,times=1");
    rig.viewer_sends(v1, "ICE_CANDIDATE", "MQ==");
    rig.viewer_sends(v1, "ICE_CANDIDATE", "Mg==");
    assert_eq!(rig.payloads(master), ["MQ==", "MQ==", "Mg=="]);
    assert_eq!(rig.raw_inbox(v1), ["", ""], "it was sent once");
}

#[test]
fn a_throttled_message_fails_as_over_a_quota() {
    let (mut rig, [master, v1, _]) = faulty("throttle,message=SDP_OFFER");
    rig.viewer_asks(v1, "SDP_OFFER", "c-1");
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    let reports = rig.raw_inbox(v1);
    assert_eq!(reports.len(), 1);
    assert!(reports[0].contains("ClientLimitExceededException"), "{}", reports[0]);
    assert_eq!(rig.payloads(master), NOTHING);
    rig.viewer_sends(v1, "ICE_CANDIDATE", EMPTY_JSON);
    assert_eq!(rig.payloads(master).len(), 1);
}

#[test]
fn the_first_fault_that_fits_hits_a_message() {
    let (mut rig, [master, v1, v2]) = faulty("drop,clientId=v1,times=1");
    rig.fault("duplicate,clientId=v*");
    rig.viewer_sends(v1, "ICE_CANDIDATE", "MQ==");
    rig.viewer_sends(v1, "ICE_CANDIDATE", "Mg==");
    rig.viewer_sends(v2, "ICE_CANDIDATE", "Mw==");
    rig.master_sends(master, "v1", "SDP_ANSWER", "NA==");
    assert_eq!(rig.payloads(master), ["Mg==", "Mg==", "Mw==", "Mw=="]);
    assert_eq!(rig.payloads(v1), ["NA=="], "the sender is meant, and a master has no client id");
}

#[test]
fn a_fault_is_for_the_channels_that_fit() {
    let (mut rig, [master, v1, _]) = faulty("drop,channel=other-*");
    rig.viewer_sends(v1, "ICE_CANDIDATE", "MQ==");
    rig.fault("drop,channel=demo-*");
    rig.viewer_sends(v1, "ICE_CANDIDATE", "Mg==");
    assert_eq!(rig.payloads(master), ["MQ=="]);
}

#[test]
fn what_faults_hold_back_is_bounded_and_one_more_passes() {
    let limits = Limits { held: 3, ..Limits::default() };
    let mut rig = Rig::with(HubConfig { limits, ..lenient() }, None);
    let (master, v1) = (rig.master(), rig.viewer("v1"));
    rig.fault("delay,millis=600000");
    for payload in ["MQ==", "Mg==", "Mw==", "NA==", "NQ=="] {
        rig.viewer_sends(v1, "ICE_CANDIDATE", payload);
    }
    assert_eq!(rig.payloads(master), ["NA==", "NQ=="]);
    for _ in 0..2 {
        rig.wait(300);
        rig.ping(v1);
        rig.ping(master);
    }
    assert_eq!(rig.payloads(master), ["MQ==", "Mg==", "Mw=="]);
}

#[test]
fn the_list_of_faults_is_bounded_and_can_be_emptied() {
    let mut rig = Rig::new();
    let spec = FaultSpec::new(FaultName::Drop);
    let ids: Vec<_> = (0..100).map(|_| rig.hub.add_fault(spec.clone()).unwrap()).collect();
    let error = rig.hub.add_fault(spec.clone()).unwrap_err();
    assert!(error.contains("100 faults already: remove some"), "{error}");
    assert!(rig.hub.remove_fault(ids[7]));
    assert!(!rig.hub.remove_fault(ids[7]));
    let newest = rig.hub.add_fault(spec).unwrap();
    assert!(!ids.contains(&newest), "a name is not given out twice");
    rig.hub.clear_faults();
    assert_eq!(rig.hub.faults().count(), 0);
}
