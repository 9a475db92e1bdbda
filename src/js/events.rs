//! Events as JavaScript sees them: an `EventTarget` of the session's own, with typed payloads.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::{errors, insight};
use crate::error::Error;
use crate::ids::ClientId;
use crate::js::MasterViewer;
use crate::session::{Admission, CloseReason, Event, PeerId, ViewerState};
use crate::signaling::StatusResponse;
use crate::web::driver::{Driver, Face};
use crate::web::members::text;
use crate::web::reflect::{get, object, set};

#[wasm_bindgen(module = "/src/web/page.js")]
extern "C" {
    // `catch`, as in `signaling/face.rs`.
    #[wasm_bindgen(catch, js_name = kvsEvents)]
    fn new_events() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = kvsOn)]
    fn on(events: &JsValue, event: &JsValue, callback: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = kvsListen)]
    fn listen(
        events: &JsValue,
        method: &str,
        event: &JsValue,
        listener: &JsValue,
        options: &JsValue,
    ) -> Result<(), JsValue>;
    #[wasm_bindgen(js_name = kvsTell)]
    fn tell(events: &JsValue, event: &str, detail: &JsValue) -> bool;
    #[wasm_bindgen(js_name = kvsTellOne)]
    fn tell_one(events: &JsValue, event: &str, member: &str, value: &JsValue, viewer: Option<&str>);
    #[wasm_bindgen(js_name = kvsTellLater)]
    fn tell_later(events: &JsValue, event: &str, member: &str, value: &JsValue);
}

/// What a session's listeners are told by.
#[derive(Clone)]
pub(crate) struct Events {
    /// Leads to the target, which belongs to the object that the page has of the session.
    events: JsValue,
    /// A master's viewers, each the same object as long as its connection lives.
    viewers: Rc<RefCell<Vec<KnownViewer>>>,
}

#[derive(Clone)]
struct KnownViewer {
    id: PeerId,
    object: JsValue,
    /// Its person wants to decide later.
    waits: Rc<Cell<bool>>,
}

impl Events {
    /// # Errors
    /// What the browser throws where it cannot make an `EventTarget`.
    pub(crate) fn new() -> Result<Self, JsValue> {
        Ok(Self { events: new_events()?, viewers: Rc::default() })
    }

    /// # Errors
    /// `caller.invalidArgument`; what the browser throws.
    pub(crate) fn add(
        &self,
        event: &JsValue,
        listener: &JsValue,
        options: &JsValue,
    ) -> Result<(), JsValue> {
        self.forward("addEventListener", event, listener, options)
    }

    /// # Errors
    /// `caller.invalidArgument`; what the browser throws.
    pub(crate) fn remove(
        &self,
        event: &JsValue,
        listener: &JsValue,
        options: &JsValue,
    ) -> Result<(), JsValue> {
        self.forward("removeEventListener", event, listener, options)
    }

    /// Calls back with an event's detail; gives what ends that.
    ///
    /// # Errors
    /// `caller.invalidArgument`.
    pub(crate) fn on(&self, event: &JsValue, callback: &JsValue) -> Result<JsValue, JsValue> {
        check_name(event)?;
        if !callback.is_function() {
            return Err(errors::to_js(&Error::argument("listener", "must be a function")));
        }
        on(&self.events, event, callback)
    }

    fn forward(
        &self,
        method: &str,
        event: &JsValue,
        listener: &JsValue,
        options: &JsValue,
    ) -> Result<(), JsValue> {
        check_name(event)?;
        if !(listener.is_object() || listener.is_function() || listener.is_null()) {
            let problem = "must be a function, an object with handleEvent, or null";
            return Err(errors::to_js(&Error::argument("listener", problem)));
        }
        listen(&self.events, method, event, listener, options)
    }

    /// The viewers as an array.
    pub(crate) fn viewers(&self, driver: &Rc<Driver>) -> Array {
        let ids = driver.client_ids();
        ids.iter().map(|client_id| self.viewer(driver, client_id)).collect()
    }

    /// The viewer of this id, or null.
    pub(crate) fn viewer(&self, driver: &Rc<Driver>, client_id: &str) -> JsValue {
        match (driver.peer_of(client_id), ClientId::from_remote(client_id)) {
            (Some(id), Some(client_id)) => self.viewer_of(driver, id, client_id).object,
            (None, _) | (_, None) => JsValue::NULL,
        }
    }

