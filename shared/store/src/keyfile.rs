//! A keyring in one local JSON file: for one machine and for development. On AWS a key management service takes its place.

mod contents;

use std::path::Path;

use donthu_domain::CaseId;
use futures::future::{self, BoxFuture, FutureExt as _};

use crate::keyring::{DataClass, DataKey, Keyring, KeyringError, LocalKeys, PlaintextKey, WrappedKey, WrappingKey};
use crate::lookup::LookupKeys;
use crate::private_file::{self, Readers};

pub(crate) use contents::{Contents, KeyText, Lookup, fresh_key, secret};

/// Far above a key file with all 32 lookup versions and hundreds of master keys; what is larger is some other file.
const MAX_BYTES: u64 = 64 * 1024;

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
        Ok(Self { keys: keys(path, Readers::Anybody)? })
    }

    /// Reads an existing key file that its owner alone may read.
    ///
    /// # Errors
    /// As [`FileKeyring::open`], or where others may read it.
    pub fn open_private(path: &Path) -> Result<Self, KeyringError> {
        Ok(Self { keys: keys(path, Readers::OwnerAlone)? })
    }

    /// Adds a fresh master key to an existing key file and makes it the current one: it wraps from then on, the earlier
    /// ones go on unwrapping. The file is replaced in one step. A keyring that is open already does not see it.
    ///
    /// # Errors
    /// As [`FileKeyring::open_private`], or where the file cannot be written.
    pub fn rotate(path: &Path) -> Result<WrappingKey, KeyringError> {
        let mut contents = read(path, Readers::OwnerAlone)?;
        let malformed = |reason| KeyringError::Malformed { path: path.to_owned(), reason };
        // What could not be used before is not made to look as if it could.
        contents.keys().map_err(malformed)?;
        let number = contents.rotate_master().map_err(|_| KeyringError::Failed)?;
        let text = contents.json().map_err(|_| KeyringError::Failed)?;
        if text.len() as u64 >= MAX_BYTES {
            return Err(malformed("it holds so many master keys that no further one fits in"));
        }
        private_file::replace(path, &text)?;
        Ok(WrappingKey::number(number))
    }

    /// Reads the key file, or creates it with fresh random keys where there is none. Two processes that create it at
    /// once end up with the same file.
    ///
    /// # Errors
    /// As [`FileKeyring::open`], or where the file cannot be written or others than its owner may read it. An existing
    /// file is never replaced.
    pub fn open_or_create(path: &Path) -> Result<Self, KeyringError> {
        private_file::create_where_missing(path, || Contents::fresh().and_then(|contents| contents.json()))?;
        Self::open_private(path)
    }
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

    fn rewrap<'a>(
        &'a self,
        case: &'a CaseId,
        class: DataClass,
        wrapped: &'a WrappedKey,
    ) -> BoxFuture<'a, Result<Option<WrappedKey>, KeyringError>> {
        future::ready(self.keys.rewrap(case, class, wrapped)).boxed()
    }

    fn lookup(&self) -> &LookupKeys {
        &self.keys.lookup
    }
}

fn keys(path: &Path, readers: Readers) -> Result<LocalKeys, KeyringError> {
    let contents = read(path, readers)?;
    contents.keys().map_err(|reason| KeyringError::Malformed { path: path.to_owned(), reason })
}

/// The contents of a key file that its owner alone may read.
pub(crate) fn read_private(path: &Path) -> Result<Contents, KeyringError> {
    read(path, Readers::OwnerAlone)
}

