//! What may be done now, as the API offers it to who asks: taken, it succeeds; what is not offered is refused.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use donthu_tests::contract::operations;
use donthu_tests::{Answer, Province};
use serde_json::{Value, json};

async fn registered(province: &Province, kind: &str) -> (String, String) {
    let head = province.bearer("head", "c21040").await;
    let petition = json!({ "kind": kind, "text": "Nội dung.", "petitioner": { "name": "Nguyễn Thị Kín" },
                           "against": { "agency": "c21040", "position": "staff" } });
    let paper = json!({ "petition": petition, "channel": "counter" });
    let answer = province.send("POST", "/v1/cases", &[("authorization", &head)], Some(paper)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    (answer.text("/case_id"), answer.text("/receipt"))
}

async fn read(province: &Province, role: &str, agency: &str, id: &str) -> Answer {
    let bearer = province.bearer(role, agency).await;
    province.read(&bearer, &format!("/v1/cases/{id}")).await
}

fn steps(seen: &Answer) -> BTreeSet<&str> {
    seen.body["possible"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect()
}

fn step<'a>(seen: &'a Answer, name: &str) -> &'a Value {
    seen.body["possible"].as_array().unwrap().iter().find(|step| step["step"] == name).unwrap()
}

/// What a form of an offered step may look like; the choices that are offered go into it by themselves.
fn form(name: &str) -> Value {
    let document = json!({ "number": "15/QĐ-UBND", "date": "2026-10-05" });
    match name {
        "formalisation" => json!({ "received_on": "2026-10-05" }),
        "assignment" => json!({ "handler": "handler@c21040" }),
        "transfer" => json!({ "agency": "c21028" }),
        "dialogue" => json!({ "on": "2026-10-20" }),
        "extension" => json!({ "days": 30, "document": document }),
        "division" => {
            let part = json!({ "kind": "feedback", "text": "x" });
            json!({ "parts": [part, part] })
        }
        "termination" => json!({ "no_ground_to_continue": true, "withdrawal": document }),
        "referral" | "complexity" | "partial-withdrawal" | "enforcement" => json!({ "document": document }),
        "appeal" | "continued-denunciation" => json!({ "petition": { "text": "Tôi không đồng ý." } }),
        "messages" => json!({ "text": "Mời ông, bà đến làm việc." }),
        _ => json!({}),
    }
}

/// Everything that is offered on a case of its own, with the first of its choices.
async fn everything_offered(kind: &str, before: &[(&str, Value)]) {
    let begun = async |province: &Province| {
        let (id, _) = registered(province, kind).await;
        let head = province.bearer("head", "c21040").await;
        for (step, (name, body)) in (1..).zip(before) {
            let taken = province.step(&head, &id, step, name, body.clone()).await;
            assert_eq!(taken.status, StatusCode::OK, "{name}: {}", taken.body);
        }
        id
    };
    let province = Province::open().await;
    let other = begun(&province).await;
    let seen = read(&province, "head", "c21040", &other).await;
    for name in steps(&seen) {
        let id = begun(&province).await;
        let mut body = form(name);
        for (field, offered) in step(&seen, name)["choices"].as_object().unwrap() {
            let code = offered[0]["code"].clone();
            body[field] = if matches!(field.as_str(), "grounds" | "criteria") { json!([code]) } else { code };
        }
        if name == "duplicate" {
            body["case"] = json!(other);
        }
        let head = province.bearer("head", "c21040").await;
        let version = u64::try_from(before.len()).unwrap() + 1;
        let taken = province.step(&head, &id, version, name, body).await;
        assert!(taken.status.is_success(), "{kind}, {name}: {}", taken.body);
    }
}

#[tokio::test]
async fn whatever_is_offered_on_a_registered_case_succeeds_when_it_is_taken() {
    for kind in ["complaint", "denunciation", "feedback"] {
        everything_offered(kind, &[]).await;
    }
}

#[tokio::test]
async fn whatever_is_offered_on_an_accepted_or_decided_case_succeeds_when_it_is_taken() {
    let accepted = ("acceptance", json!({}));
    for (kind, result) in [("complaint", "founded"), ("denunciation", "founded"), ("feedback", "answered")] {
        everything_offered(kind, &[accepted.clone()]).await;
        everything_offered(kind, &[accepted.clone(), ("resolution", json!({ "result": result }))]).await;
    }
}

