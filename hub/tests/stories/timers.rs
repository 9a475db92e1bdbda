//! How long connections last.

use kvs_hub::{Millis, Role, Timers};

use crate::rig::{EMPTY_JSON, NOTHING, Rig, going_away, target, timed};

const GO_AWAY: &str = r#"{"messagePayload":"","messageType":"GO_AWAY"}"#;

/// Timers of which only the lifetime matters.
fn lasting(lifetime: u64) -> Timers {
    let idle = Millis::from_secs(1_000_000);
    Timers { idle, lifetime: Millis::from_secs(lifetime), ..Timers::default() }
}

#[test]
fn a_connection_without_traffic_for_ten_minutes_is_closed() {
    let mut rig = Rig::new();
    let v1 = rig.viewer("v1");
    rig.wait_millis(599_999);
    assert_eq!(rig.was_closed(v1), None);
    rig.wait_millis(1);
    assert_eq!(rig.was_closed(v1), going_away());
    assert_eq!(rig.raw_inbox(v1), NOTHING);
    assert_eq!(rig.hub.snapshot().connections, 0);
    assert_eq!(rig.hub.poll_timeout(), None);
}

#[test]
fn a_frame_either_way_or_a_ping_keeps_a_connection_up() {
    let mut rig = Rig::new();
    let (master, v1, v2) = (rig.master(), rig.viewer("v1"), rig.viewer("v2"));
    rig.wait(400);
    rig.viewer_sends(v1, "ICE_CANDIDATE", EMPTY_JSON);
    rig.ping(v2);
    rig.wait(400);
    assert_eq!([master, v1, v2].map(|id| rig.was_closed(id)), [None, None, None]);
    rig.wait(199);
    assert_eq!([master, v1, v2].map(|id| rig.was_closed(id)), [None, None, None]);
    rig.wait(1);
    let closed = [master, v1, v2].map(|id| rig.was_closed(id));
    assert_eq!(closed, [going_away(), going_away(), going_away()]);
}

#[test]
fn a_connection_is_told_to_go_a_minute_before_its_hour_is_over() {
    let mut rig = Rig::new();
    let v1 = rig.viewer("v1");
    for _ in 0..59 {
        assert_eq!(rig.raw_inbox(v1), NOTHING);
        rig.wait(59);
        rig.ping(v1);
        rig.wait(1);
    }
    assert_eq!(rig.raw_inbox(v1), [GO_AWAY]);
    rig.wait_millis(59_999);
    assert_eq!(rig.was_closed(v1), None);
    rig.wait_millis(1);
    assert_eq!(rig.was_closed(v1), going_away());
}

#[test]
fn a_lifetime_may_end_without_a_warning_and_be_shorter_than_the_grace() {
    let mut rig = Rig::with(timed(Timers { go_away: false, ..lasting(90) }), None);
    let v1 = rig.viewer("v1");
    rig.wait(90);
    assert_eq!((rig.raw_inbox(v1), rig.was_closed(v1)), (vec![], going_away()));

    let mut rig = Rig::with(timed(lasting(30)), None);
    let v1 = rig.viewer("v1");
    rig.wait_millis(1);
    assert_eq!(rig.raw_inbox(v1), [GO_AWAY]);
    rig.wait(29);
    assert_eq!(rig.was_closed(v1), None);
    rig.wait(1);
    assert_eq!(rig.was_closed(v1), going_away());
}

