//! Reorganisations that a province may live through, one by one.

use donthu_domain::tally::{Balance, Cohort, Figures, Flows};
use donthu_domain::visibility::{Sight, custodian_of, sight};
use donthu_domain::{
    Agency, AgencyId, AgencyType, Command, Directory, DirectoryError, Kind, NoticeMilestone, Position, ResultCode,
    Role, Transition,
};
use jiff::civil::{Date, date};

use crate::common::{
    AGENCIES, BUILDING, CHAIR, COMMUNE, FINANCE, File, WARD, World, against, agency, head, notices, official, petition,
    shipped_competence,
};

const MERGER: Date = date(2026, 10, 1);
const UNIT: &str = "chi-cuc";

fn rows() -> Vec<Agency> {
    let mut rows: Vec<Agency> = AGENCIES.into_iter().map(|(id, of, parent)| agency(id, of, parent)).collect();
    rows.push(agency(UNIT, AgencyType::Department, Some(BUILDING)));
    rows
}

fn close(rows: &mut [Agency], id: &str, successor: Option<&str>) {
    let row = rows.iter_mut().find(|row| row.id.as_str() == id).unwrap();
    row.valid_to = Some(date(2026, 9, 30));
    row.successor = successor.map(AgencyId::from);
}

fn moved(rows: &mut Vec<Agency>, id: &str, parent: &str) {
    let mut row = rows.iter().find(|row| row.id.as_str() == id).unwrap().clone();
    (row.valid_from, row.parent) = (MERGER, Some(parent.into()));
    rows.push(row);
}

fn world(rows: Vec<Agency>) -> World {
    let directory = Directory::new(rows, vec![], vec![], shipped_competence(), vec![]).unwrap();
    World { directory, ..World::with_policies(vec![]) }
}

fn denunciation(agency: &str, position: Position) -> donthu_domain::Petition {
    let against = against(agency, position);
    donthu_domain::Petition { against, area: None, field: None, ..petition(Kind::Denunciation) }
}

fn sees(file: &File<'_>, agency: &str, on: Date) -> bool {
    sight(&official(agency, &Role::ALL), file.case(), &file.world.directory, on) != Sight::Nothing
}

#[test]
fn what_the_denounced_agency_is_merged_into_is_out_with_all_below_it() {
    let mut rows = rows();
    close(&mut rows, FINANCE, Some(BUILDING));
    let world = world(rows);
    let mut file = File::registered(&world, "2026-09-08 09:00", denunciation(FINANCE, Position::Head));
    file.own("2026-09-08 10:00", Command::Accept { group_papers: false, document: None });
    let to = |agency: &str| Command::Assign { agency: Some(agency.into()), handler: None, denounced: None };
    assert_eq!(file.case().agency, Some(CHAIR.into()));
    for agency in [FINANCE, BUILDING, UNIT] {
        assert!(!sees(&file, agency, MERGER), "{agency}");
    }
    let mut earlier = File::registered(&world, "2026-09-08 09:00", denunciation(FINANCE, Position::Head));
    assert_eq!(earlier.own_refused("2026-10-02 09:00", to(UNIT)).code(), "conflict_of_interest");
    earlier.own("2026-09-30 09:00", to(UNIT));
    assert!(sees(&earlier, UNIT, date(2026, 9, 30)), "lawful until the merger");
    assert!(!sees(&earlier, UNIT, MERGER), "and nobody there from its first minute on");
}

#[test]
fn a_case_leaves_an_agency_that_has_become_the_denounced_ones_successor() {
    let mut rows = rows();
    close(&mut rows, FINANCE, Some(BUILDING));
    let world = world(rows);
    let mut file = File::registered(&world, "2026-09-08 09:00", denunciation(FINANCE, Position::Head));
    file.own("2026-09-08 09:30", Command::Transfer { to: BUILDING.into(), document: None });
    file.own("2026-09-08 10:00", Command::Accept { group_papers: false, document: None });
    assert!(sees(&file, BUILDING, date(2026, 9, 30)));
    let resolve = Command::Resolve { result: ResultCode::Founded, document: None };
    assert_eq!(file.refused("2026-10-01 08:00", &head(BUILDING), resolve).code(), "not_your_case");
    let moved = file.tick("2026-10-01 08:05").unwrap();
    assert_eq!(moved.after.agency, Some(CHAIR.into()));
    let told = notices(&moved);
    assert!(told.contains(&(NoticeMilestone::Assigned, CHAIR.to_owned())), "{told:?}");
    assert!(told.iter().all(|(_, audience)| audience != BUILDING), "{told:?}");
    assert!(file.tick("2026-10-01 08:10").is_none(), "once");
}

