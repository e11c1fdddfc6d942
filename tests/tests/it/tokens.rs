//! Tokens that are forged, expired, not meant for this system or made out for nobody: before the gateway's verifier, and before the
//! functions, which on AWS must hold by themselves.

use std::collections::BTreeSet;

use axum::Router;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use donthu_domain::{Agency, AgencyId};
use donthu_local::issuer::{AUDIENCE, ISSUER, KEY_ID};
use donthu_service::reference::sorts;
use donthu_tests::Province;
use jiff::civil::date;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tracing::instrument::WithSubscriber;

use crate::raw::{self, Pipe, RawAnswer};

/// Stands in claims where only a forger or a fault of the issuer would put it, and must come out nowhere.
const CANARY: &str = "Chimhoangyen0912345678";

/// What a piece of work logs, down to TRACE.
async fn heard<T>(work: impl Future<Output = T>) -> (T, String) {
    let (pipe, filter) = (Pipe::default(), tracing_subscriber::EnvFilter::new("donthu=trace"));
    let writer = pipe.clone();
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    let result = work.with_subscriber(subscriber.with_writer(move || writer.clone()).finish()).await;
    let log = String::from_utf8(pipe.0.lock().unwrap().clone()).unwrap();
    (result, log)
}

/// The issuer's key and claims that open, to be bent.
struct Forge {
    key: Vec<u8>,
    claims: Value,
}

impl Forge {
    fn new(province: &Province) -> Self {
        let now = province.machine.world().clock().now().as_second();
        let key = std::fs::read(province.folder().join("data/issuer-key.der")).unwrap();
        let claims = json!({
            "sub": "head@c21040", "token_use": "id", "roles": ["head"], "agency": "c21040", "iss": ISSUER, "aud": AUDIENCE,
            "iat": now, "exp": now + 600,
        });
        Self { key, claims }
    }

    fn header(kid: Option<&str>) -> Header {
        Header { kid: kid.map(ToOwned::to_owned), ..Header::new(Algorithm::ES256) }
    }

    fn with(&self, changes: &Value) -> Value {
        let mut claims = self.claims.clone();
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        claims
    }

    fn signed_under(&self, kid: Option<&str>, changes: &Value) -> String {
        let key = EncodingKey::from_ec_der(&self.key);
        jsonwebtoken::encode(&Self::header(kid), &self.with(changes), &key).unwrap()
    }

    fn signed(&self, changes: &Value) -> String {
        self.signed_under(Some(KEY_ID), changes)
    }

    /// Every bad token with the reason under which it is counted.
    async fn bad(&self, province: &Province) -> Vec<(&'static str, String, &'static str)> {
        let now = self.claims["iat"].as_i64().unwrap();
        let good = self.signed(&json!({}));
        let parts: Vec<&str> = good.split('.').collect();
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let promoted = encoded(&self.with(&json!({ "roles": ["admin"], "name": CANARY })));
        let none = |alg: &str| format!("{}.{}.", encoded(&json!({ "alg": alg, "kid": KEY_ID })), parts[1]);
        let jwks = province.send("GET", "/dev/.well-known/jwks.json", &[], None).await.body;
        let by_secret = |secret: &[u8]| {
            let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::HS256) };
            jsonwebtoken::encode(&header, &self.claims, &EncodingKey::from_secret(secret)).unwrap()
        };
        let elsewhere = Province::open().await;
        vec![
            ("no token at all", String::new(), "malformed"),
            ("three letters", "a.b.c".to_owned(), "malformed"),
            ("another's key", Forge::new(&elsewhere).signed(&json!({})), "signature"),
            ("an altered payload", format!("{}.{promoted}.{}", parts[0], parts[2]), "signature"),
            ("a signature cut off", format!("{}.{}.", parts[0], parts[1]), "signature"),
            ("no signature at all", format!("{}.{}", parts[0], parts[1]), "malformed"),
            ("algorithm none", none("none"), "algorithm"),
            ("algorithm None", none("None"), "algorithm"),
            ("the public key as a secret", by_secret(jwks.to_string().as_bytes()), "algorithm"),
            ("the coordinate as a secret", by_secret(jwks["keys"][0]["x"].as_str().unwrap().as_bytes()), "algorithm"),
            ("no kid", self.signed_under(None, &json!({})), "key"),
            ("an unknown kid", self.signed_under(Some("../local"), &json!({})), "key"),
            ("expired this second", self.signed(&json!({ "exp": now })), "expired"),
            ("expired", self.signed(&json!({ "exp": now - 1 })), "expired"),
            ("without an end", self.signed(&json!({ "exp": null })), "expired"),
            ("an end that is no time", self.signed(&json!({ "exp": "tomorrow" })), "expired"),
            ("issued tomorrow", self.signed(&json!({ "iat": now + 86_400, "exp": now + 90_000 })), "not_yet_valid"),
            ("valid from tomorrow", self.signed(&json!({ "nbf": now + 86_400, "exp": now + 90_000 })), "not_yet_valid"),
            ("another issuer", self.signed(&json!({ "iss": "https://issuer.example" })), "issuer"),
            ("no issuer", self.signed(&json!({ "iss": null })), "issuer"),
            ("another audience", self.signed(&json!({ "aud": "another" })), "audience"),
            ("no audience", self.signed(&json!({ "aud": null })), "audience"),
            ("an access token", self.signed(&json!({ "token_use": "access" })), "not_an_id_token"),
            ("a token of no use", self.signed(&json!({ "token_use": null })), "not_an_id_token"),
            ("an oversized token", self.signed(&json!({ "name": CANARY.repeat(1_000) })), "too_long"),
        ]
    }
}

