//! What a person's program asks for of camera, microphone and what is sent.

use wasm_bindgen::JsValue;

use crate::error::Error;
use crate::session::MediaRequest;
use crate::web::members::string;
use crate::web::reflect::{get, object};

/// The options about media.
#[derive(Clone)]
pub(crate) struct MediaSettings {
    /// What camera and microphone are asked for.
    pub(crate) constraints: Constraints,
    /// `RTCRtpSendParameters.degradationPreference`.
    pub(crate) degradation: Option<String>,
}

impl MediaSettings {
    /// Reads the options.
    ///
    /// # Errors
    /// `caller.invalidArgument`, naming the member.
    pub(crate) fn from_js(options: &JsValue, video_by_default: bool) -> Result<Self, Error> {
        Ok(Self {
            constraints: Constraints::from_js(options, video_by_default)?,
            degradation: degradation(options)?,
        })
    }

    /// Which kinds are sent.
    pub(crate) fn request(&self) -> MediaRequest {
        self.constraints.request()
    }
}

/// What is asked of the browser: for each kind `false`, or constraints.
#[derive(Clone)]
pub(crate) struct Constraints {
    pub(super) video: JsValue,
    pub(super) audio: JsValue,
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

/// Source: W3C mst-content-hint, section 4 (RTCDegradationPreference).
fn degradation(options: &JsValue) -> Result<Option<String>, Error> {
    let Some(preference) = string(options, "degradationPreference")? else { return Ok(None) };
    match preference.as_str() {
        "balanced" | "maintain-framerate" | "maintain-resolution" => Ok(Some(preference)),
        _ => Err(Error::argument(
            "degradationPreference",
            "must be 'balanced', 'maintain-framerate' or 'maintain-resolution'",
        )),
    }
}
