//! Errors as JavaScript sees them.

use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::error::Error;
use crate::web::reflect::set;

/// A real `Error` object with `name`, `message`, `code`, `hint` and `retryable`; with `cause` and
/// `likely` where they are known.
pub(crate) fn to_js(error: &Error) -> JsValue {
    let code = error.code();
    let object = js_sys::Error::new(error.message());
    object.set_name("KvsError");
    set(&object, "code", &code.as_str().into());
    set(&object, "hint", &code.hint().into());
    set(&object, "retryable", &code.is_retryable().into());
    if !error.likely().is_empty() {
        let likely: Array = error.likely().iter().map(|it| JsValue::from_str(it)).collect();
        set(&object, "likely", &likely);
    }
    if let Some(cause) = error.cause() {
        set(&object, "cause", &to_js(cause));
    }
    object.into()
}
