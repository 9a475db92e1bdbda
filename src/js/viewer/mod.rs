//! The class `Viewer`.

mod insight;
mod media;

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::ids::Role;
use crate::js::events::Events;
use crate::js::session::session_methods;
use crate::js::{errors, options, or_null};
use crate::session;
use crate::web::driver::{Driver, Setup};

/// Sees a master, and may be seen and heard by it; `types/session.d.ts` has its documentation.
#[wasm_bindgen(skip_typescript)]
pub struct Viewer {
    pub(in crate::js) driver: Rc<Driver>,
    events: Events,
}

session_methods!(Viewer);

#[wasm_bindgen]
impl Viewer {
    /// # Errors
    /// Throws `caller.invalidArgument`, `keys.missing`.
    #[wasm_bindgen(constructor, skip_typescript)]
    pub fn new(options: &JsValue) -> Result<Viewer, JsValue> {
        let parts =
            options::session(options, Role::Viewer).map_err(|error| errors::to_js(&error))?;
        let own = options::viewer(options).map_err(|error| errors::to_js(&error))?;
        let events = Events::new()?;
        let setup = Setup {
            source: parts.source,
            web_socket: parts.web_socket,
            fetch: parts.fetch,
            media: parts.media,
            insight: parts.insight,
            face: Box::new(events.clone()),
        };
        let machine = session::Viewer::new(parts.options, own);
        Ok(Self { driver: Driver::new(Box::new(machine), setup), events })
    }

    /// The master's media.
    #[wasm_bindgen(getter, js_name = remoteStream, skip_typescript)]
    pub fn remote_stream(&self) -> JsValue {
        or_null(self.driver.remote_stream(None))
    }

    /// The browser's connection.
    #[wasm_bindgen(getter, js_name = peerConnection, skip_typescript)]
    pub fn peer_connection(&self) -> JsValue {
        or_null(self.driver.connection(None))
    }

    /// The id of the running session.
    #[wasm_bindgen(getter, js_name = clientId, skip_typescript)]
    pub fn client_id(&self) -> JsValue {
        or_null(self.driver.client_ids().into_iter().next())
    }

    /// Does what can be done before the start.
    #[wasm_bindgen(skip_typescript)]
    pub fn prepare(&self) -> Promise {
        self.driver.prepare()
    }

    /// Sends on the data channel.
    ///
    /// # Errors
    /// Throws `caller.notConnected`, `caller.invalidArgument`, `peer.messageTooLarge`.
    #[wasm_bindgen(skip_typescript)]
    pub fn send(&self, data: &JsValue) -> Result<(), JsValue> {
        self.driver.send(data, None).map_err(|error| errors::to_js(&error))
    }
}
