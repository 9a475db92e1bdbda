//! What a viewer makes of what happens to its peer connection.

use crate::session::io::{Event, Output, PeerId, PeerInput};
use crate::time::Now;

use super::attempt::{Channel, Phase, Tracks};
use super::{MEDIA_PATIENCE, State, Viewer};

impl Viewer {
    pub(super) fn on_peer(&mut self, id: PeerId, input: PeerInput, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        if run.peer.id != id {
            return;
        }
        match input {
            PeerInput::Described(sdp) => {
                let sdp = self.link.sent(&sdp);
                run.peer.outbox.describe(sdp, now.mono);
                self.flush(now);
            }
            PeerInput::Candidate(candidate) => {
                if self.link.sends(&candidate) {
                    run.peer.outbox.candidate(candidate);
                    self.flush(now);
                }
            }
            PeerInput::Track => {
                if run.peer.tracks == Tracks::Unknown {
                    run.peer.tracks = Tracks::Silent;
                    self.emit(Event::Stream(id, None));
                }
            }
            PeerInput::Negotiated => {
                if run.peer.tracks == Tracks::Unknown {
                    run.peer.tracks = Tracks::None;
                }
                self.settle_when_up();
            }
            PeerInput::Connected => {
                if let Phase::Connecting { .. } = run.peer.phase {
                    run.peer.phase = Phase::Settling { until: now.mono + MEDIA_PATIENCE };
                }
                self.settle_when_up();
            }
            PeerInput::MediaArrived => {
                run.peer.tracks = Tracks::Live;
                self.settle_when_up();
            }
            PeerInput::ChannelOpened => {
                run.peer.channel = Channel::Open;
                self.emit(Event::ChannelOpened(None));
            }
            PeerInput::ChannelClosed => {
                run.peer.channel = Channel::Closed;
                self.emit(Event::ChannelClosed(None));
            }
            PeerInput::ChannelDrained => self.emit(Event::BufferedAmountLow(None)),
            PeerInput::GatheringEnded => {
                if run.peer.outbox.gathered() {
                    self.outputs.push_back(Output::ReadDescription(id));
                }
            }
            PeerInput::FirstFrame => {}
            PeerInput::Text(text) => self.emit(Event::Text(text, None)),
            PeerInput::Bytes(bytes) => self.emit(Event::Bytes(bytes, None)),
            PeerInput::Dropped(junk) => self.outputs.push_back(Output::Log(junk.record())),
            PeerInput::Left => self.on_left(now),
            PeerInput::Unreachable => self.on_unreachable(now),
            PeerInput::Failed(error) => self.fail_try(error, now),
        }
    }
}
