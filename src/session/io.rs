//! What a session is told and what it asks for.

use crate::bundle::{BackendRequest, Bundle};
use crate::credentials::Credentials;
use crate::error::{Code, Error};
use crate::ice::{Candidate, IceServer};
use crate::ids::ClientId;
use crate::rest;
use crate::secret::Secret;
use crate::signaling::StatusResponse;
use crate::time::{Millis, Now};

use super::insight::{Quality, Record};
use super::media::{Junk, TrackKind, TrackSource};

/// Names a peer connection for the life of a session object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u32);

/// Names one request, so that its answer finds the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallId(pub u32);

/// What happened.
#[derive(Debug)]
pub enum Input {
    /// Somebody called `start()`. The number is random; a viewer without a client id of its own
    /// makes one of it.
    Start {
        /// Random, from all 64 bits.
        random: u64,
    },
    /// Somebody called `prepare()`: what a start needs of the service is to be asked for already.
    Prepare {
        /// As with [`Input::Start`].
        random: u64,
    },
    /// Somebody called `stop()`, the page is being left, or the start was aborted: the error
    /// that a pending `start()` rejects with.
    Stop(Error),
    /// The keys that [`Output::GetCredentials`] asked for.
    Credentials(CallId, Result<Credentials, Error>),
    /// The answer to [`Output::Fetch`].
    Fetched(CallId, Result<rest::Response, Error>),
    /// The signaling socket is open.
    SocketOpened,
    /// A text frame came on the signaling socket.
    SocketFrame(String),
    /// A binary frame came on it, which is none of the service's.
    SocketBinary,
    /// The signaling socket closed, or could not be opened: RFC 6455 code.
    SocketClosed(u16),
    /// Camera and microphone are open, or are not to be had.
    Media(Result<(), Error>),
    /// The answer of the application's back end to [`Output::AskBackend`].
    Bundle(CallId, Result<Bundle, Error>),
    /// A master's person has decided about a viewer that asked to be let in.
    Admit(ClientId, Admission),
    /// A master's person wants the connection of one viewer closed.
    CloseViewer(ClientId),
    /// Something happened to a peer connection.
    Peer(PeerId, PeerInput),
    /// A local track ended by itself: its device is gone, or the person has ended the sharing of
    /// the screen.
    TrackEnded(TrackKind, TrackSource),
    /// Time has passed.
    Timeout,
}

/// What happened to a peer connection.
#[derive(Debug)]
pub enum PeerInput {
    /// The local description is set: its SDP.
    Described(String),
    /// A local candidate was found.
    Candidate(Candidate),
    /// No more local candidates will come.
    GatheringEnded,
    /// A remote track is there; nothing has arrived on it yet.
    Track,
    /// The remote answer is applied, and its tracks have been told.
    Negotiated,
    /// The connection is up.
    Connected,
    /// Media of a remote track began to arrive.
    MediaArrived,
    /// The first video frame was decoded.
    FirstFrame,
    /// The data channel is open.
    ChannelOpened,
    /// The data channel is closed.
    ChannelClosed,
    /// What waited to be sent on the data channel is below the low-water mark again.
    ChannelDrained,
    /// A data-channel message that was text.
    Text(String),
    /// A data-channel message that was bytes.
    Bytes(Vec<u8>),
    /// The other side sent what is dropped.
    Dropped(Junk),
    /// The other side has closed the connection.
    Left,
    /// No path was found, or it was lost for good.
    Unreachable,
    /// The browser refused a step.
    Failed(Error),
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Ask for the keys; for `fresh` ones where those at hand did not do.
    GetCredentials {
        /// What [`Input::Credentials`] answers.
        call: CallId,
        /// Whether keys that are kept will not do.
        fresh: bool,
    },
    /// Ask the application's back end.
    AskBackend(CallId, BackendRequest),
    /// Make this HTTPS request.
    Fetch(CallId, rest::SignedRequest),
    /// Open the signaling socket at this presigned URL.
    OpenSocket(Secret<String>),
    /// Send this text frame.
    SendText(String),
    /// Close the signaling socket.
    CloseSocket,
    /// Open camera and microphone, as the options say.
    OpenMedia,
    /// Stop all local tracks.
    CloseMedia,
    /// Make a peer connection.
    CreatePeer(PeerId, PeerConfig),
    /// Send the local tracks over this connection, now or later without renegotiation.
    AttachMedia(PeerId),
    /// Give these servers to the connection, then make an offer and set it.
    Offer(PeerId, Vec<IceServer>),
    /// Apply this offer, then make an answer and set it.
    Answer(PeerId, String),
    /// Apply this answer.
    ApplyAnswer(PeerId, String),
    /// Add this remote candidate.
    AddCandidate(PeerId, Candidate),
    /// Close the connection and let go of it.
    ClosePeer(PeerId),
    /// Read the local description as it is now, with the candidates found so far:
    /// [`PeerInput::Described`] tells it.
    ReadDescription(PeerId),
    /// Send this text on the connection's data channel.
    SendData(PeerId, String),
    /// Measure this connection: [`Insight::Measured`](super::Insight) answers.
    Measure(PeerId),
    /// A line for the log.
    Log(Record),
    /// Settle the promises of `prepare()`.
    Prepared(Result<(), Error>),
    /// Settle the promise of `start()`.
    Settle(Result<(), Error>),
    /// Tell the person.
    Emit(Event),
}

