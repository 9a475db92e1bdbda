//! An event listener that is removed when it is dropped.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

/// Owns the closure and lets go of it in `Drop`.
pub(crate) struct Listener {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn Fn(JsValue)>,
}

impl Listener {
    /// Listens on anything that has `addEventListener`.
    pub(crate) fn new(
        target: &JsValue,
        event: &'static str,
        callback: impl Fn(JsValue) + 'static,
    ) -> Self {
        let target: EventTarget = target.clone().unchecked_into();
        let closure = Closure::new(callback);
        let _ = target.add_event_listener_with_callback(
            event,
            AsRef::<JsValue>::as_ref(&closure).unchecked_ref(),
        );
        Self { target, event, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(
            self.event,
            AsRef::<JsValue>::as_ref(&self.closure).unchecked_ref(),
        );
    }
}
