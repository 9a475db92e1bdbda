//! What a session does with media: opening and closing, and the streams of its connections.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Array, Promise};
use wasm_bindgen_futures::future_to_promise;
use web_sys::{MediaStream, MediaStreamTrack, RtcPeerConnection};

use super::Driver;
use crate::error::{Code, Error};
use crate::session::media::{TrackKind, TrackSource};
use crate::session::{Event, Input, PeerConfig, PeerId, PeerInput, Session};
use crate::web::listener::Listener;
use crate::web::media::{LocalMedia, devices, same_stream, tracks};
use crate::web::peer::{Peer, settle};

/// Devices come and go in groups: a headset is two of them.
const DEVICES_SETTLE_MS: u32 = 250;

#[derive(Default)]
pub(super) struct Media {
    pub(super) open: Local,
    /// Counts openings and closings, so that a camera that opens too late is let go of at once.
    pub(super) turn: u32,
    /// The last change that was asked for.
    pub(super) last: Option<Promise>,
    devices: Option<Listener>,
    settling: Option<Timeout>,
}

/// What is sent.
#[derive(Default)]
pub(super) enum Local {
    /// Nothing: the session is not started, sends nothing, or waits for the camera.
    #[default]
    Closed,
    /// Nothing, since there was no camera; something else may be sent instead.
    Failed(LocalMedia),
    Open(LocalMedia),
}

impl Local {
    pub(super) fn media(&mut self) -> Option<&mut LocalMedia> {
        match self {
            Self::Closed => None,
            Self::Failed(media) | Self::Open(media) => Some(media),
        }
    }
}

impl Media {
    /// Lets go of all local tracks; what is being opened is let go of when it is.
    pub(super) fn close(&mut self) -> Local {
        self.turn = self.turn.wrapping_add(1);
        self.last = None;
        std::mem::take(&mut self.open)
    }
}

impl Driver {
    pub(crate) fn local_stream(&self) -> Option<MediaStream> {
        match &self.media.borrow().open {
            Local::Open(media) => Some(same_stream(media.stream())),
            Local::Closed | Local::Failed(_) => None,
        }
    }

    pub(crate) fn connection(&self, client_id: Option<&str>) -> Option<RtcPeerConnection> {
        let id = self.session.borrow().peer(client_id)?;
        self.connection_of(id)
    }

    pub(crate) fn remote_stream(&self, client_id: Option<&str>) -> Option<MediaStream> {
        let id = self.session.borrow().peer(client_id)?;
        self.stream_of(id)
    }

    pub(crate) fn connection_of(&self, id: PeerId) -> Option<RtcPeerConnection> {
        self.peer(id).map(|peer| peer.connection().clone())
    }

    pub(crate) fn stream_of(&self, id: PeerId) -> Option<MediaStream> {
        self.peer(id).map(|peer| same_stream(peer.remote_stream()))
    }

    /// Bytes that wait to be sent on the data channel of one viewer, or of the session itself.
    pub(crate) fn buffered_amount(&self, client_id: Option<&str>) -> u32 {
        let id = self.session.borrow().peer(client_id);
        id.and_then(|id| self.peer(id)).map_or(0, |peer| peer.buffered_amount())
    }

    pub(super) fn open_media(self: &Rc<Self>) {
        let closed = self.media.borrow_mut().close();
        drop(closed);
        let turn = self.media.borrow().turn;
        let driver = Rc::downgrade(self);
        let settings = self.setup.media.clone();
        let open = async move {
            let (opened, source) = match settings.given {
                Some(stream) => (Ok(stream), TrackSource::Given),
                None => (devices::open(&settings.constraints).await, TrackSource::Device),
            };
            let driver = driver.upgrade().filter(|driver| driver.media.borrow().turn == turn);
            let Some(driver) = driver else {
                if source == TrackSource::Device {
                    let _ = opened.as_ref().map(stop_all);
                }
                return Ok(());
            };
            let result = driver.hold_opened(opened, source);
            driver.handle(Input::Media(result));
            Ok(())
        };
        settle(self.change(Box::pin(open)));
    }

