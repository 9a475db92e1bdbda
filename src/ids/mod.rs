//! Names and ids of the service: parsed once, then trusted.
//!
//! None of them can hold white space, quotes, backslashes or anything else that a URL, a header
//! or a JSON string would have to escape, other than the `:` and `/` of an ARN.

mod arn;

use std::fmt;

use crate::error::{Code, Error};

/// Source: `ChannelName`, `ClientId` and `CorrelationId` in the API reference.
const MAX_NAME_LENGTH: usize = 256;
/// A region is one label of a host name. Source: RFC 1035 section 2.3.4.
const MAX_REGION_LENGTH: usize = 63;
/// Client ids that begin so, in any case, are the service's own.
/// Source: Connect As Viewer in the developer guide.
const RESERVED_PREFIX: &str = "AWS_";

/// Which side of a channel a peer is on. A channel has one master and several viewers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Answers offers; usually the camera.
    Master,
    /// Sends an offer to the master.
    Viewer,
}

impl Role {
    /// The role as the service writes it: `MASTER` or `VIEWER`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Master => "MASTER",
            Self::Viewer => "VIEWER",
        }
    }
}

/// Declares a text that is checked when it is made and cannot be changed afterwards.
macro_rules! parsed_text {
    ($( $(#[$doc:meta])* $name:ident is $argument:literal by $check:path; )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks the text.
            ///
            /// # Errors
            /// [`Code::CallerInvalidArgument`] says what is wrong with it.
            pub fn parse(text: &str) -> Result<Self, Error> {
                match $check(text) {
                    Ok(()) => Ok(Self(text.to_owned())),
                    Err(problem) => Err(Error::new(
                        Code::CallerInvalidArgument,
                        [$argument, " ", &problem].concat(),
                    )),
                }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )* };
}

parsed_text! {
    /// An AWS region, e.g. `us-west-2`: lower-case letters, digits and hyphens, at most 63. Whether
    /// the region exists is for the service to say.
    Region is "region" by check_region;

    /// The name of a signaling channel: 1–256 of `a-zA-Z0-9_.-`, unique in its account and region.
    ///
    /// Source: `ChannelName` of CreateSignalingChannel in the API reference.
    ChannelName is "channelName" by check_name;

    /// The Amazon Resource Name of a signaling channel:
    /// `arn:<partition>:kinesisvideo:<region>:<account>:channel/<name>/<creation time>`.
    ///
    /// Source: `ResourceARN` in the API reference.
    ChannelArn is "channelARN" by arn::check;

    /// The id of a viewer, 1–256 of `a-zA-Z0-9_.-`. One that we choose ourselves must not begin
    /// with `AWS_`, in any case.
    ///
    /// Source: Connect As Viewer in the developer guide.
    ClientId is "clientId" by check_own_client_id;

    /// The id of one message, under which the service reports that it could not deliver it:
    /// 1–256 of `a-zA-Z0-9_.-`.
    ///
    /// Source: Send SDP Offer in the developer guide.
    CorrelationId is "correlationId" by check_name;
}

impl ClientId {
    /// An id that the service tells us: it may begin with `AWS_`. `None` where it is no client id.
    pub fn from_remote(text: &str) -> Option<Self> {
        check_name(text).ok()?;
        Some(Self(text.to_owned()))
    }
}

/// What is wrong with a text, to be read after the name of the argument.
type Problem = String;

fn check_region(text: &str) -> Result<(), Problem> {
    check_text(text, MAX_REGION_LENGTH)?;
    if !is_region(text) {
        return Err("must be an AWS region such as us-west-2: a-z, 0-9 and inner hyphens".into());
    }
    Ok(())
}

fn check_name(text: &str) -> Result<(), Problem> {
    check_text(text, MAX_NAME_LENGTH)?;
    match text.chars().find(|&c| !is_name_character(c)) {
        None => Ok(()),
        Some(c) if c.is_ascii_graphic() => {
            Err(format!("contains '{c}'; only a-z A-Z 0-9 _ . - are allowed"))
        }
        Some(c) => {
            Err(format!("contains U+{:04X}; only a-z A-Z 0-9 _ . - are allowed", u32::from(c)))
        }
    }
}

fn check_own_client_id(text: &str) -> Result<(), Problem> {
    check_name(text)?;
    match text.get(..RESERVED_PREFIX.len()) {
        Some(prefix) if prefix.eq_ignore_ascii_case(RESERVED_PREFIX) => {
            Err("must not begin with AWS_, which the service keeps for itself".into())
        }
        _ => Ok(()),
    }
}

/// What is common to all: neither empty nor too long, and nothing pasted along with it.
fn check_text(text: &str, max_length: usize) -> Result<(), Problem> {
    if text.is_empty() {
        return Err("is empty".into());
    }
    if text.trim() != text {
        return Err("begins or ends with white space".into());
    }
    if text.contains(char::is_whitespace) {
        return Err("contains white space".into());
    }
    if text.len() > max_length {
        return Err(format!("is longer than {max_length} characters"));
    }
    Ok(())
}

const fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// Also the form of a partition.
fn is_region(text: &str) -> bool {
    let is_letter_or_digit = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.chars().all(|c| is_letter_or_digit(c) || c == '-')
        && text.starts_with(is_letter_or_digit)
        && text.ends_with(is_letter_or_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const ARN: &str =
        "arn:aws-cn:kinesisvideo:cn-north-1:123456789012:channel/demo_1.a-b/1700000000000";

    #[track_caller]
    pub(super) fn refused<T: fmt::Debug>(result: Result<T, Error>, message: &str) {
        let error = result.unwrap_err();
        assert_eq!(error.code(), Code::CallerInvalidArgument);
        assert!(error.message().starts_with(message), "{error}");
    }

    #[test]
    fn white_space_is_named_where_it_is() {
        refused(Region::parse(""), "region is empty");
        refused(Region::parse(" us-west-2"), "region begins or ends with white space");
        refused(ChannelName::parse("demo\n"), "channelName begins or ends with white space");
        refused(ClientId::parse("a b"), "clientId contains white space");
        refused(ChannelArn::parse(&format!("{ARN}\u{a0}")), "channelARN begins or ends with");
        refused(CorrelationId::parse("a\tb"), "correlationId contains white space");
    }

    #[test]
    fn lengths_are_bounded() {
        assert!(ChannelName::parse(&"x".repeat(256)).is_ok());
        refused(ChannelName::parse(&"x".repeat(257)), "channelName is longer than 256 characters");
        assert!(Region::parse(&"x".repeat(63)).is_ok());
        refused(Region::parse(&"x".repeat(64)), "region is longer than 63 characters");
        refused(ChannelArn::parse(&"x".repeat(1025)), "channelARN is longer than 1024 characters");
        let long_name = ARN.replace("demo_1", &"x".repeat(257));
        refused(ChannelArn::parse(&long_name), "channelARN has a channel name that is longer");
    }

    #[test]
    fn names_hold_only_the_characters_of_the_service() {
        assert_eq!(ChannelName::parse("aZ09_.-").unwrap().as_str(), "aZ09_.-");
        refused(ChannelName::parse("a/b"), "channelName contains '/'; only");
        refused(ClientId::parse("ü"), "clientId contains U+00FC; only");
        refused(CorrelationId::parse("a\0"), "correlationId contains U+0000; only");
        for text in ["a\"b", "a\\b"] {
            assert!(ChannelName::parse(text).is_err(), "{text}");
            assert!(ChannelArn::parse(&ARN.replace("demo", text)).is_err(), "{text}");
        }
    }

    #[test]
    fn regions_are_one_label_of_a_host_name() {
        for text in ["us-west-2", "us-isob-east-1", "eusc-de-east-1", "local"] {
            assert_eq!(Region::parse(text).unwrap().to_string(), text);
        }
        for text in ["US-WEST-2", "us.west", "-us", "us-", "us/west", "us@evil", "us_west"] {
            refused(Region::parse(text), "region must be an AWS region such as");
        }
    }

    #[test]
    fn own_client_ids_do_not_begin_like_the_services() {
        for text in ["AWS_x", "aws_x", "Aws_", "aWS_1"] {
            refused(ClientId::parse(text), "clientId must not begin with AWS_");
            assert_eq!(ClientId::from_remote(text).unwrap().as_str(), text);
        }
        for text in ["AWS", "AWS-x", "xAWS_"] {
            assert!(ClientId::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn remote_client_ids_are_of_the_set_only() {
        assert!(ClientId::from_remote(&"x".repeat(256)).is_some());
        for text in ["", "a b", "a\n", "<b>", "ü", &"x".repeat(257)] {
            assert_eq!(ClientId::from_remote(text), None);
        }
    }
}
