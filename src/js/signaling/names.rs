//! Names as JavaScript's texts, made once: making one costs more than reading the member.

use std::cell::RefCell;

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// A name as JavaScript has it.
pub(super) fn name(text: &'static str) -> JsValue {
    thread_local! {
        static NAMES: RefCell<Vec<(&'static str, JsValue)>> = const { RefCell::new(Vec::new()) };
    }
    NAMES.with_borrow_mut(|names| {
        // The same text is mostly at the same address, and where it is not it is made once more.
        let known = names.iter().find(|(it, _)| std::ptr::eq(*it, text));
        if let Some((_, name)) = known {
            return name.clone();
        }
        let name = JsValue::from_str(text);
        names.push((text, name.clone()));
        name
    })
}

/// The member of this name; `undefined` where there is none, or where `object` is no object.
pub(super) fn read(object: &JsValue, member: &'static str) -> JsValue {
    Reflect::get(object, &name(member)).unwrap_or(JsValue::UNDEFINED)
}
