//! Changes of what a session sends, without renegotiation, on all its connections.
//!
//! They happen one after the other, in the order in which they were asked for; a session that is
//! stopped meanwhile ends them.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{MediaStream, MediaStreamTrack};

use super::Driver;
use super::media::{Local, stop_all};
use crate::error::{Code, Error};
use crate::session::Input;
use crate::session::media::{Asked, TrackKind, TrackSource};
use crate::web::media::{LocalMedia, Muted, Sent, devices, tracks};
use crate::web::members::check_options;
use crate::web::peer::{Peer, refused_track};
use crate::web::reflect::object;

pub(super) type Change = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

impl Driver {
    /// Sends this track instead, or nothing, on all connections; what the session had opened of
    /// that kind is closed.
    pub(crate) fn replace_track(
        self: &Rc<Self>,
        kind: TrackKind,
        track: Option<MediaStreamTrack>,
    ) -> Promise {
        let driver = Rc::clone(self);
        self.change_in_turn(kind, move |turn| {
            Box::pin(async move {
                driver
                    .put(turn, kind, |media| {
                        let given = |track| media.hold(kind, track, TrackSource::Given);
                        let sent = track.map(given);
                        media.put(kind, sent)
                    })
                    .await
            })
        })
    }

    /// Mutes or unmutes one kind; `release` closes its device meanwhile.
    pub(crate) fn set_muted(
        self: &Rc<Self>,
        kind: TrackKind,
        muted: bool,
        release: bool,
    ) -> Promise {
        let driver = Rc::clone(self);
        self.change_in_turn(kind, move |turn| {
            Box::pin(async move {
                match driver.with_media(turn, |media| media.mute(kind, muted, release))? {
                    Muted::Done => Ok(()),
                    Muted::Close(gone) => driver.send_all(kind, gone).await,
                    Muted::Open(device_id) => {
                        driver.open_device(turn, kind, device_id.as_deref(), true).await
                    }
                }
            })
        })
    }

    /// Opens another device of this kind and sends it instead.
    pub(crate) fn switch_device(self: &Rc<Self>, kind: TrackKind, device_id: String) -> Promise {
        let driver = Rc::clone(self);
        self.change_in_turn(kind, move |turn| {
            Box::pin(async move {
                let old = driver.with_media(turn, |media| media.device_id(kind))?;
                let opened = driver.open_device(turn, kind, Some(&device_id), false).await;
                let Err(error) = opened else { return Ok(()) };
                // Whatever was stopped to make room for it comes back.
                let is_live = driver.with_media(turn, |media| media.is_device_live(kind))?;
                if let Some(old) = old
                    && !is_live
                {
                    let _ = driver.open_device(turn, kind, Some(&old), false).await;
                }
                Err(error)
            })
        })
    }

    /// Asks the person for a screen and sends it instead of the camera.
    pub(crate) fn share_screen(self: &Rc<Self>, options: &JsValue) -> Promise {
        let video = object(&[("video", JsValue::TRUE)]);
        let given = if options.is_object() { options } else { &video };
        // Now, while the click is handled that the browser wants to see.
        let checked = check_options(options).and_then(|()| self.check_kind(TrackKind::Video));
        let asked = checked.and_then(|()| devices::ask_for_screen(given));
        let asked = match asked {
            Ok(asked) => asked,
            Err(error) => return self.rejected(&error),
        };
        let driver = Rc::clone(self);
        self.change_in_turn(TrackKind::Video, move |turn| {
            Box::pin(async move {
                let chosen = JsFuture::from(asked).await;
                let chosen = chosen.map_err(|thrown| devices::error(Asked::Screen, &thrown))?;
                let stream: MediaStream = chosen.unchecked_into();
                driver.put_opened(turn, TrackKind::Video, stream, TrackSource::Screen).await
            })
        })
    }

    /// Sends again what was sent before the screen.
    pub(crate) fn stop_screen_share(self: &Rc<Self>) -> Promise {
        let driver = Rc::clone(self);
        self.change_in_turn(TrackKind::Video, move |turn| {
            Box::pin(async move { driver.put(turn, TrackKind::Video, LocalMedia::unshare).await })
        })
    }

    /// Runs a change after those that were asked for before it.
    pub(super) fn change(self: &Rc<Self>, change: Change) -> Promise {
        let before = self.media.borrow_mut().last.take();
        let driver = Rc::downgrade(self);
        let promise = future_to_promise(async move {
            if let Some(before) = before {
                let _ = JsFuture::from(before).await;
            }
            let changed = change.await;
            changed.map(|()| JsValue::UNDEFINED).map_err(|error| match driver.upgrade() {
                Some(driver) => driver.setup.face.error(&error),
                None => JsValue::UNDEFINED,
            })
        });
        self.media.borrow_mut().last = Some(promise.clone());
        promise
    }

