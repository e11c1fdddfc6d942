//! Schedule: the sweep. It ticks every case whose next milestone is due and wakes up notices that were not sent.
//!
//! Due work is read oldest first to exhaustion out of a sparse index, so its cost follows what is due, not what is open. A
//! case that fails is put off in the index alone (no legal date moves) and blocks no other. Running twice, late, or two at
//! once changes nothing but the hour of a reminder: verdicts compare stored dates.
//!
//! Where days off were proclaimed or agencies reorganised since the last sweep, every open case is ticked once, due or not.

mod proclamation;

use std::time::{Duration, Instant};

use donthu_service::invocation::spent;
use donthu_service::metrics::Metric;
use donthu_service::{App, Fault, Ticked};
use donthu_store::{DueItem, keys};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Error;
use serde::Serialize;

/// How many cases of a shard are ticked at a time.
const AT_ONCE: usize = 8;

/// How many index rows are read at a time.
const PAGE: u16 = 100;

/// A case that failed is tried again after this long.
pub const PUT_OFF: SignedDuration = SignedDuration::from_mins(30);

/// A notice that is still pending after this long has been lost on its way through the stream.
pub const LOST_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// The sweep stops well before Lambda's limit of 15 minutes: what is left stays due and comes first next time.
pub const LONGEST_RUN: Duration = Duration::from_secs(13 * 60);

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Cases that the index named as due.
    pub due: u32,
    /// Cases on which something happened.
    pub ticked: u32,
    /// Cases that failed and were put off.
    pub failed: u32,
    /// Limits that were found to be missed.
    pub missed: u32,
    /// Notices that were sent on their way again.
    pub notices_woken: u32,
    /// How many seconds ago the oldest of them was decided.
    pub oldest_unsent_seconds: u64,
    /// Open cases that were looked at because days off were proclaimed or agencies reorganised.
    pub recounted: u32,
    /// Whether everything due was looked at. If not, the next run goes on.
    pub complete: bool,
    /// Every case that was due until this instant was looked at; `None` where that can't be said, since some of the index was not
    /// looked at at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Shards of the index that were not read to their end: where cases are left.
    pub shards_left: u32,
}

impl Summary {
    /// Before anything was found.
    fn until(now: Timestamp) -> Self {
        Summary { complete: true, until: Some(now), ..Summary::default() }
    }

    fn add(&mut self, other: Summary) {
        self.due += other.due;
        self.ticked += other.ticked;
        self.failed += other.failed;
        self.missed += other.missed;
        self.notices_woken += other.notices_woken;
        self.oldest_unsent_seconds = self.oldest_unsent_seconds.max(other.oldest_unsent_seconds);
        self.recounted += other.recounted;
        self.complete &= other.complete;
        self.until = self.until.zip(other.until).map(|(one, other)| one.min(other));
        self.shards_left += other.shards_left;
    }
}

/// Sweeps all shards at once, for at most a time.
///
/// # Errors
/// Where the index can't be read or the reference data are missing; single cases only count as failed.
pub async fn handle(app: &App, longest: Duration) -> Result<Summary, Error> {
    let stop_at = Instant::now() + longest;
    let now = app.clock.now();
    let shards = (0..keys::SHARDS).map(|shard| async move {
        let mut summary = Summary::until(now);
        tick_shard(app, shard, now, stop_at, &mut summary).await?;
        wake_shard(app, shard, now, stop_at, &mut summary).await?;
        Ok::<_, Error>(summary)
    });
    let mut summary = Summary::until(now);
    // A shard that can't be read must not keep the others from being swept.
    let mut unreadable = None;
    for swept in join_all(shards).await {
        match swept {
            Ok(swept) => summary.add(swept),
            Err(error) => {
                unreadable = Some(error);
                summary.until = None;
                summary.shards_left += 1;
            }
        }
    }
    // After what is due: nobody's reminder waits for it.
    if let Err(error) = proclamation::recount(app, stop_at, &mut summary).await {
        unreadable = Some(error);
    }
    let spent = spent();
    tracing::info!(
        examined = summary.due,
        changed = summary.ticked,
        failed = summary.failed,
        missed = summary.missed,
        notices_woken = summary.notices_woken,
        oldest_unsent_seconds = summary.oldest_unsent_seconds,
        recounted = summary.recounted,
        complete = summary.complete,
        until = summary.until.map(|until| until.to_string()),
        shards_left = summary.shards_left,
        ms = spent.ms,
        requests = spent.requests,
        read_units = spent.read_units,
        write_units = spent.write_units,
        "swept"
    );
    let numbers = [
        // A shard that could not be read is no sweep: the heartbeat is missing then.
        (Metric::SweepRuns, u64::from(unreadable.is_none())),
        (Metric::CasesDue, summary.due.into()),
        (Metric::CasesFailed, summary.failed.into()),
        (Metric::DueDatesMissed, summary.missed.into()),
        (Metric::SweepsIncomplete, u64::from(!summary.complete)),
        (Metric::NoticesWoken, summary.notices_woken.into()),
        (Metric::OldestUnsentNotice, summary.oldest_unsent_seconds),
    ];
    app.metrics.tell(&app.province, now, &numbers);
    unreadable.map_or(Ok(summary), Err)
}