async fn complaint(province: &Province) -> String {
    let head = province.bearer("head", "c21040").await;
    let petition = json!({ "kind": "complaint", "text": "x", "petitioner": { "name": "Nguyễn Thị Kín" },
                           "against": { "agency": "c21040", "position": "agency" } });
    let paper = json!({ "petition": petition, "channel": "counter", "received_on": "2026-10-05" });
    let registered = province.send("POST", "/v1/cases", &[("authorization", &head)], Some(paper)).await;
    assert_eq!(registered.status, StatusCode::CREATED, "{}", registered.body);
    registered.text("/case_id")
}

#[tokio::test]
async fn a_forged_expired_or_foreign_token_opens_nothing_and_is_counted_by_its_reason() {
    let province = Province::open().await;
    let id = complaint(&province).await;
    let forge = Forge::new(&province);
    let good = format!("Bearer {}", forge.signed(&json!({})));
    assert_eq!(province.read(&good, &format!("/v1/cases/{id}")).await.status, StatusCode::OK, "a token of ours opens");

    let before = raw::contents(&province).await;
    for (what, token, reason) in forge.bad(&province).await {
        for (method, path) in [
            ("GET", "/v1/cases".to_owned()),
            ("GET", format!("/v1/cases/{id}")),
            ("POST", format!("/v1/cases/{id}/acceptance")),
            ("POST", format!("/v1/cases/{id}/identity-disclosure")),
            ("PUT", "/v1/reference/areas/21040".to_owned()),
            ("GET", "/v1/statistics/agencies".to_owned()),
        ] {
            let bearer = format!("Bearer {token}");
            let headers = [("authorization", &*bearer), ("if-match", "\"1\""), ("content-type", "application/json")];
            let (answer, log) = heard(raw::send(&province, method, &path, &headers, "{}")).await;
            // The gateway's own words, as on AWS, where they can't be changed: the same whatever the reason.
            assert_eq!(
                (answer.status.as_u16(), answer.json()),
                (401, json!({ "message": "Unauthorized" })),
                "{what}: {path}"
            );
            assert_eq!(answer.headers["www-authenticate"], "Bearer", "{what}");
            let refused: Vec<&str> = log.lines().filter(|line| line.contains("a token was refused")).collect();
            assert_eq!(refused.len(), 1, "{what}: {log}");
            assert!(refused[0].contains(&format!("flaw={reason}")), "{what}: {log}");
            assert_quiet(what, &answer, &log);
            assert!(token.is_empty() || !log.contains(&token), "{what} is in the log");
        }
    }
    province.advance("PT9H").await;
    let expired = province.read(&good, &format!("/v1/cases/{id}")).await;
    assert_eq!(expired.status, StatusCode::UNAUTHORIZED, "hours later the token is worth nothing");
    let after = raw::contents(&province).await;
    assert_eq!(raw::differences(&before, &after), Vec::<String>::new());
}

