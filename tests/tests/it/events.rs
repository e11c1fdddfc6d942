//! Every sample of `events/` goes to its function exactly as Lambda hands it over, on real tables; and what Lambda should
//! never hand over harms nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use aws_sdk_dynamodb::types::AttributeValue;
use axum::Router;
use donthu_audit::AuditTask;
use donthu_domain::CaseId;
use donthu_local::functions::portal;
use donthu_local::handlers::in_name_of;
use donthu_local::template::{TEMPLATE, Template};
use donthu_store::Retries;
use donthu_store::testing::When;
use donthu_tests::Province;
use serde_json::{Value, json};

use crate::raw::{self, RawAnswer};

/// The HTTP samples, in the order in which they are sent, and what each is answered.
pub const HTTP: [(&str, &str, u16, &str, Told); 27] = [
    ("http-read-challenge", "IntakeFunction", 200, "/signature", Told::Something),
    ("http-submit-petition", "IntakeFunction", 201, "/stage", Told::Text("received")),
    ("http-read-petition", "FollowFunction", 200, "/agency", Told::Text("c21040")),
    ("http-write-message", "FollowFunction", 201, "/messages", Told::Number(1)),
    ("http-read-proof", "FollowFunction", 200, "/entries/0/state", Told::Text("pending")),
    ("http-read-receipt", "FollowFunction", 200, "/signed_receipt", Told::Something),
    ("http-withdraw-petition", "FollowFunction", 200, "/stage", Told::Text("withdrawn")),
    ("http-register-case", "CaseworkFunction", 201, "/case_id", Told::Something),
    ("http-read-case", "CaseworkFunction", 200, "/petition/text", Told::Text(TEXT)),
    ("http-accept-case", "CaseworkFunction", 200, "/stage", Told::Text("accepted")),
    ("http-disclose-identity", "CustodyFunction", 200, "/name", Told::Text("Nguyễn Thị Kín")),
    ("http-list-cases", "CaseworkFunction", 200, "/cases/0/stage", Told::Something),
    ("http-read-journal", "CaseworkFunction", 200, "/entries/1/events/0/event", Told::Text("accepted")),
    ("http-read-deadlines", "CaseworkFunction", 200, "/deadlines/0/article", Told::Something),
    ("http-read-document", "CaseworkFunction", 200, "", Told::Page("Số: 15/TB-UBND")),
    ("http-set-area", "CaseworkFunction", 200, "/remote", Told::Yes),
    ("http-resolution-rate", "StatisticsFunction", 200, "/kinds/0/rate/denominator", Told::Number(1)),
    ("http-agency-figures", "StatisticsFunction", 200, "/agencies/0/agency", Told::Text("c21040")),
    ("http-public-statistics", "StatisticsFunction", 200, "/kinds/0/kind", Told::Text("complaint")),
    ("http-journal-roots", "StatisticsFunction", 200, "/province", Told::Text("quang-ngai")),
    ("http-receipt-keys", "StatisticsFunction", 200, "/keys/0/crv", Told::Text("Ed25519")),
    ("http-verify-receipt", "StatisticsFunction", 200, "/verdict", Told::Text("genuine")),
    ("http-list-agencies", "StatisticsFunction", 200, "/agencies/0/id", Told::Something),
    ("http-list-areas", "StatisticsFunction", 200, "/areas/0/id", Told::Something),
    ("http-list-fields", "StatisticsFunction", 200, "/fields/0/id", Told::Something),
    ("http-read-description", "StatisticsFunction", 200, "/openapi", Told::Text("3.1.0")),
    ("http-read-home", "PortalFunction", 200, "", Told::Page("Gửi đơn và theo dõi việc giải quyết")),
];

pub const STREAMS: [(&str, &str); 2] =
    [("stream-received-cases", "AssignmentFunction"), ("stream-pending-notices", "NotificationsFunction")];

pub const SCHEDULES: [(&str, &str, &str); 4] = [
    ("schedule-deadlines", "DeadlinesFunction", "Sweep"),
    ("schedule-audit-seal", "AuditFunction", "Seal"),
    ("schedule-audit-seal-journal", "AuditFunction", "SealJournal"),
    ("schedule-audit-recount", "AuditFunction", "Recount"),
];

