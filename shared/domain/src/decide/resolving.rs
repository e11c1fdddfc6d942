//! From acceptance to the end (law.md machines a.1, a.3, a.4): complexity, extension, suspension, withdrawal, resolution.

use std::collections::BTreeSet;

use super::{Context, obligations, rights, verifying};
use crate::case::{
    Case, Complexity, ComplexityCriterion, Kind, Relation, ResultCode, Stage, SuspensionGround, TerminationGround,
};
use crate::command::Command;
use crate::document::Document;
use crate::event::Event;
use crate::obligation::{Duty, Extension, Obligation, Suspension, Verdict};
use crate::refusal::Refusal;
use crate::rules::Start;

/// More than this is no handling any more; it also bounds the case's size.
const MOST_SUSPENSIONS: usize = 40;

pub(super) fn find_complex(
    case: &Case,
    command: &Command,
    criteria: &[ComplexityCriterion],
    document: &Document,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if case.kind != Kind::Complaint {
        return Err(Refusal::NotForThisKind { command: "find_complex", kind: case.kind });
    }
    if case.complexity.is_some() {
        return Err(Refusal::AlreadyComplex);
    }
    let criteria = distinct(criteria)?;
    let obligation = running(case, command, context)?;
    let rule = obligations::rule_of(obligation, context)?;
    let complexity = Complexity { criteria, on: context.today(), document: document.clone() };
    Ok(vec![
        Event::FoundComplex { complexity },
        obligations::moved(
            obligation,
            rule.length(case.remote, true),
            obligation.suspensions.clone(),
            obligation.extensions.clone(),
            context,
        )?,
    ])
}

pub(super) fn extend(
    case: &Case,
    command: &Command,
    days: u16,
    criteria: &[ComplexityCriterion],
    document: &Document,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if case.kind != Kind::Denunciation {
        return Err(Refusal::NotForThisKind { command: "extend", kind: case.kind });
    }
    let criteria = distinct(criteria)?;
    let obligation = running(case, command, context)?;
    let rule = obligations::rule_of(obligation, context)?;
    // Complex: once; specially complex, with two criteria or more: twice (Law on Denunciations Art. 30; that two criteria
    // make it special is law.md's unverified reading of Decree 31/2019 Art. 3).
    let allowed = rule.max_extensions.min(if criteria.len() > 1 { 2 } else { 1 });
    if obligation.extensions.len() >= usize::from(allowed) {
        return Err(Refusal::TooManyExtensions { allowed });
    }
    if days == 0 || days > rule.extension_days {
        return Err(Refusal::ExtensionLength { max: rule.extension_days });
    }
    let extension = Extension { days, on: context.today() };
    let mut extensions = obligation.extensions.clone();
    extensions.push(extension);
    Ok(vec![
        Event::Extended { rule: obligation.rule.clone(), extension, criteria, document: document.clone() },
        obligations::moved(obligation, obligation.days, obligation.suspensions.clone(), extensions, context)?,
    ])
}

fn distinct(criteria: &[ComplexityCriterion]) -> Result<Vec<ComplexityCriterion>, Refusal> {
    let criteria: BTreeSet<ComplexityCriterion> = criteria.iter().copied().collect();
    if criteria.is_empty() { Err(Refusal::CriteriaMissing) } else { Ok(criteria.into_iter().collect()) }
}

/// The obligation to resolve, while its limit has not passed: a missed one can't be prolonged afterwards.
fn running<'a>(case: &'a Case, command: &Command, context: &Context<'_>) -> Result<&'a Obligation, Refusal> {
    let obligation = obligations::to_resolve(case).ok_or_else(|| rights::impossible(case, command))?;
    if context.today() > obligation.due_on {
        return Err(Refusal::LimitPassed { due_on: obligation.due_on });
    }
    Ok(obligation)
}

pub(super) fn suspend(
    case: &Case,
    ground: SuspensionGround,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if case.kind == Kind::Feedback {
        return Err(Refusal::NotForThisKind { command: "suspend", kind: case.kind });
    }
    if !ground.fits(case.kind) {
        return Err(Refusal::GroundNotForThisKind);
    }
    if case.obligations.iter().any(|o| o.suspensions.len() >= MOST_SUSPENSIONS) {
        return Err(Refusal::TooMany { what: "suspensions" });
    }
    let today = context.today();
    let mut events = vec![Event::Suspended { ground, on: today, document: document.cloned() }];
    events.extend(obligations::opened_by_suspension(case, context));
    Ok(events)
}

pub(super) fn resume(case: &Case, document: Option<&Document>, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let today = context.today();
    let mut events = vec![Event::Resumed { on: today, document: document.cloned() }];
    for obligation in case.obligations.iter().filter(|o| o.is_open() && o.is_suspended()) {
        let suspensions =
            obligation.suspensions.iter().map(|s| Suspension { from: s.from, to: s.to.or(Some(today)) }).collect();
        events.push(obligations::moved(
            obligation,
            obligation.days,
            suspensions,
            obligation.extensions.clone(),
            context,
        )?);
    }
    events.extend(obligations::opened_by_suspension(case, context));
    Ok(events)
}

