//! A synthetic sample year, replayed through the real functions under virtual time.
//!
//! Only the totals are real: Lâm Đồng's published year 2023 (359 complaints, 274 of them resolved; 122 denunciations, 105 of
//! them resolved; 2,405 feedback). Days, agencies, which outcome each part stands for and how much feedback was answered are
//! made up here, always the same for the same clock.

mod plan;
mod replay;

use std::io::Write;
use std::sync::atomic::Ordering;

use donthu_audit::AuditTask;
use donthu_domain::time;
use donthu_service::clock::{Clock, SystemClock};
use jiff::Timestamp;
use serde_json::Value;

use crate::clock::MovableClock;
use crate::functions::Shared;
use crate::handlers::BoxError;
use crate::machine::Machine;
use crate::options::Options;
use crate::seed::Reference;

pub use plan::{EARLIEST_CLOCK, Plan, Planned};

/// Marks a data folder whose filling came to its end.
const FILLED: &str = "filled";

/// Refuses a sample year that would begin before the province was what it is, while nothing is written yet.
///
/// # Errors
/// One line that names the first day on which the clock may start.
pub fn refuse_too_early(options: &Options) -> Result<(), BoxError> {
    if options.no_sample || MovableClock::is_kept_in(&options.data) {
        return Ok(());
    }
    check(options.at.unwrap_or_else(|| SystemClock.now()))
}

fn check(now: Timestamp) -> Result<(), BoxError> {
    if time::local_date(now) >= EARLIEST_CLOCK {
        return Ok(());
    }
    Err(format!(
        "the sample year needs a clock from {EARLIEST_CLOCK} on, because the province in its present form began on 1 July \
         2025; choose a later --at or use --no-sample"
    )
    .into())
}

/// Fills a new data folder: reference data, and the sample year unless it isn't wanted.
///
/// # Errors
/// Where the folder holds a filling that was interrupted, its clock is too early for the sample, or a step of the replay is refused.
pub async fn prepare(machine: &Machine, options: &Options, shared: &Shared) -> Result<(), BoxError> {
    let mark = options.data.join(FILLED);
    if mark.exists() {
        return Ok(());
    }
    if !shared.app.store.references::<Value>(donthu_service::reference::sorts::AGENCY).await?.is_empty() {
        let folder = options.data.display();
        return Err(format!("the filling of {folder} was interrupted; remove the folder and start again").into());
    }
    let now = shared.app.clock.now();
    if !options.no_sample {
        check(now)?;
    }
    let reference = Reference::shipped()?;
    reference.load(&shared.app.store).await?;
    if !options.no_sample {
        let plan = Plan::for_year_before(time::local_date(now), &reference, &shared.app.law.calendar);
        shared.filling.store(true, Ordering::Relaxed);
        machine.engine().start_bulk_loading()?;
        let replayed = replay::replay(machine, &plan, now).await;
        machine.engine().end_bulk_loading()?;
        shared.filling.store(false, Ordering::Relaxed);
        replayed?;
        let audit = donthu_audit::handle(&shared.app, AuditTask::Recount).await?;
        if audit.difference_count > 0 {
            let differences = audit.differences.join("; ");
            return Err(format!(
                "the counters differ from the journal in {} places: {differences}",
                audit.difference_count
            )
            .into());
        }
        print_rates(machine, &plan).await?;
    }
    std::fs::write(&mark, b"")?;
    Ok(())
}

async fn print_rates(machine: &Machine, plan: &Plan) -> Result<(), BoxError> {
    let path = format!("/v1/public/statistics?from={}&to={}", plan.first_month, plan.last_month);
    let answer = replay::get(machine, &path).await?;
    let mut out = std::io::stdout();
    writeln!(
        out,
        "Sample year {} to {} (synthetic; totals of Lâm Đồng's year 2023)",
        plan.first_month, plan.last_month
    )?;
    writeln!(
        out,
        "{:<14}{:>12}{:>10}{:>10}{:>10}{:>8}{:>9}",
        "kind", "carried in", "received", "resolved", "rate", "open", "overdue"
    )?;
    for kind in answer.get("kinds").and_then(Value::as_array).into_iter().flatten() {
        let number = |name: &str| kind.get(name).and_then(Value::as_i64).unwrap_or_default();
        let percent = kind.pointer("/rate/percent").and_then(Value::as_str);
        writeln!(
            out,
            "{:<14}{:>12}{:>10}{:>10}{:>10}{:>8}{:>9}",
            kind.get("kind").and_then(Value::as_str).unwrap_or_default(),
            number("carried_in"),
            number("received"),
            number("resolved"),
            percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %")),
            number("open"),
            number("overdue"),
        )?;
    }
    for kind in answer.get("kinds").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| kind.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        writeln!(out, "  {}: {}", text("kind"), text("definition"))?;
    }
    out.flush()?;
    Ok(())
}
