//! The receipt that proves: what a citizen takes home, what checks it anywhere, and what becomes of it when keys change or fail.

use std::sync::Arc;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use donthu_service::receipts::{Statement, read};
use donthu_store::KmsKey;
use donthu_store::merkle::Hash;
use donthu_store::signing::{KeySet, KmsSigner, NotGenuine, PublicKeys, ReceiptSigner};
use donthu_store::testing::{FakeKms, FixedKeyring, FixedSigner, KmsFault};
use donthu_tests::{Answer, Province};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use crate::raw;

const KEY: &str = "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a11";
const OTHER_KEY: &str = "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a12";
const SIGNING_KEY: &str = "0a1b2c3d-0000-4000-8000-000000000003";
const BODY: &str = r#"{ "kind": "denunciation", "text": "Chủ tịch xã nhận tiền.", "against": { "agency": "c21040", "position": "head" } }"#;

/// A province whose clock stands still and whose signing key is of this number.
async fn signing(signer: FixedSigner) -> Province {
    held(Province::open_with_keys(Arc::new(FixedKeyring::new(1)), Arc::new(signer)).await)
}

fn held(province: Province) -> Province {
    province.machine.world().clock().hold("2026-10-05T02:00:00Z".parse().unwrap());
    province
}

/// Submits bytes as they are.
async fn submit(province: &Province, key: &str, body: &str) -> Value {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    let answer = raw::send(province, "POST", "/v1/petitions", &headers, body.to_owned()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.whole());
    answer.json()
}

fn signed(answer: &Value) -> String {
    answer["signed_receipt"].as_str().unwrap().to_owned()
}

fn salt(answer: &Value) -> Hash {
    answer["content_salt"].as_str().unwrap().parse().unwrap()
}

async fn published(province: &Province) -> Answer {
    let answer = province.send("GET", "/v1/public/receipt-keys", &[], None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer
}

async fn keys(province: &Province) -> PublicKeys {
    let set: KeySet = serde_json::from_value(published(province).await.body).unwrap();
    set.public_keys().unwrap()
}

async fn check(province: &Province, receipt: &str) -> Value {
    let body = json!({ "signed_receipt": receipt });
    let answer =
        province.send("POST", "/v1/public/receipt-verification", &[("accept-language", "en")], Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.headers["cache-control"], "no-store");
    answer.body
}

fn part(receipt: &str, index: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(receipt.split('.').nth(index).unwrap()).unwrap()).unwrap()
}

#[tokio::test]
async fn a_receipt_states_what_came_in_and_when_and_anybody_can_check_it() {
    let province = signing(FixedSigner::new(1)).await;
    let answer = submit(&province, KEY, BODY).await;
    let receipt = signed(&answer);
    insta::assert_json_snapshot!(
        "receipt",
        json!({ "header": part(&receipt, 0), "statement": part(&receipt, 1), "content_salt": answer["content_salt"] })
    );
    insta::assert_json_snapshot!("receipt_keys", published(&province).await.body);

    let keys = keys(&province).await;
    let statement = read(&receipt, &keys).unwrap();
    assert_eq!(json!(statement.case_number), answer["case_number"]);
    assert_eq!(json!(statement.submitted_at), answer["submitted_at"]);
    let deadline = statement.deadline.clone().unwrap();
    let told = &answer["deadlines"][0];
    assert_eq!((json!(deadline.rule), json!(deadline.due_on)), (told["rule"].clone(), told["due_on"].clone()));
    assert!(statement.is_of(&salt(&answer), BODY.as_bytes()));
    assert!(!statement.is_of(&salt(&answer), BODY.replace("tiền", "quà").as_bytes()));
    assert!(!statement.is_of(&salt(&answer), BODY.replace(": ", ":").as_bytes()), "byte for byte");
    assert!(!statement.is_of(&Hash::ZERO, BODY.as_bytes()), "who has no salt can try out nothing");

    let checked = check(&province, &format!(" {receipt}\n")).await;
    assert_eq!(checked["verdict"], "genuine");
    assert_eq!(checked["statement"], part(&receipt, 1));
}

