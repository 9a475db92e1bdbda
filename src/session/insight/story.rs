//! What is worth a line in the log, of what a session is told and of what it asks for.
//!
//! Of a secret, of a session description, of a candidate and of an application's message a line
//! says no more than that there is one.

use super::record::{Level, Record, Target};
use crate::error::Error;
use crate::ice::Candidate;
use crate::session::io::{Admission, Event, Input, Output, PeerId, PeerInput, ViewerState};

use Detail::{Bytes, Failure, Nothing, Number, Word};
use Level::{Debug, Info, Warn};
use Target::{Media, Peer, Service, Session, Signaling};

/// A line before it is written: what, and about what in particular.
type Line<'a> = (Level, Target, &'static str, Detail<'a>);

enum Detail<'a> {
    Nothing,
    Number(usize),
    Bytes(usize),
    Word(&'a str),
    Failure(&'a Error),
}

/// What happened.
pub(super) fn heard(input: &Input) -> Option<Record> {
    let line = match input {
        Input::Start { .. } => (Info, Session, "start", Nothing),
        Input::Prepare { .. } => (Debug, Session, "prepare", Nothing),
        Input::Stop(reason) => (Info, Session, "stop", Word(reason.message())),
        Input::Credentials(_, Ok(_)) => (Debug, Service, "keys came", Nothing),
        Input::Credentials(_, Err(error)) => (Warn, Service, "no keys", Failure(error)),
        Input::Bundle(_, Ok(_)) => (Debug, Service, "the back end answered", Nothing),
        Input::Bundle(_, Err(error)) => (Warn, Service, "no bundle", Failure(error)),
        Input::Fetched(_, Ok(response)) => {
            (Debug, Service, "answer", Number(response.status.into()))
        }
        Input::Fetched(_, Err(error)) => (Warn, Service, "no answer", Failure(error)),
        Input::SocketOpened => (Info, Signaling, "the socket is open", Nothing),
        Input::SocketFrame(text) => (Debug, Signaling, "a frame came", Bytes(text.len())),
        Input::SocketClosed(code) => (Info, Signaling, "the socket closed", Number((*code).into())),
        Input::Media(Ok(())) => (Info, Media, "camera and microphone are open", Nothing),
        Input::Media(Err(error)) => (Warn, Media, "no media", Failure(error)),
        Input::Admit(_, admission) => {
            let decision = match admission {
                Admission::Accept => "accept",
                Admission::Reject => "reject",
                Admission::Wait => "wait",
            };
            (Info, Session, "a viewer asked", Word(decision))
        }
        Input::Peer(id, input) => return peer(input).map(|line| write(line, Some(*id))),
        _ => return None,
    };
    Some(write(line, None))
}

/// What is to be done.
pub(super) fn said(output: &Output) -> Option<Record> {
    let (line, id) = match output {
        Output::GetCredentials { .. } => ((Debug, Service, "asks for keys", Nothing), None),
        Output::AskBackend(..) => ((Debug, Service, "asks the back end", Nothing), None),
        Output::Fetch(_, request) => ((Debug, Service, "POST", Word(&request.url)), None),
        Output::OpenSocket(url) => {
            let host = url.expose().split('/').nth(2).unwrap_or_default();
            ((Info, Signaling, "opens the socket", Word(host)), None)
        }
        Output::SendText(text) => ((Debug, Signaling, "sends a frame", Bytes(text.len())), None),
        Output::CloseSocket => ((Info, Signaling, "closes the socket", Nothing), None),
        Output::OpenMedia => ((Info, Media, "opens camera and microphone", Nothing), None),
        Output::CreatePeer(id, config) => {
            let policy = if config.relay_only { "relay" } else { "all" };
            ((Info, Peer, "made", Word(policy)), Some(*id))
        }
        Output::Offer(id, servers) => {
            ((Debug, Peer, "makes an offer, ICE servers", Number(servers.len())), Some(*id))
        }
        Output::Answer(id, sdp) => ((Debug, Peer, "takes an offer", Bytes(sdp.len())), Some(*id)),
        Output::ApplyAnswer(id, sdp) => {
            ((Debug, Peer, "takes an answer", Bytes(sdp.len())), Some(*id))
        }
        Output::AddCandidate(id, candidate) => {
            ((Debug, Peer, "takes a candidate", Word(kind(candidate))), Some(*id))
        }
        Output::ClosePeer(id) => ((Info, Peer, "closed", Nothing), Some(*id)),
        Output::Settle(Err(error)) => {
            ((Level::Error, Session, "start() failed", Failure(error)), None)
        }
        Output::Settle(Ok(())) => ((Debug, Session, "start() is done", Nothing), None),
        Output::Emit(event) => (told(event)?, None),
        _ => return None,
    };
    Some(write(line, id))
}

fn told(event: &Event) -> Option<Line<'_>> {
    Some(match event {
        Event::State(state) => (Info, Session, "state", Word(state.as_str())),
        Event::ViewerState(_, ViewerState::Closed(reason)) => {
            (Info, Session, "a viewer is gone", Word(reason.as_str()))
        }
        Event::ViewerState(_, state) => (Info, Session, "a viewer", Word(state.as_str())),
        Event::GoAway => (Info, Signaling, "the service says GO_AWAY", Nothing),
        Event::ReconnectIceServer => {
            (Info, Signaling, "the service says RECONNECT_ICE_SERVER", Nothing)
        }
        Event::StatusResponse(status) => {
            (Warn, Signaling, "a message was not delivered", Word(&status.error_type))
        }
        Event::Error(error, _) => (Warn, Session, "error", Failure(error)),
        Event::Close(reason) => (Info, Session, "over", Word(reason.as_str())),
        _ => return None,
    })
}

