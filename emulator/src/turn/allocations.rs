//! Who relays: what the library knows of its allocations too, but does not tell in time.

use std::{
    collections::{HashMap, HashSet},
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

/// Allocations of one channel at a time.
///
/// Source: the service's quotas.
pub(super) const MAX_OF_CHANNEL: usize = 50;
/// Allocations of all channels together at a time.
const MAX: usize = 1024;
/// Peers one allocation may ever have, and channels one may ever bind. A call has a few.
const MAX_PEERS: usize = 256;
/// How long the library may take to make an allocation.
const GRACE: Duration = Duration::from_secs(10);

/// A client: the transport's protocol number, and its address there.
pub(super) type ClientAddr = (u8, SocketAddr);

/// Who relays, until when.
#[derive(Default)]
pub(super) struct Allocations(HashMap<ClientAddr, Allocation>);

struct Allocation {
    username: String,
    expires: Instant,
    /// Whether the library has said that it made it.
    made: bool,
    peers: HashSet<IpAddr>,
    channels: HashSet<u16>,
}

/// Why there is no room for one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// Its channel has as many as it may have.
    Channel,
    /// All of them together are too many.
    Server,
}

impl Allocations {
    /// The user name with which this client relays.
    pub(super) fn owner(&self, client: ClientAddr, now: Instant) -> Option<&str> {
        let allocation = self.0.get(&client).filter(|allocation| allocation.expires > now)?;
        Some(&allocation.username)
    }

    /// Keeps a place for an allocation that the library is about to make.
    pub(super) fn reserve(
        &mut self,
        client: ClientAddr,
        username: &str,
        now: Instant,
    ) -> Result<(), Full> {
        self.0.retain(|_, allocation| allocation.expires > now);
        let channel = channel_of(username);
        let of_channel =
            self.0.values().filter(|other| channel_of(&other.username) == channel).count();
        if of_channel >= MAX_OF_CHANNEL {
            return Err(Full::Channel);
        }
        if self.0.len() >= MAX {
            return Err(Full::Server);
        }
        let allocation = Allocation {
            username: username.to_owned(),
            expires: now + GRACE,
            made: false,
            peers: HashSet::new(),
            channels: HashSet::new(),
        };
        self.0.insert(client, allocation);
        Ok(())
    }

    /// The library has made it or refreshed it; with no lifetime, it has ended it.
    pub(super) fn lives(&mut self, client: ClientAddr, lifetime: Duration, now: Instant) {
        if lifetime.is_zero() {
            self.0.remove(&client);
        } else if let Some(allocation) = self.0.get_mut(&client) {
            allocation.made = true;
            allocation.expires = now + lifetime;
        }
    }

    /// The library has refused to make it.
    pub(super) fn refused(&mut self, client: ClientAddr) {
        if self.0.get(&client).is_some_and(|allocation| !allocation.made) {
            self.0.remove(&client);
        }
    }

    /// The client is gone; answers its user name where it relayed.
    pub(super) fn remove(&mut self, client: ClientAddr) -> Option<String> {
        self.0.remove(&client).map(|allocation| allocation.username)
    }

    /// Notes more peers, and a channel bound to one; whether there is room for them.
    pub(super) fn admit(
        &mut self,
        client: ClientAddr,
        peers: impl Iterator<Item = IpAddr>,
        channel: Option<u16>,
    ) -> bool {
        let Some(allocation) = self.0.get_mut(&client) else { return false };
        for peer in peers {
            if allocation.peers.len() >= MAX_PEERS && !allocation.peers.contains(&peer) {
                return false;
            }
            allocation.peers.insert(peer);
        }
        allocation.channels.extend(channel);
        if allocation.channels.len() > MAX_PEERS {
            channel.map(|channel| allocation.channels.remove(&channel));
            return false;
        }
        true
    }
}

/// What follows the expiry in a user name: its channel.
fn channel_of(username: &str) -> &str {
    username.split_once(':').map_or(username, |(_, channel)| channel)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(number: usize) -> ClientAddr {
        (17, ([192, 0, 2, 1], u16::try_from(number).unwrap()).into())
    }

    #[test]
    fn a_channel_has_its_share_and_gets_it_back() {
        let (mut all, now) = (Allocations::default(), Instant::now());
        for number in 0..MAX_OF_CHANNEL {
            // Who asks later has a user name that expires later.
            all.reserve(client(number), &format!("{number}:one"), now).unwrap();
            all.lives(client(number), Duration::from_secs(600), now);
        }
        assert_eq!(all.reserve(client(999), "9:one", now), Err(Full::Channel));
        assert_eq!(all.reserve(client(999), "9:two", now), Ok(()));
        all.lives(client(0), Duration::ZERO, now);
        assert_eq!(all.reserve(client(998), "9:one", now), Ok(()));
        all.refused(client(998));
        assert_eq!(all.reserve(client(997), "9:one", now), Ok(()));
        let later = now + Duration::from_secs(601);
        assert_eq!(all.owner(client(1), later), None);
        assert_eq!(all.reserve(client(996), "9:one", later), Ok(()));
    }

    #[test]
    fn all_together_are_bounded() {
        let (mut all, now) = (Allocations::default(), Instant::now());
        for number in 0..MAX {
            all.reserve(client(number), &format!("1:{}", number / 40), now).unwrap();
        }
        assert_eq!(all.reserve(client(MAX), "1:other", now), Err(Full::Server));
    }

    #[test]
    fn one_that_is_made_is_not_lost_by_a_second_request() {
        let (mut all, now) = (Allocations::default(), Instant::now());
        all.reserve(client(1), "1:one", now).unwrap();
        all.lives(client(1), Duration::from_secs(600), now);
        all.refused(client(1));
        assert_eq!(all.owner(client(1), now + GRACE), Some("1:one"));
    }

    #[test]
    fn peers_and_channels_are_bounded() {
        let (mut all, now) = (Allocations::default(), Instant::now());
        assert!(!all.admit(client(1), std::iter::empty(), None));
        all.reserve(client(1), "1:one", now).unwrap();
        let peer =
            |number: usize| IpAddr::from(u32::try_from(number + (10 << 24)).unwrap().to_be_bytes());
        for number in 0..MAX_PEERS {
            let channel = 0x4000 + u16::try_from(number).unwrap();
            assert!(all.admit(client(1), std::iter::once(peer(number)), Some(channel)));
        }
        assert!(all.admit(client(1), std::iter::once(peer(0)), Some(0x4000)));
        assert!(!all.admit(client(1), std::iter::once(peer(MAX_PEERS)), None));
        for _ in 0..2 {
            assert!(!all.admit(client(1), std::iter::empty(), Some(0x7fff)));
        }
    }
}
