//! A clock that can be moved forward, to watch deadlines fall without waiting for them.

use std::path::{Path, PathBuf};
use std::sync::RwLock;

use donthu_domain::time::VIETNAM;
use donthu_service::clock::{Clock, SystemClock};
use jiff::{SignedDuration, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::folder::{self, FolderError};

/// Keeps the offset, in the data folder.
const FILE: &str = "clock.json";

/// Why the clock cannot be moved.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// Not an ISO 8601 duration.
    #[error("{0:?} is not an ISO 8601 duration such as P10D or PT6H")]
    NotADuration(String),
    /// The clock of a data folder only goes forward: what is stored there has dates.
    #[error("the clock only goes forward: {0:?} is not a positive duration")]
    NotForward(String),
    /// The result lies outside the years that a date can have.
    #[error("{0:?} is beyond the last date that there is")]
    TooFar(String),
    /// The offset cannot be kept.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    ahead_of_real_time_ns: i128,
}

#[derive(Debug, Clone, Copy)]
struct State {
    ahead: SignedDuration,
    held: Option<Timestamp>,
}

/// Real time plus an offset that is kept in the data folder; it can also be held at an instant.
#[derive(Debug)]
pub struct MovableClock {
    state: RwLock<State>,
    file: Option<PathBuf>,
}

impl MovableClock {
    /// A clock that stands still at `at` until it is moved; nothing is kept. For tests.
    #[must_use]
    pub fn standing_at(at: Timestamp) -> Self {
        Self { state: RwLock::new(State { ahead: SignedDuration::ZERO, held: Some(at) }), file: None }
    }

    /// Whether a data folder, which need not be there, has a clock already.
    #[must_use]
    pub fn is_kept_in(folder: &Path) -> bool {
        folder.join(FILE).exists()
    }

    /// The clock of a data folder: it goes on with the offset kept there. In a new folder it starts at `start`, or at
    /// real time. Returns also whether the folder had a clock, in which case `start` was not used.
    ///
    /// # Errors
    /// [`ClockError::Folder`] where the offset cannot be read or kept.
    pub fn open(folder: &Path, start: Option<Timestamp>) -> Result<(Self, bool), ClockError> {
        let file = folder.join(FILE);
        let stored: Option<Stored> = folder::read_json(&file)?;
        let known = stored.is_some();
        let ahead = match (stored, start) {
            (Some(stored), _) => SignedDuration::from_nanos_i128(stored.ahead_of_real_time_ns),
            (None, Some(start)) => start.duration_since(SystemClock.now()),
            (None, None) => SignedDuration::ZERO,
        };
        let clock = Self { state: RwLock::new(State { ahead, held: None }), file: Some(file) };
        if !known {
            clock.keep(ahead)?;
        }
        Ok((clock, known))
    }

    /// What the clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let state = *self.state.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.held.unwrap_or_else(|| shifted(SystemClock.now(), state.ahead))
    }

    /// Stops the clock at an instant, past or future, until [`Self::release`]; nothing is kept. Used where history is
    /// replayed, and to give each run of a schedule its own time.
    pub fn hold(&self, at: Timestamp) {
        self.change(|state| state.held = Some(at));
    }

    /// Lets a held clock go on from where it was before.
    pub fn release(&self) {
        self.change(|state| state.held = None);
    }

    /// Sets the clock to an instant for good; from there it goes on with real time, unless it is one that stands still.
    ///
    /// # Errors
    /// [`ClockError::Folder`] where the offset cannot be kept; the clock is then not moved.
    pub fn set(&self, at: Timestamp) -> Result<(), ClockError> {
        let ahead = at.duration_since(SystemClock.now());
        let stands_still = self.file.is_none();
        self.keep(ahead)?;
        self.change(|state| {
            state.ahead = ahead;
            state.held = stands_still.then_some(at);
        });
        Ok(())
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    fn keep(&self, ahead: SignedDuration) -> Result<(), ClockError> {
        match &self.file {
            Some(file) => Ok(folder::write_json(file, &Stored { ahead_of_real_time_ns: ahead.as_nanos() })?),
            None => Ok(()),
        }
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        MovableClock::now(self)
    }
}

fn shifted(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(at)
}

/// The instant that an ISO 8601 duration (`P10D`, `PT6H`, `P1M`) after `from` names. Days, weeks, months and years are
/// those of the calendar at UTC+7.
///
/// # Errors
/// [`ClockError`] where `duration` is not one, is zero or negative, or leads beyond the last date.
pub fn after(from: Timestamp, duration: &str) -> Result<Timestamp, ClockError> {
    let span: Span = duration.parse().map_err(|_| ClockError::NotADuration(duration.to_owned()))?;
    let to = VIETNAM
        .to_datetime(from)
        .checked_add(span)
        .and_then(|local| VIETNAM.to_timestamp(local))
        .map_err(|_| ClockError::TooFar(duration.to_owned()))?;
    if to <= from { Err(ClockError::NotForward(duration.to_owned())) } else { Ok(to) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn durations_are_counted_on_the_calendar_at_utc_plus_7() {
        assert_eq!(after(at("2026-01-30T20:00:00Z"), "P1M").unwrap(), at("2026-02-27T20:00:00Z"));
        assert_eq!(after(at("2026-01-30T20:00:00Z"), "P10D").unwrap(), at("2026-02-09T20:00:00Z"));
        assert_eq!(after(at("2026-01-30T20:00:00Z"), "PT6H").unwrap(), at("2026-01-31T02:00:00Z"));
    }

    #[test]
    fn zero_negative_and_senseless_durations_are_refused() {
        let from = at("2026-01-30T20:00:00Z");
        for text in ["PT0S", "-P1D", "P0D"] {
            assert!(matches!(after(from, text), Err(ClockError::NotForward(_))), "{text}");
        }
        for text in ["", "tomorrow", "10", "P"] {
            assert!(matches!(after(from, text), Err(ClockError::NotADuration(_))), "{text}");
        }
        assert!(matches!(after(from, "P9000Y"), Err(ClockError::TooFar(_))));
    }

    #[test]
    fn the_offset_is_still_there_when_the_folder_is_opened_again() {
        let place = tempfile::tempdir().unwrap();
        let start = at("2025-03-01T00:00:00Z");
        let (clock, known) = MovableClock::open(place.path(), Some(start)).unwrap();
        assert!(!known);
        assert!(clock.now().duration_since(start).as_secs() < 60);
        let later = at("2027-03-01T00:00:00Z");
        clock.set(later).unwrap();
        let (clock, known) = MovableClock::open(place.path(), Some(start)).unwrap();
        assert!(known);
        let since = clock.now().duration_since(later).as_secs();
        assert!((0..60).contains(&since), "{since}");
    }

    #[test]
    fn holding_the_clock_does_not_move_it() {
        let place = tempfile::tempdir().unwrap();
        let (clock, _) = MovableClock::open(place.path(), None).unwrap();
        clock.hold(at("2001-01-01T00:00:00Z"));
        assert_eq!(clock.now(), at("2001-01-01T00:00:00Z"));
        clock.release();
        assert!(SystemClock.now().duration_since(clock.now()).as_secs().abs() < 60);
    }
}
