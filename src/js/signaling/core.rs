//! Drives the machine of a `SignalingClient`: does what it asks for and tells its events.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Object, Promise, WeakRef};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::Value;
use super::face::{self, Said, Told};
use super::signer::{Presigner, date};
use super::socket::{ABNORMAL_CLOSURE, Socket};
use crate::error::{Code, Error};
use crate::ids::{ClientId, Role};
use crate::js::errors;
use crate::secret::Secret;
use crate::signaling::client::{
    Attempt, Client, CloseFrame, Config, Description, Event, Frame, Input, Output,
    check_correlation_id,
};
use crate::signaling::{Dropped, FrameType};
use crate::time::{Millis, UnixMillis};
use crate::web::clock;
use crate::web::death::{self, Mortal};
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
    /// `logger`, or what is none.
    pub(super) logger: JsValue,
}

/// Runs one client.
pub(super) struct Core {
    machine: RefCell<Client<Said>>,
    /// Whether candidates passed by the machine when it was last looked at: those that come, and
    /// those that are sent.
    passed: Cell<[bool; 2]>,
    setup: Setup,
    socket: RefCell<Option<Socket>>,
    timer: RefCell<Option<Timeout>>,
    timer_until: Cell<Option<Millis>>,
    /// The object that JavaScript has, once somebody listens to it.
    this: RefCell<Option<Rc<WeakRef>>>,
    /// What is not closed keeps itself and its listeners alive.
    alive: RefCell<Option<(Rc<Core>, Option<Object>)>>,
}

impl Core {
    pub(super) fn new(setup: Setup) -> Rc<Self> {
        let core = Rc::new(Self {
            machine: RefCell::new(Client::new(setup.held_until_drained)),
            passed: Cell::default(),
            setup,
            socket: RefCell::default(),
            timer: RefCell::default(),
            timer_until: Cell::default(),
            this: RefCell::default(),
            alive: RefCell::default(),
        });
        let mortal: Rc<dyn Mortal> = core.clone();
        death::register(Rc::downgrade(&mortal));
        core
    }

