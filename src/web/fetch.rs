//! HTTPS requests by the browser's `fetch`.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, Response as JsResponse};

use super::reflect::{get, global, is_named, object, set};
use super::thrown::because;
use crate::error::{Code, Error};
use crate::rest::{Response, SignedRequest};

/// How a request is sent.
pub(crate) struct Fetching {
    /// Instead of the browser's own `fetch`.
    pub(crate) function: Option<Function>,
    /// An `AbortSignal` that gives the request up.
    pub(crate) signal: JsValue,
}

/// Sends a request and reads the whole answer, whose headers come along as the browser has them.
///
/// # Errors
/// `network.timeout` where the signal says so; `network.unreachable` where there is no answer:
/// browsers do not tell why; `browser.unsupported` where there is no `fetch`.
pub(crate) async fn fetch_by(
    fetching: Fetching,
    request: SignedRequest,
) -> Result<(Response, JsValue), Error> {
    let unsupported = || Error::new(Code::BrowserUnsupported, "there is no fetch here");
    let function = fetching.function.or_else(|| global("fetch")).ok_or_else(unsupported)?;
    let host = request.url.split('/').nth(2).unwrap_or_default().to_owned();
    send(&function, fetching.signal, request).await.map_err(|thrown| {
        let (code, problem) = if is_named(&thrown, "TimeoutError") {
            (Code::NetworkTimeout, " did not answer in time")
        } else {
            (Code::NetworkUnreachable, " could not be reached")
        };
        because(Error::new(code, [&host, problem].concat()), &thrown)
    })
}

async fn send(
    function: &Function,
    signal: JsValue,
    request: SignedRequest,
) -> Result<(Response, JsValue), JsValue> {
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
        ("signal", signal),
    ]);
    let answer = function.call2(&JsValue::UNDEFINED, &request.url.into(), &init)?;
    let response: JsResponse = JsFuture::from(Promise::resolve(&answer)).await?.unchecked_into();
    let body = JsFuture::from(response.text()?).await?;
    let headers: Headers = get(&response, "headers").unchecked_into();
    let answered = Response {
        status: response.status(),
        error_type: headers.get("x-amzn-ErrorType").unwrap_or(None),
        body: body.as_string().unwrap_or_default(),
        date: headers.get("Date").unwrap_or(None),
    };
    Ok((answered, headers.into()))
}
