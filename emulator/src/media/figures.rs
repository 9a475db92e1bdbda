//! How much has come from a peer and gone to it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde::Serialize;
use str0m::media::MediaKind;

/// What is counted of one peer.
#[derive(Debug, Default)]
pub(super) struct Figures {
    answered: AtomicBool,
    received: Both,
    sent: Both,
}

#[derive(Debug, Default)]
struct Both {
    video: Counter,
    audio: Counter,
}

#[derive(Debug, Default)]
struct Counter {
    frames: AtomicU64,
    bytes: AtomicU64,
}

impl Figures {
    pub(super) fn answered(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

    /// A frame came from the peer.
    pub(super) fn received(&self, kind: MediaKind, bytes: usize) {
        self.received.of(kind).add(bytes);
    }

    /// A frame went to the peer.
    pub(super) fn sent(&self, kind: MediaKind, bytes: usize) {
        self.sent.of(kind).add(bytes);
    }

    pub(super) fn seen(&self) -> Seen {
        Seen {
            answered: self.answered.load(Ordering::Relaxed),
            received: self.received.seen(),
            sent: self.sent.seen(),
        }
    }
}

impl Both {
    const fn of(&self, kind: MediaKind) -> &Counter {
        match kind {
            MediaKind::Video => &self.video,
            MediaKind::Audio => &self.audio,
        }
    }

    fn seen(&self) -> Flow {
        Flow { video: self.video.seen(), audio: self.audio.seen() }
    }
}

impl Counter {
    fn add(&self, bytes: usize) {
        self.frames.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    fn seen(&self) -> Count {
        Count {
            frames: self.frames.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}

/// The same, to be looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// Whether the peer has answered the offer.
    pub(crate) answered: bool,
    pub(crate) received: Flow,
    pub(crate) sent: Flow,
}

/// What flowed in one direction.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Flow {
    video: Count,
    audio: Count,
}

/// Whole frames, without what carries them.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Count {
    frames: u64,
    bytes: u64,
}
