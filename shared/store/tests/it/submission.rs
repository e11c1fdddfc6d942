use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use donthu_domain::{Actor, CommandId, Kind};
use donthu_store::testing::{FixedKeyring, When};
use donthu_store::{Created, NewCase, StoreError};
use uuid::Uuid;

use crate::bench::{Bench, PLANTED, at, case_id, monday, parts, receipt, submission};

const WRITE: &str = "TransactWriteItems";

async fn items(bench: &Bench) -> usize {
    let mut count = 0;
    for table in ["cases", "journal", "vault"] {
        count += bench.every_item(table).await.len();
    }
    count
}

#[tokio::test]
async fn a_submission_is_one_transaction_of_at_most_seven_items_and_no_read() {
    let bench = Bench::new().await;
    let before = bench.store.meter().snapshot();
    let Created::New(loaded) = bench.submit(1, Kind::Complaint).await.unwrap() else { panic!("not new") };
    let used = bench.store.meter().snapshot().since(&before);
    assert_eq!(used.requests, BTreeMap::from([(WRITE.to_owned(), 1)]));
    assert_eq!(used.read_units, 0.0);
    assert!(used.write_units > 0.0 && used.write_units <= 40.0, "{used:?}");
    assert!(items(&bench).await <= 7);
    assert_eq!(bench.keyring.calls(), 3, "one data key for each class");
    assert_eq!(bench.store.case(&bench.case_id(1)).await.unwrap(), Some(loaded));
}

#[tokio::test]
async fn the_same_submission_again_changes_nothing_and_gives_the_same_case() {
    let bench = Bench::new().await;
    let Created::New(first) = bench.submit(1, Kind::Complaint).await.unwrap() else { panic!("not new") };
    let written = items(&bench).await;
    assert_eq!(bench.submit(1, Kind::Complaint).await.unwrap(), Created::Repeated(first));
    assert_eq!(items(&bench).await, written);
}

#[tokio::test]
async fn another_body_under_the_same_idempotency_key_is_told_apart_and_writes_nothing() {
    let bench = Bench::new().await;
    bench.submit_body(1, Kind::Complaint, "one").await.unwrap();
    let written = items(&bench).await;
    assert_eq!(bench.submit_body(1, Kind::Complaint, "other").await.unwrap(), Created::BodyDiffers);
    assert_eq!(items(&bench).await, written);
}

#[tokio::test]
async fn a_lost_reply_does_not_make_two_cases() {
    for (when, sent) in [(When::BeforeSending, 1), (When::AfterSending, 3), (When::ServerError, 3)] {
        let bench = Bench::new().await;
        bench.faults.plan_next(WRITE, 2, when);
        assert!(matches!(bench.submit(1, Kind::Complaint).await.unwrap(), Created::New(_)), "{when:?}");
        assert_eq!(bench.faults.raised(), 2);
        assert_eq!(bench.store.meter().snapshot().of(WRITE), sent, "{when:?}");
        assert_eq!(bench.every_item("journal").await.len(), 1);
    }
}

#[tokio::test]
async fn where_every_reply_is_lost_the_written_case_is_found() {
    let bench = Bench::new().await;
    bench.faults.plan_next(WRITE, 4, When::AfterSending);
    assert!(matches!(bench.submit(1, Kind::Complaint).await.unwrap(), Created::Repeated(_)));
}

#[tokio::test]
async fn an_unreachable_table_is_an_error_and_the_submission_can_be_sent_again() {
    let bench = Bench::new().await;
    bench.faults.plan_next(WRITE, 4, When::BeforeSending);
    let failed = bench.submit(1, Kind::Complaint).await.unwrap_err();
    assert!(matches!(failed, StoreError::Unavailable { .. }), "{failed:?}");
    assert_eq!(items(&bench).await, 0);
    assert!(matches!(bench.submit(1, Kind::Complaint).await.unwrap(), Created::New(_)));
}

