//! What everything costs: AWS requests by operation and capacity units, counted on the store's meter and asserted exactly.
//! The engine computes capacity by DynamoDB's published rules; AWS's own bill was never seen.

use std::collections::BTreeSet;
use std::fmt::Write;

use aws_lambda_events::event::dynamodb::Event;
use donthu_deadlines::LONGEST_RUN;
use donthu_domain::CaseId;
use donthu_store::Usage;
use donthu_store::keys::{HEAD, case_pk};
use donthu_tests::{Answer, Province};
use serde_json::{Value, json};

use crate::abuse;

/// Every operation's cost on a province without other cases. ARCHITECTURE.md shows the same table.
const TABLE: &str = "\
| submit, anonymous | 1 TransactWriteItems, 2 UpdateItem | 5 | 0 | 18 |
| the same submission again | 1 GetItem, 1 TransactWriteItems, 2 UpdateItem | 5 | 1 | 2 |
| submit, with identity and phone | 1 TransactWriteItems, 2 UpdateItem | 7 | 0 | 22 |
| follow | 1 GetItem | 0 | 1 | 0 |
| the signed receipt again | 1 GetItem, 1 UpdateItem | 0 | 1 | 1 |
| assignment of a new case | 1 GetItem, 1 TransactWriteItems | 5 | 1 | 22 |
| the same record again | 1 GetItem | 0 | 1 | 0 |
| notice to an agency | 2 GetItem, 1 UpdateItem, 1 Publish | 0 | 2 | 2 |
| short message to a citizen | 2 GetItem, 1 Query, 1 UpdateItem, 1 Publish | 0 | 3 | 2 |
| a notice that was sent before | 1 GetItem | 0 | 1 | 0 |
| list page | 1 Query | 0 | 0.5 | 0 |
| search by number, found among the open | 1 Query | 0 | 0.5 | 0 |
| search by number, in no list of the agency | 12 Query | 0 | 6 | 0 |
| read a case | 1 GetItem, 1 Query | 0 | 2 | 0 |
| read its journal | 1 GetItem, 1 Query | 0 | 2 | 0 |
| read its deadlines | 1 GetItem | 0 | 1 | 0 |
| stale step, refused | 1 GetItem | 0 | 1 | 0 |
| step: acceptance | 1 GetItem, 1 TransactWriteItems | 5 | 1 | 22 |
| read a document | 1 GetItem, 1 Query | 0 | 3 | 0 |
| impossible step, refused | 1 GetItem | 0 | 1 | 0 |
| register a paper petition | 1 TransactWriteItems | 7 | 0 | 27 |
| sweep, nothing due | 9 Query | 0 | 5 | 0 |
| sweep, three cases due | 3 GetItem, 9 Query, 3 TransactWriteItems | 11 | 8 | 50 |
| step: resolution | 1 GetItem, 1 TransactWriteItems | 5 | 1 | 21 |
| public statistics, two sealed months | 3 Query | 0 | 3 | 0 |
| journal roots, 31 days | 1 Query | 0 | 1.5 | 0 |
| proof of five entries on two days | 4 GetItem, 1 Query, 1 UpdateItem | 0 | 6 | 1 |
| keys of receipts | none | 0 | 0 | 0 |
| check of a receipt | none | 0 | 0 | 0 |
| officials' rate, two sealed months and the running one | 6 Query | 0 | 6 | 0 |
| list page of one denunciation | 1 GetItem, 1 Query | 0 | 1.5 | 0 |
| reference data, each minute in each process | 5 Query | 0 | 19 | 0 |
| a challenge | none | 0 | 0 | 0 |
| submit with a proof of work, anonymous | 1 TransactWriteItems, 1 UpdateItem | 5 | 0 | 17 |
| a receipt code that leads nowhere | 1 GetItem, 1 UpdateItem | 0 | 1 | 1 |
";

const KEY: &str = "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a11";
const COMMUNE: &str = "c21040";
const NOW: &str = "2026-10-05T02:00:00Z";
/// Three working days before the ten calendar days of processing end.
const FIRST_REMINDER: &str = "2026-10-15T01:00:00Z";

#[derive(Debug, PartialEq)]
struct Cost {
    used: Usage,
    published: u64,
}

