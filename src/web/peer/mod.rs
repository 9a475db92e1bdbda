//! One RTCPeerConnection.

mod convert;

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    MediaStream, MediaStreamTrack, RtcDataChannel, RtcDataChannelType, RtcIceCandidateInit,
    RtcPeerConnection, RtcPeerConnectionState, RtcRtpReceiver, RtcRtpTransceiver,
    RtcRtpTransceiverDirection, RtcRtpTransceiverInit,
};

use super::listener::Listener;
use super::media::{same_stream, tracks};
use super::reflect::{get, get_some, get_string, set};
use crate::error::{Code, Error};
use crate::ice::{Candidate, IceServer};
use crate::session::{DATA_CHANNEL, ESSENTIAL_CODECS, PeerConfig, PeerInput};
use crate::signaling::fits;
use convert::{bad_description, configuration, description, sdp_of, set_streams, webrtc};

/// Which description is made.
#[derive(Clone, Copy)]
enum Kind {
    Offer,
    Answer,
}

impl Kind {
    const fn step(self) -> &'static str {
        match self {
            Self::Offer => "make an offer",
            Self::Answer => "make an answer",
        }
    }
}

/// A peer connection with what it owns; closed in `Drop`, which is also how the other side
/// learns of it. Cheap to clone.
#[derive(Clone)]
pub(super) struct Peer(Rc<Inner>);

struct Inner {
    connection: RtcPeerConnection,
    config: PeerConfig,
    /// What to give up first when bandwidth is short, in the W3C's words.
    degradation: Option<String>,
    /// Names the local media to the other side, before and after there are tracks.
    local: MediaStream,
    /// The local tracks to be sent, once there are any.
    sent: RefCell<Option<MediaStream>>,
    remote: MediaStream,
    channel: RefCell<Option<RtcDataChannel>>,
    listeners: RefCell<Vec<Listener>>,
    told: Box<dyn Fn(PeerInput)>,
}

