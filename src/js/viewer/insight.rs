//! What a `Viewer` knows about itself.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::Viewer;
use crate::js::{insight, or_null};

#[wasm_bindgen]
impl Viewer {
    /// Measurements of the connection.
    #[wasm_bindgen(js_name = getStats, skip_typescript)]
    pub fn get_stats(&self) -> Promise {
        self.driver.stats(None)
    }

    /// The last verdict on the connection.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn quality(&self) -> JsValue {
        or_null(self.driver.quality(None).map(|quality| insight::quality(&quality)))
    }
}