impl Cost {
    fn row(&self, operation: &str) -> String {
        let mut requests: Vec<String> = Vec::new();
        requests.extend(self.used.requests.iter().map(|(name, count)| format!("{count} {name}")));
        requests.extend((self.published > 0).then(|| format!("{} Publish", self.published)));
        let requests = if requests.is_empty() { "none".to_owned() } else { requests.join(", ") };
        let Usage { transaction_items, read_units, write_units, .. } = self.used;
        format!("| {operation} | {requests} | {transaction_items} | {read_units} | {write_units} |")
    }
}

/// A province whose clock stands still, so that what is stored has the same length each time.
async fn province() -> Province {
    let province = Province::open().await;
    hold(&province, NOW);
    province
}

fn hold(province: &Province, at: &str) {
    province.machine.world().clock().hold(at.parse().unwrap());
}

async fn cost<T>(province: &Province, action: impl Future<Output = T>) -> (T, Cost) {
    // Read once a minute by each process, and shown in a line of its own.
    province.shared.app.directory().await.unwrap();
    let (before, sent) = (province.shared.app.store.meter().snapshot(), province.machine.inbox().total());
    let outcome = action.await;
    let used = province.shared.app.store.meter().snapshot().since(&before);
    (outcome, Cost { used, published: province.machine.inbox().total() - sent })
}

struct Book<'a> {
    province: &'a Province,
    rows: String,
}

impl Book<'_> {
    async fn enter<T>(&mut self, operation: &str, action: impl Future<Output = T>) -> T {
        let (outcome, cost) = cost(self.province, action).await;
        writeln!(self.rows, "{}", cost.row(operation)).unwrap();
        outcome
    }

    async fn enter_answer(&mut self, operation: &str, status: u16, action: impl Future<Output = Answer>) -> Answer {
        let answer = self.enter(operation, action).await;
        assert_eq!(answer.status.as_u16(), status, "{operation}: {}", answer.body);
        answer
    }
}

fn feedback() -> Value {
    json!({ "kind": "feedback", "text": "Đường liên thôn bị sạt lở từ tháng trước.", "area": "21040" })
}

/// A petition with everything that a citizen may leave.
fn identified(kind: &str) -> Value {
    let petitioner = json!({ "name": "Nguyễn Thị Kín", "id_number": "051201000123", "address": "Thôn 1" });
    json!({ "kind": kind, "text": "Nội dung.", "request": "Xem xét.", "area": "21040", "phone": "0912345678",
            "petitioner": petitioner, "against": { "agency": COMMUNE, "position": "staff", "person": "Ông B" } })
}

/// A stream record of an item, as the event source mapping hands it over.
fn record(case: &CaseId, sk: &str) -> Event {
    let keys = json!({ "pk": { "S": case_pk(case) }, "sk": { "S": sk } });
    let change = json!({ "Keys": keys, "NewImage": keys, "SequenceNumber": "1", "SizeBytes": 1,
                         "ApproximateCreationDateTime": 1_790_000_000, "StreamViewType": "NEW_IMAGE" });
    let record = json!({ "eventID": "1", "eventName": "INSERT", "awsRegion": "ap-southeast-1", "dynamodb": change });
    serde_json::from_value(json!({ "Records": [record] })).unwrap()
}

async fn submit(province: &Province, key: &str, body: Value) -> Answer {
    province.send("POST", "/v1/petitions", &[("idempotency-key", key)], Some(body)).await
}

async fn sweep(province: &Province) -> donthu_deadlines::Summary {
    donthu_deadlines::handle(&province.shared.app, LONGEST_RUN).await.unwrap()
}

