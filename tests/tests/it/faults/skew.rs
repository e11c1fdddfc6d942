//! Functions whose clocks differ by minutes, over midnight too: no limit moves, no order changes, nothing is counted twice.

use std::sync::Arc;

use axum::http::StatusCode;
use donthu_audit::AuditTask;
use donthu_deadlines::LONGEST_RUN;
use donthu_domain::{Actor, CaseId, Command, Event};
use donthu_service::clock::Clock;
use donthu_service::{App, Law};
use donthu_store::keys::case_pk;
use donthu_tests::Province;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{COMMUNE, another, province, registered, times, told};
use crate::{events, raw};

/// By how much a function's clock is behind or ahead of the others'.
const SKEWS: [SignedDuration; 4] = [
    SignedDuration::from_mins(-10),
    SignedDuration::from_mins(-1),
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(10),
];

/// A clock that goes as another, but is ahead of it.
struct Ahead {
    of: Arc<dyn Clock>,
    by: SignedDuration,
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        self.of.now() + self.by
    }
}

/// The same functions in a process whose clock is ahead.
fn ahead(province: &Province, by: SignedDuration) -> Arc<App> {
    let app = &province.shared.app;
    let law = Law { rules: app.law.rules.clone(), calendar: app.law.calendar.clone() };
    Arc::new(another(app, law, Arc::new(Ahead { of: app.clock.clone(), by })))
}

fn set(province: &Province, at: &str) {
    province.machine.world().clock().hold(at.parse().unwrap());
}

/// A citizen submits to a function.
async fn submit(province: &Province, app: Arc<App>) -> CaseId {
    let mut event: Value =
        serde_json::from_str(&events::filled("http-submit-petition", &[("text", events::TEXT)])).unwrap();
    event["headers"]["idempotency-key"] = json!(province.shared.app.ids.uuid());
    let request = lambda_http::request::from_str(&event.to_string()).unwrap();
    let answer = raw::ask(donthu_intake::router(app), request).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    province.case_of(answer.json()["receipt"].as_str().unwrap())
}

async fn route(province: &Province, app: &App, id: &CaseId) {
    let record = events::record(1, json!({ "S": case_pk(id) }), json!({ "S": "HEAD" }));
    let event = serde_json::from_value(json!({ "Records": [record] })).unwrap();
    let response = donthu_assignment::handle(app, event).await.unwrap();
    assert!(response.batch_item_failures.is_empty());
    assert_eq!(times(province, id, |event| matches!(event, Event::Assigned { .. })).await, 1);
}

/// The case's limits with the days that they rest on.
async fn deadlines(province: &Province, id: &CaseId) -> Value {
    let head = province.bearer("head", COMMUNE).await;
    let read = province.read(&head, &format!("/v1/cases/{id}/deadlines")).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.body);
    read.body["deadlines"].clone()
}

#[tokio::test]
async fn only_the_clock_that_a_petition_came_in_by_sets_its_limits_and_all_are_counted_once() {
    // In the middle of a day, and around a midnight of UTC+7.
    for at in ["2026-10-05T02:00:00Z", "2026-10-05T16:55:00Z", "2026-10-05T17:05:00Z"] {
        let province = province().await;
        set(&province, at);
        let punctual = submit(&province, ahead(&province, SignedDuration::ZERO)).await;
        route(&province, &province.shared.app, &punctual).await;
        let expected = deadlines(&province, &punctual).await;
        for skew in SKEWS {
            let id = submit(&province, ahead(&province, SignedDuration::ZERO)).await;
            route(&province, &ahead(&province, skew), &id).await;
            assert_eq!(deadlines(&province, &id).await, expected, "{at}: routed by a clock {skew:?} ahead");
        }
        for skew in SKEWS {
            // Here the citizen's function is the one that is wrong, and what follows seems to happen before it.
            let id = submit(&province, ahead(&province, skew)).await;
            route(&province, &province.shared.app, &id).await;
            let journal = province.shared.app.store.journal(&id).await.unwrap();
            let versions: Vec<u64> = journal.iter().map(|entry| entry.version).collect();
            assert_eq!(versions, [1, 2], "{at}: versions order the journal, and no clock does");
        }
        province.drain().await;
        assert_eq!(told(&province).len(), 2 * SKEWS.len() + 1);
        province.machine.world().clock().set("2026-10-06T02:00:00Z".parse().unwrap()).unwrap();
        province.recount_tomorrow().await;
    }
}

