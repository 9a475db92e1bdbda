//! Lines for the log. They are made of what is not secret.

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every message.
    Debug,
    /// One line for each change of a state.
    Info,
    /// Something went wrong, and the session goes on.
    Warn,
    /// Something was given up.
    Error,
}

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Viewer or master.
    Session,
    /// The signaling socket.
    Signaling,
    /// The service's HTTPS calls, keys and back end.
    Service,
    /// A peer connection.
    Peer,
    /// Camera and microphone.
    Media,
}

/// A line for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// How much it matters.
    pub level: Level,
    /// What it is about.
    pub target: Target,
    /// One sentence.
    pub message: String,
}

impl Record {
    /// A line.
    pub fn new(level: Level, target: Target, message: impl Into<String>) -> Self {
        Self { level, target, message: message.into() }
    }
}
