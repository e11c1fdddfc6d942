//! From the petition to its acceptance (law.md machine a.0): submission, registration, routing, formalisation, transfer.

use jiff::civil::Date;

use super::{Context, obligations, rights};
use crate::actor::Role;
use crate::case::{Case, Channel, CompetentBody, Instance, Kind, Matter, Origin, RefusalGround, Stage};
use crate::command::{Command, Petition};
use crate::competence::{excluded_from, propose};
use crate::document::Document;
use crate::event::Event;
use crate::ids::{AgencyId, SubjectId};
use crate::obligation::Duty;
use crate::refusal::Refusal;
use crate::rules::{Scope, Start};
use crate::time;

/// More moves than this are no handling any more; it also bounds the case's size.
const MOST_TRANSFERS: u32 = 20;

/// What processing a petition fulfils, whichever way it goes.
pub(super) const PROCESSED: [Duty; 4] = [Duty::Process, Duty::HardCap, Duty::Accept, Duty::DecideContinued];

pub(super) fn submit(petition: &Petition, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let today = context.today();
    let submitted = submission(petition, Channel::Online, None, context)?;
    let remote = matches!(&submitted, Event::Submitted { remote: true, .. });
    let mut events = vec![submitted];
    events.extend(obligations::opened_by(Start::Submitted, today, scope(petition), remote, context));
    Ok(events)
}

pub(super) fn register(
    petition: &Petition,
    channel: Channel,
    received_on: Date,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if channel == Channel::Online {
        return Err(Refusal::OnlineNotRegistered);
    }
    not_in_future("received_on", received_on, context)?;
    if !context.calendar.covers(received_on) {
        return Err(Refusal::OutsideCalendar(received_on));
    }
    let submitted = submission(petition, channel, None, context)?;
    let remote = matches!(&submitted, Event::Submitted { remote: true, .. });
    let route = propose(
        petition.kind,
        Instance::First,
        &petition.against,
        petition.area.as_ref(),
        petition.field.as_ref(),
        context.directory,
        context.today(),
    );
    let mut events = vec![submitted];
    events.extend(obligations::opened_by(Start::Submitted, received_on, scope(petition), remote, context));
    events.push(Event::Assigned { to: route.agency, basis: route.basis });
    // A paper that nobody answers for with name and signature is in no better form than what came over HTTPS (Law on
    // Complaints Art. 8; on Denunciations Art. 25.1).
    if petition.contact.anonymous && needs_formalisation(petition.kind, received_on, context) {
        events.push(Event::FormalisationAwaited);
    } else {
        events.extend(registered(scope(petition), remote, received_on, context));
    }
    Ok(events)
}

fn scope(petition: &Petition) -> Scope {
    Scope { kind: petition.kind, instance: Instance::First, matter: petition.matter }
}

pub(super) fn submission(
    petition: &Petition,
    channel: Channel,
    origin: Option<Origin>,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let today = context.today();
    if let Some(group) = petition.group {
        let most = group.most_representatives();
        if group.representatives == 0 {
            return Err(Refusal::RepresentativesMissing);
        }
        if group.representatives > most {
            return Err(Refusal::TooManyRepresentatives { most });
        }
    }
    if petition.kind != Kind::Complaint && petition.matter != Matter::Administrative {
        return Err(Refusal::NotForThisKind { command: "submit", kind: petition.kind });
    }
    if let Some(agency) = &petition.against.agency
        && context.directory.agency(agency, today).is_none()
    {
        return Err(Refusal::UnknownAgency(agency.clone()));
    }
    if let Some(field) = &petition.field
        && context.directory.field(field, today).is_none()
    {
        return Err(Refusal::UnknownField(field.clone()));
    }
    let remote = match &petition.area {
        Some(area) => {
            let known = context.directory.area(area, today);
            known.ok_or_else(|| Refusal::UnknownArea(area.clone()))?.remote
        }
        None => false,
    };
    Ok(Event::Submitted {
        id: petition.id.clone(),
        number: petition.number.clone(),
        kind: petition.kind,
        instance: Instance::First,
        matter: petition.matter,
        channel,
        at: context.now,
        area: petition.area.clone(),
        remote,
        field: petition.field.clone(),
        against: petition.against.clone(),
        contact: petition.contact,
        group: petition.group,
        origin,
    })
}

