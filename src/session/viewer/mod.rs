//! The viewer: makes an offer to the channel's master, or answers its storage session, and holds
//! one call.

mod attempt;
mod events;
mod messages;
mod preparation;
mod retries;
mod storage;

use std::collections::VecDeque;

use crate::error::{Code, Error};
use crate::ids::{ClientId, CorrelationId};
use crate::signaling::{Message, Payload};
use crate::time::{Millis, Now};

use super::doorman::Doorman;
use super::io::{CloseReason, Event, Input, Output, PeerConfig, PeerId, Session, SessionState};
use super::link::{Identity, Link, LinkEvent};
use super::options::{Options, ViewerOptions};
use super::outbox::Next;
use attempt::{Attempt, Channel, Peer, Phase, Servers, Tracks};
use preparation::Preparation;

/// How long an offer that could leave waits for TURN servers that are still being asked for.
const TURN_PATIENCE: Millis = Millis(150);

/// From a path to media: a master whose camera is not there yet does not keep `start()` waiting.
const MEDIA_PATIENCE: Millis = Millis::from_secs(5);

/// The machine; see the [module](super).
#[derive(Debug)]
pub struct Viewer {
    viewer_options: ViewerOptions,
    link: Link,
    state: State,
    preparation: Preparation,
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
    client_id: ClientId,
    peer: Peer,
    media: Media,
    start: Start,
    doorman: Doorman,
}

/// The promise of `start()`.
#[derive(Debug, PartialEq, Eq)]
enum Start {
    Pending,
    Settled,
}

#[derive(Debug, PartialEq, Eq)]
enum Media {
    Closed,
    Open,
}

impl Viewer {
    /// A viewer that has not started.
    pub fn new(options: Options, viewer_options: ViewerOptions) -> Self {
        Self {
            viewer_options,
            link: Link::new(options),
            state: State::Idle,
            preparation: Preparation::None,
            told: SessionState::Idle,
            last_peer: 0,
            last_message: 0,
            outputs: VecDeque::new(),
        }
    }

    fn start(&mut self, random: u64, now: Now) {
        if self.check_start().is_err() {
            return;
        }
        let client_id = match self.viewer_options.client_id.first(random) {
            Ok(id) => id,
            Err(error) => return self.outputs.push_back(Output::Settle(Err(error))),
        };
        if self.link.options().media.is_wanted() {
            self.outputs.push_back(Output::OpenMedia);
        }
        let peer = self.create_peer(Attempt::First);
        self.state = State::Running(Run {
            client_id: client_id.clone(),
            peer,
            media: Media::Closed,
            start: Start::Pending,
            doorman: Doorman::default(),
        });
        let identity = Identity::Viewer(client_id);
        if self.preparation == Preparation::UnderWay {
            self.link.go_on(identity, random, now, &mut self.outputs);
            self.prepared(Ok(()));
        } else {
            self.link.begin(identity, random, now, &mut self.outputs);
        }
        self.offer_when_ready(now);
    }

    fn create_peer(&mut self, attempt: Attempt) -> Peer {
        self.last_peer += 1;
        let id = PeerId(self.last_peer);
        let options = self.link.options();
        if options.ingestion {
            return Peer::new(id, attempt, Phase::Awaiting { offer: None }, options.trickle);
        }
        let config = PeerConfig {
            offers: true,
            data_channel: self.viewer_options.data_channel,
            ..options.answering(Vec::new())
        };
        self.outputs.push_back(Output::CreatePeer(id, config));
        Peer::new(id, attempt, Phase::Preparing { offer_by: None }, options.trickle)
    }

    fn on_link(&mut self, event: LinkEvent, now: Now) {
        match event {
            LinkEvent::Advanced => {
                self.offer_when_ready(now);
                self.answer_when_ready(now);
            }
            LinkEvent::Opened => {
                if let State::Running(run) = &mut self.state
                    && let Phase::Preparing { offer_by } = &mut run.peer.phase
                    && !self.link.options().nat_traversal.needs_turn()
                {
                    *offer_by = Some(now.mono + TURN_PATIENCE);
                }
                self.offer_when_ready(now);
                self.flush(now);
            }
            LinkEvent::Message { sender: None, payload } => self.on_message(payload, now),
            // Only the master speaks to a viewer.
            LinkEvent::Message { sender: Some(_), .. } => {
                self.dropped("strangeSender", "a message of a stranger was dropped");
            }
            LinkEvent::NoTurn(error) => {
                if self.link.options().nat_traversal.needs_turn() {
                    return self.fail_try(error, now);
                }
                self.emit(Event::Error(error, None));
            }
            LinkEvent::Failed(error) => self.on_failed(error, now),
            LinkEvent::Lost(error) => self.on_socket_lost(error, now),
            LinkEvent::GoAway => self.emit(Event::GoAway),
            LinkEvent::ReconnectIceServer => self.emit(Event::ReconnectIceServer),
            LinkEvent::Status(status) => {
                let verdict = self.link.judge(&status);
                self.emit(Event::StatusResponse(status));
                if let Err(error) = verdict {
                    self.fail_try(error, now);
                }
            }
        }
    }

