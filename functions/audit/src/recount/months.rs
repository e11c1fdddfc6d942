//! Sealed months against the sums of the journal's deltas.

use std::collections::BTreeMap;

use donthu_domain::tally::{Balance, Flows};
use donthu_domain::{AgencyId, Kind};
use donthu_service::figures::PROVINCE;
use donthu_store::SealedMonth;
use donthu_store::keys::{Ledger, Month};

use super::counters::{CounterKey, Tallied};

/// A sealed month, or a row of it, that is not what the journal says.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The row, that of the province among them; `None` where the whole month is missing.
    pub row: Option<(Kind, AgencyId)>,
    pub text: String,
}

type Rows<'a> = BTreeMap<(Kind, AgencyId), &'a SealedMonth>;
type Flowed = BTreeMap<Month, BTreeMap<(Kind, AgencyId), Flows>>;

/// Goes through the months from the first with a change to the last that is sealed. `running` and later months are not over.
///
/// All months before a sealed one must be sealed as a whole. The last one may be in parts, since sealing may break off, and
/// goes on the next night.
pub fn wrong(tallied: &BTreeMap<CounterKey, Tallied>, sealed: &[SealedMonth], running: Month) -> Vec<Wrong> {
    let mut months: BTreeMap<Month, Rows<'_>> = BTreeMap::new();
    for row in sealed {
        months.entry(row.month).or_default().insert((row.kind, row.agency.clone()), row);
    }
    let mut wrong = Vec::new();
    for (key, row) in months.split_off(&running).into_values().flatten() {
        wrong.push(found(row.month, &key, "it is not over"));
    }
    let Some(last) = months.keys().next_back().copied() else { return wrong };
    let flowed = flowed(tallied, last);
    let first = months.keys().chain(flowed.keys()).min().copied().unwrap_or(last);
    let mut stock: BTreeMap<(Kind, AgencyId), Balance> = BTreeMap::new();
    for month in std::iter::successors(Some(first), |month| Some(month.next())).take_while(|month| *month <= last) {
        let expected = expected(flowed.get(&month), &mut stock);
        match months.get(&month) {
            Some(rows) => compare(month, &expected, rows, month == last, &mut wrong),
            None => wrong.push(Wrong { row: None, text: format!("sealed month {month}: it is missing") }),
        }
    }
    wrong
}

fn flowed(tallied: &BTreeMap<CounterKey, Tallied>, last: Month) -> Flowed {
    let mut flowed = Flowed::new();
    for (key, sum) in tallied.iter().filter(|(key, _)| key.ledger == Ledger::Flow) {
        let month = Month::of(key.day);
        if month <= last && !sum.flows.is_empty() {
            let sums = flowed.entry(month).or_default();
            sums.entry((key.kind, key.agency.clone())).or_default().merge(&sum.flows);
        }
    }
    flowed
}

/// What the rows of a month must say, the province's with them; carries the stock on.
fn expected(
    flowed: Option<&BTreeMap<(Kind, AgencyId), Flows>>,
    stock: &mut BTreeMap<(Kind, AgencyId), Balance>,
) -> BTreeMap<(Kind, AgencyId), (Flows, Balance)> {
    for (key, flows) in flowed.into_iter().flatten() {
        stock.entry(key.clone()).or_default().apply(flows);
    }
    let mut rows: BTreeMap<_, _> = Kind::ALL
        .into_iter()
        .map(|kind| ((kind, AgencyId::new(PROVINCE)), (Flows::default(), Balance::default())))
        .collect();
    for (key, closing) in stock {
        let flows = flowed.and_then(|flowed| flowed.get(key)).cloned().unwrap_or_default();
        if let Some((all, stood)) = rows.get_mut(&(key.0, AgencyId::new(PROVINCE))) {
            all.merge(&flows);
            stood.merge(closing);
        }
        rows.insert(key.clone(), (flows, closing.clone()));
    }
    rows
}

fn compare(
    month: Month,
    expected: &BTreeMap<(Kind, AgencyId), (Flows, Balance)>,
    rows: &Rows<'_>,
    last: bool,
    wrong: &mut Vec<Wrong>,
) {
    let whole = Kind::ALL.into_iter().all(|kind| rows.contains_key(&(kind, AgencyId::new(PROVINCE))));
    for (key, (flows, closing)) in expected {
        match rows.get(key) {
            Some(row) if row.flows != *flows => wrong.push(found(month, key, "its changes are not the journal's")),
            Some(row) if row.closing != *closing => wrong.push(found(month, key, "its stock is not the journal's")),
            // A row of zeros is written for the province, and for agencies that had something once.
            None if !last && key.1.as_str() == PROVINCE => wrong.push(found(month, key, "it is missing")),
            None if (whole || !last) && (!flows.is_empty() || *closing != Balance::default()) => {
                wrong.push(found(month, key, "it is missing"));
            }
            _ => {}
        }
    }
    for (key, row) in rows.iter().filter(|(key, _)| !expected.contains_key(key)) {
        if !row.flows.is_empty() || row.closing != Balance::default() {
            wrong.push(found(month, key, "the journal knows nothing of it"));
        }
    }
}

fn found(month: Month, row: &(Kind, AgencyId), what: &str) -> Wrong {
    let (kind, agency) = row;
    Wrong { row: Some(row.clone()), text: format!("sealed month {month} {} {agency}: {what}", kind.code()) }
}
