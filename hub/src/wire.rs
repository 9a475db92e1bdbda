//! The frames of the WebSocket API: the only home of their names.
//!
//! Source: "Secure WebSocket APIs" of the Kinesis Video Streams with WebRTC developer guide.

use std::{borrow::Cow, fmt};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{IgnoredAny, MapAccess, Visitor},
};

use crate::{ClientId, ConnectionId, ServiceError, ids::CorrelationId};

/// Longest `messagePayload`, counted in base64 characters.
const MAX_PAYLOAD: usize = 10 * 1024;
/// Longest payload of an Alexa offer, counted in the same way.
const MAX_ALEXA_PAYLOAD: usize = 10_000;
/// The frame that the service sends after each message that it accepts, and on idle connections.
pub(crate) const EMPTY: &str = "";

/// The three things that peers send each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageType {
    /// A session description that asks.
    SdpOffer,
    /// A session description that answers.
    SdpAnswer,
    /// A way to reach the sender.
    IceCandidate,
}

impl MessageType {
    const fn name(self) -> &'static str {
        match self {
            Self::SdpOffer => "SDP_OFFER",
            Self::SdpAnswer => "SDP_ANSWER",
            Self::IceCandidate => "ICE_CANDIDATE",
        }
    }

    fn parse(action: &str) -> Option<Self> {
        match action {
            "SDP_OFFER" => Some(Self::SdpOffer),
            "SDP_ANSWER" => Some(Self::SdpAnswer),
            "ICE_CANDIDATE" => Some(Self::IceCandidate),
            _ => None,
        }
    }
}

/// What the service tells a client of its own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// This connection is about to end: open another.
    GoAway,
    /// The TURN server is about to go: ask for others.
    ReconnectIceServer,
}

/// A frame from a client, checked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    pub(crate) kind: MessageType,
    pub(crate) payload: Cow<'a, str>,
    /// As it was written: a viewer's is passed over, whatever it is.
    pub(crate) recipient: Option<Cow<'a, str>>,
    pub(crate) correlation: Option<CorrelationId>,
}

/// Why a frame was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// Not one of the service's messages at all.
    NotAMessage,
    /// A message, but with something wrong in it.
    Invalid { correlation: Option<CorrelationId>, error: ServiceError },
}

impl<'a> Message<'a> {
    /// Reads a client's frame.
    pub(crate) fn parse(frame: &'a str) -> Result<Self, Unusable> {
        let raw: RawMessage<'a> = serde_json::from_str(frame).map_err(|_| Unusable::NotAMessage)?;
        let kind =
            raw.action.as_deref().and_then(MessageType::parse).ok_or(Unusable::NotAMessage)?;
        let invalid = |correlation, error| Unusable::Invalid { correlation, error };
        let correlation = raw
            .correlation_id
            .map(|text| CorrelationId::parse(&text))
            .transpose()
            .map_err(|error| invalid(None, error))?;
        let recipient = raw.recipient_client_id.filter(|id| !id.is_empty());
        match message_payload(raw.message_payload) {
            Ok(payload) => Ok(Self { kind, payload, recipient, correlation }),
            Err(error) => Err(invalid(correlation, error)),
        }
    }
}

/// A peer's message as its recipient sees it.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    frame: String,
    payload_length: usize,
}

impl Delivery {
    /// What the frame begins with; the payload follows.
    const START: &str = r#"{"messagePayload":""#;
    const TYPE: &str = r#"","messageType":""#;
    const SENDER: &str = r#"","senderClientId":""#;
    const END: &str = r#""}"#;

    /// `sender` is a viewer's id; a master has none. Payload and id have been checked: neither has
    /// a character that JSON writes in another way, so that they are copied as they are.
    pub(crate) fn new(kind: MessageType, payload: &str, sender: Option<&ClientId>) -> Self {
        let name = kind.name();
        let frame = match sender.map(ClientId::as_str) {
            None => [Self::START, payload, Self::TYPE, name, Self::END].concat(),
            Some(id) => {
                [Self::START, payload, Self::TYPE, name, Self::SENDER, id, Self::END].concat()
            }
        };
        Self { frame, payload_length: payload.len() }
    }