    /// An answered call does not need the socket; before that, or with an answer of ours that has not
    /// left, there is no call without it.
    fn on_socket_lost(&mut self, error: Error, now: Now) {
        let State::Running(run) = &self.state else { return };
        match run.peer.phase {
            Phase::Awaiting { .. } | Phase::Preparing { .. } | Phase::Offering { .. } => {
                self.fail(error, now);
            }
            Phase::Connecting { .. }
                if self.link.options().ingestion && !run.peer.outbox.is_described() =>
            {
                self.fail(error, now);
            }
            Phase::Connecting { .. } | Phase::Settling { .. } | Phase::Connected => {}
        }
    }

    /// Has the offer made as soon as all servers are known, or what is known must do.
    fn offer_when_ready(&mut self, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        let Phase::Preparing { offer_by } = run.peer.phase else { return };
        let servers = match self.link.settled_servers() {
            Some(servers) => servers,
            None if offer_by.is_none_or(|by| now.mono < by) => return,
            None => {
                run.peer.servers = Servers::WithoutTurn;
                self.link.servers_without_turn()
            }
        };
        run.peer.phase = Phase::Offering { again_at: None };
        self.outputs.push_back(Output::Offer(run.peer.id, servers));
    }

    /// The path is up: media that is promised is waited for, for a while.
    fn settle_when_up(&mut self) {
        let State::Running(run) = &mut self.state else { return };
        let Phase::Settling { .. } = run.peer.phase else { return };
        match run.peer.tracks {
            Tracks::Unknown | Tracks::Silent => {}
            Tracks::None | Tracks::Live => {
                run.peer.phase = Phase::Connected;
                self.resolve();
            }
        }
    }

    fn resolve(&mut self) {
        let State::Running(run) = &mut self.state else { return };
        if run.start == Start::Pending {
            run.start = Start::Settled;
            self.outputs.push_back(Output::Settle(Ok(())));
        }
    }

    fn on_left(&mut self, now: Now) {
        if self.may_be_offered_another() {
            return self.await_offer();
        }
        let State::Running(run) = &self.state else { return };
        match run.start {
            Start::Pending => {
                let message = "the other side left before the call was up";
                self.fail(Error::new(Code::PeerUnreachable, message), now);
            }
            Start::Settled => self.end(CloseReason::Left, now),
        }
    }

    fn on_media(&mut self, result: Result<(), Error>) {
        let State::Running(run) = &mut self.state else { return };
        match result {
            Ok(()) => {
                run.media = Media::Open;
                self.attach_media();
                self.emit(Event::LocalStream);
            }
            // A viewer can see without being seen.
            Err(error) => self.emit(Event::Error(error, None)),
        }
    }

    fn attach_media(&mut self) {
        let State::Running(run) = &self.state else { return };
        if run.media == Media::Open && run.peer.has_connection() {
            self.outputs.push_back(Output::AttachMedia(run.peer.id));
        }
    }

    fn on_timeout(&mut self, now: Now) {
        self.offer_when_ready(now);
        if let State::Running(run) = &mut self.state
            && run.peer.outbox.is_due(now.mono)
        {
            self.outputs.push_back(Output::ReadDescription(run.peer.id));
        }
        self.flush(now);
        let State::Running(run) = &mut self.state else { return };
        match &mut run.peer.phase {
            Phase::Offering { again_at: Some(at) } if now.mono >= *at => self.repeat_offer(now),
            Phase::Connecting { until } if now.mono >= *until => self.on_unreachable(now),
            Phase::Settling { until } if now.mono >= *until => {
                run.peer.phase = Phase::Connected;
                self.resolve();
            }
            Phase::Awaiting { .. }
            | Phase::Preparing { .. }
            | Phase::Offering { .. }
            | Phase::Connecting { .. }
            | Phase::Settling { .. }
            | Phase::Connected => {}
        }
    }

    /// Sends what is ready to be sent.
    fn flush(&mut self, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        if !self.link.is_open() {
            return;
        }
        while let Some(next) = run.peer.outbox.next(&mut self.link.pacer, now.mono) {
            let payload = match next {
                Next::Description(sdp) if self.link.options().ingestion => Payload::Answer(sdp),
                Next::Description(sdp) => {
                    run.peer.phase =
                        Phase::Offering { again_at: Some(now.mono + run.peer.patience()) };
                    Payload::Offer(sdp)
                }
                Next::Candidate(candidate) => Payload::Candidate(candidate),
            };
            self.last_message = self.last_message.wrapping_add(1);
            let correlation_id =
                CorrelationId::parse(&format!("viewer-{}", self.last_message)).ok();
            let message = Message { payload, recipient: None, correlation_id };
            if let Err(error) = self.link.send(&message, &mut self.outputs) {
                return self.fail_try(error, now);
            }
        }
    }

