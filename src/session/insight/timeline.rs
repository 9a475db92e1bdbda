//! When what began and ended.

use crate::ids::{ClientId, Role};
use crate::json;
use crate::time::{Millis, Now, UnixMillis};

/// Spans kept at the most: those of ten viewers many times over.
const MAX_SPANS: usize = 256;

/// What takes its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Waiting for the other side, with the socket open.
    Waiting,
    /// Keys, or the session bundle of the application's back end.
    Credentials,
    /// DescribeSignalingChannel.
    Describe,
    /// DescribeMediaStorageConfiguration.
    DescribeStorage,
    /// CreateSignalingChannel.
    CreateChannel,
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

impl Phase {
    /// The name that JavaScript sees in the timeline of this role.
    pub const fn as_str(self, role: Role) -> &'static str {
        match (self, role) {
            (Self::Waiting, Role::Viewer) => "waitForMaster",
            (Self::Waiting, Role::Master) => "waitForViewer",
            (Self::Credentials, _) => "getToken",
            (Self::Describe, _) => "describeChannel",
            (Self::DescribeStorage, _) => "describeMediaStorage",
            (Self::CreateChannel, _) => "createChannel",
            (Self::Endpoint, _) => "getEndpoint",
            (Self::IceConfig, _) => "getIceConfig",
            (Self::Sign, _) => "sign",
            (Self::Connect, _) => "connect",
            (Self::Signaling, _) => "signaling",
            (Self::Media, _) => "media",
            (Self::OfferToAnswer, _) => "offerToAnswer",
            (Self::Answer, _) => "answer",
            (Self::Gathering, _) => "iceGathering",
            (Self::PeerConnection, _) => "peerConnection",
            (Self::DataChannel, _) => "dataChannelRoundTrip",
            (Self::FirstFrame, _) => "firstFrameAfterConnection",
            (Self::StartToFirstFrame, _) => "clickToFirstFrame",
        }
    }
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
    /// When it ended. What it took is measured by the clock that only goes forward.
    pub ended: Option<UnixMillis>,
    /// When it began, by the clock that only goes forward.
    pub begun_at: Millis,
}

/// The phases of one run, in the order in which they began.
#[derive(Debug, Default)]
pub struct Timeline {
    spans: Vec<Span>,
    /// Places in `spans`, in the order in which they ended.
    ended: Vec<usize>,
}

impl Timeline {
    /// A new run.
    pub fn clear(&mut self) {
        self.spans.clear();
        self.ended.clear();
    }

    /// A phase begins; one of the same name that has not ended begins anew.
    pub fn begin(&mut self, phase: Phase, viewer: Option<&ClientId>, now: Now) {
        if let Some(index) = self.open(phase, viewer) {
            self.spans.remove(index);
            for ended in &mut self.ended {
                *ended -= usize::from(*ended > index);
            }
        }
        if self.spans.len() < MAX_SPANS {
            self.spans.push(Span {
                phase,
                viewer: viewer.cloned(),
                begun: now.wall,
                ended: None,
                begun_at: now.mono,
            });
        }
    }

    /// A phase ends, if it has begun.
    pub fn end(&mut self, phase: Phase, viewer: Option<&ClientId>, now: Now) {
        let Some(index) = self.open(phase, viewer) else { return };
        let Some(span) = self.spans.get_mut(index) else { return };
        let took = now.mono - span.begun_at;
        span.ended = Some(UnixMillis(span.begun.0.saturating_add(took.0)));
        self.ended.push(index);
    }

    /// All phases.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The phases that have ended after the first `known` of them, in the order of their ends.
    pub fn ended_after(&self, known: usize) -> impl Iterator<Item = &Span> {
        self.ended.iter().skip(known).filter_map(|index| self.spans.get(*index))
    }

    /// The last phase of this name.
    pub fn last(&self, phase: Phase, viewer: Option<&ClientId>) -> Option<&Span> {
        self.spans.iter().rev().find(|span| span.phase == phase && span.viewer.as_ref() == viewer)
    }

    /// Adds what somebody else measured.
    pub(super) fn add(&mut self, phase: Phase, begun: UnixMillis, ended: Option<UnixMillis>) {
        if self.spans.len() < MAX_SPANS {
            self.spans.push(Span { phase, viewer: None, begun, ended, begun_at: Millis(0) });
        }
    }

    fn open(&self, phase: Phase, viewer: Option<&ClientId>) -> Option<usize> {
        self.spans.iter().rposition(|span| {
            span.phase == phase && span.viewer.as_ref() == viewer && span.ended.is_none()
        })
    }
}

