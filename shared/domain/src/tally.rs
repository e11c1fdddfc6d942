//! What counts: signed changes by agency, kind and day, and the exact rates that follow from their sums.
//!
//! Counted are cases (*vụ việc*), as the forms 01/KQGQ and 03/KQGQ of the inspectorate do, from acceptance on.
//! "Transferred", "guided", "refused" never count as resolved; withdrawn and terminated ones do, and are shown apart.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::{Case, Kind, Origin, Outcome, Relation, Stage};
use crate::event::Event;
use crate::ids::AgencyId;
use crate::obligation::{Duty, Verdict};

mod ages;
mod combined;
mod figures;
mod rate;

pub use ages::{AgeBand, open_by_age};
pub use combined::Combined;
pub use figures::{Balance, Figures, Flows};
pub use rate::{Rate, Rounding};

/// The agency under which a case is counted before it has one.
pub const UNASSIGNED: &str = "unassigned";

/// What is counted of a day's events.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Petitions that came in.
    Submitted,
    /// Cases that an agency was given for the first time.
    Assigned,
    /// Cases lawfully received.
    Registered,
    /// Cases accepted for resolution: what the statutory rate counts as received in the period.
    Accepted,
    /// Cases not accepted.
    Refused,
    /// Petitions only filed.
    Filed,
    /// Denunciations used for an inspection.
    Inspected,
    /// Cases passed to the investigation agency.
    Referred,
    /// Petitions found to be another case's matter.
    Duplicate,
    /// Petitions that became other cases.
    Divided,
    /// Cases guided to a body outside the province's agencies.
    Guided,
    /// Cases that came from another agency.
    TransferredIn,
    /// Cases that went to another agency.
    TransferredOut,
    /// Cases withdrawn before acceptance.
    WithdrawnBefore,
    /// Petitions withdrawn before any agency had them.
    WithdrawnUnassigned,
    /// Accepted cases that ended so, in time or late.
    Resolved(Outcome, bool),
    /// Resolutions annulled: the day on which each had been recorded, what it said, and whether it was on time.
    Annulled(Date, Outcome, bool),
    /// Change in the number of open accepted cases that are due on a day.
    Due(Date),
    /// Change in the number of cases whose clock stands still.
    Suspended,
}

fn timeliness(on_time: bool) -> &'static str {
    if on_time { "on_time" } else { "late" }
}

fn parse_timeliness(text: &str) -> Option<bool> {
    match text {
        "on_time" => Some(true),
        "late" => Some(false),
        _ => None,
    }
}

impl Measure {
    /// The name under which the measure is stored, e.g. `accepted`, `resolved:founded:on_time`, `due:2026-03-04`.
    pub fn name(&self) -> String {
        match self {
            Measure::Submitted => "submitted".to_owned(),
            Measure::Assigned => "assigned".to_owned(),
            Measure::Registered => "registered".to_owned(),
            Measure::Accepted => "accepted".to_owned(),
            Measure::Refused => "refused".to_owned(),
            Measure::Filed => "filed".to_owned(),
            Measure::Inspected => "inspected".to_owned(),
            Measure::Referred => "referred".to_owned(),
            Measure::Duplicate => "duplicate".to_owned(),
            Measure::Divided => "divided".to_owned(),
            Measure::Guided => "guided".to_owned(),
            Measure::TransferredIn => "transferred_in".to_owned(),
            Measure::TransferredOut => "transferred_out".to_owned(),
            Measure::WithdrawnBefore => "withdrawn_before".to_owned(),
            Measure::WithdrawnUnassigned => "withdrawn_unassigned".to_owned(),
            Measure::Resolved(outcome, on_time) => format!("resolved:{}:{}", outcome.code(), timeliness(*on_time)),
            Measure::Annulled(day, outcome, on_time) => {
                format!("annulled:{day}:{}:{}", outcome.code(), timeliness(*on_time))
            }
            Measure::Due(day) => format!("due:{day}"),
            Measure::Suspended => "suspended".to_owned(),
        }
    }

