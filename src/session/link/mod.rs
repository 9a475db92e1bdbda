//! What both roles do alike towards the service: start-up and the signaling socket.

mod backend;
mod diagnosis;
mod startup;
mod task;

use std::collections::VecDeque;

use crate::bundle::Reason;
use crate::error::{Code, Error};
use crate::ice::{Candidate, IceServer, Verdict, servers};
use crate::ids::{ClientId, CorrelationId};
use crate::signaling::{self, Closing, Connection, Message, Pacer, Payload, StatusResponse};
use crate::time::{Millis, Now};

use super::insight::{Record, Target};
use super::io::{Input, Output};
use super::options::{Options, Source};
use diagnosis::refused;
use startup::Startup;
pub(super) use task::Identity;
use task::Trouble;

/// Candidates taken of the other side for one connection at the most; a browser with many
/// interfaces makes some 40.
pub(super) const MAX_CANDIDATES: u32 = 256;

/// Characters of the service's words that are shown at the most.
const MAX_WORDS: usize = 300;

/// What a role needs to know of its link to the service.
#[derive(Debug)]
pub(super) enum LinkEvent {
    /// Messages can be sent.
    Opened,
    /// The other side said something.
    Message { sender: Option<ClientId>, payload: Payload },
    /// It may have been settled which TURN servers there are.
    Advanced,
    /// There are no TURN servers.
    NoTurn(Error),
    /// A task of the start-up failed that the session needs.
    Failed(Error),
    /// The socket was open and is lost.
    Lost(Error),
    /// The service will close the socket within a minute.
    GoAway,
    /// The TURN servers in use are going away.
    ReconnectIceServer,
    /// A message of ours was not delivered.
    Status(StatusResponse),
}

/// Start-up and socket of one session object.
#[derive(Debug)]
pub(super) struct Link {
    options: Options,
    startup: Startup,
    connection: Connection,
    /// Who connects, while a run is on.
    identity: Option<Identity>,
    /// As whom the last socket was opened.
    opened_as: Option<Identity>,
    work: Work,
    /// The back end has been asked once more after a refusal.
    asked_again: bool,
    /// The name of our answer to the newest offer of a storage session.
    answer: Option<CorrelationId>,
    /// How fast messages may leave on the socket.
    pub(super) pacer: Pacer,
}

/// Whether the tasks of the start-up may begin.
#[derive(Debug, PartialEq, Eq)]
enum Work {
    Goes,
    /// Until somebody wants something.
    Rests,
}

impl Link {
    pub(super) fn new(options: Options) -> Self {
        Self {
            startup: Startup::new(options.clone()),
            options,
            connection: Connection::default(),
            identity: None,
            opened_as: None,
            work: Work::Goes,
            asked_again: false,
            answer: None,
            pacer: Pacer::default(),
        }
    }

    /// Begins a run; what to do comes out of `outputs`.
    pub(super) fn begin(
        &mut self,
        identity: Identity,
        random: u64,
        now: Now,
        outputs: &mut VecDeque<Output>,
    ) {
        self.connection.reset();
        self.startup.seed(random);
        self.startup.begin(Reason::Start, now);
        self.asked_again = false;
        self.work = Work::Goes;
        self.identity = Some(identity);
        self.advance(now, outputs);
    }

    /// Asks for what [`begin`](Self::begin) will need.
    pub(super) fn prepare(
        &mut self,
        identity: Identity,
        random: u64,
        now: Now,
        outputs: &mut VecDeque<Output>,
    ) {
        self.startup.seed(random);
        self.startup.prepare(now);
        self.work = Work::Goes;
        self.identity = Some(identity);
        self.advance(now, outputs);
    }

    /// Begins the run that was being prepared: what was asked for already is not asked twice.
    pub(super) fn go_on(
        &mut self,
        identity: Identity,
        random: u64,
        now: Now,
        outputs: &mut VecDeque<Output>,
    ) {
        if let Source::Backend = self.options.source {
            return self.begin(identity, random, now, outputs);
        }
        self.connection.reset();
        self.startup.go_on();
        self.asked_again = false;
        self.identity = Some(identity);
        self.advance(now, outputs);
    }

