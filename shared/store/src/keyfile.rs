//! A keyring in one local JSON file: for one machine and for development. On AWS a key management service takes its place.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::error::Unspecified;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use donthu_domain::CaseId;
use futures::future::{self, BoxFuture, FutureExt as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::aead::SecretBytes;
use crate::digest::{self, Hmac};
use crate::keyring::{DataClass, DataKey, Keyring, KeyringError, LocalKeys, PlaintextKey, WrappedKey};
use crate::lookup::{LookupKeys, VersionKeys};
use crate::receipt::KeyVersion;

/// The layout of the file that this code writes and reads.
const FORMAT: u32 = 1;
/// Far above a key file with all 32 versions; what is larger is some other file.
const MAX_BYTES: u64 = 64 * 1024;

/// The JSON of the file. Every key is 32 bytes in base64.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    format: u32,
    master: String,
    body: String,
    cursor: String,
    current: u8,
    rotated_at: Option<Timestamp>,
    versions: BTreeMap<u8, Pair>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    receipt: String,
    pepper: String,
}

/// Keys from one local file. On one machine it has mode 0600 and is readable by its owner alone; a file of a Lambda layer
/// belongs to somebody else than the function's user, who could not read it under that mode.
///
/// Whoever has the file and the vault table reads everything; whoever loses the file loses every text and every
/// receipt code. Back it up apart from the data.
#[derive(Debug)]
pub struct FileKeyring {
    keys: LocalKeys,
}

impl FileKeyring {
    /// Reads an existing key file, whoever else may read it: who deploys it answers for that.
    ///
    /// # Errors
    /// [`KeyringError`] where the file is missing, unreadable or malformed.
    pub fn open(path: &Path) -> Result<Self, KeyringError> {
        Ok(Self { keys: read(path, Readers::Anybody)? })
    }

    /// Reads the key file, or creates it with fresh random keys where there is none. Two processes that create it at
    /// once end up with the same file.
    ///
    /// # Errors
    /// As [`FileKeyring::open`], or where the file cannot be written or others than its owner may read it. An existing
    /// file is never replaced.
    pub fn open_or_create(path: &Path) -> Result<Self, KeyringError> {
        match fs::symlink_metadata(path) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => create(path)?,
            Err(source) => return Err(KeyringError::File { path: path.to_owned(), source }),
        }
        Ok(Self { keys: read(path, Readers::OwnerAlone)? })
    }
}

/// Who may be able to read a key file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    OwnerAlone,
    Anybody,
}

impl Keyring for FileKeyring {
    fn data_key<'a>(&'a self, case: &'a CaseId, class: DataClass) -> BoxFuture<'a, Result<DataKey, KeyringError>> {
        future::ready(self.keys.data_key(case, class)).boxed()
    }

    fn unwrap_data_key<'a>(
        &'a self,
        case: &'a CaseId,
        class: DataClass,
        wrapped: &'a WrappedKey,
    ) -> BoxFuture<'a, Result<PlaintextKey, KeyringError>> {
        future::ready(self.keys.unwrap(case, class, wrapped)).boxed()
    }

    fn lookup(&self) -> &LookupKeys {
        &self.keys.lookup
    }
}

fn read(path: &Path, readers: Readers) -> Result<LocalKeys, KeyringError> {
    let failed = |source| KeyringError::File { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    // Asked of the open file, not of the path, so that nobody can put another file in between.
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if readers == Readers::OwnerAlone && mode & 0o077 != 0 {
        return Err(KeyringError::Exposed { path: path.to_owned(), mode });
    }
    let mut text = Zeroizing::new(String::new());
    file.take(MAX_BYTES).read_to_string(&mut text).map_err(failed)?;
    parse(&text).map_err(|reason| KeyringError::Malformed { path: path.to_owned(), reason })
}

fn parse(text: &str) -> Result<LocalKeys, &'static str> {
    // serde's message may quote the text, so it is not passed on.
    let contents: Contents = serde_json::from_str(text).map_err(|_| "it is not the JSON of a key file")?;
    if contents.format != FORMAT {
        return Err("its format is not 1");
    }
    let mut versions = BTreeMap::new();
    for (number, pair) in &contents.versions {
        let version = KeyVersion::new(*number).ok_or("a version is above 31")?;
        let keys = VersionKeys { receipt: hmac(&pair.receipt)?, pepper: hmac(&pair.pepper)? };
        versions.insert(version, keys);
    }
    let current = KeyVersion::new(contents.current).ok_or("the current version is above 31")?;
    let current_keys = versions.remove(&current).ok_or("the current version has no keys")?;
    let lookup = LookupKeys::new(
        (current, current_keys),
        versions,
        contents.rotated_at,
        hmac(&contents.body)?,
        secret(&contents.cursor)?,
    );
    Ok(LocalKeys { master: secret(&contents.master)?, lookup })
}

fn secret(text: &str) -> Result<SecretBytes, &'static str> {
    let bytes = Zeroizing::new(STANDARD.decode(text).map_err(|_| "a key is not base64")?);
    SecretBytes::from_slice(&bytes).ok_or("a key does not have 32 bytes")
}

fn hmac(text: &str) -> Result<Hmac, &'static str> {
    secret(text).map(|key| Hmac::new(key.expose()))
}

