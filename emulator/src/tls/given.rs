//! A certificate from files.

use std::{fs, path::Path};

use tokio_rustls::rustls::{
    self,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};

use super::TlsError;

const CERT_FLAG: &str = "--tls-cert";
const KEY_FLAG: &str = "--tls-key";

/// The certificate, and those it is signed by.
pub(super) fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = fs::read(path).map_err(|error| TlsError::unreadable(CERT_FLAG, path, error))?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    chain
        .ok()
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| TlsError::NoCertificate(path.to_owned()))
}

/// The private key, which has to be private.
pub(super) fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let failed = |error| TlsError::unreadable(KEY_FLAG, path, error);
    if is_open_to_others(&fs::metadata(path).map_err(failed)?) {
        return Err(TlsError::OpenKey(path.to_owned()));
    }
    let pem = fs::read(path).map_err(failed)?;
    PrivateKeyDer::from_pem_slice(&pem).map_err(|_| TlsError::NoKey(path.to_owned()))
}

/// Why the two do not go together.
pub(super) fn unusable(cert: &Path, key: &Path, error: rustls::Error) -> TlsError {
    let cert = cert.to_owned();
    match error {
        rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch) => {
            TlsError::Mismatch { cert, key: key.to_owned() }
        }
        other => TlsError::Unusable { cert, reason: other.to_string() },
    }
}

/// Its group may read it, as where certificates have a group of their own.
#[cfg(unix)]
fn is_open_to_others(file: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.is_file() && file.permissions().mode() & 0o006 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}
