//! Many at once: what was accepted is there once, what was refused left nothing, and the counters are what the journal says.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;
use donthu_deadlines::LONGEST_RUN;
use donthu_domain::{CaseId, Event};
use donthu_store::testing::{Fault, When};
use donthu_tests::{Answer, Province};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const COMMUNE: &str = "c21040";
const AT_ONCE: usize = 32;

fn feedback() -> Value {
    json!({ "kind": "feedback", "text": "Đường liên thôn bị sạt lở.", "area": "21040", "phone": "0912345678" })
}

async fn submit(province: &Province, key: &str) -> Answer {
    province.send("POST", "/v1/petitions", &[("idempotency-key", key)], Some(feedback())).await
}

fn key(number: usize) -> String {
    format!("7a6e2f5e-4b5e-4f4e-9d5e-{number:012}")
}

/// A refusal that the API promises of a race lost, and nothing else.
fn assert_refused(answer: &Answer) {
    assert!(matches!(answer.status.as_u16(), 409 | 412 | 503), "{}: {}", answer.status, answer.body);
}

async fn all<T: Send + 'static>(tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let set: JoinSet<T> = tasks.into_iter().collect();
    set.join_all().await
}

async fn times(province: &Province, id: &CaseId, what: fn(&Event) -> bool) -> usize {
    province.journal(id).await.iter().flat_map(|entry| &entry.events).filter(|event| what(event)).count()
}

