//! What JavaScript sees: exported classes, their options, events, errors and types.

mod client;
mod errors;
mod events;
mod master;
mod options;
mod viewer;

pub use client::KinesisVideoClient;
pub use master::Master;
pub use viewer::Viewer;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// What is not there is `null`, as the types say; wasm-bindgen's own way is `undefined`.
fn or_null<T: Into<JsValue>>(value: Option<T>) -> JsValue {
    value.map_or(JsValue::NULL, Into::into)
}

/// This package's version.
#[wasm_bindgen(skip_typescript)]
pub fn version() -> String {
    crate::VERSION.to_owned()
}
