//! One peer's connection with its storage session, without I/O.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use kvs_hub::{RoleName, ServiceError, StoragePeerId};
use str0m::{
    Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig,
    change::{SdpAnswer, SdpPendingOffer},
    config::CryptoProvider,
    media::{Direction, KeyframeRequestKind, MediaData, MediaKind, Mid},
    net::{Protocol, Transmit},
};

use super::{answer, figures::Figures, timeline::Timeline};

/// How many candidates of a peer are tried.
const MAX_CANDIDATES: usize = 64;
/// When to look again where the library names no time.
const FAR: Duration = Duration::from_secs(3600);

/// One peer's connection.
pub(super) struct Peer {
    pub(super) id: StoragePeerId,
    pub(super) role: RoleName,
    rtc: Rtc,
    /// The offer that is to be answered.
    pending: Option<SdpPendingOffer>,
    video: Line,
    audio: Line,
    /// Candidates that came before the answer.
    early: Vec<Candidate>,
    candidates: usize,
    was_connected: bool,
    pub(super) due: Instant,
    pub(super) figures: Arc<Figures>,
}

/// One kind of media.
struct Line {
    mid: Mid,
    /// What is sent to the peer.
    timeline: Timeline<StoragePeerId>,
}

impl Line {
    const fn new(mid: Mid) -> Self {
        Self { mid, timeline: Timeline::new() }
    }
}

/// What happens at a peer.
pub(super) enum Happening {
    /// A datagram is to be sent.
    Transmit(Transmit),
    /// Media can flow.
    Connected,
    /// A frame came in.
    Frame(Box<MediaData>),
    /// The peer cannot go on without a whole picture.
    WantsPicture,
    /// The connection is no more.
    Gone,
}

/// What a peer is told first.
pub(super) struct Opening {
    pub(super) sdp: String,
    pub(super) candidate: String,
}

impl Peer {
    /// A connection that is offered at this address; `None` where there is nothing to offer.
    pub(super) fn new(
        id: StoragePeerId,
        role: RoleName,
        address: SocketAddr,
        crypto: &Arc<CryptoProvider>,
        figures: Arc<Figures>,
        now: Instant,
    ) -> Option<(Self, Opening)> {
        let cert = crypto.dtls_provider.generate_certificate()?;
        let mut rtc = RtcConfig::new()
            .set_crypto_provider(Arc::clone(crypto))
            .set_dtls_cert(cert)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_h264(true)
            .enable_vp8(true)
            .build(now);
        let direction = match role {
            RoleName::Master => Direction::RecvOnly,
            RoleName::Viewer => Direction::SendOnly,
        };
        let mut changes = rtc.sdp_api();
        let audio = changes.add_media(MediaKind::Audio, direction, None, None, None);
        let video = changes.add_media(MediaKind::Video, direction, None, None, None);
        let (offer, pending) = changes.apply()?;
        // Like the service's, the offer has no candidates in it.
        let candidate = Candidate::host(address, "udp").ok()?;
        let candidate = rtc.add_local_candidate(candidate)?.to_sdp_string();
        let opening = Opening { sdp: offer.to_sdp_string(), candidate };
        let peer = Self {
            id,
            role,
            rtc,
            pending: Some(pending),
            video: Line::new(video),
            audio: Line::new(audio),
            early: Vec::new(),
            candidates: 0,
            was_connected: false,
            due: now,
            figures,
        };
        Some((peer, opening))
    }

    /// Takes the peer's answer. One that a storage session does not take is the end of the attempt.
    pub(super) fn answer(
        &mut self,
        answer: Result<String, ServiceError>,
    ) -> Result<(), ServiceError> {
        let Some(pending) = self.pending.take() else {
            return Err(ServiceError::invalid("no offer is to be answered"));
        };
        self.accept(pending, answer).inspect_err(|error| self.fail(error))
    }

    fn accept(
        &mut self,
        pending: SdpPendingOffer,
        answer: Result<String, ServiceError>,
    ) -> Result<(), ServiceError> {
        let unusable = |error: &dyn std::fmt::Display| {
            ServiceError::invalid(format!("the answer is of no use: {error}"))
        };
        let sdp = answer?;
        let answer = SdpAnswer::from_sdp_string(&sdp).map_err(|error| unusable(&error))?;
        answer::check(&sdp, self.role)?;
        self.rtc.sdp_api().accept_answer(pending, answer).map_err(|error| unusable(&error))?;
        for candidate in std::mem::take(&mut self.early) {
            self.rtc.add_remote_candidate(candidate);
        }
        self.figures.answered();
        Ok(())
    }

