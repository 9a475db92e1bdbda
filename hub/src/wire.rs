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
/// What the service sends after each message that it accepts.
pub(crate) const ACKNOWLEDGEMENT: &str = "";

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
pub(crate) struct Message {
    pub(crate) kind: MessageType,
    pub(crate) payload: String,
    pub(crate) recipient: Option<ClientId>,
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

impl Message {
    /// Reads a client's frame.
    pub(crate) fn parse(frame: &str) -> Result<Self, Unusable> {
        let raw: RawMessage<'_> = serde_json::from_str(frame).map_err(|_| Unusable::NotAMessage)?;
        let kind =
            raw.action.as_deref().and_then(MessageType::parse).ok_or(Unusable::NotAMessage)?;
        let invalid = |correlation, error| Unusable::Invalid { correlation, error };
        let correlation = raw
            .correlation_id
            .map(|text| CorrelationId::parse(&text))
            .transpose()
            .map_err(|error| invalid(None, error))?;
        let checked = raw
            .recipient_client_id
            .filter(|id| !id.is_empty())
            .map(|id| ClientId::parse(&id))
            .transpose()
            .and_then(|recipient| Ok((recipient, check_payload(raw.message_payload)?)));
        match checked {
            Ok((recipient, payload)) => Ok(Self { kind, payload, recipient, correlation }),
            Err(error) => Err(invalid(correlation, error)),
        }
    }
}

/// A peer's message as its recipient sees it. `sender` is a viewer's id; a master has none.
pub(crate) fn delivery(kind: MessageType, payload: &str, sender: Option<&ClientId>) -> String {
    to_json(&Delivery {
        message_payload: payload,
        message_type: kind,
        sender_client_id: sender.map(ClientId::as_str),
    })
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

fn check_payload(payload: Option<Cow<'_, str>>) -> Result<String, ServiceError> {
    let payload = payload
        .filter(|text| !text.is_empty())
        .ok_or_else(|| ServiceError::invalid("messagePayload is missing"))?;
    if payload.len() > MAX_PAYLOAD {
        return Err(ServiceError::invalid(format!(
            "messagePayload is longer than {MAX_PAYLOAD} characters"
        )));
    }
    if STANDARD.decode(payload.as_bytes()).is_err() {
        return Err(ServiceError::invalid("messagePayload is not base64"));
    }
    Ok(payload.into_owned())
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
            let member = match name.0.to_ascii_lowercase().as_str() {
                "action" => &mut raw.action,
                "messagepayload" => &mut raw.message_payload,
                "recipientclientid" => &mut raw.recipient_client_id,
                "correlationid" => &mut raw.correlation_id,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
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
struct Delivery<'a> {
    message_payload: &'a str,
    message_type: MessageType,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_client_id: Option<&'a str>,
}

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
        assert_eq!(message.recipient.unwrap().as_str(), "v1");
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
            delivery(MessageType::IceCandidate, "e30=", Some(&viewer)),
            r#"{"messagePayload":"e30=","messageType":"ICE_CANDIDATE","senderClientId":"v1"}"#
        );
        assert_eq!(
            delivery(MessageType::SdpAnswer, "e30=", None),
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
