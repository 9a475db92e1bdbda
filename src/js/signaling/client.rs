//! The class `SignalingClient`.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Function, Object};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::Value;
use super::core::{Core, Setup, Signer};
use super::face;
use super::signer::Presigner;
use crate::error::Error;
use crate::ids::ClientId;
use crate::js::errors;
use crate::signaling::FrameType;
use crate::signaling::client::{Config, Input, RawConfig};
use crate::web::reflect::get;

/// Sends and receives messages of a signaling channel; `types/signaling.d.ts` has its
/// documentation.
#[wasm_bindgen(skip_typescript)]
pub struct SignalingClient {
    core: Rc<Core>,
}

#[wasm_bindgen]
impl SignalingClient {
    /// # Errors
    /// Throws `caller.invalidArgument` with the words of the service's JavaScript SDK.
    #[wasm_bindgen(constructor, skip_typescript)]
    pub fn new(config: JsValue) -> Result<SignalingClient, JsValue> {
        let setup = setup(config).map_err(|error| errors::to_js(&error))?;
        let core = Core::new(setup);
        install(&core)?;
        Ok(Self { core })
    }

    /// Learns which object it is to JavaScript; the methods of `EventEmitter` call this.
    #[wasm_bindgen(skip_typescript)]
    pub fn attach(&self, this: &JsValue) {
        self.core.attach(this);
    }

    /// Begins to connect.
    ///
    /// # Errors
    /// Throws `caller.alreadyStarted`.
    #[wasm_bindgen(skip_typescript)]
    pub fn open(&self) -> Result<(), JsValue> {
        self.core().open().map_err(|error| errors::to_js(&error))
    }

    /// Closes the connection, or ends the attempt to open it.
    #[wasm_bindgen(skip_typescript)]
    pub fn close(&self) {
        self.core().run(Input::Close);
    }

    /// # Errors
    /// Throws `caller.notConnected`, `caller.invalidArgument`.
    #[wasm_bindgen(js_name = sendSdpOffer, skip_typescript)]
    pub fn send_sdp_offer(
        &self,
        offer: &JsValue,
        recipient: JsValue,
        correlation_id: JsValue,
    ) -> Result<(), JsValue> {
        self.core().send(FrameType::Offer, "sdpOffer", offer, recipient, correlation_id)
    }

    /// # Errors
    /// Throws `caller.notConnected`, `caller.invalidArgument`.
    #[wasm_bindgen(js_name = sendSdpAnswer, skip_typescript)]
    pub fn send_sdp_answer(
        &self,
        answer: &JsValue,
        recipient: JsValue,
        correlation_id: JsValue,
    ) -> Result<(), JsValue> {
        self.core().send(FrameType::Answer, "sdpAnswer", answer, recipient, correlation_id)
    }

    /// # Errors
    /// Throws `caller.notConnected`, `caller.invalidArgument`.
    #[wasm_bindgen(js_name = sendIceCandidate, skip_typescript)]
    pub fn send_ice_candidate(
        &self,
        candidate: &JsValue,
        recipient: JsValue,
        correlation_id: JsValue,
    ) -> Result<(), JsValue> {
        self.core().send(FrameType::Candidate, "iceCandidate", candidate, recipient, correlation_id)
    }

    /// Emits the candidates that are held for a sender.
    #[wasm_bindgen(js_name = drainPendingIceCandidates, skip_typescript)]
    pub fn drain_pending_ice_candidates(&self, client_id: &JsValue) {
        if let Some(sender) = sender(client_id) {
            self.core().drain(&sender);
        }
    }

    /// The candidates that are held for a sender.
    #[wasm_bindgen(js_name = getPendingIceCandidates, skip_typescript)]
    pub fn get_pending_ice_candidates(&self, client_id: &JsValue) -> Array {
        sender(client_id).map(|sender| self.core.held(&sender)).unwrap_or_default()
    }

    /// Forgets what a sender has sent.
    #[wasm_bindgen(js_name = resetIceCandidateState, skip_typescript)]
    pub fn reset_ice_candidate_state(&self, client_id: &JsValue) {
        if let Some(sender) = sender(client_id) {
            self.core().forget(&sender);
        }
    }

    /// Whether held candidates wait for `drainPendingIceCandidates`.
    #[wasm_bindgen(js_name = isEarlyIceCandidateBufferingEnabled, skip_typescript)]
    pub fn is_early_ice_candidate_buffering_enabled(&self) -> bool {
        self.core.held_until_drained()
    }

    /// How many frames were passed over, by reason.
    #[wasm_bindgen(getter, js_name = droppedMessages, skip_typescript)]
    pub fn dropped_messages(&self) -> JsValue {
        self.core.dropped()
    }

    /// A call into the program may free this object: what is called is kept until it returns.
    fn core(&self) -> Rc<Core> {
        Rc::clone(&self.core)
    }
}

/// Whose candidates are meant: no id is the master's; `None` where it is no id of anybody.
fn sender(client_id: &JsValue) -> Option<Option<ClientId>> {
    match client_id.as_string() {
        Some(id) if !id.is_empty() => ClientId::from_remote(&id).map(Some),
        _ => Some(None),
    }
}

fn setup(config: JsValue) -> Result<Setup, Error> {
    let config = Value::new(config);
    let member = |name| Value::of(&config.value, name);
    let [role, client_id, channel_arn, region, channel_endpoint, credentials] =
        ["role", "clientId", "channelARN", "region", "channelEndpoint", "credentials"].map(member);
    let signer = get(&config.value, "requestSigner");
    let checked = Config::check(RawConfig {
        config: config.given(),
        role: role.given(),
        client_id: client_id.given(),
        channel_arn: channel_arn.given(),
        region: region.given(),
        channel_endpoint: channel_endpoint.given(),
        credentials: credentials.given(),
        has_signer: signer.is_truthy(),
    })?;
    let signer = if signer.is_truthy() {
        Signer::Given(signer)
    } else {
        let region = checked.region.as_str().into();
        Signer::Own(Presigner::new(region, credentials.value, JsValue::UNDEFINED))
    };
    Ok(Setup {
        config: checked,
        signer,
        clock_offset: clock_offset(&member("systemClockOffset"))?,
        web_socket: web_socket(member("WebSocket"))?,
        held_until_drained: get(&config.value, "enableEarlyIceCandidateBuffering") == JsValue::TRUE,
        logger: get(&config.value, "logger"),
    })
}

fn clock_offset(value: &Value) -> Result<f64, Error> {
    if value.value.is_falsy() {
        return Ok(0.0);
    }
    let offset = value.value.as_f64().filter(|offset| offset.is_finite());
    offset.ok_or_else(|| Error::argument("systemClockOffset", "must be a number of milliseconds"))
}

fn web_socket(value: Value) -> Result<Option<Function>, Error> {
    if value.value.is_undefined() || value.value.is_null() {
        return Ok(None);
    }
    let class = value.value.dyn_into::<Function>();
    class.map(Some).map_err(|_| Error::argument("WebSocket", "must be a class"))
}

/// Gives the class the methods of `EventEmitter`, by an object of it, before the first is used.
fn install(core: &Rc<Core>) -> Result<(), JsValue> {
    thread_local! {
        static DONE: Cell<bool> = const { Cell::new(false) };
    }
    if DONE.replace(true) {
        return Ok(());
    }
    let probe = JsValue::from(SignalingClient { core: Rc::clone(core) });
    face::install_on(Object::get_prototype_of(&probe).unchecked_ref())
}
