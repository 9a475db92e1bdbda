//! Stories of what a session knows about itself.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Hold, Rig, options, settings};
use kvs_webrtc::error::{Code, Error};
use kvs_webrtc::ids::Role;
use kvs_webrtc::session::{
    ClientIdRule, Event, Facts, Input, Insight, Level, Master, MasterOptions, Output, PeerId,
    PeerInput, Quality, Reason, Record, Sample, Session, SessionState, Settings, Target, Viewer,
    ViewerOptions, Watched,
};
use kvs_webrtc::time::Millis;
use serde_json::Value;

fn viewer(settings: Settings) -> Rig<Watched> {
    let own = ViewerOptions { client_id: ClientIdRule::Random, data_channel: true };
    Rig::watching(Viewer::new(options("stun-turn", true), own), settings)
}

fn master(settings: Settings) -> Rig<Watched> {
    Rig::watching(
        Master::new(options("stun-turn", true), MasterOptions::default().with_reconnect(false)),
        settings,
    )
}

fn profiling(role: Role) -> Settings {
    Settings { profile: true, ..settings(role) }
}

fn timeline(rig: &Rig<Watched>) -> Vec<Value> {
    serde_json::from_str(&rig.session.timeline_json()).unwrap()
}

/// Name, start after the beginning of the story, and duration.
fn phases(rig: &Rig<Watched>, role: &str) -> Vec<(String, u64, Option<u64>)> {
    let of_role = timeline(rig).into_iter().filter(|span| span["role"] == role);
    of_role
        .map(|span| {
            let start = span["start"].as_u64().unwrap() - 1_700_000_001_000;
            (span["name"].as_str().unwrap().to_owned(), start, span["duration"].as_u64())
        })
        .collect()
}

fn data(rig: &Rig<Watched>) -> Vec<String> {
    let sent = rig.log.iter().filter_map(|output| match output {
        Output::SendData(_, text) => Some(text.clone()),
        _ => None,
    });
    sent.collect()
}

fn texts(rig: &Rig<Watched>) -> Vec<Event> {
    rig.events().into_iter().filter(|event| matches!(event, Event::Text(..))).collect()
}

fn report(rig: &Rig<Watched>) -> Value {
    serde_json::from_str(&rig.session.report_json(&Facts::default(), rig.clocks())).unwrap()
}

/// Lets ten milliseconds pass before each answer.
fn release(rig: &mut Rig<Watched>, hold: Hold) {
    rig.pass(Millis(10));
    rig.release(hold);
}

const STEPS: [Hold; 6] =
    [Hold::Credentials, Hold::Describe, Hold::Endpoints, Hold::Turn, Hold::Socket, Hold::Media];

#[test]
fn every_phase_of_a_viewers_start_is_in_its_timeline() {
    let mut rig = viewer(settings(Role::Viewer)).hold(&[&STEPS[..], &[Hold::Description]].concat());
    rig.start();
    for hold in STEPS {
        release(&mut rig, hold);
    }
    release(&mut rig, Hold::Description);
    rig.pass(Millis(10));
    rig.answer_call();
    rig.pass(Millis(10));
    rig.peer(1, PeerInput::Negotiated);
    rig.peer(1, PeerInput::Connected);
    rig.peer(1, PeerInput::GatheringEnded);
    rig.pass(Millis(10));
    rig.peer(1, PeerInput::FirstFrame);
    let all = [
        ("signaling", 0, 50),
        ("clickToFirstFrame", 0, 100),
        ("media", 0, 60),
        ("getToken", 0, 10),
        ("describeChannel", 10, 10),
        ("getEndpoint", 20, 10),
        ("getIceConfig", 30, 10),
        ("sign", 30, 0),
        ("connect", 30, 20),
        ("iceGathering", 70, 20),
        ("offerToAnswer", 70, 10),
        ("waitForMaster", 70, 10),
        ("peerConnection", 80, 10),
        ("firstFrameAfterConnection", 90, 10),
    ];
    let mut expected: Vec<_> =
        all.iter().map(|(name, start, took)| (name.to_string(), *start, Some(*took))).collect();
    let mut found = phases(&rig, "viewer");
    assert!(found.is_sorted_by_key(|(_, start, _)| *start));
    expected.sort();
    found.sort();
    assert_eq!(found, expected);

    let measures = rig.session.measures();
    assert_eq!(measures.len(), all.len());
    assert!(measures.iter().all(|measure| measure.name.starts_with("kvs-webrtc:viewer:")));
    assert_eq!(rig.session.measures(), [], "each is told once");
    rig.stop();
    rig.holds = vec![Hold::Credentials];
    rig.start();
    let anew = phases(&rig, "viewer");
    assert!(anew.iter().all(|(name, start, _)| *start == 100 && name != "connect"), "{anew:?}");
    let ended: Vec<_> = rig.session.measures().into_iter().map(|measure| measure.name).collect();
    assert_eq!(ended, ["kvs-webrtc:viewer:media"], "the camera opens at once this time");
}

