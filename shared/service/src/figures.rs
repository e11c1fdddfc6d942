//! Reads what the counters say of a period: the stock before it and the changes in it, by kind and agency.
//!
//! Sealed months give the stock and the changes of whole months; the days of other months are summed. What is read depends
//! on months, agencies and days, never on the number of cases. Whether a month is sealed changes no figure.

mod ages;
mod months;

use std::collections::BTreeMap;

use donthu_domain::tally::{Balance, Flows};
use donthu_domain::{AgencyId, Kind};
use donthu_store::SealedMonth;
use donthu_store::keys::{Ledger, Month};
use jiff::civil::Date;

use crate::app::App;
use crate::fault::Fault;

pub use ages::{Ages, open_ages};
pub use months::by_month;

/// The agency under which a sealed month's sum over the province stands. It is written last: where it stands, the month is
/// sealed as a whole.
pub const PROVINCE: &str = "province";

/// How many months back counters are summed as long as no month is sealed at all.
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

/// The newest month sealed as a whole, `latest` or earlier, with its closing stock; else the first month that was counted
/// in, with nothing before it.
///
/// # Errors
/// [`Fault`] where the rows can't be read.
pub async fn last_sealed(app: &App, latest: Month) -> Result<(Option<Month>, Month, ByAgency), Fault> {
    let mut until = latest;
    // A seal that broke off leaves the newest month in parts; the one before it is whole.
    while let Some(month) = app.store.newest_sealed_month(&app.province, until).await? {
        let rows = app.store.sealed_months(&app.province, month, month).await?;
        if is_whole(&rows) {
            let stock = by_agency(rows)
                .map(|row| ((row.kind, row.agency), Sums { opening: row.closing, flows: Flows::default() }))
                .collect();
            return Ok((Some(month), month.next(), stock));
        }
        until = month.previous();
    }
    // Months are sealed in order, beginning with the first that was counted in.
    let first = app.store.first_sealed_month(&app.province).await?;
    let first = first.unwrap_or_else(|| (1..LOOK_BACK).fold(latest, |month, _| month.previous()));
    Ok((None, first, ByAgency::new()))
}

/// Whether the rows of a month are all there: the province's sums are written last.
fn is_whole(rows: &[SealedMonth]) -> bool {
    Kind::ALL.into_iter().all(|kind| rows.iter().any(|row| row.kind == kind && row.agency.as_str() == PROVINCE))
}

fn by_agency(rows: Vec<SealedMonth>) -> impl Iterator<Item = SealedMonth> {
    rows.into_iter().filter(|row| row.agency.as_str() != PROVINCE)
}

/// The rows of the months that lie wholly between two days and are sealed as a whole. One query.
async fn sealed_within(app: &App, from: Date, to: Date) -> Result<BTreeMap<Month, Vec<SealedMonth>>, Fault> {
    let (mut first, mut last) = (Month::of(from), Month::of(to));
    if first.first_day() < from {
        first = first.next();
    }
    if last.last_day() > to {
        last = last.previous();
    }
    let mut months: BTreeMap<Month, Vec<SealedMonth>> = BTreeMap::new();
    if first <= last {
        for row in app.store.sealed_months(&app.province, first, last).await? {
            months.entry(row.month).or_default().push(row);
        }
    }
    months.retain(|_, rows| is_whole(rows));
    Ok(months)
}

/// The sums of the days `from` to `to` (inclusive), of one agency or of all.
///
/// # Errors
/// [`Fault`] where the counters can't be read.
pub async fn of_period(app: &App, from: Date, to: Date, agency: Option<&AgencyId>) -> Result<ByAgency, Fault> {
    let (_, mut month, mut sums) = last_sealed(app, Month::of(from).previous()).await?;
    let mut sealed = sealed_within(app, from, to).await?;
    while month <= Month::of(to) {
        if let Some(rows) = sealed.remove(&month) {
            for row in by_agency(rows) {
                sums.entry((row.kind, row.agency)).or_default().flows.merge(&row.flows);
            }
        } else {
            add_days(app, month, (from, to), agency, &mut sums).await?;
        }
        month = month.next();
    }
    if let Some(agency) = agency {
        sums.retain(|(_, of), _| of == agency);
    }
    Ok(sums)
}

async fn add_days(
    app: &App,
    month: Month,
    (from, to): (Date, Date),
    agency: Option<&AgencyId>,
    sums: &mut ByAgency,
) -> Result<(), Fault> {
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
    Ok(())
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
