//! What every request handler can reach.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::http::{HeaderMap, header::HOST, uri::Authority};
use tokio_util::sync::CancellationToken;

use crate::{clock::Clock, config::Keys, driver::Driver, turn::Turn};

/// Shared by all handlers, for as long as the emulator runs.
pub(crate) struct App {
    pub(crate) region: String,
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<Clock>,
    pub(crate) http: SocketAddr,
    pub(crate) turn: Arc<Turn>,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) ping_interval: Duration,
    pub(crate) driver: Arc<Driver>,
    pub(crate) shutdown: CancellationToken,
}

impl App {
    /// The host and port by which this client reaches the emulator: what it put into its `Host`
    /// header, so that it works by name, by address and through a forwarded port.
    pub(crate) fn authority(&self, headers: &HeaderMap) -> String {
        host_of(headers)
            .map_or_else(|| format!("localhost:{}", self.http.port()), |host| host.to_string())
    }

    /// Whether the client reaches the emulator under a name of its own. A foreign name is how a
    /// foreign page, by changing what its name resolves to, would read what is same-origin.
    pub(crate) fn knows_host(&self, headers: &HeaderMap) -> bool {
        host_of(headers).is_some_and(|authority| {
            let host = authority.host();
            host == "localhost"
                || host == "[::1]"
                || host.parse::<Ipv4Addr>().is_ok()
                || self.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host))
        })
    }
}

fn host_of(headers: &HeaderMap) -> Option<Authority> {
    let authority: Authority = headers.get(HOST)?.to_str().ok()?.parse().ok()?;
    (!authority.as_str().contains('@')).then_some(authority)
}
