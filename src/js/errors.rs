//! Errors as JavaScript sees them.

use wasm_bindgen::JsValue;

use crate::error::Error;
use crate::web::reflect::set;

/// A real `Error` object with `name`, `message`, `code`, `hint` and `retryable`.
pub(crate) fn to_js(error: &Error) -> JsValue {
    let code = error.code();
    let object = js_sys::Error::new(error.message());
    object.set_name("KvsError");
    set(&object, "code", &code.as_str().into());
    set(&object, "hint", &code.hint().into());
    set(&object, "retryable", &code.is_retryable().into());
    object.into()
}
