//! After the decision or conclusion (law.md machines a.1 C11–C14, a.3 D13–D15): sending, publication, effect, enforcement; and
//! the two clocks of an overdue denunciation (D16, Law on Denunciations Art. 38).

use super::{Context, obligations};
use crate::case::{Case, Kind, Stage};
use crate::command::Sending;
use crate::competence::{excluded_from, lawful_above};
use crate::document::Document;
use crate::event::Event;
use crate::obligation::{Duty, Obligation, Verdict};
use crate::refusal::Refusal;
use crate::rules::Start;
use crate::time::{end_of, next_day};

pub(super) fn dispatch(
    case: &Case,
    what: Sending,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let duty = match what {
        Sending::Acceptance => Duty::NotifyAcceptance,
        Sending::Suspension => Duty::SendSuspension,
        Sending::Decision => Duty::SendDecision,
    };
    let event = Event::Dispatched { what, on: context.today(), document: document.cloned() };
    // From the sending the citizen's time runs, whether or not a rule says until when to send.
    let unsent = matches!(&case.stage, Stage::Resolved { resolution, .. } if resolution.sent_on.is_none());
    if what == Sending::Decision && unsent && obligations::fulfil(case, &[duty], context.today()).is_empty() {
        return Ok(vec![event]);
    }
    done(case, duty, event, context)
}

pub(super) fn publish(case: &Case, document: Option<&Document>, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    done(case, Duty::Publish, Event::Published { on: context.today(), document: document.cloned() }, context)
}

pub(super) fn enforce(case: &Case, document: &Document, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let duty = match (case.kind, &case.stage) {
        (Kind::Denunciation, _) => Duty::HandleConclusion,
        (Kind::Complaint, Stage::Resolved { resolution, .. }) if resolution.effective_on.is_none() => {
            return Err(Refusal::NotInEffect);
        }
        _ => Duty::Enforce,
    };
    done(case, duty, Event::Enforced { on: context.today(), document: document.clone() }, context)
}

/// What happened, and the duties of one sort that are done with it.
fn done(case: &Case, duty: Duty, event: Event, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let fulfilled = obligations::fulfil(case, &[duty], context.today());
    if fulfilled.is_empty() {
        return Err(Refusal::NothingOwed);
    }
    let mut events = vec![event];
    events.extend(fulfilled);
    Ok(events)
}

/// The time to a decision's effect that has run out by now. The day is the one that the limit gives, however late the sweep.
pub(super) fn effect(case: &Case, obligation: &Obligation, context: &Context<'_>) -> Vec<Event> {
    if obligation.duty != Duty::TakeEffect || !obligation.is_open() || end_of(obligation.due_on) > context.now {
        return Vec::new();
    }
    let on = next_day(obligation.due_on);
    let rule = obligation.rule.clone();
    let mut events = vec![
        Event::TookEffect { on },
        Event::ObligationClosed { rule, started_on: obligation.started_on, on, verdict: Verdict::Lifted },
    ];
    events.extend(obligations::opened_by(Start::Effective, on, case.into(), case.remote, context));
    events
}

pub(super) fn report_overdue(case: &Case, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    if case.kind != Kind::Denunciation {
        return Err(Refusal::NotForThisKind { command: "report_overdue", kind: case.kind });
    }
    let today = context.today();
    let resolve = obligations::to_resolve(case).ok_or(Refusal::NothingOwed)?;
    if obligations::overdue(case, today).is_none() {
        return Err(Refusal::NotOverdue { due_on: resolve.due_on });
    }
    if case.overdue_report.is_some() {
        return Err(Refusal::AlreadyFollowed);
    }
    let excluded = excluded_from(case, context.directory, today);
    let superior = case.agency.as_ref().and_then(|agency| lawful_above(agency, &excluded, context.directory, today));
    let superior = superior.ok_or(Refusal::NoLawfulSuperior)?;
    let mut events = vec![Event::OverdueReported { on: today, superior }];
    events.extend(obligations::opened_by(Start::OverdueReported, today, case.into(), case.remote, context));
    Ok(events)
}

pub(super) fn demand_report(
    case: &Case,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let today = context.today();
    let waiting = case.overdue_report.as_ref().is_some_and(|report| report.demanded_on.is_none());
    if !waiting {
        return Err(Refusal::NothingOwed);
    }
    let mut events = vec![Event::ReportDemanded { on: today, document: document.cloned() }];
    events.extend(obligations::fulfil(case, &[Duty::DemandReport], today));
    events.extend(obligations::opened_by(Start::ReportDemanded, today, case.into(), case.remote, context));
    Ok(events)
}

pub(super) fn answer_demand(
    case: &Case,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let today = context.today();
    let asked =
        case.overdue_report.as_ref().is_some_and(|report| report.demanded_on.is_some() && report.answered_on.is_none());
    if !asked {
        return Err(Refusal::NothingOwed);
    }
    let mut events = vec![Event::ReportAnswered { on: today, document: document.cloned() }];
    events.extend(obligations::fulfil(case, &[Duty::ReportOverdue], today));
    Ok(events)
}
