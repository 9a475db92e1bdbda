//! One channel's record.

use super::Tags;
use crate::{ChannelArn, ChannelName, Millis, ServiceError, StreamArn, UnixMillis};

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
    /// Its tags.
    pub tags: Tags,
}

/// What is to change about a channel.
#[derive(Clone, Debug)]
pub struct UpdateChannel {
    /// Which channel.
    pub arn: ChannelArn,
    /// The version that the caller knows.
    pub current_version: String,
    /// How long messages sent from now on wait for their recipient, in seconds: 5 to 120.
    /// `None` leaves it as it is.
    pub message_ttl_seconds: Option<u64>,
    /// Its version from now on.
    pub version: String,
}

/// A signaling channel. It is active from the moment it exists.
#[derive(Clone, Debug)]
pub struct Channel {
    arn: ChannelArn,
    created: UnixMillis,
    message_ttl_seconds: u64,
    version: String,
    pub(super) tags: Tags,
    pub(super) storage: Option<StreamArn>,
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

    /// Its tags.
    pub const fn tags(&self) -> &Tags {
        &self.tags
    }

    /// The stream that keeps its media; `None` where none does.
    pub const fn storage(&self) -> Option<&StreamArn> {
        self.storage.as_ref()
    }

    pub(crate) fn new(
        arn: ChannelArn,
        request: CreateChannel,
        created: UnixMillis,
    ) -> Result<Self, ServiceError> {
        let message_ttl_seconds =
            check_ttl(request.message_ttl_seconds.unwrap_or(DEFAULT_MESSAGE_TTL))?;
        let CreateChannel { version, tags, .. } = request;
        Ok(Self { arn, created, message_ttl_seconds, version, tags, storage: None })
    }

    pub(super) fn update(
        &mut self,
        message_ttl_seconds: Option<u64>,
        version: String,
    ) -> Result<(), ServiceError> {
        if let Some(seconds) = message_ttl_seconds {
            self.message_ttl_seconds = check_ttl(seconds)?;
        }
        self.version = version;
        Ok(())
    }

    pub(crate) const fn message_ttl(&self) -> Millis {
        Millis::from_secs(self.message_ttl_seconds)
    }
}

fn check_ttl(seconds: u64) -> Result<u64, ServiceError> {
    if MESSAGE_TTL_RANGE.contains(&seconds) {
        return Ok(seconds);
    }
    Err(ServiceError::invalid("MessageTtlSeconds must be 5 to 120"))
}
