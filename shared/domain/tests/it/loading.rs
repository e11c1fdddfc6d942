//! One bad file for each thing that can be wrong with rules and calendars: the message names file, line and reason.

use donthu_domain::rules::{PolicyFault, RuleBook};
use donthu_domain::{Calendar, Confidence, Policy};
use jiff::civil::date;

use crate::common::directory;

const RULE: &str = r#"[[rule]]
id = "X-1"
duty = "process"
start = "received"
unit = "calendar_days"
base = 10
citation_vi = "Điều 1"
citation_en = "Art. 1"
confidence = "V1"
"#;

const LUNAR: &str = include_str!("../../data/calendar/lunar.toml");

const HEAD: &str = "year = 2028\nstatus = \"proclaimed\"\n";

fn rules(text: &str) -> Result<RuleBook, String> {
    RuleBook::from_files([("x.toml", text)]).map_err(|error| error.to_string())
}

/// The row in force from a day, with more lines.
fn row(from: &str, more: &str) -> String {
    format!("{RULE}valid_from = \"{from}\"\n{more}")
}

fn replaced(from: &str, to: &str) -> String {
    assert!(RULE.contains(from));
    row("2020-01-01", "").replace(from, to)
}

#[test]
fn every_fault_in_a_rule_file_is_told_with_file_line_and_reason() {
    let hours = |spans: &str| replaced("calendar_days", "working_hours") + &format!("office_hours = [{spans}]\n");
    for (text, message) in [
        (row("2020-01-01", "") + &row("2024-01-01", ""), "x.toml: line 11: rule X-1 is in force twice from 2024-01-01"),
        (
            row("2020-01-01", "valid_to = \"2024-01-01\"\n") + &row("2024-01-01", ""),
            "x.toml: line 12: rule X-1 is in force twice from 2024-01-01",
        ),
        (
            row("2020-01-01", "valid_to = \"2023-12-30\"\n") + &row("2024-01-01", ""),
            "x.toml: line 1: rule X-1 is not in force from 2023-12-31 on, but again later",
        ),
        (
            row("2020-01-01", "valid_to = \"2019-12-31\""),
            "x.toml: line 1: rule X-1 from 2020-01-01 ends before it begins",
        ),
        (replaced("base = 10", "base = 0"), "x.toml: line 1: rule X-1 has no length"),
        (row("2020-01-01", "remote_complex_base = 0"), "x.toml: line 1: rule X-1 has no length"),
        (replaced("X-1", "x 1"), "x.toml: line 1: \"x 1\" is no id: capital letters, digits and hyphens"),
        (replaced("X-1", ""), "x.toml: line 1: \"\" is no id: capital letters, digits and hyphens"),
        (
            replaced("calendar_days", "working_hours"),
            "x.toml: line 1: rule X-1 counts working hours but has no office_hours",
        ),
        (
            row("2020-01-01", "office_hours = [{ from = \"08:00\", to = \"12:00\" }]"),
            "x.toml: line 1: rule X-1 has office_hours but does not count working hours",
        ),
        (
            hours("{ from = \"08:00\", to = \"12:00\" }, { from = \"11:00\", to = \"17:00\" }"),
            "x.toml: line 1: rule X-1 has office_hours that overlap or are out of order",
        ),
        (
            hours("{ from = \"12:00\", to = \"08:00\" }"),
            "x.toml: line 1: rule X-1 has office_hours that overlap or are out of order",
        ),
        (
            row("2020-01-01", "max_extensions = 1"),
            "x.toml: line 1: rule X-1 has only one of max_extensions and extension_days",
        ),
        (
            row("2020-01-01", "max_extensions = 1\nextension_days = 3\ndirection = \"before\""),
            "x.toml: line 1: rule X-1 is counted back from its event and can't be prolonged",
        ),
    ] {
        assert_eq!(rules(&text).unwrap_err(), message, "{text}");
    }
}

