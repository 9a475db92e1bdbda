//! What a person's program asks for of camera, microphone and what is sent.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MediaStream, RtcDataChannelInit};

use crate::error::Error;
use crate::session::MediaRequest;
use crate::session::media::{
    BUFFERED_AMOUNT_LOW, Limits, MAX_BUFFERED, PerKind, TrackKind, parse_codec,
};
use crate::web::members::{boolean, string, whole};
use crate::web::reflect::{get, get_some, object, set};

use super::tracks;

/// The options about media.
#[derive(Clone)]
pub(crate) struct MediaSettings {
    /// What is asked of the browser: for each kind `false`, or constraints.
    pub(crate) constraints: PerKind<JsValue>,
    /// The stream to send instead of camera and microphone.
    pub(crate) given: Option<MediaStream>,
    /// `MediaStreamTrack.contentHint`.
    pub(crate) hints: PerKind<Option<String>>,
    /// How it is sent.
    pub(crate) sending: Rc<Sending>,
}

/// How media and messages are sent.
pub(crate) struct Sending {
    /// Preferred codecs, by MIME type.
    pub(crate) codecs: PerKind<Vec<String>>,
    /// Caps.
    pub(crate) limits: PerKind<Limits>,
    /// Where the bandwidth estimate begins, in kilobits per second.
    pub(crate) start_bitrate: Option<u32>,
    /// `RTCRtpSendParameters.degradationPreference`.
    pub(crate) degradation: Option<String>,
    /// How the data channel is made.
    pub(crate) channel: RtcDataChannelInit,
    /// Bytes waiting to be sent at which more can be given.
    pub(crate) buffered_amount_low: u32,
}

impl MediaSettings {
    /// Reads the options.
    ///
    /// # Errors
    /// `caller.invalidArgument`, naming the member.
    pub(crate) fn from_js(options: &JsValue, video_by_default: bool) -> Result<Self, Error> {
        let given = stream(options)?;
        let has = |kind: TrackKind| {
            let sent = given.iter().flat_map(tracks);
            given.as_ref().map(|_| sent.filter(|track| track.kind() == kind.as_str()).count() > 0)
        };
        let (audio, video) = (has(TrackKind::Audio), has(TrackKind::Video));
        let ideal = |pixels: u32| JsValue::from(object(&[("ideal", pixels.into())]));
        let hd = object(&[("width", ideal(1280)), ("height", ideal(720))]);
        Ok(Self {
            constraints: PerKind {
                audio: constraints(options, "audio", audio.unwrap_or(false), &JsValue::TRUE)?,
                video: constraints(options, "video", video.unwrap_or(video_by_default), &hd)?,
            },
            given,
            hints: hints(options)?,
            sending: Rc::new(Sending::from_js(options)?),
        })
    }

    /// Which kinds are sent.
    pub(crate) fn request(&self) -> MediaRequest {
        MediaRequest {
            video: self.constraints.video.is_truthy(),
            audio: self.constraints.audio.is_truthy(),
        }
    }
}

impl Sending {
    fn from_js(options: &JsValue) -> Result<Self, Error> {
        let channel = get(options, "dataChannel");
        let low = whole(&channel, "bufferedAmountLowThreshold", 0, MAX_BUFFERED);
        let low = low.map_err(|error| within("dataChannel", &error))?;
        let start = whole(options, "startBitrate", 1000, 100_000_000)?;
        Ok(Self {
            codecs: codecs(options)?,
            limits: limits(options)?,
            start_bitrate: start.map(|bits| bits / 1000),
            degradation: one_of(
                options,
                "degradationPreference",
                &["balanced", "maintain-framerate", "maintain-resolution"],
            )?,
            channel: channel_init(&channel).map_err(|error| within("dataChannel", &error))?,
            buffered_amount_low: low.unwrap_or(BUFFERED_AMOUNT_LOW),
        })
    }
}

/// Whether the data channel is asked for: the option `dataChannel` is `true`, or says how.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn data_channel(options: &JsValue) -> Result<bool, Error> {
    let value = get(options, "dataChannel");
    if value.is_object() {
        return Ok(true);
    }
    boolean(options, "dataChannel")
        .map(Option::unwrap_or_default)
        .map_err(|_| Error::argument("dataChannel", "must be true, false or an object"))
}