impl Peer {
    /// Makes a connection that tells `told` what happens to it.
    ///
    /// # Errors
    /// `browser.webrtc`.
    pub(super) fn new(
        config: PeerConfig,
        degradation: Option<String>,
        told: impl Fn(PeerInput) + 'static,
    ) -> Result<Self, Error> {
        let connection = RtcPeerConnection::new_with_configuration(&configuration(&config))
            .map_err(|thrown| webrtc("make a connection", &thrown))?;
        let stream = || MediaStream::new().map_err(|thrown| webrtc("make a stream", &thrown));
        let peer = Self(Rc::new(Inner {
            connection,
            config,
            degradation,
            local: stream()?,
            sent: RefCell::new(None),
            remote: stream()?,
            channel: RefCell::new(None),
            listeners: RefCell::new(Vec::new()),
            told: Box::new(told),
        }));
        peer.listen();
        if peer.0.config.offers {
            peer.0.add_transceivers();
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

    /// Sends the tracks of this stream, now or as soon as there is somewhere to send them to.
    pub(super) fn attach(&self, stream: &MediaStream) {
        *self.0.sent.borrow_mut() = Some(same_stream(stream));
        self.0.send_tracks();
    }

    /// Makes an offer with these servers and sets it.
    pub(super) fn offer(&self, servers: &[IceServer]) {
        let inner = &self.0;
        let config = PeerConfig { ice_servers: servers.to_vec(), ..inner.config.clone() };
        if let Err(thrown) =
            inner.connection.set_configuration_with_configuration(&configuration(&config))
        {
            return (inner.told)(PeerInput::Failed(webrtc("use the ICE servers", &thrown)));
        }
        spawn_local(Inner::describe(Rc::downgrade(inner), Kind::Offer));
    }

    /// Applies an offer, makes an answer and sets it.
    pub(super) fn answer(&self, offer: &str) {
        // Called at once, so that candidates added next queue up behind it.
        let applied = self.0.connection.set_remote_description(&description("offer", offer));
        let weak = Rc::downgrade(&self.0);
        spawn_local(async move {
            let applied = JsFuture::from(applied).await;
            let Some(inner) = weak.upgrade() else { return };
            if let Err(thrown) = applied {
                return (inner.told)(PeerInput::Failed(bad_description("offer", &thrown)));
            }
            inner.send_where_received();
            inner.send_tracks();
            drop(inner);
            Inner::describe(weak, Kind::Answer).await;
        });
    }

    /// Applies an answer.
    pub(super) fn apply_answer(&self, answer: &str) {
        let applied = self.0.connection.set_remote_description(&description("answer", answer));
        let weak = Rc::downgrade(&self.0);
        spawn_local(async move {
            let applied = JsFuture::from(applied).await;
            let Some(inner) = weak.upgrade() else { return };
            match applied {
                Ok(_) => {
                    inner.prefer_degradation();
                    (inner.told)(PeerInput::Negotiated);
                }
                Err(thrown) => (inner.told)(PeerInput::Failed(bad_description("answer", &thrown))),
            }
        });
    }

    /// Adds a remote candidate. One that the browser cannot use is no reason to end a call.
    pub(super) fn add_candidate(&self, candidate: &Candidate) {
        let init = RtcIceCandidateInit::new(&candidate.candidate);
        init.set_sdp_mid(candidate.sdp_mid.as_deref());
        init.set_sdp_m_line_index(candidate.sdp_m_line_index);
        if let Some(ufrag) = &candidate.username_fragment {
            set(&init, "usernameFragment", &ufrag.into());
        }
        let added =
            self.0.connection.add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(&init));
        spawn_local(async move {
            let _ = JsFuture::from(added).await;
        });
    }

    /// Sends text or bytes on the data channel.
    ///
    /// # Errors
    /// `caller.notConnected`, `caller.invalidArgument`, `peer.messageTooLarge`,
    /// `browser.webrtc`.
    pub(super) fn send(&self, data: &JsValue) -> Result<(), Error> {
        let channel =
            self.0.channel.borrow().clone().ok_or_else(|| {
                Error::new(Code::CallerNotConnected, "the data channel is not open")
            })?;
        let text = data.as_string();
        let bytes = text.as_ref().map(|text| text.len() as f64);
        let bytes = bytes.or_else(|| get(data, "byteLength").as_f64()).unwrap_or_default();
        let limit = get(&get(&self.0.connection, "sctp"), "maxMessageSize").as_f64();
        if let Some(limit) = limit.filter(|limit| bytes > *limit) {
            let message = format!(
                "the message has {} bytes; the other side takes {}",
                bytes as u64, limit as u64
            );
            return Err(Error::new(Code::PeerMessageTooLarge, message));
        }
        let sent = if let Some(text) = text {
            channel.send_with_str(&text)
        } else if ArrayBuffer::is_view(data) {
            channel.send_with_array_buffer_view(data.unchecked_ref())
        } else if let Some(buffer) = data.dyn_ref::<ArrayBuffer>() {
            channel.send_with_array_buffer(buffer)
        } else {
            return Err(Error::argument("data", "must be a string, an ArrayBuffer or a view"));
        };
        sent.map_err(|thrown| webrtc("send a message", &thrown))
    }

    /// Tells the local description as it is now.
    pub(super) fn tell_description(&self) {
        if let Some(description) = get_some(&self.0.connection, "localDescription") {
            (self.0.told)(PeerInput::Described(sdp_of(&description)));
        }
    }

    /// Closes the connection; nothing more is told.
    pub(super) fn close(&self) {
        self.0.close();
    }

    fn listen(&self) {
        let on = |event, callback: fn(&Rc<Inner>, &JsValue)| {
            let weak = Rc::downgrade(&self.0);
            Listener::new(&self.0.connection, event, move |value| {
                if let Some(inner) = weak.upgrade() {
                    callback(&inner, &value);
                }
            })
        };
        *self.0.listeners.borrow_mut() = vec![
            on("icecandidate", |inner, event| inner.on_candidate(event)),
            on("connectionstatechange", |inner, _| inner.on_state()),
            on("track", Inner::on_track),
            on("datachannel", |inner, event| {
                Inner::use_channel(inner, get(event, "channel").unchecked_into());
            }),
        ];
        if self.0.config.offers && self.0.config.data_channel {
            Inner::use_channel(&self.0, self.0.connection.create_data_channel(DATA_CHANNEL));
        }
    }
}

impl Inner {
    /// One audio and one video section each, so that tracks can be sent later without another
    /// offer.
    fn add_transceivers(&self) {
        let sections = [("audio", self.config.send_audio), ("video", self.config.send_video)];
        for (kind, sends) in sections {
            let init = RtcRtpTransceiverInit::new();
            init.set_direction(if sends {
                RtcRtpTransceiverDirection::Sendrecv
            } else {
                RtcRtpTransceiverDirection::Recvonly
            });
            init.set_streams(&Array::of1(&self.local));
            self.connection.add_transceiver_with_str_and_init(kind, &init);
        }
    }

