//! The master: answers the offers of the channel's viewers, one peer connection each, or those of
//! its storage session.

mod options;
mod reopening;
mod viewer_peer;
mod viewers;

use std::collections::VecDeque;

use crate::error::{Code, Error};
use crate::ids::ClientId;
use crate::time::{Millis, Now};

use super::answering::Party;
use super::doorman::Doorman;
use super::insight::{Level, Record, Target};
use super::io::{CloseReason, Event, Input, Output, PeerId, Session, SessionState};
use super::link::{Identity, Link, LinkEvent};
use super::options::Options;
pub use options::{MasterLimit, MasterOptions};
use reopening::Reopening;
use viewer_peer::{Stage, ViewerPeer};

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
    peers: Vec<(Party, ViewerPeer)>,
    doorman: Doorman,
    reopening: Reopening,
}

impl Run {
    fn peer(&mut self, party: &Party) -> Option<&mut ViewerPeer> {
        self.peers.iter_mut().find(|(known, _)| known == party).map(|(_, peer)| peer)
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
            peers: Vec::new(),
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
            // Either the storage session or viewers: they are no company for each other.
            LinkEvent::Message { sender, .. }
                if sender.is_none() != self.link.options().ingestion =>
            {
                self.dropped("strangeSender", "a message of a stranger was dropped");
            }
            LinkEvent::Message { sender, payload } => {
                self.on_message(Party::of(sender), payload, now);
            }
            LinkEvent::NoTurn(error) => {
                self.emit(Event::Error(error, None));
                self.answer_held_offers(now);
            }
            LinkEvent::Failed(error) => self.on_failed(error, now),
            LinkEvent::Lost(error) => self.on_lost(error, now),
            LinkEvent::GoAway => self.emit(Event::GoAway),
            LinkEvent::ReconnectIceServer => self.emit(Event::ReconnectIceServer),
            LinkEvent::Status(status) => {
                let verdict = self.link.judge(&status);
                self.emit(Event::StatusResponse(status));
                if let Err(error) = verdict {
                    self.fail_peer(&Party::Storage, error);
                }
            }
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
        self.give_up_late_peers(now);
        self.read_due_descriptions(now);
        self.flush(now);
    }

    fn on_media(&mut self, result: Result<(), Error>, now: Now) {
        if let Err(error) = result {
            return self.fail(error, now);
        }
        let State::Running(run) = &mut self.state else { return };
        run.media = Media::Open;
        for (_, peer) in &run.peers {
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
        while let Some((party, _)) = self.peers().first() {
            let party = party.clone();
            self.close_peer(&party, reason);
        }
        let State::Running(_) = std::mem::replace(&mut self.state, State::Closed) else { return };
        self.outputs.push_back(Output::CloseMedia);
        self.link.end(now, &mut self.outputs);
        self.tell_state();
        self.emit(Event::Close(reason));
    }

    fn peers(&self) -> &[(Party, ViewerPeer)] {
        match &self.state {
            State::Running(run) => &run.peers,
            State::Idle | State::Closed => &[],
        }
    }

    /// The connection of this viewer; without a name, of the storage session.
    fn find(&self, client_id: Option<&str>) -> Option<&ViewerPeer> {
        let found = self.peers().iter().find(|(party, _)| name(party) == client_id);
        found.map(|(_, peer)| peer)
    }

    /// With the socket open the storage session's connection is the master's own.
    fn state_of_storage(&self) -> SessionState {
        match self.find(None).map(|peer| &peer.stage) {
            None => SessionState::Waiting,
            Some(Stage::Asking { .. } | Stage::Held { .. } | Stage::Connecting { .. }) => {
                SessionState::Connecting
            }
            Some(Stage::Connected) => SessionState::Connected,
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
            Input::CloseViewer(viewer) => {
                self.close_peer(&Party::Viewer(viewer), CloseReason::Stopped);
            }
            Input::Admit(viewer, admission) => self.on_admission(viewer, admission, now),
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
        let peers = run.peers.iter().filter_map(|(_, peer)| peer.until()).min();
        let sending = match self.link.is_open() {
            true => {
                run.peers.iter().filter_map(|(_, peer)| peer.outbox.until(&self.link.pacer)).min()
            }
            false => None,
        };
        [reopening, peers, sending, self.link.poll_timeout()].into_iter().flatten().min()
    }

    fn state(&self) -> SessionState {
        match &self.state {
            State::Idle => SessionState::Idle,
            State::Closed => SessionState::Closed,
            State::Running(run) => match run.phase {
                Phase::Starting => SessionState::Starting,
                Phase::Serving { .. } => self.state_of_storage(),
                Phase::Detached { .. } | Phase::Reopening => SessionState::Detached,
            },
        }
    }

    fn recipients(&self, client_id: Option<&str>) -> Result<Vec<PeerId>, Error> {
        let State::Running(run) = &self.state else { return Err(nobody()) };
        let meant = |party: &Party| client_id.is_none() || name(party) == client_id;
        let peers: Vec<PeerId> = run
            .peers
            .iter()
            .filter(|(party, peer)| meant(party) && peer.is_writable())
            .map(|(_, peer)| peer.id)
            .collect();
        if peers.is_empty() { Err(nobody()) } else { Ok(peers) }
    }

    fn peer(&self, client_id: Option<&str>) -> Option<PeerId> {
        self.find(client_id).map(|peer| peer.id)
    }

    fn viewer_state(&self, id: PeerId) -> &'static str {
        let found = self.peers().iter().find(|(_, peer)| peer.id == id);
        found.map_or("closed", |(_, peer)| peer.state())
    }

    fn client_ids(&self) -> Vec<String> {
        let named = self.peers().iter().filter_map(|(party, _)| name(party));
        named.map(str::to_owned).collect()
    }
}

fn name(party: &Party) -> Option<&str> {
    party.client_id().map(ClientId::as_str)
}

fn nobody() -> Error {
    Error::new(Code::CallerNotConnected, "no viewer has an open data channel")
}
