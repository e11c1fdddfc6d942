//! A signing key in one local JSON file of its own: for one machine and for development.

use std::path::Path;

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use futures::future::{self, BoxFuture, FutureExt as _};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{PublicKey, PublicKeys, ReceiptSigner, Signature};
use crate::keyfile::{KeyText, fresh_key, secret};
use crate::keyring::KeyringError;
use crate::private_file::{self, Readers};

/// Above a file with a thousand earlier keys; what is larger is some other file.
const MAX_BYTES: u64 = 64 * 1024;

/// The layout that this code reads and writes.
const FORMAT: u32 = 1;

/// What the file holds: the seed of the private key in base64, and the public keys that signed before it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    format: u32,
    seed: KeyText,
    earlier: Vec<String>,
}

impl Contents {
    fn fresh(earlier: Vec<String>) -> Result<Self, Unspecified> {
        Ok(Self { format: FORMAT, seed: fresh_key()?, earlier })
    }

    fn json(&self) -> Result<Zeroizing<String>, Unspecified> {
        serde_json::to_string_pretty(self).map(Zeroizing::new).map_err(|_| Unspecified)
    }

    /// The keys ready for use. The error says which rule the file breaks, without quoting it.
    fn signer(&self) -> Result<FileSigner, &'static str> {
        if self.format != FORMAT {
            return Err("its format is not 1");
        }
        let seed = secret(&self.seed)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose()).map_err(|_| "the seed is no private key")?;
        let public = pair.public_key().as_ref().try_into().map(PublicKey::new);
        let public = public.map_err(|_| "the public key does not have 32 bytes")?;
        let earlier: Vec<PublicKey> = self
            .earlier
            .iter()
            .map(|x| PublicKey::parse(x))
            .collect::<Result<_, _>>()
            .map_err(|_| "an earlier key is no Ed25519 public key")?;
        Ok(FileSigner { pair, keys: PublicKeys::new(public, &earlier) })
    }
}

/// A signer whose key lies in a local file of mode 0600, apart from the keyring's: whoever may read texts need not be able to
/// sign in the province's name.
///
/// Whoever loses the file can sign nothing more under its name; what was signed stays genuine as long as the public key is
/// published.
#[derive(Debug)]
pub struct FileSigner {
    pair: Ed25519KeyPair,
    keys: PublicKeys,
}

impl FileSigner {
    /// Reads an existing file, whoever else may read it: who deploys it answers for that.
    ///
    /// # Errors
    /// [`KeyringError`] where the file is missing, unreadable or malformed.
    pub fn open(path: &Path) -> Result<Self, KeyringError> {
        signer(path, Readers::Anybody)
    }

    /// Reads the file, or creates it with a fresh key where there is none.
    ///
    /// # Errors
    /// As [`FileSigner::open`], or where the file cannot be written or others than its owner may read it. An existing file is
    /// never replaced.
    pub fn open_or_create(path: &Path) -> Result<Self, KeyringError> {
        private_file::create_where_missing(path, || Contents::fresh(Vec::new())?.json())?;
        signer(path, Readers::OwnerAlone)
    }

    /// Gives an existing file a fresh key; the public key of the one before stays in the list. Tells the new key's name. A
    /// signer that is open already does not see it.
    ///
    /// # Errors
    /// As [`FileSigner::open_or_create`].
    pub fn rotate(path: &Path) -> Result<String, KeyringError> {
        let before = signer(path, Readers::OwnerAlone)?;
        let earlier = before.keys.key_set().keys.into_iter().filter_map(|key| key.x).collect();
        let contents = Contents::fresh(earlier).map_err(|_| KeyringError::Failed)?;
        let malformed = |reason| KeyringError::Malformed { path: path.to_owned(), reason };
        let current = contents.signer().map_err(malformed)?.keys.current().ok_or(KeyringError::Failed)?;
        let text = contents.json().map_err(|_| KeyringError::Failed)?;
        if text.len() as u64 >= MAX_BYTES {
            return Err(malformed("it holds so many earlier keys that no further one fits in"));
        }
        private_file::replace(path, &text)?;
        Ok(current.id())
    }
}