#[tokio::test]
async fn every_operation_costs_what_the_table_says() {
    let province = province().await;
    let app = &province.shared.app;
    let mut book = Book { province: &province, rows: String::new() };

    book.enter_answer("submit, anonymous", 201, submit(&province, KEY, feedback())).await;
    book.enter_answer("the same submission again", 201, submit(&province, KEY, feedback())).await;
    let other = "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a12";
    let submitted = book
        .enter_answer("submit, with identity and phone", 201, submit(&province, other, identified("feedback")))
        .await;
    let receipt = format!("Receipt {}", submitted.text("/receipt"));
    let citizen = [("authorization", receipt.as_str())];
    book.enter_answer("follow", 200, province.send("GET", "/v1/petition", &citizen, None)).await;
    let again = province.send("GET", "/v1/petition/receipt", &citizen, None);
    let again = book.enter_answer("the signed receipt again", 200, again).await;
    assert_eq!(again.text("/signed_receipt"), submitted.text("/signed_receipt"));
    let id = province.case_of(&submitted.text("/receipt"));

    let routed =
        book.enter("assignment of a new case", donthu_assignment::handle(app, record(&id, HEAD))).await.unwrap();
    assert!(routed.batch_item_failures.is_empty());
    let again = book.enter("the same record again", donthu_assignment::handle(app, record(&id, HEAD))).await.unwrap();
    assert!(again.batch_item_failures.is_empty());
    let to_agency = format!("NOTICE#0000000002#assigned#agency:{COMMUNE}");
    let to_citizen = "NOTICE#0000000002#changed#citizen";
    for (operation, sk) in [
        ("notice to an agency", to_agency.as_str()),
        ("short message to a citizen", to_citizen),
        ("a notice that was sent before", to_citizen),
    ] {
        let sent = book.enter(operation, donthu_notifications::handle(app, record(&id, sk))).await.unwrap();
        assert!(sent.batch_item_failures.is_empty());
    }

    let head = province.bearer("head", COMMUNE).await;
    let path = format!("/v1/cases/{id}");
    let listed = book.enter_answer("list page", 200, province.read(&head, "/v1/cases")).await;
    assert_eq!(listed.text("/cases/0/case_id"), id.to_string());
    let by_number = |number: String| format!("/v1/cases?number={number}");
    for (operation, number, cases) in [
        ("search by number, found among the open", listed.text("/cases/0/case_number"), 1),
        ("search by number, in no list of the agency", "QN-0000-0000-0000".to_owned(), 0),
    ] {
        let found = book.enter_answer(operation, 200, province.read(&head, &by_number(number))).await;
        assert_eq!(found.body["cases"].as_array().unwrap().len(), cases, "{}", found.body);
    }
    book.enter_answer("read a case", 200, province.read(&head, &path)).await;
    book.enter_answer("read its journal", 200, province.read(&head, &format!("{path}/journal"))).await;
    book.enter_answer("read its deadlines", 200, province.read(&head, &format!("{path}/deadlines"))).await;
    let step = |step: u64, name: &'static str, body: Value| {
        let (province, head, id) = (&province, &head, id.as_str());
        async move { province.step(head, id, step, name, body).await }
    };
    book.enter_answer("stale step, refused", 412, step(1, "acceptance", json!({}))).await;
    let notice = json!({ "document": { "number": "15/TB-UBND", "date": "2026-10-05" } });
    book.enter_answer("step: acceptance", 200, step(2, "acceptance", notice)).await;
    book.enter_answer("read a document", 200, province.read(&head, &format!("{path}/documents/03"))).await;
    book.enter_answer("impossible step, refused", 409, step(3, "acceptance", json!({}))).await;
    let petition = json!({ "kind": "complaint", "text": "Nội dung.", "petitioner": { "name": "Nguyễn Thị Kín" },
                           "against": { "agency": COMMUNE, "position": "agency" } });
    let paper = json!({ "petition": petition, "channel": "counter", "received_on": "2026-10-05" });
    let official = [("authorization", head.as_str())];
    let register = province.send("POST", "/v1/cases", &official, Some(paper));
    book.enter_answer("register a paper petition", 201, register).await;

    province.drain().await;
    book.enter("sweep, nothing due", sweep(&province)).await;
    hold(&province, FIRST_REMINDER);
    let swept = book.enter("sweep, three cases due", sweep(&province)).await;
    assert_eq!((swept.due, swept.ticked, swept.notices_woken), (3, 3, 0));
    let head = province.bearer("head", COMMUNE).await;
    let step = province.step(&head, id.as_str(), 3, "resolution", json!({ "result": "answered" }));
    book.enter_answer("step: resolution", 200, step).await;

    hold(&province, NOW);
    province.advance("P2M").await;
    let public = province.send("GET", "/v1/public/statistics?from=2026-10&to=2026-11", &[], None);
    book.enter_answer("public statistics, two sealed months", 200, public).await;
    let roots = province.send("GET", "/v1/public/journal-roots?from=2026-10-05&to=2026-11-04", &[], None);
    book.enter_answer("journal roots, 31 days", 200, roots).await;
    let proof = province.send("GET", "/v1/petition/proof", &citizen, None);
    let proof = book.enter_answer("proof of five entries on two days", 200, proof).await;
    let days: BTreeSet<&str> =
        proof.body["entries"].as_array().unwrap().iter().filter_map(|e| e["day"].as_str()).collect();
    assert_eq!((proof.body["entries"].as_array().unwrap().len(), days.len()), (5, 2), "{}", proof.body);
    let keys = province.send("GET", "/v1/public/receipt-keys", &[], None);
    book.enter_answer("keys of receipts", 200, keys).await;
    let receipt = json!({ "signed_receipt": submitted.text("/signed_receipt") });
    let checked = province.send("POST", "/v1/public/receipt-verification", &[], Some(receipt));
    let checked = book.enter_answer("check of a receipt", 200, checked).await;
    assert_eq!(checked.text("/verdict"), "genuine");
    let head = province.bearer("head", COMMUNE).await;
    let rate = province.read(&head, "/v1/statistics/resolution-rate?from=2026-10-01&to=2026-12-05");
    book.enter_answer("officials' rate, two sealed months and the running one", 200, rate).await;
    submit(&province, "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a13", identified("denunciation")).await;
    province.drain().await;
    let listed = province.read(&head, "/v1/cases?compartment=denunciations");
    let listed = book.enter_answer("list page of one denunciation", 200, listed).await;
    assert_eq!(listed.body["cases"].as_array().unwrap().len(), 1);
    let before = app.store.meter().snapshot();
    app.reference.forget().await;
    app.directory().await.unwrap();
    let used = app.store.meter().snapshot().since(&before);
    writeln!(book.rows, "{}", Cost { used, published: 0 }.row("reference data, each minute in each process")).unwrap();
    let third = "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a99";
    let proof = book.enter("a challenge", abuse::solved(&province, third)).await;
    let proven = [("idempotency-key", third), ("altcha", proof.as_str())];
    let sent = province.send("POST", "/v1/petitions", &proven, Some(feedback()));
    book.enter_answer("submit with a proof of work, anonymous", 201, sent).await;
    let foreign = submit(&Province::open().await, KEY, feedback()).await.text("/receipt");
    let foreign = format!("Receipt {foreign}");
    let guess = [("authorization", foreign.as_str())];
    book.enter_answer("a receipt code that leads nowhere", 404, province.send("GET", "/v1/petition", &guess, None))
        .await;
    assert_eq!(book.rows, TABLE, "\n{}", book.rows);
}

