//! Sums of changes, and the figures of a period.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Measure, Rate};
use crate::case::Outcome;

/// Sums of changes over some days, agencies and shards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Flows {
    counts: BTreeMap<Measure, i64>,
}

impl Flows {
    /// Adds a change.
    pub fn add(&mut self, measure: Measure, by: i64) {
        let count = self.counts.entry(measure.clone()).or_default();
        *count += by;
        if *count == 0 {
            self.counts.remove(&measure);
        }
    }

    /// Adds other sums.
    pub fn merge(&mut self, other: &Flows) {
        for (measure, by) in &other.counts {
            self.add(measure.clone(), *by);
        }
    }

    /// The sum of one measure.
    pub fn get(&self, measure: &Measure) -> i64 {
        self.counts.get(measure).copied().unwrap_or(0)
    }

    /// Every sum that is not zero.
    pub fn iter(&self) -> impl Iterator<Item = (&Measure, i64)> {
        self.counts.iter().map(|(measure, by)| (measure, *by))
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

/// The stock at the end of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Petitions with an agency that neither accepted nor closed them.
    pub pending: i64,
    /// Accepted cases not yet resolved, suspended ones included.
    pub open: i64,
    /// Of those, cases whose clock stands still.
    pub suspended: i64,
    /// Of those, cases whose clock runs, by due day.
    pub due: BTreeMap<Date, i64>,
}

impl Balance {
    /// The stock after some days' changes.
    pub fn apply(&mut self, flows: &Flows) {
        for (measure, by) in flows.iter() {
            match measure {
                Measure::Assigned | Measure::TransferredIn => self.pending += by,
                Measure::Refused
                | Measure::Guided
                | Measure::Filed
                | Measure::Inspected
                | Measure::Referred
                | Measure::Duplicate
                | Measure::Divided
                | Measure::WithdrawnBefore
                | Measure::TransferredOut => {
                    self.pending -= by;
                }
                Measure::Accepted => {
                    self.pending -= by;
                    self.open += by;
                }
                Measure::Resolved(..) => self.open -= by,
                Measure::Annulled(..) => self.open += by,
                Measure::Suspended => self.suspended += by,
                Measure::Due(day) => {
                    let count = self.due.entry(*day).or_default();
                    *count += by;
                    if *count == 0 {
                        self.due.remove(day);
                    }
                }
                // No agency had a petition that was withdrawn unassigned: it never was in an agency's stock.
                Measure::Submitted | Measure::Registered | Measure::WithdrawnUnassigned => {}
            }
        }
    }

    /// Adds another stock, e.g. another agency's.
    pub fn merge(&mut self, other: &Balance) {
        self.pending += other.pending;
        self.open += other.open;
        self.suspended += other.suspended;
        for (day, count) in &other.due {
            *self.due.entry(*day).or_default() += count;
        }
        self.due.retain(|_, count| *count != 0);
    }

    /// Accepted cases whose due day has ended by the end of a day. No sweep is needed for it to be true.
    pub fn overdue_at_end_of(&self, day: Date) -> i64 {
        self.due.range(..=day).map(|(_, count)| count).sum()
    }
}

/// The figures of a period for one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Figures {
    /// Accepted cases that were open before the period.
    pub carried_in: i64,
    /// Cases accepted in the period.
    pub accepted: i64,
    /// Cases resolved before the period whose resolution was annulled in it.
    pub reopened: i64,
    /// Cases that ended in the period, by outcome; annulled resolutions of the same period taken off.
    pub by_outcome: BTreeMap<Outcome, i64>,
    /// Of those, in time.
    pub on_time: i64,
    /// Of those, late.
    pub late: i64,
    /// Accepted cases open at the end of the period.
    pub open: i64,
    /// Of those, overdue at the end of the period; while it runs, at the end of the last day that has ended.
    pub overdue: i64,
    /// Of those, suspended at the end of the period.
    pub suspended: i64,
    /// Petitions not yet accepted nor closed at the end of the period.
    pub pending: i64,
    /// Petitions that came in during the period.
    pub submitted: i64,
    /// Cases registered in the period.
    pub registered: i64,
    /// Cases not accepted in the period.
    pub refused: i64,
    /// Cases guided elsewhere in the period.
    pub guided: i64,
    /// Petitions only filed in the period.
    pub filed: i64,
    /// Denunciations used for an inspection in the period.
    pub inspected: i64,
    /// Cases passed to the investigation agency in the period.
    pub referred: i64,
    /// Petitions found to be another case's matter in the period.
    pub duplicates: i64,
    /// Petitions that became other cases in the period.
    pub divided: i64,
    /// Cases that came from another agency in the period.
    pub transferred_in: i64,
    /// Cases that went to another agency in the period.
    pub transferred_out: i64,
    /// Cases withdrawn before acceptance in the period.
    pub withdrawn_before: i64,
}

