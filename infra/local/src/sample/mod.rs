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
use serde_json::Value;

use crate::functions::Shared;
use crate::handlers::BoxError;
use crate::machine::Machine;
use crate::options::Options;
use crate::seed::Reference;

pub use plan::{Plan, Planned};

/// Marks a data folder whose filling came to its end.
const FILLED: &str = "filled";

/// Fills a new data folder: reference data, and the sample year unless it isn't wanted.
///
/// # Errors
/// Where the folder holds a filling that was interrupted, or a step of the replay is refused.
pub async fn prepare(machine: &Machine, options: &Options, shared: &Shared) -> Result<(), BoxError> {
    let mark = options.data.join(FILLED);
    if mark.exists() {
        return Ok(());
    }
    if !shared.app.store.references::<Value>(donthu_service::reference::sorts::AGENCY).await?.is_empty() {
        let folder = options.data.display();
        return Err(format!("the filling of {folder} was interrupted; remove the folder and start again").into());
    }
    let reference = Reference::shipped()?;
    reference.load(&shared.app.store).await?;
    if !options.no_sample {
        let now = shared.app.clock.now();
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
