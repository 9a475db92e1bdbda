//! The application's session provider: a function that asks its back end.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::reflect::{describe, get_some, get_string, object};
use super::thrown::because;
use crate::bundle::{BackendRequest, Bundle};
use crate::endpoints::Endpoint;
use crate::error::{Code, Error};
use crate::ice::IceServer;
use crate::ids::{ChannelArn, ClientId};
use crate::secret::Secret;

/// The service lists one or two servers with three URLs each.
const MAX_SERVERS: u32 = 10;
const MAX_URLS: u32 = 8;
const MAX_TEXT: usize = 1024;

/// A presigned URL with a session token is some 1.5 KB long.
const MAX_URL: usize = 16 * 1024;

/// Asks for a session bundle; `signal` fires when the answer is no longer wanted.
///
/// # Errors
/// `caller.sessionFailed` where the function throws, rejects, or gives what cannot be used.
pub(crate) async fn ask(
    provider: Function,
    request: BackendRequest,
    signal: JsValue,
) -> Result<Bundle, Error> {
    let client_id = request.client_id.as_ref().map(ClientId::as_str);
    let asked = object(&[
        ("role", request.role.as_str().into()),
        ("clientId", client_id.map_or(JsValue::UNDEFINED, Into::into)),
        ("need", request.need.as_str().into()),
        ("reason", request.reason.as_str().into()),
        ("signal", signal),
    ]);
    let thrown = |thrown: JsValue| {
        because(failed(["session() failed: ", &describe(&thrown)].concat()), &thrown)
    };
    let promise = provider.call1(&JsValue::UNDEFINED, &asked).map_err(thrown)?;
    let answer = JsFuture::from(Promise::resolve(&promise)).await.map_err(thrown)?;
    read(&answer)
}

fn read(answer: &JsValue) -> Result<Bundle, Error> {
    if !answer.is_object() {
        return Err(failed("session() must give an object"));
    }
    let signed_url = match get_some(answer, "signedUrl") {
        Some(url) => Some(signed_url(&url)?),
        None => None,
    };
    let ttl = get_some(answer, "iceTtlSeconds").or_else(|| first_ttl(answer));
    let ice_ttl_seconds = match ttl {
        Some(ttl) => Some(seconds(&ttl)?),
        None => None,
    };
    let channel_arn = match get_some(answer, "channelArn") {
        Some(arn) => {
            let arn = arn.as_string().unwrap_or_default();
            let parsed = ChannelArn::parse(&arn);
            Some(parsed.map_err(|_| failed("channelArn of session() is no channel's ARN"))?)
        }
        None => None,
    };
    let ice_servers = match get_some(answer, "iceServers") {
        Some(list) => servers(&list)?,
        None => Vec::new(),
    };
    Ok(Bundle { signed_url, ice_servers, ice_ttl_seconds, channel_arn })
}

fn signed_url(value: &JsValue) -> Result<Secret<String>, Error> {
    let text = value.as_string().filter(|text| text.len() <= MAX_URL).unwrap_or_default();
    let (address, query) = text.split_once('?').unwrap_or_default();
    match Endpoint::parse_signaling(address) {
        Ok(_) if query.contains("X-Amz-Signature=") => Ok(Secret::new(text)),
        // What is wrong with it may quote it.
        _ => Err(failed("signedUrl of session() must be a presigned wss:// URL")),
    }
}

fn first_ttl(answer: &JsValue) -> Option<JsValue> {
    let servers: Array = get_some(answer, "iceServers").filter(Array::is_array)?.into();
    get_some(&servers.get(0), "Ttl")
}

fn seconds(value: &JsValue) -> Result<u32, Error> {
    match value.as_f64() {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        Some(seconds) if seconds >= 0.0 => Ok(seconds as u32),
        _ => Err(failed("iceTtlSeconds of session() must be a number of seconds")),
    }
}

/// Servers as a peer connection takes them, or as GetIceServerConfig answers.
fn servers(list: &JsValue) -> Result<Vec<IceServer>, Error> {
    if !Array::is_array(list) {
        return Err(failed("iceServers of session() must be an array"));
    }
    let list: Array = list.clone().into();
    let mut servers = Vec::new();
    for index in 0..list.length().min(MAX_SERVERS) {
        let entry = list.get(index);
        let urls = get_some(&entry, "urls").or_else(|| get_some(&entry, "Uris"));
        let Some(urls) = urls else {
            return Err(failed("iceServers of session(): each must have urls"));
        };
        let urls: Array = if Array::is_array(&urls) { urls.into() } else { Array::of1(&urls) };
        let text = |name: &str, other: &str| {
            let text = get_string(&entry, name).or_else(|| get_string(&entry, other));
            text.filter(|text| text.len() <= MAX_TEXT)
        };
        let urls = (0..urls.length().min(MAX_URLS)).filter_map(|at| urls.get(at).as_string());
        let login = text("username", "Username").zip(text("credential", "Password"));
        servers.push(IceServer {
            urls: urls.filter(|url| url.len() <= MAX_TEXT).collect(),
            login: login.map(|(username, credential)| (username, Secret::new(credential))),
        });
    }
    Ok(servers)
}

fn failed(problem: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(Code::CallerSessionFailed, problem)
}
