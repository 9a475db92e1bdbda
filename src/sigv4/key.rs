//! The signing key, derived from the secret key, and HMAC.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

use super::encode::hex;
use crate::secret::Secret;

/// Bytes in a block of SHA-256.
const BLOCK_LENGTH: usize = 64;

/// The key that signs everything of one day, region and service. It depends on the secret key
/// only, not on the access key id.
#[derive(Debug)]
pub(super) struct SigningKey {
    day: String,
    secret_access_key: Secret<String>,
    /// With the key taken in already. Its memory is wiped when it is dropped.
    mac: Hmac<Sha256>,
}

impl SigningKey {
    /// Derives the key: four HMACs, which is why it is kept.
    ///
    /// Source: "Create a signed AWS API request", IAM user guide.
    pub(super) fn derive(
        secret_access_key: &Secret<String>,
        day: &str,
        region: &str,
        service: &str,
    ) -> Self {
        let start = Secret::new(["AWS4", secret_access_key.expose()].concat());
        let mut key = Secret::new(hmac_sha256(start.expose().as_bytes(), day));
        for part in [region, service, "aws4_request"] {
            key = Secret::new(hmac_sha256(key.expose(), part));
        }
        let mac = hmac_with(key.expose());
        Self { day: day.to_owned(), secret_access_key: secret_access_key.clone(), mac }
    }

    /// Whether this is the key for that secret key and day, in the region and service that it was
    /// derived for.
    pub(super) fn is_for(&self, secret_access_key: &Secret<String>, day: &str) -> bool {
        self.day == day && self.secret_access_key == *secret_access_key
    }

    /// The signature in lower-case hexadecimal digits.
    pub(super) fn sign(&self, string_to_sign: &str) -> String {
        let mut mac = self.mac.clone();
        mac.update(string_to_sign.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

/// HMAC for a key of any length. The key is brought to a block's length here, as it is defined,
/// because the library reports a length it refuses, and it refuses none.
///
/// Source: RFC 2104 section 2.
fn hmac_with(key: &[u8]) -> Hmac<Sha256> {
    let mut block = [0; BLOCK_LENGTH];
    if key.len() > BLOCK_LENGTH {
        fill(&mut block, &Sha256::digest(key));
    } else {
        fill(&mut block, key);
    }
    let mac = Hmac::<Sha256>::new(&block.into());
    block.zeroize();
    mac
}

fn hmac_sha256(key: &[u8], data: &str) -> [u8; 32] {
    let mut mac = hmac_with(key);
    mac.update(data.as_bytes());
    mac.finalize().into_bytes().into()
}

fn fill(block: &mut [u8], bytes: &[u8]) {
    for (slot, byte) in block.iter_mut().zip(bytes) {
        *slot = *byte;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: RFC 4231 sections 4.3 and 4.7.
    #[test]
    fn hmacs_match_the_rfc_for_short_and_long_keys() {
        assert_eq!(
            hex(&hmac_sha256(b"Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex(&hmac_sha256(
                &[0xaa; 131],
                "Test Using Larger Than Block-Size Key - Hash Key First"
            )),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn a_key_is_for_its_day_and_secret_only() {
        let (one, other) = (Secret::new("one".to_owned()), Secret::new("other".to_owned()));
        let key = SigningKey::derive(&one, "20250102", "us-west-2", "kinesisvideo");
        assert!(key.is_for(&one, "20250102"));
        assert!(!key.is_for(&one, "20250103"));
        assert!(!key.is_for(&other, "20250102"));
        assert!(!format!("{key:?}").contains("one"));
    }
}
