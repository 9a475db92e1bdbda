//! Stories of a master.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Hold, Rig, asked_role, options, refused};
use kvs_webrtc::error::{Code, Error};
use kvs_webrtc::ice::Candidate;
use kvs_webrtc::ids::{ClientId, Role};
use kvs_webrtc::session::{
    CloseReason, Event, Input, Master, MasterOptions, Output, PeerId, PeerInput, SessionState,
    ViewerState,
};
use kvs_webrtc::time::Millis;

fn master() -> Rig {
    Rig::new(Master::new(options("stun-turn", true), MasterOptions::default()))
}

fn serving() -> Rig {
    let mut rig = master();
    rig.start();
    assert_eq!(rig.settled(), [Ok(())]);
    rig
}

fn id(name: &str) -> ClientId {
    ClientId::parse(name).unwrap()
}

fn closed(viewer: &str, reason: CloseReason) -> Event {
    Event::ViewerState(id(viewer), ViewerState::Closed(reason))
}

fn turn_fetches(rig: &Rig) -> usize {
    rig.count(|output| matches!(output, Output::Fetch(_, r) if r.url.ends_with("config")))
}

#[test]
fn a_start_is_over_when_the_socket_is_open_whatever_the_camera_does() {
    let mut rig = master().hold(&[Hold::Media]);
    rig.start();
    assert_eq!(asked_role(&rig), Some(Role::Master));
    assert_eq!((rig.settled(), rig.state()), (vec![Ok(())], SessionState::Waiting));
    let url = rig.log.iter().find_map(|output| match output {
        Output::OpenSocket(url) => Some(url.expose().clone()),
        _ => None,
    });
    assert!(!url.unwrap().contains("ClientId"));
}

