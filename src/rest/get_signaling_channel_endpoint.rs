//! GetSignalingChannelEndpoint: where a channel's data planes are, for one role.
//!
//! Source: GetSignalingChannelEndpoint in the API reference.

use super::operation::{Field, Host, Kind, Operation, Shape, optional, plain, required};
use super::{Request, Response, bad_response, list_of, member, parse_success, rules};
use crate::endpoints::Endpoint;
use crate::error::Error;
use crate::ids::{ChannelArn, Role};
use crate::json::{Json, Read};

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "GetSignalingChannelEndpoint",
    path: "/getSignalingChannelEndpoint",
    host: Host::ControlPlane,
    input: &[
        required("ChannelARN", rules::ARN),
        optional(
            "SingleMasterChannelEndpointConfiguration",
            Kind::Object(&[
                optional(
                    "Protocols",
                    Kind::List { of: &Kind::OneOf(&["WSS", "HTTPS", "WEBRTC"]), least: 1, most: 5 },
                ),
                optional("Role", Kind::OneOf(&["MASTER", "VIEWER"])),
            ]),
        ),
    ],
    output: &[Field {
        name: "ResourceEndpointList",
        shape: Shape::List(&[plain("Protocol"), plain("ResourceEndpoint")]),
    }],
};

/// What is spoken at an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// The signaling socket.
    Wss,
    /// TURN servers and Alexa's offers.
    Https,
    /// Storage sessions; a channel that is not recorded has none, and is refused for asking.
    WebRtc,
}

impl Protocol {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Wss => "WSS",
            Self::Https => "HTTPS",
            Self::WebRtc => "WEBRTC",
        }
    }
}

/// Where a channel's data planes are. They are good for one role only, for an unpublished time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelEndpoints {
    /// Where the signaling socket opens.
    pub wss: Endpoint,
    /// Where [`get_ice_server_config`](super::get_ice_server_config) is asked.
    pub https: Endpoint,
}

/// Asks for the endpoints of a channel in a role.
pub fn request(channel: &ChannelArn, role: Role) -> Request {
    request_for(channel, role, &[Protocol::Wss, Protocol::Https])
}

/// Asks for a channel's endpoints of some protocols.
pub fn request_for(channel: &ChannelArn, role: Role, protocols: &[Protocol]) -> Request {
    let role = role.as_str();
    let protocols =
        list_of(protocols.iter().map(|protocol| ["\"", protocol.as_str(), "\""].concat()));
    Request {
        path: OPERATION.path,
        body: format!(
            r#"{{"ChannelARN":"{channel}","SingleMasterChannelEndpointConfiguration":{{"Protocols":{protocols},"Role":"{role}"}}}}"#
        ),
    }
}

/// The endpoints, in whatever order the service lists them. `allow_plain` is as in
/// [`Endpoint::parse_service`].
///
/// # Errors
/// [`Code::ServiceBadResponse`](crate::error::Code::ServiceBadResponse) where one is missing or
/// cannot be used, and what every operation may meet.
pub fn parse(response: &Response, allow_plain: bool) -> Result<ChannelEndpoints, Error> {
    let output = parse_success(OPERATION.name, response)?;
    Ok(ChannelEndpoints {
        wss: find(&output, Protocol::Wss, allow_plain)?,
        https: find(&output, Protocol::Https, allow_plain)?,
    })
}

/// The endpoint of one protocol.
///
/// # Errors
/// As [`parse`].
pub fn parse_for(
    response: &Response,
    protocol: Protocol,
    allow_plain: bool,
) -> Result<Endpoint, Error> {
    find(&parse_success(OPERATION.name, response)?, protocol, allow_plain)
}