    fn fail(&mut self, error: Error, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        match run.start {
            Start::Pending => {
                run.start = Start::Settled;
                self.outputs.push_back(Output::Settle(Err(error)));
            }
            Start::Settled => self.emit(Event::Error(error, None)),
        }
        self.end(CloseReason::Failed, now);
    }

    fn stop(&mut self, reason: Error, now: Now) {
        if self.preparation == Preparation::UnderWay {
            self.link.end(now, &mut self.outputs);
            return self.prepared(Err(reason));
        }
        let State::Running(run) = &mut self.state else { return };
        if run.start == Start::Pending {
            run.start = Start::Settled;
            self.outputs.push_back(Output::Settle(Err(reason)));
        }
        self.end(CloseReason::Stopped, now);
    }

    fn end(&mut self, reason: CloseReason, now: Now) {
        let State::Running(run) = std::mem::replace(&mut self.state, State::Closed) else { return };
        if run.peer.has_connection() {
            self.outputs.push_back(Output::ClosePeer(run.peer.id));
        }
        self.outputs.push_back(Output::CloseMedia);
        self.link.end(now, &mut self.outputs);
        self.tell_state();
        self.emit(Event::Close(reason));
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

impl Session for Viewer {
    fn handle(&mut self, input: Input, now: Now) {
        match input {
            Input::Start { random } => self.start(random, now),
            Input::Prepare { random } => self.prepare(random, now),
            Input::Stop(reason) => self.stop(reason, now),
            Input::Media(result) => self.on_media(result),
            // Only a master has viewers.
            Input::Admit(..) | Input::CloseViewer(_) => {}
            Input::TrackEnded(kind, source) => {
                if let State::Running(_) = self.state {
                    self.emit(Event::LocalTrackEnded(kind, source));
                }
            }
            Input::Peer(id, input) => self.on_peer(id, input, now),
            Input::Credentials(..)
            | Input::Fetched(..)
            | Input::SocketOpened
            | Input::SocketFrame(_)
            | Input::SocketBinary
            | Input::SocketClosed(_)
            | Input::Bundle(..)
            | Input::Timeout => {
                let has_time_passed = matches!(input, Input::Timeout);
                let events = self.link.handle(input, now, &mut self.outputs);
                if self.preparation == Preparation::UnderWay {
                    return self.on_preparing(events, now);
                }
                for event in events {
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
        let State::Running(run) = &self.state else { return self.link.poll_timeout() };
        let sending = match self.link.is_open() {
            true => run.peer.outbox.until(&self.link.pacer),
            false => None,
        };
        [run.peer.until(), sending, self.link.poll_timeout()].into_iter().flatten().min()
    }

    fn state(&self) -> SessionState {
        match &self.state {
            State::Idle => SessionState::Idle,
            State::Closed => SessionState::Closed,
            State::Running(run) => match run.peer.phase {
                Phase::Awaiting { offer: Some(_) } => SessionState::Connecting,
                Phase::Awaiting { offer: None } if self.link.is_open() => SessionState::Waiting,
                Phase::Awaiting { offer: None } => SessionState::Starting,
                Phase::Offering { .. } if run.peer.outbox.is_described() => SessionState::Waiting,
                Phase::Preparing { .. } | Phase::Offering { .. } => match run.peer.attempt {
                    Attempt::First => SessionState::Starting,
                    Attempt::Later | Attempt::Contested => SessionState::Waiting,
                },
                Phase::Connecting { .. } | Phase::Settling { .. } => SessionState::Connecting,
                Phase::Connected => SessionState::Connected,
            },
        }
    }

    fn recipients(&self, _client_id: Option<&str>) -> Result<Vec<PeerId>, Error> {
        match &self.state {
            State::Running(run) if run.peer.channel == Channel::Open => Ok(vec![run.peer.id]),
            State::Idle | State::Running(_) | State::Closed => {
                Err(Error::new(Code::CallerNotConnected, "the data channel is not open"))
            }
        }
    }

    fn peer(&self, _client_id: Option<&str>) -> Option<PeerId> {
        match &self.state {
            State::Running(run) => Some(run.peer.id),
            State::Idle | State::Closed => None,
        }
    }

    fn client_ids(&self) -> Vec<String> {
        match &self.state {
            State::Running(run) => vec![run.client_id.to_string()],
            State::Idle | State::Closed => Vec::new(),
        }
    }
}
