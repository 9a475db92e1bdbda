//! A certificate made at start, and the authority that signs it and nothing else.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, SanType,
};
use time::{Duration, OffsetDateTime};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::{Subjects, TlsError};
use crate::hosts::is_host_name;

/// How long both are valid. No client takes offence: Apple's, the strictest, wants at most 825
/// days of a certificate whose authority a person has chosen to trust.
///
/// Source: Apple, "Requirements for trusted certificates in iOS 13 and macOS 10.15".
const VALID: Duration = Duration::days(365);
/// How far they reach back, for clients whose clock is slow.
const BACKDATED: Duration = Duration::days(1);

/// What was made. The authority's key is gone.
pub(super) struct Made {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) key: PrivateKeyDer<'static>,
    pub(super) ca_pem: String,
}

/// Makes an authority, and a certificate for `subjects` that it signs.
pub(super) fn make(subjects: &Subjects) -> Result<Made, TlsError> {
    let ca = authority().map_err(failed)?;
    let mut params = params("kvs-emulator").map_err(failed)?;
    params.subject_alt_names = subject_alt_names(subjects)?;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.signed_by(&key, &ca).map_err(failed)?;
    Ok(Made { certificate: certificate.into(), key: key.into(), ca_pem: ca.pem() })
}

fn authority() -> Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error> {
    // Each start's has a name of its own, so that who trusts several can tell them apart.
    let started = OffsetDateTime::now_utc().unix_timestamp();
    let mut params = params(&format!("kvs-emulator CA {started}"))?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

fn params(name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, name);
    let now = OffsetDateTime::now_utc();
    params.not_before = now - BACKDATED;
    params.not_after = now + VALID;
    Ok(params)
}

fn subject_alt_names(subjects: &Subjects) -> Result<Vec<SanType>, TlsError> {
    let names = subjects.names.iter().map(|name| match name.as_str().try_into() {
        Ok(dns) if is_host_name(name.strip_prefix("*.").unwrap_or(name)) => {
            Ok(SanType::DnsName(dns))
        }
        _ => Err(TlsError::Name(name.clone())),
    });
    let addresses = subjects.addresses.iter().map(|address| Ok(SanType::IpAddress(*address)));
    names.chain(addresses).collect()
}

fn failed(error: rcgen::Error) -> TlsError {
    TlsError::Make(error.to_string())
}
