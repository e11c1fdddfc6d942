//! Months that follow one another, each as if it had been asked for alone, out of one reading of the counters.

use std::collections::BTreeMap;

use donthu_domain::tally::Flows;
use donthu_domain::{AgencyId, Kind};
use donthu_store::keys::{Ledger, Month};

use super::{ByAgency, by_agency, last_sealed, sealed_within};
use crate::app::App;
use crate::fault::Fault;

/// What changed in a month, by kind and agency.
type Changes = BTreeMap<(Kind, AgencyId), Flows>;

/// The sums of each month from `from` to `to`, both included, oldest first: what [`super::of_period`] gives for the month
/// alone. No row is read twice.
///
/// # Errors
/// [`Fault`] where the counters can't be read.
pub async fn by_month(app: &App, from: Month, to: Month) -> Result<Vec<(Month, ByAgency)>, Fault> {
    let (_, counted, mut stock) = last_sealed(app, from.previous()).await?;
    let mut sealed = sealed_within(app, from.first_day(), to.last_day()).await?;
    let mut changes = Vec::new();
    let mut month = counted.min(from);
    while month <= to {
        let changed = match sealed.remove(&month) {
            Some(rows) => by_agency(rows).map(|row| ((row.kind, row.agency), row.flows)).collect(),
            None if month < counted => Changes::new(),
            None => counters(app, month).await?,
        };
        if month < from {
            carry(&mut stock, &changed);
        } else {
            changes.push((month, changed));
        }
        month = month.next();
    }
    Ok(following(stock, changes))
}

async fn counters(app: &App, month: Month) -> Result<Changes, Fault> {
    let mut changes = Changes::new();
    for kind in Kind::ALL {
        for counts in app.store.tallies(Ledger::Flow, kind, month, None).await? {
            changes.entry((kind, counts.agency)).or_default().merge(&counts.flows);
        }
    }
    Ok(changes)
}

/// Carries a stock over a month.
fn carry(stock: &mut ByAgency, changes: &Changes) {
    for (of, flows) in changes {
        stock.entry(of.clone()).or_default().opening.apply(flows);
    }
}

/// Each month opens with what the one before it left.
fn following(mut stock: ByAgency, months: Vec<(Month, Changes)>) -> Vec<(Month, ByAgency)> {
    let mut sums = Vec::with_capacity(months.len());
    for (month, changes) in months {
        let mut of_month = stock.clone();
        carry(&mut stock, &changes);
        for (of, flows) in changes {
            of_month.entry(of).or_default().flows = flows;
        }
        sums.push((month, of_month));
    }
    sums
}
