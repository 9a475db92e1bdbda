//! The life of a `SignalingClient`: signing, connecting, messages, closing, as a machine.
//!
//! It is the drop-in level: what is said passes through in whatever form `P` it comes, and every
//! rule of the JavaScript SDK stays that is not a mistake there. The session level has
//! [`Connection`](super::Connection).
//!
//! # Calls from inside of events
//! An event is told before the next output is polled, and whoever hears it may call this machine:
//! `open()`, `close()`, `drain()`. So that such a call finds nothing half done, every state is
//! changed before the first output, and candidates that are due after a description are asked for
//! by [`Output::Release`] when the description has been told. The outputs of one input are all
//! taken before they are carried out.

mod config;
mod frame;
#[cfg(test)]
mod tests;

pub use config::{Config, Given, RawConfig, check_correlation_id};
pub use frame::{Description, Frame};
use std::collections::VecDeque;

use super::candidates::{Admission, CandidateBuffer};
use super::frame::{Dropped, MAX_PAYLOAD};
use crate::error::{Code, Error};
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::time::Millis;

/// A socket that has not opened by then is given up.
const OPEN_TIMEOUT: Millis = Millis::from_secs(10);

/// A socket that has not closed by then, after `close()` or after it failed, is let go of.
const CLOSE_TIMEOUT: Millis = Millis::from_secs(2);

/// RFC 6455, section 7.4.1: there was no close frame.
const ABNORMAL_CLOSURE: u16 = 1006;

/// What happened.
#[derive(Debug)]
pub enum Input<P> {
    /// The socket's URL has been signed, in the attempt that [`Output::Sign`] named.
    Signed(Attempt, Secret<String>),
    /// It could not be signed, for this reason.
    NotSigned(Attempt, P),
    /// The socket could not even be made.
    NotMade(P),
    /// The socket is open.
    Opened,
    /// The socket reports an error, which its end will follow; with what it says, if anything.
    Failed(Option<String>),
    /// The socket closed.
    Closed(CloseFrame),
    /// Somebody wants it closed.
    Close,
    /// Time has passed.
    Timeout,
}

/// Tells one `open()` from the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempt(u32);

/// What the socket says about its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseFrame {
    /// RFC 6455, section 7.4; 1006 where there was no close frame.
    pub code: u16,
    /// The other side's words.
    pub reason: String,
    /// Whether both sides have said that they close.
    pub was_clean: bool,
}

impl CloseFrame {
    /// The end of a connection that nobody closed in order, or that there never was.
    fn none() -> Self {
        Self { code: ABNORMAL_CLOSURE, reason: String::new(), was_clean: false }
    }
}

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Output<P> {
    /// Have the socket's URL signed.
    Sign(Attempt),
    /// Open a WebSocket at this presigned URL.
    OpenSocket(Secret<String>),
    /// Close the socket and listen to it until it is closed.
    CloseSocket,
    /// Stop listening to the socket, if there is one.
    DropSocket,
    /// Tell the person's program.
    Emit(Event<P>),
    /// Come back with [`Client::release`] when the event before has been told.
    Release(Option<ClientId>),
    /// A frame was passed over.
    Dropped(Dropped),
}

/// What a person's program wants to know.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<P> {
    /// Messages can be sent.
    Open,
    /// An offer or answer, from this viewer or from the master.
    Description(Description, P, Option<ClientId>),
    /// A candidate, from this viewer or from the master.
    Candidate(P, Option<ClientId>),
    /// A message could not be delivered.
    Status(P),
    /// The service will close this connection within a minute.
    GoAway,
    /// The TURN servers in use are going away.
    ReconnectIceServer,
    /// The error that the signer or the maker of the socket failed with.
    Refused(P),
    /// Something else failed.
    Error(Error),
    /// The connection is over.
    Close {
        /// What the socket says about its end.
        frame: CloseFrame,
        /// Whether `close()` was called.
        expected: bool,
    },
}

#[derive(Debug)]
enum State {
    Closed,
    Signing,
    Opening {
        until: Millis,
    },
    /// It failed to open, and has not said yet that it is closed; some never do.
    Failed {
        until: Millis,
    },
    Open,
    Closing {
        until: Millis,
    },
}

/// The machine; see the [module](super) for how to drive it.
#[derive(Debug)]
pub struct Client<P> {
    state: State,
    attempt: Attempt,
    candidates: CandidateBuffer<P>,
    /// Held candidates wait for `drain()`.
    held_until_drained: bool,
    /// The last candidate was passed on at once, and nothing has come since that others hang on.
    passing: bool,
    dropped: [u32; Dropped::ALL.len()],
    outputs: VecDeque<Output<P>>,
}

impl<P> Client<P> {
    /// A client that is closed. `held_until_drained` is whether candidates that come before their
    /// description wait for `drain()`, and not only for the description.
    pub fn new(held_until_drained: bool) -> Self {
        Self {
            state: State::Closed,
            attempt: Attempt::default(),
            candidates: CandidateBuffer::default(),
            held_until_drained,
            passing: false,
            dropped: [0; Dropped::ALL.len()],
            outputs: VecDeque::new(),
        }
    }

