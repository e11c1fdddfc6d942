//! Cases that come out of cases, and what follows a decision, over the real API on the real engine.

use axum::http::StatusCode;
use donthu_domain::CaseId;
use donthu_store::DataClass;
use donthu_tests::Province;
use serde_json::{Value, json};

const WHOLE: &str = "Tôi khiếu nại quyết định thu hồi đất và tố cáo Chủ tịch xã nhận tiền.";
const LAND: &str = "Phần khiếu nại: quyết định thu hồi đất không đúng.";
const MONEY: &str = "Phần tố cáo: Chủ tịch xã nhận tiền.";
const AGAIN: &str = "Tôi không đồng ý với quyết định giải quyết lần đầu.";

async fn registered(province: &Province, head: &str, petition: Value) -> (String, String) {
    let body = json!({ "petition": petition, "channel": "counter" });
    let answer = province.send("POST", "/v1/cases", &[("authorization", head)], Some(body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    (answer.text("/case_id"), answer.text("/receipt"))
}

fn complaint() -> Value {
    json!({ "kind": "complaint", "text": WHOLE, "area": "21040", "phone": "0912345678",
            "petitioner": { "name": "Nguyễn Thị Kín" },
            "against": { "agency": "c21040", "position": "agency" } })
}

async fn follow(province: &Province, receipt: &str) -> Value {
    let authorization = format!("Receipt {receipt}");
    let answer = province.send("GET", "/v1/petition", &[("authorization", &authorization)], None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

async fn done(province: &Province, bearer: &str, id: &str, step: u64, name: &str, body: Value) -> Value {
    let answer = province.step(bearer, id, step, name, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.body);
    answer.body
}

async fn text_of(province: &Province, id: &str) -> String {
    let parts = province.shared.app.store.vault_parts(&CaseId::new(id), DataClass::Text).await.unwrap();
    let texts: Vec<String> = parts.iter().map(|part| String::from_utf8_lossy(&part.content).into_owned()).collect();
    texts.concat()
}

#[tokio::test]
async fn a_mixed_petition_is_divided_and_each_handler_reads_only_what_concerns_them() {
    let province = Province::open().await;
    let head = province.bearer("head", "c21040").await;
    let (id, receipt) = registered(&province, &head, complaint()).await;
    let parts = json!({ "parts": [
        { "kind": "complaint", "text": LAND, "area": "21040", "against": { "agency": "c21040", "position": "agency" } },
        { "kind": "denunciation", "text": MONEY, "against": { "agency": "c21040", "position": "head" } },
    ] });
    let key = "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a77";
    let headers = [("authorization", head.as_str()), ("if-match", "\"1\""), ("idempotency-key", key)];
    let path = format!("/v1/cases/{id}/division");
    let divided = province.send("POST", &path, &headers, Some(parts.clone())).await;
    assert_eq!(divided.text("/stage"), "divided", "{}", divided.body);
    let again = province.send("POST", &path, &headers, Some(parts)).await;
    assert_eq!((again.status, &again.body), (StatusCode::OK, &divided.body), "sent again, done once");

    let shown = follow(&province, &receipt).await;
    let further = shown["further"].as_array().unwrap();
    assert_eq!(further.len(), 2, "the code opens the parts too: {shown}");
    assert_eq!((&further[0]["agency"], &further[1]["agency"]), (&json!("c21040"), &json!("chair")));

    let chair = province.bearer("head", "chair").await;
    let list = province.read(&chair, "/v1/cases?compartment=denunciations").await;
    let denunciation = list.text("/cases/0/case_id");
    let read = province.read(&chair, &format!("/v1/cases/{denunciation}")).await;
    assert_eq!(read.text("/petition/text"), MONEY);
    let hidden = province.read(&head, &format!("/v1/cases/{denunciation}")).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND, "the denounced learn nothing");
    let whole = province.read(&head, &format!("/v1/cases/{id}")).await;
    assert_eq!((whole.status, &whole.body["petition"]), (StatusCode::OK, &Value::Null), "nor from what was divided");
    let journal = province.read(&head, &format!("/v1/cases/{id}/journal")).await;
    assert_eq!(journal.status, StatusCode::FORBIDDEN, "{}", journal.body);

    // What became a case of its own is followed by the same code, and acted upon by its number.
    let authorization = format!("Receipt {receipt}");
    let number = further[1]["case_number"].as_str().unwrap();
    let withdraw = |case: &str| format!("/v1/petition/withdrawal?case={case}");
    let citizen = [("authorization", authorization.as_str())];
    let strange = province.send("POST", &withdraw("QN-0000-0000-0000"), &citizen, None).await;
    assert_eq!(strange.status, StatusCode::NOT_FOUND, "{}", strange.body);
    let wished = province.send("POST", &withdraw(number), &citizen, None).await;
    assert_eq!(wished.status, StatusCode::OK, "{}", wished.body);
    assert!(wished.body["further"][1]["withdrawal_requested_on"].is_string(), "{}", wished.body);
    assert!(wished.body["further"][0]["withdrawal_requested_on"].is_null(), "{}", wished.body);
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn a_second_complaint_by_the_receipt_code_reaches_the_superior_with_its_own_text() {
    let province = Province::open().await;
    let head = province.bearer("head", "c21040").await;
    let (id, receipt) = registered(&province, &head, complaint()).await;
    let authorization = format!("Receipt {receipt}");
    let citizen =
        [("authorization", authorization.as_str()), ("idempotency-key", "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a78")];
    let appeal = json!({ "text": AGAIN });
    let document = json!({ "number": "15/QĐ-UBND", "date": "2026-10-05", "recipients": ["petitioner"] });
    done(&province, &head, &id, 1, "acceptance", json!({ "document": document })).await;
    province.advise_dialogues().await;
    let early = province.send("POST", "/v1/petition/appeal", &citizen, Some(appeal.clone())).await;
    assert_eq!(early.text("/type"), "urn:donthu:problem:not_decided_nor_overdue", "{}", early.body);
    done(&province, &head, &id, 2, "resolution", json!({ "result": "unfounded", "document": document })).await;
    let waits = follow(&province, &receipt).await;
    assert!(waits.get("time_to_appeal").is_none(), "no time runs before the decision is sent: {waits}");
    let decided = done(&province, &head, &id, 3, "dispatch", json!({ "what": "decision" })).await;
    let time = &follow(&province, &receipt).await["time_to_appeal"];
    assert_eq!((&time["rule"], &time["due_on"]), (&json!("C-LIM2"), &json!("2026-11-04")), "{time}");
    assert!(time["explanation"].as_array().is_some_and(|lines| !lines.is_empty()), "{time}");
    assert_eq!(decided["documents"][1]["form"], "decision", "{decided}");

    let first = province.send("POST", "/v1/petition/appeal", &citizen, Some(appeal.clone())).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    let same = province.send("POST", "/v1/petition/appeal", &citizen, Some(appeal)).await;
    assert_eq!(same.body["further"], first.body["further"], "sent again, done once");
    let second = &first.body["further"][0];
    assert_eq!((&second["instance"], &second["agency"]), (&json!("second"), &json!("chair")));
    assert_eq!(second["stage"], "awaiting_formalisation");

    let chair = province.bearer("head", "chair").await;
    let list = province.read(&chair, "/v1/cases").await;
    let opened = list.text("/cases/0/case_id");
    assert_eq!(province.read(&chair, &format!("/v1/cases/{opened}")).await.text("/petition/text"), AGAIN);
    assert!(!text_of(&province, &id).await.contains(AGAIN), "and the first instance's file stays as it was");
    done(&province, &chair, &opened, 1, "formalisation", json!({ "received_on": "2026-10-05" })).await;
    province.drain().await;
    let inbox = province.send("GET", "/dev/inbox", &[], None).await.body.to_string();
    assert!(inbox.contains("+84912345678") || inbox.contains("84912345678"), "the phone left with the first petition");
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn an_overdue_denunciation_is_reported_and_the_superior_asks() {
    let province = Province::open().await;
    let head = province.bearer("head", "c21040").await;
    let denunciation = json!({ "kind": "denunciation", "text": MONEY, "area": "21040",
                               "petitioner": { "name": "Nguyễn Thị Kín" },
                               "against": { "agency": "c21040", "position": "staff" } });
    let (id, receipt) = registered(&province, &head, denunciation).await;
    done(&province, &head, &id, 1, "acceptance", json!({})).await;
    done(&province, &head, &id, 2, "dispatch", json!({ "what": "acceptance" })).await;
    let authorization = format!("Receipt {receipt}");
    let citizen = [("authorization", authorization.as_str())];
    let desk = province.bearer("reception", "chair").await;
    let by_paper = |name: &str| format!("/v1/cases/{id}/{name}");
    let at_the_desk = [("authorization", desk.as_str())];
    for (name, body) in
        [("overdue-report", json!({})), ("continued-denunciation", json!({ "petition": { "text": AGAIN } }))]
    {
        let refused = province.send("POST", &by_paper(name), &at_the_desk, Some(body)).await;
        assert_eq!(
            refused.status,
            StatusCode::NOT_FOUND,
            "{name}: whoever sees nothing learns nothing: {}",
            refused.body
        );
    }
    let early = province.send("POST", "/v1/petition/overdue-report", &citizen, None).await;
    assert_eq!(early.text("/type"), "urn:donthu:problem:not_overdue", "{}", early.body);
    province.advance("P40D").await;
    let head = province.bearer("head", "c21040").await;
    let chair = province.bearer("head", "chair").await;
    let unseen = province.read(&chair, &format!("/v1/cases/{id}")).await;
    assert_eq!(unseen.status, StatusCode::NOT_FOUND, "a denunciation is the handler's alone");
    let reported = province.send("POST", "/v1/petition/overdue-report", &citizen, None).await;
    assert_eq!(reported.status, StatusCode::OK, "{}", reported.body);
    let seen = province.read(&chair, &format!("/v1/cases/{id}")).await;
    assert_eq!(seen.body["petition"], Value::Null, "its standing, not its text: {}", seen.body);
    let step = seen.body["step"].as_u64().unwrap();
    done(&province, &chair, &id, step, "report-demand", json!({})).await;
    let answered = done(&province, &head, &id, step + 1, "report", json!({})).await;
    assert!(answered["overdue_report"]["answered_on"].is_string(), "{answered}");
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn a_decided_case_stays_in_the_queue_until_nothing_is_owed() {
    let province = Province::open().await;
    let head = province.bearer("head", "c21040").await;
    let (id, _) = registered(&province, &head, complaint()).await;
    done(&province, &head, &id, 1, "acceptance", json!({})).await;
    done(&province, &head, &id, 2, "resolution", json!({ "result": "founded" })).await;
    done(&province, &head, &id, 3, "dispatch", json!({ "what": "decision" })).await;
    let early = json!({ "document": { "number": "5/QĐ-UBND", "date": "2026-10-05" } });
    let refused = province.step(&head, &id, 4, "enforcement", early).await;
    assert_eq!(refused.text("/type"), "urn:donthu:problem:not_in_effect", "{}", refused.body);
    province.advance("P32D").await;
    let head = province.bearer("head", "c21040").await;
    let open = province.read(&head, "/v1/cases").await;
    assert_eq!(open.text("/cases/0/stage"), "resolved", "{}", open.body);
    let step = open.body["cases"][0]["step"].as_u64().unwrap();
    let order = json!({ "document": { "number": "5/QĐ-UBND", "date": "2026-11-05" } });
    done(&province, &head, &id, step, "enforcement", order).await;
    assert_eq!(province.read(&head, "/v1/cases").await.body["cases"], json!([]));
    let closed = province.read(&head, "/v1/cases?state=closed").await;
    assert_eq!(closed.text("/cases/0/case_id"), id);
    let journal = province.read(&head, &format!("/v1/cases/{id}/journal")).await;
    let bases = journal.body["entries"].as_array().unwrap().iter().all(|entry| entry["basis"].is_array());
    assert!(bases && journal.body.to_string().contains("Luật Khiếu nại 2011, Điều 44"), "{}", journal.body);
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn a_duplicate_is_linked_only_to_a_case_that_the_official_may_see() {
    let province = Province::open().await;
    let head = province.bearer("head", "c21040").await;
    let (first, _) = registered(&province, &head, complaint()).await;
    let (second, _) = registered(&province, &head, complaint()).await;
    let unknown = province.step(&head, &second, 1, "duplicate", json!({ "case": "0".repeat(32) })).await;
    assert_eq!((unknown.status, unknown.text("/field")), (StatusCode::UNPROCESSABLE_ENTITY, "case".to_owned()));
    let linked = done(&province, &head, &second, 1, "duplicate", json!({ "case": first })).await;
    assert_eq!((&linked["stage"], &linked["of"]), (&json!("duplicate"), &json!(first)));
    province.recount_tomorrow().await;
}
