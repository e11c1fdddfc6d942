//! The programs that Lambda runs, run as Lambda runs them: each polls a Runtime API and answers what it is handed, on the same tables.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use donthu_domain::time;
use donthu_local::template::{TEMPLATE, Template};
use donthu_service::clock::{Clock, SystemClock};
use donthu_service::config::{PORTAL_VARIABLES, VARIABLES};
use donthu_tests::Province;
use donthu_tests::runtime::{Function, LARGEST_EVENT, Outcome, environment};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::events::{self, HTTP, SCHEDULES, STREAMS, TEXT};
use crate::raw::{self, RawAnswer};

/// As much as a request may take on Lambda.
const A_WHILE: Duration = Duration::from_secs(15);

/// The folder with the programs, built once as `cargo build` builds them.
async fn programs() -> &'static PathBuf {
    static BUILT: OnceCell<PathBuf> = OnceCell::const_new();
    BUILT
        .get_or_init(|| async {
            let this = std::env::current_exe().unwrap();
            let folder = this.parent().and_then(|deps| deps.parent()).unwrap().to_owned();
            let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
            // With the tests, so that every dependency has the features that it was just built with.
            build.args(["build", "--workspace", "--bins", "--tests", "--quiet", "--target-dir"]);
            build.arg(folder.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
            if folder.file_name().is_some_and(|name| name == "release") {
                build.arg("--release");
            }
            let built = tokio::task::spawn_blocking(move || build.status()).await.unwrap().unwrap();
            assert!(built.success(), "the programs were built");
            folder
        })
        .await
}

async fn start_with(function: &str, environment: &BTreeMap<String, String>) -> Function {
    let name = function.trim_end_matches("Function").to_lowercase();
    Function::start(&programs().await.join(format!("donthu-{name}")), environment).await
}

async fn start(province: &Province, function: &str) -> Function {
    start_with(function, &environment(province, function)).await
}

/// All functions of the province.
async fn start_all(province: &Province) -> BTreeMap<String, Function> {
    let mut functions = BTreeMap::new();
    for name in Template::parse(TEMPLATE).unwrap().functions.keys() {
        functions.insert(name.clone(), start(province, name).await);
    }
    functions
}

/// What API Gateway makes of a function's answer.
fn answered(outcome: Outcome) -> RawAnswer {
    let answer = outcome.answer();
    let status = StatusCode::from_u16(u16::try_from(answer["statusCode"].as_u64().unwrap()).unwrap()).unwrap();
    assert_eq!(answer["isBase64Encoded"], false, "{answer}");
    let bytes = answer["body"].as_str().unwrap_or_default().as_bytes().to_vec();
    RawAnswer { status, headers: HeaderMap::new(), bytes }
}

async fn ask(function: &mut Function, event: String) -> RawAnswer {
    answered(function.invoke(event, A_WHILE).await)
}

/// The functions go by the machine's clock, and so does the province here.
async fn province_of_today() -> (Province, String) {
    let province = Province::open().await;
    let now = SystemClock.now();
    province.machine.world().clock().hold(now);
    (province, time::local_date(now).to_string())
}

