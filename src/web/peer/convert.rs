//! Our values as the browser's objects, and what it throws as our errors.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MediaStream, RtcConfiguration, RtcSessionDescriptionInit};

use crate::error::{Code, Error};
use crate::ice::IceServer;
use crate::session::PeerConfig;
use crate::web::reflect::{describe, get, get_string, object, set};
use crate::web::thrown::because;

pub(super) fn configuration(config: &PeerConfig) -> RtcConfiguration {
    let servers: Array = config.ice_servers.iter().map(ice_server).collect();
    let policy = if config.relay_only { "relay" } else { "all" };
    object(&[
        ("bundlePolicy", "max-bundle".into()),
        ("rtcpMuxPolicy", "require".into()),
        ("iceServers", servers.into()),
        ("iceTransportPolicy", policy.into()),
    ])
    .unchecked_into()
}

fn ice_server(server: &IceServer) -> JsValue {
    let urls: Array = server.urls.iter().map(|url| JsValue::from_str(url)).collect();
    let entry = object(&[("urls", urls.into())]);
    if let Some((username, credential)) = &server.login {
        set(&entry, "username", &username.into());
        set(&entry, "credential", &credential.expose().into());
    }
    entry.into()
}

pub(super) fn description(kind: &str, sdp: &str) -> RtcSessionDescriptionInit {
    object(&[("type", kind.into()), ("sdp", sdp.into())]).unchecked_into()
}

/// Names the local media to the other side, where the browser can do so for an answer.
pub(super) fn set_streams(sender: &JsValue, stream: &MediaStream) {
    if let Ok(function) = get(sender, "setStreams").dyn_into::<js_sys::Function>() {
        let _ = function.call1(sender, stream);
    }
}

pub(super) fn sdp_of(description: &JsValue) -> String {
    get_string(description, "sdp").unwrap_or_default()
}

pub(super) fn webrtc(step: &str, thrown: &JsValue) -> Error {
    let message = ["the browser could not ", step, " (", &describe(thrown), ")"].concat();
    because(Error::new(Code::BrowserWebRtc, message), thrown)
}

pub(super) fn bad_description(kind: &str, thrown: &JsValue) -> Error {
    let message =
        ["the other side's ", kind, " could not be used (", &describe(thrown), ")"].concat();
    because(Error::new(Code::PeerBadDescription, message), thrown)
}

/// Source: Chromium's `RTCPeerConnection` constructor.
pub(super) fn no_connection(thrown: &JsValue) -> Error {
    let too_many = describe(thrown).contains("so many PeerConnections");
    let code = if too_many { Code::BrowserTooManyConnections } else { Code::BrowserWebRtc };
    let message = ["the browser could not make a connection (", &describe(thrown), ")"].concat();
    because(Error::new(code, message), thrown)
}

/// A track that a sender did not take.
pub(in crate::web) fn refused_track(thrown: &JsValue) -> Error {
    webrtc("send the track", thrown)
}
