//! What the machine is told of frames.

use crate::ids::ClientId;

/// A frame that came from the service, its payload in the form of the surroundings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame<P> {
    /// An empty frame: the service has taken a message, or keeps the connection alive.
    Acknowledgement,
    /// An offer or an answer.
    Description {
        /// Which of the two.
        kind: Description,
        /// The viewer that sent it; `None` is the master.
        sender: Option<ClientId>,
        /// What is said.
        payload: P,
        /// Its `ice-ufrag`s.
        ufrags: Vec<String>,
    },
    /// A candidate.
    Candidate {
        /// The viewer that sent it; `None` is the master.
        sender: Option<ClientId>,
        /// What is said.
        payload: P,
        /// The `ice-ufrag` of the description it belongs to, where it names one.
        ufrag: Option<String>,
        /// How long its payload is, in base64 characters.
        length: usize,
    },
    /// The service will close this connection within a minute.
    GoAway,
    /// The TURN servers in use are going away.
    ReconnectIceServer,
    /// A message with a correlation id could not be delivered.
    Status(P),
}

/// The two kinds of session descriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Description {
    /// What begins a call.
    Offer,
    /// What answers an offer.
    Answer,
}
