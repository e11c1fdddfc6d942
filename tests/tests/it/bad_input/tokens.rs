//! Tokens that are forged, expired or not meant for this system.

use axum::http::StatusCode;
use donthu_tests::Province;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::{JSON, complaint};
use crate::raw;

#[tokio::test]
async fn a_forged_expired_or_foreign_token_opens_nothing() {
    let province = Province::open().await;
    let head = province.bearer("head", "c21040").await;
    let id = complaint(&province, &head).await;
    let key = std::fs::read(province.folder().join("data/issuer-key.der")).unwrap();
    let now = province.machine.world().clock().now().as_second();
    let claims = json!({
        "sub": "head@c21040", "token_use": "id", "roles": ["head"], "agency": "c21040",
        "iss": donthu_local::issuer::ISSUER, "aud": donthu_local::issuer::AUDIENCE, "iat": now, "exp": now + 60,
    });
    let signed = |change: Value| {
        let mut claims = claims.clone();
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &EncodingKey::from_ec_der(&key)).unwrap()
    };
    let good = signed(json!({}));
    let read = province.read(&format!("Bearer {good}"), &format!("/v1/cases/{id}")).await;
    assert_eq!(read.status, StatusCode::OK, "a token of ours opens: {}", read.body);

    let (signature_cut, tampered) = (good.rsplit_once('.').unwrap().0, good.replacen("eyJ", "eyK", 2));
    let by_secret = EncodingKey::from_secret(b"guess");
    let forged = [
        "a.b.c".to_owned(),
        String::new(),
        format!("{signature_cut}."),
        format!("{signature_cut}.AAAA"),
        tampered,
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &by_secret).unwrap(),
        signed(json!({ "exp": now })),
        signed(json!({ "exp": now - 1 })),
        signed(json!({ "iat": now + 3_600, "exp": now + 7_200 })),
        signed(json!({ "exp": "tomorrow" })),
        signed(json!({ "iss": "https://issuer.example" })),
        signed(json!({ "aud": "another" })),
        signed(json!({ "token_use": "access" })),
        signed(json!({ "token_use": null })),
    ];
    let before = raw::contents(&province).await;
    for token in forged {
        for (method, path) in [
            ("GET", "/v1/cases".to_owned()),
            ("GET", format!("/v1/cases/{id}")),
            ("POST", format!("/v1/cases/{id}/acceptance")),
            ("GET", "/v1/statistics/agencies?from=2026-10-01&to=2026-10-05".to_owned()),
        ] {
            let bearer = format!("Bearer {token}");
            let headers = [("authorization", bearer.as_str()), ("if-match", "\"1\""), JSON];
            let answer = raw::send(&province, method, &path, &headers, "{}").await;
            // The gateway's own words, as on AWS: the request never reaches a function.
            assert_eq!(
                (answer.status.as_u16(), answer.json()),
                (401, json!({ "message": "Unauthorized" })),
                "{path} {token}"
            );
        }
    }
    province.advance("PT9H").await;
    let expired = province.read(&head, &format!("/v1/cases/{id}")).await;
    assert_eq!(expired.status, StatusCode::UNAUTHORIZED, "eight hours later the token is worth nothing");
    let after = raw::contents(&province).await;
    assert_eq!(raw::differences(&before, &after), Vec::<String>::new());
}

#[tokio::test]
async fn a_function_that_is_handed_no_proper_claims_says_so_itself() {
    let province = Province::open().await;
    let event = |claims: Value, language: &str| {
        json!({
            "version": "2.0", "routeKey": "GET /v1/cases", "rawPath": "/v1/cases", "rawQueryString": "",
            "headers": { "accept-language": language },
            "requestContext": {
                "accountId": "000000000000", "apiId": "sample", "stage": "$default", "requestId": "sample",
                "routeKey": "GET /v1/cases", "time": "05/Oct/2026:02:00:00 +0000", "timeEpoch": 1_791_165_600_000_i64,
                "authorizer": { "jwt": { "claims": claims, "scopes": null } },
                "http": { "method": "GET", "path": "/v1/cases", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "sample" },
            },
            "isBase64Encoded": false,
        })
    };
    let whole = || json!({ "sub": "a", "token_use": "id", "roles": "[head]", "agency": "c21040" });
    let without = |name: &str| {
        let mut claims = whole();
        claims.as_object_mut().unwrap().remove(name);
        claims
    };
    let with = |name: &str, value: &str| {
        let mut claims = whole();
        claims[name] = json!(value);
        claims
    };
    for (claims, status, problem) in [
        (json!({}), 401, "not_signed_in"),
        (without("token_use"), 401, "not_signed_in"),
        (with("token_use", "access"), 401, "not_signed_in"),
        (without("sub"), 401, "not_signed_in"),
        (with("sub", ""), 401, "not_signed_in"),
        (without("agency"), 401, "not_signed_in"),
        (without("roles"), 403, "forbidden"),
        (with("roles", "[]"), 403, "forbidden"),
        (with("roles", "[root superuser]"), 403, "forbidden"),
        (whole(), 200, ""),
    ] {
        let mut words = Vec::new();
        for language in ["vi", "en"] {
            let request = lambda_http::request::from_str(&event(claims.clone(), language).to_string()).unwrap();
            let answer = raw::ask(donthu_casework::router(province.shared.app.clone()), request).await;
            let body = answer.json();
            assert_eq!(answer.status.as_u16(), status, "{claims}: {body}");
            if status != 200 {
                assert_eq!(body["type"], format!("urn:donthu:problem:{problem}"), "{claims}");
                words.push(body["detail"].clone());
            }
        }
        assert!(words.is_empty() || words[0] != words[1], "{words:?}");
    }
}
