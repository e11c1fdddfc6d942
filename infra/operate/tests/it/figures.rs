//! Counters are compared with the journal, and mended only where that is asked for.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;

use crate::stage::Stage;

/// Adds five to a counter past all functions; its keys.
async fn falsify(stage: &Stage) -> (String, String) {
    let contents = stage.contents().await;
    let counter = contents.values().find(|item| {
        item["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("TALLY#")) && item.get("registered").is_some()
    });
    let key = |name: &str| counter.unwrap()[name]["S"].as_str().unwrap().to_owned();
    let (pk, sk) = (key("pk"), key("sk"));
    let table = &stage.province.shared.app.store.tables().cases;
    let update = stage.tables().update_item().table_name(table);
    let update = update.key("pk", AttributeValue::S(pk.clone())).key("sk", AttributeValue::S(sk.clone()));
    update
        .update_expression("ADD registered :five, filed :five")
        .expression_attribute_values(":five", AttributeValue::N("5".to_owned()))
        .send()
        .await
        .unwrap();
    (pk, sk)
}

#[tokio::test]
async fn drift_is_named_mended_on_demand_and_then_gone() {
    let stage = Stage::open().await;
    stage.stand_back(SignedDuration::from_hours(48));
    for _ in 0..3 {
        stage.submit().await;
    }
    stage.province.drain().await;
    stage.stand_back(SignedDuration::ZERO);
    assert!(stage.run(&["recount"]).done().contains("3 cases, 6 entries: 0 differences"));
    let sound = stage.contents().await;

    let (_, sk) = falsify(&stage).await;
    let agency = sk.split('#').next().unwrap();
    let drifted = stage.contents().await;
    for arguments in [&["recount"][..], &["recount", "--dry-run"], &["recount", "--repair", "--dry-run"]] {
        let said = stage.run(arguments);
        assert!(said.found().starts_with(&format!("counter flow feedback {agency} ")), "{said:?}");
        assert!(said.out.contains("1 differences, 1 of them counters"), "{said:?}");
        Stage::assert_same(&drifted, &stage.contents().await);
    }
    let said = stage.run(&["recount", "--repair"]);
    assert!(said.found().ends_with("1 counters mended, 0 changed meanwhile and were left.\n"), "{said:?}");
    assert!(
        stage.run(&["recount", "--repair"]).done().ends_with("0 counters mended, 0 changed meanwhile and were left.\n")
    );
    stage.province.recount().await;
    let mended = stage.contents().await;
    let wrong: Vec<_> = mended.keys().filter(|key| mended.get(*key) != sound.get(*key)).collect();
    // What was added falsely to one shard is taken off in the first one: their sum is what it was.
    assert!(wrong.iter().all(|key| key.contains("TALLY#")), "{wrong:?}");
}

#[tokio::test]
async fn a_counter_that_is_counted_on_meanwhile_is_not_mended_by_what_was_found_before() {
    let stage = Stage::open().await;
    stage.submit().await;
    stage.province.drain().await;
    falsify(&stage).await;
    let app = &stage.province.shared.app;
    let found = donthu_audit::handle(app, donthu_audit::AuditTask::Recount).await.unwrap();
    assert_eq!(found.drifts.len(), 1);
    let twice = tokio::join!(donthu_audit::repair(app, &found.drifts), donthu_audit::repair(app, &found.drifts));
    let mended = [twice.0.unwrap(), twice.1.unwrap()];
    assert_eq!(mended.iter().map(|done| done.mended).sum::<u64>(), 1, "by two at once, once: {mended:?}");
    stage.province.recount().await;
}
