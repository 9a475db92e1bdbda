//! Keys as JavaScript gives them: an object, or a function that fetches one.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::reflect::{describe, get_string};
use crate::credentials::Credentials;
use crate::error::{Code, Error};

/// Where the keys come from.
#[derive(Clone)]
pub(crate) enum Provider {
    /// They were given.
    Fixed(Credentials),
    /// They are asked for each time they are needed.
    Function(Function),
}

impl Provider {
    /// Reads the option `credentials`.
    ///
    /// # Errors
    /// `keys.missing`, `caller.invalidArgument`.
    pub(crate) fn from_js(value: &JsValue) -> Result<Self, Error> {
        if let Some(function) = value.dyn_ref::<Function>() {
            return Ok(Self::Function(function.clone()));
        }
        parse(value).map(Self::Fixed)
    }

    /// The keys.
    ///
    /// # Errors
    /// `keys.missing` where the function gives none, throws or rejects; `caller.invalidArgument`.
    pub(crate) async fn get(self) -> Result<Credentials, Error> {
        let function = match self {
            Self::Fixed(credentials) => return Ok(credentials),
            Self::Function(function) => function,
        };
        let failed = |thrown: JsValue| {
            let message = format!("the credentials function failed: {}", describe(&thrown));
            Error::new(Code::KeysMissing, message)
        };
        let value = function.call0(&JsValue::UNDEFINED).map_err(failed)?;
        let value = JsFuture::from(Promise::resolve(&value)).await.map_err(failed)?;
        parse(&value)
    }
}

fn parse(value: &JsValue) -> Result<Credentials, Error> {
    if !value.is_object() {
        let message = "credentials must be an object with accessKeyId and secretAccessKey, or a function that returns one";
        return Err(Error::new(Code::KeysMissing, message));
    }
    Credentials::new(
        &get_string(value, "accessKeyId").unwrap_or_default(),
        &get_string(value, "secretAccessKey").unwrap_or_default(),
        get_string(value, "sessionToken").as_deref(),
    )
}
