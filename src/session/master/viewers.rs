//! What a master does with each of its viewers.

use crate::error::{Code, Error};
use crate::ice::Candidate;
use crate::ids::{ClientId, CorrelationId};
use crate::session::insight::{Level, Record, Target};
use crate::session::io::{
    Admission, CloseReason, Event, Output, PeerConfig, PeerId, PeerInput, ViewerState,
};
use crate::session::outbox::Next;
use crate::signaling::{Message, Payload};
use crate::time::{Millis, Now};

use super::options::MasterLimit;
use super::viewer_peer::{Channel, Stage, Stream, ViewerPeer};
use super::{Master, Media, State};

/// How long a person may think about a viewer.
const PATIENCE: Millis = Millis::from_secs(30);

/// How long what a rejected viewer says is passed over.
const REJECTED_FOR: Millis = Millis::from_secs(30);

/// From the offer to a path: browsers give up after some 15 to 30 s of their own.
const CONNECT_TIMEOUT: Millis = Millis::from_secs(30);

impl Master {
    pub(super) fn on_message(&mut self, viewer: ClientId, payload: Payload, now: Now) {
        match payload {
            Payload::Offer(sdp) => self.on_offer(viewer, sdp, now),
            Payload::Candidate(candidate) => self.on_candidate(&viewer, candidate),
            // We make no offers, so nobody can answer.
            Payload::Answer(_) => {
                self.dropped("unexpectedAnswer", "an answer of a viewer was dropped");
                if self.find(|known, _| *known == viewer).is_none() {
                    self.link.forget(Some(viewer));
                }
            }
        }
    }

    /// A viewer wants a connection. One that it has already is replaced, unless this is the
    /// offer which that one answers: then the answer is said once more.
    fn on_offer(&mut self, viewer: ClientId, offer: String, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        if run.doorman.is_flood(&viewer, self.options.limit(MasterLimit::Offers), now.mono) {
            let message = "an offer was dropped: its viewer makes too many";
            return self.dropped("tooManyOffers", message);
        }
        let offer = self.link.accepted(&offer, &mut self.outputs);
        if let Some(peer) = run.viewer(&viewer)
            && peer.offer == offer
        {
            peer.outbox.rewind();
            return self.flush(now);
        }
        let is_known = run.viewer(&viewer).is_some_and(|peer| !peer.is_asking());
        self.drop_viewer(&viewer, CloseReason::Replaced);
        let State::Running(run) = &mut self.state else { return };
        let most = self.options.limit(MasterLimit::Viewers);
        if run.viewers.len() >= most {
            return self.refuse(viewer, most);
        }
        self.last_peer += 1;
        let id = PeerId(self.last_peer);
        let trickle = self.link.options().trickle;
        let stage = Stage::Asking { until: now.mono + PATIENCE, candidates: Vec::new() };
        run.viewers.push((viewer.clone(), ViewerPeer::new(id, offer, stage, trickle)));
        if is_known {
            return self.on_admission(&viewer, Admission::Accept, now);
        }
        self.emit(Event::ViewerAsks(id, viewer));
    }

    /// There is no room for this viewer.
    fn refuse(&mut self, viewer: ClientId, most: usize) {
        let message = ["the master has ", &most.to_string(), " viewers and takes no more"].concat();
        self.link.forget(Some(viewer.clone()));
        self.dropped("tooManyViewers", "an offer was dropped: there are viewers enough");
        self.emit(Event::Error(Error::new(Code::ServiceLimitExceeded, message), Some(viewer)));
    }

    /// Somebody has decided about a viewer. The first decision counts.
    pub(super) fn on_admission(&mut self, viewer: &ClientId, admission: Admission, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        let Some(peer) = run.viewer(viewer) else { return };
        let Stage::Asking { candidates, .. } = &mut peer.stage else { return };
        match admission {
            Admission::Wait => {}
            Admission::Accept => {
                peer.stage = Stage::Held { candidates: std::mem::take(candidates) };
                self.emit(Event::ViewerState(viewer.clone(), ViewerState::Connecting));
                self.link.renew_turn(now, &mut self.outputs);
                self.answer_held_offers(now);
            }
            Admission::Reject => {
                self.close_viewer(viewer, CloseReason::Rejected);
                let most = self.options.limit(MasterLimit::Rejected);
                self.link.mute(viewer.clone(), now.mono + REJECTED_FOR, most);
            }
        }
    }