    /// Tells the object that JavaScript has.
    pub(super) fn attach(&self, this: &JsValue) {
        let this: &Object = this.unchecked_ref();
        *self.this.borrow_mut() = Some(Rc::new(WeakRef::new(this)));
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
    pub(super) fn run(self: &Rc<Self>, input: Input<Said>) {
        self.machine.borrow_mut().handle(input, clock::now().mono);
        self.act_on_all();
    }

    /// Emits what is held for a sender.
    pub(super) fn drain(self: &Rc<Self>, sender: &Option<ClientId>) {
        self.machine.borrow_mut().drain(sender);
        self.act_on_all();
    }

    /// Forgets what a sender has sent.
    pub(super) fn forget(self: &Rc<Self>, sender: &Option<ClientId>) {
        self.machine.borrow_mut().forget(sender);
        self.act_on_all();
    }

    /// # Errors
    /// As [`Client::check_open`], [`Config::check_recipient`] and [`check_correlation_id`];
    /// `caller.invalidArgument` for the payload; what its `toJSON` and the socket throw.
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
            self.setup.config.check_recipient(recipient.given())?;
            check_correlation_id(correlation_id.given()).map(drop)
        };
        check().map_err(|error: Error| errors::to_js(&error))?;
        let wrong = |problem| errors::to_js(&Error::argument(name, problem));
        if !payload.is_object() {
            return Err(wrong("must be an object"));
        }
        let Some(socket) = self.socket.borrow().as_ref().map(Socket::handle) else { return Ok(()) };
        match face::send(
            socket.as_js(),
            face::place(kind),
            payload,
            &recipient.value,
            &correlation_id.value,
        )? {
            true => Ok(()),
            false => Err(wrong("cannot be written as JSON")),
        }
    }

    pub(super) fn held_until_drained(&self) -> bool {
        self.setup.held_until_drained
    }

    pub(super) fn held(&self, sender: &Option<ClientId>) -> Array {
        self.machine.borrow().held(sender).map(|said| &said.payload).collect()
    }

    pub(super) fn dropped(&self) -> JsValue {
        let counts = object(&[]);
        for (reason, count) in self.machine.borrow().dropped() {
            set(&counts, reason.name(), &count.into());
        }
        counts.into()
    }

    /// What follows every change of the machine. The outputs are taken out before any is carried
    /// out: what a listener causes is then carried out inside of it, and what was to follow comes
    /// after it.
    fn act_on_all(self: &Rc<Self>) {
        self.take_back();
        let outputs: Vec<_> = {
            let mut machine = self.machine.borrow_mut();
            std::iter::from_fn(|| machine.poll()).collect()
        };
        self.set_timer();
        for output in outputs {
            self.act(output);
        }
    }

    /// Says so where candidates passed and do so no more.
    fn take_back(&self) {
        let passes = {
            let machine = self.machine.borrow();
            [machine.passes(), machine.is_open()]
        };
        let passed = self.passed.replace(passes);
        if passed.into_iter().zip(passes).any(|(passed, passes)| passed && !passes) {
            // A socket that cannot be borrowed is being let go of, and has forgotten it first.
            if let Ok(Some(socket)) = self.socket.try_borrow().as_deref() {
                socket.take_back();
            }
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

    fn act(self: &Rc<Self>, output: Output<Said>) {
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
            Output::Release(sender) => {
                self.machine.borrow_mut().release(&sender);
                self.act_on_all();
            }
            Output::Dropped(reason) => {
                if self.setup.logger.is_truthy() {
                    let words = ["passed over: ", &reason.to_string()].concat();
                    face::log(&self.setup.logger, "warn", &words);
                }
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
        let core = Rc::downgrade(self);
        let tell = Closure::new(move |place, payload, sender, generation, length| {
            core.upgrade()?.receive(face::frame(place, payload, sender, generation, length))
        });
        let Setup { web_socket, logger, .. } = &self.setup;
        match Socket::open(web_socket.clone(), url, told, tell, logger) {
            Ok(socket) => {
                let handle = socket.handle();
                *self.socket.borrow_mut() = Some(socket);
                // Closed from inside of its making, when there was nothing yet to close.
                if !self.machine.borrow().is_opening() {
                    handle.close();
                }
            }
            Err(error) => self.run(Input::NotMade(Said::alone(errors::to_js(&error)))),
        }
    }

    /// Gives the client where others pass after this frame.
    fn receive(self: &Rc<Self>, frame: Result<Frame<Said>, Dropped>) -> Option<Object> {
        self.machine.borrow_mut().receive(frame);
        self.act_on_all();
        let passes = self.machine.borrow().passes();
        if passes { self.this() } else { None }
    }

    fn emit(self: &Rc<Self>, event: Event<Said>) {
        let logger = &self.setup.logger;
        let (event, said) = match event {
            Event::Open => (Told::Open, Said::alone(JsValue::UNDEFINED)),
            Event::Description(kind, said, sender) => {
                let (event, kind) = match kind {
                    Description::Offer => (Told::SdpOffer, FrameType::Offer),
                    Description::Answer => (Told::SdpAnswer, FrameType::Answer),
                };
                if logger.is_truthy() {
                    let sender = sender.as_ref().map_or(Role::Master.as_str(), ClientId::as_str);
                    let words = [kind.as_str(), " received from ", sender].concat();
                    face::log(logger, "debug", &words);
                }
                (event, said)
            }
            Event::Candidate(said, _) => (Told::IceCandidate, said),
            Event::Status(said) => (Told::StatusResponse, said),
            Event::GoAway => (Told::GoAway, Said::alone(JsValue::UNDEFINED)),
            Event::ReconnectIceServer => {
                (Told::ReconnectIceServer, Said::alone(JsValue::UNDEFINED))
            }
            Event::Refused(said) => (Told::Error, said),
            Event::Error(error) => (Told::Error, Said::alone(errors::to_js(&error))),
            Event::Close { frame, expected } => {
                (Told::Close, Said::alone(closing(&frame, expected)))
            }
        };
        if self.fire(event, &said) {
            return;
        }
        if event == Told::Error {
            face::report(logger, "error", &said.payload);
        } else if event == Told::IceCandidate {
            let words =
                "No iceCandidate listener attached. ICE candidate was emitted but not handled.";
            face::log(logger, "warn", words);
        }
    }

    /// Calls the listeners; tells whether there are any.
    fn fire(self: &Rc<Self>, event: Told, said: &Said) -> bool {
        // The last event of a connection: nothing needs to be kept any more, unless a listener
        // opens it again.
        let kept = (event == Told::Close && self.machine.borrow().is_closed())
            .then(|| self.alive.borrow_mut().take());
        let Some(this) = self.this.borrow().clone() else { return false };
        let had = face::fire(&this, event as u32, &said.payload, &said.sender, &self.setup.logger);
        drop(kept);
        had
    }

    fn this(&self) -> Option<Object> {
        self.this.borrow().as_ref().and_then(|this| this.deref())
    }
}

impl Mortal for Core {
    fn abandon(&self, error: &Error) {
        let socket = self.socket.try_borrow_mut().ok().and_then(|mut socket| socket.take());
        if let Some(socket) = socket {
            let handle = socket.handle();
            // Nobody listens any more when it is closed.
            drop(socket);
            handle.close();
        }
        let alive = self.alive.try_borrow_mut().ok().and_then(|mut alive| alive.take());
        let this = self.this.try_borrow().ok().and_then(|this| this.clone());
        if let (Some(_), Some(this)) = (alive, this) {
            let frame =
                CloseFrame { code: ABNORMAL_CLOSURE, reason: String::new(), was_clean: false };
            for (event, told) in
                [(Told::Error, errors::to_js(error)), (Told::Close, closing(&frame, false))]
            {
                face::fire_later(&this, event as u32, &told, &self.setup.logger);
            }
        }
    }
}

fn tell(core: &Weak<Core>, input: Input<Said>) {
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

fn signed_or_not(attempt: Attempt, outcome: Result<Secret<String>, JsValue>) -> Input<Said> {
    match outcome {
        Ok(url) => Input::Signed(attempt, url),
        Err(error) => Input::NotSigned(attempt, Said::alone(error)),
    }
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
