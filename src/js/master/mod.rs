//! The class `Master`.

mod insight;
mod media;
mod viewer;

use std::rc::Rc;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::ids::Role;
use crate::js::events::Events;
use crate::js::{errors, options, or_null};
use crate::session;
use crate::web::driver::{Driver, Setup};
use crate::web::reflect::get_some;
pub use viewer::MasterViewer;

/// Is seen by its viewers, and may see and hear them; `types/master.d.ts` has its documentation.
#[wasm_bindgen(skip_typescript)]
pub struct Master {
    pub(in crate::js) driver: Rc<Driver>,
    events: Events,
}

#[wasm_bindgen]
impl Master {
    /// # Errors
    /// Throws `caller.invalidArgument`, `keys.missing`.
    #[wasm_bindgen(constructor, skip_typescript)]
    pub fn new(options: &JsValue) -> Result<Master, JsValue> {
        let parts =
            options::session(options, Role::Master).map_err(|error| errors::to_js(&error))?;
        let events = Events::new()?;
        let setup = Setup {
            source: parts.source,
            web_socket: parts.web_socket,
            fetch: parts.fetch,
            media: parts.media,
            insight: parts.insight,
            face: Box::new(events.clone()),
        };
        let own = options::master(options).map_err(|error| errors::to_js(&error))?;
        let machine = session::Master::new(parts.options, own);
        Ok(Self { driver: Driver::new(Box::new(machine), setup), events })
    }

    /// Where the session is.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn state(&self) -> String {
        self.driver.state().as_str().to_owned()
    }

    /// Our own camera and microphone.
    #[wasm_bindgen(getter, js_name = localStream, skip_typescript)]
    pub fn local_stream(&self) -> JsValue {
        or_null(self.driver.local_stream())
    }

    /// The viewers that ask, connect or are connected.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn viewers(&self) -> Array {
        self.events.viewers()
    }

    /// The viewer of this id.
    #[wasm_bindgen(skip_typescript)]
    pub fn viewer(&self, client_id: &str) -> JsValue {
        self.driver.peer_of(client_id).map_or(JsValue::NULL, |id| self.events.viewer(id))
    }

    /// A viewer's media.
    #[wasm_bindgen(js_name = remoteStream, skip_typescript)]
    pub fn remote_stream(&self, client_id: &str) -> JsValue {
        or_null(self.driver.remote_stream(Some(client_id)))
    }

    /// The browser's connection to a viewer.
    #[wasm_bindgen(js_name = peerConnection, skip_typescript)]
    pub fn peer_connection(&self, client_id: &str) -> JsValue {
        or_null(self.driver.connection(Some(client_id)))
    }

    /// Starts.
    #[wasm_bindgen(skip_typescript)]
    pub fn start(&self, options: &JsValue) -> Promise {
        self.driver.start(get_some(options, "signal"))
    }

    /// Ends everything.
    #[wasm_bindgen(skip_typescript)]
    pub fn stop(&self) {
        self.driver.stop();
    }

    /// Sends to one viewer, or to all whose data channel is open.
    ///
    /// # Errors
    /// Throws `caller.notConnected`, `caller.invalidArgument`, `peer.messageTooLarge`.
    #[wasm_bindgen(skip_typescript)]
    pub fn send(&self, data: &JsValue, client_id: Option<String>) -> Result<(), JsValue> {
        self.driver.send(data, client_id.as_deref()).map_err(|error| errors::to_js(&error))
    }

    /// Sends to all whose data channel is open; how many were sent it.
    ///
    /// # Errors
    /// Throws `caller.invalidArgument`, `peer.messageTooLarge` where nobody could be sent it.
    #[wasm_bindgen(skip_typescript)]
    pub fn broadcast(&self, data: &JsValue) -> Result<u32, JsValue> {
        self.driver.broadcast(data).map_err(|error| errors::to_js(&error))
    }

    /// As `EventTarget` has it.
    ///
    /// # Errors
    /// What the browser throws.
    #[wasm_bindgen(js_name = addEventListener, skip_typescript)]
    pub fn add_event_listener(
        &self,
        event: &str,
        listener: &Function,
        options: &JsValue,
    ) -> Result<(), JsValue> {
        self.driver.listened(event);
        self.events.add(event, listener, options)
    }

    /// As `EventTarget` has it.
    ///
    /// # Errors
    /// What the browser throws.
    #[wasm_bindgen(js_name = removeEventListener, skip_typescript)]
    pub fn remove_event_listener(
        &self,
        event: &str,
        listener: &Function,
        options: &JsValue,
    ) -> Result<(), JsValue> {
        self.events.remove(event, listener, options)
    }

    /// Calls back with an event's detail; returns what ends that.
    ///
    /// # Errors
    /// What the browser throws.
    #[wasm_bindgen(skip_typescript)]
    pub fn on(&self, event: &str, callback: Function) -> Result<JsValue, JsValue> {
        self.driver.listened(event);
        self.events.on(event, callback)
    }
}