    /// Whether all that [`prepare`](Self::prepare) asks for is settled.
    pub(super) const fn is_prepared(&self) -> bool {
        self.startup.is_prepared()
    }

    /// Opens the socket again, with fresh keys.
    pub(super) fn reopen(&mut self, now: Now, outputs: &mut VecDeque<Output>) {
        self.startup.begin(Reason::Reconnect, now);
        self.asked_again = false;
        self.work = Work::Goes;
        self.advance(now, outputs);
    }

    /// Opens another socket, as somebody else; what is known of the service stays.
    pub(super) fn connect_as(
        &mut self,
        identity: Identity,
        now: Now,
        outputs: &mut VecDeque<Output>,
    ) {
        self.end(now, outputs);
        self.connection.reset();
        self.identity = Some(identity);
        self.reopen(now, outputs);
    }

    /// A random number, evenly distributed; not for secrets.
    pub(super) fn random(&mut self) -> u64 {
        self.startup.random.next()
    }

    /// Gives up opening the socket until it is told to [reopen](Self::reopen) it; TURN servers can
    /// be asked for meanwhile.
    pub(super) fn rest(&mut self, now: Now) {
        self.startup.rest(now);
        self.work = Work::Rests;
    }

    /// Ends the run.
    pub(super) fn end(&mut self, now: Now, outputs: &mut VecDeque<Output>) {
        self.identity = None;
        self.connection.handle(signaling::Input::Close, now.mono);
        self.drain(outputs);
    }

    /// Whether messages can be sent.
    pub(super) fn is_open(&self) -> bool {
        self.connection.is_open()
    }

    /// Tells the link what happened; inputs that are not its business are passed over.
    pub(super) fn handle(
        &mut self,
        input: Input,
        now: Now,
        outputs: &mut VecDeque<Output>,
    ) -> Vec<LinkEvent> {
        let mut events = Vec::new();
        let trouble = match input {
            Input::Credentials(call, result) => self.startup.credentials(call, result),
            Input::Bundle(call, result) => self.startup.bundle(call, result, now),
            Input::Fetched(call, result) => self.startup.fetched(call, result, now),
            Input::SocketOpened => {
                self.pacer.reset();
                self.startup.circumstances.last_socket = Some(now.mono);
                self.startup.circumstances.refusals = 0;
                self.opened_as = self.identity.clone();
                self.socket(signaling::Input::Opened, now)
            }
            Input::SocketFrame(text) => self.socket(signaling::Input::Frame(text), now),
            Input::SocketBinary => self.socket(signaling::Input::Binary, now),
            Input::SocketClosed(code) => self.socket(signaling::Input::Closed { code }, now),
            Input::Timeout => {
                self.connection.handle(signaling::Input::Timeout, now.mono);
                self.startup.timeout(now)
            }
            Input::Start { .. }
            | Input::Prepare { .. }
            | Input::Stop(_)
            | Input::Admit(..)
            | Input::CloseViewer(_)
            | Input::Media(_)
            | Input::Peer(..)
            | Input::TrackEnded(..) => Ok(()),
        };
        let told = self.drain(outputs);
        if self.identity.is_none() {
            return events;
        }
        match trouble {
            Ok(()) => {}
            Err(Trouble::NoTurn(error)) => events.push(LinkEvent::NoTurn(error)),
            Err(Trouble::Fatal(error)) => {
                if !self.connection.is_open() {
                    self.startup.forget_what_was_learnt();
                }
                events.push(LinkEvent::Failed(error));
                return events;
            }
        }
        self.advance(now, outputs);
        events.push(LinkEvent::Advanced);
        for event in told {
            events.extend(self.translate(event, now));
        }
        // A refusal may have given it something to do.
        self.advance(now, outputs);
        events
    }

    /// Asks for TURN servers anew where those at hand are too old.
    pub(super) fn renew_turn(&mut self, now: Now, outputs: &mut VecDeque<Output>) {
        self.startup.renew_turn(now);
        self.work = Work::Goes;
        self.advance(now, outputs);
    }

