//! The frames of the signaling WebSocket: the only home of their wire names.
//!
//! Source: Kinesis Video Streams WebRTC developer guide, "WebSocket APIs" and "Asynchronous
//! message reception".

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::error::{Code, Error};
use crate::ice::Candidate;
use crate::ids::{ClientId, CorrelationId};
use crate::json::{self, Json, Object, Read};

/// The longest `messagePayload` the service takes, counted in base64 characters.
pub(crate) const MAX_PAYLOAD: usize = 10 * 1024;

/// The longest frame that is looked at: the service's own are under 16 KiB.
pub(crate) const MAX_FRAME: usize = 128 * 1024;

/// The members of a frame, in the order of the service.
pub(crate) mod member {
    /// What a client sends: the type of its message.
    pub(crate) const ACTION: &str = "action";
    /// What a client receives: the type of the frame.
    pub(crate) const TYPE: &str = "messageType";
    /// Base64 of what is said.
    pub(crate) const PAYLOAD: &str = "messagePayload";
    /// The viewer that a message is for.
    pub(crate) const RECIPIENT: &str = "recipientClientId";
    /// The name of a message in a failure report.
    pub(crate) const CORRELATION: &str = "correlationId";
    /// The viewer that a message is from.
    pub(crate) const SENDER: &str = "senderClientId";
    /// A failure report.
    pub(crate) const STATUS: &str = "statusResponse";
}

/// The types of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameType {
    /// A session description of type `offer`.
    Offer,
    /// A session description of type `answer`.
    Answer,
    /// A trickled ICE candidate.
    Candidate,
    /// The service will close the connection within a minute.
    GoAway,
    /// The TURN servers in use are going away.
    ReconnectIceServer,
    /// A message with a correlation id could not be delivered.
    Status,
}

impl FrameType {
    /// Every type: first those of messages, then the service's own.
    pub const ALL: [Self; 6] = [
        Self::Offer,
        Self::Answer,
        Self::Candidate,
        Self::GoAway,
        Self::ReconnectIceServer,
        Self::Status,
    ];

    /// How many of them are of messages.
    pub const MESSAGES: u32 = 3;

    /// The type as the service writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offer => "SDP_OFFER",
            Self::Answer => "SDP_ANSWER",
            Self::Candidate => "ICE_CANDIDATE",
            Self::GoAway => "GO_AWAY",
            Self::ReconnectIceServer => "RECONNECT_ICE_SERVER",
            Self::Status => "STATUS_RESPONSE",
        }
    }

    /// The type that is written so.
    ///
    /// # Errors
    /// [`Dropped::UnknownType`].
    pub fn parse(text: &str) -> Result<Self, Dropped> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or(Dropped::UnknownType)
    }
}

/// What peers say to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A session description of type `offer`: its SDP.
    Offer(String),
    /// A session description of type `answer`: its SDP.
    Answer(String),
    /// A trickled ICE candidate.
    Candidate(Candidate),
}

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What is said.
    pub payload: Payload,
    /// To which viewer; what a viewer says to the master, and what anybody says to a storage session,
    /// names nobody.
    pub recipient: Option<ClientId>,
    /// Under which name the service reports a failure; without one it reports none.
    pub correlation_id: Option<CorrelationId>,
}

/// A frame that came from the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// An empty frame: the service has taken a message, or keeps the connection alive.
    Acknowledgement,
    /// A message of the other side.
    Message {
        /// The viewer that sent it; `None` is the master or a storage session.
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
}

/// The service's report about one message of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusResponse {
    /// The message's correlation id.
    pub correlation_id: String,
    /// Whether it was delivered; the service reports failures only.
    pub success: bool,
    /// The error's name, e.g. `InvalidArgumentException`.
    pub error_type: String,
    /// An HTTP status as text, e.g. `400`.
    pub status_code: String,
    /// The service's words.
    pub description: String,
}

/// Why a frame was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dropped {
    /// Longer than any frame of the service.
    TooLong,
    /// Not a JSON object with members of the right types.
    Malformed,
    /// A type that this version does not know.
    UnknownType,
    /// A payload that is not base64 of the JSON its type asks for.
    BadPayload,
    /// A sender's id that the service could not have given out.
    BadSender,
    /// More held candidates than a peer can have.
    TooManyCandidates,
    /// A candidate that belongs to an older description.
    OutdatedCandidate,
}

