//! What is worth a line in the log, of what a session is told and of what it asks for.
//!
//! Of a secret, of a session description, of a candidate and of an application's message a line
//! says no more than that there is one.

use super::record::{Level, Record, Target};
use crate::ice::Candidate;
use crate::session::io::{Event, Input, Output, PeerId, PeerInput, ViewerState};

/// What happened.
pub(super) fn heard(input: &Input) -> Option<Record> {
    let (level, target, message) = match input {
        Input::Start { .. } => (Level::Info, Target::Session, "start".to_owned()),
        Input::Stop(reason) => (Level::Info, Target::Session, join("stop: ", reason.message())),
        Input::Credentials(_, Ok(_)) => (Level::Debug, Target::Service, "keys came".to_owned()),
        Input::Credentials(_, Err(error)) | Input::Bundle(_, Err(error)) => {
            (Level::Warn, Target::Service, failure("no keys", error))
        }
        Input::Bundle(_, Ok(_)) => (Level::Debug, Target::Service, "the back end answered".into()),
        Input::Fetched(_, Ok(response)) => {
            (Level::Debug, Target::Service, join("answer ", &response.status.to_string()))
        }
        Input::Fetched(_, Err(error)) => {
            (Level::Warn, Target::Service, failure("no answer", error))
        }
        Input::SocketOpened => (Level::Info, Target::Signaling, "the socket is open".into()),
        Input::SocketFrame(text) => {
            (Level::Debug, Target::Signaling, sized("a frame came", text.len()))
        }
        Input::SocketClosed(code) => {
            (Level::Info, Target::Signaling, join("the socket closed: ", &code.to_string()))
        }
        Input::Media(Ok(())) => {
            (Level::Info, Target::Media, "camera and microphone are open".into())
        }
        Input::Media(Err(error)) => (Level::Warn, Target::Media, failure("no media", error)),
        Input::Admit(_, admission) => {
            (Level::Info, Target::Session, format!("a viewer asked: {admission:?}"))
        }
        Input::Peer(id, input) => {
            let (level, message) = peer(input)?;
            (level, Target::Peer, of(*id, &message))
        }
        _ => return None,
    };
    Some(Record::new(level, target, message))
}

/// What is to be done.
pub(super) fn said(output: &Output) -> Option<Record> {
    let (level, target, message) = match output {
        Output::GetCredentials(_) => (Level::Debug, Target::Service, "asks for keys".to_owned()),
        Output::AskBackend(..) => (Level::Debug, Target::Service, "asks the back end".into()),
        Output::Fetch(_, request) => (Level::Debug, Target::Service, join("POST ", &request.url)),
        Output::OpenSocket(url) => {
            let host = url.expose().split('/').nth(2).unwrap_or_default();
            (Level::Info, Target::Signaling, join("opens the socket at ", host))
        }
        Output::SendText(text) => {
            (Level::Debug, Target::Signaling, sized("sends a frame", text.len()))
        }
        Output::CloseSocket => (Level::Info, Target::Signaling, "closes the socket".into()),
        Output::OpenMedia => (Level::Info, Target::Media, "opens camera and microphone".into()),
        Output::CreatePeer(id, config) => {
            let relay = if config.relay_only { "made, relay only" } else { "made" };
            (Level::Info, Target::Peer, of(*id, relay))
        }
        Output::Offer(id, servers) => {
            let servers = servers.len().to_string();
            (Level::Debug, Target::Peer, of(*id, &join("makes an offer, ICE servers: ", &servers)))
        }
        Output::Answer(id, sdp) => {
            (Level::Debug, Target::Peer, of(*id, &sized("takes an offer", sdp.len())))
        }
        Output::ApplyAnswer(id, sdp) => {
            (Level::Debug, Target::Peer, of(*id, &sized("takes an answer", sdp.len())))
        }
        Output::AddCandidate(id, candidate) => {
            (Level::Debug, Target::Peer, of(*id, &join("takes a candidate: ", kind(candidate))))
        }
        Output::ClosePeer(id) => (Level::Info, Target::Peer, of(*id, "closed")),
        Output::Settle(Err(error)) => {
            (Level::Error, Target::Session, failure("start() failed", error))
        }
        Output::Settle(Ok(())) => (Level::Debug, Target::Session, "start() is done".into()),
        Output::Emit(event) => return told(event),
        _ => return None,
    };
    Some(Record::new(level, target, message))
}

fn told(event: &Event) -> Option<Record> {
    let (level, target, message) = match event {
        Event::State(state) => (Level::Info, Target::Session, state.as_str().to_owned()),
        Event::ViewerState(_, ViewerState::Closed(reason)) => {
            (Level::Info, Target::Session, join("a viewer is gone: ", reason.as_str()))
        }
        Event::ViewerState(_, state) => {
            (Level::Info, Target::Session, join("a viewer is ", state.as_str()))
        }
        Event::GoAway => (Level::Info, Target::Signaling, "the service says GO_AWAY".into()),
        Event::ReconnectIceServer => {
            (Level::Info, Target::Signaling, "the service says RECONNECT_ICE_SERVER".into())
        }
        Event::StatusResponse(status) => (
            Level::Warn,
            Target::Signaling,
            ["not delivered: ", &status.status_code, " ", &status.error_type].concat(),
        ),
        Event::Error(error, _) => (Level::Warn, Target::Session, failure("error", error)),
        Event::Close(reason) => (Level::Info, Target::Session, join("over: ", reason.as_str())),
        _ => return None,
    };
    Some(Record::new(level, target, message))
}

/// Messages of the application are not told: there may be thousands.
fn peer(input: &PeerInput) -> Option<(Level, String)> {
    let word = match input {
        PeerInput::Described(sdp) => {
            return Some((Level::Debug, sized("has its description", sdp.len())));
        }
        PeerInput::Candidate(candidate) => {
            return Some((Level::Debug, join("found a candidate: ", kind(candidate))));
        }
        PeerInput::Failed(error) => return Some((Level::Warn, failure("failed", error))),
        PeerInput::Unreachable => return Some((Level::Warn, "has no path".into())),
        PeerInput::GatheringEnded => "found all candidates",
        PeerInput::Connected => "connected",
        PeerInput::MediaArrived => "media arrives",
        PeerInput::FirstFrame => "shows its first frame",
        PeerInput::ChannelOpened => "data channel open",
        PeerInput::ChannelClosed => "data channel closed",
        PeerInput::Left => "the other side left",
        _ => return None,
    };
    Some((Level::Info, word.to_owned()))
}

/// `host udp` and the like: RFC 8839, section 5.1, without the address.
fn kind(candidate: &Candidate) -> &'static str {
    let has = |word: &str| candidate.candidate.split(' ').any(|it| it.eq_ignore_ascii_case(word));
    match (has("relay"), has("srflx"), has("prflx"), has("host")) {
        (true, _, _, _) => "relay",
        (_, true, _, _) => "srflx",
        (_, _, true, _) => "prflx",
        (_, _, _, true) => "host",
        (false, false, false, false) => "unknown",
    }
}

fn of(id: PeerId, message: &str) -> String {
    ["connection ", &id.0.to_string(), ": ", message].concat()
}

fn sized(what: &str, bytes: usize) -> String {
    [what, ", bytes: ", &bytes.to_string()].concat()
}

fn join(a: &str, b: &str) -> String {
    [a, b].concat()
}

fn failure(what: &str, error: &crate::error::Error) -> String {
    [what, ": ", error.code().as_str(), ": ", error.message()].concat()
}
