//! What a peer does: a [`Viewer`] and a [`Master`], as machines.
//!
//! Both keep to the contract of [`crate::signaling`]: `handle`, `poll` until `None`,
//! `poll_timeout`. What they are told and what they ask for is in [`Input`] and [`Output`];
//! a peer connection is named by a [`PeerId`] that is never used twice, and a request by a
//! [`CallId`], so that a late answer to something long given up is recognised and passed over.

mod answering;
mod client_id;
mod doorman;
mod insight;
mod io;
mod link;
mod master;
pub mod media;
mod options;
mod outbox;
mod random;
mod viewer;

pub use client_id::ClientIdRule;
pub use insight::{
    Facts, Insight, Journal, Level, Limit, Line, Measure, Phase, Quality, Reason, Record, Sample,
    Settings, Span, Target, Timeline, Watched, assess, mask_address, show_option,
};
pub use io::{
    Admission, CallId, CloseReason, DATA_CHANNEL, Event, Input, Output, PeerConfig, PeerId,
    PeerInput, Session, SessionState, ViewerState,
};
pub use master::{Master, MasterLimit, MasterOptions};
pub use options::{MediaRequest, Options, RawOptions, Source, ViewerOptions};
pub use viewer::Viewer;
