//! The life of one signaling WebSocket, as a machine: open, messages, close.

use std::collections::VecDeque;

use super::candidates::{Admission, CandidateBuffer};
use super::early::Early;
use super::frame::{Dropped, Frame, Message, Payload, StatusResponse, decode, encode};
use crate::error::Error;
use crate::ice::{Candidate, ufrags};
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::time::Millis;

/// A socket that has not opened by then is given up.
const OPEN_TIMEOUT: Millis = Millis::from_secs(10);

/// What happened to the connection.
#[derive(Debug)]
pub enum Input {
    /// Somebody wants it open: the presigned URL.
    Open(Secret<String>),
    /// The socket is open.
    Opened,
    /// A text frame came.
    Frame(String),
    /// A binary frame came.
    Binary,
    /// The socket closed, with the close frame's code (1006 where there was none).
    Closed {
        /// RFC 6455, section 7.4.
        code: u16,
    },
    /// Somebody wants it closed.
    Close,
    /// Time has passed.
    Timeout,
}

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Open a WebSocket at this presigned URL.
    OpenSocket(Secret<String>),
    /// Send this text frame.
    SendText(String),
    /// Close the socket, or let go of it where it never opened.
    CloseSocket,
    /// Tell the owner.
    Event(Event),
}

/// What the owner of the connection wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Messages can be sent.
    Opened,
    /// An offer, an answer, or a candidate whose description has been told before it.
    Message {
        /// The viewer that sent it; `None` is the master.
        sender: Option<ClientId>,
        /// What is said.
        payload: Payload,
    },
    /// The service will close this connection within a minute.
    GoAway,
    /// The TURN servers in use are going away.
    ReconnectIceServer,
    /// A message with a correlation id could not be delivered.
    Status(StatusResponse),
    /// Something that came was passed over.
    Dropped(Dropped),
    /// A message of a sender that is [muted](Connection::mute) was passed over.
    Muted,
    /// The connection is over.
    Closed(Closing),
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closing {
    /// We closed it.
    Asked,
    /// It never opened: refused, or out of reach; browsers do not tell which.
    Refused,
    /// It never opened, and nobody answered in time.
    TimedOut,
    /// It was open, and the other side or the network closed it.
    Lost {
        /// RFC 6455, section 7.4; 1001 after the service's idle time or longest duration.
        code: u16,
    },
}

#[derive(Debug)]
enum State {
    Closed,
    Opening { until: Millis },
    Open,
}

/// The machine; see the [module](super) for how to drive it.
#[derive(Debug)]
pub struct Connection {
    state: State,
    candidates: CandidateBuffer<Candidate>,
    early: Early,
    /// Whose messages are passed over, and until when; the oldest first.
    muted: VecDeque<(ClientId, Millis)>,
    outputs: VecDeque<Output>,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            state: State::Closed,
            candidates: CandidateBuffer::default(),
            early: Early::default(),
            muted: VecDeque::new(),
            outputs: VecDeque::new(),
        }
    }
}

