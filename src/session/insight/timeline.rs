//! When what began and ended.

use crate::ids::ClientId;
use crate::time::{Now, UnixMillis};

/// Spans kept at the most: those of ten viewers many times over.
const MAX_SPANS: usize = 256;

/// What takes its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Keys, or the session bundle of the application's back end.
    Credentials,
    /// DescribeSignalingChannel.
    Describe,
    /// GetSignalingChannelEndpoint.
    Endpoint,
    /// GetIceServerConfig.
    IceConfig,
    /// Making the presigned URL.
    Sign,
    /// Opening the signaling socket.
    Connect,
    /// From the start to the open socket.
    Signaling,
    /// Opening camera and microphone.
    Media,
    /// A viewer waits for the master's answer.
    OfferToAnswer,
    /// A master makes its answer.
    Answer,
    /// Finding local candidates.
    Gathering,
    /// From the descriptions to the path.
    PeerConnection,
    /// A round trip on the data channel.
    DataChannel,
    /// From the path to the first frame.
    FirstFrame,
    /// From the start to the first frame.
    StartToFirstFrame,
}

/// One phase: when it began, and when it ended where it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What.
    pub phase: Phase,
    /// A master's phases of one viewer.
    pub viewer: Option<ClientId>,
    /// When it began.
    pub begun: UnixMillis,
    /// When it ended.
    pub ended: Option<UnixMillis>,
}

/// The phases of one run, in the order in which they began.
#[derive(Debug, Default)]
pub struct Timeline {
    spans: Vec<Span>,
}

impl Timeline {
    /// A new run.
    pub fn clear(&mut self) {
        self.spans.clear();
    }

    /// A phase begins; one of the same name that has not ended begins anew.
    pub fn begin(&mut self, phase: Phase, viewer: Option<&ClientId>, now: Now) {
        if let Some(span) = self.open(phase, viewer) {
            span.begun = now.wall;
        } else if self.spans.len() < MAX_SPANS {
            self.spans.push(Span { phase, viewer: viewer.cloned(), begun: now.wall, ended: None });
        }
    }

    /// A phase ends, if it has begun.
    pub fn end(&mut self, phase: Phase, viewer: Option<&ClientId>, now: Now) {
        if let Some(span) = self.open(phase, viewer) {
            span.ended = Some(now.wall);
        }
    }

    /// All phases.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    fn open(&mut self, phase: Phase, viewer: Option<&ClientId>) -> Option<&mut Span> {
        self.spans.iter_mut().rev().find(|span| {
            span.phase == phase && span.viewer.as_ref() == viewer && span.ended.is_none()
        })
    }
}
