//! The class `SigV4RequestSigner`.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Date, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::future_to_promise;

use super::{Value, face, keys};
use crate::credentials::Credentials;
use crate::endpoints::Endpoint;
use crate::error::Error;
use crate::ids::Region;
use crate::js::errors;
use crate::secret::Secret;
use crate::signaling::client::Given;
use crate::sigv4::Signer;
use crate::time::UnixMillis;
use crate::web::clock;
use crate::web::reflect::get;

/// Signs WebSocket URLs; `types/signaling.d.ts` has its documentation.
#[wasm_bindgen(skip_typescript)]
pub struct SigV4RequestSigner {
    presigner: Rc<Presigner>,
}

#[wasm_bindgen]
impl SigV4RequestSigner {
    /// Keeps what it is given; what is wrong with it is told by `getSignedURL`.
    #[wasm_bindgen(constructor, skip_typescript)]
    pub fn new(region: JsValue, credentials: JsValue, service: JsValue) -> Self {
        Self { presigner: Presigner::new(region, credentials, service) }
    }

    /// A URL that opens a WebSocket, good for 299 seconds.
    #[wasm_bindgen(js_name = getSignedURL, skip_typescript)]
    pub fn get_signed_url(
        &self,
        endpoint: JsValue,
        query_params: JsValue,
        date: JsValue,
    ) -> Promise {
        let presigner = Rc::clone(&self.presigner);
        let at = when(&date);
        if let Some(url) = presigner.url_at_once(&endpoint, &query_params, &at) {
            return match url {
                Ok(url) => Promise::resolve(&JsValue::from_str(url.expose())),
                Err(error) => Promise::reject(&errors::to_js(&error)),
            };
        }
        future_to_promise(async move {
            let url = presigner.url(endpoint, &query_params, at).await?;
            Ok(url.expose().into())
        })
    }
}

/// What signs, and with which keys; it derives a key once a day.
pub(super) struct Presigner {
    region: Value,
    credentials: JsValue,
    service: Value,
    signer: RefCell<Option<Signer>>,
    last: RefCell<Option<Last>>,
    /// The texts that `last` was read from, and those that were given since, as `face.js` keeps
    /// them: to know the same text again costs nothing there, and as much as reading it here.
    texts: Array,
}

/// What was signed with last is what is signed with next more often than not.
struct Last {
    endpoint: Endpoint,
    keys: Credentials,
}

impl Last {
    /// Reads endpoint, access key id, secret access key, and a session token or nothing.
    fn read<'a>(mut texts: impl Iterator<Item = &'a str>) -> Option<Result<Self, Error>> {
        let (endpoint, id, secret, token) =
            (texts.next()?, texts.next()?, texts.next()?, texts.next()?);
        let keys = Credentials::new(id, secret, Some(token).filter(|token| !token.is_empty()));
        Some(
            keys.and_then(|keys| Ok(Self { endpoint: Endpoint::parse_signaling(endpoint)?, keys })),
        )
    }
}

impl Presigner {
    pub(super) fn new(region: JsValue, credentials: JsValue, service: JsValue) -> Rc<Self> {
        let (region, service) = (Value::new(region), Value::new(service));
        Rc::new(Self {
            region,
            credentials,
            service,
            signer: RefCell::default(),
            last: RefCell::default(),
            texts: Array::new(),
        })
    }

    /// The URL where all that it is made of is at hand: a tenth of the steps across the border to
    /// JavaScript that [`url`](Self::url) takes, and nothing that waits.
    fn url_at_once(
        &self,
        endpoint: &JsValue,
        query_params: &JsValue,
        at: &Result<UnixMillis, Error>,
    ) -> Option<Result<Secret<String>, Error>> {
        let at = *at.as_ref().ok()?;
        // What a member's getter throws is met again, and told, on the other way.
        let texts = face::texts(&self.texts, endpoint, &self.credentials, query_params).ok()??;
        let texts = Secret::new(texts);
        let mut rest = texts.expose().split('\0');
        let mut last = self.last.borrow_mut();
        if !texts.expose().starts_with('\0') {
            match Last::read(rest.by_ref())? {
                Ok(read) => *last = Some(read),
                Err(error) => return Some(Err(error)),
            }
            self.texts.set(0, self.texts.get(1));
        } else {
            rest.next();
        }
        let mut parameters = Vec::new();
        while let (Some(name), Some(value)) = (rest.next(), rest.next()) {
            if !OWN.contains(&name) {
                parameters.push((name, value));
            }
        }
        let Last { endpoint, keys, .. } = last.as_ref()?;
        Some(self.sign(endpoint, &parameters, keys, at))
    }

