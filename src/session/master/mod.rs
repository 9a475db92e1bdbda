//! The master: answers the offers of the channel's viewers, one peer connection each.

mod viewer_peer;

use std::collections::{BTreeMap, VecDeque};

use crate::error::{Code, Error};
use crate::ice::Candidate;
use crate::ids::{ClientId, CorrelationId};
use crate::signaling::{Message, Payload};
use crate::time::{Millis, Now};

use super::insight::Timeline;
use super::io::{
    CloseReason, Event, Input, Output, PeerConfig, PeerId, PeerInput, Session, SessionState,
    ViewerState,
};
use super::link::{Identity, Link, LinkEvent};
use super::options::Options;
use super::outbox::Next;
use viewer_peer::{Channel, Stage, Stream, ViewerPeer};

/// Viewers at the most: a channel has ten, up to some thirty where AWS raised it.
const MAX_VIEWERS: usize = 32;

/// Candidates kept for an offer that waits for TURN servers.
const MAX_HELD_CANDIDATES: usize = 64;

/// From the offer to a path: browsers give up after some 15 to 30 s of their own.
const CONNECT_TIMEOUT: Millis = Millis::from_secs(30);

/// The machine; see the [module](super).
#[derive(Debug)]
pub struct Master {
    link: Link,
    state: State,
    /// The state that was told last.
    told: SessionState,
    last_peer: u32,
    last_message: u32,
    outputs: VecDeque<Output>,
}

#[derive(Debug)]
enum State {
    Idle,
    Running(Run),
    Closed,
}

#[derive(Debug)]
struct Run {
    phase: Phase,
    media: Media,
    viewers: BTreeMap<ClientId, ViewerPeer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// `start()` is pending.
    Starting,
    /// The socket is open.
    Serving,
    /// The socket is gone; calls that are up go on.
    Detached,
}

#[derive(Debug, PartialEq, Eq)]
enum Media {
    Closed,
    Open,
}

impl Master {
    /// A master that has not started.
    pub fn new(options: Options) -> Self {
        Self {
            link: Link::new(options),
            state: State::Idle,
            told: SessionState::Idle,
            last_peer: 0,
            last_message: 0,
            outputs: VecDeque::new(),
        }
    }

    fn start(&mut self, now: Now) {
        if self.check_start().is_err() {
            return;
        }
        if self.link.options().media.is_wanted() {
            self.outputs.push_back(Output::OpenMedia);
        }
        self.state = State::Running(Run {
            phase: Phase::Starting,
            media: Media::Closed,
            viewers: BTreeMap::new(),
        });
        self.link.begin(Identity::Master, now, &mut self.outputs);
    }

    fn on_link(&mut self, event: LinkEvent, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        match event {
            LinkEvent::Advanced => self.answer_held_offers(now),
            LinkEvent::Opened => {
                if run.phase == Phase::Starting {
                    run.phase = Phase::Serving;
                    self.outputs.push_back(Output::Settle(Ok(())));
                }
            }
            LinkEvent::Message { sender: Some(viewer), payload } => {
                self.on_message(viewer, payload, now);
            }
            // A storage session; not for this kind of call.
            LinkEvent::Message { sender: None, .. } => {}
            LinkEvent::NoTurn(error) => {
                self.emit(Event::Error(error, None));
                self.answer_held_offers(now);
            }
            LinkEvent::Failed(error) => match run.phase {
                Phase::Starting => self.fail(error, now),
                // Only fresh TURN servers are asked for by now.
                Phase::Serving | Phase::Detached => {
                    self.link.give_up_turn();
                    self.emit(Event::Error(error, None));
                    self.answer_held_offers(now);
                }
            },
            LinkEvent::Lost(error) => {
                run.phase = Phase::Detached;
                self.emit(Event::Error(error, None));
            }
            LinkEvent::GoAway => self.emit(Event::GoAway),
            LinkEvent::ReconnectIceServer => self.emit(Event::ReconnectIceServer),
            LinkEvent::Status(status) => self.emit(Event::StatusResponse(status)),
        }
    }