fn find(output: &Json<'_>, protocol: Protocol, allow_plain: bool) -> Result<Endpoint, Error> {
    let name = protocol.as_str();
    let list = output.get("ResourceEndpointList").and_then(Read::items).unwrap_or_default();
    let Some(item) = list.iter().find(|item| item.optional_text("Protocol") == Ok(Some(name)))
    else {
        let problem = ["without an endpoint for ", name].concat();
        return Err(bad_response(OPERATION.name, &problem));
    };
    let url = member(OPERATION.name, item, "ResourceEndpoint")?;
    let endpoint = Endpoint::parse_service(url, allow_plain)?;
    if endpoint.scheme().is_websocket() != (protocol == Protocol::Wss) {
        let problem = ["with a URL that is not for ", name].concat();
        return Err(bad_response(OPERATION.name, &problem));
    }
    Ok(endpoint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rest::tests::ok;

    const WSS: &str = r#"{"Protocol":"WSS","ResourceEndpoint":"wss://m-1.example.com"}"#;
    const HTTPS: &str = r#"{"Protocol":"HTTPS","ResourceEndpoint":"https://r-1.example.com"}"#;

    fn parse_list(items: &[&str], allow_plain: bool) -> Result<ChannelEndpoints, Error> {
        let list = items.join(",");
        parse(&ok(&format!(r#"{{"ResourceEndpointList":[{list}]}}"#)), allow_plain)
    }

    #[test]
    fn the_request_names_both_protocols_and_the_role() {
        let arn = "arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000";
        let channel = ChannelArn::parse(arn).unwrap();
        for (role, name) in [(Role::Master, "MASTER"), (Role::Viewer, "VIEWER")] {
            let request = request(&channel, role);
            assert_eq!(request.path, "/getSignalingChannelEndpoint");
            let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
            let expected = serde_json::json!({
                "ChannelARN": arn,
                "SingleMasterChannelEndpointConfiguration": {
                    "Protocols": ["WSS", "HTTPS"],
                    "Role": name,
                },
            });
            assert_eq!(body, expected);
        }
    }

    #[test]
    fn one_protocol_may_be_asked_for_alone() {
        let channel = ChannelArn::parse(crate::rest::tests::ARN).unwrap();
        let request = request_for(&channel, Role::Master, &[Protocol::WebRtc]);
        assert!(request.body.contains(r#""Protocols":["WEBRTC"]"#), "{}", request.body);
        let answer = r#"{"Protocol":"WEBRTC","ResourceEndpoint":"https://w-1.example.com"}"#;
        let answer = ok(&format!(r#"{{"ResourceEndpointList":[{answer}]}}"#));
        let endpoint = parse_for(&answer, Protocol::WebRtc, false).unwrap();
        assert_eq!(endpoint.url(), "https://w-1.example.com");
        let error = parse_for(&answer, Protocol::Https, false).unwrap_err();
        assert_eq!(error.code(), Code::ServiceBadResponse);
    }

    #[test]
    fn endpoints_are_found_by_protocol_in_any_order() {
        let other = r#"{"Protocol":"WEBRTC","ResourceEndpoint":"whatever this may be"}"#;
        let again = r#"{"Protocol":"WSS","ResourceEndpoint":"wss://m-2.example.com"}"#;
        for items in [[WSS, HTTPS, other, again], [other, HTTPS, WSS, again]] {
            let endpoints = parse_list(&items, false).unwrap();
            assert_eq!(endpoints.wss.url(), "wss://m-1.example.com");
            assert_eq!(endpoints.https.url(), "https://r-1.example.com");
        }
    }

    #[test]
    fn a_missing_or_unusable_endpoint_is_a_bad_response() {
        for items in [
            &[] as &[&str],
            &[WSS],
            &[HTTPS],
            &[HTTPS, r#"{"Protocol":"WSS","ResourceEndpoint":"https://h"}"#],
            &[WSS, r#"{"Protocol":"HTTPS","ResourceEndpoint":"wss://h"}"#],
            &[WSS, r#"{"Protocol":"HTTPS","ResourceEndpoint":"https://u:p@h"}"#],
            &[WSS, r#"{"Protocol":"HTTPS"}"#],
        ] {
            let error = parse_list(items, true).unwrap_err();
            assert_eq!(error.code(), Code::ServiceBadResponse, "{items:?}");
        }
    }

    #[test]
    fn plain_endpoints_are_taken_only_from_a_plain_service() {
        let items = [
            r#"{"Protocol":"WSS","ResourceEndpoint":"ws://localhost:8080"}"#,
            r#"{"Protocol":"HTTPS","ResourceEndpoint":"http://localhost:8080"}"#,
        ];
        assert!(parse_list(&items, true).is_ok());
        assert_eq!(parse_list(&items, false).unwrap_err().code(), Code::ServiceBadResponse);
    }
}