    fn sign(
        &self,
        endpoint: &Endpoint,
        parameters: &[(&str, &str)],
        credentials: &Credentials,
        at: UnixMillis,
    ) -> Result<Secret<String>, Error> {
        let mut signer = self.signer.borrow_mut();
        let signer = match &mut *signer {
            Some(signer) => signer,
            none => none.insert(self.signer()?),
        };
        Ok(signer.presign_websocket(endpoint, parameters, credentials, at))
    }

    /// The URL of an endpoint with these parameters.
    ///
    /// # Errors
    /// `keys.missing`, `caller.invalidArgument`.
    pub(super) async fn url(
        &self,
        endpoint: JsValue,
        query_params: &JsValue,
        at: Result<UnixMillis, Error>,
    ) -> Result<Secret<String>, JsValue> {
        let credentials = keys::read(&self.credentials).await?;
        let sign = || {
            let at = at?;
            let endpoint = Value::new(endpoint);
            let endpoint = Endpoint::parse_signaling(text("endpoint", &endpoint)?)?;
            let parameters = parameters(query_params)?;
            let parameters: Vec<_> =
                parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            self.sign(&endpoint, &parameters, &credentials, at)
        };
        sign().map_err(|error: Error| errors::to_js(&error))
    }

    fn signer(&self) -> Result<Signer, Error> {
        let region = Region::parse(text("region", &self.region)?)?;
        match self.service.given() {
            Given::Undefined => Ok(Signer::new(region)),
            Given::Null | Given::Text(_) | Given::Other => {
                let service = text("service", &self.service)?.to_owned();
                Ok(Signer::for_service(region, service.into()))
            }
        }
    }
}

fn text<'a>(name: &str, value: &'a Value) -> Result<&'a str, Error> {
    value.given().check_present(name)?;
    value.text.as_deref().ok_or_else(|| Error::argument(name, "must be a string"))
}

/// The signature's own parameters, which win as in the JavaScript SDK.
const OWN: [&str; 6] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    "X-Amz-SignedHeaders",
];

/// The parameters that are not the signature's own.
fn parameters(query_params: &JsValue) -> Result<Vec<(String, String)>, Error> {
    if query_params.is_undefined() || query_params.is_null() {
        return Ok(Vec::new());
    }
    let wrong = |name: &str| Error::argument(&["queryParams", name].concat(), "must be a string");
    let Some(object) = query_params.dyn_ref::<Object>() else {
        return Err(Error::argument("queryParams", "must be an object"));
    };
    let mut parameters = Vec::new();
    for name in Object::keys(object).iter() {
        let name = name.as_string().unwrap_or_default();
        if OWN.contains(&name.as_str()) {
            continue;
        }
        let value = Reflect::get(object, &name.as_str().into()).ok();
        let value = value.and_then(|value| value.as_string());
        let value = value.ok_or_else(|| wrong(&[".", &name].concat()))?;
        parameters.push((name, value));
    }
    Ok(parameters)
}

/// A `Date`, or whatever tells its time as one; `undefined` is now.
fn when(date: &JsValue) -> Result<UnixMillis, Error> {
    if date.is_undefined() {
        return Ok(clock::wall());
    }
    let time = get(date, "getTime").dyn_ref::<Function>().map(|time| time.call0(date));
    let time = time.and_then(|time| time.ok()?.as_f64());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
    match time {
        // Years of four digits, as the signature writes them.
        Some(time) if (0.0..253_402_300_800_000.0).contains(&time) => Ok(UnixMillis(time as u64)),
        _ => Err(Error::argument("date", "must be a valid Date")),
    }
}

/// The date of a signature, by a clock that is wrong by this much.
pub(super) fn date(offset: f64) -> Date {
    Date::new(&(Date::now() + offset).into())
}