impl Dropped {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::TooLong,
        Self::Malformed,
        Self::UnknownType,
        Self::BadPayload,
        Self::BadSender,
        Self::TooManyCandidates,
        Self::OutdatedCandidate,
    ];

    /// The reason's name in counters, e.g. `badPayload`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLong => "tooLong",
            Self::Malformed => "malformed",
            Self::UnknownType => "unknownType",
            Self::BadPayload => "badPayload",
            Self::BadSender => "badSender",
            Self::TooManyCandidates => "tooManyCandidates",
            Self::OutdatedCandidate => "outdatedCandidate",
        }
    }
}

impl Dropped {
    /// A stable name, under which it is counted.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "frameTooLong",
            Self::Malformed => "frameMalformed",
            Self::UnknownType => "frameOfUnknownType",
            Self::BadPayload => "framePayloadMalformed",
            Self::BadSender => "frameSenderMalformed",
            Self::TooManyCandidates => "tooManyCandidates",
            Self::OutdatedCandidate => "outdatedCandidate",
        }
    }
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "a frame was too long",
            Self::Malformed => "a frame was malformed",
            Self::UnknownType => "a frame was of an unknown type",
            Self::BadPayload => "a frame's payload was malformed",
            Self::BadSender => "a frame's sender id was malformed",
            Self::TooManyCandidates => "too many candidates were waiting",
            Self::OutdatedCandidate => "a candidate was out of date",
        })
    }
}

/// The text frame for a message.
///
/// # Errors
/// `peer.messageTooLarge` where the payload exceeds the service's 10 KB of base64.
pub fn encode(message: &Message) -> Result<String, Error> {
    let (action, json) = match &message.payload {
        Payload::Offer(sdp) => (FrameType::Offer, description_json("offer", sdp)),
        Payload::Answer(sdp) => (FrameType::Answer, description_json("answer", sdp)),
        Payload::Candidate(candidate) => (FrameType::Candidate, candidate.to_json()),
    };
    let message_payload = BASE64.encode(json);
    if message_payload.len() > MAX_PAYLOAD {
        return Err(Error::new(
            Code::PeerMessageTooLarge,
            format!(
                "{} is {} bytes long; the signaling service takes {MAX_PAYLOAD}",
                action.as_str(),
                message_payload.len()
            ),
        ));
    }
    let recipient = message.recipient.as_ref().map(ClientId::as_str);
    let correlation_id = message.correlation_id.as_ref().map(CorrelationId::as_str);
    Ok(Object::new()
        .text(member::ACTION, action.as_str())
        .text(member::PAYLOAD, &message_payload)
        .optional(member::RECIPIENT, recipient)
        .optional(member::CORRELATION, correlation_id)
        .end())
}

/// Whether a session description can be sent: its JSON in base64 within the service's 10 KB.
pub fn fits(sdp: &str) -> bool {
    description_json("answer", sdp).len().div_ceil(3) * 4 <= MAX_PAYLOAD
}

/// Reads a text frame. Nothing in it is trusted.
///
/// # Errors
/// Why the frame is to be passed over.
pub fn decode(text: &str) -> Result<Frame, Dropped> {
    if text.len() > MAX_FRAME {
        return Err(Dropped::TooLong);
    }
    if text.is_empty() {
        return Ok(Frame::Acknowledgement);
    }
    let wire = json::parse(text).ok_or(Dropped::Malformed)?;
    let member = |name| wire.optional_text(name).map_err(|_| Dropped::Malformed);
    let (kind, sender, payload) =
        (member(member::TYPE)?, member(member::SENDER)?, member(member::PAYLOAD)?);
    let kind = FrameType::parse(kind.ok_or(Dropped::Malformed)?)?;
    let read: fn(&Json<'_>) -> Option<Payload> = match kind {
        FrameType::Offer => |json| read_description(json, "offer").map(Payload::Offer),
        FrameType::Answer => |json| read_description(json, "answer").map(Payload::Answer),
        FrameType::Candidate => |json| read_candidate(json).map(Payload::Candidate),
        FrameType::GoAway => return Ok(Frame::GoAway),
        FrameType::ReconnectIceServer => return Ok(Frame::ReconnectIceServer),
        FrameType::Status => {
            let status = wire.get(member::STATUS).and_then(read_status);
            return status.map(Frame::Status).ok_or(Dropped::Malformed);
        }
    };
    let sender = sender_id(sender)?;
    let bytes = BASE64.decode(payload.unwrap_or_default()).map_err(|_| Dropped::BadPayload)?;
    let text = String::from_utf8(bytes).map_err(|_| Dropped::BadPayload)?;
    let payload = json::parse(&text).as_ref().and_then(read).ok_or(Dropped::BadPayload)?;
    Ok(Frame::Message { sender, payload })
}