#[test]
fn a_message_of_the_citizen_takes_the_case_along_before_any_tick() {
    let mut rows = rows();
    close(&mut rows, FINANCE, Some(BUILDING));
    let world = world(rows);
    let mut file = File::registered(&world, "2026-09-08 09:00", denunciation(FINANCE, Position::Head));
    file.own("2026-09-08 09:30", Command::Transfer { to: BUILDING.into(), document: None });
    let written = file.act("2026-10-01 08:00", &donthu_domain::Actor::Citizen, Command::SendMessage);
    assert_eq!(written.after.agency, Some(CHAIR.into()));
    assert!(notices(&written).iter().all(|(_, audience)| audience != BUILDING));
}

#[test]
fn a_unit_that_has_left_the_denounced_agency_stays_out_and_one_that_joins_it_goes_out() {
    let mut rows = rows();
    moved(&mut rows, UNIT, FINANCE);
    moved(&mut rows, COMMUNE, BUILDING);
    let world = world(rows);
    let file = File::registered(&world, "2026-09-08 09:00", denunciation(BUILDING, Position::Head));
    let excluded = |on| donthu_domain::excluded_from(file.case(), &world.directory, on);
    assert_eq!(excluded(date(2026, 9, 30)), [BUILDING, UNIT].map(AgencyId::from).into());
    assert_eq!(excluded(MERGER), [BUILDING, UNIT, COMMUNE].map(AgencyId::from).into());
}

#[test]
fn the_cases_of_a_closed_agency_go_to_its_successor_or_to_the_one_above() {
    for (successor, expected) in [(Some(FINANCE), FINANCE), (None, CHAIR)] {
        let mut rows = rows();
        close(&mut rows, BUILDING, successor);
        let world = world(rows);
        for kind in Kind::ALL {
            let petition = donthu_domain::Petition { kind, ..denunciation(BUILDING, Position::Staff) };
            let mut file = File::registered(&world, "2026-09-08 09:00", petition);
            assert_eq!(file.case().agency, Some(BUILDING.into()), "its head manages its staff");
            assert_eq!(file.tick("2026-10-01 08:00").unwrap().after.agency, Some(expected.into()), "{kind:?}");
            assert!(!sees(&file, BUILDING, MERGER), "a token outlives its agency");
            assert!(sees(&file, expected, MERGER));
        }
    }
}

#[test]
fn where_a_colleague_is_denounced_a_merger_makes_those_of_the_successor_colleagues() {
    let mut rows = rows();
    close(&mut rows, UNIT, Some(FINANCE));
    let world = world(rows);
    let mut file = File::submitted(&world, "2026-09-08 09:00", denunciation(UNIT, Position::Staff));
    let keeps = |file: &File<'_>, on| custodian_of(file.case(), &world.directory, on);
    assert_eq!(keeps(&file, date(2026, 9, 30)), Some(BUILDING.into()), "the agency above keeps the name");
    file.tick("2026-10-01 08:00");
    assert_eq!(file.case().agency, Some(FINANCE.into()));
    let sight = |role| sight(&official(FINANCE, &[role]), file.case(), &world.directory, MERGER);
    assert_eq!((sight(Role::Reception), sight(Role::Head)), (Sight::Nothing, Sight::Full));
    assert_eq!(keeps(&file, MERGER), Some(CHAIR.into()));
}

