//! Media storage: which channel's media go to which stream.

use super::{Account, Channel};
use crate::{ChannelArn, ErrorKind, ServiceError, StreamArn};

/// How many channels may have media storage.
///
/// Source: "Service quotas", UpdateMediaStorageConfiguration.
const MAX_WITH_STORAGE: usize = 100;

impl Account {
    /// Maps a channel to a stream. The same mapping again is no error.
    ///
    /// # Errors
    /// `ResourceNotFound` where one of them is not there; `NoDataRetention` where the stream keeps
    /// no data; `ResourceInUse` where either is mapped to another already; `ClientLimitExceeded`
    /// where 100 channels have media storage.
    ///
    /// Source: UpdateMediaStorageConfiguration.
    pub fn enable_storage(
        &mut self,
        channel: &ChannelArn,
        stream: &StreamArn,
    ) -> Result<(), ServiceError> {
        let mapped = self.describe_channel_by_arn(channel)?.storage();
        if self.describe_stream_by_arn(stream)?.data_retention_in_hours() == 0 {
            return Err(ServiceError::new(
                ErrorKind::NoDataRetention,
                "the stream keeps no data: its DataRetentionInHours must be greater than 0",
            ));
        }
        if let Some(other) = mapped {
            return if other == stream { Ok(()) } else { Err(in_use("channel", other.as_str())) };
        }
        if let Some(other) = self.channel_mapped_to(stream) {
            return Err(in_use("stream", other.arn().as_str()));
        }
        if self.channels.values().filter(|c| c.storage().is_some()).count() >= MAX_WITH_STORAGE {
            return Err(ServiceError::new(
                ErrorKind::ClientLimitExceeded,
                format!("the account has {MAX_WITH_STORAGE} channels with media storage"),
            ));
        }
        self.channel_mut(channel)?.storage = Some(stream.clone());
        self.changed();
        Ok(())
    }

    /// Takes a channel's media storage away, if it has any.
    ///
    /// # Errors
    /// `ResourceNotFound`.
    ///
    /// Source: UpdateMediaStorageConfiguration.
    pub fn disable_storage(&mut self, channel: &ChannelArn) -> Result<(), ServiceError> {
        self.channel_mut(channel)?.storage = None;
        self.changed();
        Ok(())
    }

    /// The channel whose media go to this stream.
    ///
    /// Source: DescribeMappedResourceConfiguration.
    pub fn channel_mapped_to(&self, stream: &StreamArn) -> Option<&Channel> {
        self.channels.values().find(|channel| channel.storage() == Some(stream))
    }
}

fn in_use(what: &str, by: &str) -> ServiceError {
    ServiceError::new(
        ErrorKind::ResourceInUse,
        format!("the {what} is mapped to {by} already: disable that media storage first"),
    )
}
