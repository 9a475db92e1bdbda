//! Frames between JavaScript's values and the machine's: a payload stays in JavaScript, whose
//! engine reads and writes JSON and base64 faster than anything that would first be copied.

use std::cell::RefCell;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use js_sys::{Array, JSON, JsString, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::names::{name, read as get};
use crate::error::Error;
use crate::ice::{Candidate, ufrags};
use crate::signaling::Dropped;
use crate::signaling::client::{Description, Frame};
use crate::signaling::wire::{FrameType, MAX_FRAME, envelope, member, sender_id};

/// How a description begins the line of a generation.
const UFRAG_LINE: &str = "a=ice-ufrag:";

/// Characters of such a line that are looked at. Source: RFC 8839, section 5.4 (256 of them).
const MAX_UFRAG_LINE: u32 = 12 + 256 + 1;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn parse_json(text: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    fn atob(base64: &JsValue) -> Result<JsString, JsValue>;
    #[wasm_bindgen(catch)]
    fn btoa(binary: &JsValue) -> Result<JsString, JsValue>;

    type TextEncoder;
    #[wasm_bindgen(constructor)]
    fn new() -> TextEncoder;
    #[wasm_bindgen(method, js_name = encodeInto)]
    fn encode_into(this: &TextEncoder, text: &JsString, bytes: &Uint8Array) -> JsValue;

    type Text;
    #[wasm_bindgen(method, js_name = indexOf)]
    fn index_of(this: &Text, text: &JsValue, from: u32) -> i32;
}

/// What is said, and by whom, as listeners are told it.
pub(super) struct Said {
    pub(super) payload: JsValue,
    /// `undefined` is the master.
    pub(super) sender: JsValue,
}

impl Said {
    /// What has no sender.
    pub(super) fn alone(payload: JsValue) -> Self {
        Self { payload, sender: JsValue::UNDEFINED }
    }
}

/// Reads what a socket gives as data. Nothing in it is trusted.
///
/// # Errors
/// Why the frame is to be passed over.
pub(super) fn read(data: &JsValue) -> Result<Frame<Said>, Dropped> {
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
    let kind = get(&wire, member::TYPE).as_string().ok_or(Dropped::Malformed)?;
    let kind = FrameType::parse(&kind)?;
    match kind {
        FrameType::GoAway => return Ok(Frame::GoAway),
        FrameType::ReconnectIceServer => return Ok(Frame::ReconnectIceServer),
        FrameType::Status => {
            let status = get(&wire, member::STATUS);
            return if status.is_object() {
                Ok(Frame::Status(Said::alone(status)))
            } else {
                Err(Dropped::Malformed)
            };
        }
        FrameType::Offer | FrameType::Answer | FrameType::Candidate => {}
    }
    let mut id = get(&wire, member::SENDER);
    let text = id.as_string();
    if text.is_none() && !id.is_undefined() && !id.is_null() {
        return Err(Dropped::BadSender);
    }
    let sender = sender_id(text.as_deref())?;
    if sender.is_none() {
        id = JsValue::UNDEFINED;
    }
    let encoded = get(&wire, member::PAYLOAD);
    let encoded = encoded.dyn_ref::<JsString>().ok_or(Dropped::BadPayload)?;
    let payload = decode(encoded).filter(JsValue::is_truthy).ok_or(Dropped::BadPayload)?;
    Ok(match Description::of(kind) {
        Some(kind) => {
            let ufrags = generations(&payload);
            Frame::Description { kind, sender, payload: Said { payload, sender: id }, ufrags }
        }
        None => Frame::Candidate {
            sender,
            ufrag: generation(&payload),
            payload: Said { payload, sender: id },
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

/// Whether a text is as long in UTF-8 as it has characters, which the engine tells faster than
/// anything that looks at them. The buffer is so large that a text that does not fit is longer too.
fn is_ascii(text: &JsString) -> bool {
    thread_local! {
        static ENCODER: RefCell<Option<(TextEncoder, Uint8Array)>> = const { RefCell::new(None) };
    }
    let length = text.length();
    ENCODER.with_borrow_mut(|encoder| {
        let room = length.saturating_mul(2).max(4096);
        let (encoder, bytes) =
            encoder.get_or_insert_with(|| (TextEncoder::new(), Uint8Array::new_with_length(room)));
        if bytes.length() < room {
            *bytes = Uint8Array::new_with_length(room);
        }
        let outcome = encoder.encode_into(text, bytes);
        get(&outcome, "written").as_f64() == Some(f64::from(length))
    })
}

/// The generations of a description, without a copy of all of it.
fn generations(description: &JsValue) -> Vec<String> {
    let sdp = get(description, "sdp");
    let Some(sdp) = sdp.dyn_ref::<JsString>() else { return Vec::new() };
    let mut lines = String::new();
    let mut from = 0;
    while let Ok(place) =
        u32::try_from(sdp.unchecked_ref::<Text>().index_of(&name(UFRAG_LINE), from))
    {
        from = place + 1;
        let line = String::from(sdp.slice(place, place + MAX_UFRAG_LINE));
        lines.push_str(line.lines().next().unwrap_or_default());
        lines.push('\n');
    }
    ufrags(&lines).into_iter().map(str::to_owned).collect()
}

fn generation(candidate: &JsValue) -> Option<String> {
    if let Some(ufrag) = get(candidate, "usernameFragment").as_string() {
        return Some(ufrag);
    }
    let line = get(candidate, "candidate").as_string()?;
    Candidate { candidate: line, ..Candidate::default() }.ufrag().map(str::to_owned)
}
