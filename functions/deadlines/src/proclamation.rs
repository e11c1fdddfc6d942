//! Days off that were proclaimed: what rests on those that were not is counted anew (law.md (b).4; the law moves such a due day
//! by itself, so the case only has to say so). And agencies that were closed, merged or moved: what is with one that must not have
//! it any more goes on.

use std::time::Instant;

use donthu_domain::{AgencyId, CaseId, time};
use donthu_service::reference::{is_counted_by, note_counted};
use donthu_service::{App, Fault};
use donthu_store::keys::{Compartment, Shelf};
use futures::future::join_all;
use lambda_runtime::Error;

use crate::{AT_ONCE, Summary};

/// How many rows of a list are read at a time.
const PAGE: u16 = 200;

/// Looks at every open case once after the calendar or the agencies have changed. It is noted as done only when all were looked at: a run that
/// breaks off is begun anew by the next one, which finds what was counted already as it should be.
pub async fn recount(app: &App, stop_at: Instant, summary: &mut Summary) -> Result<(), Error> {
    let directory = app.directory().await?;
    let today = time::local_date(app.clock.now());
    if is_counted_by(&app.store, &app.law.calendar, &directory, today).await? {
        return Ok(());
    }
    let external = AgencyId::external();
    let mut failed = 0;
    for agency in directory.agency_ids().chain([&external]) {
        for compartment in [Compartment::Ordinary, Compartment::Denunciations, Compartment::External] {
            let mut cursor = None;
            loop {
                if Instant::now() >= stop_at {
                    summary.complete = false;
                    return Ok(());
                }
                let page = app.store.cases_of(agency, compartment, Shelf::Open, cursor.as_ref(), PAGE).await?;
                for some in page.items.chunks(AT_ONCE) {
                    let ticked = join_all(some.iter().map(|case| tick(app, &case.id))).await;
                    summary.recounted += u32::try_from(ticked.len()).unwrap_or(u32::MAX);
                    failed += ticked.iter().filter(|ticked| !**ticked).count();
                }
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
        }
    }
    summary.failed += u32::try_from(failed).unwrap_or(u32::MAX);
    if failed == 0 {
        note_counted(&app.store, &app.law.calendar, &directory, today).await?;
    }
    Ok(())
}

async fn tick(app: &App, id: &CaseId) -> bool {
    match app.tick(id, &app.command_id()).await {
        Ok(_) | Err(Fault::NotFound) => true,
        // What can't be read is named by the audit; no repetition would help it.
        Err(fault) if fault.is_malformed_data() => {
            tracing::error!(case_id = %id, cause = %donthu_service::problem::chain(&fault), "a case can't be recounted");
            true
        }
        Err(fault) => {
            tracing::warn!(case_id = %id, cause = %donthu_service::problem::chain(&fault), "a case was not recounted");
            false
        }
    }
}
