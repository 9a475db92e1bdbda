//! Messages that wait for their recipient.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use crate::{
    ChannelName, ConnectionId, Limits, MessageType, ids::CorrelationId, pace::Moment, role::Place,
    wire::Delivery,
};

/// A message on its way from one peer of a channel to another.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    /// Whom a failure is reported to; an Alexa offer has nobody.
    pub(crate) sent_over: Option<ConnectionId>,
    pub(crate) from: Arc<Place>,
    pub(crate) to: Arc<Place>,
    pub(crate) kind: MessageType,
    /// As the recipient will see it.
    pub(crate) delivery: Delivery,
    pub(crate) correlation: Option<CorrelationId>,
}

/// All waiting messages. Nothing here looks at all of them, other than what a person asks for.
#[derive(Debug, Default)]
pub(crate) struct Store {
    boxes: HashMap<Arc<Place>, Mailbox>,
    /// In the order in which they expire. The number is the order of arrival.
    expiries: BTreeMap<(Moment, u64), Arc<Place>>,
    arrived: u64,
}

/// What waits for one recipient.
#[derive(Debug, Default)]
struct Mailbox {
    /// By arrival, each with its expiry.
    parcels: BTreeMap<u64, (Moment, Parcel)>,
    /// The arrivals of what says the same kind of thing from the same sender.
    alike: HashMap<(Arc<Place>, MessageType), BTreeSet<u64>>,
}

impl Store {
    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.expiries.len()
    }

    /// How many wait for the peers of each channel.
    pub(crate) fn by_channel(&self) -> impl Iterator<Item = (&ChannelName, usize)> {
        self.boxes.iter().map(|(place, mailbox)| (&place.channel, mailbox.parcels.len()))
    }

    /// Makes room for one more: takes out the session description that it replaces, and the
    /// oldest where as many wait already as [`Limits`] allows. Candidates add up.
    pub(crate) fn make_room_for(&mut self, parcel: &Parcel, limits: &Limits) -> Vec<Evicted> {
        let mut evicted = Vec::new();
        if let Some(mailbox) = self.boxes.get(&parcel.to) {
            let alike = mailbox.alike.get(&(Arc::clone(&parcel.from), parcel.kind));
            let (limit, reason) = match parcel.kind {
                MessageType::SdpOffer | MessageType::SdpAnswer => {
                    (1, Evicted::Replaced as fn(_) -> _)
                }
                MessageType::IceCandidate => {
                    (limits.candidates_per_sender, Evicted::CrowdedOut as fn(_) -> _)
                }
            };
            let first = alike.filter(|a| a.len() >= limit).and_then(|a| a.first().copied());
            evicted.extend(first.and_then(|n| self.remove(&parcel.to, n)).map(reason));
        }
        if let Some(mailbox) = self.boxes.get(&parcel.to)
            && mailbox.parcels.len() >= limits.waiting_per_recipient
            && let Some(oldest) = mailbox.parcels.keys().next().copied()
        {
            evicted.extend(self.remove(&parcel.to, oldest).map(Evicted::CrowdedOut));
        }
        if self.len() >= limits.waiting {
            evicted.extend(self.take_first().map(Evicted::CrowdedOut));
        }
        evicted
    }

    /// Keeps a message until `expiry`.
    pub(crate) fn keep(&mut self, parcel: Parcel, expiry: Moment) {
        self.arrived = self.arrived.saturating_add(1);
        self.expiries.insert((expiry, self.arrived), Arc::clone(&parcel.to));
        let mailbox = self.boxes.entry(Arc::clone(&parcel.to)).or_default();
        let like = (Arc::clone(&parcel.from), parcel.kind);
        mailbox.alike.entry(like).or_default().insert(self.arrived);
        mailbox.parcels.insert(self.arrived, (expiry, parcel));
    }

    /// Takes out what waits for a recipient, in the order of arrival.
    pub(crate) fn take_for(&mut self, recipient: &Place) -> Vec<Parcel> {
        let Some(mailbox) = self.boxes.remove(recipient) else { return Vec::new() };
        let take = |(arrival, (expiry, parcel))| {
            self.expiries.remove(&(expiry, arrival));
            parcel
        };
        mailbox.parcels.into_iter().map(take).collect()
    }

    /// Takes out one message whose time is over, if there is one.
    pub(crate) fn take_expired(&mut self, now: Moment) -> Option<Parcel> {
        self.next_expiry().filter(|expiry| *expiry <= now)?;
        self.take_first()
    }

    /// When the next message expires.
    pub(crate) fn next_expiry(&self) -> Option<Moment> {
        self.expiries.first_key_value().map(|((expiry, _), _)| *expiry)
    }

    /// Drops what waits for the peers of a channel.
    pub(crate) fn forget(&mut self, channel: &ChannelName) {
        self.boxes.retain(|place, _| place.channel != *channel);
        self.expiries.retain(|_, place| place.channel != *channel);
    }

    /// Drops all.
    pub(crate) fn clear(&mut self) {
        self.boxes.clear();
        self.expiries.clear();
    }

    /// Takes out the one that has the least time left.
    fn take_first(&mut self) -> Option<Parcel> {
        let ((_, arrival), place) = self.expiries.first_key_value()?;
        let (arrival, place) = (*arrival, Arc::clone(place));
        self.remove(&place, arrival)
    }

    fn remove(&mut self, place: &Place, arrival: u64) -> Option<Parcel> {
        let mailbox = self.boxes.get_mut(place)?;
        let (expiry, parcel) = mailbox.parcels.remove(&arrival)?;
        self.expiries.remove(&(expiry, arrival));
        let like = (Arc::clone(&parcel.from), parcel.kind);
        if let Some(arrivals) = mailbox.alike.get_mut(&like) {
            arrivals.remove(&arrival);
            if arrivals.is_empty() {
                mailbox.alike.remove(&like);
            }
        }
        if mailbox.parcels.is_empty() {
            self.boxes.remove(place);
        }
        Some(parcel)
    }
}

/// A waiting message that gave way to a newer one.
#[derive(Debug)]
pub(crate) enum Evicted {
    /// The newer one says what it said: nobody misses it.
    Replaced(Parcel),
    /// There was no room: its sender is told.
    CrowdedOut(Parcel),
}
