//! Names, ARNs and ids: parsed once, then trusted.

use std::fmt;

use crate::{ServiceError, UnixMillis};

/// The account that every channel of the hub belongs to.
const ACCOUNT: &str = "000000000000";
/// Longest channel name and client id, in characters.
const MAX_ID_LENGTH: usize = 256;
/// Longest ARN, in characters.
const MAX_ARN_LENGTH: usize = 1024;

/// A channel's name: 1 to 256 of `a-z A-Z 0-9 _ . -`.
///
/// Source: CreateSignalingChannel, ChannelName.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelName(String);

impl ChannelName {
    /// Parses a name.
    ///
    /// # Errors
    /// [`ServiceError`] of kind `InvalidArgument` where it is empty, too long, or has another
    /// character.
    pub fn parse(text: &str) -> Result<Self, ServiceError> {
        parse_id("ChannelName", text).map(Self)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A channel's ARN:
/// `arn:aws:kinesisvideo:{region}:000000000000:channel/{name}/{creation time in ms}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChannelArn {
    text: String,
    name: ChannelName,
}

impl ChannelArn {
    /// The ARN of a channel made at `created`.
    pub(crate) fn of(region: &str, name: &ChannelName, created: UnixMillis) -> Self {
        let text =
            format!("arn:aws:kinesisvideo:{region}:{ACCOUNT}:channel/{name}/{:013}", created.0);
        Self { text, name: name.clone() }
    }

    /// Parses the ARN of a channel, of whichever partition, region and account.
    ///
    /// # Errors
    /// [`ServiceError`] of kind `InvalidArgument` where it has not the form of a channel's ARN.
    ///
    /// Source: the pattern of ResourceARN.
    pub fn parse(text: &str) -> Result<Self, ServiceError> {
        Self::try_parse(text).ok_or_else(|| {
            ServiceError::invalid("ChannelARN is not the ARN of a signaling channel")
        })
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name of the channel.
    pub const fn name(&self) -> &ChannelName {
        &self.name
    }

    fn try_parse(text: &str) -> Option<Self> {
        if text.len() > MAX_ARN_LENGTH {
            return None;
        }
        let mut parts = text.splitn(6, ':');
        let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        let plain = |part: &str| !part.is_empty() && part.chars().all(lower);
        if arn != "arn" || service != "kinesisvideo" || !plain(partition) || !plain(region) {
            return None;
        }
        let (kind, rest) = resource.split_once('/')?;
        let (name, created) = rest.split_once('/')?;
        if kind != "channel" || !digits(account) || !digits(created) {
            return None;
        }
        let name = ChannelName::parse(name).ok()?;
        Some(Self { text: text.to_owned(), name })
    }
}

impl fmt::Display for ChannelArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A viewer's id: 1 to 256 of `a-z A-Z 0-9 _ . -`, not beginning with `AWS_` in any case.
///
/// Source: ConnectAsViewer, X-Amz-ClientId.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientId(String);

impl ClientId {
    /// Parses a client id.
    ///
    /// # Errors
    /// [`ServiceError`] of kind `InvalidArgument` where it is empty, too long, has another
    /// character, or begins with `AWS_`.
    pub fn parse(text: &str) -> Result<Self, ServiceError> {
        let id = parse_id("ClientId", text)?;
        if id.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws_")) {
            return Err(ServiceError::invalid("ClientId must not begin with AWS_"));
        }
        Ok(Self(id))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a sender calls its message, to recognise a failure report: 1 to 256 of
/// `a-z A-Z 0-9 _ . -`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CorrelationId(String);

impl CorrelationId {
    pub(crate) fn parse(text: &str) -> Result<Self, ServiceError> {
        parse_id("correlationId", text).map(Self)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// One connection to the hub; never given out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub(crate) u64);

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}", self.0)
    }
}

fn parse_id(what: &str, text: &str) -> Result<String, ServiceError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if text.is_empty() || text.len() > MAX_ID_LENGTH || !text.chars().all(allowed) {
        return Err(ServiceError::invalid(format!(
            "{what} must be 1 to {MAX_ID_LENGTH} of the characters a-z A-Z 0-9 _ . -"
        )));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_take_the_services_characters_and_lengths_only() {
        let longest = "a".repeat(256);
        for good in ["a", "viewer_1.a-b", "7", longest.as_str(), "AWS", "xAWS_1"] {
            assert_eq!(ClientId::parse(good).unwrap().as_str(), good);
        }
        let too_long = "a".repeat(257);
        for bad in ["", "a b", "a/b", "ü", "a\n", too_long.as_str(), "AWS_1", "aws_1", "aWs_"] {
            assert!(ClientId::parse(bad).is_err(), "{bad:?}");
        }
        assert!(ChannelName::parse("AWS_1").is_ok());
        assert!(ChannelName::parse("demo channel").is_err());
    }

    #[test]
    fn an_arn_is_read_back_as_it_was_made() {
        let name = ChannelName::parse("demo-channel").unwrap();
        let arn = ChannelArn::of("us-west-2", &name, UnixMillis(1_700_000_000_000));
        assert_eq!(
            arn.as_str(),
            "arn:aws:kinesisvideo:us-west-2:000000000000:channel/demo-channel/1700000000000"
        );
        assert_eq!(ChannelArn::parse(arn.as_str()).unwrap(), arn);
        assert_eq!(arn.name(), &name);
    }

    #[test]
    fn what_is_no_channel_arn_is_refused() {
        let long = format!("arn:aws:kinesisvideo:us-west-2:0:channel/n/{}", "1".repeat(1024));
        for bad in [
            "",
            "demo-channel",
            "arn:aws:kinesisvideo:us-west-2:000000000000:channel/demo",
            "arn:aws:kinesisvideo:us-west-2:000000000000:stream/demo/1700000000000",
            "arn:aws:kinesisvideo:us-west-2:000000000000:channel/demo/now",
            "arn:aws:kinesisvideo:us-west-2:000000000000:channel//1700000000000",
            "arn:aws:s3:us-west-2:000000000000:channel/demo/1700000000000",
            "arn:aws:kinesisvideo:US:000000000000:channel/demo/1700000000000",
            "arn:aws:kinesisvideo:us-west-2::channel/demo/1700000000000",
            "arn:aws:kinesisvideo:us-west-2:0:channel/demo/1/2",
            long.as_str(),
        ] {
            assert!(ChannelArn::parse(bad).is_err(), "{bad:?}");
        }
    }
}
