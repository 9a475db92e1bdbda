//! What a session knows about itself, as JavaScript sees it.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::session::Quality;
use crate::web::reflect::object;

#[wasm_bindgen(typescript_custom_section)]
const INSIGHT: &str = include_str!("types/insight.d.ts");

/// `{score, reasons}`.
pub(crate) fn quality(quality: &Quality) -> JsValue {
    let reasons: Array =
        quality.reasons.iter().map(|reason| JsValue::from_str(reason.as_str())).collect();
    object(&[("score", quality.score.into()), ("reasons", reasons.into())]).into()
}
