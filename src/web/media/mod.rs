//! Camera, microphone, screen, and what is sent of them.

pub(crate) mod devices;
mod local;
mod settings;

pub(crate) use local::{LocalMedia, Muted, Sent};
pub(crate) use settings::{MediaSettings, Sending, data_channel};

use wasm_bindgen::JsCast;
use web_sys::{MediaStream, MediaStreamTrack};

/// Another handle to the same stream. (`stream.clone()` is the W3C's method of that name: it makes
/// a second stream with tracks of its own, which keep the camera open.)
pub(crate) fn same_stream(stream: &MediaStream) -> MediaStream {
    Clone::clone(stream)
}

/// Another handle to the same track; `track.clone()` is a method of the W3C's too.
pub(crate) fn same_track(track: &MediaStreamTrack) -> MediaStreamTrack {
    Clone::clone(track)
}

/// The tracks of a stream.
pub(crate) fn tracks(stream: &MediaStream) -> Vec<MediaStreamTrack> {
    stream.get_tracks().iter().map(JsCast::unchecked_into).collect()
}
