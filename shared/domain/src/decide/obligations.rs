//! Opening, moving and closing what is owed, as events.

use jiff::civil::Date;

use super::Context;
use crate::calendar::Calendar;
use crate::case::Case;
use crate::deadline::{Count, due};
use crate::event::Event;
use crate::milestone;
use crate::obligation::{Duty, Extension, Obligation, Suspension, Verdict};
use crate::refusal::Refusal;
use crate::rules::{Rule, Scope, Start};

/// What a start event on a day sets going for such a case.
pub(super) fn opened_by(
    start: Start,
    on: Date,
    scope: Scope,
    remote: bool,
    context: &Context<'_>,
) -> impl Iterator<Item = Event> {
    context
        .rules
        .switched_on(scope, start, on, context.directory)
        .filter(|rule| rule.duty != Duty::Transfer)
        .map(move |rule| Event::ObligationOpened { obligation: open(rule, on, remote, context.calendar) })
}

/// What a decision to suspend, terminate or continue sets going, unless one of the same day is still to be sent: both go out
/// together.
pub(super) fn opened_by_suspension(case: &Case, context: &Context<'_>) -> Vec<Event> {
    let today = context.today();
    let owed = |event: &Event| match event {
        Event::ObligationOpened { obligation: new } => {
            case.obligations.iter().any(|o| o.is_open() && o.rule == new.rule && o.started_on == new.started_on)
        }
        _ => false,
    };
    opened_by(Start::SuspensionDecided, today, case.into(), case.remote, context).filter(|event| !owed(event)).collect()
}

/// A fresh obligation under a rule.
pub(super) fn open(rule: &Rule, on: Date, remote: bool, calendar: &Calendar) -> Obligation {
    let days = rule.length(remote, false);
    let due = due(&rule.count(on, days), calendar);
    Obligation {
        rule: rule.id.clone(),
        duty: rule.duty,
        started_on: on,
        days,
        unit: rule.unit,
        suspensions: Vec::new(),
        extensions: Vec::new(),
        raw_end: due.raw_end,
        due_on: due.on,
        provisional: due.provisional,
        plan: milestone::plan(rule, on, due.on, calendar),
        raised: Vec::new(),
        closed: None,
    }
}

/// The obligation counted anew after one of the acts that may move it: another length, a prolongation, a suspension that
/// has ended.
///
/// # Errors
/// [`Refusal::NoRuleInForce`] where the rule that it was opened under is gone from the data.
pub(super) fn moved(
    obligation: &Obligation,
    days: u16,
    suspensions: Vec<Suspension>,
    extensions: Vec<Extension>,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let rule = rule_of(obligation, context)?;
    let count = Count {
        unit: obligation.unit,
        suspensions: &suspensions,
        extensions: &extensions,
        ..rule.count(obligation.started_on, days)
    };
    let due = due(&count, context.calendar);
    Ok(Event::ObligationMoved {
        rule: obligation.rule.clone(),
        started_on: obligation.started_on,
        days,
        raw_end: due.raw_end,
        due_on: due.on,
        provisional: due.provisional,
        plan: milestone::plan(rule, obligation.started_on, due.on, context.calendar),
        suspensions,
        extensions,
    })
}

/// The version of the rule that an obligation was opened under.
pub(super) fn rule_of<'a>(obligation: &Obligation, context: &Context<'a>) -> Result<&'a Rule, Refusal> {
    context
        .rules
        .in_force(&obligation.rule, obligation.started_on)
        .ok_or_else(|| Refusal::NoRuleInForce { rule: obligation.rule.clone(), on: obligation.started_on })
}

/// Closes the open obligations of some duties undone: neither kept nor missed.
pub(super) fn lift(case: &Case, on: Date, duties: impl Fn(Duty) -> bool) -> Vec<Event> {
    case.obligations
        .iter()
        .filter(|o| o.is_open() && duties(o.duty))
        .map(|o| Event::ObligationClosed {
            rule: o.rule.clone(),
            started_on: o.started_on,
            on,
            verdict: Verdict::Lifted,
        })
        .collect()
}

/// Closes every open obligation: the duties that the step fulfils with a verdict, the others lifted. While its clock
/// stands still a limit can neither be kept nor missed; one that had been missed before stays missed.
pub(super) fn close(case: &Case, fulfilled: &[Duty], on: Date) -> Vec<Event> {
    case.obligations
        .iter()
        .filter(|o| o.is_open())
        .map(|o| {
            let stopped_on = o.suspensions.last().filter(|s| s.to.is_none()).map(|s| s.from);
            let verdict = match stopped_on {
                _ if !fulfilled.contains(&o.duty) => Verdict::Lifted,
                Some(day) if o.verdict_on(day) == Verdict::OnTime => Verdict::Lifted,
                Some(_) => Verdict::Late,
                None => o.verdict_on(on),
            };
            Event::ObligationClosed { rule: o.rule.clone(), started_on: o.started_on, on, verdict }
        })
        .collect()
}

/// The case ended: the duty to resolve has its verdict and what was asked about its delay falls away. What must still be sent
/// stays owed.
pub(super) fn end(case: &Case, on: Date) -> Vec<Event> {
    let ends = |duty| matches!(duty, Duty::Resolve | Duty::DemandReport | Duty::ReportOverdue);
    let closed = close(case, &[Duty::Resolve], on);
    let of_ending = case.obligations.iter().filter(|o| o.is_open()).map(|o| ends(o.duty));
    closed.into_iter().zip(of_ending).filter_map(|(event, ends)| ends.then_some(event)).collect()
}

/// Closes the open obligations of some duties with a verdict and leaves the others open.
pub(super) fn fulfil(case: &Case, duties: &[Duty], on: Date) -> Vec<Event> {
    case.obligations
        .iter()
        .filter(|o| o.is_open() && duties.contains(&o.duty))
        .map(|o| Event::ObligationClosed {
            rule: o.rule.clone(),
            started_on: o.started_on,
            on,
            verdict: o.verdict_on(on),
        })
        .collect()
}

/// The open obligation to resolve, where its limit has passed: a clock that was stopped in time has not run out.
pub(super) fn overdue(case: &Case, today: Date) -> Option<&Obligation> {
    to_resolve(case).filter(|o| {
        let stopped_on = o.suspensions.last().filter(|suspension| suspension.to.is_none()).map(|s| s.from);
        stopped_on.unwrap_or(today) > o.due_on
    })
}

/// The open obligation to resolve.
pub(super) fn to_resolve(case: &Case) -> Option<&Obligation> {
    case.obligations.iter().find(|o| o.duty == Duty::Resolve && o.is_open())
}
