//! Who is in a channel's storage session, and until when.

use std::{collections::HashMap, fmt, sync::Arc};

use crate::{
    ChannelName, Millis, Role, StorageRules,
    pace::Moment,
    role::{Place, RoleName},
};

/// One peer's part in a storage session; never given out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoragePeerId(u64);

impl fmt::Display for StoragePeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}", self.0)
    }
}

/// The storage sessions of all channels. There are few peers in them: a master and as many viewers
/// as the rules allow on each of the channels that may have media storage.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    peers: HashMap<Arc<Place>, Peer>,
    /// The places of viewers that were disconnected, and until when nobody else has them.
    held: HashMap<Arc<Place>, Moment>,
    last: u64,
}

/// One who has joined.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) id: StoragePeerId,
    pub(crate) joined: Moment,
    /// Whether media can flow.
    pub(crate) is_connected: bool,
    /// Since when a viewer has had no master.
    alone_since: Option<Moment>,
}

impl Peer {
    /// When it is over at the latest.
    pub(crate) fn end(&self, role: RoleName, rules: &StorageRules) -> Moment {
        let idle = match role {
            RoleName::Master => rules.master_idle,
            RoleName::Viewer => rules.viewer_idle,
        };
        let life = Some(self.joined.after(rules.life));
        let idle = (!self.is_connected).then(|| self.joined.after(idle));
        let alone = self.alone_since.map(|since| since.after(rules.without_master));
        life.into_iter().chain(idle).chain(alone).min().unwrap_or_default()
    }
}

impl Sessions {
    /// Everybody, in no order.
    pub(crate) fn peers(&self) -> impl Iterator<Item = (&Arc<Place>, &Peer)> {
        self.peers.iter()
    }

    /// Who has joined in this place.
    pub(crate) fn peer_at(&self, place: &Place) -> Option<StoragePeerId> {
        self.peers.get(place).map(|peer| peer.id)
    }

    /// Where a peer is.
    pub(crate) fn place_of(&self, id: StoragePeerId) -> Option<&Arc<Place>> {
        self.peers.iter().find(|(_, peer)| peer.id == id).map(|(place, _)| place)
    }

    /// Whether there is room for one more: whoever is there already has it, or had it a moment ago.
    pub(crate) fn has_room_for(&self, place: &Place, rules: &StorageRules) -> bool {
        if place.role == Role::Master {
            return true;
        }
        let is_other_viewer = |other: &&Arc<Place>| {
            other.channel == place.channel && other.role != Role::Master && ***other != *place
        };
        let others = self.peers.keys().chain(self.held.keys());
        others.filter(is_other_viewer).count() < rules.viewers
    }

    /// Somebody joins. Whoever was in its place has been taken out before.
    pub(crate) fn join(&mut self, place: &Arc<Place>, now: Moment) -> StoragePeerId {
        self.last = self.last.saturating_add(1);
        let id = StoragePeerId(self.last);
        self.held.remove(place);
        let alone_since = match place.role {
            Role::Master => {
                self.set_alone(&place.channel, None);
                None
            }
            Role::Viewer(_) => (!self.has_master(&place.channel)).then_some(now),
        };
        let peer = Peer { id, joined: now, is_connected: false, alone_since };
        self.peers.insert(Arc::clone(place), peer);
        id
    }

    /// Media can flow between a peer and the session.
    pub(crate) fn connected(&mut self, id: StoragePeerId) {
        if let Some(peer) = self.peers.values_mut().find(|peer| peer.id == id) {
            peer.is_connected = true;
        }
    }

    /// Somebody leaves.
    pub(crate) fn leave(&mut self, place: &Place, now: Moment) -> Option<StoragePeerId> {
        let peer = self.peers.remove(place)?;
        if place.role == Role::Master {
            self.set_alone(&place.channel, Some(now));
        }
        Some(peer.id)
    }

    /// Keeps the place of a viewer that was disconnected, for a while.
    pub(crate) fn hold(&mut self, place: Arc<Place>, until: Moment) {
        if place.role != Role::Master {
            self.held.insert(place, until);
        }
    }

    /// Takes nobody out, but forgets places that are held: all of a channel's, or all.
    pub(crate) fn let_go(&mut self, channel: Option<&ChannelName>) {
        self.held.retain(|place, _| channel.is_some_and(|name| place.channel != *name));
    }

    /// Everybody on a channel, or everybody, the oldest first.
    pub(crate) fn places(&self, channel: Option<&ChannelName>) -> Vec<Arc<Place>> {
        self.places_where(|place, _| channel.is_none_or(|name| place.channel == *name))
    }

    /// Whose time is over, the oldest first; places are held no longer than theirs.
    pub(crate) fn expire(&mut self, rules: &StorageRules, now: Moment) -> Vec<Arc<Place>> {
        self.held.retain(|_, until| *until > now);
        self.places_where(|place, peer| peer.end(place.role.name(), rules) <= now)
    }

    /// When the next one's is.
    pub(crate) fn next_expiry(&self, rules: &StorageRules) -> Option<Moment> {
        let ends = self.peers.iter().map(|(place, peer)| peer.end(place.role.name(), rules));
        ends.chain(self.held.values().copied()).min()
    }

    fn places_where(&self, wanted: impl Fn(&Place, &Peer) -> bool) -> Vec<Arc<Place>> {
        let wanted = self.peers.iter().filter(|(place, peer)| wanted(place, peer));
        let mut found: Vec<_> = wanted.map(|(place, peer)| (peer.id, Arc::clone(place))).collect();
        found.sort_unstable_by_key(|(id, _)| *id);
        found.into_iter().map(|(_, place)| place).collect()
    }

    fn has_master(&self, channel: &ChannelName) -> bool {
        let place = Place { channel: channel.clone(), role: Role::Master };
        self.peers.contains_key(&place)
    }

    fn set_alone(&mut self, channel: &ChannelName, since: Option<Moment>) {
        for (place, peer) in &mut self.peers {
            if place.channel == *channel && place.role != Role::Master {
                peer.alone_since = since;
            }
        }
    }
}

/// One peer of a storage session, to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageSnapshot {
    /// The hub's name for it.
    pub peer: StoragePeerId,
    /// The channel.
    pub channel: ChannelName,
    /// Who it is.
    pub role: Role,
    /// Whether media can flow.
    pub is_connected: bool,
    /// For how long it has been there, in the hub's scaled time.
    pub age: Millis,
    /// For how long it may stay, as things are, in the hub's scaled time.
    pub left: Millis,
}
