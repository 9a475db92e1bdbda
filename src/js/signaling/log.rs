//! The `logger` of a `SignalingClient`.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::web::reflect::{get, global};

/// What every line begins with, as in the service's JavaScript SDK.
const PREFIX: &str = "[SignalingClient]";

/// A logger that was given, or none.
#[derive(Clone)]
pub(super) struct Log(Option<JsValue>);

impl Log {
    pub(super) fn new(logger: JsValue) -> Self {
        Self(Some(logger).filter(JsValue::is_truthy))
    }

    /// What only helps to find out what happened; without a logger it is lost.
    pub(super) fn debug(&self, words: &[&str]) {
        if let Some(logger) = &self.0 {
            write(logger, "debug", &words.concat(), None);
        }
    }

    /// What should not have happened, but can be gone on after.
    pub(super) fn warn(&self, words: &[&str]) {
        if let Some(logger) = &self.0 {
            write(logger, "warn", &words.concat(), None);
        }
    }

    /// A mistake of the program's, or an error that nobody listens for: goes to the console where
    /// there is no logger, so that it is seen.
    pub(super) fn report(&self, words: &str, thrown: &JsValue) {
        if let Some(logger) = self.0.clone().or_else(|| global("console")) {
            write(&logger, "warn", words, Some(thrown));
        }
    }
}

/// A logger that throws is no reason to stop.
fn write(logger: &JsValue, level: &str, words: &str, thrown: Option<&JsValue>) {
    if let Some(function) = get(logger, level).dyn_ref::<Function>() {
        let arguments = Array::of2(&PREFIX.into(), &words.into());
        if let Some(thrown) = thrown {
            arguments.push(thrown);
        }
        let _ = Reflect::apply(function, logger, &arguments);
    }
}