    /// Begins to connect.
    ///
    /// # Errors
    /// `caller.alreadyStarted`: it is open, opening or closing.
    pub fn open(&mut self) -> Result<(), Error> {
        match self.state {
            State::Closed => {}
            State::Signing
            | State::Opening { .. }
            | State::Failed { .. }
            | State::Open
            | State::Closing { .. } => {
                let problem = "Client is already open, opening, or closing";
                return Err(Error::new(Code::CallerAlreadyStarted, problem));
            }
        }
        self.passing = false;
        self.candidates.clear();
        self.attempt = Attempt(self.attempt.0.wrapping_add(1));
        self.state = State::Signing;
        self.outputs.push_back(Output::Sign(self.attempt));
        Ok(())
    }

    /// Whether nothing is open, being opened or being closed.
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// Whether a socket is wanted that is not open yet.
    pub fn is_opening(&self) -> bool {
        matches!(self.state, State::Opening { .. })
    }

    /// Whether messages can be sent.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    /// Whether a message can be sent.
    ///
    /// # Errors
    /// `caller.notConnected`.
    pub fn check_open(&self) -> Result<(), Error> {
        match self.state {
            State::Open => Ok(()),
            State::Closed
            | State::Signing
            | State::Opening { .. }
            | State::Failed { .. }
            | State::Closing { .. } => {
                let problem = "Could not send message because the connection to the signaling service is not open.";
                Err(Error::new(Code::CallerNotConnected, problem))
            }
        }
    }

    /// The held candidates of a sender, in their order.
    pub fn held(&self, sender: &Option<ClientId>) -> impl Iterator<Item = &P> {
        self.candidates.held(sender)
    }

    /// How many frames were passed over, by reason.
    pub fn dropped(&self) -> impl Iterator<Item = (Dropped, u32)> {
        Dropped::ALL.into_iter().zip(self.dropped)
    }

    /// Tells the machine what happened.
    pub fn handle(&mut self, input: Input<P>, now: Millis) {
        match input {
            Input::Signed(attempt, url) => self.signed(attempt, url, now),
            Input::NotSigned(attempt, reason) => {
                if attempt == self.attempt && matches!(self.state, State::Signing) {
                    self.end_with(Event::Refused(reason));
                }
            }
            Input::NotMade(reason) => self.end_with(Event::Refused(reason)),
            Input::Opened => self.opened(),
            Input::Failed(words) => self.failed(words, now),
            Input::Closed(frame) => self.closed(frame),
            Input::Close => self.close(now),
            Input::Timeout => self.timeout(now),
        }
    }

    /// Tells the machine that a frame came, or what stood in the way of reading it; no rule about
    /// frames needs a clock.
    pub fn receive(&mut self, frame: Result<Frame<P>, Dropped>) {
        self.passing = false;
        match frame {
            Ok(frame) => self.frame(frame),
            Err(reason) => self.drop_frame(reason),
        }
    }

    /// Whether the last frame was a candidate that was told at once, and others of its sender and
    /// generation, of a legal length, would be too and change nothing: then this need not see them.
    pub fn passes(&self) -> bool {
        self.passing
    }

    /// Tells the machine that the description which [`Output::Release`] belongs to has been told.
    pub fn release(&mut self, sender: &Option<ClientId>) {
        for candidate in self.candidates.release(sender) {
            self.emit(Event::Candidate(candidate, sender.clone()));
        }
    }

    /// Tells the machine that somebody wants the held candidates of a sender.
    pub fn drain(&mut self, sender: &Option<ClientId>) {
        self.passing = false;
        for candidate in self.candidates.drain(sender) {
            self.emit(Event::Candidate(candidate, sender.clone()));
        }
    }

    /// A sender begins again: nothing of it is kept.
    pub fn forget(&mut self, sender: &Option<ClientId>) {
        self.passing = false;
        self.candidates.forget(sender);
    }

    /// What to do next.
    pub fn poll(&mut self) -> Option<Output<P>> {
        self.outputs.pop_front()
    }

    /// When to be told that time has passed.
    pub fn poll_timeout(&self) -> Option<Millis> {
        match self.state {
            State::Opening { until } | State::Failed { until } | State::Closing { until } => {
                Some(until)
            }
            State::Closed | State::Signing | State::Open => None,
        }
    }

    fn signed(&mut self, attempt: Attempt, url: Secret<String>, now: Millis) {
        match self.state {
            State::Signing if attempt == self.attempt => {
                self.state = State::Opening { until: now + OPEN_TIMEOUT };
                self.outputs.push_back(Output::OpenSocket(url));
            }
            // Closed meanwhile, and perhaps opened again.
            State::Closed
            | State::Signing
            | State::Opening { .. }
            | State::Failed { .. }
            | State::Open
            | State::Closing { .. } => {}
        }
    }

