//! Camera and microphone.

mod settings;

pub(crate) use settings::{Constraints, MediaSettings};

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaStream, MediaStreamTrack};

use crate::error::{Code, Error};
use crate::web::reflect::{describe, get, get_some, global, is_named, object};

/// Local tracks, stopped in `Drop`.
pub(crate) struct LocalMedia {
    stream: MediaStream,
}

impl LocalMedia {
    /// Opens camera and microphone.
    ///
    /// # Errors
    /// `browser.mediaDenied`, `browser.mediaNotFound`, `browser.mediaBusy`,
    /// `browser.unsupported`.
    pub(crate) async fn open(constraints: Constraints) -> Result<Self, Error> {
        let devices = global::<JsValue>("navigator")
            .and_then(|navigator| get_some(&navigator, "mediaDevices"))
            .ok_or_else(unsupported)?;
        let get_user_media: Function =
            get(&devices, "getUserMedia").dyn_into().map_err(|_| unsupported())?;
        let asked = object(&[("video", constraints.video), ("audio", constraints.audio)]);
        let promise: Promise = get_user_media.call1(&devices, &asked).map_err(media_error)?.into();
        let stream = JsFuture::from(promise).await.map_err(media_error)?;
        Ok(Self { stream: stream.unchecked_into() })
    }

    /// The browser's object.
    pub(crate) const fn stream(&self) -> &MediaStream {
        &self.stream
    }
}

impl Drop for LocalMedia {
    fn drop(&mut self) {
        for track in tracks(&self.stream) {
            track.stop();
        }
    }
}

/// Another handle to the same stream. (`stream.clone()` is the W3C's method of that name: it makes
/// a second stream with tracks of its own, which keep the camera open.)
pub(crate) fn same_stream(stream: &MediaStream) -> MediaStream {
    Clone::clone(stream)
}

/// The tracks of a stream.
pub(crate) fn tracks(stream: &MediaStream) -> Vec<MediaStreamTrack> {
    stream.get_tracks().iter().map(JsCast::unchecked_into).collect()
}

fn unsupported() -> Error {
    let message = "this page cannot use camera and microphone";
    Error::new(Code::BrowserUnsupported, message)
}

/// Source: W3C Media Capture and Streams, section 10.2.1 (getUserMedia).
fn media_error(thrown: JsValue) -> Error {
    let named = |name: &str| is_named(&thrown, name);
    let (code, message) = if named("NotAllowedError") || named("SecurityError") {
        (Code::BrowserMediaDenied, "permission for camera or microphone was refused")
    } else if named("NotFoundError") || named("OverconstrainedError") {
        (Code::BrowserMediaNotFound, "no camera or microphone of the kind asked for was found")
    } else {
        (Code::BrowserMediaBusy, "camera or microphone could not be opened")
    };
    Error::new(code, format!("{message} ({})", describe(&thrown)))
}
