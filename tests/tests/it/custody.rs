//! Who the petitioner is, what they wrote, and what passes between them and the agency: who may see which, over the real API.
//! What the functions' roles let them see is in `policies/written.rs`.

use axum::http::StatusCode;
use donthu_domain::CaseId;
use donthu_tests::Province;
use serde_json::json;

use crate::raw;

const NAME: &str = "Nguyễn Thị Kín";
const TEXT: &str = "Chủ tịch xã nhận tiền.";
const QUESTION: &str = "Tôi có thêm ảnh chụp biên nhận, nộp ở đâu?";
const ANSWER: &str = "Ông (bà) có thể nộp bản sao tại trụ sở tiếp công dân.";

/// A denunciation of the head of c21040, which the chair handles: its case and receipt.
async fn denunciation(province: &Province) -> (String, String) {
    let petition = json!({ "kind": "denunciation", "text": TEXT, "phone": "0912345678",
                           "petitioner": { "name": NAME, "id_number": "051201000123" },
                           "against": { "agency": "c21040", "position": "head" } });
    let submitted = province.send("POST", "/v1/petitions", &[], Some(petition)).await;
    assert_eq!(submitted.status, StatusCode::CREATED, "{}", submitted.body);
    province.drain().await;
    let receipt = submitted.text("/receipt");
    (province.case_of(&receipt).to_string(), receipt)
}

async fn disclose(province: &Province, bearer: &str, id: &str) -> donthu_tests::Answer {
    let body = json!({ "to": "handler@chair", "reason": "invitation" });
    let path = format!("/v1/cases/{id}/identity-disclosure");
    province.send("POST", &path, &[("authorization", bearer)], Some(body)).await
}

