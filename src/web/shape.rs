//! Gives what `JSON.parse` made the shape of an operation's output.

use js_sys::{Array, Date};
use wasm_bindgen::{JsCast, JsValue};

use super::reflect::{get_some, object, set};
use crate::rest::{Field, Shape};

/// A member that cannot be what it is to be.
pub(crate) struct Misshapen;

/// An object of those members that the operation has, with dates for times. What is `null` is left
/// out, as the AWS SDK does it.
///
/// # Errors
/// A time is no number.
pub(crate) fn shaped(fields: &[Field], value: &JsValue) -> Result<JsValue, Misshapen> {
    let out = object(&[]);
    for field in fields {
        if let Some(member) = get_some(value, field.name) {
            set(&out, field.name, &shaped_as(&field.shape, member)?);
        }
    }
    Ok(out.into())
}

fn shaped_as(shape: &Shape, value: JsValue) -> Result<JsValue, Misshapen> {
    match shape {
        Shape::Plain => Ok(value),
        Shape::Date => date(&value),
        Shape::Object(fields) if value.is_object() => shaped(fields, &value),
        Shape::List(fields) if Array::is_array(&value) => {
            let items: Array = value.unchecked_into();
            let shaped_items = Array::new();
            for item in items.iter() {
                let item = if item.is_object() { shaped(fields, &item)? } else { item };
                shaped_items.push(&item);
            }
            Ok(shaped_items.into())
        }
        Shape::Object(_) | Shape::List(_) => Ok(value),
    }
}

/// Seconds, with a fraction, as a date in whole milliseconds; as text too, which some services
/// write.
fn date(value: &JsValue) -> Result<JsValue, Misshapen> {
    let is_text = value.as_string().is_some_and(|text| !text.trim().is_empty());
    if !is_text && value.as_f64().is_none() {
        return Err(Misshapen);
    }
    let milliseconds = (value.unchecked_into_f64() * 1000.0 + 0.5).floor();
    if !milliseconds.is_finite() {
        return Err(Misshapen);
    }
    Ok(Date::new(&milliseconds.into()).into())
}
