//! Makes one REST call: feeds its machine and does what it asks for.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

use super::clock;
use super::credentials::Provider;
use super::fetch::{Fetching, fetch_by};
use super::listener::Listener;
use super::reflect::get;
use crate::error::{Code, Error};
use crate::rest::call::{Call, Effort, Input, Output, Shared};
use crate::rest::{Response, SignedRequest};

/// What the calls of one client are made with.
pub(crate) struct Means {
    pub(crate) shared: RefCell<Shared>,
    pub(crate) provider: Provider,
    /// Instead of the browser's own `fetch`.
    pub(crate) fetch: Option<Function>,
}

/// What came of a call.
pub(crate) struct Ended {
    pub(crate) result: Result<Response, Error>,
    pub(crate) effort: Effort,
    /// The headers of the last answer; `undefined` where there was none.
    pub(crate) headers: JsValue,
}

/// Makes a call; `signal` is an `AbortSignal`.
pub(crate) async fn make(means: Rc<Means>, call: Call, signal: Option<JsValue>) -> Ended {
    let making = Rc::new(Making {
        means,
        call: RefCell::new(call),
        timer: RefCell::default(),
        request: RefCell::default(),
        headers: RefCell::new(JsValue::UNDEFINED),
        result: RefCell::default(),
        wake: RefCell::default(),
        acting: Cell::default(),
    });
    let ended = Promise::new(&mut |resolve, _| *making.wake.borrow_mut() = Some(resolve));
    let listener = signal.map(|signal| {
        let listened = Rc::downgrade(&making);
        let listener = Listener::new(&signal, "abort", move |_| {
            if let Some(making) = listened.upgrade() {
                making.handle(Input::Aborted);
            }
        });
        (listener, get(&signal, "aborted").is_truthy())
    });
    match listener {
        Some((_, true)) => making.handle(Input::Aborted),
        Some((_, false)) | None => making.act(),
    }
    // A promise that nothing rejects.
    let _ = JsFuture::from(ended).await;
    drop(listener);
    drop(making.timer.take());
    let effort = making.call.borrow().effort();
    let unsettled = || Err(Error::new(Code::InternalUnexpected, "a call ended without a result"));
    let result = making.result.take().unwrap_or_else(unsettled);
    Ended { result, effort, headers: making.headers.take() }
}

struct Making {
    means: Rc<Means>,
    call: RefCell<Call>,
    timer: RefCell<Option<Timeout>>,
    /// What gives up the request that is on its way.
    request: RefCell<Option<AbortController>>,
    headers: RefCell<JsValue>,
    result: RefCell<Option<Result<Response, Error>>>,
    wake: RefCell<Option<Function>>,
    /// Whether outputs are being acted on: what happens meanwhile adds to them.
    acting: Cell<bool>,
}

impl Making {
    fn handle(self: &Rc<Self>, input: Input) {
        let mut shared = self.means.shared.borrow_mut();
        self.call.borrow_mut().handle(input, clock::now(), &mut shared);
        drop(shared);
        self.act();
    }

    fn act(self: &Rc<Self>) {
        if self.acting.replace(true) {
            return;
        }
        loop {
            let output = self.call.borrow_mut().poll();
            let Some(output) = output else { break };
            match output {
                Output::GetCredentials { fresh } => self.get_credentials(fresh),
                Output::Send(attempt, request) => self.send(attempt, request),
                Output::Cancel => {
                    if let Some(request) = self.request.take() {
                        request.abort();
                    }
                }
                Output::Done(result) => {
                    self.result.replace(Some(result));
                    if let Some(wake) = self.wake.take() {
                        let _ = wake.call0(&JsValue::UNDEFINED);
                    }
                }
            }
        }
        self.acting.set(false);
        self.set_timer();
    }

    fn get_credentials(self: &Rc<Self>, fresh: bool) {
        let (making, provider) = (Rc::clone(self), self.means.provider.clone());
        spawn_local(async move {
            let keys = provider.get(fresh).await;
            making.handle(Input::Credentials(keys));
        });
    }

    fn send(self: &Rc<Self>, attempt: u32, request: SignedRequest) {
        let controller = AbortController::new().ok();
        let signal = controller.as_ref().map_or(JsValue::UNDEFINED, |it| it.signal().into());
        self.request.replace(controller);
        let (making, function) = (Rc::clone(self), self.means.fetch.clone());
        spawn_local(async move {
            let answer = fetch_by(Fetching { function, signal }, request).await;
            let answer = answer.map(|(response, headers)| {
                making.headers.replace(headers);
                response
            });
            making.handle(Input::Answered(attempt, answer));
        });
    }

    fn set_timer(self: &Rc<Self>) {
        let until = self.call.borrow().poll_timeout();
        let timer = until.map(|until| {
            let left = until - clock::now().mono;
            let making = Rc::downgrade(self);
            // A timer may fire a little early; the machine then waits for the rest.
            Timeout::new(u32::try_from(left.0).unwrap_or(u32::MAX), move || {
                if let Some(making) = making.upgrade() {
                    making.handle(Input::Tick);
                }
            })
        });
        self.timer.replace(timer);
    }
}
