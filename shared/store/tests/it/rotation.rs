//! Rotation of wrapping keys and destruction of data keys, in the vault's rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use donthu_domain::Kind;
use donthu_store::testing::{FakeKms, FixedKeyring, KmsFault, When};
use donthu_store::{
    Created, DataClass, KeyringError, KmsKey, KmsKeyring, Rewrapped, Store, StoreError, VaultError, seal_lookup,
};

use crate::bench::{Bench, case_id, monday, parts};

const OLD: &str = "0a1b2c3d-0000-4000-8000-000000000001";
const NEW: &str = "0a1b2c3d-0000-4000-8000-000000000002";

/// Ciphertexts by row: what a rotation must not touch.
async fn ciphertexts(bench: &Bench) -> BTreeMap<String, AttributeValue> {
    let items = bench.every_item("vault").await;
    items.iter().map(|item| (format!("{:?}", item.get("pk")), item.get("sealed").unwrap().clone())).collect()
}

/// What the rows say that their data keys were wrapped by, and how many.
async fn wrapped_by(bench: &Bench) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for item in bench.every_item("vault").await {
        *counts.entry(item.get("wrapped_by").unwrap().as_s().unwrap().clone()).or_default() += 1;
    }
    counts
}

async fn rewrap_all(store: &Store, limit: u16) -> (Rewrapped, usize) {
    let (mut done, mut pages, mut cursor) = (Rewrapped::default(), 0, None);
    loop {
        let (page, next) = store.rewrap(cursor.as_ref(), limit).await.unwrap();
        done.add(page);
        pages += 1;
        cursor = next;
        if cursor.is_none() {
            return (done, pages);
        }
    }
}

fn counts(done: &Rewrapped) -> [u64; 5] {
    [done.rewrapped, done.current, done.shredded, done.overtaken, done.failed_rows()]
}

/// The classes of a submission: nobody has written a message yet.
const SUBMITTED: [DataClass; 3] = [DataClass::Identity, DataClass::Contact, DataClass::Text];

#[tokio::test]
async fn the_whole_vault_is_wrapped_anew_page_by_page_and_every_part_opens_before_and_after() {
    let bench = Bench::new().await;
    for number in 0..4 {
        bench.submit(number, Kind::Complaint).await.unwrap();
    }
    let before = ciphertexts(&bench).await;
    let rotated = bench.with_keyring(FixedKeyring::with_master(1, 2));
    let id = bench.case_id(0);
    assert_eq!(rotated.vault_parts(&id, DataClass::Text).await.unwrap(), parts()[2..], "no row had to change first");

    // Broken off after the first page, and gone on with where it was.
    let (first, cursor) = rotated.rewrap(None, 5).await.unwrap();
    assert_eq!(counts(&first), [5, 0, 0, 0, 0]);
    let (second, next) = rotated.rewrap(cursor.as_ref(), 500).await.unwrap();
    assert_eq!((counts(&second), next), ([7, 0, 0, 0, 0], None));
    assert_eq!(wrapped_by(&bench).await, BTreeMap::from([("2".to_owned(), 12)]));
    assert_eq!(ciphertexts(&bench).await, before, "no ciphertext was touched");

    // Started again it passes over what is done.
    let (again, pages) = rewrap_all(&rotated, 5).await;
    assert_eq!((counts(&again), again.rows()), ([0, 12, 0, 0, 0], 12));
    assert!(pages >= 3);
    for number in 0..4 {
        for (class, expected) in DataClass::ALL.into_iter().zip(parts()) {
            assert_eq!(rotated.vault_parts(&bench.case_id(number), class).await.unwrap(), [expected]);
        }
    }
    let unknown = bench.store.vault_parts(&id, DataClass::Text).await.unwrap_err();
    let StoreError::Vault(VaultError::Keyring(KeyringError::UnknownWrappingKey { .. })) = unknown else {
        panic!("a process that has not heard of the rotation says so: {unknown}")
    };
}

#[tokio::test]
async fn one_class_of_one_case_is_wrapped_anew_and_nothing_else() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Complaint).await.unwrap();
    bench.submit(2, Kind::Complaint).await.unwrap();
    let rotated = bench.with_keyring(FixedKeyring::with_master(1, 2));
    let done = rotated.rewrap_class(&bench.case_id(1), DataClass::Contact).await.unwrap();
    assert_eq!(counts(&done), [1, 0, 0, 0, 0]);
    assert_eq!(wrapped_by(&bench).await, BTreeMap::from([("1".to_owned(), 5), ("2".to_owned(), 1)]));
}

