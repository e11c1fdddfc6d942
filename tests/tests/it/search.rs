//! A case found by its number: in the lists that one may read, and in no other.

use axum::http::StatusCode;
use donthu_tests::{Answer, Province};
use serde_json::{Value, json};

async fn registered(province: &Province, kind: &str) -> (String, String) {
    let head = province.bearer("head", "c21040").await;
    let petition = json!({ "kind": kind, "text": "Nội dung.", "petitioner": { "name": "Nguyễn Thị Kín" },
                           "against": { "agency": "c21040", "position": "staff" } });
    let paper = json!({ "petition": petition, "channel": "counter" });
    let answer = province.send("POST", "/v1/cases", &[("authorization", &head)], Some(paper)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    (answer.text("/case_id"), answer.text("/case_number"))
}

async fn sought(province: &Province, role: &str, agency: &str, query: &str) -> Answer {
    let bearer = province.bearer(role, agency).await;
    province.read(&bearer, &format!("/v1/cases?{query}")).await
}

fn found(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!((&answer.body["next"], answer.body.get("unfinished")), (&Value::Null, None));
    answer.body["cases"].as_array().unwrap().iter().map(|case| case["case_id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_case_is_found_however_its_number_is_typed_while_it_is_open_and_after_it_is_closed() {
    let province = Province::open().await;
    let (id, number) = registered(&province, "feedback").await;
    registered(&province, "feedback").await;
    let loosely = number.to_lowercase().replace('0', "o").replace('-', "%20");
    let short = number.strip_prefix("QN-").unwrap();
    let ways = [number.as_str(), &loosely, short].map(|typed| format!("number={typed}"));
    for way in &ways {
        for role in ["reception", "handler", "head", "inspector"] {
            assert_eq!(found(&sought(&province, role, "c21040", way).await), [id.as_str()], "{way}");
        }
    }
    let open = sought(&province, "head", "c21040", &ways[0]).await;
    assert_eq!(open.text("/cases/0/stage_text"), "Đã vào sổ, chờ xử lý");

    let head = province.bearer("head", "c21040").await;
    let filed = province.step(&head, &id, 1, "filing", json!({ "ground": "illegible" })).await;
    assert_eq!(filed.status, StatusCode::OK, "{}", filed.body);
    for (year, cases) in [("", 1), ("&year=2026", 1), ("&year=2025", 0)] {
        let query = format!("{}{year}", ways[0]);
        let answer = sought(&province, "reception", "c21040", &query).await;
        assert_eq!(found(&answer).len(), cases, "{query}");
    }
    province.advance("P500D").await;
    assert_eq!(found(&sought(&province, "reception", "c21040", &ways[0]).await), [id.as_str()], "two years later");
}

#[tokio::test]
async fn a_denunciation_is_found_by_the_head_who_manages_it_and_by_nobody_who_may_not_list_it() {
    let province = Province::open().await;
    let (complaint, complaint_number) = registered(&province, "complaint").await;
    let (id, number) = registered(&province, "denunciation").await;
    let by_number = format!("number={number}");
    assert_eq!(found(&sought(&province, "head", "c21040", &by_number).await), [id.as_str()]);
    let apart = format!("{by_number}&compartment=denunciations");
    assert_eq!(found(&sought(&province, "head", "c21040", &apart).await), [id.as_str()]);
    let ordinary = format!("{by_number}&compartment=ordinary");
    assert!(found(&sought(&province, "head", "c21040", &ordinary).await).is_empty());
    for role in ["reception", "handler", "inspector"] {
        assert!(found(&sought(&province, role, "c21040", &by_number).await).is_empty(), "{role}");
    }
    // From above as from anywhere else there is no such number.
    let from_above = format!("{by_number}&agency=c21040");
    for role in ["head", "inspector"] {
        assert!(found(&sought(&province, role, "chair", &from_above).await).is_empty(), "{role}");
    }
    let complaint_from_above = format!("number={complaint_number}&agency=c21040");
    assert_eq!(found(&sought(&province, "head", "chair", &complaint_from_above).await), [complaint.as_str()]);
    assert!(found(&sought(&province, "head", "chair", &format!("number={complaint_number}")).await).is_empty());
    let refused = sought(&province, "statistician", "c21040", &by_number).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
}

#[tokio::test]
async fn a_denunciation_is_not_found_by_the_official_whom_it_is_about() {
    let province = Province::open().await;
    let (id, number) = registered(&province, "denunciation").await;
    let head = province.bearer("head", "c21040").await;
    let denounced = json!({ "handler": "handler@c21040", "denounced": ["another@c21040"] });
    let named = province.step(&head, &id, 1, "assignment", denounced).await;
    assert_eq!(named.status, StatusCode::OK, "{}", named.body);
    let by_number = format!("number={number}");
    assert_eq!(
        found(&sought(&province, "head", "c21040", &by_number).await),
        [id.as_str()],
        "who manages it still does"
    );
    let body = json!({ "role": "head", "agency": "c21040", "sub": "another@c21040" });
    let token = province.send("POST", "/dev/token", &[], Some(body)).await.text("/token");
    let answer = province.read(&format!("Bearer {token}"), &format!("/v1/cases?{by_number}")).await;
    assert!(found(&answer).is_empty(), "the denounced learn nothing: {}", answer.body);
}
