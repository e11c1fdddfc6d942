//! AES-256-GCM with random nonces: the one cipher of the vault, of wrapped data keys and of cursors.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

/// 32 secret bytes, wiped when dropped. `Debug` hides them.
#[derive(Clone)]
pub(crate) struct SecretBytes(Zeroizing<[u8; 32]>);

impl fmt::Debug for SecretBytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretBytes(..)")
    }
}

impl SecretBytes {
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::new)
    }

    /// Fresh bytes from the operating system's generator.
    pub(crate) fn random() -> Result<Self, Unspecified> {
        let mut bytes = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Seals `plaintext`: nonce (12 bytes), ciphertext, tag (16 bytes). `bound` must be the same to open it again.
///
/// One key may seal 2³² messages with random nonces (NIST SP 800-38D, section 8.3).
pub(crate) fn seal(key: &SecretBytes, bound: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key.expose())?;
    let mut text = plaintext.to_vec();
    let nonce = key.seal_in_place_append_tag(Aad::from(bound), &mut text)?;
    let mut sealed = Vec::with_capacity(NONCE_LEN + text.len());
    sealed.extend_from_slice(nonce.as_ref());
    sealed.append(&mut text);
    Ok(sealed)
}

/// Opens what [`seal`] made; an error wherever key, bound data or bytes differ.
pub(crate) fn open(key: &SecretBytes, bound: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or(Unspecified)?;
    let key = RandomizedNonceKey::new(&AES_256_GCM, key.expose())?;
    let mut text = Zeroizing::new(text.to_vec());
    let nonce = Nonce::try_assume_unique_for_key(nonce)?;
    let length = key.open_in_place(nonce, Aad::from(bound), &mut text)?.len();
    text.truncate(length);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_only_with_the_same_key_and_bound_data() {
        let key = SecretBytes::new([1; 32]);
        let sealed = seal(&key, b"here", b"text").unwrap();
        assert_eq!(open(&key, b"here", &sealed).unwrap().as_slice(), b"text");
        assert!(open(&key, b"there", &sealed).is_err());
        assert!(open(&SecretBytes::new([2; 32]), b"here", &sealed).is_err());
        assert!(open(&key, b"here", &[]).is_err());
        for index in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert!(open(&key, b"here", &altered).is_err(), "byte {index} was altered unnoticed");
        }
    }

    #[test]
    fn the_same_text_is_never_sealed_to_the_same_bytes() {
        let key = SecretBytes::new([1; 32]);
        assert_ne!(seal(&key, b"", b"text").unwrap(), seal(&key, b"", b"text").unwrap());
    }
}
