//! What a failure left undone is found by the tables' own state, and done once.

use donthu_domain::Stage as CaseStage;
use jiff::SignedDuration;

use crate::stage::Stage;

#[tokio::test]
async fn a_case_that_the_stream_lost_is_given_to_its_agency_once() {
    let stage = Stage::open().await;
    let case = stage.submit().await;
    let before = stage.contents().await;
    let shown = stage.run(&["redrive", "assignment", "--dry-run"]);
    assert_eq!(shown.done(), "1 received cases would be given to their agencies.\n");
    Stage::assert_same(&before, &stage.contents().await);
    assert_eq!(stage.run(&["redrive", "assignment"]).done(), "1 received cases given to their agencies, 0 failed.\n");
    let routed = stage.province.shared.app.store.case(&case).await.unwrap().unwrap().case;
    assert_eq!((routed.stage, routed.agency.unwrap().as_str()), (CaseStage::Registered, "c21040"));
    let after = stage.contents().await;
    assert_eq!(stage.run(&["redrive", "assignment"]).done(), "0 received cases given to their agencies, 0 failed.\n");
    Stage::assert_same(&after, &stage.contents().await);
    stage.province.drain().await;
    stage.province.recount().await;
}

#[tokio::test]
async fn a_case_whose_sweep_failed_and_was_put_off_is_found_at_once() {
    let stage = Stage::open().await;
    let case = stage.submit().await;
    let store = &stage.province.shared.app.store;
    let later = stage.now + donthu_deadlines::PUT_OFF;
    let mut put_off = 0;
    for shard in 0..donthu_store::keys::SHARDS {
        for work in store.due(shard, later, None, 10).await.unwrap().items {
            assert_eq!(work.case, case);
            put_off += i32::from(store.back_off(&work, later).await.unwrap());
        }
    }
    assert_eq!(put_off, 1);
    assert_eq!(stage.run(&["redrive", "assignment"]).done(), "1 received cases given to their agencies, 0 failed.\n");
}

#[tokio::test]
async fn a_notice_that_was_lost_goes_through_the_stream_again_and_is_published_once() {
    let stage = Stage::open().await;
    stage.stand_back(SignedDuration::from_hours(2));
    let case = stage.submit().await;
    donthu_assignment::route(&stage.province.shared.app, &case).await.unwrap();
    stage.stand_back(SignedDuration::ZERO);
    let before = stage.contents().await;
    let shown = stage.run(&["redrive", "notices", "--dry-run"]);
    assert!(shown.done().starts_with("1 notices (the oldest since "), "{shown:?}");
    Stage::assert_same(&before, &stage.contents().await);
    let woken = "1 notices put into the stream again, 0 failed.\n";
    assert_eq!(stage.run(&["redrive", "notices"]).done(), woken);
    assert_eq!(stage.run(&["redrive", "notices"]).done(), woken.replacen('1', "0", 1), "twice is once");
    assert!(stage.province.machine.inbox().newest(usize::MAX).is_empty(), "the program publishes nothing itself");
    stage.province.drain().await;
    assert_eq!(stage.province.machine.inbox().newest(usize::MAX).len(), 1);
    assert_eq!(stage.run(&["redrive", "notices"]).done(), woken.replacen('1', "0", 1));
}

#[tokio::test]
async fn what_a_sweep_that_failed_left_due_is_swept() {
    let stage = Stage::open().await;
    stage.stand_back(SignedDuration::from_hours(60 * 24));
    stage.submit().await;
    stage.province.drain().await;
    stage.stand_back(SignedDuration::ZERO);
    let before = stage.contents().await;
    let shown = stage.run(&["redrive", "deadlines", "--dry-run"]);
    assert!(shown.done().starts_with("1 cases (the oldest since "), "{shown:?}");
    Stage::assert_same(&before, &stage.contents().await);
    let swept = stage.run(&["redrive", "deadlines"]);
    assert!(swept.done().starts_with("1 cases were due: on 1 something happened, 0 failed"), "{swept:?}");
    assert!(stage.run(&["redrive", "deadlines"]).done().starts_with("0 cases were due"));
    stage.province.drain().await;
    stage.province.recount().await;
}
