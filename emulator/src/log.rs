//! The log of the command, on standard error. It has no secrets in it: what is logged is named
//! one by one, and never a URL, a header or a payload.

use std::io::{self, IsTerminal as _};

use clap::ValueEnum;
use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// What each line of the log is.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogFormat {
    /// A line for people
    Text,
    /// A JSON object
    Json,
}

/// Begins to log.
pub(crate) fn start(level: LevelFilter, format: LogFormat) {
    // Only what this program says itself: the signer's own log would print signed URLs.
    let own = Targets::new().with_target("kvs_emulator", level);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_target(false);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(own)).init();
}
