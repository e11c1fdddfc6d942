//! Roots that were published, out of files that somebody kept.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use donthu_service::roots::{PublishedRoots, check_roots};
use donthu_store::sealing::JournalRoot;
use jiff::civil::Date;
use serde::de::DeserializeOwned;

use crate::exit::Verdict;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A file can't be read.
    #[error("cannot read {}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file holds something else.
    #[error("{} is not what {route} answers: {source}", file.display())]
    Shape {
        /// The file.
        file: PathBuf,
        /// Where such files come from.
        route: &'static str,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// Files of several provinces.
    #[error("{} is about another province: {found}, not {expected}", file.display())]
    Province {
        /// The file.
        file: PathBuf,
        /// Its province.
        found: String,
        /// The other one.
        expected: String,
    },
}

/// Roots out of files, and what is wrong with them already.
#[derive(Debug, Default)]
pub struct Published {
    /// The roots by day.
    pub roots: BTreeMap<Date, JournalRoot>,
    /// What they contradict each other in.
    pub wrong: Vec<String>,
}

impl Published {
    /// Reads files as `GET /v1/public/journal-roots` answers.
    ///
    /// # Errors
    /// [`FileError`] where a file can't be read, is something else or is about another province.
    pub fn read(files: &[PathBuf], province: &str) -> Result<Self, FileError> {
        let mut published = Self::default();
        for file in files {
            let answer: PublishedRoots = read(file, "GET /v1/public/journal-roots")?;
            if answer.province != province {
                let expected = province.to_owned();
                return Err(FileError::Province { file: file.clone(), found: answer.province, expected });
            }
            for root in answer.roots {
                let (day, seen) = (root.day, published.roots.insert(root.day, root.clone()));
                if seen.is_some_and(|seen| seen != root) {
                    published.wrong.push(format!("journal root {day}: the files give two"));
                }
            }
        }
        published.wrong.extend(check_roots(province, &published.roots));
        Ok(published)
    }
}

/// Reads a file that holds the answer of a route.
///
/// # Errors
/// [`FileError::File`], [`FileError::Shape`].
pub fn read<T: DeserializeOwned>(file: &Path, route: &'static str) -> Result<T, FileError> {
    let file = file.to_owned();
    match std::fs::read(&file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|source| FileError::Shape { file, route, source }),
        Err(source) => Err(FileError::File { file, source }),
    }
}

/// One difference a line, then the sum of it. `count` may be more than are told by name.
#[must_use]
pub fn verdict(wrong: &[String], count: usize, sum: &str) -> Verdict {
    let mut text: String = wrong.iter().map(|wrong| format!("{wrong}\n")).collect();
    let outcome = match count {
        0 => "sound".to_owned(),
        1 => "1 difference".to_owned(),
        many => format!("{many} differences"),
    };
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{sum}: {outcome}");
    Verdict { text, is_sound: count == 0 }
}

#[cfg(test)]
mod tests {
    use donthu_store::merkle::{self, Hash};
    use jiff::civil::date;

    use super::*;

    fn published(place: &Path, name: &str, province: &str, entries: u64) -> PathBuf {
        let root = JournalRoot::new(province, date(2026, 10, 5), entries, merkle::root(&[]), Hash::ZERO);
        let (from, to) = (root.day, root.day);
        let answer = PublishedRoots { province: province.to_owned(), from, to, roots: vec![root], next: None };
        let file = place.join(name);
        std::fs::write(&file, serde_json::to_string(&answer).unwrap()).unwrap();
        file
    }

    #[test]
    fn files_that_contradict_each_other_are_named_and_those_that_are_none_are_refused() {
        let place = tempfile::tempdir().unwrap();
        let one = published(place.path(), "one.json", "quang-ngai", 0);
        let other = published(place.path(), "other.json", "quang-ngai", 1);
        let wrong = Published::read(&[one.clone(), other], "quang-ngai").unwrap().wrong;
        assert_eq!(wrong, ["journal root 2026-10-05: the files give two"]);
        assert_eq!(Published::read(&[one.clone(), one.clone()], "quang-ngai").unwrap().wrong, Vec::<String>::new());

        let refused = |files: &[PathBuf]| Published::read(files, "quang-ngai").unwrap_err().to_string();
        let foreign = published(place.path(), "foreign.json", "lam-dong", 0);
        assert!(refused(&[one, foreign]).contains("lam-dong, not quang-ngai"));
        let nonsense = place.path().join("nonsense.json");
        std::fs::write(&nonsense, "{}").unwrap();
        assert!(refused(std::slice::from_ref(&nonsense)).contains("journal-roots"));
        assert!(refused(&[place.path().join("none.json")]).contains("none.json"));
    }
}