    fn hold_opened(
        self: &Rc<Self>,
        opened: Result<MediaStream, Error>,
        source: TrackSource,
    ) -> Result<(), Error> {
        let (stream, error) = match opened {
            Ok(stream) => (stream, None),
            Err(error) => (MediaStream::new().map_err(|_| no_stream())?, Some(error)),
        };
        let driver = Rc::downgrade(self);
        let ended = move |kind, source| {
            if let Some(driver) = driver.upgrade() {
                driver.track_ended(kind, source);
            }
        };
        let hints = self.setup.media.hints.clone();
        let media = LocalMedia::new(&stream, source, hints, ended).map_err(|_| no_stream())?;
        let mut state = self.media.borrow_mut();
        match error {
            None => {
                state.open = Local::Open(media);
                Ok(())
            }
            Some(error) => {
                state.open = Local::Failed(media);
                Err(error)
            }
        }
    }

    pub(super) fn close_media(&self) {
        let closed = self.media.borrow_mut().close();
        drop(closed);
    }

    pub(super) fn create_peer(self: &Rc<Self>, id: PeerId, config: PeerConfig) {
        let driver = Rc::downgrade(self);
        let told = move |input| {
            if let Some(driver) = driver.upgrade() {
                driver.handle(Input::Peer(id, input));
            }
        };
        match Peer::new(config, Rc::clone(&self.setup.media.sending), told) {
            Ok(peer) => self.peers.borrow_mut().push((id, peer)),
            Err(error) => self.handle(Input::Peer(id, PeerInput::Failed(error))),
        }
    }

    pub(super) fn attach_media(&self, id: PeerId) {
        let Some(peer) = self.peer(id) else { return };
        for kind in TrackKind::ALL {
            let sending = self.track(kind).and_then(|track| peer.send_track(kind, Some(&track)));
            if let Some(sending) = sending {
                // Whoever wants another track there is told what goes wrong; here nobody asked.
                settle(sending);
            }
        }
    }

    /// The devices there are. From the first call on, a change of them is told.
    pub(crate) fn devices(self: &Rc<Self>) -> Promise {
        self.watch_devices();
        let driver = Rc::clone(self);
        future_to_promise(async move {
            let listed = devices::list().await;
            listed.map(Array::into).map_err(|error| driver.setup.face.error(&error))
        })
    }

    fn watch_devices(self: &Rc<Self>) {
        let mut media = self.media.borrow_mut();
        if media.devices.is_some() {
            return;
        }
        let Ok(target) = devices::media_devices() else { return };
        let driver = Rc::downgrade(self);
        media.devices = Some(Listener::new(&target, "devicechange", move |_| {
            let Some(driver) = driver.upgrade() else { return };
            let weak = Rc::downgrade(&driver);
            let settling = Timeout::new(DEVICES_SETTLE_MS, move || {
                if let Some(driver) = weak.upgrade() {
                    driver.emit(Event::DeviceChange);
                }
            });
            driver.media.borrow_mut().settling = Some(settling);
        }));
    }

    fn track_ended(self: &Rc<Self>, kind: TrackKind, source: TrackSource) {
        let is_sharing = match &self.media.borrow().open {
            Local::Open(media) => media.is_sharing(),
            Local::Closed | Local::Failed(_) => false,
        };
        if source == TrackSource::Screen && is_sharing {
            settle(self.stop_screen_share());
        }
        self.handle(Input::TrackEnded(kind, source));
    }
}

pub(super) fn stop_all(stream: &MediaStream) {
    tracks(stream).iter().for_each(MediaStreamTrack::stop);
}

fn no_stream() -> Error {
    Error::new(Code::BrowserWebRtc, "the browser could not make a stream")
}
