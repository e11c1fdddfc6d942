//! Does what a failure left undone. A failure queue holds positions in a stream or a schedule's input, and no record: what is
//! still to be done, the tables say themselves. So no message is read, and what was done meanwhile is not done again.

use clap::{Args, ValueEnum};
use donthu_audit::{A_DAY, AuditTask, handle_within};
use donthu_domain::{Case, CaseId, Refusal, Stage, time};
use donthu_service::figures::last_sealed;
use donthu_service::{App, Fault};
use donthu_store::StoreError;
use donthu_store::keys::{self, Month};
use jiff::{SignedDuration, Timestamp};

use crate::connection::{Connection, ConnectionError, Needs};
use crate::exit::Verdict;
use crate::progress;

/// Rows of the index read at a time.
const PAGE: u16 = 200;

/// Whose work to take up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Work {
    /// Received cases that no agency was given: give them
    Assignment,
    /// Notices decided more than a quarter of an hour ago and not sent: put them into the stream again, for the function
    /// `notifications` to publish
    Notices,
    /// The sweep: milestones that are due, notices that were lost, days off that were proclaimed
    Deadlines,
    /// Months and days of the journal that are over and not sealed
    Audit,
}

/// Takes up what is undone.
#[derive(Debug, Clone, Args)]
pub struct Asked {
    /// Whose work
    #[arg(value_enum, value_name = "WORK")]
    work: Work,

    /// Tell what is undone and do nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    connection: Connection,
}

