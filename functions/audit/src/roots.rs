//! Journal roots: seals each day that is over, and checks what was sealed against the journal.

use std::collections::BTreeMap;

use donthu_domain::{CaseId, Kind, time};
use donthu_service::App;
use donthu_store::keys::{Ledger, Month};
use donthu_store::merkle::Hash;
use donthu_store::sealing::{DayTree, EntryMark, JournalRoot};
use donthu_store::{Sealed, StoreError};
use jiff::civil::Date;
use lambda_runtime::Error;

use crate::{ON_ITS_WAY, Summary};

/// How many months back the first entry is looked for where nothing was ever sealed: as far as figures look.
const LOOK_BACK: usize = 36;

/// How many roots are read at a time.
const PAGE: u16 = 500;

/// Seals every day that is over and not sealed yet, oldest first, and compares the one sealed last with the journal once more.
///
/// Twice is once, and so are two at a time: the same entries make the same root. Where another root stands, it stays, and is
/// named.
pub async fn seal(app: &App, stop_at: std::time::Instant) -> Result<Summary, Error> {
    let mut summary = Summary { complete: true, ..Summary::default() };
    let settled = app.clock.now().saturating_sub(ON_ITS_WAY).unwrap_or_default();
    let last = time::add_days(time::local_date(settled), -1);
    let (mut day, mut previous) = match app.store.newest_journal_root(&app.province, last).await {
        Ok(Some(root)) => {
            compare(app, &root, &mut summary).await?;
            (time::next_day(root.day), root.anchor)
        }
        Ok(None) => match first_day(app, last).await? {
            Some(day) => (day, Hash::ZERO),
            None => return Ok(summary),
        },
        // What would follow an illegible root would rest on nothing: it must be mended first.
        Err(error @ StoreError::Malformed { .. }) => {
            summary.differs(error.to_string());
            return Ok(summary);
        }
        Err(error) => return Err(error.into()),
    };
    while day <= last {
        if std::time::Instant::now() >= stop_at {
            summary.complete = false;
            break;
        }
        let tree = tree(app, day, &mut summary).await?;
        let root = JournalRoot::new(&app.province, day, tree.size(), tree.root(), previous);
        previous = match app.store.seal_day(&app.province, &tree, &root).await? {
            Sealed::New => {
                summary.roots.push(day.to_string());
                root.anchor
            }
            Sealed::Same => root.anchor,
            Sealed::Other(found) => {
                summary
                    .differs(format!("journal root {day}: its entries make another root than the one that is sealed"));
                found.anchor
            }
        };
        day = time::next_day(day);
    }
    Ok(summary)
}

/// The first day on which anything was counted, which is the day of the first entry: every submission and registration counts.
async fn first_day(app: &App, last: Date) -> Result<Option<Date>, StoreError> {
    let mut first: Option<Date> = None;
    let newest = Month::of(last);
    for month in std::iter::successors(Some(newest), |month| Some(month.previous())).take(LOOK_BACK) {
        for kind in Kind::ALL {
            let days = app.store.tallies(Ledger::Flow, kind, month, None).await?.into_iter().map(|counts| counts.day);
            first = days.chain(first).min();
        }
    }
    Ok(first)
}

/// The tree of a day as the journal has it now. Entries that can't be read are named and left out.
async fn tree(app: &App, day: Date, summary: &mut Summary) -> Result<DayTree, StoreError> {
    let mut marks: Vec<EntryMark> = Vec::new();
    for mark in app.store.entries_of_day(day).await? {
        match mark {
            Ok(mark) => marks.push(mark),
            Err(error) => summary.differs(illegible(&error)),
        }
    }
    Ok(DayTree::new(&app.province, &marks))
}

fn illegible(error: &StoreError) -> String {
    match error {
        StoreError::Malformed { pk, sk, reason } => match donthu_store::keys::case_of_pk(pk) {
            Some(case) => format!("case {case}: version {}: {reason}", sk.trim_start_matches('0')),
            None => error.to_string(),
        },
        error => error.to_string(),
    }
}