    fn change_in_turn(
        self: &Rc<Self>,
        kind: TrackKind,
        make: impl FnOnce(u32) -> Change,
    ) -> Promise {
        if let Err(error) = self.check_kind(kind) {
            return self.rejected(&error);
        }
        let turn = self.media.borrow().turn;
        self.change(make(turn))
    }

    /// Only what an offer or answer has said can be sent without another one.
    fn check_kind(&self, kind: TrackKind) -> Result<(), Error> {
        let request = self.setup.media.request();
        let is_sent = match kind {
            TrackKind::Audio => request.audio,
            TrackKind::Video => request.video,
        };
        if is_sent {
            return Ok(());
        }
        let problem = ["is not sent by this session: give the option ", kind.as_str()].concat();
        Err(Error::argument(kind.as_str(), &problem))
    }

    async fn open_device(
        self: &Rc<Self>,
        turn: u32,
        kind: TrackKind,
        device_id: Option<&str>,
        unmute: bool,
    ) -> Result<(), Error> {
        let constraints = self.setup.media.constraints.get(kind).clone();
        let stop = |media: &mut LocalMedia| media.stop_device(kind);
        // Safari keeps the old microphone for the new one unless it is stopped first.
        if kind == TrackKind::Audio {
            self.with_media(turn, stop)?;
        }
        let mut opened = devices::open_one(kind, &constraints, device_id).await;
        // Phones have one camera at a time.
        if opened.as_ref().is_err_and(|error| error.code() == Code::BrowserCameraBusy) {
            self.with_media(turn, stop)?;
            opened = devices::open_one(kind, &constraints, device_id).await;
        }
        if unmute && opened.is_ok() {
            self.with_media(turn, |media| media.unmute_next(kind))?;
        }
        self.put_opened(turn, kind, opened?, TrackSource::Device).await
    }

    async fn put_opened(
        self: &Rc<Self>,
        turn: u32,
        kind: TrackKind,
        stream: MediaStream,
        source: TrackSource,
    ) -> Result<(), Error> {
        if self.media.borrow().turn != turn {
            stop_all(&stream);
            return Err(stopped());
        }
        self.put(turn, kind, |media| {
            let Some(sent) = media.hold_of(kind, &stream, source) else { return Vec::new() };
            // Sound of a screen, say.
            let others = tracks(&stream).into_iter().filter(|it| it.kind() != kind.as_str());
            others.for_each(|track| track.stop());
            match source {
                TrackSource::Screen => media.share(sent),
                TrackSource::Device | TrackSource::Given => media.put_device(kind, Some(sent)),
            }
        })
        .await
    }

    /// Changes what is sent and has all connections change over.
    async fn put(
        self: &Rc<Self>,
        turn: u32,
        kind: TrackKind,
        change: impl FnOnce(&mut LocalMedia) -> Vec<Sent>,
    ) -> Result<(), Error> {
        let gone = self.with_media(turn, change)?;
        self.open_what_failed();
        self.send_all(kind, gone).await
    }

    /// Something is sent after all: as good as a camera that opened.
    fn open_what_failed(self: &Rc<Self>) {
        let open = {
            let mut media = self.media.borrow_mut();
            match std::mem::take(&mut media.open) {
                Local::Failed(local) => {
                    media.open = Local::Open(local);
                    true
                }
                other => {
                    media.open = other;
                    false
                }
            }
        };
        if open {
            self.handle(Input::Media(Ok(())));
        }
    }

    /// All connections send what is to be sent of this kind; then what was sent is let go of.
    async fn send_all(&self, kind: TrackKind, gone: Vec<Sent>) -> Result<(), Error> {
        let track = self.track(kind);
        let peers: Vec<Peer> = self.peers.borrow().iter().map(|(_, peer)| peer.clone()).collect();
        let sending: Vec<_> =
            peers.iter().filter_map(|peer| peer.send_track(kind, track.as_ref())).collect();
        drop(peers);
        let mut result = Ok(());
        for sent in sending {
            if let Err(thrown) = JsFuture::from(sent).await {
                result = result.and(Err(refused_track(&thrown)));
            }
        }
        drop(gone);
        result
    }

    pub(super) fn track(&self, kind: TrackKind) -> Option<MediaStreamTrack> {
        self.media.borrow_mut().open.media().and_then(|media| media.track(kind))
    }

    fn with_media<T>(&self, turn: u32, act: impl FnOnce(&mut LocalMedia) -> T) -> Result<T, Error> {
        let mut media = self.media.borrow_mut();
        if media.turn != turn {
            return Err(stopped());
        }
        media
            .open
            .media()
            .map(act)
            .ok_or_else(|| Error::new(Code::CallerNotConnected, "the session is not started"))
    }
}

fn stopped() -> Error {
    Error::new(Code::CallerStopped, "the session was stopped meanwhile")
}
