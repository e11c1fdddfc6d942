//! The keyring port: who wraps data keys and holds the lookup keys.
//!
//! One data key per (case, class) and write; its wrapped form stands beside the ciphertext. The context {case, class}
//! is bound into the wrapping, so that a role that may unwrap one class gains nothing from another's wrapped key. Each
//! wrapped key says which wrapping key it was wrapped by, so that a rotation changes what is wrapped from then on and
//! nothing that was wrapped before.

use std::collections::BTreeMap;
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
    /// A data key was wrapped by a wrapping key that this keyring does not hold: a rotation has not reached it yet, or
    /// the wrapping key was given up too early.
    #[error("a data key of class {} was wrapped by key {wrapped_by}, which the keyring does not hold", .class.code())]
    UnknownWrappingKey {
        /// The class asked for.
        class: DataClass,
        /// The wrapping key that the stored data key names.
        wrapped_by: WrappingKey,
    },
    /// The key service could not be reached, gave no answer in time, throttled or failed on its side. Nothing that was
    /// asked of it is left half done: worth trying again soon.
    #[error("the key service did not do {operation}: {code}")]
    Unavailable {
        /// The operation by AWS's name.
        operation: &'static str,
        /// AWS's error code, or what happened on the way.
        code: String,
    },
    /// The key service refused: a missing right, a disabled or deleted key, or a fault of ours.
    #[error("the key service refused {operation}: {code}")]
    Refused {
        /// The operation by AWS's name.
        operation: &'static str,
        /// AWS's error code.
        code: String,
    },
    /// The sealed lookup keys are not what a keyring needs.
    #[error("the sealed lookup keys cannot be used: {reason}")]
    SealedLookup {
        /// Which rule they break, without their contents.
        reason: &'static str,
    },
    /// The cryptographic library failed.
    #[error("the cryptographic library failed")]
    Failed,
}

/// Which key a data key was wrapped by: the number of a master key in a key file, or the id of a KMS key. No secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WrappingKey(String);

impl WrappingKey {
    /// The key of this number or id.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// A key file's first master key: what wrapped every data key that does not say.
    pub(crate) fn first() -> Self {
        Self::number(FIRST_MASTER)
    }

    pub(crate) fn number(number: u32) -> Self {
        Self(number.to_string())
    }

    /// The number or id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WrappingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The number of a key file's first master key.
pub(crate) const FIRST_MASTER: u32 = 1;

/// A data key as stored: useless without the keyring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// What it was wrapped by.
    pub wrapped_by: WrappingKey,
    /// Its bytes, encrypted.
    pub bytes: Vec<u8>,
}

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
    /// A fresh data key for a case and class, wrapped by the current wrapping key.
    ///
    /// # Errors
    /// [`KeyringError::Unavailable`] where no key is to be had now; [`KeyringError::Refused`] or
    /// [`KeyringError::Failed`] where something is amiss.
    fn data_key<'a>(&'a self, case: &'a CaseId, class: DataClass) -> BoxFuture<'a, Result<DataKey, KeyringError>>;

    /// Unwraps a stored data key, whichever of the keyring's wrapping keys it was wrapped by.
    ///
    /// # Errors
    /// [`KeyringError::Foreign`] where the wrapped key was altered or made for another case or class;
    /// [`KeyringError::UnknownWrappingKey`] where the keyring does not hold what it was wrapped by; otherwise as
    /// [`Keyring::data_key`].
    fn unwrap_data_key<'a>(
        &'a self,
        case: &'a CaseId,
        class: DataClass,
        wrapped: &'a WrappedKey,
    ) -> BoxFuture<'a, Result<PlaintextKey, KeyringError>>;

    /// The same data key, wrapped by the current wrapping key; `None` where it is already.
    ///
    /// # Errors
    /// As [`Keyring::unwrap_data_key`].
    fn rewrap<'a>(
        &'a self,
        case: &'a CaseId,
        class: DataClass,
        wrapped: &'a WrappedKey,
    ) -> BoxFuture<'a, Result<Option<WrappedKey>, KeyringError>>;

    /// The keys for deriving receipt codes and case ids.
    fn lookup(&self) -> &LookupKeys;
}

/// Master keys in this process's memory with the lookup keys: what the file keyring and the tests' keyring share.
#[derive(Debug)]
pub(crate) struct LocalKeys {
    /// The number of the master key that wraps from now on.
    pub(crate) current: u32,
    /// Every master key that something may still be wrapped by.
    pub(crate) masters: BTreeMap<u32, SecretBytes>,
    pub(crate) lookup: LookupKeys,
}

