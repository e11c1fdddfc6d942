//! The journal is checked, whole or some days of it, and the vault's keys are wrapped anew.

use aws_sdk_dynamodb::types::AttributeValue;
use donthu_store::FileKeyring;
use jiff::SignedDuration;

use crate::stage::Stage;

#[tokio::test]
async fn a_sound_journal_is_told_from_an_altered_one_and_from_one_that_could_not_be_checked() {
    let stage = Stage::open().await;
    stage.stand_back(SignedDuration::from_hours(5 * 24));
    let first = stage.submit().await;
    stage.stand_back(SignedDuration::from_hours(3 * 24));
    let second = stage.submit().await;
    stage.province.drain().await;
    stage.stand_back(SignedDuration::ZERO);
    let day =
        |days: i64| donthu_domain::time::local_date(stage.now - SignedDuration::from_hours(days * 24)).to_string();
    assert!(stage.run(&["verify-journal", "--from", &day(4)]).refusal().contains("no day is sealed yet"));

    let unsealed = stage.contents().await;
    let shown = stage.run(&["redrive", "audit", "--dry-run"]);
    assert!(shown.done().contains("newest sealed day: none"), "{shown:?}");
    Stage::assert_same(&unsealed, &stage.contents().await);
    let days = stage.days_over(5 * 24);
    assert!(stage.run(&["redrive", "audit"]).done().contains(&format!(" and {days} days sealed")));
    let sealed = stage.contents().await;
    assert!(stage.run(&["redrive", "audit"]).done().contains(" and 0 days sealed"));

    let whole = stage.run(&["verify-journal"]);
    assert!(whole.done().starts_with("2 cases, 4 entries, sealed until ") && whole.out.ends_with(": sound\n"));
    let some = stage.run(&["verify-journal", "--from", &day(4)]);
    assert!(some.done().starts_with("2 cases, 3 entries"), "the first case was given to its agency later: {some:?}");
    let one = stage.run(&["verify-journal", "--to", &day(4)]);
    assert!(one.done().starts_with("1 cases, 1 entries"), "{one:?}");
    assert!(stage.run(&["verify-journal", "--from", &day(3), "--to", &day(4)]).refusal().contains("end before"));
    Stage::assert_same(&sealed, &stage.contents().await);

    let roots = tempfile::tempdir().unwrap();
    let file = roots.path().join("roots.json");
    let published = stage.province.send("GET", "/v1/public/journal-roots", &[], None).await.body;
    std::fs::write(&file, published.to_string()).unwrap();
    let file = file.to_str().unwrap();
    assert!(stage.run(&["verify-journal", "--roots", file]).done().ends_with(": sound\n"));
    assert!(stage.run(&["verify-journal", "--roots", "/nowhere/roots.json"]).refusal().contains("/nowhere/roots.json"));

    alter(&stage, second.as_str()).await;
    let said = stage.run(&["verify-journal", "--roots", file]);
    assert!(said.found().contains(&format!("case {second}: version 1")) && said.out.contains("altered"), "{said:?}");
    let said = stage.run(&["verify-journal", "--from", &day(3)]);
    assert!(said.found().contains(&format!("case {second}: version 1")), "{said:?}");
    let said = stage.run(&["verify-journal", "--to", &day(4)]);
    assert!(said.done().ends_with(": sound\n"), "the days before were not altered: {first} {said:?}");
}

/// Flips a bit of the salt of a case's first entry past all functions.
async fn alter(stage: &Stage, case: &str) {
    let table = &stage.province.shared.app.store.tables().journal;
    let key = |value: &str| AttributeValue::S(value.to_owned());
    let (pk, sk) = (key(&format!("CASE#{case}")), key("0000000001"));
    let got = stage.tables().get_item().table_name(table).key("pk", pk).key("sk", sk).send().await.unwrap();
    let mut entry = got.item.unwrap();
    let mut salt = entry["salt"].as_b().unwrap().as_ref().to_vec();
    salt[31] ^= 1;
    entry.insert("salt".to_owned(), AttributeValue::B(salt.into()));
    stage.tables().put_item().table_name(table).set_item(Some(entry)).send().await.unwrap();
}

#[tokio::test]
async fn keys_are_wrapped_anew_once_after_a_rotation_and_a_rehearsal_writes_nothing() {
    let stage = Stage::open().await;
    let (one, other) = (stage.submit().await, stage.submit().await);
    assert_ne!(one, other);
    let rewrap = ["keys", "rewrap"];
    let before = stage.contents().await;
    assert!(stage.run(&rewrap).done().starts_with("Wrapped anew: 0; by the current master key already: 2"));
    FileKeyring::rotate(std::path::Path::new(&stage.environment["DONTHU_KEYRING_FILE"])).unwrap();
    let shown = stage.run(&["keys", "rewrap", "--dry-run"]);
    assert!(shown.done().starts_with("To be wrapped anew: 2; by the current master key already: 0"), "{shown:?}");
    Stage::assert_same(&before, &stage.contents().await);
    assert!(stage.run(&rewrap).done().starts_with("Wrapped anew: 2;"));
    let after = stage.contents().await;
    assert!(after.iter().filter(|(key, item)| before[*key] != **item).all(|(key, _)| key.contains("VaultTable")));
    assert!(stage.run(&rewrap).done().starts_with("Wrapped anew: 0; by the current master key already: 2"));
    Stage::assert_same(&after, &stage.contents().await);

    let mut elsewhere = stage.environment.clone();
    elsewhere.insert("DONTHU_KEYRING_FILE".to_owned(), "/nowhere/keyring.json".to_owned());
    let said = crate::stage::run(&elsewhere, &rewrap);
    assert!(said.refusal().contains("/nowhere/keyring.json"), "{said:?}");
}
