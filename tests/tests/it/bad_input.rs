//! Bad input: a clear problem in the reader's language, nothing written, nothing lost.

mod officials;

use axum::http::StatusCode;
use donthu_domain::CaseId;
use donthu_store::{DataClass, KeyVersion, ReceiptCode};
use donthu_tests::Province;
use serde_json::{Value, json};

use crate::raw::{self, RawAnswer};

const JSON: (&str, &str) = ("content-type", "application/json");
const KEY: &str = "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a11";
const UNKNOWN: &str = "00000000000000000000000000000000";

/// A request that nobody should send, and what it is answered.
struct Bad {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    status: u16,
    problem: &'static str,
    field: &'static str,
}

impl Bad {
    fn new(method: &'static str, path: impl Into<String>, status: u16, problem: &'static str) -> Self {
        let (path, headers, body) = (path.into(), Vec::new(), Vec::new());
        Self { method, path, headers, body, status, problem, field: "" }
    }

    fn petition(body: Value, field: &'static str) -> Self {
        Self::new("POST", "/v1/petitions", 422, "invalid_field").json(body).at(field)
    }

    fn at(self, field: &'static str) -> Self {
        Self { field, ..self }
    }

    fn json(self, body: Value) -> Self {
        let (name, value) = JSON;
        self.header(name, value).body(body.to_string())
    }

    fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn by(self, authorization: &str) -> Self {
        self.header("authorization", authorization)
    }

    fn told(&self) -> String {
        let start: String = String::from_utf8_lossy(&self.body).chars().take(200).collect();
        format!("{} {} {start}", self.method, self.path)
    }

