//! Stories of a master that loses its signaling socket.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::{Hold, Rig, options};
use kvs_webrtc::error::Code;
use kvs_webrtc::session::{Input, Master, MasterOptions, Output, PeerInput, SessionState};
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
    let keys = rig.count(|output| matches!(output, Output::GetCredentials(_)));
    rig.pass(Millis(1_500));
    assert_eq!((rig.state(), sockets(&rig)), (SessionState::Waiting, 2));
    assert_eq!(rig.count(|output| matches!(output, Output::GetCredentials(_))), keys + 1);
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
fn forty_candidates_of_three_viewers_leave_within_the_services_quota() {
    let mut rig = master(MasterOptions::default());
    for viewer in ["v1", "v2", "v3"] {
        rig.offer(viewer);
    }
    for number in 0..120 {
        let line = format!("candidate:{number} 1 udp 1 10.0.0.1 {} typ host", 1_000 + number);
        let candidate = kvs_webrtc::ice::Candidate { candidate: line, ..Default::default() };
        rig.peer(1 + number % 3, PeerInput::Candidate(candidate));
    }
    let mut counts = vec![rig.sent().len() - 3];
    for _ in 0..10 {
        let before = rig.sent().len();
        rig.pass(Millis(1_000));
        counts.push(rig.sent().len() - before);
    }
    assert_eq!(counts.iter().sum::<usize>(), 120);
    assert!(counts.iter().all(|count| *count <= 18), "{counts:?}");
}
