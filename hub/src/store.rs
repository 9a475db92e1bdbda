//! Messages that wait for their recipient.

use std::collections::BTreeMap;

use crate::{
    ChannelName, ClientId, ConnectionId, ErrorKind, Millis, Role, ServiceError, hub::Limits,
    ids::CorrelationId, wire::Kind,
};

/// A message on its way from one peer of a channel to another.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) channel: ChannelName,
    /// Whom a failure is reported to.
    pub(crate) sent_over: ConnectionId,
    pub(crate) from: Role,
    pub(crate) to: Role,
    pub(crate) kind: Kind,
    pub(crate) payload: String,
    pub(crate) correlation: Option<CorrelationId>,
}

impl Parcel {
    /// The id that the recipient is shown: viewers have one, the master has none.
    pub(crate) const fn sender_id(&self) -> Option<&ClientId> {
        self.from.client_id()
    }

    fn is_for(&self, channel: &ChannelName, recipient: &Role) -> bool {
        self.channel == *channel && self.to == *recipient
    }

    /// Whether `newer` makes this one pointless: a session description replaces an earlier one
    /// of its kind from the same sender to the same recipient, candidates add up.
    fn is_replaced_by(&self, newer: &Parcel) -> bool {
        let description = match newer.kind {
            Kind::SdpOffer | Kind::SdpAnswer => true,
            Kind::IceCandidate => false,
        };
        description
            && self.kind == newer.kind
            && self.from == newer.from
            && self.is_for(&newer.channel, &newer.to)
    }
}

/// All waiting messages, in the order in which they expire.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// The number tells messages of the same expiry apart, and is the order of arrival.
    parcels: BTreeMap<(Millis, u64), Parcel>,
    arrived: u64,
}

impl Store {
    /// Drops what `parcel` replaces, and checks that it may wait too.
    ///
    /// # Errors
    /// `ClientLimitExceeded` where as many wait already as [`Limits`] allows.
    pub(crate) fn make_room_for(
        &mut self,
        parcel: &Parcel,
        limits: &Limits,
    ) -> Result<(), ServiceError> {
        self.parcels.retain(|_, waiting| !waiting.is_replaced_by(parcel));
        let same_recipient =
            self.parcels.values().filter(|p| p.is_for(&parcel.channel, &parcel.to)).count();
        if same_recipient >= limits.waiting_per_recipient || self.parcels.len() >= limits.waiting {
            return Err(ServiceError::new(
                ErrorKind::ClientLimitExceeded,
                "too many messages are waiting for this recipient",
            ));
        }
        Ok(())
    }

    /// Keeps a message until `expiry`.
    pub(crate) fn keep(&mut self, parcel: Parcel, expiry: Millis) {
        self.arrived = self.arrived.saturating_add(1);
        self.parcels.insert((expiry, self.arrived), parcel);
    }

    /// Takes out what waits for a recipient, in the order of arrival.
    pub(crate) fn take_for(&mut self, channel: &ChannelName, recipient: &Role) -> Vec<Parcel> {
        let mut taken: Vec<_> =
            self.parcels.extract_if(.., |_, parcel| parcel.is_for(channel, recipient)).collect();
        taken.sort_by_key(|((_, arrival), _)| *arrival);
        taken.into_iter().map(|(_, parcel)| parcel).collect()
    }

    /// Takes out one message whose time is over, if there is one.
    pub(crate) fn take_expired(&mut self, now: Millis) -> Option<Parcel> {
        let first = self.parcels.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// When the next message expires.
    pub(crate) fn next_expiry(&self) -> Option<Millis> {
        self.parcels.first_key_value().map(|((expiry, _), _)| *expiry)
    }
}
