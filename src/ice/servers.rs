//! Which STUN and TURN servers a peer connection is given.

use crate::rest;
use crate::secret::Secret;
use crate::time::{Millis, Now, UnixMillis};

/// How much of a TURN credential's life time is left unused, so that an allocation made with it
/// is not refused: 15 s, as in the service's own test page.
const GRACE: Millis = Millis::from_secs(15);

/// How peers may find a path to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NatTraversal {
    /// Directly where STUN finds a way, else relayed. The default.
    #[default]
    StunTurn,
    /// Relayed only: neither peer learns the other's address.
    TurnOnly,
    /// Directly or not at all.
    StunOnly,
    /// Host candidates only: peers on one network.
    Disabled,
}

impl NatTraversal {
    /// The mode of this name: `stun-turn`, `turn-only`, `stun-only` or `disabled`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "stun-turn" => Some(Self::StunTurn),
            "turn-only" => Some(Self::TurnOnly),
            "stun-only" => Some(Self::StunOnly),
            "disabled" => Some(Self::Disabled),
            _ => None,
        }
    }

    /// Whether TURN servers are asked for.
    pub const fn uses_turn(self) -> bool {
        matches!(self, Self::StunTurn | Self::TurnOnly)
    }

    /// Whether a call is impossible without TURN.
    pub const fn needs_turn(self) -> bool {
        matches!(self, Self::TurnOnly)
    }

    const fn uses_stun(self) -> bool {
        matches!(self, Self::StunTurn | Self::StunOnly)
    }
}

/// One entry of `RTCConfiguration.iceServers`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IceServer {
    /// `stun:`, `turn:` and `turns:` URLs.
    pub urls: Vec<String>,
    /// User name and password, with TURN only.
    pub login: Option<(String, Secret<String>)>,
}

/// The TURN servers that the service lent, and until when.
#[derive(Clone, Debug)]
pub struct TurnServers {
    servers: Vec<IceServer>,
    /// By both clocks: one stands still while some computers sleep, the other can be set.
    usable_until: Now,
}

impl TurnServers {
    /// What GetIceServerConfig answered at `now`. A `turns:` URL over UDP is left out: browsers
    /// have no TURN over DTLS.
    pub fn new(lent: Vec<rest::IceServer>, now: Now) -> Self {
        let seconds = lent.iter().map(|server| server.ttl_seconds).min().unwrap_or(0);
        let life = Millis::from_secs(seconds.into()) - GRACE;
        let servers = lent
            .into_iter()
            .map(|server| IceServer {
                urls: server.uris.into_iter().filter(|url| is_usable_turn(url)).collect(),
                login: Some((server.username, server.password)),
            })
            .filter(|server| !server.urls.is_empty())
            .collect();
        let usable_until =
            Now { mono: now.mono + life, wall: UnixMillis(now.wall.0.saturating_add(life.0)) };
        Self { servers, usable_until }
    }

    /// Whether there are any, and a peer connection may still be given them.
    pub fn are_usable(&self, now: Now) -> bool {
        !self.servers.is_empty()
            && now.mono < self.usable_until.mono
            && now.wall < self.usable_until.wall
    }
}

/// The servers for a peer connection in this mode.
pub fn servers(mode: NatTraversal, stun_url: &str, turn: Option<&TurnServers>) -> Vec<IceServer> {
    let mut list = Vec::new();
    if mode.uses_stun() {
        list.push(IceServer { urls: vec![stun_url.to_owned()], login: None });
    }
    if mode.uses_turn()
        && let Some(turn) = turn
    {
        list.extend(turn.servers.iter().cloned());
    }
    list
}

fn is_usable_turn(url: &str) -> bool {
    let over_dtls = url.starts_with("turns:") && url.ends_with("?transport=udp");
    !over_dtls && (url.starts_with("turn:") || url.starts_with("turns:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lent() -> Vec<rest::IceServer> {
        let uris =
            ["turn:h:443?transport=udp", "turns:h:443?transport=udp", "turns:h:443?transport=tcp"];
        vec![rest::IceServer {
            uris: uris.map(str::to_owned).to_vec(),
            username: "1700000300:x".into(),
            password: Secret::new("p".into()),
            ttl_seconds: 300,
        }]
    }

    fn at(mono: u64, wall: u64) -> Now {
        Now { mono: Millis(mono), wall: UnixMillis(wall) }
    }

    #[test]
    fn each_mode_gives_its_own_servers() {
        let turn = TurnServers::new(lent(), Now::default());
        let urls = |mode| {
            let list = servers(mode, "stun:s:443", Some(&turn));
            list.into_iter().flat_map(|server| server.urls).collect::<Vec<_>>()
        };
        let relays = ["turn:h:443?transport=udp", "turns:h:443?transport=tcp"];
        assert_eq!(urls(NatTraversal::StunTurn), [["stun:s:443"].as_slice(), &relays].concat());
        assert_eq!(urls(NatTraversal::TurnOnly), relays);
        assert_eq!(urls(NatTraversal::StunOnly), ["stun:s:443"]);
        assert!(urls(NatTraversal::Disabled).is_empty());
    }

    #[test]
    fn turn_servers_are_given_out_until_their_life_time_less_the_grace() {
        let turn = TurnServers::new(lent(), at(1_000, 9_000));
        assert!(turn.are_usable(at(1_000 + 284_999, 9_000 + 284_999)));
        assert!(!turn.are_usable(at(1_000 + 285_000, 9_000)), "the clock was set back");
        assert!(!turn.are_usable(at(1_000, 9_000 + 285_000)), "the computer slept");
    }

    #[test]
    fn a_list_without_a_relay_is_never_usable() {
        assert!(!TurnServers::new(Vec::new(), Now::default()).are_usable(Now::default()));
        let mut stun = lent();
        stun[0].uris = vec!["stun:h:443".into()];
        assert!(!TurnServers::new(stun, Now::default()).are_usable(Now::default()));
    }
}
