//! Everybody may keep the journal's roots; a receipt code shows that its case stands under them, and shows nothing else.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use donthu_audit::{AuditTask, handle};
use donthu_service::roots::{EntryState, Proof, PublishedRoots, check_proof, check_roots};
use donthu_store::sealing::JournalRoot;
use donthu_tests::{Answer, Province};
use jiff::civil::{Date, date};
use serde_json::{Value, json};

const COMMUNE: &str = "c21040";

fn hold(province: &Province, at: &str) {
    province.machine.world().clock().hold(at.parse().unwrap());
}

async fn seal(province: &Province) -> Vec<String> {
    let summary = handle(&province.shared.app, AuditTask::SealJournal).await.unwrap();
    assert_eq!(summary.differences, Vec::<String>::new());
    summary.roots
}

async fn submit(province: &Province) -> String {
    let body = json!({ "kind": "feedback", "text": "Đường liên thôn bị sạt lở.", "area": "21040" });
    province.send("POST", "/v1/petitions", &[], Some(body)).await.text("/receipt")
}

async fn ask(province: &Province, receipt: &str, query: &str) -> Answer {
    let authorization = format!("Receipt {receipt}");
    let path = format!("/v1/petition/proof{query}");
    province.send("GET", &path, &[("authorization", &authorization)], None).await
}

async fn proof(province: &Province, receipt: &str, query: &str) -> Proof {
    let answer = ask(province, receipt, query).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.headers["cache-control"], "no-store");
    serde_json::from_value(answer.body).unwrap()
}

async fn published(province: &Province, query: &str) -> PublishedRoots {
    let answer = province.send("GET", &format!("/v1/public/journal-roots{query}"), &[], None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.headers["cache-control"], "public, max-age=300");
    serde_json::from_value(answer.body).unwrap()
}

fn by_day(roots: &PublishedRoots) -> BTreeMap<Date, JournalRoot> {
    roots.roots.iter().map(|root| (root.day, root.clone())).collect()
}

fn states(proof: &Proof) -> Vec<(u64, EntryState)> {
    proof.entries.iter().map(|entry| (entry.version, entry.state)).collect()
}

#[tokio::test]
async fn a_citizen_gets_a_proof_of_every_entry_once_its_day_is_sealed() {
    let province = Province::open().await;
    hold(&province, "2026-10-05T02:00:00Z");
    let receipt = submit(&province).await;
    province.drain().await;
    let waiting = proof(&province, &receipt, "").await;
    assert_eq!(states(&waiting), [(1, EntryState::Pending), (2, EntryState::Pending)]);
    assert!(waiting.entries.iter().all(|entry| entry.inclusion.is_none() && entry.day == date(2026, 10, 5)));

    hold(&province, "2026-10-06T02:00:00Z");
    assert_eq!(seal(&province).await, ["2026-10-05"]);
    let head = province.bearer("head", COMMUNE).await;
    let id = province.case_of(&receipt);
    let accepted = province.step(&head, id.as_str(), 2, "acceptance", json!({})).await;
    assert_eq!(accepted.status, StatusCode::OK, "{}", accepted.body);
    let proven = proof(&province, &receipt, "").await;
    assert_eq!(states(&proven), [(1, EntryState::Sealed), (2, EntryState::Sealed), (3, EntryState::Pending)]);
    assert_eq!(proven.next, None);
    let roots = published(&province, "").await;
    assert_eq!((roots.from, roots.to), (date(2026, 9, 5), date(2026, 10, 5)), "the last 31 days");
    let roots = by_day(&roots);
    assert_eq!(check_roots("quang-ngai", &roots), Vec::<String>::new());
    assert_eq!(check_proof(&proven, &roots), Vec::<String>::new());

    let mut other = proven.clone();
    other.case_number = proof(&province, &submit(&province).await, "").await.case_number;
    assert_eq!(check_proof(&other, &roots).len(), 2, "it proves nothing of another case");
}