fn signer(path: &Path, readers: Readers) -> Result<FileSigner, KeyringError> {
    let text = private_file::read(path, readers, MAX_BYTES)?;
    // serde's message may quote the text, so it is not passed on.
    let contents: Result<Contents, _> = serde_json::from_str(&text).map_err(|_| "it is not the JSON of a signing key");
    let made = contents.and_then(|contents| contents.signer());
    made.map_err(|reason| KeyringError::Malformed { path: path.to_owned(), reason })
}

impl ReceiptSigner for FileSigner {
    fn public_keys(&self) -> BoxFuture<'_, Result<PublicKeys, KeyringError>> {
        future::ready(Ok(self.keys.clone())).boxed()
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> BoxFuture<'a, Result<Signature, KeyringError>> {
        let signed = self.pair.try_sign(message).ok();
        let signature = signed.and_then(|signature| signature.as_ref().try_into().ok());
        future::ready(signature.ok_or(KeyringError::Failed)).boxed()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    use super::*;
    use crate::aead::SecretBytes;
    use crate::digest;
    use crate::signing::{sign, verify};

    /// A folder of this test's own, removed afterwards.
    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let random = SecretBytes::random().unwrap();
            let path = std::env::temp_dir().join(format!("donthu-signer-{}", digest::hex(random.expose())));
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn file(&self) -> PathBuf {
            self.0.join("receipt-key.json")
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[tokio::test]
    async fn a_fresh_key_is_private_and_signs_the_same_when_it_is_opened_again() {
        let folder = Folder::new();
        let created = FileSigner::open_or_create(&folder.file()).unwrap();
        assert_eq!(fs::metadata(folder.file()).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "no temporary file was left");
        let opened = FileSigner::open_or_create(&folder.file()).unwrap();
        let receipt = sign(&created, b"{}").await.unwrap();
        assert_eq!(sign(&opened, b"{}").await.unwrap(), receipt);
        let seed = fs::read_to_string(folder.file()).unwrap().split('"').nth(5).unwrap().to_owned();
        assert!(!format!("{created:?}").contains(&seed), "Debug hides it");

        fs::set_permissions(folder.file(), fs::Permissions::from_mode(0o640)).unwrap();
        let refused = FileSigner::open_or_create(&folder.file()).unwrap_err();
        assert!(matches!(refused, KeyringError::Exposed { mode: 0o640, .. }));
        assert!(FileSigner::open(&folder.file()).is_ok(), "a layer's file belongs to somebody else");
    }

    #[tokio::test]
    async fn after_rotations_all_earlier_receipts_stay_genuine() {
        let folder = Folder::new();
        assert!(FileSigner::rotate(&folder.file()).is_err(), "a rotation makes no first key");
        let mut receipts = Vec::new();
        for round in 1..=3 {
            let signer = FileSigner::open_or_create(&folder.file()).unwrap();
            receipts.push(sign(&signer, b"{}").await.unwrap());
            let keys = signer.public_keys().await.unwrap();
            assert_eq!(keys.key_set().keys.len(), round);
            for receipt in &receipts {
                assert_eq!(verify(receipt.as_str(), &keys).unwrap(), b"{}");
            }
            let name = FileSigner::rotate(&folder.file()).unwrap();
            assert!(keys.find(&name).is_none(), "a fresh key");
        }
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
    }

    #[test]
    fn a_malformed_file_is_refused_without_being_quoted_and_left_as_it_is() {
        let folder = Folder::new();
        FileSigner::open_or_create(&folder.file()).unwrap();
        let good = fs::read_to_string(folder.file()).unwrap();
        for (text, expected) in [
            (String::new(), "it is not the JSON of a signing key"),
            (good.replace("\"format\": 1", "\"format\": 2"), "its format is not 1"),
            (good.replace("=\"", "\""), "a key is not base64"),
            (good.replace("[]", "[\"AAAA\"]"), "an earlier key is no Ed25519 public key"),
            (good.replace("\"earlier\"", "\"more\": 1, \"earlier\""), "it is not the JSON of a signing key"),
        ] {
            fs::write(folder.file(), &text).unwrap();
            match FileSigner::open_or_create(&folder.file()) {
                Err(KeyringError::Malformed { reason, .. }) => assert_eq!(reason, expected),
                other => panic!("expected {expected}, got {other:?}"),
            }
            assert_eq!(fs::read_to_string(folder.file()).unwrap(), text);
        }
    }
}