impl Connection {
    /// Whether messages can be sent.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    /// Tells the machine what happened.
    pub fn handle(&mut self, input: Input, now: Millis) {
        match input {
            Input::Open(url) => self.open(url, now),
            Input::Opened => self.opened(),
            Input::Frame(text) => self.frame(decode(&text), now),
            Input::Binary => self.frame(Err(Dropped::Malformed), now),
            Input::Closed { code } => self.closed(code),
            Input::Close => self.close(),
            Input::Timeout => self.timeout(now),
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// `peer.messageTooLarge`, or `internal.unexpected` where the connection is not open.
    pub fn send(&mut self, message: &Message) -> Result<(), Error> {
        if !self.is_open() {
            let problem = "a message was sent while the signaling connection was not open";
            return Err(Error::new(crate::error::Code::InternalUnexpected, problem));
        }
        self.outputs.push_back(Output::SendText(encode(message)?));
        Ok(())
    }

    /// Forgets a viewer that has left.
    pub fn forget(&mut self, sender: &Option<ClientId>) {
        self.candidates.forget(sender);
    }

    /// Passes over what this viewer says until then, on this socket and later ones. Of `most`
    /// muted viewers the oldest makes room for another.
    pub fn mute(&mut self, sender: ClientId, until: Millis, most: usize) {
        self.candidates.forget(&Some(sender.clone()));
        self.muted.retain(|(known, _)| *known != sender);
        self.muted.push_back((sender, until));
        while self.muted.len() > most {
            self.muted.pop_front();
        }
    }

    /// Forgets everybody: what is opened next has nothing to do with what was before.
    pub fn reset(&mut self) {
        self.candidates.clear();
        self.early.clear();
        self.muted.clear();
    }

    /// What to do next.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to be told that time has passed.
    pub fn poll_timeout(&self) -> Option<Millis> {
        match self.state {
            State::Opening { until } => Some(until),
            State::Closed | State::Open => None,
        }
    }

    fn open(&mut self, url: Secret<String>, now: Millis) {
        match self.state {
            State::Closed => {}
            // The old socket's fate no longer matters: the driver lets go of it.
            State::Opening { .. } | State::Open => self.outputs.push_back(Output::CloseSocket),
        }
        self.state = State::Opening { until: now + OPEN_TIMEOUT };
        self.outputs.push_back(Output::OpenSocket(url));
    }

    fn opened(&mut self) {
        match self.state {
            State::Opening { .. } => {
                self.state = State::Open;
                self.emit(Event::Opened);
            }
            State::Closed | State::Open => {}
        }
    }

    fn closed(&mut self, code: u16) {
        let closing = match self.state {
            State::Closed => return,
            State::Opening { .. } => Closing::Refused,
            State::Open => Closing::Lost { code },
        };
        self.end(closing);
    }

    /// Whoever closes has nothing to wait for: some browsers never say that a socket is closed
    /// when the network went away.
    fn close(&mut self) {
        match self.state {
            State::Opening { .. } | State::Open => {
                self.outputs.push_back(Output::CloseSocket);
                self.end(Closing::Asked);
            }
            State::Closed => {}
        }
    }

    fn timeout(&mut self, now: Millis) {
        match self.state {
            State::Opening { until } if now >= until => {
                self.outputs.push_back(Output::CloseSocket);
                self.end(Closing::TimedOut);
            }
            State::Closed | State::Opening { .. } | State::Open => {}
        }
    }

    fn end(&mut self, closing: Closing) {
        self.state = State::Closed;
        self.emit(Event::Closed(closing));
    }

    fn frame(&mut self, frame: Result<Frame, Dropped>, now: Millis) {
        if !self.is_open() {
            return;
        }
        match frame {
            Ok(Frame::Acknowledgement) => {}
            Ok(Frame::Message { sender, payload }) => {
                self.muted.retain(|(_, until)| *until > now);
                match self.muted.iter().any(|(muted, _)| Some(muted) == sender.as_ref()) {
                    true => self.emit(Event::Muted),
                    false => self.message(sender, payload, now),
                }
            }
            Ok(Frame::GoAway) => self.emit(Event::GoAway),
            Ok(Frame::ReconnectIceServer) => self.emit(Event::ReconnectIceServer),
            Ok(Frame::Status(status)) => self.emit(Event::Status(status)),
            Err(reason) => self.emit(Event::Dropped(reason)),
        }
    }

    fn message(&mut self, sender: Option<ClientId>, payload: Payload, now: Millis) {
        match payload {
            Payload::Candidate(candidate) => self.candidate(sender, candidate, now),
            Payload::Offer(ref sdp) | Payload::Answer(ref sdp) => {
                let may_have_early = matches!(payload, Payload::Offer(_)) && sender.is_none();
                let generations = ufrags(sdp).into_iter().map(str::to_owned).collect();
                let outdated = self.candidates.description(&sender, generations);
                self.emit(Event::Message { sender: sender.clone(), payload });
                for _ in 0..outdated {
                    self.emit(Event::Dropped(Dropped::OutdatedCandidate));
                }
                let mut due = self.candidates.release(&sender);
                if may_have_early {
                    due.append(&mut self.early.offer(now));
                }
                for candidate in due {
                    self.emit_candidate(sender.clone(), candidate);
                }
            }
        }
    }

    fn candidate(&mut self, sender: Option<ClientId>, candidate: Candidate, now: Millis) {
        let ufrag = candidate.ufrag().map(str::to_owned);
        match self.candidates.candidate(&sender, ufrag.as_deref(), candidate) {
            Ok(Admission::Now(candidate)) => {
                if sender.is_none() {
                    self.early.note(&candidate, now);
                }
                self.emit_candidate(sender, candidate);
            }
            Ok(Admission::Held) => {}
            Ok(Admission::Outdated(_)) => self.emit(Event::Dropped(Dropped::OutdatedCandidate)),
            Err(reason) => self.emit(Event::Dropped(reason)),
        }
    }

    fn emit_candidate(&mut self, sender: Option<ClientId>, candidate: Candidate) {
        self.emit(Event::Message { sender, payload: Payload::Candidate(candidate) });
    }

    fn emit(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD as BASE64;

    fn url() -> Secret<String> {
        Secret::new("wss://v-1/?X-Amz-Signature=x".into())
    }

    fn frame(kind: &str, json: &str) -> Input {
        let payload = BASE64.encode(json);
        Input::Frame(format!(r#"{{"messageType":"{kind}","messagePayload":"{payload}"}}"#))
    }

    fn events(connection: &mut Connection) -> Vec<Event> {
        std::iter::from_fn(|| connection.poll())
            .filter_map(|output| match output {
                Output::Event(event) => Some(event),
                Output::OpenSocket(_) | Output::SendText(_) | Output::CloseSocket => None,
            })
            .collect()
    }

    fn open() -> Connection {
        let mut connection = Connection::default();
        connection.handle(Input::Open(url()), Millis(0));
        connection.handle(Input::Opened, Millis(5));
        assert_eq!(events(&mut connection), [Event::Opened]);
        connection
    }

    #[test]
    fn a_socket_that_does_not_open_in_ten_seconds_is_given_up() {
        let mut connection = Connection::default();
        connection.handle(Input::Open(url()), Millis(100));
        assert_eq!(connection.poll(), Some(Output::OpenSocket(url())));
        assert_eq!(connection.poll_timeout(), Some(Millis(10_100)));
        connection.handle(Input::Timeout, Millis(10_099));
        assert_eq!(connection.poll(), None);
        connection.handle(Input::Timeout, Millis(10_100));
        assert_eq!(connection.poll(), Some(Output::CloseSocket));
        assert_eq!(connection.poll(), Some(Output::Event(Event::Closed(Closing::TimedOut))));
        assert_eq!(connection.poll_timeout(), None);
    }

    #[test]
    fn the_end_says_whether_it_was_asked_for_refused_or_lost() {
        let closed = || Input::Closed { code: 1006 };
        let mut refused = Connection::default();
        refused.handle(Input::Open(url()), Millis(0));
        refused.handle(closed(), Millis(1));
        assert_eq!(events(&mut refused), [Event::Closed(Closing::Refused)]);

        let mut lost = open();
        lost.handle(closed(), Millis(9));
        lost.handle(closed(), Millis(10));
        assert_eq!(events(&mut lost), [Event::Closed(Closing::Lost { code: 1006 })]);

        let mut asked = open();
        asked.handle(Input::Close, Millis(9));
        asked.handle(Input::Close, Millis(9));
        asked.handle(closed(), Millis(10));
        assert_eq!(events(&mut asked), [Event::Closed(Closing::Asked)]);
    }

    #[test]
    fn candidates_that_overtook_their_answer_come_right_after_it() {
        let mut connection = open();
        let candidate = r#"{"candidate":"candidate:1","usernameFragment":"u"}"#;
        connection.handle(frame("ICE_CANDIDATE", candidate), Millis(6));
        assert_eq!(events(&mut connection), []);
        let answer = r#"{"type":"answer","sdp":"a=ice-ufrag:u\r\n"}"#;
        connection.handle(frame("SDP_ANSWER", answer), Millis(7));
        let told = events(&mut connection);
        assert!(matches!(
            told.as_slice(),
            [
                Event::Message { payload: Payload::Answer(_), .. },
                Event::Message { payload: Payload::Candidate(_), .. }
            ]
        ));
    }

    #[test]
    fn bad_frames_are_told_and_the_connection_goes_on() {
        let mut connection = open();
        connection.handle(Input::Frame("null".into()), Millis(6));
        connection.handle(Input::Frame(String::new()), Millis(6));
        connection.handle(Input::Binary, Millis(6));
        connection.handle(Input::Frame(r#"{"messageType":"GO_AWAY"}"#.into()), Millis(7));
        let told = events(&mut connection);
        let malformed = Event::Dropped(Dropped::Malformed);
        assert_eq!(told, [malformed.clone(), malformed, Event::GoAway]);
        assert!(connection.is_open());
    }

    #[test]
    fn nothing_is_sent_before_the_socket_is_open() {
        let message = Message {
            payload: Payload::Offer("v=0".into()),
            recipient: None,
            correlation_id: None,
        };
        assert!(Connection::default().send(&message).is_err());
        let mut connection = open();
        connection.send(&message).unwrap();
        assert!(matches!(connection.poll(), Some(Output::SendText(_))));
    }

    #[test]
    fn opening_again_lets_go_of_the_old_socket_and_keeps_what_is_held() {
        let held = |act: fn(&mut Connection)| {
            let mut connection = open();
            let candidate = r#"{"candidate":"candidate:1"}"#;
            connection.handle(frame("ICE_CANDIDATE", candidate), Millis(6));
            act(&mut connection);
            connection.handle(Input::Open(url()), Millis(7));
            assert_eq!(connection.poll(), Some(Output::CloseSocket));
            assert_eq!(connection.poll(), Some(Output::OpenSocket(url())));
            connection.handle(Input::Opened, Millis(8));
            connection.handle(frame("SDP_ANSWER", r#"{"type":"answer","sdp":""}"#), Millis(9));
            events(&mut connection).len()
        };
        assert_eq!(held(|_| ()), 3);
        assert_eq!(held(Connection::reset), 2);
    }

    #[test]
    fn what_a_muted_viewer_says_is_passed_over_until_then() {
        let from = |sender: &str, at| {
            let payload = BASE64.encode(r#"{"candidate":"candidate:1"}"#);
            let text = format!(
                r#"{{"messageType":"ICE_CANDIDATE","messagePayload":"{payload}","senderClientId":"{sender}"}}"#
            );
            (Input::Frame(text), Millis(at))
        };
        let id = |text: &str| ClientId::parse(text).unwrap();
        let mut connection = open();
        let told = |connection: &mut Connection, (input, now)| {
            connection.handle(input, now);
            events(connection)
        };
        connection.mute(id("a"), Millis(100), 2);
        assert_eq!(told(&mut connection, from("a", 99)), [Event::Muted]);
        assert_eq!(told(&mut connection, from("b", 99)), []);
        assert_eq!(told(&mut connection, from("a", 100)), []);
        for name in ["a", "b", "c"] {
            connection.mute(id(name), Millis(1_000), 2);
        }
        assert_eq!(told(&mut connection, from("a", 200)), []);
        assert_eq!(told(&mut connection, from("c", 200)), [Event::Muted]);
    }
}
