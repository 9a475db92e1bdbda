//! Stories of a start-up that meets a wrong clock, a busy service, or a refused socket.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used)]

mod common;

use common::{Hold, Rig, good, options, refused};
use kvs_webrtc::error::{Code, Error};
use kvs_webrtc::ids::ClientId;
use kvs_webrtc::rest::Response;
use kvs_webrtc::session::{
    ClientIdRule, Event, Input, Output, SessionState, Viewer, ViewerOptions,
};
use kvs_webrtc::time::Millis;

fn viewer() -> Rig {
    Rig::new(Viewer::new(options("disabled", false), ViewerOptions::default()))
}

fn skewed() -> Response {
    let body = r#"{"message":"Signature expired: 20231114T221321Z is now earlier than …"}"#;
    // An hour after the rig's clock.
    let date = Some("Tue, 14 Nov 2023 23:13:20 GMT".to_owned());
    Response { date, body: body.to_owned(), ..refused(403, "InvalidSignatureException") }
}

fn fetches(rig: &Rig, path: &str) -> usize {
    rig.count(|output| matches!(output, Output::Fetch(_, it) if it.url.ends_with(path)))
}

#[test]
fn a_wrong_clock_is_put_right_and_the_call_made_again() {
    let mut rig = viewer().answer(Hold::Describe, Ok(skewed()));
    rig.start();
    assert_eq!(
        (fetches(&rig, "describeSignalingChannel"), rig.state()),
        (2, SessionState::Waiting)
    );
    let url = rig.log.iter().find_map(|output| match output {
        Output::OpenSocket(url) => Some(url.expose().clone()),
        _ => None,
    });
    assert!(url.unwrap().contains("X-Amz-Date=20231114T2313"));
}

#[test]
fn a_clock_that_cannot_be_put_right_is_an_error() {
    let mut rig = viewer();
    rig.answers = vec![(Hold::Describe, Ok(skewed())), (Hold::Describe, Ok(skewed()))];
    rig.start();
    assert_eq!(rig.settled(), [Err(Code::CallerClockSkewed)]);
}

#[test]
fn a_busy_service_is_asked_again_after_a_while_and_three_times_at_the_most() {
    let busy = || Ok(refused(400, "ClientLimitExceededException"));
    let mut rig = viewer();
    rig.answers = vec![(Hold::Endpoints, busy()), (Hold::Endpoints, busy())];
    rig.start();
    assert_eq!(fetches(&rig, "getSignalingChannelEndpoint"), 1);
    rig.pass(Millis(2_000));
    assert_eq!(
        (fetches(&rig, "getSignalingChannelEndpoint"), rig.state()),
        (3, SessionState::Waiting)
    );

    let lost = || Err(Error::new(Code::NetworkUnreachable, "down"));
    let mut down = viewer();
    down.answers = (0..5).map(|_| (Hold::Describe, lost())).collect();
    down.start();
    down.pass(Millis(2_000));
    assert_eq!(down.settled(), [Err(Code::NetworkUnreachable)]);
    assert_eq!(fetches(&down, "describeSignalingChannel"), 3);
}

/// Whether fresh keys were wanted, each time that keys were asked for.
fn asked_for_keys(rig: &Rig) -> Vec<bool> {
    let asked = rig.log.iter().filter_map(|output| match output {
        Output::GetCredentials { fresh, .. } => Some(*fresh),
        _ => None,
    });
    asked.collect()
}

#[test]
fn keys_that_have_expired_are_asked_for_afresh_once() {
    let expired = |to| (to, Ok(refused(403, "ExpiredTokenException")));
    for at in [Hold::Describe, Hold::Endpoints, Hold::Turn] {
        let stun_turn = Viewer::new(options("stun-turn", false), ViewerOptions::default());
        let mut rig = Rig::new(stun_turn);
        rig.answers = vec![expired(at)];
        rig.start();
        assert_eq!((asked_for_keys(&rig), rig.state()), (vec![false, true], SessionState::Waiting));
        assert_eq!(rig.errors(), [], "{at:?}");
    }
    let mut rig = viewer();
    rig.answers = vec![expired(Hold::Describe), expired(Hold::Describe)];
    rig.start();
    assert_eq!(
        (asked_for_keys(&rig), rig.settled()),
        (vec![false, true], vec![Err(Code::KeysExpired)])
    );
    rig.answers = vec![expired(Hold::Describe)];
    rig.start();
    assert_eq!(asked_for_keys(&rig), [false, true, false, true], "a later start does so again");
    assert_eq!(rig.state(), SessionState::Waiting);
}

