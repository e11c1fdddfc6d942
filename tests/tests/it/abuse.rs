//! Who floods, guesses or hammers is slowed, and nobody else is.

use std::net::IpAddr;

use altcha::{Challenge, Payload, SolveChallengeOptions, solve_challenge};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use donthu_service::limits::{Limit, UNPROVEN_SHARDS};
use donthu_service::visitor::{self, VisitorKey};
use donthu_tests::{Answer, Province};
use serde_json::{Value, json};

use crate::raw;

const KEY: &str = "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a11";
const OTHER_KEY: &str = "0c1d2e3f-1111-4222-8333-444455556666";

fn feedback() -> Value {
    json!({ "kind": "feedback", "text": "Đèn đường hỏng.", "area": "21040" })
}

async fn submit(province: &Province, from: IpAddr, headers: &[(&str, &str)]) -> Answer {
    province.send_from(from, "POST", "/v1/petitions", headers, Some(feedback())).await
}

async fn challenge(province: &Province, key: &str) -> Challenge {
    let answer = province.send("GET", "/v1/petitions/challenge", &[("idempotency-key", key)], None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.headers["cache-control"], "no-store");
    serde_json::from_value(answer.body).unwrap()
}

fn payload(challenge: &Challenge) -> Payload {
    let solution = solve_challenge(SolveChallengeOptions::new(challenge)).unwrap().unwrap();
    Payload { challenge: challenge.clone(), solution }
}

fn header(payload: &Payload) -> String {
    STANDARD.encode(serde_json::to_vec(payload).unwrap())
}

/// The header that goes with the petition of this key.
pub async fn solved(province: &Province, key: &str) -> String {
    header(&payload(&challenge(province, key).await))
}

fn problem(answer: &Answer) -> String {
    answer.text("/type").trim_start_matches("urn:donthu:problem:").to_owned()
}

