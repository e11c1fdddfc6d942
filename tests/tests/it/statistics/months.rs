//! Figures month by month, and the open cases by age: they are what the other routes say of the same months and days.

use axum::http::StatusCode;
use donthu_audit::{AuditTask, handle};
use donthu_store::keys::Month;
use donthu_tests::{Answer, Province};
use jiff::civil::date;
use serde_json::{Value, json};

use super::{PUBLIC, RATE, accept, by, hold, kinds, names, number, public, registered, resolve, take, year};
use crate::conflict::merge;

pub const MONTHS: &str = "/v1/statistics/months";
pub const AGES: &str = "/v1/statistics/open-ages";
pub const PUBLIC_MONTHS: &str = "/v1/public/months";

/// Who reads which agency's figures.
const READERS: [(&str, &str, &str); 6] = [
    ("head", "chair", "chair"),
    ("head", "c21040", "c21040"),
    ("inspector", "chair", "chair"),
    ("inspector", "inspectorate", "c21040"),
    ("inspector", "c21040", "c21040"),
    ("statistician", "chair", "chair"),
];

fn rows<'a>(answer: &'a Answer, name: &str) -> &'a Vec<Value> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body[name].as_array().unwrap()
}

/// What a row of a month says, out of a row of a period.
fn of_month(kind: &Value, overdue: bool) -> Value {
    let received = kind.get("accepted").or(kind.get("received")).unwrap();
    let mut row = json!({
        "kind": kind["kind"],
        "carried_in": kind["carried_in"],
        "received": received,
        "resolved": kind["resolved"],
        "open": kind["open"],
        "rate": kind["rate"],
        "on_time_rate": kind["on_time_rate"],
    });
    if overdue {
        row["overdue"] = kind["overdue"].clone();
    }
    row
}

/// Compares each month since September with what the rate says of that month alone, for each reader; gives how many differed
/// from the month before them, so that nothing was compared in vain.
async fn compare(province: &Province, last: &str) -> usize {
    let mut changes = 0;
    for (role, agency, asked) in READERS {
        let read = by(province, role, agency, &format!("{MONTHS}?from=2026-09&to={last}&agency={asked}")).await;
        assert_eq!(read.text("/agency"), asked);
        let mut month = Month::parse("2026-09").unwrap();
        for row in rows(&read, "months") {
            let days = format!("from={}&to={}", month.first_day(), month.last_day());
            let alone = by(province, role, agency, &format!("{RATE}?{days}&agency={asked}")).await;
            let alone: Vec<Value> = kinds(&alone).iter().map(|kind| of_month(kind, true)).collect();
            assert_eq!(*row, json!({ "month": month.to_string(), "kinds": alone }), "{role} of {agency}, {asked}");
            month = month.next();
        }
        assert_eq!(month.previous().to_string(), last);
        changes += rows(&read, "months").windows(2).filter(|pair| pair[0]["kinds"] != pair[1]["kinds"]).count();
    }
    changes
}

#[tokio::test]
async fn each_month_says_what_the_rate_of_that_month_says_before_and_after_its_seal_and_a_merger() {
    let province = Province::open().await;
    year(&province).await;
    assert!(compare(&province, "2026-12").await > READERS.len());
    merge(&province, "c21025", date(2026, 12, 10), "c21040").await;
    hold(&province, "2027-01-05T02:00:00Z");
    donthu_deadlines::handle(&province.shared.app, donthu_deadlines::LONGEST_RUN).await.unwrap();
    province.drain().await;
    assert!(compare(&province, "2027-01").await > READERS.len());
    handle(&province.shared.app, AuditTask::Seal).await.unwrap();
    assert!(compare(&province, "2027-01").await > READERS.len());
    province.recount_tomorrow().await;
}

#[tokio::test]
async fn months_before_anything_was_counted_are_there_and_empty() {
    let province = Province::open().await;
    year(&province).await;
    let read = by(&province, "head", "chair", MONTHS).await;
    assert_eq!((read.text("/from"), read.text("/to")), ("2026-01".to_owned(), "2026-12".to_owned()));
    let months = rows(&read, "months");
    assert_eq!(months.len(), 12, "the running month among them");
    for month in &months[..9] {
        for kind in month["kinds"].as_array().unwrap() {
            let counts = ["carried_in", "received", "resolved", "open", "overdue"].map(|name| number(kind, name));
            assert_eq!(counts, [0; 5], "{month}");
        }
    }
    assert_eq!(months[9]["kinds"][0]["received"], 5, "{}", months[9]);
}

