//! What the emulator is told, and how starting and running can fail.

mod auth_level;
mod key_ring;
mod keys;
mod keys_file;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

pub use auth_level::AuthLevel;
pub(crate) use key_ring::{KeyRing, KnownKey};
pub use keys::Keys;
use keys::PUBLIC_SECRET;
pub(crate) use keys::Permissions;
pub use keys_file::KeysFileError;

use crate::{behaviour::Behaviour, network::Network, tls::TlsError, turn::TurnOptions};

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
    /// How STUN and TURN are served.
    pub turn: TurnOptions,
    /// The address under which clients reach STUN, TURN and the relays. Default: `host`, or
    /// 127.0.0.1 where that is 0.0.0.0.
    pub advertised_ip: Option<Ipv4Addr>,
    /// The one region that is served. Default `us-west-2`.
    pub region: String,
    /// Whose signatures are accepted.
    pub keys: Keys,
    /// How closely signatures are looked at. Default: fully.
    pub auth: AuthLevel,
    /// The file that keeps channels and streams over a restart. Default: none.
    pub state: Option<PathBuf>,
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
    /// nothing was heard for two and a half times as long is dropped. Default: never, as on the
    /// service.
    pub ping_interval: Option<Duration>,
    /// How the service behaves, faults included.
    pub behaviour: Behaviour,
    /// TLS, host names, and how many connections.
    pub network: Network,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST,
            port: 8080,
            turn_port: 3478,
            turn: TurnOptions::default(),
            advertised_ip: None,
            region: "us-west-2".to_owned(),
            keys: Keys::default(),
            auth: AuthLevel::default(),
            state: None,
            site: None,
            pkg: None,
            allowed_hosts: Vec::new(),
            acknowledge: true,
            ping_interval: None,
            behaviour: Behaviour::default(),
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
        if let Some(interval) = self.ping_interval
            && !PING_INTERVAL_RANGE.contains(&interval)
        {
            return Err(StartError::PingInterval(interval));
        }
        self.behaviour.check().map_err(StartError::Behaviour)?;
        if !self.host.is_loopback() {
            if self.auth != AuthLevel::Full {
                return Err(StartError::OpenToAll { host: self.host, auth: self.auth });
            }
            if self.keys.has_public_secret() {
                return Err(StartError::PublicSecret(self.host));
            }
        }
        self.turn.check()?;
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
    #[error("--ping-seconds: the ping interval is {0:?}: choose from a millisecond to an hour")]
    PingInterval(Duration),
    /// The service cannot behave like that.
    #[error("{0}")]
    Behaviour(String),
    /// There would be no TURN server, or more than the service has.
    #[error("--ice-servers: {0} is not 1 or 2")]
    IceServers(u8),
    /// There is no port after the last one.
    #[error("--turn-port {0}: a second TURN server needs the port after it, and there is none")]
    NoSecondPort(u16),
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
    /// Other machines would be let in without a secret.
    #[error(
        "--host {host} lets other machines in, and --auth {auth} asks for no secret: use \
         --auth full"
    )]
    OpenToAll {
        /// The address that was asked for.
        host: Ipv4Addr,
        /// The level that was asked for.
        auth: AuthLevel,
    },
    /// The state file is not one, or another's.
    #[error(
        "--state {}: {reason}; it is left as it is: mend it, move it away, or choose another file",
        path.display()
    )]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
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
    /// The media server is gone, and with it every storage session.
    #[error("the server of storage sessions has stopped, so the emulator ends: start it again")]
    StorageStopped,
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
    fn other_machines_are_asked_for_a_secret() {
        let keys = || Keys::default().with_secret("own".into());
        for auth in [AuthLevel::Off, AuthLevel::Structure] {
            let here = Config { auth, keys: keys(), ..Config::default() };
            assert!(here.check().is_ok());
            let open = Config { host: Ipv4Addr::UNSPECIFIED, ..here };
            let error = open.check().unwrap_err().to_string();
            assert!(error.contains("--auth full"), "{error}");
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
            let config = Config { ping_interval: Some(interval), ..Config::default() };
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