/// Feedback, and what has not been lawfully received, ends at once. A complaint must be withdrawn over a signature
/// (Art. 10) and a denunciation may have to go on all the same (Art. 33.3): there the request is recorded, and an official
/// decides.
pub(super) fn withdraw(case: &Case, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let today = context.today();
    let formal = case.kind != Kind::Feedback;
    match &case.stage {
        Stage::Received | Stage::AwaitingFormalisation => Ok(withdrawn(case, None, context)),
        Stage::Registered if !formal => Ok(withdrawn(case, None, context)),
        Stage::Accepted { .. } | Stage::Verifying { .. } if !formal => {
            Ok(terminated(case, TerminationGround::Withdrawal, None, context))
        }
        _ if case.withdrawal_requested_on.is_some() => Err(Refusal::WithdrawalAlreadyRequested),
        _ => Ok(vec![Event::WithdrawalRequested { on: today, document: None }]),
    }
}

fn withdrawn(case: &Case, document: Option<&Document>, context: &Context<'_>) -> Vec<Event> {
    let today = context.today();
    let mut events = vec![Event::Withdrawn { on: today, document: document.cloned() }];
    events.extend(obligations::close(case, &[], today));
    events
}

fn terminated(
    case: &Case,
    ground: TerminationGround,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Vec<Event> {
    let today = context.today();
    let mut events = vec![Event::Terminated { ground, on: today, document: document.cloned() }];
    events.extend(obligations::end(case, today));
    events.extend(obligations::opened_by_suspension(case, context));
    events
}

pub(super) fn terminate(
    case: &Case,
    ground: TerminationGround,
    no_ground_to_continue: bool,
    (withdrawal, document): (Option<&Document>, Option<&Document>),
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if !ground.fits(case.kind) {
        return Err(Refusal::GroundNotForThisKind);
    }
    if ground == TerminationGround::Withdrawal {
        // Over HTTPS it was asked for with the receipt code; on paper the form or the minutes say so (Decree 156/2026, forms
        // 02 and 03).
        if case.withdrawal_requested_on.is_none() && withdrawal.is_none() {
            return Err(Refusal::NoWithdrawalRequested);
        }
        if case.kind == Kind::Denunciation && !no_ground_to_continue {
            return Err(Refusal::GroundsToContinue);
        }
    }
    let on_paper = withdrawal.filter(|_| ground == TerminationGround::Withdrawal).cloned();
    let mut events: Vec<Event> = on_paper
        .map(|paper| Event::WithdrawalRequested { on: context.today(), document: Some(paper) })
        .into_iter()
        .collect();
    if case.stage == Stage::Registered {
        if ground != TerminationGround::Withdrawal {
            return Err(Refusal::NotAccepted);
        }
        events.extend(withdrawn(case, document, context));
    } else {
        events.extend(terminated(case, ground, document, context));
    }
    Ok(events)
}

pub(super) fn resolve(
    case: &Case,
    result: ResultCode,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if !result.fits(case.kind, case.instance) {
        return Err(Refusal::ResultNotForThisKind);
    }
    // Whether it goes on all the same must have been decided (Law on Denunciations Art. 33.3).
    if case.kind == Kind::Denunciation && case.withdrawal_requested_on.is_some() {
        return Err(Refusal::WithdrawalUndecided);
    }
    verifying::check_dialogue(case, result, context)?;
    let today = context.today();
    let closed = obligations::end(case, today);
    let on_time = !closed.iter().any(|e| matches!(e, Event::ObligationClosed { verdict: Verdict::Late, .. }));
    let mut events = vec![Event::Resolved { result, on: today, document: document.cloned(), on_time }];
    events.extend(closed);
    let opened = obligations::opened_by(Start::Decided, today, case.into(), case.remote, context);
    // What was taken to the superior meanwhile does not take effect by itself (Law on Complaints Art. 44).
    let appealed = case.children.iter().any(|child| child.relation == Relation::Appeal);
    events.extend(opened.filter(|event| match event {
        Event::ObligationOpened { obligation } => !appealed || obligation.duty != Duty::TakeEffect,
        _ => true,
    }));
    Ok(events)
}

/// Annuls what was recorded. The limit to resolve stands as it was: a correction moves no date.
pub(super) fn correct(case: &Case, document: Option<&Document>, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let Stage::Resolved { resolution, .. } = &case.stage else {
        return Err(rights::impossible(case, &Command::Correct { document: document.cloned() }));
    };
    if case.children.iter().any(|child| matches!(child.relation, Relation::Appeal | Relation::Continued)) {
        return Err(Refusal::AlreadyFollowed);
    }
    let mut events = vec![Event::Corrected {
        on: context.today(),
        annulled_on: resolution.on,
        annulled: resolution.result,
        annulled_on_time: resolution.on_time,
        document: document.cloned(),
    }];
    // What followed from the annulled decision falls away with it.
    events.extend(obligations::lift(case, context.today(), |duty| {
        matches!(duty, Duty::SendDecision | Duty::Publish | Duty::TakeEffect | Duty::Enforce | Duty::HandleConclusion)
    }));
    events.extend(
        case.obligations
            .iter()
            .filter(|o| o.duty == Duty::Resolve && !o.is_open())
            .map(|o| Event::ObligationReopened { rule: o.rule.clone() }),
    );
    Ok(events)
}
