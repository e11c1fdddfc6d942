//! Who may see a case.

use jiff::civil::Date;

use crate::actor::{Actor, Role};
use crate::case::{Case, Kind, Stage};
use crate::competence::{excluded_from, is_colleague, lawful_above};
use crate::ids::AgencyId;
use crate::reference::{AgencyType, Directory};

/// How much of a case somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Not even that it exists.
    Nothing,
    /// That it exists, where it stands and what is due; not its text.
    Standing,
    /// Its text too. Identities are never part of it.
    Full,
}

/// What an actor may see of a case.
///
/// A complaint or feedback: its own agency's reception, handlers and head in full; inspectors and heads above it its
/// standing, and so the inspectorate's inspectors of the whole province, whom the last escalation is told to. A denunciation:
/// only the head of the agency that handles it and the named handler, and reception until it is registered, where it is no
/// colleague who is denounced; the excluded (invariant 9) nothing, whatever their role. Of what was divided everybody sees the
/// standing at most: its parts hold the text.
pub fn sight(actor: &Actor, case: &Case, directory: &Directory, on: Date) -> Sight {
    let Actor::Official { subject, agency, .. } = actor else {
        return match actor {
            Actor::System => Sight::Standing,
            _ => Sight::Nothing,
        };
    };
    let Some(responsible) = &case.agency else { return Sight::Nothing };
    // Nobody reads in the sealed queue, whatever agency a token claims.
    if responsible.is_external() || is_out(actor, case, directory, on) {
        return Sight::Nothing;
    }
    let own = responsible == agency;
    // What the whole said of a matter is for whoever handles its part, and nobody else: each part has its own extract.
    let full = if matches!(case.stage, Stage::Divided { .. }) { Sight::Standing } else { Sight::Full };
    // The superior that was told of an overdue conclusion must ask for a report (Law on Denunciations Art. 38): it sees where
    // the case stands, not what it says.
    let told = case.overdue_report.as_ref().is_some_and(|report| &report.superior == agency);
    if told && !own && actor.has(Role::Head) {
        return Sight::Standing;
    }
    if case.kind == Kind::Denunciation {
        let received_only = matches!(case.stage, Stage::Received | Stage::AwaitingFormalisation);
        let named = case.handler.as_ref() == Some(subject) && actor.has(Role::Handler);
        let receives = received_only && actor.has(Role::Reception) && may_receive(case, agency, directory, on);
        let may = own && (actor.has(Role::Head) || named || receives);
        return if may { full } else { Sight::Nothing };
    }
    if own && [Role::Reception, Role::Handler, Role::Head].into_iter().any(|role| actor.has(role)) {
        return full;
    }
    let above = directory.is_within(responsible, agency, on);
    let inspects = actor.has(Role::Inspector);
    let everywhere = directory.agency(agency, on).is_some_and(|a| a.agency_type == AgencyType::Inspectorate);
    if (above && actor.has(Role::Head)) || ((above || own || everywhere) && inspects) {
        Sight::Standing
    } else {
        Sight::Nothing
    }
}

/// Whether an official is out of a case whatever their role: of an agency that is closed or excluded, or recorded as denounced.
pub fn is_out(actor: &Actor, case: &Case, directory: &Directory, on: Date) -> bool {
    let Actor::Official { subject, agency, .. } = actor else { return false };
    directory.agency(agency, on).is_none()
        || case.denounced.contains(subject)
        || excluded_from(case, directory, on).contains(agency)
}

/// Roles that read texts. Whoever has one of them keeps no names, whatever they may read just now.
pub(crate) const READERS: [Role; 3] = [Role::Reception, Role::Handler, Role::Head];

/// Whether an official may open who the petitioner is: a custodian of the agency that keeps the name, who reads no texts.
pub fn may_open_identity(actor: &Actor, case: &Case, directory: &Directory, on: Date) -> bool {
    actor.has(Role::IdentityCustodian)
        && !READERS.iter().any(|role| actor.has(*role))
        && !is_out(actor, case, directory, on)
        && actor.agency().is_some_and(|agency| custodian_of(case, directory, on).as_ref() == Some(agency))
        && sight(actor, case, directory, on) != Sight::Full
}

/// Whether an agency's reception may take in a denunciation that waits for its signature, and its custodian open who denounced:
/// not where somebody of that very agency is denounced, for it may be who sits at the counter or keeps the names. Where no
/// agency is named only the reception board does.
fn may_receive(case: &Case, agency: &AgencyId, directory: &Directory, on: Date) -> bool {
    match &case.against.agency {
        Some(_) => !is_colleague(case, agency, directory, on),
        None => directory.agency(agency, on).is_some_and(|a| a.agency_type == AgencyType::ReceptionBoard),
    }
}

/// The agency whose custodian may open who the petitioner is: the responsible one; where a colleague is denounced there, the
/// nearest one above it that is neither excluded nor has the denounced among its people. None where nobody may: in the sealed
/// external queue, and where nobody says who is denounced, away from the reception board.
pub fn custodian_of(case: &Case, directory: &Directory, on: Date) -> Option<AgencyId> {
    let responsible = case.agency.as_ref().filter(|agency| !agency.is_external())?;
    let mut out = excluded_from(case, directory, on);
    let in_place = directory.agency(responsible, on).is_some() && !out.contains(responsible);
    if in_place && (case.kind != Kind::Denunciation || may_receive(case, responsible, directory, on)) {
        return Some(responsible.clone());
    }
    if case.kind != Kind::Denunciation || case.against.agency.is_none() {
        return None;
    }
    out.extend(directory.agency_ids().filter(|id| is_colleague(case, id, directory, on)).cloned());
    lawful_above(responsible, &out, directory, on)
}
