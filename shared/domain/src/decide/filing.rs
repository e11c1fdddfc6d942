//! Ways in which a petition ends before acceptance (law.md machines a.0 and a.3): filed, used for an inspection, passed to the
//! investigation agency, linked to the case that its matter is already.

use super::intake::PROCESSED;
use super::{Context, obligations};
use crate::case::{Case, FilingGround, Kind};
use crate::document::Document;
use crate::event::Event;
use crate::ids::CaseId;
use crate::refusal::Refusal;

pub(super) fn file(
    case: &Case,
    ground: FilingGround,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if !ground.fits(case.kind) {
        return Err(Refusal::GroundNotForThisKind);
    }
    Ok(processed(case, Event::Filed { ground, on: context.today(), document: document.cloned() }, context))
}

pub(super) fn use_for_inspection(
    case: &Case,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    only_denunciations(case, "use_for_inspection")?;
    Ok(processed(case, Event::UsedForInspection { on: context.today(), document: document.cloned() }, context))
}

pub(super) fn refer(case: &Case, document: &Document, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    only_denunciations(case, "refer")?;
    Ok(processed(case, Event::Referred { on: context.today(), document: document.clone() }, context))
}

pub(super) fn link_duplicate(
    case: &Case,
    of: &CaseId,
    document: Option<&Document>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    if *of == case.id {
        return Err(Refusal::OwnDuplicate);
    }
    let event = Event::LinkedAsDuplicate { of: of.clone(), on: context.today(), document: document.cloned() };
    Ok(processed(case, event, context))
}

fn only_denunciations(case: &Case, command: &'static str) -> Result<(), Refusal> {
    if case.kind == Kind::Denunciation { Ok(()) } else { Err(Refusal::NotForThisKind { command, kind: case.kind }) }
}

fn processed(case: &Case, event: Event, context: &Context<'_>) -> Vec<Event> {
    let mut events = vec![event];
    events.extend(obligations::close(case, &PROCESSED, context.today()));
    events
}
