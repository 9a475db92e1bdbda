//! The logger that a page gives.

use std::cell::Cell;

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::error::Error;
use crate::session::{Level, Record, Target};
use crate::web::reflect::{get, get_some};

/// A function `(level, target, message)`, or an object that has a method of a level's name, or
/// `log`.
pub(crate) struct Logger {
    given: JsValue,
    /// It threw, or its promise was rejected; that is told once.
    has_failed: Cell<bool>,
}

impl Logger {
    /// Reads the option `logger`.
    ///
    /// # Errors
    /// `caller.invalidArgument` where it is neither.
    pub(crate) fn from_js(options: &JsValue) -> Result<Option<Self>, Error> {
        let Some(given) = get_some(options, "logger") else { return Ok(None) };
        let methods = Level::ALL.iter().map(|level| level.as_str()).chain(["log"]);
        let is_logger = given.is_function()
            || given.is_object() && methods.into_iter().any(|name| get(&given, name).is_function());
        if !is_logger {
            let problem = "must be a function or an object with debug, info, warn or error";
            return Err(Error::argument("logger", problem));
        }
        Ok(Some(Self { given, has_failed: Cell::new(false) }))
    }

    /// Hands a line over. What the logger throws or rejects disturbs nobody; the first time there
    /// is a line about it for the report.
    pub(crate) fn log(&self, record: &Record) -> Option<Record> {
        let level = record.level.as_str();
        let (target, message) = (record.target.as_str(), record.message.as_str());
        let result = if let Some(function) = self.given.dyn_ref::<Function>() {
            function.call3(&JsValue::UNDEFINED, &level.into(), &target.into(), &message.into())
        } else {
            let method = [level, "log"].iter().find_map(|name| {
                get_some(&self.given, name).and_then(|method| method.dyn_into::<Function>().ok())
            })?;
            let line = ["[kvs-webrtc] ", target, ": ", message].concat();
            method.call1(&self.given, &line.into())
        };
        match result {
            Ok(value) => {
                if get(&value, "then").is_function() {
                    let promise = Promise::resolve(&value);
                    spawn_local(async move {
                        let _ = JsFuture::from(promise).await;
                    });
                }
                None
            }
            Err(_) if self.has_failed.replace(true) => None,
            Err(_) => Some(Record::new(Level::Warn, Target::Session, "the logger threw")),
        }
    }
}
