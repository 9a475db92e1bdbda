//! One RTCPeerConnection.

mod channel;
mod convert;
mod descriptions;
mod transceivers;
mod watch;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{MediaStream, MediaStreamTrack, RtcIceCandidateInit, RtcPeerConnection};

use super::listener::Listener;
use super::media::{Sending, same_track};
use super::reflect::set;
use crate::error::Error;
use crate::ice::{Candidate, IceServer};
use crate::session::media::{PerKind, Slimming, TrackKind};
use crate::session::{PeerConfig, PeerInput};
use channel::Channel;
use convert::{configuration, no_connection, webrtc};
use watch::FirstFrame;

pub(super) use channel::check_sendable;
pub(super) use convert::refused_track;

/// A peer connection with what it owns; closed in `Drop`, which is also how the other side
/// learns of it. Cheap to clone.
#[derive(Clone)]
pub(super) struct Peer(Rc<Inner>);

struct Inner {
    connection: RtcPeerConnection,
    config: PeerConfig,
    sending: Rc<Sending>,
    /// Names the local media to the other side, before and after there are tracks.
    local: MediaStream,
    /// The local tracks to be sent, once there are any.
    sent: RefCell<PerKind<Option<MediaStreamTrack>>>,
    remote: MediaStream,
    channel: Channel,
    slimming: RefCell<Slimming>,
    first_frame: RefCell<FirstFrame>,
    listeners: RefCell<Vec<Listener>>,
    transport: RefCell<Option<Listener>>,
    told: Box<dyn Fn(PeerInput)>,
    life: Life,
}

/// Whether the connection is closed. The browser never settles a promise of one that is; who
/// waits for such a promise waits for the end as well.
///
/// Source: W3C WebRTC 1.0, section 4.4.1.2 (chaining an asynchronous operation).
struct Life {
    is_over: Cell<bool>,
    end: Promise,
    over: Function,
}

/// Has the browser load and make what its first connection needs, such as a certificate's key.
pub(crate) fn warm_up() {
    if let Ok(connection) = RtcPeerConnection::new() {
        connection.close();
    }
}

impl Peer {
    /// Makes a connection that tells `told` what happens to it.
    ///
    /// # Errors
    /// `browser.tooManyConnections`, `browser.webrtc`.
    pub(super) fn new(
        config: PeerConfig,
        sending: Rc<Sending>,
        told: impl Fn(PeerInput) + 'static,
    ) -> Result<Self, Error> {
        let connection = RtcPeerConnection::new_with_configuration(&configuration(&config))
            .map_err(|thrown| no_connection(&thrown))?;
        let stream = || MediaStream::new().map_err(|thrown| webrtc("make a stream", &thrown));
        let peer = Self(Rc::new(Inner {
            connection,
            config,
            sending,
            local: stream()?,
            sent: RefCell::default(),
            remote: stream()?,
            channel: Channel::default(),
            slimming: RefCell::default(),
            first_frame: RefCell::default(),
            listeners: RefCell::default(),
            transport: RefCell::default(),
            told: Box::new(told),
            life: Life::new(),
        }));
        Inner::listen(&peer.0);
        if peer.0.config.offers {
            peer.0.add_transceivers();
            if peer.0.config.data_channel {
                Inner::open_channel(&peer.0);
            }
        }
        Ok(peer)
    }

    /// The browser's object.
    pub(super) fn connection(&self) -> &RtcPeerConnection {
        &self.0.connection
    }

    /// The other side's tracks.
    pub(super) fn remote_stream(&self) -> &MediaStream {
        &self.0.remote
    }

    /// Sends this track of this kind, or nothing, without renegotiation: now, or as soon as there
    /// is somewhere to send it to. Gives what waits for that.
    pub(super) fn send_track(
        &self,
        kind: TrackKind,
        track: Option<&MediaStreamTrack>,
    ) -> Option<Promise> {
        *self.0.sent.borrow_mut().get_mut(kind) = track.map(same_track);
        self.0.send_track(kind)
    }

    /// Makes an offer with these servers and sets it.
    pub(super) fn offer(&self, servers: &[IceServer]) {
        let inner = &self.0;
        let config = PeerConfig { ice_servers: servers.to_vec(), ..inner.config.clone() };
        if let Err(thrown) =
            inner.connection.set_configuration_with_configuration(&configuration(&config))
        {
            return inner.tell(PeerInput::Failed(webrtc("use the ICE servers", &thrown)));
        }
        Inner::offer(inner);
    }

    /// Applies an offer, makes an answer and sets it.
    pub(super) fn answer(&self, offer: &str) {
        Inner::answer(&self.0, offer);
    }

    /// Applies an answer.
    pub(super) fn apply_answer(&self, answer: &str) {
        Inner::apply_answer(&self.0, answer);
    }

    /// Adds a remote candidate. One that the browser cannot use is no reason to end a call.
    pub(super) fn add_candidate(&self, candidate: &Candidate) {
        let init = RtcIceCandidateInit::new(&candidate.candidate);
        init.set_sdp_mid(candidate.sdp_mid.as_deref());
        init.set_sdp_m_line_index(candidate.sdp_m_line_index);
        if let Some(ufrag) = &candidate.username_fragment {
            set(&init, "usernameFragment", &ufrag.into());
        }
        settle(self.0.connection.add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(&init)));
    }

    /// Sends text or bytes on the data channel.
    ///
    /// # Errors
    /// `caller.notConnected`, `caller.invalidArgument`, `caller.bufferFull`,
    /// `peer.messageTooLarge`, `browser.webrtc`.
    pub(super) fn send(&self, data: &JsValue) -> Result<(), Error> {
        self.0.send(data)
    }

    /// Bytes that wait to be sent on the data channel.
    pub(super) fn buffered_amount(&self) -> u32 {
        self.0.channel.buffered_amount()
    }

    /// Tells the local description as it is now.
    pub(super) fn tell_description(&self) {
        self.0.tell_description();
    }

    /// Closes the connection; nothing more is told.
    pub(super) fn close(&self) {
        self.0.close();
    }
}

impl Inner {
    /// Tells what happened, unless it is over.
    fn tell(&self, input: PeerInput) {
        if !self.life.is_over.get() {
            (self.told)(input);
        }
    }

    fn close(&self) {
        if self.life.is_over.replace(true) {
            return;
        }
        self.listeners.borrow_mut().clear();
        self.transport.borrow_mut().take();
        self.channel.close();
        *self.first_frame.borrow_mut() = FirstFrame::Seen;
        self.connection.close();
        let _ = self.life.over.call0(&JsValue::UNDEFINED);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

impl Life {
    fn new() -> Self {
        let mut over = None;
        let end = Promise::new(&mut |resolve, _| over = Some(resolve));
        // A promise calls its executor before it is made.
        let over = over.unwrap_or_else(|| Function::new_no_args(""));
        Self { is_over: Cell::new(false), end, over }
    }
}

/// Lets a promise of the browser settle; what it says is of no use.
pub(super) fn settle(promise: Promise) {
    spawn_local(async move {
        let _ = JsFuture::from(promise).await;
    });
}
