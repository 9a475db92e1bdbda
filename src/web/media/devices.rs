//! The browser's cameras, microphones and screens.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::MediaStream;

use crate::error::{Code, Error};
use crate::session::media::{Asked, PerKind, TrackKind, refusal};
use crate::web::reflect::{call, describe, get, get_some, get_string, global, object, set};
use crate::web::thrown::because;

/// `navigator.mediaDevices`.
///
/// # Errors
/// `browser.unsupported` where there is none: the page is not secure, or no page.
pub(crate) fn media_devices() -> Result<JsValue, Error> {
    global::<JsValue>("navigator")
        .and_then(|navigator| get_some(&navigator, "mediaDevices"))
        .ok_or_else(|| unsupported("use camera and microphone"))
}

/// Opens what is asked for.
///
/// # Errors
/// The `browser.…` codes of camera and microphone, `browser.constraintNotMet`,
/// `browser.unsupported`, `caller.invalidArgument`.
pub(crate) async fn open(constraints: &PerKind<JsValue>) -> Result<MediaStream, Error> {
    let asked = match (constraints.audio.is_truthy(), constraints.video.is_truthy()) {
        (true, true) => Asked::Both,
        (true, false) => Asked::Microphone,
        (false, _) => Asked::Camera,
    };
    let given =
        object(&[("audio", constraints.audio.clone()), ("video", constraints.video.clone())]);
    let opened = match call(&media_devices()?, "getUserMedia", &given) {
        Some(Ok(promise)) => JsFuture::from(promise.unchecked_into::<Promise>()).await,
        Some(Err(thrown)) => Err(thrown),
        None => return Err(unsupported("use camera and microphone")),
    };
    match opened {
        Ok(stream) => Ok(stream.unchecked_into()),
        Err(thrown) => {
            let asked = if asked == Asked::Both { culprit(&thrown).await } else { asked };
            Err(error(asked, &thrown))
        }
    }
}

/// Opens one device of this kind.
///
/// # Errors
/// As [`open`].
pub(crate) async fn open_one(
    kind: TrackKind,
    constraints: &JsValue,
    device_id: Option<&str>,
) -> Result<MediaStream, Error> {
    let mut asked = PerKind { audio: JsValue::FALSE, video: JsValue::FALSE };
    *asked.get_mut(kind) = match device_id {
        None => constraints.clone(),
        Some(id) => exact(constraints, id),
    };
    open(&asked).await
}

/// Asks the person for a screen, window or tab. To be called while a click is handled.
///
/// # Errors
/// `browser.unsupported`, `browser.screenDenied`.
pub(crate) fn ask_for_screen(options: &JsValue) -> Result<Promise, Error> {
    match call(&media_devices()?, "getDisplayMedia", options) {
        Some(Ok(promise)) => Ok(promise.unchecked_into()),
        Some(Err(thrown)) => Err(error(Asked::Screen, &thrown)),
        None => Err(unsupported("share the screen")),
    }
}

/// What was thrown, as our error.
pub(crate) fn error(asked: Asked, thrown: &JsValue) -> Error {
    let name = get_string(thrown, "name").unwrap_or_default();
    let constraint = get_string(thrown, "constraint").unwrap_or_default();
    because(refusal(asked, &name, &constraint, &describe(thrown)), thrown)
}

/// The devices there are, as plain objects.
///
/// # Errors
/// `browser.unsupported`, `browser.mediaDenied`.
pub(crate) async fn list() -> Result<Array, Error> {
    const MEMBERS: [&str; 4] = ["kind", "deviceId", "label", "groupId"];
    let devices = media_devices()?;
    let listed = match call(&devices, "enumerateDevices", &JsValue::UNDEFINED) {
        Some(Ok(promise)) => JsFuture::from(promise.unchecked_into::<Promise>()).await,
        Some(Err(thrown)) => Err(thrown),
        None => return Err(unsupported("list its devices")),
    };
    let listed = listed.map_err(|thrown| error(Asked::Both, &thrown))?;
    let plain = |device: JsValue| {
        let plain = object(&[]);
        MEMBERS.iter().for_each(|name| set(&plain, name, &get(&device, name)));
        JsValue::from(plain)
    };
    Ok(listed.unchecked_into::<Array>().iter().map(plain).collect())
}

/// Where both kinds were asked for at once: which of them it was.
async fn culprit(thrown: &JsValue) -> Asked {
    let guilty = match get_string(thrown, "name").as_deref() {
        Some("NotFoundError") => missing().await,
        Some("NotAllowedError") => {
            PerKind { audio: is_denied("microphone").await, video: is_denied("camera").await }
        }
        _ => PerKind::default(),
    };
    match (guilty.audio, guilty.video) {
        (true, false) => Asked::Microphone,
        (false, true) => Asked::Camera,
        (true, true) | (false, false) => Asked::Both,
    }
}

async fn missing() -> PerKind<bool> {
    let Ok(devices) = list().await else { return PerKind::default() };
    let lacks = |kind: &str| {
        !devices.iter().any(|device| get_string(&device, "kind").as_deref() == Some(kind))
    };
    PerKind { audio: lacks("audioinput"), video: lacks("videoinput") }
}

/// Whether the browser's permission of this name is known to be refused.
async fn is_denied(name: &str) -> bool {
    let permissions = global::<JsValue>("navigator")
        .map_or(JsValue::UNDEFINED, |navigator| get(&navigator, "permissions"));
    let Some(Ok(asked)) = call(&permissions, "query", &object(&[("name", name.into())])) else {
        return false;
    };
    let status = JsFuture::from(asked.unchecked_into::<Promise>()).await;
    status.is_ok_and(|status| get_string(&status, "state").as_deref() == Some("denied"))
}

/// The constraints, with the one device.
fn exact(constraints: &JsValue, device_id: &str) -> JsValue {
    let merged = object(&[]);
    if constraints.is_object() {
        let assign: Option<Function> =
            global::<JsValue>("Object").map(|object| get(&object, "assign").unchecked_into());
        if let Some(assign) = assign {
            let _ = assign.call2(&JsValue::UNDEFINED, &merged, constraints);
        }
    }
    set(&merged, "deviceId", &object(&[("exact", device_id.into())]));
    // A phone's two cameras differ in where they face: the device says it all.
    set(&merged, "facingMode", &JsValue::UNDEFINED);
    merged.into()
}

fn unsupported(what: &str) -> Error {
    Error::new(Code::BrowserUnsupported, ["this page cannot ", what].concat())
}
