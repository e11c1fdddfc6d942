//! What citizens write about themselves and others goes to the vault, encrypted, and nowhere else: canaries are planted
//! through every route that takes text, cases are driven through every notice, and then every place is searched.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};

use aws_sdk_dynamodbstreams::types::ShardIteratorType;
use axum::http::StatusCode;
use donthu_local::sns::inbox::Target;
use donthu_tests::{Answer, Province};
use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;

use crate::raw::{self, Pipe};

const NAME: &str = "Trần Thị Chimhoangyen";
const ADDRESS: &str = "Số 7 đường Chimhoangyen, thôn Chimhoangyen";
const TEXT: &str = "Chuyện chimhoangyen xảy ra ở chợ.";
const REQUEST: &str = "Đề nghị trả lại chimhoangyen.";
const PERSON: &str = "Ông Chimhoangyen";
const DECISION: &str = "Quyết định chimhoangyen năm ngoái";
const ID_NUMBER: &str = "051299777313";
const PHONE: &str = "0987313777";
const PHONE_ABROAD: &str = "+84987313777";
/// Also what an official copies into a form where it does not belong.
const DOCUMENT_TEXT: &str = "Văn bản của ông Chimhoangyen";
/// A document's number is public: it may stand in the journal, and in no message, log or problem.
const DOCUMENT: &str = "7731/HYHYHY-UBND";
const KEY: &str = "77313773-4b5e-4f4e-9d5e-0d8f6b1f2a11";

/// What may stand in plain text nowhere. Every text above bears the canary's own name (*chim hoàng yến*), which chance does not
/// spell, be it in base64 or in a file's bytes.
const SECRETS: [&str; 5] = ["chimhoangyen", "051299777313", "987313777", "Trần Thị", "77313773-4b5e"];

fn secrets_in(text: &str) -> Vec<&'static str> {
    let text = text.to_lowercase();
    SECRETS.into_iter().filter(|secret| text.contains(&secret.to_lowercase())).collect()
}

#[track_caller]
fn assert_clean(place: &str, text: &str) {
    let found = secrets_in(text);
    assert!(found.is_empty(), "{place} holds {found:?}: {}", text.chars().take(2_000).collect::<String>());
}

/// Everything that the whole test binary logs in crates of ours, down to TRACE.
fn log() -> &'static Arc<Mutex<Vec<u8>>> {
    static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    LOG.get_or_init(|| {
        let log: Arc<Mutex<Vec<u8>>> = Arc::default();
        let pipe = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("donthu=trace"))
            .with_ansi(false)
            .with_writer(move || Pipe(pipe.clone()))
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    })
}

/// All that callers saw.
#[derive(Default)]
struct Seen {
    answers: Vec<(String, Answer)>,
    receipts: Vec<String>,
}

impl Seen {
    fn enter(&mut self, what: &str, answer: Answer) -> &Answer {
        if !answer.text("/receipt").is_empty() {
            self.receipts.push(answer.text("/receipt"));
        }
        self.answers.push((what.to_owned(), answer));
        &self.answers.last().unwrap().1
    }
}

fn petition(kind: &str, agency: &str, position: &str) -> Value {
    json!({
        "kind": kind, "text": TEXT, "request": REQUEST, "area": "21040", "phone": PHONE,
        "against": { "agency": agency, "position": position, "person": PERSON, "decision": DECISION },
        "petitioner": { "name": NAME, "id_number": ID_NUMBER, "address": ADDRESS },
    })
}

fn document() -> Value {
    json!({ "number": DOCUMENT, "date": "2026-10-05" })
}

/// Takes steps one after the other and asserts that each was taken.
async fn walk(province: &Province, seen: &mut Seen, bearer: &str, id: &str, steps: &[(&str, Value)]) {
    for (name, body) in steps {
        let read = province.read(bearer, &format!("/v1/cases/{id}")).await;
        let step = read.body["step"].as_u64().unwrap();
        let taken = province.step(bearer, id, step, name, body.clone()).await;
        assert_eq!(taken.status, StatusCode::OK, "{name}: {}", taken.body);
        seen.enter(name, taken);
    }
}

async fn register(province: &Province, seen: &mut Seen, kind: &str) -> String {
    let clerk = province.bearer("reception", "c21040").await;
    let petition = petition(kind, "c21040", "agency");
    let paper = json!({ "petition": petition, "channel": "counter", "received_on": "2026-10-05" });
    let registered = province.send("POST", "/v1/cases", &[("authorization", &clerk)], Some(paper)).await;
    assert_eq!(registered.status, StatusCode::CREATED, "{}", registered.body);
    seen.enter("registration", registered).text("/case_id")
}

