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

/// The agency directly above another on a day; where that one was closed, what it was merged into or the next one above it.
pub fn superior_of(agency: &AgencyId, directory: &Directory, on: Date) -> Option<AgencyId> {
    lawful_above(agency, &BTreeSet::new(), directory, on)
}

/// The nearest agency above another that exists on a day, or what it was merged into, and is not excluded.
pub(crate) fn lawful_above(
    agency: &AgencyId,
    excluded: &BTreeSet<AgencyId>,
    directory: &Directory,
    on: Date,
) -> Option<AgencyId> {
    let above = directory.above(agency, on).into_iter();
    above.filter_map(|id| directory.standing(&id, on)).find(|id| id != agency && !excluded.contains(id))
}

/// Where a case is taken further: the agency above the one that decided, or the next one above it that is not excluded; the
/// sealed external queue where nobody in the province is left (Law on Complaints Art. 18–23; on Denunciations Art. 37).
pub fn above(case: &Case, directory: &Directory, on: Date) -> Route {
    let excluded = excluded_from(case, directory, on);
    let superior = case.agency.as_ref().and_then(|agency| lawful_above(agency, &excluded, directory, on));
    superior.map_or_else(sealed, |agency| Route { agency, basis: "superior_of_the_first".to_owned() })
}

/// The agencies that a denunciation must never reach. Where the head of an agency, a deputy or the agency itself is
/// denounced, or somebody there who is not identified (it may be the head), that agency and everything below it is out:
/// its superior manages them. Where a subordinate is denounced the managing head stays competent (Law on Denunciations
/// Art. 12–20), so no agency is out.
///
/// A reorganisation brings nobody back in. Out is whatever stood below the denounced agency on any day until now, for nobody
/// records the day of the act; and from the day of a merger what the denounced agency was merged into, with all below it.
pub fn excluded_agencies(kind: Kind, against: &Against, directory: &Directory, on: Date) -> BTreeSet<AgencyId> {
    let Some(denounced) = &against.agency else { return BTreeSet::new() };
    if kind != Kind::Denunciation || against.position == Position::Staff {
        return BTreeSet::new();
    }
    let heirs = directory.heirs(denounced, on).into_iter();
    heirs.flat_map(|(heir, since)| directory.ever_within(&heir, since, on)).collect()
}

/// The agencies that a case must never reach.
pub fn excluded_from(case: &Case, directory: &Directory, on: Date) -> BTreeSet<AgencyId> {
    excluded_agencies(case.kind, &case.against, directory, on)
}

/// Whether somebody who serves in an agency may be who is denounced in a case: it is the agency named, or one that has taken
/// over its people.
pub(crate) fn is_colleague(case: &Case, agency: &AgencyId, directory: &Directory, on: Date) -> bool {
    let Some(denounced) = case.against.agency.as_ref().filter(|_| case.kind == Kind::Denunciation) else {
        return false;
    };
    directory.heirs(denounced, on).contains_key(agency)
}

/// Where a case must go because its agency was closed, or a reorganisation has made it one that the case must never reach: to
/// the agency that took over, unless that one is out too; else to the nearest one above that is not; else where people decide;
/// the sealed external queue where nobody in the province is left. None where the case is rightly where it is.
pub fn rehomed(case: &Case, directory: &Directory, on: Date) -> Option<AgencyId> {
    let agency = case.agency.as_ref().filter(|agency| !agency.is_external())?;
    let excluded = excluded_from(case, directory, on);
    let is_out = excluded.contains(agency);
    // What is done stays on the shelf where it was done, as long as those there may know of it.
    if !is_out && (directory.agency(agency, on).is_some() || case.closed_on().is_some()) {
        return None;
    }
    let first = case.origin.as_ref().and_then(|origin| origin.first.as_ref());
    let may = |id: &AgencyId| !excluded.contains(id) && id != agency && Some(id) != first;
    let heir = || directory.standing(agency, on).filter(may);
    let superior = || lawful_above(agency, &excluded, directory, on).filter(may);
    Some(heir().or_else(superior).unwrap_or_else(|| queue(&excluded, directory, on).agency))
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
    let target = against.agency.as_ref().and_then(|id| {
        let standing = directory.standing(id, on);
        directory.latest(standing.as_ref().unwrap_or(id), on)
    });
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
            Resolver::Superior => target.and_then(|target| lawful_above(&target.id, &excluded, directory, on)),
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

/// Where people decide, not rules: the reception board, else the nearest one above it, else the provincial chair.
fn queue(excluded: &BTreeSet<AgencyId>, directory: &Directory, on: Date) -> Route {
    let board = directory.the(AgencyType::ReceptionBoard, on).map(|board| &board.id);
    if let Some(board) = board.filter(|board| !excluded.contains(*board)) {
        return Route { agency: board.clone(), basis: "reception_board_queue".to_owned() };
    }
    let chair = || directory.the(AgencyType::ProvinceChair, on).map(|chair| chair.id.clone());
    let superior = board.and_then(|board| lawful_above(board, excluded, directory, on)).or_else(chair);
    superior
        .filter(|superior| !excluded.contains(superior))
        .map_or_else(sealed, |agency| Route { agency, basis: "reception_board_superior".to_owned() })
}

fn sealed() -> Route {
    Route { agency: AgencyId::external(), basis: "no_lawful_handler".to_owned() }
}

fn specificity(row: &CompetenceRule) -> u8 {
    u8::from(row.target_type.is_some()) * 4 + u8::from(row.position.is_some()) * 2 + u8::from(row.field.is_some())
}
