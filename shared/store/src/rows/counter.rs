//! Counters: signed sums of a day, spread over shards, one attribute for each measure.

use std::collections::BTreeMap;

use donthu_domain::tally::{Flows, Measure};
use donthu_domain::{AgencyId, CaseId, Cohort, Kind, TallyDelta};
use jiff::civil::Date;

use super::{Item, Reader};
use crate::error::StoreError;
use crate::keys::{self, Key, Ledger, Month};

/// What was counted for an agency under a day, all shards together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCounts {
    /// The agency.
    pub agency: AgencyId,
    /// The day.
    pub day: Date,
    /// The sums.
    pub flows: Flows,
}

impl From<Cohort> for Ledger {
    fn from(cohort: Cohort) -> Self {
        match cohort {
            Cohort::Flow => Self::Flow,
            Cohort::ByAcceptance => Self::Cohort,
        }
    }
}

/// The changes of one transition by counter item, each measure summed up: a transaction may touch an item only once.
pub(crate) fn merge(case: &CaseId, deltas: &[TallyDelta]) -> BTreeMap<Key, BTreeMap<String, i64>> {
    let mut items: BTreeMap<Key, BTreeMap<String, i64>> = BTreeMap::new();
    for delta in deltas {
        let key = keys::tally(delta.cohort.into(), delta.day, delta.kind, &delta.agency, case);
        *items.entry(key).or_default().entry(delta.measure.name()).or_default() += delta.by;
    }
    items.retain(|_, measures| {
        measures.retain(|_, by| *by != 0);
        !measures.is_empty()
    });
    items
}

/// One counter item by itself: its ledger, kind, and what stands in this shard.
pub(crate) fn counter(item: &Item) -> Result<(Ledger, Kind, DayCounts), StoreError> {
    let reader = Reader::new(item);
    let (ledger, month, kind) =
        keys::parse_tally_pk(reader.text(keys::PK)?).ok_or_else(|| reader.malformed("no counter's partition"))?;
    let mut sums = BTreeMap::new();
    add_to(&mut sums, month, item)?;
    let ((agency, day), flows) = sums.pop_first().ok_or_else(|| reader.malformed("no counter's sort key"))?;
    Ok((ledger, kind, DayCounts { agency, day, flows }))
}

/// Adds a counter item to the sums of its agency and day.
pub(crate) fn add_to(
    sums: &mut BTreeMap<(AgencyId, Date), Flows>,
    month: Month,
    item: &Item,
) -> Result<(), StoreError> {
    let reader = Reader::new(item);
    let (agency, day) =
        keys::parse_tally_sk(reader.text(keys::SK)?).ok_or_else(|| reader.malformed("no counter's sort key"))?;
    let day = month.day(day).ok_or_else(|| reader.malformed("no day of its month"))?;
    let flows = sums.entry((agency, day)).or_default();
    for name in item.keys().filter(|name| ![keys::PK, keys::SK].contains(&name.as_str())) {
        let measure = Measure::parse(name).ok_or_else(|| reader.malformed("unknown measure"))?;
        flows.add(measure, reader.parsed(name)?);
    }
    Ok(())
}
