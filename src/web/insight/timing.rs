//! Finished phases as the browser's User Timing, where its developer tools show them.
//!
//! Source: W3C User Timing, section 3.1 (`performance.measure`).

use js_sys::{Array, Function};
use wasm_bindgen::{JsCast, JsValue};

use crate::session::Measure;
use crate::web::reflect::{get, get_string, global, object};

/// Adds an entry. Browsers without User Timing go without.
#[allow(clippy::cast_precision_loss, reason = "milliseconds of a page's life")]
pub(crate) fn measure(measure: &Measure) {
    let times = object(&[
        ("start", (measure.begun.0 as f64).into()),
        ("duration", (measure.took.0 as f64).into()),
    ]);
    call("measure", &measure.name.as_str().into(), &times);
}

/// Takes away the entries of earlier runs whose names begin with this.
pub(crate) fn clear_measures(prefix: &str) {
    let entries = call("getEntriesByType", &"measure".into(), &JsValue::UNDEFINED);
    let Some(entries) = entries.filter(Array::is_array) else { return };
    for entry in Array::from(&entries).iter() {
        if let Some(name) = get_string(&entry, "name").filter(|name| name.starts_with(prefix)) {
            call("clearMeasures", &name.into(), &JsValue::UNDEFINED);
        }
    }
}

fn call(method: &str, name: &JsValue, times: &JsValue) -> Option<JsValue> {
    let performance: JsValue = global("performance")?;
    let function: Function = get(&performance, method).dyn_into().ok()?;
    function.call2(&performance, name, times).ok()
}