#[tokio::test]
async fn rows_from_before_there_was_a_second_master_key_open_and_are_wrapped_anew() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Complaint).await.unwrap();
    for mut item in bench.every_item("vault").await {
        item.remove("wrapped_by").unwrap();
        bench.raw.put_item().table_name("vault").set_item(Some(item)).send().await.unwrap();
    }
    let id = bench.case_id(1);
    assert_eq!(bench.store.vault_parts(&id, DataClass::Text).await.unwrap(), parts()[2..]);
    let rotated = bench.with_keyring(FixedKeyring::with_master(1, 2));
    assert_eq!(counts(&rewrap_all(&rotated, 500).await.0), [3, 0, 0, 0, 0]);
    assert_eq!(rotated.vault_parts(&id, DataClass::Text).await.unwrap(), parts()[2..]);
}

#[tokio::test]
async fn a_row_that_changed_after_it_was_read_is_left_as_it_is() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Complaint).await.unwrap();
    let rotated = Arc::new(bench.with_keyring(FixedKeyring::with_master(1, 2)));
    // Both read the same rows; whoever writes second finds another wrapped key.
    let (one, other) = tokio::join!(rotated.rewrap(None, 500), rotated.rewrap(None, 500));
    let (one, other) = (one.unwrap().0, other.unwrap().0);
    assert_eq!(one.rewrapped + other.rewrapped, 3, "each row was written once: {one:?} {other:?}");
    assert_eq!(one.rows() + other.rows(), 6);
    assert_eq!(rotated.vault_parts(&bench.case_id(1), DataClass::Text).await.unwrap(), parts()[2..]);
}

#[tokio::test]
async fn an_altered_row_is_named_and_does_not_stop_the_others() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Complaint).await.unwrap();
    let id = bench.case_id(1);
    let mut item = bench.every_item("vault").await.remove(0);
    item.insert("data_key".to_owned(), AttributeValue::B(vec![1; 60].into()));
    let pk = item["pk"].as_s().unwrap().clone();
    bench.raw.put_item().table_name("vault").set_item(Some(item)).send().await.unwrap();
    let strange =
        [("pk", "NOTHING"), ("sk", "a")].map(|(name, text)| (name.to_owned(), AttributeValue::S(text.to_owned())));
    bench.raw.put_item().table_name("vault").set_item(Some(strange.into())).send().await.unwrap();

    let rotated = bench.with_keyring(FixedKeyring::with_master(1, 2));
    let (done, _) = rewrap_all(&rotated, 500).await;
    assert_eq!(counts(&done), [2, 0, 0, 0, 2], "{done:?}");
    let named: Vec<_> = done.failed.iter().flat_map(|failed| &failed.rows).map(|row| row.pk.as_str()).collect();
    assert!(named.contains(&pk.as_str()) && named.contains(&"NOTHING"), "{named:?}");
    let opened = SUBMITTED.map(|class| rotated.vault_parts(&id, class));
    let opened = futures::future::join_all(opened).await;
    assert_eq!(opened.iter().filter(|parts| parts.is_ok()).count(), 2);
}

async fn on_kms(bench: &Bench, kms: &FakeKms, current: &str, earlier: &[&str], sealed: &[u8]) -> Store {
    let key = |id: &str| KmsKey::new(id).unwrap();
    let earlier = earlier.iter().map(|id| key(id)).collect();
    bench.with_keyring(KmsKeyring::open(kms.config(), key(current), earlier, sealed).await.unwrap())
}

#[tokio::test]
async fn an_outage_of_kms_writes_nothing_and_the_same_submission_succeeds_afterwards() {
    let bench = Bench::new().await;
    let kms = FakeKms::new();
    let sealed = seal_lookup(kms.config(), &KmsKey::new(OLD).unwrap(), None).await.unwrap();
    let store = on_kms(&bench, &kms, OLD, &[], &sealed).await;
    kms.set_fault(Some(KmsFault::Unreachable));
    let failed = bench.submit_to(&store, 1, Kind::Complaint).await.unwrap_err();
    assert!(matches!(failed, StoreError::Vault(VaultError::Keyring(KeyringError::Unavailable { .. }))), "{failed}");
    for table in ["cases", "journal", "vault"] {
        assert!(bench.every_item(table).await.is_empty(), "{table}");
    }
    kms.set_fault(None);
    let Created::New(first) = bench.submit_to(&store, 1, Kind::Complaint).await.unwrap() else { panic!("not new") };
    assert_eq!(first.case.id, case_id(store.keyring(), 1));
    assert_eq!(store.vault_parts(&first.case.id, DataClass::Identity).await.unwrap(), parts()[..1]);
    assert_eq!(bench.submit_to(&store, 1, Kind::Complaint).await.unwrap(), Created::Repeated(first));
}

