//! What happened to a case, told to its citizen and to officials in the same words.

use axum::http::StatusCode;
use donthu_domain::CaseId;
use donthu_tests::Province;
use serde_json::{Value, json};

async fn told(province: &Province, receipt: &str, language: &str) -> Vec<Value> {
    let authorization = format!("Receipt {receipt}");
    let headers = [("authorization", authorization.as_str()), ("accept-language", language)];
    let answer = province.send("GET", "/v1/petition/history", &headers, None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body["entries"].as_array().unwrap().clone()
}

fn text_of<'a>(entries: &'a [Value], event: &str) -> &'a str {
    let entry = entries.iter().find(|entry| entry["event"] == event);
    entry.and_then(|entry| entry["text"].as_str()).unwrap_or_else(|| panic!("{event} is not in {entries:?}"))
}

#[tokio::test]
async fn a_citizen_and_an_official_read_what_happened_in_the_same_words_and_no_official_is_named() {
    let province = Province::open().await;
    let petition = json!({ "kind": "complaint", "text": "Nội dung.", "area": "21040",
                           "petitioner": { "name": "Nguyễn Thị Kín" },
                           "against": { "agency": "c21040", "position": "agency" } });
    let head = province.bearer("head", "c21040").await;
    let official = [("authorization", head.as_str())];
    let entered = json!({ "petition": petition, "channel": "counter" });
    let entered = province.send("POST", "/v1/cases", &official, Some(entered)).await;
    assert_eq!(entered.status, StatusCode::CREATED, "{}", entered.body);
    let (id, receipt) = (entered.text("/case_id"), entered.text("/receipt"));
    let document = json!({ "number": "15/QĐ-UBND", "date": "2026-10-05" });
    for (step, name, body) in [
        (1, "acceptance", json!({ "document": document })),
        (2, "termination", json!({ "ground": "already_settled", "document": document })),
    ] {
        let answer = province.step(&head, &id, step, name, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.body);
    }
    let custodian = province.bearer("identity_custodian", "c21040").await;
    let opened = json!({ "to": "handler@c21040", "reason": "delivery" });
    let path = format!("/v1/cases/{id}/identity-disclosure");
    let opened = province.send("POST", &path, &[("authorization", &custodian)], Some(opened)).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);

    let (vi, en) = (told(&province, &receipt, "vi").await, told(&province, &receipt, "en").await);
    assert_eq!(vi.len(), en.len());
    assert_eq!(text_of(&vi, "accepted"), "Đơn được thụ lý giải quyết ngày 05/10/2026.");
    assert_eq!(text_of(&en, "accepted"), "The petition was accepted for resolution on 5 October 2026.");
    assert_eq!(text_of(&vi, "terminated"), "Việc giải quyết bị đình chỉ ngày 05/10/2026.");
    let disclosed = text_of(&vi, "identity_disclosed");
    assert!(disclosed.ends_with("ngày 05/10/2026; lý do: Gửi thông báo, quyết định, kết luận."), "{disclosed}");
    for entries in [&vi, &en] {
        let whole = json!(entries).to_string();
        assert!(!whole.contains('@') && !whole.contains("Kín"), "neither an official's account nor a name: {whole}");
        assert!(!whole.contains("obligation_closed"), "the step tells it: {whole}");
    }

    let journal = province.journal(&CaseId::new(id.clone())).await;
    let stored: Vec<Value> = journal
        .iter()
        .flat_map(|entry| &entry.events)
        .filter(|event| event.is_for_citizen())
        .map(|event| serde_json::to_value(event).unwrap()["event"].clone())
        .collect();
    let codes: Vec<Value> = vi.iter().map(|entry| entry["event"].clone()).collect();
    assert_eq!(codes, stored, "in the journal's order, by the journal's codes");

    let authorization = format!("Receipt {receipt}");
    let followed = province.send("GET", "/v1/petition", &[("authorization", &authorization)], None).await;
    let accepted = vi.iter().find(|entry| entry["event"] == "accepted").unwrap();
    assert_eq!((&accepted["by"], &accepted["by_text"]), (&json!("agency"), &followed.body["agency_name"]));

    let read = province.read(&head, &format!("/v1/cases/{id}/journal")).await;
    let entry = &read.body["entries"][1];
    let text = entry["text"].as_str().unwrap();
    assert!(text.starts_with("Đơn được thụ lý giải quyết ngày 05/10/2026. "), "{text}");
    assert_eq!(entry["actor_text"], followed.body["agency_name"]);
}

#[tokio::test]
async fn a_citizen_sees_what_they_and_the_system_did_and_another_receipt_opens_nothing() {
    let province = Province::open().await;
    let feedback = json!({ "kind": "feedback", "text": "Nội dung.", "area": "21040" });
    let submitted = province.send("POST", "/v1/petitions", &[], Some(feedback)).await;
    let receipt = submitted.text("/receipt");
    province.drain().await;
    let authorization = format!("Receipt {receipt}");
    let citizen = [("authorization", authorization.as_str())];
    let withdrawn = province.send("POST", "/v1/petition/withdrawal", &citizen, None).await;
    assert_eq!(withdrawn.status, StatusCode::OK, "{}", withdrawn.body);
    let entries = told(&province, &receipt, "en").await;
    let number = submitted.text("/case_number");
    assert_eq!(text_of(&entries, "submitted"), format!("The petition came in as file {number}."));
    assert_eq!(text_of(&entries, "withdrawn"), "The petition was withdrawn on 5 October 2026.");
    let by = |event: &str| entries.iter().find(|entry| entry["event"] == event).unwrap()["by"].clone();
    assert_eq!(
        (by("submitted"), by("assigned"), by("withdrawn")),
        (json!("citizen"), json!("system"), json!("citizen"))
    );

    let strange = province.send("GET", "/v1/petition/history?case=QN-0000-0000-0000", &citizen, None).await;
    assert_eq!(strange.status, StatusCode::NOT_FOUND, "{}", strange.body);
}