    /// The measure of that name.
    pub fn parse(name: &str) -> Option<Measure> {
        let mut parts = name.split(':');
        let head = parts.next()?;
        let measure = match head {
            "submitted" => Measure::Submitted,
            "assigned" => Measure::Assigned,
            "registered" => Measure::Registered,
            "accepted" => Measure::Accepted,
            "refused" => Measure::Refused,
            "filed" => Measure::Filed,
            "inspected" => Measure::Inspected,
            "referred" => Measure::Referred,
            "duplicate" => Measure::Duplicate,
            "divided" => Measure::Divided,
            "guided" => Measure::Guided,
            "transferred_in" => Measure::TransferredIn,
            "transferred_out" => Measure::TransferredOut,
            "withdrawn_before" => Measure::WithdrawnBefore,
            "withdrawn_unassigned" => Measure::WithdrawnUnassigned,
            "suspended" => Measure::Suspended,
            "resolved" => Measure::Resolved(Outcome::from_code(parts.next()?)?, parse_timeliness(parts.next()?)?),
            "annulled" => Measure::Annulled(
                parts.next()?.parse().ok()?,
                Outcome::from_code(parts.next()?)?,
                parse_timeliness(parts.next()?)?,
            ),
            "due" => Measure::Due(parts.next()?.parse().ok()?),
            _ => return None,
        };
        parts.next().is_none().then_some(measure)
    }
}

impl Serialize for Measure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Measure::parse(&name).ok_or_else(|| serde::de::Error::custom("unknown measure"))
    }
}

/// To which ledger a change is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cohort {
    /// By the day of the event.
    Flow,
    /// By the day of acceptance: how the cases accepted then have ended so far.
    ByAcceptance,
}

/// One change of one counter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyDelta {
    /// The ledger.
    pub cohort: Cohort,
    /// The agency under which it counts.
    pub agency: AgencyId,
    /// The kind.
    pub kind: Kind,
    /// The day under which it counts.
    pub day: Date,
    /// What changes.
    pub measure: Measure,
    /// By how much.
    pub by: i64,
}

