//! Petitions' ways through all functions, on the real engine, over the real API.

use axum::http::StatusCode;
use donthu_tests::Province;
use serde_json::{Value, json};

const NAME: &str = "Nguyễn Thị Kín";
const PHONE: &str = "0912345678";
const TEXT: &str = "Đường liên thôn bị sạt lở từ tháng trước.";

fn feedback() -> Value {
    json!({ "kind": "feedback", "text": TEXT, "area": "21040", "phone": PHONE,
            "petitioner": { "name": NAME, "id_number": "051201000123" } })
}

#[tokio::test]
async fn feedback_reaches_its_commune_and_is_answered_and_counted() {
    let province = Province::open().await;
    let key = [("idempotency-key", "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a11")];
    let first = province.send("POST", "/v1/petitions", &key, Some(feedback())).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    let receipt = first.text("/receipt");
    let again = province.send("POST", "/v1/petitions", &key, Some(feedback())).await;
    assert_eq!(again.text("/receipt"), receipt, "a retried submission returns the same code");
    let mut other = feedback();
    other["text"] = json!("Nội dung khác.");
    let reused = province.send("POST", "/v1/petitions", &key, Some(other)).await;
    assert_eq!(reused.status, StatusCode::CONFLICT);
    assert_eq!(reused.text("/type"), "urn:donthu:problem:idempotency_key_reused");

    province.drain().await;
    let authorization = format!("Receipt {receipt}");
    let citizen = [("authorization", authorization.as_str())];
    let followed = province.send("GET", "/v1/petition", &citizen, None).await;
    assert_eq!(followed.text("/stage"), "registered", "{}", followed.body);
    assert_eq!(followed.text("/agency"), "c21040");

    let head = province.bearer("head", "c21040").await;
    let official = [("authorization", head.as_str())];
    let queue = province.send("GET", "/v1/cases", &official, None).await;
    let id = queue.text("/cases/0/case_id");
    let stranger = province.bearer("head", "c21025").await;
    let foreign = province.send("GET", &format!("/v1/cases/{id}"), &[("authorization", stranger.as_str())], None).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND, "another agency's case does not exist");
    let refused = province.step(&stranger, &id, 2, "acceptance", json!({})).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);

    let stale = province.step(&head, &id, 1, "acceptance", json!({})).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let impossible = province.step(&head, &id, 2, "resolution", json!({ "result": "answered" })).await;
    assert_eq!(impossible.status, StatusCode::CONFLICT);
    assert_eq!(impossible.text("/type"), "urn:donthu:problem:impossible_step");
    let accepted = province.step(&head, &id, 2, "acceptance", json!({})).await;
    assert_eq!(accepted.status, StatusCode::OK, "{}", accepted.body);
    let resolved = province.step(&head, &id, 3, "resolution", json!({ "result": "answered" })).await;
    assert_eq!(resolved.text("/stage"), "resolved", "{}", resolved.body);
    province.drain().await;

    let journal = province.send("GET", &format!("/v1/cases/{id}/journal"), &official, None).await;
    let inbox = province.send("GET", "/dev/inbox", &[], None).await;
    assert!(inbox.body.to_string().contains("c21040"), "the agency was told: {}", inbox.body);
    let heads = format!("{:?}", province.shared.app.store.scan_heads(None, 500).await.unwrap());
    for secret in [NAME, TEXT, "051201000123"] {
        for (place, content) in
            [("journal", journal.body.to_string()), ("SNS", inbox.body.to_string()), ("cases", heads.clone())]
        {
            assert!(!content.contains(secret), "{place} holds personal data");
        }
    }

    province.send("POST", "/dev/clock", &[], Some(json!({ "advance": "P30D" }))).await;
    let public = province.send("GET", "/v1/public/statistics?from=2026-10&to=2026-10", &[], None).await;
    let figure = public.body["kinds"].as_array().unwrap().iter().find(|k| k["kind"] == "feedback").unwrap().clone();
    assert_eq!((figure["received"].as_i64(), figure["resolved"].as_i64()), (Some(1), Some(1)), "{}", public.body);
    assert_eq!(figure["rate"], Value::Null, "no law defines a rate for feedback");
    province.recount().await;
}

#[tokio::test]
async fn a_denunciation_of_a_head_goes_to_the_superior_and_stays_hidden_from_the_denounced() {
    let province = Province::open().await;
    let body = json!({ "kind": "denunciation", "text": TEXT, "against": { "agency": "c21040", "position": "head" } });
    let submitted = province.send("POST", "/v1/petitions", &[], Some(body)).await;
    assert_eq!(submitted.status, StatusCode::CREATED, "{}", submitted.body);
    province.drain().await;
    let chair = province.bearer("head", "chair").await;
    let headers = [("authorization", chair.as_str())];
    let sealed = province.send("GET", "/v1/cases?compartment=denunciations", &headers, None).await;
    let id = sealed.text("/cases/0/case_id");
    assert_eq!(sealed.text("/cases/0/stage"), "awaiting_formalisation", "{}", sealed.body);
    let ordinary = province.send("GET", "/v1/cases", &headers, None).await;
    assert_eq!(ordinary.body["cases"], json!([]), "an ordinary list can't reach it");
    for role in ["head", "handler", "reception", "inspector"] {
        let denounced = province.bearer(role, "c21040").await;
        let headers = [("authorization", denounced.as_str())];
        let seen = province.send("GET", &format!("/v1/cases/{id}"), &headers, None).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{role}");
    }
    let back = province.step(&chair, &id, 2, "transfer", json!({ "agency": "c21040" })).await;
    assert_eq!(back.text("/type"), "urn:donthu:problem:conflict_of_interest", "{}", back.body);
    province.recount().await;
}

#[tokio::test]
async fn a_missed_deadline_is_told_to_the_agency_and_then_to_its_superior() {
    let province = Province::open().await;
    let head = province.bearer("head", "c21040").await;
    let petition = json!({ "kind": "complaint", "text": TEXT, "petitioner": { "name": "Nguyễn Thị Kín" },
                           "against": { "agency": "c21040", "position": "agency" } });
    let body = json!({ "petition": petition, "channel": "counter", "received_on": "2026-10-05" });
    let headers = [("authorization", head.as_str())];
    let registered = province.send("POST", "/v1/cases", &headers, Some(body)).await;
    assert_eq!(registered.status, StatusCode::CREATED, "{}", registered.body);
    let id = registered.text("/case_id");
    let accepted = province.step(&head, &id, 1, "acceptance", json!({})).await;
    assert_eq!(accepted.status, StatusCode::OK, "{}", accepted.body);
    province.send("POST", "/dev/clock", &[], Some(json!({ "advance": "P45D" }))).await;
    let inbox = province.send("GET", "/dev/inbox", &[], None).await.body.to_string();
    for milestone in ["approaching", "missed", "escalated"] {
        assert!(inbox.contains(milestone), "{milestone}: {inbox}");
    }
    assert!(inbox.contains("chair") && inbox.contains("inspectorate"), "superior, then inspectorate");
    province.recount().await;
}
