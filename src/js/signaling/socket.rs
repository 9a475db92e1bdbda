//! The WebSocket of a `SignalingClient`: anything that has its members.

use std::rc::Rc;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::face::{self, Said};
use crate::error::{Code, Error};
use crate::secret::Secret;
use crate::signaling::client::{CloseFrame, Input};
use crate::web::listener::Listener;
use crate::web::reflect::{get, get_string, global};

/// RFC 6455, section 7.4.1: there was no close frame.
pub(super) const ABNORMAL_CLOSURE: u16 = 1006;

#[wasm_bindgen]
extern "C" {
    type SocketLike;
    #[wasm_bindgen(method, catch)]
    fn close(this: &SocketLike) -> Result<(), JsValue>;
}

/// Listens to the socket until it is dropped: first of all no more to its frames.
pub(super) struct Socket {
    socket: Rc<JsValue>,
    frames: Frames,
    _listeners: [Listener; 3],
}

/// Place, payload, sender, generation and length of a frame, as `face.js` tells it; gives the client
/// where it was a candidate after which others pass.
pub(super) type Tell = dyn Fn(i32, JsValue, JsValue, Option<String>, u32) -> Option<Object>;

/// Listens for frames until it is dropped.
struct Frames {
    /// Forgets what passed; with `true` ends it.
    end: Option<Function>,
    _tell: Closure<Tell>,
}

impl Drop for Frames {
    fn drop(&mut self) {
        if let Some(end) = &self.end {
            let _ = end.call1(&JsValue::UNDEFINED, &JsValue::TRUE);
        }
    }
}

impl Socket {
    /// Opens a socket of this class, of the global one where it is none.
    ///
    /// # Errors
    /// `browser.unsupported` where there is no class, `caller.signerFailed` where it refuses the
    /// URL. What it throws is not passed on, as it quotes the URL.
    pub(super) fn open(
        class: Option<Function>,
        url: &Secret<String>,
        told: impl Fn(Input<Said>) + Clone + 'static,
        tell: Closure<Tell>,
        logger: &JsValue,
    ) -> Result<Self, Error> {
        let missing = "there is no WebSocket here: give a class as the member WebSocket";
        let class = class
            .or_else(|| global("WebSocket"))
            .ok_or_else(|| Error::new(Code::BrowserUnsupported, missing))?;
        let arguments = Array::of1(&url.expose().into());
        let socket = Reflect::construct(&class, &arguments).map_err(|thrown| {
            let name = get_string(&thrown, "name").unwrap_or_default();
            let problem = ["WebSocket refuses the URL that the signer gave: ", &name].concat();
            Error::new(Code::CallerSignerFailed, problem)
        })?;
        let (opened, failed, closed) = (told.clone(), told.clone(), told);
        let listeners = [
            Listener::new(&socket, "open", move |_| opened(Input::Opened)),
            Listener::new(&socket, "error", move |event| {
                failed(Input::Failed(words(&event)));
            }),
            Listener::new(&socket, "close", move |event| {
                closed(Input::Closed(end(&event)));
            }),
        ];
        let end = face::listen(&socket, tell.as_ref(), logger).ok();
        let frames = Frames { end, _tell: tell };
        Ok(Self { socket: Rc::new(socket), frames, _listeners: listeners })
    }

    /// No candidate passes any more by what was said of others.
    pub(super) fn take_back(&self) {
        if let Some(end) = &self.frames.end {
            let _ = end.call0(&JsValue::UNDEFINED);
        }
    }

    /// The socket itself, to be used when nothing of its owner is borrowed: it may call back.
    pub(super) fn handle(&self) -> Handle {
        Handle(Rc::clone(&self.socket))
    }
}

/// A socket that is not listened to by this.
pub(super) struct Handle(Rc<JsValue>);

impl Handle {
    /// The socket.
    pub(super) fn as_js(&self) -> &JsValue {
        &self.0
    }

    /// Closes the socket; one that cannot be closed is let go of in time.
    pub(super) fn close(&self) {
        let _ = self.0.unchecked_ref::<SocketLike>().close();
    }
}

/// What an error event says, where a socket says anything: browsers do not. A URL in it may be
/// the presigned one.
fn words(event: &JsValue) -> Option<String> {
    get_string(event, "message").filter(|words| !words.is_empty() && !words.contains("X-Amz-"))
}

fn end(event: &JsValue) -> CloseFrame {
    let code = get(event, "code").as_f64().unwrap_or_default();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let code = code as u16;
    CloseFrame {
        code: if code == 0 { ABNORMAL_CLOSURE } else { code },
        reason: get_string(event, "reason").unwrap_or_default(),
        was_clean: get(event, "wasClean").is_truthy(),
    }
}
