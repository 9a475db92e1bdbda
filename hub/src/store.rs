//! Messages that wait for their recipient.

use std::collections::BTreeMap;

use crate::{
    ChannelName, ClientId, ConnectionId, Limits, MessageType, Millis, Role, ids::CorrelationId,
};

/// A message on its way from one peer of a channel to another.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) channel: ChannelName,
    /// Whom a failure is reported to.
    pub(crate) sent_over: ConnectionId,
    pub(crate) from: Role,
    pub(crate) to: Role,
    pub(crate) kind: MessageType,
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

    /// Whether it says the same kind of thing from the same sender to the same recipient.
    fn is_like(&self, other: &Parcel) -> bool {
        self.kind == other.kind && self.from == other.from && self.is_for(&other.channel, &other.to)
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
    /// Makes room for one more: drops the session description that it replaces, and takes out
    /// the oldest where as many wait already as [`Limits`] allows. Candidates add up.
    pub(crate) fn make_room_for(&mut self, parcel: &Parcel, limits: &Limits) -> Vec<Parcel> {
        let crowded_out = match parcel.kind {
            MessageType::SdpOffer | MessageType::SdpAnswer => {
                self.parcels.retain(|_, waiting| !waiting.is_like(parcel));
                None
            }
            MessageType::IceCandidate => {
                self.take_oldest(limits.candidates_per_sender, |waiting| waiting.is_like(parcel))
            }
        };
        let same_recipient = |waiting: &Parcel| waiting.is_for(&parcel.channel, &parcel.to);
        crowded_out
            .into_iter()
            .chain(self.take_oldest(limits.waiting_per_recipient, same_recipient))
            .chain(self.take_oldest(limits.waiting, |_| true))
            .collect()
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

    /// Takes out the oldest of those that are counted, where there are `limit` of them: the one
    /// that has the least time left.
    fn take_oldest(&mut self, limit: usize, counted: impl Fn(&Parcel) -> bool) -> Option<Parcel> {
        if self.parcels.values().filter(|parcel| counted(parcel)).count() < limit {
            return None;
        }
        let oldest =
            self.parcels.iter().find(|(_, parcel)| counted(parcel)).map(|(key, _)| *key)?;
        self.parcels.remove(&oldest)
    }
}
