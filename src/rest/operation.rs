//! What an operation is: its path, where it is asked, what goes in and what comes out.
//!
//! One table an operation serves JavaScript, whose input is checked and written by it, and the
//! typed requests of its file, which go the same way.

use crate::error::Error;
use crate::ids::Role;
use crate::json::{self, Json, Read, quote};

use super::{Protocol, Request};

/// One of the service's operations.
#[derive(Debug)]
pub struct Operation {
    /// As IAM and the AWS SDKs call it, e.g. `CreateSignalingChannel`.
    pub name: &'static str,
    /// Where it is POSTed to, beginning with a slash.
    pub path: &'static str,
    /// Which of the service's hosts answers it.
    pub host: Host,
    pub(super) input: &'static [Member],
    /// What of its output is kept; the service may have more to say.
    pub output: &'static [Field],
}

/// Which of the service's hosts answers an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// The region's.
    ControlPlane,
    /// A channel's, told by GetSignalingChannelEndpoint for the protocol `HTTPS`.
    Https,
    /// A channel's, told for the protocol `WEBRTC`, where media is stored; the one of this role.
    WebRtc(Role),
}

impl Host {
    /// The protocol under which GetSignalingChannelEndpoint tells it.
    pub const fn protocol(self) -> Option<Protocol> {
        match self {
            Self::ControlPlane => None,
            Self::Https => Some(Protocol::Https),
            Self::WebRtc(_) => Some(Protocol::WebRtc),
        }
    }

    /// Whose of a channel's endpoints is asked where nothing else is said.
    pub const fn role(self) -> Role {
        match self {
            Self::ControlPlane | Self::Https => Role::Viewer,
            Self::WebRtc(role) => role,
        }
    }
}

/// A member of an input.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) need: Need,
    pub(super) kind: Kind,
}

/// Whether a member has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
    /// One of those that are so marked has to.
    Either,
}

/// What a member of an input may be.
#[derive(Debug)]
pub(super) enum Kind {
    Text(&'static Rule),
    Whole {
        least: u32,
        most: u32,
    },
    OneOf(&'static [&'static str]),
    Object(&'static [Member]),
    List {
        of: &'static Kind,
        least: usize,
        most: usize,
    },
    /// Any names within one rule, and texts within another.
    Map {
        keys: &'static Rule,
        values: &'static Rule,
        most: usize,
    },
}

/// What a text has to be.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) fits: fn(&str) -> bool,
    /// To be read after the member's name.
    pub(super) must: &'static str,
}

/// A member of an output.
#[derive(Debug)]
pub struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// What it is made of.
    pub shape: Shape,
}