#[tokio::test]
async fn citizen_and_agency_talk_without_a_name_and_only_they_can_read_it() {
    let province = Province::open().await;
    let (id, receipt) = denunciation(&province).await;
    let code = format!("Receipt {receipt}");
    let key = ("idempotency-key", "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a91");
    let citizen = [("authorization", code.as_str()), key];
    let asked = json!({ "text": QUESTION });
    for _ in 0..2 {
        let sent = province.send("POST", "/v1/petition/messages", &citizen, Some(asked.clone())).await;
        assert_eq!((sent.status, &sent.body["messages"]), (StatusCode::CREATED, &json!(1)), "sent twice, written once");
    }
    let chair = province.bearer("head", "chair").await;
    let path = format!("/v1/cases/{id}/messages");
    assert_eq!(province.read(&chair, &path).await.text("/messages/0/text"), QUESTION);
    let answer = json!({ "text": ANSWER });
    let sent = province.send("POST", &path, &[("authorization", &chair)], Some(answer)).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.body);
    let read = province.send("GET", "/v1/petition/messages", &citizen[..1], None).await;
    let messages = read.body["messages"].as_array().unwrap();
    let said: Vec<_> = messages.iter().map(|message| (&message["by"], &message["text"])).collect();
    assert_eq!(said, [(&json!("citizen"), &json!(QUESTION)), (&json!("agency"), &json!(ANSWER))]);

    let denounced = province.bearer("head", "c21040").await;
    assert_eq!(province.read(&denounced, &path).await.status, StatusCode::NOT_FOUND);
    let custodian = province.bearer("identity_custodian", "chair").await;
    assert_eq!(province.read(&custodian, &path).await.status, StatusCode::NOT_FOUND);
    for (_, items) in raw::contents(&province).await {
        let items = format!("{items:?}");
        assert!(!items.contains(QUESTION) && !items.contains(ANSWER), "encrypted wherever it lies");
    }
    province.drain().await;
    let inbox = province.send("GET", "/dev/inbox", &[], None).await.body.to_string();
    assert!(!inbox.contains(QUESTION) && !inbox.contains(ANSWER), "a notice says nothing of it");
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn an_identity_is_opened_by_a_custodian_and_its_owner_sees_that() {
    let province = Province::open().await;
    let (id, receipt) = denunciation(&province).await;
    let custodian = province.bearer("identity_custodian", "chair").await;
    let opened = disclose(&province, &custodian, &id).await;
    assert_eq!((opened.text("/name"), opened.text("/phone")), (NAME.to_owned(), "+84912345678".to_owned()));
    assert!(!opened.body.to_string().contains(TEXT), "never who and what");
    assert_eq!(province.read(&custodian, &format!("/v1/cases/{id}")).await.status, StatusCode::NOT_FOUND);

    let code = format!("Receipt {receipt}");
    let seen = province.send("GET", "/v1/petition", &[("authorization", &code)], None).await;
    let expected = json!([{ "on": "2026-10-05", "agency": "chair", "reason": "invitation",
                            "reason_text": "Mời làm việc, đối thoại" }]);
    assert_eq!(seen.body["disclosures"], expected, "{}", seen.body);
    let journal = province.journal(&CaseId::new(id.clone())).await;
    let last = serde_json::to_value(journal.last().unwrap()).unwrap();
    assert_eq!(
        (&last["events"][0]["event"], &last["events"][0]["to"]),
        (&json!("identity_disclosed"), &json!("handler@chair"))
    );

    for (role, agency) in [("head", "chair"), ("head", "c21040"), ("identity_custodian", "c21040")] {
        let bearer = province.bearer(role, agency).await;
        let refused = disclose(&province, &bearer, &id).await;
        assert!(
            refused.status == StatusCode::FORBIDDEN || refused.status == StatusCode::NOT_FOUND,
            "{role} of {agency}"
        );
        assert!(!refused.body.to_string().contains(NAME), "{}", refused.body);
    }
    let wrong = json!({ "to": "handler@chair", "reason": "curiosity" });
    let path = format!("/v1/cases/{id}/identity-disclosure");
    let refused = province.send("POST", &path, &[("authorization", &custodian)], Some(wrong)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason of the list or none: {}", refused.body);
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn an_identity_that_was_opened_is_not_opened_again_on_another_day_without_another_entry() {
    let province = Province::open().await;
    let (id, _) = denunciation(&province).await;
    let path = format!("/v1/cases/{id}/identity-disclosure");
    let ask = async || {
        let custodian = province.bearer("identity_custodian", "chair").await;
        let headers =
            [("authorization", custodian.as_str()), ("idempotency-key", "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a96")];
        let body = json!({ "to": "handler@chair", "reason": "invitation" });
        province.send("POST", &path, &headers, Some(body)).await
    };
    assert_eq!(ask().await.text("/name"), NAME);
    let entries = province.journal(&CaseId::new(id.clone())).await.len();
    assert_eq!(ask().await.text("/name"), NAME, "whose answer was lost gets it once more");
    assert_eq!(province.journal(&CaseId::new(id.clone())).await.len(), entries);
    province.advance("P1D").await;
    let late = ask().await;
    assert_eq!(late.status, StatusCode::NOT_FOUND, "{}", late.body);
}

#[tokio::test]
async fn who_denounced_a_colleague_is_opened_by_the_superiors_custodian_alone() {
    let province = Province::open().await;
    let petition = json!({ "kind": "denunciation", "text": TEXT, "petitioner": { "name": NAME },
                           "against": { "agency": "c21040", "position": "staff" } });
    let submitted = province.send("POST", "/v1/petitions", &[], Some(petition)).await;
    province.drain().await;
    let receipt = submitted.text("/receipt");
    let id = province.case_of(&receipt).to_string();
    for agency in ["c21040", "c21025", "inspectorate", "reception-board"] {
        let custodian = province.bearer("identity_custodian", agency).await;
        let refused = disclose(&province, &custodian, &id).await;
        let unknown = disclose(&province, &custodian, &"0".repeat(32)).await;
        assert_eq!((refused.status, &refused.body), (StatusCode::NOT_FOUND, &unknown.body), "{agency}");
    }
    let custodian = province.bearer("identity_custodian", "chair").await;
    assert_eq!(disclose(&province, &custodian, &id).await.text("/name"), NAME);
    for path in ["", "/journal", "/deadlines", "/messages"] {
        let read = province.read(&custodian, &format!("/v1/cases/{id}{path}")).await;
        assert_eq!(read.status, StatusCode::NOT_FOUND, "{path}: still nothing of the case");
    }
    let code = format!("Receipt {receipt}");
    let seen = province.send("GET", "/v1/petition", &[("authorization", &code)], None).await;
    assert_eq!(seen.text("/disclosures/0/agency"), "chair", "{}", seen.body);
    province.recount_tomorrow().await;
}
