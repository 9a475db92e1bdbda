//! How often things may be done.

use super::Hub;
use crate::{CallRates, ChannelArn, ChannelName, ErrorKind, Millis, Role, RoleName, ServiceError};

impl Hub {
    /// Whether quotas are enforced from now on.
    pub const fn set_quotas_enforced(&mut self, enforced: bool) {
        self.config.quotas.enforced = enforced;
    }

    /// Whether accepted messages are acknowledged by an empty frame from now on.
    pub const fn set_acknowledge(&mut self, acknowledge: bool) {
        self.config.acknowledge = acknowledge;
    }

    /// Counts a call against its quotas, of the account and of the channel.
    ///
    /// # Errors
    /// `ClientLimitExceeded` where a quota is used up, and quotas are enforced.
    pub fn count_call(
        &mut self,
        operation: &'static str,
        channel: Option<&ChannelArn>,
        rates: CallRates,
        now: Millis,
    ) -> Result<(), ServiceError> {
        self.set_now(now);
        let counted = self.try_count_call(operation, channel, rates);
        if let Err(error) = &counted {
            self.counters.refused(error);
        }
        counted
    }

    fn try_count_call(
        &mut self,
        operation: &'static str,
        channel: Option<&ChannelArn>,
        rates: CallRates,
    ) -> Result<(), ServiceError> {
        if !self.config.quotas.enforced {
            return Ok(());
        }
        let name = channel.map(|arn| arn.name().clone());
        let of_channel = name.zip(rates.channel).map(|(name, rate)| (Some(name), rate));
        let of_account = rates.account.map(|rate| (None, rate));
        for (name, rate) in of_channel.into_iter().chain(of_account) {
            let per = if name.is_some() { "channel" } else { "account" };
            if !self.calls.take((operation, name), rate, self.now) {
                return Err(too_often(operation, rate, per));
            }
        }
        Ok(())
    }

    pub(super) fn count_connect(
        &mut self,
        channel: &ChannelName,
        role: &Role,
    ) -> Result<(), ServiceError> {
        let quotas = &self.config.quotas;
        let (rate, name) = (quotas.connects_per_second, role.name());
        if !quotas.enforced || self.connects.take((channel.clone(), name), rate, self.now) {
            return Ok(());
        }
        let operation = match name {
            RoleName::Master => "ConnectAsMaster",
            RoleName::Viewer => "ConnectAsViewer",
        };
        Err(too_often(operation, rate, "channel"))
    }
}

fn too_often(operation: &str, rate: u32, per: &str) -> ServiceError {
    ServiceError::new(
        ErrorKind::ClientLimitExceeded,
        format!("Rate exceeded: {operation} takes at most {rate} calls per second and {per}"),
    )
}
