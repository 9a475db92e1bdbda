//! What a session knows about itself, as far as the browser has it: measurements, the logger that
//! a page gives, User Timing.

mod logger;
mod stats;
mod timing;

pub(crate) use logger::Logger;
pub(crate) use stats::{Meter, Reading};
pub(crate) use timing::{clear_measures, measure};

use js_sys::{JSON, Object};
use wasm_bindgen::{JsCast, JsValue};

use super::members::{Members, Wrong};
use super::reflect::{get, object, set};
use crate::ids::Role;
use crate::session::{Level, Settings, show_option};
use crate::time::Millis;

/// Milliseconds between two measurements of a connection's quality, unless the page says so.
const QUALITY_INTERVAL: u32 = 2_000;

/// Options that a report shows at the most.
const MAX_OPTIONS: u32 = 60;

/// The options about what a session knows.
pub(crate) struct InsightSettings {
    pub(crate) settings: Settings,
    pub(crate) logger: Option<Logger>,
    /// All options, as a report shows them: a JSON object.
    pub(crate) options: String,
}

impl InsightSettings {
    /// Reads `logger`, `logLevel`, `profile` and `qualityInterval`; what is wrong is kept.
    pub(crate) fn from_js(
        options: &JsValue,
        members: &Members<'_>,
        wrong: &Wrong,
        role: Role,
    ) -> Self {
        let logger = wrong.unless(Logger::from_js(options)).flatten();
        let level = log_level(members);
        Self {
            settings: Settings {
                role,
                profile: members.boolean("profile").unwrap_or(false),
                quality_interval: quality_interval(members),
                log: level.filter(|_| logger.is_some()),
            },
            logger,
            options: shown(options),
        }
    }
}

/// Default `info`; `silent` is none.
fn log_level(members: &Members<'_>) -> Option<Level> {
    let Some(name) = members.string("logLevel") else { return Some(Level::Info) };
    let level = Level::from_name(&name);
    if level.is_none() && name != "silent" {
        members.wrong("logLevel", "must be 'debug', 'info', 'warn', 'error' or 'silent'");
    }
    level
}

fn quality_interval(members: &Members<'_>) -> Millis {
    let value = members.value("qualityInterval");
    match value.as_f64() {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
        Some(millis) if (500.0..=60_000.0).contains(&millis) => return Millis(millis as u64),
        None if value.is_undefined() || value.is_null() => {}
        _ => members.wrong("qualityInterval", "must be 500 to 60000 milliseconds"),
    }
    Millis(QUALITY_INTERVAL.into())
}

fn shown(options: &JsValue) -> String {
    let shown = object(&[]);
    let names = Object::keys(options.unchecked_ref::<Object>()).slice(0, MAX_OPTIONS);
    for name in names.iter().filter_map(|name| name.as_string()) {
        let value = get(options, &name);
        let value = match value.as_string() {
            Some(text) => show_option(&name, &text).into(),
            None if value.is_object() || value.is_function() => "given".into(),
            None => value,
        };
        set(&shown, &name, &value);
    }
    stringify(&shown)
}

/// A value of our own making as JSON.
pub(crate) fn stringify(value: &JsValue) -> String {
    JSON::stringify(value).ok().and_then(|text| text.as_string()).unwrap_or_default()
}