fn retry_after(answer: &Answer) -> u32 {
    answer.headers["retry-after"].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn who_submits_very_many_petitions_has_to_work_for_each_and_nobody_else_has_to() {
    let province = Province::open().await;
    let flooder = province.address();
    for _ in 0..Limit::Unproven.most() {
        assert_eq!(submit(&province, flooder, &[]).await.status, StatusCode::CREATED);
    }
    let before = raw::contents(&province).await;
    let refused = submit(&province, flooder, &[]).await;
    assert_eq!((refused.status, problem(&refused).as_str()), (StatusCode::TOO_MANY_REQUESTS, "proof_of_work_needed"));
    assert!((3_000..=3_600).contains(&retry_after(&refused)), "the hour has just begun");
    let changed = raw::differences(&before, &raw::contents(&province).await);
    assert_eq!(changed, Vec::<String>::new(), "nothing was written");

    // However often it is refused, and whatever junk it calls a proof, it uses up nobody's allowance but its own.
    for _ in 0..300 {
        assert_eq!(problem(&submit(&province, flooder, &[]).await), "proof_of_work_needed");
    }
    for _ in 0..=Limit::Proven.most() {
        let junk = submit(&province, flooder, &[("idempotency-key", KEY), ("altcha", "anPk")]).await;
        assert_eq!(problem(&junk), "proof_of_work_invalid");
    }
    let other = submit(&province, province.address(), &[]).await;
    assert_eq!(other.status, StatusCode::CREATED, "another address has its own allowance");
    let solved = solved(&province, KEY).await;
    let proven = submit(&province, flooder, &[("idempotency-key", KEY), ("altcha", &solved)]).await;
    assert_eq!(proven.status, StatusCode::CREATED, "{}", proven.body);
    province.advance("PT1H").await;
    assert_eq!(
        submit(&province, flooder, &[]).await.status,
        StatusCode::CREATED,
        "the next hour has its own allowance"
    );
}

#[tokio::test]
async fn a_flood_from_everywhere_uses_up_what_the_province_allows_without_work() {
    let province = Province::open().await;
    let most = Limit::UnprovenInAll.most() * u32::from(UNPROVEN_SHARDS);
    let mut accepted = 0;
    let refused = loop {
        let answer = submit(&province, province.address(), &[]).await;
        match answer.status {
            StatusCode::CREATED => accepted += 1,
            _ => break answer,
        }
        assert!(accepted <= most, "the flood goes on");
    };
    assert!(accepted >= Limit::UnprovenInAll.most(), "one shard alone allows {}", Limit::UnprovenInAll.most());
    assert_eq!(problem(&refused), "proof_of_work_needed");
    let solved = solved(&province, KEY).await;
    let proven = submit(&province, province.address(), &[("idempotency-key", KEY), ("altcha", &solved)]).await;
    assert_eq!(proven.status, StatusCode::CREATED, "who works gets through a flood: {}", proven.body);
}

#[tokio::test]
async fn one_proof_of_work_is_good_for_one_petition() {
    let province = Province::open().await;
    let solved = solved(&province, KEY).await;
    let first = submit(&province, province.address(), &[("idempotency-key", KEY), ("altcha", &solved)]).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    let again = submit(&province, province.address(), &[("idempotency-key", KEY), ("altcha", &solved)]).await;
    assert_eq!((again.status, again.text("/receipt")), (StatusCode::CREATED, first.text("/receipt")), "sent again");
    let replayed = submit(&province, province.address(), &[("idempotency-key", OTHER_KEY), ("altcha", &solved)]).await;
    assert_eq!(problem(&replayed), "proof_of_work_invalid", "for a second petition");
    let keyless = submit(&province, province.address(), &[("altcha", &solved)]).await;
    assert_eq!(problem(&keyless), "proof_of_work_invalid", "for a petition of no key");
}

#[tokio::test]
async fn what_is_no_proof_of_work_is_refused_alike_and_nothing_is_saved() {
    let province = Province::open().await;
    let genuine = payload(&challenge(&province, KEY).await);
    let altered = |change: &dyn Fn(&mut Payload)| {
        let mut payload = genuine.clone();
        change(&mut payload);
        header(&payload)
    };
    let foreign = {
        let data = genuine.challenge.parameters.data.clone();
        let made = altcha::create_challenge(altcha::CreateChallengeOptions {
            cost: 1,
            counter: Some(1),
            data,
            hmac_signature_secret: Some("another secret".to_owned()),
            hmac_key_signature_secret: Some("another secret".to_owned()),
            ..altcha::CreateChallengeOptions::default()
        });
        header(&payload(&made.unwrap()))
    };
    let attempts = [
        ("not in base64", "???".to_owned()),
        ("no JSON", STANDARD.encode("no JSON")),
        ("far too long", "A".repeat(5_000)),
        ("an easier challenge", altered(&|payload| payload.challenge.parameters.cost = 1)),
        (
            "a longer life",
            altered(&|payload| {
                payload.challenge.parameters.data.as_mut().unwrap().insert("until".to_owned(), json!(i64::MAX));
            }),
        ),
        ("no data", altered(&|payload| payload.challenge.parameters.data = None)),
        ("no signature", altered(&|payload| payload.challenge.signature = None)),
        ("no signature of the key", altered(&|payload| payload.challenge.parameters.key_signature = None)),
        ("not solved", altered(&|payload| payload.solution.derived_key = "00".repeat(32))),
        ("another's secret", foreign),
    ];
    let before = raw::contents(&province).await;
    let mut bodies = Vec::new();
    for (what, solution) in attempts {
        let headers = [("idempotency-key", KEY), ("altcha", solution.as_str())];
        let answer = submit(&province, province.address(), &headers).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
        bodies.push(answer.body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "no answer tells what was wrong");
    let changed = raw::differences(&before, &raw::contents(&province).await);
    assert_eq!(changed, Vec::<String>::new());

    province.advance("PT61M").await;
    let late = submit(&province, province.address(), &[("idempotency-key", KEY), ("altcha", &header(&genuine))]).await;
    assert_eq!(problem(&late), "proof_of_work_invalid", "too old");
}

#[tokio::test]
async fn a_province_under_attack_can_want_work_for_every_petition() {
    let province = Province::open().await;
    province.set_policy("intake.proof_of_work", "always").await;
    let refused = submit(&province, province.address(), &[]).await;
    assert_eq!(problem(&refused), "proof_of_work_needed");
    assert!(!refused.headers.contains_key("retry-after"), "to wait helps nobody");
    let solved = solved(&province, KEY).await;
    let proven = submit(&province, province.address(), &[("idempotency-key", KEY), ("altcha", &solved)]).await;
    assert_eq!(proven.status, StatusCode::CREATED);
}

#[tokio::test]
async fn guesses_at_receipt_codes_are_slowed_and_holders_at_the_same_address_are_not() {
    let province = Province::open().await;
    let address = province.address();
    let receipt = submit(&province, province.address(), &[]).await.text("/receipt");
    let ask = async |from: IpAddr, code: &str| {
        province.send_from(from, "GET", "/v1/petition", &[("authorization", &format!("Receipt {code}"))], None).await
    };
    // Codes of another province's key: every symbol is right, and they lead nowhere here.
    let elsewhere = Province::open().await;
    let guess = submit(&elsewhere, elsewhere.address(), &[]).await.text("/receipt");
    let first = ask(address, &guess).await;
    assert_eq!(first.status, StatusCode::NOT_FOUND);
    for _ in 1..Limit::UnknownCodes.most() {
        let answer = ask(address, &guess).await;
        assert_eq!((answer.status, answer.body), (StatusCode::NOT_FOUND, first.body.clone()), "one uniform answer");
    }
    let slowed = ask(address, &guess).await;
    assert_eq!((slowed.status, problem(&slowed).as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"));
    assert_eq!(ask(address, &receipt).await.status, StatusCode::OK, "who holds a code follows their case");
    assert_eq!(ask(province.address(), &guess).await.status, StatusCode::NOT_FOUND, "from elsewhere");
    let slip = format!("{}{}", &receipt[..receipt.len() - 1], if receipt.ends_with('0') { '1' } else { '0' });
    let wrong = ask(address, &slip).await;
    assert_eq!(problem(&wrong), "malformed_receipt_code", "a slip of the pen is told before anything is looked up");
}

#[tokio::test]
async fn what_a_receipt_is_used_for_is_bounded_and_the_look_at_the_case_is_not() {
    let province = Province::open().await;
    let authorization = format!("Receipt {}", submit(&province, province.address(), &[]).await.text("/receipt"));
    let citizen = [("authorization", authorization.as_str())];
    for _ in 0..Limit::Receipt.most() {
        let messages = province.send("GET", "/v1/petition/messages", &citizen, None).await;
        assert_eq!(messages.status, StatusCode::OK);
    }
    for (method, path) in
        [("GET", "/v1/petition/messages"), ("GET", "/v1/petition/proof"), ("POST", "/v1/petition/withdrawal")]
    {
        let refused = province.send(method, path, &citizen, None).await;
        assert_eq!(problem(&refused), "too_many_requests", "{method} {path}");
    }
    assert_eq!(province.send("GET", "/v1/petition", &citizen, None).await.status, StatusCode::OK);
    province.advance("PT1H").await;
    assert_eq!(province.send("GET", "/v1/petition/messages", &citizen, None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_address_is_stored_and_one_is_not_known_again_on_the_next_day() {
    let province = Province::open().await;
    let address = province.address();
    let rows = async || -> Vec<String> {
        let contents = raw::contents(&province).await;
        contents.into_keys().filter(|key| key.contains(" LIMIT#")).collect()
    };
    submit(&province, address, &[]).await;
    let first_day = rows().await;
    assert!(!first_day.is_empty());
    let everything = format!("{:?}", raw::contents(&province).await);
    assert!(!everything.contains(&address.to_string()), "the address stands somewhere");
    province.advance("P1D").await;
    submit(&province, address, &[]).await;
    let digest = |key: &str| key.split(' ').nth(1).unwrap().to_owned();
    let days: Vec<_> = rows().await.into_iter().filter(|row| !first_day.contains(row)).collect();
    assert!(days.iter().all(|row| first_day.iter().all(|before| digest(before) != digest(row))), "{days:?}");
}

#[tokio::test]
async fn every_answer_tells_a_browser_to_keep_it_to_itself() {
    let province = Province::open().await;
    let head = province.bearer("head", "c21040").await;
    let unknown = [("authorization", "Receipt 0000")];
    for (method, path, headers) in [
        ("GET", "/v1/reference/areas", vec![]),
        ("GET", "/v1/petition", unknown.to_vec()),
        ("POST", "/v1/petitions", vec![]),
        ("GET", "/v1/cases", vec![("authorization", head.as_str())]),
    ] {
        let answer = province.send(method, path, &headers, None).await;
        let header = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let told = |name: &str| header(name).unwrap_or_else(|| panic!("{method} {path} lacks {name}"));
        assert_eq!(told("x-content-type-options"), "nosniff");
        assert_eq!(told("x-frame-options"), "DENY");
        assert_eq!(told("referrer-policy"), "no-referrer");
        assert_eq!(told("cross-origin-resource-policy"), "same-origin");
        assert!(told("content-security-policy").starts_with("default-src 'none'"));
        assert!(told("strict-transport-security").starts_with("max-age=63072000"));
        if path != "/v1/reference/areas" {
            assert_eq!(told("cache-control"), "no-store", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn who_comes_through_the_portal_is_counted_by_their_own_address_and_nobody_vouches_for_another() {
    let province = Province::open().await;
    let portal = province.address();
    let vouch = |address: IpAddr, key: &VisitorKey| {
        let value = key.vouch(address, province.shared.app.clock.now());
        value.to_str().unwrap().to_owned()
    };
    let key = province.shared.app.visitors.clone().unwrap();
    let through = async |address: IpAddr, key: &VisitorKey| {
        let vouched = vouch(address, key);
        submit(&province, portal, &[(visitor::HEADER, &vouched)]).await.status
    };
    let (one, other) = (province.address(), province.address());
    for _ in 0..Limit::Unproven.most() {
        assert_eq!(through(one, &key).await, StatusCode::CREATED);
    }
    assert_eq!(through(one, &key).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(through(other, &key).await, StatusCode::CREATED, "another visitor of the same portal");
    // A header that somebody made up: their own address is what counts.
    let forged = VisitorKey::new(&[1; 32]);
    for _ in 0..Limit::Unproven.most() {
        assert_eq!(through(province.address(), &forged).await, StatusCode::CREATED);
    }
    assert_eq!(through(province.address(), &forged).await, StatusCode::TOO_MANY_REQUESTS);
}
