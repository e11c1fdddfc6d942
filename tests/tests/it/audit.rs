//! The audit names what somebody changed behind the functions' backs, and that alone; it alarms nobody for honest work that
//! goes on beside it; and what it sealed never changes.

mod roots;
mod rows;
mod tampering;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use donthu_audit::{AuditTask, Summary, handle, handle_within};
use donthu_tests::Province;
use serde_json::{Value, json};

use crate::raw;

const COMMUNE: &str = "c21040";

fn hold(province: &Province, at: &str) {
    province.machine.world().clock().hold(at.parse().unwrap());
}

async fn recount(province: &Province) -> Summary {
    handle(&province.shared.app, AuditTask::Recount).await.unwrap()
}

async fn seal(province: &Province) -> Vec<String> {
    handle(&province.shared.app, AuditTask::Seal).await.unwrap().sealed
}

/// Registers a complaint of the commune and accepts it today.
async fn accepted(province: &Province) -> String {
    let head = province.bearer("head", COMMUNE).await;
    let against = json!({ "agency": COMMUNE, "position": "agency" });
    let petitioner = json!({ "name": "Nguyễn Thị Kín" });
    let petition = json!({ "kind": "complaint", "text": "Nội dung.", "petitioner": petitioner, "against": against });
    let today = donthu_domain::time::local_date(province.shared.app.clock.now());
    let paper = json!({ "petition": petition, "channel": "counter", "received_on": today });
    let id = province.send("POST", "/v1/cases", &[("authorization", &head)], Some(paper)).await.text("/case_id");
    take(province, &id, 1, "assignment", json!({ "handler": format!("handler@{COMMUNE}") })).await;
    take(province, &id, 2, "acceptance", json!({})).await;
    id
}

async fn take(province: &Province, id: &str, step: u64, name: &str, body: Value) {
    let head = province.bearer("head", COMMUNE).await;
    let taken = province.step(&head, id, step, name, body).await;
    assert_eq!(taken.status, StatusCode::OK, "{name}: {}", taken.body);
}

async fn submit(province: &Province, key: u32) -> StatusCode {
    let key = format!("7a6e2f5e-4b5e-4f4e-9d5e-{key:012}");
    let body = json!({ "kind": "feedback", "text": "Đường liên thôn bị sạt lở.", "area": "21040" });
    province.send("POST", "/v1/petitions", &[("idempotency-key", &key)], Some(body)).await.status
}

#[tokio::test]
async fn sealing_twice_writes_nothing_the_second_time() {
    let province = Province::open().await;
    let id = accepted(&province).await;
    take(&province, &id, 3, "resolution", json!({ "result": "founded" })).await;
    assert_eq!(seal(&province).await, Vec::<String>::new(), "the month is not over");
    hold(&province, "2026-12-05T02:00:00Z");
    assert_eq!(seal(&province).await, ["2026-10", "2026-11"]);
    let sealed = raw::contents(&province).await;
    assert_eq!(seal(&province).await, Vec::<String>::new());
    assert_eq!(raw::differences(&sealed, &raw::contents(&province).await), Vec::<String>::new());
    let summary = recount(&province).await;
    assert_eq!((summary.differences, summary.unjudged), (vec![], vec![]));
    assert_eq!((summary.cases, summary.entries, summary.unsettled, summary.complete), (1, 4, 0, true));
}

