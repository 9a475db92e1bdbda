//! What a `Master` knows about itself.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::{Master, id};
use crate::js::{insight, or_null};

#[wasm_bindgen]
impl Master {
    /// Measurements of the connection to one viewer.
    #[wasm_bindgen(js_name = getStats, skip_typescript)]
    pub fn get_stats(&self, client_id: &JsValue) -> Promise {
        match id(client_id) {
            Ok(id) => self.driver.stats(Some(&id)),
            Err(error) => Promise::reject(&error),
        }
    }

    /// The last verdict on the connection to one viewer.
    ///
    /// # Errors
    /// Throws `caller.invalidArgument`.
    #[wasm_bindgen(skip_typescript)]
    pub fn quality(&self, client_id: &JsValue) -> Result<JsValue, JsValue> {
        let quality = self.driver.quality(Some(&id(client_id)?));
        Ok(or_null(quality.map(|quality| insight::quality(&quality))))
    }
}
