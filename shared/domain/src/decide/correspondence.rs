//! Messages between citizen and agency, and the opening of an identity: beside every stage, moving no limit.

use super::{Context, rights};
use crate::actor::Actor;
use crate::case::{Case, DisclosureReason, Side, Stage};
use crate::command::Command;
use crate::event::Event;
use crate::ids::SubjectId;
use crate::refusal::Refusal;

/// More messages than this are no handling any more.
const MOST_MESSAGES: u32 = 500;

/// More messages that nobody answered help nobody: the agency has to speak first.
const MOST_UNANSWERED: u32 = 20;

/// More openings than this are no custody any more; it also bounds the case's size.
const MOST_DISCLOSURES: usize = 100;

pub(super) fn send_message(case: &Case, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    // Each of its parts has its own handler, and is written to by itself.
    if matches!(case.stage, Stage::Divided { .. }) {
        return Err(rights::impossible(case, &Command::SendMessage));
    }
    let by = if *context.actor == Actor::Citizen { Side::Citizen } else { Side::Agency };
    let too_many =
        case.messages.count >= MOST_MESSAGES || (by == Side::Citizen && case.messages.unanswered >= MOST_UNANSWERED);
    if too_many {
        return Err(Refusal::TooMany { what: "messages" });
    }
    Ok(vec![Event::MessageSent { by, number: case.messages.count + 1 }])
}

pub(super) fn disclose_identity(
    case: &Case,
    to: &SubjectId,
    reason: DisclosureReason,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let Some(agency) = context.actor.agency() else { return Err(Refusal::NotYourCase) };
    // Each of its parts has its own custodian: the whole may be with the very agency that a part denounces.
    if matches!(case.stage, Stage::Divided { .. }) {
        return Err(rights::impossible(case, &Command::DiscloseIdentity { to: to.clone(), reason }));
    }
    // First, so that on a case without a name nobody can try out whom it is about.
    if case.contact.anonymous {
        return Err(Refusal::NoIdentity);
    }
    if case.denounced.contains(to) {
        return Err(Refusal::ConflictOfInterest);
    }
    if case.disclosures.len() >= MOST_DISCLOSURES {
        return Err(Refusal::TooMany { what: "disclosures" });
    }
    let (to, agency) = (to.clone(), agency.clone());
    Ok(vec![Event::IdentityDisclosed { to, agency, reason, on: context.today() }])
}
