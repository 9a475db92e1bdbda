//! Camera and microphone.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaStream, MediaStreamTrack};

use super::reflect::{describe, get, get_some, global, is_named, object};
use crate::error::{Code, Error};
use crate::session::MediaRequest;

/// What is asked of the browser: for each kind `false`, or constraints.
#[derive(Clone)]
pub(crate) struct Constraints {
    video: JsValue,
    audio: JsValue,
}

impl Constraints {
    /// Reads the options `video` and `audio`. `true` for video asks for 1280×720.
    ///
    /// # Errors
    /// `caller.invalidArgument` where one is neither a boolean nor an object.
    pub(crate) fn from_js(options: &JsValue, video_by_default: bool) -> Result<Self, Error> {
        let ideal = |pixels: u32| JsValue::from(object(&[("ideal", pixels.into())]));
        let hd = object(&[("width", ideal(1280)), ("height", ideal(720))]);
        Ok(Self {
            video: read(options, "video", video_by_default, &hd)?,
            audio: read(options, "audio", false, &JsValue::TRUE)?,
        })
    }

    /// Which kinds are asked for.
    pub(crate) fn request(&self) -> MediaRequest {
        MediaRequest { video: self.video.is_truthy(), audio: self.audio.is_truthy() }
    }
}

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

fn read(
    options: &JsValue,
    name: &str,
    default: bool,
    constraints: &JsValue,
) -> Result<JsValue, Error> {
    let value = get(options, name);
    let wanted = match value.as_bool() {
        Some(wanted) => wanted,
        None if value.is_undefined() => default,
        None if value.is_object() => return Ok(value),
        None => return Err(Error::argument(name, "must be true, false or constraints")),
    };
    Ok(if wanted { constraints.clone() } else { JsValue::FALSE })
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