impl LocalKeys {
    pub(crate) fn data_key(&self, case: &CaseId, class: DataClass) -> Result<DataKey, KeyringError> {
        let plaintext = SecretBytes::random().map_err(|_| KeyringError::Failed)?;
        let wrapped = self.wrap(case, class, &plaintext)?;
        Ok(DataKey { plaintext: PlaintextKey(plaintext), wrapped })
    }

    pub(crate) fn unwrap(
        &self,
        case: &CaseId,
        class: DataClass,
        wrapped: &WrappedKey,
    ) -> Result<PlaintextKey, KeyringError> {
        let WrappedKey { wrapped_by, bytes } = wrapped;
        let number = wrapped_by.as_str().parse().ok();
        let master = number.and_then(|number: u32| self.masters.get(&number));
        let master =
            master.ok_or_else(|| KeyringError::UnknownWrappingKey { class, wrapped_by: wrapped_by.clone() })?;
        let foreign = || KeyringError::Foreign { class };
        let bytes = aead::open(master, &context(case, class), bytes).map_err(|_| foreign())?;
        PlaintextKey::from_bytes(&bytes).ok_or_else(foreign)
    }

    pub(crate) fn rewrap(
        &self,
        case: &CaseId,
        class: DataClass,
        wrapped: &WrappedKey,
    ) -> Result<Option<WrappedKey>, KeyringError> {
        if wrapped.wrapped_by == WrappingKey::number(self.current) {
            return Ok(None);
        }
        let PlaintextKey(plaintext) = self.unwrap(case, class, wrapped)?;
        self.wrap(case, class, &plaintext).map(Some)
    }

    fn wrap(&self, case: &CaseId, class: DataClass, plaintext: &SecretBytes) -> Result<WrappedKey, KeyringError> {
        let master = self.masters.get(&self.current).ok_or(KeyringError::Failed)?;
        let bytes = aead::seal(master, &context(case, class), plaintext.expose()).map_err(|_| KeyringError::Failed)?;
        Ok(WrappedKey { wrapped_by: WrappingKey::number(self.current), bytes })
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
    async fn after_a_rotation_old_data_keys_unwrap_and_new_ones_are_wrapped_by_the_new_master_key() {
        let (before, after) = (FixedKeyring::new(1), FixedKeyring::with_master(1, 2));
        let case = CaseId::from("a");
        let old = before.data_key(&case, DataClass::Text).await.unwrap();
        let opened = after.unwrap_data_key(&case, DataClass::Text, &old.wrapped).await.unwrap();
        assert_eq!(opened.0.expose(), old.plaintext.0.expose());

        let new = after.data_key(&case, DataClass::Text).await.unwrap();
        assert_eq!((old.wrapped.wrapped_by.as_str(), new.wrapped.wrapped_by.as_str()), ("1", "2"));
        let refused = before.unwrap_data_key(&case, DataClass::Text, &new.wrapped).await.unwrap_err();
        assert!(matches!(refused, KeyringError::UnknownWrappingKey { .. }), "{refused}");
        let relabelled = WrappedKey { wrapped_by: WrappingKey::new("2"), ..old.wrapped };
        let refused = after.unwrap_data_key(&case, DataClass::Text, &relabelled).await.unwrap_err();
        assert!(matches!(refused, KeyringError::Foreign { .. }), "what it says it was wrapped by has to be true");
    }

    #[tokio::test]
    async fn wrapping_anew_changes_the_wrapping_and_not_the_data_key() {
        let (before, after) = (FixedKeyring::new(1), FixedKeyring::with_master(1, 2));
        let case = CaseId::from("a");
        let old = before.data_key(&case, DataClass::Contact).await.unwrap();
        let new = after.rewrap(&case, DataClass::Contact, &old.wrapped).await.unwrap().unwrap();
        assert_eq!(new.wrapped_by.as_str(), "2");
        let opened = after.unwrap_data_key(&case, DataClass::Contact, &new).await.unwrap();
        assert_eq!(opened.0.expose(), old.plaintext.0.expose());
        assert_eq!(after.rewrap(&case, DataClass::Contact, &new).await.unwrap(), None);
        assert!(after.rewrap(&case, DataClass::Text, &old.wrapped).await.is_err(), "it stays bound to its class");
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