/// Messages of the application are not told: there may be thousands.
fn peer(input: &PeerInput) -> Option<Line<'_>> {
    let (level, what, detail) = match input {
        PeerInput::Described(sdp) => (Debug, "has its description", Bytes(sdp.len())),
        PeerInput::Candidate(candidate) => (Debug, "found a candidate", Word(kind(candidate))),
        PeerInput::Failed(error) => (Warn, "failed", Failure(error)),
        PeerInput::Unreachable => (Warn, "has no path", Nothing),
        PeerInput::GatheringEnded => (Info, "found all candidates", Nothing),
        PeerInput::Connected => (Info, "connected", Nothing),
        PeerInput::MediaArrived => (Info, "media arrives", Nothing),
        PeerInput::FirstFrame => (Info, "shows its first frame", Nothing),
        PeerInput::ChannelOpened => (Info, "data channel open", Nothing),
        PeerInput::ChannelClosed => (Info, "data channel closed", Nothing),
        PeerInput::Left => (Info, "the other side left", Nothing),
        _ => return None,
    };
    Some((level, Peer, what, detail))
}

fn write((level, target, what, detail): Line<'_>, id: Option<PeerId>) -> Record {
    let mut message = String::new();
    if let Some(id) = id {
        message.push_str(&["connection ", &id.0.to_string(), ": "].concat());
    }
    message.push_str(what);
    match detail {
        Nothing => {}
        Number(number) => message.push_str(&[": ", &number.to_string()].concat()),
        Bytes(bytes) => message.push_str(&[", bytes: ", &bytes.to_string()].concat()),
        Word(word) => message.push_str(&[": ", word].concat()),
        Failure(error) => {
            message.push_str(&[": ", error.code().as_str(), ": ", error.message()].concat());
        }
    }
    Record::new(level, target, message)
}

/// RFC 8839, section 5.1: the type, without the address.
fn kind(candidate: &Candidate) -> &'static str {
    let mut words = candidate.candidate.split(' ').skip_while(|word| *word != "typ");
    let found = words.nth(1).unwrap_or_default();
    ["host", "srflx", "prflx", "relay"].into_iter().find(|kind| *kind == found).unwrap_or("?")
}
