//! Which agency is competent (*thẩm quyền giải quyết*), and which must never see a denunciation.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::case::{Against, Case, Instance, Kind, Position};
use crate::ids::{AgencyId, AreaId, FieldId};
use crate::reference::{AgencyType, CompetenceRule, Directory, Resolver};

/// Where a petition goes, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The agency; [`AgencyId::external`] where nobody in the province may handle it.
    pub agency: AgencyId,
    /// Id of the competence row, or of the design rule that led there.
    pub basis: String,
}

/// The agency directly above another on a day.
pub fn superior_of(agency: &AgencyId, directory: &Directory, on: Date) -> Option<AgencyId> {
    directory.agency(agency, on)?.parent.clone()
}

/// Where a case is taken further: the agency above the one that decided, or the next one above it that is not excluded; the
/// sealed external queue where nobody in the province is left (Law on Complaints Art. 18–23; on Denunciations Art. 37).
pub fn above(case: &Case, directory: &Directory, on: Date) -> Route {
    let excluded = excluded_agencies(case.kind, &case.against, directory, on);
    let mut at = case.agency.as_ref().and_then(|agency| superior_of(agency, directory, on));
    while let Some(agency) = at {
        if !excluded.contains(&agency) {
            return Route { agency, basis: "superior_of_the_first".to_owned() };
        }
        at = superior_of(&agency, directory, on);
    }
    sealed()
}

/// The agencies that a denunciation must never reach. Where the head of an agency, a deputy or the agency itself is
/// denounced, or somebody there who is not identified (it may be the head), that agency and everything below it is out:
/// its superior manages them. Where a subordinate is denounced the managing head stays competent (Law on Denunciations
/// Art. 12–20), so no agency is out.
pub fn excluded_agencies(kind: Kind, against: &Against, directory: &Directory, on: Date) -> BTreeSet<AgencyId> {
    let Some(denounced) = &against.agency else { return BTreeSet::new() };
    if kind != Kind::Denunciation || against.position == Position::Staff {
        return BTreeSet::new();
    }
    directory
        .agencies_on(on)
        .filter(|agency| directory.is_within(&agency.id, denounced, on))
        .map(|agency| agency.id.clone())
        .collect()
}

/// The agency that the competence rules in force lead to. The most specific row that resolves to an agency which exists
/// and is not excluded wins. Nothing is ever dropped: without such a row the petition goes to the reception board's queue,
/// and where that is excluded too to the sealed external one.
pub fn propose(
    kind: Kind,
    instance: Instance,
    against: &Against,
    area: Option<&AreaId>,
    field: Option<&FieldId>,
    directory: &Directory,
    on: Date,
) -> Route {
    let excluded = excluded_agencies(kind, against, directory, on);
    let target = against.agency.as_ref().and_then(|id| directory.agency(id, on));
    if kind == Kind::Denunciation && (against.position == Position::Unknown || against.agency.is_none()) {
        return queue(&excluded, directory, on);
    }
    let mut rows: Vec<&CompetenceRule> = directory
        .competence_on(on)
        .filter(|row| {
            row.kind == kind
                && row.instance == instance
                && row.target_type.is_none_or(|t| target.is_some_and(|target| target.agency_type == t))
                && row.position.is_none_or(|position| position == against.position)
                && row.field.as_ref().is_none_or(|f| Some(f) == field)
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(specificity(row)));
    for row in rows {
        let agency = match row.resolver {
            Resolver::Target => target.map(|target| target.id.clone()),
            Resolver::Superior => target.and_then(|target| target.parent.clone()),
            Resolver::AreaCommune => area.and_then(|id| directory.area(id, on)).map(|area| area.agency.clone()),
            Resolver::ReceptionBoard => directory.the(AgencyType::ReceptionBoard, on).map(|board| board.id.clone()),
            Resolver::External => Some(AgencyId::external()),
        };
        if let Some(agency) = agency
            && !excluded.contains(&agency)
            && (agency.is_external() || directory.agency(&agency, on).is_some())
        {
            return Route { agency, basis: row.id.clone() };
        }
    }
    queue(&excluded, directory, on)
}

/// Where people decide, not rules.
fn queue(excluded: &BTreeSet<AgencyId>, directory: &Directory, on: Date) -> Route {
    match directory.the(AgencyType::ReceptionBoard, on) {
        Some(board) if !excluded.contains(&board.id) => {
            Route { agency: board.id.clone(), basis: "reception_board_queue".to_owned() }
        }
        Some(board) => match &board.parent {
            Some(superior) if !excluded.contains(superior) => {
                Route { agency: superior.clone(), basis: "reception_board_superior".to_owned() }
            }
            _ => sealed(),
        },
        None => sealed(),
    }
}

fn sealed() -> Route {
    Route { agency: AgencyId::external(), basis: "no_lawful_handler".to_owned() }
}

fn specificity(row: &CompetenceRule) -> u8 {
    u8::from(row.target_type.is_some()) * 4 + u8::from(row.position.is_some()) * 2 + u8::from(row.field.is_some())
}
