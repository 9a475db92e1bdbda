//! Feeds a session's machine and does what it asks for.
//!
//! One input is handled at a time: borrow the machine, handle, drain, let go of the borrow, act.
//! What happens while acting, be it a callback of the person's that calls `stop()`, queues up.

mod media;
mod tracks;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::error::{Code, Error};
use crate::rest::SignedRequest;
use crate::secret::Secret;
use crate::session::{CallId, Event, Input, Output, PeerId, Session, SessionState};
use crate::web::clock;
use crate::web::credentials::Provider;
use crate::web::death::{self, Mortal};
use crate::web::fetch::fetch;
use crate::web::listener::Listener;
use crate::web::media::MediaSettings;
use crate::web::peer::Peer;
use crate::web::reflect::get;
use crate::web::socket::Socket;
use media::Media;

/// What the JavaScript face wants of a driver.
pub(crate) trait Face {
    /// An event for the person; nothing of the driver is borrowed meanwhile.
    fn emit(&self, driver: &Rc<Driver>, event: Event);
    /// What `start()` rejects with.
    fn error(&self, error: &Error) -> JsValue;
    /// Tells the person, once this instance is no longer running, that it has ended.
    fn bury(&self, error: &Error);
}

/// What a session needs besides its machine.
pub(crate) struct Setup {
    pub(crate) provider: Provider,
    pub(crate) media: MediaSettings,
    pub(crate) face: Box<dyn Face>,
}

/// Runs one `Viewer` or `Master`.
pub(crate) struct Driver {
    session: RefCell<Box<dyn Session>>,
    setup: Setup,
    jobs: RefCell<VecDeque<Job>>,
    draining: Cell<bool>,
    timer: RefCell<Option<Timeout>>,
    socket: RefCell<Option<Socket>>,
    peers: RefCell<Vec<(PeerId, Peer)>>,
    media: RefCell<Media>,
    start: RefCell<Option<Start>>,
    /// A running session keeps itself alive, and ends when the page is left.
    running: RefCell<Option<(Rc<Driver>, Option<Listener>)>>,
}

/// What is to be done, in the order in which it was asked for: a `stop()` and a `start()` from
/// inside a callback too.
enum Job {
    Tell(Input),
    Start(Start),
}

/// The pending promise of `start()`.
struct Start {
    random: u64,
    resolve: Function,
    reject: Function,
    /// An `AbortSignal`, listened to while the promise is pending.
    signal: Option<JsValue>,
    _abort: Option<Listener>,
}

impl Driver {
    pub(crate) fn new(session: Box<dyn Session>, setup: Setup) -> Rc<Self> {
        let driver = Rc::new(Self {
            session: RefCell::new(session),
            setup,
            jobs: RefCell::default(),
            draining: Cell::new(false),
            timer: RefCell::default(),
            socket: RefCell::default(),
            peers: RefCell::default(),
            media: RefCell::default(),
            start: RefCell::default(),
            running: RefCell::default(),
        });
        let mortal: Rc<dyn Mortal> = driver.clone();
        death::register(Rc::downgrade(&mortal));
        driver
    }

    /// Starts the session; `signal` is an `AbortSignal` or nothing.
    pub(crate) fn start(self: &Rc<Self>, signal: Option<JsValue>) -> Promise {
        let random = match clock::random() {
            Ok(random) => random,
            Err(error) => return self.rejected(&error),
        };
        let mut job = None;
        let promise = Promise::new(&mut |resolve, reject| {
            let signal = signal.clone();
            job = Some(Job::Start(Start { random, resolve, reject, signal, _abort: None }));
        });
        if let Some(job) = job {
            self.run(job);
        }
        promise
    }

    /// Ends the session.
    pub(crate) fn stop(self: &Rc<Self>) {
        let error = Error::new(Code::CallerStopped, "the session was stopped before it was up");
        self.handle(Input::Stop(error));
    }