#[tokio::test]
async fn a_day_is_sealed_with_what_a_function_dated_back_into_it_minutes_after_midnight() {
    let province = province().await;
    set(&province, "2026-10-05T10:00:00Z");
    let before = submit(&province, province.shared.app.clone()).await;
    route(&province, &province.shared.app, &before).await;
    // Five past midnight, by a clock that has five to.
    set(&province, "2026-10-05T17:05:00Z");
    let late = submit(&province, ahead(&province, SignedDuration::from_mins(-10))).await;
    route(&province, &province.shared.app, &late).await;
    set(&province, "2026-10-05T17:40:00Z");
    let sealed = donthu_audit::handle(&province.shared.app, AuditTask::SealJournal).await.unwrap();
    assert_eq!(sealed.roots, ["2026-10-05"]);
    let app = &province.shared.app;
    let day = jiff::civil::date(2026, 10, 5);
    let root = app.store.journal_roots(&app.province, day, day, 1).await.unwrap().remove(0).unwrap();
    assert_eq!(root.entries, 3, "two of the day, and one that was dated back into it");
    province.machine.world().clock().set("2026-10-06T02:00:00Z".parse().unwrap()).unwrap();
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn sweeps_by_different_clocks_reach_each_milestone_once_and_move_no_limit() {
    let (punctual, skewed) = (province().await, province().await);
    let mut ends = Vec::new();
    for province in [&punctual, &skewed] {
        let id = registered(province, "feedback", "2026-10-05").await;
        let dates = deadlines(province, &id).await;
        loop {
            let case = province.shared.app.store.case(&id).await.unwrap().unwrap().case;
            let Some(due) = case.next_milestone_at() else { break };
            if due > "2026-11-15T00:00:00Z".parse().unwrap() {
                break;
            }
            province.machine.world().clock().hold(due);
            let skews = if std::ptr::eq(province, &skewed) { &SKEWS[..] } else { &[SignedDuration::ZERO][..] };
            for skew in skews {
                let swept = donthu_deadlines::handle(&ahead(province, *skew), LONGEST_RUN).await.unwrap();
                assert_eq!(swept.failed, 0, "{skew:?}");
            }
        }
        assert_eq!(deadlines(province, &id).await, dates, "no sweep moves a limit");
        let reached: Vec<String> = province
            .journal(&id)
            .await
            .into_iter()
            .flat_map(|entry| entry.events)
            .filter_map(|event| match event {
                Event::MilestonesReached { rule, reached, .. } => Some(format!("{rule:?} {reached:?}")),
                _ => None,
            })
            .collect();
        province.machine.world().clock().set("2026-11-15T02:00:00Z".parse().unwrap()).unwrap();
        province.recount_tomorrow().await;
        ends.push(reached);
    }
    assert!(ends[0].len() >= 3, "{ends:?}");
    assert_eq!(ends[0], ends[1], "each milestone once, whoever's clock was first");
}

#[tokio::test]
async fn an_official_whose_function_is_behind_takes_the_step_after_the_one_that_seems_to_come_later() {
    for skew in SKEWS {
        let province = province().await;
        set(&province, "2026-10-05T16:55:00Z");
        let id = submit(&province, ahead(&province, skew)).await;
        route(&province, &province.shared.app, &id).await;
        let head = Actor::Official {
            subject: "official-1".into(),
            agency: COMMUNE.into(),
            roles: vec![donthu_domain::Role::Head],
        };
        let app = ahead(&province, SignedDuration::from_mins(-10));
        let accept = Command::Accept { group_papers: false, document: None };
        let accepted = app.step(&id, &app.command_id(), &head, Some(2), &accept).await;
        assert!(accepted.is_ok(), "{skew:?}: {accepted:?}");
        assert_eq!(province.journal(&id).await.len(), 3);
        province.machine.world().clock().set("2026-10-06T02:00:00Z".parse().unwrap()).unwrap();
        province.recount_tomorrow().await;
    }
}
