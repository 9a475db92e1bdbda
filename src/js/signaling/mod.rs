//! The drop-in level: the names, events and errors of the service's JavaScript SDK.

mod client;
mod core;
mod face;
mod keys;
mod signer;
mod socket;

pub use client::SignalingClient;
pub use signer::SigV4RequestSigner;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::errors;
use crate::endpoints::stun_url_of;
use crate::ids::Region;
use crate::signaling::client::Given;
use crate::web::members::string;
use crate::web::reflect::get;

#[wasm_bindgen(typescript_custom_section)]
const SIGNALING: &str = include_str!("../types/signaling.d.ts");

/// The URL of the service's STUN server in a region.
///
/// # Errors
/// Throws `caller.invalidArgument`.
#[wasm_bindgen(js_name = generateStunUrl, skip_typescript)]
pub fn generate_stun_url(config: &JsValue) -> Result<String, JsValue> {
    let region = string(config, "region")
        .and_then(|region| Region::parse(&region.unwrap_or_default()))
        .map_err(|error| errors::to_js(&error))?;
    let is = |name| get(config, name).is_truthy();
    Ok(stun_url_of(&region, is("useFipsEndpoints"), is("useDualStackEndpoints")))
}

/// A value of a program's, and its text where it is one.
struct Value {
    value: JsValue,
    text: Option<String>,
}

impl Value {
    fn new(value: JsValue) -> Self {
        let text = if value.is_undefined() { None } else { value.as_string() };
        Self { value, text }
    }

    fn of(object: &JsValue, name: &str) -> Self {
        Self::new(get(object, name))
    }

    fn given(&self) -> Given<'_> {
        match &self.text {
            Some(text) => Given::Text(text),
            None if self.value.is_undefined() => Given::Undefined,
            None if self.value.is_null() => Given::Null,
            None => Given::Other,
        }
    }
}