#[tokio::test]
async fn every_sample_is_answered_by_the_program_that_lambda_runs() {
    let (province, today) = province_of_today().await;
    let mut functions = start_all(&province).await;
    let head = province.bearer("head", "c21040").await;
    let petition = json!({ "kind": "complaint", "text": TEXT, "petitioner": { "name": "Nguyễn Thị Kín" },
                           "against": { "agency": "c21040", "position": "agency" } });
    let paper = json!({ "petition": petition, "channel": "post", "received_on": today });
    let registered = province.send("POST", "/v1/cases", &[("authorization", &head)], Some(paper)).await;
    let feedback = json!({ "kind": "feedback", "area": "21040", "text": TEXT });
    let submit = async || province.send("POST", "/v1/petitions", &[], Some(feedback.clone())).await;
    let receipt = submit().await.text("/receipt");
    province.drain().await;
    let values = [
        ("case_id", &*registered.text("/case_id")),
        ("step", "1"),
        ("receipt", &receipt),
        ("signed_receipt", &registered.text("/signed_receipt")),
        ("text", TEXT),
        ("today", &today),
    ];
    for (file, function, status, place, told) in &HTTP {
        let answer = ask(functions.get_mut(*function).unwrap(), events::filled(file, &values)).await;
        assert_eq!(answer.status.as_u16(), *status, "{file}: {}", answer.json());
        // The samples of officials' figures name a month, and here it is today.
        let dated = matches!(*file, "http-resolution-rate" | "http-agency-figures");
        assert!(dated || told.is(&answer, place), "{file} at {place}: {}", answer.json());
    }

    let first = province.case_of(&submit().await.text("/receipt")).to_string();
    let second = province.case_of(&submit().await.text("/receipt")).to_string();
    let values = [
        ("case_id", &*first),
        ("other_case_id", &second),
        ("number", "QN-0000-0000-0000"),
        ("hmac", "0"),
        ("hash", "0"),
    ];
    for (file, function) in STREAMS {
        let outcome = functions.get_mut(function).unwrap().invoke(events::filled(file, &values), A_WHILE).await;
        assert_eq!(outcome, Outcome::Answer(json!({ "batchItemFailures": [] })), "{file}");
    }
    for (file, function, _) in SCHEDULES {
        let outcome = functions.get_mut(function).unwrap().invoke(events::filled(file, &[]), A_WHILE).await;
        assert_eq!(outcome.answer()["complete"], true, "{file}");
    }
}

/// A stream record about an item, as Lambda hands it over.
fn record(number: u32, pk: &str, sk: &str) -> Value {
    json!({ "eventID": number.to_string(), "eventName": "INSERT", "awsRegion": "ap-southeast-1",
            "dynamodb": { "Keys": { "pk": { "S": pk }, "sk": { "S": sk } }, "SequenceNumber": number.to_string(),
                          "SizeBytes": 1 } })
}

