//! Cases that come out of a case: parts of a mixed petition, a petition of another kind than it was called, a second
//! complaint, a continued denunciation.

use jiff::civil::Date;

use super::{Context, intake, obligations};
use crate::actor::Actor;
use crate::calendar::Calendar;
use crate::case::{Case, Channel, Child, Instance, Kind, Origin, Relation, Stage};
use crate::command::{Command, Opening, Petition};
use crate::competence::{Route, above, propose};
use crate::document::Document;
use crate::event::Event;
use crate::obligation::{Duty, Obligation};
use crate::refusal::Refusal;
use crate::rules::{RuleBook, Scope, Start};
use crate::time::{local_date, next_day};

/// A petition with more matters than this is several petitions.
const MOST_PARTS: usize = 10;

pub(super) fn divide(
    case: &Case,
    parts: &[Petition],
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let relation = match parts {
        [] => return Err(Refusal::NothingToDivide),
        [one] if one.kind == case.kind => return Err(Refusal::SameKind),
        [_] => Relation::Reclassified,
        many if many.len() > MOST_PARTS => return Err(Refusal::TooMany { what: "parts" }),
        _ => Relation::Part,
    };
    let on = context.today();
    let children = parts.iter().map(|part| Child { relation, case: part.id.clone(), on }).collect();
    let mut events = vec![Event::Divided { on, children, document: document.cloned() }];
    events.extend(obligations::close(case, &intake::PROCESSED, on));
    Ok(events)
}

/// The citizen's own time for a second complaint (rules C-LIM2, K-LIM2), where one may be made on a day: counted from the
/// receipt of the decision, which is taken to be the day on which it was sent, or from the end of the limit that brought none.
/// None where none may be made, and where nothing was sent: then no time runs.
pub fn time_to_appeal(case: &Case, rules: &RuleBook, calendar: &Calendar, today: Date) -> Option<Obligation> {
    if case.kind != Kind::Complaint {
        return None;
    }
    may_follow(case, today).ok().and_then(|(_, runs_from)| second_complaint(case, runs_from?, rules, calendar))
}

fn second_complaint(case: &Case, started_on: Date, rules: &RuleBook, calendar: &Calendar) -> Option<Obligation> {
    let scope = Scope { instance: Instance::Second, ..case.into() };
    let rules = rules.started_by(scope, Start::FirstLimitOrDecision, started_on);
    rules.map(|rule| obligations::open(rule, started_on, case.remote, calendar)).min_by_key(|time| time.due_on)
}

pub(super) fn appeal(
    case: &Case,
    opening: &Opening,
    good_reason: bool,
    received_on: Option<Date>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if case.kind != Kind::Complaint {
        return Err(Refusal::NotForThisKind { command: "appeal", kind: case.kind });
    }
    let today = context.today();
    let (earliest, runs_from) = may_follow(case, today)?;
    let received_on = came_in(received_on, earliest, context)?;
    let excused = good_reason && matches!(context.actor, Actor::Official { .. });
    let time = runs_from.and_then(|from| second_complaint(case, from, context.rules, context.calendar));
    if let Some(time) = time.filter(|time| received_on > time.due_on && !excused) {
        return Err(Refusal::SecondComplaintTooLate { until: time.due_on });
    }
    let child = Child { relation: Relation::Appeal, case: opening.id.clone(), on: today };
    let mut events = vec![Event::Followed { child }];
    events.extend(obligations::lift(case, today, |duty| matches!(duty, Duty::TakeEffect | Duty::Enforce)));
    Ok(events)
}

pub(super) fn carry_on(
    case: &Case,
    opening: &Opening,
    received_on: Option<Date>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if case.kind != Kind::Denunciation {
        return Err(Refusal::NotForThisKind { command: "continue", kind: case.kind });
    }
    let today = context.today();
    let (earliest, _) = may_follow(case, today)?;
    came_in(received_on, earliest, context)?;
    let child = Child { relation: Relation::Continued, case: opening.id.clone(), on: today };
    Ok(vec![Event::Followed { child }])
}

/// The day on which a petition that takes the case further came in: today, or when the paper was handed in.
fn came_in(received_on: Option<Date>, earliest: Date, context: &Context<'_>) -> Result<Date, Refusal> {
    let date = receipt(received_on, context);
    intake::not_in_future("received_on", date, context)?;
    if date < earliest {
        return Err(Refusal::DateTooEarly { field: "received_on", date, earliest });
    }
    Ok(date)
}

/// Only a paper that an official enters can have come in before today.
fn receipt(received_on: Option<Date>, context: &Context<'_>) -> Date {
    match context.actor {
        Actor::Official { .. } => received_on.unwrap_or_else(|| context.today()),
        Actor::Citizen | Actor::System => context.today(),
    }
}

/// The first day on which a case that is decided or overdue may be taken further, and the one from which the time for it runs:
/// none while the decision was not sent.
fn may_follow(case: &Case, today: Date) -> Result<(Date, Option<Date>), Refusal> {
    if case.instance != Instance::First {
        return Err(Refusal::NoFurtherInstance { kind: case.kind });
    }
    if case.children.iter().any(|child| matches!(child.relation, Relation::Appeal | Relation::Continued)) {
        return Err(Refusal::AlreadyFollowed);
    }
    match (&case.stage, obligations::overdue(case, today)) {
        (Stage::Resolved { resolution, .. }, _) => {
            let decided_on = resolution.document.as_ref().map_or(resolution.on, |document| document.date);
            Ok((decided_on, resolution.sent_on))
        }
        (_, Some(resolve)) => Ok((next_day(resolve.due_on), Some(resolve.due_on))),
        _ => Err(Refusal::NotDecidedNorOverdue),
    }
}

/// What happens to the cases that a command opens beside what it does to its own.
pub(crate) fn opened(case: &Case, command: &Command, context: &Context<'_>) -> Result<Vec<Vec<Event>>, Refusal> {
    match command {
        Command::Divide { parts, .. } => parts.iter().map(|part| part_of(case, part, parts.len(), context)).collect(),
        Command::Appeal { opening, received_on, .. } => {
            Ok(vec![following(case, opening, Relation::Appeal, receipt(*received_on, context), context)])
        }
        Command::Continue { opening, received_on } => {
            Ok(vec![following(case, opening, Relation::Continued, receipt(*received_on, context), context)])
        }
        _ => Ok(Vec::new()),
    }
}

fn origin(case: &Case, relation: Relation) -> Option<Origin> {
    let first = match relation {
        Relation::Appeal | Relation::Continued => case.agency.clone(),
        Relation::Part | Relation::Reclassified => None,
    };
    Some(Origin { relation, parent: case.id.clone(), root: case.root().clone(), first })
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
    if part.kind == Kind::Denunciation && !case.denounced.is_empty() {
        events.push(Event::DenouncedNamed { denounced: case.denounced.clone() });
    }
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
fn following(
    case: &Case,
    opening: &Opening,
    relation: Relation,
    received_on: Date,
    context: &Context<'_>,
) -> Vec<Event> {
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
    if !case.denounced.is_empty() {
        events.push(Event::DenouncedNamed { denounced: case.denounced.clone() });
    }
    events.extend(obligations::opened_by(Start::Submitted, received_on, scope, case.remote, context));
    events.push(Event::Assigned { to: agency, basis });
    if !on_paper && intake::needs_formalisation(case.kind, today, context) {
        events.push(Event::FormalisationAwaited);
    } else {
        events.extend(intake::registered(scope, case.remote, received_on, context));
    }
    events
}