pub(super) fn registered(scope: Scope, remote: bool, received_on: Date, context: &Context<'_>) -> Vec<Event> {
    let mut events = vec![Event::Registered { received_on }];
    events.extend(obligations::opened_by(Start::Received, received_on, scope, remote, context));
    if scope.instance == Instance::Continued {
        events.extend(obligations::opened_by(Start::ContinuedReceived, received_on, scope, remote, context));
    }
    events
}

pub(super) fn route(case: &Case, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let submitted_on = time::local_date(case.submitted_at);
    let route = propose(
        case.kind,
        case.instance,
        &case.against,
        case.area.as_ref(),
        case.field.as_ref(),
        context.directory,
        context.today(),
    );
    let mut events = vec![Event::Assigned { to: route.agency, basis: route.basis }];
    if needs_formalisation(case.kind, submitted_on, context) {
        events.push(Event::FormalisationAwaited);
    } else {
        events.extend(registered(case.into(), case.remote, submitted_on, context));
    }
    Ok(events)
}

/// A complaint must bear a signature or fingerprint (Law on Complaints Art. 8, 11) and a denunciation must have the form
/// of Art. 22 (Law on Denunciations Art. 25.1), so what came over HTTPS waits for it unless the province's policy of the
/// day says that the law no longer wants it. Without a policy it waits: the cautious reading.
pub(super) fn needs_formalisation(kind: Kind, on: Date, context: &Context<'_>) -> bool {
    let policy = format!("formalisation.{}", kind.code());
    match context.directory.policy(&policy, on) {
        Some(policy) => policy.value != "not_required",
        None => kind != Kind::Feedback,
    }
}

pub(super) fn formalise(case: &Case, received_on: Date, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    not_in_future("received_on", received_on, context)?;
    let earliest = time::local_date(case.submitted_at);
    if received_on < earliest {
        return Err(Refusal::DateTooEarly { field: "received_on", date: received_on, earliest });
    }
    Ok(registered(case.into(), case.remote, received_on, context))
}

/// More officials than this no one denunciation is about; it also bounds the case's size.
const MOST_DENOUNCED: usize = 20;

pub(super) fn assign(
    case: &Case,
    agency: Option<&AgencyId>,
    handler: Option<&SubjectId>,
    denounced: Option<&[SubjectId]>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let mut events = Vec::new();
    if let Some(denounced) = denounced {
        if case.kind != Kind::Denunciation {
            return Err(Refusal::NotForThisKind { command: "assign", kind: case.kind });
        }
        // Its managing head alone: whoever sits at the counter could shut the head out of the case.
        if !context.actor.has(Role::Head) {
            return Err(Refusal::RoleNotAllowed { command: "assign" });
        }
        // Nobody decides on themselves, and nobody takes themselves out of a case that is theirs to pass on.
        if context.actor.subject().is_some_and(|actor| denounced.contains(actor)) {
            return Err(Refusal::ConflictOfInterest);
        }
        if denounced.len() > MOST_DENOUNCED {
            return Err(Refusal::TooMany { what: "denounced" });
        }
        events.push(Event::DenouncedNamed { denounced: denounced.to_vec() });
    }
    if let Some(agency) = agency {
        if !matches!(case.stage, Stage::AwaitingFormalisation | Stage::Registered) {
            return Err(rights::impossible(case, &Command::Transfer { to: agency.clone(), document: None }));
        }
        events.extend(found_not_competent(case, context));
        events.push(hand_over(case, agency, None, context)?);
    }
    if let Some(handler) = handler {
        if denounced.unwrap_or(&case.denounced).contains(handler) {
            return Err(Refusal::ConflictOfInterest);
        }
        events.push(Event::HandlerNamed { handler: handler.clone() });
    }
    if events.is_empty() { Err(Refusal::NothingToAssign) } else { Ok(events) }
}

pub(super) fn transfer(
    case: &Case,
    to: &AgencyId,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let mut events = found_not_competent(case, context);
    events.push(hand_over(case, to, document, context)?);
    Ok(events)
}

