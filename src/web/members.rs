//! Reads the members of objects that a person's program gives; what is wrong is named.

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};

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

/// An argument that is a text.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn text(value: &JsValue, name: &str) -> Result<String, Error> {
    value.as_string().ok_or_else(|| Error::argument(name, "must be a string"))
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

/// A member that is a whole number within bounds; `undefined` and `null` are none.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn whole(
    options: &JsValue,
    name: &str,
    least: u32,
    most: u32,
) -> Result<Option<u32>, Error> {
    let value = get(options, name);
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared below")]
    let number = value.as_f64().map(|number| (number as u32, number));
    let fits = |&(whole, number): &(u32, f64)| {
        (f64::from(whole) - number).abs() == 0.0 && (least..=most).contains(&whole)
    };
    number.filter(fits).map(|(whole, _)| Some(whole)).ok_or_else(|| {
        let bounds = [&least.to_string(), " to ", &most.to_string()].concat();
        Error::argument(name, &["must be a whole number from ", &bounds].concat())
    })
}

/// A member that is a function; `undefined` and `null` are none.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn function(options: &JsValue, name: &str) -> Result<Option<Function>, Error> {
    let value = get(options, name);
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    value.dyn_into().map(Some).map_err(|_| Error::argument(name, "must be a function"))
}
