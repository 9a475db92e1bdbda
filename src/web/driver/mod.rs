//! Feeds a session's machine and does what it asks for.
//!
//! One input is handled at a time: borrow the machine, handle, drain, let go of the borrow, act.
//! What happens while acting, be it a callback of the person's that calls `stop()`, queues up.

mod insight;
mod media;
mod promises;
mod tracks;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;

use crate::bundle::BackendRequest;
use crate::error::{Code, Error};
use crate::ids::ClientId;
use crate::rest::SignedRequest;
use crate::secret::Secret;
use crate::session::{
    Admission, CallId, Event, Input, Insight, Level, Output, PeerId, Record, Session, SessionState,
    Target, Watched,
};
use crate::web::backend;
use crate::web::clock;
use crate::web::credentials::Provider;
use crate::web::death::{self, Mortal};
use crate::web::fetch::{Fetching, fetch_by};
use crate::web::insight::InsightSettings;
use crate::web::listener::Listener;
use crate::web::media::MediaSettings;
use crate::web::peer::{Peer, check_sendable};
use crate::web::socket::Socket;
use insight::Meters;
use media::Media;
use promises::{Prepare, Start};

/// What the JavaScript face wants of a driver.
pub(crate) trait Face {
    /// An event for the person; nothing of the driver is borrowed meanwhile.
    fn emit(&self, driver: &Rc<Driver>, event: Event);
    /// What keeps the person's listeners where nobody has the session's object any more.
    fn listeners(&self) -> JsValue;
    /// What `start()` rejects with.
    fn error(&self, error: &Error) -> JsValue;
    /// Tells the person, once this instance is no longer running, that it has ended.
    fn bury(&self, error: &Error);
}

/// What a session needs besides its machine.
pub(crate) struct Setup {
    /// Where keys come from, or the application's session provider.
    pub(crate) source: KeySource,
    /// Instead of the browser's own `WebSocket`.
    pub(crate) web_socket: Option<Function>,
    /// Instead of the browser's own `fetch`.
    pub(crate) fetch: Option<Function>,
    pub(crate) media: MediaSettings,
    pub(crate) insight: InsightSettings,
    pub(crate) face: Box<dyn Face>,
}

/// Who says where to connect.
#[derive(Clone)]
pub(crate) enum KeySource {
    /// Keys, with which the service is asked.
    Keys(Provider),
    /// The application's session provider.
    Backend(Function),
}

/// Runs one `Viewer` or `Master`.
pub(crate) struct Driver {
    session: RefCell<Watched>,
    setup: Setup,
    jobs: RefCell<VecDeque<Job>>,
    draining: Cell<bool>,
    timer: RefCell<Option<Timeout>>,
    socket: RefCell<Option<Socket>>,
    peers: RefCell<Vec<(PeerId, Peer)>>,
    media: RefCell<Media>,
    meters: Meters,
    start: RefCell<Option<Start>>,
    preparing: RefCell<Vec<Prepare>>,
    /// Gives up, with the run or a preparation, what was asked and is not answered.
    abort: RefCell<Option<AbortController>>,
    running: RefCell<Option<Running>>,
}

/// A running session keeps itself and its listeners alive, and ends when the page is left. Of one that
/// does not run the listeners are its object's, since they may refer to it.
struct Running {
    _driver: Rc<Driver>,
    _listeners: JsValue,
    _leaving: Option<Listener>,
}

/// What is to be done, in the order in which it was asked for: a `stop()` and a `start()` from
/// inside a callback too.
enum Job {
    Tell(Input),
    Learn(Insight),
    Start(Start),
}

impl Driver {
    pub(crate) fn new(session: Box<dyn Session>, setup: Setup) -> Rc<Self> {
        let driver = Rc::new(Self {
            session: RefCell::new(Watched::new(session, setup.insight.settings)),
            setup,
            jobs: RefCell::default(),
            draining: Cell::new(false),
            timer: RefCell::default(),
            socket: RefCell::default(),
            peers: RefCell::default(),
            media: RefCell::default(),
            meters: Meters::default(),
            start: RefCell::default(),
            preparing: RefCell::default(),
            abort: RefCell::default(),
            running: RefCell::default(),
        });
        let mortal: Rc<dyn Mortal> = driver.clone();
        death::register(Rc::downgrade(&mortal));
        driver
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

    /// Sends a message to all whose data channel is open; how many were sent it. Who could not be
    /// is told to the log.
    ///
    /// # Errors
    /// `caller.invalidArgument`; as [`Peer::send`], where nobody could be sent it.
    pub(crate) fn broadcast(self: &Rc<Self>, data: &JsValue) -> Result<u32, Error> {
        check_sendable(data)?;
        let recipients = self.session.borrow().recipients(None).unwrap_or_default();
        let (mut sent, mut failed) = (0, None);
        for peer in recipients.into_iter().filter_map(|id| self.peer(id)) {
            match peer.send(data) {
                Ok(()) => sent += 1,
                Err(error) => {
                    let line = ["a viewer was not sent a message: ", error.message()].concat();
                    let record = Record::new(Level::Warn, Target::Peer, line);
                    self.learn(Insight::Note(record));
                    failed = Some(error);
                }
            }
        }
        match failed {
            Some(error) if sent == 0 => Err(error),
            Some(_) | None => Ok(sent),
        }
    }

    /// Says whether a viewer may connect.
    pub(crate) fn admit(self: &Rc<Self>, viewer: ClientId, admission: Admission) {
        self.handle(Input::Admit(viewer, admission));
    }

    /// Ends a viewer's connection.
    pub(crate) fn close_viewer(self: &Rc<Self>, viewer: ClientId) {
        self.handle(Input::CloseViewer(viewer));
    }

    pub(crate) fn viewer_state(&self, id: PeerId) -> &'static str {
        self.session.borrow().viewer_state(id)
    }

