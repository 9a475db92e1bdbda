//! What the emulator is told, and how starting and running can fail.

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};

use crate::{network::Network, tls::TlsError};

/// The secret that goes with every access key id, unless configured: known to everybody.
const PUBLIC_SECRET: &str = "local";
/// How often clients may be pinged.
const PING_INTERVAL_RANGE: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(1)..=Duration::from_secs(60 * 60);

/// How to run the emulator. The default is what a person on one machine needs.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on. Default 127.0.0.1.
    pub host: Ipv4Addr,
    /// The port for HTTP and WebSocket; 0 takes a free one. Default 8080.
    pub port: u16,
    /// The port for STUN and TURN, UDP and TCP; 0 takes a free one. Default 3478.
    pub turn_port: u16,
    /// The address under which clients reach STUN, TURN and the relays. Default: `host`, or
    /// 127.0.0.1 where that is 0.0.0.0.
    pub advertised_ip: Option<Ipv4Addr>,
    /// The one region that is served. Default `us-west-2`.
    pub region: String,
    /// Whose signatures are accepted.
    pub keys: Keys,
    /// The folder served at `/`. Default: none.
    pub site: Option<PathBuf>,
    /// The folder served at `/pkg/`. Default: none.
    pub pkg: Option<PathBuf>,
    /// Host names, besides `localhost` and plain addresses, under which a page may ask what it
    /// talks to.
    pub allowed_hosts: Vec<String>,
    /// Whether each accepted message is answered by an empty text frame. Default: yes.
    pub acknowledge: bool,
    /// How often a master or viewer is pinged, from a millisecond to an hour. One from which
    /// nothing was heard for two and a half times as long is dropped. Default 30 seconds.
    pub ping_interval: Duration,
    /// TLS, host names, and how many connections.
    pub network: Network,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST,
            port: 8080,
            turn_port: 3478,
            advertised_ip: None,
            region: "us-west-2".to_owned(),
            keys: Keys::default(),
            site: None,
            pkg: None,
            allowed_hosts: Vec::new(),
            acknowledge: true,
            ping_interval: Duration::from_secs(30),
            network: Network::default(),
        }
    }
}

impl Config {
    /// The address under which clients reach STUN, TURN and the relays.
    pub(crate) fn reachable_ip(&self) -> Ipv4Addr {
        let listening = if self.host.is_unspecified() { Ipv4Addr::LOCALHOST } else { self.host };
        self.advertised_ip.unwrap_or(listening)
    }

    /// Finds what is wrong before anything is opened.
    pub(crate) fn check(&self) -> Result<(), StartError> {
        let in_region = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.region.is_empty() || !self.region.chars().all(in_region) {
            return Err(StartError::Region(self.region.clone()));
        }
        if !PING_INTERVAL_RANGE.contains(&self.ping_interval) {
            return Err(StartError::PingInterval(self.ping_interval));
        }
        if !self.host.is_loopback() && self.keys.has_public_secret() {
            return Err(StartError::PublicSecret(self.host));
        }
        self.network.check(self.host)?;
        let folders = [("--site", &self.site), ("--pkg", &self.pkg)];
        for (flag, folder) in folders {
            if let Some(path) = folder.as_ref().filter(|path| !path.is_dir()) {
                return Err(StartError::NoSuchFolder { flag, path: path.clone() });
            }
        }
        Ok(())
    }
}

/// Access keys. Every access key id is accepted; its secret is `local` unless configured.
#[derive(Clone, Debug)]
pub struct Keys {
    of_all_others: SecretString,
    by_id: HashMap<String, SecretString>,
}

impl Default for Keys {
    fn default() -> Self {
        Self { of_all_others: PUBLIC_SECRET.into(), by_id: HashMap::new() }
    }
}

impl Keys {
    /// The secret of every access key id that has none of its own.
    #[must_use]
    pub fn with_secret(mut self, secret: SecretString) -> Self {
        self.of_all_others = secret;
        self
    }

    /// The secret of one access key id.
    #[must_use]
    pub fn with_access_key(mut self, id: String, secret: SecretString) -> Self {
        self.by_id.insert(id, secret);
        self
    }

    pub(crate) fn secret_of(&self, access_key_id: &str) -> &SecretString {
        self.by_id.get(access_key_id).unwrap_or(&self.of_all_others)
    }

    /// Whether the secret known to everybody is accepted, of whichever access key id.
    fn has_public_secret(&self) -> bool {
        let mut secrets = std::iter::once(&self.of_all_others).chain(self.by_id.values());
        secrets.any(|secret| secret.expose_secret() == PUBLIC_SECRET)
    }

