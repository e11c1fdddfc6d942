//! Checks the journal: every chain, every head against it, every root, and all of it against roots that were published.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use donthu_audit::Summary;
use donthu_domain::time;
use donthu_service::App;
use donthu_store::StoreError;
use jiff::civil::Date;

use crate::connection::{Connection, ConnectionError, Needs};
use crate::exit::Verdict;
use crate::progress;
use crate::published::{FileError, Published, verdict};

/// Checks the journal. Writes nothing.
#[derive(Debug, Clone, Args)]
pub struct Asked {
    /// Roots that were published earlier, as GET /v1/public/journal-roots answers; may be given again
    #[arg(long, value_name = "FILE")]
    pub roots: Vec<PathBuf>,

    /// Only the entries of this day (YYYY-MM-DD) and later ones, with the whole chains of their cases
    #[arg(long, value_name = "DAY")]
    pub from: Option<Date>,

    /// Only the entries of this day and earlier ones
    #[arg(long, value_name = "DAY")]
    pub to: Option<Date>,

    #[command(flatten)]
    connection: Connection,
}

/// Why the journal could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The tables can't be used.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// A file of roots can't be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The days are none.
    #[error("the days end before they begin: {from} to {to}")]
    Backwards {
        /// The first.
        from: Date,
        /// The last.
        to: Date,
    },
    /// Nothing was ever sealed, so that no day can be checked by itself.
    #[error("no day is sealed yet: check the whole journal, without --from and --to")]
    NothingSealed,
    /// A read failed.
    #[error("the journal could not be read: {0}")]
    Unreadable(String),
    /// The roots can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks what is asked.
///
/// # Errors
/// [`JournalError`] where it could not be checked.
pub async fn answer(asked: &Asked) -> Result<Verdict, JournalError> {
    let app = asked.connection.open(Needs::Journal).await?;
    let published = Published::read(&asked.roots, &app.province)?;
    let summary = progress::show(&app.store, "Checking", check(&app, asked, &published)).await?;
    sum_up(&app, published, summary).await
}

async fn check(app: &App, asked: &Asked, published: &Published) -> Result<Summary, JournalError> {
    let checked = if asked.from.is_none() && asked.to.is_none() {
        donthu_audit::verify_journal(app, &published.roots).await
    } else {
        let first = app.store.journal_roots(&app.province, Date::MIN, Date::MAX, 1).await?;
        let first = first.into_iter().next().ok_or(JournalError::NothingSealed)??.day;
        let today = time::local_date(app.clock.now());
        let (from, to) = (asked.from.unwrap_or(first).max(first), asked.to.unwrap_or(today).min(today));
        if to < from {
            return Err(JournalError::Backwards { from, to });
        }
        donthu_audit::verify_days(app, &published.roots, from, to).await
    };
    checked.map_err(|error| JournalError::Unreadable(error.to_string()))
}

/// The verdict on a journal that was checked: what differs, and until when it is sealed.
///
/// # Errors
/// [`JournalError::Store`] where the newest root can't be read though nothing was found amiss,
/// [`JournalError::Unreadable`] where the check broke off.
pub async fn sum_up(app: &App, published: Published, summary: Summary) -> Result<Verdict, JournalError> {
    if !summary.complete {
        return Err(JournalError::Unreadable("it took too long".to_owned()));
    }
    let mut wrong = published.wrong;
    let count = wrong.len() + usize::try_from(summary.difference_count).unwrap_or(usize::MAX);
    wrong.extend(summary.differences);
    let mut sum = format!("{} cases, {} entries", summary.cases, summary.entries);
    match app.store.newest_journal_root(&app.province, Date::MAX).await {
        // Writing to a text cannot fail.
        Ok(Some(newest)) => {
            let _ = write!(sum, ", sealed until {} with anchor {}", newest.day, newest.anchor);
        }
        Ok(None) => {}
        // A root that can't be read is among the differences.
        Err(StoreError::Malformed { .. }) if count > 0 => {}
        Err(error) => return Err(error.into()),
    }
    if summary.unsettled > 0 {
        let _ = write!(sum, ", {} kept changing and were not judged", summary.unsettled);
    }
    Ok(verdict(&wrong, count, &sum))
}