    /// Goes on without TURN servers until somebody needs them again.
    pub(super) fn give_up_turn(&mut self) {
        self.startup.give_up_turn();
    }

    /// The servers for a peer connection, once it is settled whether there is TURN.
    pub(super) fn settled_servers(&self) -> Option<Vec<IceServer>> {
        let turn = self.startup.turn()?;
        Some(servers(self.options.nat_traversal, self.options.stun_url.as_deref(), turn.as_ref()))
    }

    /// The servers for a peer connection that cannot wait for TURN.
    pub(super) fn servers_without_turn(&self) -> Vec<IceServer> {
        servers(self.options.nat_traversal, self.options.stun_url.as_deref(), None)
    }

    /// Whether usable TURN servers are at hand.
    pub(super) fn has_turn(&self, now: Now) -> bool {
        matches!(self.startup.turn(), Some(Some(turn)) if turn.are_usable(now))
    }

    pub(super) const fn options(&self) -> &Options {
        &self.options
    }

    /// Sends a message.
    ///
    /// # Errors
    /// `peer.messageTooLarge`.
    pub(super) fn send(
        &mut self,
        message: &Message,
        outputs: &mut VecDeque<Output>,
    ) -> Result<(), Error> {
        self.connection.send(message)?;
        self.drain(outputs);
        if let (Payload::Answer(_), None) = (&message.payload, &message.recipient) {
            self.answer = message.correlation_id.clone();
        }
        Ok(())
    }

    /// What a report of the service means for the connection to a storage session: it is over
    /// where our answer was refused.
    ///
    /// # Errors
    /// `service.invalidArgument`.
    pub(super) fn judge(&self, status: &StatusResponse) -> Result<(), Error> {
        let answer = self.answer.as_ref().map(CorrelationId::as_str);
        if status.success || answer != Some(&status.correlation_id) {
            return Ok(());
        }
        let words: String = status.description.chars().take(MAX_WORDS).collect();
        let message = ["the storage session refused the answer: ", &words].concat();
        Err(Error::new(Code::ServiceInvalidArgument, message))
    }

    /// Whether a remote candidate is to be used; what is not is told to the log.
    pub(super) fn accepts(&self, candidate: &Candidate, outputs: &mut VecDeque<Output>) -> bool {
        let (reason, message) = match self.options.accept.judge(candidate) {
            Verdict::Passes => return true,
            Verdict::SwitchedOff => {
                ("candidateSwitchedOff", "a candidate of a kind that is switched off was dropped")
            }
            Verdict::Malformed => ("badCandidate", "a candidate that is none was dropped"),
        };
        outputs.push_back(Output::Log(Record::dropped(Target::Peer, reason, message)));
        false
    }

    /// A remote description without the candidates that are not to be used.
    pub(super) fn accepted(&self, sdp: &str, outputs: &mut VecDeque<Output>) -> String {
        let (sdp, dropped) = self.options.accept.description(sdp);
        if dropped > 0 {
            let message = "candidates in a description were dropped";
            let record = Record::dropped(Target::Peer, "candidateOfDescription", message);
            outputs.push_back(Output::Log(record));
        }
        sdp
    }

    /// Whether a candidate of ours is to be sent.
    pub(super) fn sends(&self, candidate: &Candidate) -> bool {
        self.options.send.judge(candidate) != Verdict::SwitchedOff
    }

    /// Our description without the candidates that are not to be sent.
    pub(super) fn sent(&self, sdp: &str) -> String {
        self.options.send.description(sdp).0
    }

    /// Forgets what was held of this sender.
    pub(super) fn forget(&mut self, sender: Option<ClientId>) {
        if sender.is_none() {
            self.answer = None;
        }
        self.connection.forget(&sender);
    }

    /// Passes over what this viewer says until then; of so many the oldest makes room.
    pub(super) fn mute(&mut self, sender: ClientId, until: Millis, most: usize) {
        self.connection.mute(sender, until, most);
    }

    pub(super) fn poll_timeout(&self) -> Option<Millis> {
        let startup = self.identity.as_ref().and_then(|_| self.startup.poll_timeout());
        [startup, self.connection.poll_timeout()].into_iter().flatten().min()
    }

