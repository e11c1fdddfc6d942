//! Ways in which a petition ends before acceptance (law.md machines a.0 and a.3): filed, used for an inspection, passed to the
//! investigation agency, linked to the case that its matter is already.

use super::intake::{PROCESSED, check_document};
use super::{Context, obligations};
use crate::case::{Case, FilingGround, Kind};
use crate::document::Document;
use crate::event::Event;
use crate::ids::CaseId;
use crate::refusal::Refusal;

pub(super) fn file(case: &Case, ground: FilingGround, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    if !ground.fits(case.kind) {
        return Err(Refusal::GroundNotForThisKind);
    }
    Ok(processed(case, Event::Filed { ground, on: context.today() }, context))
}

pub(super) fn use_for_inspection(case: &Case, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    only_denunciations(case, "use_for_inspection")?;
    Ok(processed(case, Event::UsedForInspection { on: context.today() }, context))
}

pub(super) fn refer(case: &Case, document: &Document, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    only_denunciations(case, "refer")?;
    check_document(case, Some(document), context)?;
    Ok(processed(case, Event::Referred { on: context.today(), document: document.clone() }, context))
}

pub(super) fn link_duplicate(case: &Case, of: &CaseId, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    if *of == case.id {
        return Err(Refusal::OwnDuplicate);
    }
    Ok(processed(case, Event::LinkedAsDuplicate { of: of.clone(), on: context.today() }, context))
}

fn only_denunciations(case: &Case, command: &'static str) -> Result<(), Refusal> {
    if case.kind == Kind::Denunciation { Ok(()) } else { Err(Refusal::NotForThisKind { command, kind: case.kind }) }
}

fn processed(case: &Case, event: Event, context: &Context<'_>) -> Vec<Event> {
    let mut events = vec![event];
    events.extend(obligations::close(case, &PROCESSED, context.today()));
    events
}
