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

use super::members::{boolean, string};
use super::reflect::{get, get_some, object, set};
use crate::error::Error;
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
    /// Reads `logger`, `logLevel`, `profile` and `qualityInterval`.
    ///
    /// # Errors
    /// `caller.invalidArgument`, naming the member.
    pub(crate) fn from_js(options: &JsValue, role: Role) -> Result<Self, Error> {
        let logger = Logger::from_js(options)?;
        let level = log_level(options)?;
        Ok(Self {
            settings: Settings {
                role,
                profile: boolean(options, "profile")?.unwrap_or(false),
                quality_interval: quality_interval(options)?,
                log: level.filter(|_| logger.is_some()),
            },
            logger,
            options: shown(options),
        })
    }
}

/// Default `info`; `silent` is none.
fn log_level(options: &JsValue) -> Result<Option<Level>, Error> {
    match string(options, "logLevel")?.as_deref() {
        None => Ok(Some(Level::Info)),
        Some("silent") => Ok(None),
        Some(name) => Level::from_name(name).map(Some).ok_or_else(|| {
            let problem = "must be 'debug', 'info', 'warn', 'error' or 'silent'";
            Error::argument("logLevel", problem)
        }),
    }
}

fn quality_interval(options: &JsValue) -> Result<Millis, Error> {
    let Some(value) = get_some(options, "qualityInterval") else {
        return Ok(Millis(QUALITY_INTERVAL.into()));
    };
    match value.as_f64() {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
        Some(millis) if (500.0..=60_000.0).contains(&millis) => Ok(Millis(millis as u64)),
        _ => Err(Error::argument("qualityInterval", "must be 500 to 60000 milliseconds")),
    }
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
