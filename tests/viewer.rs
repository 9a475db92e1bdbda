//! Stories of a viewer.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Hold, Rig, asked_role, options, refused};
use kvs_webrtc::error::{Code, Error};
use kvs_webrtc::ids::{ClientId, Role};
use kvs_webrtc::session::{
    ClientIdRule, CloseReason, Event, Input, Output, PeerId, PeerInput, SessionState, Viewer,
    ViewerOptions,
};
use kvs_webrtc::time::Millis;

fn viewer(nat_traversal: &str) -> Rig {
    let own = ViewerOptions { client_id: ClientIdRule::Random, data_channel: true };
    Rig::new(Viewer::new(options(nat_traversal, false), own))
}

fn sending_viewer() -> Rig {
    Rig::new(Viewer::new(options("stun-turn", true), ViewerOptions::default()))
}

/// From the answer to media that flows.
fn connect(rig: &mut Rig, id: u32) {
    rig.answer_call();
    rig.peer(id, PeerInput::Track);
    rig.peer(id, PeerInput::Negotiated);
    rig.peer(id, PeerInput::Connected);
    rig.peer(id, PeerInput::MediaArrived);
}

fn turn_urls(rig: &Rig) -> usize {
    rig.count(|output| match output {
        Output::Offer(_, servers) => servers.iter().any(|server| server.login.is_some()),
        _ => false,
    })
}

#[test]
fn a_call_comes_up() {
    let mut rig = viewer("stun-turn");
    rig.start();
    assert_eq!(asked_role(&rig), Some(Role::Viewer));
    assert_eq!(rig.state(), SessionState::Waiting);
    assert_eq!(rig.actions(), ["SDP_OFFER"]);
    assert_eq!(rig.settled(), []);

    rig.answer_call();
    assert_eq!(rig.state(), SessionState::Connecting);
    connect(&mut rig, 1);
    assert_eq!(rig.state(), SessionState::Connected);
    assert_eq!(rig.settled(), [Ok(())]);

    let states: Vec<_> = rig
        .events()
        .into_iter()
        .filter_map(|event| if let Event::State(state) = event { Some(state) } else { None })
        .collect();
    assert_eq!(
        states,
        [
            SessionState::Starting,
            SessionState::Waiting,
            SessionState::Connecting,
            SessionState::Connected
        ]
    );
    assert!(rig.events().contains(&Event::Stream(PeerId(1), None)));
}

#[test]
fn the_peer_connection_is_made_before_anything_is_asked_of_the_service() {
    let mut rig = viewer("stun-turn").hold(&[Hold::Credentials]);
    rig.start();
    let created = rig.position(|output| matches!(output, Output::CreatePeer(..)));
    let asked = rig.position(|output| matches!(output, Output::GetCredentials { .. }));
    assert!(created.unwrap() < asked.unwrap());
}

#[test]
fn turn_servers_are_asked_for_beside_the_socket_and_the_offer_is_made_meanwhile() {
    let mut rig = viewer("stun-turn").hold(&[Hold::Turn, Hold::Socket]);
    rig.start();
    assert_eq!(rig.count(|output| matches!(output, Output::OpenSocket(_))), 1);
    rig.release(Hold::Turn);
    assert_eq!(turn_urls(&rig), 1, "the offer has TURN servers");
    assert_eq!(rig.actions(), Vec::<String>::new());
    rig.peer(1, PeerInput::Candidate(candidate("candidate:1")));
    rig.release(Hold::Socket);
    assert_eq!(rig.actions(), ["SDP_OFFER", "ICE_CANDIDATE"], "in the tick of the open socket");
}

#[test]
fn an_open_socket_waits_no_longer_than_150_ms_for_turn_servers() {
    let mut rig = viewer("stun-turn").hold(&[Hold::Turn]);
    rig.start();
    rig.pass(Millis(149));
    assert_eq!(rig.actions(), Vec::<String>::new());
    rig.pass(Millis(1));
    assert_eq!(rig.actions(), ["SDP_OFFER"]);
    assert_eq!(turn_urls(&rig), 0);
}

