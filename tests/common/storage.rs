//! A master and a viewer whose other side is the channel's storage session.

use kvs_webrtc::ids::Role;
use kvs_webrtc::session::{
    Master, MasterOptions, MediaRequest, Options, Output, PeerInput, Session, SessionState, Viewer,
    ViewerOptions,
};

use crate::common::{CANDIDATE, Rig, options};

pub(crate) const ROLES: [Role; 2] = [Role::Master, Role::Viewer];

pub(crate) fn ingesting(role: Role) -> Options {
    let media = MediaRequest { video: role == Role::Master, audio: true };
    Options { media, ingestion: true, ..options("stun-turn", false) }
}

pub(crate) fn session(role: Role) -> Box<dyn Session> {
    match role {
        Role::Master => Box::new(Master::new(ingesting(role), MasterOptions::default())),
        // There is no data channel with a storage session, whatever else is asked for.
        Role::Viewer => Box::new(Viewer::new(
            ingesting(role),
            ViewerOptions { data_channel: true, ..ViewerOptions::default() },
        )),
    }
}

pub(crate) fn rig(role: Role) -> Rig {
    Rig::of(session(role))
}

/// The socket is open, and nothing was offered yet.
pub(crate) fn waiting(role: Role) -> Rig {
    let mut rig = rig(role);
    rig.start();
    assert_eq!(rig.state(), SessionState::Waiting);
    rig
}

/// An offer as the service makes it, of the generation `ufrag`.
pub(crate) fn offer(rig: &mut Rig, ufrag: &str) {
    let json = format!(r#"{{"type":"offer","sdp":"a=ice-ufrag:{ufrag}\r\n"}}"#);
    rig.frame("SDP_OFFER", &json, None);
}

/// A candidate as the service sends it: without the section's `mid`.
pub(crate) fn candidate(rig: &mut Rig, index: u16) {
    let json = format!(r#"{{"candidate":"{CANDIDATE}","sdpMLineIndex":{index}}}"#);
    rig.frame("ICE_CANDIDATE", &json, None);
}

pub(crate) fn connected(role: Role) -> Rig {
    let mut rig = waiting(role);
    offer(&mut rig, "u");
    rig.peer(1, PeerInput::Track);
    rig.peer(1, PeerInput::Connected);
    rig.peer(1, PeerInput::MediaArrived);
    assert_eq!(rig.state(), SessionState::Connected);
    rig
}

pub(crate) fn made(rig: &Rig) -> usize {
    rig.count(|output| matches!(output, Output::CreatePeer(..)))
}
