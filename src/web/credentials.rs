//! Keys as JavaScript gives them: an object, an object that fetches them, or a function that does.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::clock;
use super::reflect::{describe, get, get_string};
use super::thrown::because;
use crate::credentials::Credentials;
use crate::error::{Code, Error};
use crate::time::UnixMillis;

/// Keys that a function gave are kept until this long before they expire.
const EXPIRY_MARGIN_MILLIS: u64 = 5 * 60 * 1000;

/// Where the keys come from.
#[derive(Clone)]
pub(crate) struct Provider {
    source: Source,
    kept: Rc<RefCell<Option<Kept>>>,
}

#[derive(Clone)]
enum Source {
    /// An object that has them; it is read each time, since its owner may renew it.
    Object(JsValue),
    /// An object of the AWS SDK, version 2, whose `getPromise()` renews it where it has to.
    Renewing { object: JsValue, renew: Function },
    /// A function, such as a provider of the AWS SDK, version 3.
    Function(Function),
}

/// Keys with a time to live.
struct Kept {
    keys: Credentials,
    until: UnixMillis,
}

impl Provider {
    /// Reads the option `credentials`.
    ///
    /// # Errors
    /// `keys.missing`, `caller.invalidArgument`.
    pub(crate) fn from_js(value: &JsValue) -> Result<Self, Error> {
        let function = |value: &JsValue| value.dyn_ref::<Function>().cloned();
        let source = if let Some(function) = function(value) {
            Source::Function(function)
        } else if let Some(renew) = function(&get(value, "getPromise")) {
            Source::Renewing { object: value.clone(), renew }
        } else {
            parse(value)?;
            Source::Object(value.clone())
        };
        Ok(Self { source, kept: Rc::default() })
    }

    /// The keys. What a function gives with an `expiration` is not asked for again until five
    /// minutes before that, unless `fresh` ones are wanted: the service has called the kept ones
    /// expired.
    ///
    /// # Errors
    /// `keys.missing` where there are none, or what is to fetch them throws or rejects;
    /// `caller.invalidArgument`.
    pub(crate) async fn get(self, fresh: bool) -> Result<Credentials, Error> {
        if let Some(keys) = self.kept().filter(|_| !fresh) {
            return Ok(keys);
        }
        match self.source {
            Source::Object(object) => parse(&object),
            Source::Renewing { object, renew } => {
                call(&renew, &object).await?;
                parse(&object)
            }
            Source::Function(function) => {
                let value = call(&function, &JsValue::UNDEFINED).await?;
                let keys = parse(&value)?;
                let until = expiration(&value);
                *self.kept.borrow_mut() = until.map(|until| Kept { keys: keys.clone(), until });
                Ok(keys)
            }
        }
    }

    fn kept(&self) -> Option<Credentials> {
        let now = clock::wall();
        let kept = self.kept.borrow();
        let kept = kept.as_ref().filter(|kept| now.0 + EXPIRY_MARGIN_MILLIS < kept.until.0)?;
        Some(kept.keys.clone())
    }
}

async fn call(function: &Function, this: &JsValue) -> Result<JsValue, Error> {
    let failed = |thrown: JsValue| {
        let message = ["the credentials provider failed: ", &describe(&thrown)].concat();
        because(Error::new(Code::KeysMissing, message), &thrown)
    };
    let value = function.call0(this).map_err(failed)?;
    JsFuture::from(Promise::resolve(&value)).await.map_err(failed)
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

/// The `Date` at which keys expire, where they do.
fn expiration(keys: &JsValue) -> Option<UnixMillis> {
    let date = get(keys, "expiration");
    let get_time: Function = get(&date, "getTime").dyn_into().ok()?;
    let millis = get_time.call0(&date).ok()?.as_f64()?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    (millis > 0.0).then_some(UnixMillis(millis as u64))
}
