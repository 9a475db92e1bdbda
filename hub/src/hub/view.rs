//! What can be looked at.

use std::collections::BTreeMap;

use super::Hub;
use crate::{
    ChannelName, ChannelSnapshot, ConnectionSnapshot, Counters, LogEntry, Snapshot,
    connection::Stage,
};

impl Hub {
    /// How things stand, as of the last moment that the hub was told of.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            time_scale: self.time_scale(),
            quotas_enforced: self.config.quotas.enforced,
            acknowledge: self.config.acknowledge,
            connections: self.connections.len(),
            waiting: self.store.len(),
            held: self.held.len(),
            alexa_offers: self.alexa.len(),
            faults: self.faults.len(),
            channels: self.channels().into_values().collect(),
        }
    }

    /// What has happened, counted.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The last 1000 steps of messages on their way whose number is greater, the oldest first.
    pub fn messages_after(&self, seq: u64) -> impl Iterator<Item = &LogEntry> {
        self.log.after(seq)
    }

    fn channels(&self) -> BTreeMap<&ChannelName, ChannelSnapshot> {
        let mut channels = BTreeMap::new();
        for (name, waiting) in self.store.by_channel() {
            let channel = channels.entry(name).or_insert_with(|| empty(name));
            channel.waiting = channel.waiting.saturating_add(waiting);
        }
        let mut connections: Vec<_> = self.connections.iter().collect();
        connections.sort_unstable_by_key(|(id, _)| **id);
        for (id, connection) in connections {
            let (place, timing) = (&connection.place, &connection.timing);
            let is_up = connection.stage != Stage::Opening;
            let millis = |span: crate::Millis| if is_up { span.0 } else { 0 };
            let snapshot = ConnectionSnapshot {
                connection_id: id.to_string(),
                role: place.role.name(),
                client_id: place.role.client_id().map(|id| id.as_str().to_owned()),
                state: connection.state(),
                age_millis: millis(timing.age(self.moment)),
                idle_millis: millis(timing.idle(self.moment)),
                sent: connection.sent,
                received: connection.received,
            };
            let channel = channels.entry(&place.channel).or_insert_with(|| empty(&place.channel));
            channel.connections.push(snapshot);
        }
        channels
    }
}

fn empty(name: &ChannelName) -> ChannelSnapshot {
    ChannelSnapshot { name: name.as_str().to_owned(), waiting: 0, connections: Vec::new() }
}