#[tokio::test]
async fn each_official_is_offered_what_they_may_do_and_nothing_else() {
    let province = Province::open().await;
    let (id, _) = registered(&province, "complaint").await;
    let offered = async |role: &str, agency: &str| {
        let seen = read(&province, role, agency, &id).await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
        let routes: BTreeSet<String> = operations().map(|(name, _)| name).collect();
        for name in steps(&seen) {
            assert!(routes.contains(&format!("POST /v1/cases/{{id}}/{name}")), "{name} is no route");
        }
        steps(&seen).into_iter().map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let desk = ["assignment", "division", "duplicate", "filing", "messages"];
    assert_eq!(offered("reception", "c21040").await, desk);
    let handler = ["acceptance", "guidance", "messages", "partial-withdrawal", "refusal", "termination", "transfer"];
    assert_eq!(offered("handler", "c21040").await, handler);
    assert_eq!(offered("inspector", "chair").await, Vec::<String>::new());
    let head = offered("head", "c21040").await;
    assert_eq!(head.len(), desk.len() + handler.len() - 1, "{head:?}");
}

#[tokio::test]
async fn a_case_says_in_the_language_asked_for_where_it_stands_with_whom_and_what_there_is_to_choose() {
    let province = Province::open().await;
    let (id, _) = registered(&province, "complaint").await;
    let head = province.bearer("head", "c21040").await;
    for (language, agency, stage, ground) in [
        (
            "vi",
            "Ủy ban nhân dân xã Bình Sơn",
            "Đã vào sổ, chờ thụ lý",
            "Đơn khiếu nại không có chữ ký hoặc điểm chỉ của người khiếu nại",
        ),
        (
            "en",
            "People's Committee of Bình Sơn Commune",
            "Registered; waits to be accepted",
            "The complaint bears no signature or fingerprint",
        ),
    ] {
        let headers = [("authorization", head.as_str()), ("accept-language", language)];
        let seen = province.send("GET", &format!("/v1/cases/{id}"), &headers, None).await;
        assert_eq!((seen.text("/agency_name"), seen.text("/stage_text")), (agency.to_owned(), stage.to_owned()));
        let refusal = step(&seen, "refusal");
        assert_eq!(refusal["article"], "Luật Khiếu nại 2011, Điều 11");
        assert_eq!(refusal["document"], "optional");
        let grounds = refusal["choices"]["ground"].as_array().unwrap();
        let unsigned = grounds.iter().find(|choice| choice["code"] == "no_signature").unwrap();
        assert_eq!(unsigned["text"], ground);
        let listed = province.send("GET", "/v1/cases", &headers, None).await;
        assert_eq!(listed.text("/cases/0/stage_text"), stage);
    }
    let headers = [("authorization", head.as_str()), ("accept-language", "en"), ("if-match", "\"1\"")];
    let path = format!("/v1/cases/{id}/acceptance");
    let taken = province.send("POST", &path, &headers, Some(json!({}))).await;
    assert_eq!(taken.text("/stage_text"), "Accepted; being resolved", "{}", taken.body);
    assert_eq!(taken.text("/agency_name"), "People's Committee of Bình Sơn Commune");
}

#[tokio::test]
async fn a_prolongation_says_how_long_it_may_be_and_how_many_criteria_a_second_one_wants() {
    let province = Province::open().await;
    let (id, _) = registered(&province, "denunciation").await;
    let head = province.bearer("head", "c21040").await;
    let document = json!({ "number": "15/QĐ-UBND", "date": "2026-10-05" });
    let taken = province.step(&head, &id, 1, "acceptance", json!({})).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.body);
    let seen = read(&province, "head", "c21040", &id).await;
    let extension = step(&seen, "extension");
    assert_eq!((&extension["most_days"], extension.get("least_criteria")), (&json!(30), None));
    assert_eq!(extension["document"], "required");
    let criteria = ["many_people", "foreign_element"];
    let extend = json!({ "days": 30, "criteria": criteria, "document": document });
    assert_eq!(province.step(&head, &id, 2, "extension", extend).await.status, StatusCode::OK);
    let seen = read(&province, "head", "c21040", &id).await;
    assert_eq!(step(&seen, "extension")["least_criteria"], 2);
}

#[tokio::test]
async fn a_citizen_is_offered_what_the_law_opens_now() {
    let province = Province::open().await;
    province.advise_dialogues().await;
    let (id, receipt) = registered(&province, "complaint").await;
    let authorization = format!("Receipt {receipt}");
    let citizen = [("authorization", authorization.as_str())];
    let possible = async || {
        let seen = province.send("GET", "/v1/petition", &citizen, None).await;
        let mut offered: Vec<String> = serde_json::from_value(seen.body["possible"].clone()).unwrap();
        offered.sort_unstable();
        offered
    };
    let head = province.bearer("head", "c21040").await;
    assert_eq!(possible().await, ["messages", "withdrawal"]);
    for (step, name, body) in [
        (1, "acceptance", json!({})),
        (2, "resolution", json!({ "result": "unfounded" })),
        (3, "dispatch", json!({ "what": "decision" })),
    ] {
        let taken = province.step(&head, &id, step, name, body).await;
        assert_eq!(taken.status, StatusCode::OK, "{name}: {}", taken.body);
    }
    assert_eq!(possible().await, ["appeal", "messages"]);
    let text = json!({ "text": "Tôi không đồng ý với quyết định giải quyết lần đầu." });
    let appealed = province.send("POST", "/v1/petition/appeal", &citizen, Some(text)).await;
    assert_eq!(appealed.status, StatusCode::OK, "{}", appealed.body);
    assert_eq!(appealed.body["possible"], json!(["messages"]), "once");
    assert_eq!(
        appealed.body["further"][0]["possible"],
        json!(["withdrawal", "messages"]),
        "what it opened has its own"
    );

    let (id, receipt) = registered(&province, "denunciation").await;
    assert_eq!(province.step(&head, &id, 1, "acceptance", json!({})).await.status, StatusCode::OK);
    province.advance("P40D").await;
    let authorization = format!("Receipt {receipt}");
    let citizen = [("authorization", authorization.as_str())];
    let seen = province.send("GET", "/v1/petition", &citizen, None).await;
    let late = json!(["withdrawal", "continued-denunciation", "overdue-report", "messages"]);
    assert_eq!(seen.body["possible"], late);
    let told = province.send("POST", "/v1/petition/overdue-report", &citizen, None).await;
    assert_eq!(told.body["possible"], json!(["withdrawal", "continued-denunciation", "messages"]));
}