    /// Sends a message on the data channel of one viewer, or on all.
    ///
    /// # Errors
    /// As [`Peer::send`] and [`Session::recipients`]; with several recipients the first error,
    /// after all were tried.
    pub(crate) fn send(&self, data: &JsValue, client_id: Option<&str>) -> Result<(), Error> {
        let recipients = self.session.borrow().recipients(client_id)?;
        let results: Vec<_> = recipients
            .into_iter()
            .filter_map(|id| self.peer(id))
            .map(|peer| peer.send(data))
            .collect();
        results.into_iter().collect()
    }

    pub(crate) fn state(&self) -> SessionState {
        self.session.borrow().state()
    }

    pub(crate) fn client_ids(&self) -> Vec<String> {
        self.session.borrow().client_ids()
    }

    fn peer(&self, id: PeerId) -> Option<Peer> {
        let peers = self.peers.borrow();
        peers.iter().find(|(known, _)| *known == id).map(|(_, peer)| peer.clone())
    }

    fn take_peer(&self, id: PeerId) -> Option<Peer> {
        let mut peers = self.peers.borrow_mut();
        let at = peers.iter().position(|(known, _)| *known == id)?;
        Some(peers.swap_remove(at).1)
    }

    fn rejected(&self, error: &Error) -> Promise {
        Promise::reject(&self.setup.face.error(error))
    }

    fn watch_page(self: &Rc<Self>) -> Option<Listener> {
        let window = web_sys::window()?;
        let driver = Rc::downgrade(self);
        Some(Listener::new(&window, "pagehide", move |_| {
            if let Some(driver) = driver.upgrade() {
                driver.stop();
            }
        }))
    }

    fn handle(self: &Rc<Self>, input: Input) {
        self.run(Job::Tell(input));
    }

    fn run(self: &Rc<Self>, job: Job) {
        self.jobs.borrow_mut().push_back(job);
        if self.draining.replace(true) {
            return;
        }
        while let Some(job) = self.next_job() {
            match job {
                Job::Tell(input) => self.step(input),
                Job::Start(start) => self.begin(start),
            }
        }
        self.draining.set(false);
        self.set_timer();
    }

    fn next_job(&self) -> Option<Job> {
        self.jobs.borrow_mut().pop_front()
    }

    fn begin(self: &Rc<Self>, mut start: Start) {
        let aborted = || Error::new(Code::CallerAborted, "start() was aborted");
        let mut checked = self.session.borrow().check_start();
        if start.signal.as_ref().is_some_and(|signal| get(signal, "aborted").is_truthy()) {
            checked = Err(aborted());
        }
        if let Err(error) = checked {
            return start.settle(&Err(self.setup.face.error(&error)));
        }
        start._abort = start.signal.as_ref().map(|signal| {
            let driver = Rc::downgrade(self);
            Listener::new(signal, "abort", move |_| {
                if let Some(driver) = driver.upgrade() {
                    driver.handle(Input::Stop(aborted()));
                }
            })
        });
        let random = start.random;
        *self.start.borrow_mut() = Some(start);
        *self.running.borrow_mut() = Some((Rc::clone(self), self.watch_page()));
        self.step(Input::Start { random });
    }

    fn step(self: &Rc<Self>, input: Input) {
        let outputs: Vec<Output> = {
            let mut session = self.session.borrow_mut();
            session.handle(input, clock::now());
            std::iter::from_fn(|| session.poll()).collect()
        };
        for output in outputs {
            self.act(output);
        }
    }

    fn set_timer(self: &Rc<Self>) {
        let until = self.session.borrow().poll_timeout();
        let timer = until.map(|until| {
            let left = until - clock::now().mono;
            let driver = Rc::downgrade(self);
            Timeout::new(u32::try_from(left.0).unwrap_or(u32::MAX), move || {
                if let Some(driver) = driver.upgrade() {
                    driver.handle(Input::Timeout);
                }
            })
        });
        *self.timer.borrow_mut() = timer;
    }

