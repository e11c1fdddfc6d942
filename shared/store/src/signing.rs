//! The signing port: who signs what a citizen takes home, and the public keys by which anybody checks it.
//!
//! Ed25519 (RFC 8032) and nothing else. A key is named by its thumbprint (RFC 7638), so that a name never comes to mean
//! another key, and public keys are published as a JSON Web Key Set (RFC 7517, RFC 8037). A public key stays published
//! for as long as somebody may hold what it signed: for ever.

mod jws;
mod key_file;
mod kms;
mod public_keys;

use std::fmt;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::digest;
use crate::keyring::KeyringError;
use crate::merkle::Hash;

pub use jws::{NotGenuine, RECEIPT_TYPE, sign, verify};
pub use key_file::FileSigner;
pub use kms::KmsSigner;
pub use public_keys::{Jwk, KeySet, NoPublicKey, PublicKey, PublicKeys};

/// A signature's 64 bytes.
pub type Signature = [u8; 64];

/// Whoever holds the private key: a local file, or a key management service.
pub trait ReceiptSigner: fmt::Debug + Send + Sync {
    /// The public keys of everything that was ever signed, the one that signs now first.
    ///
    /// # Errors
    /// [`KeyringError::Unavailable`] where they are not to be had now; [`KeyringError::Refused`] where something is amiss.
    fn public_keys(&self) -> BoxFuture<'_, Result<PublicKeys, KeyringError>>;

    /// The signature of a message, at most 4,096 bytes.
    ///
    /// # Errors
    /// As [`ReceiptSigner::public_keys`].
    fn sign<'a>(&'a self, message: &'a [u8]) -> BoxFuture<'a, Result<Signature, KeyringError>>;
}

/// A signed receipt: a JSON Web Signature in compact form. Holds nothing secret and nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct SignedReceipt(String);

impl SignedReceipt {
    /// The receipt with this text. Whether it is genuine is for [`verify`] to say.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The hash of what was submitted: SHA-256 of a salt of 32 bytes and the content. Whoever does not know the salt can't try out
/// contents.
pub fn content_hash(salt: &Hash, content: &[u8]) -> Hash {
    Hash::new(digest::plain_sha256(&[salt.as_bytes(), content]))
}