#[tokio::test]
async fn the_public_reads_of_each_month_what_it_reads_of_that_month_alone() {
    let province = Province::open().await;
    year(&province).await;
    let usual = province.send("GET", PUBLIC_MONTHS, &[], None).await;
    assert_eq!((usual.text("/from"), usual.text("/to")), ("2025-12".to_owned(), "2026-11".to_owned()));
    assert_eq!(rows(&usual, "months").len(), 12);
    let mut received = 0;
    for row in rows(&usual, "months") {
        let month = row["month"].as_str().unwrap();
        let alone = public(&province, &format!("from={month}&to={month}")).await;
        let alone: Vec<Value> = kinds(&alone).iter().map(|kind| of_month(kind, false)).collect();
        assert_eq!(row["kinds"], json!(alone), "{month}");
        received += alone.iter().map(|kind| number(kind, "received")).sum::<i64>();
    }
    assert_eq!(received, 7);
}

/// The open cases of a kind by band, youngest first.
fn bands(answer: &Answer, kind: usize) -> Vec<i64> {
    rows(answer, "kinds")[kind]["ages"].as_array().unwrap().iter().map(|band| number(band, "cases")).collect()
}

#[tokio::test]
async fn an_open_case_grows_older_band_by_band_until_it_ends() {
    let province = Province::open().await;
    hold(&province, "2026-10-05T02:00:00Z");
    let id = registered(&province, "complaint", "c21040", "agency").await;
    assert_eq!(bands(&by(&province, "head", "c21040", AGES).await, 0), [0; 5], "not accepted yet");
    take(&province, "c21040", &id, 1, &[accept()]).await;
    for (at, band) in [
        ("2026-10-05T02:00:00Z", 0),
        ("2026-11-04T16:59:59Z", 0),
        ("2026-11-04T17:00:00Z", 1),
        ("2026-12-04T02:00:00Z", 1),
        ("2026-12-05T02:00:00Z", 2),
        ("2027-01-03T02:00:00Z", 2),
        ("2027-01-04T02:00:00Z", 3),
        ("2027-04-03T02:00:00Z", 3),
        ("2027-04-04T02:00:00Z", 4),
        ("2028-10-05T02:00:00Z", 4),
    ] {
        hold(&province, at);
        let mut expected = [0; 5];
        expected[band] = 1;
        assert_eq!(bands(&by(&province, "head", "c21040", AGES).await, 0), expected, "{at}");
    }
    let ages = by(&province, "head", "c21040", AGES).await;
    let limits: Vec<_> =
        rows(&ages, "kinds")[0]["ages"].as_array().unwrap().iter().map(|b| b["to_days"].as_i64()).collect();
    assert_eq!(limits, [Some(30), Some(60), Some(90), Some(180), None]);
    hold(&province, "2026-11-10T02:00:00Z");
    take(&province, "c21040", &id, 2, &[resolve("founded")]).await;
    assert_eq!(bands(&by(&province, "head", "c21040", AGES).await, 0), [0; 5], "it ended");
}

/// The ages of each reader hold as many cases as the figures of today leave open, of the same kinds.
async fn assert_ages_add_up(province: &Province) {
    for (role, agency, asked) in READERS {
        let ages = by(province, role, agency, &format!("{AGES}?agency={asked}")).await;
        let rate = by(province, role, agency, &format!("{RATE}?agency={asked}")).await;
        assert_eq!(names(&ages), names(&rate), "{role} of {agency}, {asked}");
        for (row, (place, figures)) in kinds(&ages).iter().zip(kinds(&rate).iter().enumerate()) {
            assert_eq!(number(row, "open"), number(figures, "open"), "{role} of {agency}, {asked}: {row}");
            assert_eq!(bands(&ages, place).iter().sum::<i64>(), number(row, "open"));
        }
    }
}