#[tokio::test]
async fn a_night_seals_a_day_at_a_cost_of_its_entries_alone() {
    let province = province().await;
    submit(&province, KEY, feedback()).await;
    province.drain().await;
    hold(&province, "2026-10-06T02:00:00Z");
    let seal = || donthu_audit::handle(&province.shared.app, donthu_audit::AuditTask::SealJournal);
    seal().await.unwrap();
    submit(&province, "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a12", feedback()).await;
    hold(&province, "2026-10-07T02:00:00Z");
    let (sealed, cost) = cost(&province, seal()).await;
    assert_eq!(sealed.unwrap().roots, ["2026-10-06"]);
    // The newest root, its day once more with what was sealed of it, the four shards of the new day; leaves, whose they are,
    // and the root.
    let expected = [("PutItem", 3), ("Query", 1 + 4 + 2 + 4)];
    assert_eq!(cost.used.requests, expected.map(|(name, count)| (name.to_owned(), count)).into());
}

#[tokio::test]
async fn a_submission_of_any_kind_is_one_transaction_of_at_most_seven_items_and_reads_nothing() {
    let province = province().await;
    for (number, kind) in ["complaint", "denunciation", "feedback"].into_iter().enumerate() {
        let key = format!("7a6e2f5e-4b5e-4f4e-9d5e-{number:012}");
        let (answer, cost) = cost(&province, submit(&province, &key, identified(kind))).await;
        assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
        // Beside it the two counts of what may be submitted without a proof of work.
        let requests = [("TransactWriteItems", 1), ("UpdateItem", 2)];
        assert_eq!(cost.used.requests, requests.map(|(name, count)| (name.to_owned(), count)).into());
        assert_eq!((cost.used.transaction_items, cost.used.read_units, cost.published), (7, 0.0, 0), "{kind}");
    }
}

/// Registers so many pieces of feedback a day from 5 to 7 October 2026 and answers each at once.
async fn answered(province: &Province, each_day: usize) {
    for day in ["2026-10-05", "2026-10-06", "2026-10-07"] {
        hold(province, &format!("{day}T02:00:00Z"));
        let head = province.bearer("head", COMMUNE).await;
        for _ in 0..each_day {
            let paper = json!({ "petition": feedback(), "channel": "post", "received_on": day });
            let headers = [("authorization", head.as_str())];
            let id = province.send("POST", "/v1/cases", &headers, Some(paper)).await.text("/case_id");
            for (step, name, body) in [(1, "acceptance", json!({})), (2, "resolution", json!({ "result": "answered" }))]
            {
                let stepped = province.step(&head, &id, step, name, body).await;
                assert_eq!(stepped.status.as_u16(), 200, "{}", stepped.body);
            }
        }
    }
}

