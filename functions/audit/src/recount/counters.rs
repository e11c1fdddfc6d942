//! Counters against the sums of the journal's deltas.

use std::collections::{BTreeMap, BTreeSet};

use donthu_domain::tally::Flows;
use donthu_domain::{AgencyId, Kind};
use donthu_service::App;
use donthu_store::keys::{Ledger, Month};
use donthu_store::{DayCounts, StoreError};
use jiff::civil::Date;
use lambda_runtime::Error;

use super::Run;
use super::journal::{CaseEntries, JournalReader};
use crate::Drift;

/// How often counters that change all the time are compared.
const ROUNDS: usize = 3;

/// A counter, all its shards together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CounterKey {
    pub ledger: Ledger,
    pub kind: Kind,
    pub day: Date,
    pub agency: AgencyId,
}

impl CounterKey {
    fn name(&self) -> String {
        let Self { ledger, kind, day, agency } = self;
        let ledger = match ledger {
            Ledger::Flow => "flow",
            Ledger::Cohort => "cohort",
        };
        format!("counter {ledger} {} {agency} {day}", kind.code())
    }
}

/// What the journal adds up to for a counter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallied {
    pub flows: Flows,
    /// Of how many deltas: the journal only grows, so an equal number means the same deltas.
    deltas: u64,
}

/// Adds a case's deltas; only those of some counters where told.
pub fn add(tallied: &mut BTreeMap<CounterKey, Tallied>, case: &CaseEntries, only: Option<&BTreeSet<CounterKey>>) {
    let bodies = case.entries.iter().filter_map(|entry| entry.body().ok());
    for delta in bodies.flat_map(|body| body.tally) {
        let key = CounterKey { ledger: delta.cohort.into(), kind: delta.kind, day: delta.day, agency: delta.agency };
        if only.is_none_or(|only| only.contains(&key)) {
            let sum = tallied.entry(key).or_default();
            sum.flows.add(delta.measure, delta.by);
            sum.deltas += 1;
        }
    }
}

/// Adds what stands in the table: a shard, or a whole counter.
pub fn merge(stored: &mut BTreeMap<CounterKey, Flows>, ledger: Ledger, kind: Kind, counts: DayCounts) {
    let DayCounts { agency, day, flows } = counts;
    stored.entry(CounterKey { ledger, kind, day, agency }).or_default().merge(&flows);
}

/// Names the counters that are not what the journal adds up to. False where time ran out.
///
/// A counter that was read between two readings of the journal which found the same deltas for it counted exactly these.
/// Where the second reading found more, the counter is read and compared anew.
pub async fn check(
    run: &mut Run<'_>,
    tallied: &BTreeMap<CounterKey, Tallied>,
    mut stored: BTreeMap<CounterKey, Flows>,
) -> Result<bool, Error> {
    let mut suspect: BTreeMap<CounterKey, Tallied> = BTreeMap::new();
    for key in tallied.keys().chain(stored.keys()).cloned().collect::<BTreeSet<_>>() {
        let sum = tallied.get(&key).cloned().unwrap_or_default();
        if sum.flows != stored.get(&key).cloned().unwrap_or_default() {
            suspect.insert(key, sum);
        }
    }
    for _ in 0..ROUNDS {
        if suspect.is_empty() {
            return Ok(true);
        }
        let keys: BTreeSet<CounterKey> = suspect.keys().cloned().collect();
        let Some(mut again) = tally(run, &keys).await? else { return Ok(false) };
        let mut moving = BTreeMap::new();
        for (key, before) in suspect {
            let now = again.remove(&key).unwrap_or_default();
            if now == before {
                let (name, on_disk) = (key.name(), stored.get(&key).cloned().unwrap_or_default());
                if run.judge(key.kind, &key.agency, name) {
                    let CounterKey { ledger, kind, day, agency } = key;
                    run.summary.drifts.push(Drift { ledger, kind, day, agency, stored: on_disk, right: now.flows });
                }
            } else {
                moving.insert(key, now);
            }
        }
        stored = read(run.app, moving.keys()).await?;
        moving.retain(|key, sum| sum.flows != stored.get(key).cloned().unwrap_or_default());
        suspect = moving;
    }
    run.summary.unsettled += u64::try_from(suspect.len()).unwrap_or(u64::MAX);
    Ok(true)
}

/// Adds up the journal again for some counters. `None` where time ran out.
async fn tally(run: &Run<'_>, keys: &BTreeSet<CounterKey>) -> Result<Option<BTreeMap<CounterKey, Tallied>>, Error> {
    let mut tallied = BTreeMap::new();
    let mut reader = JournalReader::default();
    while !run.out_of_time() {
        let Some(cases) = reader.next(run.app).await? else { return Ok(Some(tallied)) };
        for case in cases {
            add(&mut tallied, &case, Some(keys));
        }
    }
    Ok(None)
}

async fn read(app: &App, keys: impl Iterator<Item = &CounterKey>) -> Result<BTreeMap<CounterKey, Flows>, StoreError> {
    let mut stored = BTreeMap::new();
    let partitions: BTreeSet<_> = keys.map(|key| (key.ledger, key.kind, Month::of(key.day))).collect();
    for (ledger, kind, month) in partitions {
        match app.store.tallies(ledger, kind, month, None).await {
            Ok(counters) => counters.into_iter().for_each(|counts| merge(&mut stored, ledger, kind, counts)),
            // The malformed item is named already.
            Err(StoreError::Malformed { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(stored)
}