/// Passing a denunciation on has a limit of its own (Law on Denunciations Art. 26); only the first agency that finds itself
/// not competent owes it.
fn found_not_competent(case: &Case, context: &Context<'_>) -> Vec<Event> {
    let today = context.today();
    let judged = case.obligations.iter().any(|o| o.duty == Duty::Transfer);
    let Some(received_on) = case.received_on.filter(|_| !judged) else { return Vec::new() };
    let rules = context.rules.switched_on(case.into(), Start::Received, received_on, context.directory);
    let owed = rules.filter(|rule| rule.duty == Duty::Transfer).flat_map(|rule| {
        let obligation = obligations::open(rule, received_on, case.remote, context.calendar);
        let verdict = obligation.verdict_on(today);
        let rule = obligation.rule.clone();
        [
            Event::ObligationOpened { obligation },
            Event::ObligationClosed { rule, started_on: received_on, on: today, verdict },
        ]
    });
    owed.collect()
}

fn hand_over(case: &Case, to: &AgencyId, document: Option<&Document>, context: &Context<'_>) -> Result<Event, Refusal> {
    let today = context.today();
    let Some(from) = &case.agency else { return Err(Refusal::NotYourCase) };
    if from == to {
        return Err(Refusal::SameAgency(to.clone()));
    }
    if context.directory.agency(to, today).is_none() {
        return Err(Refusal::UnknownAgency(to.clone()));
    }
    if excluded_from(case, context.directory, today).contains(to) {
        return Err(Refusal::ConflictOfInterest);
    }
    if let Some(first) = case.origin.as_ref().and_then(|origin| origin.first.as_ref())
        && (first == to || !context.directory.is_within(first, to, today))
    {
        return Err(Refusal::NotAboveTheFirst);
    }
    if case.transfers >= MOST_TRANSFERS {
        return Err(Refusal::TooManyTransfers);
    }
    Ok(Event::Transferred { from: from.clone(), to: to.clone(), on: today, document: document.cloned() })
}

pub(super) fn accept(
    case: &Case,
    group_papers: bool,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let today = context.today();
    if case.kind == Kind::Complaint && case.group.is_some() && !group_papers {
        return Err(Refusal::GroupPapersMissing);
    }
    let mut events = vec![Event::Accepted { on: today, document: document.cloned() }];
    events.extend(obligations::fulfil(case, &PROCESSED, today));
    events.extend(obligations::opened_by(Start::Accepted, today, case.into(), case.remote, context));
    Ok(events)
}

pub(super) fn refuse(
    case: &Case,
    ground: RefusalGround,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if case.kind == Kind::Feedback {
        return Err(Refusal::NotForThisKind { command: "refuse", kind: case.kind });
    }
    if !ground.fits(case.kind) {
        return Err(Refusal::GroundNotForThisKind);
    }
    let today = context.today();
    let mut events = vec![Event::Refused { ground, on: today, document: document.cloned() }];
    events.extend(obligations::close(case, &PROCESSED, today));
    Ok(events)
}

/// Only a complainant is guided; a denunciation and feedback are passed on (Decree 154/2026 Art. 15.2).
pub(super) fn guide(
    case: &Case,
    to: &CompetentBody,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if case.kind != Kind::Complaint {
        return Err(Refusal::NotForThisKind { command: "guide", kind: case.kind });
    }
    let today = context.today();
    if let CompetentBody::Agency(agency) = to {
        if context.directory.agency(agency, today).is_none() {
            return Err(Refusal::UnknownAgency(agency.clone()));
        }
        if case.agency.as_ref() == Some(agency) {
            return Err(Refusal::SameAgency(agency.clone()));
        }
    }
    let mut events = vec![Event::Guided { to: to.clone(), on: today, document: document.cloned() }];
    events.extend(obligations::close(case, &PROCESSED, today));
    Ok(events)
}

pub(super) fn not_in_future(field: &'static str, date: Date, context: &Context<'_>) -> Result<(), Refusal> {
    if date > context.today() { Err(Refusal::DateInFuture { field, date }) } else { Ok(()) }
}