#[tokio::test]
async fn a_library_of_somebody_elses_finds_the_same_receipt_genuine() {
    let province = signing(FixedSigner::new(1)).await;
    let receipt = signed(&submit(&province, KEY, BODY).await);
    let set: JwkSet = serde_json::from_value(published(&province).await.body).unwrap();
    let header = jsonwebtoken::decode_header(&receipt).unwrap();
    let key = set.find(&header.kid.unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    let decode = |receipt: &str| {
        jsonwebtoken::decode::<Statement>(receipt, &DecodingKey::from_jwk(key).unwrap(), &validation)
            .map(|token| token.claims)
    };
    assert_eq!(decode(&receipt).unwrap(), read(&receipt, &keys(&province).await).unwrap());
    let (message, _) = receipt.rsplit_once('.').unwrap();
    assert!(decode(&format!("{message}.{}", URL_SAFE_NO_PAD.encode([7; 64]))).is_err());
}

#[tokio::test]
async fn of_whatever_kind_a_petition_is_its_receipt_looks_the_same() {
    let province = signing(FixedSigner::new(1)).await;
    let mut shapes = Vec::new();
    let kinds = ["complaint", "denunciation", "feedback"];
    for (number, kind) in kinds.into_iter().chain(kinds).enumerate() {
        let mut body = json!({ "kind": kind, "text": "x", "area": "21040",
                               "against": { "agency": "c21040", "position": "staff" } });
        // Who leaves no name must show no more by it.
        if number < kinds.len() {
            body["petitioner"] = json!({ "name": "Nguyễn Thị Kín" });
        }
        let key = format!("7a6e2f5e-4b5e-4f4e-9d5e-{number:012}");
        let online = signed(&submit(&province, &key, &body.to_string()).await);
        let clerk = province.bearer("reception", "reception-board").await;
        let paper = json!({ "petition": body, "channel": "post", "received_on": "2026-10-02" });
        let on_paper = province.send("POST", "/v1/cases", &[("authorization", &clerk)], Some(paper)).await;
        assert_eq!(on_paper.status, StatusCode::CREATED, "{}", on_paper.body);
        shapes.push([online, signed(&on_paper.body)].map(|receipt| {
            let mut statement = part(&receipt, 1);
            for varying in ["case_number", "content_hash"] {
                statement[varying] = Value::Null;
            }
            (statement, receipt.len())
        }));
    }
    assert_eq!(shapes.len(), 6);
    assert!(shapes.iter().all(|shape| *shape == shapes[0]), "{shapes:?}");
    for (statement, _) in &shapes[0] {
        assert_eq!(statement["deadline"]["rule"], "P2");
    }
}

#[tokio::test]
async fn what_was_altered_anywhere_is_not_genuine() {
    let province = signing(FixedSigner::new(1)).await;
    let receipt = signed(&submit(&province, KEY, BODY).await);
    let other = signed(&submit(&province, OTHER_KEY, BODY).await);
    let parts = |receipt: &str| receipt.split('.').map(ToOwned::to_owned).collect::<Vec<_>>();
    let (own, foreign) = (parts(&receipt), parts(&other));
    let mut forgeries = vec![
        format!("{}.{}.{}", own[0], foreign[1], own[2]),
        format!("{}.{}.{}", own[0], own[1], foreign[2]),
        format!("{}.{}.", own[0], own[1]),
        "x".to_owned(),
    ];
    let mut earlier = part(&receipt, 1);
    earlier["submitted_at"] = json!("2026-09-05T09:00:00+07:00");
    forgeries.push(format!("{}.{}.{}", own[0], URL_SAFE_NO_PAD.encode(earlier.to_string()), own[2]));
    for header in [
        json!({ "alg": "none", "kid": part(&receipt, 0)["kid"], "typ": "donthu-receipt+jws" }),
        json!({ "alg": "HS256", "kid": part(&receipt, 0)["kid"], "typ": "donthu-receipt+jws" }),
        json!({ "alg": "EdDSA", "kid": part(&receipt, 0)["kid"], "typ": "JWT" }),
    ] {
        forgeries.push(format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), own[1], own[2]));
    }
    for forged in &forgeries {
        let checked = check(&province, forged).await;
        assert_eq!(checked["verdict"], "not_genuine", "{forged}");
        assert_eq!(checked["statement"], Value::Null, "nothing is told of what nobody signed");
        assert_eq!(
            checked["verdict_text"],
            "This is not a receipt that the province gave out, or it was altered since."
        );
    }
    let stranger = donthu_store::signing::sign(&FixedSigner::new(9), b"{}").await.unwrap();
    assert_eq!(check(&province, stranger.as_str()).await["verdict"], "unknown_key");
    let long = json!({ "signed_receipt": "x".repeat(5_000) });
    let refused = province.send("POST", "/v1/public/receipt-verification", &[], Some(long)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
}

