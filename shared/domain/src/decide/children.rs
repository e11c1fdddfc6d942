//! Cases that come out of a case: parts of a mixed petition, a petition of another kind than it was called, a second
//! complaint, a continued denunciation.

use jiff::civil::Date;

use super::{Context, intake, obligations};
use crate::actor::Actor;
use crate::case::{Case, Channel, Child, Instance, Kind, Origin, Relation, Stage};
use crate::command::{Command, Opening, Petition};
use crate::competence::{Route, above, propose};
use crate::event::Event;
use crate::obligation::Duty;
use crate::refusal::Refusal;
use crate::rules::{Scope, Start};
use crate::time::local_date;

/// A petition with more matters than this is several petitions.
const MOST_PARTS: usize = 10;

pub(super) fn divide(case: &Case, parts: &[Petition], context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let relation = match parts {
        [] => return Err(Refusal::NothingToDivide),
        [one] if one.kind == case.kind => return Err(Refusal::SameKind),
        [_] => Relation::Reclassified,
        many if many.len() > MOST_PARTS => return Err(Refusal::TooMany { what: "parts" }),
        _ => Relation::Part,
    };
    let on = context.today();
    let children = parts.iter().map(|part| Child { relation, case: part.id.clone(), on }).collect();
    let mut events = vec![Event::Divided { on, children }];
    events.extend(obligations::close(case, &intake::PROCESSED, on));
    Ok(events)
}

/// The last day on which a second complaint may be made (rule C-LIM2, K-LIM2): counted from the receipt of the decision, which
/// is taken to be the day on which it was sent, or from the end of the limit that brought none.
fn second_complaint_until(case: &Case, started_on: Date, context: &Context<'_>) -> Option<Date> {
    let scope = Scope { instance: Instance::Second, ..case.into() };
    let rules = context.rules.started_by(scope, Start::FirstLimitOrDecision, started_on);
    rules.map(|rule| obligations::open(rule, started_on, case.remote, context).due_on).min()
}

pub(super) fn appeal(
    case: &Case,
    opening: &Opening,
    good_reason: bool,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if case.kind != Kind::Complaint {
        return Err(Refusal::NotForThisKind { command: "appeal", kind: case.kind });
    }
    let started_on = may_follow(case, context)?;
    let today = context.today();
    let excused = good_reason && matches!(context.actor, Actor::Official { .. });
    if let Some(until) = second_complaint_until(case, started_on, context).filter(|until| today > *until && !excused) {
        return Err(Refusal::SecondComplaintTooLate { until });
    }
    let child = Child { relation: Relation::Appeal, case: opening.id.clone(), on: today };
    let mut events = vec![Event::Followed { child }];
    events.extend(obligations::lift(case, today, |duty| matches!(duty, Duty::TakeEffect | Duty::Enforce)));
    Ok(events)
}

pub(super) fn carry_on(case: &Case, opening: &Opening, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    if case.kind != Kind::Denunciation {
        return Err(Refusal::NotForThisKind { command: "continue", kind: case.kind });
    }
    may_follow(case, context)?;
    let child = Child { relation: Relation::Continued, case: opening.id.clone(), on: context.today() };
    Ok(vec![Event::Followed { child }])
}

/// The day from which a case that is decided or overdue may be taken further.
fn may_follow(case: &Case, context: &Context<'_>) -> Result<Date, Refusal> {
    if case.instance != Instance::First {
        return Err(Refusal::NoFurtherInstance);
    }
    if case.children.iter().any(|child| matches!(child.relation, Relation::Appeal | Relation::Continued)) {
        return Err(Refusal::AlreadyFollowed);
    }
    let sent_on = |decided_on| {
        let sent = case.obligations.iter().rev().find(|o| o.duty == Duty::SendDecision && o.started_on == decided_on);
        sent.and_then(|o| o.closed).map_or(decided_on, |closure| closure.on)
    };
    match (&case.stage, obligations::to_resolve(case)) {
        (Stage::Resolved { resolution, .. }, _) => Ok(sent_on(resolution.on)),
        (_, Some(resolve)) if context.today() > resolve.due_on => Ok(resolve.due_on),
        _ => Err(Refusal::NotDecidedNorOverdue),
    }
}

