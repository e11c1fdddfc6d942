//! The functions' policies in `infra/template.yaml` allow what the functions do and nothing else. That nothing is missing is judged in
//! every test of this suite, at every call of a function; that nothing is unused, in the story below, which takes every function through
//! all that it does, with each function apart from the others as on AWS.

mod written;

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use donthu_audit::AuditTask;
use donthu_domain::{Agency, CaseId, time};
use donthu_local::handlers::in_name_of;
use donthu_service::reference::sorts;
use donthu_store::testing::{Fault, When};
use donthu_store::{DataClass, Retries, keys};
use donthu_tests::{Answer, Province};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::contract::every_operation;
use crate::raw;

/// The commune that is merged at the end of January 2027, and into which.
const CLOSED: &str = "c21040";
const HEIR: &str = "c21025";

/// After which the merger is in force and nothing has swept yet.
const FIRST_MINUTE: &str = "2027-01-31T17:01:00Z";

#[track_caller]
fn done(what: &str, answer: &Answer) {
    assert!(answer.status.is_success(), "{what}: {}", answer.body);
}

fn petition(kind: &str) -> Value {
    json!({ "kind": kind, "text": "x", "request": "y", "area": "21040", "phone": "0912345678",
            "petitioner": { "name": "Nguyễn Thị Kín", "id_number": "051201000123" },
            "against": { "agency": CLOSED, "position": "staff" } })
}

/// The next transaction is written and its answer lost, so that its function asks the tables what became of it.
fn lose_an_answer(province: &Province) {
    province.faults.plan(Fault { operation: "TransactWriteItems", nth: 1, when: When::AfterSending });
}

async fn accept(province: &Province, id: &str) {
    let head = province.bearer("head", CLOSED).await;
    let seen = province.read(&head, &format!("/v1/cases/{id}")).await;
    let step = seen.body["step"].as_u64().unwrap();
    done("acceptance", &province.step(&head, id, step, "acceptance", json!({})).await);
}

/// What the API does not show by itself: lost answers, notices that SNS refuses, an agency that is closed, a month sealed twice, an entry
/// of the journal that is gone.
async fn what_goes_wrong(province: &Province) {
    lose_an_answer(province);
    let mut feedback = petition("feedback");
    feedback.as_object_mut().unwrap().remove("against");
    let submitted = province.send("POST", "/v1/petitions", &[], Some(feedback)).await;
    done("a submission whose answer was lost", &submitted);
    let receipt = submitted.text("/receipt");
    let id = province.case_of(&receipt).to_string();
    lose_an_answer(province);
    province.sns_faults.plan_all("Publish", When::BeforeSending);
    province.drain().await;
    province.sns_faults.clear();
    lose_an_answer(province);
    accept(province, &id).await;
    lose_an_answer(province);
    let code = format!("Receipt {receipt}");
    done("withdrawal", &province.send("POST", "/v1/petition/withdrawal", &[("authorization", &code)], None).await);

    let today = time::local_date(province.shared.app.clock.now()).to_string();
    let mut ids = Vec::new();
    for _ in 0..2 {
        let paper = json!({ "petition": petition("denunciation"), "channel": "counter", "received_on": today });
        let head = province.bearer("head", CLOSED).await;
        let registered = province.send("POST", "/v1/cases", &[("authorization", &head)], Some(paper)).await;
        done("registration", &registered);
        ids.push(registered.text("/case_id"));
        accept(province, &registered.text("/case_id")).await;
    }
    let first_minute = FIRST_MINUTE.parse().unwrap();
    let left = province.shared.app.clock.now().until(first_minute).unwrap().get_seconds() - 600;
    province.advance(&format!("PT{left}S")).await;
    province.machine.world().clock().hold(first_minute);

    province.faults.plan(Fault { operation: "PutItem", nth: 1, when: When::ServerError });
    let sealed =
        in_name_of("AuditFunction", donthu_audit::handle(&province.shared.app, AuditTask::Seal)).await.unwrap();
    assert_eq!(sealed.sealed, ["2027-01"]);
    lose_an_answer(province);
    let custodian = province.bearer("identity_custodian", "chair").await;
    let opened = json!({ "to": "head@chair", "reason": "invitation" });
    let path = format!("/v1/cases/{}/identity-disclosure", ids[0]);
    done("disclosure", &province.send("POST", &path, &[("authorization", &custodian)], Some(opened)).await);
    lose_an_answer(province);
    province.advance("PT10M").await;
    for id in ids {
        let moved = province.shared.app.store.case(&CaseId::new(id)).await.unwrap().unwrap().case.agency.unwrap();
        assert_ne!(moved.as_str(), CLOSED, "it went on its way");
    }

    let entry = keys::journal(&CaseId::new(id), 1);
    let gone = raw::tables(province).delete_item().table_name(&province.shared.app.store.tables().journal);
    let gone = gone.key(keys::PK, AttributeValue::S(entry.pk)).key(keys::SK, AttributeValue::S(entry.sk));
    gone.send().await.unwrap();
    let recount = donthu_audit::handle(&province.shared.app, AuditTask::Recount);
    let recounted = in_name_of("AuditFunction", recount).await.unwrap();
    assert!(!recounted.differences.is_empty(), "it was looked at again, and named");
}

#[tokio::test]
async fn a_function_uses_all_that_its_policy_allows_and_needs_nothing_else() {
    let mut retries = Retries::default();
    // A lost answer is told by the tables at once, and not by the second sending of the same bytes.
    retries.sends = 1;
    let province = Province::open_apart(retries).await;
    let app = &province.shared.app;
    let last = date(2027, 1, 31);
    let row = app.directory().await.unwrap().agency(&CLOSED.into(), last).unwrap().clone();
    let row = Agency { valid_to: Some(last), successor: Some(HEIR.into()), ..row };
    app.store.put_reference(sorts::AGENCY, CLOSED, row.valid_from, &row).await.unwrap();
    app.reference.forget().await;

    let province = every_operation(province).await;
    what_goes_wrong(&province).await;
    assert_eq!(province.watch.take_missing(), BTreeSet::new(), "not allowed by infra/template.yaml");
    assert_eq!(province.watch.unused(), BTreeSet::new(), "allowed by infra/template.yaml and never done");
}

#[tokio::test]
async fn a_call_that_no_policy_allows_is_named_with_function_action_resource_and_key() {
    let province = Province::open().await;
    let store = &province.shared.app.store;
    let id = CaseId::from("0");
    in_name_of("StatisticsFunction", store.case(&id)).await.unwrap();
    in_name_of("CustodyFunction", store.vault_parts(&id, DataClass::Text)).await.unwrap();
    in_name_of("CustodyFunction", store.vault_parts(&id, DataClass::Identity)).await.unwrap();
    store.scan_journal(None, 1).await.unwrap();
    let missing: Vec<_> = province.watch.take_missing().into_iter().collect();
    let [custody, statistics] = missing.as_slice() else { panic!("{missing:#?}") };
    assert!(custody.starts_with("CustodyFunction: dynamodb:Query on arn:aws:dynamodb:"), "{custody}");
    assert!(custody.contains("donthu-VaultTable") && custody.contains("TEXT#0"), "{custody}");
    assert!(statistics.starts_with("StatisticsFunction: dynamodb:GetItem on "), "{statistics}");
    assert!(statistics.contains("donthu-CasesTable") && statistics.contains("CASE#0"), "{statistics}");
}