#[tokio::test]
async fn ages_add_up_to_what_the_figures_leave_open_after_corrections_seals_and_a_merger() {
    let province = Province::open().await;
    year(&province).await;
    assert_ages_add_up(&province).await;
    let ages = by(&province, "head", "chair", AGES).await;
    // All of 5 October, one of the complaints reopened.
    assert_eq!((bands(&ages, 0), bands(&ages, 1)), (vec![0, 0, 4, 0, 0], vec![0, 0, 1, 0, 0]));
    merge(&province, "c21025", date(2026, 12, 10), "c21040").await;
    hold(&province, "2027-05-05T02:00:00Z");
    donthu_deadlines::handle(&province.shared.app, donthu_deadlines::LONGEST_RUN).await.unwrap();
    province.drain().await;
    handle(&province.shared.app, AuditTask::Seal).await.unwrap();
    assert_ages_add_up(&province).await;
    let ages = by(&province, "head", "c21040", AGES).await;
    assert_eq!(bands(&ages, 0), [0, 0, 0, 0, 3], "of both communes");
}

#[tokio::test]
async fn months_that_make_no_sense_or_have_not_begun_are_refused() {
    let province = Province::open().await;
    hold(&province, "2026-10-05T02:00:00Z");
    let head = province.bearer("head", "chair").await;
    for (query, field, said) in [
        ("from=2026-09&to=2026-11", "to", "tháng đã bắt đầu"),
        ("from=2026-11&to=2026-10", "to", ""),
        ("from=2016-09&to=2026-09", "to", ""),
        ("from=2026-09-01&to=2026-10", "from", ""),
        ("from=2026-09&to=2026-13", "to", ""),
        ("from=2026-09", "to", ""),
        ("to=2026-09", "from", ""),
        ("kind=complaint", "query", ""),
        ("agency=c99999", "agency", ""),
    ] {
        let refused = province.read(&head, &format!("{MONTHS}?{query}")).await;
        assert_eq!((refused.status.as_u16(), refused.text("/field")), (422, field.to_owned()), "{query}");
        assert!(refused.text("/detail").contains(said), "{}", refused.body);
    }
    for query in ["from=2026-09&to=2026-10", "from=2026-11&to=2026-12", "from=2026-09", "agency=c21040"] {
        let refused = province.send("GET", &format!("{PUBLIC_MONTHS}?{query}"), &[], None).await;
        assert_eq!(refused.status.as_u16(), 422, "{query}: {}", refused.body);
    }
    for query in ["from=2026-10&to=2026-10", "agency=c99999", "agency="] {
        let refused = province.read(&head, &format!("{AGES}?{query}")).await;
        assert_eq!(refused.status.as_u16(), 422, "{query}: {}", refused.body);
    }
    let longest = province.read(&head, &format!("{MONTHS}?from=2016-11&to=2026-10")).await;
    assert_eq!(rows(&longest, "months").len(), 120);
}

#[tokio::test]
async fn every_figure_of_an_answer_is_defined_in_vietnamese_or_english() {
    let province = Province::open().await;
    let head = province.bearer("head", "chair").await;
    let statistician = province.bearer("statistician", "chair").await;
    for (language, resolved, open) in [
        ("vi", "vụ việc kết thúc trong kỳ", "Vụ việc đã thụ lý"),
        ("en", "cases that ended in the period", "Accepted cases"),
    ] {
        for (bearer, path, place) in [
            (None, PUBLIC, "/kinds/0"),
            (None, PUBLIC_MONTHS, "/months/0/kinds/0"),
            (Some(&head), MONTHS, "/months/0/kinds/0"),
            (Some(&statistician), MONTHS, "/months/0/kinds/0"),
            (Some(&head), AGES, "/kinds/0"),
        ] {
            let mut headers = vec![("accept-language", language)];
            headers.extend(bearer.map(|bearer| ("authorization", bearer.as_str())));
            let answer = province.send("GET", path, &headers, None).await;
            let definitions = rows(&answer, "definitions");
            let figures = answer.body.pointer(place).unwrap().as_object().unwrap();
            for figure in figures.keys().filter(|name| !["kind", "definition"].contains(&name.as_str())) {
                let defined = definitions.iter().filter(|row| row["figure"] == **figure).count();
                let expected = match (figure.as_str(), bearer == Some(&statistician)) {
                    ("rate", false) => 3,
                    ("rate", true) => 2,
                    _ => 1,
                };
                assert_eq!(defined, expected, "{path}: {figure}");
            }
            let says = |figure: &str, words: &str| {
                definitions
                    .iter()
                    .any(|row| row["figure"] == figure && row["definition"].as_str().unwrap().contains(words))
            };
            assert!(if path == AGES { says("ages", open) } else { says("resolved", resolved) }, "{path} {language}");
        }
    }
}
