//! What the functions log: one line sums up each invocation, and one trace leads from an official's request to the notice that it
//! decided. From a citizen's request none leads to a case.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::AttributeValue;
use axum::http::StatusCode;
use donthu_domain::{CaseId, Event, Milestone};
use donthu_local::sns::inbox::Target;
use donthu_service::App;
use donthu_service::metrics::Metrics;
use donthu_service::reference::ReferenceCache;
use donthu_service::telemetry::json_lines;
use donthu_store::keys::case_pk;
use donthu_tests::{Answer, Province};
use serde_json::{Value, json};
use tracing::instrument::WithSubscriber;

use crate::events;
use crate::raw::{self, Pipe};

/// Does some work, and what was logged meanwhile in the shape that Lambda collects.
async fn logged<T>(work: impl Future<Output = T>) -> (T, Vec<Value>) {
    let log: Arc<Mutex<Vec<u8>>> = Arc::default();
    let pipe = log.clone();
    let done = work.with_subscriber(json_lines(None, move || Pipe(pipe.clone()))).await;
    let text = String::from_utf8(log.lock().unwrap().clone()).unwrap();
    (done, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// The one line that says this.
fn line<'a>(lines: &'a [Value], message: &str) -> &'a Value {
    let mut found = lines.iter().filter(|line| line["message"] == message);
    let first = found.next().unwrap_or_else(|| panic!("no line says {message:?}: {lines:#?}"));
    assert!(found.next().is_none(), "two lines say {message:?}");
    first
}

fn trace_of(line: &Value) -> String {
    let trace = line["span"]["trace_id"].as_str().unwrap();
    assert!(donthu_store::trace::TraceId::parse(trace).is_some(), "{trace}");
    trace.to_owned()
}

async fn holds(province: &Province, text: &str) -> Vec<String> {
    let items = raw::contents(province).await.into_iter();
    items.filter(|(_, item)| item.to_string().contains(text)).map(|(key, _)| key).collect()
}

