//! Events as JavaScript sees them: an `EventTarget` of the session's own, with typed payloads.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, CustomEventInit, EventTarget};

use super::{errors, insight};
use crate::error::Error;
use crate::ids::ClientId;
use crate::js::MasterViewer;
use crate::session::{Admission, CloseReason, Event, PeerId, ViewerState};
use crate::signaling::StatusResponse;
use crate::web::driver::{Driver, Face};
use crate::web::members::text;
use crate::web::reflect::{get, global, object, set};

/// The target, and the way to it.
#[derive(Clone)]
pub(crate) struct Events {
    target: EventTarget,
    /// Who called [`on`](Self::on): their listeners are this instance's and end with it.
    callbacks: Rc<RefCell<Vec<Callback>>>,
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

struct Callback {
    event: String,
    function: Function,
    listener: JsValue,
}

impl Events {
    /// # Errors
    /// What the browser throws where it cannot make an `EventTarget`.
    pub(crate) fn new() -> Result<Self, JsValue> {
        Ok(Self { target: EventTarget::new()?, callbacks: Rc::default(), viewers: Rc::default() })
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

    /// Calls back with an event's detail; gives what ends that. Both are freed with the
    /// garbage that they become.
    ///
    /// # Errors
    /// `caller.invalidArgument`.
    pub(crate) fn on(&self, event: &JsValue, callback: &JsValue) -> Result<JsValue, JsValue> {
        let name = name_of(event)?;
        let Some(function) = callback.dyn_ref::<Function>().cloned() else {
            return Err(errors::to_js(&Error::argument("listener", "must be a function")));
        };
        let called = function.clone();
        let listener =
            Closure::<dyn Fn(JsValue) -> Result<JsValue, JsValue>>::new(move |event: JsValue| {
                called.call1(&JsValue::UNDEFINED, &get(&event, "detail"))
            })
            .into_js_value();
        self.add(event, &listener, &JsValue::UNDEFINED)?;
        let subscribed = Callback { event: name, function, listener: listener.clone() };
        self.callbacks.borrow_mut().push(subscribed);
        // Given up when it is called: a listener that refers to it would be kept by it for ever.
        let held = Cell::new(Some((self.clone(), event.clone(), listener)));
        Ok(Closure::<dyn Fn()>::new(move || {
            let Some((events, event, listener)) = held.take() else { return };
            events.callbacks.borrow_mut().retain(|callback| callback.listener != listener);
            let _ = events.remove(&event, &listener, &JsValue::UNDEFINED);
        })
        .into_js_value())
    }

    fn forward(
        &self,
        method: &str,
        event: &JsValue,
        listener: &JsValue,
        options: &JsValue,
    ) -> Result<(), JsValue> {
        name_of(event)?;
        if !(listener.is_object() || listener.is_function() || listener.is_null()) {
            let problem = "must be a function, an object with handleEvent, or null";
            return Err(errors::to_js(&Error::argument("listener", problem)));
        }
        let function: Function = get(&self.target, method).unchecked_into();
        function.call3(&self.target, event, listener, options).map(drop)
    }

    /// Tells of an event without this instance, which has ended by then.
    fn tell_later(&self, event: &str, detail: &JsValue) {
        let Some(later) = global::<Function>("queueMicrotask") else { return };
        let soon = |call: &JsValue| drop(later.call1(&JsValue::UNDEFINED, call));
        if let Some(event) = custom_event(event, detail) {
            let dispatch: Function = get(&self.target, "dispatchEvent").unchecked_into();
            soon(&dispatch.bind1(&self.target, &event));
        }
        let Ok(callbacks) = self.callbacks.try_borrow() else { return };
        for callback in callbacks.iter().filter(|callback| callback.event == event) {
            soon(&callback.function.bind1(&JsValue::UNDEFINED, detail));
        }
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
        let prevented = !self.dispatch("viewer", &viewer.object);
        if !prevented && !viewer.waits.get() {
            driver.admit(client_id, Admission::Accept);
        }
    }

    fn tell(&self, event: &str, detail: &JsValue) {
        self.dispatch(event, detail);
    }

    /// Whether no listener has prevented what would happen by itself.
    fn dispatch(&self, event: &str, detail: &JsValue) -> bool {
        // A listener that throws is reported by the browser, and nothing comes back here.
        custom_event(event, detail)
            .is_none_or(|event| self.target.dispatch_event(&event).unwrap_or(true))
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
            Event::ClientId(id) => {
                return self.tell("clientid", &object(&[("clientId", text(id.as_str()))]));
            }
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
        let detail = object(&[(member, value)]);
        if let Some(viewer) = viewer {
            set(&detail, "clientId", &text(viewer.as_str()));
        }
        self.tell(name, &detail);
    }

    fn error(&self, error: &Error) -> JsValue {
        errors::to_js(error)
    }

    fn bury(&self, error: &Error) {
        self.tell_later("error", &object(&[("error", errors::to_js(error))]));
        let reason = CloseReason::Failed.as_str();
        self.tell_later("close", &object(&[("reason", reason.into())]));
    }
}

fn name_of(event: &JsValue) -> Result<String, JsValue> {
    text(event, "type").map_err(|error| errors::to_js(&error))
}

fn custom_event(event: &str, detail: &JsValue) -> Option<CustomEvent> {
    let init = CustomEventInit::new();
    init.set_detail(detail);
    init.set_cancelable(true);
    CustomEvent::new_with_event_init_dict(event, &init).ok()
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
