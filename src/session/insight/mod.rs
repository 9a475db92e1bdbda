//! What a session knows about itself: timeline, log, quality, report, and the measurements that
//! masters and viewers tell each other.
//!
//! [`Watched`] is a session around a session: it sees what goes in and what comes out, so that
//! the machines of a viewer and a master know nothing of logs, probes and reports.

mod journal;
mod phases;
mod probe;
mod profile;
mod quality;
mod record;
mod report;
mod story;
mod timeline;
mod watched;

pub use journal::{Journal, Line};
pub use quality::{Limit, Quality, Reason, Sample, assess};
pub use record::{Level, Record, Target};
pub use report::{Facts, mask_address, show_option};
pub use timeline::{Phase, Span, Timeline};
pub use watched::{Insight, Measure, Settings, Watched};