    fn on_message(&mut self, viewer: ClientId, payload: Payload, now: Now) {
        match payload {
            Payload::Offer(sdp) => self.on_offer(viewer, sdp, now),
            Payload::Candidate(candidate) => self.on_candidate(&viewer, candidate),
            // We make no offers, so nobody can answer.
            Payload::Answer(_) => {}
        }
    }

    /// A viewer wants a connection. One that it has already is replaced, unless this is the
    /// offer which that one answers: then the answer is said once more.
    fn on_offer(&mut self, viewer: ClientId, offer: String, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        if let Some(peer) = run.viewers.get_mut(&viewer)
            && peer.offer == offer
        {
            peer.outbox.rewind();
            return self.flush(&viewer);
        }
        self.drop_viewer(&viewer, CloseReason::Replaced);
        let State::Running(run) = &mut self.state else { return };
        if run.viewers.len() >= MAX_VIEWERS {
            let message = format!("the master has {MAX_VIEWERS} viewers and takes no more");
            self.link.forget(Some(viewer.clone()));
            let error = Error::new(Code::ServiceLimitExceeded, message);
            return self.emit(Event::Error(error, Some(viewer)));
        }
        self.last_peer += 1;
        let id = PeerId(self.last_peer);
        run.viewers.insert(viewer.clone(), ViewerPeer::new(id, offer));
        self.emit(Event::ViewerState(viewer, ViewerState::Connecting));
        self.link.renew_turn(now, &mut self.outputs);
        self.answer_held_offers(now);
    }

    fn on_candidate(&mut self, viewer: &ClientId, candidate: Candidate) {
        let State::Running(run) = &mut self.state else { return };
        let Some(peer) = run.viewers.get_mut(viewer) else { return };
        match &mut peer.stage {
            Stage::Held { candidates, .. } => {
                if candidates.len() < MAX_HELD_CANDIDATES {
                    candidates.push(candidate);
                }
            }
            Stage::Connecting { .. } | Stage::Connected => {
                self.outputs.push_back(Output::AddCandidate(peer.id, candidate));
            }
        }
    }

