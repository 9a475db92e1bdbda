//! Stories of sessions without keys: the application's back end says where to connect.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{CHANNEL, Hold, Rig, bundle};
use kvs_webrtc::bundle::{Bundle, Need, Reason};
use kvs_webrtc::error::{Code, Error};
use kvs_webrtc::ids::{ChannelArn, Role};
use kvs_webrtc::secret::Secret;
use kvs_webrtc::session::{
    Input, Master, MasterOptions, MediaRequest, Options, Output, RawOptions, SessionState, Viewer,
    ViewerOptions,
};
use kvs_webrtc::time::Millis;

fn options(nat_traversal: &str) -> Options {
    let raw = RawOptions { nat_traversal: Some(nat_traversal), ..RawOptions::default() };
    Options::of_backend(raw, MediaRequest::default()).unwrap()
}

fn viewer() -> Rig {
    Rig::new(Viewer::new(options("stun-turn"), ViewerOptions::default()))
}

fn fails(message: &'static str) -> Result<Bundle, Error> {
    Err(Error::new(Code::CallerSessionFailed, message))
}

#[test]
fn one_question_is_all_it_takes() {
    let mut rig = viewer();
    rig.start();
    let [request] = rig.asked.as_slice() else { panic!("{:?}", rig.asked) };
    assert_eq!(
        (request.role, request.need, request.reason),
        (Role::Viewer, Need::Connect, Reason::Start)
    );
    assert_eq!(request.client_id.as_ref().unwrap().as_str(), "viewer-0000000000001234");
    assert_eq!(rig.count(|output| matches!(output, Output::GetCredentials { .. })), 0);
    assert_eq!(rig.count(|output| matches!(output, Output::Fetch(..))), 0);
    assert_eq!(rig.count(|output| *output == Output::OpenSocket(bundle().signed_url.unwrap())), 1);
    let offered =
        |output: &Output| matches!(output, Output::Offer(_, servers) if servers.len() == 1);
    assert_eq!((rig.count(offered), rig.state()), (1, SessionState::Waiting));
}

#[test]
fn a_failure_is_the_starts_and_the_next_start_asks_again() {
    let mut rig = viewer();
    rig.bundles = vec![fails("no"), Ok(Bundle { signed_url: None, ..bundle() })];
    rig.start();
    rig.start();
    assert_eq!(rig.settled(), [Err(Code::CallerSessionFailed), Err(Code::CallerSessionFailed)]);
    rig.start();
    assert_eq!((rig.asked.len(), rig.state()), (3, SessionState::Waiting));
}

#[test]
fn a_url_for_another_channel_than_the_back_end_says_is_not_used() {
    let url = ["wss://v-1/?X-Amz-ChannelARN=", CHANNEL, "&X-Amz-Signature=x"].concat();
    let arn = |name| ChannelArn::parse(&CHANNEL.replace("demo", name)).ok();
    let of = |name| Bundle {
        signed_url: Some(Secret::new(url.clone())),
        channel_arn: arn(name),
        ..bundle()
    };
    let mut rig = viewer();
    rig.bundles = vec![Ok(of("other")), Ok(of("demo"))];
    rig.start();
    assert_eq!(rig.settled(), [Err(Code::CallerSessionFailed)]);
    assert_eq!(rig.count(|output| matches!(output, Output::OpenSocket(_))), 0);
    rig.start();
    assert_eq!(rig.state(), SessionState::Waiting);
}

#[test]
fn a_back_end_that_does_not_answer_is_given_up_after_a_minute() {
    let mut rig = viewer().hold(&[Hold::Backend]);
    rig.start();
    rig.pass(Millis(59_999));
    assert_eq!(rig.settled(), []);
    rig.pass(Millis(1));
    assert_eq!(rig.settled(), [Err(Code::NetworkTimeout)]);
}

#[test]
fn a_refused_url_is_asked_for_once_more() {
    let mut rig = viewer().hold(&[Hold::Socket]);
    rig.start();
    rig.tell(Input::SocketClosed(1006));
    assert_eq!(
        rig.asked.iter().map(|it| it.reason).collect::<Vec<_>>(),
        [Reason::Start, Reason::Refused]
    );
    assert_eq!(rig.settled(), []);
    rig.tell(Input::SocketClosed(1006));
    assert_eq!((rig.settled(), rig.asked.len()), (vec![Err(Code::ServiceRefused)], 2));
}

#[test]
fn a_master_asks_for_fresh_servers_when_a_viewer_comes_and_for_a_url_when_its_socket_is_lost() {
    let mut rig = Rig::new(Master::new(options("stun-turn"), MasterOptions::default()));
    rig.start();
    rig.offer("v1");
    rig.pass(Millis::from_secs(300));
    rig.offer("v2");
    rig.tell(Input::SocketClosed(1001));
    rig.pass(Millis(1_500));
    let asked: Vec<_> = rig.asked.iter().map(|it| (it.need, it.reason)).collect();
    assert_eq!(
        asked,
        [
            (Need::Connect, Reason::Start),
            (Need::Ice, Reason::Rollover),
            (Need::Connect, Reason::Reconnect),
        ]
    );
    assert_eq!(rig.count(|output| matches!(output, Output::Answer(..))), 2);
    assert_eq!(rig.state(), SessionState::Waiting);
}

#[test]
fn without_servers_a_call_goes_on_unless_it_must_be_relayed() {
    let bare = || Bundle { ice_servers: Vec::new(), ..bundle() };
    let mut rig = viewer();
    rig.bundles = vec![Ok(bare())];
    rig.start();
    assert_eq!((rig.state(), rig.errors()), (SessionState::Waiting, vec![]));
    let mut relayed = Rig::new(Viewer::new(options("turn-only"), ViewerOptions::default()));
    relayed.bundles = vec![Ok(bare())];
    relayed.start();
    assert_eq!(relayed.settled(), [Err(Code::CallerSessionFailed)]);
}
