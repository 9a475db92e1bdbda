//! Drives the machine of a `SignalingClient`: does what it asks for and tells its events.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Object, Promise, WeakRef};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::Value;
use super::emitter;
use super::frames::{self, WriteError};
use super::log::Log;
use super::signer::{Presigner, date};
use super::socket::Socket;
use crate::error::{Code, Error};
use crate::ids::{ClientId, Role};
use crate::js::errors;
use crate::secret::Secret;
use crate::signaling::FrameType;
use crate::signaling::client::{
    Attempt, Client, CloseFrame, Config, Description, Event, Input, Output, check_correlation_id,
};
use crate::time::{Millis, UnixMillis};
use crate::web::clock;
use crate::web::reflect::{get, object, set};

/// What signs the URL.
pub(super) enum Signer {
    /// The program's own `requestSigner`.
    Given(JsValue),
    /// Ours, with the `credentials`.
    Own(Rc<Presigner>),
}

/// Everything that a client is made of besides its machine.
pub(super) struct Setup {
    pub(super) config: Config,
    pub(super) signer: Signer,
    /// Milliseconds that the clock is behind the service's.
    pub(super) clock_offset: f64,
    pub(super) web_socket: Option<Function>,
    pub(super) held_until_drained: bool,
    pub(super) log: Log,
}

/// Runs one client.
pub(super) struct Core {
    machine: RefCell<Client<JsValue>>,
    setup: Setup,
    socket: RefCell<Option<Socket>>,
    timer: RefCell<Option<Timeout>>,
    timer_until: Cell<Option<Millis>>,
    /// The object that JavaScript has, once somebody listens to it.
    this: RefCell<Option<WeakRef>>,
    /// What is not closed keeps itself and its listeners alive.
    alive: RefCell<Option<(Rc<Core>, Option<Object>)>>,
}

impl Core {
    pub(super) fn new(setup: Setup) -> Rc<Self> {
        Rc::new(Self {
            machine: RefCell::new(Client::new(setup.held_until_drained)),
            setup,
            socket: RefCell::default(),
            timer: RefCell::default(),
            timer_until: Cell::default(),
            this: RefCell::default(),
            alive: RefCell::default(),
        })
    }

    /// Tells the object that JavaScript has.
    pub(super) fn attach(&self, this: &JsValue) {
        let this: &Object = this.unchecked_ref();
        *self.this.borrow_mut() = Some(WeakRef::new(this));
        if let Some((_, kept)) = &mut *self.alive.borrow_mut() {
            *kept = Some(this.clone());
        }
    }

    /// # Errors
    /// As [`Client::open`].
    pub(super) fn open(self: &Rc<Self>) -> Result<(), Error> {
        self.machine.borrow_mut().open()?;
        *self.alive.borrow_mut() = Some((Rc::clone(self), self.this()));
        self.act_on_all();
        Ok(())
    }

    /// Tells the machine and does what it asks for, before it returns.
    pub(super) fn run(self: &Rc<Self>, input: Input<JsValue>) {
        self.machine.borrow_mut().handle(input, clock::now().mono);
        self.act_on_all();
    }

    /// # Errors
    /// As [`Client::check_open`], [`Config::check_recipient`], [`check_correlation_id`] and
    /// [`frames::write`], and what the socket throws.
    pub(super) fn send(
        &self,
        kind: FrameType,
        name: &str,
        payload: &JsValue,
        recipient: JsValue,
        correlation_id: JsValue,
    ) -> Result<(), JsValue> {
        let (recipient, correlation_id) = (Value::new(recipient), Value::new(correlation_id));
        let check = || {
            self.machine.borrow().check_open()?;
            let recipient = self.setup.config.check_recipient(recipient.given())?;
            Ok((recipient, check_correlation_id(correlation_id.given())?))
        };
        let (recipient, correlation_id) = check().map_err(|error: Error| errors::to_js(&error))?;
        let frame = frames::write(kind, name, payload, recipient, correlation_id);
        let frame = frame.map_err(|error| match error {
            WriteError::Thrown(thrown) => thrown,
            WriteError::Argument(error) => errors::to_js(&error),
        })?;
        let Some(socket) = self.socket.borrow().as_ref().map(Socket::handle) else { return Ok(()) };
        socket.send(&frame).map_err(|thrown| errors::wrap(Code::NetworkSocketClosed, &thrown))
    }

    pub(super) fn held_until_drained(&self) -> bool {
        self.setup.held_until_drained
    }

