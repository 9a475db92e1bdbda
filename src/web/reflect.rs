//! Reads and makes plain JavaScript objects by the names of their members.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The member of this name; `undefined` where there is none, or where `object` is no object.
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// The member of this name, where it is neither `undefined` nor `null`.
pub(crate) fn get_some(object: &JsValue, name: &str) -> Option<JsValue> {
    Some(get(object, name)).filter(|value| !value.is_undefined() && !value.is_null())
}

/// The member of this name, where it is a text.
pub(crate) fn get_string(object: &JsValue, name: &str) -> Option<String> {
    get(object, name).as_string()
}

/// An object of these members.
pub(crate) fn object(members: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        set(&object, name, value);
    }
    object
}

/// Sets a member. A frozen object refuses, and then keeps what it has.
pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

/// What a thrown value says: an error's `name` and `message`, or the text itself.
pub(crate) fn describe(thrown: &JsValue) -> String {
    let words = match (get_string(thrown, "name"), get_string(thrown, "message")) {
        (Some(name), Some(message)) if !message.is_empty() => format!("{name}: {message}"),
        (Some(name), _) => name,
        (None, Some(message)) => message,
        (None, None) => thrown.as_string().unwrap_or_else(|| "unknown error".to_owned()),
    };
    words.chars().filter(|c| !c.is_control()).take(300).collect()
}

/// Whether a thrown value is an error of this name.
pub(crate) fn is_named(thrown: &JsValue, name: &str) -> bool {
    get_string(thrown, "name").as_deref() == Some(name)
}

/// The member of this name of the global object, as the type it is known to have.
pub(crate) fn global<T: JsCast>(name: &str) -> Option<T> {
    get_some(&js_sys::global(), name).map(JsCast::unchecked_into)
}

/// Calls a method by its name, where the object has it.
pub(crate) fn call(
    object: &JsValue,
    method: &str,
    argument: &JsValue,
) -> Option<Result<JsValue, JsValue>> {
    let function: Function = get(object, method).dyn_into().ok()?;
    Some(function.call1(object, argument))
}
