//! What a master does with media.

use wasm_bindgen::prelude::wasm_bindgen;

use super::Master;
use crate::js::media::media_methods;

media_methods!(Master);

#[wasm_bindgen]
impl Master {
    /// Bytes that wait to be sent on a viewer's data channel.
    #[wasm_bindgen(js_name = bufferedAmount, skip_typescript)]
    pub fn buffered_amount(&self, client_id: &str) -> u32 {
        self.driver.buffered_amount(Some(client_id))
    }
}
