//! What every request handler can reach.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::http::HeaderMap;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    config::{AuthLevel, KeyRing},
    driver::Driver,
    gate::Latency,
    hosts::{Authority, Endpoints, Plane},
    media::MediaServer,
    turn::Turn,
};

/// Shared by all handlers, for as long as the emulator runs.
pub(crate) struct App {
    pub(crate) region: String,
    pub(crate) keys: KeyRing,
    pub(crate) auth: AuthLevel,
    pub(crate) clock: Arc<Clock>,
    pub(crate) http: SocketAddr,
    pub(crate) endpoints: Endpoints,
    pub(crate) turn: Arc<Turn>,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) ping_interval: Option<Duration>,
    pub(crate) latency: Latency,
    pub(crate) driver: Arc<Driver>,
    pub(crate) media: MediaServer,
    /// Told after each call: channels or streams may have changed.
    pub(crate) account_changed: Notify,
    pub(crate) shutdown: CancellationToken,
}

impl App {
    /// What this machine calls the emulator: `localhost` where it is there too.
    pub(crate) fn own_host(&self) -> String {
        let ip = self.http.ip();
        let local = ip.is_loopback() || ip.is_unspecified();
        if local { "localhost".to_owned() } else { ip.to_string() }
    }

    /// The page's URL for other machines, where it listens to them and knows how they call it.
    pub(crate) fn lan_origin(&self) -> Option<String> {
        let advertised = self.turn.advertised().ip();
        let is_open = !self.http.ip().is_loopback() && !advertised.is_loopback();
        (is_open && self.endpoints.are_one())
            .then(|| self.endpoints.origin(Plane::Page, &advertised.to_string()))
    }

    /// Which part of the service a request was sent to; `None` where one host does for all.
    pub(crate) fn plane_of(&self, headers: &HeaderMap) -> Option<Plane> {
        self.endpoints.plane_of(headers)
    }

    /// Whether the client reaches the emulator under a name of its own. A foreign name is how a
    /// foreign page, by changing what its name resolves to, would read what is same-origin.
    pub(crate) fn knows_host(&self, headers: &HeaderMap) -> bool {
        Authority::of(headers).is_some_and(|Authority { host, .. }| {
            host == "localhost"
                || host == "[::1]"
                || host.parse::<Ipv4Addr>().is_ok()
                || self.endpoints.are_at(&host)
                || self.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(&host))
        })
    }
}
