//! Backup and restore as the runbook walks through it, with copies of the tables in place of what AWS restores.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use donthu_store::Tables;
use donthu_store::testing::create_tables;
use jiff::SignedDuration;

use crate::stage::{Said, Stage};

type Items = Vec<HashMap<String, AttributeValue>>;

/// What the tables hold at an instant: cases, journal, vault.
async fn snapshot(stage: &Stage) -> [Items; 3] {
    let tables = stage.province.shared.app.store.tables();
    let mut taken = [const { Vec::new() }; 3];
    for (items, table) in taken.iter_mut().zip([&tables.cases, &tables.journal, &tables.vault]) {
        let mut pages = stage.tables().scan().table_name(table).consistent_read(true).into_paginator().send();
        while let Some(page) = pages.next().await {
            items.extend(page.unwrap().items.unwrap_or_default());
        }
    }
    taken
}

/// New tables with these items.
async fn restore(stage: &Stage, name: &str, [cases, journal, vault]: [&Items; 3]) -> Restored {
    let named = |sort: &str| format!("{name}-{sort}");
    let tables =
        Tables { cases: named("cases"), journal: named("journal"), vault: named("vault"), limits: named("limits") };
    create_tables(&stage.tables(), &tables).await.unwrap();
    for (table, items) in [(&tables.cases, cases), (&tables.journal, journal), (&tables.vault, vault)] {
        for item in items {
            stage.tables().put_item().table_name(table).set_item(Some(item.clone())).send().await.unwrap();
        }
    }
    Restored(tables)
}

struct Restored(Tables);

impl Restored {
    fn run(&self, stage: &Stage, arguments: &[&str]) -> Said {
        let Tables { cases, journal, vault, .. } = &self.0;
        let there = ["--cases-table", cases, "--journal-table", journal, "--vault-table", vault];
        stage.run(&[arguments, &there].concat())
    }
}

#[tokio::test]
async fn tables_of_one_instant_are_sound_and_those_of_two_are_told() {
    let stage = Stage::open().await;
    stage.stand_back(SignedDuration::from_hours(3 * 24));
    stage.submit().await;
    stage.province.drain().await;
    stage.stand_back(SignedDuration::ZERO);
    let days = stage.days_over(3 * 24);
    assert!(stage.run(&["redrive", "audit"]).done().contains(&format!(" and {days} days sealed")));
    let place = tempfile::tempdir().unwrap();
    let roots = place.path().join("roots.json");
    let published = stage.province.send("GET", "/v1/public/journal-roots", &[], None).await.body;
    std::fs::write(&roots, published.to_string()).unwrap();
    let roots = roots.to_str().unwrap();

    // At the instant a case has come in that no agency has yet; another comes after it.
    stage.submit().await;
    let [cases, journal, vault] = snapshot(&stage).await;
    let late = stage.submit().await;
    let [_, later, _] = snapshot(&stage).await;

    let restored = restore(&stage, "restored", [&cases, &journal, &vault]).await;
    let checked = restored.run(&stage, &["verify-journal", "--roots", roots]);
    assert!(checked.done().starts_with("2 cases, 3 entries, sealed until ") && checked.out.ends_with(": sound\n"));
    assert!(restored.run(&stage, &["recount"]).done().contains("0 differences"));
    let keys = restored.run(&stage, &["keys", "rewrap", "--dry-run"]);
    assert!(keys.done().starts_with("To be wrapped anew: 0; by the current master key already: 2"), "{keys:?}");
    assert!(restored.run(&stage, &["redrive", "assignment"]).done().starts_with("1 received cases given"));
    assert!(restored.run(&stage, &["verify-journal", "--roots", roots]).done().ends_with(": sound\n"));

    let mixed = restore(&stage, "mixed", [&cases, &later, &vault]).await;
    let checked = mixed.run(&stage, &["verify-journal", "--roots", roots]);
    assert!(checked.found().contains(&format!("case {late}: it has a journal and no head")), "{checked:?}");
    assert_eq!(mixed.run(&stage, &["recount"]).code, 1);

    let older = restore(&stage, "older", [&cases, &Vec::new(), &vault]).await;
    assert!(older.run(&stage, &["verify-journal", "--roots", roots]).found().contains("is missing"));
}