/// What a denouncer carries home, looked at as whoever finds it would: decoded.
fn assert_says_nothing(signed: &str, code: &str) {
    let parts: Vec<String> = signed.split('.').take(2).map(decoded).collect();
    assert!(parts[1].contains("\"case_number\":\"QN-"), "it was read: {parts:?}");
    for part in &parts {
        assert_clean("a signed receipt", part);
        for said in ["denunciation", "complaint", "feedback", "online", "c21040", "chair", "kind", code] {
            assert!(!part.contains(said), "a signed receipt says {said}: {part}");
        }
    }
}

fn decoded(part: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Drives cases through every step and every notice.
async fn drive(province: &Province, seen: &mut Seen) {
    province.advise_dialogues().await;
    let keyed = [("idempotency-key", KEY)];
    let denunciation = petition("denunciation", "c21040", "head");
    let online = province.send("POST", "/v1/petitions", &keyed, Some(denunciation)).await;
    assert_eq!(online.status, StatusCode::CREATED, "{}", online.body);
    let signed = online.text("/signed_receipt");
    assert_says_nothing(&signed, &online.text("/receipt"));
    let checked = json!({ "signed_receipt": signed });
    seen.enter("check", province.send("POST", "/v1/public/receipt-verification", &[], Some(checked)).await);
    seen.enter("submission", online);
    let feedback = province.send("POST", "/v1/petitions", &[], Some(petition("feedback", "c21040", "staff"))).await;
    let withdrawing = seen.enter("submission", feedback).text("/receipt");
    province.drain().await;

    let (head, chair) = (province.bearer("head", "c21040").await, province.bearer("head", "chair").await);
    let sealed = province.read(&chair, "/v1/cases?compartment=denunciations").await;
    let denounced = seen.enter("list", sealed).text("/cases/0/case_id");
    let criteria = json!(["many_people"]);
    let on_paper = json!({ "document": document() });
    let prolonged = json!({ "days": 30, "criteria": criteria, "document": document() });
    walk(
        province,
        seen,
        &chair,
        &denounced,
        &[
            ("formalisation", json!({ "received_on": "2026-10-05" })),
            ("assignment", json!({ "handler": "handler@chair" })),
            ("acceptance", on_paper.clone()),
            ("extension", prolonged),
            ("suspension", json!({ "ground": "awaits_expertise", "document": document() })),
            ("resumption", on_paper.clone()),
            ("resolution", json!({ "result": "founded", "document": document() })),
        ],
    )
    .await;
    let complaint = register(province, seen, "complaint").await;
    let complex = json!({ "criteria": criteria, "document": document() });
    let resolved = json!({ "result": "unfounded", "document": document() });
    let steps = [
        ("acceptance", on_paper.clone()),
        ("complexity", complex),
        ("resolution", resolved),
        ("correction", json!({})),
    ];
    walk(province, seen, &head, &complaint, &steps).await;
    let refused = json!({ "ground": "no_capacity", "document": document() });
    for (kind, steps) in [
        ("complaint", vec![("refusal", refused)]),
        ("complaint", vec![("guidance", json!({ "to": "court", "document": document() }))]),
        (
            "complaint",
            vec![("acceptance", json!({})), ("termination", json!({ "ground": "death", "document": document() }))],
        ),
        ("feedback", vec![("transfer", json!({ "agency": "c21028" }))]),
    ] {
        let id = register(province, seen, kind).await;
        walk(province, seen, &head, &id, &steps).await;
    }
    let citizen = format!("Receipt {withdrawing}");
    let citizen = [("authorization", citizen.as_str()), ("idempotency-key", KEY), ("accept-language", "en")];
    seen.enter("withdrawal", province.send("POST", "/v1/petition/withdrawal", &citizen, None).await);
    seen.enter("following", province.send("GET", "/v1/petition", &citizen, None).await);
    province.drain().await;
    // One complaint is open again, and nobody hurries.
    province.advance("P100D").await;
    let said = json!({ "text": format!("{TEXT} {NAME} {PHONE}") });
    let sent = province.send("POST", "/v1/petition/messages", &citizen, Some(said.clone())).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.body);
    seen.enter("message", sent);
    let chair = province.bearer("head", "chair").await;
    let answer = [("authorization", chair.as_str())];
    let sent = province.send("POST", &format!("/v1/cases/{denounced}/messages"), &answer, Some(said)).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.body);
    seen.enter("message", sent);
    let custodian = province.bearer("identity_custodian", "chair").await;
    let (path, by) = (format!("/v1/cases/{denounced}/identity-disclosure"), [("authorization", custodian.as_str())]);
    let opened = json!({ "to": "handler@chair", "reason": "delivery" });
    let opened = province.send("POST", &path, &by, Some(opened)).await;
    assert_eq!(opened.text("/name"), NAME, "the one answer that bears a name");
    let proof = province.send("GET", "/v1/petition/proof", &citizen, None).await;
    assert_eq!(proof.text("/entries/0/state"), "sealed");
    seen.enter("proof", proof);
    let history = province.send("GET", "/v1/petition/history", &citizen, None).await;
    assert_eq!(history.text("/entries/0/event"), "submitted");
    seen.enter("history", history);
    seen.enter("journal roots", province.send("GET", "/v1/public/journal-roots", &citizen[2..], None).await);
    let head = province.bearer("head", "c21040").await;
    for path in
        ["/v1/cases".to_owned(), format!("/v1/cases/{complaint}/journal"), format!("/v1/cases/{complaint}/deadlines")]
    {
        let read = province.read(&head, &path).await;
        assert_eq!(read.status, StatusCode::OK);
        seen.enter(&path, read);
    }
    let read = province.read(&head, &format!("/v1/cases/{complaint}")).await;
    let whole = read.body.to_string();
    for told in [TEXT, REQUEST, PERSON, DECISION] {
        assert!(whole.contains(told), "who handles a case reads {told}");
    }
    for hidden in [NAME, ADDRESS, ID_NUMBER, "987313777"] {
        assert!(!whole.contains(hidden), "an identity is never part of a case");
    }
}