#[tokio::test]
async fn proofs_lead_through_a_day_of_several_pages() {
    let province = Province::open().await;
    let mut receipts = Vec::new();
    // Over three hours: what an hour allows without work is less.
    for hour in 2..5 {
        hold(&province, &format!("2026-10-05T0{hour}:00:00Z"));
        for _ in 0..45 {
            receipts.push(submit(&province).await);
        }
    }
    province.drain().await;
    hold(&province, "2026-10-06T02:00:00Z");
    seal(&province).await;
    let roots = by_day(&published(&province, "").await);
    assert_eq!(roots[&date(2026, 10, 5)].entries, 270);
    let mut positions = BTreeSet::new();
    for receipt in &receipts {
        let proof = proof(&province, receipt, "").await;
        assert_eq!(check_proof(&proof, &roots), Vec::<String>::new());
        positions.extend(proof.entries.iter().map(|entry| entry.inclusion.as_ref().unwrap().position));
    }
    assert_eq!(positions, (0..270).collect(), "each leaf has a place of its own, on either page");
    province.recount().await;
}

#[tokio::test]
async fn a_long_case_is_proven_page_by_page() {
    let province = Province::open().await;
    hold(&province, "2026-10-05T02:00:00Z");
    let head = province.bearer("head", COMMUNE).await;
    let petition = json!({ "kind": "complaint", "text": "Nội dung.", "petitioner": { "name": "Nguyễn Thị Kín" },
                           "against": { "agency": COMMUNE, "position": "agency" } });
    let paper = json!({ "petition": petition, "channel": "counter", "received_on": "2026-10-05" });
    let registered = province.send("POST", "/v1/cases", &[("authorization", &head)], Some(paper)).await;
    let (receipt, id) = (registered.text("/receipt"), registered.text("/case_id"));
    let mut steps: Vec<(&str, Value)> = vec![("acceptance", json!({}))];
    for _ in 0..5 {
        steps.push(("suspension", json!({ "ground": "awaits_other_body" })));
        steps.push(("resumption", json!({})));
    }
    for (step, (name, body)) in (1..).zip(steps) {
        let taken = province.step(&head, &id, step, name, body).await;
        assert_eq!(taken.status, StatusCode::OK, "{name}: {}", taken.body);
    }
    hold(&province, "2026-10-06T02:00:00Z");
    seal(&province).await;
    let first = proof(&province, &receipt, "").await;
    assert_eq!((first.entries.len(), first.next), (10, Some(10)));
    let rest = proof(&province, &receipt, "?after=10").await;
    assert_eq!(states(&rest), [(11, EntryState::Sealed), (12, EntryState::Sealed)]);
    assert_eq!(rest.next, None);
    assert_eq!(proof(&province, &receipt, "?after=12").await.entries.len(), 0);
    let of_case = proof(&province, &receipt, &format!("?case={}", first.case_number)).await;
    assert_eq!(of_case, first);
}

#[tokio::test]
async fn an_entry_that_was_exchanged_after_sealing_is_told_to_its_citizen() {
    let province = Province::open().await;
    hold(&province, "2026-10-05T02:00:00Z");
    let (receipt, other) = (submit(&province).await, submit(&province).await);
    hold(&province, "2026-10-06T02:00:00Z");
    seal(&province).await;
    let client = crate::raw::tables(&province);
    let journal = &province.shared.app.store.tables().journal;
    let text = |text: String| aws_sdk_dynamodb::types::AttributeValue::S(text);
    let update =
        client.update_item().table_name(journal).key("pk", text(format!("CASE#{}", province.case_of(&receipt))));
    let update = update.key("sk", text("0000000001".to_owned())).update_expression("SET #hash = :hash");
    let update = update.expression_attribute_names("#hash", "hash");
    update.expression_attribute_values(":hash", text("0".repeat(64))).send().await.unwrap();
    assert_eq!(states(&proof(&province, &receipt, "").await), [(1, EntryState::Differs)]);
    assert_eq!(states(&proof(&province, &other, "").await), [(1, EntryState::Sealed)]);
}

