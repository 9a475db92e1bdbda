//! No secret reaches a log, an event, an error, a timeline or a report.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Hold, Rig, good, options, refused, settings};
use kvs_webrtc::credentials::Credentials;
use kvs_webrtc::error::{Code, Error};
use kvs_webrtc::ice::Candidate;
use kvs_webrtc::ids::Role;
use kvs_webrtc::rest::Response;
use kvs_webrtc::session::{
    ClientIdRule, Facts, Input, Level, Master, MasterOptions, Output, PeerInput, Settings, Viewer,
    ViewerOptions, Watched,
};
use kvs_webrtc::time::Millis;

const KEY_ID: &str = "AKIAKNOWNKEYID";
const SECRET_KEY: &str = "KnownSecretAccessKey";
const TOKEN: &str = "KnownSessionToken";
const TURN_USER: &str = "KnownTurnUser";
const TURN_PASSWORD: &str = "KnownTurnPassword";
const ICE_PASSWORD: &str = "KnownIcePassword";
const FINGERPRINT: &str = "AA:BB:CC:KNOWN";
const ADDRESS: &str = "203.0.113.77";

const SECRETS: [&str; 8] =
    [KEY_ID, SECRET_KEY, TOKEN, TURN_USER, TURN_PASSWORD, ICE_PASSWORD, FINGERPRINT, ADDRESS];

fn loud(role: Role) -> Settings {
    Settings { log: Some(Level::Debug), profile: true, ..settings(role) }
}

fn viewer() -> Rig<Watched> {
    let own = ViewerOptions { client_id: ClientIdRule::Random, data_channel: true };
    Rig::watching(Viewer::new(options("stun-turn", true), own), loud(Role::Viewer))
}

fn master() -> Rig<Watched> {
    Rig::watching(
        Master::new(options("stun-turn", true), MasterOptions::default()),
        loud(Role::Master),
    )
}

fn sdp() -> String {
    format!(
        "v=0\r\na=ice-ufrag:x\r\na=ice-pwd:{ICE_PASSWORD}\r\na=fingerprint:sha-256 {FINGERPRINT}\r\n"
    )
}

fn candidate() -> Candidate {
    let line = format!("candidate:1 1 udp 1 {ADDRESS} 9 typ host");
    Candidate { candidate: line, ..Candidate::default() }
}

