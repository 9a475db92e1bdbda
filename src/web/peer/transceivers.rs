//! The sections of a connection, and what is sent in them.

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    RtcRtpReceiver, RtcRtpTransceiver, RtcRtpTransceiverDirection, RtcRtpTransceiverInit,
};

use super::convert::set_streams;
use super::{Inner, settle};
use crate::session::media::{Codec, Diet, TrackKind, choose};
use crate::web::media::same_track;
use crate::web::reflect::{call, get, get_some, get_string, set};

impl Inner {
    /// One audio and one video section each, so that tracks can be sent later without another
    /// offer.
    pub(super) fn add_transceivers(&self) {
        for kind in TrackKind::ALL {
            let init = RtcRtpTransceiverInit::new();
            init.set_direction(if self.sends(kind) {
                RtcRtpTransceiverDirection::Sendrecv
            } else {
                RtcRtpTransceiverDirection::Recvonly
            });
            init.set_streams(&Array::of1(&self.local));
            self.connection.add_transceiver_with_str_and_init(kind.as_str(), &init);
        }
    }

    /// In an answer, a section that is to carry our media too has to say so.
    pub(super) fn send_where_received(&self) {
        for (transceiver, _) in self.sending() {
            set(&transceiver, "direction", &"sendrecv".into());
            set_streams(&transceiver.sender(), &self.local);
        }
    }

    /// Puts the local tracks, as far as they are there, where they are to be sent.
    pub(super) fn send_tracks(&self) {
        for kind in TrackKind::ALL {
            if let Some(sent) = self.send_track(kind) {
                settle(sent);
            }
        }
    }

    /// Puts the local track of this kind, or none, where it is to be sent. What this gives
    /// settles with the end of the connection at the latest.
    pub(super) fn send_track(&self, kind: TrackKind) -> Option<Promise> {
        if self.life.is_over.get() {
            return None;
        }
        let (transceiver, _) = self.sending().into_iter().find(|(_, it)| *it == kind)?;
        let sender = transceiver.sender();
        let track = self.sent.borrow().get(kind).as_ref().map(same_track);
        if sender.track() == track {
            return None;
        }
        let replaced = sender.replace_track(track.as_ref());
        Some(Promise::race(&Array::of2(&replaced, &self.life.end)))
    }

    /// The sections that carry our media: the first of each kind that is sent. The other side
    /// may offer as many as it likes, each of which would cost an encoder.
    fn sending(&self) -> Vec<(RtcRtpTransceiver, TrackKind)> {
        let mut kinds = Vec::new();
        let mut sending = self.transceivers();
        sending.retain(|(_, kind)| {
            let first = self.sends(*kind) && !kinds.contains(kind);
            kinds.push(*kind);
            first
        });
        sending
    }

    const fn sends(&self, kind: TrackKind) -> bool {
        match kind {
            TrackKind::Audio => self.config.send_audio,
            TrackKind::Video => self.config.send_video,
        }
    }

    fn transceivers(&self) -> Vec<(RtcRtpTransceiver, TrackKind)> {
        self.connection
            .get_transceivers()
            .iter()
            .filter_map(|value| {
                let transceiver: RtcRtpTransceiver = value.unchecked_into();
                let kind = TrackKind::from_name(&transceiver.receiver().track().kind())?;
                Some((transceiver, kind))
            })
            .collect()
    }

    /// Has the next description name these codecs.
    pub(super) fn prefer_codecs(&self, diet: Diet) {
        for (transceiver, kind) in self.transceivers() {
            let Some(known) = RtcRtpReceiver::get_capabilities(kind.as_str()) else { continue };
            let known: Array = get(&known, "codecs").unchecked_into();
            let codecs: Vec<Codec> = known.iter().map(|codec| to_codec(&codec)).collect();
            let chosen = choose(&codecs, self.sending.codecs.get(kind), diet);
            let chosen: Array = match chosen {
                #[allow(clippy::cast_possible_truncation, reason = "there are some twenty codecs")]
                Some(chosen) => chosen.into_iter().map(|index| known.get(index as u32)).collect(),
                // An empty list is the browser's own again.
                None => Array::new(),
            };
            // A browser that refuses the list keeps its own.
            let _ = call(&transceiver, "setCodecPreferences", &chosen);
        }
    }

    /// Sets caps, and what is given up first, on each sender of ours: once negotiated, since
    /// before that there are no encodings to set them on.
    ///
    /// Source: W3C WebRTC 1.0, section 5.2 (setParameters); W3C mst-content-hint, section 4
    /// (RTCDegradationPreference).
    pub(super) fn set_parameters(&self) {
        for (transceiver, kind) in self.sending() {
            let limits = *self.sending.limits.get(kind);
            let degradation =
                self.sending.degradation.as_ref().filter(|_| kind == TrackKind::Video);
            if limits.is_none() && degradation.is_none() {
                continue;
            }
            let sender = transceiver.sender();
            let parameters = sender.get_parameters();
            if let Some(preference) = degradation {
                set(&parameters, "degradationPreference", &preference.into());
            }
            let encodings: Option<Array> =
                get_some(&parameters, "encodings").map(JsCast::unchecked_into);
            for encoding in encodings.iter().flat_map(Array::iter) {
                for (name, limit) in
                    [("maxBitrate", limits.max_bitrate), ("maxFramerate", limits.max_framerate)]
                {
                    if let Some(limit) = limit {
                        set(&encoding, name, &limit.into());
                    }
                }
            }
            settle(sender.set_parameters_with_parameters(&parameters));
        }
    }

    /// The receiver of the first picture.
    pub(super) fn video_receiver(&self) -> Option<RtcRtpReceiver> {
        let mut all = self.transceivers().into_iter();
        all.find(|(_, kind)| *kind == TrackKind::Video).map(|(it, _)| it.receiver())
    }
}

fn to_codec(codec: &JsValue) -> Codec {
    Codec {
        mime_type: get_string(codec, "mimeType").unwrap_or_default(),
        fmtp: get_string(codec, "sdpFmtpLine").unwrap_or_default(),
    }
}
