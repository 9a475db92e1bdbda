//! What a page asks a session about itself.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::{Array, Function, JSON, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};

use super::{Driver, Job};
use crate::session::{Facts, Insight, PeerId, Quality, Record, Session};
use crate::web::clock;
use crate::web::insight::{Meter, Reading, measure, stringify};
use crate::web::members::{boolean, check_options};
use crate::web::reflect::{get_some, get_string, global};

/// Connections that a report shows at the most.
const MAX_REPORTED: usize = 4;

/// Who looks at a connection: each has rates since its own last look.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Page,
    Quality,
    Report,
}

/// What was counted at each last look.
#[derive(Default)]
pub(super) struct Meters(RefCell<Vec<(PeerId, Use, Meter)>>);

impl Meters {
    /// A connection is gone.
    pub(super) fn forget(&self, id: PeerId) {
        self.0.borrow_mut().retain(|(peer, ..)| *peer != id);
    }

    fn read(&self, id: PeerId, who: Use, report: &JsValue, mask: bool) -> Reading {
        let mut meters = self.0.borrow_mut();
        let known = meters.iter().position(|(peer, used, _)| (*peer, *used) == (id, who));
        let mut meter = known.map_or_else(Meter::default, |index| meters.swap_remove(index).2);
        let reading = meter.read(report, mask);
        meters.push((id, who, meter));
        reading
    }
}

impl Driver {
    /// Measurements of the connection of one viewer, or of the session itself; `null` where there
    /// is none.
    pub(crate) fn stats(self: &Rc<Self>, client_id: Option<&str>) -> Promise {
        let id = self.session.borrow().peer(client_id);
        let driver = Rc::clone(self);
        promise(Box::pin(async move {
            let Some(id) = id else { return Ok(JsValue::NULL) };
            let reading = driver.look(id, Use::Page, false).await;
            Ok(reading.map_or(JsValue::NULL, |reading| reading.stats))
        }))
    }

    /// The quality as it was last measured. From the first call on it is measured.
    pub(crate) fn quality(self: &Rc<Self>, client_id: Option<&str>) -> Option<Quality> {
        self.learn(Insight::Watch);
        self.session.borrow().quality(client_id).cloned()
    }

    /// A page listens to this event.
    pub(crate) fn listened(self: &Rc<Self>, event: &JsValue) {
        if event.as_string().as_deref() == Some("quality") {
            self.learn(Insight::Watch);
        }
    }

    /// The phases of this run, and those that the other side told.
    pub(crate) fn timeline(&self) -> JsValue {
        parse(&self.session.borrow().timeline_json())
    }

    /// The session on one page.
    pub(crate) fn report(self: &Rc<Self>, options: &JsValue) -> Promise {
        let addresses = check_options(options).and_then(|()| boolean(options, "addresses"));
        let mask = match addresses {
            Ok(shown) => !shown.unwrap_or(false),
            Err(error) => return self.rejected(&error),
        };
        let driver = Rc::clone(self);
        promise(Box::pin(async move {
            let ids: Vec<PeerId> =
                driver.peers.borrow().iter().map(|(id, _)| *id).take(MAX_REPORTED).collect();
            let stats = Array::new();
            for id in ids {
                if let Some(reading) = driver.look(id, Use::Report, mask).await {
                    stats.push(&reading.stats);
                }
            }
            let navigator: JsValue = global("navigator").unwrap_or(JsValue::UNDEFINED);
            let facts = Facts {
                user_agent: get_string(&navigator, "userAgent").unwrap_or_default(),
                options: driver.setup.insight.options.clone(),
                stats: stringify(&stats),
            };
            let report = driver.session.borrow().report_json(&facts, clock::now());
            Ok(parse(&report))
        }))
    }

    /// Tells what happened to what the session knows.
    pub(super) fn learn(self: &Rc<Self>, insight: Insight) {
        self.run(Job::Learn(insight));
    }

    /// Measures a connection's quality.
    pub(super) fn measure(self: &Rc<Self>, id: PeerId) {
        let driver = Rc::downgrade(self);
        let Some(asked) = self.ask_stats(id) else { return };
        spawn_local(async move {
            let Ok(report) = JsFuture::from(asked).await else { return };
            let Some(driver) = driver.upgrade() else { return };
            if driver.peer(id).is_none() {
                return;
            }
            let reading = driver.meters.read(id, Use::Quality, &report, false);
            if let Some(sample) = reading.sample {
                driver.learn(Insight::Measured(id, sample));
            }
        });
    }

    /// Hands a line to the page's logger; nothing is borrowed meanwhile.
    pub(super) fn log(self: &Rc<Self>, record: &Record) {
        let Some(logger) = &self.setup.insight.logger else { return };
        if let Some(complaint) = logger.log(record) {
            self.learn(Insight::Note(complaint));
        }
    }

    /// Hands finished phases to the browser's User Timing.
    pub(super) fn mark(&self) {
        let measures = self.session.borrow_mut().measures();
        measures.iter().for_each(measure);
    }

    async fn look(&self, id: PeerId, who: Use, mask: bool) -> Option<Reading> {
        let report = JsFuture::from(self.ask_stats(id)?).await.ok()?;
        // It may be gone by now, and is not to be remembered then.
        self.peer(id)?;
        Some(self.meters.read(id, who, &report, mask))
    }

    fn ask_stats(&self, id: PeerId) -> Option<Promise> {
        let peer = self.peer(id)?;
        let connection: &JsValue = peer.connection().as_ref();
        let get_stats: Function = get_some(connection, "getStats")?.dyn_into().ok()?;
        let asked = get_stats.call0(connection).ok()?;
        Some(Promise::resolve(&asked))
    }
}

/// One kind of future for all, since each kind makes code of its own.
fn promise(work: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>) -> Promise {
    future_to_promise(work)
}

/// JSON of our own making.
fn parse(json: &str) -> JsValue {
    JSON::parse(json).unwrap_or(JsValue::NULL)
}
