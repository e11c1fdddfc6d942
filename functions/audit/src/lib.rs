//! Schedule: proves that the figures are what the journal says (*đối soát*), and seals months that are over.

mod recount;
mod seal;

use donthu_service::App;
use lambda_runtime::Error;
use serde::{Deserialize, Serialize};

/// What a run is to do: the schedule's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case", deny_unknown_fields)]
pub enum AuditTask {
    /// Seal the months that are over.
    Seal,
    /// Recount everything from the journal.
    Recount,
}

/// What a run found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Months sealed now, as `YYYY-MM`.
    pub sealed: Vec<String>,
    /// Cases looked at.
    pub cases: u64,
    /// Journal entries looked at.
    pub entries: u64,
    /// How many differences there are.
    pub difference_count: u64,
    /// The first of them, by name: case ids, counters, months. Never a person.
    pub differences: Vec<String>,
}

impl Summary {
    /// Differences told by name; all are counted.
    const TOLD: usize = 50;

    fn differs(&mut self, what: String) {
        self.difference_count += 1;
        tracing::error!(what, "the audit found a difference");
        if self.differences.len() < Self::TOLD {
            self.differences.push(what);
        }
    }
}

/// Runs a task. Nothing is repaired silently: a difference is named and left as it is.
///
/// # Errors
/// Where the tables can't be read or written.
pub async fn handle(app: &App, task: AuditTask) -> Result<Summary, Error> {
    let summary = match task {
        AuditTask::Seal => seal::seal(app).await?,
        AuditTask::Recount => recount::recount(app).await?,
    };
    tracing::info!(
        sealed = summary.sealed.len(),
        cases = summary.cases,
        entries = summary.entries,
        differences = summary.difference_count,
        "audited"
    );
    Ok(summary)
}