    fn act(self: &Rc<Self>, output: Output) {
        match output {
            Output::GetCredentials(call) => self.get_credentials(call),
            Output::Fetch(call, request) => self.fetch(call, request),
            Output::OpenSocket(url) => self.open_socket(&url),
            Output::SendText(text) => {
                if let Some(socket) = &*self.socket.borrow() {
                    socket.send(&text);
                }
            }
            Output::CloseSocket => drop(self.socket.borrow_mut().take()),
            Output::OpenMedia => self.open_media(),
            Output::CloseMedia => self.close_media(),
            Output::CreatePeer(id, config) => self.create_peer(id, config),
            Output::AttachMedia(id) => self.attach_media(id),
            Output::Offer(id, servers) => self.with_peer(id, |peer| peer.offer(&servers)),
            Output::Answer(id, offer) => self.with_peer(id, |peer| peer.answer(&offer)),
            Output::ApplyAnswer(id, answer) => {
                self.with_peer(id, |peer| peer.apply_answer(&answer))
            }
            Output::AddCandidate(id, candidate) => {
                self.with_peer(id, |peer| peer.add_candidate(&candidate));
            }
            Output::ClosePeer(id) => {
                let peer = self.take_peer(id);
                if let Some(peer) = peer {
                    peer.close();
                }
            }
            Output::ReadDescription(id) => self.with_peer(id, Peer::tell_description),
            // Nobody is listening to the log.
            Output::Log(_) => {}
            // Nobody has a back end.
            Output::AskBackend(..) => {}
            Output::Settle(result) => self.settle(&result),
            Output::Emit(event) => self.emit(event),
        }
    }

    fn get_credentials(self: &Rc<Self>, call: CallId) {
        let (driver, provider) = (Rc::downgrade(self), self.setup.provider.clone());
        spawn_local(async move {
            let result = provider.get().await;
            if let Some(driver) = driver.upgrade() {
                driver.handle(Input::Credentials(call, result));
            }
        });
    }

    fn fetch(self: &Rc<Self>, call: CallId, request: SignedRequest) {
        let driver = Rc::downgrade(self);
        spawn_local(async move {
            let result = fetch(request).await;
            if let Some(driver) = driver.upgrade() {
                driver.handle(Input::Fetched(call, result));
            }
        });
    }

    fn open_socket(self: &Rc<Self>, url: &Secret<String>) {
        let driver = Rc::downgrade(self);
        let told = move |input| {
            if let Some(driver) = driver.upgrade() {
                driver.handle(input);
            }
        };
        let socket = Socket::open(url, told);
        if socket.is_none() {
            self.handle(Input::SocketClosed(0));
        }
        *self.socket.borrow_mut() = socket;
    }

    fn with_peer(&self, id: PeerId, act: impl FnOnce(&Peer)) {
        if let Some(peer) = self.peer(id) {
            act(&peer);
        }
    }

    fn settle(&self, result: &Result<(), Error>) {
        let start = self.start.borrow_mut().take();
        if let Some(start) = start {
            let result = match result {
                Ok(()) => Ok(()),
                Err(error) => Err(self.setup.face.error(error)),
            };
            start.settle(&result);
        }
    }

    fn emit(self: &Rc<Self>, event: Event) {
        // Taken before the event is told, since its listener may start the session again; what
        // is taken keeps `self` alive until then.
        let ended = matches!(event, Event::Close(_));
        let running = if ended { self.running.borrow_mut().take() } else { None };
        self.setup.face.emit(self, event);
        drop(running);
    }
}

impl Mortal for Driver {
    fn abandon(&self, error: &Error) {
        if let Ok(mut socket) = self.socket.try_borrow_mut() {
            socket.take();
        }
        if let Ok(mut peers) = self.peers.try_borrow_mut() {
            peers.drain(..).for_each(|(_, peer)| peer.close());
        }
        if let Ok(mut media) = self.media.try_borrow_mut() {
            media.close();
        }
        let pending = self.start.try_borrow_mut().ok().and_then(|mut start| start.take());
        if let Some(start) = pending {
            start.settle(&Err(self.setup.face.error(error)));
        }
        let running = self.running.try_borrow_mut().ok().and_then(|mut running| running.take());
        if running.is_some() {
            self.setup.face.bury(error);
        }
    }
}

impl Start {
    fn settle(self, result: &Result<(), JsValue>) {
        // Settling a promise throws nothing.
        let _ = match result {
            Ok(()) => self.resolve.call0(&JsValue::UNDEFINED),
            Err(error) => self.reject.call1(&JsValue::UNDEFINED, error),
        };
    }
}
