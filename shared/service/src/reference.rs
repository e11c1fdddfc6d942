//! The reference data in memory. Every function reads them at its first request and again when they have aged, so that a
//! submission needs no read of its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use donthu_domain::{Calendar, Directory};
use donthu_store::{Store, StoreError};
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::fault::Fault;

/// How long reference data may be used before they are read again. A change takes effect everywhere within it.
pub const MOST_AGE: Duration = Duration::from_secs(60);

/// Sorts of reference rows, as the store's keys name them.
pub mod sorts {
    /// Agencies.
    pub const AGENCY: &str = "agency";
    /// Areas.
    pub const AREA: &str = "area";
    /// Fields.
    pub const FIELD: &str = "field";
    /// Competence rows.
    pub const COMPETENCE: &str = "competence";
    /// Policies.
    pub const POLICY: &str = "policy";
    /// The calendar and the agencies under which open cases were last looked at; written by the sweep.
    pub const CALENDAR: &str = "calendar";
}

/// What every open case was last looked at under. It has one version: a later calendar or tree takes its place.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    /// The calendar's written years.
    years: String,
    /// The mark of the tree of agencies.
    #[serde(default)]
    tree: String,
}

impl Counted {
    fn under(calendar: &Calendar, directory: &Directory, today: Date) -> Self {
        Self { years: calendar.written_years(), tree: directory.tree_mark(today) }
    }
}

const COUNTED: (&str, Date) = ("counted", date(2012, 1, 1));

/// Whether every open case was looked at under a calendar and the agencies of a day.
///
/// # Errors
/// [`StoreError`] where the mark can't be read.
pub async fn is_counted_by(
    store: &Store,
    calendar: &Calendar,
    directory: &Directory,
    today: Date,
) -> Result<bool, StoreError> {
    let counted: Vec<Counted> = store.references(sorts::CALENDAR).await?;
    Ok(counted.contains(&Counted::under(calendar, directory, today)))
}

/// Notes that every open case was looked at under a calendar and the agencies of a day, as where there is none yet.
///
/// # Errors
/// [`StoreError`] where the mark can't be written.
pub async fn note_counted(
    store: &Store,
    calendar: &Calendar,
    directory: &Directory,
    today: Date,
) -> Result<(), StoreError> {
    let counted = Counted::under(calendar, directory, today);
    store.put_reference(sorts::CALENDAR, COUNTED.0, COUNTED.1, &counted).await
}

async fn read_all(store: &Store) -> Result<Directory, Fault> {
    let (agencies, areas, fields, competence, policies) = tokio::try_join!(
        store.references(sorts::AGENCY),
        store.references(sorts::AREA),
        store.references(sorts::FIELD),
        store.references(sorts::COMPETENCE),
        store.references(sorts::POLICY),
    )?;
    Directory::new(agencies, areas, fields, competence, policies).map_err(Fault::internal)
}

/// The directory and when it was read.
#[derive(Debug, Default)]
pub struct ReferenceCache {
    read: Mutex<Option<(Instant, Arc<Directory>)>>,
}

impl ReferenceCache {
    /// The directory, read anew where it has aged. A failed refresh is an error, not stale data.
    ///
    /// # Errors
    /// [`Fault::Internal`] where the data can't be read or contradict themselves, [`Fault::Busy`] or
    /// [`Fault::Unanswered`] where the store is.
    pub async fn directory(&self, store: &Store) -> Result<Arc<Directory>, Fault> {
        let mut read = self.read.lock().await;
        if let Some((at, directory)) = read.as_ref()
            && at.elapsed() < MOST_AGE
        {
            return Ok(directory.clone());
        }
        let directory = Arc::new(read_all(store).await?);
        *read = Some((Instant::now(), directory.clone()));
        Ok(directory)
    }

    /// Forgets what was read, after a change.
    pub async fn forget(&self) {
        *self.read.lock().await = None;
    }
}