/// The public figures of several periods without when they were read.
async fn figures(province: &Province, periods: &[(&str, &str)]) -> Vec<Value> {
    let mut figures = Vec::new();
    for (from, to) in periods {
        let answer = province.send("GET", &format!("/v1/public/statistics?from={from}&to={to}"), &[], None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        figures.push(answer.body["kinds"].clone());
    }
    figures
}

#[tokio::test]
async fn a_correction_after_sealing_changes_the_running_month_and_not_the_sealed_one() {
    let province = Province::open().await;
    province.advise_dialogues().await;
    let (corrected, open) = (accepted(&province).await, accepted(&province).await);
    take(&province, &corrected, 3, "resolution", json!({ "result": "founded" })).await;
    hold(&province, "2026-11-10T02:00:00Z");
    let october = [("2026-10", "2026-10"), ("2026-09", "2026-10")];
    let unsealed = figures(&province, &october).await;
    assert_eq!(seal(&province).await, ["2026-10"]);
    let sealed_rows = rows::with_prefix(&province, "MONTH#").await;
    assert_eq!(figures(&province, &october).await, unsealed, "a seal changes no figure");
    assert_eq!(unsealed[0][0]["rate"], json!({ "numerator": 1, "denominator": 2, "percent": "50.00" }));

    take(&province, &corrected, 4, "correction", json!({})).await;
    take(&province, &open, 3, "resolution", json!({ "result": "unfounded" })).await;
    assert_eq!(figures(&province, &october).await, unsealed, "what was published stands");
    assert_eq!(rows::with_prefix(&province, "MONTH#").await, sealed_rows);
    hold(&province, "2026-12-05T02:00:00Z");
    let periods = [("2026-10", "2026-10"), ("2026-11", "2026-11"), ("2026-10", "2026-11")];
    let before = figures(&province, &periods).await;
    assert_eq!(seal(&province).await, ["2026-11"]);
    assert_eq!(figures(&province, &periods).await, before);
    let rates: Vec<&Value> = before.iter().map(|figures| &figures[0]["rate"]).collect();
    // Carried in: the open one. Reopened: the corrected one. Over both months the annulled resolution never was.
    assert_eq!(rates[0], &unsealed[0][0]["rate"]);
    assert_eq!(rates[1], &json!({ "numerator": 1, "denominator": 2, "percent": "50.00" }));
    assert_eq!(rates[2], &json!({ "numerator": 1, "denominator": 2, "percent": "50.00" }));
    province.recount().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recount_beside_officials_and_citizens_at_work_alarms_nobody() {
    let province = Arc::new(Province::open().await);
    for _ in 0..8 {
        accepted(&province).await;
    }
    hold(&province, "2026-11-10T02:00:00Z");
    seal(&province).await;
    let done = Arc::new(AtomicBool::new(false));
    let citizens = {
        let province = province.clone();
        async move {
            for number in 0..60 {
                assert_eq!(submit(&province, number).await, StatusCode::CREATED);
                if number % 10 == 9 {
                    province.drain().await;
                }
            }
        }
    };
    let officials = {
        let province = province.clone();
        async move {
            for _ in 0..12 {
                let id = accepted(&province).await;
                take(&province, &id, 3, "resolution", json!({ "result": "founded" })).await;
                take(&province, &id, 4, "correction", json!({})).await;
            }
        }
    };
    let audits = {
        let (province, done) = (province.clone(), done.clone());
        async move {
            let mut summaries = Vec::new();
            while !done.load(Ordering::Relaxed) {
                summaries.push(recount(&province).await);
            }
            summaries
        }
    };
    let audits = tokio::spawn(audits);
    let (citizens, officials) = tokio::join!(tokio::spawn(citizens), tokio::spawn(officials));
    done.store(true, Ordering::Relaxed);
    citizens.unwrap();
    officials.unwrap();
    let summaries = audits.await.unwrap();
    assert!(summaries.len() >= 3, "{}", summaries.len());
    for summary in &summaries {
        assert_eq!((&summary.differences, &summary.unjudged), (&vec![], &vec![]));
        assert!(summary.complete);
    }
    assert!(summaries.iter().any(|summary| summary.entries > summaries[0].entries), "they ran beside the work");
    province.drain().await;
    let after = recount(&province).await;
    assert_eq!((after.difference_count, after.unsettled, after.complete, after.cases), (0, 0, true, 80));
}

#[tokio::test]
async fn a_recount_that_runs_out_of_time_says_so_and_names_nothing() {
    let province = Province::open().await;
    accepted(&province).await;
    let summary = handle_within(&province.shared.app, AuditTask::Recount, Duration::ZERO).await.unwrap();
    assert_eq!((summary.complete, summary.difference_count, summary.cases), (false, 0, 0));
}

#[tokio::test]
async fn a_recount_reads_journal_and_cases_once_and_each_head_once() {
    let province = Province::open().await;
    for _ in 0..5 {
        accepted(&province).await;
    }
    let meter = province.shared.app.store.meter();
    let before = meter.snapshot();
    province.recount().await;
    let used = meter.snapshot().since(&before);
    // And the roots, of which there is none yet.
    assert_eq!((used.of("GetItem"), used.of("Scan"), used.of("Query"), used.total_requests()), (5, 2, 1, 8));
}