/// Neither the caller nor the log learns what a token said.
#[track_caller]
fn assert_quiet(what: &str, answer: &RawAnswer, log: &str) {
    for said in [CANARY, "head@c21040", "Nguyễn"] {
        assert!(!answer.whole().contains(said) && !log.contains(said), "{what}: {} {log}", answer.whole());
    }
}

/// A request as a function is handed it, with these claims or no authorizer at all.
fn handed(method: &str, path: &str, claims: Option<&Value>, language: &str) -> lambda_http::Request {
    let mut event = json!({
        "version": "2.0", "routeKey": format!("{method} {path}"), "rawPath": path, "rawQueryString": "",
        "headers": { "accept-language": language, "content-type": "application/json", "if-match": "\"1\"" },
        "requestContext": {
            "accountId": "000000000000", "apiId": "sample", "stage": "$default", "requestId": "sample",
            "routeKey": format!("{method} {path}"), "time": "05/Oct/2026:02:00:00 +0000", "timeEpoch": 1_791_165_600_000_i64,
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "sample" },
        },
        "isBase64Encoded": false, "body": "{}",
    });
    if let Some(claims) = claims {
        event["requestContext"]["authorizer"] = json!({ "jwt": { "claims": claims, "scopes": null } });
    }
    lambda_http::request::from_str(&event.to_string()).unwrap()
}