/// The changes that follow from a transition, one per counter, posted to the day on which it was recorded. A pure
/// function of facts: an audit gets the same from the journal.
pub fn deltas(before: Option<&Case>, events: &[Event], after: &Case, today: Date) -> Vec<TallyDelta> {
    let unassigned = AgencyId::new(UNASSIGNED);
    let mut at = before.and_then(|case| case.agency.clone()).unwrap_or_else(|| unassigned.clone());
    let mut sums: BTreeMap<(Cohort, AgencyId, Date, Measure), i64> = BTreeMap::new();
    let mut add = |cohort, agency: &AgencyId, day, measure, by| {
        *sums.entry((cohort, agency.clone(), day, measure)).or_default() += by;
    };
    for event in events {
        match event {
            // A part of a petition is no petition of its own.
            Event::Submitted {
                origin: Some(Origin { relation: Relation::Part | Relation::Reclassified, .. }), ..
            } => {}
            Event::Submitted { .. } => add(Cohort::Flow, &at, today, Measure::Submitted, 1),
            Event::Assigned { to, .. } => {
                at = to.clone();
                add(Cohort::Flow, &at, today, Measure::Assigned, 1);
            }
            Event::Registered { .. } => add(Cohort::Flow, &at, today, Measure::Registered, 1),
            Event::Transferred { from, to, .. } => {
                for (cohort, day, measure) in before.into_iter().flat_map(|case| carried(case, today)) {
                    add(cohort, from, day, measure.clone(), -1);
                    add(cohort, to, day, measure, 1);
                }
                if before.is_none_or(|case| is_handled(&case.stage)) {
                    add(Cohort::Flow, from, today, Measure::TransferredOut, 1);
                    add(Cohort::Flow, to, today, Measure::TransferredIn, 1);
                }
                at = to.clone();
            }
            Event::Accepted { on, .. } => {
                add(Cohort::Flow, &at, today, Measure::Accepted, 1);
                add(Cohort::ByAcceptance, &at, *on, Measure::Accepted, 1);
            }
            Event::Refused { .. } => add(Cohort::Flow, &at, today, Measure::Refused, 1),
            Event::Filed { .. } => add(Cohort::Flow, &at, today, Measure::Filed, 1),
            Event::UsedForInspection { .. } => add(Cohort::Flow, &at, today, Measure::Inspected, 1),
            Event::Referred { .. } => add(Cohort::Flow, &at, today, Measure::Referred, 1),
            Event::LinkedAsDuplicate { .. } => add(Cohort::Flow, &at, today, Measure::Duplicate, 1),
            Event::Divided { .. } => add(Cohort::Flow, &at, today, Measure::Divided, 1),
            Event::Guided { .. } => add(Cohort::Flow, &at, today, Measure::Guided, 1),
            Event::Withdrawn { .. } => {
                let measure = if at == unassigned { Measure::WithdrawnUnassigned } else { Measure::WithdrawnBefore };
                add(Cohort::Flow, &at, today, measure, 1);
            }
            Event::Resolved { result, on_time, .. } => {
                let measure = Measure::Resolved((*result).into(), *on_time);
                add(Cohort::Flow, &at, today, measure.clone(), 1);
                if let Some(acceptance) = after.stage.acceptance() {
                    add(Cohort::ByAcceptance, &at, acceptance.on, measure, 1);
                }
            }
            Event::Terminated { ground, .. } => {
                let on_time =
                    !events.iter().any(|e| matches!(e, Event::ObligationClosed { verdict: Verdict::Late, .. }));
                let measure = Measure::Resolved(ground.outcome(), on_time);
                add(Cohort::Flow, &at, today, measure.clone(), 1);
                if let Some(acceptance) = after.stage.acceptance() {
                    add(Cohort::ByAcceptance, &at, acceptance.on, measure, 1);
                }
            }
            Event::Corrected { annulled_on, annulled, annulled_on_time, .. } => {
                let outcome = Outcome::from(*annulled);
                add(Cohort::Flow, &at, today, Measure::Annulled(*annulled_on, outcome, *annulled_on_time), 1);
                if let Some(acceptance) = after.stage.acceptance() {
                    let measure = Measure::Resolved(outcome, *annulled_on_time);
                    add(Cohort::ByAcceptance, &at, acceptance.on, measure, -1);
                }
            }
            _ => {}
        }
    }
    for (case, sign) in before.into_iter().map(|case| (case, -1)).chain([(after, 1)]) {
        let agency = case.agency.as_ref().unwrap_or(&unassigned);
        for measure in standing(case) {
            add(Cohort::Flow, agency, today, measure, sign);
        }
    }
    sums.into_iter()
        .filter(|(_, by)| *by != 0)
        .map(|((cohort, agency, day, measure), by)| TallyDelta { cohort, agency, kind: after.kind, day, measure, by })
        .collect()
}

/// Whether a case still counts for who has it: pending, being resolved, or resolved and open to correction.
fn is_handled(stage: &Stage) -> bool {
    stage.ended_on().is_none() || matches!(stage, Stage::Resolved { .. })
}

/// What was counted of an accepted case and goes with it where a reorganisation takes it to another agency: each agency's
/// stock is then what it has, and the same case is never resolved where it was not accepted.
fn carried(case: &Case, today: Date) -> Vec<(Cohort, Date, Measure)> {
    let Some(acceptance) = case.stage.acceptance().filter(|_| is_handled(&case.stage)) else { return Vec::new() };
    let mut measures = vec![Measure::Accepted];
    if let Stage::Resolved { resolution, .. } = &case.stage {
        measures.push(Measure::Resolved(resolution.result.into(), resolution.on_time));
    }
    let both =
        |measure: Measure| [(Cohort::Flow, today, measure.clone()), (Cohort::ByAcceptance, acceptance.on, measure)];
    measures.into_iter().flat_map(both).collect()
}

/// The stock measures to which a case contributes as it stands.
fn standing(case: &Case) -> Vec<Measure> {
    match case.stage {
        Stage::Accepted { .. } | Stage::Verifying { .. } => case
            .obligations
            .iter()
            .filter(|o| o.duty == Duty::Resolve && o.is_running())
            .map(|o| Measure::Due(o.due_on))
            .collect(),
        Stage::Suspended { .. } => vec![Measure::Suspended],
        _ => Vec::new(),
    }
}
