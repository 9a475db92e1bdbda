//! What both machines make of tracks that end and of junk that the other side sends.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Rig, options};
use kvs_webrtc::session::media::{Junk, TrackKind, TrackSource};
use kvs_webrtc::session::{
    Event, Input, Level, Master, Output, PeerId, PeerInput, Target, Viewer, ViewerOptions,
};

fn ended() -> (Input, Output) {
    let (kind, source) = (TrackKind::Video, TrackSource::Screen);
    (Input::TrackEnded(kind, source), Output::Emit(Event::LocalTrackEnded(kind, source)))
}

#[test]
fn a_track_that_ends_is_told_by_a_running_session_alone() {
    let rigs = [
        Rig::new(Viewer::new(options("disabled", true), ViewerOptions::default())),
        Rig::new(Master::new(
            options("disabled", true),
            kvs_webrtc::session::MasterOptions::default(),
        )),
    ];
    for mut rig in rigs {
        let (input, told) = ended();
        rig.tell(input);
        assert!(!rig.log.contains(&told));
        rig.start();
        let (input, told) = ended();
        rig.tell(input);
        assert!(rig.log.contains(&told));
    }
}

#[test]
fn junk_of_the_other_side_is_a_line_in_the_log_and_no_end() {
    let mut rig = Rig::new(Viewer::new(options("disabled", false), ViewerOptions::default()));
    rig.start();
    let state = rig.session.state();
    rig.tell(Input::Peer(PeerId(1), PeerInput::Dropped(Junk::Channel, 512)));
    let line = rig.log.iter().find_map(|output| match output {
        Output::Log(record) if record.target == Target::Peer => Some(record.clone()),
        _ => None,
    });
    let line = line.unwrap();
    assert_eq!(line.level, Level::Warn);
    assert!(line.message.contains("512"), "{}", line.message);
    assert_eq!(rig.session.state(), state);
}
