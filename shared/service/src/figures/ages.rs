//! The open cases by age: the stock of now, and how the cases accepted of late have ended.

use std::collections::BTreeMap;

use donthu_domain::tally::{AgeBand, Flows, open_by_age};
use donthu_domain::{AgencyId, Kind};
use donthu_store::DayCounts;
use donthu_store::keys::{Ledger, Month};
use jiff::civil::Date;

use super::of_period;
use crate::app::App;
use crate::fault::Fault;

/// How often the counters are read before a caller is told to come again.
const TRIES: usize = 3;

/// Open cases by age, by kind and agency.
pub type Ages = BTreeMap<(Kind, AgencyId), BTreeMap<AgeBand, i64>>;

/// The accepted cases that are open now, by kind, agency and age. What is read depends on agencies and days of the last six
/// months, never on the number of cases.
///
/// # Errors
/// [`Fault`] where the counters can't be read; [`Fault::Busy`] where they change at each reading.
pub async fn open_ages(app: &App, today: Date) -> Result<Ages, Fault> {
    // Stock and ages are read one after the other: what changes between them would make a case older or younger than it is.
    let mut before = this_month(app, today).await?;
    for _ in 0..TRIES {
        let ages = read(app, today).await?;
        let after = this_month(app, today).await?;
        if before == after {
            return Ok(ages);
        }
        before = after;
    }
    Err(Fault::Busy)
}

/// What was counted in the running month: whatever changes is counted there.
async fn this_month(app: &App, today: Date) -> Result<Vec<(Kind, Vec<DayCounts>)>, Fault> {
    let mut counts = Vec::new();
    for kind in Kind::ALL {
        counts.push((kind, app.store.tallies(Ledger::Flow, kind, Month::of(today), None).await?));
    }
    Ok(counts)
}

async fn read(app: &App, today: Date) -> Result<Ages, Fault> {
    let mut open: BTreeMap<(Kind, AgencyId), i64> = BTreeMap::new();
    for (of, sums) in of_period(app, today, today, None).await? {
        let mut stock = sums.opening;
        stock.apply(&sums.flows);
        open.insert(of, stock.open);
    }
    let mut accepted: BTreeMap<(Kind, AgencyId), Vec<(Date, Flows)>> = BTreeMap::new();
    let mut month = Month::of(AgeBand::first_day_told_apart(today));
    while month <= Month::of(today) {
        for kind in Kind::ALL {
            for counts in app.store.tallies(Ledger::Cohort, kind, month, None).await? {
                accepted.entry((kind, counts.agency)).or_default().push((counts.day, counts.flows));
            }
        }
        month = month.next();
    }
    let aged = |(of, open): ((Kind, AgencyId), i64)| {
        let accepted = accepted.get(&of).into_iter().flatten().map(|(day, flows)| (*day, flows));
        let ages = open_by_age(open, accepted, today);
        (of, ages)
    };
    Ok(open.into_iter().map(aged).collect())
}
