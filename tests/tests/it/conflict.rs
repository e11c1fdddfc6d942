//! Whether the denounced could learn of a denunciation from anything that they may read (invariant 9): figures, lists and notices
//! before and after, the sealed queue, and a reorganisation in the running province.

use std::collections::BTreeMap;

use donthu_audit::{AuditTask, handle};
use donthu_domain::tally::Measure;
use donthu_domain::{Agency, AgencyId, CaseId, Kind, Role};
use donthu_service::reference::sorts;
use donthu_store::case_number;
use donthu_store::keys::{Ledger, Month};
use donthu_tests::Province;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

const PERIOD: &str = "from=2026-10-01&to=2026-10-31";
/// A department that these tests put below another one.
const UNIT: &str = "so-noi-vu";

fn hold(province: &Province, at: &str) {
    province.machine.world().clock().hold(at.parse().unwrap());
}

async fn put(province: &Province, agency: &Agency) {
    let app = &province.shared.app;
    app.store.put_reference(sorts::AGENCY, agency.id.as_str(), agency.valid_from, agency).await.unwrap();
    app.reference.forget().await;
}

/// A unit below the department of construction.
async fn with_unit(province: &Province) {
    let directory = province.shared.app.directory().await.unwrap();
    let row = directory.agency(&UNIT.into(), date(2026, 10, 5)).unwrap();
    put(province, &Agency { parent: Some("so-xay-dung".into()), ..row.clone() }).await;
}

/// A denunciation over HTTPS; gives its case.
async fn denounce(province: &Province, agency: &str, position: &str) -> String {
    let petition =
        json!({ "kind": "denunciation", "text": "x", "against": { "agency": agency, "position": position } });
    let answer = province.send("POST", "/v1/petitions", &[], Some(petition)).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    province.drain().await;
    province.case_of(&answer.text("/receipt")).to_string()
}

/// The responsible head takes it in and accepts it.
async fn accept(province: &Province, agency: &str, id: &str) {
    let head = province.bearer("head", agency).await;
    for (step, name, body) in
        [(2, "formalisation", json!({ "received_on": "2026-10-05" })), (3, "acceptance", json!({}))]
    {
        let taken = province.step(&head, id, step, name, body).await;
        assert_eq!(taken.status.as_u16(), 200, "{name}: {}", taken.body);
    }
    province.drain().await;
}

/// All that the officials of some agencies may read in each role, by who reads what, without the time of reading.
async fn readings(province: &Province, agencies: &[&str]) -> BTreeMap<String, Value> {
    let all = ["chair", "inspectorate", "reception-board", "so-xay-dung", UNIT, "c21040", "c21025"];
    let mut paths = Vec::new();
    for of in all {
        for route in ["resolution-rate", "agencies"] {
            paths.push(format!("/v1/statistics/{route}?{PERIOD}&agency={of}"));
        }
    }
    for of in [agencies[0], "external"] {
        for compartment in ["ordinary", "denunciations"] {
            for query in ["state=open", "state=open&limit=1", "state=closed"] {
                paths.push(format!("/v1/cases?agency={of}&compartment={compartment}&{query}"));
            }
        }
    }
    paths.push("/v1/public/statistics".to_owned());
    paths.push("/v1/public/journal-roots".to_owned());
    let mut read = BTreeMap::new();
    for agency in agencies {
        for role in Role::ALL {
            let bearer = province.bearer(role.code(), agency).await;
            for path in &paths {
                let mut answer = province.read(&bearer, path).await;
                if let Some(body) = answer.body.as_object_mut() {
                    body.remove("as_of");
                }
                let status = answer.status.as_u16();
                assert_ne!(status, 401, "{agency}");
                read.insert(format!("{} of {agency}: {path}", role.code()), json!([status, answer.body]));
            }
        }
    }
    read
}

fn differences(before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>) -> Vec<String> {
    after.iter().filter(|(what, value)| before.get(*what) != Some(*value)).map(|(what, _)| what.clone()).collect()
}

