//! ARNs of channels and streams: parsed once, then trusted.

use std::fmt;

use crate::{ChannelName, ServiceError, StreamName, UnixMillis};

/// The account that every resource of the hub belongs to.
pub const ACCOUNT_ID: &str = "000000000000";
/// Longest ARN, in characters.
const MAX_LENGTH: usize = 1024;

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
        Self { text: write("channel", region, name.as_str(), created), name: name.clone() }
    }

    /// Parses the ARN of a channel, of whichever partition, region and account.
    ///
    /// # Errors
    /// [`ServiceError`] of kind `InvalidArgument` where it has not the form of a channel's ARN.
    ///
    /// Source: the pattern of ResourceARN.
    pub fn parse(text: &str) -> Result<Self, ServiceError> {
        match ResourceArn::try_parse(text) {
            Some(ResourceArn::Channel(arn)) => Ok(arn),
            Some(ResourceArn::Stream(_)) | None => {
                Err(ServiceError::invalid("ChannelARN is not the ARN of a signaling channel"))
            }
        }
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name of the channel.
    pub const fn name(&self) -> &ChannelName {
        &self.name
    }
}

impl fmt::Display for ChannelArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A stream's ARN:
/// `arn:aws:kinesisvideo:{region}:000000000000:stream/{name}/{creation time in ms}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StreamArn {
    text: String,
    name: StreamName,
}

impl StreamArn {
    /// The ARN of a stream made at `created`.
    pub(crate) fn of(region: &str, name: &StreamName, created: UnixMillis) -> Self {
        Self { text: write("stream", region, name.as_str(), created), name: name.clone() }
    }

    /// Parses the ARN of a stream, of whichever partition, region and account.
    ///
    /// # Errors
    /// [`ServiceError`] of kind `InvalidArgument` where it has not the form of a stream's ARN.
    ///
    /// Source: the pattern of ResourceARN.
    pub fn parse(text: &str) -> Result<Self, ServiceError> {
        match ResourceArn::try_parse(text) {
            Some(ResourceArn::Stream(arn)) => Ok(arn),
            Some(ResourceArn::Channel(_)) | None => {
                Err(ServiceError::invalid("StreamARN is not the ARN of a stream"))
            }
        }
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name of the stream.
    pub const fn name(&self) -> &StreamName {
        &self.name
    }
}

impl fmt::Display for StreamArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The ARN of whatever can have tags.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ResourceArn {
    /// A signaling channel.
    Channel(ChannelArn),
    /// A stream.
    Stream(StreamArn),
}

impl ResourceArn {
    /// Parses the ARN of a channel or a stream, of whichever partition, region and account.
    ///
    /// # Errors
    /// [`ServiceError`] of kind `InvalidArgument` where it is neither.
    ///
    /// Source: the pattern of ResourceARN.
    pub fn parse(text: &str) -> Result<Self, ServiceError> {
        Self::try_parse(text).ok_or_else(|| {
            ServiceError::invalid("ResourceARN is not the ARN of a signaling channel or a stream")
        })
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Channel(arn) => arn.as_str(),
            Self::Stream(arn) => arn.as_str(),
        }
    }

    fn try_parse(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
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
        if !digits(account) || !digits(created) {
            return None;
        }
        let text = text.to_owned();
        match kind {
            "channel" => {
                let name = ChannelName::parse(name).ok()?;
                Some(Self::Channel(ChannelArn { text, name }))
            }
            "stream" => {
                let name = StreamName::parse(name).ok()?;
                Some(Self::Stream(StreamArn { text, name }))
            }
            _ => None,
        }
    }
}

impl From<ChannelArn> for ResourceArn {
    fn from(arn: ChannelArn) -> Self {
        Self::Channel(arn)
    }
}

impl From<StreamArn> for ResourceArn {
    fn from(arn: StreamArn) -> Self {
        Self::Stream(arn)
    }
}

fn write(kind: &str, region: &str, name: &str, created: UnixMillis) -> String {
    format!("arn:aws:kinesisvideo:{region}:{ACCOUNT_ID}:{kind}/{name}/{:013}", created.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATED: UnixMillis = UnixMillis(1_700_000_000_000);

    #[test]
    fn an_arn_is_read_back_as_it_was_made() {
        let name = ChannelName::parse("demo-channel").unwrap();
        let arn = ChannelArn::of("us-west-2", &name, CREATED);
        assert_eq!(
            arn.as_str(),
            "arn:aws:kinesisvideo:us-west-2:000000000000:channel/demo-channel/1700000000000"
        );
        assert_eq!(ChannelArn::parse(arn.as_str()).unwrap(), arn);
        assert_eq!(arn.name(), &name);

        let name = StreamName::parse("demo").unwrap();
        let arn = StreamArn::of("us-west-2", &name, CREATED);
        assert_eq!(
            arn.as_str(),
            "arn:aws:kinesisvideo:us-west-2:000000000000:stream/demo/1700000000000"
        );
        assert_eq!(StreamArn::parse(arn.as_str()).unwrap(), arn);
        assert_eq!(arn.name(), &name);
    }

    #[test]
    fn a_channel_is_not_taken_for_a_stream() {
        let channel = ChannelArn::of("r-1", &ChannelName::parse("x").unwrap(), CREATED);
        let stream = StreamArn::of("r-1", &StreamName::parse("x").unwrap(), CREATED);
        assert!(StreamArn::parse(channel.as_str()).is_err());
        assert!(ChannelArn::parse(stream.as_str()).is_err());
        for arn in [ResourceArn::from(channel), ResourceArn::from(stream)] {
            assert_eq!(ResourceArn::parse(arn.as_str()).unwrap(), arn);
        }
    }

    #[test]
    fn what_is_no_arn_of_ours_is_refused() {
        let long = format!("arn:aws:kinesisvideo:us-west-2:0:channel/n/{}", "1".repeat(1024));
        for bad in [
            "",
            "demo-channel",
            "arn:aws:kinesisvideo:us-west-2:000000000000:channel/demo",
            "arn:aws:kinesisvideo:us-west-2:000000000000:device/demo/1700000000000",
            "arn:aws:kinesisvideo:us-west-2:000000000000:channel/demo/now",
            "arn:aws:kinesisvideo:us-west-2:000000000000:channel//1700000000000",
            "arn:aws:s3:us-west-2:000000000000:channel/demo/1700000000000",
            "arn:aws:kinesisvideo:US:000000000000:channel/demo/1700000000000",
            "arn:aws:kinesisvideo:us-west-2::channel/demo/1700000000000",
            "arn:aws:kinesisvideo:us-west-2:0:channel/demo/1/2",
            long.as_str(),
        ] {
            assert!(ResourceArn::parse(bad).is_err(), "{bad:?}");
            assert!(ChannelArn::parse(bad).is_err(), "{bad:?}");
        }
    }
}