    /// Takes one of the peer's candidates. Those that cannot be used, such as names of its own
    /// network, are passed over: the peer is found by its own checks.
    pub(super) fn candidate(&mut self, line: &str) {
        let Ok(candidate) = Candidate::from_sdp_string(line) else { return };
        if self.candidates >= MAX_CANDIDATES {
            return;
        }
        self.candidates += 1;
        if self.pending.is_some() {
            self.early.push(candidate);
        } else {
            self.rtc.add_remote_candidate(candidate);
        }
    }

    /// Whether a datagram is this peer's.
    pub(super) fn accepts(&self, input: &Input<'_>) -> bool {
        self.rtc.accepts(input)
    }

    /// Takes in a datagram, or that time has passed.
    pub(super) fn take(&mut self, input: Input<'_>) {
        if let Err(error) = self.rtc.handle_input(input) {
            self.fail(&error);
        }
    }

    /// What has happened, until there is nothing more for now.
    pub(super) fn poll(&mut self, now: Instant) -> Option<Happening> {
        loop {
            if !self.rtc.is_alive() {
                self.due = now + FAR;
                return Some(Happening::Gone);
            }
            match self.rtc.poll_output() {
                Ok(Output::Timeout(due)) if due <= now && self.due != now => {
                    self.due = now;
                    self.take(Input::Timeout(now));
                }
                Ok(Output::Timeout(due)) => {
                    self.due = due.max(now);
                    return None;
                }
                Ok(Output::Transmit(transmit)) => return Some(Happening::Transmit(transmit)),
                Ok(Output::Event(event)) => {
                    if let Some(happening) = self.event(event) {
                        return Some(happening);
                    }
                }
                Err(error) => self.fail(&error),
            }
        }
    }

    fn event(&mut self, event: Event) -> Option<Happening> {
        match event {
            Event::Connected => {
                self.was_connected = true;
                Some(Happening::Connected)
            }
            Event::Closed => Some(Happening::Gone),
            // Before, candidates that lead somewhere may still come.
            Event::IceConnectionStateChange(IceConnectionState::Disconnected)
                if self.was_connected =>
            {
                Some(Happening::Gone)
            }
            Event::MediaData(frame) => {
                self.figures.received(self.kind_of(&frame), frame.data.len());
                Some(Happening::Frame(Box::new(frame)))
            }
            Event::KeyframeRequest(_) => Some(Happening::WantsPicture),
            _ => None,
        }
    }

    /// What a frame of this peer is.
    pub(super) fn kind_of(&self, frame: &MediaData) -> MediaKind {
        if frame.mid == self.video.mid { MediaKind::Video } else { MediaKind::Audio }
    }

    /// Sends a frame of a master on to this one. Where this one wants none, or has no such codec,
    /// it gets nothing.
    pub(super) fn forward(&mut self, master: StoragePeerId, kind: MediaKind, frame: &MediaData) {
        let line = match kind {
            MediaKind::Video => &mut self.video,
            MediaKind::Audio => &mut self.audio,
        };
        let is_wanted =
            self.rtc.media(line.mid).is_some_and(|media| media.direction().is_sending());
        if !is_wanted || !self.rtc.is_connected() {
            return;
        }
        let Some(writer) = self.rtc.writer(line.mid) else { return };
        let Some(pt) = writer.match_params(frame.params) else { return };
        if !writer.payload_params().any(|params| params.pt() == pt) {
            return;
        }
        let data = Arc::clone(&frame.data);
        let time = line.timeline.place(master, frame.time, frame.network_time);
        match writer.write(pt, frame.network_time, time, data) {
            Ok(()) => self.figures.sent(kind, frame.data.len()),
            Err(error) => self.fail(&error),
        }
    }

    /// Asks this peer for a whole picture.
    pub(super) fn ask_for_picture(&mut self) {
        if let Some(mut writer) = self.rtc.writer(self.video.mid) {
            // It has sent nothing yet, and then begins with one.
            writer.request_keyframe(None, KeyframeRequestKind::Pli).ok();
        }
    }

    /// Says goodbye; what there is to send comes by [`Peer::poll`].
    pub(super) fn close(&mut self) {
        if let Err(error) = self.rtc.close() {
            self.fail(&error);
        }
    }

    fn fail(&mut self, error: &dyn std::fmt::Display) {
        tracing::debug!(peer = %self.id, %error, "a storage session's connection failed");
        self.rtc.disconnect();
    }
}

/// How all media travel.
pub(super) const PROTOCOL: Protocol = Protocol::Udp;