pub const TEXT: &str = "Synthetic text of a test.";

/// What an answer says at a place.
pub enum Told {
    Text(&'static str),
    Number(i64),
    Yes,
    Something,
    /// A page of HTML that says so.
    Page(&'static str),
}

impl Told {
    /// Whether an answer says so.
    pub fn is(&self, answer: &RawAnswer, place: &str) -> bool {
        let body = answer.json();
        let value = body.pointer(place);
        match self {
            Told::Page(text) => answer.whole().contains(text),
            Told::Text(text) => value.and_then(Value::as_str) == Some(text),
            Told::Number(number) => value.and_then(Value::as_i64) == Some(*number),
            Told::Yes => value == Some(&Value::Bool(true)),
            Told::Something => value.and_then(Value::as_str).is_some_and(|text| !text.is_empty()),
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

fn files() -> BTreeMap<String, String> {
    std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            assert_eq!(path.extension().unwrap(), "json", "{} is no sample", path.display());
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// A sample with its placeholders filled in; none may be left.
pub fn filled(file: &str, values: &[(&str, &str)]) -> String {
    let mut text = std::fs::read_to_string(folder().join(format!("{file}.json"))).unwrap();
    for (name, value) in values {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    assert!(!text.contains("{{"), "{file} has a placeholder without a value");
    text
}

fn routers(province: &Province) -> BTreeMap<&'static str, Router> {
    let app = || province.shared.app.clone();
    [
        ("IntakeFunction", donthu_intake::router(app())),
        ("FollowFunction", donthu_follow::router(app())),
        ("CaseworkFunction", donthu_casework::router(app())),
        ("CustodyFunction", donthu_custody::router(app())),
        ("StatisticsFunction", donthu_statistics::router(app())),
        ("PortalFunction", donthu_portal::router(Arc::new(portal(&province.parts)))),
    ]
    .into()
}

/// What `lambda_http::run` does between Lambda and a router.
async fn invoke(province: &Province, function: &str, event: &str) -> RawAnswer {
    let asked = raw::ask(routers(province)[function].clone(), lambda_http::request::from_str(event).unwrap());
    in_name_of(function, asked).await
}

/// Submits a petition on the area of the commune c21040; no stream is read. Gives receipt and case id.
async fn submit(province: &Province) -> (String, String) {
    let body = json!({ "kind": "feedback", "area": "21040", "text": TEXT });
    let submitted = province.send("POST", "/v1/petitions", &[], Some(body)).await;
    let receipt = submitted.text("/receipt");
    let code = donthu_store::ReceiptCode::parse(&receipt).unwrap();
    (receipt, province.shared.app.store.keyring().lookup().case_id(&code).unwrap().to_string())
}

async fn stage(province: &Province, id: &str) -> String {
    let loaded = province.shared.app.store.case(&CaseId::from(id)).await.unwrap().unwrap();
    loaded.case.stage.code().to_owned()
}

#[tokio::test]
async fn every_http_sample_is_answered_by_its_function() {
    let province = Province::open().await;
    let head = province.bearer("head", "c21040").await;
    let petition = json!({ "kind": "complaint", "text": TEXT, "petitioner": { "name": "Nguyễn Thị Kín" },
                           "against": { "agency": "c21040", "position": "agency" } });
    let paper = json!({ "petition": petition, "channel": "post", "received_on": "2026-10-05" });
    let registered = province.send("POST", "/v1/cases", &[("authorization", &head)], Some(paper)).await;
    let (receipt, _) = submit(&province).await;
    province.drain().await;
    let values = [
        ("case_id", &*registered.text("/case_id")),
        ("step", "1"),
        ("receipt", &receipt),
        ("signed_receipt", &registered.text("/signed_receipt")),
        ("text", TEXT),
        ("today", "2026-10-05"),
    ];
    for (file, function, status, place, told) in &HTTP {
        let answer = invoke(&province, function, &filled(file, &values)).await;
        let body = answer.json();
        assert_eq!(answer.status.as_u16(), *status, "{file}: {body}");
        assert!(told.is(&answer, place), "{file} at {place}: {body}");
    }
    province.recount().await;
}

#[test]
fn an_http_sample_is_what_api_gateway_sends_on_its_route() {
    let template = Template::parse(TEMPLATE).unwrap();
    for (file, function, ..) in &HTTP {
        let event: Value = serde_json::from_str(&files()[*file]).unwrap();
        let key = event["routeKey"].as_str().unwrap();
        if key == "$default" {
            assert_eq!(template.default_function.as_deref(), Some(*function), "{file}");
            assert!(event["requestContext"]["authorizer"].is_null(), "{file}: pages are open to everybody");
            continue;
        }
        let route = template.routes.iter().find(|route| format!("{} {}", route.method, route.path) == key).unwrap();
        assert_eq!(&route.function, function, "{file}");
        assert_eq!(
            event["requestContext"]["authorizer"].is_null(),
            route.public,
            "{file}: a token where one is needed"
        );
        let mut path = route.path.clone();
        for (name, value) in event["pathParameters"].as_object().into_iter().flatten() {
            path = path.replace(&format!("{{{name}}}"), value.as_str().unwrap());
        }
        let http = &event["requestContext"]["http"];
        for said in [&event["rawPath"], &http["path"]] {
            assert_eq!(said, &json!(path), "{file}");
        }
        assert_eq!(http["method"], json!(route.method), "{file}");
        for claim in event["requestContext"]["authorizer"]["jwt"]["claims"].as_object().into_iter().flatten() {
            assert!(claim.1.is_string(), "{file}: claims are flat strings, {claim:?} is none");
        }
    }
}

#[tokio::test]
async fn every_stream_sample_is_done_once_however_often_it_comes() {
    let province = Province::open().await;
    let (_, first) = submit(&province).await;
    let (_, second) = submit(&province).await;
    let template = Template::parse(TEMPLATE).unwrap();
    let values = [
        ("case_id", &*first),
        ("other_case_id", &second),
        ("number", "QN-0000-0000-0000"),
        ("hmac", "0"),
        ("hash", "0"),
    ];
    let mut told = 0;
    for round in 0..2 {
        for (file, function) in STREAMS {
            let event: Value = serde_json::from_str(&filled(file, &values)).unwrap();
            let source = template.subscriptions.iter().find(|source| source.function == function).unwrap();
            for record in event["Records"].as_array().unwrap() {
                assert!(
                    source.filters.iter().any(|filter| filter.matches(record)),
                    "{file} would never reach {function}"
                );
            }
            let response = hand_over(&province, function, event).await;
            assert_eq!(response.batch_item_failures.len(), 0, "{file}");
        }
        for id in [&first, &second] {
            assert_eq!(stage(&province, id).await, "registered");
        }
        let total = province.machine.inbox().total();
        assert!(round == 0 || total == told, "the second time nothing is sent");
        told = total;
    }
    assert_eq!(told, 2, "each case was told to its agency");
    let inbox = serde_json::to_value(province.machine.inbox().newest(10)).unwrap();
    for delivery in inbox.as_array().unwrap() {
        assert_eq!(delivery["attributes"]["agency"], "c21040", "{delivery}");
        assert_eq!(delivery["message"]["milestone"], "assigned", "{delivery}");
    }
    province.drain().await;
    assert_eq!(province.machine.inbox().total(), 2, "nor by the real stream afterwards");
    province.recount().await;
}

#[tokio::test]
async fn a_notice_that_comes_twice_in_one_batch_is_published_once() {
    let province = Province::open().await;
    let (_, first) = submit(&province).await;
    let (_, second) = submit(&province).await;
    let values = [
        ("case_id", &*first),
        ("other_case_id", &second),
        ("number", "QN-0000-0000-0000"),
        ("hmac", "0"),
        ("hash", "0"),
    ];
    for (file, function) in STREAMS {
        let mut event: Value = serde_json::from_str(&filled(file, &values)).unwrap();
        let records = event["Records"].as_array_mut().unwrap();
        let again = records.clone();
        records.extend(again);
        let response = hand_over(&province, function, event).await;
        assert_eq!(response.batch_item_failures.len(), 0, "{file}");
    }
    assert_eq!(province.machine.inbox().total(), 2, "each case was told to its agency");
}

#[tokio::test]
async fn every_schedule_sample_is_the_input_of_its_rule_and_runs() {
    let province = Province::open().await;
    let template = Template::parse(TEMPLATE).unwrap();
    let (_, lost) = submit(&province).await;
    province.machine.world().clock().hold("2026-11-02T02:00:00Z".parse().unwrap());
    for (file, function, name) in SCHEDULES {
        let input: Value = serde_json::from_str(&filled(file, &[])).unwrap();
        let rule = template.schedules.iter().find(|rule| rule.function == function && rule.event == name).unwrap();
        assert_eq!(rule.input, input, "{file}");
        let app = &province.shared.app;
        if function == "AuditFunction" {
            let task: AuditTask = serde_json::from_value(input).unwrap();
            let summary = in_name_of(function, donthu_audit::handle(app, task)).await.unwrap();
            assert_eq!(summary.differences, Vec::<String>::new(), "{file}");
            match task {
                AuditTask::Seal => assert_eq!(summary.sealed.last().unwrap(), "2026-10"),
                AuditTask::SealJournal => assert_eq!(summary.roots.first().unwrap(), "2026-10-05"),
                AuditTask::Recount => assert!(summary.cases == 1 && summary.entries >= 2, "{summary:?}"),
            }
        } else {
            let swept = donthu_deadlines::handle(app, donthu_deadlines::LONGEST_RUN);
            let summary = in_name_of(function, swept).await.unwrap();
            assert!(summary.complete && summary.failed == 0, "{summary:?}");
            assert_eq!(stage(&province, &lost).await, "registered", "the sweep routes what the stream lost");
        }
    }
}

#[test]
fn every_sample_is_used_and_every_function_has_one() {
    let used: BTreeMap<&str, &str> = HTTP
        .iter()
        .map(|(file, function, ..)| (*file, *function))
        .chain(STREAMS)
        .chain(SCHEDULES.map(|(file, function, _)| (file, function)))
        .collect();
    let there = files();
    assert_eq!(there.keys().map(String::as_str).collect::<Vec<_>>(), used.keys().copied().collect::<Vec<_>>());
    let template = Template::parse(TEMPLATE).unwrap();
    let with: BTreeSet<&str> = used.into_values().collect();
    assert_eq!(template.functions.keys().map(String::as_str).collect::<BTreeSet<_>>(), with);
}

#[test]
fn no_sample_holds_anything_that_looks_like_a_person() {
    for (file, text) in files() {
        assert!(text.is_ascii(), "{file}: a Vietnamese name or text needs more than ASCII");
        for run in text.split(|c: char| !c.is_ascii_digit()) {
            let phone = matches!(run.len(), 10 | 11) && run.starts_with('0') && !run.starts_with("00");
            let number = matches!(run.len(), 9 | 12) && run.bytes().any(|digit| digit != b'0');
            assert!(!phone && !number && !run.starts_with("849"), "{file} holds the number {run}");
        }
        let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != ' ').collect();
        for phrase in words.iter().flat_map(|phrase| {
            phrase.split(' ').collect::<Vec<_>>().windows(2).map(|two| two.join(" ")).collect::<Vec<_>>()
        }) {
            let named = phrase.split(' ').all(|word| word.starts_with(|c: char| c.is_ascii_uppercase()));
            assert!(!named, "{file} holds {phrase:?}, which may be a name");
        }
        let event: Value = serde_json::from_str(&text).unwrap();
        let Some(body) = event["body"].as_str() else { continue };
        let body: Value = serde_json::from_str(body).unwrap();
        let petition = body.get("petition").unwrap_or(&body);
        assert!(petition.get("text").is_none_or(|text| text == "{{text}}"), "{file} holds a petition's text");
        for field in ["petitioner", "phone", "request"] {
            assert!(petition.get(field).is_none(), "{file} holds {field}");
        }
        for field in ["person", "decision"] {
            assert!(petition["against"].get(field).is_none(), "{file} holds {field}");
        }
    }
}

/// Hands an event to a function that reads a stream.
pub async fn hand_over(province: &Province, function: &str, event: Value) -> DynamoDbEventResponse {
    let event: Event = serde_json::from_value(event).unwrap();
    let app = &province.shared.app;
    match function {
        "AssignmentFunction" => in_name_of(function, donthu_assignment::handle(app, event)).await.unwrap(),
        _ => in_name_of(function, donthu_notifications::handle(app, event)).await.unwrap(),
    }
}

/// A record of an item, numbered.
pub fn record(number: u32, pk: Value, sk: Value) -> Value {
    json!({
        "eventID": format!("record-{number}"), "eventName": "INSERT", "awsRegion": "ap-southeast-1",
        "dynamodb": { "Keys": { "pk": pk, "sk": sk }, "SequenceNumber": number.to_string(), "SizeBytes": 1 },
    })
}

/// Records that no table of ours ever sends.
fn nonsense() -> Vec<Value> {
    let text = |text: &str| json!({ "S": text });
    let unknown = format!("CASE#{}", "0".repeat(32));
    let mut records = vec![
        record(1, json!({ "N": "1" }), json!({ "N": "2" })),
        record(2, json!({ "B": "AAAA" }), text("HEAD")),
        record(3, text(""), text("")),
        record(4, text("CASE#"), text("HEAD")),
        record(5, text("CASE#no-case-id"), text("HEAD")),
        record(6, text(&format!("CASE#{}", "f".repeat(3_000))), text("HEAD")),
        record(7, text("TALLY#2026-10#complaint"), text("c21040#05#0")),
        record(8, text(&unknown), text("HEAD")),
        record(9, text(&unknown), text("NOTICE#0000000002#assigned#agency:c21040")),
        record(10, text(&unknown), text("NOTICE#")),
        record(11, text(&unknown), text("0000000001")),
        record(12, json!({ "M": { "S": { "S": "CASE#" } } }), json!({ "NULL": true })),
    ];
    let mut bare = record(13, text(&unknown), text("HEAD"));
    bare["dynamodb"]["Keys"] = json!({});
    records.push(bare);
    let mut bare = record(14, text(&unknown), text("HEAD"));
    bare["dynamodb"].as_object_mut().unwrap().remove("SequenceNumber");
    records.push(bare);
    records
}

async fn notice_key(province: &Province, id: &str) -> (String, String) {
    let pk = format!("CASE#{id}");
    let pending = raw::contents(province).await;
    let notice = pending.values().find(|item| item["pk"]["S"] == json!(pk) && item["state"]["S"] == "pending").unwrap();
    (pk, notice["sk"]["S"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn malformed_records_are_set_aside_and_the_others_of_the_batch_are_done() {
    let province = Province::open().await;
    for (_, function) in STREAMS {
        let empty = hand_over(&province, function, json!({ "Records": [] })).await;
        assert_eq!(empty.batch_item_failures.len(), 0, "{function}: an empty batch");
    }
    let (_, good) = submit(&province).await;
    let (_, broken) = submit(&province).await;
    set(&province, (&format!("CASE#{broken}"), "HEAD"), "case", AttributeValue::S("no case".into())).await;
    let head = |number, id: &str| record(number, json!({ "S": format!("CASE#{id}") }), json!({ "S": "HEAD" }));

    let mut records = nonsense();
    records.push(head(20, &broken));
    records.push(head(21, &good));
    let response = hand_over(&province, "AssignmentFunction", json!({ "Records": records })).await;
    assert_eq!(response.batch_item_failures.len(), 0, "no repetition would help: {response:?}");
    assert_eq!(stage(&province, &good).await, "registered", "the good record of the batch is done");

    let (pk, sk) = notice_key(&province, &good).await;
    let odd_sk = "NOTICE#0000000099#assigned#agency:c21040";
    let odd = [("pk", &*pk), ("sk", odd_sk), ("state", "weird")];
    let item = odd.map(|(name, value)| (name.to_owned(), AttributeValue::S(value.into()))).into();
    let cases = &province.shared.app.store.tables().cases;
    raw::tables(&province).put_item().table_name(cases).set_item(Some(item)).send().await.unwrap();
    let before = raw::contents(&province).await;
    let mut records = nonsense();
    records.push(record(20, json!({ "S": pk }), json!({ "S": odd_sk })));
    records.push(head(21, &good));
    records.push(record(22, json!({ "S": pk }), json!({ "S": sk })));
    let response = hand_over(&province, "NotificationsFunction", json!({ "Records": records })).await;
    assert_eq!(response.batch_item_failures.len(), 0, "{response:?}");
    assert_eq!(province.machine.inbox().total(), 1, "the good notice of the batch is sent");
    let changed = raw::differences(&before, &raw::contents(&province).await);
    assert_eq!(changed, [format!("{cases} {pk} {sk}")], "nothing else was touched");
}

async fn set(province: &Province, (pk, sk): (&str, &str), name: &str, value: AttributeValue) {
    let update = raw::tables(province).update_item().table_name(&province.shared.app.store.tables().cases);
    let update = update.key("pk", AttributeValue::S(pk.into())).key("sk", AttributeValue::S(sk.into()));
    let update = update.update_expression("SET #name = :value").expression_attribute_names("#name", name);
    update.expression_attribute_values(":value", value).send().await.unwrap();
}

#[tokio::test]
async fn a_batch_that_fails_half_way_names_where_it_begins_again() {
    let mut retries = Retries::default();
    retries.rounds = 1;
    let province = Province::open_with(retries).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(submit(&province).await.1);
    }
    let heads = |ids: &[String]| {
        let record =
            |(number, id): (u32, &String)| record(number, json!({ "S": format!("CASE#{id}") }), json!({ "S": "HEAD" }));
        json!({ "Records": (31u32..).zip(ids).map(record).collect::<Vec<_>>() })
    };
    province.shared.app.directory().await.unwrap();
    let first = hand_over(&province, "AssignmentFunction", heads(&ids[..1])).await;
    assert_eq!(first.batch_item_failures.len(), 0);
    province.faults.plan_all("TransactWriteItems", When::Throttled);
    let response = hand_over(&province, "AssignmentFunction", heads(&ids)).await;
    assert_eq!(failed(&response), ["32"], "Lambda begins again with the first that is not done");
    province.faults.clear();
    assert_eq!(stage(&province, &ids[2]).await, "received");
    assert_eq!(hand_over(&province, "AssignmentFunction", heads(&ids)).await.batch_item_failures.len(), 0);

    let mut notices = Vec::new();
    for (number, id) in (41u32..).zip(&ids) {
        let (pk, sk) = notice_key(&province, id).await;
        notices.push(record(number, json!({ "S": pk }), json!({ "S": sk })));
    }
    let batch = |notices: &[Value]| json!({ "Records": notices });
    hand_over(&province, "NotificationsFunction", batch(&notices[..1])).await;
    province.sns_faults.plan_all("Publish", When::BeforeSending);
    let response = hand_over(&province, "NotificationsFunction", batch(&notices)).await;
    assert_eq!(failed(&response), ["42"]);
    province.sns_faults.clear();
    assert_eq!(hand_over(&province, "NotificationsFunction", batch(&notices)).await.batch_item_failures.len(), 0);
    assert_eq!(province.machine.inbox().total(), 3, "each was told once");

    let mut nameless =
        record(51, json!({ "S": format!("CASE#{}", submit(&province).await.1) }), json!({ "S": "HEAD" }));
    nameless["dynamodb"].as_object_mut().unwrap().remove("SequenceNumber");
    province.faults.plan_all("TransactWriteItems", When::Throttled);
    let response = hand_over(&province, "AssignmentFunction", batch(&[nameless])).await;
    assert_eq!(failed(&response), [""], "without a number Lambda takes the whole batch as failed");
    province.faults.clear();
}

/// Which records the function says are not done.
pub fn failed(response: &DynamoDbEventResponse) -> Vec<&str> {
    response.batch_item_failures.iter().map(|failure| failure.item_identifier.as_deref().unwrap()).collect()
}
