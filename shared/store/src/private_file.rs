//! Files of secrets that are their owner's alone, made and replaced in one step.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::error::Unspecified;
use zeroize::Zeroizing;

use crate::aead::SecretBytes;
use crate::digest;
use crate::keyring::KeyringError;

/// Who may be able to read a file of secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    OwnerAlone,
    Anybody,
}

/// The text of a file, at most so many bytes of it.
pub(crate) fn read(path: &Path, readers: Readers, most_bytes: u64) -> Result<Zeroizing<String>, KeyringError> {
    let failed = |source| KeyringError::File { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    // Asked of the open file, not of the path, so that nobody can put another file in between.
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if readers == Readers::OwnerAlone && mode & 0o077 != 0 {
        return Err(KeyringError::Exposed { path: path.to_owned(), mode });
    }
    let mut text = Zeroizing::new(String::new());
    file.take(most_bytes).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// Makes a file where there is none: a reader sees the whole file or none, and of two creators the first wins.
pub(crate) fn create_where_missing(
    path: &Path,
    fresh: impl FnOnce() -> Result<Zeroizing<String>, Unspecified>,
) -> Result<(), KeyringError> {
    match fs::symlink_metadata(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => return Err(KeyringError::File { path: path.to_owned(), source }),
    }
    let text = fresh().map_err(|_| KeyringError::Failed)?;
    let temporary = beside(path).map_err(|_| KeyringError::Failed)?;
    let linked = write_and(&text, &temporary, path, |from, to| fs::hard_link(from, to));
    let removed = fs::remove_file(&temporary);
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other.and(removed),
    }
    .map_err(|source| KeyringError::File { path: path.to_owned(), source })
}

/// Puts another text in the place of a file's.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), KeyringError> {
    let temporary = beside(path).map_err(|_| KeyringError::Failed)?;
    let replaced = write_and(text, &temporary, path, |from, to| fs::rename(from, to));
    if replaced.is_err() {
        // The old file stands as it was; what is left over of the new one must not stay behind.
        let _ = fs::remove_file(&temporary);
    }
    replaced.map_err(|source| KeyringError::File { path: path.to_owned(), source })
}

/// Writes a file of its owner's alone to the disk, and puts it into its place there.
fn write_and(
    text: &str,
    temporary: &Path,
    path: &Path,
    place: impl FnOnce(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    place(temporary, path)?;
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
