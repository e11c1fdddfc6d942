//! Recounts everything from the journal: chains, heads, counters.

use std::collections::{BTreeMap, BTreeSet};

use donthu_domain::tally::{Flows, deltas};
use donthu_domain::{AgencyId, Case, CaseId, Cohort, Kind, evolve, time};
use donthu_service::App;
use donthu_store::keys::{Ledger, Month};
use donthu_store::{JournalEntry, verify_chain};
use jiff::civil::Date;
use lambda_runtime::Error;

use crate::Summary;

/// Entries read at a time.
const PAGE: u16 = 500;

type Counters = BTreeMap<(Cohort, Kind, AgencyId, Date), Flows>;

pub async fn recount(app: &App) -> Result<Summary, Error> {
    let mut summary = Summary::default();
    let mut counters = Counters::new();
    let mut seen: BTreeSet<CaseId> = BTreeSet::new();
    let mut pending: Vec<JournalEntry> = Vec::new();
    let mut cursor = None;
    loop {
        let page = app.store.scan_journal(cursor.as_ref(), PAGE).await?;
        for entry in page.items {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    summary.differs(error.to_string());
                    continue;
                }
            };
            if pending.first().is_some_and(|first| first.case != entry.case) {
                let entries = std::mem::take(&mut pending);
                check_case(app, &entries, &mut seen, &mut counters, &mut summary).await?;
            }
            pending.push(entry);
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    check_case(app, &pending, &mut seen, &mut counters, &mut summary).await?;
    check_heads(app, &seen, &mut summary).await?;
    check_counters(app, &counters, &mut summary).await?;
    Ok(summary)
}

/// One case's entries: an unbroken chain that ends in the head's hash, folds to the stored case, and whose deltas are what
/// its events make.
async fn check_case(
    app: &App,
    entries: &[JournalEntry],
    seen: &mut BTreeSet<CaseId>,
    counters: &mut Counters,
    summary: &mut Summary,
) -> Result<(), Error> {
    let Some(first) = entries.first() else { return Ok(()) };
    let id = &first.case;
    seen.insert(id.clone());
    summary.cases += 1;
    summary.entries += u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let last_hash = match verify_chain(entries) {
        Ok(hash) => hash,
        Err(broken) => {
            summary.differs(format!("case {id}: version {}: {}", broken.version, broken.reason));
            return Ok(());
        }
    };
    let mut case: Option<Case> = None;
    for entry in entries {
        let body = entry.body()?;
        let before = case.clone();
        for event in &body.events {
            case = match evolve(case, event) {
                Ok(case) => Some(case),
                Err(error) => {
                    summary.differs(format!("case {id}: version {}: {error}", entry.version));
                    return Ok(());
                }
            };
        }
        if let Some(after) = &case {
            let day = time::local_date(body.at);
            if deltas(before.as_ref(), &body.events, after, day) != body.tally {
                summary
                    .differs(format!("case {id}: version {}: its counts are not those of its events", entry.version));
            }
        }
        for delta in body.tally {
            let key = (delta.cohort, delta.kind, delta.agency, delta.day);
            counters.entry(key).or_default().add(delta.measure, delta.by);
        }
    }
    let Some(head) = app.store.case(id).await? else {
        summary.differs(format!("case {id}: it has a journal and no head"));
        return Ok(());
    };
    let newest = entries.last().map_or(0, |entry| entry.version);
    if head.case.version < newest || (head.case.version == newest && Some(&head.last_hash) != last_hash.as_ref()) {
        summary.differs(format!("case {id}: the head does not stand at the journal's end"));
    } else if head.case.version == newest
        && let Some(mut folded) = case
    {
        folded.version = head.case.version;
        folded.step = head.case.step;
        if folded != head.case {
            summary.differs(format!("case {id}: the head is not what its journal says"));
        }
    }
    Ok(())
}

async fn check_heads(app: &App, seen: &BTreeSet<CaseId>, summary: &mut Summary) -> Result<(), Error> {
    let mut cursor = None;
    loop {
        let page = app.store.scan_heads(cursor.as_ref(), PAGE).await?;
        for head in page.items {
            match head {
                // A case of version 1 may have come in since the journal was read.
                Ok(head) if !seen.contains(&head.case.id) && head.case.version > 1 => {
                    summary.differs(format!("case {}: it has a head and no journal", head.case.id));
                }
                Ok(_) => {}
                Err(error) => summary.differs(error.to_string()),
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

/// The counters of every month that the journal knows. While cases change meanwhile, the running day may differ; it is left
/// to the next run.
async fn check_counters(app: &App, counters: &Counters, summary: &mut Summary) -> Result<(), Error> {
    let today = time::local_date(app.clock.now());
    let months: BTreeSet<(Cohort, Kind, Month)> =
        counters.keys().map(|(cohort, kind, _, day)| (*cohort, *kind, Month::of(*day))).collect();
    for (cohort, kind, month) in months {
        let ledger = match cohort {
            Cohort::Flow => Ledger::Flow,
            Cohort::ByAcceptance => Ledger::Cohort,
        };
        let stored: BTreeMap<(AgencyId, Date), Flows> = app
            .store
            .tallies(ledger, kind, month, None)
            .await?
            .into_iter()
            .map(|counts| ((counts.agency, counts.day), counts.flows))
            .collect();
        let counted: BTreeMap<(AgencyId, Date), &Flows> = counters
            .iter()
            .filter(|((c, k, _, day), _)| *c == cohort && *k == kind && Month::of(*day) == month)
            .map(|((_, _, agency, day), flows)| ((agency.clone(), *day), flows))
            .collect();
        let keys: BTreeSet<&(AgencyId, Date)> = stored.keys().chain(counted.keys()).collect();
        for key in keys {
            let empty = Flows::default();
            let (have, should) = (stored.get(key).unwrap_or(&empty), counted.get(key).copied().unwrap_or(&empty));
            let running = key.1 == today;
            if have != should && !running {
                summary.differs(format!("counter {} {} {} {:?}", kind.code(), key.0, key.1, cohort));
            }
        }
    }
    Ok(())
}
