//! The papers of the steps beside the main way: what each says of the case. None of them has a form that was read.

use donthu_domain::{AgencyId, Case, CompetentBody, Event, Sending};
use jiff::civil::Date;

use super::{Sources, wording};

/// What such a paper tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Only filed.
    Filing {
        /// Why, in the law's words.
        reason: &'static str,
    },
    /// Used for an inspection.
    Inspection,
    /// The matter is another case already.
    Duplicate,
    /// Became other cases.
    Division {
        /// How many.
        parts: usize,
    },
    /// Somebody verifies.
    Verification,
    /// A withdrawn denunciation goes on.
    Continuation {
        /// Why, in the law's words.
        grounds: Vec<&'static str>,
    },
    /// A resolution is annulled.
    Annulment {
        /// The day on which it was recorded.
        of: String,
    },
    /// Something is sent.
    CoveringLetter {
        /// What.
        what: &'static str,
    },
    /// Something is made public.
    Publication {
        /// What.
        what: &'static str,
    },
    /// The superior asks about an overdue denunciation.
    ReportDemand {
        /// Whom.
        of: String,
        /// The day of the denouncer's report.
        reported_on: Option<String>,
    },
    /// The handler reports about it.
    Report {
        /// To whom.
        to: String,
        /// The day on which it was asked for.
        demanded_on: Option<String>,
    },
}

/// What the paper of an event tells; none where the event is no such step.
pub fn step(event: &Event, case: &Case, sources: Sources<'_>) -> Option<Step> {
    let name = |agency: Option<&AgencyId>, on: Date| {
        let agency = agency.and_then(|id| sources.directory.agency(id, on));
        agency.map_or_else(|| wording::GAP.to_owned(), |agency| agency.name_vi.clone())
    };
    let report = case.overdue_report.as_ref();
    Some(match event {
        Event::Filed { ground, .. } => Step::Filing { reason: wording::filing(*ground) },
        Event::UsedForInspection { .. } => Step::Inspection,
        Event::LinkedAsDuplicate { .. } => Step::Duplicate,
        Event::Divided { children, .. } => Step::Division { parts: children.len() },
        Event::VerificationBegun { .. } => Step::Verification,
        Event::WithdrawalOverruled { grounds, .. } => {
            Step::Continuation { grounds: grounds.iter().copied().map(wording::continuation).collect() }
        }
        Event::Corrected { annulled_on, .. } => Step::Annulment { of: wording::day(*annulled_on) },
        Event::Dispatched { what, .. } => Step::CoveringLetter { what: wording::sent(*what, case.kind) },
        Event::Published { .. } => Step::Publication { what: wording::sent(Sending::Decision, case.kind) },
        Event::ReportDemanded { on, .. } => Step::ReportDemand {
            of: name(case.agency.as_ref(), *on),
            reported_on: report.map(|report| wording::day(report.reported_on)),
        },
        Event::ReportAnswered { on, .. } => Step::Report {
            to: name(report.map(|report| &report.superior), *on),
            demanded_on: report.and_then(|report| report.demanded_on).map(wording::day),
        },
        _ => return None,
    })
}

/// The body that a complainant is told to turn to.
pub fn competent(body: &CompetentBody, sources: Sources<'_>, on: Date) -> String {
    match body {
        CompetentBody::Agency(agency) => {
            let agency = sources.directory.agency(agency, on);
            agency.map_or_else(|| wording::GAP.to_owned(), |agency| agency.name_vi.clone())
        }
        outside => format!("{} {}", wording::capital(wording::body(outside)), wording::GAP),
    }
}
