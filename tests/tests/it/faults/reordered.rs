//! Stream records that come twice, late and in another order than they were written in, and batches of which a part fails.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use donthu_domain::CaseId;
use donthu_store::keys::{HEAD, case_pk};
use donthu_store::testing::When;
use donthu_tests::Province;
use serde_json::{Value, json};

use super::{COMMUNE, feedback, item, province, told};
use crate::events::{failed, hand_over, record};
use crate::raw;

const NEIGHBOUR: &str = "c21025";

/// More than a function works on at a time.
const BATCH: usize = 10;

async fn submit(province: &Province) -> CaseId {
    let mut petition = feedback();
    petition["phone"] = json!("0911111111");
    let answer = province.send("POST", "/v1/petitions", &[], Some(petition)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    province.case_of(&answer.text("/receipt"))
}

/// Three minutes pass, and nothing that waits is done meanwhile.
fn wait(province: &Province) {
    let later = province.shared.app.clock.now() + jiff::SignedDuration::from_mins(3);
    province.machine.world().clock().set(later).unwrap();
}

/// The record of an item as it stands now.
async fn image(province: &Province, number: u32, id: &CaseId, sk: &str) -> Value {
    let mut record = record(number, json!({ "S": case_pk(id) }), json!({ "S": sk }));
    record["dynamodb"]["NewImage"] =
        serde_json::to_value(serde_dynamo::Item::from(item(province, id, sk).await)).unwrap();
    record
}

async fn give(province: &Province, function: &str, records: &[Value]) {
    let response = hand_over(province, function, json!({ "Records": records })).await;
    assert_eq!(failed(&response), [""; 0]);
}

/// Every order of so many things.
fn orders(of: usize) -> Vec<Vec<usize>> {
    if of == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(of - 1);
    let inserted = |order: &Vec<usize>, at: usize| {
        let mut order = order.clone();
        order.insert(at, of - 1);
        order
    };
    shorter.iter().flat_map(|order| (0..of).map(move |at| inserted(order, at))).collect()
}

#[tokio::test]
async fn records_in_any_order_and_twice_change_nothing_but_what_is_still_to_be_sent() {
    let province = province().await;
    let head = province.bearer("head", COMMUNE).await;
    let orders = orders(4);
    assert_eq!(orders.iter().collect::<BTreeSet<_>>().len(), 24);
    for (number, order) in orders.iter().enumerate() {
        wait(&province);
        let id = submit(&province).await;
        let received = image(&province, 1, &id, HEAD).await;
        give(&province, "AssignmentFunction", std::slice::from_ref(&received)).await;
        let mut records = vec![("AssignmentFunction", received)];
        for (number, sk) in [
            (2, format!("NOTICE#0000000002#assigned#agency:{COMMUNE}")),
            (3, "NOTICE#0000000002#changed#citizen".to_owned()),
        ] {
            records.push(("NotificationsFunction", image(&province, number, &id, &sk).await));
        }
        let moved = province.step(&head, id.as_str(), 2, "transfer", json!({ "agency": NEIGHBOUR })).await;
        assert_eq!(moved.status, StatusCode::OK, "{}", moved.body);
        let sk = format!("NOTICE#0000000003#assigned#agency:{NEIGHBOUR}");
        records.push(("NotificationsFunction", image(&province, 4, &id, &sk).await));

        let standing = item(&province, &id, HEAD).await;
        let before = province.machine.inbox().total();
        // Each by itself in this order, and then once more the other way round.
        for place in order.iter().chain(order.iter().rev()) {
            let (function, record) = &records[*place];
            give(&province, function, std::slice::from_ref(record)).await;
        }
        assert_eq!(item(&province, &id, HEAD).await, standing, "{order:?}: an old image moves no case back");
        assert_eq!(province.machine.inbox().total() - before, 3, "{order:?}: each notice is published once");
        let ids: BTreeSet<String> = told(&province).into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids.len(), 2 * (number + 1), "{order:?}: both agencies are told");
    }
    // The real stream brings all of it once more.
    let told_before = told(&province).len();
    let before = raw::contents(&province).await;
    province.drain().await;
    assert_eq!(told(&province).len(), told_before);
    let cases = &province.shared.app.store.tables().cases;
    let changed = raw::differences(&before, &raw::contents(&province).await);
    assert!(changed.iter().all(|key| key.starts_with(cases) && key.ends_with("#citizen")), "{changed:?}");
    province.recount_tomorrow().await;
}

/// Ten cases and the batch of records that their submission writes.
async fn batch(province: &Province) -> (Vec<CaseId>, Vec<Value>) {
    let (mut ids, mut records) = (Vec::new(), Vec::new());
    for number in 1..=BATCH {
        wait(province);
        let id = submit(province).await;
        records.push(record(u32::try_from(number).unwrap(), json!({ "S": case_pk(&id) }), json!({ "S": HEAD })));
        ids.push(id);
    }
    (ids, records)
}

/// Hands over a batch of which one record fails, and then, as Lambda does, all from the one that the function names on.
async fn broken_off(province: &Province, function: &str, records: &[Value], at: usize) {
    let response = hand_over(province, function, json!({ "Records": records })).await;
    assert_eq!(failed(&response), [(at + 1).to_string()], "{function}: all before the failed record are done");
    province.faults.clear();
    province.sns_faults.clear();
    give(province, function, &records[at..]).await;
}

#[tokio::test]
async fn a_batch_that_fails_at_any_place_goes_on_from_there_and_does_each_record_once() {
    let province = province().await;
    province.shared.app.directory().await.unwrap();
    for at in 0..BATCH {
        let (ids, records) = batch(&province).await;
        province.faults.plan_where("TransactWriteItems", ids[at].as_str(), When::BeforeSending);
        broken_off(&province, "AssignmentFunction", &records, at).await;
        for id in &ids {
            assert_eq!(province.journal(id).await.len(), 2, "{at}: submitted and assigned, once");
        }
        let notices: Vec<Value> = (1u32..)
            .zip(&ids)
            .map(|(number, id)| {
                let sk = format!("NOTICE#0000000002#assigned#agency:{COMMUNE}");
                record(number, json!({ "S": case_pk(id) }), json!({ "S": sk }))
            })
            .collect();
        let before = told(&province).len();
        province.sns_faults.plan_where("Publish", ids[at].as_str(), When::BeforeSending);
        broken_off(&province, "NotificationsFunction", &notices, at).await;
        assert_eq!(told(&province).len() - before, BATCH, "{at}: each agency is told once");
    }
    let ids: BTreeSet<String> = told(&province).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), BATCH * BATCH);
    province.recount_tomorrow().await;
}