    pub(super) fn held(&self, sender: &Option<ClientId>) -> Array {
        self.machine.borrow().held(sender).collect()
    }

    pub(super) fn dropped(&self) -> JsValue {
        let counts = object(&[]);
        for (reason, count) in self.machine.borrow().dropped() {
            set(&counts, reason.name(), &count.into());
        }
        counts.into()
    }

    /// The outputs are taken out before any is carried out: what a listener causes is then carried
    /// out inside of it, and what was to follow comes after it.
    fn act_on_all(self: &Rc<Self>) {
        let outputs: Vec<_> = {
            let mut machine = self.machine.borrow_mut();
            std::iter::from_fn(|| machine.poll()).collect()
        };
        self.set_timer();
        for output in outputs {
            self.act(output);
        }
    }

    fn set_timer(self: &Rc<Self>) {
        let until = self.machine.borrow().poll_timeout();
        if self.timer_until.replace(until) == until {
            return;
        }
        let timer = until.map(|until| {
            let left = until - clock::now().mono;
            let core = Rc::downgrade(self);
            Timeout::new(u32::try_from(left.0).unwrap_or(u32::MAX), move || {
                if let Some(core) = core.upgrade() {
                    // A clock of whole milliseconds may say that it is not yet time.
                    core.timer_until.set(None);
                    core.run(Input::Timeout);
                }
            })
        });
        *self.timer.borrow_mut() = timer;
    }

    fn act(self: &Rc<Self>, output: Output<JsValue>) {
        match output {
            Output::Sign(attempt) => self.sign(attempt),
            Output::OpenSocket(url) => self.open_socket(&url),
            Output::CloseSocket => {
                let socket = self.socket.borrow().as_ref().map(Socket::handle);
                if let Some(socket) = socket {
                    socket.close();
                }
            }
            Output::DropSocket => drop(self.socket.borrow_mut().take()),
            Output::Emit(event) => self.emit(event),
            Output::Release(sender) => self.run(Input::Release(sender)),
            Output::Dropped(reason) => {
                self.setup.log.warn(&["passed over: ", &reason.to_string()]);
            }
        }
    }

    fn sign(self: &Rc<Self>, attempt: Attempt) {
        let config = &self.setup.config;
        let query = object(&[("X-Amz-ChannelARN", config.channel_arn.as_str().into())]);
        if let Some(client_id) = &config.client_id {
            set(&query, "X-Amz-ClientId", &client_id.as_str().into());
        }
        let endpoint = JsValue::from_str(&config.channel_endpoint);
        let date = date(self.setup.clock_offset);
        let core = Rc::downgrade(self);
        match &self.setup.signer {
            Signer::Given(signer) => {
                let signed = ask(signer, &endpoint, &query, &date);
                spawn_local(async move {
                    let outcome = match signed {
                        Ok(promise) => JsFuture::from(Promise::resolve(&promise)).await,
                        Err(thrown) => Err(thrown),
                    };
                    let no_url =
                        || Error::new(Code::CallerSignerFailed, "requestSigner gave no URL");
                    let outcome = match outcome {
                        Ok(url) => {
                            let url = url.as_string().filter(|url| !url.is_empty());
                            url.map(Secret::new).ok_or_else(|| errors::to_js(&no_url()))
                        }
                        Err(thrown) => Err(errors::wrap(Code::CallerSignerFailed, &thrown)),
                    };
                    tell(&core, signed_or_not(attempt, outcome));
                });
            }
            Signer::Own(presigner) => {
                let presigner = Rc::clone(presigner);
                let at = UnixMillis(whole(date.get_time()));
                spawn_local(async move {
                    let outcome = presigner.url(endpoint, &query, Ok(at)).await;
                    tell(&core, signed_or_not(attempt, outcome));
                });
            }
        }
    }

    fn open_socket(self: &Rc<Self>, url: &Secret<String>) {
        let core = Rc::downgrade(self);
        let told = move |input| tell(&core, input);
        match Socket::open(self.setup.web_socket.clone(), url, told) {
            Ok(socket) => *self.socket.borrow_mut() = Some(socket),
            Err(error) => self.run(Input::NotMade(errors::to_js(&error))),
        }
    }

