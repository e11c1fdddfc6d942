//! The keyring port: who wraps data keys and holds the lookup keys.
//!
//! One data key per (case, class) and write; its wrapped form stands beside the ciphertext. The context {case, class}
//! is bound into the wrapping, so that a role that may unwrap one class gains nothing from another's wrapped key.

use std::fmt;
use std::path::PathBuf;

use donthu_domain::CaseId;
use futures::future::BoxFuture;

use crate::aead::{self, SecretBytes};
use crate::digest;
use crate::lookup::LookupKeys;

/// Classes of personal data, each under keys and rights of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataClass {
    /// Who the petitioner is: name, identity number, address.
    Identity,
    /// How to reach the petitioner: telephone, language.
    Contact,
    /// What was written: petition, grounds, contents of a resolution.
    Text,
    /// What citizen and agency write to each other. Apart from [`DataClass::Text`], so that the function which the receipt code
    /// opens can show messages and still never a petition.
    Message,
}

impl DataClass {
    /// Every class.
    pub const ALL: [Self; 4] = [Self::Identity, Self::Contact, Self::Text, Self::Message];

    /// The name used in encryption contexts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Contact => "contact",
            Self::Text => "text",
            Self::Message => "message",
        }
    }
}

/// Why keys are not to be had. Never says anything of the keys themselves.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The key file cannot be read or written.
    #[error("the key file {path} cannot be used: {source}")]
    File {
        /// The key file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Others than the owner may read the key file.
    #[error("the key file {path} may be read by others than its owner (mode {mode:o}): set its mode to 600")]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key file does not hold what a key file must hold.
    #[error("the key file {path} is malformed: {reason}")]
    Malformed {
        /// The key file.
        path: PathBuf,
        /// Which rule it breaks, without its contents.
        reason: &'static str,
    },
    /// A wrapped key was altered, or belongs to another case, class or keyring.
    #[error("a wrapped data key of class {} does not belong to its case", .class.code())]
    Foreign {
        /// The class asked for.
        class: DataClass,
    },
    /// The cryptographic library or the key service failed.
    #[error("the key service failed")]
    Failed,
}

/// A data key as stored: useless without the keyring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey(pub Vec<u8>);

/// A data key ready for use. `Debug` hides it; it is wiped when dropped.
#[derive(Debug, Clone)]
pub struct PlaintextKey(pub(crate) SecretBytes);

impl PlaintextKey {
    /// Takes the 32 bytes that a key service gave; `None` for any other length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        SecretBytes::from_slice(bytes).map(Self)
    }
}

/// A fresh data key, in both forms.
#[derive(Debug, Clone)]
pub struct DataKey {
    /// For sealing now.
    pub plaintext: PlaintextKey,
    /// For storing beside what was sealed.
    pub wrapped: WrappedKey,
}

/// Whoever holds the keys: a local file, or a key management service.
pub trait Keyring: fmt::Debug + Send + Sync {
    /// A fresh data key for a case and class.
    ///
    /// # Errors
    /// [`KeyringError::Failed`] where no key is to be had now.
    fn data_key<'a>(&'a self, case: &'a CaseId, class: DataClass) -> BoxFuture<'a, Result<DataKey, KeyringError>>;

    /// Unwraps a stored data key.
    ///
    /// # Errors
    /// [`KeyringError::Foreign`] where the wrapped key was altered or made for another case or class;
    /// [`KeyringError::Failed`] where the service fails.
    fn unwrap_data_key<'a>(
        &'a self,
        case: &'a CaseId,
        class: DataClass,
        wrapped: &'a WrappedKey,
    ) -> BoxFuture<'a, Result<PlaintextKey, KeyringError>>;

    /// The keys for deriving receipt codes and case ids.
    fn lookup(&self) -> &LookupKeys;
}

/// A master key in this process's memory with the lookup keys: what the file keyring and the tests' keyring share.
#[derive(Debug)]
pub(crate) struct LocalKeys {
    pub(crate) master: SecretBytes,
    pub(crate) lookup: LookupKeys,
}

impl LocalKeys {
    pub(crate) fn data_key(&self, case: &CaseId, class: DataClass) -> Result<DataKey, KeyringError> {
        let plaintext = SecretBytes::random().map_err(|_| KeyringError::Failed)?;
        let wrapped =
            aead::seal(&self.master, &context(case, class), plaintext.expose()).map_err(|_| KeyringError::Failed)?;
        Ok(DataKey { plaintext: PlaintextKey(plaintext), wrapped: WrappedKey(wrapped) })
    }

    pub(crate) fn unwrap(
        &self,
        case: &CaseId,
        class: DataClass,
        wrapped: &WrappedKey,
    ) -> Result<PlaintextKey, KeyringError> {
        let foreign = || KeyringError::Foreign { class };
        let bytes = aead::open(&self.master, &context(case, class), &wrapped.0).map_err(|_| foreign())?;
        PlaintextKey::from_bytes(&bytes).ok_or_else(foreign)
    }
}

fn context(case: &CaseId, class: DataClass) -> Vec<u8> {
    digest::framed(b"donthu data key", &[case.as_str().as_bytes(), class.code().as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FixedKeyring;

    #[tokio::test]
    async fn a_wrapped_key_opens_only_for_its_case_and_class() {
        let keyring = FixedKeyring::new(1);
        let case = CaseId::from("a");
        let key = keyring.data_key(&case, DataClass::Text).await.unwrap();
        let opened = keyring.unwrap_data_key(&case, DataClass::Text, &key.wrapped).await.unwrap();
        assert_eq!(opened.0.expose(), key.plaintext.0.expose());

        for (case, class) in [(CaseId::from("b"), DataClass::Text), (case, DataClass::Identity)] {
            let refused = keyring.unwrap_data_key(&case, class, &key.wrapped).await.unwrap_err();
            assert!(matches!(refused, KeyringError::Foreign { .. }));
        }
    }

    #[tokio::test]
    async fn neither_keys_nor_keyring_show_their_bytes() {
        let keyring = FixedKeyring::new(1);
        let key = keyring.data_key(&CaseId::from("a"), DataClass::Text).await.unwrap();
        assert_eq!(format!("{:?}", key.plaintext), "PlaintextKey(SecretBytes(..))");
        let shown = format!("{keyring:?}");
        assert!(shown.contains("SecretBytes(..)"));
        assert!(!shown.contains('['), "{shown}");
    }
}