    /// In an answer, a section that is to carry our media too has to say so.
    fn send_where_received(&self) {
        for (transceiver, _) in self.sending() {
            transceiver.set_direction(RtcRtpTransceiverDirection::Sendrecv);
            set_streams(&transceiver.sender(), &self.local);
        }
    }

    /// Puts the local tracks, as far as they are there, where nothing is sent yet.
    fn send_tracks(&self) {
        let Some(stream) = self.sent.borrow().clone() else { return };
        for (transceiver, kind) in self.sending() {
            let track = tracks(&stream).into_iter().find(|track| track.kind() == kind);
            if let Some(track) = track
                && transceiver.sender().track().is_none()
            {
                let replaced = transceiver.sender().replace_track(Some(&track));
                spawn_local(async move {
                    let _ = JsFuture::from(replaced).await;
                });
            }
        }
    }

    /// The sections that carry our media: the first of each kind that is sent. The other side
    /// may offer as many as it likes, each of which would cost an encoder.
    fn sending(&self) -> Vec<(RtcRtpTransceiver, String)> {
        let mut kinds = Vec::new();
        let mut sending = self.transceivers();
        sending.retain(|(_, kind)| {
            let first = self.sends(kind) && !kinds.contains(kind);
            kinds.push(kind.clone());
            first
        });
        sending
    }

    fn sends(&self, kind: &str) -> bool {
        match kind {
            "audio" => self.config.send_audio,
            "video" => self.config.send_video,
            _ => false,
        }
    }

    fn transceivers(&self) -> Vec<(RtcRtpTransceiver, String)> {
        self.connection
            .get_transceivers()
            .iter()
            .map(|value| {
                let transceiver: RtcRtpTransceiver = value.unchecked_into();
                let kind = transceiver.receiver().track().kind();
                (transceiver, kind)
            })
            .collect()
    }

    /// Makes a description, sets it and tells it. What waits here holds nothing: the browser
    /// never settles a promise of a connection that was closed.
    ///
    /// Source: W3C WebRTC 1.0, section 4.4.1.2 (chaining an asynchronous operation).
    async fn describe(weak: Weak<Self>, kind: Kind) {
        let Err(thrown) = Self::try_to_describe(&weak, kind).await else { return };
        if let Some(inner) = weak.upgrade() {
            (inner.told)(PeerInput::Failed(webrtc(kind.step(), &thrown)));
        }
    }

    async fn try_to_describe(weak: &Weak<Self>, kind: Kind) -> Result<(), JsValue> {
        let Some(inner) = weak.upgrade() else { return Ok(()) };
        let made = inner.create(kind);
        drop(inner);
        let mut description = JsFuture::from(made).await?;
        if !fits(&sdp_of(&description)) {
            let Some(inner) = weak.upgrade() else { return Ok(()) };
            inner.keep_to(&ESSENTIAL_CODECS);
            let made = inner.create(kind);
            drop(inner);
            description = JsFuture::from(made).await?;
        }
        let Some(inner) = weak.upgrade() else { return Ok(()) };
        let set = inner.connection.set_local_description(description.unchecked_ref());
        drop(inner);
        JsFuture::from(set).await?;
        let Some(inner) = weak.upgrade() else { return Ok(()) };
        inner.prefer_degradation();
        Self::watch_transport(&inner);
        (inner.told)(PeerInput::Described(sdp_of(&description)));
        Ok(())
    }

    fn create(&self, kind: Kind) -> js_sys::Promise {
        match kind {
            Kind::Offer => self.connection.create_offer(),
            Kind::Answer => self.connection.create_answer(),
        }
    }

    /// Leaves out all codecs but these, where the browser has any of them.
    fn keep_to(&self, mime_types: &[&str]) {
        for (transceiver, kind) in self.transceivers() {
            let Some(known) = RtcRtpReceiver::get_capabilities(&kind) else { continue };
            let codecs: Array = get(&known, "codecs").unchecked_into();
            let kept = codecs.filter(&mut |codec, _, _| {
                let mime_type = get_string(&codec, "mimeType").unwrap_or_default();
                mime_types.iter().any(|kept| kept.eq_ignore_ascii_case(&mime_type))
            });
            if kept.length() > 0 {
                transceiver.set_codec_preferences(&kept);
            }
        }
    }

