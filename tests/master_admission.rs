//! Stories of viewers that ask a master to be let in.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::{Hold, Rig, options};
use kvs_webrtc::ids::ClientId;
use kvs_webrtc::session::{
    Admission, CloseReason, Event, Input, Master, MasterOptions, Output, PeerId, PeerInput,
    ViewerState,
};
use kvs_webrtc::time::Millis;

/// A master whose person has yet to decide about each viewer.
fn master() -> Rig {
    let machine = Master::new(options("disabled", false), MasterOptions::default());
    let mut rig = Rig::new(machine).hold(&[Hold::Admission]);
    rig.start();
    rig
}

fn id(viewer: &str) -> ClientId {
    ClientId::parse(viewer).unwrap()
}

fn decide(rig: &mut Rig, viewer: &str, admission: Admission) {
    rig.tell(Input::Admit(id(viewer), admission));
}

fn answers(rig: &Rig) -> usize {
    rig.count(|output| matches!(output, Output::Answer(..)))
}

fn asked(rig: &Rig) -> usize {
    rig.events().iter().filter(|event| matches!(event, Event::ViewerAsks(..))).count()
}

#[test]
fn nothing_is_made_for_a_viewer_before_it_is_let_in() {
    let mut rig = master();
    rig.offer("v1");
    assert!(rig.events().contains(&Event::ViewerAsks(PeerId(1), id("v1"))));
    assert_eq!(rig.count(|output| matches!(output, Output::CreatePeer(..))), 0);
    assert_eq!(rig.session.viewer_state(PeerId(1)), "asking");
    decide(&mut rig, "v1", Admission::Accept);
    assert_eq!(answers(&rig), 1);
    assert_eq!(rig.session.viewer_state(PeerId(1)), "connecting");
}

#[test]
fn the_first_decision_counts() {
    let mut rig = master();
    rig.offer("v1");
    decide(&mut rig, "v1", Admission::Reject);
    decide(&mut rig, "v1", Admission::Accept);
    assert_eq!((answers(&rig), rig.session.client_ids().len()), (0, 0));
    rig.offer("v2");
    decide(&mut rig, "v2", Admission::Accept);
    decide(&mut rig, "v2", Admission::Reject);
    assert_eq!(rig.session.client_ids(), ["v2"]);
}

#[test]
fn a_rejected_viewer_is_sent_nothing_and_passed_over_for_thirty_seconds() {
    let mut rig = master();
    rig.offer("v1");
    let sent = rig.sent().len();
    decide(&mut rig, "v1", Admission::Reject);
    let closed = ViewerState::Closed(CloseReason::Rejected);
    assert!(rig.events().contains(&Event::ViewerState(id("v1"), closed)));
    rig.pass(Millis(29_000));
    rig.offer("v1");
    assert_eq!((asked(&rig), rig.sent().len()), (1, sent));
    rig.pass(Millis(1_000));
    rig.offer("v1");
    assert_eq!(asked(&rig), 2);
}

#[test]
fn who_waits_is_held_with_its_candidates_and_rejected_after_thirty_seconds() {
    let mut rig = master();
    rig.offer("v1");
    rig.candidate(Some("v1"));
    decide(&mut rig, "v1", Admission::Wait);
    rig.pass(Millis(20_000));
    decide(&mut rig, "v1", Admission::Accept);
    assert_eq!(rig.count(|output| matches!(output, Output::AddCandidate(..))), 1);
    rig.offer("v2");
    decide(&mut rig, "v2", Admission::Wait);
    rig.pass(Millis(30_000));
    let closed = ViewerState::Closed(CloseReason::Rejected);
    assert!(rig.events().contains(&Event::ViewerState(id("v2"), closed)));
}

#[test]
fn who_was_let_in_comes_back_unasked_while_its_connection_lives() {
    let mut rig = master();
    rig.offer("v1");
    decide(&mut rig, "v1", Admission::Accept);
    rig.peer(1, PeerInput::Connected);
    rig.offer_of("v1", "a new one");
    assert_eq!((asked(&rig), answers(&rig)), (1, 2));
    rig.peer(2, PeerInput::Left);
    rig.offer_of("v1", "later");
    assert_eq!(asked(&rig), 2);
}

#[test]
fn a_viewer_that_makes_offer_after_offer_is_passed_over() {
    let mut rig = master();
    rig.release(Hold::Admission);
    for number in 0..20 {
        rig.offer_of("v1", &format!("offer {number}"));
    }
    assert_eq!(answers(&rig), 5);
    rig.pass(Millis(10_000));
    rig.offer_of("v1", "calm again");
    assert_eq!(answers(&rig), 6);
}

#[test]
fn one_viewer_can_be_closed_without_the_others() {
    let mut rig = master();
    rig.release(Hold::Admission);
    rig.offer("v1");
    rig.offer("v2");
    rig.tell(Input::CloseViewer(id("v1")));
    assert_eq!(rig.session.client_ids(), ["v2"]);
    assert_eq!(rig.count(|output| *output == Output::ClosePeer(PeerId(1))), 1);
    assert_eq!(rig.session.viewer_state(PeerId(1)), "closed");
}
