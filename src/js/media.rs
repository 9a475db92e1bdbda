//! What both roles do with media: one set of methods, made for either class.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MediaStreamTrack;

use super::errors;
use crate::error::Error;
use crate::session::media::TrackKind;
use crate::web::driver::Driver;
use crate::web::members::{boolean, check_options};
use crate::web::reflect::{get, get_string};
use std::rc::Rc;

/// Gives a class the methods of `types/media.d.ts`.
macro_rules! media_methods {
    ($class:ident) => {
        #[wasm_bindgen::prelude::wasm_bindgen]
        impl $class {
            /// Sends this track instead, or nothing.
            #[wasm_bindgen(js_name = replaceTrack, skip_typescript)]
            pub fn replace_track(
                &self,
                kind: &wasm_bindgen::JsValue,
                track: &wasm_bindgen::JsValue,
            ) -> js_sys::Promise {
                $crate::js::media::replace_track(&self.driver, kind, track)
            }

            /// Mutes or unmutes.
            #[wasm_bindgen(js_name = setMuted, skip_typescript)]
            pub fn set_muted(
                &self,
                kind: &wasm_bindgen::JsValue,
                muted: &wasm_bindgen::JsValue,
                options: &wasm_bindgen::JsValue,
            ) -> js_sys::Promise {
                $crate::js::media::set_muted(&self.driver, kind, muted, options)
            }

            /// Sends another camera or microphone.
            #[wasm_bindgen(js_name = switchDevice, skip_typescript)]
            pub fn switch_device(
                &self,
                kind: &wasm_bindgen::JsValue,
                device_id: &wasm_bindgen::JsValue,
            ) -> js_sys::Promise {
                $crate::js::media::switch_device(&self.driver, kind, device_id)
            }

            /// Sends a screen instead of the camera.
            #[wasm_bindgen(js_name = shareScreen, skip_typescript)]
            pub fn share_screen(&self, options: &wasm_bindgen::JsValue) -> js_sys::Promise {
                self.driver.share_screen(options)
            }

            /// Sends the camera again.
            #[wasm_bindgen(js_name = stopScreenShare, skip_typescript)]
            pub fn stop_screen_share(&self) -> js_sys::Promise {
                self.driver.stop_screen_share()
            }

            /// Lists the devices, and has a change of them told.
            #[wasm_bindgen(skip_typescript)]
            pub fn devices(&self) -> js_sys::Promise {
                self.driver.devices()
            }
        }
    };
}

pub(crate) use media_methods;

pub(crate) fn replace_track(driver: &Rc<Driver>, kind: &JsValue, track: &JsValue) -> Promise {
    let checked = kind_of(kind).and_then(|kind| Ok((kind, track_of(kind, track)?)));
    match checked {
        Ok((kind, track)) => driver.replace_track(kind, track),
        Err(error) => rejected(&error),
    }
}

pub(crate) fn set_muted(
    driver: &Rc<Driver>,
    kind: &JsValue,
    muted: &JsValue,
    options: &JsValue,
) -> Promise {
    let muted = muted.as_bool().ok_or_else(|| Error::argument("muted", "must be true or false"));
    let release = || {
        check_options(options)?;
        boolean(options, "release").map(Option::unwrap_or_default)
    };
    match kind_of(kind).and_then(|kind| Ok((kind, muted?, release()?))) {
        Ok((kind, muted, release)) => driver.set_muted(kind, muted, release),
        Err(error) => rejected(&error),
    }
}

pub(crate) fn switch_device(driver: &Rc<Driver>, kind: &JsValue, device_id: &JsValue) -> Promise {
    let device_id = device_id.as_string().filter(|id| !id.is_empty());
    let device_id = device_id.ok_or_else(|| Error::argument("deviceId", "must be a device's id"));
    match kind_of(kind).and_then(|kind| Ok((kind, device_id?))) {
        Ok((kind, device_id)) => driver.switch_device(kind, device_id),
        Err(error) => rejected(&error),
    }
}

fn kind_of(kind: &JsValue) -> Result<TrackKind, Error> {
    let kind = kind.as_string().and_then(|name| TrackKind::from_name(&name));
    kind.ok_or_else(|| Error::argument("kind", "must be 'audio' or 'video'"))
}

/// A track is what says of which kind it is and can be stopped, whichever page's class it is of.
fn track_of(kind: TrackKind, track: &JsValue) -> Result<Option<MediaStreamTrack>, Error> {
    if track.is_null() {
        return Ok(None);
    }
    if get_string(track, "kind").as_deref() == Some(kind.as_str())
        && get(track, "stop").is_function()
    {
        return Ok(Some(track.clone().unchecked_into()));
    }
    let problem = ["must be null or a MediaStreamTrack of kind ", kind.as_str()].concat();
    Err(Error::argument("track", &problem))
}

fn rejected(error: &Error) -> Promise {
    Promise::reject(&errors::to_js(error))
}
