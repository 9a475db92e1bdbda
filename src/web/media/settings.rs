//! What a person's program asks for of camera, microphone and what is sent.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MediaStream, RtcDataChannelInit};

use crate::session::MediaRequest;
use crate::session::media::{
    BUFFERED_AMOUNT_LOW, Limits, MAX_BUFFERED, PerKind, TrackKind, parse_codec,
};
use crate::web::members::{Members, Wrong};
use crate::web::reflect::{get, object, set};

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
    /// Reads the options; what is wrong is kept.
    pub(crate) fn from_js(members: &Members<'_>, wrong: &Wrong, video_by_default: bool) -> Self {
        let given = stream(members);
        let has = |kind: TrackKind| {
            let sent = given.iter().flat_map(tracks);
            given.as_ref().map(|_| sent.filter(|track| track.kind() == kind.as_str()).count() > 0)
        };
        let (audio, video) = (has(TrackKind::Audio), has(TrackKind::Video));
        let ideal = |pixels: u32| JsValue::from(object(&[("ideal", pixels.into())]));
        let hd = object(&[("width", ideal(1280)), ("height", ideal(720))]);
        Self {
            constraints: PerKind {
                audio: constraints(members, "audio", audio.unwrap_or(false), &JsValue::TRUE),
                video: constraints(members, "video", video.unwrap_or(video_by_default), &hd),
            },
            given,
            hints: hints(members),
            sending: Rc::new(Sending::from_js(members, wrong)),
        }
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
    fn from_js(members: &Members<'_>, wrong: &Wrong) -> Self {
        let start = members.whole("startBitrate", 1000, 100_000_000);
        let degradation = members.one_of(
            "degradationPreference",
            &["balanced", "maintain-framerate", "maintain-resolution"],
        );
        let channel = match members.value("dataChannel").is_object() {
            true => members.object("dataChannel"),
            false => None,
        };
        let low = channel
            .as_ref()
            .and_then(|channel| channel.whole("bufferedAmountLowThreshold", 0, MAX_BUFFERED));
        Self {
            codecs: codecs(members, wrong),
            limits: limits(members),
            start_bitrate: start.map(|bits| bits / 1000),
            degradation,
            channel: channel_init(channel.as_ref()),
            buffered_amount_low: low.unwrap_or(BUFFERED_AMOUNT_LOW),
        }
    }
}

/// Whether the data channel is asked for: the option `dataChannel` is `true`, or says how.
pub(crate) fn data_channel(members: &Members<'_>) -> bool {
    let value = members.value("dataChannel");
    if let Some(wanted) = value.as_bool() {
        return wanted;
    }
    let is_given = !value.is_undefined() && !value.is_null();
    if is_given && !value.is_object() {
        members.wrong("dataChannel", "must be true, false or an object");
    }
    is_given
}

/// A stream is what has tracks to give, whichever page's class it is of.
fn stream(members: &Members<'_>) -> Option<MediaStream> {
    let value = members.value("stream");
    if get(&value, "getTracks").is_function() {
        return Some(value.unchecked_into());
    }
    if !value.is_undefined() && !value.is_null() {
        members.wrong("stream", "must be a MediaStream");
    }
    None
}

fn constraints(members: &Members<'_>, name: &str, default: bool, constraints: &JsValue) -> JsValue {
    let value = members.value(name);
    if value.is_object() {
        return value;
    }
    let wanted = if value.is_undefined() { Some(default) } else { value.as_bool() };
    if wanted.is_none() {
        members.wrong(name, "must be true, false or constraints");
    }
    if wanted == Some(true) { constraints.clone() } else { JsValue::FALSE }
}

fn codecs(members: &Members<'_>, wrong: &Wrong) -> PerKind<Vec<String>> {
    let mut codecs = PerKind::<Vec<String>>::default();
    let Some(given) = members.object("codecs") else { return codecs };
    for kind in TrackKind::ALL {
        let list = given.value(kind.as_str());
        if list.is_undefined() || list.is_null() {
            continue;
        }
        if !Array::is_array(&list) {
            given.wrong(kind.as_str(), "must be an array of MIME types");
            continue;
        }
        let chosen = codecs.get_mut(kind);
        for codec in Array::from(&list).iter() {
            let codec = codec.as_string().unwrap_or_default();
            let Some(codec) = wrong.unless(parse_codec(kind, &codec, chosen.len())) else { break };
            chosen.push(codec);
        }
    }
    codecs
}

/// `maxBitrate` of video as a number, of both kinds as an object; `maxFramerate` of video.
fn limits(members: &Members<'_>) -> PerKind<Limits> {
    const BITS: (u32, u32) = (1000, 1_000_000_000);
    let mut limits = PerKind::<Limits>::default();
    if members.value("maxBitrate").is_object() {
        let bitrate = members.object("maxBitrate");
        for kind in TrackKind::ALL {
            let limit = bitrate.as_ref().and_then(|it| it.whole(kind.as_str(), BITS.0, BITS.1));
            limits.get_mut(kind).max_bitrate = limit;
        }
    } else {
        limits.video.max_bitrate = members.whole("maxBitrate", BITS.0, BITS.1);
    }
    limits.video.max_framerate = members.whole("maxFramerate", 1, 240);
    limits
}

/// A hint tells by itself which kind it is for; both are given as an object.
///
/// Source: W3C mst-content-hint, section 3.
fn hints(members: &Members<'_>) -> PerKind<Option<String>> {
    const ALL: [&str; 6] = ["speech", "speech-recognition", "music", "motion", "detail", "text"];
    let (audio, video) = ALL.split_at(3);
    let mut hints = PerKind::default();
    if members.value("contentHint").is_object() {
        if let Some(given) = members.object("contentHint") {
            hints.audio = given.one_of("audio", audio);
            hints.video = given.one_of("video", video);
        }
    } else if let Some(hint) = members.one_of("contentHint", &ALL) {
        let kind = if audio.contains(&hint.as_str()) { TrackKind::Audio } else { TrackKind::Video };
        *hints.get_mut(kind) = Some(hint);
    }
    hints
}

/// Source: W3C WebRTC 1.0, section 6.2.1 (RTCDataChannelInit).
fn channel_init(options: Option<&Members<'_>>) -> RtcDataChannelInit {
    let init = object(&[]);
    if let Some(options) = options {
        if let Some(ordered) = options.boolean("ordered") {
            set(&init, "ordered", &ordered.into());
        }
        let names = ["maxRetransmits", "maxPacketLifeTime"];
        let mut given = 0;
        for name in names {
            if let Some(number) = options.whole(name, 0, 65_535) {
                set(&init, name, &number.into());
                given += 1;
            }
        }
        if given == names.len() {
            options.wrong("maxRetransmits", "excludes maxPacketLifeTime");
        }
    }
    init.unchecked_into()
}
