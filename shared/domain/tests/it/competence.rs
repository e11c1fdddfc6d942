//! Routing by the real competence rows (law.md g), and the reference data's own faults.

use donthu_domain::{
    Against, AgencyId, AgencyType, CompetenceRule, Confidence, Directory, DirectoryError, FieldId, Instance, Kind,
    Position, Resolver, excluded_agencies, propose, superior_of,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::common::{
    AGENCIES, BOARD, BUILDING, CHAIR, COMMUNE, FINANCE, INSPECTORATE, WARD, World, against, agency, area, directory,
    field, policy, shipped_competence,
};

const TODAY: Date = date(2026, 11, 23);

fn route(kind: Kind, against: &Against, area: Option<&str>) -> String {
    let area = area.map(Into::into);
    let directory = &World::shared().directory;
    propose(kind, Instance::First, against, area.as_ref(), None, directory, TODAY).agency.to_string()
}

#[test]
fn a_complaint_goes_to_who_issued_the_decision_not_to_the_place() {
    for (issuer, competent) in [
        (WARD, WARD),
        (BUILDING, BUILDING),
        (CHAIR, CHAIR),
        (INSPECTORATE, INSPECTORATE),
        // It receives and passes on, it resolves nothing (Decree 154/2026 Art. 6).
        (BOARD, CHAIR),
    ] {
        for position in [Position::Agency, Position::Head, Position::Deputy, Position::Staff, Position::Unknown] {
            let to = route(Kind::Complaint, &against(issuer, position), Some("21034"));
            assert_eq!(to, competent, "against {position:?} of {issuer} (Law on Complaints Art. 17–21)");
        }
    }
    assert_eq!(route(Kind::Complaint, &Against::nobody(), Some("21034")), BOARD, "unclear: never rejected");
}

#[test]
fn a_denunciation_goes_to_who_manages_the_denounced() {
    use Position::{Agency, Deputy, Head, Staff};
    for (denounced, position, competent) in [
        (WARD, Staff, WARD),
        (BUILDING, Staff, BUILDING),
        (INSPECTORATE, Staff, INSPECTORATE),
        (CHAIR, Staff, CHAIR),
        (BOARD, Staff, CHAIR),
        (WARD, Head, CHAIR),
        (WARD, Deputy, CHAIR),
        (WARD, Agency, CHAIR),
        (BUILDING, Head, CHAIR),
        (BUILDING, Deputy, CHAIR),
        (BUILDING, Agency, CHAIR),
        (INSPECTORATE, Head, CHAIR),
        (BOARD, Head, CHAIR),
        (CHAIR, Head, AgencyId::EXTERNAL),
        (CHAIR, Deputy, AgencyId::EXTERNAL),
        (CHAIR, Agency, AgencyId::EXTERNAL),
    ] {
        let to = route(Kind::Denunciation, &against(denounced, position), Some("21034"));
        assert_eq!(to, competent, "{position:?} of {denounced} (Law on Denunciations Art. 12–20)");
    }
}

#[test]
fn a_denunciation_of_nobody_identified_is_never_routed_by_rules() {
    assert_eq!(route(Kind::Denunciation, &Against::nobody(), Some("21034")), BOARD);
    assert_eq!(route(Kind::Denunciation, &against(WARD, Position::Unknown), Some("21034")), BOARD);
    assert_eq!(route(Kind::Denunciation, &against(BOARD, Position::Unknown), None), CHAIR, "the board may be meant");
    assert_eq!(route(Kind::Denunciation, &against(CHAIR, Position::Unknown), None), AgencyId::EXTERNAL);
    let somebody = Against { agency: None, position: Position::Staff };
    let mut rows = shipped_competence();
    rows.push(row("by-place", Kind::Denunciation, Resolver::AreaCommune));
    let eager = with_rows(rows);
    for unidentified in [somebody, Against::nobody()] {
        let place = "21034".into();
        let to = propose(Kind::Denunciation, Instance::First, &unidentified, Some(&place), None, &eager, TODAY);
        assert_eq!((to.agency.as_str(), to.basis.as_str()), (BOARD, "reception_board_queue"));
    }
}

#[test]
fn feedback_goes_to_who_it_names_else_to_the_commune_else_to_the_board() {
    assert_eq!(route(Kind::Feedback, &against(BUILDING, Position::Agency), Some("21034")), BUILDING);
    assert_eq!(route(Kind::Feedback, &Against::nobody(), Some("21034")), COMMUNE);
    assert_eq!(route(Kind::Feedback, &Against::nobody(), None), BOARD);
}

fn row(id: &str, kind: Kind, resolver: Resolver) -> CompetenceRule {
    CompetenceRule {
        id: id.to_owned(),
        kind,
        instance: Instance::First,
        target_type: None,
        position: None,
        field: None,
        resolver,
        valid_from: date(2012, 1, 1),
        valid_to: None,
        citation: "test".to_owned(),
        confidence: Confidence::Design,
    }
}

fn with_rows(rows: Vec<CompetenceRule>) -> Directory {
    let agencies = AGENCIES.into_iter().map(|(id, of, parent)| agency(id, of, parent)).collect();
    let areas = vec![area("21025", false), area("21034", false), area("21548", true)];
    Directory::new(agencies, areas, vec![field("land-housing")], rows, Vec::new()).unwrap()
}

#[test]
fn the_most_specific_row_in_force_wins() {
    let commune = |id: &str| CompetenceRule {
        target_type: Some(AgencyType::Commune),
        ..row(id, Kind::Complaint, Resolver::Target)
    };
    let rows = vec![
        row("any", Kind::Complaint, Resolver::ReceptionBoard),
        CompetenceRule { field: Some("land-housing".into()), ..row("field", Kind::Complaint, Resolver::AreaCommune) },
        CompetenceRule { valid_to: Some(date(2026, 11, 22)), resolver: Resolver::External, ..commune("expired") },
        CompetenceRule { valid_from: date(2026, 11, 24), resolver: Resolver::External, ..commune("future") },
        commune("commune"),
        CompetenceRule { position: Some(Position::Head), resolver: Resolver::Superior, ..commune("commune-head") },
    ];
    let directory = with_rows(rows);
    let basis = |against: &Against, field: Option<&str>| {
        let (place, field) = ("21034".into(), field.map(FieldId::from));
        propose(Kind::Complaint, Instance::First, against, Some(&place), field.as_ref(), &directory, TODAY).basis
    };
    assert_eq!(basis(&against(WARD, Position::Staff), Some("land-housing")), "commune");
    assert_eq!(basis(&against(WARD, Position::Head), None), "commune-head");
    assert_eq!(basis(&against(BUILDING, Position::Head), Some("land-housing")), "field");
    assert_eq!(basis(&against(BUILDING, Position::Head), None), "any");
}

#[test]
fn without_rows_everything_goes_to_the_board() {
    let directory = with_rows(Vec::new());
    for kind in Kind::ALL {
        let route = propose(kind, Instance::First, &against(WARD, Position::Staff), None, None, &directory, TODAY);
        assert_eq!((route.agency.as_str(), route.basis.as_str()), (BOARD, "reception_board_queue"));
    }
}

#[test]
fn a_row_that_leads_to_a_closed_agency_is_passed_over() {
    let mut agencies: Vec<_> = AGENCIES.into_iter().map(|(id, of, parent)| agency(id, of, parent)).collect();
    let ward = agencies.iter_mut().find(|a| a.id.as_str() == WARD).unwrap();
    ward.valid_to = Some(date(2026, 11, 22));
    let areas = vec![area("21025", false)];
    let directory = Directory::new(agencies, areas, Vec::new(), shipped_competence(), Vec::new()).unwrap();
    let place = "21025".into();
    let to = |on| {
        propose(Kind::Feedback, Instance::First, &Against::nobody(), Some(&place), None, &directory, on)
            .agency
            .to_string()
    };
    assert_eq!(to(date(2026, 11, 22)), WARD);
    assert_eq!(to(TODAY), BOARD);
}

#[test]
fn an_agency_closed_by_a_later_version_stays_closed() {
    let mut agencies: Vec<_> = AGENCIES.into_iter().map(|(id, of, parent)| agency(id, of, parent)).collect();
    let mut closing = agency(FINANCE, AgencyType::Department, Some(CHAIR));
    closing.valid_from = date(2026, 1, 1);
    closing.valid_to = Some(date(2026, 6, 30));
    agencies.push(closing);
    let directory = Directory::new(agencies, Vec::new(), Vec::new(), Vec::new(), Vec::new()).unwrap();
    let exists = |on| directory.agency(&FINANCE.into(), on).is_some();
    assert!(exists(date(2025, 12, 31)) && exists(date(2026, 6, 30)));
    assert!(!exists(date(2026, 7, 1)), "its first version had no end");
}

#[test]
fn a_remote_mark_holds_from_its_day_of_effect() {
    let agencies = AGENCIES.into_iter().map(|(id, of, parent)| agency(id, of, parent)).collect();
    let marked = donthu_domain::Area { valid_from: date(2026, 11, 23), ..area("21025", true) };
    let directory = Directory::new(agencies, vec![marked, area("21025", false)], vec![], vec![], vec![]).unwrap();
    let remote = |on| directory.area(&"21025".into(), on).unwrap().remote;
    assert!(!remote(date(2026, 11, 22)) && remote(date(2026, 11, 23)));
}

#[test]
fn reference_rows_that_contradict_each_other_are_named() {
    let agencies = || -> Vec<_> { AGENCIES.into_iter().map(|(id, of, parent)| agency(id, of, parent)).collect() };
    let load = |agencies, areas| Directory::new(agencies, areas, vec![], vec![], vec![]).map(|_| ()).unwrap_err();
    let mut orphan = agencies();
    orphan.push(agency("so-x", AgencyType::Department, Some("so-y")));
    let expected = DirectoryError::UnknownParent { agency: "so-x".into(), parent: "so-y".into() };
    assert_eq!(load(orphan, vec![]), expected);
    let mut circle = agencies();
    circle.push(agency("so-x", AgencyType::Department, Some("so-y")));
    circle.push(agency("so-y", AgencyType::Department, Some("so-x")));
    assert_eq!(load(circle, vec![]), DirectoryError::Circular("so-x".into()));
    let lost = DirectoryError::UnknownAreaAgency { area: "99999".into(), agency: "c99999".into() };
    assert_eq!(load(agencies(), vec![area("99999", false)]), lost);
    let twice = load(agencies(), vec![area("21025", false), area("21025", true)]);
    assert_eq!(twice.to_string(), "area 21025 stands twice from 2012-01-01");
    for (id, of, _) in AGENCIES.into_iter().skip(1).take(2) {
        let without = agencies().into_iter().filter(|a| a.id.as_str() != id).collect();
        assert_eq!(load(without, vec![]), DirectoryError::Missing(of));
    }
}

#[test]
fn rows_of_fields_competence_and_policies_that_contradict_each_other_are_named() {
    let load = |fields, rows, policies| {
        let agencies = AGENCIES.into_iter().map(|(id, of, parent)| agency(id, of, parent)).collect();
        Directory::new(agencies, Vec::new(), fields, rows, policies).map(|_| ()).unwrap_err().to_string()
    };
    let orphan = donthu_domain::Field { parent: Some("law".into()), ..field("land-housing") };
    assert_eq!(load(vec![orphan], vec![], vec![]), "field land-housing names the unknown field law");
    let astray = CompetenceRule { field: Some("law".into()), ..row("a", Kind::Complaint, Resolver::Target) };
    assert_eq!(load(vec![], vec![astray], vec![]), "competence row a names the unknown field law");
    let rows = vec![row("a", Kind::Complaint, Resolver::Target), row("a", Kind::Complaint, Resolver::Superior)];
    assert_eq!(load(vec![], rows, vec![]), "competence row a stands twice from 2012-01-01");
    let setting = |value| policy("formalisation.feedback", value, TODAY);
    let policies = vec![setting("required"), setting("not_required")];
    assert_eq!(load(vec![], vec![], policies), "policy formalisation.feedback stands twice from 2026-11-23");
}

#[test]
fn the_superior_is_the_parent_on_the_day() {
    let directory = directory(Vec::new());
    assert_eq!(superior_of(&WARD.into(), &directory, TODAY), Some(CHAIR.into()));
    assert_eq!(superior_of(&CHAIR.into(), &directory, TODAY), None);
    assert_eq!(superior_of(&AgencyId::external(), &directory, TODAY), None);
}

pub const POSITIONS: [Position; 5] =
    [Position::Agency, Position::Head, Position::Deputy, Position::Staff, Position::Unknown];

/// A random tree under the chair: each further agency below one that came before it.
pub fn trees() -> impl Strategy<Value = Directory> {
    prop::collection::vec((any::<prop::sample::Index>(), 0usize..2), 1..12).prop_map(|rows| {
        let mut agencies = vec![agency(CHAIR, AgencyType::ProvinceChair, None)];
        for (index, (parent, of)) in rows.iter().enumerate() {
            let of = [AgencyType::Department, AgencyType::Commune][*of];
            let parent = agencies[parent.index(agencies.len())].id.to_string();
            agencies.push(agency(&format!("a{index}"), of, Some(&parent)));
        }
        let under = |at: usize, agencies: &[donthu_domain::Agency]| agencies[at % agencies.len()].id.to_string();
        let (board, inspectorate) = (under(rows.len() / 2, &agencies), under(rows.len(), &agencies));
        agencies.push(agency(BOARD, AgencyType::ReceptionBoard, Some(&board)));
        agencies.push(agency(INSPECTORATE, AgencyType::Inspectorate, Some(&inspectorate)));
        Directory::new(agencies, Vec::new(), Vec::new(), shipped_competence(), Vec::new()).unwrap()
    })
}

proptest! {
    #[test]
    fn a_denunciation_is_routed_to_nobody_excluded_and_never_dropped(
        directory in trees(),
        who in any::<prop::sample::Index>(),
        position in prop::sample::select(POSITIONS.to_vec()),
    ) {
        let ids: Vec<AgencyId> = directory.agencies_on(TODAY).map(|a| a.id.clone()).collect();
        let denounced = who.get(&ids).clone();
        let against = Against { agency: Some(denounced.clone()), position };
        let excluded = excluded_agencies(Kind::Denunciation, &against, &directory, TODAY);
        for id in &ids {
            // Naively: walk up from each agency; whoever meets the denounced one is out.
            let mut up = Some(id.clone());
            let mut below = false;
            while let Some(at) = up {
                below |= at == denounced;
                up = superior_of(&at, &directory, TODAY);
            }
            prop_assert_eq!(excluded.contains(id), below && position != Position::Staff);
        }
        let to = propose(Kind::Denunciation, Instance::First, &against, None, None, &directory, TODAY);
        prop_assert!(!excluded.contains(&to.agency));
        prop_assert!(to.agency.is_external() || ids.contains(&to.agency));
        if to.agency.is_external() {
            let board_is_out = excluded.contains(&AgencyId::from(BOARD));
            prop_assert!(denounced.as_str() == CHAIR || board_is_out, "a lawful handler was passed over");
        }
        for kind in [Kind::Complaint, Kind::Feedback] {
            prop_assert!(excluded_agencies(kind, &against, &directory, TODAY).is_empty());
            let to = propose(kind, Instance::First, &against, None, None, &directory, TODAY);
            prop_assert!(!to.agency.is_external());
        }
    }
}