    fn on_candidate(&mut self, viewer: &ClientId, candidate: Candidate) {
        if !self.link.accepts(&candidate, &mut self.outputs) {
            return;
        }
        let most_held = self.options.limit(MasterLimit::HeldCandidates);
        let State::Running(run) = &mut self.state else { return };
        let Some(peer) = run.viewer(viewer) else {
            return self.dropped("unknownViewer", "a candidate of an unknown viewer was dropped");
        };
        let id = peer.id;
        match peer.admit(candidate, most_held) {
            Ok(Some(candidate)) => self.outputs.push_back(Output::AddCandidate(id, candidate)),
            Ok(None) => {}
            Err(()) => {
                let message = "a candidate was dropped: its viewer has too many";
                self.dropped("tooManyCandidates", message);
            }
        }
    }

    /// Answers every offer that waited for the TURN servers, once it is settled whether there
    /// are any.
    pub(super) fn answer_held_offers(&mut self, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        let Some(ice_servers) = self.link.settled_servers() else { return };
        let options = self.link.options();
        if options.nat_traversal.needs_turn() && !self.link.has_turn(now) {
            return self.refuse_held_offers();
        }
        let config = PeerConfig {
            ice_servers,
            relay_only: options.nat_traversal.needs_turn(),
            offers: false,
            data_channel: false,
            send_video: options.media.video,
            send_audio: options.media.audio,
        };
        for (_, peer) in &mut run.viewers {
            let Stage::Held { candidates } = &mut peer.stage else { continue };
            let candidates = std::mem::take(candidates);
            peer.stage = Stage::Connecting { until: now.mono + CONNECT_TIMEOUT };
            self.outputs.push_back(Output::CreatePeer(peer.id, config.clone()));
            if run.media == Media::Open {
                self.outputs.push_back(Output::AttachMedia(peer.id));
            }
            self.outputs.push_back(Output::Answer(peer.id, peer.offer.clone()));
            for candidate in candidates {
                self.outputs.push_back(Output::AddCandidate(peer.id, candidate));
            }
        }
    }

    /// With *TURN only* and no TURN servers there is no answer that could work.
    fn refuse_held_offers(&mut self) {
        let State::Running(run) = &self.state else { return };
        let held = run.viewers.iter().filter(|(_, peer)| peer.is_held());
        for viewer in held.map(|(viewer, _)| viewer.clone()).collect::<Vec<_>>() {
            let message = "there are no TURN servers, and nothing else is allowed";
            self.fail_viewer(&viewer, Error::new(Code::PeerUnreachable, message));
        }
    }

    pub(super) fn on_peer(&mut self, id: PeerId, input: PeerInput, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        let found = run.viewers.iter_mut().find(|(_, peer)| peer.id == id);
        let Some((viewer, peer)) = found else { return };
        let viewer = viewer.clone();
        match input {
            PeerInput::Described(sdp) => {
                peer.outbox.describe(self.link.sent(&sdp), now.mono);
                self.flush(now);
            }
            PeerInput::Candidate(candidate) => {
                if self.link.sends(&candidate) {
                    peer.outbox.candidate(candidate);
                    self.flush(now);
                }
            }
            PeerInput::GatheringEnded => {
                if peer.outbox.gathered() {
                    self.outputs.push_back(Output::ReadDescription(id));
                }
            }
            PeerInput::Track => {
                if peer.stream == Stream::None {
                    peer.stream = Stream::Told;
                    self.emit(Event::Stream(id, Some(viewer)));
                }
            }
            PeerInput::Connected => match peer.stage {
                Stage::Asking { .. } | Stage::Held { .. } | Stage::Connecting { .. } => {
                    peer.stage = Stage::Connected;
                    self.emit(Event::ViewerState(viewer, ViewerState::Connected));
                }
                // It was interrupted and is back.
                Stage::Connected => {}
            },
            PeerInput::FirstFrame => {}
            PeerInput::ChannelOpened => {
                peer.channel = Channel::Open;
                self.emit(Event::ChannelOpened(Some(viewer)));
            }
            PeerInput::ChannelClosed => {
                peer.channel = Channel::Closed;
                self.emit(Event::ChannelClosed(Some(viewer)));
            }
            PeerInput::Dropped(junk) => self.outputs.push_back(Output::Log(junk.record())),
            PeerInput::ChannelDrained => self.emit(Event::BufferedAmountLow(Some(viewer))),
            PeerInput::Text(text) => self.emit(Event::Text(text, Some(viewer))),
            PeerInput::Bytes(bytes) => self.emit(Event::Bytes(bytes, Some(viewer))),
            PeerInput::Left => self.close_viewer(&viewer, CloseReason::Left),
            PeerInput::Unreachable => self.fail_viewer(&viewer, unreachable()),
            PeerInput::Failed(error) => self.fail_viewer(&viewer, error),
            // The master makes no offers, and has a picture to show whether or not one comes.
            PeerInput::Negotiated | PeerInput::MediaArrived => {}
        }
    }