fn read(path: &Path, readers: Readers) -> Result<Contents, KeyringError> {
    let text = private_file::read(path, readers, MAX_BYTES)?;
    Contents::parse(&text).map_err(|reason| KeyringError::Malformed { path: path.to_owned(), reason })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use uuid::Uuid;

    use super::*;
    use crate::aead::SecretBytes;
    use crate::digest;
    use crate::receipt::KeyVersion;

    /// The data key of 32 bytes 9, wrapped for case `a` and class `text` by the master key of 32 bytes 1.
    const WRAPPED_BY_FORMAT_1: &str =
        "AAECAwQFBgcICQoLsq+cLyn3D3D3Y+7NKWDBqqfPYgP8mEwJeMMxiaiONLs3+VpNrXSUeExRkZil205N";

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
        let good = Contents::fresh().unwrap().json().unwrap().to_string();
        // The master keys come first, then the lookup keys.
        let lookup_current = |version: u8| {
            let (masters, lookup) = good.split_once("\"lookup\"").unwrap();
            let lookup = lookup.replace("\"current\": 1", &format!("\"current\": {version}"));
            format!("{masters}\"lookup\"{lookup}")
        };
        let cases = [
            (String::new(), "it is not the JSON of a key file"),
            ("{\"format\":1}".to_owned(), "it is not the JSON of a key file"),
            ("{\"format\":2}".to_owned(), "it is not the JSON of a key file"),
            (good.replace("\"format\": 2", "\"format\": 3"), "its format is neither 1 nor 2"),
            (good.replacen("\"current\": 1", "\"current\": 2", 1), "the current master key is not there"),
            (lookup_current(2), "the current version has no keys"),
            (lookup_current(99), "the current version is above 31"),
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
    fn a_key_file_of_the_first_format_opens_what_it_wrapped_and_can_be_rotated() {
        let folder = Folder::new();
        // As the version before wrote it.
        let key = |byte: u8| STANDARD.encode([byte; 32]);
        let old = format!(
            r#"{{"format": 1, "master": "{}", "body": "{}", "cursor": "{}", "current": 1, "rotated_at": null,
                "versions": {{"1": {{"receipt": "{}", "pepper": "{}"}}}}}}"#,
            key(1),
            key(2),
            key(3),
            key(4),
            key(5)
        );
        fs::write(folder.file(), &old).unwrap();
        fs::set_permissions(folder.file(), fs::Permissions::from_mode(0o600)).unwrap();
        let bytes = STANDARD.decode(WRAPPED_BY_FORMAT_1).unwrap();
        let wrapped = WrappedKey { wrapped_by: WrappingKey::first(), bytes };
        let case = CaseId::from("a");

        let before = FileKeyring::open_or_create(&folder.file()).unwrap();
        let opened = before.keys.unwrap(&case, DataClass::Text, &wrapped).unwrap();
        assert_eq!(opened.0.expose(), &[9; 32]);
        assert_eq!(fs::read_to_string(folder.file()).unwrap(), old, "reading changes nothing");

        assert_eq!(FileKeyring::rotate(&folder.file()).unwrap().as_str(), "2");
        let after = FileKeyring::open_private(&folder.file()).unwrap();
        assert_eq!(after.keys.unwrap(&case, DataClass::Text, &wrapped).unwrap().0.expose(), &[9; 32]);
        assert_eq!(after.keys.data_key(&case, DataClass::Text).unwrap().wrapped.wrapped_by.as_str(), "2");
        let code = |keyring: &FileKeyring| keyring.lookup().receipt(KeyVersion::FIRST, Uuid::from_u128(1)).unwrap();
        assert_eq!(code(&before), code(&after), "receipt codes do not hang on master keys");
        assert_eq!(FileKeyring::rotate(&folder.file()).unwrap().as_str(), "3");
    }

    #[test]
    fn a_rotation_leaves_a_private_file_and_nothing_beside_it() {
        let folder = Folder::new();
        FileKeyring::open_or_create(&folder.file()).unwrap();
        FileKeyring::rotate(&folder.file()).unwrap();
        assert_eq!(fs::metadata(folder.file()).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
        let missing = FileKeyring::rotate(&folder.0.join("other.json")).unwrap_err();
        assert!(matches!(missing, KeyringError::File { .. }), "a rotation creates no keyring");
    }

    #[test]
    fn a_missing_folder_is_an_error_and_not_a_key_file_elsewhere() {
        let folder = Folder::new();
        let refused = FileKeyring::open_or_create(&folder.0.join("missing/keyring.json")).unwrap_err();
        assert!(matches!(refused, KeyringError::File { .. }));
        assert!(matches!(FileKeyring::open(&folder.file()).unwrap_err(), KeyringError::File { .. }));
    }
}
