//! Sealing and opening of what is personal: identities, contacts and texts.
//!
//! Every part is sealed under its class's data key and bound to its place, so that a part moved to another key, case or
//! class does not open. The table is bound by its role, not by its name: a restored table has another name.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use donthu_domain::CaseId;
use zeroize::Zeroizing;

use crate::aead;
use crate::digest;
use crate::keyring::{DataClass, Keyring, KeyringError, PlaintextKey, WrappedKey};
use crate::keys::{self, Key};

/// The most that one part may hold, in bytes: DynamoDB takes items of 400 KB, and keys, tag and wrapped key need room.
pub const MAX_PART_BYTES: usize = 350 * 1024;

/// One piece of personal data in the clear. `Debug` hides its content; it is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct VaultPart {
    /// Its class.
    pub class: DataClass,
    /// Its name within the case and class, e.g. `petition`.
    pub name: String,
    /// Its bytes.
    pub content: Zeroizing<Vec<u8>>,
}

impl VaultPart {
    /// A part of this class and name.
    pub fn new(class: DataClass, name: impl Into<String>, content: Vec<u8>) -> Self {
        Self { class, name: name.into(), content: Zeroizing::new(content) }
    }
}

impl fmt::Debug for VaultPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("VaultPart")
            .field("class", &self.class)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A part as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPart {
    /// Its name within the case and class.
    pub name: String,
    /// Nonce, ciphertext and tag.
    pub sealed: Vec<u8>,
    /// The data key that it was sealed under, wrapped; `None` where that was destroyed, so that nobody opens the part.
    pub wrapped_key: Option<WrappedKey>,
}

/// Why a part cannot be sealed or opened. Says nothing of its content.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The keyring refused or failed.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The part was altered, or stands where it does not belong.
    #[error("a vault part of class {} was altered or moved", .class.code())]
    Altered {
        /// The class read.
        class: DataClass,
    },
    /// The part's data key was destroyed on purpose: it was there, and nobody reads it any more.
    #[error("a vault part of class {} was shredded", .class.code())]
    Shredded {
        /// The class read.
        class: DataClass,
    },
    /// The part is larger than [`MAX_PART_BYTES`].
    #[error("a vault part of class {} has {bytes} bytes, at most {MAX_PART_BYTES} are possible", .class.code())]
    TooLarge {
        /// The part's class.
        class: DataClass,
        /// Its size.
        bytes: usize,
    },
}

/// Seals a case's parts: one data key for each class among them.
///
/// # Errors
/// [`VaultError::TooLarge`], or [`VaultError::Keyring`] where a data key is not to be had.
pub async fn seal(
    keyring: &dyn Keyring,
    case: &CaseId,
    parts: &[VaultPart],
) -> Result<Vec<(Key, SealedPart)>, VaultError> {
    let mut data_keys = BTreeMap::new();
    let mut sealed_parts = Vec::with_capacity(parts.len());
    for part in parts {
        let class = part.class;
        if part.content.len() > MAX_PART_BYTES {
            return Err(VaultError::TooLarge { class, bytes: part.content.len() });
        }
        let data_key = match data_keys.entry(class) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(keyring.data_key(case, class).await?),
        };
        let key = keys::vault(case, class, &part.name);
        let sealed =
            aead::seal(&data_key.plaintext.0, &place(&key, class), &part.content).map_err(|_| KeyringError::Failed)?;
        let sealed_part = SealedPart { name: part.name.clone(), sealed, wrapped_key: Some(data_key.wrapped.clone()) };
        sealed_parts.push((key, sealed_part));
    }
    Ok(sealed_parts)
}

/// Opens a case's parts of one class; asks the keyring once for each data key among them.
///
/// # Errors
/// [`VaultError::Altered`] for a part that is not what was sealed at its place, [`VaultError::Shredded`] for one whose
/// data key was destroyed, [`VaultError::Keyring`] where the data key cannot be unwrapped.
pub async fn open(
    keyring: &dyn Keyring,
    case: &CaseId,
    class: DataClass,
    sealed_parts: &[SealedPart],
) -> Result<Vec<VaultPart>, VaultError> {
    let mut unwrapped: Vec<(&WrappedKey, PlaintextKey)> = Vec::new();
    let mut parts = Vec::with_capacity(sealed_parts.len());
    for sealed_part in sealed_parts {
        let wrapped = sealed_part.wrapped_key.as_ref().ok_or(VaultError::Shredded { class })?;
        let known = unwrapped.iter().find(|(known, _)| *known == wrapped).map(|(_, key)| key.clone());
        let data_key = match known {
            Some(data_key) => data_key,
            None => {
                let data_key = keyring.unwrap_data_key(case, class, wrapped).await?;
                unwrapped.push((wrapped, data_key.clone()));
                data_key
            }
        };
        let key = keys::vault(case, class, &sealed_part.name);
        let content = aead::open(&data_key.0, &place(&key, class), &sealed_part.sealed)
            .map_err(|_| VaultError::Altered { class })?;
        parts.push(VaultPart { class, name: sealed_part.name.clone(), content });
    }
    Ok(parts)
}

