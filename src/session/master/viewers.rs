//! What a master does with each of its viewers, and with the storage session.

use crate::error::{Code, Error};
use crate::ice::Candidate;
use crate::ids::{ClientId, CorrelationId};
use crate::session::answering::{Offer, Party};
use crate::session::insight::{Level, Record, Target};
use crate::session::io::{Admission, CloseReason, Event, Output, PeerId, PeerInput, ViewerState};
use crate::session::outbox::Next;
use crate::signaling::{Message, Payload};
use crate::time::{Millis, Now};

use super::options::MasterLimit;
use super::viewer_peer::{Channel, Stage, Stream, ViewerPeer};
use super::{Master, Media, State, name};

/// How long a person may think about a viewer.
const PATIENCE: Millis = Millis::from_secs(30);

/// How long what a rejected viewer says is passed over.
const REJECTED_FOR: Millis = Millis::from_secs(30);

/// From the offer to a path: browsers give up after some 15 to 30 s of their own.
const CONNECT_TIMEOUT: Millis = Millis::from_secs(30);

impl Master {
    pub(super) fn on_message(&mut self, party: Party, payload: Payload, now: Now) {
        match payload {
            Payload::Offer(sdp) => self.on_offer(party, sdp, now),
            Payload::Candidate(candidate) => self.on_candidate(&party, candidate),
            // We make no offers, so nobody can answer.
            Payload::Answer(_) => {
                self.dropped("unexpectedAnswer", "an answer to a master was dropped");
                if self.find(name(&party)).is_none() {
                    self.link.forget(party.client_id().cloned());
                }
            }
        }
    }

    /// Somebody wants a connection. One that it has already is replaced, unless this is the
    /// offer which that one answers: then the answer is said once more.
    fn on_offer(&mut self, party: Party, offer: String, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        if run.doorman.is_flood(&party, self.options.limit(MasterLimit::Offers), now.mono) {
            let message = "an offer was dropped: its sender makes too many";
            return self.dropped("tooManyOffers", message);
        }
        let offer = self.link.accepted(&offer, &mut self.outputs);
        if let Some(peer) = run.peer(&party)
            && peer.offer == offer
        {
            peer.outbox.rewind();
            return self.flush(now);
        }
        let is_known = run.peer(&party).is_some_and(|peer| !peer.is_asking());
        self.drop_peer(&party, CloseReason::Replaced);
        let State::Running(run) = &mut self.state else { return };
        let most = self.options.limit(MasterLimit::Viewers);
        if run.peers.len() >= most {
            return self.refuse(&party, most);
        }
        self.last_peer += 1;
        let id = PeerId(self.last_peer);
        let trickle = self.link.options().trickle;
        let stage = Stage::Asking { until: now.mono + PATIENCE, candidates: Vec::new() };
        run.peers.push((party.clone(), ViewerPeer::new(id, offer, stage, trickle)));
        match party {
            Party::Viewer(viewer) if !is_known => self.emit(Event::ViewerAsks(id, viewer)),
            Party::Viewer(_) | Party::Storage => self.let_in(&party, now),
        }
    }

    /// There is no room for this viewer.
    fn refuse(&mut self, party: &Party, most: usize) {
        let message = ["the master has ", &most.to_string(), " viewers and takes no more"].concat();
        self.link.forget(party.client_id().cloned());
        self.dropped("tooManyViewers", "an offer was dropped: there are viewers enough");
        let error = Error::new(Code::ServiceLimitExceeded, message);
        self.emit(Event::Error(error, party.client_id().cloned()));
    }

    /// Somebody has decided about a viewer. The first decision counts.
    pub(super) fn on_admission(&mut self, viewer: ClientId, admission: Admission, now: Now) {
        let party = Party::Viewer(viewer.clone());
        match admission {
            Admission::Wait => {}
            Admission::Accept => self.let_in(&party, now),
            Admission::Reject => {
                if self.find(name(&party)).is_some_and(ViewerPeer::is_asking) {
                    self.close_peer(&party, CloseReason::Rejected);
                    let most = self.options.limit(MasterLimit::Rejected);
                    self.link.mute(viewer, now.mono + REJECTED_FOR, most);
                }
            }
        }
    }