/// Wakes the notices that were lost on their way, and does nothing else, for at most a time.
///
/// # Errors
/// Where the index can't be read.
pub async fn wake(app: &App, longest: Duration) -> Result<Summary, Error> {
    let (now, stop_at) = (app.clock.now(), Instant::now() + longest);
    let mut summary = Summary { complete: true, ..Summary::default() };
    for shard in 0..keys::SHARDS {
        wake_shard(app, shard, now, stop_at, &mut summary).await?;
    }
    Ok(summary)
}

async fn tick_shard(
    app: &App,
    shard: u8,
    now: Timestamp,
    stop_at: Instant,
    summary: &mut Summary,
) -> Result<(), Error> {
    let mut cursor = None;
    let mut looked_at = None;
    loop {
        if Instant::now() >= stop_at {
            summary.complete = false;
            summary.until = looked_at;
            summary.shards_left += 1;
            return Ok(());
        }
        let page = app.store.due(shard, now, cursor.as_ref(), PAGE).await?;
        let mut done = Vec::with_capacity(page.items.len());
        for some in page.items.chunks(AT_ONCE) {
            let mut ticks = Vec::with_capacity(some.len());
            for item in some {
                ticks.push(tick(app, item, now));
            }
            done.extend(join_all(ticks).await);
        }
        for ticked in done {
            summary.due += 1;
            match ticked {
                Some(Ticked { changed, missed }) => {
                    summary.ticked += u32::from(changed);
                    summary.missed += missed;
                }
                None => summary.failed += 1,
            }
        }
        looked_at = page.items.last().and_then(DueItem::at).or(looked_at);
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

/// What became of a case; `None` where it failed.
async fn tick(app: &App, item: &DueItem, now: Timestamp) -> Option<Ticked> {
    let id = &item.case;
    match app.tick(id, &app.command_id()).await {
        Ok(ticked) => Some(ticked),
        // The index was stale: the case is gone.
        Err(Fault::NotFound) => Some(Ticked::default()),
        Err(fault) => {
            tracing::error!(case_id = %id, cause = %donthu_service::problem::chain(&fault), "a case could not be ticked");
            let until = now.saturating_add(PUT_OFF).unwrap_or(Timestamp::MAX);
            if let Err(error) = app.store.back_off(item, until).await {
                tracing::error!(case_id = %id, cause = %donthu_service::problem::chain(&error), "nor put off");
            }
            None
        }
    }
}

/// Moves a lost notice's place in the index: that write goes through the stream, and the stream's function publishes. So
/// the sweep needs no right to publish nor to read contacts.
async fn wake_shard(
    app: &App,
    shard: u8,
    now: Timestamp,
    stop_at: Instant,
    summary: &mut Summary,
) -> Result<(), Error> {
    let lost_before = now.saturating_sub(LOST_AFTER).unwrap_or(Timestamp::MIN);
    let mut cursor = None;
    loop {
        if Instant::now() >= stop_at {
            summary.complete = false;
            return Ok(());
        }
        let page = app.store.unsent(shard, lost_before, cursor.as_ref(), PAGE).await?;
        for item in &page.items {
            match app.store.notice(&item.key).await {
                Ok(Some(notice)) => {
                    let age = u64::try_from(now.duration_since(notice.decided_at).as_secs()).unwrap_or(0);
                    summary.oldest_unsent_seconds = summary.oldest_unsent_seconds.max(age);
                }
                Ok(None) => {}
                // It is woken all the same: who publishes sets it aside.
                Err(error) => {
                    tracing::error!(cause = %donthu_service::problem::chain(&error), "an unsent notice cannot be read");
                }
            }
            match app.store.back_off(item, now).await {
                Ok(true) => summary.notices_woken += 1,
                Ok(false) => {}
                Err(error) => {
                    summary.failed += 1;
                    tracing::error!(cause = %donthu_service::problem::chain(&error), "a notice could not be woken");
                }
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}
