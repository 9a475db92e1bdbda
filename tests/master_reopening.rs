//! Stories of a master that loses its signaling socket.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Hold, Rig, options};
use kvs_webrtc::error::{Code, Error};
use kvs_webrtc::session::{Event, Input, Master, MasterOptions, Output, PeerInput, SessionState};
use kvs_webrtc::time::Millis;

fn master(own: MasterOptions) -> Rig {
    let mut rig = Rig::new(Master::new(options("disabled", false), own));
    rig.start();
    rig
}

fn sockets(rig: &Rig) -> usize {
    rig.count(|output| matches!(output, Output::OpenSocket(_)))
}

#[test]
fn it_is_opened_again_with_fresh_keys_and_calls_go_on() {
    let mut rig = master(MasterOptions::default());
    rig.offer("v1");
    rig.peer(1, PeerInput::Connected);
    rig.pass(Millis::from_secs(600));
    rig.tell(Input::SocketClosed(1001));
    assert_eq!((rig.state(), rig.errors()), (SessionState::Detached, vec![]));
    let keys = rig.count(|output| matches!(output, Output::GetCredentials { .. }));
    rig.pass(Millis(1_500));
    assert_eq!((rig.state(), sockets(&rig)), (SessionState::Waiting, 2));
    assert_eq!(rig.count(|output| matches!(output, Output::GetCredentials { .. })), keys + 1);
    assert_eq!(rig.session.client_ids(), ["v1"]);
    rig.offer("v2");
    assert_eq!(rig.session.client_ids(), ["v1", "v2"]);
}

#[test]
fn what_was_to_be_said_meanwhile_is_said_then() {
    let mut rig = master(MasterOptions::default()).hold(&[Hold::Description]);
    rig.pass(Millis::from_secs(60));
    rig.offer("v1");
    rig.tell(Input::SocketClosed(1001));
    rig.release(Hold::Description);
    assert_eq!(rig.sent().len(), 0);
    rig.pass(Millis(1_500));
    assert_eq!(
        rig.sent().iter().map(|sent| sent.action.as_str()).collect::<Vec<_>>(),
        ["SDP_ANSWER"]
    );
}

#[test]
fn it_tries_on_while_the_service_is_out_of_reach_and_ever_less_often() {
    let mut rig = master(MasterOptions::default());
    rig.pass(Millis::from_secs(60));
    rig.holds.push(Hold::Socket);
    rig.tell(Input::SocketClosed(1006));
    let mut tries = Vec::new();
    for _ in 0..600 {
        let before = sockets(&rig);
        rig.pass(Millis(1_000));
        if sockets(&rig) > before {
            tries.push(rig.now.0 / 1_000);
            rig.tell(Input::SocketClosed(1006));
        }
    }
    assert!((20..=60).contains(&tries.len()), "{tries:?}");
    assert_eq!(rig.state(), SessionState::Detached);
    assert!(rig.errors().iter().all(|code| *code == Code::ServiceRefused));
}

#[test]
fn it_does_not_fight_another_master_for_ever() {
    let mut rig = master(MasterOptions::default());
    for _ in 0..20 {
        rig.tell(Input::SocketClosed(1000));
        rig.pass(Millis::from_secs(5));
    }
    assert_eq!(sockets(&rig), 3);
    assert_eq!(
        (rig.state(), rig.errors()),
        (SessionState::Detached, vec![Code::NetworkSocketClosed])
    );
    assert_eq!(rig.session.poll_timeout(), None);
}

#[test]
fn told_not_to_it_stays_detached() {
    let mut rig = master(MasterOptions::default().with_reconnect(false));
    rig.tell(Input::SocketClosed(1001));
    rig.pass(Millis::from_secs(600));
    assert_eq!((rig.state(), sockets(&rig)), (SessionState::Detached, 1));
    assert_eq!(rig.errors(), [Code::NetworkSocketClosed]);
}

#[test]
fn stop_ends_the_waiting() {
    let mut rig = master(MasterOptions::default());
    rig.pass(Millis::from_secs(60));
    rig.tell(Input::SocketClosed(1001));
    rig.stop();
    rig.pass(Millis::from_secs(600));
    assert_eq!((rig.state(), sockets(&rig)), (SessionState::Closed, 1));
    assert!(!rig.session.client_ids().contains(&"v1".to_owned()));
}

#[test]
fn two_masters_do_not_fight_for_ever() {
    let mut rigs = [(); 2].map(|()| master(MasterOptions::default()));
    rigs[1].pass(Millis::from_secs(30));
    // Each new socket displaces the other master's.
    let mut newest = 1;
    rigs[0].pass(Millis::from_secs(30));
    rigs[0].tell(Input::SocketClosed(1000));
    let mut last_change = 0;
    for step in 0..60_000 {
        for at in [0, 1] {
            let before = sockets(&rigs[at]);
            rigs[at].pass(Millis(10));
            if sockets(&rigs[at]) > before {
                let other = 1 - at;
                assert_eq!(newest, other, "a master displaced itself");
                newest = at;
                last_change = step;
                rigs[other].tell(Input::SocketClosed(1000));
            }
        }
    }
    assert!(last_change < 6_000, "they still fight after a minute");
    let states = rigs.map(|rig| rig.state());
    let serving = states.iter().filter(|state| **state == SessionState::Waiting).count();
    assert_eq!(serving, 1, "{states:?}");
}

