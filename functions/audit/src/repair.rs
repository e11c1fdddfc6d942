//! Mends counters that differ from a sound journal. No schedule does that: an operator does, who knows why they differ.

use donthu_service::App;
use donthu_store::StoreError;

use crate::Drift;

/// What became of counters that were to be mended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Counters that are what the journal says now.
    pub mended: u64,
    /// Counters that were not any more what the recount had found, and were left.
    pub moved: u64,
}

/// Adds to each counter what the journal says it lacks. A counter is written only while it is what the recount found, so that
/// doing it twice, or by two at once, is doing it once. Sealed months stay as they are: they never change.
///
/// # Errors
/// [`StoreError`] where the table can't be read or written; what was mended stays so, and a new recount goes on from there.
pub async fn repair(app: &App, drifts: &[Drift]) -> Result<Repaired, StoreError> {
    let mut repaired = Repaired::default();
    for Drift { ledger, kind, day, agency, stored, right } in drifts {
        if app.store.mend_counter(*ledger, *kind, (*day, agency), stored, right).await? {
            repaired.mended += 1;
        } else {
            repaired.moved += 1;
        }
    }
    Ok(repaired)
}
