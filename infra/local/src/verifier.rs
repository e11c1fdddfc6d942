//! Checks a journal in a data folder, and a citizen's proof, against roots that were published. Writes nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use donthu_service::roots::{Proof, PublishedRoots, check_proof, check_roots};
use donthu_store::sealing::JournalRoot;
use jiff::civil::Date;
use serde::de::DeserializeOwned;

use crate::aws;
use crate::clock::MovableClock;
use crate::engine::Engine;
use crate::folder::Folder;
use crate::functions::shared;
use crate::handlers::BoxError;
use crate::machine::Parts;
use crate::template::{TEMPLATE, Template};

/// Checks the journal of a data folder that no process has open: `verify-journal --data DIR --roots FILE`.
#[derive(Debug, Clone, Args)]
pub struct JournalAsked {
    /// The data folder
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,

    /// Roots that were published earlier, as GET /v1/public/journal-roots answers; may be given again
    #[arg(long, value_name = "FILE")]
    pub roots: Vec<PathBuf>,
}

/// Checks a proof without any table: `verify-proof PROOF --roots FILE`.
#[derive(Debug, Clone, Args)]
pub struct ProofAsked {
    /// The proof, as GET /v1/petition/proof answers
    #[arg(value_name = "PROOF")]
    pub proof: PathBuf,

    /// Roots that were published, as GET /v1/public/journal-roots answers; may be given again
    #[arg(long, value_name = "FILE", required = true)]
    pub roots: Vec<PathBuf>,
}

/// What was found, to be printed.
#[derive(Debug, PartialEq, Eq)]
pub struct Verdict {
    /// One difference a line, then the sum of it.
    pub text: String,
    /// Whether nothing differs.
    pub is_sound: bool,
}

/// Why nothing can be checked.
#[derive(Debug, thiserror::Error)]
pub enum VerifierError {
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
    /// There is no data in the folder.
    #[error("{} holds no data: {file} is missing", folder.display())]
    NoData {
        /// The folder.
        folder: PathBuf,
        /// What it lacks.
        file: &'static str,
    },
    /// The folder, or what is in it, can't be used.
    #[error("{0}")]
    Unusable(BoxError),
}

/// Roots out of files, and what is wrong with them already.
#[derive(Default)]
struct Published {
    roots: BTreeMap<Date, JournalRoot>,
    wrong: Vec<String>,
}

impl Published {
    fn read(files: &[PathBuf], province: &str) -> Result<Self, VerifierError> {
        let mut published = Self::default();
        for file in files {
            let answer: PublishedRoots = read(file, "GET /v1/public/journal-roots")?;
            if answer.province != province {
                let expected = province.to_owned();
                return Err(VerifierError::Province { file: file.clone(), found: answer.province, expected });
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

fn read<T: DeserializeOwned>(file: &Path, route: &'static str) -> Result<T, VerifierError> {
    let file = file.to_owned();
    match std::fs::read(&file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|source| VerifierError::Shape { file, route, source }),
        Err(source) => Err(VerifierError::File { file, source }),
    }
}

fn verdict(wrong: &[String], count: usize, sum: &str) -> Verdict {
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

/// Checks a proof against published roots.
///
/// # Errors
/// [`VerifierError`] where a file can't be read.
pub fn verify_proof(asked: &ProofAsked) -> Result<Verdict, VerifierError> {
    let proof: Proof = read(&asked.proof, "GET /v1/petition/proof")?;
    let Published { roots, mut wrong } = Published::read(&asked.roots, &proof.province)?;
    wrong.extend(check_proof(&proof, &roots));
    let sealed = proof.entries.iter().filter(|entry| entry.inclusion.is_some()).count();
    let (number, waiting) = (&proof.case_number, proof.entries.len() - sealed);
    let sum = format!("case {number}, {sealed} entries proven by {} roots, {waiting} not sealed yet", roots.len());
    Ok(verdict(&wrong, wrong.len(), &sum))
}

/// Checks a whole journal: chains, heads, roots, and all of it against published roots.
///
/// # Errors
/// [`VerifierError`] where the folder is none, or is in use, or a file can't be read.
pub async fn verify_journal(asked: &JournalAsked) -> Result<Verdict, VerifierError> {
    for file in ["tables.sqlite", "clock.json", "keyring.json"] {
        if !asked.data.join(file).is_file() {
            return Err(VerifierError::NoData { folder: asked.data.clone(), file });
        }
    }
    let unusable = |error: BoxError| VerifierError::Unusable(error);
    let folder = Folder::open(&asked.data).map_err(|error| unusable(error.into()))?;
    let template = Arc::new(Template::parse(TEMPLATE).map_err(|error| unusable(error.into()))?);
    let (clock, _) = MovableClock::open(folder.path(), None).map_err(|error| unusable(error.into()))?;
    let engine = Engine::on_file(&folder.file("tables.sqlite")).map_err(|error| unusable(error.into()))?;
    engine.ensure_tables(&template.tables).await.map_err(|error| unusable(error.into()))?;
    let parts = Parts {
        dynamodb: aws_sdk_dynamodb::Client::new(&engine.sdk_config()),
        // Nothing is published here.
        sns: aws_sdk_sns::Client::new(&aws::sdk_config(engine.endpoint())),
        clock: Arc::new(clock),
        folder: folder.path().to_path_buf(),
        template,
    };
    let app = shared(&parts).map_err(unusable)?.app;
    let Published { roots, mut wrong } = Published::read(&asked.roots, &app.province)?;
    let summary = donthu_audit::verify_journal(&app, &roots).await.map_err(unusable)?;
    let newest = app.store.newest_journal_root(&app.province, Date::MAX).await;
    engine.stop().await.map_err(|error| unusable(error.into()))?;

    let count = wrong.len() + usize::try_from(summary.difference_count).unwrap_or(usize::MAX);
    wrong.extend(summary.differences);
    let mut sum = format!("{} cases, {} entries", summary.cases, summary.entries);
    if let Ok(Some(newest)) = newest {
        let _ = write!(sum, ", sealed until {} with anchor {}", newest.day, newest.anchor);
    }
    Ok(verdict(&wrong, count, &sum))
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

        let refused = |files: &[PathBuf]| match Published::read(files, "quang-ngai") {
            Ok(_) => panic!("{files:?} was read"),
            Err(error) => error.to_string(),
        };
        let foreign = published(place.path(), "foreign.json", "lam-dong", 0);
        assert!(refused(&[one, foreign]).contains("lam-dong, not quang-ngai"));
        let nonsense = place.path().join("nonsense.json");
        std::fs::write(&nonsense, "{}").unwrap();
        assert!(refused(std::slice::from_ref(&nonsense)).contains("journal-roots"));
        assert!(refused(&[place.path().join("none.json")]).contains("none.json"));
    }

    #[tokio::test]
    async fn a_folder_without_data_is_refused_and_stays_as_it_is() {
        let place = tempfile::tempdir().unwrap();
        let missing = place.path().join("data");
        let asked = JournalAsked { data: missing.clone(), roots: Vec::new() };
        let refused = verify_journal(&asked).await.unwrap_err().to_string();
        assert!(refused.contains("holds no data"), "{refused}");
        assert!(!missing.exists());
    }
}
