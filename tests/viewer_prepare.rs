//! Stories of what a viewer does before its start.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Hold, Rig, options, refused};
use kvs_webrtc::bundle::{Need, Reason};
use kvs_webrtc::error::{Code, Error};
use kvs_webrtc::session::{
    Input, MediaRequest, Options, Output, RawOptions, SessionState, Viewer, ViewerOptions,
};
use kvs_webrtc::time::Millis;

fn viewer(nat_traversal: &str) -> Rig {
    Rig::new(Viewer::new(options(nat_traversal, true), ViewerOptions::default()))
}

fn prepare(rig: &mut Rig) {
    rig.tell(Input::Prepare { random: 0x99 });
}

fn prepared(rig: &Rig) -> Vec<Result<(), Code>> {
    let outputs = rig.log.iter().filter_map(|output| match output {
        Output::Prepared(result) => Some(result.clone().map_err(|error| error.code())),
        _ => None,
    });
    outputs.collect()
}

fn fetches(rig: &Rig) -> usize {
    rig.count(|output| matches!(output, Output::Fetch(..)))
}

#[test]
fn the_service_is_asked_and_nothing_else_happens() {
    let mut rig = viewer("stun-turn");
    prepare(&mut rig);
    assert_eq!((prepared(&rig), fetches(&rig)), (vec![Ok(())], 3));
    assert_eq!((rig.state(), rig.events()), (SessionState::Idle, vec![]));
    let acts = |output: &Output| {
        matches!(output, Output::OpenSocket(_) | Output::OpenMedia | Output::CreatePeer(..))
    };
    assert_eq!(rig.count(acts), 0);

    rig.start();
    assert_eq!((fetches(&rig), rig.state()), (3, SessionState::Waiting), "nothing is asked twice");
}

#[test]
fn what_is_known_is_not_asked_for_again() {
    let mut rig = viewer("stun-turn");
    prepare(&mut rig);
    prepare(&mut rig);
    assert_eq!((prepared(&rig), fetches(&rig)), (vec![Ok(()), Ok(())], 3));
    rig.pass(Millis::from_secs(300));
    prepare(&mut rig);
    assert_eq!((prepared(&rig).len(), fetches(&rig)), (3, 4), "TURN servers that are too old");
}

#[test]
fn a_start_goes_on_with_what_is_under_way() {
    let mut rig = viewer("stun-turn").hold(&[Hold::Turn]);
    prepare(&mut rig);
    prepare(&mut rig);
    assert_eq!(prepared(&rig), []);
    rig.start();
    assert_eq!((prepared(&rig), fetches(&rig)), (vec![Ok(())], 3));
    rig.release(Hold::Turn);
    let with_turn = |output: &Output| matches!(output, Output::Offer(_, servers) if servers.iter().any(|it| it.login.is_some()));
    assert_eq!((rig.count(with_turn), rig.state()), (1, SessionState::Waiting));
}

#[test]
fn it_fails_as_a_start_would_and_leaves_the_session_as_it_was() {
    let answer = Ok(refused(400, "ResourceNotFoundException"));
    let mut rig = viewer("stun-turn").answer(Hold::Describe, answer);
    prepare(&mut rig);
    assert_eq!(prepared(&rig), [Err(Code::ServiceChannelNotFound)]);
    assert_eq!((rig.state(), rig.events(), rig.settled()), (SessionState::Idle, vec![], vec![]));

    let mut slow = viewer("stun-turn").hold(&[Hold::Describe]);
    prepare(&mut slow);
    slow.pass(Millis::from_secs(10));
    assert_eq!(prepared(&slow), [Err(Code::NetworkTimeout)]);
}

#[test]
fn without_turn_servers_it_is_done_unless_they_are_needed() {
    let nothing = || Ok(common::good(r#"{"IceServerList":[]}"#));
    for (nat, expected) in [("stun-turn", Ok(())), ("turn-only", Err(Code::ServiceBadResponse))] {
        let mut rig = viewer(nat).answer(Hold::Turn, nothing());
        prepare(&mut rig);
        assert_eq!(prepared(&rig), [expected], "{nat}");
    }
}

#[test]
fn a_stop_ends_it() {
    let mut rig = viewer("stun-turn").hold(&[Hold::Describe]);
    prepare(&mut rig);
    rig.stop();
    assert_eq!(prepared(&rig), [Err(Code::CallerStopped)]);
    assert_eq!((rig.state(), rig.events()), (SessionState::Idle, vec![]));
    rig.release(Hold::Describe);
    assert_eq!(prepared(&rig).len(), 1, "a late answer changes nothing");
}

#[test]
fn a_running_session_has_nothing_to_prepare() {
    let mut rig = viewer("stun-turn");
    rig.start();
    let before = fetches(&rig);
    prepare(&mut rig);
    assert_eq!((prepared(&rig), fetches(&rig)), (vec![Ok(())], before));
    assert_eq!(rig.state(), SessionState::Waiting);
}

#[test]
fn a_back_end_is_asked_for_the_turn_servers_alone() {
    let raw = RawOptions { nat_traversal: Some("stun-turn"), ..RawOptions::default() };
    let backend = Options::of_backend(raw, MediaRequest::default()).unwrap();
    let mut rig = Rig::new(Viewer::new(backend, ViewerOptions::default()));
    prepare(&mut rig);
    assert_eq!(prepared(&rig), [Ok(())]);
    assert_eq!((rig.asked[0].need, rig.asked[0].reason), (Need::Ice, Reason::Start));
    rig.start();
    assert_eq!((rig.asked[1].need, rig.asked.len()), (Need::Connect, 2));

    let raw = RawOptions { nat_traversal: Some("stun-turn"), ..RawOptions::default() };
    let backend = Options::of_backend(raw, MediaRequest::default()).unwrap();
    let mut failing = Rig::new(Viewer::new(backend, ViewerOptions::default()));
    failing.bundles = vec![Err(Error::new(Code::CallerSessionFailed, "no"))];
    prepare(&mut failing);
    assert_eq!(prepared(&failing), [Ok(())], "a start can do without TURN");
}
