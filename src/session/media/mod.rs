//! What is sent, and how: the rules about codecs, descriptions, devices and messages that need no
//! browser.

mod channel;
mod codecs;
mod description;
mod devices;
mod limits;

pub use channel::{
    BUFFERED_AMOUNT_LOW, Incoming, Junk, MAX_BUFFERED, MAX_INCOMING, MAX_MESSAGE, Outgoing,
};
pub use codecs::{Codec, Diet, choose, parse_codec};
pub use description::{Slimming, Verdict, to_send, with_start_bitrate};
pub use devices::{Asked, refusal};
pub use limits::Limits;

/// A kind of track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackKind {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

impl TrackKind {
    /// Both, in the order of the sections of an offer.
    pub const ALL: [Self; 2] = [Self::Audio, Self::Video];

    /// The name that the W3C gave it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Where a local track is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackSource {
    /// A camera or microphone that the session opened.
    Device,
    /// A screen, window or tab that the session asked for.
    Screen,
    /// The person's program gave it, and stops it.
    Given,
}

impl TrackSource {
    /// The name that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Screen => "screen",
            Self::Given => "given",
        }
    }
}

/// One of each kind.
#[derive(Clone, Debug, Default)]
pub struct PerKind<T> {
    /// For sound.
    pub audio: T,
    /// For the picture.
    pub video: T,
}

impl<T> PerKind<T> {
    /// That of this kind.
    pub const fn get(&self, kind: TrackKind) -> &T {
        match kind {
            TrackKind::Audio => &self.audio,
            TrackKind::Video => &self.video,
        }
    }

    /// That of this kind, to be changed.
    pub const fn get_mut(&mut self, kind: TrackKind) -> &mut T {
        match kind {
            TrackKind::Audio => &mut self.audio,
            TrackKind::Video => &mut self.video,
        }
    }
}