#[tokio::test]
async fn a_move_to_another_kms_key_stops_at_an_outage_and_goes_on_after_it() {
    let bench = Bench::new().await;
    let kms = FakeKms::new();
    let sealed = seal_lookup(kms.config(), &KmsKey::new(OLD).unwrap(), None).await.unwrap();
    let before = on_kms(&bench, &kms, OLD, &[], &sealed).await;
    for number in 0..3 {
        bench.submit_to(&before, number, Kind::Complaint).await.unwrap();
    }
    let moved = on_kms(&bench, &kms, NEW, &[OLD], &sealed).await;
    let (first, cursor) = moved.rewrap(None, 4).await.unwrap();
    assert_eq!(counts(&first), [4, 0, 0, 0, 0]);
    kms.set_fault(Some(KmsFault::Answers(400, "AccessDeniedException")));
    let stopped = moved.rewrap(cursor.as_ref(), 500).await.unwrap_err();
    assert!(stopped.to_string().contains("AccessDeniedException"), "{stopped}");
    kms.set_fault(None);
    assert_eq!(counts(&moved.rewrap(cursor.as_ref(), 500).await.unwrap().0), [5, 0, 0, 0, 0]);
    assert_eq!(wrapped_by(&bench).await, BTreeMap::from([(NEW.to_owned(), 9)]));

    kms.disable(OLD);
    let resealed = seal_lookup(kms.config(), &KmsKey::new(NEW).unwrap(), None).await.unwrap();
    let alone = on_kms(&bench, &kms, NEW, &[], &resealed).await;
    let id = case_id(before.keyring(), 0);
    assert_eq!(alone.vault_parts(&id, DataClass::Text).await.unwrap(), parts()[2..], "the old key is not needed");
}

#[tokio::test]
async fn shredded_parts_are_there_but_never_open_again_and_other_classes_do() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Denunciation).await.unwrap();
    bench.submit(2, Kind::Denunciation).await.unwrap();
    let id = bench.case_id(1);
    let classes = [DataClass::Identity, DataClass::Contact];
    assert_eq!(bench.store.shred(&id, &classes, monday()).await.unwrap(), 2);
    for class in classes {
        let refused = bench.store.vault_parts(&id, class).await.unwrap_err();
        assert!(matches!(refused, StoreError::Vault(VaultError::Shredded { class: named }) if named == class));
    }
    assert_eq!(bench.store.vault_parts(&id, DataClass::Text).await.unwrap(), parts()[2..]);
    assert_eq!(bench.store.vault_parts(&bench.case_id(2), DataClass::Identity).await.unwrap(), parts()[..1]);

    let rows = bench.every_item("vault").await;
    let rows: Vec<_> = rows.iter().filter(|item| item.contains_key("shredded_at")).collect();
    assert_eq!(rows.len(), 2, "that they were there stays");
    for row in rows {
        assert_eq!(row["shredded_at"].as_s().unwrap(), "2026-03-02T02:00:00Z");
        assert!(!row.contains_key("data_key") && !row.contains_key("wrapped_by"), "no key is left in the row");
    }
    assert_eq!(bench.store.shred(&id, &classes, monday()).await.unwrap(), 0, "a second time finds nothing");
    assert_eq!(bench.store.shred(&bench.case_id(9), &classes, monday()).await.unwrap(), 0);

    let rotated = bench.with_keyring(FixedKeyring::with_master(1, 2));
    assert_eq!(counts(&rewrap_all(&rotated, 500).await.0), [4, 0, 2, 0, 0]);
    let refused = rotated.vault_parts(&id, DataClass::Identity).await.unwrap_err();
    assert!(matches!(refused, StoreError::Vault(VaultError::Shredded { .. })), "a rotation brings nothing back");
}

#[tokio::test]
async fn a_shredding_that_was_broken_off_is_finished_by_the_same_call() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Complaint).await.unwrap();
    let id = bench.case_id(1);
    bench.faults.plan(donthu_store::testing::Fault { operation: "UpdateItem", nth: 2, when: When::BeforeSending });
    let broken_off = bench.store.shred(&id, &DataClass::ALL, monday()).await.unwrap_err();
    assert!(matches!(broken_off, StoreError::Unavailable { .. }), "{broken_off}");
    assert_eq!(bench.store.shred(&id, &DataClass::ALL, monday()).await.unwrap(), 2);
    for class in SUBMITTED {
        assert!(bench.store.vault_parts(&id, class).await.is_err());
    }
}