#[test]
fn what_is_no_rule_at_all_is_told_by_the_parser_with_its_line() {
    for (text, line, what) in [
        (row("2020-01-01", "grace = 3"), 11, "grace"),
        (row("2020-13-01", ""), 10, "2020-13-01"),
        (row("2020-02-30", ""), 10, "2020-02-30"),
        (replaced("calendar_days", "fortnights"), 5, "fortnights"),
        (replaced("\"process\"", "\"ponder\""), 3, "ponder"),
        (replaced("\"received\"", "\"dreamt\""), 4, "dreamt"),
        (replaced("\"V1\"", "\"V9\""), 9, "V9"),
        (row("2020-01-01", "kind = \"lawsuit\""), 11, "lawsuit"),
        (row("2020-01-01", "instance = \"third\""), 11, "third"),
        (row("2020-01-01", "matter = [\"music\"]"), 11, "music"),
        (row("2020-01-01", "first_day = \"maybe\""), 11, "maybe"),
        (row("2020-01-01", "roll = \"back\""), 11, "back"),
        (RULE.to_owned(), 1, "valid_from"),
    ] {
        let message = rules(&text).unwrap_err();
        assert!(message.starts_with("x.toml: ") && message.contains(&format!("line {line}")), "{message}");
        assert!(message.contains(what), "{message}");
    }
}

#[test]
fn versions_that_follow_each_other_are_no_fault_in_any_order_nor_is_a_repeal() {
    let (old, new) = (row("2020-01-01", "valid_to = \"2023-12-31\"\n"), row("2024-01-01", ""));
    assert_eq!(rules(&(old.clone() + &new)).unwrap().all().len(), 2);
    assert_eq!(rules(&(new + &old)).unwrap().all().len(), 2);
    assert!(rules(&old).is_ok(), "a rule may end for good");
}

#[test]
fn faults_across_rule_files_name_the_later_one() {
    let (a, b) = (row("2020-01-01", ""), row("2021-01-01", ""));
    let error = RuleBook::from_files([("a.toml", a.as_str()), ("b.toml", b.as_str())]).unwrap_err();
    assert_eq!(error.to_string(), "b.toml: line 1: rule X-1 is in force twice from 2021-01-01");
    let counting = include_str!("../../data/law/counting.toml");
    let error = RuleBook::from_files([("a.toml", counting), ("b.toml", counting)]).unwrap_err();
    assert_eq!(error.to_string(), "b.toml: another file says already by which articles limits are counted");
}

fn policy(id: &str, value: &str) -> Policy {
    Policy {
        id: id.to_owned(),
        value: value.to_owned(),
        valid_from: date(2026, 8, 1),
        valid_to: Some(date(2026, 12, 31)),
        basis: "Quyết định của tỉnh".to_owned(),
        confidence: Confidence::Design,
    }
}

#[test]
fn a_province_switches_off_what_was_not_read_in_the_law_and_nothing_else() {
    let rules = RuleBook::shipped().unwrap();
    let checked = |id: &str, value: &str| rules.check_policies(&directory(vec![policy(id, value)]));
    let name = |policy: &str| policy.to_owned();
    assert_eq!(checked("rule.C-SND1", "off"), Ok(()));
    assert_eq!(checked("rule.X-9", "off"), Err(PolicyFault::UnknownRule { policy: name("rule.X-9") }));
    assert_eq!(checked("rule.C-ACC", "off"), Err(PolicyFault::Verified { policy: name("rule.C-ACC") }));
    let value = PolicyFault::Value { policy: name("rule.D-PUB"), value: "never".to_owned() };
    assert_eq!(checked("rule.D-PUB", "never"), Err(value));

    let off = |id: &str, on| {
        let directory = directory(vec![policy(&format!("rule.{id}"), "off")]);
        rules.in_force(&id.into(), on).unwrap().is_switched_off(&directory, on)
    };
    assert!(off("C-SND1", date(2026, 9, 1)));
    assert!(!off("C-SND1", date(2027, 1, 1)) && !off("C-SND1", date(2026, 7, 31)), "only between its days");
    assert!(!off("C-ACC", date(2026, 9, 1)), "a rule that was read holds whatever a policy says");
}

fn year(text: &str) -> String {
    Calendar::from_files([("2028.toml", text)], ("lunar.toml", LUNAR)).unwrap_err().to_string()
}

fn holiday(from: &str, to: &str) -> String {
    format!(
        "[[holiday]]\nfrom = \"{from}\"\nto = \"{to}\"\nname_vi = \"a\"\nname_en = \"a\"\nbasis = \"a\"\nconfidence = \"V1\"\n"
    )
}

