//! Reads what the counters say of a period: the stock before it and the changes in it, by kind and agency.
//!
//! Sealed months give the stock; the days since then are summed. What is read depends on months, agencies and days, never
//! on the number of cases. Whether a month is sealed changes no figure.

use std::collections::BTreeMap;

use donthu_domain::tally::{Balance, Flows};
use donthu_domain::{AgencyId, Kind};
use donthu_store::keys::{Ledger, Month};
use jiff::civil::Date;

use crate::app::App;
use crate::fault::Fault;

/// The agency under which a sealed month's sum over the province stands. It is written last: where it stands, the month is
/// sealed as a whole.
pub const PROVINCE: &str = "province";

/// How many months back a sealed month is looked for.
const LOOK_BACK: usize = 36;

/// The stock before a period, and the changes in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// The stock.
    pub opening: Balance,
    /// The changes.
    pub flows: Flows,
}

/// Sums by kind and agency.
pub type ByAgency = BTreeMap<(Kind, AgencyId), Sums>;

/// The month before another.
pub fn before(month: Month) -> Month {
    Month::of(donthu_domain::time::add_days(month.first_day(), -1))
}

/// The newest month sealed as a whole, `latest` or earlier, with its closing stock; else the first month that was looked
/// for, with nothing before it.
///
/// # Errors
/// [`Fault`] where the rows can't be read.
pub async fn last_sealed(app: &App, latest: Month) -> Result<(Option<Month>, Month, ByAgency), Fault> {
    let mut month = latest;
    for _ in 0..LOOK_BACK {
        let rows = app.store.sealed_months(&app.province, month, month).await?;
        let whole = Kind::ALL
            .into_iter()
            .all(|kind| rows.iter().any(|row| row.kind == kind && row.agency.as_str() == PROVINCE));
        if whole {
            let sums = rows
                .into_iter()
                .filter(|row| row.agency.as_str() != PROVINCE)
                .map(|row| ((row.kind, row.agency), Sums { opening: row.closing, flows: Flows::default() }))
                .collect();
            return Ok((Some(month), month.next(), sums));
        }
        month = before(month);
    }
    Ok((None, month.next(), ByAgency::new()))
}

/// The sums of the days `from` to `to` (inclusive), of one agency or of all.
///
/// # Errors
/// [`Fault`] where the counters can't be read.
pub async fn of_period(app: &App, from: Date, to: Date, agency: Option<&AgencyId>) -> Result<ByAgency, Fault> {
    let (_, mut month, mut sums) = last_sealed(app, before(Month::of(from))).await?;
    if let Some(agency) = agency {
        sums.retain(|(_, of), _| of == agency);
    }
    while month <= Month::of(to) {
        for kind in Kind::ALL {
            for counts in app.store.tallies(Ledger::Flow, kind, month, agency).await? {
                if counts.day > to {
                    continue;
                }
                let entry = sums.entry((kind, counts.agency)).or_default();
                if counts.day < from {
                    entry.opening.apply(&counts.flows);
                } else {
                    entry.flows.merge(&counts.flows);
                }
            }
        }
        month = month.next();
    }
    Ok(sums)
}

/// The sums of several agencies as one, by kind; every kind is there.
pub fn together(sums: &ByAgency, belongs: impl Fn(&AgencyId) -> bool) -> BTreeMap<Kind, Sums> {
    let mut all: BTreeMap<Kind, Sums> = Kind::ALL.into_iter().map(|kind| (kind, Sums::default())).collect();
    for ((kind, agency), part) in sums {
        if belongs(agency) {
            let sum = all.entry(*kind).or_default();
            sum.opening.merge(&part.opening);
            sum.flows.merge(&part.flows);
        }
    }
    all
}