    /// Its offer is to be answered, as soon as it is settled whether there are TURN servers.
    fn let_in(&mut self, party: &Party, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        let Some(peer) = run.peer(party) else { return };
        let Stage::Asking { candidates, .. } = &mut peer.stage else { return };
        peer.stage = Stage::Held { candidates: std::mem::take(candidates) };
        self.tell(party, ViewerState::Connecting);
        self.link.renew_turn(now, &mut self.outputs);
        self.answer_held_offers(now);
    }

    /// How a viewer's connection is; that of the storage session is the session's own state.
    fn tell(&mut self, party: &Party, state: ViewerState) {
        if let Party::Viewer(viewer) = party {
            self.emit(Event::ViewerState(viewer.clone(), state));
        }
    }

    fn on_candidate(&mut self, party: &Party, candidate: Candidate) {
        if !self.link.accepts(&candidate, &mut self.outputs) {
            return;
        }
        let most_held = self.options.limit(MasterLimit::HeldCandidates);
        let State::Running(run) = &mut self.state else { return };
        let Some(peer) = run.peer(party) else {
            return self.dropped("unknownViewer", "a candidate of nobody who is known was dropped");
        };
        let id = peer.id;
        match peer.admit(candidate, most_held) {
            Ok(Some(candidate)) => self.outputs.push_back(Output::AddCandidate(id, candidate)),
            Ok(None) => {}
            Err(()) => {
                let message = "a candidate was dropped: its sender has too many";
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
        let config = options.answering(ice_servers);
        for (_, peer) in &mut run.peers {
            let Stage::Held { candidates } = &mut peer.stage else { continue };
            let candidates = std::mem::take(candidates);
            peer.stage = Stage::Connecting { until: now.mono + CONNECT_TIMEOUT };
            let offer = Offer { sdp: peer.offer.clone(), candidates };
            let media = run.media == Media::Open;
            offer.answer(peer.id, config.clone(), media, &mut self.outputs);
        }
    }

    /// With *TURN only* and no TURN servers there is no answer that could work.
    fn refuse_held_offers(&mut self) {
        let State::Running(run) = &self.state else { return };
        let held = run.peers.iter().filter(|(_, peer)| peer.is_held());
        for party in held.map(|(party, _)| party.clone()).collect::<Vec<_>>() {
            let message = "there are no TURN servers, and nothing else is allowed";
            self.fail_peer(&party, Error::new(Code::PeerUnreachable, message));
        }
    }

    pub(super) fn on_peer(&mut self, id: PeerId, input: PeerInput, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        let found = run.peers.iter_mut().find(|(_, peer)| peer.id == id);
        let Some((party, peer)) = found else { return };
        let party = party.clone();
        let viewer = party.client_id().cloned();
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
                    self.emit(Event::Stream(id, viewer));
                }
            }
            PeerInput::Connected => match peer.stage {
                Stage::Asking { .. } | Stage::Held { .. } | Stage::Connecting { .. } => {
                    peer.stage = Stage::Connected;
                    self.tell(&party, ViewerState::Connected);
                }
                // It was interrupted and is back.
                Stage::Connected => {}
            },
            PeerInput::FirstFrame => {}
            PeerInput::ChannelOpened => {
                peer.channel = Channel::Open;
                self.emit(Event::ChannelOpened(viewer));
            }
            PeerInput::ChannelClosed => {
                peer.channel = Channel::Closed;
                self.emit(Event::ChannelClosed(viewer));
            }
            PeerInput::Dropped(junk) => self.outputs.push_back(Output::Log(junk.record())),
            PeerInput::ChannelDrained => self.emit(Event::BufferedAmountLow(viewer)),
            PeerInput::Text(text) => self.emit(Event::Text(text, viewer)),
            PeerInput::Bytes(bytes) => self.emit(Event::Bytes(bytes, viewer)),
            PeerInput::Left => self.close_peer(&party, CloseReason::Left),
            PeerInput::Unreachable => self.fail_peer(&party, unreachable()),
            PeerInput::Failed(error) => self.fail_peer(&party, error),
            // The master makes no offers, and has a picture to show whether or not one comes.
            PeerInput::Negotiated | PeerInput::MediaArrived => {}
        }
    }

    /// Sends what is ready to be sent and may be sent now, the most urgent of all first.
    pub(super) fn flush(&mut self, now: Now) {
        while self.link.is_open() {
            let State::Running(run) = &mut self.state else { return };
            let pacer = &mut self.link.pacer;
            let ready = run.peers.iter_mut().filter_map(|(party, peer)| {
                Some((peer.outbox.urgency(pacer, now.mono)?, party, peer))
            });
            let Some((_, party, peer)) = ready.min_by_key(|(urgency, ..)| *urgency) else {
                return;
            };
            let party = party.clone();
            let payload = match peer.outbox.next(pacer, now.mono) {
                Some(Next::Description(sdp)) => Payload::Answer(sdp),
                Some(Next::Candidate(candidate)) => Payload::Candidate(candidate),
                None => return,
            };
            self.last_message = self.last_message.wrapping_add(1);
            let name = ["master-", &self.last_message.to_string()].concat();
            let correlation_id = CorrelationId::parse(&name).ok();
            let recipient = party.client_id().cloned();
            let message = Message { payload, recipient, correlation_id };
            if let Err(error) = self.link.send(&message, &mut self.outputs) {
                self.fail_peer(&party, error);
            }
        }
    }

    /// Has descriptions read that have waited for their candidates long enough.
    pub(super) fn read_due_descriptions(&mut self, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        for (_, peer) in &mut run.peers {
            if peer.outbox.is_due(now.mono) {
                self.outputs.push_back(Output::ReadDescription(peer.id));
            }
        }
    }

    /// Who has waited too long: for a path, or for the person to decide.
    pub(super) fn give_up_late_peers(&mut self, now: Now) {
        let State::Running(run) = &self.state else { return };
        let late = run
            .peers
            .iter()
            .filter(|(_, peer)| peer.until().is_some_and(|until| now.mono >= until));
        let late: Vec<_> = late.map(|(party, peer)| (party.clone(), peer.is_asking())).collect();
        for late in late {
            match late {
                (Party::Viewer(viewer), true) => {
                    let line = "nobody has decided about a viewer in 30 s: it is rejected";
                    self.log(Level::Info, line);
                    self.on_admission(viewer, Admission::Reject, now);
                }
                (party, _) => self.fail_peer(&party, unreachable()),
            }
        }
    }

    /// Something remote was passed over: it is counted under this reason.
    pub(super) fn dropped(&mut self, reason: &'static str, message: &str) {
        self.outputs.push_back(Output::Log(Record::dropped(Target::Session, reason, message)));
    }

    pub(super) fn fail_peer(&mut self, party: &Party, error: Error) {
        self.emit(Event::Error(error, party.client_id().cloned()));
        self.close_peer(party, CloseReason::Failed);
    }

    /// It is gone, and with it what it said.
    pub(super) fn close_peer(&mut self, party: &Party, reason: CloseReason) {
        self.link.forget(party.client_id().cloned());
        self.drop_peer(party, reason);
    }

    fn drop_peer(&mut self, party: &Party, reason: CloseReason) {
        let State::Running(run) = &mut self.state else { return };
        let Some(at) = run.peers.iter().position(|(known, _)| known == party) else { return };
        let (_, peer) = run.peers.remove(at);
        if peer.has_connection() {
            self.outputs.push_back(Output::ClosePeer(peer.id));
        }
        self.tell(party, ViewerState::Closed(reason));
    }
}

fn unreachable() -> Error {
    let message = "no network path to the other side was found, or it was lost";
    Error::new(Code::PeerUnreachable, message)
}
