//! What both machines make of tracks that end and of junk that the other side sends.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Rig, options};
use kvs_webrtc::session::media::{Junk, TrackKind, TrackSource};
use kvs_webrtc::session::{
    Event, Input, Master, MasterOptions, Output, PeerInput, Viewer, ViewerOptions,
};

fn ended() -> (Input, Output) {
    let (kind, source) = (TrackKind::Video, TrackSource::Screen);
    (Input::TrackEnded(kind, source), Output::Emit(Event::LocalTrackEnded(kind, source)))
}

#[test]
fn a_track_that_ends_is_told_by_a_running_session_alone() {
    let rigs = [
        Rig::new(Viewer::new(options("disabled", true), ViewerOptions::default())),
        Rig::new(Master::new(options("disabled", true), MasterOptions::default())),
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

fn sessions() -> [Rig; 2] {
    let viewer = Viewer::new(options("disabled", false), ViewerOptions::default());
    let master = Master::new(options("disabled", false), MasterOptions::default());
    [Rig::new(viewer), Rig::new(master)]
}

#[test]
fn junk_of_the_other_side_is_counted_by_its_kind_and_no_end() {
    for mut rig in sessions() {
        rig.start();
        rig.offer("v1");
        let state = rig.state();
        for (junk, reason) in [
            (Junk::Channel, "strangeChannel"),
            (Junk::TooLarge, "messageTooLarge"),
            (Junk::Flood, "messagesTooFast"),
            (Junk::Unreadable, "messageUnreadable"),
        ] {
            rig.peer(1, PeerInput::Dropped(junk));
            rig.peer(1, PeerInput::Dropped(junk));
            assert_eq!(rig.dropped(reason), 2, "{reason}");
        }
        assert_eq!(rig.state(), state);
    }
}

#[test]
fn a_binary_frame_is_counted_and_no_end() {
    for mut rig in sessions() {
        rig.start();
        let state = rig.state();
        rig.tell(Input::SocketBinary);
        assert_eq!((rig.dropped("frameMalformed"), rig.state()), (1, state));
    }
}
