//! The certificate that HTTPS, `wss:` and `turns:` are spoken with.

mod given;
mod made;
mod subjects;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

use crate::network::Tls;

pub(crate) use subjects::Subjects;

/// The certificate and its key, ready for use.
#[derive(Clone)]
pub(crate) struct Identity {
    acceptor: TlsAcceptor,
    ca_pem: Option<Arc<str>>,
}

impl Identity {
    /// What the configuration asks for; a certificate that is made is made for `subjects`.
    /// `None` where TLS is off.
    pub(crate) fn of(tls: &Tls, subjects: &Subjects) -> Result<Option<Self>, TlsError> {
        match tls {
            Tls::Off => Ok(None),
            Tls::Made => {
                let made = made::make(subjects)?;
                let config = server_config(vec![made.certificate], made.key);
                let config = config.map_err(|error| TlsError::Make(error.to_string()))?;
                Ok(Some(Self::new(config, Some(made.ca_pem.into()))))
            }
            Tls::Files { cert, key } => {
                let (chain, private) = (given::chain(cert)?, given::key(key)?);
                let config = server_config(chain, private)
                    .map_err(|error| given::unusable(cert, key, error))?;
                Ok(Some(Self::new(config, None)))
            }
        }
    }

    fn new(config: ServerConfig, ca_pem: Option<Arc<str>>) -> Self {
        Self { acceptor: TlsAcceptor::from(Arc::new(config)), ca_pem }
    }

    /// Makes TLS connections of accepted TCP connections.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// What clients have to trust, in PEM form, where the certificate was made here.
    pub(crate) fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }
}

/// Without ALPN: HTTP/1.1 is what a client speaks that is told nothing, and TURN has no name.
fn server_config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, rustls::Error> {
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
}

/// Why there is no certificate to speak TLS with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{flag}: cannot read {}: {source}", path.display())]
    Unreadable {
        /// The flag that named it.
        flag: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file for the certificate holds none.
    #[error(
        "--tls-cert: {} holds no certificate in PEM form, which begins with \
         -----BEGIN CERTIFICATE-----",
        .0.display()
    )]
    NoCertificate(PathBuf),
    /// The file for the key holds none.
    #[error(
        "--tls-key: {} holds no private key in PEM form, which begins with -----BEGIN PRIVATE \
         KEY----- and is not encrypted",
        .0.display()
    )]
    NoKey(PathBuf),
    /// Other users of the machine can read the key.
    #[error(
        "--tls-key: every user of this machine can read or change {path}: take that away with \
         chmod o-rwx {path}",
        path = .0.display()
    )]
    OpenKey(PathBuf),
    /// The key is another certificate's.
    #[error("--tls-key: {} is not the key of the certificate in {}", key.display(), cert.display())]
    Mismatch {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// Certificate or key are of a kind that is not known.
    #[error("--tls-cert: cannot use {}: {reason}", cert.display())]
    Unusable {
        /// The certificate's file.
        cert: PathBuf,
        /// What the TLS library says.
        reason: String,
    },
    /// A host name that no certificate can be for.
    #[error("{0:?} is not a host name that a certificate can be for: use letters, digits, - and .")]
    Name(String),
    /// No certificate can be made.
    #[error("cannot make a certificate: {0}")]
    Make(String),
}

impl TlsError {
    fn unreadable(flag: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Unreadable { flag, path: path.to_owned(), source }
    }
}
