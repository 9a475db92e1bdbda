//! Reads the members of objects that a person's program gives; what is wrong is named.

use wasm_bindgen::JsValue;

use super::reflect::get;
use crate::error::Error;

/// A member that is a text; `undefined` and `null` are none.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn string(options: &JsValue, name: &str) -> Result<Option<String>, Error> {
    let value = get(options, name);
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    value.as_string().map(Some).ok_or_else(|| Error::argument(name, "must be a string"))
}

/// A member that is a boolean; `undefined` and `null` are none.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn boolean(options: &JsValue, name: &str) -> Result<Option<bool>, Error> {
    let value = get(options, name);
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    value.as_bool().map(Some).ok_or_else(|| Error::argument(name, "must be true or false"))
}