    /// The connection of the viewer with this id.
    pub(crate) fn peer_of(&self, client_id: &str) -> Option<PeerId> {
        self.session.borrow().peer(Some(client_id))
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
                Job::Learn(insight) => {
                    self.session.borrow_mut().learn(insight, clock::now());
                    self.drain();
                }
                Job::Start(start) => self.begin(start),
            }
        }
        self.draining.set(false);
        self.set_timer();
    }

    fn next_job(&self) -> Option<Job> {
        self.jobs.borrow_mut().pop_front()
    }

    fn step(self: &Rc<Self>, input: Input) {
        self.session.borrow_mut().handle(input, clock::now());
        self.drain();
    }

    fn drain(self: &Rc<Self>) {
        let outputs: Vec<Output> = {
            let mut session = self.session.borrow_mut();
            std::iter::from_fn(|| session.poll()).collect()
        };
        self.mark();
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
            Output::GetCredentials { call, fresh } => self.get_credentials(call, fresh),
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
                self.meters.forget(id);
                let peer = self.take_peer(id);
                if let Some(peer) = peer {
                    peer.close();
                }
            }
            Output::ReadDescription(id) => self.with_peer(id, Peer::tell_description),
            Output::SendData(id, text) => {
                self.with_peer(id, |peer| drop(peer.send(&text.as_str().into())));
            }
            Output::Measure(id) => self.measure(id),
            Output::Log(record) => self.log(&record),
            Output::AskBackend(call, request) => self.ask_backend(call, request),
            Output::Prepared(result) => {
                if result.is_err() {
                    self.give_up();
                }
                self.prepared(&result.map_err(|error| self.setup.face.error(&error)));
            }
            Output::Settle(result) => self.settle(&result),
            Output::Emit(event) => self.emit(event),
        }
    }

    /// Fires when the run is over, or the preparation has failed or was stopped.
    fn signal(&self) -> JsValue {
        let mut abort = self.abort.borrow_mut();
        if abort.is_none() {
            *abort = AbortController::new().ok();
        }
        abort.as_ref().map_or(JsValue::UNDEFINED, |abort| abort.signal().into())
    }

    /// What was asked is no longer wanted.
    fn give_up(&self) {
        let abort = self.abort.borrow_mut().take();
        if let Some(abort) = abort {
            abort.abort();
        }
    }

    fn ask_backend(self: &Rc<Self>, call: CallId, request: BackendRequest) {
        let KeySource::Backend(provider) = self.setup.source.clone() else { return };
        let (driver, signal) = (Rc::downgrade(self), self.signal());
        spawn_local(async move {
            let result = backend::ask(provider, request, signal).await;
            if let Some(driver) = driver.upgrade() {
                driver.handle(Input::Bundle(call, result));
            }
        });
    }

    fn get_credentials(self: &Rc<Self>, call: CallId, fresh: bool) {
        let KeySource::Keys(provider) = self.setup.source.clone() else { return };
        let driver = Rc::downgrade(self);
        spawn_local(async move {
            let result = provider.get(fresh).await;
            if let Some(driver) = driver.upgrade() {
                driver.handle(Input::Credentials(call, result));
            }
        });
    }

    fn fetch(self: &Rc<Self>, call: CallId, request: SignedRequest) {
        let driver = Rc::downgrade(self);
        let fetching = Fetching { function: self.setup.fetch.clone(), signal: self.signal() };
        spawn_local(async move {
            let result = fetch_by(fetching, request).await.map(|(response, _)| response);
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
        let socket = Socket::open(url, self.setup.web_socket.as_ref(), told);
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

    fn emit(self: &Rc<Self>, event: Event) {
        // Taken before the event is told, since its listener may start the session again; what
        // is taken keeps `self` and its listeners alive until then.
        let ended = matches!(event, Event::Close(_));
        let running = if ended { self.running.borrow_mut().take() } else { None };
        if ended {
            self.give_up();
        }
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
        self.prepared(&Err(self.setup.face.error(error)));
        let running = self.running.try_borrow_mut().ok().and_then(|mut running| running.take());
        if running.is_some() {
            self.setup.face.bury(error);
        }
    }
}
