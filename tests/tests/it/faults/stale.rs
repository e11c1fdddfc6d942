//! Indexes that lag behind the table, as DynamoDB's do and the engines' do not: an index is a hint, and what is true the head says.
//! An index that still shows something old is made by putting the old keys back on the item that it is made from.

use axum::http::StatusCode;
use donthu_domain::CaseId;
use donthu_store::keys::{AG_PK, AG_SK, DUE_PK, DUE_SK, HEAD};
use donthu_tests::Province;
use serde_json::json;

use super::{COMMUNE, Item, item, province, put, registered, routed, sweep, told};
use crate::raw;

const NEIGHBOUR: &str = "c21025";

/// The index shows an item under these of its earlier keys.
async fn lag(province: &Province, mut now: Item, then: &Item, keys: [&str; 2]) {
    for key in keys {
        match then.get(key) {
            Some(value) => now.insert(key.to_owned(), value.clone()),
            None => now.remove(key),
        };
    }
    put(province, now).await;
}

async fn due_now(province: &Province, id: &CaseId) {
    let case = province.shared.app.store.case(id).await.unwrap().unwrap().case;
    province.machine.world().clock().set(case.next_milestone_at().unwrap()).unwrap();
}

#[tokio::test]
async fn a_case_that_the_index_still_shows_as_due_is_not_ticked_again() {
    let province = province().await;
    let id = registered(&province, "feedback", "2026-10-05").await;
    let before = item(&province, &id, HEAD).await;
    due_now(&province, &id).await;
    assert_eq!(sweep(&province).await.ticked, 1);
    lag(&province, item(&province, &id, HEAD).await, &before, [DUE_PK, DUE_SK]).await;
    let contents = raw::contents(&province).await;
    let swept = sweep(&province).await;
    assert_eq!((swept.due, swept.ticked, swept.failed, swept.complete), (1, 0, 0, true));
    assert_eq!(raw::differences(&contents, &raw::contents(&province).await), Vec::<String>::new());
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn a_case_that_the_index_does_not_show_yet_is_ticked_by_the_next_sweep() {
    let province = province().await;
    let id = registered(&province, "feedback", "2026-10-05").await;
    due_now(&province, &id).await;
    let (shown, mut hidden) = (item(&province, &id, HEAD).await, item(&province, &id, HEAD).await);
    hidden.remove(DUE_PK);
    put(&province, hidden.clone()).await;
    let swept = sweep(&province).await;
    assert_eq!((swept.due, swept.ticked, swept.complete), (0, 0, true));
    lag(&province, hidden, &shown, [DUE_PK, DUE_SK]).await;
    let swept = sweep(&province).await;
    assert_eq!((swept.due, swept.ticked, swept.failed), (1, 1, 0));
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn a_notice_that_the_index_still_shows_as_unsent_is_not_sent_again() {
    let province = province().await;
    let answer = super::submit(&province).await;
    let id = province.case_of(&answer.text("/receipt"));
    province.sns_faults.plan_all("Publish", donthu_store::testing::When::BeforeSending);
    province.drain().await;
    province.sns_faults.clear();
    let sk = format!("NOTICE#0000000002#assigned#agency:{COMMUNE}");
    let pending = item(&province, &id, &sk).await;
    province.advance("PT4H").await;
    assert_eq!(told(&province).len(), 1);
    lag(&province, item(&province, &id, &sk).await, &pending, [DUE_PK, DUE_SK]).await;
    // Here it is woken, because the keys stand in the table too, and the stream brings it once more.
    assert_eq!(sweep(&province).await.failed, 0);
    province.drain().await;
    assert_eq!(told(&province).len(), 1);
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn what_an_agencys_list_still_shows_opens_to_whom_the_case_is_now_and_to_nobody_else() {
    let province = province().await;
    let (commune, neighbour) = (province.bearer("head", COMMUNE).await, province.bearer("head", NEIGHBOUR).await);
    let feedback = routed(&province).await;
    let petition = json!({ "kind": "denunciation", "text": "Nội dung.", "petitioner": { "name": "Nguyễn Thị Kín" },
        "against": { "agency": COMMUNE, "position": "staff" } });
    let paper = json!({ "petition": petition, "channel": "counter", "received_on": "2026-10-05" });
    let denunciation = province.send("POST", "/v1/cases", &[("authorization", &commune)], Some(paper)).await;
    assert_eq!(denunciation.status, StatusCode::CREATED, "{}", denunciation.body);
    let denunciation = CaseId::new(denunciation.text("/case_id"));
    for (id, step, compartment) in [(feedback, 2, ""), (denunciation, 1, "?compartment=denunciations")] {
        let before = item(&province, &id, HEAD).await;
        let moved = province.step(&commune, id.as_str(), step, "transfer", json!({ "agency": NEIGHBOUR })).await;
        assert_eq!(moved.status, StatusCode::OK, "{}", moved.body);
        lag(&province, item(&province, &id, HEAD).await, &before, [AG_PK, AG_SK]).await;
        let (list, path) = (format!("/v1/cases{compartment}"), format!("/v1/cases/{id}"));
        let listed = province.read(&commune, &list).await;
        assert_eq!(listed.status, StatusCode::OK, "{}", listed.body);
        if !compartment.is_empty() {
            assert_eq!(listed.body["cases"], json!([]), "a denunciation is looked at before it is listed");
        }
        for read in [path.clone(), format!("{path}/journal"), format!("{path}/deadlines")] {
            let opened = province.read(&commune, &read).await;
            assert_eq!(opened.status, StatusCode::NOT_FOUND, "{read}: {}", opened.body);
        }
        let taken = province.step(&commune, id.as_str(), step + 1, "acceptance", json!({})).await;
        assert_eq!(taken.status, StatusCode::NOT_FOUND, "{}", taken.body);
        assert_eq!(province.read(&neighbour, &path).await.status, StatusCode::OK, "whose it is opens it");
    }
}
