//! What JavaScript sees: exported classes, their options, events, errors and types.

mod client;
mod errors;
mod events;
mod master;
mod options;
mod viewer;

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// This package's version.
#[expect(unreachable_pub, reason = "what wasm-bindgen exports has to be public")]
#[wasm_bindgen(skip_typescript)]
pub fn version() -> String {
    crate::VERSION.to_owned()
}
