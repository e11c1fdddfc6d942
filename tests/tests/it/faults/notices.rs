//! Notices that SNS refuses for good, and those that are no longer true when it can take them.

use axum::http::StatusCode;
use donthu_domain::CaseId;
use donthu_local::sns::inbox::Target;
use donthu_store::NoticeState;
use donthu_store::keys::{Key, case_pk};
use donthu_store::testing::When;
use donthu_tests::Province;
use serde_json::json;

use super::{COMMUNE, feedback, province, registered, told};

/// Submits feedback with a phone number.
async fn with_phone(province: &Province, phone: &str) -> CaseId {
    let mut petition = feedback();
    petition["phone"] = json!(phone);
    let answer = province.send("POST", "/v1/petitions", &[], Some(petition)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    province.case_of(&answer.text("/receipt"))
}

/// The phones that got a short message.
fn phones(province: &Province) -> Vec<String> {
    let delivered = province.machine.inbox().newest(usize::MAX).into_iter();
    delivered
        .filter_map(|delivery| if let Target::Phone(phone) = delivery.target { Some(phone) } else { None })
        .collect()
}

async fn state(province: &Province, id: &CaseId, notice: &str) -> Option<NoticeState> {
    let key = Key { pk: case_pk(id), sk: format!("NOTICE#{notice}") };
    province.shared.app.store.notice(&key).await.unwrap().map(|notice| notice.state)
}

#[tokio::test]
async fn a_number_that_sns_refuses_is_tried_once_and_holds_up_no_other() {
    let province = province().await;
    province.sns_faults.plan_where("Publish", "PhoneNumber=%2B84911111111", When::Refused);
    let mut cases = Vec::new();
    for phone in ["0911111111", "0922222222", "0933333333"] {
        cases.push(with_phone(&province, phone).await);
    }
    province.drain().await;
    let mut reached = phones(&province);
    reached.sort();
    assert_eq!(reached, ["+84922222222", "+84933333333"]);
    assert_eq!(told(&province).len(), 3, "each agency is told");
    assert!(matches!(
        state(&province, &cases[0], "0000000002#changed#citizen").await,
        Some(NoticeState::Superseded { .. })
    ));
    assert!(province.machine.world().streams().failures().list().is_empty());
    province.advance("P1D").await;
    assert_eq!(province.sns_faults.raised(), 1, "nobody tries it for ever");
    province.recount().await;
}

#[tokio::test]
async fn an_agencys_notice_that_sns_refuses_stays_pending_and_holds_up_no_other() {
    let province = province().await;
    province.sns_faults.plan_where("Publish", "TopicArn=", When::Refused);
    let id = with_phone(&province, "0911111111").await;
    let other = with_phone(&province, "0922222222").await;
    province.drain().await;
    assert_eq!((phones(&province).len(), told(&province).len()), (2, 0));
    assert_eq!(province.sns_faults.raised(), 2, "the batch goes on and is not repeated");
    assert!(province.machine.world().streams().failures().list().is_empty());
    let notice = format!("0000000002#assigned#agency:{COMMUNE}");
    for case in [&id, &other] {
        assert_eq!(state(&province, case, &notice).await, Some(NoticeState::Pending));
    }
    province.sns_faults.clear();
    province.advance("PT8H").await;
    assert_eq!(told(&province).len(), 2, "the sweep has woken them");
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn a_landline_is_kept_and_gets_no_short_message() {
    let province = province().await;
    let id = with_phone(&province, "02553822822").await;
    province.drain().await;
    assert_eq!((phones(&province), told(&province).len()), (Vec::new(), 1));
    let parts = province.shared.app.store.vault_parts(&id, donthu_store::DataClass::Contact).await.unwrap();
    assert_eq!(parts.len(), 1);
    assert_eq!(state(&province, &id, "0000000002#changed#citizen").await, None);
}

#[tokio::test]
async fn a_reminder_of_what_is_done_or_gone_is_not_sent_when_sns_is_back() {
    let province = province().await;
    let mut cases = Vec::new();
    for _ in 0..3 {
        cases.push(registered(&province, "feedback", "2026-10-05").await);
    }
    province.sns_faults.plan_all("Publish", When::BeforeSending);
    // The ten days to process end on 15 October: the first reminder is three working days before.
    province.advance("P8D").await;
    let head = province.bearer("head", COMMUNE).await;
    for (case, step, body) in [
        (&cases[0], "filing", json!({ "ground": "illegible" })),
        (&cases[1], "transfer", json!({ "agency": "c21025" })),
    ] {
        let taken = province.step(&head, case.as_str(), 1, step, body).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.body);
    }
    let reminder = format!("0000000002#approaching#agency:{COMMUNE}");
    for case in &cases {
        assert_eq!(state(&province, case, &reminder).await, Some(NoticeState::Pending));
    }
    province.sns_faults.clear();
    province.advance("PT8H").await;
    for (case, superseded) in cases.iter().zip([true, true, false]) {
        match state(&province, case, &reminder).await {
            Some(NoticeState::Superseded { .. }) => assert!(superseded),
            Some(NoticeState::Sent { .. }) => assert!(!superseded),
            other => panic!("{other:?}"),
        }
    }
    province.recount_tomorrow().await;
}
