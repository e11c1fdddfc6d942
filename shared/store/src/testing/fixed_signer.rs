//! A signer whose keys follow from numbers.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use futures::future::{self, BoxFuture, FutureExt as _};

use crate::digest;
use crate::keyring::KeyringError;
use crate::signing::{PublicKey, PublicKeys, ReceiptSigner, Signature};

/// A signer that signs the same in every run.
#[derive(Debug)]
pub struct FixedSigner {
    seed: u64,
    earlier: Vec<u64>,
}

impl FixedSigner {
    /// A signer with the key of this number alone.
    pub fn new(seed: u64) -> Self {
        Self::after(seed, &[])
    }

    /// The same after rotations from these.
    pub fn after(seed: u64, earlier: &[u64]) -> Self {
        Self { seed, earlier: earlier.to_vec() }
    }
}

/// The key pair that belongs to a text.
pub(super) fn pair(text: &[u8]) -> Result<Ed25519KeyPair, KeyringError> {
    let seed = digest::sha256(b"donthu test signer", &[text]);
    Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| KeyringError::Failed)
}

fn public(seed: u64) -> Result<PublicKey, KeyringError> {
    let pair = pair(&seed.to_be_bytes())?;
    pair.public_key().as_ref().try_into().map(PublicKey::new).map_err(|_| KeyringError::Failed)
}

impl ReceiptSigner for FixedSigner {
    fn public_keys(&self) -> BoxFuture<'_, Result<PublicKeys, KeyringError>> {
        future::ready(std::iter::once(&self.seed).chain(&self.earlier).map(|seed| public(*seed)).collect()).boxed()
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> BoxFuture<'a, Result<Signature, KeyringError>> {
        let signed = pair(&self.seed.to_be_bytes()).map(|pair| pair.sign(message));
        let signature = signed.and_then(|signature| signature.as_ref().try_into().map_err(|_| KeyringError::Failed));
        future::ready(signature).boxed()
    }
}