    /// Sets what is given up first on each video sender.
    ///
    /// Source: W3C mst-content-hint, section 4 (RTCDegradationPreference).
    fn prefer_degradation(&self) {
        let Some(preference) = &self.degradation else { return };
        for (transceiver, kind) in self.sending() {
            if kind != "video" {
                continue;
            }
            let sender = transceiver.sender();
            let parameters = sender.get_parameters();
            set(&parameters, "degradationPreference", &preference.into());
            let done = sender.set_parameters_with_parameters(&parameters);
            spawn_local(async move {
                let _ = JsFuture::from(done).await;
            });
        }
    }

    /// The transport says within milliseconds that the other side closed the connection; the
    /// connection's own state only after seconds.
    ///
    /// Source: W3C WebRTC 1.0, section 5.5 (RTCDtlsTransport).
    fn watch_transport(inner: &Rc<Self>) {
        let of_media = inner.connection.get_receivers().get(0);
        let of_data = get(&inner.connection, "sctp");
        let found = [of_media, of_data].iter().find_map(|owner| get_some(owner, "transport"));
        let Some(transport) = found else { return };
        let (watched, weak) = (transport.clone(), Rc::downgrade(inner));
        let listener = Listener::new(&transport, "statechange", move |_| {
            if let Some(inner) = weak.upgrade()
                && get_string(&watched, "state").as_deref() == Some("closed")
            {
                (inner.told)(PeerInput::Left);
            }
        });
        inner.listeners.borrow_mut().push(listener);
    }

    fn on_candidate(&self, event: &JsValue) {
        let Some(candidate) = get_some(event, "candidate") else { return };
        let index = get(&candidate, "sdpMLineIndex").as_f64();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small index")]
        let sdp_m_line_index = index.map(|index| index as u16);
        (self.told)(PeerInput::Candidate(Candidate {
            candidate: get_string(&candidate, "candidate").unwrap_or_default(),
            sdp_mid: get_string(&candidate, "sdpMid"),
            sdp_m_line_index,
            username_fragment: get_string(&candidate, "usernameFragment"),
        }));
    }

    fn on_state(&self) {
        match self.connection.connection_state() {
            RtcPeerConnectionState::Connected => (self.told)(PeerInput::Connected),
            RtcPeerConnectionState::Failed => (self.told)(PeerInput::Unreachable),
            _ => {}
        }
    }

    fn on_track(inner: &Rc<Self>, event: &JsValue) {
        let track: MediaStreamTrack = get(event, "track").unchecked_into();
        inner.remote.add_track(&track);
        let weak = Rc::downgrade(inner);
        let listener = Listener::new(&track, "unmute", move |_| {
            if let Some(inner) = weak.upgrade() {
                (inner.told)(PeerInput::MediaArrived);
            }
        });
        inner.listeners.borrow_mut().push(listener);
        (inner.told)(PeerInput::Track);
        if !track.muted() {
            (inner.told)(PeerInput::MediaArrived);
        }
    }

    /// Uses the one data channel there may be; whatever else the other side opens is closed.
    fn use_channel(inner: &Rc<Self>, channel: RtcDataChannel) {
        if channel.label() != DATA_CHANNEL || inner.channel.borrow().is_some() {
            return channel.close();
        }
        channel.set_binary_type(RtcDataChannelType::Arraybuffer);
        let on = |event, callback: fn(&Inner, &JsValue)| {
            let weak = Rc::downgrade(inner);
            Listener::new(&channel, event, move |value| {
                if let Some(inner) = weak.upgrade() {
                    callback(&inner, &value);
                }
            })
        };
        inner.listeners.borrow_mut().extend([
            on("open", |inner, _| (inner.told)(PeerInput::ChannelOpened)),
            on("message", |inner, event| inner.on_message(&get(event, "data"))),
            on("close", |inner, _| {
                inner.channel.borrow_mut().take();
                (inner.told)(PeerInput::ChannelClosed);
            }),
        ]);
        *inner.channel.borrow_mut() = Some(channel);
    }

    fn on_message(&self, data: &JsValue) {
        if let Some(text) = data.as_string() {
            (self.told)(PeerInput::Text(text));
        } else if let Some(buffer) = data.dyn_ref::<ArrayBuffer>() {
            (self.told)(PeerInput::Bytes(Uint8Array::new(buffer).to_vec()));
        }
    }

    fn close(&self) {
        self.listeners.borrow_mut().clear();
        self.connection.close();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}