/// Names the entries of a sealed day that are not what its root was made of.
pub async fn compare(app: &App, root: &JournalRoot, summary: &mut Summary) -> Result<(), StoreError> {
    let day = root.day;
    let tree = tree(app, day, summary).await?;
    let is_whole = tree.root() == root.root && tree.size() == root.entries;
    let Some(sealed) = app.store.sealed_entries(&app.province, day, &root.root).await? else {
        let not_its = if is_whole { "" } else { "it is not the root of its entries, and " };
        summary.differs(format!("journal root {day}: {not_its}the leaves that it was made of are gone or altered"));
        return Ok(());
    };
    if is_whole && sealed == tree {
        return Ok(());
    }
    if is_whole {
        summary.differs(format!("journal root {day}: the leaves that it was made of are gone or altered"));
        return Ok(());
    }
    if tree.root() == root.root || sealed.size() != root.entries {
        summary.differs(format!("journal root {day}: it has not as many entries as it says"));
    }
    let by_entry = |tree: &DayTree| -> BTreeMap<(CaseId, u64), Hash> {
        tree.entries().iter().map(|entry| ((entry.case.clone(), entry.version), entry.leaf)).collect()
    };
    let (found, sealed) = (by_entry(&tree), by_entry(&sealed));
    for ((case, version), leaf) in &found {
        match sealed.get(&(case.clone(), *version)) {
            Some(was) if was == leaf => {}
            Some(_) => summary
                .differs(format!("case {case}: version {version}: it was altered after its day {day} was sealed")),
            None => summary
                .differs(format!("case {case}: version {version}: it was not there when its day {day} was sealed")),
        }
    }
    for (case, version) in sealed.keys().filter(|key| !found.contains_key(key)) {
        summary.differs(format!("case {case}: version {version}: it was sealed on {day} and is missing"));
    }
    Ok(())
}

/// All roots that there are, by day; those that can't be read are named.
pub async fn all(app: &App, summary: &mut Summary) -> Result<BTreeMap<Date, JournalRoot>, StoreError> {
    let mut roots = BTreeMap::new();
    let mut from = Date::MIN;
    loop {
        let page = app.store.journal_roots(&app.province, from, Date::MAX, PAGE).await?;
        let whole = page.len() < usize::from(PAGE);
        for root in page {
            match root {
                Ok(root) => {
                    from = time::next_day(root.day);
                    roots.insert(root.day, root);
                }
                Err(StoreError::Malformed { sk, reason, .. }) => {
                    summary.differs(format!("journal root {sk}: {reason}"));
                    if let Ok(day) = sk.parse::<Date>() {
                        from = time::next_day(day);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        if whole {
            return Ok(roots);
        }
    }
}

/// Names days without a root, roots that do not follow each other, and roots of days that are not over.
pub fn check_chain(app: &App, roots: &BTreeMap<Date, JournalRoot>, summary: &mut Summary) {
    let today = time::local_date(app.clock.now());
    let mut before: Option<&JournalRoot> = None;
    for (day, root) in roots {
        let expected = before.map_or(*day, |before| time::next_day(before.day));
        if expected < *day {
            // As one: a made-up day far ahead must not drown what else is wrong.
            let last = time::add_days(*day, -1);
            let (until, are) =
                if expected == last { (String::new(), "it is") } else { (format!(" to {last}"), "they are") };
            summary.differs(format!("journal root {expected}{until}: {are} missing"));
        } else if before.is_none_or(|before| before.is_sound(&app.province))
            && root.previous != before.map_or(Hash::ZERO, |before| before.anchor)
        {
            let what = if before.is_some() {
                "it does not follow the root of the day before"
            } else {
                "the roots before it are missing"
            };
            summary.differs(format!("journal root {day}: {what}"));
        }
        if !root.is_sound(&app.province) {
            summary.differs(format!("journal root {day}: its anchor is not the one of its other fields"));
        }
        if *day >= today {
            summary.differs(format!("journal root {day}: its day is not over"));
        }
        before = Some(root);
    }
}

/// Compares with roots that were published earlier, which nobody here can have changed. Names the days that differ, and their
/// entries where the leaves of the published root are still there.
pub async fn check_published(
    app: &App,
    roots: &BTreeMap<Date, JournalRoot>,
    published: &BTreeMap<Date, JournalRoot>,
    summary: &mut Summary,
) -> Result<(), StoreError> {
    for (day, public) in published {
        match roots.get(day) {
            Some(root) if root == public => continue,
            Some(_) => summary.differs(format!("journal root {day}: it is not the one that was published")),
            None => summary.differs(format!("journal root {day}: it was published and is missing")),
        }
        if roots.get(day).is_none_or(|root| root.root != public.root || root.entries != public.entries) {
            compare(app, public, summary).await?;
        }
    }
    Ok(())
}
