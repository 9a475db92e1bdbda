//! The promises of `start()` and `prepare()`.

use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;

use super::{Driver, Job, KeySource, Running};
use crate::error::{Code, Error};
use crate::session::{Input, Session};
use crate::web::clock;
use crate::web::insight::clear_measures;
use crate::web::listener::Listener;
use crate::web::members::{check_options, signal};
use crate::web::peer::warm_up;
use crate::web::reflect::get;

/// A pending promise of `prepare()`, which keeps its session alive.
pub(super) struct Prepare {
    resolve: Function,
    reject: Function,
    _driver: Rc<Driver>,
}

/// The pending promise of `start()`.
pub(super) struct Start {
    random: u64,
    resolve: Function,
    reject: Function,
    /// An `AbortSignal`, listened to while the promise is pending.
    signal: Option<JsValue>,
    _abort: Option<Listener>,
}

impl Driver {
    /// Starts the session.
    pub(crate) fn start(self: &Rc<Self>, options: &JsValue) -> Promise {
        let signal = check_options(options).and_then(|()| signal(options, "signal"));
        let (signal, random) = match signal.and_then(|signal| Ok((signal, clock::random()?))) {
            Ok(checked) => checked,
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

    /// Does what can be done before the start.
    pub(crate) fn prepare(self: &Rc<Self>) -> Promise {
        let random = match clock::random() {
            Ok(random) => random,
            Err(error) => return self.rejected(&error),
        };
        let promise = Promise::new(&mut |resolve, reject| {
            let _driver = Rc::clone(self);
            self.preparing.borrow_mut().push(Prepare { resolve, reject, _driver });
        });
        if self.session.borrow().check_start().is_ok() {
            warm_up();
        }
        self.handle(Input::Prepare { random });
        promise
    }

    pub(super) fn prepared(&self, result: &Result<(), JsValue>) {
        let pending = self.preparing.try_borrow_mut().map(|mut it| std::mem::take(&mut *it));
        for Prepare { resolve, reject, .. } in pending.unwrap_or_default() {
            settle(&resolve, &reject, result);
        }
    }

    pub(super) fn begin(self: &Rc<Self>, mut start: Start) {
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
        // A back end is asked anew; the service's answers to a preparation are used.
        if let KeySource::Backend(_) = self.setup.source {
            self.give_up();
        }
        let random = start.random;
        *self.start.borrow_mut() = Some(start);
        *self.running.borrow_mut() = Some(Running {
            _driver: Rc::clone(self),
            _listeners: self.setup.face.listeners(),
            _leaving: self.watch_page(),
        });
        clear_measures(&self.session.borrow().measure_prefix());
        self.step(Input::Start { random });
    }

    pub(super) fn settle(&self, result: &Result<(), Error>) {
        let start = self.start.borrow_mut().take();
        if let Some(start) = start {
            let result = match result {
                Ok(()) => Ok(()),
                Err(error) => Err(self.setup.face.error(error)),
            };
            start.settle(&result);
        }
    }
}

impl Start {
    pub(super) fn settle(self, result: &Result<(), JsValue>) {
        settle(&self.resolve, &self.reject, result);
    }
}

fn settle(resolve: &Function, reject: &Function, result: &Result<(), JsValue>) {
    // Settling a promise throws nothing.
    let _ = match result {
        Ok(()) => resolve.call0(&JsValue::UNDEFINED),
        Err(error) => reject.call1(&JsValue::UNDEFINED, error),
    };
}
