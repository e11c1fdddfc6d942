//! Checks a journal in a data folder, and a citizen's proof, against roots that were published. Writes nothing.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use donthu_operate::exit::Verdict;
use donthu_operate::journal::sum_up;
use donthu_operate::progress;
use donthu_operate::published::{FileError, Published, read, verdict};
use donthu_service::roots::{Proof, check_proof};
use donthu_service::visitor::VisitorKey;

use crate::aws;
use crate::clock::MovableClock;
use crate::engine::Engine;
use crate::folder::Folder;
use crate::functions::shared;
use crate::handlers::BoxError;
use crate::in_process::InProcess;
use crate::machine::{Parts, random_secret};
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

/// Why nothing can be checked.
#[derive(Debug, thiserror::Error)]
pub enum VerifierError {
    /// A file of roots or a proof can't be used.
    #[error(transparent)]
    File(#[from] FileError),
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
        // Nobody visits.
        api: InProcess::default(),
        visitors: VisitorKey::new(&random_secret()),
        template,
    };
    let app = shared(&parts).map_err(unusable)?.app;
    let published = Published::read(&asked.roots, &app.province)?;
    let checking = donthu_audit::verify_journal(&app, &published.roots);
    let summary = progress::show(&app.store, "Checking", checking).await.map_err(unusable)?;
    let verdict = sum_up(&app, published, summary).await;
    engine.stop().await.map_err(|error| unusable(error.into()))?;
    verdict.map_err(|error| unusable(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
