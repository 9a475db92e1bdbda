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

    /// Whether no server is used at all.
    pub const fn is_disabled(self) -> bool {
        matches!(self, Self::Disabled)
    }

    const fn uses_stun(self) -> bool {
        matches!(self, Self::StunTurn | Self::StunOnly)
    }
}

/// Which TURN servers are used, by transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnFilter {
    /// `turn:` over UDP.
    pub udp: bool,
    /// `turns:` with `transport=udp`. The service lists it and browsers have no TURN over DTLS:
    /// they pass it over or take it for TLS over TCP.
    pub tls_udp: bool,
    /// `turns:` over TCP.
    pub tls_tcp: bool,
    /// One of the servers only, chosen at random.
    pub one_set_only: bool,
}

impl Default for TurnFilter {
    /// What browsers can use, of all servers.
    fn default() -> Self {
        Self { udp: true, tls_udp: false, tls_tcp: true, one_set_only: false }
    }
}

impl TurnFilter {
    fn allows(self, url: &str) -> bool {
        if url.starts_with("turns:") {
            let over_udp = url.ends_with("?transport=udp");
            return if over_udp { self.tls_udp } else { self.tls_tcp };
        }
        url.starts_with("turn:") && self.udp
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
    /// What GetIceServerConfig answered at `now`. `random` is evenly distributed.
    pub fn new(lent: Vec<rest::IceServer>, filter: TurnFilter, random: u64, now: Now) -> Self {
        let seconds = lent.iter().map(|server| server.ttl_seconds).min().unwrap_or(0);
        let lent = lent.into_iter().map(|server| IceServer {
            urls: server.uris.into_iter().filter(|url| !is_stun(url)).collect(),
            login: Some((server.username, server.password)),
        });
        Self::of(lent.collect(), seconds, filter, random, now)
    }

    /// What an application's back end gave at `now`, STUN servers too.
    pub fn of(
        given: Vec<IceServer>,
        seconds: u32,
        filter: TurnFilter,
        random: u64,
        now: Now,
    ) -> Self {
        let life = Millis::from_secs(seconds.into()) - GRACE;
        let passes = |url: &String| is_stun(url) || filter.allows(url);
        let mut servers: Vec<IceServer> = given
            .into_iter()
            .map(|mut server| {
                server.urls.retain(passes);
                server
            })
            .filter(|server| !server.urls.is_empty())
            .collect();
        if filter.one_set_only {
            keep_one_set(&mut servers, random);
        }
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
pub fn servers(
    mode: NatTraversal,
    stun_url: Option<&str>,
    turn: Option<&TurnServers>,
) -> Vec<IceServer> {
    let mut list = Vec::new();
    if mode.uses_stun()
        && let Some(url) = stun_url
    {
        list.push(IceServer { urls: vec![url.to_owned()], login: None });
    }
    let passes = |url: &&String| if is_stun(url) { mode.uses_stun() } else { mode.uses_turn() };
    for server in turn.into_iter().flat_map(|turn| &turn.servers) {
        let urls: Vec<_> = server.urls.iter().filter(passes).cloned().collect();
        if !urls.is_empty() {
            list.push(IceServer { urls, login: server.login.clone() });
        }
    }
    list
}

fn is_stun(url: &str) -> bool {
    url.starts_with("stun:") || url.starts_with("stuns:")
}

/// Lets go of all servers with a login but one.
fn keep_one_set(servers: &mut Vec<IceServer>, random: u64) {
    let count = servers.iter().filter(|server| server.login.is_some()).count();
    let Ok(sets) = u64::try_from(count) else { return };
    let Some(chosen) = random.checked_rem(sets) else { return };
    let mut number = 0;
    servers.retain(|server| {
        let is_set = server.login.is_some();
        let kept = !is_set || number == chosen;
        number += u64::from(is_set);
        kept
    });
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
        let turn = TurnServers::new(lent(), TurnFilter::default(), 0, Now::default());
        let urls = |mode| {
            let list = servers(mode, Some("stun:s:443"), Some(&turn));
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
        let turn = TurnServers::new(lent(), TurnFilter::default(), 0, at(1_000, 9_000));
        assert!(turn.are_usable(at(1_000 + 284_999, 9_000 + 284_999)));
        assert!(!turn.are_usable(at(1_000 + 285_000, 9_000)), "the clock was set back");
        assert!(!turn.are_usable(at(1_000, 9_000 + 285_000)), "the computer slept");
    }

    #[test]
    fn a_list_without_a_relay_is_never_usable() {
        assert!(
            !TurnServers::new(Vec::new(), TurnFilter::default(), 0, Now::default())
                .are_usable(Now::default())
        );
        let mut stun = lent();
        stun[0].uris = vec!["stun:h:443".into()];
        assert!(
            !TurnServers::new(stun, TurnFilter::default(), 0, Now::default())
                .are_usable(Now::default())
        );
    }

    #[test]
    fn each_transport_can_be_switched_off_and_one_set_is_chosen_at_random() {
        let urls = |filter, random| {
            let both = [lent(), lent()].concat();
            let turn = TurnServers::new(both, filter, random, Now::default());
            let list = servers(NatTraversal::TurnOnly, None, Some(&turn));
            list.into_iter().flat_map(|server| server.urls).collect::<Vec<_>>()
        };
        let all = TurnFilter::default();
        assert_eq!(urls(TurnFilter { tls_tcp: false, ..all }, 0), ["turn:h:443?transport=udp"; 2]);
        assert_eq!(urls(TurnFilter { udp: false, ..all }, 0), ["turns:h:443?transport=tcp"; 2]);
        assert_eq!(urls(TurnFilter { tls_udp: true, ..all }, 0).len(), 6);
        for random in [0, 1, u64::MAX] {
            assert_eq!(urls(TurnFilter { one_set_only: true, ..all }, random).len(), 2);
        }
    }

    #[test]
    fn a_back_ends_servers_are_used_as_the_mode_says() {
        let login = Some(("u".to_owned(), Secret::new("p".to_owned())));
        let given = vec![
            IceServer { urls: vec!["stun:s".into(), "turn:t".into(), "http://x".into()], login },
            IceServer { urls: vec!["stuns:s".into()], login: None },
        ];
        let turn = TurnServers::of(given, 300, TurnFilter::default(), 0, Now::default());
        let urls = |mode| {
            let list = servers(mode, None, Some(&turn));
            list.into_iter().flat_map(|server| server.urls).collect::<Vec<_>>()
        };
        assert_eq!(urls(NatTraversal::StunTurn), ["stun:s", "turn:t", "stuns:s"]);
        assert_eq!(urls(NatTraversal::TurnOnly), ["turn:t"]);
        assert_eq!(urls(NatTraversal::StunOnly), ["stun:s", "stuns:s"]);
        assert!(urls(NatTraversal::Disabled).is_empty());
    }
}