#[test]
fn nobody_in_the_province_keeps_the_name_where_there_is_nobody_above() {
    let world = World::shared();
    for (denounced, position, keeps) in [
        (WARD, Position::Staff, Some(CHAIR)),
        (WARD, Position::Head, Some(CHAIR)),
        (CHAIR, Position::Staff, None),
        (CHAIR, Position::Head, None),
    ] {
        let file = File::registered(world, "2026-09-08 09:00", denunciation(denounced, position));
        let found = custodian_of(file.case(), &world.directory, date(2026, 9, 8));
        assert_eq!(found, keeps.map(AgencyId::from), "{position:?} of {denounced}");
    }
}

/// What an agency's counters say of denunciations after some transitions.
fn figures(journal: &[Transition], agency: &str, from: Date, to: Date) -> Figures {
    let (mut opening, mut flows) = (Flows::default(), Flows::default());
    let deltas = journal.iter().flat_map(|transition| &transition.tally);
    for delta in deltas.filter(|delta| delta.agency.as_str() == agency && delta.cohort == Cohort::Flow) {
        let sums = if delta.day < from { &mut opening } else { &mut flows };
        if delta.day <= to {
            sums.add(delta.measure.clone(), delta.by);
        }
    }
    let mut stock = Balance::default();
    stock.apply(&opening);
    Figures::of_period(&stock, &flows, from, to)
}

#[test]
fn what_was_counted_of_a_case_goes_with_it_and_every_sum_still_adds_up() {
    let mut rows = rows();
    close(&mut rows, FINANCE, Some(BUILDING));
    let world = world(rows);
    let mut file = File::registered(&world, "2026-09-08 09:00", denunciation(FINANCE, Position::Head));
    file.own("2026-09-08 09:30", Command::Transfer { to: BUILDING.into(), document: None });
    file.own("2026-09-08 10:00", Command::Accept { group_papers: false, document: None });
    file.own("2026-09-20 10:00", Command::Resolve { result: ResultCode::Founded, document: None });
    file.tick("2026-10-01 08:00");
    file.own("2026-10-02 08:00", Command::Correct { document: None });
    let october = |agency| figures(&file.journal, agency, MERGER, date(2026, 10, 31));
    let (left, took) = (october(BUILDING), october(CHAIR));
    assert_eq!((left.open, left.pending, left.accepted, left.transferred_out), (0, 0, -1, 1));
    assert_eq!((took.open, took.pending, took.accepted, took.transferred_in), (1, 0, 1, 1));
    for figures in [left, took, figures(&file.journal, BUILDING, date(2026, 9, 1), MERGER)] {
        let there = figures.carried_in + figures.accepted + figures.reopened;
        assert_eq!(there - figures.resolved(), figures.open, "{figures:?}");
    }
}

#[test]
fn a_successor_is_known_and_only_of_what_was_closed() {
    let load = |rows| Directory::new(rows, vec![], vec![], vec![], vec![]).map(|_| ()).unwrap_err();
    let mut unknown = rows();
    close(&mut unknown, FINANCE, Some("so-x"));
    let expected = DirectoryError::UnknownSuccessor { agency: FINANCE.into(), successor: "so-x".into() };
    assert_eq!(load(unknown), expected);
    let mut living = rows();
    living.iter_mut().find(|row| row.id.as_str() == FINANCE).unwrap().successor = Some(BUILDING.into());
    assert_eq!(load(living), DirectoryError::SuccessorOfTheLiving(FINANCE.into()));
}

#[test]
fn two_agencies_that_have_changed_places_are_no_circle() {
    let mut swapped = rows();
    moved(&mut swapped, BUILDING, UNIT);
    moved(&mut swapped, UNIT, CHAIR);
    let world = world(swapped);
    assert!(world.directory.is_within(&BUILDING.into(), &UNIT.into(), MERGER));
    assert!(world.directory.is_within(&UNIT.into(), &BUILDING.into(), date(2026, 9, 30)));
    let mut circle = rows();
    moved(&mut circle, BUILDING, UNIT);
    let refused = Directory::new(circle, vec![], vec![], vec![], vec![]).map(|_| ()).unwrap_err();
    assert!(matches!(refused, DirectoryError::Circular(_)), "{refused}");
}
