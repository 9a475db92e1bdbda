//! What can be done with channels.

use super::{
    Account, Channel, CreateChannel, Page, PageRequest, UpdateChannel, check_version, page::page,
};
use crate::{ChannelArn, ChannelName, ErrorKind, ServiceError, UnixMillis};

impl Account {
    /// Creates a channel.
    ///
    /// # Errors
    /// `ResourceInUse` where the name is taken, `InvalidArgument` where the time to live is out
    /// of its range, `AccountChannelLimitExceeded` where there are too many channels.
    ///
    /// Source: CreateSignalingChannel.
    pub fn create_channel(
        &mut self,
        request: CreateChannel,
        now: UnixMillis,
    ) -> Result<&ChannelArn, ServiceError> {
        let name = request.name.clone();
        if self.channels.contains_key(&name) {
            return Err(ServiceError::new(
                ErrorKind::ResourceInUse,
                format!("a channel named {name} exists already"),
            ));
        }
        if self.channels.len() >= self.limits.channels {
            return Err(ServiceError::new(
                ErrorKind::AccountChannelLimitExceeded,
                "the account has its maximum number of channels",
            ));
        }
        let arn = ChannelArn::of(&self.region, &name, now);
        let channel = Channel::new(arn, request, now)?;
        self.changed();
        Ok(self.channels.entry(name).or_insert(channel).arn())
    }

    /// The channel of this name.
    ///
    /// # Errors
    /// `ResourceNotFound`.
    pub fn describe_channel(&self, name: &ChannelName) -> Result<&Channel, ServiceError> {
        self.channels.get(name).ok_or_else(not_found)
    }

    /// The channel of this ARN.
    ///
    /// # Errors
    /// `ResourceNotFound`, also where a channel has the name but not the ARN.
    pub fn describe_channel_by_arn(&self, arn: &ChannelArn) -> Result<&Channel, ServiceError> {
        let channel = self.describe_channel(arn.name())?;
        if channel.arn() == arn { Ok(channel) } else { Err(not_found()) }
    }

    /// Changes a channel, and its version. Messages that wait keep the time they have.
    ///
    /// # Errors
    /// `ResourceNotFound`; `VersionMismatch` where the caller knows another version;
    /// `InvalidArgument` where the version or the time to live is malformed.
    ///
    /// Source: UpdateSignalingChannel.
    pub fn update_channel(&mut self, request: UpdateChannel) -> Result<(), ServiceError> {
        let channel = self.channel_mut(&request.arn)?;
        check_version(&request.current_version, channel.version())?;
        channel.update(request.message_ttl_seconds, request.version)?;
        self.changed();
        Ok(())
    }

    /// Deletes a channel, whatever it is mapped to. Whoever drives the hub calls
    /// [`crate::Hub::forget_channel`] next, so that its connections end.
    ///
    /// # Errors
    /// `ResourceNotFound`; `VersionMismatch` where the caller gives a version and it is another.
    ///
    /// Source: DeleteSignalingChannel.
    pub fn delete_channel(
        &mut self,
        arn: &ChannelArn,
        current_version: Option<&str>,
    ) -> Result<(), ServiceError> {
        let channel = self.describe_channel_by_arn(arn)?;
        if let Some(version) = current_version {
            check_version(version, channel.version())?;
        }
        self.channels.remove(arn.name());
        self.changed();
        Ok(())
    }

    /// The channels, by name, a page at a time.
    ///
    /// # Errors
    /// `InvalidArgument` where the page is too long, or the token is another list's.
    ///
    /// Source: ListSignalingChannels.
    pub fn list_channels(
        &self,
        request: &PageRequest<ChannelName>,
    ) -> Result<Page<'_, Channel>, ServiceError> {
        page(&self.channels, request)
    }

    pub(super) fn channel_mut(&mut self, arn: &ChannelArn) -> Result<&mut Channel, ServiceError> {
        let channel = self.channels.get_mut(arn.name());
        channel.filter(|channel| channel.arn() == arn).ok_or_else(not_found)
    }
}

fn not_found() -> ServiceError {
    ServiceError::new(
        ErrorKind::ResourceNotFound,
        "the requested channel is not found or not active",
    )
}
