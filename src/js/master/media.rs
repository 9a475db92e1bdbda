//! What a master does with media.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::{Master, id};
use crate::js::media::media_methods;

media_methods!(Master);

#[wasm_bindgen]
impl Master {
    /// Bytes that wait to be sent on a viewer's data channel.
    ///
    /// # Errors
    /// Throws `caller.invalidArgument`.
    #[wasm_bindgen(js_name = bufferedAmount, skip_typescript)]
    pub fn buffered_amount(&self, client_id: &JsValue) -> Result<u32, JsValue> {
        Ok(self.driver.buffered_amount(Some(&id(client_id)?)))
    }
}