#[tokio::test]
async fn a_submission_sent_again_later_gets_the_very_same_receipt_and_so_does_the_code() {
    let province = signing(FixedSigner::new(1)).await;
    let first = submit(&province, KEY, BODY).await;
    province.advance("P3D").await;
    let again = submit(&province, KEY, BODY).await;
    assert_eq!((signed(&first), salt(&first)), (signed(&again), salt(&again)));
    let code = format!("Receipt {}", first["receipt"].as_str().unwrap());
    let lost = province.send("GET", "/v1/petition/receipt", &[("authorization", &code)], None).await;
    assert_eq!(lost.status, StatusCode::OK, "{}", lost.body);
    assert_eq!((signed(&lost.body), salt(&lost.body)), (signed(&first), salt(&first)));
    assert_eq!(lost.headers["cache-control"], "no-store");
    let unknown = "Receipt 1AQ03Q-2QJP3-7NSKQ-W6B0J7";
    let refused = province.send("GET", "/v1/petition/receipt", &[("authorization", unknown)], None).await;
    assert!(refused.status == StatusCode::NOT_FOUND || refused.status == StatusCode::BAD_REQUEST);
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn what_is_handed_out_for_a_paper_is_signed_too() {
    let province = signing(FixedSigner::new(1)).await;
    let clerk = province.bearer("reception", "c21040").await;
    let paper = json!({ "petition": { "kind": "feedback", "text": "x", "area": "21040" }, "channel": "counter" });
    let headers = [("authorization", clerk.as_str()), ("idempotency-key", KEY)];
    let entered = province.send("POST", "/v1/cases", &headers, Some(paper.clone())).await;
    assert_eq!(entered.status, StatusCode::CREATED, "{}", entered.body);
    let statement = read(&signed(&entered.body), &keys(&province).await).unwrap();
    assert!(statement.is_of(&salt(&entered.body), paper.to_string().as_bytes()));
    let again = province.send("POST", "/v1/cases", &headers, Some(paper)).await;
    assert_eq!(signed(&again.body), signed(&entered.body));
}

#[tokio::test]
async fn while_the_signer_is_down_nothing_is_written_and_the_same_submission_succeeds_later() {
    let kms = FakeKms::new();
    let signer = KmsSigner::new(kms.config(), KmsKey::new(SIGNING_KEY).unwrap(), Vec::new());
    let province = held(Province::open_with_keys(Arc::new(FixedKeyring::new(1)), Arc::new(signer)).await);
    let before = raw::contents(&province).await;
    let body: Value = serde_json::from_str(BODY).unwrap();
    let send = async || province.send("POST", "/v1/petitions", &[("idempotency-key", KEY)], Some(body.clone())).await;
    for fault in [KmsFault::Unreachable, KmsFault::AnswerLost, KmsFault::Answers(400, "ThrottlingException")] {
        kms.set_fault(Some(fault));
        let refused = send().await;
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.body);
        assert_eq!(refused.text("/type"), "urn:donthu:problem:keys_unavailable");
        assert_eq!(refused.headers["retry-after"], "2");
        assert_eq!(raw::differences(&before, &raw::contents(&province).await), Vec::<String>::new());
    }
    kms.set_fault(Some(KmsFault::Answers(400, "AccessDeniedException")));
    assert_eq!(send().await.status, StatusCode::INTERNAL_SERVER_ERROR, "a missing right is a fault of ours");
    assert_eq!(raw::differences(&before, &raw::contents(&province).await), Vec::<String>::new());

    kms.set_fault(None);
    let calls = kms.calls().len();
    let submitted = send().await;
    assert_eq!(submitted.status, StatusCode::CREATED, "{}", submitted.body);
    assert_eq!(kms.calls()[calls..], ["GetPublicKey", "Sign"]);
    assert_eq!(check(&province, &signed(&submitted.body)).await["verdict"], "genuine");
    let again = send().await;
    assert_eq!(signed(&again.body), signed(&submitted.body));
    assert_eq!(province.heads().await.len(), 1);
}

#[tokio::test]
async fn after_a_rotation_old_receipts_stay_genuine_and_their_submissions_repeatable() {
    let before = signing(FixedSigner::new(1)).await;
    let old = signed(&submit(&before, KEY, BODY).await);
    let after = signing(FixedSigner::after(2, &[1])).await;
    let new = signed(&submit(&after, KEY, BODY).await);
    assert_ne!(part(&old, 0)["kid"], part(&new, 0)["kid"]);
    let (old_keys, all_keys) = (keys(&before).await, keys(&after).await);
    assert_eq!(read(&old, &all_keys).unwrap(), read(&old, &old_keys).unwrap());
    assert_eq!(check(&after, &old).await["verdict"], "genuine");
    assert_eq!(read(&new, &old_keys), Err(NotGenuine::UnknownKey));
    let set = published(&after).await;
    assert_eq!(set.headers["cache-control"], "public, max-age=300");
    assert_eq!(set.body["keys"].as_array().unwrap().len(), 2);
    assert_eq!(set.body["keys"][0]["kid"], part(&new, 0)["kid"], "the present key comes first");
    let signer = FixedSigner::after(2, &[1]);
    assert_eq!(signer.public_keys().await.unwrap(), all_keys);
}