/// A petition on paper, taken in at the counter of the commune c21040.
async fn registered(province: &Province, petition: Value) -> Answer {
    let clerk = province.bearer("reception", "c21040").await;
    let paper = json!({ "petition": petition, "channel": "counter", "received_on": "2026-10-05" });
    let answer = province.send("POST", "/v1/cases", &[("authorization", &clerk)], Some(paper)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer
}

fn feedback() -> Value {
    json!({ "kind": "feedback", "area": "21040", "text": "Synthetic text of a test." })
}

/// The commune c21040 passes a petition on to another one, by a request that names a trace of its sender's choice.
async fn transferred(province: &Province, id: &str, chosen: &str) -> Answer {
    let head = province.bearer("head", "c21040").await;
    let seen = format!("\"{}\"", province.read(&head, &format!("/v1/cases/{id}")).await.body["step"]);
    let headers = [("authorization", head.as_str()), ("if-match", seen.as_str()), ("x-amzn-trace-id", chosen)];
    let body = Some(json!({ "agency": "c21028" }));
    province.send("POST", &format!("/v1/cases/{id}/transfer"), &headers, body).await
}

#[tokio::test]
async fn one_trace_leads_from_an_officials_request_through_the_stream_to_the_notice() {
    let province = Province::open().await;
    let id = registered(&province, feedback()).await.text("/case_id");
    province.drain().await;
    let chosen = "1-67891233-abcdef012345678912345678";
    let (answer, lines) = logged(transferred(&province, &id, &format!("Root={chosen}"))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let steps: Vec<Value> = lines.into_iter().filter(|line| line["command"] == "transfer").collect();
    let request = line(&steps, "a request was answered");
    let trace = trace_of(request);
    assert_ne!(trace, chosen, "nobody chooses the trace that is written");
    assert_eq!(request["route"], "POST /v1/cases/{id}/transfer");
    assert_eq!((&request["case_id"], &request["agency"]), (&json!(id), &json!("c21040")));
    assert_eq!(request["gateway_id"].as_str(), answer.headers["apigw-requestid"].to_str().ok());

    let kept = holds(&province, &trace).await;
    assert!(matches!(kept.as_slice(), [key] if key.contains("NOTICE#")), "the pending notice alone bears it: {kept:?}");
    let ((), lines) = logged(province.drain()).await;
    let notice = line(&lines, "a notice was published");
    assert_eq!((&notice["origin_trace_id"], &notice["case_id"]), (&json!(trace), &json!(id)));
    assert_eq!((&notice["audience"], &notice["agency"]), (&json!("agency"), &json!("c21028")));
    let own = trace_of(notice);
    assert_eq!(own, trace_of(line(&lines, "a batch of notices")));

    let delivery = province.machine.inbox().newest(1).remove(0);
    assert!(matches!(delivery.target, Target::Topic(_)));
    let header = delivery.trace.unwrap();
    assert!(header.starts_with(&format!("Root={own};Parent=")), "{header}");
    let told = format!("{header} {} {:?}", delivery.message, delivery.attributes);
    assert!(!told.contains(&trace), "a subscriber is told of the sending, not of the request: {told}");
    assert_eq!(holds(&province, &trace).await, Vec::<String>::new(), "what is settled bears it no more");
}

#[tokio::test]
async fn agencies_that_are_told_of_the_parts_of_one_petition_see_no_trace_in_common() {
    let province = Province::open().await;
    let mixed = json!({ "kind": "complaint", "text": "Synthetic text of a test.",
                        "petitioner": { "name": "Nguyễn Thị Kín" },
                        "against": { "agency": "c21040", "position": "agency" } });
    let id = registered(&province, mixed).await.text("/case_id");
    province.drain().await;
    let head = province.bearer("head", "c21040").await;
    let part = |kind: &str, against: &str| {
        json!({ "kind": kind, "text": "Synthetic part of a test.",
                                      "against": { "agency": against, "position": "head" } })
    };
    let parts = json!({ "parts": [part("complaint", "c21028"), part("denunciation", "c21025")] });
    let (divided, lines) = logged(province.step(&head, &id, 1, "division", parts)).await;
    assert_eq!(divided.status, StatusCode::OK, "{}", divided.body);
    let trace = trace_of(line(&lines, "a request was answered"));
    assert!(holds(&province, &trace).await.len() >= 2, "each part's notice bears it inside");
    province.drain().await;
    let told = province.machine.inbox().newest(2);
    assert_eq!(told.len(), 2, "both were told");
    assert!(told.iter().all(|delivery| !delivery.trace.as_deref().unwrap().contains(&trace)));
}

#[tokio::test]
async fn from_a_citizens_request_no_trace_leads_to_the_case() {
    let province = Province::open().await;
    let submit = province.send("POST", "/v1/petitions", &[], Some(feedback()));
    let (submitted, lines) = logged(submit).await;
    assert_eq!(submitted.status, StatusCode::CREATED);
    let id = province.case_of(&submitted.text("/receipt"));
    let gateway_id = submitted.headers["apigw-requestid"].to_str().unwrap();
    for line in &lines {
        let line = line.to_string();
        assert!(!line.contains(id.as_str()) && !line.contains(gateway_id), "{line}");
    }
    let of_submission = trace_of(line(&lines, "a request was answered"));
    assert_eq!(holds(&province, &of_submission).await, Vec::<String>::new(), "no table holds it");

    let ((), lines) = logged(province.drain()).await;
    let routed = line(&lines, "a case was routed");
    assert_eq!((&routed["case_id"], &routed["agency"]), (&json!(id.as_str()), &json!("c21040")));
    let assignment = trace_of(routed);
    let notice = line(&lines, "a notice was published");
    assert_eq!(notice["origin_trace_id"], assignment, "from there on the work is the system's");
    assert!(!lines.iter().any(|line| line.to_string().contains(&of_submission)));

    let code = format!("Receipt {}", submitted.text("/receipt"));
    let write = json!({ "text": "Synthetic message of a test." });
    let citizen = [("authorization", code.as_str())];
    let (written, lines) = logged(province.send("POST", "/v1/petition/messages", &citizen, Some(write))).await;
    assert_eq!(written.status, StatusCode::CREATED, "{}", written.body);
    assert!(!lines.iter().any(|line| line.to_string().contains(id.as_str())));
    let of_message = trace_of(line(&lines, "a request was answered"));
    assert_eq!(holds(&province, &of_message).await, Vec::<String>::new());
    let ((), lines) = logged(province.drain()).await;
    assert_eq!(line(&lines, "a notice was published")["origin_trace_id"], Value::Null);
}

#[tokio::test]
async fn a_notice_that_bears_no_trace_or_nonsense_is_published_all_the_same() {
    let province = Province::open().await;
    let tables = raw::tables(&province);
    let cases = &province.shared.app.store.tables().cases;
    for trace in [None, Some("Root=; drop"), Some("")] {
        let id = registered(&province, feedback()).await.text("/case_id");
        assert_eq!(transferred(&province, &id, "nonsense").await.status, StatusCode::OK);
        let pk = AttributeValue::S(case_pk(&CaseId::from(id.as_str())));
        let found = tables.query().table_name(cases).key_condition_expression("pk = :pk AND begins_with(sk, :notice)");
        let found = found
            .expression_attribute_values(":pk", pk)
            .expression_attribute_values(":notice", AttributeValue::S("NOTICE#".into()));
        let mut item = found.send().await.unwrap().items.unwrap().remove(0);
        assert!(item.remove("trace").is_some());
        item.extend(trace.map(|trace| ("trace".to_owned(), AttributeValue::S(trace.to_owned()))));
        tables.put_item().table_name(cases).set_item(Some(item)).send().await.unwrap();
        let ((), lines) = logged(province.drain()).await;
        let notice = line(&lines, "a notice was published");
        assert_eq!((&notice["case_id"], &notice["origin_trace_id"]), (&json!(id), &Value::Null));
    }
}

/// A line without what differs from run to run.
fn shape(line: &Value) -> Value {
    let mut line = line.clone();
    for (place, told) in [
        ("/ms", "[milliseconds]"),
        ("/case_id", "[case]"),
        ("/notice_id", "[notice]"),
        ("/gateway_id", "[id]"),
        ("/origin_trace_id", "[trace]"),
        ("/span/request_id", "[id]"),
        ("/span/trace_id", "[trace]"),
    ] {
        if let Some(value) = line.pointer_mut(place) {
            assert!(!value.is_null());
            *value = json!(told);
        }
    }
    line
}

#[tokio::test]
async fn a_line_sums_up_each_kind_of_invocation() {
    let province = Province::open().await;
    // What is stored has the same length each time.
    province.machine.world().clock().hold("2026-10-05T02:00:00Z".parse().unwrap());
    province.shared.app.directory().await.unwrap();
    let (submitted, mut lines) = logged(province.send("POST", "/v1/petitions", &[], Some(feedback()))).await;
    let id = province.case_of(&submitted.text("/receipt"));
    let ((), more) = logged(province.drain()).await;
    lines.extend(more);
    let (transferred, more) = logged(transferred(&province, id.as_str(), "")).await;
    assert_eq!(transferred.status, StatusCode::OK, "{}", transferred.body);
    lines.extend(more);
    let stale = async {
        let head = province.bearer("head", "c21028").await;
        province.step(&head, id.as_str(), 1, "guidance", json!({ "to": "court" })).await
    };
    let (_, more) = logged(stale).await;
    lines.extend(more);
    let (_, more) = logged(province.send("GET", "/v1/public/receipt-keys", &[], None)).await;
    lines.extend(more);
    let ((), more) = logged(province.drain()).await;
    lines.extend(more);
    // Past the day on which the feedback's first limit is to be warned of, and through a night.
    let ((), more) = logged(province.advance("P9D")).await;
    let swept = more.iter().filter(|line| line["message"] == "swept" && line["changed"] == 1);
    let audited = more.iter().filter(|line| line["message"] == "audited" && line["task"] == "seal_journal");
    lines.extend(swept.take(1).chain(audited.take(1)).cloned());
    let shapes: Vec<Value> = lines.iter().map(shape).collect();
    insta::assert_json_snapshot!("lines", shapes);
}

#[tokio::test]
async fn a_sweep_that_breaks_off_says_until_when_everything_was_looked_at() {
    let province = Province::open().await;
    let sweep = donthu_deadlines::handle(&province.shared.app, std::time::Duration::ZERO);
    let (swept, lines) = logged(sweep).await;
    let told = line(&lines, "swept");
    assert!(!swept.unwrap().complete);
    assert_eq!((&told["complete"], &told["until"], &told["shards_left"]), (&json!(false), &Value::Null, &json!(4)));
    let (swept, lines) = logged(donthu_deadlines::handle(&province.shared.app, donthu_deadlines::LONGEST_RUN)).await;
    let told = line(&lines, "swept");
    let until = swept.unwrap().until.unwrap().to_string();
    assert_eq!((&told["complete"], &told["until"], &told["shards_left"]), (&json!(true), &json!(until), &json!(0)));
}

#[tokio::test]
async fn a_limit_that_was_missed_is_counted_once_by_the_sweep_that_finds_it() {
    let province = Province::open().await;
    let submitted = province.send("POST", "/v1/petitions", &[], Some(feedback())).await;
    let id = province.case_of(&submitted.text("/receipt"));
    let ((), lines) = logged(province.advance("P60D")).await;
    let counted: u64 = lines.iter().filter_map(|line| line["missed"].as_u64()).sum();
    let journal = province.journal(&id).await;
    let happened = journal.iter().flat_map(|entry| &entry.events);
    let missed = happened.filter(
        |event| matches!(event, Event::MilestonesReached { reached, .. } if reached.contains(&Milestone::Missed)),
    );
    let missed = u64::try_from(missed.count()).unwrap();
    assert!(missed >= 1 && counted == missed, "{counted} of {missed}");
}

#[tokio::test]
async fn a_petition_that_is_sent_twice_is_counted_as_one_that_came_in() {
    let province = Province::open().await;
    let app = &province.shared.app;
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let taken = told.clone();
    let counting = App {
        store: app.store.clone(),
        law: app.law.clone(),
        reference: ReferenceCache::default(),
        signer: app.signer.clone(),
        publisher: app.publisher.clone(),
        clock: app.clock.clone(),
        ids: app.ids.clone(),
        province: app.province.clone(),
        metrics: Metrics::to(move |line| taken.lock().unwrap().push(line)),
        visitors: app.visitors.clone(),
    };
    let intake = donthu_intake::router(Arc::new(counting));
    let event = events::filled("http-submit-petition", &[("text", "Synthetic text of a test.")]);
    for _ in 0..2 {
        let answer = raw::ask(intake.clone(), lambda_http::request::from_str(&event).unwrap()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    }
    let told = told.lock().unwrap();
    let received = told.iter().filter(|line| line.contains("PetitionsReceived"));
    assert_eq!(received.count(), 1, "{told:?}");
}
