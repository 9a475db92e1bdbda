//! The master: answers the offers of the channel's viewers, one peer connection each.

mod doorman;
mod options;
mod reopening;
mod viewer_peer;
mod viewers;

use std::collections::VecDeque;

use crate::error::{Code, Error};
use crate::ids::ClientId;
use crate::time::{Millis, Now};

use super::insight::{Level, Record, Target};
use super::io::{CloseReason, Event, Input, Output, PeerId, Session, SessionState};
use super::link::{Identity, Link, LinkEvent};
use super::options::Options;
use doorman::Doorman;
pub use options::{MasterLimit, MasterOptions};
use reopening::Reopening;
use viewer_peer::ViewerPeer;

/// The machine; see the [module](super).
#[derive(Debug)]
pub struct Master {
    options: MasterOptions,
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
    viewers: Vec<(ClientId, ViewerPeer)>,
    doorman: Doorman,
    reopening: Reopening,
}

impl Run {
    fn viewer(&mut self, viewer: &ClientId) -> Option<&mut ViewerPeer> {
        self.viewers.iter_mut().find(|(known, _)| known == viewer).map(|(_, peer)| peer)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// `start()` is pending.
    Starting,
    /// The socket is open.
    Serving { since: Millis },
    /// The socket is gone; calls that are up go on.
    Detached { again_at: Option<Millis> },
    /// The socket is being opened again.
    Reopening,
}

#[derive(Debug, PartialEq, Eq)]
enum Media {
    Closed,
    Open,
}

impl Master {
    /// A master that has not started.
    pub fn new(options: Options, own: MasterOptions) -> Self {
        Self {
            options: own,
            link: Link::new(options),
            state: State::Idle,
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
        if self.link.options().media.is_wanted() {
            self.outputs.push_back(Output::OpenMedia);
        }
        self.state = State::Running(Run {
            phase: Phase::Starting,
            media: Media::Closed,
            viewers: Vec::new(),
            doorman: Doorman::default(),
            reopening: Reopening::new(random),
        });
        self.link.begin(Identity::Master, random, now, &mut self.outputs);
    }

    fn on_link(&mut self, event: LinkEvent, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        match event {
            LinkEvent::Advanced => self.answer_held_offers(now),
            LinkEvent::Opened => {
                let starting = run.phase == Phase::Starting;
                run.phase = Phase::Serving { since: now.mono };
                if starting {
                    self.outputs.push_back(Output::Settle(Ok(())));
                }
                self.flush(now);
            }
            LinkEvent::Message { sender: Some(viewer), payload } => {
                self.on_message(viewer, payload, now);
            }
            // A storage session; not for this kind of call.
            LinkEvent::Message { sender: None, .. } => {
                self.dropped("strangeSender", "a message of no viewer was dropped");
            }
            LinkEvent::NoTurn(error) => {
                self.emit(Event::Error(error, None));
                self.answer_held_offers(now);
            }
            LinkEvent::Failed(error) => self.on_failed(error, now),
            LinkEvent::Lost(error) => self.on_lost(error, now),
            LinkEvent::GoAway => self.emit(Event::GoAway),
            LinkEvent::ReconnectIceServer => self.emit(Event::ReconnectIceServer),
            LinkEvent::Status(status) => self.emit(Event::StatusResponse(status)),
        }
    }

    /// A task failed that somebody waits for.
    fn on_failed(&mut self, error: Error, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        match run.phase {
            Phase::Starting => return self.fail(error, now),
            // Only fresh TURN servers are asked for by now.
            Phase::Serving { .. } => self.link.give_up_turn(),
            Phase::Detached { .. } => self.link.rest(now),
            Phase::Reopening => {
                let again_at = run.reopening.failed(&error, now.mono);
                run.phase = Phase::Detached { again_at };
                self.link.rest(now);
                if again_at.is_none() {
                    self.log(Level::Error, "the signaling connection is not opened again");
                }
            }
        }
        self.emit(Event::Error(error, None));
        self.answer_held_offers(now);
    }

    /// The socket is lost: calls go on, and it is opened again unless that is of no use.
    fn on_lost(&mut self, error: Error, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        let Phase::Serving { since } = run.phase else { return };
        if !self.options.reconnect() {
            run.phase = Phase::Detached { again_at: None };
            return self.emit(Event::Error(error, None));
        }
        let again_at = run.reopening.lost(since, now.mono);
        run.phase = Phase::Detached { again_at };
        if again_at.is_some() {
            let line = [error.message(), "; it is opened again"].concat();
            return self.log(Level::Warn, line);
        }
        let message = "the signaling connection was closed soon after it opened, again and again: \
                       it is left alone now";
        let given_up = Error::new(Code::NetworkSocketClosed, message);
        self.emit(Event::Error(
            given_up.with_likely(vec!["anotherMaster"]).with_cause(error),
            None,
        ));
    }

    fn on_timeout(&mut self, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        if let Phase::Detached { again_at: Some(at) } = run.phase
            && now.mono >= at
        {
            run.phase = Phase::Reopening;
            self.link.reopen(now, &mut self.outputs);
        }
        self.give_up_late_viewers(now);
        self.read_due_descriptions(now);
        self.flush(now);
    }

    fn on_media(&mut self, result: Result<(), Error>, now: Now) {
        if let Err(error) = result {
            return self.fail(error, now);
        }
        let State::Running(run) = &mut self.state else { return };
        run.media = Media::Open;
        for (_, peer) in &run.viewers {
            if peer.has_connection() {
                self.outputs.push_back(Output::AttachMedia(peer.id));
            }
        }
        self.emit(Event::LocalStream);
    }

    fn fail(&mut self, error: Error, now: Now) {
        let State::Running(run) = &mut self.state else { return };
        match run.phase {
            Phase::Starting => self.outputs.push_back(Output::Settle(Err(error))),
            Phase::Serving { .. } | Phase::Detached { .. } | Phase::Reopening => {
                self.emit(Event::Error(error, None));
            }
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
            State::Running(run) => run.viewers.iter().map(|(viewer, _)| viewer.clone()).collect(),
            State::Idle | State::Closed => Vec::new(),
        }
    }

    fn find(&self, is_it: impl Fn(&ClientId, &ViewerPeer) -> bool) -> Option<&ViewerPeer> {
        match &self.state {
            State::Running(run) => {
                let found = run.viewers.iter().find(|(viewer, peer)| is_it(viewer, peer));
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

    fn log(&mut self, level: Level, line: impl Into<String>) {
        self.outputs.push_back(Output::Log(Record::new(level, Target::Session, line)));
    }
}

impl Session for Master {
    fn handle(&mut self, input: Input, now: Now) {
        match input {
            Input::Start { random } => self.start(random, now),
            // A master is started once and waits; there is nothing to gain.
            Input::Prepare { .. } => {}
            Input::Stop(reason) => self.stop(reason, now),
            Input::Media(result) => self.on_media(result, now),
            Input::TrackEnded(kind, source) => {
                if let State::Running(_) = self.state {
                    self.emit(Event::LocalTrackEnded(kind, source));
                }
            }
            Input::CloseViewer(viewer) => self.close_viewer(&viewer, CloseReason::Stopped),
            Input::Admit(viewer, admission) => self.on_admission(&viewer, admission, now),
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
        let State::Running(run) = &self.state else { return self.link.poll_timeout() };
        let reopening = match run.phase {
            Phase::Detached { again_at } => again_at,
            Phase::Starting | Phase::Serving { .. } | Phase::Reopening => None,
        };
        let viewers = run.viewers.iter().filter_map(|(_, peer)| peer.until()).min();
        let sending = match self.link.is_open() {
            true => {
                run.viewers.iter().filter_map(|(_, peer)| peer.outbox.until(&self.link.pacer)).min()
            }
            false => None,
        };
        [reopening, viewers, sending, self.link.poll_timeout()].into_iter().flatten().min()
    }

    fn state(&self) -> SessionState {
        match &self.state {
            State::Idle => SessionState::Idle,
            State::Closed => SessionState::Closed,
            State::Running(run) => match run.phase {
                Phase::Starting => SessionState::Starting,
                Phase::Serving { .. } => SessionState::Waiting,
                Phase::Detached { .. } | Phase::Reopening => SessionState::Detached,
            },
        }
    }

    fn recipients(&self, client_id: Option<&str>) -> Result<Vec<PeerId>, Error> {
        let State::Running(run) = &self.state else { return Err(nobody()) };
        let meant = |viewer: &ClientId| client_id.is_none_or(|id| id == viewer.as_str());
        let peers: Vec<PeerId> = run
            .viewers
            .iter()
            .filter(|(viewer, peer)| meant(viewer) && peer.is_writable())
            .map(|(_, peer)| peer.id)
            .collect();
        if peers.is_empty() { Err(nobody()) } else { Ok(peers) }
    }

    fn peer(&self, client_id: Option<&str>) -> Option<PeerId> {
        let client_id = client_id?;
        self.find(|viewer, _| viewer.as_str() == client_id).map(|peer| peer.id)
    }

    fn viewer_state(&self, id: PeerId) -> &'static str {
        self.find(|_, peer| peer.id == id).map_or("closed", ViewerPeer::state)
    }

    fn client_ids(&self) -> Vec<String> {
        self.viewers().iter().map(ClientId::to_string).collect()
    }
}

fn nobody() -> Error {
    Error::new(Code::CallerNotConnected, "no viewer has an open data channel")
}