    /// The secret of this access key id where it is the one known to everybody.
    pub(crate) fn public_secret_of(&self, access_key_id: &str) -> Option<&'static str> {
        (self.secret_of(access_key_id).expose_secret() == PUBLIC_SECRET).then_some(PUBLIC_SECRET)
    }
}

/// Why the emulator could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another program has the port.
    #[error(
        "{addr} is in use by another program, perhaps another kvs-emulator: stop it, or choose \
         another port with {flag} (0 takes a free one)"
    )]
    PortInUse {
        /// The address that was asked for.
        addr: SocketAddr,
        /// The flag that chooses another port.
        flag: &'static str,
    },
    /// The port cannot be had for another reason.
    #[error("cannot listen on {addr}: {source}; choose another address with --host or {flag}")]
    Listen {
        /// The address that was asked for.
        addr: SocketAddr,
        /// The flag that chooses another port.
        flag: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// A folder to serve is not there.
    #[error("{flag}: {} is not a folder", path.display())]
    NoSuchFolder {
        /// The flag that named it.
        flag: &'static str,
        /// The folder.
        path: PathBuf,
    },
    /// The region's name has a character that none has.
    #[error("--region: {0:?} is not a region's name, such as us-west-2")]
    Region(String),
    /// Clients would be pinged too often, or hardly ever.
    #[error("the ping interval is {0:?}: choose from a millisecond to an hour")]
    PingInterval(Duration),
    /// Other machines would be let in with the secret that everybody knows.
    #[error(
        "--host {0} lets other machines in, and everybody knows the secret \"{PUBLIC_SECRET}\": \
         set one of your own with --secret-key"
    )]
    PublicSecret(Ipv4Addr),
    /// More connections than can be told apart, or next to none.
    #[error("--max-connections: {0} is out of range: choose from 16 to 1000000")]
    MaxConnections(u32),
    /// A domain below which no host can be.
    #[error("--hosts: {0:?} is not a domain's name, such as localhost or kvs.example")]
    Domain(String),
    /// Addresses of this machine are no use to others.
    #[error(
        "--hosts addresses is for this machine only, and --host {0} is for others: use --hosts \
         names=DOMAIN"
    )]
    HostsOffLoopback(Ipv4Addr),
    /// There is no certificate to speak TLS with.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The system gave no random bytes.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
}

/// Why the emulator ended by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// STUN and TURN are gone, and relayed calls with them.
    #[error("the TURN server on {0} has stopped, so the emulator ends: start it again")]
    TurnStopped(SocketAddr),
}

impl StartError {
    pub(crate) fn listen(addr: SocketAddr, flag: &'static str, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::AddrInUse {
            return Self::PortInUse { addr, flag };
        }
        Self::Listen { addr, flag, source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let keys = Keys::default()
            .with_secret("hush-1".into())
            .with_access_key("AKID".to_owned(), "hush-2".into());
        let shown = format!("{:?}", Config { keys, ..Config::default() });
        assert!(!shown.contains("hush"), "{shown}");
    }

    #[test]
    fn a_secret_is_told_only_where_everybody_knows_it() {
        assert_eq!(Keys::default().public_secret_of("local"), Some("local"));
        let keys = Keys::default().with_access_key("local".to_owned(), "other".into());
        assert_eq!(keys.public_secret_of("local"), None);
        assert_eq!(Keys::default().with_secret("other".into()).public_secret_of("local"), None);
    }

    #[test]
    fn the_public_secret_is_for_this_machine_only() {
        let open = |keys: Keys| Config { host: Ipv4Addr::UNSPECIFIED, keys, ..Config::default() };
        let own = || Keys::default().with_secret("own".into());
        assert!(Config::default().check().is_ok());
        assert!(open(own()).check().is_ok());
        let public = "local".into();
        for keys in [Keys::default(), own().with_access_key("alice".to_owned(), public)] {
            assert!(matches!(open(keys).check(), Err(StartError::PublicSecret(_))));
        }
    }

    #[test]
    fn a_ping_interval_has_its_range() {
        for (interval, good) in [
            (Duration::ZERO, false),
            (Duration::from_millis(1), true),
            (Duration::from_secs(3600), true),
            (Duration::MAX, false),
        ] {
            let config = Config { ping_interval: interval, ..Config::default() };
            assert_eq!(config.check().is_ok(), good, "{interval:?}");
        }
    }

    #[test]
    fn clients_are_told_an_address_they_can_reach() {
        let config = Config { host: Ipv4Addr::UNSPECIFIED, ..Config::default() };
        assert_eq!(config.reachable_ip(), Ipv4Addr::LOCALHOST);
        let lan = Ipv4Addr::new(192, 168, 1, 5);
        assert_eq!(Config { host: lan, ..Config::default() }.reachable_ip(), lan);
        assert_eq!(Config { advertised_ip: Some(lan), ..config }.reachable_ip(), lan);
    }
}