/// What a member of an output is.
#[derive(Debug)]
pub enum Shape {
    /// Text, a number, or a collection of those.
    Plain,
    /// A point in time, written as seconds since 1970.
    Date,
    /// An object of these.
    Object(&'static [Field]),
    /// A list of objects of these.
    List(&'static [Field]),
}

pub(super) const fn required(name: &'static str, kind: Kind) -> Member {
    Member { name, need: Need::Required, kind }
}

pub(super) const fn optional(name: &'static str, kind: Kind) -> Member {
    Member { name, need: Need::Optional, kind }
}

pub(super) const fn either(name: &'static str, kind: Kind) -> Member {
    Member { name, need: Need::Either, kind }
}

pub(super) const fn plain(name: &'static str) -> Field {
    Field { name, shape: Shape::Plain }
}

impl Operation {
    /// Checks an input, a JSON object, and writes the request. Members that the operation does not
    /// have are left out, as those that are `null`.
    ///
    /// # Errors
    /// [`Code::CallerInvalidArgument`](crate::error::Code::CallerInvalidArgument) names the member
    /// and says what it must be.
    pub fn request(&self, input: &str) -> Result<Request, Error> {
        let input = json::parse(input)
            .filter(|input| matches!(input, Json::Object(_)))
            .ok_or_else(|| Error::argument("input", "must be an object of plain values"))?;
        let mut body = String::new();
        write_object(self.input, &input, &mut body)
            .map_err(|wrong| Error::argument(wrong.member.trim_start_matches('.'), &wrong.must))?;
        Ok(Request { path: self.path, body })
    }
}

/// A member, below the one that is being looked at, that is not what it must be.
struct Wrong {
    member: String,
    must: String,
}

impl Wrong {
    fn here(must: impl Into<String>) -> Self {
        Self { member: String::new(), must: must.into() }
    }

    fn below(mut self, name: &str) -> Self {
        self.member.insert_str(0, name);
        self
    }
}

fn write_object(members: &[Member], object: &Json<'_>, out: &mut String) -> Result<(), Wrong> {
    out.push('{');
    let begin = out.len();
    for Member { name, need, kind } in members {
        let Some(value) = object.get(name) else {
            if *need == Need::Required {
                return Err(Wrong::here("must be given").below(name).below("."));
            }
            continue;
        };
        write_name(name, begin, out);
        write(kind, value, out).map_err(|wrong| wrong.below(name).below("."))?;
    }
    let mut either = members.iter().filter(|member| member.need == Need::Either).peekable();
    if either.peek().is_some() && !either.clone().any(|one| object.get(one.name).is_some()) {
        let names: Vec<_> = either.map(|member| member.name).collect();
        return Err(Wrong::here("must be given").below(&names.join(" or ")));
    }
    out.push('}');
    Ok(())
}

fn write(kind: &Kind, value: &Json<'_>, out: &mut String) -> Result<(), Wrong> {
    match kind {
        Kind::Text(rule) => write_text(rule, value, out),
        Kind::Whole { least, most } => {
            let number = value.number().and_then(|number| number.parse().ok());
            let Some(number) = number.filter(|number| (*least..=*most).contains(number)) else {
                let (least, most) = (least.to_string(), most.to_string());
                let must = ["must be a whole number from ", &least, " to ", &most].concat();
                return Err(Wrong::here(must));
            };
            out.push_str(&number.to_string());
            Ok(())
        }
        Kind::OneOf(names) => {
            let Some(name) = names.iter().find(|name| value.text() == Some(name)) else {
                return Err(Wrong::here(["must be '", &names.join("' or '"), "'"].concat()));
            };
            quote(out, name);
            Ok(())
        }
        Kind::Object(members) => match value {
            Json::Object(_) => write_object(members, value, out),
            _ => Err(Wrong::here("must be an object")),
        },
        Kind::List { of, least, most } => {
            let items = value.items().filter(|items| (*least..=*most).contains(&items.len()));
            let items = items.ok_or_else(|| count("a list", *least, *most))?;
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(of, item, out)
                    .map_err(|wrong| wrong.below(&["[", &index.to_string(), "]"].concat()))?;
            }
            out.push(']');
            Ok(())
        }
        Kind::Map { keys, values, most } => {
            let Json::Object(members) = value else { return Err(count("an object", 1, *most)) };
            if !(1..=*most).contains(&members.len()) {
                return Err(count("an object", 1, *most));
            }
            out.push('{');
            let begin = out.len();
            for (name, value) in members {
                if !(keys.fits)(name) {
                    return Err(Wrong::here(["has a name that ", keys.must].concat()));
                }
                write_name(name, begin, out);
                write_text(values, value, out).map_err(|wrong| wrong.below(name).below("."))?;
            }
            out.push('}');
            Ok(())
        }
    }
}

fn write_text(rule: &Rule, value: &Json<'_>, out: &mut String) -> Result<(), Wrong> {
    let text = value.text().ok_or_else(|| Wrong::here("must be a string"))?;
    if !(rule.fits)(text) {
        return Err(Wrong::here(rule.must));
    }
    quote(out, text);
    Ok(())
}

fn write_name(name: &str, begin: usize, out: &mut String) {
    if out.len() > begin {
        out.push(',');
    }
    quote(out, name);
    out.push(':');
}

fn count(what: &str, least: usize, most: usize) -> Wrong {
    let (least, most) = (least.to_string(), most.to_string());
    Wrong::here(["must be ", what, " of ", &least, " to ", &most, " members"].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rest::tests::ARN;
    use crate::rest::{self, OPERATIONS};

    fn of(name: &str) -> &'static Operation {
        OPERATIONS.into_iter().find(|operation| operation.name == name).unwrap()
    }

    #[track_caller]
    fn refused(name: &str, input: &str, message: &str) {
        let error = of(name).request(input).unwrap_err();
        assert_eq!(error.code(), Code::CallerInvalidArgument);
        assert_eq!(error.message(), message, "{input}");
    }

    #[test]
    fn names_and_paths_are_unique_and_a_path_is_the_names() {
        for (index, one) in OPERATIONS.iter().enumerate() {
            let path = one.path.trim_start_matches("/v1/").replace(['/', '-'], "");
            assert!(one.name.eq_ignore_ascii_case(&path), "{}", one.path);
            assert!(OPERATIONS[index + 1..].iter().all(|other| other.name != one.name));
        }
    }

    #[test]
    fn the_path_alone_decides_upon_the_host() {
        for operation in OPERATIONS {
            let host = match operation.path {
                path if path.starts_with("/v1/") => Host::Https,
                "/joinStorageSession" => Host::WebRtc(Role::Master),
                "/joinStorageSessionAsViewer" => Host::WebRtc(Role::Viewer),
                _ => Host::ControlPlane,
            };
            assert_eq!(operation.host, host, "{}", operation.name);
        }
    }

    #[test]
    fn members_are_written_in_the_tables_order_and_others_left_out() {
        let error = of("CreateSignalingChannel")
            .request(
                r#"{"Tags":[{"Value":"ü\n","x":1,"Key":"k"}],"Other":{"a":[]},"ChannelType":null,
                    "ChannelName":"demo","SingleMasterConfiguration":{"MessageTtlSeconds":60}}"#,
            )
            .unwrap_err();
        assert!(error.message().starts_with("Tags[0].Value must be at most 256"), "{error}");
        let request = of("CreateSignalingChannel")
            .request(
                r#"{"Tags":[{"Value":"ü","x":1,"Key":"k"}],"Other":{"a":[]},"ChannelType":null,
                    "ChannelName":"demo","SingleMasterConfiguration":{"MessageTtlSeconds":60}}"#,
            )
            .unwrap();
        assert_eq!(request.path, "/createSignalingChannel");
        assert_eq!(
            request.body,
            r#"{"ChannelName":"demo","SingleMasterConfiguration":{"MessageTtlSeconds":60},"Tags":[{"Key":"k","Value":"ü"}]}"#
        );
        let request = of("CreateSignalingChannel").request(r#"{"ChannelName":"a","Tags":[]}"#);
        assert_eq!(request.unwrap().body, r#"{"ChannelName":"a","Tags":[]}"#);
    }

    #[test]
    fn what_is_no_object_is_no_input() {
        let deep = format!(r#"{{"ChannelName":{}1{}}}"#, "[".repeat(50), "]".repeat(50));
        for input in ["", "null", "7", "[]", "\"text\"", "{", &deep] {
            refused("DescribeStream", input, "input must be an object of plain values");
        }
    }

    #[test]
    fn a_missing_or_wrong_member_is_named() {
        refused("CreateSignalingChannel", "{}", "ChannelName must be given");
        refused("CreateSignalingChannel", r#"{"ChannelName":null}"#, "ChannelName must be given");
        refused("DescribeSignalingChannel", "{}", "ChannelName or ChannelARN must be given");
        refused("DescribeStream", r#"{"Name":"x"}"#, "StreamName or StreamARN must be given");
        refused("DescribeStream", r#"{"StreamName":7}"#, "StreamName must be a string");
        refused(
            "CreateSignalingChannel",
            r#"{"ChannelName":"a","ChannelType":"MESH"}"#,
            "ChannelType must be 'SINGLE_MASTER' or 'FULL_MESH'",
        );
        refused(
            "CreateSignalingChannel",
            r#"{"ChannelName":"a","SingleMasterConfiguration":[]}"#,
            "SingleMasterConfiguration must be an object",
        );
        refused(
            "CreateSignalingChannel",
            r#"{"ChannelName":"a","Tags":[{"Key":"k"}]}"#,
            "Tags[0].Value must be given",
        );
        refused(
            "CreateStream",
            r#"{"StreamName":"a","Tags":[]}"#,
            "Tags must be an object of 1 to 50 members",
        );
        refused(
            "CreateStream",
            r#"{"StreamName":"a","StreamStorageConfiguration":{}}"#,
            "StreamStorageConfiguration.DefaultStorageTier must be given",
        );
        let input = format!(
            r#"{{"ChannelARN":"{ARN}","SingleMasterChannelEndpointConfiguration":{{"Protocols":["WSS","HTTP"]}}}}"#
        );
        refused(
            "GetSignalingChannelEndpoint",
            &input,
            "SingleMasterChannelEndpointConfiguration.Protocols[1] must be 'WSS' or 'HTTPS' or 'WEBRTC'",
        );
    }

    #[test]
    fn numbers_are_whole_and_in_range() {
        for number in ["0", "-1", "1.5", "10001", "1e2", "\"5\"", "true", "99999999999"] {
            refused(
                "ListSignalingChannels",
                &format!(r#"{{"MaxResults":{number}}}"#),
                "MaxResults must be a whole number from 1 to 10000",
            );
        }
        for number in ["1", "10000"] {
            let input = format!(r#"{{"MaxResults":{number}}}"#);
            assert_eq!(of("ListSignalingChannels").request(&input).unwrap().body, input);
        }
    }

    #[test]
    fn arns_of_every_partition_are_taken_and_other_things_are_not() {
        for (from, to) in [
            ("x", "x"),
            ("aws", "aws-cn"),
            ("aws", "aws-us-gov"),
            ("channel/", "stream/"),
            ("demo", "a_b.c-D"),
        ] {
            let input = format!(r#"{{"ResourceARN":"{}"}}"#, ARN.replacen(from, to, 1));
            assert_eq!(of("ListTagsForResource").request(&input).unwrap().body, input);
        }
        for (from, to) in [
            ("arn:", "ARN:"),
            ("aws", ""),
            ("aws", "AWS"),
            ("kinesisvideo", "s3"),
            ("us-west-2", ""),
            ("123456789012", "12x"),
            ("channel/", "Channel/"),
            ("channel/", "/"),
            ("demo", ""),
            ("demo", "a:b"),
            ("/1700000000000", ""),
            ("1700000000000", "x"),
            ("1700000000000", "1/2"),
        ] {
            let input = format!(r#"{{"ResourceARN":"{}"}}"#, ARN.replacen(from, to, 1));
            let error = of("ListTagsForResource").request(&input).unwrap_err();
            assert!(error.message().starts_with("ResourceARN must be an ARN of"), "{input}");
        }
    }

    #[test]
    fn what_the_typed_requests_write_passes_its_table() {
        use crate::ids::{ChannelArn, ClientId, Role};
        let arn = ChannelArn::parse(ARN).unwrap();
        let id = ClientId::parse("viewer-1").unwrap();
        for (name, request) in [
            ("GetIceServerConfig", rest::get_ice_server_config::request(&arn, Some(&id))),
            (
                "GetSignalingChannelEndpoint",
                rest::get_signaling_channel_endpoint::request(&arn, Role::Master),
            ),
            (
                "DescribeSignalingChannel",
                rest::describe_signaling_channel::request(&rest::ChannelRef::Arn(arn.clone())),
            ),
        ] {
            assert_eq!(of(name).request(&request.body).unwrap(), request);
        }
    }
}