#[test]
fn turn_only_waits_for_its_servers_and_fails_without_them() {
    let mut rig = viewer("turn-only").hold(&[Hold::Turn]);
    rig.start();
    rig.pass(Millis::from_secs(5));
    assert_eq!(rig.actions(), Vec::<String>::new());
    rig.pass(Millis::from_secs(5));
    assert_eq!(rig.settled(), [Err(Code::NetworkTimeout)]);

    let nothing = Ok(common::good(r#"{"IceServerList":[]}"#));
    let mut empty = viewer("turn-only").answer(Hold::Turn, nothing);
    empty.start();
    assert_eq!(empty.settled(), [Err(Code::ServiceBadResponse)]);

    let mut answered = viewer("turn-only").hold(&[Hold::Turn]);
    answered.start();
    answered.release(Hold::Turn);
    assert_eq!((turn_urls(&answered), answered.actions().len()), (1, 1));
}

#[test]
fn a_path_that_needed_the_late_turn_servers_gets_a_second_try_with_them() {
    let mut rig = viewer("stun-turn").hold(&[Hold::Turn]);
    rig.start();
    rig.pass(Millis(150));
    rig.answer_call();
    rig.release(Hold::Turn);
    rig.peer(1, PeerInput::Unreachable);
    assert_eq!(rig.actions(), ["SDP_OFFER", "SDP_OFFER"]);
    assert_eq!(turn_urls(&rig), 1);
    connect(&mut rig, 2);
    assert_eq!(rig.settled(), [Ok(())]);

    rig.peer(2, PeerInput::Unreachable);
    assert_eq!(rig.errors(), [Code::PeerUnreachable], "there is no third try");
    assert_eq!(rig.state(), SessionState::Closed);
}

#[test]
fn a_call_that_was_up_and_is_lost_is_over() {
    let mut rig = viewer("stun-turn").hold(&[Hold::Turn]);
    rig.start();
    rig.pass(Millis(150));
    connect(&mut rig, 1);
    rig.release(Hold::Turn);
    rig.peer(1, PeerInput::Unreachable);
    assert_eq!((rig.errors(), rig.state()), (vec![Code::PeerUnreachable], SessionState::Closed));
}

#[test]
fn a_viewer_that_waits_longer_than_its_turn_servers_last_makes_a_new_offer() {
    let mut rig = viewer("turn-only");
    rig.start();
    rig.pass(Millis::from_secs(301));
    let fetches = |rig: &Rig| {
        rig.count(|output| matches!(output, Output::Fetch(_, r) if r.url.ends_with("config")))
    };
    assert_eq!((fetches(&rig), turn_urls(&rig)), (2, 2));
    assert_eq!(rig.count(|output| *output == Output::ClosePeer(PeerId(1))), 1);
    let states = rig.events().into_iter().filter(|event| matches!(event, Event::State(_)));
    assert_eq!(states.count(), 2, "starting and waiting, and nothing back and forth");
    connect(&mut rig, 2);
    assert_eq!(rig.settled(), [Ok(())]);
}

#[test]
fn turn_servers_that_came_late_are_in_the_next_offer() {
    let mut rig = viewer("stun-turn").hold(&[Hold::Turn]);
    rig.start();
    rig.pass(Millis(150));
    rig.release(Hold::Turn);
    assert_eq!(turn_urls(&rig), 0);
    rig.pass(Millis::from_secs(20));
    assert_eq!((turn_urls(&rig), rig.actions().len()), (1, 2));
}

#[test]
fn a_call_without_turn_servers_goes_on_and_says_so() {
    let refused = Ok(refused(403, "AccessDeniedException"));
    let mut rig = viewer("stun-turn").answer(Hold::Turn, refused);
    rig.start();
    assert_eq!(rig.errors(), [Code::KeysDenied]);
    assert_eq!(rig.actions(), ["SDP_OFFER"]);
}

#[test]
fn modes_without_turn_do_not_ask_for_it() {
    for mode in ["stun-only", "disabled"] {
        let mut rig = viewer(mode);
        rig.start();
        let asks = rig.count(
            |output| matches!(output, Output::Fetch(_, request) if request.url.ends_with("config")),
        );
        assert_eq!((asks, rig.actions().len()), (0, 1), "{mode}");
    }
}

#[test]
fn waiting_for_a_master_is_no_error_and_the_offer_is_repeated() {
    let mut rig = viewer("stun-turn");
    rig.start();
    rig.peer(1, PeerInput::Candidate(candidate("candidate:1")));
    rig.pass(Millis::from_secs(60));
    let once = ["SDP_OFFER", "ICE_CANDIDATE"];
    assert_eq!(rig.actions(), once.repeat(4));
    assert_eq!((rig.state(), rig.settled().len()), (SessionState::Waiting, 0));
    connect(&mut rig, 1);
    rig.pass(Millis::from_secs(60));
    assert_eq!(rig.actions().len(), 8, "nothing is repeated once the master has answered");
}

#[test]
fn a_second_answer_and_an_offer_are_passed_over_and_counted() {
    let mut rig = viewer("stun-turn");
    rig.start();
    rig.answer_call();
    rig.answer_call();
    rig.frame("SDP_OFFER", r#"{"type":"offer","sdp":"o"}"#, None);
    assert_eq!(rig.count(|output| matches!(output, Output::ApplyAnswer(..))), 1);
    assert_eq!((rig.dropped("unexpectedAnswer"), rig.dropped("unexpectedOffer")), (1, 1));
    assert_eq!(rig.state(), SessionState::Connecting);
}

#[test]
fn an_answer_before_the_offer_has_left_is_passed_over_and_counted() {
    let mut rig = viewer("stun-turn").hold(&[Hold::Description]);
    rig.start();
    rig.answer_call();
    assert_eq!(rig.dropped("unexpectedAnswer"), 1);
    rig.release(Hold::Description);
    connect(&mut rig, 1);
    assert_eq!(rig.settled(), [Ok(())]);
}

#[test]
fn candidates_that_overtake_the_answer_are_added_after_it() {
    let mut rig = viewer("stun-turn");
    rig.start();
    rig.candidate(None);
    rig.answer_call();
    let applied = rig.position(|output| matches!(output, Output::ApplyAnswer(..))).unwrap();
    let added = rig.position(|output| matches!(output, Output::AddCandidate(..))).unwrap();
    assert!(applied < added);
}

#[test]
fn a_master_makes_no_candidates_without_end() {
    let mut rig = viewer("stun-turn");
    rig.start();
    rig.answer_call();
    for _ in 0..1_000 {
        rig.candidate(None);
    }
    let added = rig.count(|output| matches!(output, Output::AddCandidate(..)));
    assert_eq!((added, rig.dropped("tooManyCandidates")), (256, 744));
    assert_eq!(rig.state(), SessionState::Connecting);
}

#[test]
fn another_viewers_messages_are_passed_over_and_counted() {
    let mut rig = viewer("stun-turn");
    rig.start();
    rig.frame("SDP_ANSWER", r#"{"type":"answer","sdp":"a"}"#, Some("other"));
    assert_eq!((rig.state(), rig.dropped("strangeSender")), (SessionState::Waiting, 1));
}

#[test]
fn the_terminal_error_of_a_start_is_told_once() {
    let cases = [
        (Hold::Describe, refused(404, "ResourceNotFoundException"), Code::ServiceChannelNotFound),
        (Hold::Describe, refused(403, "InvalidSignatureException"), Code::KeysWrongSecret),
        (Hold::Endpoints, refused(403, "AccessDeniedException"), Code::KeysDenied),
    ];
    for (hold, response, code) in cases {
        let mut rig = viewer("stun-turn").answer(hold, Ok(response));
        rig.start();
        assert_eq!((rig.settled(), rig.errors()), (vec![Err(code)], vec![]));
        assert_eq!(rig.state(), SessionState::Closed);
        let end = rig.events().pop();
        assert_eq!(end, Some(Event::Close(CloseReason::Failed)));
    }
}

#[test]
fn a_request_that_is_not_answered_in_ten_seconds_ends_the_start() {
    for hold in [Hold::Describe, Hold::Endpoints] {
        let mut rig = viewer("stun-turn").hold(&[hold]);
        rig.start();
        rig.pass(Millis(9_999));
        assert_eq!(rig.settled(), [], "{hold:?}");
        rig.pass(Millis(1));
        assert_eq!(rig.settled(), [Err(Code::NetworkTimeout)], "{hold:?}");
    }
}

#[test]
fn a_refused_socket_ends_the_start_and_the_next_one_asks_for_endpoints_again() {
    let mut rig = viewer("stun-turn").hold(&[Hold::Socket]);
    rig.start();
    rig.tell(Input::SocketClosed(1006));
    assert_eq!(rig.settled(), [Err(Code::ServiceRefused)]);
    rig.holds.clear();
    rig.start();
    let described = rig.count(
        |output| matches!(output, Output::Fetch(_, r) if r.url.ends_with("describeSignalingChannel")),
    );
    // One at each start, one to find out why.
    assert_eq!((described, rig.state()), (3, SessionState::Waiting));
}

#[test]
fn what_was_learnt_is_not_asked_for_again() {
    let mut rig = viewer("stun-turn");
    rig.start();
    connect(&mut rig, 1);
    rig.stop();
    let fetches = |rig: &Rig| rig.count(|output| matches!(output, Output::Fetch(..)));
    assert_eq!(fetches(&rig), 3);
    rig.start();
    assert_eq!(fetches(&rig), 3);
    rig.stop();
    rig.pass(Millis::from_secs(290));
    rig.start();
    assert_eq!(fetches(&rig), 4, "only the TURN servers are too old");
    connect(&mut rig, 3);
    assert_eq!(rig.settled().last(), Some(&Ok(())));
}

#[test]
fn a_running_session_cannot_be_started_and_a_stopped_one_can() {
    let mut rig = viewer("stun-turn");
    assert_eq!(rig.session.check_start(), Ok(()));
    rig.start();
    assert_eq!(rig.session.check_start().unwrap_err().code(), Code::CallerAlreadyStarted);
    rig.stop();
    assert_eq!(rig.session.check_start(), Ok(()));
}

#[test]
fn stop_lets_go_of_everything_and_rejects_a_pending_start() {
    let mut rig = sending_viewer();
    rig.start();
    rig.stop();
    assert_eq!(rig.settled(), [Err(Code::CallerStopped)]);
    for wanted in [Output::CloseMedia, Output::CloseSocket, Output::ClosePeer(PeerId(1))] {
        assert_eq!(rig.count(|output| *output == wanted), 1, "{wanted:?}");
    }
    assert_eq!(rig.events().pop(), Some(Event::Close(CloseReason::Stopped)));
    rig.pass(Millis::from_secs(100));
    rig.peer(1, PeerInput::MediaArrived);
    assert_eq!(rig.settled().len(), 1);
    assert_eq!(rig.state(), SessionState::Closed);
}

#[test]
fn nothing_waits_for_the_camera_and_the_picture_is_sent_when_it_opens() {
    let mut rig = sending_viewer().hold(&[Hold::Media]);
    rig.start();
    connect(&mut rig, 1);
    assert_eq!(rig.settled(), [Ok(())]);
    rig.release(Hold::Media);
    assert_eq!(rig.count(|output| *output == Output::AttachMedia(PeerId(1))), 1);
    assert!(rig.events().contains(&Event::LocalStream));
}

#[test]
fn a_viewer_without_a_camera_still_sees() {
    let mut rig = sending_viewer();
    rig.media = Err(Error::new(Code::BrowserMediaDenied, "no"));
    rig.start();
    connect(&mut rig, 1);
    assert_eq!((rig.errors(), rig.settled()), (vec![Code::BrowserMediaDenied], vec![Ok(())]));
}

#[test]
fn a_master_without_media_is_connected_as_soon_as_the_path_is() {
    let mut rig = viewer("stun-turn");
    rig.start();
    rig.answer_call();
    rig.peer(1, PeerInput::Negotiated);
    rig.peer(1, PeerInput::Connected);
    assert_eq!(rig.settled(), [Ok(())]);
}

#[test]
fn media_that_was_promised_is_waited_for_five_seconds() {
    let mut rig = viewer("stun-turn");
    rig.start();
    rig.answer_call();
    rig.peer(1, PeerInput::Track);
    rig.peer(1, PeerInput::Negotiated);
    rig.peer(1, PeerInput::Connected);
    rig.pass(Millis(4_999));
    assert_eq!((rig.state(), rig.settled().len()), (SessionState::Connecting, 0));
    rig.pass(Millis(1));
    assert_eq!((rig.state(), rig.settled()), (SessionState::Connected, vec![Ok(())]));
}

#[test]
fn a_path_that_does_not_come_up_in_thirty_seconds_is_an_error() {
    let mut rig = viewer("stun-turn");
    rig.start();
    rig.answer_call();
    rig.pass(Millis::from_secs(30));
    assert_eq!(rig.settled(), [Err(Code::PeerUnreachable)]);
}

#[test]
fn a_master_that_leaves_ends_the_call() {
    let mut rig = viewer("stun-turn");
    rig.start();
    connect(&mut rig, 1);
    rig.peer(1, PeerInput::Left);
    assert_eq!(rig.events().pop(), Some(Event::Close(CloseReason::Left)));
    assert_eq!((rig.errors(), rig.state()), (vec![], SessionState::Closed));

    let mut early = viewer("stun-turn");
    early.start();
    early.answer_call();
    early.peer(1, PeerInput::Left);
    assert_eq!(early.settled(), [Err(Code::PeerUnreachable)]);
}

#[test]
fn a_call_outlives_its_socket_but_an_unanswered_offer_does_not() {
    let mut rig = viewer("stun-turn");
    rig.start();
    connect(&mut rig, 1);
    rig.tell(Input::SocketClosed(1001));
    assert_eq!((rig.state(), rig.errors()), (SessionState::Connected, vec![]));

    let mut waiting = viewer("stun-turn");
    waiting.start();
    waiting.tell(Input::SocketClosed(1001));
    assert_eq!(waiting.settled(), [Err(Code::NetworkSocketClosed)]);
}

#[test]
fn an_offer_too_large_for_the_service_is_an_error_and_not_silence() {
    let mut rig = viewer("stun-turn").hold(&[Hold::Description]);
    rig.start();
    rig.peer(1, PeerInput::Described("x".repeat(9_000)));
    assert_eq!(rig.settled(), [Err(Code::PeerMessageTooLarge)]);
}

#[test]
fn messages_need_an_open_data_channel() {
    let mut rig = viewer("stun-turn");
    rig.start();
    connect(&mut rig, 1);
    assert_eq!(rig.session.recipients(None).unwrap_err().code(), Code::CallerNotConnected);
    rig.peer(1, PeerInput::ChannelOpened);
    assert_eq!(rig.session.recipients(None), Ok(vec![PeerId(1)]));
    rig.peer(1, PeerInput::ChannelClosed);
    assert!(rig.session.recipients(None).is_err());
    rig.peer(1, PeerInput::Text("hi".into()));
    assert!(rig.events().contains(&Event::Text("hi".into(), None)));
}

#[test]
fn the_client_id_is_the_given_one_or_a_random_one() {
    let mut random = viewer("stun-turn");
    random.start();
    assert_eq!(random.session.client_ids(), ["viewer-0000000000001234"]);
    let own = ViewerOptions {
        client_id: ClientIdRule::Preferred(ClientId::parse("kitchen").unwrap()),
        data_channel: false,
    };
    let mut given = Rig::new(Viewer::new(options("stun-turn", false), own));
    given.start();
    assert_eq!(given.session.client_ids(), ["kitchen"]);
    let url = given.log.iter().find_map(|output| match output {
        Output::OpenSocket(url) => Some(url.expose().clone()),
        _ => None,
    });
    assert!(url.unwrap().contains("X-Amz-ClientId=kitchen"));
}

fn candidate(line: &str) -> kvs_webrtc::ice::Candidate {
    kvs_webrtc::ice::Candidate { candidate: line.into(), ..Default::default() }
}
