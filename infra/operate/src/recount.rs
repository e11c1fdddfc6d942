//! Recounts everything from the journal, and mends counters where that is asked for.

use std::fmt::Write as _;

use clap::Args;
use donthu_audit::{A_DAY, AuditTask, handle_within, repair};
use donthu_service::App;
use donthu_store::StoreError;

use crate::connection::{Connection, ConnectionError, Needs};
use crate::exit::Verdict;
use crate::progress;

/// Compares counters and sealed months with the cases' journal.
#[derive(Debug, Clone, Args)]
pub struct Asked {
    /// Mend the counters that differ from a sound journal; without it they are only named. Find out first why they differ.
    /// Sealed months never change
    #[arg(long)]
    repair: bool,

    /// With --repair: name what would be mended and write nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    connection: Connection,
}

/// Why nothing was recounted.
#[derive(Debug, thiserror::Error)]
pub enum RecountError {
    /// The tables can't be used.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// A read failed.
    #[error("the tables could not be read: {0}")]
    Unreadable(String),
    /// The recount did not come to its end.
    #[error("the recount took too long and was broken off")]
    Incomplete,
    /// A counter could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Recounts.
///
/// # Errors
/// [`RecountError`] where the tables can't be read or written.
pub async fn answer(asked: &Asked) -> Result<Verdict, RecountError> {
    let app = asked.connection.open(Needs::Journal).await?;
    progress::show(&app.store, "Recounting", recount(&app, asked)).await
}

async fn recount(app: &App, asked: &Asked) -> Result<Verdict, RecountError> {
    let found = handle_within(app, AuditTask::Recount, A_DAY).await;
    let found = found.map_err(|error| RecountError::Unreadable(error.to_string()))?;
    if !found.complete {
        return Err(RecountError::Incomplete);
    }
    let mut text: String = found.differences.iter().map(|what| format!("{what}\n")).collect();
    let told = u64::try_from(found.differences.len()).unwrap_or(u64::MAX);
    // Writing to a text cannot fail.
    if found.difference_count > told {
        let _ = writeln!(text, "… and {} more", found.difference_count - told);
    }
    for what in &found.unjudged {
        let _ = writeln!(text, "not judged, since the journal is damaged: {what}");
    }
    let _ = writeln!(
        text,
        "{} cases, {} entries: {} differences, {} of them counters, {} not settled",
        found.cases,
        found.entries,
        found.difference_count,
        found.drifts.len(),
        found.unsettled
    );
    if asked.repair && asked.dry_run {
        let _ = writeln!(text, "{} counters would be mended.", found.drifts.len());
    } else if asked.repair {
        let repaired = repair(app, &found.drifts).await?;
        let _ =
            writeln!(text, "{} counters mended, {} changed meanwhile and were left.", repaired.mended, repaired.moved);
    }
    Ok(Verdict { text, is_sound: found.difference_count == 0 && found.unjudged.is_empty() })
}