#[test]
fn a_master_has_its_own_phases_and_those_of_each_viewer() {
    let mut rig = master(settings(Role::Master)).hold(&[Hold::Description]);
    rig.start();
    rig.pass(Millis(500));
    rig.offer("v1");
    rig.pass(Millis(10));
    rig.offer("v2");
    release(&mut rig, Hold::Description);
    rig.pass(Millis(10));
    rig.peer(1, PeerInput::Connected);
    rig.peer(1, PeerInput::GatheringEnded);
    let of = |id: &str| -> Vec<_> {
        let spans = timeline(&rig).into_iter().filter(|span| span["clientId"] == id);
        spans.map(|span| (span["name"].clone(), span["duration"].as_u64())).collect()
    };
    assert_eq!(
        of("v1"),
        [
            ("answer".into(), Some(20)),
            ("iceGathering".into(), Some(10)),
            ("peerConnection".into(), Some(10)),
        ]
    );
    assert_eq!(of("v2")[0], ("answer".into(), Some(10)));
    assert_eq!(of("v2")[2].1, None);
    let own = phases(&rig, "master");
    let waiting = own.iter().find(|(name, ..)| name == "waitForViewer").unwrap();
    assert_eq!(waiting.2, Some(500));
    assert!(rig.session.measures().iter().all(|measure| !measure.name.contains("v1")));
}

