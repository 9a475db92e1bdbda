//! What a session knows about itself, as far as the browser has it: measurements, the logger that
//! a page gives, User Timing.

mod logger;
mod stats;
mod timing;

pub(crate) use logger::Logger;
pub(crate) use stats::{Meter, Reading};
pub(crate) use timing::{clear_measures, measure};

use js_sys::Object;
use wasm_bindgen::JsValue;

use super::members::{boolean, string};
use super::reflect::{get, get_some};
use crate::error::Error;
use crate::ids::Role;
use crate::session::{Given, Level, Settings, show_option};
use crate::time::Millis;

/// Milliseconds between two measurements of a connection's quality, unless the page says so.
const QUALITY_INTERVAL: u32 = 2_000;

/// Options that a report shows at the most.
const MAX_OPTIONS: u32 = 60;

/// The options about what a session knows.
pub(crate) struct InsightSettings {
    pub(crate) settings: Settings,
    pub(crate) logger: Option<Logger>,
    /// All options, as a report shows them.
    pub(crate) options: Vec<(String, String)>,
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

fn shown(options: &JsValue) -> Vec<(String, String)> {
    let Some(options) = Object::try_from(options) else { return Vec::new() };
    let names = Object::keys(options).slice(0, MAX_OPTIONS);
    let names = names.iter().filter_map(|name| name.as_string());
    names.map(|name| (show(options, &name), name)).map(|(shown, name)| (name, shown)).collect()
}

fn show(options: &JsValue, name: &str) -> String {
    let value = get(options, name);
    if let Some(flag) = value.as_bool() {
        return show_option(name, Given::Flag(flag));
    }
    if value.as_f64().is_some() {
        let text = js_sys::JSON::stringify(&value).ok().and_then(|text| text.as_string());
        return show_option(name, Given::Number(&text.unwrap_or_default()));
    }
    match value.as_string() {
        Some(text) => show_option(name, Given::Text(&text)),
        None => show_option(name, Given::Object),
    }
}
