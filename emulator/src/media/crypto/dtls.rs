//! The DTLS handshake.

use std::{fmt, sync::Arc, time::Instant};

use dimpl::{Config, Dtls as Machine};
use rcgen::{CertificateParams, DnType, KeyPair};
use str0m::crypto::{
    CryptoError,
    dtls::{
        DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion,
        ProtocolVersion,
    },
};

/// What a peer's certificate calls its owner; its fingerprint is what counts.
const COMMON_NAME: &str = "kvs-emulator";

#[derive(Debug)]
pub(super) struct Dtls;

impl DtlsProvider for Dtls {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        let made = make_certificate();
        made.inspect_err(|error| tracing::warn!(%error, "cannot make a DTLS certificate")).ok()
    }

    fn new_dtls(
        &self,
        cert: &DtlsCert,
        now: Instant,
        dtls_version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        // That the other side is where it says it is has been proved by ICE.
        let mut config = Config::builder().use_server_cookie(false);
        if let Some(mtu) = mtu {
            config = config.mtu(mtu);
        }
        let config = config.build().map_err(|error| CryptoError::Other(error.to_string()))?;
        let (config, cert) = (Arc::new(config), cert.clone());
        Ok(Box::new(Instance(match dtls_version {
            DtlsVersion::Dtls12 => Machine::new_12(config, cert, now),
            DtlsVersion::Dtls13 => Machine::new_13(config, cert, now),
            _ => Machine::new_auto(config, cert, now),
        })))
    }
}

fn make_certificate() -> Result<DtlsCert, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, COMMON_NAME);
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?.der().to_vec();
    Ok(DtlsCert { certificate, private_key: key.serialize_der() })
}

/// One connection's.
struct Instance(Machine);

/// There are keys in it.
impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Instance")
    }
}

impl DtlsInstance for Instance {
    fn set_active(&mut self, active: bool) {
        self.0.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.0.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        self.0.poll_output(buf)
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.0.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.0.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.0.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.0.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.0.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.0.close()
    }
}
