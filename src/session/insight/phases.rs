//! When the phases of a session begin and end, seen from outside its machine.

use crate::ids::{ClientId, Role};
use crate::time::Now;

use super::timeline::{Phase, Timeline};
use crate::session::io::{
    CallId, Event, Input, Output, PeerId, PeerInput, SessionState, ViewerState,
};

/// Requests that are kept in mind at the most; those that run at one time are five.
const MAX_CALLS: usize = 16;

/// Connections that are kept in mind at the most.
const MAX_PEERS: usize = 64;

/// Watches one session.
#[derive(Debug)]
pub(super) struct Phases {
    role: Role,
    pub(super) timeline: Timeline,
    calls: Vec<(CallId, Phase)>,
    /// The connections that have a description, and when they found their path, until the first
    /// frame is there.
    peers: Vec<(PeerId, Option<Now>)>,
}

impl Phases {
    pub(super) fn new(role: Role) -> Self {
        let timeline = Timeline::default();
        Self { role, timeline, calls: Vec::new(), peers: Vec::new() }
    }

    /// A new run.
    pub(super) fn clear(&mut self) {
        *self = Self::new(self.role);
    }

    /// The session is told something; `viewer` is whose connection that is about, with a master.
    pub(super) fn heard(&mut self, input: &Input, viewer: Option<&ClientId>, now: Now) {
        match input {
            Input::Start { .. } => {
                self.timeline.begin(Phase::Signaling, None, now);
                if self.role == Role::Viewer {
                    self.timeline.begin(Phase::StartToFirstFrame, None, now);
                }
            }
            Input::Credentials(call, _) | Input::Fetched(call, _) | Input::Bundle(call, _) => {
                let known = self.calls.iter().position(|(asked, _)| asked == call);
                if let Some(index) = known {
                    let (_, phase) = self.calls.swap_remove(index);
                    self.timeline.end(phase, None, now);
                }
            }
            Input::SocketOpened => {
                self.timeline.end(Phase::Connect, None, now);
                self.timeline.end(Phase::Signaling, None, now);
            }
            Input::Media(_) => self.timeline.end(Phase::Media, None, now),
            Input::Peer(id, input) => self.peer(*id, input, viewer, now),
            _ => {}
        }
    }

    /// The session asks for something.
    pub(super) fn said(&mut self, output: &Output, now: Now) {
        match output {
            Output::GetCredentials { call, .. } | Output::AskBackend(call, _) => {
                self.call(*call, Phase::Credentials, now);
            }
            Output::Fetch(call, request) => {
                let phase = PATHS.iter().find(|(path, _)| request.url.ends_with(path));
                if let Some((_, phase)) = phase {
                    self.call(*call, *phase, now);
                }
            }
            Output::OpenSocket(_) => {
                self.timeline.begin(Phase::Sign, None, now);
                self.timeline.end(Phase::Sign, None, now);
                self.timeline.begin(Phase::Connect, None, now);
            }
            Output::OpenMedia => self.timeline.begin(Phase::Media, None, now),
            Output::SendText(text) => self.frame(text, now),
            Output::ApplyAnswer(..) => {
                self.timeline.end(Phase::Waiting, None, now);
                self.timeline.end(Phase::OfferToAnswer, None, now);
                self.timeline.begin(Phase::PeerConnection, None, now);
            }
            // A storage session's offer: a viewer gets no other.
            Output::Answer(..) if self.role == Role::Viewer => {
                self.timeline.end(Phase::Waiting, None, now);
                self.timeline.begin(Phase::Answer, None, now);
                self.timeline.begin(Phase::PeerConnection, None, now);
            }
            Output::ClosePeer(id) => {
                if let Some(index) = self.peers.iter().position(|(peer, _)| peer == id) {
                    self.peers.swap_remove(index);
                }
            }
            Output::Emit(Event::State(SessionState::Waiting)) => {
                self.timeline.begin(Phase::Waiting, None, now);
            }
            // A storage session's offer: of a viewer's connection no session state tells.
            Output::Emit(Event::State(SessionState::Connecting)) if self.role == Role::Master => {
                self.timeline.end(Phase::Waiting, None, now);
                self.timeline.begin(Phase::Answer, None, now);
            }
            Output::Emit(Event::ViewerAsks(..)) => self.timeline.end(Phase::Waiting, None, now),
            Output::Emit(Event::ViewerState(viewer, ViewerState::Connecting)) => {
                self.timeline.end(Phase::Waiting, None, now);
                self.timeline.begin(Phase::Answer, Some(viewer), now);
            }
            _ => {}
        }
    }

    fn peer(&mut self, id: PeerId, input: &PeerInput, viewer: Option<&ClientId>, now: Now) {
        match input {
            PeerInput::Described(_) => {
                // It is told again where candidates are sent within it.
                if self.known(id).is_some() || self.peers.len() >= MAX_PEERS {
                    return;
                }
                self.peers.push((id, None));
                self.timeline.begin(Phase::Gathering, viewer, now);
                if self.role == Role::Master {
                    self.timeline.begin(Phase::PeerConnection, viewer, now);
                }
            }
            PeerInput::GatheringEnded => self.timeline.end(Phase::Gathering, viewer, now),
            PeerInput::Connected => {
                self.timeline.end(Phase::PeerConnection, viewer, now);
                if let Some(connected) = self.known(id) {
                    *connected = Some(now);
                }
            }
            PeerInput::FirstFrame => {
                if let Some(connected) = self.known(id).and_then(Option::take) {
                    self.timeline.begin(Phase::FirstFrame, viewer, connected);
                    self.timeline.end(Phase::FirstFrame, viewer, now);
                }
                self.timeline.end(Phase::StartToFirstFrame, None, now);
            }
            _ => {}
        }
    }

    fn known(&mut self, id: PeerId) -> Option<&mut Option<Now>> {
        self.peers.iter_mut().find(|(peer, _)| *peer == id).map(|(_, connected)| connected)
    }

    /// A frame that leaves: base64 has no `_`, so that these words are the frame's own.
    fn frame(&mut self, text: &str, now: Now) {
        if text.contains("\"SDP_OFFER\"") {
            // Of an offer that is said once more the last time counts.
            self.timeline.begin(Phase::OfferToAnswer, None, now);
        } else if text.contains("\"SDP_ANSWER\"") {
            let is_addressed =
                |viewer: &&ClientId| text.contains(&["\"", viewer.as_str(), "\""].concat());
            let open = self.timeline.spans().iter().rev();
            let open = open.filter(|span| span.phase == Phase::Answer && span.ended.is_none());
            let viewer = open.filter_map(|span| span.viewer.as_ref()).find(is_addressed).cloned();
            self.timeline.end(Phase::Answer, viewer.as_ref(), now);
        }
    }

    fn call(&mut self, call: CallId, phase: Phase, now: Now) {
        if self.calls.len() < MAX_CALLS {
            self.calls.push((call, phase));
            self.timeline.begin(phase, None, now);
        }
    }
}

/// Which request is which phase, by the path of its operation.
const PATHS: [(&str, Phase); 5] = [
    ("/describeSignalingChannel", Phase::Describe),
    ("/describeMediaStorageConfiguration", Phase::DescribeStorage),
    ("/createSignalingChannel", Phase::CreateChannel),
    ("/getSignalingChannelEndpoint", Phase::Endpoint),
    ("/v1/get-ice-server-config", Phase::IceConfig),
];
