//! What a `Master` knows about itself.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::Master;
use crate::js::{insight, or_null};

#[wasm_bindgen]
impl Master {
    /// Measurements of the connection to one viewer.
    #[wasm_bindgen(js_name = getStats, skip_typescript)]
    pub fn get_stats(&self, client_id: &str) -> Promise {
        self.driver.stats(Some(client_id))
    }

    /// The last verdict on the connection to one viewer.
    #[wasm_bindgen(skip_typescript)]
    pub fn quality(&self, client_id: &str) -> JsValue {
        or_null(self.driver.quality(Some(client_id)).map(|quality| insight::quality(&quality)))
    }

    /// The phases of the start-up, and of each viewer's.
    #[wasm_bindgen(skip_typescript)]
    pub fn timeline(&self) -> JsValue {
        self.driver.timeline()
    }

    /// The session on one page.
    #[wasm_bindgen(skip_typescript)]
    pub fn report(&self, options: &JsValue) -> Promise {
        self.driver.report(options)
    }
}
