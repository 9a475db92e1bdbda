//! SRTP's ciphers: AES in counter mode, and AES-GCM.
//!
//! Source: RFC 3711, RFC 7714.

use std::fmt;

use aes::{
    Aes128, Aes256,
    cipher::{BlockCipherEncrypt, KeyInit, KeyIvInit as _, StreamCipher as _},
};
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, Nonce, UnboundKey};
use str0m::crypto::{
    AeadAes128GcmCipher, AeadAes256GcmCipher, Aes128CmSha1_80Cipher, CryptoError, SrtpProvider,
    SupportedAeadAes128Gcm, SupportedAeadAes256Gcm, SupportedAes128CmSha1_80,
};

/// A block of AES, in bytes.
const BLOCK: usize = 16;

#[derive(Debug)]
pub(super) struct Srtp;

impl SrtpProvider for Srtp {
    fn aes_128_cm_sha1_80(&self) -> &'static dyn SupportedAes128CmSha1_80 {
        &Self
    }

    fn aead_aes_128_gcm(&self) -> &'static dyn SupportedAeadAes128Gcm {
        &Self
    }

    fn aead_aes_256_gcm(&self) -> &'static dyn SupportedAeadAes256Gcm {
        &Self
    }

    fn srtp_aes_128_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        round::<Aes128>(key, input, output);
    }

    fn srtp_aes_256_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        round::<Aes256>(key, input, output);
    }
}

impl SupportedAes128CmSha1_80 for Srtp {
    fn create_cipher(&self, key: [u8; 16], _encrypt: bool) -> Box<dyn Aes128CmSha1_80Cipher> {
        Box::new(Counter { key })
    }
}

impl SupportedAeadAes128Gcm for Srtp {
    fn create_cipher(&self, key: [u8; 16], _encrypt: bool) -> Box<dyn AeadAes128GcmCipher> {
        Box::new(Gcm::new(&AES_128_GCM, &key))
    }
}

impl SupportedAeadAes256Gcm for Srtp {
    fn create_cipher(&self, key: [u8; 32], _encrypt: bool) -> Box<dyn AeadAes256GcmCipher> {
        Box::new(Gcm::new(&AES_256_GCM, &key))
    }
}

/// Encrypts one block. The library gives room for two, of which it uses the first; keys are made of
/// it. Were a length wrong, they would be nobody's rather than known.
fn round<C: BlockCipherEncrypt + KeyInit>(key: &[u8], input: &[u8], output: &mut [u8]) {
    if encrypt::<C>(key, input, output).is_none() {
        tracing::error!("a block of a wrong length is not encrypted");
        if let Err(error) = getrandom::fill(output) {
            tracing::error!(%error, "there is no random number");
        }
    }
}

fn encrypt<C: BlockCipherEncrypt + KeyInit>(
    key: &[u8],
    input: &[u8],
    output: &mut [u8],
) -> Option<()> {
    let cipher = C::new_from_slice(key).ok()?;
    let to = output.get_mut(..BLOCK)?;
    cipher.encrypt_block_b2b(input.try_into().ok()?, to.try_into().ok()?);
    Some(())
}

/// AES in counter mode, where there and back are the same.
struct Counter {
    key: [u8; 16],
}

impl Counter {
    fn apply(&self, iv: &[u8; 16], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        let output = room(output, input.len())?;
        output.copy_from_slice(input);
        ctr::Ctr128BE::<Aes128>::new(&self.key.into(), iv.into()).apply_keystream(output);
        Ok(())
    }
}

/// There is a key in it.
impl fmt::Debug for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counter")
    }
}

impl Aes128CmSha1_80Cipher for Counter {
    fn encrypt(
        &mut self,
        iv: &[u8; 16],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.apply(iv, input, output)
    }

    fn decrypt(
        &mut self,
        iv: &[u8; 16],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.apply(iv, input, output)
    }
}

/// AES-GCM; without a key where that had the wrong length.
#[derive(Debug)]
struct Gcm(Option<LessSafeKey>);

impl Gcm {
    fn new(algorithm: &'static Algorithm, key: &[u8]) -> Self {
        Self(UnboundKey::new(algorithm, key).ok().map(LessSafeKey::new))
    }

    fn key(&self) -> Result<&LessSafeKey, CryptoError> {
        self.0.as_ref().ok_or_else(|| failed("no key"))
    }

