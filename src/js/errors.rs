//! Errors as JavaScript sees them.

use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::error::{Code, Error};
use crate::web::reflect::{describe, get_string, set};
use crate::web::thrown;

/// The `name` of every error.
const NAME: &str = "KvsError";

/// A real `Error` object with `name`, `message`, `code`, `hint` and `retryable`; with `cause` and
/// `likely` where they are known.
pub(crate) fn to_js(error: &Error) -> JsValue {
    let code = error.code();
    let object = js_sys::Error::new(error.message());
    object.set_name(NAME);
    set(&object, "code", &code.as_str().into());
    set(&object, "hint", &code.hint().into());
    set(&object, "retryable", &code.is_retryable().into());
    if !error.likely().is_empty() {
        let likely: Array = error.likely().iter().map(|it| JsValue::from_str(it)).collect();
        set(&object, "likely", &likely);
    }
    if let Some(answer) = error.service() {
        let name = answer.name.as_deref().map_or(JsValue::UNDEFINED, JsValue::from_str);
        let service =
            crate::web::reflect::object(&[("name", name), ("status", answer.status.into())]);
        set(&object, "service", &service);
    }
    if let Some(cause) = error.cause() {
        set(&object, "cause", &to_js(cause));
    }
    if let Some(thrown) = thrown::take(error) {
        set(&object, "cause", &thrown);
    }
    object.into()
}

/// What a program's own function threw, as an error of ours with its message and it as the cause;
/// an error of ours stays what it is.
pub(crate) fn wrap(code: Code, thrown: &JsValue) -> JsValue {
    if get_string(thrown, "name").as_deref() == Some(NAME) {
        return thrown.clone();
    }
    let message = get_string(thrown, "message").unwrap_or_else(|| describe(thrown));
    let error = to_js(&Error::new(code, message));
    set(&error, "cause", thrown);
    error
}