    fn emit(self: &Rc<Self>, event: Event<JsValue>) {
        let (name, arguments) = match event {
            Event::Open => ("open", Array::new()),
            Event::Description(kind, payload, sender) => {
                self.log_description(kind, &sender);
                let name = match kind {
                    Description::Offer => "sdpOffer",
                    Description::Answer => "sdpAnswer",
                };
                (name, Array::of2(&payload, &id(sender)))
            }
            Event::Candidate(payload, sender) => {
                ("iceCandidate", Array::of2(&payload, &id(sender)))
            }
            Event::Status(status) => ("statusResponse", Array::of1(&status)),
            Event::GoAway => ("goAway", Array::new()),
            Event::ReconnectIceServer => ("reconnectIceServer", Array::new()),
            Event::Refused(error) => ("error", Array::of1(&error)),
            Event::Error(error) => ("error", Array::of1(&errors::to_js(&error))),
            Event::Close { frame, expected } => ("close", Array::of1(&closing(&frame, expected))),
        };
        if self.fire(name, &arguments) {
            return;
        }
        match name {
            "error" => self.setup.log.report("error", &arguments.get(0)),
            "iceCandidate" => self.setup.log.warn(&[
                "No iceCandidate listener attached. ICE candidate was emitted but not handled.",
            ]),
            _ => {}
        }
    }

    /// Calls the listeners; tells whether there are any.
    fn fire(self: &Rc<Self>, name: &str, arguments: &Array) -> bool {
        // The last event of a connection: nothing needs to be kept any more, unless a listener
        // opens it again.
        let kept = (name == "close" && self.machine.borrow().is_closed())
            .then(|| self.alive.borrow_mut().take());
        let Some(this) = self.this() else { return false };
        let told = |outcome: Result<JsValue, JsValue>| {
            match outcome {
                Ok(given) => self.watch(name, &given),
                Err(thrown) => self.report(name, &thrown),
            }
            Ok(())
        };
        let had = emitter::fire(&this, &name.into(), arguments, &told);
        drop(kept);
        had.unwrap_or_default()
    }

    /// A listener that is an `async` function may reject.
    fn watch(self: &Rc<Self>, name: &str, given: &JsValue) {
        if given.is_object() && get(given, "then").is_function() {
            let (log, name) = (self.setup.log.clone(), name.to_owned());
            let promise = Promise::resolve(given);
            spawn_local(async move {
                if let Err(thrown) = JsFuture::from(promise).await {
                    report(&log, &name, &thrown);
                }
            });
        }
    }

    fn report(&self, name: &str, thrown: &JsValue) {
        report(&self.setup.log, name, thrown);
    }

    fn this(&self) -> Option<Object> {
        self.this.borrow().as_ref().and_then(WeakRef::deref)
    }

    fn log_description(&self, kind: Description, sender: &Option<ClientId>) {
        let kind = match kind {
            Description::Offer => FrameType::Offer,
            Description::Answer => FrameType::Answer,
        };
        let sender = sender.as_ref().map_or(Role::Master.as_str(), ClientId::as_str);
        self.setup.log.debug(&[kind.as_str(), " received from ", sender]);
    }
}

fn tell(core: &Weak<Core>, input: Input<JsValue>) {
    if let Some(core) = core.upgrade() {
        core.run(input);
    }
}

/// # Errors
/// What the signer throws.
fn ask(
    signer: &JsValue,
    endpoint: &JsValue,
    query: &JsValue,
    date: &JsValue,
) -> Result<JsValue, JsValue> {
    let function = get(signer, "getSignedURL").dyn_into::<Function>().map_err(|_| {
        errors::to_js(&Error::argument("requestSigner", "must have a function getSignedURL"))
    })?;
    function.call3(signer, endpoint, query, date)
}

fn signed_or_not(attempt: Attempt, outcome: Result<Secret<String>, JsValue>) -> Input<JsValue> {
    match outcome {
        Ok(url) => Input::Signed(attempt, url),
        Err(error) => Input::NotSigned(attempt, error),
    }
}

fn report(log: &Log, name: &str, thrown: &JsValue) {
    log.report(&["a listener of '", name, "' failed:"].concat(), thrown);
}

fn id(sender: Option<ClientId>) -> JsValue {
    sender.map_or(JsValue::UNDEFINED, |id| id.as_str().into())
}

fn closing(frame: &CloseFrame, expected: bool) -> JsValue {
    object(&[
        ("code", frame.code.into()),
        ("reason", frame.reason.as_str().into()),
        ("wasClean", frame.was_clean.into()),
        ("expected", expected.into()),
    ])
    .into()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn whole(milliseconds: f64) -> u64 {
    milliseconds as u64
}
