//! What a trace tells of a page's main thread.
//!
//! A page's own work is what Chromium does there for it: script with its garbage collection, style,
//! layout and painting. Decoding, rasterising and the compositor are other threads', and the
//! browser's own messages are no event of these.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

/// Categories that have these events.
pub(crate) const CATEGORIES: &str =
    "devtools.timeline,disabled-by-default-devtools.timeline,blink.user_timing,v8";

/// Marks around what is measured.
pub(crate) const BEGIN: &str = "bench-begin";
/// The mark behind it.
pub(crate) const END: &str = "bench-end";

/// A frame at 60 Hz, in microseconds.
const FRAME: f64 = 1e6 / 60.0;

const SCRIPT: &[&str] = &[
    "EvaluateScript", "EventDispatch", "FireAnimationFrame", "FireIdleCallback", "FunctionCall",
    "MajorGC", "MinorGC", "RunMicrotasks", "TimerFire", "V8.GCFinalizeMC", "V8.GCIncrementalMarking",
    "V8.GCScavenger", "v8.callFunction", "v8.evaluateModule", "v8.run",
];
const STYLE: &[&str] = &["ParseAuthorStyleSheet", "UpdateLayoutTree"];
const LAYOUT: &[&str] = &[
    "HitTest", "IntersectionObserverController::computeIntersections", "Layout", "ScrollLayer",
];
const PAINT: &[&str] = &["Commit", "Layerize", "Paint", "PrePaint", "UpdateLayer"];

/// An event of the trace, as Chromium writes it; times are microseconds.
#[derive(Deserialize)]
struct Event {
    name: String,
    ph: String,
    pid: u64,
    tid: u64,
    ts: f64,
    #[serde(default)]
    dur: f64,
    #[serde(default)]
    tdur: f64,
}

/// What was done on the main thread, in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// The page's own work in each frame of 60 Hz, also in those in which nothing was done. What
    /// lasts longer counts to the frame in which it began.
    pub(crate) frames: Vec<f64>,
    /// The same by the thread's clock, which stands still while other programs have the processor.
    pub(crate) thread: Vec<f64>,
    /// Each task, whatever it was for.
    pub(crate) tasks: Vec<f64>,
    /// Sums of script, style, layout and paint.
    pub(crate) kinds: [f64; 4],
}

impl Work {
    /// Of the thread that set the marks, between them.
    ///
    /// # Errors
    /// Where a mark is missing.
    pub(crate) fn of(trace: Vec<Value>) -> Result<Self> {
        let events = trace.into_iter().filter_map(|event| Event::deserialize(event).ok());
        let mut events: Vec<_> = events.collect();
        events.sort_by(|one, other| one.ts.total_cmp(&other.ts).then(other.dur.total_cmp(&one.dur)));
        let mark = |name: &str| {
            let found = events.iter().rfind(|event| event.name == name);
            found.map(|event| (event.ts, event.pid, event.tid)).with_context(|| {
                format!("the trace of {} events has no {name}", events.len())
            })
        };
        let (begin, pid, tid) = mark(BEGIN)?;
        let (end, ..) = mark(END)?;
        let here = events.iter().filter(|event| {
            (event.pid, event.tid) == (pid, tid)
                && event.ph == "X"
                && (begin..end).contains(&event.ts)
        });
        let mut work = Self::empty(end - begin);
        let mut until = begin;
        for event in here {
            let milliseconds = event.dur / 1e3;
            if event.name == "RunTask" || event.name == "ThreadControllerImpl::RunTask" {
                work.tasks.push(milliseconds);
            }
            // What is inside of another event is counted with that.
            if event.ts < until || kind_of(&event.name).is_none() {
                continue;
            }
            until = event.ts + event.dur;
            work.count(event, event.ts - begin);
        }
        Ok(work)
    }

    fn empty(length: f64) -> Self {
        let frames = std::iter::successors(Some(0.0), |at| Some(at + FRAME));
        let frames: Vec<_> = frames.take_while(|at| *at < length).map(|_| 0.0).collect();
        Self { thread: frames.clone(), frames, ..Self::default() }
    }

    fn count(&mut self, event: &Event, at: f64) {
        let mut rest = at;
        let mut frame = 0;
        while rest >= FRAME {
            rest -= FRAME;
            frame += 1;
        }
        if let Some(sum) = self.frames.get_mut(frame) {
            *sum += event.dur / 1e3;
        }
        if let Some(sum) = self.thread.get_mut(frame) {
            *sum += event.tdur / 1e3;
        }
        if let Some(sum) = kind_of(&event.name).and_then(|kind| self.kinds.get_mut(kind)) {
            *sum += event.dur / 1e3;
        }
    }
}

/// Of script, style, layout and paint, which.
fn kind_of(name: &str) -> Option<usize> {
    [SCRIPT, STYLE, LAYOUT, PAINT].iter().position(|names| names.contains(&name))
}
