use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use donthu_domain::Kind;
use donthu_store::{DataClass, StoreError, VaultError, verify_chain};

use crate::bench::{Bench, PLANTED, parts};

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

#[tokio::test]
async fn a_journal_is_a_chain_that_ends_in_the_head() {
    let bench = Bench::new().await;
    let loaded = bench.accepted(1, Kind::Complaint).await;
    let journal = bench.store.journal(&loaded.case.id).await.unwrap();
    assert_eq!(journal.len() as u64, loaded.case.version);
    assert_eq!(verify_chain(&journal).unwrap(), Some(loaded.last_hash));
    assert_eq!(journal[3].body().unwrap().command.as_str(), "accept");
}

#[tokio::test]
async fn an_entry_that_was_altered_in_the_table_is_named() {
    let bench = Bench::new().await;
    let id = bench.accepted(1, Kind::Complaint).await.case.id;
    let mut entries = bench.every_item("journal").await;
    entries.sort_by_key(|item| item["sk"].as_s().unwrap().clone());
    let mut second = entries.remove(1);
    let altered = second["entry"].as_s().unwrap().replace("route", "reroute");
    second.insert("entry".to_owned(), text(&altered));
    bench.raw.put_item().table_name("journal").set_item(Some(second)).send().await.unwrap();
    let broken = verify_chain(&bench.store.journal(&id).await.unwrap()).unwrap_err();
    assert_eq!((broken.case, broken.version), (id, 2));
}

#[tokio::test]
async fn a_malformed_item_does_not_hide_the_others_from_an_audit() {
    let bench = Bench::new().await;
    for number in 0..3 {
        bench.accepted(number, Kind::Complaint).await;
    }
    for (table, sk) in [("journal", "0000000009"), ("cases", "HEAD")] {
        let put = bench.raw.put_item().table_name(table).item("pk", text("CASE#broken")).item("sk", text(sk));
        put.send().await.unwrap();
    }
    let (mut entries, mut heads, mut malformed) = (0, BTreeSet::new(), 0);
    let mut cursor = None;
    loop {
        let page = bench.store.scan_journal(cursor.as_ref(), 4).await.unwrap();
        for entry in page.items {
            match entry {
                Ok(_) => entries += 1,
                Err(_) => malformed += 1,
            }
        }
        let Some(next) = page.next else { break };
        cursor = Some(next);
    }
    let mut cursor = None;
    loop {
        let page = bench.store.scan_heads(cursor.as_ref(), 5).await.unwrap();
        for head in page.items {
            match head {
                Ok(loaded) => drop(heads.insert(loaded.case.id)),
                Err(error) => {
                    assert!(error.to_string().starts_with("the item CASE#broken / HEAD is malformed"), "{error}");
                    malformed += 1;
                }
            }
        }
        let Some(next) = page.next else { break };
        cursor = Some(next);
    }
    assert_eq!((entries, heads.len(), malformed), (12, 3, 2));
}

#[tokio::test]
async fn vault_parts_open_by_class() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Complaint).await.unwrap();
    let id = bench.case_id(1);
    for (class, expected) in DataClass::ALL.into_iter().zip(parts()) {
        assert_eq!(bench.store.vault_parts(&id, class).await.unwrap(), [expected]);
    }
    assert_eq!(bench.store.vault_parts(&bench.case_id(2), DataClass::Text).await.unwrap(), []);
}

#[tokio::test]
async fn vault_parts_that_were_swapped_or_altered_do_not_open() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Complaint).await.unwrap();
    bench.submit(2, Kind::Complaint).await.unwrap();
    let (one, other) = (bench.case_id(1), bench.case_id(2));
    let items = bench.every_item("vault").await;
    let find = |pk: String| items.iter().find(|item| item["pk"] == text(&pk)).unwrap().clone();
    let put = async |item| {
        bench.raw.put_item().table_name("vault").set_item(Some(item)).send().await.unwrap();
    };

    let mut from_other_case = find(format!("TEXT#{other}"));
    from_other_case.insert("pk".to_owned(), text(&format!("TEXT#{one}")));
    put(from_other_case).await;
    let moved = bench.store.vault_parts(&one, DataClass::Text).await.unwrap_err();
    assert!(matches!(moved, StoreError::Vault(VaultError::Keyring(_))), "{moved:?}");

    let mut from_other_class = find(format!("ID#{one}"));
    from_other_class.insert("pk".to_owned(), text(&format!("CONTACT#{one}")));
    put(from_other_class).await;
    assert!(matches!(bench.store.vault_parts(&one, DataClass::Contact).await, Err(StoreError::Vault(_))));

    let mut renamed = find(format!("ID#{one}"));
    renamed.insert("sk".to_owned(), text("renamed"));
    put(renamed).await;
    let refused = bench.store.vault_parts(&one, DataClass::Identity).await.unwrap_err();
    assert!(matches!(refused, StoreError::Vault(VaultError::Altered { .. })), "{refused:?}");
    for planted in PLANTED {
        assert!(!format!("{refused:?}{moved:?}").contains(planted));
    }
}
