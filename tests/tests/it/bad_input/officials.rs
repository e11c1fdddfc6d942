//! Bad input of officials: steps, registrations, lists, reference data.

use axum::http::StatusCode;
use donthu_tests::Province;
use serde_json::{Value, json};

use super::{Bad, UNKNOWN, check_all, complaint, feedback};

#[tokio::test]
async fn a_step_that_is_impossible_stale_or_not_the_callers_changes_nothing() {
    let province = Province::open().await;
    let head = province.bearer("head", "c21040").await;
    let stranger = province.bearer("head", "c21025").await;
    let chair = province.bearer("head", "chair").await;
    let (id, open) = (complaint(&province, &head).await, complaint(&province, &head).await);
    assert_eq!(province.step(&head, &open, 1, "acceptance", json!({})).await.status, StatusCode::OK);
    let at = |id: &str, step: &str, name: &str, body: Value, status, problem| {
        let bad = Bad::new("POST", format!("/v1/cases/{id}/{name}"), status, problem).json(body);
        bad.header("if-match", step)
    };
    let first =
        |name: &str, body: Value, problem, field| at(&id, "\"1\"", name, body, 422, problem).at(field).by(&head);
    let second = |name: &str, body: Value, status, problem, field| {
        at(&open, "\"2\"", name, body, status, problem).at(field).by(&head)
    };
    let document = |number: &str, date: &str| json!({ "document": { "number": number, "date": date } });
    let with = |mut body: Value, fields: Value| {
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let filed = || document("15/QĐ-UBND", "2026-10-05");
    let mut all = vec![
        at(&id, "\"1\"", "resolution", json!({ "result": "founded" }), 409, "impossible_step").by(&head),
        at(&id, "\"1\"", "resumption", json!({}), 409, "impossible_step").by(&head),
        at(&open, "\"2\"", "acceptance", json!({}), 409, "impossible_step").by(&head),
        at(&id, "\"7\"", "acceptance", json!({}), 412, "stale_step").by(&head),
        at(&open, "\"1\"", "acceptance", json!({}), 412, "stale_step").by(&head),
        at(&id, "\"1\"", "acceptance", json!({}), 404, "not_found").by(&stranger),
        at(&id, "\"1\"", "acceptance", json!({}), 403, "not_your_case").by(&chair),
        at(UNKNOWN, "\"1\"", "acceptance", json!({}), 404, "not_found").by(&head),
        at("no-case", "\"1\"", "acceptance", json!({}), 404, "not_found").by(&head),
        at(&"f".repeat(3_000), "\"1\"", "acceptance", json!({}), 404, "not_found").by(&head),
        first("acceptance", json!({ "ground": "court" }), "invalid_field", "ground"),
        first("acceptance", document("Ông A", "2026-10-05"), "invalid_field", "document.number"),
        first("acceptance", document("0912345678/QĐ", "2026-10-05"), "invalid_field", "document.number"),
        first("acceptance", document("15/QĐ-UBND", "2026-10-06"), "date_in_future", "document.date"),
        first("acceptance", document("15/QĐ-UBND", "2026-10-04"), "date_too_early", "document.date"),
        first("acceptance", document("15/QĐ-UBND", "05/10/2026"), "invalid_field", "document.date"),
        first("refusal", json!({}), "invalid_field", "ground"),
        first("refusal", json!({ "ground": "no_grounds" }), "ground_not_for_this_kind", "ground"),
        first("assignment", json!({}), "nothing_to_assign", ""),
        first("assignment", json!({ "handler": "Nguyễn Thị Kín" }), "invalid_field", "handler"),
        first("assignment", json!({ "handler": "0912345678" }), "invalid_field", "handler"),
        first("assignment", json!({ "agency": "nobody" }), "unknown_agency", "agency"),
        first("transfer", json!({ "agency": "nobody" }), "unknown_agency", "agency"),
        first("transfer", json!({ "agency": "c21040" }), "same_agency", ""),
        second("resolution", json!({ "result": "answered" }), 422, "result_not_for_this_kind", "result"),
        second("complexity", with(filed(), json!({ "criteria": [] })), 422, "criteria_missing", "criteria"),
        second("complexity", with(filed(), json!({ "criteria": ["boring"] })), 422, "invalid_field", "criteria[0]"),
        second("complexity", json!({ "criteria": ["many_people"] }), 422, "invalid_field", "document"),
        second(
            "extension",
            with(filed(), json!({ "criteria": ["many_people"], "days": 30 })),
            422,
            "not_for_this_kind",
            "",
        ),
        second("extension", with(filed(), json!({ "criteria": [], "days": 70_000 })), 422, "invalid_field", "days"),
        second("suspension", json!({ "ground": "awaits_expertise" }), 422, "ground_not_for_this_kind", "ground"),
        second("termination", json!({ "ground": "withdrawal" }), 409, "no_withdrawal_requested", ""),
    ];
    for step in ["abc", "*", "\"-1\"", "\"1.5\"", "\"99999999999999999999\"", ""] {
        all.push(at(&id, step, "acceptance", json!({}), 428, "if_match_missing").by(&head));
    }
    let path = format!("/v1/cases/{id}/acceptance");
    all.push(Bad::new("POST", path, 428, "if_match_missing").json(json!({})).by(&head));
    for name in ["", "/journal", "/deadlines"] {
        for who in [&id, UNKNOWN, "no-case", &"f".repeat(3_000)] {
            all.push(Bad::new("GET", format!("/v1/cases/{who}{name}"), 404, "not_found").by(&stranger));
        }
    }
    check_all(&province, all).await;
    let stale = province.step(&head, &open, 1, "suspension", json!({ "ground": "force_majeure" })).await;
    assert_eq!(stale.body["step"], 2, "a stale caller learns where the case stands");
    let impossible = province.step(&head, &open, 2, "acceptance", json!({})).await;
    assert!(impossible.body["possible"].to_string().contains("suspend"), "{}", impossible.body);
    province.recount().await;
}

#[tokio::test]
async fn a_bad_registration_list_or_reference_change_is_refused() {
    let province = Province::open().await;
    let head = province.bearer("head", "c21040").await;
    let admin = province.bearer("admin", "chair").await;
    let other = province.bearer("head", "c21025").await;
    complaint(&province, &head).await;
    complaint(&province, &head).await;
    let page = province.read(&head, "/v1/cases?limit=1").await;
    let cursor = page.text("/next");
    assert!(!cursor.is_empty(), "{}", page.body);
    let paper = |channel: &str, received_on: &str, problem, field| {
        let body = json!({ "petition": feedback(), "channel": channel, "received_on": received_on });
        Bad::new("POST", "/v1/cases", 422, problem).json(body).at(field).by(&head)
    };
    let list =
        |query: &str, field| Bad::new("GET", format!("/v1/cases?{query}"), 422, "invalid_field").at(field).by(&head);
    let area = |id: &str, body: Value, status, problem, field| {
        Bad::new("PUT", format!("/v1/reference/areas/{id}"), status, problem).json(body).at(field).by(&admin)
    };
    let public =
        |query: &str, field| Bad::new("GET", format!("/v1/public/statistics?{query}"), 422, "invalid_field").at(field);
    let nested = json!({ "petition": { "kind": "feedback", "text": "x", "phone": "1" }, "channel": "post", "received_on": "2026-10-05" });
    let unknown = |problem, against: Value, area: &str, field| {
        let petition = json!({ "kind": "feedback", "text": "x", "against": against, "area": area });
        let body = json!({ "petition": petition, "channel": "post", "received_on": "2026-10-05" });
        Bad::new("POST", "/v1/cases", 422, problem).json(body).at(field).by(&head)
    };
    check_all(
        &province,
        [
            paper("online", "2026-10-05", "online_not_registered", ""),
            paper("pigeon", "2026-10-05", "invalid_field", "channel"),
            paper("post", "2026-10-06", "date_in_future", "received_on"),
            paper("post", "2000-01-01", "invalid_field", "received_on"),
            paper("post", "05/10/2026", "invalid_field", "received_on"),
            Bad::new("POST", "/v1/cases", 422, "invalid_field").json(nested).at("petition.phone").by(&head),
            unknown("unknown_agency", json!({ "agency": "nobody" }), "21040", "petition.against.agency"),
            unknown("unknown_area", json!({}), "99999", "petition.area"),
            list("limit=0", "limit"),
            list("limit=201", "limit"),
            list("limit=ten", "limit"),
            list("state=lost", "state"),
            list("colour=red", "query"),
            list("cursor=abc", "cursor"),
            list("cursor=%25", "cursor"),
            list("cursor=", "cursor"),
            list(&format!("limit=1&state=closed&cursor={cursor}"), "cursor"),
            Bad::new("GET", format!("/v1/cases?cursor={cursor}"), 422, "invalid_field").at("cursor").by(&other),
            list("number=QN-1234", "number"),
            list("number=", "number"),
            list("number=HN-0000-0000-0000", "number"),
            list("number=QN-0000-0000-0000&state=open", "state"),
            list("number=QN-0000-0000-0000&limit=5", "limit"),
            list(&format!("number=QN-0000-0000-0000&cursor={cursor}"), "cursor"),
            Bad::new("GET", "/v1/cases?number=QN-0000-0000-0000&agency=c21025", 403, "forbidden").by(&head),
            Bad::new("GET", "/v1/cases?agency=c21025", 403, "forbidden").by(&head),
            area("99999", json!({ "remote": true, "valid_from": "2026-10-05" }), 422, "unknown_area", "area"),
            area("21040", json!({ "remote": true, "valid_from": "2026-10-04" }), 422, "date_too_early", "valid_from"),
            area("21040", json!({ "remote": "yes", "valid_from": "2026-10-05" }), 422, "invalid_field", "remote"),
            area("21040", json!({ "remote": true }), 422, "invalid_field", "valid_from"),
            Bad {
                status: 403,
                problem: "forbidden",
                ..area("21040", json!({ "remote": true, "valid_from": "2026-10-05" }), 403, "", "")
            }
            .replace_authorization(&head),
            public("from=2026-10&to=2026-10", "to"),
            public("from=2026-09&to=2026-08", "to"),
            public("from=2026-09&to=2026-09&colour=red", "query"),
            public("from=2026-13&to=2026-09", "from"),
            public("from=2026-01-01&to=2026-09", "from"),
        ],
    )
    .await;
}

impl Bad {
    fn replace_authorization(mut self, authorization: &str) -> Self {
        self.headers.retain(|(name, _)| name != "authorization");
        self.by(authorization)
    }
}