#[test]
fn an_offer_is_answered_to_its_sender_and_candidates_follow_the_answer() {
    let mut rig = serving();
    rig.holds = vec![Hold::Description];
    rig.offer("v1");
    rig.peer(1, PeerInput::Candidate(Candidate { candidate: "c".into(), ..Default::default() }));
    assert_eq!(rig.actions(), Vec::<String>::new());
    rig.release(Hold::Description);
    let sent = rig.sent();
    assert_eq!(rig.actions(), ["SDP_ANSWER", "ICE_CANDIDATE"]);
    assert!(sent.iter().all(|sent| sent.recipient_client_id.as_deref() == Some("v1")));
    assert_eq!(sent[0].payload(), r#"{"type":"answer","sdp":"v=0"}"#);
    assert_ne!(sent[0].correlation_id, sent[1].correlation_id);
    assert!(sent[0].correlation_id.is_some());
    assert_eq!(rig.count(|output| *output == Output::AttachMedia(PeerId(1))), 1);
}

#[test]
fn each_viewer_has_a_connection_of_its_own() {
    let mut rig = serving();
    for (n, viewer) in ["a", "b", "c"].into_iter().enumerate() {
        rig.offer(viewer);
        rig.candidate(Some(viewer));
        let peer = u32::try_from(n + 1).unwrap();
        rig.peer(peer, PeerInput::Connected);
        rig.peer(peer, PeerInput::Track);
        rig.peer(peer, PeerInput::Track);
        rig.peer(peer, PeerInput::Connected);
        let connected = Event::ViewerState(id(viewer), ViewerState::Connected);
        let told = rig.events().into_iter().filter(|event| *event == connected).count();
        assert_eq!(told, 1, "a connection that is back after an interruption is no news");
        let streams = rig.events().into_iter();
        let streams = streams.filter(|e| *e == Event::Stream(PeerId(peer), Some(id(viewer))));
        assert_eq!(streams.count(), 1, "a second track is no second stream");
    }
    assert_eq!(rig.session.client_ids(), ["a", "b", "c"]);
    rig.peer(2, PeerInput::Left);
    assert_eq!(rig.session.client_ids(), ["a", "c"]);
    assert!(rig.events().contains(&closed("b", CloseReason::Left)));
    assert_eq!(rig.count(|output| matches!(output, Output::ClosePeer(_))), 1);
    assert_eq!(rig.session.peer(Some("c")), Some(PeerId(3)));
}

#[test]
fn an_offer_waits_for_the_turn_servers_and_its_candidates_with_it() {
    let mut rig = master().hold(&[Hold::Turn]);
    rig.start();
    rig.offer("v1");
    rig.candidate(Some("v1"));
    assert_eq!(rig.count(|output| matches!(output, Output::CreatePeer(..))), 0);
    rig.release(Hold::Turn);
    let at = |wanted: fn(&Output) -> bool| rig.position(wanted).unwrap();
    let created = at(|output| matches!(output, Output::CreatePeer(..)));
    let answered = at(|output| matches!(output, Output::Answer(..)));
    let added = at(|output| matches!(output, Output::AddCandidate(..)));
    assert!(created < answered && answered < added);
    let with_turn = rig.count(|output| match output {
        Output::CreatePeer(_, config) => config.ice_servers.iter().any(|s| s.login.is_some()),
        _ => false,
    });
    assert_eq!(with_turn, 1);
}

#[test]
fn a_viewer_that_comes_after_the_turn_servers_life_time_gets_fresh_ones() {
    let mut rig = serving();
    rig.offer("v1");
    assert_eq!(turn_fetches(&rig), 1);
    rig.pass(Millis::from_secs(300));
    rig.offer("v2");
    assert_eq!(turn_fetches(&rig), 2);
    assert_eq!(rig.count(|output| matches!(output, Output::GetCredentials { .. })), 2);
    assert_eq!(rig.count(|output| matches!(output, Output::Answer(..))), 2);
}

#[test]
fn turn_servers_are_asked_for_with_fresh_keys_whenever_those_at_hand_have_expired() {
    let mut rig = serving();
    let mut asked = Vec::new();
    for viewer in ["v1", "v2", "v3"] {
        rig.pass(Millis::from_secs(300));
        rig.log.clear();
        rig.answers = vec![(Hold::Turn, Ok(refused(403, "ExpiredTokenException")))];
        rig.offer(viewer);
        asked.extend(rig.log.iter().filter_map(|output| match output {
            Output::GetCredentials { fresh, .. } => Some(*fresh),
            _ => None,
        }));
        assert_eq!(rig.errors(), [], "{viewer}");
    }
    assert_eq!(asked, [false, true].repeat(3));
}

#[test]
fn a_viewer_is_answered_without_turn_where_none_is_to_be_had() {
    let mut rig = serving();
    rig.pass(Millis::from_secs(300));
    rig.answers.push((Hold::Turn, Ok(refused(403, "AccessDeniedException"))));
    rig.offer("v1");
    assert_eq!(rig.errors(), [Code::KeysDenied]);
    assert_eq!(rig.count(|output| matches!(output, Output::Answer(..))), 1);
    assert_eq!(rig.state(), SessionState::Waiting);
    rig.offer("v2");
    assert_eq!(turn_fetches(&rig), 3, "the next viewer asks again");
}

#[test]
fn keys_that_are_no_longer_given_out_do_not_end_the_calls() {
    let mut rig = serving();
    rig.offer("v1");
    rig.peer(1, PeerInput::Connected);
    rig.pass(Millis::from_secs(300));
    rig.holds = vec![Hold::Credentials];
    rig.offer("v2");
    rig.pass(Millis::from_secs(60));
    assert_eq!(rig.errors(), [Code::NetworkTimeout]);
    assert_eq!(rig.session.client_ids(), ["v1", "v2"]);
    assert_eq!(rig.state(), SessionState::Waiting);
    assert_eq!(rig.count(|output| matches!(output, Output::Answer(..))), 2);
}

#[test]
fn a_new_offer_of_the_same_viewer_replaces_its_connection() {
    let mut rig = serving();
    rig.offer("v1");
    let ufrag = rig.offer("v1");
    assert_eq!(rig.count(|output| *output == Output::ClosePeer(PeerId(1))), 1);
    assert_eq!(rig.session.peer(Some("v1")), Some(PeerId(2)));
    assert!(rig.events().contains(&closed("v1", CloseReason::Replaced)));
    rig.candidate_of("v1", &ufrag);
    let added = rig.count(|output| matches!(output, Output::AddCandidate(PeerId(2), _)));
    assert_eq!(added, 1, "the new connection gets its candidates");
    rig.peer(1, PeerInput::Left);
    assert_eq!(rig.session.client_ids(), ["v1"], "the old connection's end means nothing");
}

#[test]
fn the_same_offer_once_more_is_answered_the_same_once_more() {
    let mut rig = serving();
    rig.offer("v1");
    rig.peer(1, PeerInput::Candidate(Candidate { candidate: "c".into(), ..Default::default() }));
    rig.repeat_offer("v1");
    assert_eq!(rig.actions(), ["SDP_ANSWER", "ICE_CANDIDATE"].repeat(2));
    assert_eq!(rig.count(|output| matches!(output, Output::CreatePeer(..))), 1);

    let mut early = master().hold(&[Hold::Turn]);
    early.start();
    early.offer("v1");
    early.repeat_offer("v1");
    early.release(Hold::Turn);
    assert_eq!(early.actions(), ["SDP_ANSWER"]);
}

#[test]
fn turn_servers_are_renewed_after_the_computer_slept() {
    let mut rig = serving();
    rig.slept = 3_600_000;
    rig.offer("v1");
    assert_eq!(turn_fetches(&rig), 2);
}

#[test]
fn with_turn_only_and_no_turn_servers_a_viewer_is_told_of_and_not_answered() {
    let lost = Ok(refused(403, "AccessDeniedException"));
    let turn_only = Master::new(options("turn-only", true), MasterOptions::default());
    let mut rig = Rig::new(turn_only).answer(Hold::Turn, lost);
    rig.start();
    assert_eq!((rig.settled(), rig.errors()), (vec![Ok(())], vec![Code::KeysDenied]));
    rig.answers.push((Hold::Turn, Ok(common::good(r#"{"IceServerList":[]}"#))));
    rig.offer("v1");
    assert_eq!(rig.errors().last(), Some(&Code::PeerUnreachable));
    assert_eq!(rig.count(|output| matches!(output, Output::Answer(..))), 0);
    rig.offer("v2");
    assert_eq!(rig.count(|output| matches!(output, Output::Answer(..))), 1);
}

#[test]
fn viewers_that_never_get_a_path_are_let_go_of() {
    let mut rig = serving();
    rig.offer("v1");
    rig.pass(Millis::from_secs(30));
    assert_eq!(rig.errors(), [Code::PeerUnreachable]);
    assert!(rig.session.client_ids().is_empty());
    assert!(rig.events().contains(&closed("v1", CloseReason::Failed)));
}

#[test]
fn a_flood_of_viewers_is_bounded() {
    let mut rig = serving();
    for n in 0..100 {
        rig.offer(&format!("v{n}"));
    }
    assert_eq!(rig.session.client_ids().len(), 10);
    assert_eq!(rig.errors(), vec![Code::ServiceLimitExceeded; 90]);
}

#[test]
fn a_camera_that_is_refused_ends_the_session() {
    let denied = Error::new(Code::BrowserMediaDenied, "no");
    let mut early = master().hold(&[Hold::Socket]);
    early.media = Err(denied.clone());
    early.start();
    assert_eq!(early.settled(), [Err(Code::BrowserMediaDenied)]);
    assert_eq!((early.errors(), early.state()), (vec![], SessionState::Closed));

    let mut late = master().hold(&[Hold::Media]);
    late.media = Err(denied);
    late.start();
    late.release(Hold::Media);
    assert_eq!((late.settled(), late.errors()), (vec![Ok(())], vec![Code::BrowserMediaDenied]));
    assert_eq!(late.state(), SessionState::Closed);
}

#[test]
fn a_picture_that_comes_late_is_sent_to_those_who_are_there() {
    let mut rig = master().hold(&[Hold::Media]);
    rig.start();
    rig.offer("v1");
    assert_eq!(rig.count(|output| matches!(output, Output::AttachMedia(_))), 0);
    rig.release(Hold::Media);
    assert_eq!(rig.count(|output| *output == Output::AttachMedia(PeerId(1))), 1);
}

#[test]
fn calls_outlive_the_socket() {
    let mut rig = serving();
    rig.offer("v1");
    rig.peer(1, PeerInput::Connected);
    rig.tell(Input::SocketClosed(1001));
    assert_eq!((rig.state(), rig.errors()), (SessionState::Detached, vec![]));
    assert_eq!(rig.session.client_ids(), ["v1"]);
    rig.stop();
    assert_eq!(rig.events().pop(), Some(Event::Close(CloseReason::Stopped)));
}

#[test]
fn stop_closes_every_viewer_and_releases_the_camera() {
    let mut rig = serving();
    rig.offer("a");
    rig.offer("b");
    rig.stop();
    assert_eq!(rig.count(|output| matches!(output, Output::ClosePeer(_))), 2);
    assert_eq!(rig.count(|output| *output == Output::CloseMedia), 1);
    assert_eq!(rig.count(|output| *output == Output::CloseSocket), 1);
    for viewer in ["a", "b"] {
        assert!(rig.events().contains(&closed(viewer, CloseReason::Stopped)));
    }
    rig.start();
    assert_eq!(rig.settled(), [Ok(()), Ok(())]);
}

#[test]
fn messages_go_to_one_viewer_or_to_all_with_an_open_channel() {
    let mut rig = serving();
    for viewer in ["a", "b", "c"] {
        rig.offer(viewer);
    }
    assert_eq!(rig.session.recipients(None).unwrap_err().code(), Code::CallerNotConnected);
    rig.peer(1, PeerInput::ChannelOpened);
    rig.peer(3, PeerInput::ChannelOpened);
    assert_eq!(rig.session.recipients(None), Ok(vec![PeerId(1), PeerId(3)]));
    assert_eq!(rig.session.recipients(Some("c")), Ok(vec![PeerId(3)]));
    rig.peer(1, PeerInput::ChannelClosed);
    assert_eq!(rig.session.recipients(None), Ok(vec![PeerId(3)]));
    assert!(rig.session.recipients(Some("b")).is_err());
    assert!(rig.session.recipients(Some("nobody")).is_err());
    rig.peer(3, PeerInput::Bytes(vec![7]));
    assert!(rig.events().contains(&Event::Bytes(vec![7], Some(id("c")))));
}

#[test]
fn an_answer_and_a_nameless_offer_mean_nothing_to_a_master() {
    let mut rig = serving();
    rig.frame("SDP_ANSWER", r#"{"type":"answer","sdp":"a"}"#, Some("v1"));
    rig.frame("SDP_OFFER", r#"{"type":"offer","sdp":"o"}"#, None);
    assert!(rig.session.client_ids().is_empty());
    assert_eq!((rig.dropped("unexpectedAnswer"), rig.dropped("strangeSender")), (1, 1));
}
