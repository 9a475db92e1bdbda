//! The class `MasterViewer`: one viewer's connection, as the master's person sees it.

use std::cell::Cell;
use std::rc::{Rc, Weak};

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::{Code, Error};
use crate::ids::ClientId;
use crate::js::{errors, or_null};
use crate::session::{Admission, PeerId};
use crate::web::driver::Driver;

/// A viewer of a master; `types/master.d.ts` has its documentation.
#[wasm_bindgen(skip_typescript)]
pub struct MasterViewer {
    driver: Weak<Driver>,
    id: PeerId,
    client_id: ClientId,
    waits: Rc<Cell<bool>>,
}

impl MasterViewer {
    /// The object, and whether its person wants to decide later.
    pub(in crate::js) fn of(
        driver: &Rc<Driver>,
        id: PeerId,
        client_id: ClientId,
    ) -> (JsValue, Rc<Cell<bool>>) {
        let waits = Rc::new(Cell::new(false));
        let viewer =
            Self { driver: Rc::downgrade(driver), id, client_id, waits: Rc::clone(&waits) };
        (viewer.into(), waits)
    }

    /// The driver, while this is the viewer's connection and no later one.
    fn living(&self) -> Option<Rc<Driver>> {
        self.driver.upgrade().filter(|driver| driver.viewer_state(self.id) != "closed")
    }

    fn decide(&self, admission: Admission) {
        if let Some(driver) = self.living() {
            driver.admit(self.client_id.clone(), admission);
        }
    }
}

#[wasm_bindgen]
impl MasterViewer {
    /// Its client id.
    #[wasm_bindgen(getter, js_name = clientId, skip_typescript)]
    pub fn client_id(&self) -> String {
        self.client_id.to_string()
    }

    /// Where its connection is.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn state(&self) -> String {
        let driver = self.driver.upgrade();
        driver.map_or("closed", |driver| driver.viewer_state(self.id)).to_owned()
    }

    /// Its media.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn stream(&self) -> JsValue {
        or_null(self.living().and_then(|driver| driver.stream_of(self.id)))
    }

    /// The browser's connection to it.
    #[wasm_bindgen(getter, js_name = peerConnection, skip_typescript)]
    pub fn peer_connection(&self) -> JsValue {
        or_null(self.living().and_then(|driver| driver.connection_of(self.id)))
    }

    /// Lets it in.
    #[wasm_bindgen(skip_typescript)]
    pub fn accept(&self) {
        self.decide(Admission::Accept);
    }

    /// Turns it away.
    #[wasm_bindgen(skip_typescript)]
    pub fn reject(&self) {
        self.decide(Admission::Reject);
    }

    /// Has it wait for a decision.
    #[wasm_bindgen(skip_typescript)]
    pub fn wait(&self) {
        self.waits.set(true);
    }

    /// Ends its connection.
    #[wasm_bindgen(skip_typescript)]
    pub fn close(&self) {
        if let Some(driver) = self.living() {
            driver.close_viewer(self.client_id.clone());
        }
    }

    /// Sends to it.
    ///
    /// # Errors
    /// Throws `caller.notConnected`, `caller.invalidArgument`, `peer.messageTooLarge`.
    #[wasm_bindgen(skip_typescript)]
    pub fn send(&self, data: &JsValue) -> Result<(), JsValue> {
        let sent = match self.living() {
            Some(driver) => driver.send(data, Some(self.client_id.as_str())),
            None => Err(Error::new(Code::CallerNotConnected, "this viewer is gone")),
        };
        sent.map_err(|error| errors::to_js(&error))
    }
}
