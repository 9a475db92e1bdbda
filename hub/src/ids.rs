//! Names and ids: parsed once, then trusted.

use std::fmt;

use crate::ServiceError;

/// Longest name or id, in characters.
const MAX_ID_LENGTH: usize = 256;

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

/// A stream's name: 1 to 256 of `a-z A-Z 0-9 _ . -`.
///
/// Source: CreateStream, StreamName.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamName(String);

impl StreamName {
    /// Parses a name.
    ///
    /// # Errors
    /// [`ServiceError`] of kind `InvalidArgument` where it is empty, too long, or has another
    /// character.
    pub fn parse(text: &str) -> Result<Self, ServiceError> {
        parse_id("StreamName", text).map(Self)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
        assert!(StreamName::parse("AWS_1").is_ok());
        assert!(StreamName::parse("demo/stream").is_err());
    }
}