    /// How long the payload is, in base64 characters.
    pub(crate) const fn payload_length(&self) -> usize {
        self.payload_length
    }

    /// The payload alone.
    pub(crate) fn payload(&self) -> &str {
        let start = Self::START.len();
        self.frame.get(start..start.saturating_add(self.payload_length)).unwrap_or_default()
    }

    /// The frame.
    pub(crate) fn into_frame(self) -> String {
        self.frame
    }
}

/// A message of the service itself, without a payload.
pub(crate) fn notice(notice: Notice) -> String {
    let name = match notice {
        Notice::GoAway => "GO_AWAY",
        Notice::ReconnectIceServer => "RECONNECT_ICE_SERVER",
    };
    format!(r#"{{"messagePayload":"","messageType":"{name}"}}"#)
}

/// The report that a message failed.
pub(crate) fn failure(correlation: &CorrelationId, error: &ServiceError) -> String {
    to_json(&StatusFrame {
        message_payload: "",
        message_type: "STATUS_RESPONSE",
        status_response: StatusResponse {
            correlation_id: correlation.as_str(),
            description: error.message(),
            error_type: error.kind().name(),
            status_code: error.kind().status().to_string(),
            success: false,
        },
    })
}

/// What the gateway in front of the service says about a frame that is none of its messages.
pub(crate) fn gateway_error(connection: ConnectionId, request: u64) -> String {
    to_json(&GatewayError {
        connection_id: connection.to_string(),
        message: "Forbidden",
        request_id: format!("{connection}-{request}"),
    })
}

/// Checks what an Alexa offer brings.
///
/// Source: SendAlexaOfferToMaster, MessagePayload.
pub(crate) fn check_alexa_payload(payload: &str) -> Result<(), ServiceError> {
    check_payload("MessagePayload", payload, MAX_ALEXA_PAYLOAD)
}

fn message_payload(payload: Option<Cow<'_, str>>) -> Result<Cow<'_, str>, ServiceError> {
    let payload = payload.unwrap_or_default();
    check_payload("messagePayload", &payload, MAX_PAYLOAD)?;
    Ok(payload)
}

fn check_payload(member: &str, payload: &str, longest: usize) -> Result<(), ServiceError> {
    if payload.is_empty() {
        return Err(ServiceError::invalid(format!("{member} is missing")));
    }
    if payload.len() > longest {
        return Err(ServiceError::invalid(format!("{member} is longer than {longest} characters")));
    }
    let mut decoded = [0; MAX_PAYLOAD / 4 * 3];
    if STANDARD.decode_slice(payload.as_bytes(), &mut decoded).is_err() {
        return Err(ServiceError::invalid(format!("{member} is not base64")));
    }
    Ok(())
}

/// Plain structures of text cannot fail to become JSON; an empty frame is what a client
/// would be told to ignore anyway.
fn to_json(frame: &impl Serialize) -> String {
    serde_json::to_string(frame).unwrap_or_default()
}

/// A client's frame as it came. Clients in C write some members with a capital, others do not:
/// the service takes both, and passes over what it does not know.
#[derive(Default)]
struct RawMessage<'a> {
    action: Option<Cow<'a, str>>,
    message_payload: Option<Cow<'a, str>>,
    recipient_client_id: Option<Cow<'a, str>>,
    correlation_id: Option<Cow<'a, str>>,
}

impl<'a> RawMessage<'a> {
    fn member(&mut self, name: &str) -> Option<&mut Option<Cow<'a, str>>> {
        [
            ("action", &mut self.action),
            ("messagePayload", &mut self.message_payload),
            ("recipientClientId", &mut self.recipient_client_id),
            ("correlationId", &mut self.correlation_id),
        ]
        .into_iter()
        .find_map(|(known, member)| known.eq_ignore_ascii_case(name).then_some(member))
    }
}

