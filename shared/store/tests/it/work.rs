use donthu_domain::{Actor, Command, Kind};
use donthu_store::keys::{NOTICE_PREFIX, SHARDS};
use donthu_store::{DueItem, NoticeState};
use jiff::Timestamp;

use crate::bench::{Bench, at, monday};

async fn due(bench: &Bench, until: Timestamp) -> Vec<DueItem> {
    let mut found = Vec::new();
    for shard in 0..SHARDS {
        let mut cursor = None;
        loop {
            let page = bench.store.due(shard, until, cursor.as_ref(), 2).await.unwrap();
            assert!(page.items.is_sorted_by_key(DueItem::at));
            found.extend(page.items);
            let Some(next) = page.next else { break };
            cursor = Some(next);
        }
    }
    found
}

async fn unsent(bench: &Bench) -> Vec<DueItem> {
    let mut found = Vec::new();
    for shard in 0..SHARDS {
        found.extend(bench.store.unsent(shard, at("2027-01-01T00:00:00Z"), None, 50).await.unwrap().items);
    }
    found
}

#[tokio::test]
async fn every_case_is_due_from_its_next_milestone_on_and_not_before() {
    let bench = Bench::new().await;
    let mut earliest = Vec::new();
    for number in 0..9 {
        earliest.push(bench.accepted(number, Kind::Feedback).await.case.next_milestone_at().unwrap());
    }
    let first = earliest.into_iter().min().unwrap();
    assert_eq!(due(&bench, first - jiff::SignedDuration::from_secs(1)).await, []);
    assert_eq!(due(&bench, first).await.len(), 9);
}

#[tokio::test]
async fn a_tick_takes_a_case_off_the_due_work_until_its_next_milestone() {
    let bench = Bench::new().await;
    let loaded = bench.accepted(1, Kind::Feedback).await;
    let now = loaded.case.next_milestone_at().unwrap();
    let ticked = bench.step(&loaded.case.id, "tick", Command::Tick, &Actor::System, now).await.unwrap();
    assert!(ticked.loaded().case.version > loaded.case.version);
    assert_eq!(ticked.loaded().case.step, loaded.case.step, "a tick does not stale a form");
    assert_eq!(due(&bench, now).await, []);
}

#[tokio::test]
async fn backing_off_moves_the_place_in_the_index_and_nothing_else() {
    let bench = Bench::new().await;
    let loaded = bench.accepted(1, Kind::Feedback).await;
    let now = loaded.case.next_milestone_at().unwrap();
    let later = now + jiff::SignedDuration::from_hours(1);
    let [work] = due(&bench, now).await.try_into().unwrap();
    assert_eq!(work.at(), Some(now));
    assert!(bench.store.back_off(&work, later).await.unwrap());
    assert_eq!(due(&bench, now).await, []);
    assert_eq!(due(&bench, later).await.len(), 1);
    assert_eq!(bench.store.case(&loaded.case.id).await.unwrap(), Some(loaded));
    assert!(!bench.store.back_off(&work, later).await.unwrap(), "it stands elsewhere by now");
}

#[tokio::test]
async fn a_notice_is_pending_until_it_is_sent_once() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Feedback).await.unwrap();
    bench.step(&bench.case_id(1), "route", Command::Route, &Actor::System, monday()).await.unwrap();
    let pending = unsent(&bench).await;
    assert_eq!(pending.len(), 2, "the agency is told of its case, the citizen of the registration");
    assert!(pending.iter().all(|work| work.key.sk.starts_with(NOTICE_PREFIX)));

    let key = &pending[0].key;
    let notice = bench.store.notice(key).await.unwrap().unwrap();
    assert_eq!((notice.state, notice.version), (NoticeState::Pending, 2));
    let now = at("2026-03-02T02:01:00Z");
    assert!(bench.store.mark_sent(key, now, "message-1").await.unwrap());
    assert!(!bench.store.mark_sent(key, now, "message-2").await.unwrap());
    assert!(!bench.store.mark_superseded(key, now).await.unwrap());
    let sent = bench.store.notice(key).await.unwrap().unwrap();
    assert_eq!(sent.state, NoticeState::Sent { at: now, message_id: "message-1".to_owned() });
    assert_eq!(sent.id, notice.id);

    let other = &pending[1].key;
    assert!(bench.store.mark_superseded(other, now).await.unwrap());
    let superseded = bench.store.notice(other).await.unwrap().unwrap();
    assert_eq!(superseded.state, NoticeState::Superseded { at: now });
    assert_ne!(superseded.id, sent.id);
    assert_eq!(unsent(&bench).await, []);
    assert!(!bench.store.back_off(&pending[0], now).await.unwrap(), "a settled notice does not come back");
}
