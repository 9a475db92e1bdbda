//! Messages that faults hold back.

use std::collections::BTreeMap;

use crate::{ChannelName, Millis, role::Place, store::Parcel};

/// Messages that come late, in the order in which they are due in real time.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// The number tells messages apart that are due at the same time, in the order of arrival.
    parcels: BTreeMap<(Millis, u64), HeldParcel>,
    /// How many of them wait for others to pass.
    reordered: usize,
    last: u64,
}

#[derive(Debug)]
struct HeldParcel {
    parcel: Parcel,
    /// How many later messages are still to pass it; `None` where it waits for its time alone.
    to_pass: Option<u32>,
}

impl Held {
    pub(crate) fn len(&self) -> usize {
        self.parcels.len()
    }

    /// Holds a message until `due`, or until `to_pass` others have passed it.
    pub(crate) fn hold(&mut self, parcel: Parcel, due: Millis, to_pass: Option<u32>) {
        self.last = self.last.saturating_add(1);
        if to_pass.is_some() {
            self.reordered = self.reordered.saturating_add(1);
        }
        self.parcels.insert((due, self.last), HeldParcel { parcel, to_pass });
    }

    /// When the next is due.
    pub(crate) fn next_due(&self) -> Option<Millis> {
        self.parcels.first_key_value().map(|((due, _), _)| *due)
    }

    /// Takes out one that is due by now.
    pub(crate) fn take_due(&mut self, now: Millis) -> Option<Parcel> {
        let key = *self.parcels.first_key_value().filter(|((due, _), _)| *due <= now)?.0;
        self.remove(key)
    }

    /// Whether one waits for a message to this recipient to pass.
    pub(crate) fn waits_for(&self, recipient: &Place) -> bool {
        self.reordered > 0
            && self.parcels.values().any(|h| h.to_pass.is_some() && *h.parcel.to == *recipient)
    }

    /// A message to this recipient has passed; takes out those that waited for it.
    pub(crate) fn passed(&mut self, recipient: &Place) -> Vec<Parcel> {
        if self.reordered == 0 {
            return Vec::new();
        }
        let mut ready = Vec::new();
        for (key, held) in &mut self.parcels {
            let Some(to_pass) = &mut held.to_pass else { continue };
            if *held.parcel.to == *recipient {
                *to_pass = to_pass.saturating_sub(1);
                if *to_pass == 0 {
                    ready.push(*key);
                }
            }
        }
        ready.into_iter().filter_map(|key| self.remove(key)).collect()
    }

    /// Drops what is held on a channel.
    pub(crate) fn forget(&mut self, channel: &ChannelName) {
        self.parcels.retain(|_, held| held.parcel.to.channel != *channel);
        self.reordered = self.parcels.values().filter(|held| held.to_pass.is_some()).count();
    }

    /// Drops all.
    pub(crate) fn clear(&mut self) {
        self.parcels.clear();
        self.reordered = 0;
    }

    fn remove(&mut self, key: (Millis, u64)) -> Option<Parcel> {
        let held = self.parcels.remove(&key)?;
        if held.to_pass.is_some() {
            self.reordered = self.reordered.saturating_sub(1);
        }
        Some(held.parcel)
    }
}
