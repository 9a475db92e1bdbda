//! Stories of a master and a viewer whose other side is the channel's storage session.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{CANDIDATE, Hold, Rig, options, refused, settings};
use kvs_webrtc::error::{Code, Error};
use kvs_webrtc::ice::Candidate;
use kvs_webrtc::ids::Role;
use kvs_webrtc::session::{
    CloseReason, Event, Input, Master, MasterOptions, MediaRequest, Options, Output, PeerId,
    PeerInput, Session, SessionState, Viewer, ViewerOptions, Watched,
};
use kvs_webrtc::time::Millis;
use serde_json::Value;

const ROLES: [Role; 2] = [Role::Master, Role::Viewer];

fn ingesting(role: Role) -> Options {
    let media = MediaRequest { video: role == Role::Master, audio: true };
    Options { media, ingestion: true, ..options("stun-turn", false) }
}

fn session(role: Role) -> Box<dyn Session> {
    match role {
        Role::Master => Box::new(Master::new(ingesting(role), MasterOptions::default())),
        // There is no data channel with a storage session, whatever else is asked for.
        Role::Viewer => Box::new(Viewer::new(
            ingesting(role),
            ViewerOptions { data_channel: true, ..ViewerOptions::default() },
        )),
    }
}

fn rig(role: Role) -> Rig {
    Rig::of(session(role))
}

/// The socket is open, and nothing was offered yet.
fn waiting(role: Role) -> Rig {
    let mut rig = rig(role);
    rig.start();
    assert_eq!(rig.state(), SessionState::Waiting);
    rig
}

/// An offer as the service makes it, of the generation `ufrag`.
fn offer(rig: &mut Rig, ufrag: &str) {
    let json = format!(r#"{{"type":"offer","sdp":"a=ice-ufrag:{ufrag}\r\n"}}"#);
    rig.frame("SDP_OFFER", &json, None);
}

/// A candidate as the service sends it: without the section's `mid`.
fn candidate(rig: &mut Rig, index: u16) {
    let json = format!(r#"{{"candidate":"{CANDIDATE}","sdpMLineIndex":{index}}}"#);
    rig.frame("ICE_CANDIDATE", &json, None);
}

fn connected(role: Role) -> Rig {
    let mut rig = waiting(role);
    offer(&mut rig, "u");
    rig.peer(1, PeerInput::Track);
    rig.peer(1, PeerInput::Connected);
    rig.peer(1, PeerInput::MediaArrived);
    assert_eq!(rig.state(), SessionState::Connected);
    rig
}

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

fn made(rig: &Rig) -> usize {
    rig.count(|output| matches!(output, Output::CreatePeer(..)))
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