#[test]
fn a_viewer_and_our_own_master_measure_together_and_the_application_hears_nothing_of_it() {
    let mut viewer = viewer(profiling(Role::Viewer));
    let mut master = master(profiling(Role::Master));
    master.start();
    viewer.start();
    viewer.answer_call();
    master.offer("v1");
    for rig in [&mut viewer, &mut master] {
        rig.pass(Millis(30));
        rig.peer(1, PeerInput::Connected);
        rig.peer(1, PeerInput::ChannelOpened);
    }
    let mut told = (0, 0);
    while (told.0, told.1) != (data(&viewer).len(), data(&master).len()) {
        for text in data(&viewer).split_off(told.0) {
            master.pass(Millis(5));
            master.peer(1, PeerInput::Text(text));
            told.0 += 1;
        }
        for text in data(&master).split_off(told.1) {
            viewer.pass(Millis(5));
            viewer.peer(1, PeerInput::Text(text));
            told.1 += 1;
        }
    }
    assert_eq!((data(&viewer).len(), data(&master).len()), (3, 5));
    viewer.peer(1, PeerInput::FirstFrame);
    assert_eq!((texts(&viewer), texts(&master)), (Vec::new(), Vec::new()));
    let names: Vec<_> = phases(&viewer, "master").into_iter().map(|(name, ..)| name).collect();
    for name in [
        "signaling",
        "getToken",
        "describeChannel",
        "getEndpoint",
        "getIceConfig",
        "connect",
        "answer",
        "waitForViewer",
        "peerConnection",
        "dataChannelRoundTrip",
        "firstFrameAfterConnection",
    ] {
        assert_eq!(names.iter().filter(|found| *found == name).count(), 1, "{name} in {names:?}");
    }
    let own = phases(&viewer, "viewer");
    assert_eq!(own.iter().filter(|(name, ..)| name == "dataChannelRoundTrip").count(), 1);
    let at_master = timeline(&master);
    let round = at_master.iter().find(|span| span["name"] == "dataChannelRoundTrip").unwrap();
    assert_eq!(round["clientId"], "v1");

    for rig in [&mut viewer, &mut master] {
        rig.peer(1, PeerInput::Text(r#"{"content":"hello"}"#.into()));
        assert_eq!(texts(rig).len(), 1, "what is not of this format is the application's");
    }
}

#[test]
fn without_the_option_probes_are_messages_like_any_other() {
    let mut rig = master(settings(Role::Master));
    rig.start();
    rig.offer("v1");
    rig.peer(1, PeerInput::ChannelOpened);
    let report = r#"{"peerConnectionStartTime":1,"peerConnectionEndTime":2}"#;
    rig.peer(1, PeerInput::Text(report.into()));
    assert_eq!((texts(&rig).len(), data(&rig).len()), (1, 0));
}

#[test]
fn a_connection_that_is_long_gone_measures_nothing() {
    let mut rig = viewer(profiling(Role::Viewer));
    rig.start();
    rig.peer(7, PeerInput::ChannelOpened);
    rig.peer(
        7,
        PeerInput::Text(r#"{"peerConnectionStartTime":1,"peerConnectionEndTime":2}"#.into()),
    );
    assert_eq!((data(&rig).len(), texts(&rig).len()), (0, 0));
    assert_eq!(phases(&rig, "master").len(), 0);
}

fn measured(rig: &Rig<Watched>) -> usize {
    rig.count(|output| matches!(output, Output::Measure(_)))
}

#[test]
fn quality_is_measured_only_while_somebody_wants_to_know_and_told_when_it_changes() {
    let mut rig = master(settings(Role::Master));
    rig.start();
    rig.offer("v1");
    rig.pass(Millis::from_secs(10));
    assert_eq!(measured(&rig), 0);
    rig.learn(Insight::Watch);
    rig.learn(Insight::Watch);
    rig.pass(Millis::from_secs(10));
    assert_eq!(measured(&rig), 6, "at once, and every two seconds");

    let lossy = Sample { loss: Some(500), ..Sample::default() };
    for sample in [Sample::default(), Sample::default(), lossy.clone(), lossy.clone()] {
        rig.learn(Insight::Measured(PeerId(1), sample));
    }
    rig.learn(Insight::Measured(PeerId(9), lossy));
    let told: Vec<_> = rig
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Quality(quality, viewer) => Some((quality, viewer.unwrap().to_string())),
            _ => None,
        })
        .collect();
    let bad = Quality { score: 3, reasons: vec![Reason::Loss] };
    let good = Quality { score: 5, reasons: Vec::new() };
    assert_eq!(told, [(good, "v1".to_owned()), (bad.clone(), "v1".to_owned())]);
    assert_eq!(rig.session.quality(Some("v1")), Some(&bad));
    assert_eq!(report(&rig)["quality"], serde_json::json!([{"score": 3, "reasons": ["loss"]}]));
    rig.peer(1, PeerInput::Left);
    assert_eq!(rig.session.quality(Some("v1")), None);

    rig.stop();
    let before = measured(&rig);
    assert_eq!(rig.session.poll_timeout(), None, "a session that is over measures nothing");
    rig.pass(Millis::from_secs(10));
    assert_eq!(measured(&rig), before);
}

fn logged(rig: &Rig<Watched>) -> Vec<(Level, String)> {
    let lines = rig.log.iter().filter_map(|output| match output {
        Output::Log(record) => Some((record.level, record.message.clone())),
        _ => None,
    });
    lines.collect()
}

#[test]
fn lines_go_to_the_logger_from_its_level_on_and_to_the_report_in_any_case() {
    let run = |log| {
        let mut rig = viewer(Settings { log, ..settings(Role::Viewer) });
        rig.start();
        rig.stop();
        rig
    };
    let silent = run(None);
    assert_eq!(logged(&silent), []);
    let lines = report(&silent)["log"].as_array().unwrap().len();
    assert!(lines > 10, "{lines}");
    let chatty = run(Some(Level::Debug));
    assert_eq!(logged(&chatty).len(), lines);
    let quiet = logged(&run(Some(Level::Info)));
    assert!(quiet.len() < lines && quiet.iter().all(|(level, _)| *level >= Level::Info));
    assert!(quiet.iter().any(|(_, text)| text == "opens the socket: localhost:8080"));
    let failed = logged(&run(Some(Level::Error)));
    assert_eq!(failed.len(), 1);
    assert!(failed[0].1.starts_with("start() failed: caller.stopped: "), "{failed:?}");
}

#[test]
fn what_is_passed_over_is_counted_and_told_now_and_then() {
    let mut rig = viewer(Settings { log: Some(Level::Warn), ..settings(Role::Viewer) });
    for _ in 0..50 {
        let record = Record::dropped(Target::Peer, "tooLong", "a message was too long");
        rig.learn(Insight::Note(record));
    }
    assert_eq!(logged(&rig).len(), 2);
    assert_eq!(report(&rig)["drops"], serde_json::json!({"tooLong": 50}));
}

#[test]
fn frames_that_are_passed_over_are_counted_by_reason() {
    let mut rig = viewer(settings(Role::Viewer));
    rig.start();
    for _ in 0..200 {
        rig.tell(Input::SocketFrame("{".into()));
    }
    rig.tell(Input::SocketFrame(r#"{"messageType":"NEWS","messagePayload":"e30="}"#.into()));
    rig.frame("SDP_ANSWER", "not json", None);
    let expected = serde_json::json!({
        "frameMalformed": 200, "frameOfUnknownType": 1, "framePayloadMalformed": 1,
    });
    assert_eq!(report(&rig)["drops"], expected);
    let lines = report(&rig)["log"].as_array().unwrap().clone();
    let told = lines.iter().filter(|line| line["message"].as_str().unwrap().contains("malformed"));
    assert_eq!(told.count(), 4, "the first, the tenth, the hundredth, and that of the payload");
}

#[test]
fn errors_are_in_the_report_whether_told_as_events_or_by_start() {
    let mut rig = master(settings(Role::Master)).hold(&[Hold::Media]);
    rig.start();
    rig.tell(Input::SocketClosed(1001));
    let busy = Error::new(Code::BrowserMediaBusy, "the camera is taken");
    rig.tell(Input::Media(Err(busy)));
    assert_eq!(rig.state(), SessionState::Closed);
    let report = report(&rig);
    let codes: Vec<_> =
        report["errors"].as_array().unwrap().iter().map(|error| error["code"].clone()).collect();
    assert_eq!(codes, ["network.socketClosed", "browser.mediaBusy"]);
    assert_eq!(report["state"], "closed");
    assert_eq!(report["role"], "master");
}