#[test]
fn who_is_told_to_go_works_on_during_the_grace() {
    let mut rig = Rig::new();
    let (master, v1, v2) = (rig.master(), rig.viewer("v1"), rig.viewer("v2"));
    let one = target(r#"{"clientId":"v1"}"#);
    assert_eq!(rig.act(|hub, now| hub.go_away(&one, now)), 1);
    assert_eq!(rig.raw_inbox(v1), [GO_AWAY]);
    assert_eq!(rig.raw_inbox(v2), NOTHING);
    rig.wait(59);
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    rig.master_sends(master, "v1", "SDP_ANSWER", EMPTY_JSON);
    assert_eq!((rig.payloads(master).len(), rig.payloads(v1).len()), (1, 1));
    // To be told again does not put the end off.
    assert_eq!(rig.act(|hub, now| hub.go_away(&one, now)), 1);
    rig.wait(1);
    assert_eq!(rig.was_closed(v1), going_away());
    assert_eq!([rig.was_closed(master), rig.was_closed(v2)], [None, None]);
}

#[test]
fn a_drained_master_hands_over_to_a_newer_one() {
    let mut rig = Rig::new();
    let (old, v1) = (rig.master(), rig.viewer("v1"));
    rig.act(|hub, now| hub.go_away(&target(r#"{"role":"master"}"#), now));
    assert_eq!(rig.was_closed(v1), None);
    rig.wait(10);
    let new = rig.master();
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    assert_eq!(rig.payloads(new).len(), 1);
    rig.wait(60);
    assert_eq!(rig.was_closed(new), None);
    assert!(rig.was_closed(old).is_some());
}

#[test]
fn a_connection_can_be_told_to_ask_for_other_turn_servers() {
    let mut rig = Rig::new();
    let (master, v1) = (rig.master(), rig.viewer("v1"));
    let viewers = target(r#"{"role":"viewer"}"#);
    assert_eq!(rig.act(|hub, now| hub.reconnect_ice_server(&viewers, now)), 1);
    let notice = r#"{"messagePayload":"","messageType":"RECONNECT_ICE_SERVER"}"#;
    assert_eq!(rig.raw_inbox(v1), [notice]);
    assert_eq!(rig.raw_inbox(master), NOTHING);
    rig.wait(120);
    assert_eq!(rig.was_closed(v1), None);
}

#[test]
fn empty_frames_may_go_to_an_idle_connection_and_do_not_keep_it_up() {
    let keep_alive = Some(Millis::from_secs(100));
    let mut rig = Rig::with(timed(Timers { keep_alive, ..Timers::default() }), None);
    let v1 = rig.viewer("v1");
    rig.wait(99);
    rig.ping(v1);
    rig.wait(99);
    assert_eq!(rig.raw_inbox(v1), NOTHING, "it was not idle for long enough");
    rig.wait(1);
    assert_eq!(rig.raw_inbox(v1), [""]);
    rig.wait(499);
    assert_eq!(rig.raw_inbox(v1), [""; 4]);
    assert_eq!(rig.was_closed(v1), None);
    rig.wait(1);
    assert_eq!(rig.was_closed(v1), going_away());
    assert!(rig.hub.counters().keep_alives >= 5);
}

#[test]
fn time_runs_faster_for_open_connections_and_waiting_messages_from_when_it_is_set() {
    let mut rig = Rig::new();
    let v1 = rig.viewer("v1");
    rig.viewer_sends(v1, "SDP_OFFER", EMPTY_JSON);
    rig.wait(30);
    rig.tick();
    rig.hub.set_time_scale(10.0);
    rig.wait_millis(2999);
    assert_eq!(rig.hub.snapshot().waiting, 1);
    rig.wait_millis(1);
    assert_eq!(rig.hub.snapshot().waiting, 0, "30 seconds, and 3 at ten times the speed");
    rig.wait(53);
    assert_eq!(rig.was_closed(v1), None);
    rig.wait(1);
    assert_eq!(rig.was_closed(v1), going_away());
}

#[test]
fn time_may_run_slower_and_stays_within_its_bounds() {
    let mut rig = Rig::new();
    let v1 = rig.viewer("v1");
    rig.hub.set_time_scale(0.5);
    rig.wait(1199);
    assert_eq!(rig.was_closed(v1), None);
    rig.wait(1);
    assert_eq!(rig.was_closed(v1), going_away());
    for (set, got) in [(0.0, 0.001), (1e9, 1e6), (-1.0, 0.001), (f64::NAN, 0.001), (2.5, 2.5)] {
        rig.hub.set_time_scale(set);
        assert!((rig.hub.time_scale() - got).abs() < 1e-9, "{set}");
    }
}

#[test]
fn a_frame_puts_the_end_off_without_a_look_at_all_deadlines() {
    let mut rig = Rig::new();
    let v1 = rig.viewer("v1");
    let first = rig.hub.poll_timeout().unwrap();
    rig.wait(60);
    for _ in 0..100 {
        rig.ping(v1);
    }
    assert_eq!(rig.hub.poll_timeout(), Some(first), "it is put off when it is looked at");
    rig.wait(540);
    assert_eq!(rig.hub.poll_timeout(), Some(first + Millis::from_secs(60)));
}

#[test]
fn a_connection_that_does_not_open_has_no_timers() {
    let mut rig = Rig::new();
    let opening = rig.admit(Role::Master).unwrap();
    assert_eq!(rig.hub.poll_timeout(), None);
    rig.wait(10_000);
    rig.open(opening);
    assert_eq!(rig.was_closed(opening), None);
}

#[test]
fn a_clock_that_goes_back_stands_still() {
    let mut rig = Rig::new();
    rig.now = Millis::from_secs(1000);
    let v1 = rig.viewer("v1");
    rig.now = Millis::from_secs(500);
    rig.ping(v1);
    rig.now = Millis::from_secs(1599);
    rig.ping(v1);
    assert_eq!(rig.was_closed(v1), None);
}