fn worked(day: &str) -> String {
    format!("[[working_saturday]]\ndate = \"{day}\"\nbasis = \"a\"\nconfidence = \"V1\"\n")
}

#[test]
fn every_fault_in_a_year_file_is_told_with_file_line_and_day() {
    for (body, message) in [
        (
            holiday("2028-01-01", "2028-01-03") + &holiday("2028-01-03", "2028-01-04"),
            "2028.toml: line 10: 2028-01-03 stands twice",
        ),
        (holiday("2027-12-31", "2028-01-01"), "2028.toml: line 3: 2027-12-31..2028-01-01 is no span of days in 2028"),
        (holiday("2028-12-31", "2029-01-01"), "2028.toml: line 3: 2028-12-31..2029-01-01 is no span of days in 2028"),
        (holiday("2028-01-04", "2028-01-03"), "2028.toml: line 3: 2028-01-04..2028-01-03 is no span of days in 2028"),
        (worked("2028-01-03"), "2028.toml: line 3: 2028-01-03 is no weekend day that could be worked"),
        (
            holiday("2028-01-08", "2028-01-08") + &worked("2028-01-08"),
            "2028.toml: line 10: 2028-01-08 is no weekend day that could be worked",
        ),
        (worked("2028-01-08") + &worked("2028-01-08"), "2028.toml: line 7: 2028-01-08 stands twice"),
        (worked("2029-01-06"), "2028.toml: line 3: 2029-01-06..2029-01-06 is no span of days in 2028"),
    ] {
        assert_eq!(year(&(HEAD.to_owned() + &body)), message);
    }
    for (text, what) in [
        ("year = 2028", "status"),
        ("status = \"proclaimed\"", "year"),
        ("year = 2028\nstatus = \"rumoured\"", "line 2"),
        ("year = 2028\nstatus = \"proclaimed\"\nmoon = 1", "line 3"),
        ("year = 2028\nstatus = \"proclaimed\"\nutc_offset = \"seven\"", "\"seven\" is no offset from UTC"),
    ] {
        let message = year(text);
        assert!(message.starts_with("2028.toml: ") && message.contains(what), "{message}");
    }
    let impossible = year(&(HEAD.to_owned() + &worked("2028-02-30")));
    assert!(impossible.contains("line 4") && impossible.contains("2028-02-30"), "{impossible}");
}

#[test]
fn years_in_two_files_beside_a_gap_or_of_two_countries_are_no_calendar() {
    let load = |files: &[(&'static str, &'static str)]| {
        Calendar::shipped().unwrap().with_years(files.iter().copied()).unwrap_err().to_string()
    };
    let again = [("2028.toml", HEAD), ("2028-copy.toml", HEAD)];
    assert_eq!(load(&again), "2028-copy.toml: the year 2028 stands in another file already");
    let far = "year = 2150\nstatus = \"provisional\"\n";
    let message = "2150.toml: the year 2149 is missing between the years that are there";
    assert_eq!(load(&[("2150.toml", far)]), message);
    let korea = "year = 2026\nstatus = \"proclaimed\"\ncountry = \"KR\"\nutc_offset = \"+09:00\"\n";
    let message = "kr.toml: KR at UTC+09:00 is not the country and offset of the other files";
    assert_eq!(load(&[("2028.toml", HEAD), ("kr.toml", korea)]), message);
}

#[test]
fn faults_in_the_lunar_table_are_found() {
    let row = |year: i16, tet: &str, hung: &str| {
        format!("[[year]]\nyear = {year}\ntet = \"{tet}\"\nhung_kings = \"{hung}\"\n")
    };
    let load = |text: &str| Calendar::from_files([], ("lunar.toml", text)).unwrap_err().to_string();
    let first = row(2028, "2028-01-26", "2028-04-04");
    let gap = first.clone() + &row(2030, "2030-02-02", "2030-04-12");
    assert_eq!(load(&gap), "lunar.toml: the year 2029 is missing between the years that are there");
    assert_eq!(load(&(first.clone() + &first)), "lunar.toml: line 5: the year 2028 stands twice");
    let misplaced = load(&row(2028, "2029-02-13", "2028-04-04"));
    assert_eq!(misplaced, "lunar.toml: line 1: 2029-02-13..2029-02-13 is no span of days in 2028");
    assert!(load("[[year]]\nyear = 2028\n").starts_with("lunar.toml: "));
}