    fn seal(
        &self,
        iv: [u8; 12],
        aad: &[u8],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<(), CryptoError> {
        let text = room(output, input.len())?;
        text.copy_from_slice(input);
        let nonce = Nonce::assume_unique_for_key(iv);
        let sealed = self.key()?.seal_in_place_separate_tag(nonce, Aad::from(aad), text);
        let tag = sealed.map_err(|_| failed("seal"))?;
        let tag = tag.as_ref();
        let rest = output.get_mut(input.len()..).unwrap_or_default();
        room(rest, tag.len())?.copy_from_slice(tag);
        Ok(())
    }

    fn open(
        &self,
        iv: [u8; 12],
        aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let mut sealed = input.to_vec();
        let nonce = Nonce::assume_unique_for_key(iv);
        let opened = self.key()?.open_in_place(nonce, Aad::from(aads.concat()), &mut sealed);
        let text = opened.map_err(|_| failed("open"))?;
        room(output, text.len())?.copy_from_slice(text);
        Ok(text.len())
    }
}

/// The beginning of a buffer.
fn room(buffer: &mut [u8], length: usize) -> Result<&mut [u8], CryptoError> {
    buffer.get_mut(..length).ok_or_else(|| failed("the buffer is too short"))
}

fn failed(what: &str) -> CryptoError {
    CryptoError::Other(format!("AES: {what}"))
}

impl AeadAes128GcmCipher for Gcm {
    fn encrypt(
        &mut self,
        iv: &[u8; 12],
        aad: &[u8],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.seal(*iv, aad, input, output)
    }

    fn decrypt(
        &mut self,
        iv: &[u8; 12],
        aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.open(*iv, aads, input, output)
    }
}

impl AeadAes256GcmCipher for Gcm {
    fn encrypt(
        &mut self,
        iv: &[u8; 12],
        aad: &[u8],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.seal(*iv, aad, input, output)
    }

    fn decrypt(
        &mut self,
        iv: &[u8; 12],
        aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.open(*iv, aads, input, output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_and_the_key_stream_are_those_of_their_standards() {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        // FIPS 197, appendix C.1.
        let key: Vec<u8> = (0..16).collect();
        let input: Vec<u8> = (0..16).map(|n| n * 0x11).collect();
        let mut output = [0; 32];
        Srtp.srtp_aes_128_ecb_round(&key, &input, &mut output);
        assert_eq!(hex(&output[..16]), "69c4e0d86a7b0430d8cdb78070b4c55a");
        // The same, appendix C.3.
        let long: Vec<u8> = (0..32).collect();
        Srtp.srtp_aes_256_ecb_round(&long, &input, &mut output);
        assert_eq!(hex(&output[..16]), "8ea2b7ca516745bfeafc49904b496089");
        // RFC 3711, appendix B.2.
        let key = *b"\x2b\x7e\x15\x16\x28\xae\xd2\xa6\xab\xf7\x15\x88\x09\xcf\x4f\x3c";
        let iv = *b"\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\0\0";
        let mut stream = [0; 16];
        Counter { key }.apply(&iv, &[0; 16], &mut stream).unwrap();
        assert_eq!(hex(&stream), "e03ead0935c95e80e166b16dd92b4eb4");
    }

    #[test]
    fn what_is_no_block_makes_no_keys_that_are_known() {
        for (key, input) in [(&[1; 15][..], &[2; 16][..]), (&[1; 16], &[2; 15])] {
            let mut output = [0; 32];
            Srtp.srtp_aes_128_ecb_round(key, input, &mut output);
            assert_ne!(output, [0; 32]);
        }
    }

    #[test]
    fn what_was_sealed_is_opened_and_what_was_changed_is_not() {
        let mut cipher = Gcm::new(&AES_128_GCM, &[7; 16]);
        let mut sealed = [0; 5 + 16];
        AeadAes128GcmCipher::encrypt(&mut cipher, &[1; 12], b"head", b"media", &mut sealed)
            .unwrap();
        let mut opened = [0; 5];
        let mut open = |sealed: &[u8]| cipher.open([1; 12], &[b"he", b"ad"], sealed, &mut opened);
        assert_eq!(open(&sealed).unwrap(), 5);
        sealed[0] ^= 1;
        assert!(open(&sealed).is_err());
        assert_eq!(&opened, b"media");
    }
}
