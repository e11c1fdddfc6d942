//! Lost replies, crashes and services that are down, between the API and the tables: nothing is lost, nothing is done twice.

mod everywhere;
mod keys;
mod notices;
mod reordered;
mod skew;
mod stale;
mod starvation;
mod sweeps;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::http::StatusCode;
use donthu_deadlines::{LONGEST_RUN, Summary};
use donthu_domain::{CaseId, Event};
use donthu_local::sns::inbox::Target;
use donthu_service::clock::Clock;
use donthu_service::reference::ReferenceCache;
use donthu_service::{App, Law};
use donthu_store::keys::case_pk;
use donthu_store::testing::{Fault, When};
use donthu_store::{NoticeState, Retries};
use donthu_tests::{Answer, Province};
use serde_json::{Value, json};

const WRITE: &str = "TransactWriteItems";
const KEY: &str = "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a11";
const COMMUNE: &str = "c21040";

/// A province that does not wait before it tries again.
async fn province() -> Province {
    Province::open_with(Retries::default().with_jitter(|_| Duration::ZERO)).await
}

fn feedback() -> Value {
    json!({ "kind": "feedback", "text": "Đường liên thôn bị sạt lở.", "area": "21040" })
}

async fn submit(province: &Province) -> Answer {
    province.send("POST", "/v1/petitions", &[("idempotency-key", KEY)], Some(feedback())).await
}

/// A case that its commune has before it, at step 2.
async fn routed(province: &Province) -> CaseId {
    let submitted = submit(province).await;
    assert_eq!(submitted.status, StatusCode::CREATED, "{}", submitted.body);
    province.drain().await;
    province.case_of(&submitted.text("/receipt"))
}