    fn opened(&mut self) {
        match self.state {
            State::Opening { .. } => {
                self.state = State::Open;
                self.emit(Event::Open);
            }
            State::Closed
            | State::Signing
            | State::Failed { .. }
            | State::Open
            | State::Closing { .. } => {}
        }
    }

    fn failed(&mut self, words: Option<String>, now: Millis) {
        let (code, problem) = match self.state {
            State::Closed | State::Signing => return,
            State::Opening { .. } | State::Failed { .. } => {
                self.state = State::Failed { until: now + CLOSE_TIMEOUT };
                let problem =
                    "the signaling service refused the connection, or could not be reached";
                (Code::ServiceRefused, problem)
            }
            State::Open => (Code::NetworkSocketClosed, "the signaling connection failed"),
            State::Closing { .. } => {
                (Code::NetworkSocketClosed, "the signaling connection was not closed in order")
            }
        };
        let error = Error::new(code, problem);
        self.emit(Event::Error(match words {
            Some(words) => error.with_cause(Error::new(Code::NetworkUnreachable, words)),
            None => error,
        }));
    }

    fn closed(&mut self, frame: CloseFrame) {
        let expected = match self.state {
            State::Closed | State::Signing => return,
            State::Opening { .. } | State::Failed { .. } | State::Open => false,
            State::Closing { .. } => true,
        };
        self.end(frame, expected);
    }

    fn close(&mut self, now: Millis) {
        match self.state {
            State::Signing => {
                self.state = State::Closed;
                self.emit(Event::Close { frame: CloseFrame::none(), expected: true });
            }
            State::Opening { .. } | State::Failed { .. } | State::Open => {
                self.state = State::Closing { until: now + CLOSE_TIMEOUT };
                self.outputs.push_back(Output::CloseSocket);
            }
            State::Closed | State::Closing { .. } => {}
        }
    }

    fn timeout(&mut self, now: Millis) {
        match self.state {
            State::Opening { until } if now >= until => {
                self.outputs.push_back(Output::CloseSocket);
                let problem = "the signaling service did not answer within 10 seconds";
                self.end_with(Event::Error(Error::new(Code::NetworkTimeout, problem)));
            }
            State::Failed { until } if now >= until => {
                self.outputs.push_back(Output::CloseSocket);
                self.end(CloseFrame::none(), false);
            }
            State::Closing { until } if now >= until => self.end(CloseFrame::none(), true),
            State::Closed
            | State::Signing
            | State::Opening { .. }
            | State::Failed { .. }
            | State::Open
            | State::Closing { .. } => {}
        }
    }

    /// Ends a connection that there never was.
    fn end_with(&mut self, event: Event<P>) {
        self.state = State::Closed;
        self.outputs.push_back(Output::DropSocket);
        self.emit(event);
        self.emit(Event::Close { frame: CloseFrame::none(), expected: false });
    }

    fn end(&mut self, frame: CloseFrame, expected: bool) {
        self.state = State::Closed;
        self.outputs.push_back(Output::DropSocket);
        self.emit(Event::Close { frame, expected });
    }

    fn frame(&mut self, frame: Frame<P>) {
        match frame {
            Frame::Acknowledgement => {}
            Frame::Description { kind, sender, payload, ufrags } => {
                let outdated = self.candidates.description(&sender, ufrags);
                self.emit(Event::Description(kind, payload, sender.clone()));
                for _ in 0..outdated {
                    self.drop_frame(Dropped::OutdatedCandidate);
                }
                if !self.held_until_drained {
                    self.outputs.push_back(Output::Release(sender));
                }
            }
            Frame::Candidate { sender, payload, ufrag, length } => {
                self.candidate(sender, payload, ufrag.as_deref(), length);
            }
            Frame::GoAway => self.emit(Event::GoAway),
            Frame::ReconnectIceServer => self.emit(Event::ReconnectIceServer),
            Frame::Status(status) => self.emit(Event::Status(status)),
        }
    }

    fn candidate(
        &mut self,
        sender: Option<ClientId>,
        payload: P,
        ufrag: Option<&str>,
        length: usize,
    ) {
        // The service carries none that is longer, and what may be held has to be bounded.
        if length > MAX_PAYLOAD {
            return self.drop_frame(Dropped::TooLong);
        }
        match self.candidates.candidate(&sender, ufrag, payload) {
            // One of a replaced description too: it was known once, and is the program's to judge.
            Ok(Admission::Now(payload) | Admission::Outdated(payload)) => {
                self.passing = true;
                self.emit(Event::Candidate(payload, sender));
            }
            Ok(Admission::Held) => {}
            Err(reason) => self.drop_frame(reason),
        }
    }

    fn drop_frame(&mut self, reason: Dropped) {
        let place = Dropped::ALL.into_iter().position(|it| it == reason);
        if let Some(count) = place.and_then(|place| self.dropped.get_mut(place)) {
            *count = count.saturating_add(1);
        }
        self.outputs.push_back(Output::Dropped(reason));
    }

    fn emit(&mut self, event: Event<P>) {
        self.outputs.push_back(Output::Emit(event));
    }
}
