//! Figures counted again by hand: each case looked up as it stood on the evening of a day, each happening put into its
//! column.

use std::collections::BTreeMap;

use donthu_domain::Kind;
use donthu_domain::tally::{Figures, UNASSIGNED};
use donthu_domain::time::local_date;
use jiff::civil::Date;

use super::limits::{ARTICLES, By};
use super::{Did, Ending, History, nothing};

/// A case on the evening of a day.
#[derive(Debug, Clone)]
struct Evening {
    agency: String,
    pending: bool,
    open: bool,
    suspended: bool,
    due: Option<Date>,
}

impl Evening {
    fn of(history: &History) -> Self {
        let stage = history.stage();
        let resolves = |rule: &str| ARTICLES.iter().any(|a| a.by == By::Resolving && a.rule == rule);
        let in_hand = ["accepted", "verifying"].contains(&stage);
        let due = history.running().into_iter().find(|limit| resolves(limit.rule)).map(|limit| limit.due);
        Self {
            agency: history.agency().unwrap_or(UNASSIGNED.to_owned()),
            pending: ["awaiting_formalisation", "registered"].contains(&stage),
            open: in_hand || stage == "suspended",
            suspended: stage == "suspended",
            due: if in_hand { due } else { None },
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Submitted,
    Registered,
    Accepted,
    Refused,
    Guided,
    Filed,
    Inspected,
    Referred,
    Duplicate,
    Divided,
    Withdrawn,
    CameIn,
    WentOut,
}

/// All that happened to a case, by day, agency and column, and how it stood on the evenings that were looked up.
#[derive(Debug)]
struct Page {
    history: History,
    /// The day of each happening.
    days: Vec<Date>,
    entries: Vec<(Date, String, Column)>,
    endings: Vec<Ending>,
    /// By how much had happened.
    evenings: BTreeMap<usize, Evening>,
}

impl Page {
    fn of(history: &History) -> Self {
        let mut entries = Vec::new();
        for (index, (at, did)) in history.happened.iter().enumerate() {
            let agency = |count: usize| history.before(count).agency().unwrap_or(UNASSIGNED.to_owned());
            let (from, to) = (agency(index), agency(index + 1));
            let columns = match did {
                Did::Submitted => vec![(to, Column::Submitted)],
                Did::Entered { .. } => vec![(from, Column::Submitted), (to, Column::Registered)],
                Did::Routed if history.waits_for_a_signature() => vec![],
                Did::Routed | Did::Formalised { .. } => vec![(to, Column::Registered)],
                Did::Accepted => vec![(to, Column::Accepted)],
                Did::Refused => vec![(to, Column::Refused)],
                Did::Guided => vec![(to, Column::Guided)],
                Did::Filed => vec![(to, Column::Filed)],
                Did::Inspected => vec![(to, Column::Inspected)],
                Did::Referred => vec![(to, Column::Referred)],
                Did::Linked => vec![(to, Column::Duplicate)],
                Did::Divided => vec![(to, Column::Divided)],
                Did::Withdrew => vec![(to, Column::Withdrawn)],
                Did::Moved { .. } => vec![(from, Column::WentOut), (to, Column::CameIn)],
                _ => vec![],
            };
            entries.extend(columns.into_iter().map(|(agency, column)| (local_date(*at), agency, column)));
        }
        let days = history.happened.iter().map(|(at, _)| local_date(*at)).collect();
        Self { history: history.clone(), days, entries, endings: history.endings(), evenings: BTreeMap::new() }
    }

    /// None where it had not begun.
    fn evening(&mut self, day: Date) -> Option<&Evening> {
        let history = &self.history;
        let count = self.days.partition_point(|then| *then <= day);
        if count == 0 {
            return None;
        }
        Some(self.evenings.entry(count).or_insert_with(|| Evening::of(&history.before(count))))
    }
}

/// The books of all cases.
#[derive(Debug)]
pub struct Recount {
    pages: Vec<Page>,
}

impl Recount {
    pub fn of<'a>(histories: impl IntoIterator<Item = &'a History>) -> Self {
        Self { pages: histories.into_iter().map(Page::of).collect() }
    }

    /// The figures of a kind in a period, for one agency or for the whole province.
    pub fn figures(&mut self, kind: Kind, agency: Option<&str>, from: Date, to: Date) -> Figures {
        let ours = |other: &str| agency.is_none_or(|agency| agency == other);
        let within = |day: Date| from <= day && day <= to;
        let mut figures = nothing();
        for page in self.pages.iter_mut().filter(|page| page.history.kind() == kind) {
            if let Some(evening) = page.evening(from.yesterday().unwrap()).filter(|evening| ours(&evening.agency)) {
                figures.carried_in += i64::from(evening.open);
            }
            if let Some(evening) = page.evening(to).filter(|evening| ours(&evening.agency)) {
                figures.open += i64::from(evening.open);
                figures.pending += i64::from(evening.pending);
                figures.suspended += i64::from(evening.suspended);
                figures.overdue += i64::from(evening.due.is_some_and(|due| due <= to));
            }
            for (_, _, column) in page.entries.iter().filter(|(day, agency, _)| within(*day) && ours(agency)) {
                let sum = match column {
                    Column::Submitted => &mut figures.submitted,
                    Column::Registered => &mut figures.registered,
                    Column::Accepted => &mut figures.accepted,
                    Column::Refused => &mut figures.refused,
                    Column::Guided => &mut figures.guided,
                    Column::Filed => &mut figures.filed,
                    Column::Inspected => &mut figures.inspected,
                    Column::Referred => &mut figures.referred,
                    Column::Duplicate => &mut figures.duplicates,
                    Column::Divided => &mut figures.divided,
                    Column::Withdrawn => &mut figures.withdrawn_before,
                    Column::CameIn => &mut figures.transferred_in,
                    Column::WentOut => &mut figures.transferred_out,
                };
                *sum += 1;
            }
            // An accepted case stays where it is, so it ended with the agency that it has now.
            if !page.history.agency().is_some_and(|agency| ours(&agency)) {
                continue;
            }
            for ending in &page.endings {
                let annulled_within = ending.annulled.is_some_and(within);
                if within(ending.day) && !annulled_within {
                    *figures.by_outcome.entry(ending.outcome).or_default() += 1;
                    figures.on_time += i64::from(ending.on_time);
                    figures.late += i64::from(!ending.on_time);
                }
                figures.reopened += i64::from(annulled_within && ending.day < from);
            }
        }
        figures
    }
}
