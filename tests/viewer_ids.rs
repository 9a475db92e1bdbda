//! Stories of a viewer's client id: of the start, and of another try.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Hold, Rig, options};
use kvs_webrtc::error::Code;
use kvs_webrtc::ids::ClientId;
use kvs_webrtc::session::{
    ClientIdRule, Event, Input, Output, PeerId, PeerInput, SessionState, Viewer, ViewerOptions,
};
use kvs_webrtc::time::Millis;

fn viewer(client_id: ClientIdRule) -> Rig {
    let own = ViewerOptions { client_id, data_channel: false };
    Rig::new(Viewer::new(options("stun-turn", false), own))
}

/// A start whose first connection, without TURN, was answered and found no path; the second offer is
/// out.
fn contested(client_id: ClientIdRule) -> Rig {
    let mut rig = viewer(client_id).hold(&[Hold::Turn]);
    rig.start();
    rig.pass(Millis(150));
    rig.answer_call();
    rig.release(Hold::Turn);
    rig.peer(1, PeerInput::Unreachable);
    assert_eq!(rig.actions(), ["SDP_OFFER", "SDP_OFFER"]);
    rig
}

fn door() -> ClientId {
    ClientId::parse("door").unwrap()
}

/// The ids under which sockets were opened.
fn opened_as(rig: &Rig) -> Vec<String> {
    let urls = rig.log.iter().filter_map(|output| match output {
        Output::OpenSocket(url) => Some(url.expose().clone()),
        _ => None,
    });
    let id = |url: String| {
        let (_, rest) = url.split_once("X-Amz-ClientId=").unwrap();
        rest.split('&').next().unwrap().to_owned()
    };
    urls.map(id).collect()
}

fn told(rig: &Rig) -> Vec<String> {
    let ids = rig.events().into_iter().filter_map(|event| match event {
        Event::ClientId(id) => Some(id.to_string()),
        _ => None,
    });
    ids.collect()
}

#[test]
fn a_master_that_may_hold_the_last_connection_is_asked_under_another_id() {
    let mut rig = contested(ClientIdRule::Preferred(door()));
    rig.pass(Millis(2_999));
    assert_eq!((opened_as(&rig), told(&rig)), (vec!["door".to_owned()], vec![]));
    rig.pass(Millis(1));
    let ids = opened_as(&rig);
    assert_eq!(ids.len(), 2);
    let end = ids[1].strip_prefix("door.").unwrap();
    assert!(end.len() == 4 && end.bytes().all(|it| it.is_ascii_alphanumeric()), "{end}");
    assert_eq!(
        (told(&rig), rig.session.client_ids()),
        (vec![ids[1].clone()], vec![ids[1].clone()])
    );

    assert_eq!(rig.count(|output| *output == Output::CloseSocket), 1, "the old id's");
    assert_eq!(rig.actions(), ["SDP_OFFER"].repeat(3));
    assert_eq!(rig.count(|output| matches!(output, Output::CreatePeer(..))), 2);
    rig.answer_call();
    rig.peer(2, PeerInput::Track);
    rig.peer(2, PeerInput::Negotiated);
    rig.peer(2, PeerInput::Connected);
    rig.peer(2, PeerInput::MediaArrived);
    assert_eq!((rig.state(), rig.settled()), (SessionState::Connected, vec![Ok(())]));
}

#[test]
fn the_offer_leaves_on_the_new_socket_and_on_no_other() {
    let mut rig = contested(ClientIdRule::Preferred(door()));
    rig.holds = vec![Hold::Socket];
    rig.pass(Millis::from_secs(3));
    assert_eq!((opened_as(&rig).len(), rig.actions().len()), (2, 2));
    assert_eq!(rig.state(), SessionState::Waiting);
    rig.release(Hold::Socket);
    assert_eq!(rig.actions().len(), 3);
    let closed = rig.position(|output| *output == Output::CloseSocket).unwrap();
    let last = rig.log.iter().rposition(|output| matches!(output, Output::OpenSocket(_))).unwrap();
    assert!(closed < last);
    rig.pass(Millis(19_999));
    assert_eq!(rig.actions().len(), 3, "from then on it is repeated as ever");
    rig.pass(Millis(1));
    assert_eq!((rig.actions().len(), opened_as(&rig).len()), (4, 2));
}

#[test]
fn an_id_is_kept_where_the_master_answers_it_once_more() {
    let mut rig = contested(ClientIdRule::Preferred(door()));
    rig.pass(Millis(2_500));
    rig.answer_call();
    rig.peer(2, PeerInput::Negotiated);
    rig.peer(2, PeerInput::Connected);
    rig.pass(Millis::from_secs(60));
    assert_eq!((opened_as(&rig), told(&rig)), (vec!["door".to_owned()], vec![]));
    assert_eq!(rig.settled(), [Ok(())]);
}

#[test]
fn an_id_is_kept_where_no_master_has_answered_it() {
    let mut rig = viewer(ClientIdRule::Preferred(door()));
    rig.start();
    rig.pass(Millis::from_secs(600));
    assert_eq!((opened_as(&rig), told(&rig)), (vec!["door".to_owned()], vec![]));
}

#[test]
fn a_fixed_id_is_asked_for_again_and_never_another() {
    let mut rig = contested(ClientIdRule::Fixed(door()));
    rig.pass(Millis::from_secs(3));
    assert_eq!(rig.actions().len(), 3);
    rig.pass(Millis(19_999));
    assert_eq!(rig.actions().len(), 3);
    rig.pass(Millis(1));
    assert_eq!(rig.actions().len(), 4);
    assert_eq!((opened_as(&rig), told(&rig)), (vec!["door".to_owned()], vec![]));
    assert_eq!(rig.session.client_ids(), ["door"]);
}

#[test]
fn a_random_id_gives_way_to_another_random_one() {
    let mut rig = contested(ClientIdRule::Random);
    rig.pass(Millis::from_secs(3));
    let ids = opened_as(&rig);
    assert!(ids.len() == 2 && ids.iter().all(|id| id.starts_with("viewer-")), "{ids:?}");
    assert_ne!(ids[0], ids[1]);
    assert_eq!(told(&rig), [ids[1].clone()]);
}

#[test]
fn the_next_start_is_under_the_id_that_was_asked_for() {
    let mut rig = contested(ClientIdRule::Preferred(door()));
    rig.pass(Millis::from_secs(3));
    rig.stop();
    rig.start();
    assert_eq!((opened_as(&rig).len(), opened_as(&rig).pop().unwrap()), (3, "door".to_owned()));
}

#[test]
fn a_refusal_of_the_other_id_ends_the_start() {
    let mut rig = contested(ClientIdRule::Preferred(door()));
    rig.holds = vec![Hold::Socket];
    rig.pass(Millis::from_secs(3));
    rig.tell(Input::SocketClosed(1006));
    assert_eq!(rig.settled(), [Err(Code::ServiceRefused)]);
    assert_eq!(rig.count(|output| *output == Output::ClosePeer(PeerId(2))), 1);
}
