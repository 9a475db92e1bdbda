//! STUN and TURN, over UDP, TCP and TLS: the only place that knows which library does it.
//!
//! | module | what lives there |
//! |---|---|
//! | `options` | how it is to be served |
//! | `server` | one server: its ports, and the library behind them |
//! | `datagrams`, `streams` | the library's transports: UDP, and TCP with TLS |
//! | `client` | one TCP or TLS connection |
//! | `frame` | STUN messages and channel data in a stream of bytes |
//! | `guard` | what the library gets to see, and what is answered instead |
//! | `allocations`, `nonces` | what the guard remembers |

mod allocations;
mod client;
mod datagrams;
mod frame;
mod guard;
mod nonces;
mod options;
mod server;
mod streams;
#[cfg(test)]
mod tests;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::SystemTime,
};

use kvs_hub::ChannelArn;
use secrecy::SecretString;
use tokio_rustls::TlsAcceptor;

use self::{
    server::{Place, TurnServer},
    streams::Limits,
};
use crate::{clock::Clock, config::StartError, turn_credentials::lifetime};

pub use self::options::{RefreshAfterExpiry, TurnOptions};

/// What clients are told to name in their credentials.
const REALM: &str = "kinesisvideo.emulator";

/// The running STUN and TURN servers; they end when this is closed or dropped.
pub(crate) struct Turn {
    first: TurnServer,
    second: Option<TurnServer>,
    speaks_tls: bool,
}

/// A TURN server and what it takes to use it.
pub(crate) struct IceServer {
    pub(crate) uris: Vec<String>,
    pub(crate) username: String,
    pub(crate) password: SecretString,
    /// Seconds for which the user name is good.
    pub(crate) ttl: u64,
}

impl Turn {
    /// Listens on `host` and `port` (0 takes a free one), where there are two servers also on
    /// the port after it, and relays from there; clients are told that all is at `advertised`.
    /// With `tls`, TLS is spoken on the TCP ports, too.
    pub(crate) async fn bind(
        host: Ipv4Addr,
        port: u16,
        advertised: Ipv4Addr,
        options: &TurnOptions,
        tls: Option<TlsAcceptor>,
        clock: &Arc<Clock>,
    ) -> Result<Self, StartError> {
        let speaks_tls = tls.is_some();
        let ports = match (options.ice_servers > 1, port) {
            (false, _) => (port, None),
            (true, 0) => (0, Some(0)),
            (true, _) => (port, Some(port.checked_add(1).ok_or(StartError::NoSecondPort(port))?)),
        };
        let place = |port| {
            let (tls, limits) = (tls.clone(), Limits::default());
            Place { host, port, advertised, tls, limits }
        };
        let first = TurnServer::bind(place(ports.0), options, Arc::clone(clock)).await?;
        let second = match ports.1 {
            Some(port) => Some(TurnServer::bind(place(port), options, Arc::clone(clock)).await?),
            None => None,
        };
        Ok(Self { first, second, speaks_tls })
    }

    /// Where the first listens, UDP and TCP alike.
    pub(crate) const fn addr(&self) -> SocketAddr {
        self.first.addr()
    }

    /// Where clients reach STUN.
    pub(crate) const fn advertised(&self) -> SocketAddr {
        self.first.advertised()
    }

    /// What a peer of this channel is told now, where time runs `scale` times as fast as outside.
    ///
    /// Source: what GetIceServerConfig answers. The second of the three URIs means DTLS, which
    /// the service lists and no client speaks; it is not served here.
    pub(crate) fn ice_servers(
        &self,
        channel: &ChannelArn,
        scale: f64,
        now: SystemTime,
    ) -> Vec<IceServer> {
        let ttl = lifetime(scale);
        let forms: &[(&str, &str)] = if self.speaks_tls {
            &[("turn", "udp"), ("turns", "udp"), ("turns", "tcp")]
        } else {
            &[("turn", "udp"), ("turn", "tcp")]
        };
        let of = |server: &TurnServer| {
            let (username, password) = server.issue(channel, ttl, now);
            let at = server.advertised();
            let uri = |(scheme, way): &(&str, &str)| match *scheme {
                // Firefox speaks TLS to no TURN server without a name. The service's all have one.
                "turns" if at.ip() == Ipv4Addr::LOCALHOST => {
                    format!("turns:localhost:{}?transport={way}", at.port())
                }
                _ => format!("{scheme}:{at}?transport={way}"),
            };
            IceServer { uris: forms.iter().map(uri).collect(), username, password, ttl }
        };
        self.all().map(of).collect()
    }

    /// From now on, STUN binding requests and everything of TURN are served (`false`), or taken
    /// and never answered.
    pub(crate) fn set_silence(&self, stun: bool, turn: bool) {
        self.all().for_each(|server| server.set_silence(stun, turn));
    }

    /// Whether STUN, and whether TURN, takes everything in silence.
    pub(crate) fn silence(&self) -> (bool, bool) {
        self.first.silence()
    }

    /// Lets all user names expire that were issued until now: nobody gets a new relay for them.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub(crate) fn expire_credentials(&self) -> Result<(), getrandom::Error> {
        self.all().try_for_each(TurnServer::expire_all)
    }

    /// Waits until one of them no longer listens; answers which.
    pub(crate) async fn stopped(&self) -> SocketAddr {
        let second = async {
            match &self.second {
                Some(server) => server.stopped().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            addr = self.first.stopped() => addr,
            addr = second => addr,
        }
    }

    /// Ends them, whoever still holds this.
    pub(crate) fn close(&self) {
        self.all().for_each(TurnServer::close);
    }

    fn all(&self) -> impl Iterator<Item = &TurnServer> {
        std::iter::once(&self.first).chain(&self.second)
    }
}