const PUBLIC: &str = "/v1/public/statistics?from=2026-10&to=2026-10";
const OFFICIAL: &str = "/v1/statistics/resolution-rate?from=2026-10-01&to=2026-11-05";

/// What the public statistics and the officials' rate answer and cost on 10 November 2026.
async fn figures(province: &Province) -> [(Value, Cost); 2] {
    hold(province, "2026-11-10T02:00:00Z");
    let head = province.bearer("head", COMMUNE).await;
    let (public, public_cost) = cost(province, province.send("GET", PUBLIC, &[], None)).await;
    let (official, official_cost) = cost(province, province.read(&head, OFFICIAL)).await;
    assert_eq!((public.status.as_u16(), official.status.as_u16()), (200, 200), "{} {}", public.body, official.body);
    [(public.body, public_cost), (official.body, official_cost)]
}

async fn seal(province: &Province) {
    let sealed = donthu_audit::handle(&province.shared.app, donthu_audit::AuditTask::Seal).await.unwrap();
    assert_eq!(sealed.sealed, ["2026-10"]);
}

#[tokio::test]
async fn figures_cost_the_same_with_3_and_with_60_cases() {
    let (few, many) = (province().await, province().await);
    answered(&few, 1).await;
    answered(&many, 20).await;
    for sealed in [false, true] {
        if sealed {
            seal(&few).await;
            seal(&many).await;
        }
        for ((few, few_cost), (many, many_cost)) in figures(&few).await.into_iter().zip(figures(&many).await) {
            let received = |body: &Value| {
                let kinds = body["kinds"].as_array().unwrap().iter();
                kinds.filter(|kind| kind["kind"] == "feedback").find_map(|kind| kind["resolved"].as_u64())
            };
            assert_eq!((received(&few), received(&many)), (Some(3), Some(60)));
            assert_eq!(few_cost, many_cost, "sealed: {sealed}");
        }
    }
}

#[tokio::test]
async fn a_seal_changes_no_figure_and_bounds_what_is_read_for_it() {
    let province = province().await;
    answered(&province, 2).await;
    let open = figures(&province).await;
    seal(&province).await;
    let sealed = figures(&province).await;
    for ((open, _), (sealed, _)) in open.iter().zip(&sealed) {
        assert_eq!(open, sealed);
    }
    let queries = |figures: &[(Value, Cost); 2]| figures.each_ref().map(|(_, cost)| cost.used.of("Query"));
    // The newest sealed month before the period (there is none), the first sealed month, the rows of the whole months within
    // the period; and for officials the three kinds of the month that is not over. Without any seal the counters of the
    // period and of 36 months before it are summed up, three kinds each.
    assert_eq!((queries(&open), queries(&sealed)), ([3 + 37 * 3, 3 + 38 * 3], [3, 3 + 3]));
}

#[tokio::test]
async fn a_sweep_costs_what_is_due_and_not_what_is_open() {
    let province = province().await;
    let head = province.bearer("head", COMMUNE).await;
    // Nine of today's and three of a week ago, whose reminders come a week earlier.
    for number in 0..12 {
        let received_on = if number % 4 == 0 { "2026-09-28" } else { "2026-10-05" };
        let paper = json!({ "petition": feedback(), "channel": "post", "received_on": received_on });
        let headers = [("authorization", head.as_str())];
        let registered = province.send("POST", "/v1/cases", &headers, Some(paper)).await;
        assert_eq!(registered.status.as_u16(), 201, "{}", registered.body);
    }
    province.drain().await;
    hold(&province, "2026-10-08T01:00:00Z");
    let (swept, cost) = cost(&province, sweep(&province)).await;
    assert_eq!((swept.due, swept.ticked), (3, 3));
    // Two queries a shard: cases due, notices unsent; and one for the calendar that cases are counted by.
    let expected = [("GetItem", 3), ("Query", 9), ("TransactWriteItems", 3)];
    assert_eq!(cost.used.requests, expected.map(|(name, count)| (name.to_owned(), count)).into());
}