/// Claims as the gateway hands them over, bent.
fn claims(changes: &Value) -> Value {
    let mut claims = json!({ "sub": "head@c21040", "token_use": "id", "roles": "[head]", "agency": "c21040" });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

fn functions(province: &Province, id: &str) -> [(Router, &'static str, String); 4] {
    let app = || province.shared.app.clone();
    [
        (donthu_casework::router(app()), "GET", "/v1/cases".to_owned()),
        (donthu_casework::router(app()), "POST", format!("/v1/cases/{id}/acceptance")),
        (donthu_custody::router(app()), "POST", format!("/v1/cases/{id}/identity-disclosure")),
        (donthu_statistics::router(app()), "GET", "/v1/statistics/agencies".to_owned()),
    ]
}

#[tokio::test]
async fn a_function_that_is_handed_no_proper_claims_says_so_itself() {
    let province = Province::open().await;
    let id = complaint(&province).await;
    let long = "x".repeat(9_000);
    let bent = [
        (json!({ "token_use": null }), 401, "not_signed_in", "not_an_id_token"),
        (json!({ "token_use": "access" }), 401, "not_signed_in", "not_an_id_token"),
        (json!({ "token_use": "[id access]" }), 401, "not_signed_in", "not_an_id_token"),
        (json!({ "sub": null }), 401, "not_signed_in", "no_subject"),
        (json!({ "sub": "" }), 401, "not_signed_in", "no_subject"),
        (json!({ "sub": "Nguyễn Văn A" }), 401, "not_signed_in", "malformed_subject"),
        (json!({ "sub": CANARY }), 401, "not_signed_in", "malformed_subject"),
        (json!({ "sub": long }), 401, "not_signed_in", "malformed_subject"),
        (json!({ "agency": null }), 401, "not_signed_in", "no_agency"),
        (json!({ "agency": "" }), 401, "not_signed_in", "no_agency"),
        (json!({ "agency": "c99999" }), 403, "agency_not_in_force", "agency_not_in_force"),
        (json!({ "agency": "external" }), 403, "agency_not_in_force", "agency_not_in_force"),
        (json!({ "agency": "[c21040 chair]" }), 403, "agency_not_in_force", "agency_not_in_force"),
        (json!({ "agency": "[c21040]" }), 403, "agency_not_in_force", "agency_not_in_force"),
        (json!({ "agency": "c21040 " }), 403, "agency_not_in_force", "agency_not_in_force"),
        (json!({ "agency": CANARY }), 403, "agency_not_in_force", "agency_not_in_force"),
        (json!({ "agency": long }), 403, "agency_not_in_force", "agency_not_in_force"),
        (json!({ "roles": null }), 403, "forbidden", "no_role"),
        (json!({ "roles": "[]" }), 403, "forbidden", "no_role"),
        (json!({ "roles": "[root superuser]" }), 403, "forbidden", "no_role"),
        (json!({ "roles": "[Head]" }), 403, "forbidden", "no_role"),
        (json!({ "roles": "[[head]]" }), 403, "forbidden", "no_role"),
        (json!({ "roles": "{\"head\":true}" }), 403, "forbidden", "no_role"),
        (json!({ "roles": "head;admin" }), 403, "forbidden", "no_role"),
        (json!({ "roles": format!("[{CANARY}]") }), 403, "forbidden", "no_role"),
        (json!({ "roles": long }), 403, "forbidden", "no_role"),
    ];
    let before = raw::contents(&province).await;
    for (changes, status, problem, flaw) in bent {
        let claims = claims(&changes);
        refused(&province, &id, Some(&claims), (status, problem, flaw)).await;
    }
    refused(&province, &id, None, (401, "not_signed_in", "no_claims")).await;
    refused(&province, &id, Some(&json!({})), (401, "not_signed_in", "not_an_id_token")).await;
    assert_eq!(raw::differences(&before, &raw::contents(&province).await), Vec::<String>::new());
    let whole = handed("GET", "/v1/cases", Some(&claims(&json!({}))), "vi");
    assert_eq!(raw::ask(donthu_casework::router(province.shared.app.clone()), whole).await.status, StatusCode::OK);
}

/// Asserts that every function refuses the claims, in both languages, counts it by its flaw and reveals nothing.
async fn refused(province: &Province, id: &str, claims: Option<&Value>, expected: (u16, &str, &str)) {
    let (status, problem, flaw) = expected;
    for (function, method, path) in functions(province, id) {
        let mut words = BTreeSet::new();
        for language in ["vi", "en"] {
            let (answer, log) = heard(raw::ask(function.clone(), handed(method, &path, claims, language))).await;
            let body = answer.json();
            let what = format!("{method} {path} {claims:?}");
            assert_eq!(answer.status.as_u16(), status, "{what}: {body}");
            assert_eq!(body["type"], format!("urn:donthu:problem:{problem}"), "{what}");
            assert_eq!(answer.headers["content-type"], "application/problem+json; charset=utf-8");
            assert_eq!(answer.headers.contains_key("www-authenticate"), status == 401, "{what}");
            assert!(log.contains(&format!("flaw=\"{flaw}\"")), "{what}: {log}");
            assert!(log.contains(&format!("problem=\"{problem}\"")), "{what}: {log}");
            assert_quiet(&what, &answer, &log);
            words.insert(body["detail"].as_str().unwrap().to_owned());
        }
        assert_eq!(words.len(), 2, "in both languages: {words:?}");
    }
}

#[tokio::test]
async fn a_token_outlives_its_agency_by_nothing() {
    let province = Province::open().await;
    let app = &province.shared.app;
    let id = complaint(&province).await;
    let head = province.bearer("head", "c21040").await;
    let before = app.directory().await.unwrap();
    let agency = before.agency(&AgencyId::from("c21040"), date(2026, 10, 5)).unwrap();
    let closed = Agency { valid_from: date(2026, 10, 5), valid_to: Some(date(2026, 10, 5)), ..agency.clone() };
    app.store.put_reference(sorts::AGENCY, closed.id.as_str(), closed.valid_from, &closed).await.unwrap();
    app.reference.forget().await;
    let path = format!("/v1/cases/{id}");
    assert_eq!(province.read(&head, &path).await.status, StatusCode::OK, "its last day is a whole day");

    province.advance("PT16H").await;
    let token = format!("Bearer {}", Forge::new(&province).signed(&json!({})));
    for path in [path.as_str(), "/v1/cases", "/v1/statistics/resolution-rate"] {
        let (answer, log) = heard(province.read(&token, path)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.body);
        assert_eq!(answer.text("/type"), "urn:donthu:problem:agency_not_in_force");
        assert_eq!(answer.text("/title"), "Cơ quan không còn hoạt động");
        assert!(log.contains("flaw=\"agency_not_in_force\"") && !log.contains("c21040"), "{log}");
        assert!(!answer.body.to_string().contains("c21040"), "{}", answer.body);
    }
    let public = province.send("GET", "/v1/reference/agencies", &[("authorization", &token)], None).await;
    assert_eq!(public.status, StatusCode::OK, "what is public stays so");
}