fn said_lines(function: &Function) -> Vec<Value> {
    function.said().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[tokio::test]
async fn one_trace_leads_through_the_programs_that_lambda_runs_and_nonsense_is_never_logged() {
    let (province, today) = province_of_today().await;
    let mut casework = start(&province, "CaseworkFunction").await;
    let mut notifications = start(&province, "NotificationsFunction").await;
    let event = events::filled("http-register-case", &[("text", TEXT), ("today", &today)]);
    // For the other commune, which has to be told.
    let event = event.replace(r#"agency\":\"c21040"#, r#"agency\":\"c21028"#);
    let (request, sending) = ("1-67891233-abcdef012345678912345678", "1-67891234-abcdef012345678912345678");
    let header = format!("Root={request};Parent=463ac35c9f6413ad;Sampled=1;Lineage=Chimhoangyen:0");
    let answer = answered(casework.invoke_traced(event, A_WHILE, &header).await);
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    let id = answer.json()["case_id"].as_str().unwrap().to_owned();
    let told = said_lines(&casework);
    let told = told.iter().find(|line| line["message"] == "a request was answered").unwrap();
    assert_eq!((&told["span"]["trace_id"], &told["case_id"]), (&json!(request), &json!(id)), "{told}");

    let notices: Vec<String> =
        raw::contents(&province).await.into_keys().filter(|key| key.contains(" NOTICE#")).collect();
    let [notice] = notices.as_slice() else { panic!("{notices:?}") };
    let [_, pk, sk] = notice.split(' ').collect::<Vec<_>>()[..] else { panic!("{notice}") };
    let batch = json!({ "Records": [record(1, pk, sk)] });
    let header = format!("Lineage=Chimhoangyen:0;Root={sending};Parent=463ac35c9f6413ad;Sampled=1");
    let outcome = notifications.invoke_traced(batch.to_string(), A_WHILE, &header).await;
    assert_eq!(outcome, Outcome::Answer(json!({ "batchItemFailures": [] })));
    let told = said_lines(&notifications);
    let told = told.iter().find(|line| line["message"] == "a notice was published").unwrap();
    assert_eq!((&told["span"]["trace_id"], &told["origin_trace_id"]), (&json!(sending), &json!(request)), "{told}");
    let delivered = province.machine.inbox().newest(1).remove(0);
    assert_eq!(delivered.trace, Some(format!("Root={sending};Parent=463ac35c9f6413ad;Sampled=1")));

    let outcome = notifications.invoke_traced(batch.to_string(), A_WHILE, "Root=Chimhoangyen").await;
    assert_eq!(outcome, Outcome::Answer(json!({ "batchItemFailures": [] })));
    let told = said_lines(&notifications);
    let told = told.iter().rfind(|line| line["message"] == "a batch of notices").unwrap();
    assert_eq!((&told["skipped"], &told["span"]["trace_id"]), (&json!(1), &Value::Null), "{told}");
    for said in [casework.said(), notifications.said()] {
        assert!(!said.contains("Chimhoangyen"), "{said}");
    }
}

#[tokio::test]
async fn a_poisonous_record_holds_up_no_other_of_its_batch() {
    let (province, _) = province_of_today().await;
    let mut assignment = start(&province, "AssignmentFunction").await;
    let feedback = json!({ "kind": "feedback", "area": "21040", "text": TEXT });
    let submitted = province.send("POST", "/v1/petitions", &[], Some(feedback)).await;
    let good = province.case_of(&submitted.text("/receipt"));
    let head = |number: u32, id: &str| record(number, &format!("CASE#{id}"), "HEAD");
    let batch = json!({ "Records": [head(1, "no case"), head(2, good.as_str())] });
    let outcome = assignment.invoke(batch.to_string(), A_WHILE).await;
    assert_eq!(outcome, Outcome::Answer(json!({ "batchItemFailures": [] })));
    let routed = province.shared.app.store.case(&good).await.unwrap().unwrap().case;
    assert_eq!(routed.agency.unwrap().as_str(), "c21040");
    assert!(matches!(assignment.invoke("no JSON", A_WHILE).await, Outcome::Failed(_)), "not an event at all");
    let again = assignment.invoke(batch.to_string(), A_WHILE).await;
    assert_eq!(again, Outcome::Answer(json!({ "batchItemFailures": [] })), "and it goes on after that");
}

#[tokio::test]
async fn a_payload_of_six_megabytes_is_refused_and_the_program_goes_on() {
    let (province, _) = province_of_today().await;
    let mut intake = start(&province, "IntakeFunction").await;
    let mut event: Value = serde_json::from_str(&events::filled("http-submit-petition", &[("text", TEXT)])).unwrap();
    let sample = event.to_string();
    event["body"] = json!("x".repeat(LARGEST_EVENT - sample.len()));
    let refused = ask(&mut intake, event.to_string()).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", refused.json());
    assert_eq!(refused.json()["type"], "urn:donthu:problem:body_too_large");
    assert!(matches!(intake.invoke("{", A_WHILE).await, Outcome::Failed(_)), "not an event at all");
    assert_eq!(ask(&mut intake, sample).await.status, StatusCode::CREATED, "and the next one is served");
}

#[tokio::test]
async fn a_run_that_has_no_time_stops_before_the_limit_and_says_what_is_left() {
    let (province, _) = province_of_today().await;
    let mut deadlines = start(&province, "DeadlinesFunction").await;
    let mut audit = start(&province, "AuditFunction").await;
    let sweep = events::filled("schedule-deadlines", &[]);
    let recount = events::filled("schedule-audit-recount", &[]);
    let hurried = Duration::from_secs(3);
    let swept = deadlines.invoke(sweep.clone(), hurried).await.answer();
    assert_eq!(swept["complete"], false, "{swept}");
    assert_eq!(audit.invoke(recount.clone(), hurried).await.answer()["complete"], false);
    assert_eq!(deadlines.invoke(sweep, A_WHILE).await.answer()["complete"], true, "the next run goes on");
    assert_eq!(audit.invoke(recount, A_WHILE).await.answer()["complete"], true);
}

#[tokio::test]
async fn a_program_whose_variables_are_missing_or_wrong_does_not_start_and_names_all_of_them_at_once() {
    let (province, _) = province_of_today().await;
    let wrong = [
        ("DONTHU_KMS_KEY", "alias/vault"),
        ("DONTHU_SEALED_LOOKUP_KEYS", "%"),
        ("DONTHU_RECEIPT_KMS_KEY", "alias/receipts"),
        ("DONTHU_EARLIER_RECEIPT_KEYS", "%"),
    ];
    for function in Template::parse(TEMPLATE).unwrap().functions.keys().filter(|name| *name != "PortalFunction") {
        let mut none = environment(&province, function);
        none.retain(|name, _| !name.starts_with("DONTHU_"));
        let mut bad = none.clone();
        bad.extend(VARIABLES.map(|name| (name.to_owned(), String::new())));
        bad.extend(wrong.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let files = ["DONTHU_KEYRING_FILE", "DONTHU_RECEIPT_KEY_FILE"];
        for (environment, named) in [(none, files.to_vec()), (bad, wrong.map(|(name, _)| name).to_vec())] {
            let mut program = start_with(function, &environment).await;
            let code = program.ended().await;
            assert_eq!(code, Some(1), "{function}");
            let said = program.said();
            for name in VARIABLES.into_iter().chain(named) {
                assert!(said.contains(name), "{function} names {name}: {said}");
            }
            assert!(!said.contains("alias/"), "{function} quotes none: {said}");
        }
    }
}

#[tokio::test]
async fn the_portal_asks_for_its_own_variables_and_names_all_that_are_missing_or_wrong() {
    let (province, _) = province_of_today().await;
    let mut none = environment(&province, "PortalFunction");
    none.retain(|name, _| !name.starts_with("DONTHU_"));
    let mut bad = environment(&province, "PortalFunction");
    bad.insert("DONTHU_SESSION_SECRET".to_owned(), "planted".to_owned());
    bad.insert("DONTHU_VISITOR_KEY".to_owned(), "QUJD".to_owned());
    for (environment, named) in [(none, &PORTAL_VARIABLES[..]), (bad, &PORTAL_VARIABLES[..2])] {
        let mut program = start_with("PortalFunction", &environment).await;
        assert_eq!(program.ended().await, Some(1));
        let said = program.said();
        for name in named {
            assert!(said.contains(name), "{name}: {said}");
        }
        assert!(!said.contains("planted"), "it quotes none: {said}");
    }
}

#[tokio::test]
async fn a_program_that_was_killed_at_work_loses_and_doubles_nothing() {
    let (province, _) = province_of_today().await;
    let key = "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a11";
    let mut event: Value = serde_json::from_str(&events::filled("http-submit-petition", &[("text", TEXT)])).unwrap();
    event["headers"]["idempotency-key"] = json!(key);
    // Killed after ever longer: before it began, within its calls, after it answered.
    for milliseconds in [0, 1, 2, 4, 8, 16, 32, 64] {
        let mut intake = start(&province, "IntakeFunction").await;
        intake.ready().await;
        let killed =
            tokio::time::timeout(Duration::from_millis(milliseconds), intake.invoke(event.to_string(), A_WHILE));
        let _ = killed.await;
        intake.kill().await;
    }
    let mut intake = start(&province, "IntakeFunction").await;
    let answer = ask(&mut intake, event.to_string()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    assert_eq!(province.heads().await.len(), 1, "one petition, however often its answer was lost");
    province.drain().await;
    province.recount_tomorrow().await;
}