#[test]
fn other_refusals_ask_for_no_other_keys() {
    let mut rig = viewer().answer(Hold::Describe, Ok(refused(403, "AccessDeniedException")));
    rig.start();
    assert_eq!((asked_for_keys(&rig), rig.settled()), (vec![false], vec![Err(Code::KeysDenied)]));
}

#[test]
fn a_diagnosis_is_made_with_fresh_keys() {
    let rig = refused_because(Ok(refused(403, "ExpiredTokenException")));
    assert_eq!(
        (asked_for_keys(&rig), rig.settled()),
        (vec![false, true], vec![Err(Code::KeysExpired)])
    );
}

/// A viewer whose socket is refused, and what the service answers when it is asked why.
fn refused_because(answer: Result<Response, Error>) -> Rig {
    let mut rig = viewer().hold(&[Hold::Socket]);
    rig.start();
    rig.answers = vec![(Hold::Describe, answer)];
    rig.tell(Input::SocketClosed(1006));
    rig
}

#[test]
fn what_https_can_prove_is_the_reason() {
    let said = |status, name| Ok(refused(status, name));
    for (answer, code) in [
        (said(404, "ResourceNotFoundException"), Code::ServiceChannelNotFound),
        (said(403, "InvalidSignatureException"), Code::KeysWrongSecret),
        (said(403, "UnrecognizedClientException"), Code::KeysUnknown),
        (said(403, "ExpiredTokenException"), Code::KeysExpired),
        (
            Ok(Response {
                body: r#"{"message":"Credential should be scoped to a valid region."}"#.into(),
                ..refused(403, "InvalidSignatureException")
            }),
            Code::CallerWrongRegion,
        ),
    ] {
        let rig = refused_because(answer);
        assert_eq!(rig.settled(), [Err(code)]);
        assert_eq!(rig.state(), SessionState::Closed);
    }
}

#[test]
fn a_channel_that_is_going_away_is_told() {
    let deleting = r#"{"ChannelInfo":{"ChannelName":"demo","ChannelARN":"arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000","ChannelType":"SINGLE_MASTER","ChannelStatus":"DELETING"}}"#;
    assert_eq!(refused_because(Ok(good(deleting))).settled(), [Err(Code::ServiceChannelNotActive)]);
}

#[test]
fn what_https_cannot_prove_is_likely_and_no_fact() {
    let down = Err(Error::new(Code::NetworkUnreachable, "down"));
    let denied = Ok(refused(403, "AccessDeniedException"));
    for (answer, first) in [(down, "channelFull"), (denied, "connectDenied")] {
        let error = refusal(&refused_because(answer));
        assert_eq!((error.code(), error.likely()[0]), (Code::ServiceRefused, first));
    }
}

/// The error of the last `start()`.
fn refusal(rig: &Rig) -> Error {
    let mut errors = rig.log.iter().filter_map(|output| match output {
        Output::Settle(Err(error)) => Some(error.clone()),
        _ => None,
    });
    errors.next_back().expect("the start was refused")
}

#[test]
fn who_comes_back_under_the_own_id_takes_the_own_place() {
    let own = || ClientId::parse("kitchen").unwrap();
    for (client_id, first) in [
        (ClientIdRule::Preferred(own()), "connectDenied"),
        (ClientIdRule::Fixed(own()), "connectDenied"),
        (ClientIdRule::Random, "channelFull"),
    ] {
        let own = ViewerOptions { client_id, data_channel: false };
        let mut rig = Rig::new(Viewer::new(options("disabled", false), own));
        rig.start();
        rig.stop();
        rig.pass(Millis::from_secs(10));
        rig.holds = vec![Hold::Socket];
        rig.tell(Input::Start { random: 0x5678 });
        rig.tell(Input::SocketClosed(1006));
        let error = refusal(&rig);
        assert_eq!((error.code(), error.likely()[0]), (Code::ServiceRefused, first));
    }
}

#[test]
fn a_url_signed_by_a_wrong_clock_is_signed_again() {
    let mut rig = refused_because(Ok(skewed()));
    assert_eq!(rig.settled(), []);
    let sockets = rig.count(|output| matches!(output, Output::OpenSocket(_)));
    assert_eq!(sockets, 2);
    rig.tell(Input::SocketOpened);
    assert_eq!(rig.state(), SessionState::Waiting);
    assert!(!rig.events().iter().any(|event| matches!(event, Event::Error(..))));
}
