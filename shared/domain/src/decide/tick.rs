//! The passing of time: routing what nobody was given, and the milestones whose time has come.

use super::{Context, intake};
use crate::case::{Case, Stage};
use crate::competence::{excluded_agencies, superior_of};
use crate::event::{Announcement, Event};
use crate::ids::AgencyId;
use crate::milestone::{Milestone, worth_telling};
use crate::reference::AgencyType;
use crate::refusal::Refusal;

pub(super) fn tick(case: &Case, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let due = case.next_milestone_at().is_some_and(|at| at <= context.now);
    if !due {
        return Ok(Vec::new());
    }
    if case.stage == Stage::Received {
        return intake::route(case, context);
    }
    let mut events = Vec::new();
    for obligation in case.obligations.iter().filter(|o| o.is_running()) {
        let reached: Vec<Milestone> =
            obligation.pending_plan().filter(|p| p.at <= context.now).map(|p| p.milestone).collect();
        if reached.is_empty() {
            continue;
        }
        let told = worth_telling(&reached)
            .into_iter()
            .filter_map(|milestone| audience(case, milestone, context).map(|agency| Announcement { milestone, agency }))
            .collect();
        events.push(Event::MilestonesReached { rule: obligation.rule.clone(), reached, told });
    }
    Ok(events)
}

/// Whom a milestone is told to: the responsible agency; on the first escalation its superior, on the second the
/// inspectorate. Nobody who is denounced in the case; where that leaves nobody, nobody is told.
///
/// An escalation is told of a denunciation too, although the superior and the inspectorate cannot open one: the notice says
/// nothing but the case number, and it is the superior's duty to see that it is resolved (Law on Denunciations Art. 38).
/// They ask the agency that handles it.
fn audience(case: &Case, milestone: Milestone, context: &Context<'_>) -> Option<AgencyId> {
    let today = context.today();
    let agency = case.agency.as_ref()?;
    let inspectorate = || context.directory.the(AgencyType::Inspectorate, today).map(|a| a.id.clone());
    let told = match milestone {
        Milestone::Approaching(_) | Milestone::Missed => Some(agency.clone()),
        Milestone::Escalated(1) => superior_of(agency, context.directory, today).or_else(inspectorate),
        Milestone::Escalated(_) => inspectorate(),
    }?;
    let excluded = excluded_agencies(case.kind, &case.against, context.directory, today);
    (!excluded.contains(&told)).then_some(told)
}