/// Sends secrets where they do not belong.
async fn misplace(province: &Province, seen: &mut Seen) {
    let head = province.bearer("head", "c21040").await;
    let admin = province.bearer("admin", "chair").await;
    let id = register(province, seen, "feedback").await;
    let ascii = "Chimhoangyen";
    let mut bodies = vec![
        json!({ NAME: 1 }),
        json!({ PHONE: 1 }),
        json!({ format!("a`{NAME}"): 1 }),
        json!({ "kind": NAME, "text": TEXT }),
        json!({ "kind": "feedback", "text": [TEXT] }),
        json!({ "kind": "feedback", "text": { "text": TEXT } }),
        json!(TEXT),
        json!([NAME, PHONE]),
    ];
    for (field, value) in [
        ("area", json!(PHONE)),
        ("field", json!(NAME)),
        ("language", json!(NAME)),
        ("phone", json!(format!("{PHONE}{NAME}"))),
        ("phone", json!(ID_NUMBER)),
        ("against", json!({ "agency": NAME })),
        ("against", json!({ "position": PERSON })),
        ("against", json!({ PERSON: 1 })),
        ("petitioner", json!({ "name": NAME, "id_number": PHONE })),
        ("petitioner", json!({ "name": NAME, PHONE: 1 })),
        ("petitioner", json!({ "name": NAME.repeat(50) })),
        ("petitioner", json!(NAME)),
    ] {
        let mut body = json!({ "kind": "feedback", "text": TEXT });
        body[field] = value;
        bodies.push(body);
    }
    let chosen = ("x-amzn-trace-id", "Root=1-67891233-000051299777313000000000;Parent=Chimhoangyen");
    let body = json!({ "kind": "feedback", "text": "x" });
    seen.enter("trace", province.send("POST", "/v1/petitions", &[chosen], Some(body)).await);
    let by = [chosen, ("authorization", head.as_str()), ("if-match", "\"1\"")];
    let path = format!("/v1/cases/{id}/acceptance");
    seen.enter("trace", province.send("POST", &path, &by, Some(json!({ NAME: 1 }))).await);
    for language in ["vi", "en"] {
        let spoken = ("accept-language", language);
        for body in &bodies {
            seen.enter("petition", province.send("POST", "/v1/petitions", &[spoken], Some(body.clone())).await);
            let paper = json!({ "petition": body, "channel": "oral", "received_on": "2026-10-05" });
            let by = [spoken, ("authorization", head.as_str())];
            seen.enter("registration", province.send("POST", "/v1/cases", &by, Some(paper)).await);
        }
        for (name, body) in [
            ("assignment", json!({ "handler": NAME })),
            ("assignment", json!({ "handler": PHONE })),
            ("assignment", json!({ "agency": NAME })),
            ("transfer", json!({ "agency": PERSON })),
            ("refusal", json!({ "ground": TEXT })),
            ("acceptance", json!({ "document": { "number": DOCUMENT_TEXT, "date": "2026-10-05" } })),
            ("acceptance", json!({ "document": { "number": PHONE, "date": "2026-10-05" } })),
            ("acceptance", json!({ "document": { "number": DOCUMENT, "date": NAME } })),
            ("acceptance", json!({ NAME: 1 })),
            ("complexity", json!({ "criteria": [TEXT], "document": document() })),
            ("formalisation", json!({ "received_on": NAME })),
        ] {
            let by = [spoken, ("authorization", head.as_str()), ("if-match", "\"1\"")];
            let path = format!("/v1/cases/{id}/{name}");
            seen.enter(name, province.send("POST", &path, &by, Some(body)).await);
        }
        for (method, path) in [
            ("GET", format!("/v1/cases/{PHONE}")),
            ("GET", format!("/v1/cases/{ascii}/journal")),
            ("GET", format!("/v1/cases?agency={ascii}")),
            ("GET", format!("/v1/cases?cursor={ascii}")),
            ("GET", format!("/v1/cases?{ascii}={PHONE}")),
            ("GET", format!("/v1/statistics/agencies?from=2026-10-01&to=2026-10-05&agency={ascii}")),
            ("GET", format!("/v1/public/statistics?from={PHONE}&to={ascii}")),
            ("GET", format!("/v1/petition?code={PHONE}")),
            ("GET", format!("/{ascii}")),
        ] {
            let by = [spoken, ("authorization", head.as_str())];
            seen.enter(&path, province.send(method, &path, &by, None).await);
        }
        for (name, value) in
            [("idempotency-key", PHONE), ("authorization", "Receipt Chimhoangyen"), ("authorization", "Chimhoangyen")]
        {
            let body = json!({ "kind": "feedback", "text": " " });
            seen.enter(name, province.send("POST", "/v1/petitions", &[spoken, (name, value)], Some(body)).await);
            seen.enter(name, province.send("POST", "/v1/petition/withdrawal", &[spoken, (name, value)], None).await);
        }
        let by = [spoken, ("authorization", head.as_str()), ("if-match", PHONE)];
        seen.enter(
            "If-Match",
            province.send("POST", &format!("/v1/cases/{id}/guidance"), &by, Some(json!({ "to": "court" }))).await,
        );
        let by = [spoken, ("authorization", admin.as_str())];
        let area = json!({ "remote": true, "valid_from": "2027-03-01" });
        seen.enter("area", province.send("PUT", &format!("/v1/reference/areas/{ascii}"), &by, Some(area)).await);
        let area = json!({ "remote": NAME, "valid_from": PHONE });
        seen.enter("area", province.send("PUT", "/v1/reference/areas/21040", &by, Some(area)).await);
    }
}

