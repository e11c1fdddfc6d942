//! Opening, moving and closing what is owed, as events.

use jiff::civil::Date;

use super::Context;
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
        .started_by(scope, start, on)
        .filter(|rule| rule.duty != Duty::Transfer)
        .map(move |rule| Event::ObligationOpened { obligation: open(rule, on, remote, context) })
}

/// A fresh obligation under a rule.
pub(super) fn open(rule: &Rule, on: Date, remote: bool, context: &Context<'_>) -> Obligation {
    let days = rule.length(remote, false);
    let due = due(&rule.count(on, days), context.calendar);
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
        plan: milestone::plan(rule, on, due.on, context.calendar),
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
            Event::ObligationClosed { rule: o.rule.clone(), on, verdict }
        })
        .collect()
}

/// Closes the open obligations of some duties with a verdict and leaves the others open.
pub(super) fn fulfil(case: &Case, duties: &[Duty], on: Date) -> Vec<Event> {
    case.obligations
        .iter()
        .filter(|o| o.is_open() && duties.contains(&o.duty))
        .map(|o| Event::ObligationClosed { rule: o.rule.clone(), on, verdict: o.verdict_on(on) })
        .collect()
}

/// The open obligation to resolve.
pub(super) fn to_resolve(case: &Case) -> Option<&Obligation> {
    case.obligations.iter().find(|o| o.duty == Duty::Resolve && o.is_open())
}
