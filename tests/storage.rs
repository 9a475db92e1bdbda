//! Stories of a master and a viewer whose other side is the channel's storage session.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;
#[path = "common/storage.rs"]
mod ingestion;

use common::{CANDIDATE, Hold, Rig, options, refused, settings};
use ingestion::{ROLES, candidate, connected, ingesting, made, offer, rig, session, waiting};
use kvs_webrtc::error::{Code, Error};
use kvs_webrtc::ice::Candidate;
use kvs_webrtc::ids::Role;
use kvs_webrtc::session::{
    CloseReason, Event, Input, Master, MasterOptions, Options, Output, PeerId, PeerInput, Session,
    SessionState, Viewer, ViewerOptions, Watched,
};
use kvs_webrtc::time::Millis;
use serde_json::Value;

/// The service's report about the message of this name.
fn report(rig: &mut Rig, correlation_id: &str, words: &str) {
    rig.tell(Input::SocketFrame(format!(
        r#"{{"messageType":"STATUS_RESPONSE","statusResponse":{{"correlationId":"{correlation_id}",
            "success":false,"errorType":"InvalidArgumentException","statusCode":"400",
            "description":"{words}"}}}}"#
    )));
}

fn name_of_answer(rig: &Rig) -> String {
    let mut sent = rig.sent().into_iter().rev();
    sent.find(|sent| sent.action == "SDP_ANSWER").unwrap().correlation_id.unwrap()
}

fn states(rig: &Rig) -> Vec<SessionState> {
    let states = rig.events().into_iter().filter_map(|event| match event {
        Event::State(state) => Some(state),
        _ => None,
    });
    states.collect()
}

#[test]
fn a_session_waits_for_the_services_offer_as_long_as_it_takes() {
    for role in ROLES {
        let mut rig = waiting(role);
        rig.pass(Millis::from_secs(3_600));
        assert_eq!((rig.state(), made(&rig)), (SessionState::Waiting, 0), "{role:?}");
        assert!(rig.sent().is_empty(), "{role:?} makes an offer");
        assert!(rig.errors().is_empty());
        let settled = if role == Role::Master { vec![Ok(())] } else { vec![] };
        assert_eq!(rig.settled(), settled, "{role:?}");
    }
}