/// The agencies that notices have been published to so far.
async fn told(province: &Province) -> Vec<String> {
    let inbox = province.send("GET", "/dev/inbox", &[], None).await.body;
    let text = inbox.to_string();
    ["chair", "inspectorate", "reception-board", "so-xay-dung", UNIT, "c21040", "c21025"]
        .into_iter()
        .filter(|agency| {
            text.contains(&format!("\\\"agency\\\":\\\"{agency}\\\""))
                || text.contains(&format!("\"agency\":\"{agency}\""))
        })
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn nothing_that_the_denounced_may_read_changes_with_a_denunciation() {
    let province = Province::open().await;
    with_unit(&province).await;
    // There is something to count beforehand, so that a difference would not be the first row of all.
    let other = denounce(&province, "c21025", "head").await;
    accept(&province, "chair", &other).await;
    for (denounced, excluded, handler) in [
        ("c21040", &["c21040"][..], "chair"),
        ("so-xay-dung", &["so-xay-dung", UNIT], "chair"),
        (UNIT, &[UNIT], "so-xay-dung"),
        ("inspectorate", &["inspectorate"], "chair"),
        ("reception-board", &["reception-board"], "chair"),
    ] {
        for position in ["head", "deputy"] {
            let before = readings(&province, excluded).await;
            let id = denounce(&province, denounced, position).await;
            accept(&province, handler, &id).await;
            assert_eq!(differences(&before, &readings(&province, excluded).await), Vec::<String>::new(), "{denounced}");
        }
        let told = told(&province).await;
        assert!(excluded.iter().all(|agency| !told.contains(&(*agency).to_owned())), "{denounced}: {told:?}");
    }
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn where_a_colleague_is_denounced_only_the_managing_head_reads_a_difference() {
    let province = Province::open().await;
    with_unit(&province).await;
    let readers = ["c21040", "inspectorate"];
    let before = readings(&province, &readers).await;
    let id = denounce(&province, "c21040", "staff").await;
    accept(&province, "c21040", &id).await;
    let changed = differences(&before, &readings(&province, &readers).await);
    assert!(!changed.is_empty());
    for what in changed {
        assert!(what.starts_with("head of c21040: "), "{what}");
    }
}

#[tokio::test]
async fn the_sealed_queue_is_counted_and_shows_in_nothing_that_anybody_reads() {
    let province = Province::open().await;
    with_unit(&province).await;
    let everybody = ["chair", "inspectorate", "reception-board", "so-xay-dung", UNIT, "c21040"];
    let before = readings(&province, &everybody).await;
    let id = denounce(&province, "chair", "head").await;
    assert_eq!(differences(&before, &readings(&province, &everybody).await), Vec::<String>::new());
    assert_eq!(told(&province).await, Vec::<String>::new());
    for agency in everybody {
        for role in Role::ALL {
            let bearer = province.bearer(role.code(), agency).await;
            let body = json!({ "to": "x", "reason": "authority" });
            let path = format!("/v1/cases/{id}");
            let read = province.read(&bearer, &path).await.status;
            let opened = format!("{path}/identity-disclosure");
            let opened = province.send("POST", &opened, &[("authorization", &bearer)], Some(body)).await.status;
            assert_eq!((read.as_u16(), opened.as_u16()), (404, 404), "{} of {agency}", role.code());
        }
    }
    // It is counted: by the day, and in the sealed month.
    let app = &province.shared.app;
    let october = Month::parse("2026-10").unwrap();
    let counted =
        app.store.tallies(Ledger::Flow, Kind::Denunciation, october, Some(&AgencyId::external())).await.unwrap();
    assert_eq!(counted.iter().map(|day| day.flows.get(&Measure::Assigned)).sum::<i64>(), 1);
    hold(&province, "2026-11-03T02:00:00Z");
    handle(app, AuditTask::Seal).await.unwrap();
    let sealed = app.store.sealed_months(&app.province, october, october).await.unwrap();
    let external = sealed.iter().find(|row| row.agency.is_external() && row.kind == Kind::Denunciation).unwrap();
    assert_eq!(external.closing.pending, 1);
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn what_everybody_reads_of_a_month_that_is_over_is_the_sum_of_what_the_chair_reads() {
    let province = Province::open().await;
    for (denounced, position, handler) in [("c21040", "head", "chair"), ("c21025", "staff", "c21025")] {
        let id = denounce(&province, denounced, position).await;
        accept(&province, handler, &id).await;
    }
    denounce(&province, "chair", "head").await;
    hold(&province, "2026-11-03T02:00:00Z");
    handle(&province.shared.app, AuditTask::Seal).await.unwrap();
    let of = |body: &Value, what: &str| -> i64 {
        let kinds = body["kinds"].as_array().unwrap();
        kinds.iter().find(|row| row["kind"] == "denunciation").map_or(0, |row| row[what].as_i64().unwrap())
    };
    let public = province.send("GET", "/v1/public/statistics?from=2026-10&to=2026-10", &[], None).await.body;
    let head = province.bearer("head", "chair").await;
    let rows = province.read(&head, &format!("/v1/statistics/agencies?{PERIOD}")).await.body;
    let rows = rows["agencies"].as_array().unwrap();
    for (public_name, name) in [("received", "accepted"), ("open", "open"), ("carried_in", "carried_in")] {
        let sum: i64 = rows.iter().map(|row| of(row, name)).sum();
        assert_eq!(of(&public, public_name), sum, "no remainder: {name}");
    }
    assert_eq!(of(&public, "received"), 2);
}

/// The agency's row as it is loaded, closed with a last day and merged into another one.
async fn merge(province: &Province, id: &str, last: Date, successor: &str) {
    let directory = province.shared.app.directory().await.unwrap();
    let row = directory.agency(&id.into(), last).unwrap();
    put(province, &Agency { valid_to: Some(last), successor: Some(successor.into()), ..row.clone() }).await;
}

#[tokio::test]
async fn on_the_day_of_a_merger_a_denunciation_leaves_the_agency_that_took_the_denounced_over() {
    let province = Province::open().await;
    let id = denounce(&province, "c21040", "head").await;
    let chair = province.bearer("head", "chair").await;
    let given = province.step(&chair, &id, 2, "assignment", json!({ "agency": "c21025" })).await;
    assert_eq!(given.status.as_u16(), 200, "{}", given.body);
    let own = denounce(&province, "c21025", "staff").await;
    // A token lasts no month, so each reading has a fresh one.
    let listed = async |query: &str| {
        let head = province.bearer("head", "c21025").await;
        let page = province.read(&head, &format!("/v1/cases?compartment=denunciations{query}")).await.body;
        let cases = page["cases"].as_array().unwrap().iter().map(|row| row["case_id"].as_str().unwrap().to_owned());
        (cases.collect::<Vec<_>>(), page["next"].as_str().map(str::to_owned))
    };
    assert_eq!(listed("").await.0.len(), 2, "lawful until the merger");
    let number = case_number(&province.shared.app.province, &CaseId::new(id.as_str()));
    let sought = async || {
        let head = province.bearer("head", "c21025").await;
        let page = province.read(&head, &format!("/v1/cases?number={number}")).await.body;
        (page["cases"].as_array().unwrap().len(), page["next"].clone(), page.get("unfinished").cloned())
    };
    assert_eq!(sought().await, (1, Value::Null, None));
    let signed = async || {
        let head = province.bearer("head", "c21025").await;
        let headers = [
            ("authorization", head.as_str()),
            ("if-match", "\"3\""),
            ("idempotency-key", "7a6e2f5e-4b5e-4f4e-9d5e-0d8f6b1f2a97"),
        ];
        let body = json!({ "received_on": "2026-10-05" });
        province.send("POST", &format!("/v1/cases/{id}/formalisation"), &headers, Some(body)).await.status.as_u16()
    };
    assert_eq!((signed().await, signed().await), (200, 200), "the same command again");
    merge(&province, "c21040", date(2026, 10, 31), "c21025").await;
    assert_eq!(listed("").await.0.len(), 2);

    // The first minute of the merger, before anything has run.
    hold(&province, "2026-10-31T17:01:00Z");
    assert_eq!(listed("").await, (vec![own.clone()], None));
    assert_eq!(sought().await, (0, Value::Null, None), "as if there were no such number");
    assert_eq!(listed("&limit=1").await, (vec![own.clone()], None), "a page is filled up, and nothing follows");
    let head = province.bearer("head", "c21025").await;
    assert_eq!(province.read(&head, &format!("/v1/cases/{id}")).await.status.as_u16(), 404);
    assert_eq!(signed().await, 404, "nor does a command that was taken before, sent again, show it");
    let former = province.bearer("head", "c21040").await;
    for path in ["/v1/cases", "/v1/statistics/agencies", "/v1/cases?compartment=denunciations"] {
        assert_eq!(province.read(&former, path).await.status.as_u16(), 403, "a token outlives its agency: {path}");
    }

    let swept = donthu_deadlines::handle(&province.shared.app, donthu_deadlines::LONGEST_RUN).await.unwrap();
    assert!(swept.recounted >= 2 && swept.failed == 0, "{swept:?}");
    province.drain().await;
    let chair = province.bearer("head", "chair").await;
    let read = province.read(&chair, &format!("/v1/cases/{id}")).await;
    assert_eq!((read.status.as_u16(), read.text("/agency")), (200, "chair".to_owned()));
    let again = donthu_deadlines::handle(&province.shared.app, donthu_deadlines::LONGEST_RUN).await.unwrap();
    assert_eq!(again.recounted, 0, "once");
    province.recount_tomorrow().await;
}
