//! Keys by their shape: an object, one of the AWS SDK's version 2 that refreshes itself, or a
//! function that gives one, which is a provider of version 3 or the program's own.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::Value;
use crate::credentials::Credentials;
use crate::error::{Code, Error};
use crate::js::errors;
use crate::signaling::client::Given;
use crate::web::reflect::{get, get_string};

/// Reads the keys as they are now.
///
/// # Errors
/// `keys.missing`, with the cause where a function of the program's failed;
/// `caller.invalidArgument`.
pub(super) async fn read(credentials: &JsValue) -> Result<Credentials, JsValue> {
    let keys = match credentials.dyn_ref::<Function>() {
        Some(provider) => settle(provider.call0(&JsValue::UNDEFINED)).await?,
        None => {
            if let Some(refresh) = get(credentials, "getPromise").dyn_ref::<Function>() {
                settle(refresh.call0(credentials)).await?;
            }
            credentials.clone()
        }
    };
    parse(keys).map_err(|error| errors::to_js(&error))
}

async fn settle(called: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    let outcome = match called {
        Ok(value) => JsFuture::from(Promise::resolve(&value)).await,
        Err(thrown) => Err(thrown),
    };
    outcome.map_err(|thrown| errors::wrap(Code::KeysMissing, &thrown))
}

fn parse(keys: JsValue) -> Result<Credentials, Error> {
    let keys = Value::new(keys);
    required("credentials", keys.given())?;
    let id = Value::of(&keys.value, "accessKeyId");
    let secret = Value::of(&keys.value, "secretAccessKey");
    let id = text("credentials.accessKeyId", &id)?;
    let secret = text("credentials.secretAccessKey", &secret)?;
    Credentials::new(id, secret, get_string(&keys.value, "sessionToken").as_deref())
}

fn text<'a>(name: &str, value: &'a Value) -> Result<&'a str, Error> {
    required(name, value.given())?;
    value.text.as_deref().ok_or_else(|| Error::argument(name, "must be a string"))
}

fn required(name: &str, value: Given<'_>) -> Result<(), Error> {
    value
        .check_present(name)
        .map_err(|error| Error::new(Code::KeysMissing, error.message().to_owned()))
}
