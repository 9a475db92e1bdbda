//! What a viewer makes of what the other side says.

use crate::session::insight::{Record, Target};
use crate::session::io::Output;
use crate::session::link::MAX_CANDIDATES;
use crate::signaling::Payload;
use crate::time::{Millis, Now};

use super::attempt::Phase;
use super::{State, Viewer};

/// From the answer to a path: browsers give up after some 15 to 30 s of their own.
pub(super) const CONNECT_TIMEOUT: Millis = Millis::from_secs(30);

impl Viewer {
    pub(super) fn on_message(&mut self, payload: Payload, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        match payload {
            Payload::Answer(sdp) => {
                // A second answer, to a repeated offer, is of no use: the first one counts.
                if !matches!(run.peer.phase, Phase::Offering { .. })
                    || !run.peer.outbox.is_described()
                {
                    let message = "an answer to no offer, or a second one, was dropped";
                    return self.dropped("unexpectedAnswer", message);
                }
                run.peer.phase = Phase::Connecting { until: now.mono + CONNECT_TIMEOUT };
                let sdp = self.link.accepted(&sdp, &mut self.outputs);
                self.outputs.push_back(Output::ApplyAnswer(run.peer.id, sdp));
            }
            Payload::Candidate(candidate) => {
                if !self.link.accepts(&candidate, &mut self.outputs) {
                    return;
                }
                run.peer.candidates = run.peer.candidates.saturating_add(1);
                if run.peer.candidates > MAX_CANDIDATES {
                    let message = "a candidate was dropped: the other side has too many";
                    return self.dropped("tooManyCandidates", message);
                }
                match &mut run.peer.phase {
                    Phase::Awaiting { offer } => {
                        if let Some(offer) = offer {
                            offer.candidates.push(candidate);
                        }
                    }
                    Phase::Preparing { .. }
                    | Phase::Offering { .. }
                    | Phase::Connecting { .. }
                    | Phase::Settling { .. }
                    | Phase::Connected => {
                        self.outputs.push_back(Output::AddCandidate(run.peer.id, candidate));
                    }
                }
            }
            Payload::Offer(sdp) if self.link.options().ingestion => self.on_offer(&sdp, now),
            // Of the other kind of call.
            Payload::Offer(_) => {
                self.dropped("unexpectedOffer", "an offer to a viewer was dropped")
            }
        }
    }

    /// Something remote was passed over: it is counted under this reason.
    pub(super) fn dropped(&mut self, reason: &'static str, message: &str) {
        self.outputs.push_back(Output::Log(Record::dropped(Target::Session, reason, message)));
    }
}