/// The label of the one data channel of a call; the other clients of the service open it, and
/// listen for it, by this name.
pub const DATA_CHANNEL: &str = "kvsDataChannel";

/// How to make a peer connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerConfig {
    /// STUN and TURN servers, as far as they are known.
    pub ice_servers: Vec<IceServer>,
    /// Relayed candidates only.
    pub relay_only: bool,
    /// We make the offer: transceivers and, where asked for, the data channel are made at once.
    pub offers: bool,
    /// Open the data channel.
    pub data_channel: bool,
    /// A video track will be sent.
    pub send_video: bool,
    /// An audio track will be sent.
    pub send_audio: bool,
}

/// Whether a viewer may connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Its offer is answered.
    Accept,
    /// Its offer is dropped, and further ones for a while; it is told nothing.
    Reject,
    /// Nobody has decided yet: its offer waits.
    Wait,
}

/// What a person is told. The client id is there where a master means one of its viewers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The session is in another state.
    State(SessionState),
    /// A viewer asks to be let in; [`Input::Admit`] decides.
    ViewerAsks(PeerId, ClientId),
    /// A viewer's connection is in another state.
    ViewerState(ClientId, ViewerState),
    /// Camera and microphone are open.
    LocalStream,
    /// The other side's media: the first track of the connection is there.
    Stream(PeerId, Option<ClientId>),
    /// A data-channel message that was text.
    Text(String, Option<ClientId>),
    /// A data-channel message that was bytes.
    Bytes(Vec<u8>, Option<ClientId>),
    /// Messages can be sent on the data channel.
    ChannelOpened(Option<ClientId>),
    /// The data channel is closed.
    ChannelClosed(Option<ClientId>),
    /// What waited to be sent on the data channel is below the low-water mark again.
    BufferedAmountLow(Option<ClientId>),
    /// A local track ended by itself.
    LocalTrackEnded(TrackKind, TrackSource),
    /// Cameras, microphones or loudspeakers came or went.
    DeviceChange,
    /// The service will close the signaling socket within a minute.
    GoAway,
    /// The TURN servers in use are going away.
    ReconnectIceServer,
    /// The service could not deliver a message of ours.
    StatusResponse(StatusResponse),
    /// The viewer connects under this client id from now on, which is another than before.
    ClientId(ClientId),
    /// The quality of a connection is another than before.
    Quality(Quality, Option<ClientId>),
    /// Something went wrong.
    Error(Error, Option<ClientId>),
    /// The session is over.
    Close(CloseReason),
}

/// Where a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// Never started.
    Idle,
    /// Asking the service and opening the socket.
    Starting,
    /// Waiting for the other side.
    Waiting,
    /// A viewer's offer is answered, or a storage session has made one; the path is being made.
    Connecting,
    /// A viewer's media flows, or the path to a storage session is there.
    Connected,
    /// A master's socket is gone; calls that are up go on.
    Detached,
    /// Over; may be started again.
    Closed,
}

impl SessionState {
    /// The name that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Starting => "starting",
            Self::Waiting => "waiting",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Detached => "detached",
            Self::Closed => "closed",
        }
    }
}

/// Where one viewer's connection to a master is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewerState {
    /// Its offer came.
    Connecting,
    /// The connection is up.
    Connected,
    /// Over, and why.
    Closed(CloseReason),
}

impl ViewerState {
    /// The name that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Closed(_) => "closed",
        }
    }
}

/// Why a session or a viewer's connection is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// We stopped it.
    Stopped,
    /// The other side left.
    Left,
    /// The same viewer has made a new connection.
    Replaced,
    /// It failed; an error was told before.
    Failed,
    /// The master did not let it in.
    Rejected,
}

impl CloseReason {
    /// The name that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Left => "left",
            Self::Replaced => "replaced",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
        }
    }
}

/// What the driver needs of a session, be it a viewer or a master.
pub trait Session {
    /// Tells the session what happened.
    fn handle(&mut self, input: Input, now: Now);
    /// What to do next.
    fn poll(&mut self) -> Option<Output>;
    /// When to be told that time has passed.
    fn poll_timeout(&self) -> Option<Millis>;
    /// Where the session is.
    fn state(&self) -> SessionState;
    /// Whether it may be started.
    ///
    /// # Errors
    /// `caller.alreadyStarted`.
    fn check_start(&self) -> Result<(), Error> {
        match self.state() {
            SessionState::Idle | SessionState::Closed => Ok(()),
            SessionState::Starting
            | SessionState::Waiting
            | SessionState::Connecting
            | SessionState::Connected
            | SessionState::Detached => {
                Err(Error::new(Code::CallerAlreadyStarted, "this session is already started"))
            }
        }
    }
    /// The connections that a message goes to: of one viewer, or all whose data channel is open.
    ///
    /// # Errors
    /// `caller.notConnected` where there is none.
    fn recipients(&self, client_id: Option<&str>) -> Result<Vec<PeerId>, Error>;
    /// The peer connection of that viewer; without an id, of the session itself: a viewer's, or a
    /// master's to its storage session.
    fn peer(&self, client_id: Option<&str>) -> Option<PeerId>;
    /// Where a master's viewer is, by its peer connection: `asking`, `connecting`, `connected`, or
    /// `closed` where it has none any more.
    fn viewer_state(&self, _id: PeerId) -> &'static str {
        "closed"
    }
    /// Our own client id where this is a running viewer, else the ids of a master's viewers.
    fn client_ids(&self) -> Vec<String>;
}