/// Why nothing, or not everything, could be taken up. What was done stays done.
#[derive(Debug, thiserror::Error)]
pub enum RedriveError {
    /// The tables can't be used.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// A read or write failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The reference data or figures can't be read.
    #[error("the tables could not be used: {}", donthu_service::problem::chain(.0))]
    Fault(#[from] Fault),
    /// A function's run failed.
    #[error("the run failed: {0}")]
    Run(String),
}

/// Takes up what is asked for.
///
/// # Errors
/// [`RedriveError`].
pub async fn answer(asked: &Asked) -> Result<Verdict, RedriveError> {
    let app = asked.connection.open(Needs::Journal).await?;
    progress::show(&app.store, "Taking up", redrive(&app, asked.work, asked.dry_run)).await
}

async fn redrive(app: &App, work: Work, dry_run: bool) -> Result<Verdict, RedriveError> {
    match (work, dry_run) {
        (Work::Assignment, _) => assignment(app, dry_run).await,
        (Work::Notices, true) => {
            let lost = Waiting::count(app, Index::Unsent).await?;
            Ok(Verdict {
                text: format!("{} would be put into the stream again.\n", lost.of("notices")),
                is_sound: true,
            })
        }
        (Work::Notices, false) => {
            let woken = donthu_deadlines::wake(app, A_DAY).await.map_err(run)?;
            let text = format!("{} notices put into the stream again, {} failed.\n", woken.notices_woken, woken.failed);
            Ok(Verdict { text, is_sound: woken.failed == 0 && woken.complete })
        }
        (Work::Deadlines, true) => {
            let (due, lost) = (Waiting::count(app, Index::Due).await?, Waiting::count(app, Index::Unsent).await?);
            let text =
                format!("{} due and {} lost: a sweep would look at each.\n", due.of("cases"), lost.of("notices"));
            Ok(Verdict { text, is_sound: true })
        }
        (Work::Deadlines, false) => {
            let swept = donthu_deadlines::handle(app, A_DAY).await.map_err(run)?;
            let text = format!(
                "{} cases were due: on {} something happened, {} failed; {} notices put into the stream again; {} open cases \
                 looked at because days off or agencies changed.\n",
                swept.due, swept.ticked, swept.failed, swept.notices_woken, swept.recounted
            );
            Ok(Verdict { text, is_sound: swept.failed == 0 && swept.complete })
        }
        (Work::Audit, true) => unsealed(app).await,
        (Work::Audit, false) => seal(app).await,
    }
}

fn run(error: impl std::fmt::Display) -> RedriveError {
    RedriveError::Run(error.to_string())
}

#[derive(Clone, Copy)]
enum Index {
    Due,
    Unsent,
}

/// What waits in an index.
#[derive(Default)]
struct Waiting {
    count: u64,
    oldest: Option<Timestamp>,
}

impl Waiting {
    async fn count(app: &App, index: Index) -> Result<Self, StoreError> {
        let now = app.clock.now();
        let lost_before = now.saturating_sub(donthu_deadlines::LOST_AFTER).unwrap_or(Timestamp::MIN);
        let mut waiting = Self::default();
        for shard in 0..keys::SHARDS {
            let mut cursor = None;
            loop {
                let page = match index {
                    Index::Due => app.store.due(shard, now, cursor.as_ref(), PAGE).await?,
                    Index::Unsent => app.store.unsent(shard, lost_before, cursor.as_ref(), PAGE).await?,
                };
                waiting.count += u64::try_from(page.items.len()).unwrap_or(u64::MAX);
                waiting.oldest = page.items.iter().filter_map(|item| item.at()).chain(waiting.oldest).min();
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
        }
        Ok(waiting)
    }

    fn of(&self, what: &str) -> String {
        match self.oldest {
            Some(oldest) => format!("{} {what} (the oldest since {})", self.count, time::rfc3339(oldest)),
            None => format!("{} {what}", self.count),
        }
    }
}

/// Cases that came in and that no agency has, whether or not their time to be swept has come.
async fn unassigned(app: &App) -> Result<Vec<CaseId>, StoreError> {
    // As far as a position can lie ahead: it is rounded up to the next second, and a tick that failed is put off.
    let ahead = Case::ROUTING_GRACE.max(donthu_deadlines::PUT_OFF) + SignedDuration::from_secs(1);
    let until = app.clock.now().saturating_add(ahead).unwrap_or(Timestamp::MAX);
    let mut found = Vec::new();
    for shard in 0..keys::SHARDS {
        let mut cursor = None;
        loop {
            let page = app.store.due(shard, until, cursor.as_ref(), PAGE).await?;
            for item in page.items {
                match app.store.case(&item.case).await {
                    Ok(Some(loaded)) if loaded.case.stage == Stage::Received => found.push(item.case),
                    // The audit names a head that can't be read.
                    Ok(_) | Err(StoreError::Malformed { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
    }
    Ok(found)
}

async fn assignment(app: &App, dry_run: bool) -> Result<Verdict, RedriveError> {
    let waiting = unassigned(app).await?;
    if dry_run {
        let text = format!("{} received cases would be given to their agencies.\n", waiting.len());
        return Ok(Verdict { text, is_sound: true });
    }
    let (mut given, mut text) = (0u64, String::new());
    let mut failed = 0u64;
    for case in waiting {
        match donthu_assignment::route(app, &case).await {
            Ok(_) => given += 1,
            // Somebody was faster.
            Err(Fault::Refused { refusal, .. }) if matches!(*refusal, Refusal::ImpossibleStep { .. }) => {}
            Err(fault) => {
                failed += 1;
                text.push_str(&format!("case {case}: {}\n", donthu_service::problem::chain(&fault)));
            }
        }
    }
    text.push_str(&format!("{given} received cases given to their agencies, {failed} failed.\n"));
    Ok(Verdict { text, is_sound: failed == 0 })
}

async fn unsealed(app: &App) -> Result<Verdict, RedriveError> {
    let today = time::local_date(app.clock.now());
    let (month, ..) = last_sealed(app, Month::of(today).previous()).await?;
    let day = app.store.newest_journal_root(&app.province, today).await?.map(|root| root.day);
    let named = |newest: Option<String>| newest.unwrap_or_else(|| "none".to_owned());
    let text = format!(
        "Newest sealed month: {}; newest sealed day: {}. What is over after them would be sealed; today is {today}.\n",
        named(month.map(|month| month.to_string())),
        named(day.map(|day| day.to_string())),
    );
    Ok(Verdict { text, is_sound: true })
}

async fn seal(app: &App) -> Result<Verdict, RedriveError> {
    let months = handle_within(app, AuditTask::Seal, A_DAY).await.map_err(run)?;
    let days = handle_within(app, AuditTask::SealJournal, A_DAY).await.map_err(run)?;
    let mut text: String = days.differences.iter().map(|what| format!("{what}\n")).collect();
    text.push_str(&format!("{} months and {} days sealed.\n", months.sealed.len(), days.roots.len()));
    Ok(Verdict { text, is_sound: days.difference_count == 0 && days.complete && months.complete })
}
