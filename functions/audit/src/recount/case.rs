//! One case: its journal is an unbroken chain that ends in the head's hash and folds to the head, and its counts are what
//! its events make.

use std::collections::BTreeSet;

use donthu_domain::tally::deltas;
use donthu_domain::{AgencyId, Case, CaseId, Kind, applied, time};
use donthu_service::App;
use donthu_store::{JournalBody, JournalEntry, Loaded, StoreError, verify_chain};

use super::journal::CaseEntries;

/// How often a case that changes all the time is looked at.
const LOOKS: usize = 8;

/// What is wrong with a case.
#[derive(Debug, PartialEq, Eq)]
pub struct Damage {
    /// In words: case id and version, never a person.
    pub text: String,
    /// The counters to which entries that are missing or altered may have added; empty where the journal is sound.
    pub blind: BTreeSet<(Kind, AgencyId)>,
}

pub enum Verdict {
    Sound,
    /// The same damage was seen twice while the case did not change.
    Damaged(Box<Damage>),
    /// It changed whenever it was looked at.
    Unsettled,
}

/// The head as it stands.
#[derive(Debug, PartialEq, Eq)]
enum Head {
    Absent,
    Malformed(String),
    Read(Box<Loaded>),
}

/// Judges what the scan read of a case, and looks closer where anything is amiss.
pub async fn check(app: &App, case: &CaseEntries) -> Result<Verdict, StoreError> {
    if !case.malformed && damage(&case.id, &case.entries, &head(app, &case.id).await?).is_none() {
        return Ok(Verdict::Sound);
    }
    examine(app, &case.id).await
}

/// Reads a case until its head is the same before and after its journal: no transition came in between then, since each
/// one changes the head.
pub async fn examine(app: &App, id: &CaseId) -> Result<Verdict, StoreError> {
    let mut seen: Option<Damage> = None;
    for _ in 0..LOOKS {
        let before = head(app, id).await?;
        let found = match app.store.journal(id).await {
            Ok(entries) => damage(id, &entries, &before),
            Err(StoreError::Malformed { sk, reason, .. }) => {
                let version = sk.trim_start_matches('0');
                Some(Damage { text: format!("case {id}: version {version}: {reason}"), blind: blind(&[], &before) })
            }
            Err(error) => return Err(error),
        };
        if head(app, id).await? != before {
            continue;
        }
        match found {
            None => return Ok(Verdict::Sound),
            // Once more, for a transaction shows its items one after the other while it is being written.
            Some(found) if seen.as_ref() == Some(&found) => return Ok(Verdict::Damaged(Box::new(found))),
            found => seen = found,
        }
    }
    Ok(Verdict::Unsettled)
}

async fn head(app: &App, id: &CaseId) -> Result<Head, StoreError> {
    match app.store.case(id).await {
        Ok(Some(head)) => Ok(Head::Read(Box::new(head))),
        Ok(None) => Ok(Head::Absent),
        Err(StoreError::Malformed { reason, .. }) => Ok(Head::Malformed(reason)),
        Err(error) => Err(error),
    }
}

fn damage(id: &CaseId, entries: &[JournalEntry], head: &Head) -> Option<Damage> {
    let of_journal = |what: String| Some(Damage { text: format!("case {id}: {what}"), blind: blind(entries, head) });
    let of_head = |what: String| Some(Damage { text: format!("case {id}: {what}"), blind: BTreeSet::new() });
    let hash = match verify_chain(entries) {
        Ok(Some(hash)) => hash,
        Ok(None) if *head == Head::Absent => return None,
        Ok(None) => return of_journal("it has a head and no journal".to_owned()),
        Err(broken) => return of_journal(format!("version {}: {}", broken.version, broken.reason)),
    };
    let mut folded: Option<Case> = None;
    let mut newest: Option<JournalBody> = None;
    for entry in entries {
        let version = entry.version;
        let Ok(body) = entry.body() else { return of_journal(format!("version {version}: it cannot be read")) };
        if !entry.is_in_place(&body) {
            return of_head(format!("version {version}: the index by day has it in another place than it says itself"));
        }
        let after = match applied(folded.as_ref(), &body.events) {
            Ok(after) => after,
            Err(error) => return of_journal(format!("version {version}: {error}")),
        };
        if deltas(folded.as_ref(), &body.events, &after, time::local_date(body.at)) != body.tally {
            return of_journal(format!("version {version}: its counts are not those of its events"));
        }
        folded = Some(after);
        newest = Some(body);
    }
    let (Some(folded), Some(newest)) = (folded, newest) else { return None };
    let head = match head {
        Head::Read(head) => head,
        Head::Absent => return of_head("it has a journal and no head".to_owned()),
        Head::Malformed(reason) => return of_head(format!("the head: {reason}")),
    };
    if head.case.version > folded.version {
        return of_journal(format!("version {}: it is missing", folded.version + 1));
    }
    if head.case.version < folded.version {
        return of_head(format!("the head stands at version {}, not {}", head.case.version, folded.version));
    }
    if head.last_hash != hash {
        return of_journal(format!("version {}: it is not the entry whose hash the head bears", folded.version));
    }
    if head.case != folded || head.last_command != newest.command {
        return of_head("the head is not what its journal says".to_owned());
    }
    None
}

/// The agencies and the kind that the case is known to have been counted under.
fn blind(entries: &[JournalEntry], head: &Head) -> BTreeSet<(Kind, AgencyId)> {
    let bodies = entries.iter().filter_map(|entry| entry.body().ok());
    let told = bodies.flat_map(|body| body.tally).map(|delta| (delta.kind, delta.agency));
    let unassigned = AgencyId::new(donthu_domain::tally::UNASSIGNED);
    let standing = match head {
        Head::Read(head) => vec![
            (head.case.kind, head.case.agency.clone().unwrap_or_else(|| unassigned.clone())),
            (head.case.kind, unassigned),
        ],
        Head::Absent | Head::Malformed(_) => Vec::new(),
    };
    told.chain(standing).collect()
}