#[test]
fn who_gives_up_says_what_may_be_behind_it_and_starts_again_when_told_to() {
    let mut rig = master(MasterOptions::default());
    for _ in 0..20 {
        rig.tell(Input::SocketClosed(1000));
        rig.pass(Millis::from_secs(5));
    }
    let errors: Vec<_> = rig
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Error(error, None) => Some(error),
            _ => None,
        })
        .collect();
    assert_eq!(errors[0].likely(), ["anotherMaster"]);
    assert_eq!(errors[0].cause().map(Error::code), Some(Code::NetworkSocketClosed));
    rig.stop();
    rig.start();
    assert_eq!(rig.state(), SessionState::Waiting);
}

#[test]
fn keys_that_are_denied_are_tried_three_times() {
    let mut rig = master(MasterOptions::default());
    rig.pass(Millis::from_secs(60));
    rig.offer("v1");
    rig.peer(1, PeerInput::Connected);
    rig.keys = Err(Error::new(Code::KeysMissing, "no login"));
    rig.tell(Input::SocketClosed(1001));
    rig.pass(Millis::from_secs(3_600));
    assert_eq!(rig.errors(), [Code::KeysMissing; 3]);
    assert_eq!((rig.state(), sockets(&rig)), (SessionState::Detached, 1));
    assert_eq!(rig.session.client_ids(), ["v1"]);
    assert_eq!(rig.session.poll_timeout(), None);
}

#[test]
fn while_it_waits_nothing_is_asked_of_anybody() {
    for hold in [Hold::Endpoints, Hold::Socket, Hold::Credentials] {
        let mut rig = master(MasterOptions::default());
        rig.pass(Millis::from_secs(60));
        // Endpoints are asked for anew after the first refusal.
        rig.holds = vec![Hold::Socket];
        rig.tell(Input::SocketClosed(1006));
        rig.pass(Millis(1_500));
        rig.tell(Input::SocketClosed(1006));
        rig.holds = vec![hold];
        if hold == Hold::Socket {
            rig.pass(Millis::from_secs(30));
            rig.tell(Input::SocketClosed(1006));
        }
        let begun = rig.count(is_question);
        for _ in 0..3_000 {
            rig.pass(Millis(100));
            // Time passes for other reasons too.
            let (before, state) = (rig.count(is_question), rig.session.poll_timeout());
            rig.tell(Input::Timeout);
            assert_eq!(rig.count(is_question), before, "{hold:?}: it does not wait");
            assert_eq!(rig.session.poll_timeout(), state);
        }
        let asked = rig.count(is_question) - begun;
        assert!((5..=120).contains(&asked), "{hold:?}: {asked}");
        assert_eq!(rig.state(), SessionState::Detached);
    }
}

fn is_question(output: &Output) -> bool {
    matches!(output, Output::GetCredentials { .. } | Output::Fetch(..) | Output::OpenSocket(_))
}

#[test]
fn late_candidates_of_a_viewer_find_its_connection_after_the_reopening() {
    let mut rig = master(MasterOptions::default());
    let ufrag = rig.offer("v1");
    rig.pass(Millis::from_secs(15));
    rig.tell(Input::SocketClosed(1001));
    rig.pass(Millis(1_500));
    assert_eq!((rig.state(), sockets(&rig)), (SessionState::Waiting, 2));
    rig.candidate_of("v1", &ufrag);
    assert_eq!(rig.count(|output| matches!(output, Output::AddCandidate(..))), 1);
}

#[test]
fn who_is_let_in_while_the_socket_is_gone_is_answered_afterwards() {
    let mut rig = Rig::new(Master::new(options("stun-turn", false), MasterOptions::default()))
        .hold(&[Hold::Admission]);
    rig.start();
    rig.pass(Millis::from_secs(400));
    rig.offer("v1");
    rig.tell(Input::SocketClosed(1001));
    let sent = rig.sent().len();
    rig.release(Hold::Admission);
    assert_eq!(rig.count(|output| matches!(output, Output::Answer(..))), 1);
    assert_eq!((rig.sent().len(), sockets(&rig)), (sent, 1), "TURN servers need no socket");
    rig.pass(Millis(1_500));
    assert_eq!(rig.sent()[sent].action, "SDP_ANSWER");
}

#[test]
fn who_is_let_in_while_there_are_neither_socket_nor_keys_is_answered_without_turn() {
    let mut rig = Rig::new(Master::new(options("stun-turn", false), MasterOptions::default()))
        .hold(&[Hold::Admission]);
    rig.start();
    rig.pass(Millis::from_secs(400));
    rig.offer("v1");
    rig.tell(Input::SocketClosed(1001));
    rig.keys = Err(Error::new(Code::KeysMissing, "no login"));
    rig.release(Hold::Admission);
    assert_eq!(rig.errors(), [Code::KeysMissing]);
    assert_eq!(rig.count(|output| matches!(output, Output::Answer(..))), 1);
    let asked = rig.count(is_question);
    rig.tell(Input::Timeout);
    assert_eq!(rig.count(is_question), asked);
}
