//! What a trace tells of a page's main thread.
//!
//! A page's own work is what Chromium does there for it: script with its garbage collection, style,
//! layout and painting. Decoding, rasterising and the compositor are other threads', and the
//! browser's own messages are no event of these.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use crate::table;

/// Categories that have these events.
pub(crate) const CATEGORIES: &str =
    "devtools.timeline,disabled-by-default-devtools.timeline,blink.user_timing,v8";

/// Marks around what is measured.
pub(crate) const BEGIN: &str = "bench-begin";
/// The mark behind it.
pub(crate) const END: &str = "bench-end";

/// A frame at 60 Hz, in microseconds.
const FRAME: f64 = table::FRAME * 1e3;

const TASK: &str = "RunTask";
const SCRIPT: &[&str] = &[
    "EvaluateScript",
    "EventDispatch",
    "FireAnimationFrame",
    "FireIdleCallback",
    "FunctionCall",
    "MajorGC",
    "MinorGC",
    "RunMicrotasks",
    "TimerFire",
    "V8.GCFinalizeMC",
    "V8.GCIncrementalMarking",
    "V8.GCScavenger",
    "v8.callFunction",
    "v8.evaluateModule",
    "v8.run",
];
const STYLE: &[&str] = &["ParseAuthorStyleSheet", "UpdateLayoutTree"];
const LAYOUT: &[&str] =
    &["HitTest", "IntersectionObserverController::computeIntersections", "Layout", "ScrollLayer"];
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
    /// The same by the thread's clock.
    pub(crate) thread_tasks: Vec<f64>,
    /// Sums of script, style, layout and paint, each without what it held of the others.
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
        events
            .sort_by(|one, other| one.ts.total_cmp(&other.ts).then(other.dur.total_cmp(&one.dur)));
        let mark = |name: &str| {
            let found = events.iter().rfind(|event| event.name == name);
            found
                .map(|event| (event.ts, event.pid, event.tid))
                .with_context(|| format!("the trace of {} events has no {name}", events.len()))
        };
        let (begin, pid, tid) = mark(BEGIN)?;
        let (end, ..) = mark(END)?;
        let here = events.iter().filter(|event| {
            (event.pid, event.tid) == (pid, tid)
                && event.ph == "X"
                && (begin..end).contains(&event.ts)
        });
        let mut work = Self::empty(end - begin);
        let mut open: Vec<(f64, usize)> = Vec::new();
        for event in here {
            if event.name == TASK {
                work.tasks.push(event.dur / 1e3);
                work.thread_tasks.push(event.tdur / 1e3);
            }
            let Some(kind) = kind_of(&event.name) else { continue };
            while open.pop_if(|(end, _)| *end <= event.ts).is_some() {}
            match open.last() {
                Some((_, around)) => work.add(*around, -event.dur),
                None => work.count(event, event.ts - begin),
            }
            work.add(kind, event.dur);
            open.push((event.ts + event.dur, kind));
        }
        Ok(work)
    }

    /// How long it was watched.
    #[allow(clippy::cast_precision_loss, reason = "a number of frames is small")]
    pub(crate) fn seconds(&self) -> f64 {
        self.frames.len() as f64 / 60.0
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
    }

    fn add(&mut self, kind: usize, microseconds: f64) {
        if let Some(sum) = self.kinds.get_mut(kind) {
            *sum += microseconds / 1e3;
        }
    }
}

/// Of script, style, layout and paint, which.
fn kind_of(name: &str) -> Option<usize> {
    [SCRIPT, STYLE, LAYOUT, PAINT].iter().position(|names| names.contains(&name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(name: &str, tid: u64, at: f64, dur: f64) -> Value {
        let (ts, dur) = (1e9 + at * 1e3, dur * 1e3);
        let phase = if name.starts_with("bench-") { "R" } else { "X" };
        json!({ "name": name, "ph": phase, "pid": 1, "tid": tid, "ts": ts, "dur": dur, "tdur": dur / 2.0 })
    }

    #[test]
    fn the_work_is_that_of_the_marked_thread_between_the_marks() {
        let work = Work::of(vec![
            event("TimerFire", 1, -5.0, 1.0),
            event("Layout", 1, 20.0, 4.0),
            event(BEGIN, 1, 0.0, 0.0),
            event("RunTask", 1, 1.0, 10.0),
            event("TimerFire", 1, 1.0, 6.0),
            event("FunctionCall", 1, 2.0, 5.0),
            event("UpdateLayoutTree", 1, 3.0, 1.0),
            event("Layout", 1, 4.0, 2.0),
            event("Paint", 1, 8.0, 2.0),
            event("ImageDecodeTask", 1, 12.0, 2.0),
            event("TimerFire", 2, 3.0, 100.0),
            event("Layout", 1, 60.0, 1.0),
            event(END, 1, 50.0, 0.0),
        ]);
        let work = work.unwrap();
        assert_eq!(work.frames, [8.0, 4.0, 0.0]);
        assert_eq!(work.thread, [4.0, 2.0, 0.0]);
        assert_eq!((&*work.tasks, &*work.thread_tasks), (&[10.0][..], &[5.0][..]));
        assert_eq!(work.kinds, [3.0, 1.0, 6.0, 2.0]);
        assert!((work.seconds() - 0.05).abs() < 1e-9);
    }

    #[test]
    fn a_trace_without_a_mark_is_an_error() {
        let told = Work::of(vec![event(BEGIN, 1, 0.0, 0.0)]).unwrap_err().to_string();
        assert_eq!(told, "the trace of 1 events has no bench-end");
    }
}
