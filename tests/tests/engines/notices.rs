//! Notices as agencies receive them: over a topic that fans out to a queue for each, by filter policies.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use axum::http::StatusCode;
use donthu_domain::CaseId;
use donthu_store::keys::case_pk;
use donthu_store::testing::{Fault, When};
use donthu_tests::Province;
use serde_json::{Value, json};

use crate::queues::{Hub, Received};

const COMMUNE: &str = "c21040";
const NEIGHBOUR: &str = "c21025";

async fn submitted(province: &Province, petition: Value) -> CaseId {
    let answer = province.send("POST", "/v1/petitions", &[], Some(petition)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    province.case_of(&answer.text("/receipt"))
}

/// A paper petition that a commune has registered on its day.
async fn registered(province: &Province, agency: &str, kind: &str) -> CaseId {
    let head = province.bearer("head", agency).await;
    let petition = json!({ "kind": kind, "text": "Nội dung.", "petitioner": { "name": "Nguyễn Thị Kín" }, "phone": "0911111111",
        "against": { "agency": agency, "position": "staff" } });
    let body = json!({ "petition": petition, "channel": "counter", "received_on": "2026-10-05" });
    let answer = province.send("POST", "/v1/cases", &[("authorization", head.as_str())], Some(body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    CaseId::new(answer.text("/case_id"))
}

fn ids(received: &[Received]) -> BTreeSet<String> {
    received.iter().map(|received| received.text("notice_id")).collect()
}

/// The ids of what an agency was told of cases, by the tables.
async fn sent(province: &Province, cases: &[CaseId], agency: &str) -> BTreeSet<String> {
    let tables = aws_sdk_dynamodb::Client::new(&province.machine.engine().sdk_config());
    let mut ids = BTreeSet::new();
    for case in cases {
        let query = tables.query().table_name(&province.shared.app.store.tables().cases);
        let query = query
            .key_condition_expression("pk = :case AND begins_with(sk, :notice)")
            .expression_attribute_values(":case", AttributeValue::S(case_pk(case)))
            .expression_attribute_values(":notice", AttributeValue::S("NOTICE#".to_owned()));
        let found = query.send().await.unwrap();
        assert!(found.last_evaluated_key.is_none());
        for item in found.items.unwrap() {
            let text = |name: &str| item[name].as_s().unwrap();
            if text("sk").ends_with(&format!("#agency:{agency}")) && text("state") == "sent" {
                ids.insert(text("notice_id").clone());
            }
        }
    }
    ids
}

#[tokio::test]
async fn an_agencys_queue_receives_its_own_notices_and_no_others() {
    let hub = Hub::new().await;
    let (commune, neighbour, all) = (hub.agency(COMMUNE).await, hub.agency(NEIGHBOUR).await, hub.queue(None).await);
    let critical = hub.queue(Some(json!({ "severity": ["critical"] }))).await;
    let province = Province::open_telling(hub.topic.clone()).await;
    let mut cases = Vec::new();
    for area in ["21040", "21025"] {
        let petition = json!({ "kind": "feedback", "text": "Đường bị sạt lở.", "area": area, "phone": "0911111111" });
        cases.push(submitted(&province, petition).await);
    }
    for agency in [COMMUNE, NEIGHBOUR] {
        for kind in ["complaint", "denunciation"] {
            cases.push(registered(&province, agency, kind).await);
        }
    }
    province.drain().await;
    // One changes hands: both communes have notices of it.
    let head = province.bearer("head", COMMUNE).await;
    let moved = province.step(&head, cases[0].as_str(), 2, "transfer", json!({ "agency": NEIGHBOUR })).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.body);
    // Reminders, then limits that are missed and escalated.
    province.advance("P30D").await;

    let mut told = BTreeSet::new();
    for (agency, queue) in [(COMMUNE, &commune), (NEIGHBOUR, &neighbour)] {
        let received = hub.take(queue).await;
        let agencies: BTreeSet<String> = received.iter().map(|received| received.text("agency")).collect();
        assert_eq!(agencies, BTreeSet::from([agency.to_owned()]));
        assert_eq!(ids(&received), sent(&province, &cases, agency).await, "{agency} is told all that it is owed");
        assert_eq!(ids(&received).len(), received.len(), "and each once");
        assert!(received.len() > 5, "{agency}: {}", received.len());
        told.extend(ids(&received));
    }
    let everything = hub.take(&all).await;
    let others = everything.iter().filter(|one| ![COMMUNE, NEIGHBOUR].contains(&one.text("agency").as_str()));
    let others = ids(&others.cloned().collect::<Vec<_>>());
    assert!(!others.is_empty(), "somebody above the communes is told what they missed");
    assert!(others.is_disjoint(&told));
    assert_eq!(ids(&everything), &others | &told, "no short message to a citizen goes over the topic");

    let critical = hub.take(&critical).await;
    let milestones: BTreeSet<String> = critical.iter().map(|received| received.text("milestone")).collect();
    assert_eq!(milestones, BTreeSet::from(["missed", "escalated"].map(str::to_owned)));
    let urgent = |one: &&Received| ["missed", "escalated"].contains(&one.text("milestone").as_str());
    assert_eq!(ids(&critical), ids(&everything.iter().filter(urgent).cloned().collect::<Vec<_>>()));
}

/// Everything that a subscriber gets, with what differs from case to case and from message to message by its length alone.
fn shape(received: &Received) -> Value {
    let mut envelope = received.envelope.clone();
    let number = received.text("text").split_whitespace().find(|word| word.starts_with("QN-")).unwrap().to_owned();
    let number = number.trim_matches(|sign: char| !sign.is_ascii_alphanumeric()).to_owned();
    let message = envelope["Message"].as_str().unwrap();
    let masked = [received.text("notice_id"), received.text("case_id"), number]
        .iter()
        .fold(message.to_owned(), |message, own| message.replace(own, &"x".repeat(own.len())));
    envelope["Message"] = masked.into();
    // The client hands them over in an order of chance.
    envelope["MessageAttributes"].as_object_mut().unwrap().sort_keys();
    for own in ["MessageId", "Timestamp", "Signature"] {
        if let Some(value) = envelope.get_mut(own) {
            *value = "x".repeat(value.as_str().unwrap().len()).into();
        }
    }
    envelope
}

#[tokio::test]
async fn no_field_of_a_notice_tells_a_denunciation_from_another_case() {
    let hub = Hub::new().await;
    let queue = hub.queue(None).await;
    let mut shapes: BTreeMap<String, BTreeMap<&str, BTreeSet<String>>> = BTreeMap::new();
    for kind in ["complaint", "denunciation", "feedback"] {
        let province = Province::open_telling(hub.topic.clone()).await;
        let id = registered(&province, COMMUNE, kind).await;
        let head = province.bearer("head", COMMUNE).await;
        // Handed over and back, so that it is assigned and changes hands like any other.
        for (step, from, to) in [(1, COMMUNE, NEIGHBOUR), (2, NEIGHBOUR, COMMUNE)] {
            let from = province.bearer("head", from).await;
            let moved = province.step(&from, id.as_str(), step, "transfer", json!({ "agency": to })).await;
            assert_eq!(moved.status, StatusCode::OK, "{kind}: {}", moved.body);
        }
        let accepted = province.step(&head, id.as_str(), 3, "acceptance", json!({})).await;
        assert_eq!(accepted.status, StatusCode::OK, "{kind}: {}", accepted.body);
        province.advance("P45D").await;
        for received in hub.take(&queue).await {
            let told = shapes.entry(received.text("milestone")).or_default().entry(kind).or_default();
            told.insert(shape(&received).to_string());
        }
    }
    let milestones: Vec<&str> = shapes.keys().map(String::as_str).collect();
    assert_eq!(milestones, ["approaching", "assigned", "escalated", "missed"]);
    for (milestone, by_kind) in &shapes {
        assert_eq!(by_kind.len(), 3, "{milestone}");
        // Which agencies are told is the law's; what they are told is the same.
        let denunciation = &by_kind["denunciation"];
        for (kind, told) in by_kind {
            assert!(!told.is_disjoint(denunciation), "{milestone}: {told:#?} against {denunciation:#?}");
            for shape in told.iter().chain(denunciation) {
                let common = told.iter().next().unwrap();
                assert_eq!(without_agency(shape), without_agency(common), "{milestone} of a {kind}");
            }
        }
    }
}

/// A shape with the agency out of its message and attributes.
fn without_agency(shape: &str) -> Value {
    let mut envelope: Value = serde_json::from_str(shape).unwrap();
    let mut message: Value = serde_json::from_str(envelope["Message"].as_str().unwrap()).unwrap();
    assert_eq!(message["agency"], envelope["MessageAttributes"]["agency"]["Value"]);
    message["agency"] = Value::Null;
    envelope["MessageAttributes"]["agency"]["Value"] = Value::Null;
    envelope["Message"] = message;
    envelope
}

#[tokio::test]
async fn a_notice_that_was_published_twice_is_told_by_its_id() {
    let hub = Hub::new().await;
    let queue = hub.agency(COMMUNE).await;
    let province = Province::open_telling(hub.topic.clone()).await;
    // SNS took the notice of the agency, and its answer was lost.
    province.sns_faults.plan(Fault { operation: "Publish", nth: 1, when: When::AfterSending });
    let id = submitted(&province, json!({ "kind": "feedback", "text": "Đường bị sạt lở.", "area": "21040" })).await;
    province.drain().await;
    assert_eq!(province.sns_faults.raised(), 1);
    let copies = hub.take(&queue).await;
    assert_eq!(copies.len(), 2, "{copies:?}");
    assert_eq!(copies[0].notice, copies[1].notice, "the same notice with the same id");
    assert_ne!(copies[0].envelope["MessageId"], copies[1].envelope["MessageId"], "as two messages");
    assert_eq!(ids(&copies), sent(&province, &[id], COMMUNE).await);
}
