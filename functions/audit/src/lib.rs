//! Schedule: proves that the figures are what the journal says (*đối soát*), seals months that are over, and seals each day's
//! journal under a root that is published.

mod recount;
mod roots;
mod seal;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use donthu_service::App;
use donthu_service::invocation::spent;
use donthu_service::metrics::Metric;
use donthu_store::sealing::JournalRoot;
use futures::FutureExt;
use jiff::SignedDuration;
use jiff::civil::Date;
use lambda_runtime::Error;
use serde::{Deserialize, Serialize};

/// A recount stops well before Lambda's limit of 15 minutes: what it has found until then is told.
pub const LONGEST_RUN: Duration = Duration::from_secs(13 * 60);

/// A step that was decided on a day's last evening may still be on its way so long after midnight.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(30);

/// What a run is to do: the schedule's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case", deny_unknown_fields)]
pub enum AuditTask {
    /// Seal the months that are over.
    Seal,
    /// Seal the journal's days that are over.
    SealJournal,
    /// Recount everything from the journal.
    Recount,
}

/// What a run found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Months sealed now, as `YYYY-MM`.
    pub sealed: Vec<String>,
    /// Days of the journal sealed now, as `YYYY-MM-DD`.
    pub roots: Vec<String>,
    /// Cases looked at.
    pub cases: u64,
    /// Journal entries looked at.
    pub entries: u64,
    /// How many differences there are.
    pub difference_count: u64,
    /// How many of them are counters or sealed months that differ from a sound journal.
    pub drift_count: u64,
    /// The first of them, by name: case ids, counters, months. Never a person.
    pub differences: Vec<String>,
    /// The first counters and months that differ from a journal which is damaged itself, so that nobody can tell yet which of
    /// the two is right: a later run judges them, once the damage named above is mended.
    pub unjudged: Vec<String>,
    /// Cases and counters that kept changing while they were read: the next run looks at them again.
    pub unsettled: u64,
    /// Whether everything was looked at within the time of a run.
    pub complete: bool,
}

impl AuditTask {
    /// The stable name, as in the schedule's input.
    pub const fn code(self) -> &'static str {
        match self {
            AuditTask::Seal => "seal",
            AuditTask::SealJournal => "seal_journal",
            AuditTask::Recount => "recount",
        }
    }
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

    fn drifts(&mut self, what: String) {
        self.drift_count += 1;
        self.differs(what);
    }

    fn cannot_judge(&mut self, what: String) {
        tracing::warn!(what, "differs from a damaged journal");
        if self.unjudged.len() < Self::TOLD {
            self.unjudged.push(what);
        }
    }
}

/// Runs a task. Nothing is repaired silently: a difference is named and left as it is.
///
/// # Errors
/// Where the tables can't be read or written.
pub async fn handle(app: &App, task: AuditTask) -> Result<Summary, Error> {
    handle_within(app, task, LONGEST_RUN).await
}

/// The same, for at most a time: a recount that takes longer breaks off, and says so.
///
/// # Errors
/// As [`handle`].
pub async fn handle_within(app: &App, task: AuditTask, longest: Duration) -> Result<Summary, Error> {
    let summary = match task {
        AuditTask::Seal => seal::seal(app).boxed().await?,
        AuditTask::SealJournal => roots::seal(app, Instant::now() + longest).boxed().await?,
        AuditTask::Recount => recount::recount(app, Instant::now() + longest).boxed().await?,
    };
    let spent = spent();
    tracing::info!(
        task = task.code(),
        sealed = summary.sealed.len(),
        roots = summary.roots.len(),
        cases = summary.cases,
        entries = summary.entries,
        differences = summary.difference_count,
        unjudged = summary.unjudged.len(),
        unsettled = summary.unsettled,
        complete = summary.complete,
        ms = spent.ms,
        requests = spent.requests,
        read_units = spent.read_units,
        write_units = spent.write_units,
        "audited"
    );
    if !summary.complete {
        tracing::error!("the audit ran out of time");
    }
    let numbers = [
        (Metric::AuditRuns, 1),
        (Metric::CounterDrift, summary.drift_count),
        (Metric::ChainBreaks, summary.difference_count - summary.drift_count),
    ];
    app.metrics.tell(&app.province, app.clock.now(), &numbers);
    Ok(summary)
}

/// How long a check takes at most where nobody waits with a limit.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Checks the journal alone: every chain, every head against it, every root against the entries of its day, and all of that
/// against roots that were published earlier. Writes nothing.
///
/// # Errors
/// Where the tables can't be read.
pub async fn verify_journal(app: &App, published: &BTreeMap<Date, JournalRoot>) -> Result<Summary, Error> {
    recount::verify(app, published, Instant::now() + A_DAY).boxed().await
}
