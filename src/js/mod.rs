//! What JavaScript sees: exported classes, their options, events, errors and types.

mod errors;
mod events;
mod insight;
mod master;
mod media;
mod options;
mod rest;
mod session;
mod signaling;
mod viewer;

pub use master::{Master, MasterViewer};
pub use rest::KinesisVideoClient;
pub use signaling::{SigV4RequestSigner, SignalingClient, generate_stun_url};
pub use viewer::Viewer;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const COMMON: &str = include_str!("types/common.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const MEDIA: &str = include_str!("types/media.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const REST: &str = include_str!("types/rest.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const MASTER: &str = include_str!("types/master.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const SESSION: &str = include_str!("types/session.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const STREAMS: &str = include_str!("types/streams.d.ts");

pub(crate) use errors::to_js as error;

/// What is not there is `null`, as the types say; wasm-bindgen's own way is `undefined`.
fn or_null<T: Into<JsValue>>(value: Option<T>) -> JsValue {
    value.map_or(JsValue::NULL, Into::into)
}

/// This package's version.
#[wasm_bindgen(skip_typescript)]
pub fn version() -> String {
    crate::VERSION.to_owned()
}