fn candidate_json() -> String {
    format!(r#"{{"candidate":"{}","sdpMid":"0"}}"#, candidate().candidate)
}

fn description_json(kind: &str) -> String {
    let sdp = sdp().replace("\r\n", "\\r\\n");
    format!(r#"{{"type":"{kind}","sdp":"{sdp}"}}"#)
}

/// Gives the known keys and TURN servers to a session that starts.
fn start(mut rig: Rig<Watched>, describe: Option<Response>) -> Rig<Watched> {
    rig.holds = vec![Hold::Credentials, Hold::Description];
    let turn = format!(
        r#"{{"IceServerList":[{{"Uris":["turn:127.0.0.1:3478"],"Username":"{TURN_USER}","Password":"{TURN_PASSWORD}","Ttl":300}}]}}"#
    );
    let mut rig = rig.answer(Hold::Turn, Ok(good(&turn)));
    if let Some(answer) = describe {
        rig = rig.answer(Hold::Describe, Ok(answer));
    }
    rig.start();
    let call = rig.log.iter().find_map(|output| match output {
        Output::GetCredentials { call, .. } => Some(*call),
        _ => None,
    });
    let keys = Credentials::new(KEY_ID, SECRET_KEY, Some(TOKEN));
    rig.tell(Input::Credentials(call.unwrap(), keys));
    rig
}

/// What the browser says of a step that it refuses may quote what it was given.
fn browsers_words() -> Error {
    let words = format!(
        "the browser could not use the answer (OperationError: a=ice-pwd:{ICE_PASSWORD} in wss://h/?X-Amz-Security-Token={TOKEN})"
    );
    Error::new(Code::PeerBadDescription, words)
}

/// Everything that a person, a page or a bug report may see, apart from what the browser is told
/// to do.
fn visible(rig: &mut Rig<Watched>) -> String {
    let mut texts: Vec<String> = Vec::new();
    for output in &rig.log {
        match output {
            Output::Log(record) => texts.push(format!("{record:?}")),
            Output::Emit(event) => texts.push(format!("{event:?}")),
            Output::Settle(result) => texts.push(format!("{result:?}")),
            Output::SendData(_, text) => texts.push(text.clone()),
            Output::OpenSocket(url) => texts.push(format!("{url:?}")),
            Output::GetCredentials { .. } | Output::Measure(_) => texts.push(format!("{output:?}")),
            _ => {}
        }
    }
    texts.push(rig.session.timeline_json());
    texts.push(rig.session.report_json(&Facts::default(), rig.clocks()));
    texts.extend(rig.session.measures().into_iter().map(|measure| measure.name));
    texts.join("\n")
}

fn assert_silent(rig: &mut Rig<Watched>) {
    let signature = rig.log.iter().find_map(|output| match output {
        Output::OpenSocket(url) => {
            Some(url.expose().split("X-Amz-Signature=").nth(1).unwrap().to_owned())
        }
        _ => None,
    });
    let visible = visible(rig);
    assert!(visible.len() > 1_000, "there is something to look at");
    for secret in SECRETS.iter().copied().chain(signature.as_deref()) {
        assert!(!visible.contains(secret), "{secret} can be seen in\n{visible}");
    }
}

#[test]
fn a_viewers_whole_story_hides_them() {
    let mut rig = start(viewer(), None);
    rig.peer(1, PeerInput::Described(sdp()));
    rig.peer(1, PeerInput::Candidate(candidate()));
    rig.frame("SDP_ANSWER", &description_json("answer"), None);
    rig.frame("ICE_CANDIDATE", &candidate_json(), None);
    rig.peer(1, PeerInput::Negotiated);
    rig.peer(1, PeerInput::Connected);
    rig.peer(1, PeerInput::ChannelOpened);
    rig.peer(1, PeerInput::MediaArrived);
    rig.pass(Millis::from_secs(400));
    rig.tell(Input::SocketFrame("{".into()));
    rig.tell(Input::SocketClosed(1006));
    rig.stop();
    assert!(rig.count(|output| matches!(output, Output::Log(_))) > 20);
    assert_silent(&mut rig);
}

#[test]
fn a_masters_whole_story_hides_them() {
    let mut rig = start(master(), None);
    for id in ["a", "b"] {
        rig.frame("SDP_OFFER", &description_json("offer"), Some(id));
        rig.frame("ICE_CANDIDATE", &candidate_json(), Some(id));
    }
    rig.peer(1, PeerInput::Described(sdp()));
    rig.peer(1, PeerInput::Candidate(candidate()));
    rig.peer(1, PeerInput::Connected);
    rig.peer(1, PeerInput::ChannelOpened);
    rig.pass(Millis::from_secs(400));
    rig.tell(Input::SocketClosed(1001));
    rig.stop();
    assert_silent(&mut rig);
}

#[test]
fn a_service_that_repeats_the_request_in_its_answer_is_not_repeated() {
    let said = format!(
        r#"{{"Message":"The request signature we calculated does not match. The Canonical String should have been 'POST\n/describeSignalingChannel\nx-amz-security-token:{TOKEN}\nCredential={KEY_ID}/x'"}}"#
    );
    let answer = Response { body: said, ..refused(403, "SignatureDoesNotMatch") };
    let mut rig = start(viewer(), Some(answer));
    assert_eq!(rig.settled(), [Err(Code::KeysWrongSecret)]);
    assert_silent(&mut rig);
}

#[test]
fn the_browsers_own_words_are_cut_off_in_log_and_report() {
    let mut rig = start(viewer(), None);
    rig.log.clear();
    rig.peer(1, PeerInput::Failed(browsers_words()));
    let logged: String = rig
        .log
        .iter()
        .filter_map(|output| match output {
            Output::Log(record) => Some(record.message.clone()),
            _ => None,
        })
        .collect();
    let report = rig.session.report_json(&Facts::default(), rig.clocks());
    for text in [logged, report] {
        assert!(text.contains("peer.badDescription") && text.contains("(not shown)"), "{text}");
        for secret in SECRETS {
            assert!(!text.contains(secret), "{secret} can be seen in\n{text}");
        }
    }
}