/// A stream is what has tracks to give, whichever page's class it is of.
fn stream(options: &JsValue) -> Result<Option<MediaStream>, Error> {
    let Some(value) = get_some(options, "stream") else { return Ok(None) };
    if get(&value, "getTracks").is_function() {
        return Ok(Some(value.unchecked_into()));
    }
    Err(Error::argument("stream", "must be a MediaStream"))
}

fn constraints(
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

fn codecs(options: &JsValue) -> Result<PerKind<Vec<String>>, Error> {
    let mut codecs = PerKind::<Vec<String>>::default();
    let Some(given) = members(options, "codecs")? else { return Ok(codecs) };
    for kind in TrackKind::ALL {
        let Some(list) = get_some(&given, kind.as_str()) else { continue };
        if !Array::is_array(&list) {
            let name = ["codecs.", kind.as_str()].concat();
            return Err(Error::argument(&name, "must be an array of MIME types"));
        }
        let chosen = codecs.get_mut(kind);
        for codec in Array::from(&list).iter() {
            let codec = codec.as_string().unwrap_or_default();
            chosen.push(parse_codec(kind, &codec, chosen.len())?);
        }
    }
    Ok(codecs)
}

/// `maxBitrate` of video as a number, of both kinds as an object; `maxFramerate` of video.
fn limits(options: &JsValue) -> Result<PerKind<Limits>, Error> {
    const BITS: (u32, u32) = (1000, 1_000_000_000);
    let mut limits = PerKind::<Limits>::default();
    let bitrate = get(options, "maxBitrate");
    if bitrate.is_object() {
        for kind in TrackKind::ALL {
            let limit = whole(&bitrate, kind.as_str(), BITS.0, BITS.1);
            limits.get_mut(kind).max_bitrate =
                limit.map_err(|error| within("maxBitrate", &error))?;
        }
    } else {
        limits.video.max_bitrate = whole(options, "maxBitrate", BITS.0, BITS.1)?;
    }
    limits.video.max_framerate = whole(options, "maxFramerate", 1, 240)?;
    Ok(limits)
}

/// A hint tells by itself which kind it is for; both are given as an object.
///
/// Source: W3C mst-content-hint, section 3.
fn hints(options: &JsValue) -> Result<PerKind<Option<String>>, Error> {
    const AUDIO: [&str; 3] = ["speech", "speech-recognition", "music"];
    const VIDEO: [&str; 3] = ["motion", "detail", "text"];
    let mut hints = PerKind::default();
    let given = get(options, "contentHint");
    if given.is_object() {
        let named = |error| within("contentHint", &error);
        hints.audio = one_of(&given, "audio", &AUDIO).map_err(named)?;
        hints.video = one_of(&given, "video", &VIDEO).map_err(named)?;
    } else if let Some(hint) = one_of(options, "contentHint", &[AUDIO, VIDEO].concat())? {
        let kind = if AUDIO.contains(&hint.as_str()) { TrackKind::Audio } else { TrackKind::Video };
        *hints.get_mut(kind) = Some(hint);
    }
    Ok(hints)
}

/// Source: W3C WebRTC 1.0, section 6.2.1 (RTCDataChannelInit).
fn channel_init(options: &JsValue) -> Result<RtcDataChannelInit, Error> {
    let init = object(&[]);
    if options.is_object() {
        if let Some(ordered) = boolean(options, "ordered")? {
            set(&init, "ordered", &ordered.into());
        }
        let names = ["maxRetransmits", "maxPacketLifeTime"];
        let mut given = 0;
        for name in names {
            if let Some(number) = whole(options, name, 0, 65_535)? {
                set(&init, name, &number.into());
                given += 1;
            }
        }
        if given == names.len() {
            let problem = "excludes maxPacketLifeTime";
            return Err(Error::argument("maxRetransmits", problem));
        }
    }
    Ok(init.unchecked_into())
}

fn members(options: &JsValue, name: &str) -> Result<Option<JsValue>, Error> {
    match get_some(options, name) {
        Some(value) if !value.is_object() => Err(Error::argument(name, "must be an object")),
        value => Ok(value),
    }
}

/// The error of a member of a member.
fn within(name: &str, error: &Error) -> Error {
    Error::new(error.code(), [name, ".", error.message()].concat())
}

fn one_of(options: &JsValue, name: &str, allowed: &[&str]) -> Result<Option<String>, Error> {
    let Some(text) = string(options, name)? else { return Ok(None) };
    if allowed.contains(&text.as_str()) {
        return Ok(Some(text));
    }
    let problem = ["must be one of '", &allowed.join("', '"), "'"].concat();
    Err(Error::argument(name, &problem))
}
