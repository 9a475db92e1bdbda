//! What WebRTC needs of cryptography, without a second library in C to compile: hashes and the ciphers
//! of media are `ring`'s, which TLS uses already, and RustCrypto's where it has none; DTLS is `dimpl`'s,
//! on RustCrypto.
//!
//! | module | what lives there |
//! |---|---|
//! | `dtls` | the handshake, and the certificate of each peer |
//! | `srtp` | the ciphers of media |

mod dtls;
mod srtp;

use ring::{digest, hmac};
use str0m::crypto::{CryptoProvider, Sha1HmacProvider, Sha1Provider, Sha256Provider};

/// All of it.
pub fn provider() -> CryptoProvider {
    CryptoProvider {
        srtp_provider: &srtp::Srtp,
        sha1_provider: &Hashes,
        sha1_hmac_provider: &Hashes,
        sha256_provider: &Hashes,
        dtls_provider: &dtls::Dtls,
    }
}

#[derive(Debug)]
struct Hashes;

impl Sha256Provider for Hashes {
    fn sha256(&self, data: &[u8]) -> [u8; 32] {
        exactly(digest::digest(&digest::SHA256, data).as_ref())
    }
}

impl Sha1Provider for Hashes {
    fn sha1(&self, data: &[u8]) -> [u8; 20] {
        exactly(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, data).as_ref())
    }
}

impl Sha1HmacProvider for Hashes {
    fn sha1_hmac(&self, key: &[u8], payloads: &[&[u8]]) -> [u8; 20] {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
        let mut context = hmac::Context::with_key(&key);
        for payload in payloads {
            context.update(payload);
        }
        exactly(context.sign().as_ref())
    }
}

/// A hash as an array, whose length is that of its algorithm.
fn exactly<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut exact = [0; N];
    exact.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    exact
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_their_standards() {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        // FIPS 180-2, appendices A.1 and B.1; RFC 2202, section 3, test case 2.
        assert_eq!(hex(&Hashes.sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert!(hex(&Hashes.sha256(b"abc")).starts_with("ba7816bf8f01cfea414140de5dae2223"));
        let mac = Hashes.sha1_hmac(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex(&mac), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    }
}
