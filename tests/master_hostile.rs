//! Stories of a master whose viewers mean no good.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{CANDIDATE, Hold, Rig, options};
use kvs_webrtc::ids::ClientId;
use kvs_webrtc::session::{Admission, Input, Master, MasterLimit, MasterOptions, Options, Output};
use kvs_webrtc::time::Millis;

fn with(options: Options, own: MasterOptions) -> Rig {
    let mut rig = Rig::new(Master::new(options, own));
    rig.start();
    rig
}

fn master() -> Rig {
    with(options("disabled", false), MasterOptions::default())
}

fn limited(limit: MasterLimit, value: u32) -> Rig {
    with(options("disabled", false), MasterOptions::default().with(limit, value).unwrap())
}

fn added(rig: &Rig) -> usize {
    rig.count(|output| matches!(output, Output::AddCandidate(..)))
}

fn line(rig: &mut Rig, sender: &str, line: &str) {
    let json = serde_json::json!({ "candidate": line }).to_string();
    rig.frame("ICE_CANDIDATE", &json, Some(sender));
}

#[test]
fn offers_without_end_of_one_viewer_are_counted_and_cost_no_more() {
    let mut rig = master();
    for number in 0..1_000 {
        rig.offer_of("v1", &format!("offer {number}"));
    }
    assert_eq!(rig.dropped("tooManyOffers"), 995);
    assert_eq!(rig.count(|output| matches!(output, Output::CreatePeer(..))), 5);
    assert_eq!(rig.session.client_ids(), ["v1"]);
}

#[test]
fn of_a_thousand_viewers_ten_are_served_and_the_rest_is_counted() {
    let mut rig = master();
    for number in 0..1_000 {
        rig.offer(&format!("v{number}"));
    }
    assert_eq!(rig.session.client_ids().len(), 10);
    assert_eq!(rig.dropped("tooManyViewers"), 990);
    let mut one = limited(MasterLimit::Viewers, 1);
    one.offer("a");
    one.offer("b");
    assert_eq!(one.session.client_ids(), ["a"]);
}

#[test]
fn candidates_of_strangers_are_bounded_and_a_viewer_among_them_is_served() {
    let mut rig = master();
    for number in 0..1_000 {
        for _ in 0..70 {
            rig.candidate(Some(&format!("stranger{number}")));
        }
    }
    assert!(rig.dropped("tooManyCandidates") > 60_000);
    assert_eq!(added(&rig), 0);
    rig.offer("v1");
    rig.candidate(Some("v1"));
    assert_eq!((rig.session.client_ids(), added(&rig)), (vec!["v1".to_owned()], 1));
}

#[test]
fn answers_of_strangers_do_not_push_out_what_is_known_of_a_viewer() {
    let mut rig = master();
    let ufrag = rig.offer("v1");
    for number in 0..100 {
        let answer = r#"{"type":"answer","sdp":"a=ice-ufrag:x"}"#;
        rig.frame("SDP_ANSWER", answer, Some(&format!("stranger{number}")));
    }
    assert_eq!(rig.dropped("unexpectedAnswer"), 100);
    rig.candidate_of("v1", &ufrag);
    assert_eq!(added(&rig), 1);
}

#[test]
fn names_that_mean_something_elsewhere_are_names() {
    let long = "x".repeat(256);
    for name in ["__proto__", "constructor", "MASTER", "toString", ".", "-", "AWS_x", &long] {
        let mut rig = master();
        rig.offer(name);
        rig.candidate(Some(name));
        assert_eq!((rig.session.client_ids(), added(&rig)), (vec![name.to_owned()], 1));
        assert_eq!(rig.sent()[0].recipient_client_id.as_deref(), Some(name));
    }
    let mut rig = master();
    for name in ["", "a b", "<img src=x>", &"x".repeat(257)] {
        rig.offer(name);
    }
    assert!(rig.session.client_ids().is_empty());
}

#[test]
fn lines_that_are_no_candidates_are_dropped_and_counted() {
    let mut rig = master();
    rig.offer("v1");
    let hostile = [
        "candidate:1 1 udp 1 <img/src=x/onerror=alert(1)> 9 typ host",
        "candidate:1 1 udp 1 tracker.example.com 9 typ host",
        "candidate:1 1 udp 1 10.0.0.1 0 typ host",
        "candidate:1 1 udp 1 10.0.0.1 65536 typ host",
        "candidate:\u{0}\u{1f600}",
        "javascript:alert(1)",
    ];
    for text in hostile {
        line(&mut rig, "v1", text);
    }
    assert_eq!((added(&rig), rig.dropped("badCandidate")), (0, hostile.len()));
    line(&mut rig, "v1", CANDIDATE);
    line(&mut rig, "v1", "");
    assert_eq!(added(&rig), 2);
    for text in rig.log.iter().filter_map(|output| match output {
        Output::Log(record) => Some(&record.message),
        _ => None,
    }) {
        assert!(!text.contains(['<', '\u{0}']), "{text}");
    }
}

#[test]
fn a_connection_takes_no_candidates_without_end() {
    let mut rig = master();
    rig.offer("v1");
    for _ in 0..1_000 {
        rig.candidate(Some("v1"));
    }
    assert_eq!((added(&rig), rig.dropped("tooManyCandidates")), (256, 744));
}

#[test]
fn an_offer_that_waits_keeps_as_many_candidates_as_the_limit_says() {
    let own = MasterOptions::default().with(MasterLimit::HeldCandidates, 2).unwrap();
    let mut rig = Rig::new(Master::new(options("disabled", false), own)).hold(&[Hold::Admission]);
    rig.start();
    rig.offer("v1");
    for _ in 0..5 {
        rig.candidate(Some("v1"));
    }
    rig.release(Hold::Admission);
    assert_eq!((added(&rig), rig.dropped("tooManyCandidates")), (2, 3));
}

#[test]
fn what_a_rejected_viewer_says_is_counted_and_nothing_of_it_kept() {
    let mut rig = Rig::new(Master::new(
        options("disabled", false),
        MasterOptions::default().with(MasterLimit::Rejected, 2).unwrap(),
    ));
    rig.holds = vec![Hold::Admission];
    rig.start();
    let reject = |rig: &mut Rig, viewer: &str| {
        rig.offer(viewer);
        rig.tell(Input::Admit(ClientId::parse(viewer).unwrap(), Admission::Reject));
    };
    reject(&mut rig, "a");
    for _ in 0..100 {
        rig.candidate(Some("a"));
        rig.offer("a");
    }
    assert_eq!(rig.dropped("rejected"), 200);
    assert!(rig.sent().is_empty());
    rig.pass(Millis::from_secs(30));
    rig.holds.clear();
    rig.offer("a");
    assert_eq!((rig.session.client_ids(), added(&rig)), (vec!["a".to_owned()], 0));

    rig.holds = vec![Hold::Admission];
    for viewer in ["b", "c", "d"] {
        reject(&mut rig, viewer);
    }
    rig.holds.clear();
    rig.offer("b");
    rig.offer("d");
    assert_eq!(rig.session.client_ids(), ["a", "b"], "the oldest is forgotten first");
}