/// Each phase as JSON, in the order in which they began.
pub(super) fn to_json(spans: &[(Role, &Span)]) -> Vec<String> {
    let mut sorted: Vec<(Role, &Span)> = Vec::new();
    // A few hundred at the most: the library's sorting is larger than all of this file.
    for (role, span) in spans {
        let place = sorted.partition_point(|(_, other)| other.begun <= span.begun);
        sorted.insert(place, (*role, span));
    }
    let mut texts = Vec::new();
    for (role, span) in sorted {
        texts.push(span_json(role, span));
    }
    texts
}

/// A role's name in what JavaScript sees.
pub(super) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Master => "master",
    }
}

fn span_json(role: Role, span: &Span) -> String {
    let time = |at: UnixMillis| at.0.to_string();
    let took = span.ended.map(|ended| ended.0.saturating_sub(span.begun.0).to_string());
    json::Object::new()
        .text("name", span.phase.as_str(role))
        .text("role", role_name(role))
        .optional("clientId", span.viewer.as_ref().map(ClientId::as_str))
        .raw("start", &time(span.begun))
        .raw("end", &span.ended.map_or_else(null, time))
        .raw("duration", &took.unwrap_or_else(null))
        .end()
}

fn null() -> String {
    "null".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(mono: u64, wall: u64) -> Now {
        Now { mono: Millis(mono), wall: UnixMillis(wall) }
    }

    fn id(name: &str) -> ClientId {
        ClientId::parse(name).unwrap()
    }

    #[test]
    fn a_phase_is_open_until_it_ends_and_viewers_are_told_apart() {
        let mut timeline = Timeline::default();
        let (a, b) = (id("a"), id("b"));
        timeline.begin(Phase::Answer, Some(&a), at(1, 1001));
        timeline.begin(Phase::Answer, Some(&b), at(2, 1002));
        timeline.end(Phase::Answer, Some(&a), at(5, 1005));
        timeline.end(Phase::Gathering, None, at(6, 1006));
        assert_eq!(timeline.last(Phase::Answer, Some(&a)).unwrap().ended, Some(UnixMillis(1005)));
        assert_eq!(timeline.last(Phase::Answer, Some(&b)).unwrap().ended, None);
        let told =
            to_json(&timeline.spans().iter().map(|span| (Role::Master, span)).collect::<Vec<_>>());
        assert_eq!(
            told,
            [
                r#"{"name":"answer","role":"master","clientId":"a","start":1001,"end":1005,"duration":4}"#,
                r#"{"name":"answer","role":"master","clientId":"b","start":1002,"end":null,"duration":null}"#,
            ]
        );
    }

    #[test]
    fn a_wall_clock_that_is_set_meanwhile_does_not_change_what_a_phase_took() {
        let mut timeline = Timeline::default();
        timeline.begin(Phase::Connect, None, at(10, 5_000_000));
        timeline.end(Phase::Connect, None, at(40, 1_000));
        assert_eq!(timeline.spans()[0].ended, Some(UnixMillis(5_000_030)));
    }

    #[test]
    fn a_phase_that_begins_anew_counts_from_there() {
        let mut timeline = Timeline::default();
        timeline.begin(Phase::Connect, None, at(1, 1));
        timeline.begin(Phase::Media, None, at(2, 2));
        timeline.end(Phase::Media, None, at(3, 3));
        timeline.begin(Phase::Connect, None, at(4, 4));
        timeline.end(Phase::Connect, None, at(6, 6));
        let told: Vec<_> = timeline.spans().iter().map(|span| (span.phase, span.begun.0)).collect();
        assert_eq!(told, [(Phase::Media, 2), (Phase::Connect, 4)]);
        let ended: Vec<_> = timeline.ended_after(0).map(|span| span.phase).collect();
        assert_eq!(ended, [Phase::Media, Phase::Connect]);
        assert_eq!(timeline.ended_after(1).count(), 1);
        timeline.clear();
        assert_eq!((timeline.spans().len(), timeline.ended_after(0).count()), (0, 0));
    }

    #[test]
    fn a_run_of_many_viewers_is_bounded() {
        let mut timeline = Timeline::default();
        for number in 0..5_000 {
            timeline.begin(Phase::Answer, Some(&id(&number.to_string())), at(1, 1));
        }
        assert_eq!(timeline.spans().len(), MAX_SPANS);
    }
}
