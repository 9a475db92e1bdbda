//! GetSignalingChannelEndpoint: where a channel's data planes are, for one role.
//!
//! Source: GetSignalingChannelEndpoint in the API reference.

use super::{Request, Response, bad_response, member, parse_success};
use crate::endpoints::Endpoint;
use crate::error::Error;
use crate::ids::{ChannelArn, Role};
use crate::json::Read;

const OPERATION: &str = "GetSignalingChannelEndpoint";

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
    let role = role.as_str();
    Request {
        path: "/getSignalingChannelEndpoint",
        body: format!(
            r#"{{"ChannelARN":"{channel}","SingleMasterChannelEndpointConfiguration":{{"Protocols":["WSS","HTTPS"],"Role":"{role}"}}}}"#
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
    let output = parse_success(OPERATION, response)?;
    let list = output.get("ResourceEndpointList").and_then(Read::items).unwrap_or_default();
    let find = |protocol: &str, is_websocket: bool| {
        let Some(item) =
            list.iter().find(|item| item.optional_text("Protocol") == Ok(Some(protocol)))
        else {
            let problem = ["without an endpoint for ", protocol].concat();
            return Err(bad_response(OPERATION, &problem));
        };
        let endpoint =
            Endpoint::parse_service(member(OPERATION, item, "ResourceEndpoint")?, allow_plain)?;
        if endpoint.scheme().is_websocket() != is_websocket {
            let problem = ["with a URL that is not for ", protocol].concat();
            return Err(bad_response(OPERATION, &problem));
        }
        Ok(endpoint)
    };
    Ok(ChannelEndpoints { wss: find("WSS", true)?, https: find("HTTPS", false)? })
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