/// Every record that waits in, or went through, the stream of the cases table.
async fn stream(province: &Province) -> String {
    let client = aws_sdk_dynamodbstreams::Client::new(&province.machine.engine().sdk_config());
    let mut text = String::new();
    for stream in client.list_streams().send().await.unwrap().streams() {
        let arn = stream.stream_arn().unwrap();
        let described = client.describe_stream().stream_arn(arn).send().await.unwrap();
        for shard in described.stream_description().unwrap().shards() {
            let first = client.get_shard_iterator().stream_arn(arn).shard_id(shard.shard_id().unwrap());
            let first = first.shard_iterator_type(ShardIteratorType::TrimHorizon).send().await.unwrap();
            let mut iterator = first.shard_iterator;
            while let Some(at) = iterator {
                let got = client.get_records().shard_iterator(at).send().await.unwrap();
                for record in got.records() {
                    let image = record.dynamodb().unwrap().new_image().cloned().unwrap_or_default();
                    text.push_str(&serde_json::to_string(&serde_dynamo::Item::from(image)).unwrap());
                }
                iterator = got.next_shard_iterator.filter(|_| !got.records.unwrap_or_default().is_empty());
            }
        }
    }
    text
}

#[tokio::test]
async fn what_citizens_write_stands_in_the_vault_encrypted_and_nowhere_else() {
    for planted in [NAME, ADDRESS, TEXT, REQUEST, PERSON, DECISION, ID_NUMBER, PHONE, PHONE_ABROAD, DOCUMENT_TEXT, KEY]
    {
        assert!(!secrets_in(&format!("…{planted}…")).is_empty(), "{planted} would be found");
    }
    let log = log();
    let province = Province::open().await;
    let mut seen = Seen::default();
    drive(&province, &mut seen).await;
    misplace(&province, &mut seen).await;
    province.drain().await;

    let inbox = province.machine.inbox().newest(usize::MAX);
    let mut milestones = BTreeSet::new();
    let mut short_messages = 0;
    for delivery in &inbox {
        let said = format!("{} {:?}", delivery.message, delivery.attributes);
        assert!(!said.contains(DOCUMENT), "{said}");
        assert_clean("a message", &said);
        for kind in ["complaint", "denunciation", "feedback", "khiếu nại", "tố cáo", "phản ánh", "due"] {
            assert!(!said.to_lowercase().contains(kind), "a message says what the case is: {said}");
        }
        match &delivery.target {
            Target::Phone(phone) => {
                short_messages += 1;
                assert_eq!(phone, PHONE_ABROAD, "a number stands where a short message is addressed");
            }
            Target::Topic(topic) => {
                assert_clean("a topic", topic);
                milestones.insert(delivery.attributes["milestone"].clone());
            }
        }
    }
    assert_eq!(
        milestones.into_iter().collect::<Vec<_>>(),
        ["approaching", "assigned", "changed", "escalated", "missed"]
    );
    assert!(short_messages >= 10, "{short_messages}");

    let mut problems = 0;
    for (what, answer) in &seen.answers {
        let whole = format!("{:?} {}", answer.headers, answer.body);
        assert_clean(&format!("the answer to {what}"), &whole);
        if answer.status.as_u16() >= 400 {
            problems += 1;
            assert!(!whole.contains(DOCUMENT), "the problem of {what} tells a document");
        }
    }
    assert!(problems > 100, "{problems}");

    let tables = raw::contents(&province).await;
    let mut vaulted = 0;
    for (key, item) in &tables {
        assert_clean(key, &format!("{key} {item}"));
        vaulted += usize::from(key.contains("VaultTable"));
    }
    assert!(vaulted >= 3 * 7, "each case left its identity, contact and text: {vaulted}");
    let records = stream(&province).await;
    assert!(records.contains("NOTICE#") && records.contains("HEAD"), "the stream was read");
    assert_clean("the stream", &records);

    let log = String::from_utf8(log.lock().unwrap().clone()).unwrap();
    for told in ["a request was answered", "a case was routed", "a notice was published", "a batch of notices", "swept"]
    {
        assert!(log.contains(told), "the log was captured: {told}");
    }
    lines_name_nobody(&log);
    assert_clean("the log", &log);
    assert!(!log.contains(DOCUMENT), "the log tells a document");
    let everywhere = format!("{log}{records}{}", serde_json::to_string(&tables).unwrap());
    for receipt in &seen.receipts {
        for code in [receipt.clone(), receipt.replace('-', "")] {
            assert!(!everywhere.contains(&code), "a receipt code is stored or logged");
        }
    }
    files_are_clean(&province, &seen);
}

