//! One channel's record.

use crate::{ChannelArn, ChannelName, Millis, ServiceError, UnixMillis};

/// How long a message waits for its recipient where the channel does not say, in seconds.
const DEFAULT_MESSAGE_TTL: u64 = 60;
/// What a channel may say, in seconds.
const MESSAGE_TTL_RANGE: std::ops::RangeInclusive<u64> = 5..=120;

/// What a new channel is to be.
#[derive(Clone, Debug)]
pub struct CreateChannel {
    /// Its name, unique in the hub.
    pub name: ChannelName,
    /// How long a message waits for its recipient, in seconds: 5 to 120, default 60.
    pub message_ttl_seconds: Option<u64>,
    /// Its first version: an opaque text of up to 64 letters and digits.
    pub version: String,
}

/// A signaling channel. It is active from the moment it exists.
#[derive(Clone, Debug)]
pub struct Channel {
    arn: ChannelArn,
    created: UnixMillis,
    message_ttl_seconds: u64,
    version: String,
}

impl Channel {
    /// Its ARN.
    pub const fn arn(&self) -> &ChannelArn {
        &self.arn
    }

    /// Its name.
    pub const fn name(&self) -> &ChannelName {
        self.arn.name()
    }

    /// When it was created.
    pub const fn created(&self) -> UnixMillis {
        self.created
    }

    /// How long a message waits for its recipient, in seconds.
    pub const fn message_ttl_seconds(&self) -> u64 {
        self.message_ttl_seconds
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    pub(crate) fn new(
        arn: ChannelArn,
        request: CreateChannel,
        created: UnixMillis,
    ) -> Result<Self, ServiceError> {
        let message_ttl_seconds = request.message_ttl_seconds.unwrap_or(DEFAULT_MESSAGE_TTL);
        if !MESSAGE_TTL_RANGE.contains(&message_ttl_seconds) {
            return Err(ServiceError::invalid("MessageTtlSeconds must be 5 to 120"));
        }
        Ok(Self { arn, created, message_ttl_seconds, version: request.version })
    }

    pub(crate) const fn message_ttl(&self) -> Millis {
        Millis::from_secs(self.message_ttl_seconds)
    }
}
