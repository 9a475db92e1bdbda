//! The local tracks: one of each kind, wherever it is from.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::{MediaStream, MediaStreamTrack, MediaStreamTrackState};

use super::{same_track, tracks};
use crate::session::media::{PerKind, TrackKind, TrackSource};
use crate::web::listener::Listener;
use crate::web::reflect::{call, get_string, set};

/// What a session sends. Its stream is the same object from opening to closing; its tracks are
/// those that are sent.
pub(crate) struct LocalMedia {
    stream: MediaStream,
    slots: PerKind<Slot>,
    hints: PerKind<Option<String>>,
    /// Told when a track ends by itself.
    ended: Rc<dyn Fn(TrackKind, TrackSource)>,
}

#[derive(Default)]
struct Slot {
    sent: Option<Sent>,
    /// What comes back when the screen is no longer shared.
    behind: Option<Sent>,
    muting: Muting,
}

/// Whether what is sent of one kind, besides a screen, can be seen or heard.
#[derive(Default)]
enum Muting {
    #[default]
    Live,
    /// Black, or silence.
    Muted,
    /// The device is closed; this one is to be opened again.
    Released(Option<String>),
}

/// What is left to be done about a change of muting.
pub(crate) enum Muted {
    /// Nothing.
    Done,
    /// Nothing is sent any more: the connections are to be told, then the device closed.
    Close(Vec<Sent>),
    /// The device is to be opened: this one, if it is known.
    Open(Option<String>),
}

/// A track that is sent; stopped in `Drop` unless the person's program gave it.
pub(crate) struct Sent {
    track: MediaStreamTrack,
    source: TrackSource,
    _ended: Listener,
}

impl LocalMedia {
    /// Sends the tracks of this stream, the first of each kind.
    ///
    /// # Errors
    /// What the browser throws where it cannot make a stream.
    pub(crate) fn new(
        opened: &MediaStream,
        source: TrackSource,
        hints: PerKind<Option<String>>,
        ended: impl Fn(TrackKind, TrackSource) + 'static,
    ) -> Result<Self, JsValue> {
        let stream = MediaStream::new()?;
        let mut media = Self { stream, slots: PerKind::default(), hints, ended: Rc::new(ended) };
        for kind in TrackKind::ALL {
            if let Some(sent) = media.hold_of(kind, opened, source) {
                media.put(kind, Some(sent));
            }
        }
        Ok(media)
    }

    /// The browser's object.
    pub(crate) const fn stream(&self) -> &MediaStream {
        &self.stream
    }

    /// What is sent of this kind.
    pub(crate) fn track(&self, kind: TrackKind) -> Option<MediaStreamTrack> {
        self.slots.get(kind).sent.as_ref().map(|sent| same_track(&sent.track))
    }

    /// Whether the screen is shared.
    pub(crate) fn is_sharing(&self) -> bool {
        self.slots.video.is_sharing()
    }

    /// The id of the device of this kind that is open, be it behind the screen.
    pub(crate) fn device_id(&self, kind: TrackKind) -> Option<String> {
        self.slots.get(kind).device().and_then(Sent::device_id)
    }

    /// Whether that device still gives something.
    pub(crate) fn is_device_live(&self, kind: TrackKind) -> bool {
        let device = self.slots.get(kind).device();
        device.is_some_and(|sent| sent.track.ready_state() == MediaStreamTrackState::Live)
    }

    /// Stops the device of this kind before another one is opened, where a system has but one at
    /// a time.
    pub(crate) fn stop_device(&self, kind: TrackKind) {
        if let Some(sent) = self.slots.get(kind).device() {
            sent.track.stop();
        }
    }

    /// A track to be sent, with its hint, and listened to.
    pub(crate) fn hold(
        &self,
        kind: TrackKind,
        track: MediaStreamTrack,
        source: TrackSource,
    ) -> Sent {
        let hint = self.hints.get(kind).as_deref();
        let hint = match source {
            // Slides and text are what is on a screen, unless the person says otherwise.
            TrackSource::Screen => hint.or(Some("detail")),
            TrackSource::Device | TrackSource::Given => hint,
        };
        if let Some(hint) = hint {
            set(&track, "contentHint", &hint.into());
        }
        let ended = Rc::clone(&self.ended);
        let _ended = Listener::new(&track, "ended", move |_| ended(kind, source));
        Sent { track, source, _ended }
    }

    /// The first track of this kind of a stream, to be sent.
    pub(crate) fn hold_of(
        &self,
        kind: TrackKind,
        opened: &MediaStream,
        source: TrackSource,
    ) -> Option<Sent> {
        let mut of_kind = tracks(opened).into_iter().filter(|it| it.kind() == kind.as_str());
        of_kind.next().map(|track| self.hold(kind, track, source))
    }