#[tokio::test]
async fn roots_and_proofs_name_no_official_no_other_case_and_no_case_id() {
    let province = Province::open().await;
    hold(&province, "2026-10-05T02:00:00Z");
    let (receipt, other) = (submit(&province).await, submit(&province).await);
    province.drain().await;
    let (head, id) = (province.bearer("head", COMMUNE).await, province.case_of(&receipt));
    assert_eq!(province.step(&head, id.as_str(), 2, "acceptance", json!({})).await.status, StatusCode::OK);
    hold(&province, "2026-10-06T02:00:00Z");
    seal(&province).await;
    let told = ask(&province, &receipt, "").await.body;
    let roots = province.send("GET", "/v1/public/journal-roots", &[], None).await.body;
    let number = proof(&province, &other, "").await.case_number;
    let entries = province.shared.app.store.journal(&id).await.unwrap();
    for (what, text) in [("the proof", told.to_string()), ("the roots", roots.to_string())] {
        for secret in
            [id.as_str(), province.case_of(&other).as_str(), &number, COMMUNE, "head", "official", &entries[0].hash]
        {
            assert!(!text.contains(secret), "{what} holds {secret}: {text}");
        }
        let words: BTreeSet<&str> = text
            .split('"')
            .filter(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
            .collect();
        let known = [
            "anchor",
            "case_number",
            "commitment",
            "day",
            "entries",
            "from",
            "inclusion",
            "leaf",
            "next",
            "path",
            "position",
            "previous",
            "province",
            "root",
            "roots",
            "salt",
            "sealed",
            "state",
            "to",
            "version",
        ];
        assert!(words.iter().all(|word| known.contains(word)), "{what}: {words:?}");
    }
    assert!(!roots.to_string().contains("case_number"));
    // Two submissions that say the same have nothing in common.
    let leaves = |proof: &Proof| -> BTreeSet<String> {
        let included = proof.entries.iter().filter_map(|entry| entry.inclusion.as_ref());
        included.flat_map(|it| [it.leaf, it.salt, it.commitment]).map(|hash| hash.to_string()).collect()
    };
    let (one, two) = (proof(&province, &receipt, "").await, proof(&province, &other, "").await);
    assert_eq!((leaves(&one).len(), leaves(&two).len()), (9, 6));
    assert!(leaves(&one).is_disjoint(&leaves(&two)));
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let province = Province::open().await;
    let unknown = "19RTD2-2F5NZ-R9SVY-9MWFVZ";
    for query in ["", "?after=1"] {
        let answer = ask(&province, unknown, query).await;
        assert!([StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST].contains(&answer.status), "{query}: {}", answer.body);
    }
    let receipt = submit(&province).await;
    for query in ["?after=-1", "?after=x", "?before=1", "?case=QN-0000-0000-0000"] {
        let status = ask(&province, &receipt, query).await.status;
        assert!(status.is_client_error(), "{query}: {status}");
    }
    for query in ["?from=2026-10-01", "?to=2026-10-01", "?from=2026-10-02&to=2026-10-01", "?from=x&to=y", "?day=1"] {
        let answer = province.send("GET", &format!("/v1/public/journal-roots{query}"), &[], None).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}: {}", answer.body);
    }
}

#[tokio::test]
async fn many_roots_are_read_page_by_page() {
    let province = Province::open().await;
    hold(&province, "2026-10-05T02:00:00Z");
    submit(&province).await;
    hold(&province, "2027-02-05T02:00:00Z");
    assert_eq!(seal(&province).await.len(), 123);
    let first = published(&province, "?from=2026-01-01&to=2027-12-31").await;
    assert_eq!((first.roots.len(), first.next), (100, Some(date(2027, 1, 13))));
    let rest = published(&province, "?from=2027-01-13&to=2027-12-31").await;
    assert_eq!((rest.roots.len(), rest.next), (23, None));
    let all: BTreeMap<_, _> = by_day(&first).into_iter().chain(by_day(&rest)).collect();
    assert_eq!((all.len(), check_roots("quang-ngai", &all)), (123, vec![]));
}