/// Cases at step 2 of one commune, made by so many citizens at once.
async fn routed(province: &Arc<Province>, count: usize) -> Vec<CaseId> {
    let submissions = (0..count).map(|number| {
        let province = province.clone();
        async move { submit(&province, &key(number)).await }
    });
    let answers = all(submissions).await;
    for answer in &answers {
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    }
    province.drain().await;
    answers.iter().map(|answer| province.case_of(&answer.text("/receipt"))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_32_submissions_and_96_steps_at_once_on_one_agency_each_is_counted_once() {
    let province = Arc::new(Province::open().await);
    let ids = routed(&province, AT_ONCE).await;
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), AT_ONCE);
    assert_eq!(province.heads().await.len(), AT_ONCE);
    let head = province.bearer("head", COMMUNE).await;

    // Two officials accept each case at once, while citizens go on submitting, the sweep runs, some transactions meet others
    // and some answers are lost.
    province.faults.plan_next("TransactWriteItems", 12, When::Conflict);
    for nth in [20, 28, 36, 44] {
        province.faults.plan(Fault { operation: "TransactWriteItems", nth, when: When::AfterSending });
    }
    let acceptances = ids.iter().cycle().take(2 * AT_ONCE).cloned().map(|id| {
        let (province, head) = (province.clone(), head.clone());
        async move { (id.clone(), province.step(&head, id.as_str(), 2, "acceptance", json!({})).await) }
    });
    let more = (AT_ONCE..2 * AT_ONCE).map(|number| {
        let province = province.clone();
        async move { submit(&province, &key(number)).await }
    });
    let sweeps = (0..2).map(|_| {
        let app = province.shared.app.clone();
        async move { donthu_deadlines::handle(&app, LONGEST_RUN).await.unwrap() }
    });
    let (acceptances, more, sweeps) = tokio::join!(all(acceptances), all(more), all(sweeps));
    assert!(sweeps.iter().all(|sweep| sweep.failed == 0), "{sweeps:?}");
    assert!(more.iter().all(|answer| answer.status == StatusCode::CREATED));
    assert_eq!(province.faults.raised(), 16);
    for id in &ids {
        let answers: Vec<&Answer> = acceptances.iter().filter(|(of, _)| of == id).map(|(_, answer)| answer).collect();
        let taken = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
        assert_eq!((answers.len(), taken), (2, 1), "one of the two wins");
        answers.iter().filter(|answer| answer.status != StatusCode::OK).for_each(|answer| assert_refused(answer));
        assert_eq!(times(&province, id, |event| matches!(event, Event::Accepted { .. })).await, 1);
    }

    let resolutions = ids.iter().cloned().map(|id| {
        let (province, head) = (province.clone(), head.clone());
        async move { province.step(&head, id.as_str(), 3, "resolution", json!({ "result": "answered" })).await }
    });
    for answer in all(resolutions).await {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    province.drain().await;
    assert_eq!(province.heads().await.len(), 2 * AT_ONCE);
    let rate = province.read(&head, "/v1/statistics/resolution-rate?from=2026-10-05&to=2026-10-05").await;
    let figure = rate.body["kinds"].as_array().unwrap().iter().find(|kind| kind["kind"] == "feedback").unwrap();
    assert_eq!((figure["accepted"].as_u64(), figure["resolved"].as_u64()), (Some(32), Some(32)), "{}", rate.body);
    province.recount_tomorrow().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_32_steps_at_once_on_one_case_exactly_one_wins_each_version() {
    let province = Arc::new(Province::open().await);
    let id = routed(&province, 1).await.remove(0);
    let head = province.bearer("head", COMMUNE).await;
    let mut waiting: Vec<usize> = (0..AT_ONCE).collect();
    let mut step = 2;
    while !waiting.is_empty() {
        let attempts = waiting.iter().copied().map(|number| {
            let (province, head, id) = (province.clone(), head.clone(), id.clone());
            let body = json!({ "handler": format!("handler-{number}") });
            async move { (number, province.step(&head, id.as_str(), step, "assignment", body).await) }
        });
        let answers = all(attempts).await;
        let (taken, lost): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|(_, answer)| answer.status == StatusCode::OK);
        assert_eq!(taken.len(), 1, "exactly one takes step {step}");
        lost.iter().for_each(|(_, answer)| assert_refused(answer));
        waiting = lost.into_iter().map(|(number, _)| number).collect();
        step += 1;
    }
    let journal = province.journal(&id).await;
    assert_eq!(journal.len(), 2 + AT_ONCE);
    let named: BTreeSet<String> = journal
        .iter()
        .flat_map(|entry| &entry.events)
        .filter_map(|event| match event {
            Event::HandlerNamed { handler } => Some(handler.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(named.len(), AT_ONCE, "each step stands in the journal once");
    province.recount_tomorrow().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_submissions_at_once_under_one_idempotency_key_are_one_case() {
    let province = Arc::new(Province::open().await);
    let submissions = (0..16).map(|_| {
        let province = province.clone();
        async move { submit(&province, &key(1)).await }
    });
    let answers = all(submissions).await;
    let receipts: BTreeSet<String> = answers
        .iter()
        .map(|answer| {
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
            answer.text("/receipt")
        })
        .collect();
    assert_eq!(receipts.len(), 1);
    let first_hand = answers.iter().filter(|answer| !answer.headers.contains_key("idempotency-replayed")).count();
    assert_eq!(first_hand, 1, "one made the case, fifteen found it");
    assert_eq!(province.heads().await.len(), 1);
    province.drain().await;
    assert_eq!(province.journal(&province.case_of(receipts.first().unwrap())).await.len(), 2);
    province.recount_tomorrow().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_sweeps_at_once_tick_each_case_once_and_decide_each_notice_once() {
    let province = Arc::new(Province::open().await);
    let ids = routed(&province, AT_ONCE).await;
    let due = province.shared.app.store.case(&ids[0]).await.unwrap().unwrap().case.next_milestone_at().unwrap();
    province.machine.world().clock().hold(due);
    let sweeps = (0..2).map(|_| {
        let app = province.shared.app.clone();
        async move { donthu_deadlines::handle(&app, LONGEST_RUN).await.unwrap() }
    });
    let sweeps = all(sweeps).await;
    let sum = |of: fn(&donthu_deadlines::Summary) -> u32| sweeps.iter().map(of).sum::<u32>();
    assert_eq!((sum(|sweep| sweep.ticked), sum(|sweep| sweep.failed)), (32, 0), "{sweeps:?}");
    for id in &ids {
        let reached: Vec<_> = province
            .journal(id)
            .await
            .into_iter()
            .flat_map(|entry| entry.events)
            .filter_map(|event| match event {
                Event::MilestonesReached { rule, reached, .. } => Some((rule, reached)),
                _ => None,
            })
            .collect();
        assert_eq!(reached.iter().map(|one| format!("{one:?}")).collect::<BTreeSet<_>>().len(), reached.len());
        assert!(!reached.is_empty());
    }
    let before = province.machine.inbox().total();
    province.drain().await;
    let told = usize::try_from(province.machine.inbox().total() - before).unwrap();
    let newest = province.machine.inbox().newest(told);
    let notices: BTreeSet<&str> = newest.iter().filter_map(|one| one.message["notice_id"].as_str()).collect();
    assert_eq!((notices.len(), told), (AT_ONCE, AT_ONCE));
    province.machine.world().clock().release();
    province.recount_tomorrow().await;
}