    /// Sends what is ready to be sent and may be sent now, the most urgent of all viewers first.
    pub(super) fn flush(&mut self, now: Now) {
        while self.link.is_open() {
            let State::Running(run) = &mut self.state else { return };
            let pacer = &mut self.link.pacer;
            let ready = run.viewers.iter_mut().filter_map(|(viewer, peer)| {
                Some((peer.outbox.urgency(pacer, now.mono)?, viewer, peer))
            });
            let Some((_, viewer, peer)) = ready.min_by_key(|(urgency, ..)| *urgency) else {
                return;
            };
            let recipient = viewer.clone();
            let payload = match peer.outbox.next(pacer, now.mono) {
                Some(Next::Description(sdp)) => Payload::Answer(sdp),
                Some(Next::Candidate(candidate)) => Payload::Candidate(candidate),
                None => return,
            };
            self.last_message = self.last_message.wrapping_add(1);
            let name = ["master-", &self.last_message.to_string()].concat();
            let correlation_id = CorrelationId::parse(&name).ok();
            let message = Message { payload, recipient: Some(recipient.clone()), correlation_id };
            if let Err(error) = self.link.send(&message, &mut self.outputs) {
                self.fail_viewer(&recipient, error);
            }
        }
    }

    /// Has descriptions read that have waited for their candidates long enough.
    pub(super) fn read_due_descriptions(&mut self, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        for (_, peer) in &mut run.viewers {
            if peer.outbox.is_due(now.mono) {
                self.outputs.push_back(Output::ReadDescription(peer.id));
            }
        }
    }

    /// Who has waited too long: for a path, or for the person to decide.
    pub(super) fn give_up_late_viewers(&mut self, now: Now) {
        let State::Running(run) = &self.state else { return };
        let late = run
            .viewers
            .iter()
            .filter(|(_, peer)| peer.until().is_some_and(|until| now.mono >= until));
        let late: Vec<_> = late.map(|(viewer, peer)| (viewer.clone(), peer.is_asking())).collect();
        for (viewer, is_asking) in late {
            if is_asking {
                self.log(Level::Info, "nobody has decided about a viewer in 30 s: it is rejected");
                self.on_admission(&viewer, Admission::Reject, now);
            } else {
                self.fail_viewer(&viewer, unreachable());
            }
        }
    }

    /// Something remote was passed over: it is counted under this reason.
    pub(super) fn dropped(&mut self, reason: &'static str, message: &str) {
        self.outputs.push_back(Output::Log(Record::dropped(Target::Session, reason, message)));
    }

    fn fail_viewer(&mut self, viewer: &ClientId, error: Error) {
        self.emit(Event::Error(error, Some(viewer.clone())));
        self.close_viewer(viewer, CloseReason::Failed);
    }

    /// The viewer is gone, and with it what it said.
    pub(super) fn close_viewer(&mut self, viewer: &ClientId, reason: CloseReason) {
        self.link.forget(Some(viewer.clone()));
        self.drop_viewer(viewer, reason);
    }

    fn drop_viewer(&mut self, viewer: &ClientId, reason: CloseReason) {
        let State::Running(run) = &mut self.state else { return };
        let Some(at) = run.viewers.iter().position(|(known, _)| known == viewer) else { return };
        let (_, peer) = run.viewers.remove(at);
        if peer.has_connection() {
            self.outputs.push_back(Output::ClosePeer(peer.id));
        }
        self.emit(Event::ViewerState(viewer.clone(), ViewerState::Closed(reason)));
    }
}

fn unreachable() -> Error {
    let message = "no network path to the viewer was found, or it was lost";
    Error::new(Code::PeerUnreachable, message)
}
