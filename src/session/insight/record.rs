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

impl Level {
    /// All levels, the chattiest first.
    pub const ALL: [Self; 4] = [Self::Debug, Self::Info, Self::Warn, Self::Error];

    /// The name that JavaScript sees; a logger's method of that name takes the line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// The level of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }
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

impl Target {
    /// The name that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Signaling => "signaling",
            Self::Service => "service",
            Self::Peer => "peer",
            Self::Media => "media",
        }
    }
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
    /// Something that came was passed over: the reason under which it is counted.
    pub dropped: Option<&'static str>,
}

impl Record {
    /// A line.
    pub fn new(level: Level, target: Target, message: impl Into<String>) -> Self {
        Self { level, target, message: message.into(), dropped: None }
    }

    /// Something that came was passed over. It is counted under `reason`, a stable name; the line
    /// itself is kept of the first, the tenth, the hundredth and so on.
    pub fn dropped(target: Target, reason: &'static str, message: impl Into<String>) -> Self {
        Self { dropped: Some(reason), ..Self::new(Level::Warn, target, message) }
    }
}