impl Figures {
    /// The figures of the days `from` to `to` (inclusive), all of them over, from the stock before them and the changes in
    /// them.
    pub fn of_period(opening: &Balance, flows: &Flows, from: Date, to: Date) -> Self {
        Self::of_running_period(opening, flows, from, to, to)
    }

    /// As [`Figures::of_period`] for a period that may not be over: `ended` is the last day that is. A limit runs until
    /// its due day has ended, so a case that is due today or later is not overdue, whatever `to` says.
    pub fn of_running_period(opening: &Balance, flows: &Flows, from: Date, to: Date, ended: Date) -> Self {
        let mut closing = opening.clone();
        closing.apply(flows);
        let mut figures = Figures {
            carried_in: opening.open,
            accepted: flows.get(&Measure::Accepted),
            reopened: 0,
            by_outcome: BTreeMap::new(),
            on_time: 0,
            late: 0,
            open: closing.open,
            overdue: closing.overdue_at_end_of(to.min(ended)),
            suspended: closing.suspended,
            pending: closing.pending,
            submitted: flows.get(&Measure::Submitted),
            registered: flows.get(&Measure::Registered),
            refused: flows.get(&Measure::Refused),
            guided: flows.get(&Measure::Guided),
            filed: flows.get(&Measure::Filed),
            inspected: flows.get(&Measure::Inspected),
            referred: flows.get(&Measure::Referred),
            duplicates: flows.get(&Measure::Duplicate),
            divided: flows.get(&Measure::Divided),
            transferred_in: flows.get(&Measure::TransferredIn),
            transferred_out: flows.get(&Measure::TransferredOut),
            withdrawn_before: flows.get(&Measure::WithdrawnBefore) + flows.get(&Measure::WithdrawnUnassigned),
        };
        for (measure, by) in flows.iter() {
            match measure {
                Measure::Resolved(outcome, on_time) => figures.end(*outcome, *on_time, by),
                // Annulled within the period: the case had not ended after all. Annulled from before it: the case is
                // open once more, and so belongs to what there was to resolve.
                Measure::Annulled(day, outcome, on_time) if (from..=to).contains(day) => {
                    figures.end(*outcome, *on_time, -by);
                }
                Measure::Annulled(..) => figures.reopened += by,
                _ => {}
            }
        }
        figures.by_outcome.retain(|_, count| *count != 0);
        figures
    }

    fn end(&mut self, outcome: Outcome, on_time: bool, by: i64) {
        *self.by_outcome.entry(outcome).or_default() += by;
        if on_time {
            self.on_time += by;
        } else {
            self.late += by;
        }
    }

    /// All cases that ended in the period.
    pub fn resolved(&self) -> i64 {
        self.by_outcome.values().sum()
    }

    /// The resolution rate: forms 01/KQGQ (5 + 6) / 4 and 03/KQGQ 6 / 4. What ended in the period, by decision, withdrawal
    /// or termination, out of what there was: carried in, accepted and reopened.
    pub fn resolution_rate(&self) -> Rate {
        Rate { numerator: self.resolved(), denominator: self.carried_in + self.accepted + self.reopened }
    }

    /// The on-time rate: forms 01/KQGQ 25 / (25 + 26) and 03/KQGQ 30 / 31.
    pub fn on_time_rate(&self) -> Rate {
        Rate { numerator: self.on_time, denominator: self.on_time + self.late }
    }
}
