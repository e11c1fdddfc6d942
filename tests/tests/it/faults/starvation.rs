//! Ten thousand others never keep a sweep from the one case that needs it.

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use donthu_domain::{CaseId, Event};
use donthu_store::keys::{HEAD, case_pk, due_pk, due_sk, shard};
use donthu_tests::Province;
use jiff::{SignedDuration, Timestamp};

use super::{Item, item, province, raw, registered, sweep, times};

/// How many stand in the way.
const CROWD: usize = 10_000;

/// Items that DynamoDB takes at a time.
const BATCH: usize = 25;

/// Copies of a head under other ids, all in the shard of the original, each made into what the test needs.
async fn crowd(province: &Province, original: &CaseId, due: Timestamp, make: impl Fn(usize, &mut Item)) {
    let head = item(province, original, HEAD).await;
    let table = province.shared.app.store.tables().cases.clone();
    let last = original.as_str().chars().last().unwrap();
    let copies: Vec<WriteRequest> = (0..CROWD)
        .map(|index| {
            let id = CaseId::new(format!("{index:031x}{last}"));
            assert_eq!(shard(&id), shard(original));
            let mut copy = head.clone();
            copy.insert("pk".to_owned(), AttributeValue::S(case_pk(&id)));
            copy.insert("due_pk".to_owned(), AttributeValue::S(due_pk(shard(&id))));
            copy.insert("due_sk".to_owned(), AttributeValue::S(due_sk(due, &id)));
            make(index, &mut copy);
            let put = PutRequest::builder().set_item(Some(copy)).build().unwrap();
            WriteRequest::builder().put_request(put).build()
        })
        .collect();
    for some in copies.chunks(BATCH) {
        let written = raw(province).batch_write_item().request_items(&table, some.to_vec()).send().await.unwrap();
        assert!(written.unprocessed_items.is_none_or(|left| left.is_empty()));
    }
}

fn reached(event: &Event) -> bool {
    matches!(event, Event::MilestonesReached { .. })
}

#[tokio::test]
async fn ten_thousand_newer_cases_do_not_starve_the_one_that_is_overdue() {
    let province = province().await;
    let id = registered(&province, "feedback", "2026-10-05").await;
    let due = province.shared.app.store.case(&id).await.unwrap().unwrap().case.next_milestone_at().unwrap();
    // Due within the next weeks, and due already but younger: all of them come later in the index.
    crowd(&province, &id, due + SignedDuration::from_hours(24 * 30), |_, _| {}).await;
    province.machine.world().clock().hold(due);
    let swept = sweep(&province).await;
    assert_eq!((swept.due, swept.ticked, swept.failed, swept.complete), (1, 1, 0, true), "cost follows what is due");
    assert_eq!(times(&province, &id, reached).await, 1);
}

#[tokio::test]
async fn ten_thousand_cases_that_cannot_be_ticked_do_not_starve_the_one_that_can() {
    let province = province().await;
    let id = registered(&province, "feedback", "2026-10-05").await;
    let due = province.shared.app.store.case(&id).await.unwrap().unwrap().case.next_milestone_at().unwrap();
    let spoil = |_: usize, copy: &mut Item| {
        copy.insert("case".to_owned(), AttributeValue::S("spoilt".to_owned()));
    };
    // All of them were due the day before, and so come first.
    crowd(&province, &id, due - SignedDuration::from_hours(24), spoil).await;
    province.machine.world().clock().hold(due);
    let swept = sweep(&province).await;
    assert_eq!((swept.ticked, swept.complete), (1, true));
    assert_eq!(usize::try_from(swept.failed).unwrap(), CROWD);
    assert_eq!(times(&province, &id, reached).await, 1);
    let again = sweep(&province).await;
    assert_eq!((again.due, again.failed), (0, 0), "they back off until half an hour has passed");
}