#[tokio::test]
async fn conflicts_and_throttling_are_waited_out_and_end_as_busy() {
    for when in [When::Conflict, When::Throttled] {
        let bench = Bench::new().await;
        bench.faults.plan_next(WRITE, 3, when);
        assert!(matches!(bench.submit(1, Kind::Complaint).await.unwrap(), Created::New(_)), "{when:?}");
        bench.faults.plan_next(WRITE, 8, when);
        let busy = bench.submit(2, Kind::Complaint).await.unwrap_err();
        assert!(matches!(busy, StoreError::Busy), "{busy:?}");
        assert_eq!(bench.store.case(&bench.case_id(2)).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_equal_submissions_at_once_one_is_new() {
    let bench = std::sync::Arc::new(Bench::new().await);
    let all: Vec<_> = (0..16)
        .map(|_| {
            let bench = bench.clone();
            tokio::spawn(async move { bench.submit(1, Kind::Complaint).await.unwrap() })
        })
        .collect();
    let mut new = 0;
    for one in all {
        match one.await.unwrap() {
            Created::New(_) => new += 1,
            Created::Repeated(_) => {}
            Created::BodyDiffers => panic!("the bodies are equal"),
        }
    }
    // Equal requests bear tokens of their own, since each has sealed its parts anew.
    assert_eq!(new, 1);
    assert_eq!(bench.every_item("journal").await.len(), 1);
}

#[tokio::test]
async fn a_retry_after_a_rotation_of_the_keys_finds_the_first_case() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Complaint).await.unwrap();
    let rotated = bench.with_keyring(FixedKeyring::rotated(1, monday()));
    let key = Uuid::from_u128(1);
    let body = bench.body_hmac("body");

    let found = rotated.earlier_submission(at("2026-03-03T02:00:00Z"), key, &body).await.unwrap().unwrap();
    let Created::Repeated(loaded) = found.outcome else { panic!("not found") };
    assert_eq!(loaded.case.id, bench.case_id(1));
    assert_eq!(rotated.keyring().lookup().case_id(&found.receipt).unwrap(), bench.case_id(1));
    assert_ne!(case_id(rotated.keyring(), 1), bench.case_id(1), "a new case would have another id");

    let later = rotated.earlier_submission(at("2026-03-05T02:00:00Z"), key, &body).await.unwrap();
    assert_eq!(later, None);
    assert_eq!(rotated.meter().snapshot().total_requests(), 1, "no read once 48 hours have passed");
}

#[tokio::test]
async fn no_table_holds_anything_personal_in_the_clear() {
    let bench = Bench::new().await;
    bench.accepted(1, Kind::Complaint).await;
    for table in ["cases", "journal", "vault"] {
        for item in bench.every_item(table).await {
            for value in item.values() {
                let bytes = match value {
                    AttributeValue::B(blob) => blob.as_ref().to_vec(),
                    other => format!("{other:?}").into_bytes(),
                };
                for planted in PLANTED {
                    let found = bytes.windows(planted.len()).any(|window| window == planted.as_bytes());
                    assert!(!found, "{planted} stands in table {table}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_breaks_a_limit_is_refused_before_anything_is_written() {
    let bench = Bench::new().await;
    let id = bench.case_id(1);
    let mut long = submission(&id, Kind::Complaint, monday());
    long.after.number = "x".repeat(100 * 1024);
    let mut wide = submission(&id, Kind::Complaint, monday());
    wide.tally = (0..120)
        .map(|index| donthu_domain::TallyDelta { agency: format!("c{index}").as_str().into(), ..wide.tally[0].clone() })
        .collect();
    let mut skipping = submission(&id, Kind::Complaint, monday());
    skipping.after.version = 2;
    let body_hmac = bench.body_hmac("body");
    for (transition, expected) in
        [(long, "bytes of a case head"), (wide, "items of a transaction"), (skipping, "version 2")]
    {
        let new = NewCase {
            transition: &transition,
            command: &CommandId::from("submit"),
            actor: &Actor::Citizen,
            at: monday(),
            body_hmac: &body_hmac,
            receipt: &receipt(),
            parts: &parts(),
        };
        let refused = bench.store.create(new).await.unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
    }
    assert_eq!(items(&bench).await, 0);
}

#[tokio::test]
async fn a_case_head_has_these_attributes_and_the_case_as_a_map() {
    let bench = Bench::new().await;
    bench.accepted(1, Kind::Complaint).await;
    let heads = bench.every_item("cases").await;
    let head = heads.iter().find(|item| item["sk"] == AttributeValue::S("HEAD".to_owned())).unwrap();
    let sorted: BTreeMap<_, _> = head.iter().collect();
    let text: Vec<_> = sorted
        .into_iter()
        .map(|(name, value)| match value {
            AttributeValue::M(_) => format!("{name}: a map"),
            AttributeValue::S(text) if text.len() == 64 => format!("{name}: 64 digits"),
            value => format!("{name}: {value:?}"),
        })
        .collect();
    insta::assert_snapshot!(text.join("\n"), @r#"
    ag_pk: S("AG#so-xay-dung#o#open")
    ag_sk: S("2026-04-01#ecd20e24e3ebb49ea20aa795a6d48faa")
    body_hmac: 64 digits
    case: a map
    case_number: S("QN-HRE3-9XRV-HEYJ")
    due_on: S("2026-04-01")
    due_pk: S("DUE#2")
    due_sk: S("2026-03-23T01:00:00Z#ecd20e24e3ebb49ea20aa795a6d48faa")
    kind: S("complaint")
    last_command: S("accept")
    last_hash: 64 digits
    pk: S("CASE#ecd20e24e3ebb49ea20aa795a6d48faa")
    received_on: S("2026-03-02")
    sk: S("HEAD")
    stage: S("accepted")
    step: N("4")
    version: N("4")
    "#);
}