    fn socket(&mut self, input: signaling::Input, now: Now) -> Result<(), Trouble> {
        self.connection.handle(input, now.mono);
        Ok(())
    }

    fn advance(&mut self, now: Now, outputs: &mut VecDeque<Output>) {
        let Some(identity) = &self.identity else { return };
        if self.work == Work::Rests {
            return;
        }
        outputs.extend(self.startup.advance(identity, now));
        if let Some(url) = self.startup.socket_url(identity, now) {
            self.connection.handle(signaling::Input::Open(url), now.mono);
            self.drain(outputs);
        }
    }

    /// Hands on what the connection wants done, and gives back what it tells.
    fn drain(&mut self, outputs: &mut VecDeque<Output>) -> Vec<signaling::Event> {
        let mut events = Vec::new();
        while let Some(output) = self.connection.poll() {
            match output {
                signaling::Output::OpenSocket(url) => outputs.push_back(Output::OpenSocket(url)),
                signaling::Output::SendText(text) => outputs.push_back(Output::SendText(text)),
                signaling::Output::CloseSocket => outputs.push_back(Output::CloseSocket),
                signaling::Output::Event(signaling::Event::Dropped(dropped)) => {
                    let (reason, message) = (dropped.as_str(), dropped.to_string());
                    let record = Record::dropped(Target::Signaling, reason, message);
                    outputs.push_back(Output::Log(record));
                }
                signaling::Output::Event(signaling::Event::Muted) => {
                    let message = "a message of a rejected viewer was dropped";
                    let record = Record::dropped(Target::Signaling, "rejected", message);
                    outputs.push_back(Output::Log(record));
                }
                signaling::Output::Event(event) => events.push(event),
            }
        }
        events
    }

    fn translate(&mut self, event: signaling::Event, now: Now) -> Option<LinkEvent> {
        match event {
            signaling::Event::Opened => Some(LinkEvent::Opened),
            signaling::Event::Message { sender, payload } => {
                if let (Payload::Offer(_), None) = (&payload, &sender) {
                    self.answer = None;
                }
                Some(LinkEvent::Message { sender, payload })
            }
            signaling::Event::Closed(closing) => self.closed(&closing, now),
            signaling::Event::GoAway => Some(LinkEvent::GoAway),
            signaling::Event::ReconnectIceServer => Some(LinkEvent::ReconnectIceServer),
            signaling::Event::Status(status) => Some(LinkEvent::Status(status)),
            // What was passed over is told to the log.
            signaling::Event::Dropped(_) | signaling::Event::Muted => None,
        }
    }

    /// The service does not say why it refuses: a back end is asked for another URL, else it is
    /// found out what can be.
    fn on_refused(&mut self, now: Now) -> Option<LinkEvent> {
        let circumstances = &mut self.startup.circumstances;
        circumstances.refusals += 1;
        circumstances.has_place = self.identity == self.opened_as;
        if let Some(identity) = &self.identity {
            circumstances.role = identity.role();
        }
        match self.options.source {
            Source::Service { .. } => {
                self.startup.diagnose();
                None
            }
            Source::Backend if !self.asked_again => {
                self.asked_again = true;
                self.startup.begin(Reason::Refused, now);
                None
            }
            Source::Backend => {
                Some(LinkEvent::Failed(refused(self.startup.circumstances, now.mono)))
            }
        }
    }

    fn closed(&mut self, closing: &Closing, now: Now) -> Option<LinkEvent> {
        match closing {
            Closing::Asked => None,
            Closing::Refused => self.on_refused(now),
            Closing::TimedOut => {
                self.startup.forget_what_was_learnt();
                let message = "the signaling connection did not open in 10 seconds";
                Some(LinkEvent::Failed(Error::new(Code::NetworkTimeout, message)))
            }
            Closing::Lost { code } => {
                let message = format!("the signaling connection was closed with code {code}");
                Some(LinkEvent::Lost(Error::new(Code::NetworkSocketClosed, message)))
            }
        }
    }
}
