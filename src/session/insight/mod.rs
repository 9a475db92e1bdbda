//! What a session knows about itself: its timeline, its log.

mod record;
mod timeline;

pub use record::{Level, Record, Target};
pub use timeline::{Phase, Span, Timeline};