    /// The one object of this connection.
    fn viewer_of(&self, driver: &Rc<Driver>, id: PeerId, client_id: ClientId) -> KnownViewer {
        let mut viewers = self.viewers.borrow_mut();
        if let Some(known) = viewers.iter().find(|known| known.id == id) {
            return known.clone();
        }
        let (object, waits) = MasterViewer::of(driver, id, client_id);
        let viewer = KnownViewer { id, object, waits };
        viewers.push(viewer.clone());
        viewer
    }

    /// Tells of a viewer that asks. Unless somebody says otherwise meanwhile, it is let in.
    fn ask(&self, driver: &Rc<Driver>, id: PeerId, client_id: ClientId) {
        let viewer = self.viewer_of(driver, id, client_id.clone());
        let prevented = !tell(&self.events, "viewer", &viewer.object);
        if !prevented && !viewer.waits.get() {
            driver.admit(client_id, Admission::Accept);
        }
    }

    // A listener that throws is reported by the browser, and nothing comes back here.
    fn tell(&self, event: &str, detail: &JsValue) {
        tell(&self.events, event, detail);
    }
}

impl Face for Events {
    fn emit(&self, driver: &Rc<Driver>, event: Event) {
        let text = JsValue::from_str;
        let (name, member, value, viewer): (_, _, JsValue, Option<ClientId>) = match event {
            Event::State(state) => ("state", "state", text(state.as_str()), None),
            Event::ViewerState(viewer, state) => {
                self.viewers.borrow_mut().retain(|known| driver.viewer_state(known.id) != "closed");
                return self.tell("viewerstate", &viewer_state(&viewer, state));
            }
            Event::LocalStream => ("localstream", "stream", driver.local_stream().into(), None),
            Event::Stream(id, viewer) => ("stream", "stream", driver.stream_of(id).into(), viewer),
            Event::Text(data, viewer) => ("message", "data", text(&data), viewer),
            Event::Bytes(data, viewer) => {
                ("message", "data", Uint8Array::from(data.as_slice()).buffer().into(), viewer)
            }
            Event::ChannelOpened(viewer) => ("channelopen", "state", text("open"), viewer),
            Event::ChannelClosed(viewer) => ("channelclose", "state", text("closed"), viewer),
            Event::BufferedAmountLow(viewer) => {
                ("bufferedamountlow", "state", text("open"), viewer)
            }
            Event::ViewerAsks(id, viewer) => return self.ask(driver, id, viewer),
            Event::LocalTrackEnded(kind, source) => {
                let detail =
                    object(&[("kind", text(kind.as_str())), ("source", text(source.as_str()))]);
                return self.tell("localtrackended", &detail);
            }
            Event::DeviceChange => return self.tell("devicechange", &object(&[])),
            Event::GoAway => return self.tell("goAway", &object(&[])),
            Event::ReconnectIceServer => {
                return self.tell("reconnectIceServer", &object(&[]));
            }
            Event::StatusResponse(status) => {
                return self.tell("statusResponse", &status_response(&status));
            }
            Event::ClientId(id) => ("clientid", "clientId", text(id.as_str()), None),
            Event::Quality(quality, viewer) => {
                let detail = insight::quality(&quality);
                if let Some(viewer) = viewer {
                    set(&detail, "clientId", &text(viewer.as_str()));
                }
                return self.tell("quality", &detail);
            }
            Event::Error(error, viewer) => ("error", "error", errors::to_js(&error), viewer),
            Event::Close(reason) => ("close", "reason", text(reason.as_str()), None),
        };
        tell_one(&self.events, name, member, &value, viewer.as_ref().map(ClientId::as_str));
    }

    fn listeners(&self) -> JsValue {
        get(&self.events, "target")
    }

    fn error(&self, error: &Error) -> JsValue {
        errors::to_js(error)
    }

    fn bury(&self, error: &Error) {
        tell_later(&self.events, "error", "error", &errors::to_js(error));
        let reason = CloseReason::Failed.as_str();
        tell_later(&self.events, "close", "reason", &reason.into());
    }
}

fn check_name(event: &JsValue) -> Result<(), JsValue> {
    text(event, "type").map(drop).map_err(|error| errors::to_js(&error))
}

fn status_response(status: &StatusResponse) -> JsValue {
    object(&[
        ("correlationId", status.correlation_id.as_str().into()),
        ("success", status.success.into()),
        ("errorType", status.error_type.as_str().into()),
        ("statusCode", status.status_code.as_str().into()),
        ("description", status.description.as_str().into()),
    ])
    .into()
}

fn viewer_state(viewer: &ClientId, state: ViewerState) -> JsValue {
    let detail = object(&[("clientId", viewer.as_str().into()), ("state", state.as_str().into())]);
    if let ViewerState::Closed(reason) = state {
        set(&detail, "reason", &reason.as_str().into());
    }
    detail.into()
}
