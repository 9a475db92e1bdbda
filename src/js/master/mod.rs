//! The class `Master`.

mod insight;
mod media;
mod viewer;

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::ids::Role;
use crate::js::events::Events;
use crate::js::session::session_methods;
use crate::js::{errors, options, or_null};
use crate::session;
use crate::web::driver::{Driver, Setup};
use crate::web::members::text;
pub use viewer::MasterViewer;

/// Is seen by its viewers, and may see and hear them; `types/master.d.ts` has its documentation.
#[wasm_bindgen(skip_typescript)]
pub struct Master {
    pub(in crate::js) driver: Rc<Driver>,
    events: Events,
}

session_methods!(Master);

#[wasm_bindgen]
impl Master {
    /// # Errors
    /// Throws `caller.invalidArgument`, `keys.missing`.
    #[wasm_bindgen(constructor, skip_typescript)]
    pub fn new(options: &JsValue) -> Result<Master, JsValue> {
        let parts =
            options::session(options, Role::Master).map_err(|error| errors::to_js(&error))?;
        let own = options::master(options).map_err(|error| errors::to_js(&error))?;
        let events = Events::new()?;
        let setup = Setup {
            source: parts.source,
            web_socket: parts.web_socket,
            fetch: parts.fetch,
            media: parts.media,
            insight: parts.insight,
            face: Box::new(events.clone()),
        };
        let machine = session::Master::new(parts.options, own);
        Ok(Self { driver: Driver::new(Box::new(machine), setup), events })
    }

    /// The viewers that ask, connect or are connected.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn viewers(&self) -> Array {
        self.events.viewers(&self.driver)
    }

    /// The viewer of this id.
    ///
    /// # Errors
    /// Throws `caller.invalidArgument`.
    #[wasm_bindgen(skip_typescript)]
    pub fn viewer(&self, client_id: &JsValue) -> Result<JsValue, JsValue> {
        Ok(self.events.viewer(&self.driver, &id(client_id)?))
    }

    /// A viewer's media, or the storage session's.
    ///
    /// # Errors
    /// Throws `caller.invalidArgument`.
    #[wasm_bindgen(js_name = remoteStream, skip_typescript)]
    pub fn remote_stream(&self, client_id: &JsValue) -> Result<JsValue, JsValue> {
        Ok(or_null(self.driver.remote_stream(party(client_id)?.as_deref())))
    }

    /// The browser's connection to a viewer, or to the storage session.
    ///
    /// # Errors
    /// Throws `caller.invalidArgument`.
    #[wasm_bindgen(js_name = peerConnection, skip_typescript)]
    pub fn peer_connection(&self, client_id: &JsValue) -> Result<JsValue, JsValue> {
        Ok(or_null(self.driver.connection(party(client_id)?.as_deref())))
    }

    /// Sends to one viewer, or to all whose data channel is open.
    ///
    /// # Errors
    /// Throws `caller.notConnected`, `caller.invalidArgument`, `peer.messageTooLarge`.
    #[wasm_bindgen(skip_typescript)]
    pub fn send(&self, data: &JsValue, client_id: &JsValue) -> Result<(), JsValue> {
        let client_id = if client_id.is_undefined() { None } else { Some(id(client_id)?) };
        self.driver.send(data, client_id.as_deref()).map_err(|error| errors::to_js(&error))
    }

    /// Sends to all whose data channel is open; how many were sent it.
    ///
    /// # Errors
    /// Throws `caller.invalidArgument`; where it could be sent to nobody, the last reason.
    #[wasm_bindgen(skip_typescript)]
    pub fn broadcast(&self, data: &JsValue) -> Result<u32, JsValue> {
        self.driver.broadcast(data).map_err(|error| errors::to_js(&error))
    }
}

/// Reads an argument that names a viewer; `null` is the storage session.
fn party(value: &JsValue) -> Result<Option<String>, JsValue> {
    if value.is_null() { Ok(None) } else { id(value).map(Some) }
}

/// Reads an argument that names a viewer.
fn id(value: &JsValue) -> Result<String, JsValue> {
    text(value, "clientId").map_err(|error| errors::to_js(&error))
}
