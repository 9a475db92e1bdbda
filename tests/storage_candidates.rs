//! Stories of a storage session's candidates that overtake the offer they are of.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;
#[path = "common/storage.rs"]
mod storage;

use common::{CANDIDATE, Rig};
use kvs_webrtc::ids::Role;
use kvs_webrtc::session::{Output, PeerId};
use kvs_webrtc::time::Millis;
use storage::{ROLES, candidate, connected, made, offer};

/// The candidates that a connection is given, by their sections.
fn given(rig: &Rig, peer: u32) -> Vec<u16> {
    let given = rig.log.iter().filter_map(|output| match output {
        Output::AddCandidate(id, candidate) if *id == PeerId(peer) => candidate.sdp_m_line_index,
        _ => None,
    });
    given.collect()
}

/// A connection that is up for longer than a message may overtake another.
fn long_connected(role: Role) -> Rig {
    let mut rig = connected(role);
    rig.pass(Millis(5_001));
    rig
}

#[test]
fn a_nameless_candidate_shortly_before_a_replacing_offer_is_given_to_both_connections() {
    for role in ROLES {
        let mut rig = long_connected(role);
        // One that came long before the others is none of them.
        candidate(&mut rig, 9);
        rig.pass(Millis(5_001));
        candidate(&mut rig, 0);
        rig.pass(Millis::from_secs(4));
        candidate(&mut rig, 1);
        rig.pass(Millis::from_secs(5));
        offer(&mut rig, "another");
        rig.pass(Millis(1));
        candidate(&mut rig, 2);
        assert_eq!((given(&rig, 1), given(&rig, 2)), (vec![9, 0, 1], vec![0, 1, 2]), "{role:?}");
        // After the offer, without which the browser has no use for them.
        let offered = rig.position(|output| matches!(output, Output::Answer(PeerId(2), _)));
        let first = rig.position(|output| matches!(output, Output::AddCandidate(PeerId(2), _)));
        assert!(offered.unwrap() < first.unwrap(), "{role:?}");
        // What came soon after an offer is its own.
        offer(&mut rig, "third");
        assert_eq!((made(&rig), given(&rig, 3)), (3, vec![]), "{role:?}");
    }
}

#[test]
fn a_candidate_that_cannot_be_of_a_replacing_offer_is_not_given_to_its_connection() {
    let after = |role: Role, json: &str, wait: Millis| {
        let mut rig = long_connected(role);
        rig.frame("ICE_CANDIDATE", json, None);
        rig.pass(wait);
        offer(&mut rig, "another");
        assert_eq!(given(&rig, 1), [0], "{role:?}: {json}");
        given(&rig, 2)
    };
    let nameless = format!(r#"{{"candidate":"{CANDIDATE}","sdpMLineIndex":0}}"#);
    let named = nameless.replace('}', r#","usernameFragment":"u"}"#);
    let end = r#"{"candidate":"","sdpMLineIndex":0}"#;
    for role in ROLES {
        assert_eq!(after(role, &nameless, Millis(5_000)), [0], "{role:?}");
        assert_eq!(
            after(role, &nameless, Millis(5_001)),
            vec![0; 0],
            "{role:?}: it came long before"
        );
        assert_eq!(after(role, &named, Millis(0)), vec![0; 0], "{role:?}: it is of the other one");
        assert_eq!(
            after(role, end, Millis(0)),
            vec![0; 0],
            "{role:?}: it ends those of the other one"
        );
    }
}

#[test]
fn what_others_say_meanwhile_changes_nothing_for_a_replacing_offer() {
    let mut rig = connected(Role::Master);
    rig.offer("v1");
    rig.pass(Millis(5_001));
    candidate(&mut rig, 0);
    let of_stranger = format!(r#"{{"candidate":"{CANDIDATE}","sdpMLineIndex":1}}"#);
    rig.frame("ICE_CANDIDATE", &of_stranger, Some("v1"));
    rig.offer("v1");
    rig.answer_call();
    offer(&mut rig, "another");
    assert_eq!(given(&rig, 2), [0]);
}

#[test]
fn of_nameless_candidates_before_a_replacing_offer_few_are_kept_and_none_for_a_later_run() {
    for role in ROLES {
        let mut rig = long_connected(role);
        (0..100).for_each(|index| candidate(&mut rig, index));
        offer(&mut rig, "another");
        assert_eq!((given(&rig, 1).len(), given(&rig, 2).len()), (100, 16), "{role:?}");

        let mut rig = long_connected(role);
        candidate(&mut rig, 0);
        rig.stop();
        rig.start();
        offer(&mut rig, "another");
        let added = rig.count(|output| matches!(output, Output::AddCandidate(..)));
        assert_eq!((made(&rig), added), (2, 1), "{role:?}");
    }
}
