//! One server: a UDP and a TCP port of the same number, and the library behind them.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, atomic::AtomicBool, atomic::Ordering},
    time::{Duration, SystemTime},
};

use kvs_hub::ChannelArn;
use medea_turn::{AuthHandler, Error, Server, ServerConfig, TurnConfig, relay};
use secrecy::SecretString;
use tokio::{
    net::{TcpListener, UdpSocket},
    time::sleep,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::{
    REALM,
    datagrams::{self, Datagrams},
    guard::{Guard, Rules},
    options::TurnOptions,
    streams::{self, Limits, Streams},
};
use crate::{clock::Clock, config::StartError, turn_credentials::TurnCredentials};

/// How long a channel stays bound without a refresh.
///
/// Source: RFC 8656, section 12.
const CHANNEL_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// Where relays get their ports: the range for dynamic ports, RFC 6335 section 6.
pub(super) const RELAY_PORTS: std::ops::RangeInclusive<u16> = 49_152..=65_535;
/// How often another relay port is tried where one is taken.
const RELAY_PORT_TRIES: u16 = 32;
/// How often another pair of ports is tried where a free one is asked for: UDP and TCP are given
/// out apart, so that the number free for one may be taken for the other.
const PAIR_TRIES: u32 = 16;
/// How often is looked whether the server still runs: the library tells it only when asked.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);
/// The flag that chooses the port.
const FLAG: &str = "--turn-port";

/// Where a server listens, and how.
pub(super) struct Place {
    /// The address to listen on, and to relay from.
    pub(super) host: Ipv4Addr,
    /// The port for UDP and TCP; 0 takes a free one.
    pub(super) port: u16,
    /// Where clients are told that it is.
    pub(super) advertised: Ipv4Addr,
    /// What TLS is spoken with on the TCP port, beside plain TCP.
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) limits: Limits,
}

/// A running server; it ends when it is closed or dropped.
pub(super) struct TurnServer {
    addr: SocketAddr,
    advertised: SocketAddr,
    server: Server,
    rules: Arc<Rules>,
    closed: CancellationToken,
}

impl TurnServer {
    pub(super) async fn bind(
        place: Place,
        options: &TurnOptions,
        clock: Arc<Clock>,
    ) -> Result<Self, StartError> {
        let Place { host, port, advertised, tls, limits } = place;
        let (tcp, udp) = bind_pair(host, port).await?;
        let failed = |source| StartError::listen((host, port).into(), FLAG, source);
        let addr = udp.local_addr().map_err(failed)?;
        let rules = Arc::new(Rules {
            clock,
            credentials: TurnCredentials::new().map_err(StartError::Random)?,
            networks: options.networks(advertised),
            refresh_after_expiry: options.refresh_after_expiry,
            dead_stun: AtomicBool::new(options.dead_stun),
            dead_turn: AtomicBool::new(options.dead_turn),
            allocations: Mutex::default(),
        });
        let closed = CancellationToken::new();
        let guard = |protocol| Guard::new(Arc::clone(&rules), protocol);
        let datagrams = Datagrams::new(udp, guard(datagrams::PROTOCOL), closed.clone());
        let datagrams = datagrams.map_err(failed)?;
        let streams = Streams::new(tcp, tls, guard(streams::PROTOCOL), limits, closed.clone());
        let streams = streams.await.map_err(failed)?;
        let turn = TurnConfig {
            relay_addr_generator: relay::Allocator {
                relay_address: advertised.into(),
                min_port: *RELAY_PORTS.start(),
                max_port: *RELAY_PORTS.end(),
                max_retries: RELAY_PORT_TRIES,
                address: host.to_string(),
            },
            realm: REALM.to_owned(),
            auth_handler: Arc::new(Passwords(Arc::clone(&rules))),
            channel_bind_lifetime: CHANNEL_LIFETIME,
            alloc_close_notify: None,
        };
        let config = ServerConfig {
            connections: vec![Arc::new(datagrams), Arc::new(streams)],
            turn: Some(turn),
        };
        let advertised = (advertised, addr.port()).into();
        Ok(Self { addr, advertised, server: Server::new(config), rules, closed })
    }

    /// Where it listens, UDP and TCP alike.
    pub(super) const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Where clients are told that it is.
    pub(super) const fn advertised(&self) -> SocketAddr {
        self.advertised
    }

    /// Waits until it no longer listens on UDP or TCP, as after an error of the system; answers
    /// where that was.
    pub(super) async fn stopped(&self) -> SocketAddr {
        while self.server.healthz() {
            sleep(WATCH_INTERVAL).await;
        }
        self.addr
    }

    /// From now on, STUN or TURN is served or takes everything in silence.
    pub(super) fn set_silence(&self, stun: bool, turn: bool) {
        self.rules.dead_stun.store(stun, Ordering::Relaxed);
        self.rules.dead_turn.store(turn, Ordering::Relaxed);
    }

    /// Whether STUN, and whether TURN, takes everything in silence.
    pub(super) fn silence(&self) -> (bool, bool) {
        (self.rules.dead_stun(), self.rules.dead_turn())
    }

    pub(super) fn issue(
        &self,
        channel: &ChannelArn,
        lifetime: u64,
        now: SystemTime,
    ) -> (String, SecretString) {
        self.rules.credentials.issue(channel, lifetime, now)
    }

    pub(super) fn expire_all(&self) -> Result<(), getrandom::Error> {
        self.rules.credentials.expire_all()
    }

    /// Ends it, whoever still holds it.
    pub(super) fn close(&self) {
        self.closed.cancel();
    }
}

impl Drop for TurnServer {
    fn drop(&mut self) {
        self.close();
    }
}

/// Answers the password of whoever the guard let pass.
struct Passwords(Arc<Rules>);

impl AuthHandler for Passwords {
    fn auth_handle(
        &self,
        user: &str,
        _realm: &str,
        from: SocketAddr,
    ) -> Result<SecretString, Error> {
        self.0.credentials.password_of(user, from).ok_or(Error::NoSuchUser)
    }
}

async fn bind_pair(host: Ipv4Addr, port: u16) -> Result<(TcpListener, UdpSocket), StartError> {
    let failed = |port: u16, source| StartError::listen((host, port).into(), FLAG, source);
    for _ in 1..PAIR_TRIES {
        let tcp = TcpListener::bind((host, port)).await.map_err(|error| failed(port, error))?;
        let number = tcp.local_addr().map_err(|error| failed(port, error))?.port();
        match UdpSocket::bind((host, number)).await {
            Ok(udp) => return Ok((tcp, udp)),
            Err(error) if port == 0 && error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(failed(number, error)),
        }
    }
    Err(failed(port, io::ErrorKind::AddrInUse.into()))
}
