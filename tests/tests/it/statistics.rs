//! The statistics: what they say, to whom, of which periods, and that they add up.

mod months;

use axum::http::StatusCode;
use donthu_audit::{AuditTask, handle};
use donthu_store::Usage;
use donthu_tests::{Answer, Province};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

const PUBLIC: &str = "/v1/public/statistics";
const RATE: &str = "/v1/statistics/resolution-rate";
const AGENCIES: &str = "/v1/statistics/agencies";
const YEAR: &str = "from=2026-01-01&to=2026-12-31";

fn hold(province: &Province, at: &str) {
    province.machine.world().clock().hold(at.parse().unwrap());
}

/// Registers a petition by the reception board, today; gives its case.
async fn registered(province: &Province, kind: &str, agency: &str, position: &str) -> String {
    let clerk = province.bearer("reception", "reception-board").await;
    let petition = json!({ "kind": kind, "text": "x", "petitioner": { "name": "Nguyễn Thị Kín" }, "against": { "agency": agency, "position": position } });
    let today = donthu_domain::time::local_date(province.shared.app.clock.now());
    let paper = json!({ "petition": petition, "channel": "post", "received_on": today });
    let answer = province.send("POST", "/v1/cases", &[("authorization", &clerk)], Some(paper)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.text("/case_id")
}

/// The steps of an agency's head on a case as it was registered.
async fn take(province: &Province, agency: &str, id: &str, first: u64, steps: &[(&str, Value)]) {
    let head = province.bearer("head", agency).await;
    for (step, (name, body)) in (first..).zip(steps) {
        let taken = province.step(&head, id, step, name, body.clone()).await;
        assert_eq!(taken.status, StatusCode::OK, "{name}: {}", taken.body);
    }
}

fn accept() -> (&'static str, Value) {
    ("acceptance", json!({}))
}

fn resolve(result: &'static str) -> (&'static str, Value) {
    ("resolution", json!({ "result": result }))
}

/// Six complaints of two communes and the chair, two denunciations, one piece of feedback; October is sealed, and it is 5
/// December. One complaint was resolved late, one correction was made, one case was transferred, one refused.
async fn year(province: &Province) {
    province.advise_dialogues().await;
    hold(province, "2026-10-05T02:00:00Z");
    let first = registered(province, "complaint", "c21040", "agency").await;
    take(province, "c21040", &first, 1, &[accept(), resolve("founded")]).await;
    let overdue = registered(province, "complaint", "c21040", "agency").await;
    take(province, "c21040", &overdue, 1, &[accept()]).await;
    let late = registered(province, "complaint", "c21025", "agency").await;
    take(province, "c21025", &late, 1, &[accept()]).await;
    let suspended = registered(province, "complaint", "chair", "agency").await;
    let suspend = ("suspension", json!({ "ground": "awaits_other_body" }));
    take(province, "chair", &suspended, 1, &[accept(), suspend]).await;
    let moved = registered(province, "complaint", "c21040", "agency").await;
    take(province, "c21040", &moved, 1, &[("transfer", json!({ "agency": "c21025" }))]).await;
    take(province, "c21025", &moved, 2, &[accept()]).await;
    let refused = registered(province, "complaint", "c21025", "agency").await;
    take(province, "c21025", &refused, 1, &[("refusal", json!({ "ground": "no_capacity" }))]).await;
    let of_head = registered(province, "denunciation", "c21040", "head").await;
    take(province, "chair", &of_head, 1, &[accept()]).await;
    let of_staff = registered(province, "denunciation", "c21025", "staff").await;
    take(province, "c21025", &of_staff, 1, &[accept(), resolve("unfounded")]).await;
    let body = json!({ "kind": "feedback", "text": "x", "area": "21040" });
    assert_eq!(province.send("POST", "/v1/petitions", &[], Some(body)).await.status, StatusCode::CREATED);
    province.drain().await;
    hold(province, "2026-11-30T02:00:00Z");
    handle(&province.shared.app, AuditTask::Seal).await.unwrap();
    take(province, "c21040", &first, 3, &[("correction", json!({}))]).await;
    take(province, "c21025", &late, 2, &[resolve("partly_founded")]).await;
    hold(province, "2026-12-05T02:00:00Z");
}

async fn public(province: &Province, query: &str) -> Answer {
    province.send("GET", &format!("{PUBLIC}?{query}"), &[], None).await
}

async fn by(province: &Province, role: &str, agency: &str, path: &str) -> Answer {
    let bearer = province.bearer(role, agency).await;
    province.read(&bearer, path).await
}

fn kinds(answer: &Answer) -> &Vec<Value> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body["kinds"].as_array().unwrap()
}