/// Writes fresh keys beside the path and links them into place: a reader sees the whole file or none, and of two
/// creators the first wins.
fn create(path: &Path) -> Result<(), KeyringError> {
    let text = fresh().map_err(|_| KeyringError::Failed)?;
    let temporary = beside(path).map_err(|_| KeyringError::Failed)?;
    let linked = write_and_link(&text, &temporary, path);
    let removed = fs::remove_file(&temporary);
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other.and(removed),
    }
    .map_err(|source| KeyringError::File { path: path.to_owned(), source })
}

fn write_and_link(text: &str, temporary: &Path, path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::hard_link(temporary, path)?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

fn beside(path: &Path) -> Result<PathBuf, Unspecified> {
    let random = SecretBytes::random()?;
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".new-{}", digest::hex(random.expose().split_at(8).0)));
    Ok(PathBuf::from(name))
}

fn fresh() -> Result<Zeroizing<String>, Unspecified> {
    let key = || SecretBytes::random().map(|bytes| STANDARD.encode(bytes.expose()));
    let contents = Contents {
        format: FORMAT,
        master: key()?,
        body: key()?,
        cursor: key()?,
        current: 1,
        rotated_at: None,
        versions: BTreeMap::from([(1, Pair { receipt: key()?, pepper: key()? })]),
    };
    serde_json::to_string_pretty(&contents).map(Zeroizing::new).map_err(|_| Unspecified)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    /// A folder of this test's own, removed afterwards.
    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let random = SecretBytes::random().unwrap();
            let path = std::env::temp_dir().join(format!("donthu-keyfile-{}", digest::hex(random.expose())));
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn file(&self) -> PathBuf {
            self.0.join("keyring.json")
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_created_key_file_is_private_and_opens_again_with_the_same_keys() {
        let folder = Folder::new();
        let created = FileKeyring::open_or_create(&folder.file()).unwrap();
        assert_eq!(fs::metadata(folder.file()).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "a temporary file was left");

        let opened = FileKeyring::open_or_create(&folder.file()).unwrap();
        let code = |keyring: &FileKeyring| {
            let lookup = keyring.lookup();
            lookup.receipt(lookup.current(), Uuid::from_u128(1)).unwrap()
        };
        assert_eq!(code(&created), code(&opened));
        let case = CaseId::from("a");
        let key = created.keys.data_key(&case, DataClass::Identity).unwrap();
        assert!(opened.keys.unwrap(&case, DataClass::Identity, &key.wrapped).is_ok());
    }

    #[test]
    fn of_many_creators_at_once_all_get_the_same_keys() {
        let folder = Folder::new();
        let path = folder.file();
        let codes: Vec<String> = std::thread::scope(|scope| {
            let spawned: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        let keyring = FileKeyring::open_or_create(&path).unwrap();
                        let lookup = keyring.lookup();
                        lookup.receipt(lookup.current(), Uuid::from_u128(1)).unwrap().expose()
                    })
                })
                .collect();
            spawned.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(codes.iter().all(|code| code == &codes[0]));
    }

    #[test]
    fn a_key_file_that_others_may_read_is_refused() {
        let folder = Folder::new();
        FileKeyring::open_or_create(&folder.file()).unwrap();
        fs::set_permissions(folder.file(), fs::Permissions::from_mode(0o640)).unwrap();
        let refused = FileKeyring::open_or_create(&folder.file()).unwrap_err();
        assert!(matches!(refused, KeyringError::Exposed { mode: 0o640, .. }));
    }

    #[test]
    fn a_key_file_that_was_deployed_is_read_whoever_else_may_read_it() {
        let folder = Folder::new();
        let created = FileKeyring::open_or_create(&folder.file()).unwrap();
        // As Lambda unpacks a layer: it belongs to somebody else, and the function's user reads it as everybody does.
        fs::set_permissions(folder.file(), fs::Permissions::from_mode(0o644)).unwrap();
        let opened = FileKeyring::open(&folder.file()).unwrap();
        let case = CaseId::from("a");
        let key = created.keys.data_key(&case, DataClass::Text).unwrap();
        assert!(opened.keys.unwrap(&case, DataClass::Text, &key.wrapped).is_ok());
    }

    #[test]
    fn a_malformed_key_file_is_refused_and_left_as_it_is() {
        let folder = Folder::new();
        let good = fresh().unwrap().to_string();
        let cases = [
            (String::new(), "it is not the JSON of a key file"),
            ("{\"format\":1}".to_owned(), "it is not the JSON of a key file"),
            (good.replace("\"format\": 1", "\"format\": 2"), "its format is not 1"),
            (good.replace("\"current\": 1", "\"current\": 2"), "the current version has no keys"),
            (good.replace("\"current\": 1", "\"current\": 99"), "the current version is above 31"),
            (good.replace("=\"", "\""), "a key is not base64"),
        ];
        for (text, expected) in cases {
            fs::write(folder.file(), &text).unwrap();
            fs::set_permissions(folder.file(), fs::Permissions::from_mode(0o600)).unwrap();
            match FileKeyring::open_or_create(&folder.file()) {
                Err(KeyringError::Malformed { reason, .. }) => assert_eq!(reason, expected),
                other => panic!("expected {expected}, got {other:?}"),
            }
            assert_eq!(fs::read_to_string(folder.file()).unwrap(), text);
        }
    }

    #[test]
    fn a_missing_folder_is_an_error_and_not_a_key_file_elsewhere() {
        let folder = Folder::new();
        let refused = FileKeyring::open_or_create(&folder.0.join("missing/keyring.json")).unwrap_err();
        assert!(matches!(refused, KeyringError::File { .. }));
        assert!(matches!(FileKeyring::open(&folder.file()).unwrap_err(), KeyringError::File { .. }));
    }
}
