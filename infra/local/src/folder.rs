//! The data folder: one process at a time, and small state files that a crash never leaves half written.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The folder, or a file in it, cannot be created, read or written.
    #[error("cannot use {}: {source}", path.display())]
    Unusable {
        /// The folder or the file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// Another process has the folder open.
    #[error("the data folder {} is already in use by another process", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// A state file holds something that this program did not write.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// An open data folder; no other process can open it until this value is dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Creates the folder where it is missing, and locks it.
    ///
    /// # Errors
    /// [`FolderError::Unusable`] where it cannot be created or written, [`FolderError::InUse`] where another process
    /// holds it.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let unusable = |source| FolderError::Unusable { path: path.to_path_buf(), source };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        // Identities lie in here, encrypted, next to their keys: a new folder is its owner's alone.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(unusable)?;
        let lock =
            OpenOptions::new().write(true).create(true).truncate(false).open(path.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_path_buf(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse { path: path.to_path_buf() }),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// Where the folder is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file in the folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

/// Reads a JSON state file; `None` where there is none yet.
///
/// # Errors
/// [`FolderError::Unusable`] where it cannot be read, [`FolderError::Damaged`] where it is not what was written.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, FolderError> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| FolderError::Damaged { path: path.to_path_buf(), reason: error.to_string() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(FolderError::Unusable { path: path.to_path_buf(), source }),
    }
}

/// Replaces a JSON state file in one step: a crash leaves the old content or the new, never a part.
///
/// # Errors
/// [`FolderError::Unusable`] where it cannot be written.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), FolderError> {
    let bytes = serde_json::to_vec(value)
        .map_err(|error| FolderError::Damaged { path: path.to_path_buf(), reason: error.to_string() })?;
    write_private(path, &bytes)
}

/// Replaces a file in one step, readable by its owner alone (mode 0600 on Unix).
///
/// # Errors
/// [`FolderError::Unusable`] where it cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    let unusable = |source| FolderError::Unusable { path: path.to_path_buf(), source };
    let mut name = path.as_os_str().to_os_string();
    name.push(".new");
    let beside = PathBuf::from(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside).map_err(unusable)?;
    file.write_all(bytes).map_err(unusable)?;
    drop(file);
    fs::rename(&beside, path).map_err(unusable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_open_in_one_place_at_a_time() {
        let place = tempfile::tempdir().unwrap();
        let first = Folder::open(place.path()).unwrap();
        assert!(matches!(Folder::open(place.path()), Err(FolderError::InUse { .. })));
        drop(first);
        Folder::open(place.path()).unwrap();
    }

    #[test]
    fn a_folder_below_a_file_is_refused_in_one_line() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        fs::write(&file, b"x").unwrap();
        let error = Folder::open(&file.join("data")).unwrap_err().to_string();
        assert!(error.starts_with("cannot use ") && !error.contains('\n'), "{error}");
    }

    #[test]
    fn state_is_replaced_whole_and_a_damaged_file_is_named() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("state.json");
        assert_eq!(read_json::<Vec<u8>>(&path).unwrap(), None);
        write_json(&path, &vec![1u8, 2]).unwrap();
        write_json(&path, &vec![3u8]).unwrap();
        assert_eq!(read_json::<Vec<u8>>(&path).unwrap(), Some(vec![3]));
        fs::write(&path, b"[3").unwrap();
        assert!(matches!(read_json::<Vec<u8>>(&path), Err(FolderError::Damaged { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_new_folder_and_private_files_are_open_to_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("key");
        Folder::open(&place.path().join("data")).unwrap();
        assert_eq!(fs::metadata(place.path().join("data")).unwrap().permissions().mode() & 0o777, 0o700);
        write_private(&path, b"secret").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
