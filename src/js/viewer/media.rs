//! What a viewer does with media.

use wasm_bindgen::prelude::wasm_bindgen;

use super::Viewer;
use crate::js::media::media_methods;

media_methods!(Viewer);

#[wasm_bindgen]
impl Viewer {
    /// Bytes that wait to be sent on the data channel.
    #[wasm_bindgen(getter, js_name = bufferedAmount, skip_typescript)]
    pub fn buffered_amount(&self) -> u32 {
        self.driver.buffered_amount(None)
    }
}
