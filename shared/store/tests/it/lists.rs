use std::collections::BTreeSet;

use donthu_domain::{AgencyId, Command, Kind, ResultCode, Role};
use donthu_store::keys::{Compartment, Shelf};
use donthu_store::{Cursor, StoreError};

use crate::bench::{Bench, DEPARTMENT, monday, official};

#[tokio::test]
async fn an_agencys_list_is_paged_to_its_end_without_repetition() {
    let bench = Bench::new().await;
    let mut expected = BTreeSet::new();
    for number in 0..7 {
        expected.insert(bench.accepted(number, Kind::Feedback).await.case.id);
    }
    let agency = AgencyId::from(DEPARTMENT);
    let mut seen = Vec::new();
    let mut cursor: Option<Cursor> = None;
    loop {
        let page = bench.store.cases_of(&agency, Compartment::Ordinary, Shelf::Open, cursor.as_ref(), 3).await.unwrap();
        assert!(page.items.len() <= 3);
        seen.extend(page.items);
        let Some(next) = page.next else { break };
        let elsewhere = bench.store.cases_of(&agency, Compartment::Denunciations, Shelf::Open, Some(&next), 3).await;
        assert!(matches!(elsewhere, Err(StoreError::ForeignCursor)));
        cursor = Some(Cursor::from_text(next.as_str()));
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.is_sorted_by_key(|row| row.due_on));
    assert!(seen.iter().all(|row| row.stage == "accepted" && row.kind == Kind::Feedback && row.due_on.is_some()));
    assert_eq!(seen.into_iter().map(|row| row.id).collect::<BTreeSet<_>>(), expected);
}

#[tokio::test]
async fn a_denunciation_never_stands_in_an_ordinary_list() {
    let bench = Bench::new().await;
    bench.accepted(1, Kind::Complaint).await;
    let denunciation = bench.accepted(2, Kind::Denunciation).await.case.id;
    let agency = AgencyId::from(DEPARTMENT);
    let list = async |compartment| {
        let page = bench.store.cases_of(&agency, compartment, Shelf::Open, None, 10).await.unwrap();
        page.items.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(list(Compartment::Ordinary).await, [bench.case_id(1)]);
    assert_eq!(list(Compartment::Denunciations).await, [denunciation]);
    assert_eq!(list(Compartment::External).await, []);
}

#[tokio::test]
async fn a_closed_case_moves_to_the_shelf_of_its_year() {
    let bench = Bench::new().await;
    let id = bench.accepted(1, Kind::Feedback).await.case.id;
    let resolve = Command::Resolve { result: ResultCode::Answered, document: None };
    bench.step(&id, "resolve", resolve, &official(Role::Head), monday()).await.unwrap();
    let agency = AgencyId::from(DEPARTMENT);
    let count =
        async |shelf| bench.store.cases_of(&agency, Compartment::Ordinary, shelf, None, 10).await.unwrap().items.len();
    assert_eq!(count(Shelf::Open).await, 0);
    assert_eq!(count(Shelf::Closed(2026)).await, 1);
    assert_eq!(count(Shelf::Closed(2025)).await, 0);
}
