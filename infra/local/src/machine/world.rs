//! Time passing: the clock, the schedules that fall due and the streams that they feed, one step at a time.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::{Mutex, watch};

use crate::clock::{self, ClockError, MovableClock};
use crate::handlers::ScheduleFunction;
use crate::schedules::{Run, ScheduleError, Schedules};
use crate::streams::{Drained, StreamError, Streams};

/// How often due schedules are looked for while time runs by itself.
const LOOK: Duration = Duration::from_secs(1);

/// Why time cannot be moved.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The clock cannot be moved.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The schedules cannot be kept.
    #[error(transparent)]
    Schedules(#[from] ScheduleError),
    /// The streams cannot be read.
    #[error(transparent)]
    Streams(#[from] StreamError),
}

/// A run of a schedule that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedRun {
    /// Function and event.
    pub rule: String,
    /// When it was due.
    pub at: Timestamp,
}

/// Where a move of the clock ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// What the clock shows now.
    pub now: Timestamp,
    /// Runs of schedules on the way.
    pub runs: u64,
    /// Those of them that failed.
    pub failed: Vec<FailedRun>,
}

/// The clock, the schedules and the streams of a machine.
pub struct World {
    clock: Arc<MovableClock>,
    functions: BTreeMap<String, ScheduleFunction>,
    streams: Arc<Streams>,
    /// Held while schedules run, so that two moves never mix.
    schedules: Mutex<Schedules>,
}

impl World {
    pub(super) fn new(
        clock: Arc<MovableClock>,
        functions: BTreeMap<String, ScheduleFunction>,
        streams: Arc<Streams>,
        schedules: Schedules,
    ) -> Self {
        Self { clock, functions, streams, schedules: Mutex::new(schedules) }
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<MovableClock> {
        &self.clock
    }

    /// The streams.
    #[must_use]
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Hands over every record that waits in a stream, and those that this leads to.
    ///
    /// # Errors
    /// [`StreamError`].
    pub async fn drain(&self) -> Result<Drained, StreamError> {
        self.streams.drain().await
    }

    /// Moves the clock forward by an ISO 8601 duration. Every schedule on the way runs at its own time, in order, and
    /// the streams are drained after each run.
    ///
    /// # Errors
    /// [`WorldError`]; the clock then stands where it got to.
    pub async fn advance(&self, duration: &str) -> Result<Moved, WorldError> {
        let mut schedules = self.schedules.lock().await;
        let to = clock::after(self.clock.now(), duration)?;
        let moved = self.run_until(&mut schedules, to).await;
        match moved {
            Ok(moved) => {
                self.clock.set(to)?;
                Ok(moved)
            }
            Err(error) => {
                let reached = self.clock.now();
                self.clock.set(reached)?;
                Err(error)
            }
        }
    }

    /// Begins to replay history: holds the clock at `at` and begins the schedules there. [`Self::replay_to`] moves it,
    /// [`Self::end_replay`] returns to where the clock was.
    ///
    /// # Errors
    /// [`WorldError`].
    pub async fn begin_replay(&self, at: Timestamp) -> Result<(), WorldError> {
        let mut schedules = self.schedules.lock().await;
        self.clock.hold(at);
        schedules.restart(at)?;
        Ok(())
    }

    /// Moves the held clock to an instant, running the schedules on the way as [`Self::advance`] does.
    ///
    /// # Errors
    /// [`WorldError`].
    pub async fn replay_to(&self, to: Timestamp) -> Result<Moved, WorldError> {
        let mut schedules = self.schedules.lock().await;
        let moved = self.run_until(&mut schedules, to).await?;
        self.clock.hold(to);
        Ok(moved)
    }

    /// Ends a replay: drains the streams, lets the clock go on from where it was before, and counts all schedules as run.
    ///
    /// # Errors
    /// [`WorldError`].
    pub async fn end_replay(&self) -> Result<(), WorldError> {
        let mut schedules = self.schedules.lock().await;
        self.streams.drain().await?;
        self.clock.release();
        schedules.restart(self.clock.now())?;
        Ok(())
    }

    /// Runs every rule that is due, once however many of its runs were missed, at the clock's own time.
    ///
    /// # Errors
    /// [`WorldError`].
    pub async fn catch_up(&self) -> Result<Moved, WorldError> {
        let mut schedules = self.schedules.lock().await;
        let mut moved = Moved { now: self.clock.now(), runs: 0, failed: Vec::new() };
        while let Some(run) = schedules.next(moved.now) {
            self.run(&run, &mut moved).await;
            schedules.made_up(&run, moved.now)?;
        }
        Ok(moved)
    }

    /// Catches up again and again until `stop` says so.
    pub async fn run_schedules(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(error) = self.catch_up().await {
                tracing::error!(%error, "the schedules cannot be kept; they go on");
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                changed = stop.changed() => if changed.is_err() { return },
            }
        }
    }

    async fn run_until(&self, schedules: &mut Schedules, to: Timestamp) -> Result<Moved, WorldError> {
        let mut moved = Moved { now: to, runs: 0, failed: Vec::new() };
        self.streams.drain().await?;
        while let Some(run) = schedules.next(to) {
            self.clock.hold(run.at);
            self.run(&run, &mut moved).await;
            self.streams.drain().await?;
            schedules.done(&run)?;
        }
        Ok(moved)
    }

    async fn run(&self, run: &Run, moved: &mut Moved) {
        moved.runs += 1;
        let Some(function) = self.functions.get(&run.function).cloned() else { return };
        let input = run.input.clone();
        let failure = match AssertUnwindSafe(async move { function(input).await }).catch_unwind().await {
            Ok(Ok(summary)) => {
                tracing::debug!(rule = run.rule, %summary, "schedule ran");
                return;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the function panicked".to_owned(),
        };
        tracing::error!(rule = run.rule, at = %run.at, error = failure, "the run of a schedule failed");
        moved.failed.push(FailedRun { rule: run.rule.clone(), at: run.at });
    }
}