/// The kinds' names.
fn names(answer: &Answer) -> Vec<&str> {
    kinds(answer).iter().map(|kind| kind["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_public_and_the_officials_read_what_happened() {
    let province = Province::open().await;
    year(&province).await;
    let october = public(&province, "from=2026-10&to=2026-10").await;
    assert_json_snapshot!("public_october", october.body, { ".as_of" => "[now]" });
    let both = public(&province, "from=2026-10&to=2026-11").await;
    assert_json_snapshot!("public_october_and_november", both.body, { ".as_of" => "[now]" });
    let rate = by(&province, "head", "c21040", &format!("{RATE}?from=2026-11-01&to=2026-12-05")).await;
    assert_json_snapshot!("rate_of_a_commune", rate.body, { ".as_of" => "[now]" });
    let table = by(&province, "head", "chair", &format!("{AGENCIES}?from=2026-10-01&to=2026-12-05")).await;
    assert_json_snapshot!("table_of_the_province", table.body, { ".as_of" => "[now]" });
    province.recount().await;
}

#[tokio::test]
async fn whoever_names_no_period_reads_the_last_twelve_months_or_the_year_until_today() {
    let province = Province::open().await;
    year(&province).await;
    let (usual, named) = (public(&province, "").await, public(&province, "from=2025-12&to=2026-11").await);
    assert_eq!(usual.body, named.body);
    for route in [RATE, AGENCIES] {
        let usual = by(&province, "head", "chair", route).await;
        let named = by(&province, "head", "chair", &format!("{route}?from=2026-01-01&to=2026-12-05")).await;
        assert_eq!((usual.status, usual.body), (StatusCode::OK, named.body));
    }
}

#[tokio::test]
async fn periods_that_are_not_over_or_make_no_sense_are_refused() {
    let province = Province::open().await;
    let head = province.bearer("head", "chair").await;
    for (query, field) in [
        ("from=2026-09&to=2026-10", "to"),
        ("from=2026-09&to=2027-01", "to"),
        ("from=2026-09&to=2026-08", "to"),
        ("from=2016-08&to=2026-08", "to"),
        ("from=2026-00&to=2026-08", "from"),
        ("from=2026-1&to=2026-08", "from"),
        ("from=2026-01&to=August", "to"),
        ("from=2026-01", "to"),
        ("to=2026-01", "from"),
        ("from=2026-01&to=2026-08&agency=c21040", "query"),
    ] {
        let refused = public(&province, query).await;
        assert_eq!(
            (refused.status.as_u16(), refused.text("/field").as_str()),
            (422, field),
            "{query}: {}",
            refused.body
        );
    }
    for route in [RATE, AGENCIES] {
        for (query, field) in [
            ("from=2026-10-05&to=2026-10-04", "to"),
            ("from=2010-01-01&to=2026-10-05", "to"),
            ("from=2026-10&to=2026-10-05", "from"),
            ("from=2026-02-30&to=2026-10-05", "from"),
            ("to=2026-10-05", "from"),
            ("from=2026-10-05", "to"),
            ("from=2026-10-01&to=2026-10-05&kind=complaint", "query"),
            ("from=2026-10-01&to=2026-10-05&agency=c99999", "agency"),
            ("from=2026-10-01&to=2026-10-05&agency=", "agency"),
        ] {
            let refused = province.read(&head, &format!("{route}?{query}")).await;
            let told = (refused.status.as_u16(), refused.text("/field"));
            assert_eq!(told, (422, field.to_owned()), "{query}: {}", refused.body);
        }
    }
    for (query, months) in [("from=2016-10&to=2026-09", 120), ("from=2026-09&to=2026-09", 1)] {
        assert_eq!(public(&province, query).await.status, StatusCode::OK, "{months} months");
    }
}

#[tokio::test]
async fn a_limit_runs_until_its_day_has_ended_whatever_period_is_asked_for() {
    let province = Province::open().await;
    hold(&province, "2026-10-05T02:00:00Z");
    let id = registered(&province, "complaint", "c21040", "agency").await;
    take(&province, "c21040", &id, 1, &[accept()]).await;
    // Thirty days after 5 October, a Wednesday.
    for (at, periods, overdue) in [
        ("2026-10-20T02:00:00Z", &["", "?from=2026-10-01&to=2026-12-31"][..], 0),
        ("2026-11-04T16:59:59Z", &["", "?from=2026-01-01&to=2026-11-04", "?from=2026-01-01&to=2027-12-31"], 0),
        ("2026-11-04T17:00:00Z", &["", "?from=2026-01-01&to=2026-11-04", "?from=2026-01-01&to=2026-12-31"], 1),
        // Once the day has ended it is told of it for good, and not of the day before.
        ("2026-12-05T02:00:00Z", &["", "?from=2026-11-04&to=2026-11-04"], 1),
        ("2026-12-05T02:00:00Z", &["?from=2026-01-01&to=2026-11-03"], 0),
    ] {
        hold(&province, at);
        for period in periods {
            for route in [RATE, AGENCIES] {
                let answer = by(&province, "head", "c21040", &format!("{route}{period}")).await;
                let told =
                    answer.body.pointer("/kinds/0/overdue").or(answer.body.pointer("/agencies/0/kinds/0/overdue"));
                assert_eq!(told, Some(&json!(overdue)), "{at} {route}{period}: {}", answer.body);
            }
            let head = province.bearer("head", "c21040").await;
            let listed = province.read(&head, "/v1/cases").await.body["cases"][0]["overdue"].clone();
            if period.is_empty() {
                assert_eq!(listed, json!(overdue == 1), "{at}: lists and figures agree");
            }
        }
    }
}

#[tokio::test]
async fn combined_rates_are_named_and_only_told_to_those_who_may_see_each_part() {
    let province = Province::open().await;
    year(&province).await;
    let rate = by(&province, "head", "chair", &format!("{RATE}?{YEAR}")).await;
    let combined = rate.body["combined"].as_array().unwrap();
    let kinds = kinds(&rate);
    for (combined, (name, parts, said)) in
        combined.iter().zip([("kntc", 2, "khiếu nại, tố cáo"), ("don", 3, "gồm cả kiến nghị, phản ánh")])
    {
        assert_eq!(combined["name"], name);
        let sum = |of: &str| kinds[..parts].iter().map(|kind| number(kind, of)).sum::<i64>();
        assert_eq!(number(&combined["rate"], "numerator"), sum("resolved"), "{combined}");
        let there_was = sum("carried_in") + sum("accepted") + sum("reopened");
        assert_eq!(number(&combined["rate"], "denominator"), there_was, "{combined}");
        assert!(combined["definition"].as_str().unwrap().contains(said), "{combined}");
    }
    assert_eq!(combined.len(), 2);
    let statistician = by(&province, "statistician", "chair", &format!("{RATE}?{YEAR}")).await;
    assert_eq!(statistician.body["combined"], json!([]), "denunciations could be reckoned from the sum");
}

#[tokio::test]
async fn a_month_opens_to_the_public_at_midnight_of_its_last_day_in_vietnam() {
    let province = Province::open().await;
    for (at, status) in [("2026-10-31T16:59:59Z", 422), ("2026-10-31T17:00:00Z", 200)] {
        hold(&province, at);
        assert_eq!(public(&province, "from=2026-10&to=2026-10").await.status.as_u16(), status, "{at}");
    }
}

#[tokio::test]
async fn officials_read_their_own_agency_and_those_below_it() {
    let province = Province::open().await;
    year(&province).await;
    let agencies = |answer: &Answer| -> Vec<String> {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let rows = answer.body["agencies"].as_array().unwrap();
        rows.iter().map(|row| row["agency"].as_str().unwrap().to_owned()).collect()
    };
    for (role, agency, asked, seen) in [
        ("head", "c21040", "", Some(vec!["c21040"])),
        ("statistician", "c21025", "", Some(vec!["c21025"])),
        ("head", "chair", "", Some(vec!["c21025", "c21040", "chair"])),
        ("head", "chair", "&agency=c21040", Some(vec!["c21040"])),
        ("inspector", "inspectorate", "", Some(vec![])),
        ("inspector", "inspectorate", "&agency=chair", Some(vec!["c21025", "c21040", "chair"])),
        ("inspector", "inspectorate", "&agency=c21025", Some(vec!["c21025"])),
        ("head", "inspectorate", "&agency=c21025", None),
        ("statistician", "inspectorate", "&agency=chair", None),
        ("inspector", "so-xay-dung", "&agency=c21025", None),
        ("head", "c21025", "&agency=c21040", None),
        ("head", "c21040", "&agency=chair", None),
        ("handler", "c21040", "", None),
        ("reception", "c21040", "", None),
        ("admin", "c21040", "", None),
    ] {
        let what = format!("{role} of {agency} {asked}");
        let table = by(&province, role, agency, &format!("{AGENCIES}?{YEAR}{asked}")).await;
        let rate = by(&province, role, agency, &format!("{RATE}?{YEAR}{asked}")).await;
        match seen {
            Some(seen) => {
                assert_eq!(agencies(&table), seen, "{what}");
                assert_eq!(rate.status, StatusCode::OK, "{what}");
            }
            None => assert_eq!((table.status, rate.status), (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN), "{what}"),
        }
    }
}

#[tokio::test]
async fn denunciations_are_counted_for_who_manages_or_inspects_from_above_and_never_for_the_denounced() {
    let province = Province::open().await;
    for (role, agency, asked, told) in [
        ("head", "chair", "chair", true),
        ("head", "c21040", "c21040", true),
        ("inspector", "chair", "c21040", true),
        // A colleague of who is denounced there.
        ("inspector", "chair", "chair", false),
        ("inspector", "c21040", "c21040", false),
        // Some are against the inspectorate, and are the chair's.
        ("inspector", "inspectorate", "chair", false),
        ("inspector", "inspectorate", "c21040", false),
        ("statistician", "chair", "chair", false),
        ("statistician", "c21040", "c21040", false),
    ] {
        let rate = by(&province, role, agency, &format!("{RATE}?{YEAR}&agency={asked}")).await;
        assert_eq!(names(&rate).contains(&"denunciation"), told, "{role} of {agency} of {asked}");
    }

    let read = async |role: &str, agency: &str| {
        let rate = by(&province, role, agency, &format!("{RATE}?{YEAR}")).await.body;
        let table = by(&province, role, agency, &format!("{AGENCIES}?{YEAR}")).await.body;
        (rate["kinds"].clone(), table["agencies"].clone())
    };
    let mut before = Vec::new();
    for role in ["head", "inspector", "statistician"] {
        before.push(read(role, "c21040").await);
    }
    let of_chair = read("head", "chair").await;
    let id = registered(&province, "denunciation", "c21040", "head").await;
    take(&province, "chair", &id, 1, &[accept(), resolve("founded")]).await;
    for (role, before) in ["head", "inspector", "statistician"].into_iter().zip(before) {
        assert_eq!(read(role, "c21040").await, before, "{role} of the denounced agency");
    }
    assert_ne!(read("head", "chair").await, of_chair, "the managing head's figures have it");
    let table = by(&province, "statistician", "chair", &format!("{AGENCIES}?{YEAR}")).await;
    assert!(!table.body.to_string().contains("denunciation"), "{}", table.body);
}

fn number(figures: &Value, name: &str) -> i64 {
    figures[name].as_i64().unwrap()
}

fn assert_balanced(what: &str, figures: &Value) {
    let there_was = ["carried_in", "accepted", "reopened"].map(|name| number(figures, name)).iter().sum::<i64>();
    assert_eq!(there_was, number(figures, "resolved") + number(figures, "open"), "{what}: {figures}");
    assert_eq!(number(figures, "on_time") + number(figures, "late"), number(figures, "resolved"), "{what}");
    let rate = &figures["rate"];
    if !rate.is_null() {
        assert_eq!((number(rate, "numerator"), number(rate, "denominator")), (number(figures, "resolved"), there_was));
    }
}

#[tokio::test]
async fn what_there_was_is_what_was_resolved_and_what_is_open_and_a_tree_is_the_sum_of_its_agencies() {
    const SUMMED: [&str; 17] = [
        "carried_in",
        "accepted",
        "reopened",
        "resolved",
        "on_time",
        "late",
        "open",
        "overdue",
        "suspended",
        "pending",
        "submitted",
        "registered",
        "refused",
        "guided",
        "transferred_in",
        "transferred_out",
        "withdrawn_before",
    ];
    let province = Province::open().await;
    year(&province).await;
    let head = province.bearer("head", "chair").await;
    let mut days = 0;
    for period in [
        "from=2026-10-01&to=2026-10-31",
        "from=2026-10-01&to=2026-11-30",
        "from=2026-11-01&to=2026-11-30",
        "from=2026-11-30&to=2026-12-05",
        "from=2026-10-05&to=2026-10-05",
        "from=2026-10-06&to=2026-11-29",
        "from=2026-12-05&to=2026-12-05",
        YEAR,
    ] {
        let tree = province.read(&head, &format!("{RATE}?{period}")).await;
        let table = province.read(&head, &format!("{AGENCIES}?{period}")).await;
        let rows: Vec<&Value> = table.body["agencies"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|row| row["kinds"].as_array().unwrap())
            .collect();
        for figures in kinds(&tree) {
            assert_balanced(period, figures);
            let of_kind = rows.iter().filter(|row| row["kind"] == figures["kind"]);
            for name in SUMMED {
                let sum: i64 = of_kind.clone().map(|row| number(row, name)).sum();
                assert_eq!(number(figures, name), sum, "{period}: {name} of {}", figures["kind"]);
            }
        }
        for row in &rows {
            assert_balanced(period, row);
        }
        days += 1;
    }
    assert_eq!(days, 8);
}

#[tokio::test]
async fn public_answers_may_be_kept_for_five_minutes_and_officials_never() {
    let province = Province::open().await;
    for path in [
        &format!("{PUBLIC}?from=2026-01&to=2026-09"),
        months::PUBLIC_MONTHS,
        "/v1/reference/agencies",
        "/v1/reference/areas",
        "/v1/reference/fields",
    ] {
        let answer = province.send("GET", path, &[], None).await;
        assert_eq!(answer.headers["cache-control"], "public, max-age=300", "{path}");
        assert_eq!(answer.headers["vary"], "Accept-Language, Authorization", "{path}");
    }
    let refused = public(&province, "from=2026-01&to=2026-10").await;
    assert_eq!(refused.headers["cache-control"], "no-store", "the month will be over");
    let rate = by(&province, "head", "chair", &format!("{RATE}?{YEAR}")).await;
    assert_eq!((rate.status, &rate.headers["cache-control"]), (StatusCode::OK, &"no-store".parse().unwrap()));
}

#[tokio::test]
async fn every_figure_says_by_which_definition_it_counts_in_vietnamese_or_english() {
    let province = Province::open().await;
    let path = format!("{PUBLIC}?from=2026-09&to=2026-09");
    for (language, complaint, feedback) in [
        (None, "biểu 01/KQGQ", "pháp luật không quy định"),
        (Some("vi"), "biểu 01/KQGQ", "pháp luật không quy định"),
        (Some("en-GB,vi;q=0.5"), "form 01/KQGQ", "the law defines no"),
    ] {
        let headers: Vec<_> = language.iter().map(|language| ("accept-language", *language)).collect();
        let answer = province.send("GET", &path, &headers, None).await;
        let definitions: Vec<&str> = kinds(&answer).iter().map(|kind| kind["definition"].as_str().unwrap()).collect();
        assert!(definitions[0].contains(complaint), "{definitions:?}");
        assert!(definitions[1].contains("03/KQGQ"), "{definitions:?}");
        assert!(definitions[2].contains(feedback), "{definitions:?}");
        for (kind, rated) in kinds(&answer).iter().zip([true, true, false]) {
            assert_eq!(kind["rate"].is_object(), rated, "{kind}");
        }
        assert_eq!(
            answer.body.pointer("/kinds/0/rate/percent"),
            Some(&Value::Null),
            "nothing out of nothing is no data"
        );
    }
}

/// What a reading asks of DynamoDB beside the reference data, which each process reads once a minute.
async fn cost(province: &Province, path: &str) -> Usage {
    let head = province.bearer("head", "chair").await;
    province.shared.app.directory().await.unwrap();
    let before = province.shared.app.store.meter().snapshot();
    assert_eq!(province.read(&head, path).await.status, StatusCode::OK);
    province.shared.app.store.meter().snapshot().since(&before)
}

#[tokio::test]
async fn a_table_of_agencies_costs_the_same_whatever_the_number_of_cases() {
    let of_days = [RATE, AGENCIES].map(|route| format!("{route}?from=2026-10-01&to=2026-11-10"));
    let of_months = format!("{}?from=2026-10&to=2026-11", months::MONTHS);
    let mut costs = Vec::new();
    for each in [2, 20] {
        let province = Province::open().await;
        hold(&province, "2026-10-05T02:00:00Z");
        for agency in ["c21040", "c21025"] {
            for _ in 0..each {
                let id = registered(&province, "complaint", agency, "agency").await;
                take(&province, agency, &id, 1, &[accept(), resolve("founded")]).await;
            }
        }
        hold(&province, "2026-11-10T02:00:00Z");
        handle(&province.shared.app, AuditTask::Seal).await.unwrap();
        let mut each_path = Vec::new();
        for path in [&of_days[0], &of_days[1], &of_months, months::AGES] {
            each_path.push(cost(&province, path).await);
        }
        costs.push(each_path);
    }
    assert_eq!(costs[0], costs[1]);
    assert_eq!(costs[0][0], costs[0][1], "a table reads what its sum reads");
    assert_eq!(costs[0][0], costs[0][2], "no month is read twice");
    assert_eq!(costs[0][0].of("Query"), costs[0][0].total_requests());
}