/// A paper petition, registered by its commune on the day, at step 1.
async fn registered(province: &Province, kind: &str, received_on: &str) -> CaseId {
    let head = province.bearer("head", COMMUNE).await;
    let petition = json!({ "kind": kind, "text": "Nội dung.", "petitioner": { "name": "Nguyễn Thị Kín" }, "against": { "agency": COMMUNE, "position": "agency" } });
    let body = json!({ "petition": petition, "channel": "counter", "received_on": received_on });
    let answer = province.send("POST", "/v1/cases", &[("authorization", head.as_str())], Some(body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    CaseId::new(answer.text("/case_id"))
}

/// A step of the head of the commune, under an idempotency key.
async fn keyed_step(province: &Province, id: &CaseId, step: u64, name: &str, body: Value) -> Answer {
    let head = province.bearer("head", COMMUNE).await;
    let seen = format!("\"{step}\"");
    let headers = [("authorization", head.as_str()), ("if-match", seen.as_str()), ("idempotency-key", KEY)];
    province.send("POST", &format!("/v1/cases/{id}/{name}"), &headers, Some(body)).await
}

/// Another process of the same functions, with its own law, clock and memory.
fn another(app: &App, law: Law, clock: Arc<dyn Clock>) -> App {
    App {
        store: app.store.clone(),
        law,
        reference: ReferenceCache::default(),
        signer: app.signer.clone(),
        publisher: app.publisher.clone(),
        clock,
        ids: app.ids.clone(),
        province: app.province.clone(),
        metrics: app.metrics.clone(),
        visitors: app.visitors.clone(),
    }
}

/// 503 with a hint when to come again; "nothing was saved" only where that is known.
fn assert_later(answer: &Answer, code: &str) {
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    assert_eq!(answer.text("/type"), format!("urn:donthu:problem:{code}"));
    assert_eq!(answer.headers.get("retry-after").unwrap(), "2");
}

async fn sweep(province: &Province) -> Summary {
    donthu_deadlines::handle(&province.shared.app, LONGEST_RUN).await.unwrap()
}

fn accepted(event: &Event) -> bool {
    matches!(event, Event::Accepted { .. })
}

async fn times(province: &Province, id: &CaseId, what: fn(&Event) -> bool) -> usize {
    province.journal(id).await.iter().flat_map(|entry| &entry.events).filter(|event| what(event)).count()
}

/// What agencies were told, as notice id and milestone, oldest first.
fn told(province: &Province) -> Vec<(String, String)> {
    let mut deliveries = province.machine.inbox().newest(usize::MAX);
    deliveries.reverse();
    let to_agencies = deliveries.into_iter().filter(|delivery| matches!(delivery.target, Target::Topic(_)));
    to_agencies
        .map(|delivery| {
            let text = |name: &str| delivery.message.get(name).and_then(Value::as_str).unwrap().to_owned();
            (text("notice_id"), text("milestone"))
        })
        .collect()
}

#[tokio::test]
async fn a_submission_whose_answer_was_lost_is_one_case_under_one_receipt() {
    let lost = |operation, nth| Fault { operation, nth, when: When::AfterSending };
    let never_sent = |nth| Fault { operation: WRITE, nth, when: When::BeforeSending };
    let four_lost: Vec<Fault> = (1..=4).map(|nth| lost(WRITE, nth)).collect();
    let four_lost_and_the_question = [four_lost.clone(), vec![lost("GetItem", 1)]].concat();
    let plans: [(Vec<Fault>, u16, usize); 5] = [
        (vec![lost(WRITE, 1)], 201, 1),
        (vec![Fault { operation: WRITE, nth: 1, when: When::ServerError }], 201, 1),
        (four_lost, 201, 1),
        (four_lost_and_the_question, 503, 1),
        ((1..=4).map(never_sent).collect(), 503, 0),
    ];
    for (plan, status, written) in plans {
        let province = province().await;
        for fault in &plan {
            province.faults.plan(fault.clone());
        }
        let first = submit(&province).await;
        assert_eq!(first.status.as_u16(), status, "{plan:?}: {}", first.body);
        if status == 503 {
            assert_later(&first, "outcome_unknown");
        }
        assert_eq!(province.heads().await.len(), written, "{plan:?}");
        let (second, third) = (submit(&province).await, submit(&province).await);
        assert_eq!((second.status, third.status), (StatusCode::CREATED, StatusCode::CREATED), "{}", second.body);
        assert_eq!(second.text("/receipt"), third.text("/receipt"));
        if status == 201 {
            assert_eq!(first.text("/receipt"), second.text("/receipt"), "{plan:?}");
        }
        assert_eq!(third.headers["idempotency-replayed"], "true");
        let id = province.case_of(&second.text("/receipt"));
        assert_eq!(province.heads().await.len(), 1, "{plan:?}");
        assert_eq!(province.journal(&id).await.len(), 1, "{plan:?}");
        province.recount_tomorrow().await;
    }
}

#[tokio::test]
async fn a_step_whose_reply_was_lost_is_taken_and_counted_once() {
    let lost = |operation, nth| Fault { operation, nth, when: When::AfterSending };
    let four_lost: Vec<Fault> = (1..=4).map(|nth| lost(WRITE, nth)).collect();
    // The first read is of the case; the second asks the journal whose step it holds.
    let four_lost_and_the_question = [four_lost.clone(), vec![lost("GetItem", 2)]].concat();
    for (plan, status) in [(vec![lost(WRITE, 1)], 200), (four_lost, 200), (four_lost_and_the_question, 503)] {
        let province = province().await;
        let id = routed(&province).await;
        for fault in &plan {
            province.faults.plan(fault.clone());
        }
        let first = keyed_step(&province, &id, 2, "acceptance", json!({})).await;
        assert_eq!(first.status.as_u16(), status, "{plan:?}: {}", first.body);
        let again = keyed_step(&province, &id, 2, "acceptance", json!({})).await;
        assert_eq!(again.status, StatusCode::OK, "the same command under the same key: {}", again.body);
        assert_eq!(again.headers["etag"], "\"3\"");
        let head = province.bearer("head", COMMUNE).await;
        let without_key = province.step(&head, id.as_str(), 2, "acceptance", json!({})).await;
        assert_eq!(without_key.status, StatusCode::PRECONDITION_FAILED, "without the key it is another command");
        assert_eq!(times(&province, &id, accepted).await, 1);
        let rate = province.read(&head, "/v1/statistics/resolution-rate?from=2026-10-05&to=2026-10-05").await;
        let feedback = rate.body["kinds"].as_array().unwrap().iter().find(|kind| kind["kind"] == "feedback").unwrap();
        assert_eq!(feedback["accepted"], 1, "{}", rate.body);
        province.recount_tomorrow().await;
    }
}

#[tokio::test]
async fn an_idempotency_key_passes_no_other_step_and_no_other_official_off_as_the_first() {
    let province = province().await;
    let id = routed(&province).await;
    let first = keyed_step(&province, &id, 2, "acceptance", json!({})).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    let other_step = keyed_step(&province, &id, 2, "resolution", json!({ "result": "answered" })).await;
    assert_eq!(other_step.status, StatusCode::PRECONDITION_FAILED, "{}", other_step.body);
    let other_body = json!({ "document": { "number": "15/TB-UBND", "issued_on": "2026-10-05" } });
    let other_body = keyed_step(&province, &id, 2, "acceptance", other_body).await;
    assert_ne!(other_body.status, StatusCode::OK, "{}", other_body.body);
    let stranger = province.bearer("head", "c21025").await;
    let headers = [("authorization", stranger.as_str()), ("if-match", "\"2\""), ("idempotency-key", KEY)];
    let path = format!("/v1/cases/{id}/acceptance");
    let foreign = province.send("POST", &path, &headers, Some(json!({}))).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{}", foreign.body);
    for entry in province.journal(&id).await {
        assert_ne!(entry.command.as_str(), KEY, "a key is its caller's own and kept nowhere");
    }
}

#[tokio::test]
async fn conflicts_and_throttling_answer_503_with_retry_after_and_leave_nothing() {
    let all = [(When::Conflict, "busy"), (When::Throttled, "busy"), (When::BeforeSending, "outcome_unknown")];
    for (when, code) in all {
        let province = province().await;
        let id = routed(&province).await;
        let before = province.heads().await;
        province.faults.plan_all(WRITE, when);
        let other = [("idempotency-key", "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a12")];
        assert_later(&province.send("POST", "/v1/petitions", &other, Some(feedback())).await, code);
        assert_later(&keyed_step(&province, &id, 2, "acceptance", json!({})).await, code);
        let head = province.bearer("head", COMMUNE).await;
        let petition = json!({ "petition": feedback(), "channel": "post", "received_on": "2026-10-05" });
        let headers = [("authorization", head.as_str())];
        assert_later(&province.send("POST", "/v1/cases", &headers, Some(petition)).await, code);
        let receipt = format!("Receipt {}", submit_receipt(&province).await);
        let citizen = [("authorization", receipt.as_str())];
        assert_later(&province.send("POST", "/v1/petition/withdrawal", &citizen, None).await, code);
        assert_eq!(province.heads().await, before, "{when:?}");
        assert_eq!(province.journal(&id).await.len(), 2);

        province.faults.clear();
        let submitted = province.send("POST", "/v1/petitions", &other, Some(feedback())).await;
        assert_eq!(submitted.status, StatusCode::CREATED, "{}", submitted.body);
        let stepped = keyed_step(&province, &id, 2, "acceptance", json!({})).await;
        assert_eq!(stepped.status, StatusCode::OK, "{}", stepped.body);
        province.recount_tomorrow().await;
    }
}

/// The receipt of the case that is there; while nothing can be written the submission's repetition is refused as busy, but
/// the code follows from its key.
async fn submit_receipt(province: &Province) -> String {
    let lookup = province.shared.app.store.keyring().lookup();
    lookup.receipt(lookup.current(), KEY.parse().unwrap()).unwrap().expose()
}

#[tokio::test]
async fn reads_that_fail_answer_503_and_never_not_found() {
    let province = province().await;
    let id = routed(&province).await;
    let receipt = format!("Receipt {}", submit_receipt(&province).await);
    let citizen = [("authorization", receipt.as_str())];
    let head = province.bearer("head", COMMUNE).await;
    for when in [When::BeforeSending, When::AfterSending] {
        province.faults.plan_all("GetItem", when);
        province.faults.plan_all("Query", when);
        assert_later(&province.send("GET", "/v1/petition", &citizen, None).await, "outcome_unknown");
        assert_later(&province.read(&head, &format!("/v1/cases/{id}")).await, "outcome_unknown");
        assert_later(&province.read(&head, "/v1/cases").await, "outcome_unknown");
        assert_later(
            &province.read(&head, "/v1/statistics/resolution-rate?from=2026-10-01&to=2026-10-05").await,
            "outcome_unknown",
        );
        assert_later(
            &province.send("GET", "/v1/public/statistics?from=2026-09&to=2026-09", &[], None).await,
            "outcome_unknown",
        );
        province.faults.clear();
    }
    let followed = province.send("GET", "/v1/petition", &citizen, None).await;
    assert_eq!(followed.status, StatusCode::OK, "{}", followed.body);
}

#[tokio::test]
async fn a_crash_between_the_transaction_and_the_stream_loses_nothing() {
    let province = province().await;
    let submitted = submit(&province).await;
    let receipt = format!("Receipt {}", submitted.text("/receipt"));
    let province = province.crash().await;
    let citizen = [("authorization", receipt.as_str())];
    let followed = province.send("GET", "/v1/petition", &citizen, None).await;
    assert_eq!(followed.text("/stage"), "received", "{}", followed.body);
    province.drain().await;
    let followed = province.send("GET", "/v1/petition", &citizen, None).await;
    assert_eq!((followed.text("/stage"), followed.text("/agency")), ("registered".to_owned(), COMMUNE.to_owned()));
    assert_eq!(told(&province).len(), 1);

    // Once more between the decision of a notice and its publishing.
    let id = province.case_of(&submitted.text("/receipt"));
    let head = province.bearer("head", COMMUNE).await;
    let moved = province.step(&head, id.as_str(), 2, "transfer", json!({ "agency": "c21025" })).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.body);
    let province = province.crash().await;
    province.drain().await;
    assert_eq!(told(&province).len(), 1, "the new agency is told, the old one not again");
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn a_routing_whose_outcome_nobody_learned_is_done_once() {
    let province = province().await;
    let submitted = submit(&province).await;
    let id = province.case_of(&submitted.text("/receipt"));
    province.faults.plan_next(WRITE, 4, When::AfterSending);
    province.faults.plan(Fault { operation: "GetItem", nth: 2, when: When::AfterSending });
    province.drain().await;
    assert_eq!(province.faults.raised(), 5);
    assert_eq!(times(&province, &id, |event| matches!(event, Event::Assigned { .. })).await, 1);
    assert_eq!(told(&province).len(), 1);
    assert!(province.machine.world().streams().failures().list().is_empty(), "the stream came again and found it done");
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn a_stream_record_that_was_lost_is_made_up_for_by_the_sweep() {
    let province = province().await;
    let submitted = submit(&province).await;
    let id = province.case_of(&submitted.text("/receipt"));
    province.faults.plan_all(WRITE, When::BeforeSending);
    province.drain().await;
    assert_eq!(province.machine.world().streams().failures().list().len(), 1, "after ten repetitions");
    province.faults.clear();
    province.drain().await;
    assert_eq!(province.journal(&id).await.len(), 1, "the stream has given up");
    province.advance("PT4H").await;
    let followed = province.shared.app.store.case(&id).await.unwrap().unwrap().case;
    assert_eq!(followed.agency.unwrap().as_str(), COMMUNE);
    assert_eq!(told(&province).len(), 1);
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn a_crash_between_publishing_and_marking_sends_the_same_notice_again_under_the_same_id() {
    for sns_answers in [true, false] {
        let province = province().await;
        submit(&province).await;
        if sns_answers {
            province.faults.plan_next("UpdateItem", 1, When::BeforeSending);
        } else {
            province.sns_faults.plan_next("Publish", 1, When::AfterSending);
        }
        province.drain().await;
        let copies = told(&province);
        assert_eq!(copies.len(), 2, "published at least once");
        assert_eq!(copies[0], copies[1], "subscribers tell the copy by its notice_id");
        province.drain().await;
        province.advance("P1D").await;
        assert_eq!(told(&province).len(), 2);
        province.recount().await;
    }
}

#[tokio::test]
async fn a_mark_whose_reply_was_lost_sends_nothing_again() {
    for when in [When::AfterSending, When::ServerError] {
        let province = province().await;
        submit(&province).await;
        province.faults.plan_next("UpdateItem", 1, when);
        province.drain().await;
        assert_eq!(province.faults.raised(), 1);
        assert_eq!(told(&province).len(), 1, "{when:?}");
        province.recount_tomorrow().await;
    }
}

#[tokio::test]
async fn while_sns_is_down_notices_wait_and_the_sweep_sends_them_once_it_is_back() {
    let province = province().await;
    province.sns_faults.plan_all("Publish", When::BeforeSending);
    let id = routed(&province).await;
    let key = donthu_store::keys::Key { pk: case_pk(&id), sk: format!("NOTICE#0000000002#assigned#agency:{COMMUNE}") };
    let state = async || province.shared.app.store.notice(&key).await.unwrap().unwrap().state;
    assert_eq!(state().await, NoticeState::Pending);
    let stepped = keyed_step(&province, &id, 2, "acceptance", json!({})).await;
    assert_eq!(stepped.status, StatusCode::OK, "work goes on while nobody can be told: {}", stepped.body);

    province.advance("PT8H").await;
    assert_eq!(state().await, NoticeState::Pending, "woken, and still SNS is down");
    assert_eq!(told(&province), []);

    province.sns_faults.clear();
    province.drain().await;
    assert_eq!(told(&province), [], "the stream gave the record up");
    assert_eq!(sweep(&province).await.notices_woken, 1);
    assert_eq!(sweep(&province).await.notices_woken, 0, "woken a moment ago: it is on its way");
    province.drain().await;
    assert_eq!(told(&province).len(), 1);
    assert!(matches!(state().await, NoticeState::Sent { .. }));
    province.advance("P1D").await;
    assert_eq!(told(&province).len(), 1);
    province.recount().await;
}

#[tokio::test]
async fn a_notice_that_cannot_be_read_holds_up_no_other_and_is_sent_once_it_can_be() {
    let province = province().await;
    province.sns_faults.plan_all("Publish", When::BeforeSending);
    for _ in 0..3 {
        let submitted = province.send("POST", "/v1/petitions", &[], Some(feedback())).await;
        assert_eq!(submitted.status, StatusCode::CREATED, "{}", submitted.body);
    }
    province.drain().await;
    province.sns_faults.clear();
    let id = province.heads().await.remove(0).case.id;
    let whole = item(&province, &id, &format!("NOTICE#0000000002#assigned#agency:{COMMUNE}")).await;
    let mut spoilt = whole.clone();
    spoilt.insert("notice".to_owned(), AttributeValue::S("spoilt".to_owned()));
    put(&province, spoilt).await;
    province.advance("PT8H").await;
    assert_eq!(told(&province).len(), 2);
    put(&province, whole).await;
    province.drain().await;
    let ids: BTreeSet<String> = told(&province).into_iter().map(|(id, _)| id).collect();
    assert_eq!((ids.len(), told(&province).len()), (3, 3));
    province.recount_tomorrow().await;
}

fn raw(province: &Province) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(&province.machine.engine().sdk_config())
}

type Item = std::collections::HashMap<String, AttributeValue>;

async fn item(province: &Province, id: &CaseId, sk: &str) -> Item {
    let get = raw(province).get_item().table_name(&province.shared.app.store.tables().cases).consistent_read(true);
    let key = |text: &str| AttributeValue::S(text.to_owned());
    get.key("pk", key(&case_pk(id))).key("sk", key(sk)).send().await.unwrap().item.unwrap()
}

async fn put(province: &Province, item: Item) {
    let put = raw(province).put_item().table_name(&province.shared.app.store.tables().cases);
    put.set_item(Some(item)).send().await.unwrap();
}
