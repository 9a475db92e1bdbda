//! What happens to a connection.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{MediaStreamTrack, RtcPeerConnectionState};

use super::Inner;
use crate::ice::Candidate;
use crate::session::PeerInput;
use crate::web::listener::Listener;
use crate::web::reflect::{get, get_some, get_string};

/// How often a receiver is asked whether it has decoded a picture, and how many times at the most:
/// ten seconds. No event tells of it where nothing is shown.
const LOOK_EVERY_MS: u32 = 50;
const MAX_LOOKS: u32 = 200;

/// Whether the first picture is there.
#[derive(Default)]
pub(super) enum FirstFrame {
    /// Nothing has arrived.
    #[default]
    Waiting,
    /// It is looked for.
    Looking { _next: Option<Timeout> },
    /// It is there, or is looked for no longer.
    Seen,
}

impl Inner {
    pub(super) fn listen(inner: &Rc<Self>) {
        let on = |event, callback: fn(&Rc<Self>, &JsValue)| {
            inner.listener(&inner.connection, event, callback)
        };
        let listeners = vec![
            on("icecandidate", |inner, event| inner.on_candidate(event)),
            on("icegatheringstatechange", |inner, _| inner.on_gathering()),
            on("connectionstatechange", |inner, _| inner.on_state()),
            on("track", Self::on_track),
            on("datachannel", Self::on_channel),
        ];
        *inner.listeners.borrow_mut() = listeners;
    }

    /// A listener that does not keep the connection alive.
    pub(super) fn listener(
        self: &Rc<Self>,
        target: &JsValue,
        event: &'static str,
        callback: fn(&Rc<Self>, &JsValue),
    ) -> Listener {
        let weak = Rc::downgrade(self);
        Listener::new(target, event, move |value| {
            if let Some(inner) = weak.upgrade() {
                callback(&inner, &value);
            }
        })
    }

    /// The transport says within milliseconds that the other side closed the connection; the
    /// connection's own state only after seconds.
    ///
    /// Source: W3C WebRTC 1.0, section 5.5 (RTCDtlsTransport).
    pub(super) fn watch_transport(inner: &Rc<Self>) {
        let of_media = inner.connection.get_receivers().get(0);
        let of_data = get(&inner.connection, "sctp");
        let found = [of_media, of_data].iter().find_map(|owner| get_some(owner, "transport"));
        let Some(transport) = found else { return };
        let listener = inner.listener(&transport, "statechange", |inner, event| {
            if get_string(&get(event, "target"), "state").as_deref() == Some("closed") {
                inner.tell(PeerInput::Left);
            }
        });
        *inner.transport.borrow_mut() = Some(listener);
    }

    /// No candidate ends the gathering, and so does an empty one in some browsers: their state
    /// tells of it in all of them.
    fn on_candidate(&self, event: &JsValue) {
        let Some(candidate) = get_some(event, "candidate") else { return };
        let index = get(&candidate, "sdpMLineIndex").as_f64();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small index")]
        let sdp_m_line_index = index.map(|index| index as u16);
        let candidate = Candidate {
            candidate: get_string(&candidate, "candidate").unwrap_or_default(),
            sdp_mid: get_string(&candidate, "sdpMid"),
            sdp_m_line_index,
            username_fragment: get_string(&candidate, "usernameFragment"),
        };
        if !candidate.is_end() {
            self.tell(PeerInput::Candidate(candidate));
        }
    }

    fn on_gathering(&self) {
        let state = get_string(&self.connection, "iceGatheringState");
        if state.as_deref() == Some("complete") {
            self.tell(PeerInput::GatheringEnded);
        }
    }

    fn on_state(&self) {
        match self.connection.connection_state() {
            RtcPeerConnectionState::Connected => self.tell(PeerInput::Connected),
            RtcPeerConnectionState::Failed => self.tell(PeerInput::Unreachable),
            _ => {}
        }
    }

    fn on_track(inner: &Rc<Self>, event: &JsValue) {
        let track: MediaStreamTrack = get(event, "track").unchecked_into();
        inner.remote.add_track(&track);
        let listener = inner.listener(&track, "unmute", |inner, _| Self::on_media(inner));
        inner.listeners.borrow_mut().push(listener);
        inner.tell(PeerInput::Track);
        if !track.muted() {
            Self::on_media(inner);
        }
    }

    fn on_media(inner: &Rc<Self>) {
        inner.tell(PeerInput::MediaArrived);
        let is_first = matches!(*inner.first_frame.borrow(), FirstFrame::Waiting);
        if is_first {
            Self::look_for_frame(inner, 0);
        }
    }

    fn look_for_frame(inner: &Rc<Self>, looks: u32) {
        let weak = Rc::downgrade(inner);
        let receiver = inner.video_receiver().filter(|_| looks < MAX_LOOKS);
        let Some(receiver) = receiver else {
            *inner.first_frame.borrow_mut() = FirstFrame::Seen;
            return;
        };
        *inner.first_frame.borrow_mut() = FirstFrame::Looking { _next: None };
        let report = receiver.get_stats();
        spawn_local(async move {
            let report = JsFuture::from(report).await;
            let Some(inner) = weak.upgrade() else { return };
            if inner.life.is_over.get() {
                return;
            }
            if report.is_ok_and(|report| has_frame(report.unchecked_ref())) {
                *inner.first_frame.borrow_mut() = FirstFrame::Seen;
                return inner.tell(PeerInput::FirstFrame);
            }
            let later = Timeout::new(LOOK_EVERY_MS, move || {
                if let Some(inner) = weak.upgrade() {
                    Self::look_for_frame(&inner, looks + 1);
                }
            });
            *inner.first_frame.borrow_mut() = FirstFrame::Looking { _next: Some(later) };
        });
    }
}

/// Source: W3C Identifiers for WebRTC's Statistics API, section 8.4 (RTCInboundRtpStreamStats).
fn has_frame(report: &js_sys::Map) -> bool {
    let mut found = false;
    report.for_each(&mut |entry, _| {
        found |= get(&entry, "framesDecoded").as_f64().is_some_and(|frames| frames > 0.0);
    });
    found
}
