//! What a `Master` knows about itself.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::{Master, party};
use crate::js::{insight, or_null};

#[wasm_bindgen]
impl Master {
    /// Measurements of the connection to one viewer, or to the storage session.
    #[wasm_bindgen(js_name = getStats, skip_typescript)]
    pub fn get_stats(&self, client_id: &JsValue) -> Promise {
        match party(client_id) {
            Ok(id) => self.driver.stats(id.as_deref()),
            Err(error) => Promise::reject(&error),
        }
    }

    /// The last verdict on the connection to one viewer, or to the storage session.
    ///
    /// # Errors
    /// Throws `caller.invalidArgument`.
    #[wasm_bindgen(skip_typescript)]
    pub fn quality(&self, client_id: &JsValue) -> Result<JsValue, JsValue> {
        let quality = self.driver.quality(party(client_id)?.as_deref());
        Ok(or_null(quality.map(|quality| insight::quality(&quality))))
    }
}
