//! Faults of the schedules: a sweep or a seal that fails, comes twice, comes late or breaks off.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::http::StatusCode;
use donthu_audit::AuditTask;
use donthu_deadlines::LONGEST_RUN;
use donthu_domain::{Calendar, CaseId, Event};
use donthu_service::{App, Law};
use donthu_store::keys::{HEAD, shard};
use donthu_store::testing::{Fault, When};
use donthu_tests::Province;
use serde_json::json;

use super::{COMMUNE, WRITE, another, item, province, put, registered, sweep, times, told};

fn milestone(event: &Event) -> bool {
    matches!(event, Event::MilestonesReached { .. })
}

#[tokio::test]
async fn a_poisoned_case_is_put_off_in_the_index_alone_and_blocks_no_other() {
    let province = province().await;
    let mut cases = Vec::new();
    // Of five cases two share one of four shards; the poisoned one stands before the other.
    for _ in 0..5 {
        cases.push(registered(&province, "feedback", "2026-10-05").await);
    }
    cases.sort();
    let (first, _) = cases
        .iter()
        .enumerate()
        .find_map(|(at, one)| {
            cases.iter().skip(at + 1).find(|other| shard(other) == shard(one)).map(|other| (one, other))
        })
        .unwrap();
    let whole = item(&province, first, HEAD).await;
    let mut poisoned = whole.clone();
    poisoned.insert("case".to_owned(), AttributeValue::S("spoilt".to_owned()));
    put(&province, poisoned.clone()).await;

    let due = province.shared.app.store.case(cases.iter().find(|id| *id != first).unwrap()).await.unwrap().unwrap();
    province.machine.world().clock().hold(due.case.next_milestone_at().unwrap());
    let swept = sweep(&province).await;
    assert_eq!((swept.due, swept.ticked, swept.failed, swept.complete), (5, 4, 1, true));
    let mut after = item(&province, first, HEAD).await;
    assert_ne!(after.insert("due_sk".to_owned(), whole["due_sk"].clone()), Some(whole["due_sk"].clone()));
    assert_eq!(after, poisoned, "only its place in the index has moved");
    let again = sweep(&province).await;
    assert_eq!((again.due, again.ticked, again.failed), (0, 0, 0), "it backs off");

    put(&province, whole).await;
    let swept = sweep(&province).await;
    assert_eq!((swept.due, swept.ticked, swept.failed), (1, 1, 0));
    province.machine.world().clock().release();
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn a_case_that_can_neither_be_ticked_nor_put_off_stays_due_and_blocks_no_other() {
    let province = province().await;
    let mut cases = Vec::new();
    for _ in 0..5 {
        cases.push(registered(&province, "feedback", "2026-10-05").await);
    }
    let due = province.shared.app.store.case(&cases[0]).await.unwrap().unwrap().case.next_milestone_at().unwrap();
    province.machine.world().clock().hold(due);
    // One read of a case fails, and so does putting that case off.
    province.faults.plan_next("GetItem", 1, When::BeforeSending);
    province.faults.plan_next("UpdateItem", 1, When::BeforeSending);
    let swept = sweep(&province).await;
    assert_eq!((swept.due, swept.ticked, swept.failed), (5, 4, 1));
    let swept = sweep(&province).await;
    assert_eq!((swept.due, swept.ticked, swept.failed), (1, 1, 0));
    for id in &cases {
        assert_eq!(times(&province, id, milestone).await, times(&province, &cases[0], milestone).await);
    }
    province.machine.world().clock().release();
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn a_tick_whose_outcome_nobody_learned_is_written_once() {
    let province = province().await;
    let id = registered(&province, "feedback", "2026-10-05").await;
    let due = province.shared.app.store.case(&id).await.unwrap().unwrap().case.next_milestone_at().unwrap();
    province.machine.world().clock().hold(due);
    province.faults.plan_next(WRITE, 4, When::AfterSending);
    province.faults.plan(Fault { operation: "GetItem", nth: 2, when: When::AfterSending });
    let swept = sweep(&province).await;
    assert_eq!((swept.due, swept.ticked, swept.failed), (1, 0, 1));
    let entries = province.journal(&id).await.len();
    let swept = sweep(&province).await;
    assert_eq!((swept.due, swept.ticked, swept.failed), (0, 0, 0));
    assert_eq!(province.journal(&id).await.len(), entries);
    province.machine.world().clock().release();
    province.drain().await;
    assert_eq!(told(&province).iter().filter(|(_, milestone)| milestone == "approaching").count(), 1);
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn a_sweep_that_cannot_read_the_index_fails_whole_and_the_next_one_does_its_work() {
    let province = province().await;
    let id = registered(&province, "feedback", "2026-10-05").await;
    let due = province.shared.app.store.case(&id).await.unwrap().unwrap().case.next_milestone_at().unwrap();
    province.machine.world().clock().hold(due);
    province.shared.app.directory().await.unwrap();
    province.faults.plan_all("Query", When::BeforeSending);
    let failed = donthu_deadlines::handle(&province.shared.app, LONGEST_RUN).await;
    assert!(failed.is_err(), "{failed:?}");
    province.faults.clear();
    assert_eq!(sweep(&province).await.ticked, 1);
    assert_eq!(times(&province, &id, milestone).await, 1);
}

/// A complaint of 5 October 2026, accepted that day and so due on 4 November.
async fn accepted_complaint(province: &Province) -> CaseId {
    let id = registered(province, "complaint", "2026-10-05").await;
    let head = province.bearer("head", COMMUNE).await;
    let stepped = province.step(&head, id.as_str(), 1, "acceptance", json!({})).await;
    assert_eq!(stepped.status, StatusCode::OK, "{}", stepped.body);
    id
}

#[tokio::test]
async fn a_sweep_that_runs_twice_or_days_late_changes_nothing_but_the_hour_of_a_reminder() {
    let (punctual, late) = (province().await, province().await);
    let ids = [accepted_complaint(&punctual).await, accepted_complaint(&late).await];
    punctual.advance("P35D").await;
    let entries = punctual.journal(&ids[0]).await.len();
    for _ in 0..2 {
        let again = sweep(&punctual).await;
        assert_eq!((again.ticked, again.failed), (0, 0));
    }
    assert_eq!(punctual.journal(&ids[0]).await.len(), entries);
    let clock = late.machine.world().clock();
    clock.set(punctual.machine.world().clock().now()).unwrap();

    let standing = async |province: &Province, id: &CaseId| {
        let head = province.bearer("head", COMMUNE).await;
        let rate = province.read(&head, "/v1/statistics/resolution-rate?from=2026-10-01&to=2026-11-08").await;
        assert_eq!(rate.status, StatusCode::OK, "{}", rate.body);
        let deadlines = province.read(&head, &format!("/v1/cases/{id}/deadlines")).await;
        (rate.body["kinds"].clone(), deadlines.body["deadlines"].clone())
    };
    let before = standing(&late, &ids[1]).await;
    assert_eq!(standing(&punctual, &ids[0]).await, before, "overdue is true without a sweep");
    assert_eq!(sweep(&late).await.ticked, 1);
    assert_eq!(standing(&late, &ids[1]).await, before, "a late sweep moves no figure and no date");
    late.drain().await;
    let milestones = |province| told(province).into_iter().map(|(_, milestone)| milestone).collect::<BTreeSet<_>>();
    assert_eq!(milestones(&late), BTreeSet::from(["missed", "escalated"].map(str::to_owned)));
    assert!(milestones(&punctual).is_superset(&milestones(&late)));

    let mut ends = Vec::new();
    for (province, id) in [(&punctual, &ids[0]), (&late, &ids[1])] {
        let head = province.bearer("head", COMMUNE).await;
        let result = json!({ "result": "founded" });
        let resolved = province.step(&head, id.as_str(), 2, "resolution", result).await;
        assert_eq!(resolved.status, StatusCode::OK, "{}", resolved.body);
        ends.push(standing(province, id).await);
        province.recount_tomorrow().await;
    }
    assert_eq!(ends[0], ends[1]);
}

#[tokio::test]
async fn a_seal_that_broke_off_changes_no_figure_and_is_finished_by_the_next_run() {
    let province = province().await;
    let id = accepted_complaint(&province).await;
    let head = province.bearer("head", COMMUNE).await;
    let resolved = province.step(&head, id.as_str(), 2, "resolution", json!({ "result": "founded" })).await;
    assert_eq!(resolved.status, StatusCode::OK, "{}", resolved.body);
    // Nothing sweeps and nothing seals on the way.
    province.machine.world().clock().set("2026-11-10T02:00:00Z".parse().unwrap()).unwrap();
    let figures = async || {
        let public = province.send("GET", "/v1/public/statistics?from=2026-10&to=2026-10", &[], None).await;
        assert_eq!(public.status, StatusCode::OK, "{}", public.body);
        public.body["kinds"].clone()
    };
    let seal = async || donthu_audit::handle(&province.shared.app, AuditTask::Seal).await;
    let before = figures().await;
    assert!(before.to_string().contains("\"percent\":\"100.00\""), "{before}");
    // The rows of agencies come first, then three of the province.
    for nth in 1..=4 {
        for when in [When::BeforeSending, When::AfterSending] {
            province.faults.plan(Fault { operation: "PutItem", nth, when });
            let broken = seal().await;
            assert!(broken.is_err(), "{nth} {when:?}: {broken:?}");
            assert_eq!(figures().await, before, "{nth} {when:?}");
        }
    }
    assert_eq!(seal().await.unwrap().sealed, ["2026-10"]);
    assert_eq!(seal().await.unwrap().sealed, Vec::<String>::new());
    assert_eq!(figures().await, before);
    province.recount_tomorrow().await;
}

/// The same functions under another calendar: 2027 proclaimed, with Tết from 4 to 10 February.
fn proclaimed(province: &Province) -> App {
    let app = &province.shared.app;
    let year = "year = 2027\nstatus = \"proclaimed\"\n\n[[holiday]]\nfrom = \"2027-02-04\"\nto = \"2027-02-10\"\n\
                name_vi = \"Tết Nguyên đán\"\nname_en = \"Lunar New Year\"\nbasis = \"test\"\nconfidence = \"V1\"\n";
    let lunar = "[[year]]\nyear = 2026\ntet = \"2026-02-17\"\nhung_kings = \"2026-04-26\"\n\n\
                 [[year]]\nyear = 2027\ntet = \"2027-02-06\"\nhung_kings = \"2027-04-16\"\n\n\
                 [[year]]\nyear = 2028\ntet = \"2028-01-26\"\nhung_kings = \"2028-04-04\"\n";
    let calendar = Calendar::from_files([("2027.toml", year)], ("lunar.toml", lunar)).unwrap();
    another(app, Law { rules: app.law.rules.clone(), calendar }, app.clock.clone())
}

#[tokio::test]
async fn a_late_proclamation_recounts_what_is_open_once_and_tells_the_agency() {
    let province = province().await;
    let clock = province.machine.world().clock();
    clock.set("2027-01-08T02:00:00Z".parse().unwrap()).unwrap();
    let open = registered(&province, "complaint", "2027-01-08").await;
    let head = province.bearer("head", COMMUNE).await;
    let stepped = province.step(&head, open.as_str(), 1, "acceptance", json!({})).await;
    assert_eq!(stepped.status, StatusCode::OK, "{}", stepped.body);
    sweep(&province).await;
    let due = async |id: &CaseId| province.shared.app.store.case(id).await.unwrap().unwrap().case.due_on().unwrap();
    assert_eq!(
        due(&open).await.to_string(),
        "2027-02-12",
        "7 February lies in the days off that the Labour Code names"
    );
    let entries = province.journal(&open).await.len();

    let app = proclaimed(&province);
    let swept = donthu_deadlines::handle(&app, LONGEST_RUN).await.unwrap();
    assert_eq!((swept.due, swept.recounted, swept.failed), (0, 1, 0));
    assert_eq!(due(&open).await.to_string(), "2027-02-11");
    let moved =
        |event: &Event| matches!(event, Event::CalendarProclaimed { was, .. } if was.to_string() == "2027-02-12");
    assert_eq!(times(&province, &open, moved).await, 1);
    let again = donthu_deadlines::handle(&app, LONGEST_RUN).await.unwrap();
    assert_eq!(again.recounted, 0, "the calendar is the one that was counted by");
    assert_eq!(province.journal(&open).await.len(), entries + 1);
    province.drain().await;
    assert!(told(&province).iter().any(|(_, milestone)| milestone == "changed"));
}
