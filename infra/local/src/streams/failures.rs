//! Stream records that no attempt could do: set aside, counted, and kept in the data folder.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::folder::FolderError;

/// A record that was set aside: where it stands, not what is in it. To replay it is to read the state again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Logical id of the function that could not do it.
    pub function: String,
    /// Name of the event in the template.
    pub event: String,
    /// Logical id of the table.
    pub table: String,
    /// Sequence number in the table's stream.
    pub sequence_number: String,
}

/// The failure queue: a file with one JSON object a line.
#[derive(Debug)]
pub struct FailureQueue {
    file: PathBuf,
    all: Mutex<Vec<Failure>>,
}

impl FailureQueue {
    /// The queue of a data folder, with what earlier runs set aside.
    ///
    /// # Errors
    /// [`FolderError`] where the file cannot be read.
    pub fn open(folder: &Path) -> Result<Self, FolderError> {
        let file = folder.join("stream-failures.jsonl");
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(FolderError::Unusable { path: file, source }),
        };
        // A line that a crash cut short names a record that will be read, and set aside, again.
        let all = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        Ok(Self { file, all: Mutex::new(all) })
    }

    /// Sets a record aside.
    ///
    /// # Errors
    /// [`FolderError`] where it cannot be written down.
    pub fn add(&self, failure: Failure) -> Result<(), FolderError> {
        tracing::error!(
            function = failure.function,
            event = failure.event,
            sequence_number = failure.sequence_number,
            "stream record set aside after the last attempt"
        );
        let unusable = |source| FolderError::Unusable { path: self.file.clone(), source };
        let mut line = serde_json::to_vec(&failure)
            .map_err(|error| FolderError::Damaged { path: self.file.clone(), reason: error.to_string() })?;
        line.push(b'\n');
        let mut file = OpenOptions::new().create(true).append(true).open(&self.file).map_err(unusable)?;
        file.write_all(&line).map_err(unusable)?;
        self.all.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(failure);
        Ok(())
    }

    /// Everything set aside so far, oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<Failure> {
        self.all.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_aside_is_still_counted_after_a_restart() {
        let place = tempfile::tempdir().unwrap();
        let failure = |number: &str| Failure {
            function: "F".into(),
            event: "E".into(),
            table: "T".into(),
            sequence_number: number.into(),
        };
        let queue = FailureQueue::open(place.path()).unwrap();
        queue.add(failure("1")).unwrap();
        queue.add(failure("2")).unwrap();
        assert_eq!(FailureQueue::open(place.path()).unwrap().list(), [failure("1"), failure("2")]);
    }
}
