//! GetIceServerConfig: TURN servers and the credentials for them, asked at the channel's HTTPS
//! endpoint.
//!
//! Source: GetIceServerConfig and IceServer in the API reference.

use super::operation::{Field, Host, Kind, Operation, Shape, optional, plain, required};
use super::{Request, Response, bad_response, member, parse_success, rules};
use crate::error::Error;
use crate::ids::{ChannelArn, ClientId};
use crate::json::{Json, Read};
use crate::secret::Secret;

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "GetIceServerConfig",
    path: "/v1/get-ice-server-config",
    host: Host::Https,
    input: &[
        required("ChannelARN", rules::ARN),
        optional("ClientId", rules::NAME),
        optional("Service", Kind::OneOf(&["TURN"])),
        optional("Username", rules::NAME),
    ],
    output: &[Field {
        name: "IceServerList",
        shape: Shape::List(&[plain("Uris"), plain("Username"), plain("Password"), plain("Ttl")]),
    }],
};

/// The service lists one or two; a browser slows down with many.
const MAX_SERVERS: usize = 10;
/// The service lists three for each server.
const MAX_URIS_PER_SERVER: usize = 8;
/// Source: `Uri` in the API reference.
const MAX_URI_LENGTH: usize = 256;
/// What the service gives, used where it does not say.
const DEFAULT_TTL_SECONDS: u32 = 300;

/// A TURN server and a login for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IceServer {
    /// `turn:`, `turns:` and `stun:` URIs, at least one.
    pub uris: Vec<String>,
    /// The login's name.
    pub username: String,
    /// The login's password.
    pub password: Secret<String>,
    /// Seconds from the answer on that the login may be used to make or refresh an allocation.
    pub ttl_seconds: u32,
}

/// Asks for the TURN servers of a channel, as the viewer `client_id`, or as the master where it
/// is `None`.
pub fn request(channel: &ChannelArn, client_id: Option<&ClientId>) -> Request {
    Request {
        path: OPERATION.path,
        body: match client_id {
            Some(id) => format!(r#"{{"ChannelARN":"{channel}","ClientId":"{id}"}}"#),
            None => format!(r#"{{"ChannelARN":"{channel}"}}"#),
        },
    }
}

/// The servers, at most 10 with at most 8 URIs each; what is more or of another scheme is left
/// out.
///
/// # Errors
/// What every operation may meet.
pub fn parse(response: &Response) -> Result<Vec<IceServer>, Error> {
    let output = parse_success(OPERATION.name, response)?;
    let Some(list) = output.get("IceServerList").and_then(Read::items) else {
        return Err(bad_response(OPERATION.name, "without a list of servers"));
    };
    let mut servers = Vec::new();
    for item in list {
        let server = server(item)?;
        if !server.uris.is_empty() && servers.len() < MAX_SERVERS {
            servers.push(server);
        }
    }
    Ok(servers)
}

fn server(item: &Json<'_>) -> Result<IceServer, Error> {
    let bad = |_| bad_response(OPERATION.name, "with a server that makes no sense");
    let uris = item.get("Uris").and_then(Read::items).unwrap_or_default();
    Ok(IceServer {
        uris: uris
            .iter()
            .filter_map(Read::text)
            .filter(|uri| is_ice_uri(uri))
            .take(MAX_URIS_PER_SERVER)
            .map(str::to_owned)
            .collect(),
        username: member(OPERATION.name, item, "Username")?.to_owned(),
        password: Secret::new(member(OPERATION.name, item, "Password")?.to_owned()),
        ttl_seconds: item.optional_whole("Ttl").map_err(bad)?.unwrap_or(DEFAULT_TTL_SECONDS),
    })
}

fn is_ice_uri(uri: &str) -> bool {
    uri.len() <= MAX_URI_LENGTH
        && uri.bytes().all(|b| b.is_ascii_graphic())
        && ["turn:", "turns:", "stun:"].iter().any(|scheme| uri.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rest::tests::ok;

    fn parse_uris(uris: &[&str]) -> Vec<IceServer> {
        let uris = serde_json::to_string(uris).unwrap();
        let item = format!(r#"{{"Uris":{uris},"Username":"u","Password":"p","Ttl":300}}"#);
        parse(&ok(&format!(r#"{{"IceServerList":[{item}]}}"#))).unwrap()
    }

    #[test]
    fn a_viewer_names_itself_and_a_master_does_not() {
        let arn = "arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000";
        let channel = ChannelArn::parse(arn).unwrap();
        let viewer = request(&channel, Some(&ClientId::parse("viewer-1").unwrap()));
        assert_eq!(viewer.path, "/v1/get-ice-server-config");
        assert_eq!(viewer.body, format!(r#"{{"ChannelARN":"{arn}","ClientId":"viewer-1"}}"#));
        assert_eq!(request(&channel, None).body, format!(r#"{{"ChannelARN":"{arn}"}}"#));
    }

    #[test]
    fn servers_come_with_their_login_and_life() {
        let servers = parse(&ok(r#"{"IceServerList":[
            {"Password":"hunter2=","Ttl":600,"Uris":["turn:h:443?transport=udp"],"Username":"1:a"},
            {"Password":"q","Uris":["turns:h:443?transport=tcp","stun:h"],"Username":"v"}]}"#))
        .unwrap();
        assert_eq!(servers.len(), 2);
        assert_eq!(servers[0].uris, ["turn:h:443?transport=udp"]);
        assert_eq!(servers[0].username, "1:a");
        assert_eq!(servers[0].password.expose(), "hunter2=");
        assert_eq!(servers[0].ttl_seconds, 600);
        assert_eq!(servers[1].uris, ["turns:h:443?transport=tcp", "stun:h"]);
        assert_eq!(servers[1].ttl_seconds, 300);
        assert!(!format!("{servers:?}").contains("hunter2"));
    }

    #[test]
    fn uris_of_other_schemes_are_left_out() {
        let long = format!("turn:{}", "x".repeat(252));
        let uris = ["http://h", "turn", "TURN:h", "turn:h h", "turn:ü", &long, "turn:h"];
        assert_eq!(parse_uris(&uris)[0].uris, ["turn:h"]);
        assert_eq!(parse_uris(&["javascript:alert(1)"]), []);
        assert_eq!(parse_uris(&[]), []);
    }

    #[test]
    fn counts_are_bounded() {
        assert_eq!(parse_uris(&["turn:h"; 9])[0].uris.len(), 8);
        let item = r#"{"Uris":["turn:h"],"Username":"u","Password":"p","Ttl":300}"#;
        let items = [item; 11].join(",");
        let servers = parse(&ok(&format!(r#"{{"IceServerList":[{items}]}}"#))).unwrap();
        assert_eq!(servers.len(), 10);
    }

    #[test]
    fn an_answer_without_servers_is_empty_and_one_without_a_list_is_bad() {
        assert_eq!(parse(&ok(r#"{"IceServerList":[]}"#)).unwrap(), []);
        for body in ["{}", r#"{"IceServerList":{}}"#, r#"{"IceServerList":[{"Uris":["turn:h"]}]}"#]
        {
            assert_eq!(parse(&ok(body)).unwrap_err().code(), Code::ServiceBadResponse, "{body}");
        }
    }
}
