//! The signaling WebSocket.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::WebSocket;

use super::listener::Listener;
use super::reflect::{get, get_string, global};
use crate::secret::Secret;
use crate::session::Input;

/// RFC 6455, section 7.4.1: there was no close frame.
const ABNORMAL_CLOSURE: u16 = 1006;

/// Lets go of the socket, and closes it, in `Drop`.
pub(super) struct Socket {
    socket: WebSocket,
    _listeners: [Listener; 3],
}

impl Socket {
    /// Opens a socket; `None` where the browser refuses the URL.
    ///
    /// `class` is used instead of the browser's own `WebSocket`, where it is given.
    pub(super) fn open(
        url: &Secret<String>,
        class: Option<&Function>,
        told: impl Fn(Input) + Clone + 'static,
    ) -> Option<Self> {
        let class = class.cloned().or_else(|| global("WebSocket"))?;
        let address = Array::of1(&JsValue::from_str(url.expose()));
        let socket: WebSocket = Reflect::construct(&class, &address).ok()?.unchecked_into();
        let (opened, frame, closed) = (told.clone(), told.clone(), told);
        let listeners = [
            Listener::new(&socket, "open", move |_| opened(Input::SocketOpened)),
            Listener::new(&socket, "message", move |event| {
                let text = get_string(&event, "data");
                frame(text.map_or(Input::SocketBinary, Input::SocketFrame));
            }),
            Listener::new(&socket, "close", move |event| {
                closed(Input::SocketClosed(close_code(&event)));
            }),
        ];
        Some(Self { socket, _listeners: listeners })
    }

    /// Sends a text frame; one that cannot be sent is lost with the socket, whose end is told.
    pub(super) fn send(&self, text: &str) {
        let _ = self.socket.send_with_str(text);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.socket.close();
    }
}

fn close_code(event: &JsValue) -> u16 {
    let code = get(event, "code").as_f64().unwrap_or_default();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let code = code as u16;
    if code == 0 { ABNORMAL_CLOSURE } else { code }
}
