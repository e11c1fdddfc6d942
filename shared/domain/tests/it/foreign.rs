//! Other countries' limits, as data alone: the engine knows none of them.

use donthu_domain::deadline::due;
use donthu_domain::explain::{Step, explain};
use donthu_domain::rules::RuleBook;
use donthu_domain::{Calendar, RuleId};
use jiff::Timestamp;

struct Regime {
    rules: RuleBook,
    calendar: Calendar,
}

fn regime(rules: (&str, &str), year: (&str, &str)) -> Regime {
    Regime {
        rules: RuleBook::from_files([rules]).unwrap(),
        calendar: Calendar::shipped().unwrap().with_years([year]).unwrap(),
    }
}

macro_rules! regime {
    ($name:literal) => {
        regime(
            ($name, include_str!(concat!("../data/", $name, ".toml"))),
            ($name, include_str!(concat!("../data/", $name, "-2026.toml"))),
        )
    };
}

impl Regime {
    /// The raw end and the instant at which the time is over, both local.
    fn count(&self, id: &str, from: &str, complex: bool) -> (String, String) {
        let at: Timestamp = from.parse().unwrap();
        let day = self.calendar.local(at).date();
        let rule = self.rules.in_force(&RuleId::from(id), day).unwrap();
        let count = rule.count_from(at, self.calendar.offset(), rule.length(false, complex));
        let found = due(&count, &self.calendar);
        let explained = explain(rule, &count, &self.calendar);
        assert_eq!((explained.raw_end, explained.due_on, explained.due_at), (found.raw_end, found.on, found.at));
        (found.raw_end.to_string(), self.calendar.rfc3339(found.at))
    }
}

#[test]
fn korea_counts_hours_up_to_five_days_and_days_with_the_first_from_six() {
    let korea = regime!("korea");
    for (rule, from, raw_end, at, why) in [
        ("KR-NOW", "2026-11-23T10:00:00+09:00", "2026-11-23", "2026-11-23T14:00:00+09:00", "without the lunch hour"),
        ("KR-NOW", "2026-11-20T17:00:00+09:00", "2026-11-23", "2026-11-23T11:00:00+09:00", "over a weekend"),
        ("KR-NOW", "2026-11-23T07:30:00+09:00", "2026-11-23", "2026-11-23T12:00:00+09:00", "before the office opens"),
        ("KR-NOW", "2026-11-23T20:00:00+09:00", "2026-11-24", "2026-11-24T12:00:00+09:00", "after it has closed"),
        ("KR-3D", "2026-11-23T10:00:00+09:00", "2026-11-26", "2026-11-26T10:00:00+09:00", "24 hours of work"),
        ("KR-3D", "2026-11-21T10:00:00+09:00", "2026-11-25", "2026-11-25T18:00:00+09:00", "received on a Saturday"),
        ("KR-5D", "2026-12-23T14:00:00+09:00", "2026-12-31", "2026-12-31T14:00:00+09:00", "around Christmas"),
        ("KR-7D", "2026-11-23T16:00:00+09:00", "2026-12-01", "2026-12-02T00:00:00+09:00", "the first day is in"),
        ("KR-7D", "2026-11-21T16:00:00+09:00", "2026-12-01", "2026-12-02T00:00:00+09:00", "but not a Saturday"),
        ("KR-7D", "2026-09-17T09:00:00+09:00", "2026-09-29", "2026-09-30T00:00:00+09:00", "over Chuseok"),
        ("KR-2W", "2026-11-23T09:00:00+09:00", "2026-12-06", "2026-12-08T00:00:00+09:00", "Sunday to Monday"),
        ("KR-1M", "2026-01-15T09:00:00+09:00", "2026-02-14", "2026-02-20T00:00:00+09:00", "rolls over Seollal"),
        ("KR-1M", "2026-01-31T09:00:00+09:00", "2026-02-28", "2026-03-04T00:00:00+09:00", "clamped, then over 1 March"),
        ("KR-1M", "2026-05-01T09:00:00+09:00", "2026-05-31", "2026-06-02T00:00:00+09:00", "a whole month"),
        ("KR-7D", "2026-11-22T20:00:00Z", "2026-12-01", "2026-12-02T00:00:00+09:00", "which is Monday in Seoul"),
    ] {
        assert_eq!(korea.count(rule, from, false), (raw_end.to_owned(), at.to_owned()), "{rule} {from}: {why}");
    }
    assert!(korea.calendar.status(2027).is_none(), "Vietnam's years say nothing there");
}

#[test]
fn the_union_counts_days_and_months_and_a_justified_case_has_six() {
    let union = regime!("eu");
    for (rule, from, complex, raw_end, at) in [
        ("EU-ACK", "2026-11-23T09:00:00+01:00", false, "2026-11-30", "2026-12-01T00:00:00+01:00"),
        ("EU-ACK", "2026-12-18T09:00:00+01:00", false, "2026-12-25", "2026-12-29T00:00:00+01:00"),
        ("EU-FB", "2026-08-24T09:00:00+01:00", false, "2026-11-24", "2026-11-25T00:00:00+01:00"),
        ("EU-FB", "2026-08-24T09:00:00+01:00", true, "2027-02-24", "2027-02-25T00:00:00+01:00"),
        ("EU-FB", "2026-11-30T09:00:00+01:00", false, "2027-02-28", "2027-03-02T00:00:00+01:00"),
    ] {
        assert_eq!(union.count(rule, from, complex), (raw_end.to_owned(), at.to_owned()), "{rule} {from}");
    }
}

#[test]
fn india_indonesia_and_the_philippines_are_counted_from_their_data() {
    for (regime, rule, from, raw_end, at) in [
        (regime!("india"), "IN-21", "2026-11-23T09:00:00+05:30", "2026-12-14", "2026-12-15T00:00:00+05:30"),
        (regime!("india"), "IN-21", "2026-11-21T09:00:00+05:30", "2026-12-12", "2026-12-13T00:00:00+05:30"),
        (regime!("indonesia"), "ID-3", "2026-12-23T09:00:00+07:00", "2026-12-29", "2026-12-30T00:00:00+07:00"),
        (regime!("indonesia"), "ID-5", "2026-12-23T09:00:00+07:00", "2026-12-31", "2027-01-01T00:00:00+07:00"),
        (regime!("indonesia"), "ID-10", "2026-11-23T09:00:00+07:00", "2026-12-07", "2026-12-08T00:00:00+07:00"),
        (regime!("philippines"), "PH-72", "2026-11-20T16:00:00+08:00", "2026-11-23", "2026-11-23T16:00:00+08:00"),
    ] {
        assert_eq!(regime.count(rule, from, false), (raw_end.to_owned(), at.to_owned()), "{rule} {from}");
    }
}

#[test]
fn the_derivation_of_hours_tells_each_day_of_work() {
    let korea = regime!("korea");
    let at: Timestamp = "2026-11-20T17:00:00+09:00".parse().unwrap();
    let day = korea.calendar.local(at).date();
    let rule = korea.rules.in_force(&"KR-NOW".into(), day).unwrap();
    let explained = explain(rule, &rule.count_from(at, korea.calendar.offset(), 3), &korea.calendar);
    let told: Vec<u32> = explained
        .steps
        .iter()
        .filter_map(|step| if let Step::OfficeHours { minutes, .. } = step { Some(*minutes) } else { None })
        .collect();
    assert_eq!(told, [60, 120]);
    assert!(explained.steps.iter().any(|step| matches!(step, Step::Skipped(off) if off.holiday.is_none())));
}