    /// Sends this instead of all there was, muted as that was. Gives what is no longer needed, to
    /// be let go of once the connections have changed over.
    pub(crate) fn put(&mut self, kind: TrackKind, sent: Option<Sent>) -> Vec<Sent> {
        let slot = self.slots.get_mut(kind);
        slot.mute_new(sent.as_ref());
        let gone = [slot.sent.take(), slot.behind.take()].into_iter().flatten().collect();
        slot.sent = sent;
        self.fill_stream(kind);
        gone
    }

    /// Sends this device, or nothing, as soon as the screen is no longer shared.
    pub(crate) fn put_device(&mut self, kind: TrackKind, sent: Option<Sent>) -> Vec<Sent> {
        let slot = self.slots.get_mut(kind);
        if !slot.is_sharing() {
            return self.put(kind, sent);
        }
        slot.mute_new(sent.as_ref());
        std::mem::replace(&mut slot.behind, sent).into_iter().collect()
    }

    /// Sends a screen, and keeps the camera for later.
    pub(crate) fn share(&mut self, screen: Sent) -> Vec<Sent> {
        let slot = &mut self.slots.video;
        let before = slot.sent.replace(screen);
        let gone = match before {
            Some(before) if before.source != TrackSource::Screen => {
                slot.behind = Some(before);
                None
            }
            before => before,
        };
        self.fill_stream(TrackKind::Video);
        gone.into_iter().collect()
    }

    /// Sends again what was sent before the screen.
    pub(crate) fn unshare(&mut self) -> Vec<Sent> {
        let slot = &mut self.slots.video;
        if !slot.is_sharing() {
            return Vec::new();
        }
        let gone = std::mem::replace(&mut slot.sent, slot.behind.take());
        self.fill_stream(TrackKind::Video);
        gone.into_iter().collect()
    }

    /// Mutes or unmutes what is sent; a screen for as long as it is shared, all else from now on.
    /// `release` closes a device while it is muted.
    pub(crate) fn mute(&mut self, kind: TrackKind, muted: bool, release: bool) -> Muted {
        let slot = self.slots.get_mut(kind);
        let enable = |sent: Option<&Sent>| {
            if let Some(sent) = sent {
                sent.track.set_enabled(!muted);
            }
        };
        if slot.is_sharing() {
            enable(slot.sent.as_ref());
            return Muted::Done;
        }
        if muted && let Muting::Released(_) = slot.muting {
            return Muted::Done;
        }
        if !muted && let Muting::Released(device_id) = &slot.muting {
            return Muted::Open(device_id.clone());
        }
        enable(slot.sent.as_ref());
        slot.muting = if muted { Muting::Muted } else { Muting::Live };
        let is_device = slot.sent.as_ref().is_some_and(|sent| sent.source == TrackSource::Device);
        if !(muted && release && is_device) {
            return Muted::Done;
        }
        let device_id = slot.sent.as_ref().and_then(Sent::device_id);
        let gone = self.put(kind, None);
        self.slots.get_mut(kind).muting = Muting::Released(device_id);
        Muted::Close(gone)
    }

    /// What is put next is to be seen or heard.
    pub(crate) fn unmute_next(&mut self, kind: TrackKind) {
        self.slots.get_mut(kind).muting = Muting::Live;
    }

    /// Has the stream hold what is sent.
    fn fill_stream(&self, kind: TrackKind) {
        let wanted = self.slots.get(kind).sent.as_ref().map(|sent| &sent.track);
        for track in tracks(&self.stream) {
            if track.kind() == kind.as_str() && Some(&track) != wanted {
                self.stream.remove_track(&track);
            }
        }
        if let Some(track) = wanted {
            self.stream.add_track(track);
        }
    }
}

impl Slot {
    fn device(&self) -> Option<&Sent> {
        let held = [&self.sent, &self.behind].into_iter().flatten();
        held.into_iter().find(|sent| sent.source == TrackSource::Device)
    }

    fn is_sharing(&self) -> bool {
        self.sent.as_ref().is_some_and(|sent| sent.source == TrackSource::Screen)
    }

    fn mute_new(&mut self, sent: Option<&Sent>) {
        let Some(sent) = sent else { return };
        match self.muting {
            Muting::Live => {}
            Muting::Muted | Muting::Released(_) => {
                sent.track.set_enabled(false);
                self.muting = Muting::Muted;
            }
        }
    }
}

impl Sent {
    fn device_id(&self) -> Option<String> {
        let settings = call(&self.track, "getSettings", &JsValue::UNDEFINED)?.ok()?;
        get_string(&settings, "deviceId")
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        match self.source {
            TrackSource::Device | TrackSource::Screen => self.track.stop(),
            TrackSource::Given => {}
        }
    }
}
