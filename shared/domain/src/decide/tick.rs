//! The passing of time: routing what nobody was given, and the milestones whose time has come.

use super::{Context, aftermath, intake, obligations, rights};
use crate::case::{Case, Stage};
use crate::command::Command;
use crate::competence::{excluded_from, lawful_above};
use crate::event::{Announcement, Event};
use crate::ids::AgencyId;
use crate::milestone::{Milestone, worth_telling};
use crate::obligation::Duty;
use crate::reference::AgencyType;
use crate::refusal::Refusal;
use crate::transition::applied;

pub(super) fn tick(case: &Case, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let proclaimed = proclaimed(case, context)?;
    if !proclaimed.is_empty() {
        return Ok(proclaimed);
    }
    let due = case.next_milestone_at().is_some_and(|at| at <= context.now);
    if !due {
        return Ok(Vec::new());
    }
    if case.stage == Stage::Received {
        return intake::route(case, context);
    }
    let in_effect: Vec<Event> =
        case.obligations.iter().flat_map(|obligation| aftermath::effect(case, obligation, context)).collect();
    let mut events = said(case, context);
    if !in_effect.is_empty() {
        // A sweep that runs late finds that what a decision in effect sets going is due or missed already.
        let after = applied(Some(case), &in_effect).map_err(|_| rights::impossible(case, &Command::Tick))?;
        events = in_effect.into_iter().chain(said(&after, context)).collect();
    }
    Ok(events)
}

/// The milestones whose time has come, and who is told of them.
fn said(case: &Case, context: &Context<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    for obligation in case.obligations.iter().filter(|o| o.is_running() && o.duty.is_work()) {
        let reached: Vec<Milestone> =
            obligation.pending_plan().filter(|p| p.at <= context.now).map(|p| p.milestone).collect();
        if reached.is_empty() {
            continue;
        }
        let told = worth_telling(&reached)
            .into_iter()
            .filter_map(|milestone| {
                audience(case, obligation.duty, milestone, context).map(|agency| Announcement { milestone, agency })
            })
            .collect();
        events.push(Event::MilestonesReached {
            rule: obligation.rule.clone(),
            started_on: obligation.started_on,
            reached,
            told,
        });
    }
    events
}

/// What must still be done by a day that rests on days off which were not proclaimed when it was counted is counted anew under
/// the calendar of now. Closed verdicts stay.
fn proclaimed(case: &Case, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let mut events = Vec::new();
    for o in case.obligations.iter().filter(|o| o.provisional && o.is_running()) {
        let moved = obligations::moved(o, o.days, o.suspensions.clone(), o.extensions.clone(), context)?;
        let Event::ObligationMoved { due_on, raw_end, provisional, plan, .. } = &moved else { continue };
        if *due_on != o.due_on {
            events.push(Event::CalendarProclaimed { rule: o.rule.clone(), started_on: o.started_on, was: o.due_on });
        }
        // A draft may leave the due day and take the working day on which it is reminded of.
        if (*due_on, *raw_end, *provisional, plan) != (o.due_on, o.raw_end, o.provisional, &o.plan) {
            events.push(moved);
        }
    }
    Ok(events)
}

/// Whom a milestone is told to: the responsible agency; on the first escalation its superior, on the second the
/// inspectorate. Nobody who is denounced in the case; where that leaves nobody, nobody is told.
///
/// An escalation is told of a denunciation too, although the superior and the inspectorate cannot open one: the notice says
/// nothing but the case number, and it is the superior's duty to see that it is resolved (Law on Denunciations Art. 38).
/// They ask the agency that handles it.
fn audience(case: &Case, duty: Duty, milestone: Milestone, context: &Context<'_>) -> Option<AgencyId> {
    let today = context.today();
    let agency = match &case.overdue_report {
        Some(report) if duty == Duty::DemandReport => &report.superior,
        _ => case.agency.as_ref()?,
    };
    let excluded = excluded_from(case, context.directory, today);
    let inspectorate = || context.directory.the(AgencyType::Inspectorate, today).map(|a| a.id.clone());
    let told = match milestone {
        Milestone::Approaching(_) | Milestone::Missed => Some(agency.clone()),
        Milestone::Escalated(1) => lawful_above(agency, &excluded, context.directory, today).or_else(inspectorate),
        Milestone::Escalated(_) => inspectorate(),
    }?;
    (!excluded.contains(&told)).then_some(told)
}