    async fn send(&self, province: &Province, language: &str) -> RawAnswer {
        let mut headers = vec![("accept-language", language)];
        headers.extend(self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        raw::send(province, self.method, &self.path, &headers, self.body.clone()).await
    }

    /// Sends the request in both languages and asserts the problem, and that nothing was written.
    async fn check(&self, province: &Province) {
        let what = self.told();
        let before = raw::contents(province).await;
        let (vi, en) = (self.send(province, "vi").await, self.send(province, "en").await);
        let after = raw::contents(province).await;
        assert_eq!(raw::differences(&before, &after), Vec::<String>::new(), "{what} wrote something");
        for answer in [&vi, &en] {
            let body = answer.json();
            let said = (answer.status.as_u16(), &body["type"], body["field"].as_str().unwrap_or_default());
            let problem = json!(format!("urn:donthu:problem:{}", self.problem));
            assert_eq!(said, (self.status, &problem, self.field), "{what}: {body}");
            assert_eq!(answer.headers["content-type"], "application/problem+json; charset=utf-8", "{what}");
            assert_eq!(body["status"], json!(self.status), "{what}");
        }
        let (vi, en) = (vi.json(), en.json());
        for words in ["title", "detail"] {
            let (vi, en) = (vi[words].as_str().unwrap(), en[words].as_str().unwrap());
            assert!(!vi.is_ascii() && !en.is_empty() && vi != en, "{what}: {vi} / {en}");
        }
    }
}

async fn check_all(province: &Province, all: impl IntoIterator<Item = Bad>) {
    for bad in all {
        bad.check(province).await;
    }
}

fn feedback() -> Value {
    json!({ "kind": "feedback", "text": "Đường thôn bị sạt lở.", "area": "21040" })
}

/// Feedback with other values in some fields.
fn feedback_with(fields: Value) -> Value {
    let mut body = feedback();
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn case_of(province: &Province, receipt: &str) -> CaseId {
    let code = ReceiptCode::parse(receipt).unwrap();
    province.shared.app.store.keyring().lookup().case_id(&code).unwrap()
}

/// Registers a complaint at the commune c21040; it stands at step 1.
async fn complaint(province: &Province, head: &str) -> String {
    let petition = json!({ "kind": "complaint", "text": "x", "petitioner": { "name": "Nguyễn Thị Kín" },
                           "against": { "agency": "c21040", "position": "agency" } });
    let paper = json!({ "petition": petition, "channel": "counter", "received_on": "2026-10-05" });
    let registered = province.send("POST", "/v1/cases", &[("authorization", head)], Some(paper)).await;
    assert_eq!(registered.status, StatusCode::CREATED, "{}", registered.body);
    registered.text("/case_id")
}

#[tokio::test]
async fn a_field_that_is_unknown_missing_or_of_a_wrong_type_is_named() {
    let province = Province::open().await;
    let fields = |fields: Value, field| Bad::petition(feedback_with(fields), field);
    check_all(
        &province,
        [
            fields(json!({ "colour": 1 }), "colour"),
            fields(json!({ "petitioner": { "name": "A", "age": 3 } }), "petitioner.age"),
            fields(json!({ "against": { "agencies": [] } }), "against.agencies"),
            fields(json!({ "Nguyễn Văn A 0912345678": 1 }), "body"),
            Bad::petition(json!({}), "kind"),
            Bad::petition(json!({ "kind": "feedback" }), "text"),
            fields(json!({ "petitioner": {} }), "petitioner.name"),
            fields(json!({ "text": 5 }), "text"),
            fields(json!({ "text": null }), "text"),
            fields(json!({ "kind": "rumour" }), "kind"),
            fields(json!({ "petitioner": "A" }), "petitioner"),
            fields(json!({ "petitioner": { "name": ["A"] } }), "petitioner.name"),
            fields(json!({ "against": { "position": "king" } }), "against.position"),
            fields(json!({ "language": "fr" }), "language"),
            fields(json!({ "phone": 912_345_678 }), "phone"),
            Bad::petition(json!([]), "body"),
            Bad::petition(json!("text"), "body"),
            Bad::petition(Value::Null, "body"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_text_that_is_empty_or_too_large_is_refused_by_characters_and_bytes() {
    let province = Province::open().await;
    let fields = |fields: Value, field| Bad::petition(feedback_with(fields), field);
    let controls = |count: usize| "\u{1}".repeat(count);
    check_all(
        &province,
        [
            fields(json!({ "text": "" }), "text"),
            fields(json!({ "text": " \n\u{3000}" }), "text"),
            fields(json!({ "request": " " }), "request"),
            fields(json!({ "petitioner": { "name": "\t" } }), "petitioner.name"),
            fields(json!({ "petitioner": { "name": "A", "address": "" } }), "petitioner.address"),
            fields(json!({ "against": { "person": "" } }), "against.person"),
            fields(json!({ "against": { "decision": " " } }), "against.decision"),
            fields(json!({ "text": "ệ".repeat(50_001) }), "text"),
            fields(json!({ "text": "\u{1F4A7}".repeat(51_201) }), "text"),
            fields(json!({ "request": "ệ".repeat(10_001) }), "request"),
            fields(json!({ "petitioner": { "name": "ệ".repeat(201) } }), "petitioner.name"),
            fields(json!({ "petitioner": { "name": "A", "address": "ệ".repeat(501) } }), "petitioner.address"),
            fields(json!({ "against": { "person": "ệ".repeat(201) } }), "against.person"),
            fields(json!({ "against": { "decision": "ệ".repeat(201) } }), "against.decision"),
            fields(json!({ "against": { "agency": "a".repeat(61) } }), "against.agency"),
            fields(json!({ "area": "2".repeat(11) }), "area"),
            fields(json!({ "field": "f".repeat(61) }), "field"),
            // Within all limits of characters, but six bytes each where it is kept.
            fields(json!({ "text": controls(50_000), "request": controls(10_000) }), "text"),
            Bad::new("POST", "/v1/petitions", 413, "body_too_large").json(json!({ "text": "x".repeat(512 * 1024) })),
        ],
    )
    .await;
    let before = raw::contents(&province).await;
    let huge = raw::send(&province, "POST", "/v1/petitions", &[JSON], vec![b' '; 10 * 1024 * 1024 + 1]).await;
    assert_eq!(
        (huge.status, huge.json()),
        (StatusCode::PAYLOAD_TOO_LARGE, json!({ "message": "Request Entity Too Large" }))
    );
    assert_eq!(raw::differences(&before, &raw::contents(&province).await), Vec::<String>::new());
}

#[tokio::test]
async fn a_text_of_exactly_the_limit_is_kept_byte_for_byte() {
    let province = Province::open().await;
    // Three-byte letters, the same letter in combining marks, and characters of four bytes.
    let mixed: String = "ệe\u{302}\u{323}".chars().cycle().take(50_000).collect();
    for text in [mixed, "\u{1F4A7}".repeat(50_000)] {
        assert_eq!(text.chars().count(), 50_000);
        let body = feedback_with(json!({ "text": text, "request": "\u{1ED9}o\u{323}\u{302} \u{0} \"\\ \r\n" }));
        let submitted = province.send("POST", "/v1/petitions", &[], Some(body.clone())).await;
        assert_eq!(submitted.status, StatusCode::CREATED, "{}", submitted.body);
        province.drain().await;
        let id = case_of(&province, &submitted.text("/receipt"));
        let parts = province.shared.app.store.vault_parts(&id, DataClass::Text).await.unwrap();
        let stored: Value = serde_json::from_slice(&parts[0].content).unwrap();
        let head = province.bearer("head", "c21040").await;
        let read = province.read(&head, &format!("/v1/cases/{id}")).await;
        for (name, sent) in [("text", &body["text"]), ("request", &body["request"])] {
            assert!(stored[name] == *sent, "the vault holds another {name}");
            assert!(read.body["petition"][name] == *sent, "the official reads another {name}");
        }
    }
}

#[tokio::test]
async fn a_bad_number_and_an_unknown_name_are_told_field_by_field() {
    let province = Province::open().await;
    let mut all = Vec::new();
    for id in ["05120100012", "0512010001234", "05120100012x", "b1234567", "B123456", "", "０５１２０１０００１２３"]
    {
        let petitioner = json!({ "petitioner": { "name": "A", "id_number": id } });
        all.push(Bad::petition(feedback_with(petitioner), "petitioner.id_number"));
    }
    for phone in ["123", "0112345678", "091234567", "09123456789", "+1912345678", "09 12345678", "", "+84 912345678"] {
        all.push(Bad::petition(feedback_with(json!({ "phone": phone })), "phone"));
    }
    for (problem, body, field) in [
        ("unknown_agency", json!({ "against": { "agency": "nobody" } }), "against.agency"),
        ("unknown_agency", json!({ "against": { "agency": "" } }), "against.agency"),
        ("unknown_agency", json!({ "against": { "agency": "external" } }), "against.agency"),
        ("unknown_area", json!({ "area": "99999" }), "area"),
        ("unknown_field", json!({ "field": "weather" }), "field"),
    ] {
        all.push(Bad { problem, ..Bad::petition(feedback_with(body), field) });
    }
    check_all(&province, all).await;
}

#[tokio::test]
async fn a_body_that_is_no_json_or_says_it_is_something_else_is_refused() {
    let province = Province::open().await;
    let malformed = |body: &[u8]| {
        let (name, value) = JSON;
        Bad::new("POST", "/v1/petitions", 400, "malformed_body").header(name, value).body(body)
    };
    let of_type = |value: &str| {
        let bad = Bad::new("POST", "/v1/petitions", 415, "unsupported_media_type").body(feedback().to_string());
        if value.is_empty() { bad } else { bad.header("content-type", value) }
    };
    check_all(
        &province,
        [
            malformed(b""),
            malformed(b"{"),
            malformed(b"{\"kind\":\"feedback\",\"text\":\"x\"} x"),
            malformed(b"{\"kind\":\"feedback\",\"text\":\"x\",}"),
            malformed(b"{\"kind\":\"feedback\",\"text\":\"\xff\xfe\"}"),
            malformed(b"{\"kind\":\"feedback\",\"text\":\"\\ud800\"}"),
            malformed(b"kind=feedback&text=x"),
            of_type(""),
            of_type("text/plain"),
            of_type("application/x-www-form-urlencoded"),
            of_type("application/jsonp"),
            Bad::new("POST", "/v1/petitions", 422, "invalid_field")
                .header(JSON.0, "Application/JSON; charset=utf-8")
                .body("{\"kind\":\"feedback\",\"text\":\"a\",\"text\":\"b\"}")
                .at("body"),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_idempotency_key_is_a_uuid_and_stands_for_one_body() {
    let province = Province::open().await;
    let head = province.bearer("head", "c21040").await;
    let key = [("idempotency-key", KEY)];
    let first = province.send("POST", "/v1/petitions", &key, Some(feedback())).await;
    let receipt = first.text("/receipt");
    let paper = |text: &str| json!({ "petition": feedback_with(json!({ "text": text })), "channel": "oral", "received_on": "2026-10-05" });
    let by_official = [("idempotency-key", KEY), ("authorization", head.as_str())];
    let registered = province.send("POST", "/v1/cases", &by_official, Some(paper("Một."))).await;
    assert_eq!(registered.status, StatusCode::CREATED, "{}", registered.body);
    assert_ne!(registered.text("/receipt"), receipt, "an official's key never meets a citizen's");
    let id = complaint(&province, &head).await;
    let path = format!("/v1/cases/{id}/acceptance");
    let step = [("idempotency-key", KEY), ("authorization", &head), ("if-match", "\"1\"")];
    let accepted = province.send("POST", &path, &step, Some(json!({}))).await;
    assert_eq!(accepted.status, StatusCode::OK, "{}", accepted.body);

    let reused = |path: &str, body: Value| {
        Bad::new("POST", path, 409, "idempotency_key_reused").header("idempotency-key", KEY).json(body)
    };
    let malformed = |key: &str| {
        Bad::new("POST", "/v1/petitions", 400, "malformed_idempotency_key")
            .header("idempotency-key", key)
            .json(feedback())
    };
    let document = json!({ "document": { "number": "15/QĐ-UBND", "date": "2026-10-05" } });
    let other_step = Bad::new("POST", &path, 412, "stale_step").json(document);
    check_all(
        &province,
        [
            reused("/v1/petitions", feedback_with(json!({ "text": "Nội dung khác." }))),
            reused("/v1/petitions", feedback_with(json!({ "phone": "0912345678" }))),
            reused("/v1/cases", paper("Hai.")).by(&head),
            // A step under a used key is repeated only where all of it is the same; else it rests on a state that is gone.
            other_step.header("idempotency-key", KEY).by(&head).header("if-match", "\"1\""),
            malformed("abc"),
            malformed(""),
            malformed("0912345678"),
        ],
    )
    .await;
    let before = raw::contents(&province).await;
    let again = province.send("POST", "/v1/petitions", &key, Some(feedback())).await;
    assert_eq!((again.status, again.text("/receipt")), (StatusCode::CREATED, receipt), "what was sent first is kept");
    let again = province.send("POST", &path, &step, Some(json!({}))).await;
    assert_eq!((again.status, again.text("/stage")), (StatusCode::OK, "accepted".to_owned()));
    let changed = raw::differences(&before, &raw::contents(&province).await);
    assert_eq!(changed, Vec::<String>::new(), "a repetition writes nothing");
    province.recount().await;
}

/// A code of this version that nobody was ever given: its check symbol is right.
fn stranger(version: char) -> String {
    let symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";
    let codes = symbols.chars().map(|check| format!("{version}23456-789AB-CDEFG-HJKMN{check}"));
    codes.into_iter().find(|code| ReceiptCode::parse(code).is_ok()).unwrap()
}

#[tokio::test]
async fn a_mistyped_receipt_code_is_told_so_and_any_unknown_one_answers_alike() {
    let province = Province::open().await;
    let submitted = province.send("POST", "/v1/petitions", &[], Some(feedback())).await;
    let receipt = submitted.text("/receipt");
    let (start, last) = receipt.split_at(receipt.len() - 1);
    let mistyped = format!("{start}{}", if last == "A" { "B" } else { "A" });
    let routes = [("GET", "/v1/petition"), ("POST", "/v1/petition/withdrawal")];
    for (method, path) in routes {
        let code = |code: &str| Bad::new(method, path, 400, "malformed_receipt_code").by(&format!("Receipt {code}"));
        let none = || Bad::new(method, path, 401, "receipt_code_missing");
        check_all(
            &province,
            [
                code(&mistyped),
                code(start),
                code(&format!("{receipt}0")),
                code("1AAAA"),
                code("Nguyen Van A"),
                code(&receipt.replacen(char::is_numeric, "U", 1)),
                none(),
                none().by("Receipt"),
                none().by("Basic abc"),
                none().by(&format!("Bearer {receipt}")),
            ],
        )
        .await;
    }

    let lookup = province.shared.app.store.keyring().lookup();
    let never_used = lookup.receipt(lookup.current(), "00000000-0000-4000-8000-000000000009".parse().unwrap()).unwrap();
    assert_ne!(lookup.current(), KeyVersion::new(31).unwrap());
    let unknown = [never_used.expose(), stranger('1'), stranger('0'), stranger('Z')];
    for (method, path) in routes {
        for language in ["vi", "en"] {
            let mut answers = Vec::new();
            for code in &unknown {
                let bad = Bad::new(method, path, 404, "not_found").by(&format!("Receipt {code}"));
                bad.check(&province).await;
                let mut answer = bad.send(&province, language).await;
                answer.headers.remove("apigw-requestid");
                answers.push(answer.whole());
            }
            answers.dedup();
            assert_eq!(answers.len(), 1, "an unknown code differs from another: {answers:?}");
        }
    }
    let authorization = format!("Receipt {}", receipt.to_lowercase().replace('-', " "));
    let read = province.send("GET", "/v1/petition", &[("authorization", &authorization)], None).await;
    assert_eq!(read.status, StatusCode::OK, "as people type it: {}", read.body);
}