/// No line names an official, and none of a citizen's request a case.
fn lines_name_nobody(log: &str) {
    let (mut of_citizens, mut of_cases) = (0, 0);
    for line in log.lines().filter(|line| line.contains("invocation{")) {
        for official in ["head@", "handler@", "reception@", "identity_custodian@", "admin@", "inspector@"] {
            assert!(!line.contains(official), "a line names an official: {line}");
        }
        let names_a_case = line.contains("case_id=");
        of_cases += u32::from(names_a_case);
        if ["intake", "follow"].iter().any(|function| line.contains(&format!("function=\"{function}\""))) {
            of_citizens += 1;
            assert!(!names_a_case && !line.contains("gateway_id="), "a citizen's line leads to a case: {line}");
        }
    }
    assert!(of_citizens > 10 && of_cases > 10, "{of_citizens} {of_cases}");
}

/// Every byte that this machine keeps: tables, indexes, streams, whatever the engine holds besides.
fn files_are_clean(province: &Province, seen: &Seen) {
    let mut bytes = Vec::new();
    let mut folders = vec![province.folder().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                bytes.extend(std::fs::read(&path).unwrap());
                bytes.push(b'\n');
            }
        }
    }
    let text = String::from_utf8_lossy(&bytes).to_lowercase();
    let there = |secret: &str| text.contains(&secret.to_lowercase());
    assert!(there("awaiting_formalisation") && there("text#"), "the files were read");
    for secret in SECRETS {
        assert!(!there(secret), "a file of the data folder holds {secret}");
    }
    for receipt in &seen.receipts {
        assert!(!there(receipt) && !there(&receipt.replace('-', "")), "a file holds a receipt code");
    }
}

#[test]
fn the_gateways_access_log_names_no_address_header_or_path() {
    let template = donthu_local::template::TEMPLATE;
    let format = template.lines().find(|line| line.trim_start().starts_with("Format: '{")).unwrap();
    let told: Vec<&str> = format.split("$context.").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(told, ["requestId", "requestTime", "routeKey", "status", "responseLatency"]);
}
