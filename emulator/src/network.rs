//! How the emulator is reached: its certificate, its host names, how many connections.

use std::path::PathBuf;

use crate::config::StartError;

/// How many connections may be open, unless configured.
const MAX_CONNECTIONS: u32 = 10_000;
/// How many may be configured; what tokio's semaphores and `u32` both hold, with room to spare.
const CONNECTIONS_RANGE: std::ops::RangeInclusive<u32> = 16..=1_000_000;

/// How the emulator is reached. The default is plain HTTP at one origin.
#[derive(Clone, Debug)]
pub struct Network {
    /// Whether to speak HTTPS and `wss:`, and with which certificate. Default: no.
    pub tls: Tls,
    /// Connections that may be open at once, HTTP and WebSocket together, 16 to 1,000,000; more
    /// wait to be accepted. Each needs an open file: the command raises the process's limit, a
    /// program with the library in it does so itself. Default 10,000.
    pub max_connections: u32,
}

impl Default for Network {
    fn default() -> Self {
        Self { tls: Tls::Off, max_connections: MAX_CONNECTIONS }
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

impl Network {
    /// Finds what is wrong before anything is opened.
    pub(crate) fn check(&self) -> Result<(), StartError> {
        if !CONNECTIONS_RANGE.contains(&self.max_connections) {
            return Err(StartError::MaxConnections(self.max_connections));
        }
        Ok(())
    }
}
