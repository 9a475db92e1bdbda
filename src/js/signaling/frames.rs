//! Frames between JavaScript's values and the machine's: a payload stays in JavaScript, whose
//! engine reads and writes JSON and base64 faster than anything that would first be copied.

use std::cell::OnceCell;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use js_sys::{Array, JSON, JsString, RegExp};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::error::Error;
use crate::ice::{Candidate, ufrags};
use crate::signaling::Dropped;
use crate::signaling::client::{Description, Frame};
use crate::signaling::wire::{FrameType, MAX_FRAME, envelope, member, sender_id};
use crate::web::reflect::{get, get_string};

/// How a description begins the line of a generation.
const UFRAG_LINE: &str = "a=ice-ufrag:";

/// Characters of a generation that are looked at. Source: RFC 8839, section 5.4 (256).
const MAX_UFRAG: u32 = 257;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn parse_json(text: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    fn atob(base64: &JsValue) -> Result<JsString, JsValue>;
    #[wasm_bindgen(catch)]
    fn btoa(binary: &JsValue) -> Result<JsString, JsValue>;
}

/// Reads what a socket gives as data. Nothing in it is trusted.
///
/// # Errors
/// Why the frame is to be passed over.
pub(super) fn read(data: &JsValue) -> Result<Frame<JsValue>, Dropped> {
    // A binary frame is none of the service's.
    let text = data.dyn_ref::<JsString>().ok_or(Dropped::Malformed)?;
    match usize::try_from(text.length()) {
        Ok(0) => return Ok(Frame::Acknowledgement),
        Ok(length) if length <= MAX_FRAME => {}
        Ok(_) | Err(_) => return Err(Dropped::TooLong),
    }
    let wire = parse_json(text).map_err(|_| Dropped::Malformed)?;
    if !wire.is_object() || Array::is_array(&wire) {
        return Err(Dropped::Malformed);
    }
    let kind = FrameType::parse(&get_string(&wire, member::TYPE).ok_or(Dropped::Malformed)?)?;
    match kind {
        FrameType::GoAway => return Ok(Frame::GoAway),
        FrameType::ReconnectIceServer => return Ok(Frame::ReconnectIceServer),
        FrameType::Status => {
            let status = get(&wire, member::STATUS);
            return if status.is_object() {
                Ok(Frame::Status(status))
            } else {
                Err(Dropped::Malformed)
            };
        }
        FrameType::Offer | FrameType::Answer | FrameType::Candidate => {}
    }
    let sender = get(&wire, member::SENDER);
    let id = sender.as_string();
    if id.is_none() && !sender.is_undefined() && !sender.is_null() {
        return Err(Dropped::BadSender);
    }
    let sender = sender_id(id.as_deref())?;
    let encoded = get(&wire, member::PAYLOAD);
    let encoded = encoded.dyn_ref::<JsString>().ok_or(Dropped::BadPayload)?;
    let payload = decode(encoded).filter(JsValue::is_truthy).ok_or(Dropped::BadPayload)?;
    Ok(match Description::of(kind) {
        Some(kind) => Frame::Description { kind, sender, ufrags: generations(&payload), payload },
        None => Frame::Candidate {
            sender,
            ufrag: generation(&payload),
            payload,
            length: usize::try_from(encoded.length()).unwrap_or(usize::MAX),
        },
    })
}

/// The text of a frame to be sent.
///
/// # Errors
/// What the payload's `toJSON` throws; `caller.invalidArgument` where it is nothing that JSON has.
pub(super) fn write(
    kind: FrameType,
    name: &str,
    payload: &JsValue,
    recipient: Option<&str>,
    correlation_id: Option<&str>,
) -> Result<JsString, WriteError> {
    if !payload.is_object() {
        return Err(WriteError::Argument(Error::argument(name, "must be an object")));
    }
    let json = JSON::stringify(payload).map_err(WriteError::Thrown)?;
    // `undefined`, against the type that the binding gives it, where a `toJSON` gives nothing.
    if !json.is_string() {
        return Err(WriteError::Argument(Error::argument(name, "cannot be written as JSON")));
    }
    let (before, after) = envelope(kind, recipient, correlation_id);
    Ok(JsString::from(before).concat(&encode(&json)).concat(&after.into()))
}

/// Why a frame could not be written.
pub(super) enum WriteError {
    /// The program threw this.
    Thrown(JsValue),
    /// The program gave the wrong thing.
    Argument(Error),
}

/// UTF-8 in base64. What is ASCII is so already.
fn encode(json: &JsString) -> JsValue {
    if is_ascii(json)
        && let Ok(base64) = btoa(json)
    {
        return base64.into();
    }
    BASE64.encode(String::from(json)).into()
}

fn decode(base64: &JsString) -> Option<JsValue> {
    let binary = atob(base64).ok()?;
    if is_ascii(&binary) {
        return parse_json(&binary).ok();
    }
    // Each character is a byte.
    let bytes: Option<Vec<u8>> =
        String::from(&binary).chars().map(|c| u8::try_from(c).ok()).collect();
    let json = String::from_utf8(bytes?).ok()?;
    parse_json(&json.into()).ok()
}

fn is_ascii(text: &JsString) -> bool {
    thread_local! {
        static OTHER: OnceCell<RegExp> = const { OnceCell::new() };
    }
    OTHER.with(|other| text.search(other.get_or_init(|| RegExp::new("[^\\0-\\x7f]", ""))) < 0)
}

/// The generations of a description, without a copy of all of it.
fn generations(description: &JsValue) -> Vec<String> {
    let sdp = get(description, "sdp");
    let Some(sdp) = sdp.dyn_ref::<JsString>() else { return Vec::new() };
    let mut lines = String::new();
    for part in sdp.split(UFRAG_LINE).iter().skip(1) {
        let Some(part) = part.dyn_ref::<JsString>() else { continue };
        lines.push_str(UFRAG_LINE);
        lines.push_str(&String::from(part.slice(0, MAX_UFRAG)));
        lines.push('\n');
    }
    ufrags(&lines).into_iter().map(str::to_owned).collect()
}

fn generation(candidate: &JsValue) -> Option<String> {
    let candidate = Candidate {
        username_fragment: get_string(candidate, "usernameFragment"),
        candidate: get_string(candidate, "candidate").unwrap_or_default(),
        ..Candidate::default()
    };
    candidate.ufrag().map(str::to_owned)
}
