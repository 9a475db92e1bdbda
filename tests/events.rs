//! Stories of what a session hands on: the service's own messages, and the data channel's life.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Rig, options};
use kvs_webrtc::ids::ClientId;
use kvs_webrtc::session::{
    Event, Input, Master, MasterOptions, PeerInput, SessionState, Viewer, ViewerOptions,
};
use kvs_webrtc::signaling::StatusResponse;

/// A running viewer, and a master with a viewer `v1`; and whose connection the first one is.
fn sessions() -> [(Rig, Option<ClientId>); 2] {
    let options = || options("disabled", false);
    let mut viewer = Rig::new(Viewer::new(options(), ViewerOptions::default()));
    viewer.start();
    let mut master = Rig::new(Master::new(options(), MasterOptions::default()));
    master.start();
    master.offer("v1");
    [(viewer, None), (master, ClientId::parse("v1").ok())]
}

fn told(rig: &Rig, event: &Event) -> usize {
    rig.events().iter().filter(|told| *told == event).count()
}

#[test]
fn what_the_service_says_is_told_and_changes_nothing() {
    for (mut rig, _) in sessions() {
        let before = (rig.state(), rig.sent().len());
        rig.tell(Input::SocketFrame(r#"{"messageType":"GO_AWAY"}"#.into()));
        rig.tell(Input::SocketFrame(
            r#"{"messageType":"RECONNECT_ICE_SERVER","messagePayload":""}"#.into(),
        ));
        assert_eq!((told(&rig, &Event::GoAway), told(&rig, &Event::ReconnectIceServer)), (1, 1));
        assert_eq!((rig.state(), rig.sent().len()), before);
        assert_eq!((rig.state(), rig.errors()), (SessionState::Waiting, vec![]));
    }
}

#[test]
fn a_message_that_was_not_delivered_is_told() {
    let frame = r#"{"messageType":"STATUS_RESPONSE","statusResponse":{"correlationId":"viewer-1",
        "success":false,"errorType":"InvalidArgumentException","statusCode":"400",
        "description":"<b>no</b>"}}"#;
    let status = StatusResponse {
        correlation_id: "viewer-1".into(),
        success: false,
        error_type: "InvalidArgumentException".into(),
        status_code: "400".into(),
        description: "<b>no</b>".into(),
    };
    for (mut rig, _) in sessions() {
        rig.tell(Input::SocketFrame(frame.into()));
        assert_eq!(told(&rig, &Event::StatusResponse(status.clone())), 1);
        assert_eq!(rig.state(), SessionState::Waiting);
    }
}

#[test]
fn the_data_channels_life_is_told_with_whose_it_is() {
    for (mut rig, owner) in sessions() {
        for (input, event) in [
            (PeerInput::ChannelOpened, Event::ChannelOpened(owner.clone())),
            (PeerInput::ChannelDrained, Event::BufferedAmountLow(owner.clone())),
            (PeerInput::ChannelClosed, Event::ChannelClosed(owner.clone())),
        ] {
            rig.peer(1, input);
            assert_eq!(told(&rig, &event), 1, "{event:?}");
        }
        assert!(rig.session.recipients(None).is_err());
    }
}