impl<'de> Deserialize<'de> for RawMessage<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RawMessageVisitor)
    }
}

struct RawMessageVisitor;

impl<'de> Visitor<'de> for RawMessageVisitor {
    type Value = RawMessage<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a signaling message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut raw = RawMessage::default();
        while let Some(name) = map.next_key::<MaybeBorrowed<'de>>()? {
            let Some(member) = raw.member(&name.0) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            *member = map.next_value::<Option<MaybeBorrowed<'de>>>()?.map(|text| text.0);
        }
        Ok(raw)
    }
}

/// Text that is borrowed from the frame where it has no escapes.
#[derive(Deserialize)]
struct MaybeBorrowed<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusFrame<'a> {
    message_payload: &'a str,
    message_type: &'a str,
    status_response: StatusResponse<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusResponse<'a> {
    correlation_id: &'a str,
    description: &'a str,
    error_type: &'a str,
    /// A string on the wire, e.g. `"400"`.
    status_code: String,
    success: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GatewayError<'a> {
    connection_id: String,
    message: &'a str,
    request_id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn member_names_are_taken_in_any_case_and_unknown_members_are_passed_over() {
        let capital = r#"{"action":"SDP_OFFER","RecipientClientId":"v1","MessagePayload":"e30=",
            "CorrelationId":"c-1","IceServerList":[{"Uris":["turn:x"]}]}"#;
        let camel = r#"{"action":"SDP_OFFER","recipientClientId":"v1","messagePayload":"e30=",
            "correlationId":"c-1"}"#;
        let message = Message::parse(capital).unwrap();
        assert_eq!(message, Message::parse(camel).unwrap());
        assert_eq!(message.kind, MessageType::SdpOffer);
        assert_eq!(message.recipient.as_deref(), Some("v1"));
    }

    #[test]
    fn what_is_no_message_is_told_from_what_is_a_bad_one() {
        for frame in ["", "ping", "[]", "{}", r#"{"action":"PING"}"#, r#"{"action":7}"#] {
            assert_eq!(Message::parse(frame), Err(Unusable::NotAMessage), "{frame}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(Message::parse(&deep), Err(Unusable::NotAMessage));
    }

    #[test]
    fn a_payload_is_base64_and_at_most_ten_kilobytes_of_it() {
        let frame = |payload: &str| {
            format!(
                r#"{{"action":"ICE_CANDIDATE","messagePayload":"{payload}","correlationId":"c"}}"#
            )
        };
        assert!(Message::parse(&frame(&"A".repeat(MAX_PAYLOAD))).is_ok());
        for bad in ["", "not base64!", "e30", &"A".repeat(MAX_PAYLOAD + 4)] {
            let Err(Unusable::Invalid { correlation, .. }) = Message::parse(&frame(bad)) else {
                panic!("{bad:?} was taken");
            };
            assert_eq!(correlation.unwrap().as_str(), "c");
        }
    }

    #[test]
    fn frames_out_have_the_services_names_and_order() {
        let viewer = ClientId::parse("v1").unwrap();
        assert_eq!(
            Delivery::new(MessageType::IceCandidate, "e30=", Some(&viewer)).into_frame(),
            r#"{"messagePayload":"e30=","messageType":"ICE_CANDIDATE","senderClientId":"v1"}"#
        );
        assert_eq!(
            Delivery::new(MessageType::SdpAnswer, "e30=", None).into_frame(),
            r#"{"messagePayload":"e30=","messageType":"SDP_ANSWER"}"#
        );
        assert_eq!(
            failure(&CorrelationId::parse("c").unwrap(), &ServiceError::invalid("no")),
            concat!(
                r#"{"messagePayload":"","messageType":"STATUS_RESPONSE","statusResponse":"#,
                r#"{"correlationId":"c","description":"no","errorType":"InvalidArgumentException","#,
                r#""statusCode":"400","success":false}}"#
            )
        );
    }
}
