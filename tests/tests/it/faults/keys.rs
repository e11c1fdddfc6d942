//! The key service is down, refuses, or loses its answers; keys are destroyed.

use std::sync::Arc;

use axum::http::StatusCode;
use donthu_store::testing::{FakeKms, KmsFault};
use donthu_store::{DataClass, KmsKey, KmsKeyring, seal_lookup};
use donthu_tests::{Answer, Province};
use serde_json::{Value, json};

use super::{COMMUNE, KEY, assert_later};

const VAULT_KEY: &str = "0a1b2c3d-0000-4000-8000-000000000001";

async fn on_kms() -> (Province, FakeKms) {
    let kms = FakeKms::new();
    let key = KmsKey::new(VAULT_KEY).unwrap();
    let sealed = seal_lookup(kms.config(), &key, None).await.unwrap();
    let keyring = KmsKeyring::open(kms.config(), key, Vec::new(), &sealed).await.unwrap();
    (Province::open_on(Arc::new(keyring)).await, kms)
}

fn feedback() -> Value {
    json!({
        "kind": "feedback", "text": "Trường học chưa có nước sạch.", "area": "21040",
        "petitioner": { "name": "Nguyễn Thị Kín" }, "phone": "0912345678",
    })
}

async fn submit(province: &Province) -> Answer {
    province.send("POST", "/v1/petitions", &[("idempotency-key", KEY)], Some(feedback())).await
}

async fn rows(province: &Province) -> usize {
    let tables = province.shared.app.store.tables().clone();
    let client = aws_sdk_dynamodb::Client::new(&province.machine.engine().sdk_config());
    let mut rows = province.heads().await.len();
    for table in [tables.journal, tables.vault] {
        rows += client.scan().table_name(table).send().await.unwrap().items().len();
    }
    rows
}

#[tokio::test]
async fn while_the_key_service_is_down_a_submission_writes_nothing_and_the_same_one_succeeds_later() {
    let (province, kms) = on_kms().await;
    for fault in [
        KmsFault::Unreachable,
        KmsFault::AnswerLost,
        KmsFault::Answers(400, "ThrottlingException"),
        KmsFault::Answers(500, "KMSInternalException"),
    ] {
        kms.set_fault(Some(fault));
        let refused = submit(&province).await;
        assert_later(&refused, "keys_unavailable");
        assert!(!refused.body.to_string().contains("KMS"), "{}", refused.body);
        assert_eq!(rows(&province).await, 0, "{fault:?}");
    }
    kms.set_fault(None);
    let first = submit(&province).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    kms.set_fault(Some(KmsFault::Unreachable));
    assert_later(&submit(&province).await, "keys_unavailable");
    kms.set_fault(None);
    let again = submit(&province).await;
    assert_eq!((again.status, again.text("/receipt")), (StatusCode::CREATED, first.text("/receipt")));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(province.heads().await.len(), 1);
}

#[tokio::test]
async fn a_key_that_is_refused_is_a_fault_of_ours_that_writes_nothing_and_loses_nothing() {
    let (province, kms) = on_kms().await;
    for code in ["AccessDeniedException", "DisabledException"] {
        kms.set_fault(Some(KmsFault::Answers(400, code)));
        let failed = submit(&province).await;
        assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!failed.body.to_string().contains(code), "the cause is for the log: {}", failed.body);
        assert_eq!(rows(&province).await, 0);
    }
    kms.set_fault(None);
    assert_eq!(submit(&province).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_text_cannot_be_read_while_the_key_service_is_down_but_the_case_can_be_followed() {
    let (province, kms) = on_kms().await;
    let receipt = submit(&province).await.text("/receipt");
    province.drain().await;
    let head = province.bearer("head", COMMUNE).await;
    let path = format!("/v1/cases/{}", province.case_of(&receipt));
    kms.set_fault(Some(KmsFault::Unreachable));
    assert_later(&province.read(&head, &path).await, "keys_unavailable");
    let authorization = format!("Receipt {receipt}");
    let followed = province.send("GET", "/v1/petition", &[("authorization", &authorization)], None).await;
    assert_eq!(followed.status, StatusCode::OK, "{}", followed.body);
    kms.set_fault(None);
    let read = province.read(&head, &path).await;
    assert_eq!(read.text("/petition/text"), "Trường học chưa có nước sạch.", "{}", read.body);
}

#[tokio::test]
async fn what_was_shredded_is_gone_in_so_many_words_and_the_case_is_not() {
    let province = Province::open().await;
    let receipt = submit(&province).await.text("/receipt");
    let id = province.case_of(&receipt);
    let app = &province.shared.app;
    let classes = [DataClass::Contact, DataClass::Text];
    assert_eq!(app.store.shred(&id, &classes, app.clock.now()).await.unwrap(), 2);
    province.drain().await;

    let head = province.bearer("head", COMMUNE).await;
    let gone = province.read(&head, &format!("/v1/cases/{id}")).await;
    assert_eq!((gone.status, gone.text("/type")), (StatusCode::GONE, "urn:donthu:problem:shredded".to_owned()));
    assert_eq!(gone.text("/title"), "Nội dung đã được hủy");
    let deadlines = province.read(&head, &format!("/v1/cases/{id}/deadlines")).await;
    assert_eq!(deadlines.status, StatusCode::OK, "{}", deadlines.body);
    let authorization = format!("Receipt {receipt}");
    let followed = province.send("GET", "/v1/petition", &[("authorization", &authorization)], None).await;
    assert_eq!(followed.status, StatusCode::OK, "{}", followed.body);

    // A notice to the number that is gone is settled as if none had been left, and blocks no other.
    let step = province.shared.app.store.case(&id).await.unwrap().unwrap().case.step;
    let accepted = province.step(&head, id.as_str(), step, "acceptance", json!({})).await;
    assert_eq!(accepted.status, StatusCode::OK, "{}", accepted.body);
    province.drain().await;
    let unsent =
        app.store.unsent(donthu_store::keys::shard(&id), "2027-01-01T00:00:00Z".parse().unwrap(), None, 10).await;
    assert_eq!(unsent.unwrap().items, [], "nothing stays pending");
    let inbox = province.machine.inbox().newest(usize::MAX);
    assert!(inbox.iter().all(|delivery| matches!(delivery.target, donthu_local::sns::inbox::Target::Topic(_))));
}
