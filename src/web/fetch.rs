//! HTTPS requests by the browser's `fetch`.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, Response as JsResponse};

use super::reflect::{get, global, is_named, object, set};
use crate::error::{Code, Error};
use crate::rest::{Response, SignedRequest};

/// A request that has not been answered by then is given up.
const TIMEOUT_MILLIS: u32 = 10_000;

/// Sends a request and reads the whole answer.
///
/// # Errors
/// `network.timeout` after ten seconds; `network.unreachable` where there is no answer: browsers
/// do not tell why.
pub(crate) async fn fetch(request: SignedRequest) -> Result<Response, Error> {
    let host = request.url.split('/').nth(2).unwrap_or_default().to_owned();
    send(request).await.map_err(|thrown| {
        if is_named(&thrown, "TimeoutError") {
            return Error::new(Code::NetworkTimeout, format!("{host} did not answer in time"));
        }
        Error::new(Code::NetworkUnreachable, format!("{host} could not be reached"))
    })
}

async fn send(request: SignedRequest) -> Result<Response, JsValue> {
    let headers = object(&[]);
    for (name, value) in &request.headers {
        set(&headers, name, &JsValue::from_str(value.expose()));
    }
    let init = object(&[
        ("method", "POST".into()),
        ("headers", headers.into()),
        ("body", request.body.into()),
        ("cache", "no-store".into()),
        // The service redirects nobody; keys are not for whoever else would.
        ("redirect", "error".into()),
        ("credentials", "omit".into()),
        ("referrerPolicy", "no-referrer".into()),
        ("signal", AbortSignal::timeout_with_u32(TIMEOUT_MILLIS).into()),
    ]);
    let fetch: Function = global("fetch").ok_or(JsValue::UNDEFINED)?;
    let promise: Promise = fetch.call2(&JsValue::UNDEFINED, &request.url.into(), &init)?.into();
    let response: JsResponse = JsFuture::from(promise).await?.unchecked_into();
    let body = JsFuture::from(response.text()?).await?;
    let headers: Headers = get(&response, "headers").unchecked_into();
    Ok(Response {
        status: response.status(),
        error_type: headers.get("x-amzn-ErrorType").unwrap_or(None),
        body: body.as_string().unwrap_or_default(),
        date: headers.get("Date").unwrap_or(None),
    })
}
