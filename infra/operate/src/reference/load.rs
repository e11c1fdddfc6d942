//! What loading changes, and in which order it is written.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use donthu_domain::{Agency, Area, CompetenceRule, Directory, Field, Policy, RuleBook};
use donthu_service::reference::MOST_AGE;
use donthu_store::{Store, StoreError};

use super::files::{Row, RowError};
use super::{Reference, ReferenceError, refused};
use crate::exit::Verdict;

/// Rows of one sort that the table does not have, in an order in which nothing rests on what comes later.
pub(super) struct Changed<R> {
    rows: Vec<(R, bool)>,
}

/// What loading would write.
pub(super) struct Changes {
    agencies: Changed<Agency>,
    areas: Changed<Area>,
    fields: Changed<Field>,
    competence: Changed<CompetenceRule>,
    policies: Changed<Policy>,
}

impl<R: Row> Changed<R> {
    fn of(wanted: &[R], stored: &[R]) -> Self {
        let standing = |row: &R| stored.iter().find(|other| is_same(*other, row));
        let mut left: Vec<(R, bool)> = wanted
            .iter()
            .filter_map(|row| match standing(row) {
                Some(other) if other == row => None,
                other => Some((row.clone(), other.is_some())),
            })
            .collect();
        let mut there: BTreeSet<String> = stored.iter().map(|row| row.id().to_owned()).collect();
        let mut rows = Vec::with_capacity(left.len());
        // A function that reads in between finds nothing that names what is not there.
        while !left.is_empty() {
            let (ready, waiting): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|(row, _)| row.rests_on().into_iter().all(|id| there.contains(id)));
            left = waiting;
            if ready.is_empty() {
                rows.append(&mut left);
            }
            there.extend(ready.iter().map(|(row, _)| row.id().to_owned()));
            rows.extend(ready);
        }
        Self { rows }
    }

    fn tell(&self, text: &mut String) {
        for (row, replaces) in &self.rows {
            let what = if *replaces { "changed" } else { "new" };
            // Writing to a text cannot fail.
            let _ = writeln!(text, "{what}: {} {} from {}", R::SORT, row.id(), row.first_day());
        }
    }

    fn replaced(&self) -> usize {
        self.rows.iter().filter(|(_, replaces)| *replaces).count()
    }

    async fn write(&self, store: &Store) -> Result<(), ReferenceError> {
        for (row, replaces) in &self.rows {
            let (id, from) = (row.id(), row.first_day());
            if *replaces {
                store.put_reference(R::SORT, id, from, row).await?;
            } else if !store.add_reference(R::SORT, id, from, row).await? {
                return Err(ReferenceError::WrittenMeanwhile(format!("{} {id} from {from}", R::SORT)));
            }
        }
        Ok(())
    }
}

fn is_same<R: Row>(one: &R, other: &R) -> bool {
    one.id() == other.id() && one.first_day() == other.first_day()
}

impl Changes {
    fn len(&self) -> usize {
        let Self { agencies, areas, fields, competence, policies } = self;
        agencies.rows.len() + areas.rows.len() + fields.rows.len() + competence.rows.len() + policies.rows.len()
    }

    fn replaced(&self) -> usize {
        let Self { agencies, areas, fields, competence, policies } = self;
        agencies.replaced() + areas.replaced() + fields.replaced() + competence.replaced() + policies.replaced()
    }

    fn tell(&self) -> String {
        let mut text = String::new();
        self.agencies.tell(&mut text);
        self.areas.tell(&mut text);
        self.fields.tell(&mut text);
        self.competence.tell(&mut text);
        self.policies.tell(&mut text);
        text
    }
}

/// What the table lacks or has otherwise.
pub(super) fn changes(wanted: &Reference, stored: &Reference) -> Changes {
    Changes {
        agencies: Changed::of(&wanted.agencies, &stored.agencies),
        areas: Changed::of(&wanted.areas, &stored.areas),
        fields: Changed::of(&wanted.fields, &stored.fields),
        competence: Changed::of(&wanted.competence, &stored.competence),
        policies: Changed::of(&wanted.policies, &stored.policies),
    }
}

/// Writes changes. What is written stays written: a run that broke off is begun anew and finds less to do.
pub(super) async fn write(store: &Store, changes: &Changes) -> Result<(), ReferenceError> {
    changes.agencies.write(store).await?;
    changes.areas.write(store).await?;
    changes.fields.write(store).await?;
    changes.competence.write(store).await?;
    changes.policies.write(store).await
}

/// Loads rows beside those that are there, unless both together contradict each other.
pub(super) async fn load(
    store: &Store,
    wanted: &Reference,
    replace: bool,
    dry_run: bool,
) -> Result<Verdict, ReferenceError> {
    let stored = stored(store).await?;
    let wrong = together(wanted, &stored, &RuleBook::shipped()?);
    if !wrong.is_empty() {
        return Ok(refused(&wrong));
    }
    let changes = changes(wanted, &stored);
    let (count, replaced) = (changes.len(), changes.replaced());
    let mut text = changes.tell();
    if replaced > 0 && !replace {
        let _ = writeln!(
            text,
            "Refused as a whole: {replaced} rows stand in the table otherwise, and cases may have been routed by them. Add a \
             version with a later first day, or give --replace."
        );
        return Ok(Verdict { text, is_sound: false });
    }
    if dry_run {
        let _ = writeln!(text, "{count} rows would be written, {} stand already.", wanted.count() - count);
        return Ok(Verdict { text, is_sound: true });
    }
    write(store, &changes).await?;
    let _ = writeln!(text, "{count} rows written, {} stood already.", wanted.count() - count);
    if count > 0 {
        let _ = writeln!(text, "Functions go by them within {} seconds.", MOST_AGE.as_secs());
    }
    Ok(Verdict { text, is_sound: true })
}

async fn stored(store: &Store) -> Result<Reference, StoreError> {
    Ok(Reference {
        agencies: store.references(Agency::SORT).await?,
        areas: store.references(Area::SORT).await?,
        fields: store.references(Field::SORT).await?,
        competence: store.references(CompetenceRule::SORT).await?,
        policies: store.references(Policy::SORT).await?,
    })
}

/// What contradicts what, once the rows stand beside those of the table.
fn together(wanted: &Reference, stored: &Reference, rules: &RuleBook) -> Vec<RowError> {
    let (directory, faults) = Directory::examine(
        merged(&wanted.agencies, &stored.agencies),
        merged(&wanted.areas, &stored.areas),
        merged(&wanted.fields, &stored.fields),
        merged(&wanted.competence, &stored.competence),
        merged(&wanted.policies, &stored.policies),
    );
    let faults = faults.iter().map(ToString::to_string);
    let policies = rules.policy_faults(&directory).into_iter().map(|fault| fault.to_string());
    faults.chain(policies).map(|reason| RowError::of_all(format!("with what the table holds, {reason}"))).collect()
}

fn merged<R: Row>(wanted: &[R], stored: &[R]) -> Vec<R> {
    let kept = stored.iter().filter(|row| !wanted.iter().any(|other| is_same(other, *row)));
    wanted.iter().chain(kept).cloned().collect()
}