#[test]
fn the_offer_is_answered_to_nobody_in_particular_under_a_name() {
    for role in ROLES {
        let mut rig = waiting(role);
        offer(&mut rig, "u");
        let found = Candidate { candidate: CANDIDATE.into(), ..Candidate::default() };
        rig.peer(1, PeerInput::Candidate(found));
        let sent = rig.sent();
        assert_eq!(rig.actions(), ["SDP_ANSWER", "ICE_CANDIDATE"], "{role:?}");
        assert!(sent.iter().all(|sent| sent.recipient_client_id.is_none()), "{role:?}");
        assert!(
            sent[0].correlation_id.is_some() && sent[0].correlation_id != sent[1].correlation_id
        );
        assert_eq!(sent[0].payload(), r#"{"type":"answer","sdp":"v=0"}"#);
        assert_eq!(rig.count(|output| *output == Output::AttachMedia(PeerId(1))), 1);
    }
}

#[test]
fn a_master_sends_both_and_a_viewer_no_video_and_neither_makes_a_data_channel() {
    for role in ROLES {
        let mut rig = waiting(role);
        offer(&mut rig, "u");
        let config = rig.log.iter().find_map(|output| match output {
            Output::CreatePeer(_, config) => Some(config.clone()),
            _ => None,
        });
        let config = config.unwrap();
        assert_eq!((config.send_video, config.send_audio), (role == Role::Master, true));
        assert!(!config.offers && !config.data_channel);
        assert!(config.ice_servers.iter().any(|server| server.login.is_some()), "no TURN");
    }
}

#[test]
fn candidates_may_come_before_the_offer_and_before_the_turn_servers() {
    for role in ROLES {
        let mut rig = rig(role).hold(&[Hold::Turn]);
        rig.start();
        candidate(&mut rig, 0);
        offer(&mut rig, "u");
        candidate(&mut rig, 1);
        assert_eq!((made(&rig), rig.state()), (0, SessionState::Connecting), "{role:?}");
        rig.release(Hold::Turn);
        let order: Vec<_> = rig
            .log
            .iter()
            .filter_map(|output| match output {
                Output::CreatePeer(..) => Some("made".to_owned()),
                Output::Answer(..) => Some("offer".to_owned()),
                Output::AddCandidate(_, it) => {
                    assert_eq!(it.sdp_mid, None);
                    Some(it.sdp_m_line_index.unwrap().to_string())
                }
                _ => None,
            })
            .collect();
        assert_eq!(order, ["made", "offer", "0", "1"], "{role:?}");
    }
}

#[test]
fn a_flood_of_candidates_is_bounded_before_and_after_the_offer() {
    for role in ROLES {
        let mut rig = rig(role).hold(&[Hold::Turn]);
        rig.start();
        for _ in 0..100 {
            candidate(&mut rig, 0);
        }
        assert_eq!(rig.dropped("tooManyCandidates"), 36, "{role:?}");
        offer(&mut rig, "u");
        for _ in 0..1_000 {
            candidate(&mut rig, 0);
        }
        rig.release(Hold::Turn);
        let added = rig.count(|output| matches!(output, Output::AddCandidate(..)));
        assert!(added <= 256, "{role:?} has taken {added}");
        assert_eq!(added + rig.dropped("tooManyCandidates"), 1_100, "{role:?}");
    }
}

#[test]
fn the_newest_offer_counts() {
    for role in ROLES {
        let mut rig = connected(role);
        candidate(&mut rig, 0);
        offer(&mut rig, "another");
        let closed = rig.position(|output| *output == Output::ClosePeer(PeerId(1))).unwrap();
        let made = rig.position(|output| matches!(output, Output::CreatePeer(PeerId(2), _)));
        assert!(closed < made.unwrap(), "{role:?}");
        assert_eq!(rig.actions(), ["SDP_ANSWER", "SDP_ANSWER"]);
        assert_eq!(rig.session.peer(None), Some(PeerId(2)));
        // What happens to the old one concerns nobody.
        rig.peer(1, PeerInput::Unreachable);
        assert_eq!((rig.state(), rig.errors()), (SessionState::Connecting, vec![]), "{role:?}");
        rig.peer(2, PeerInput::Connected);
        rig.peer(2, PeerInput::MediaArrived);
        assert_eq!(rig.state(), SessionState::Connected, "{role:?}");
    }
}

#[test]
fn offers_without_end_are_passed_over() {
    for role in ROLES {
        let mut rig = waiting(role);
        for number in 0..50 {
            offer(&mut rig, &format!("u{number}"));
        }
        assert_eq!((made(&rig), rig.dropped("tooManyOffers")), (5, 45), "{role:?}");
        rig.pass(Millis::from_secs(10));
        offer(&mut rig, "later");
        assert_eq!(made(&rig), 6, "{role:?}");
    }
}

#[test]
fn without_the_option_a_nameless_offer_is_passed_over_and_counted() {
    let master = Master::new(options("stun-turn", true), MasterOptions::default());
    let mut rig = Rig::new(master);
    rig.start();
    offer(&mut rig, "u");
    candidate(&mut rig, 0);
    assert_eq!((rig.dropped("strangeSender"), made(&rig), rig.sent().len()), (2, 0, 0));
    assert_eq!((rig.state(), rig.session.peer(None)), (SessionState::Waiting, None));

    let mut rig = Rig::new(Viewer::new(options("stun-turn", false), ViewerOptions::default()));
    rig.start();
    offer(&mut rig, "u");
    assert_eq!((rig.dropped("unexpectedOffer"), made(&rig)), (1, 1));
    assert_eq!(rig.actions(), ["SDP_OFFER"]);
}

#[test]
fn with_the_option_peers_are_strangers() {
    let mut rig = waiting(Role::Master);
    rig.offer("v1");
    rig.candidate(Some("v1"));
    assert_eq!((rig.dropped("strangeSender"), made(&rig)), (2, 0));
    let mut rig = waiting(Role::Viewer);
    rig.answer_call();
    rig.offer("v1");
    assert_eq!((rig.dropped("unexpectedAnswer"), rig.dropped("strangeSender")), (1, 1));
    assert_eq!(made(&rig), 0);
}

#[test]
fn the_session_tells_of_the_connection_and_its_master_has_no_viewer() {
    for role in ROLES {
        let rig = connected(role);
        use SessionState::{Connected, Connecting, Starting, Waiting};
        assert_eq!(states(&rig), [Starting, Waiting, Connecting, Connected], "{role:?}");
        let streams = rig.events().into_iter();
        let streams = streams.filter(|event| *event == Event::Stream(PeerId(1), None));
        assert_eq!(streams.count(), 1, "{role:?}");
        assert_eq!(rig.session.peer(None), Some(PeerId(1)));
        let of_viewer =
            |event: &Event| matches!(event, Event::ViewerAsks(..) | Event::ViewerState(..));
        assert!(!rig.events().iter().any(of_viewer));
        assert_eq!(rig.settled(), [Ok(())]);
    }
    assert!(connected(Role::Master).session.client_ids().is_empty());
}

#[test]
fn a_refused_answer_is_an_error_and_the_end_of_this_try() {
    for role in ROLES {
        let mut rig = waiting(role);
        offer(&mut rig, "u");
        let name = name_of_answer(&rig);
        report(&mut rig, &name, "no audio section");
        let error = rig.events().into_iter().find_map(|event| match event {
            Event::Error(error, viewer) => Some((error, viewer)),
            _ => None,
        });
        let (error, viewer) = error.unwrap();
        assert_eq!((error.code(), viewer), (Code::ServiceInvalidArgument, None), "{role:?}");
        assert!(error.message().ends_with("no audio section"), "{error}");
        assert_eq!(rig.count(|output| *output == Output::ClosePeer(PeerId(1))), 1, "{role:?}");
        assert_eq!(rig.state(), SessionState::Waiting, "{role:?}");
        // Said once more, it is about nothing.
        report(&mut rig, &name, "no audio section");
        assert_eq!(rig.errors().len(), 1);
        // Whoever joins again is offered another connection.
        offer(&mut rig, "another");
        rig.peer(2, PeerInput::Connected);
        rig.peer(2, PeerInput::MediaArrived);
        assert_eq!((rig.state(), rig.settled()), (SessionState::Connected, vec![Ok(())]));
    }
}

#[test]
fn a_report_about_anything_but_the_newest_answer_ends_nothing() {
    for role in ROLES {
        let mut rig = waiting(role);
        offer(&mut rig, "u");
        let old = name_of_answer(&rig);
        rig.holds = vec![Hold::Description];
        offer(&mut rig, "another");
        report(&mut rig, &old, "too late");
        report(&mut rig, "", "of nothing");
        assert_eq!((rig.state(), rig.errors()), (SessionState::Connecting, vec![]), "{role:?}");
        rig.release(Hold::Description);
        assert_ne!(name_of_answer(&rig), old);
        let told = |event: &Event| matches!(event, Event::StatusResponse(_));
        assert_eq!(rig.events().iter().filter(|event| told(event)).count(), 2);
    }
}

#[test]
fn words_of_the_service_are_shown_up_to_a_length() {
    let mut rig = waiting(Role::Viewer);
    offer(&mut rig, "u");
    let name = name_of_answer(&rig);
    report(&mut rig, &name, &"x".repeat(10_000));
    let long = rig
        .events()
        .into_iter()
        .any(|event| matches!(event, Event::Error(error, _) if error.message().len() > 400));
    assert!(!long);
    assert_eq!(rig.errors().len(), 1);
}

#[test]
fn a_connection_that_fails_or_ends_leaves_a_session_that_waits() {
    let ends = || {
        [
            (PeerInput::Left, vec![]),
            (PeerInput::Unreachable, vec![Code::PeerUnreachable]),
            (
                PeerInput::Failed(Error::new(Code::PeerBadDescription, "no")),
                vec![Code::PeerBadDescription],
            ),
        ]
    };
    for role in ROLES {
        for (input, told) in ends() {
            let mut rig = connected(role);
            rig.peer(1, input);
            assert_eq!(rig.state(), SessionState::Waiting, "{role:?}");
            assert_eq!(rig.errors(), told, "{role:?}");
            // A candidate that is early for the next offer waits for it.
            candidate(&mut rig, 0);
            offer(&mut rig, "u2");
            let added = |output: &Output| matches!(output, Output::AddCandidate(PeerId(2), _));
            assert_eq!(rig.count(added), 1, "{role:?}");
        }
    }
}

#[test]
fn a_path_that_is_not_found_in_time_is_given_up() {
    for role in ROLES {
        let mut rig = waiting(role);
        offer(&mut rig, "u");
        rig.pass(Millis::from_secs(30));
        assert_eq!(rig.state(), SessionState::Waiting, "{role:?}");
        assert_eq!(rig.errors(), [Code::PeerUnreachable], "{role:?}");
    }
}

#[test]
fn a_viewer_without_its_socket_cannot_be_offered_another_connection() {
    let mut rig = waiting(Role::Viewer);
    rig.tell(Input::SocketClosed(1001));
    assert_eq!(rig.settled(), [Err(Code::NetworkSocketClosed)]);
    assert_eq!(rig.state(), SessionState::Closed);

    let mut rig = connected(Role::Viewer);
    rig.tell(Input::SocketClosed(1001));
    assert_eq!(rig.state(), SessionState::Connected, "the call does not need it");
    rig.peer(1, PeerInput::Left);
    assert!(rig.events().contains(&Event::Close(CloseReason::Left)));
}

#[test]
fn a_viewer_whose_answer_has_not_left_does_not_outlive_its_socket() {
    let mut rig = rig(Role::Viewer).hold(&[Hold::Description]);
    rig.start();
    offer(&mut rig, "u");
    assert_eq!(rig.state(), SessionState::Connecting);
    rig.tell(Input::SocketClosed(1001));
    assert_eq!(rig.settled(), [Err(Code::NetworkSocketClosed)]);
    assert_eq!(rig.state(), SessionState::Closed);
}

#[test]
fn a_later_offer_is_answered_without_turn_servers_where_none_are_to_be_had() {
    for role in ROLES {
        let mut rig = connected(role);
        rig.pass(Millis::from_secs(300));
        rig.answers.push((Hold::Turn, Ok(refused(403, "AccessDeniedException"))));
        offer(&mut rig, "v");
        assert_eq!((rig.errors(), made(&rig)), (vec![Code::KeysDenied], 2), "{role:?}");
        assert_eq!(rig.state(), SessionState::Connecting, "{role:?}");
        let answers = rig.actions().into_iter().filter(|action| action == "SDP_ANSWER").count();
        assert_eq!(answers, 2, "{role:?}");
    }
}

#[test]
fn a_viewer_that_may_use_nothing_but_turn_waits_for_another_offer_where_none_is_to_be_had() {
    let turn_only = Options { media: ingesting(Role::Viewer).media, ..options("turn-only", false) };
    let options = Options { ingestion: true, ..turn_only };
    let viewer: Box<dyn Session> = Box::new(Viewer::new(options, ViewerOptions::default()));
    let mut rig = Rig::of(viewer);
    rig.start();
    rig.pass(Millis::from_secs(300));
    rig.answers.push((Hold::Turn, Ok(refused(403, "AccessDeniedException"))));
    offer(&mut rig, "u");
    assert_eq!((rig.errors(), made(&rig)), (vec![Code::KeysDenied], 0));
    assert_eq!(rig.state(), SessionState::Waiting);
    offer(&mut rig, "v");
    assert_eq!((made(&rig), rig.state()), (1, SessionState::Connecting));
}

#[test]
fn a_masters_call_outlives_its_socket() {
    let mut rig = connected(Role::Master);
    rig.tell(Input::SocketClosed(1001));
    assert_eq!(rig.state(), SessionState::Detached);
    rig.pass(Millis::from_secs(30));
    assert_eq!((rig.state(), made(&rig)), (SessionState::Connected, 1));
}

#[test]
fn a_stop_in_the_middle_closes_what_there_is() {
    for role in ROLES {
        for (holds, connections) in [(vec![Hold::Turn], 0), (vec![Hold::Description], 1)] {
            let mut rig = rig(role).hold(&holds);
            rig.start();
            offer(&mut rig, "u");
            assert_eq!(rig.state(), SessionState::Connecting, "{role:?}");
            rig.stop();
            assert_eq!(rig.state(), SessionState::Closed);
            let closed = rig.count(|output| matches!(output, Output::ClosePeer(_)));
            assert_eq!((made(&rig), closed), (connections, connections), "{role:?}");
            let expected = if role == Role::Master { Ok(()) } else { Err(Code::CallerStopped) };
            assert_eq!(rig.settled(), [expected]);
            // What comes late concerns nobody, and a new run begins with nothing.
            let before = rig.log.len();
            rig.release(holds[0]);
            assert_eq!(rig.log.len(), before, "{role:?}");
            rig.start();
            assert_eq!(
                (rig.state(), rig.session.peer(None).is_some()),
                (SessionState::Waiting, role == Role::Viewer)
            );
        }
    }
}

#[test]
fn a_camera_that_opens_late_is_sent_over_the_connection_that_is_there_by_then() {
    for role in ROLES {
        let mut early = rig(role).hold(&[Hold::Media]);
        early.start();
        offer(&mut early, "u");
        early.release(Hold::Media);
        let attached = |rig: &Rig| rig.count(|output| matches!(output, Output::AttachMedia(_)));
        assert_eq!(attached(&early), 1, "{role:?}");
        let mut late = rig(role);
        late.start();
        assert_eq!(attached(&late), 0, "{role:?} sends before there is a connection");
    }
}

#[test]
fn the_timeline_has_what_a_connection_waited_for() {
    for role in ROLES {
        let watched = Watched::new(session(role), settings(role));
        let mut rig = Rig::of(Box::new(watched)).hold(&[Hold::Description]);
        rig.start();
        rig.pass(Millis(100));
        let json = r#"{"type":"offer","sdp":"o"}"#;
        rig.frame("SDP_OFFER", json, None);
        rig.pass(Millis(20));
        rig.release(Hold::Description);
        rig.pass(Millis(30));
        rig.peer(1, PeerInput::Connected);
        let spans: Vec<Value> = serde_json::from_str(&rig.session.timeline_json()).unwrap();
        let took = |name: &str| {
            let span = spans.iter().find(|span| span["name"] == name).unwrap();
            assert!(span.get("clientId").is_none(), "{role:?}: {span}");
            span["duration"].as_u64()
        };
        let waiting = if role == Role::Master { "waitForViewer" } else { "waitForMaster" };
        assert_eq!(took(waiting), Some(100), "{role:?}");
        assert_eq!(took("answer"), Some(20), "{role:?}");
        let path = if role == Role::Master { 30 } else { 50 };
        assert_eq!(took("peerConnection"), Some(path), "{role:?}");
    }
}
