//! How STUN and TURN are to be served.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use crate::config::StartError;

/// How many TURN servers there may be; a client of the C SDK takes no more than five.
const ICE_SERVERS_RANGE: std::ops::RangeInclusive<u8> = 1..=2;

/// How STUN and TURN are served. The default is what a person on one machine needs.
#[derive(Clone, Debug)]
pub struct TurnOptions {
    /// How many TURN servers there are, 1 or 2, each with credentials of its own; the second is
    /// on the port after the first one's. Default 1. The service has 2, as a rule.
    pub ice_servers: u8,
    /// The networks that relays send to, and let others in from. Default: where clients reach
    /// the relays by a loopback address, 127.0.0.0/8; where by a private one, the 256 addresses
    /// around it (its /24); else that address alone. Clients on other machines reach nothing on
    /// loopback addresses but other relays.
    pub relay_to: Vec<Ipv4Net>,
    /// Whether STUN binding requests are taken and never answered. Default: no.
    pub dead_stun: bool,
    /// Whether everything of TURN is taken and never answered. Default: no.
    pub dead_turn: bool,
    /// What a client is told that refreshes a relay when its user name has expired.
    pub refresh_after_expiry: RefreshAfterExpiry,
}

/// What a client is told that refreshes a relay when its user name has expired. Nobody knows
/// what the service does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefreshAfterExpiry {
    /// The relay goes on, as with coturn.
    #[default]
    Accept,
    /// 401 Unauthorized; the relay ends with its life time.
    Refuse,
}

impl Default for TurnOptions {
    fn default() -> Self {
        Self {
            ice_servers: 1,
            relay_to: Vec::new(),
            dead_stun: false,
            dead_turn: false,
            refresh_after_expiry: RefreshAfterExpiry::Accept,
        }
    }
}

impl TurnOptions {
    /// Finds what is wrong before anything is opened.
    pub(crate) fn check(&self) -> Result<(), StartError> {
        if ICE_SERVERS_RANGE.contains(&self.ice_servers) {
            return Ok(());
        }
        Err(StartError::IceServers(self.ice_servers))
    }

    /// The networks that relays serve which clients reach at `advertised`.
    pub(super) fn networks(&self, advertised: Ipv4Addr) -> Vec<Ipv4Net> {
        if !self.relay_to.is_empty() {
            return self.relay_to.clone();
        }
        let length = match advertised {
            loopback if loopback.is_loopback() => 8,
            private if private.is_private() || private.is_link_local() => 24,
            _ => 32,
        };
        Ipv4Net::new(advertised, length).map(|network| vec![network.trunc()]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relays_serve_the_neighbours_unless_told_otherwise() {
        for (advertised, network) in [
            ([127, 0, 0, 1], "127.0.0.0/8"),
            ([127, 9, 9, 9], "127.0.0.0/8"),
            ([192, 168, 178, 20], "192.168.178.0/24"),
            ([10, 99, 0, 1], "10.99.0.0/24"),
            ([169, 254, 7, 7], "169.254.7.0/24"),
            ([203, 0, 113, 5], "203.0.113.5/32"),
        ] {
            let networks = TurnOptions::default().networks(advertised.into());
            assert_eq!(networks, [network.parse::<Ipv4Net>().unwrap()]);
        }
        let told: Vec<Ipv4Net> =
            vec!["10.0.0.0/8".parse().unwrap(), "192.0.2.0/24".parse().unwrap()];
        let options = TurnOptions { relay_to: told.clone(), ..TurnOptions::default() };
        assert_eq!(options.networks(Ipv4Addr::LOCALHOST), told);
    }

    #[test]
    fn there_are_one_or_two_servers() {
        for (count, good) in [(0, false), (1, true), (2, true), (3, false)] {
            let options = TurnOptions { ice_servers: count, ..TurnOptions::default() };
            assert_eq!(options.check().is_ok(), good, "{count}");
        }
    }
}