/// Who sent a frame: no id is the master's.
///
/// # Errors
/// [`Dropped::BadSender`].
pub(crate) fn sender_id(text: Option<&str>) -> Result<Option<ClientId>, Dropped> {
    match text {
        None | Some("") => Ok(None),
        Some(id) => ClientId::from_remote(id).map(Some).ok_or(Dropped::BadSender),
    }
}

fn description_json(kind: &str, sdp: &str) -> String {
    Object::new().text("type", kind).text("sdp", sdp).end()
}

fn read_description(json: &Json<'_>, kind: &str) -> Option<String> {
    let sdp = json.get("sdp")?.text()?;
    (json.get("type")?.text()? == kind).then(|| sdp.to_owned())
}

fn read_status(json: &Json<'_>) -> Option<StatusResponse> {
    let text = |name| Some(json.optional_text(name).ok()?.unwrap_or_default().to_owned());
    Some(StatusResponse {
        correlation_id: text("correlationId")?,
        success: json.get("success").and_then(Read::flag).unwrap_or_default(),
        error_type: text("errorType")?,
        status_code: text("statusCode")?,
        description: text("description")?,
    })
}

/// A candidate line is some 100 characters long, a `mid` a few, an `ice-ufrag` at most 256.
fn read_candidate(json: &Json<'_>) -> Option<Candidate> {
    let candidate = Candidate::from_json(json)?;
    let short = |text: &Option<String>| text.as_ref().is_none_or(|text| text.len() <= 256);
    let bounded = candidate.candidate.len() <= 1024
        && short(&candidate.sdp_mid)
        && short(&candidate.username_fragment);
    bounded.then_some(candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(sdp: &str) -> Message {
        Message { payload: Payload::Offer(sdp.into()), recipient: None, correlation_id: None }
    }

    fn incoming(kind: &str, payload: &str, sender: &str) -> String {
        let payload = BASE64.encode(payload);
        format!(
            r#"{{"messagePayload":"{payload}","messageType":"{kind}","senderClientId":"{sender}"}}"#
        )
    }

    #[test]
    fn a_viewers_offer_has_the_members_of_the_service_in_their_order() {
        let text = encode(&offer("v=0")).unwrap();
        let payload = BASE64.encode(r#"{"type":"offer","sdp":"v=0"}"#);
        assert_eq!(text, format!(r#"{{"action":"SDP_OFFER","messagePayload":"{payload}"}}"#));
    }

    #[test]
    fn a_masters_candidate_names_its_viewer_and_its_correlation_id() {
        let text = encode(&Message {
            payload: Payload::Candidate(Candidate {
                candidate: "candidate:é".into(),
                sdp_mid: Some("0".into()),
                sdp_m_line_index: Some(0),
                username_fragment: None,
            }),
            recipient: Some(ClientId::parse("viewer-1").unwrap()),
            correlation_id: Some(CorrelationId::parse("c.7").unwrap()),
        })
        .unwrap();
        let payload =
            BASE64.encode(r#"{"candidate":"candidate:é","sdpMid":"0","sdpMLineIndex":0}"#);
        assert_eq!(
            text,
            format!(
                r#"{{"action":"ICE_CANDIDATE","messagePayload":"{payload}","recipientClientId":"viewer-1","correlationId":"c.7"}}"#
            )
        );
    }

    #[test]
    fn an_offer_over_the_services_limit_is_refused_before_it_is_sent() {
        assert!(encode(&offer(&"x".repeat(7_600))).is_ok());
        let error = encode(&offer(&"x".repeat(7_700))).unwrap_err();
        assert_eq!(error.code(), Code::PeerMessageTooLarge);
    }

    #[test]
    fn whether_a_description_fits_is_known_before_it_is_sent() {
        for length in 7_600..7_700 {
            let sdp = "x".repeat(length);
            let answer = Message { payload: Payload::Answer(sdp.clone()), ..offer("") };
            assert_eq!(fits(&sdp), encode(&answer).is_ok(), "{length}");
        }
    }

    #[test]
    fn messages_of_both_roles_are_read() {
        let answer = incoming("SDP_ANSWER", r#"{"type":"answer","sdp":"v=0\r\n"}"#, "");
        assert_eq!(
            decode(&answer),
            Ok(Frame::Message { sender: None, payload: Payload::Answer("v=0\r\n".into()) })
        );
        let offer = incoming("SDP_OFFER", r#"{"type":"offer","sdp":"v=0","x":[1]}"#, "__proto__");
        let sender = ClientId::from_remote("__proto__");
        assert_eq!(
            decode(&offer),
            Ok(Frame::Message { sender, payload: Payload::Offer("v=0".into()) })
        );
    }

    #[test]
    fn the_services_own_notices_are_read() {
        assert_eq!(decode(""), Ok(Frame::Acknowledgement));
        assert_eq!(decode(r#"{"messageType":"GO_AWAY","messagePayload":""}"#), Ok(Frame::GoAway));
        assert_eq!(
            decode(r#"{"messageType":"RECONNECT_ICE_SERVER"}"#),
            Ok(Frame::ReconnectIceServer)
        );
        let status = r#"{"messageType":"STATUS_RESPONSE","statusResponse":{"correlationId":"c","success":false,"errorType":"InvalidArgumentException","statusCode":"400","description":"no"}}"#;
        let Ok(Frame::Status(status)) = decode(status) else { panic!("not a status") };
        assert_eq!((status.correlation_id.as_str(), status.status_code.as_str()), ("c", "400"));
    }

    #[test]
    fn hostile_frames_are_passed_over_with_a_reason() {
        let deep = "[".repeat(100_000);
        let long = format!(r#"{{"messageType":"{}"}}"#, "x".repeat(MAX_FRAME));
        let description = r#"{"type":"offer","sdp":"v=0"}"#;
        let endless = format!(r#"{{"candidate":"{}"}}"#, "x".repeat(1025));
        let wide = format!(r#"{{"candidate":"c","sdpMid":"{}"}}"#, "x".repeat(257));
        for (text, reason) in [
            ("null", Dropped::Malformed),
            ("[]", Dropped::Malformed),
            ("7", Dropped::Malformed),
            ("not json", Dropped::Malformed),
            (deep.as_str(), Dropped::Malformed),
            (long.as_str(), Dropped::TooLong),
            (r#"{"messageType":7}"#, Dropped::Malformed),
            (r#"{"messageType":"STATUS_RESPONSE"}"#, Dropped::Malformed),
            (r#"{"messageType":"PING"}"#, Dropped::UnknownType),
            (r#"{"messageType":"SDP_OFFER"}"#, Dropped::BadPayload),
            (r#"{"messageType":"SDP_OFFER","messagePayload":"*"}"#, Dropped::BadPayload),
            (&incoming("SDP_ANSWER", description, "a"), Dropped::BadPayload),
            (&incoming("SDP_OFFER", "null", "a"), Dropped::BadPayload),
            (&incoming("ICE_CANDIDATE", r#"{"candidate":7}"#, "a"), Dropped::BadPayload),
            (&incoming("ICE_CANDIDATE", &endless, "a"), Dropped::BadPayload),
            (&incoming("ICE_CANDIDATE", &wide, "a"), Dropped::BadPayload),
            (&incoming("SDP_OFFER", description, "a b"), Dropped::BadSender),
            (&incoming("SDP_OFFER", description, &"a".repeat(257)), Dropped::BadSender),
        ] {
            let shown: String = text.chars().take(60).collect();
            assert_eq!(decode(text), Err(reason), "{shown}");
        }
    }
}
