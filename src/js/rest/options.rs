//! The options of a client and of a call.

use js_sys::Function;
use wasm_bindgen::JsValue;

use crate::endpoints::{Endpoint, EndpointOptions, control_plane_of};
use crate::error::Error;
use crate::ids::{Region, Role};
use crate::rest::call::CallOptions;
use crate::time::Millis;
use crate::web::credentials::Provider;
use crate::web::members::{boolean, check_options, function, signal, string, whole};
use crate::web::reflect::{get, get_some};

/// More would take longer than anybody waits.
const MAX_ATTEMPTS: u32 = 10;
const MAX_TIMEOUT_MILLIS: u32 = 600_000;

/// What a client is made of.
pub(super) struct ClientOptions {
    pub(super) region: Region,
    pub(super) control: Endpoint,
    pub(super) provider: Provider,
    pub(super) call: CallOptions,
    pub(super) fetch: Option<Function>,
    pub(super) logger: Option<JsValue>,
}

/// What one call may have.
#[derive(Default)]
pub(super) struct OneOptions {
    pub(super) endpoint: Option<Endpoint>,
    pub(super) role: Option<Role>,
    pub(super) signal: Option<JsValue>,
    pub(super) timeout: Option<Millis>,
}

impl ClientOptions {
    /// # Errors
    /// `caller.invalidArgument`, `keys.missing`.
    pub(super) fn from_js(options: &JsValue) -> Result<Self, Error> {
        if !options.is_object() {
            return Err(Error::argument("options", "must be an object"));
        }
        let region = string(options, "region")?
            .ok_or_else(|| Error::argument("region", "must be given"))
            .and_then(|region| Region::parse(&region))?;
        let control = control_plane(options, &region)?;
        let default = CallOptions::default();
        Ok(Self {
            region,
            control,
            provider: Provider::from_js(&get(options, "credentials"))?,
            call: CallOptions {
                max_attempts: whole(options, "maxAttempts", 1, MAX_ATTEMPTS)?
                    .unwrap_or(default.max_attempts),
                timeout: timeout(options)?.unwrap_or(default.timeout),
            },
            fetch: function(options, "fetch")?,
            logger: object(options, "logger")?,
        })
    }
}

impl OneOptions {
    /// # Errors
    /// `caller.invalidArgument`.
    pub(super) fn from_js(options: &JsValue, input: &JsValue) -> Result<Self, Error> {
        check_options(options)?;
        let endpoint = match string(options, "endpoint")? {
            Some(url) => Some(url),
            None => string(input, "endpoint")?,
        };
        let role = match string(options, "role")?.as_deref() {
            None => None,
            Some("MASTER") => Some(Role::Master),
            Some("VIEWER") => Some(Role::Viewer),
            Some(_) => return Err(Error::argument("role", "must be 'MASTER' or 'VIEWER'")),
        };
        let signal = match signal(options, "signal")? {
            Some(signal) => Some(signal),
            None => signal(options, "abortSignal")?,
        };
        let endpoint = endpoint.map(|url| Endpoint::parse_override(&url)).transpose()?;
        Ok(Self { endpoint, role, signal, timeout: timeout(options)? })
    }
}

fn control_plane(options: &JsValue, region: &Region) -> Result<Endpoint, Error> {
    let fips = boolean(options, "useFipsEndpoint")?.unwrap_or_default();
    let dual_stack = boolean(options, "useDualstackEndpoint")?.unwrap_or_default();
    let Some(url) = string(options, "endpoint")? else {
        return control_plane_of(region, EndpointOptions { dual_stack, fips });
    };
    for (name, wanted) in [("useFipsEndpoint", fips), ("useDualstackEndpoint", dual_stack)] {
        if wanted {
            return Err(Error::argument(name, "cannot be combined with an endpoint"));
        }
    }
    Endpoint::parse_override(&url)
}

fn timeout(options: &JsValue) -> Result<Option<Millis>, Error> {
    let timeout = whole(options, "timeoutMs", 1, MAX_TIMEOUT_MILLIS)?;
    Ok(timeout.map(|milliseconds| Millis(u64::from(milliseconds))))
}

fn object(options: &JsValue, name: &str) -> Result<Option<JsValue>, Error> {
    match get_some(options, name) {
        Some(value) if !value.is_object() => Err(Error::argument(name, "must be an object")),
        value => Ok(value),
    }
}
