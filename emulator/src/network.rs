//! How the emulator is reached: its certificate, its host names, how many connections.

use std::{net::Ipv4Addr, path::PathBuf};

use crate::{config::StartError, hosts::is_host_name};

/// How many connections may be open, unless configured.
const MAX_CONNECTIONS: u32 = 10_000;
/// How many may be configured; what tokio's semaphores and `u32` both hold, with room to spare.
const CONNECTIONS_RANGE: std::ops::RangeInclusive<u32> = 16..=1_000_000;

/// How the emulator is reached. The default is plain HTTP at one origin.
#[derive(Clone, Debug)]
pub struct Network {
    /// Whether to speak HTTPS and `wss:`, and with which certificate. Default: no.
    pub tls: Tls,
    /// Which host names or addresses the parts of the service have. Default: one for all.
    pub hosts: Hosts,
    /// Connections that may be open at once, HTTP and WebSocket together, 16 to 1,000,000; more
    /// wait to be accepted. Each needs an open file: the command raises the process's limit, a
    /// program with the library in it does so itself. Default 10,000.
    pub max_connections: u32,
}

impl Default for Network {
    fn default() -> Self {
        Self { tls: Tls::Off, hosts: Hosts::One, max_connections: MAX_CONNECTIONS }
    }
}

/// The certificate to speak TLS with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tls {
    /// None: plain HTTP and `ws:`.
    #[default]
    Off,
    /// One made at start and signed by a certificate authority made at start, whose certificate
    /// is [`Emulator::tls_ca_pem`](crate::Emulator::tls_ca_pem). The authority's key is
    /// forgotten as soon as it has signed.
    Made,
    /// One from files.
    Files {
        /// The certificate and what it is signed by, in PEM form.
        cert: PathBuf,
        /// Its private key, in PEM form, which other users cannot read.
        key: PathBuf,
    },
}

/// Which host names or addresses the parts of the service have. The service has one for the
/// control plane, and three for each channel: for its master, its viewers, and its calls.
///
/// Kept apart, each part is found at its own host and nowhere else, WebSockets at the path `/`,
/// and every name is the one channel's that it was made for. The page is at a host of its own,
/// which takes calls of the control plane too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hosts {
    /// The one by which a client reached the emulator. A channel's WebSockets are at
    /// `/_kvs/m/{name}` and `/_kvs/v/{name}`.
    #[default]
    One,
    /// Names below this domain, shaped as the service's: `kinesisvideo.{region}.{domain}`, and
    /// `m-{8 hex}`, `v-{8 hex}`, `r-{8 hex}` and, for media storage, `s-{8 hex}` below that. The
    /// page is at the domain itself, which is in lower case. Clients have to find this machine by all of them, as
    /// browsers do where the domain is `localhost`.
    Names(String),
    /// Addresses of this machine: the page at 127.0.0.1, the control plane at 127.0.0.2, masters
    /// at 127.0.0.3, viewers at 127.0.0.4, calls at 127.0.0.5, media storage at 127.0.0.6. Linux
    /// has them all, other systems after they are told to.
    Addresses,
}

impl Network {
    /// Finds what is wrong before anything is opened.
    pub(crate) fn check(&self, host: Ipv4Addr) -> Result<(), StartError> {
        match &self.hosts {
            Hosts::Names(domain) if !is_domain(domain) => {
                return Err(StartError::Domain(domain.clone()));
            }
            Hosts::Addresses if !host.is_loopback() => {
                return Err(StartError::HostsOffLoopback(host));
            }
            Hosts::One | Hosts::Names(_) | Hosts::Addresses => {}
        }
        if !CONNECTIONS_RANGE.contains(&self.max_connections) {
            return Err(StartError::MaxConnections(self.max_connections));
        }
        Ok(())
    }
}

/// Whether hosts can be below it. Names are compared in lower case.
fn is_domain(text: &str) -> bool {
    is_host_name(text) && !text.chars().any(|c| c.is_ascii_uppercase())
}
