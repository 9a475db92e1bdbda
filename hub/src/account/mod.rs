//! The account: which channels there are, whoever is connected to them.

mod channel;

use std::collections::BTreeMap;

use crate::{ChannelArn, ChannelName, ErrorKind, Limits, ServiceError, UnixMillis};

pub use channel::{Channel, CreateChannel};

/// The resources of one account in one region.
#[derive(Clone, Debug)]
pub struct Account {
    region: String,
    limits: Limits,
    channels: BTreeMap<ChannelName, Channel>,
}

impl Account {
    pub(crate) const fn new(region: String, limits: Limits) -> Self {
        Self { region, limits, channels: BTreeMap::new() }
    }

    /// Creates a channel.
    ///
    /// # Errors
    /// `ResourceInUse` where the name is taken, `InvalidArgument` where the time to live is out
    /// of its range, `AccountChannelLimitExceeded` where there are too many channels.
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
}

fn not_found() -> ServiceError {
    ServiceError::new(
        ErrorKind::ResourceNotFound,
        "the requested channel is not found or not active",
    )
}
