//! The way to `face.js`, and the names it works with.

use js_sys::{Array, Function, Object, WeakRef};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::ice::{Candidate, ufrags};
use crate::signaling::Dropped;
use crate::signaling::client::{Description, Frame};
use crate::signaling::wire::{FrameType, MAX_FRAME, MAX_PAYLOAD, member, sender_id};
use crate::web::reflect::{get_string, object};

/// How a description begins the line of a generation.
const UFRAG_LINE: &str = "a=ice-ufrag:";

/// Characters of such a line that are looked at. Source: RFC 8839, section 5.4 (256 of them).
const MAX_UFRAG_LINE: u32 = 12 + 256 + 1;

#[wasm_bindgen(module = "/src/js/signaling/face.js")]
extern "C" {
    // `catch`, without which the wasm asks for it under a name of a module of its own.
    #[wasm_bindgen(catch, js_name = kvsInstall)]
    fn install(prototype: &Object, names: &Object) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_name = kvsTexts)]
    pub(super) fn texts(
        known: &Array,
        endpoint: &JsValue,
        credentials: &JsValue,
        query: &JsValue,
    ) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(catch, js_name = kvsListen)]
    pub(super) fn listen(
        socket: &JsValue,
        tell: &JsValue,
        logger: &JsValue,
    ) -> Result<Function, JsValue>;
    #[wasm_bindgen(catch, js_name = kvsSend)]
    pub(super) fn send(
        socket: &JsValue,
        frame_type: u32,
        payload: &JsValue,
        recipient: &JsValue,
        correlation_id: &JsValue,
    ) -> Result<bool, JsValue>;
    #[wasm_bindgen(js_name = kvsFire)]
    pub(super) fn fire(
        client: &WeakRef,
        event: u32,
        first: &JsValue,
        second: &JsValue,
        logger: &JsValue,
    ) -> bool;
    #[wasm_bindgen(js_name = kvsFireLater)]
    pub(super) fn fire_later(client: &WeakRef, event: u32, first: &JsValue, logger: &JsValue);
    #[wasm_bindgen(js_name = kvsReport)]
    pub(super) fn report(logger: &JsValue, words: &str, error: &JsValue);
    #[wasm_bindgen(js_name = kvsLog)]
    pub(super) fn log(logger: &JsValue, level: &str, words: &str);
}

/// The events, by their place among [`EVENTS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Open,
    SdpOffer,
    SdpAnswer,
    IceCandidate,
    StatusResponse,
    GoAway,
    ReconnectIceServer,
    Error,
    Close,
}

/// How the events are called, and how many arguments their listeners get.
const EVENTS: [(&str, u32); 9] = [
    ("open", 0),
    ("sdpOffer", 2),
    ("sdpAnswer", 2),
    ("iceCandidate", 2),
    ("statusResponse", 1),
    ("goAway", 0),
    ("reconnectIceServer", 0),
    ("error", 1),
    ("close", 1),
];

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

/// Gives a class the methods of `EventEmitter`, by its prototype.
///
/// # Errors
/// What a prototype throws that takes no members.
pub(super) fn install_on(prototype: &Object) -> Result<(), JsValue> {
    let texts = |texts: &mut dyn Iterator<Item = &'static str>| -> JsValue {
        texts.map(JsValue::from_str).collect::<Array>().into()
    };
    let event =
        |(name, count): (&str, u32)| object(&[("name", name.into()), ("count", count.into())]);
    let names = object(&[
        ("type", member::TYPE.into()),
        ("sender", member::SENDER.into()),
        ("payload", member::PAYLOAD.into()),
        ("status", member::STATUS.into()),
        ("action", member::ACTION.into()),
        ("recipient", member::RECIPIENT.into()),
        ("correlation", member::CORRELATION.into()),
        ("types", texts(&mut FrameType::ALL.into_iter().map(FrameType::as_str))),
        ("messages", FrameType::MESSAGES.into()),
        ("report", FrameType::Status.as_str().into()),
        ("reasons", texts(&mut Dropped::ALL.into_iter().map(Dropped::name))),
        ("events", EVENTS.into_iter().map(event).collect::<Array>().into()),
        ("candidate", place(FrameType::Candidate).into()),
        ("candidateEvent", (Told::IceCandidate as u32).into()),
        ("longest", u32::try_from(MAX_FRAME).unwrap_or(u32::MAX).into()),
        ("longestPayload", u32::try_from(MAX_PAYLOAD).unwrap_or(u32::MAX).into()),
        ("ufrag", UFRAG_LINE.into()),
        ("longestUfrag", MAX_UFRAG_LINE.into()),
    ]);
    install(prototype, &names)
}

/// The place of a type among [`FrameType::ALL`].
pub(super) fn place(kind: FrameType) -> u32 {
    FrameType::ALL.into_iter().zip(0..).find(|(it, _)| *it == kind).map_or(0, |(_, place)| place)
}

/// What `face.js` tells of a frame: its type by the place among [`FrameType::ALL`], or from -1
/// downwards the place among [`Dropped::ALL`] of why it is none.
pub(super) fn frame(
    place: i32,
    payload: JsValue,
    id: JsValue,
    generation: Option<String>,
    length: u32,
) -> Result<Frame<Said>, Dropped> {
    let reason = usize::try_from(-1 - i64::from(place)).ok();
    if let Some(reason) = reason.and_then(|place| Dropped::ALL.get(place)) {
        return Err(*reason);
    }
    let kind = usize::try_from(place).ok().and_then(|place| FrameType::ALL.get(place));
    let kind = *kind.ok_or(Dropped::UnknownType)?;
    // Most come from a master, which has no id: asking for its text costs more than all else here.
    let named = if id.is_undefined() { None } else { id.as_string() };
    let sender = sender_id(named.as_deref());
    Ok(match kind {
        FrameType::GoAway => Frame::GoAway,
        FrameType::ReconnectIceServer => Frame::ReconnectIceServer,
        FrameType::Status => Frame::Status(Said::alone(payload)),
        FrameType::Offer | FrameType::Answer => Frame::Description {
            kind: if kind == FrameType::Offer { Description::Offer } else { Description::Answer },
            sender: sender?,
            ufrags: ufrags(&generation.unwrap_or_default())
                .into_iter()
                .map(str::to_owned)
                .collect(),
            payload: Said { payload, sender: id },
        },
        FrameType::Candidate => Frame::Candidate {
            sender: sender?,
            ufrag: generation.or_else(|| in_line(&payload)),
            payload: Said { payload, sender: id },
            length: usize::try_from(length).unwrap_or(usize::MAX),
        },
    })
}

/// The generation that only the line of a candidate names.
fn in_line(candidate: &JsValue) -> Option<String> {
    let candidate = get_string(candidate, "candidate")?;
    Candidate { candidate, ..Candidate::default() }.ufrag().map(str::to_owned)
}
