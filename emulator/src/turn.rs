//! STUN and TURN, over UDP and TCP: the only place that knows which library does it.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, SystemTime},
};

use medea_turn::{
    AuthHandler, Error, Server, ServerConfig, TurnConfig, relay,
    transport::{self, TcpServer},
};
use secrecy::SecretString;
use tokio::{
    net::{TcpListener, UdpSocket},
    time::sleep,
};

use crate::{config::StartError, turn_credentials::TurnCredentials};

/// What clients are told to name in their credentials.
const REALM: &str = "kinesisvideo.emulator";
/// How long a channel stays bound without a refresh.
///
/// Source: RFC 8656, section 12.
const CHANNEL_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// Where relays get their ports: the range for dynamic ports, RFC 6335 section 6.
const RELAY_PORTS: std::ops::RangeInclusive<u16> = 49_152..=65_535;
/// How often another relay port is tried where one is taken.
const RELAY_PORT_TRIES: u16 = 32;
/// How often another pair of ports is tried where a free one is asked for: UDP and TCP are given
/// out apart, so that the number free for one may be taken for the other.
const PAIR_TRIES: u32 = 16;
/// How often is looked whether the server still runs: the library tells it only when asked.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);
/// The flag that chooses the port.
const FLAG: &str = "--turn-port";

/// A running STUN and TURN server; it ends when this is dropped.
pub(crate) struct TurnServer {
    addr: SocketAddr,
    server: Server,
}

impl TurnServer {
    /// Listens on `host` and `port` (0 takes a free one), and relays from there; clients are
    /// told that relays are at `advertised`.
    pub(crate) async fn bind(
        host: Ipv4Addr,
        port: u16,
        advertised: Ipv4Addr,
        credentials: Arc<TurnCredentials>,
    ) -> Result<Self, StartError> {
        let (tcp, udp) = bind_pair(host, port).await?;
        let failed = |source| StartError::listen((host, port).into(), FLAG, source);
        let addr = udp.local_addr().map_err(failed)?;
        let tcp = TcpServer::new(tcp).map_err(|error| failed(into_io(error)))?;
        let turn = TurnConfig {
            relay_addr_generator: relay::Allocator {
                relay_address: advertised.into(),
                min_port: *RELAY_PORTS.start(),
                max_port: *RELAY_PORTS.end(),
                max_retries: RELAY_PORT_TRIES,
                address: host.to_string(),
            },
            realm: REALM.to_owned(),
            auth_handler: Arc::new(Gate(credentials)),
            channel_bind_lifetime: CHANNEL_LIFETIME,
            alloc_close_notify: None,
        };
        let config =
            ServerConfig { connections: vec![Arc::new(udp), Arc::new(tcp)], turn: Some(turn) };
        Ok(Self { addr, server: Server::new(config) })
    }

    /// Where it listens, UDP and TCP alike.
    pub(crate) const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Waits until it no longer listens on UDP or TCP, as after an error of the system.
    pub(crate) async fn stopped(&self) {
        while self.server.healthz() {
            sleep(WATCH_INTERVAL).await;
        }
    }
}

/// Answers the password of whoever may relay.
struct Gate(Arc<TurnCredentials>);

impl AuthHandler for Gate {
    fn auth_handle(
        &self,
        user: &str,
        _realm: &str,
        from: SocketAddr,
    ) -> Result<SecretString, Error> {
        self.0.password_of(user, from, SystemTime::now()).ok_or_else(|| {
            tracing::info!(%from, "TURN refused: the user name has expired, or is none of ours");
            Error::NoSuchUser
        })
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

fn into_io(error: transport::Error) -> io::Error {
    match error {
        transport::Error::Io(error) => error.0,
        other => io::Error::other(other),
    }
}