fn place(key: &Key, class: DataClass) -> Vec<u8> {
    digest::framed(b"donthu vault part", &[b"vault", key.pk.as_bytes(), key.sk.as_bytes(), class.code().as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FixedKeyring;

    fn parts() -> Vec<VaultPart> {
        vec![
            VaultPart::new(DataClass::Identity, "petitioner", b"Nguyen".to_vec()),
            VaultPart::new(DataClass::Text, "petition", b"first".to_vec()),
            VaultPart::new(DataClass::Text, "grounds", b"second".to_vec()),
        ]
    }

    fn of(class: &str, sealed: &[(Key, SealedPart)]) -> Vec<SealedPart> {
        sealed.iter().filter(|(key, _)| key.pk.starts_with(class)).map(|(_, part)| part.clone()).collect()
    }

    #[tokio::test]
    async fn parts_open_again_with_one_data_key_for_each_class() {
        let keyring = FixedKeyring::new(1);
        let case = CaseId::from("a");
        let sealed = seal(&keyring, &case, &parts()).await.unwrap();
        assert_eq!(keyring.calls(), 2);
        let texts = open(&keyring, &case, DataClass::Text, &of("TEXT#", &sealed)).await.unwrap();
        assert_eq!(keyring.calls(), 3);
        assert_eq!(texts, parts()[1..]);
    }

    #[tokio::test]
    async fn an_altered_or_moved_part_does_not_open() {
        let keyring = FixedKeyring::new(1);
        let case = CaseId::from("a");
        let sealed = seal(&keyring, &case, &parts()).await.unwrap();
        let mut texts = of("TEXT#", &sealed);

        let mut swapped = texts.clone();
        let (one, other) = (swapped[0].sealed.clone(), swapped[1].sealed.clone());
        (swapped[0].sealed, swapped[1].sealed) = (other, one);
        let refused = open(&keyring, &case, DataClass::Text, &swapped).await.unwrap_err();
        assert!(matches!(refused, VaultError::Altered { class: DataClass::Text }));

        let elsewhere = open(&keyring, &CaseId::from("b"), DataClass::Text, &texts).await.unwrap_err();
        assert!(matches!(elsewhere, VaultError::Keyring(KeyringError::Foreign { .. })));

        texts[0].sealed[20] ^= 1;
        let altered = open(&keyring, &case, DataClass::Text, &texts).await.unwrap_err();
        assert!(matches!(altered, VaultError::Altered { .. }));
    }

    #[tokio::test]
    async fn a_part_whose_data_key_was_destroyed_is_told_apart_from_an_altered_one() {
        let keyring = FixedKeyring::new(1);
        let case = CaseId::from("a");
        let sealed = seal(&keyring, &case, &parts()).await.unwrap();
        let mut texts = of("TEXT#", &sealed);
        texts[1].wrapped_key = None;
        let refused = open(&keyring, &case, DataClass::Text, &texts).await.unwrap_err();
        assert!(matches!(refused, VaultError::Shredded { class: DataClass::Text }), "{refused}");
    }

    #[tokio::test]
    async fn a_part_above_the_limit_is_refused_before_a_key_is_asked_for() {
        let keyring = FixedKeyring::new(1);
        let large = VaultPart::new(DataClass::Text, "petition", vec![0; MAX_PART_BYTES + 1]);
        let refused = seal(&keyring, &CaseId::from("a"), &[large]).await.unwrap_err();
        assert!(matches!(refused, VaultError::TooLarge { .. }));
        assert_eq!(keyring.calls(), 0);
    }

    #[test]
    fn debug_does_not_show_what_a_part_holds() {
        let shown = format!("{:?}", parts());
        assert!(!shown.contains("Nguyen") && !shown.contains("78"), "{shown}");
    }
}