/// What happens to the cases that a command opens beside what it does to its own.
pub(crate) fn opened(case: &Case, command: &Command, context: &Context<'_>) -> Result<Vec<Vec<Event>>, Refusal> {
    match command {
        Command::Divide { parts } => parts.iter().map(|part| part_of(case, part, parts.len(), context)).collect(),
        Command::Appeal { opening, .. } => Ok(vec![following(case, opening, Relation::Appeal, context)]),
        Command::Continue { opening } => Ok(vec![following(case, opening, Relation::Continued, context)]),
        _ => Ok(Vec::new()),
    }
}

fn origin(case: &Case, relation: Relation) -> Option<Origin> {
    Some(Origin { relation, parent: case.id.clone(), root: case.root().clone() })
}

/// A part came in with the whole, and was lawfully received with it: dividing gives nobody more time.
fn part_of(case: &Case, part: &Petition, parts: usize, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let relation = if parts == 1 { Relation::Reclassified } else { Relation::Part };
    // Who petitions is known with the whole.
    let part = &Petition { contact: case.contact, group: case.group, ..part.clone() };
    let scope = Scope { kind: part.kind, instance: Instance::First, matter: part.matter };
    let submitted = intake::submission(part, case.channel, origin(case, relation), context)?;
    let remote = matches!(&submitted, Event::Submitted { remote: true, .. });
    let route = propose(
        part.kind,
        Instance::First,
        &part.against,
        part.area.as_ref(),
        part.field.as_ref(),
        context.directory,
        context.today(),
    );
    let mut events = vec![submitted];
    let came_in = local_date(case.submitted_at).min(case.received_on.unwrap_or(Date::MAX));
    events.extend(obligations::opened_by(Start::Submitted, came_in, scope, remote, context));
    events.push(Event::Assigned { to: route.agency, basis: route.basis });
    match case.received_on {
        Some(received_on) => events.extend(intake::registered(scope, remote, received_on, context)),
        None if intake::needs_formalisation(part.kind, came_in, context) => events.push(Event::FormalisationAwaited),
        None => events.extend(intake::registered(scope, remote, came_in, context)),
    }
    Ok(events)
}

/// A second complaint or continued denunciation goes to the agency above the one that decided, or did not. It is a petition of
/// its own: over HTTPS it lacks a signature like any other; an official who enters it has the paper.
fn following(case: &Case, opening: &Opening, relation: Relation, context: &Context<'_>) -> Vec<Event> {
    let today = context.today();
    let on_paper = matches!(context.actor, Actor::Official { .. });
    let instance = if relation == Relation::Appeal { Instance::Second } else { Instance::Continued };
    let scope = Scope { kind: case.kind, instance, matter: case.matter };
    let Route { agency, basis } = above(case, context.directory, today);
    let mut events = vec![Event::Submitted {
        id: opening.id.clone(),
        number: opening.number.clone(),
        kind: case.kind,
        instance,
        matter: case.matter,
        channel: if on_paper { Channel::Counter } else { Channel::Online },
        at: context.now,
        area: case.area.clone(),
        remote: case.remote,
        field: case.field.clone(),
        against: case.against.clone(),
        contact: case.contact,
        group: case.group,
        origin: origin(case, relation),
    }];
    events.extend(obligations::opened_by(Start::Submitted, today, scope, case.remote, context));
    events.push(Event::Assigned { to: agency, basis });
    if !on_paper && intake::needs_formalisation(case.kind, today, context) {
        events.push(Event::FormalisationAwaited);
    } else {
        events.extend(intake::registered(scope, case.remote, today, context));
    }
    events
}