    /// Answers every offer that waited for the TURN servers, once it is settled whether there
    /// are any.
    fn answer_held_offers(&mut self, now: Now) {
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
        for peer in run.viewers.values_mut() {
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
        let held: Vec<_> = run
            .viewers
            .iter()
            .filter(|(_, peer)| peer.is_held())
            .map(|(id, _)| id.clone())
            .collect();
        for viewer in held {
            let message = "there are no TURN servers, and nothing else is allowed";
            self.fail_viewer(&viewer, Error::new(Code::PeerUnreachable, message));
        }
    }

    fn on_peer(&mut self, id: PeerId, input: PeerInput) {
        let State::Running(run) = &mut self.state else { return };
        let found = run.viewers.iter_mut().find(|(_, peer)| peer.id == id);
        let Some((viewer, peer)) = found.map(|(viewer, peer)| (viewer.clone(), peer)) else {
            return;
        };
        match input {
            PeerInput::Described(sdp) => {
                peer.outbox.describe(sdp);
                self.flush(&viewer);
            }
            PeerInput::Candidate(candidate) => {
                peer.outbox.candidate(candidate);
                self.flush(&viewer);
            }
            PeerInput::Track => {
                if peer.stream == Stream::None {
                    peer.stream = Stream::Told;
                    self.emit(Event::Stream(id, Some(viewer)));
                }
            }
            PeerInput::Connected => match peer.stage {
                Stage::Held { .. } | Stage::Connecting { .. } => {
                    peer.stage = Stage::Connected;
                    self.emit(Event::ViewerState(viewer, ViewerState::Connected));
                }
                // It was interrupted and is back.
                Stage::Connected => {}
            },
            PeerInput::ChannelOpened => {
                peer.channel = Channel::Open;
                self.emit(Event::ChannelOpened(Some(viewer)));
            }
            PeerInput::ChannelClosed => {
                peer.channel = Channel::Closed;
                self.emit(Event::ChannelClosed(Some(viewer)));
            }
            PeerInput::ChannelDrained => self.emit(Event::BufferedAmountLow(Some(viewer))),
            PeerInput::Text(text) => self.emit(Event::Text(text, Some(viewer))),
            PeerInput::Bytes(bytes) => self.emit(Event::Bytes(bytes, Some(viewer))),
            PeerInput::Dropped(junk, count) => {
                self.outputs.push_back(Output::Log(junk.record(count)));
            }
            PeerInput::Left => self.close_viewer(&viewer, CloseReason::Left),
            PeerInput::Unreachable => self.fail_viewer(&viewer, unreachable()),
            PeerInput::Failed(error) => self.fail_viewer(&viewer, error),
            // The master makes no offers, and has a picture to show whether or not one comes.
            PeerInput::Negotiated
            | PeerInput::MediaArrived
            | PeerInput::GatheringEnded
            | PeerInput::FirstFrame => {}
        }
    }

    /// Sends what is ready to be sent to this viewer.
    fn flush(&mut self, viewer: &ClientId) {
        if !self.link.is_open() {
            return;
        }
        let State::Running(run) = &mut self.state else { return };
        let Some(peer) = run.viewers.get_mut(viewer) else { return };
        while let Some(next) = peer.outbox.next() {
            let payload = match next {
                Next::Description(sdp) => Payload::Answer(sdp),
                Next::Candidate(candidate) => Payload::Candidate(candidate),
            };
            self.last_message = self.last_message.wrapping_add(1);
            let correlation_id =
                CorrelationId::parse(&format!("master-{}", self.last_message)).ok();
            let message = Message { payload, recipient: Some(viewer.clone()), correlation_id };
            if let Err(error) = self.link.send(&message, &mut self.outputs) {
                return self.fail_viewer(viewer, error);
            }
        }
    }

    fn on_media(&mut self, result: Result<(), Error>, now: Now) {
        if let Err(error) = result {
            return self.fail(error, now);
        }
        let State::Running(run) = &mut self.state else { return };
        run.media = Media::Open;
        for peer in run.viewers.values() {
            match peer.stage {
                Stage::Held { .. } => {}
                Stage::Connecting { .. } | Stage::Connected => {
                    self.outputs.push_back(Output::AttachMedia(peer.id));
                }
            }
        }
        self.emit(Event::LocalStream);
    }

    fn on_timeout(&mut self, now: Now) {
        let State::Running(run) = &self.state else { return };
        let late: Vec<_> = run
            .viewers
            .iter()
            .filter(|(_, peer)| peer.until().is_some_and(|until| now.mono >= until))
            .map(|(viewer, _)| viewer.clone())
            .collect();
        for viewer in late {
            self.fail_viewer(&viewer, unreachable());
        }
    }

    fn fail_viewer(&mut self, viewer: &ClientId, error: Error) {
        self.emit(Event::Error(error, Some(viewer.clone())));
        self.close_viewer(viewer, CloseReason::Failed);
    }

    /// The viewer is gone, and with it what it said.
    fn close_viewer(&mut self, viewer: &ClientId, reason: CloseReason) {
        self.link.forget(Some(viewer.clone()));
        self.drop_viewer(viewer, reason);
    }

    fn drop_viewer(&mut self, viewer: &ClientId, reason: CloseReason) {
        let State::Running(run) = &mut self.state else { return };
        let Some(peer) = run.viewers.remove(viewer) else { return };
        self.outputs.push_back(Output::ClosePeer(peer.id));
        self.emit(Event::ViewerState(viewer.clone(), ViewerState::Closed(reason)));
    }

    fn fail(&mut self, error: Error, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        match run.phase {
            Phase::Starting => self.outputs.push_back(Output::Settle(Err(error))),
            Phase::Serving | Phase::Detached => self.emit(Event::Error(error, None)),
        }
        self.end(CloseReason::Failed, now);
    }

    fn stop(&mut self, reason: Error, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        if run.phase == Phase::Starting {
            self.outputs.push_back(Output::Settle(Err(reason)));
        }
        self.end(CloseReason::Stopped, now);
    }

    fn end(&mut self, reason: CloseReason, now: Now) {
        for viewer in self.viewers() {
            self.close_viewer(&viewer, reason);
        }
        let State::Running(_) = std::mem::replace(&mut self.state, State::Closed) else { return };
        self.outputs.push_back(Output::CloseMedia);
        self.link.end(now, &mut self.outputs);
        self.tell_state();
        self.emit(Event::Close(reason));
    }

    fn viewers(&self) -> Vec<ClientId> {
        match &self.state {
            State::Running(run) => run.viewers.keys().cloned().collect(),
            State::Idle | State::Closed => Vec::new(),
        }
    }

    fn find(&self, client_id: &str) -> Option<&ViewerPeer> {
        match &self.state {
            State::Running(run) => {
                let found = run.viewers.iter().find(|(viewer, _)| viewer.as_str() == client_id);
                found.map(|(_, peer)| peer)
            }
            State::Idle | State::Closed => None,
        }
    }

    fn tell_state(&mut self) {
        let state = self.state();
        if state != self.told {
            self.told = state;
            self.emit(Event::State(state));
        }
    }

    fn emit(&mut self, event: Event) {
        self.outputs.push_back(Output::Emit(event));
    }
}

impl Session for Master {
    fn handle(&mut self, input: Input, now: Now) {
        match input {
            Input::Start { .. } => self.start(now),
            Input::Stop(reason) => self.stop(reason, now),
            Input::Media(result) => self.on_media(result, now),
            Input::CloseViewer(viewer) => self.close_viewer(&viewer, CloseReason::Stopped),
            // Everybody is let in.
            Input::Admit(..) => {}
            Input::TrackEnded(kind, source) => {
                if let State::Running(_) = self.state {
                    self.emit(Event::LocalTrackEnded(kind, source));
                }
            }
            Input::Peer(id, input) => self.on_peer(id, input),
            Input::Credentials(..)
            | Input::Fetched(..)
            | Input::SocketOpened
            | Input::SocketFrame(_)
            | Input::SocketClosed(_)
            | Input::Bundle(..)
            | Input::Timeout => {
                let has_time_passed = matches!(input, Input::Timeout);
                for event in self.link.handle(input, now, &mut self.outputs) {
                    self.on_link(event, now);
                }
                if has_time_passed {
                    self.on_timeout(now);
                }
            }
        }
        self.tell_state();
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Millis> {
        let viewers = match &self.state {
            State::Running(run) => run.viewers.values().filter_map(ViewerPeer::until).min(),
            State::Idle | State::Closed => None,
        };
        [viewers, self.link.poll_timeout()].into_iter().flatten().min()
    }

    fn state(&self) -> SessionState {
        match &self.state {
            State::Idle => SessionState::Idle,
            State::Closed => SessionState::Closed,
            State::Running(run) => match run.phase {
                Phase::Starting => SessionState::Starting,
                Phase::Serving => SessionState::Waiting,
                Phase::Detached => SessionState::Detached,
            },
        }
    }

    fn recipients(&self, client_id: Option<&str>) -> Result<Vec<PeerId>, Error> {
        let peers: Vec<PeerId> = match (&self.state, client_id) {
            (State::Idle | State::Closed, _) => Vec::new(),
            (State::Running(_), Some(id)) => self
                .find(id)
                .filter(|peer| peer.is_writable())
                .map(|peer| peer.id)
                .into_iter()
                .collect(),
            (State::Running(run), None) => {
                run.viewers.values().filter(|peer| peer.is_writable()).map(|peer| peer.id).collect()
            }
        };
        if peers.is_empty() {
            let message = "no viewer has an open data channel";
            return Err(Error::new(Code::CallerNotConnected, message));
        }
        Ok(peers)
    }

    fn peer(&self, client_id: Option<&str>) -> Option<PeerId> {
        self.find(client_id?).map(|peer| peer.id)
    }

    fn timeline(&self) -> &Timeline {
        &self.link.timeline
    }

    fn client_ids(&self) -> Vec<String> {
        self.viewers().iter().map(ClientId::to_string).collect()
    }
}

fn unreachable() -> Error {
    let message = "no network path to the viewer was found, or it was lost";
    Error::new(Code::PeerUnreachable, message)
}
