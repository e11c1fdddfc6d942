//! Units, directions and derivations: what is explained is what is counted, and the derivation adds up.

use donthu_domain::deadline::{Count, Manner, due};
use donthu_domain::explain::{Step, explain};
use donthu_domain::rules::{Direction, FirstDay, OfficeHours, Roll, Rule, RuleBook, Unit};
use donthu_domain::time::add_days;
use donthu_domain::{Calendar, Extension, RuleId, Suspension};
use jiff::civil::{Date, date, time};
use proptest::prelude::*;

use crate::common::{World, at};

const OFFICE: [OfficeHours; 2] = [
    OfficeHours { from: time(7, 30, 0, 0), to: time(11, 30, 0, 0) },
    OfficeHours { from: time(13, 30, 0, 0), to: time(17, 0, 0, 0) },
];

fn rule(id: &str) -> &'static Rule {
    World::shared().rules.in_force(&RuleId::from(id), date(2026, 11, 23)).unwrap()
}

fn calendar() -> &'static Calendar {
    &World::shared().calendar
}

/// Every row of law.md (b) on Monday 23 November 2026, without variants: rule, raw end, last day.
#[test]
fn every_row_of_the_law_is_counted_in_its_own_unit_and_direction() {
    for (id, raw_end, on) in [
        ("C-LIM1", "2027-02-21", "2027-02-22"),
        ("C-LIM2", "2026-12-23", "2026-12-23"),
        ("C-ACC", "2026-12-03", "2026-12-03"),
        ("C-ACC-LAW", "2026-12-03", "2026-12-03"),
        ("C-R1", "2026-12-23", "2026-12-23"),
        ("C-R2", "2027-01-07", "2027-01-07"),
        ("C-DLG", "2026-11-18", "2026-11-18"),
        ("C-SUS", "2026-11-27", "2026-11-27"),
        ("C-SND1", "2026-11-27", "2026-11-27"),
        ("C-SND2", "2026-11-30", "2026-11-30"),
        ("C-PUB", "2026-12-08", "2026-12-08"),
        ("C-EFF", "2026-12-23", "2026-12-23"),
        ("C-EFF2", "2026-12-23", "2026-12-23"),
        ("C-ENF", "2026-12-01", "2026-12-01"),
        ("K-LIM1", "2026-12-08", "2026-12-08"),
        ("K-LIM2", "2026-12-03", "2026-12-03"),
        ("K-LIM2-D", "2026-12-23", "2026-12-23"),
        ("K-R", "2026-12-23", "2026-12-23"),
        ("D-INI", "2026-12-03", "2026-12-03"),
        ("D-TRF", "2026-12-01", "2026-12-01"),
        ("D-R", "2026-12-23", "2026-12-23"),
        ("D-NOT", "2026-12-01", "2026-12-01"),
        ("D-SUS", "2026-12-01", "2026-12-01"),
        ("D-SND", "2026-12-01", "2026-12-01"),
        ("D-HND", "2026-12-03", "2026-12-03"),
        ("D-PUB", "2026-12-03", "2026-12-03"),
        ("D-CON", "2026-12-13", "2026-12-14"),
        ("D-OVD1", "2026-12-01", "2026-12-01"),
        ("D-OVD2", "2026-12-01", "2026-12-01"),
        ("P1", "2026-12-03", "2026-12-03"),
        ("P2", "2027-01-07", "2027-01-07"),
        ("P3", "2026-12-08", "2026-12-08"),
        ("P4", "2026-11-27", "2026-11-27"),
        ("P5", "2026-11-16", "2026-11-16"),
        ("K-SLA", "2026-12-15", "2026-12-15"),
    ] {
        let rule = rule(id);
        let found = due(&rule.count(date(2026, 11, 23), rule.base), calendar());
        assert_eq!((found.raw_end.to_string(), found.on.to_string()), (raw_end.into(), on.into()), "{id}");
    }
    let breach = rule("N-PD").count_from(at("2026-11-23 09:30"), calendar().offset(), 72);
    assert_eq!(due(&breach, calendar()).at, at("2026-11-26 09:30"), "72 hours, holiday or not");
}

#[test]
fn variants_of_the_law_lengthen_as_its_table_has_it() {
    for (id, lengths) in [
        ("C-LIM2", [30, 30, 45, 45]),
        ("C-R1", [30, 45, 45, 60]),
        ("C-R2", [45, 60, 60, 70]),
        ("C-EFF", [30, 30, 45, 45]),
        ("C-EFF2", [30, 30, 30, 30]),
        ("K-R", [30, 45, 30, 45]),
        ("D-INI", [7, 10, 7, 10]),
    ] {
        let rule = rule(id);
        let found = [(false, false), (false, true), (true, false), (true, true)].map(|(r, c)| rule.length(r, c));
        assert_eq!(found, lengths, "{id}");
    }
    assert_eq!((rule("D-R").max_extensions, rule("D-R").extension_days), (2, 30));
}

#[test]
fn before_1_july_2026_the_older_rules_alone_hold() {
    let rules = RuleBook::shipped().unwrap();
    let held = |id: &str, on| rules.in_force(&id.into(), on).is_some();
    for id in ["C-ACC", "C-DLG", "C-SUS", "P2", "P4", "P5"] {
        assert!(!held(id, date(2026, 6, 30)) && held(id, date(2026, 7, 1)), "{id}");
    }
    assert!(held("C-ACC-LAW", date(2026, 6, 30)) && held("C-ACC-LAW", date(2026, 7, 1)));
}

fn days_ahead(event: Date, days: u16, unit: Unit, first_day: FirstDay) -> Date {
    let manner = Manner { direction: Direction::Before, roll: Roll::None, first_day, ..Manner::usual(unit) };
    due(&Count { manner, ..Count::usual(event, days, unit) }, calendar()).on
}

#[test]
fn what_is_counted_back_leaves_so_many_whole_days_before_the_event() {
    use FirstDay::{Excluded, Included};
    let event = date(2026, 11, 30);
    assert_eq!(days_ahead(event, 5, Unit::CalendarDays, Excluded), date(2026, 11, 25));
    assert_eq!(days_ahead(event, 5, Unit::CalendarDays, Included), date(2026, 11, 26));
    assert_eq!(days_ahead(event, 5, Unit::WorkingDays, Excluded), date(2026, 11, 20), "over Culture Day and a weekend");
    assert_eq!(days_ahead(event, 5, Unit::WorkingDays, Included), date(2026, 11, 23));
    assert_eq!(days_ahead(date(2026, 3, 31), 1, Unit::Months, Excluded), date(2026, 2, 28));
    let sunday = due(&rule("C-DLG").count(date(2026, 11, 27), 5), calendar());
    assert_eq!(sunday.on, date(2026, 11, 22), "a notice on that Sunday is in time");
}

#[test]
fn months_end_on_the_day_of_the_same_number_or_the_last_of_the_month() {
    for (start, months, raw_end, on) in [
        (date(2026, 1, 31), 1, date(2026, 2, 28), date(2026, 3, 2)),
        (date(2028, 1, 31), 1, date(2028, 2, 29), date(2028, 2, 29)),
        (date(2026, 8, 24), 3, date(2026, 11, 24), date(2026, 11, 25)),
        (date(2026, 11, 30), 12, date(2027, 11, 30), date(2027, 11, 30)),
    ] {
        let found = due(&Count::usual(start, months, Unit::Months), calendar());
        assert_eq!((found.raw_end, found.on), (raw_end, on), "{months} from {start}");
    }
}

#[test]
fn hours_stand_still_with_the_case_and_end_when_it_runs_on() {
    let started_at = Some(at("2026-11-23 09:00"));
    let span = |from, to| [Suspension { from, to: Some(to) }];
    let hours = |suspensions: &[Suspension]| {
        let count = Count { started_at, suspensions, ..Count::usual(date(2026, 11, 23), 72, Unit::Hours) };
        due(&count, calendar()).at
    };
    assert_eq!(hours(&[]), at("2026-11-26 09:00"));
    assert_eq!(hours(&span(date(2026, 11, 24), date(2026, 11, 26))), at("2026-11-28 09:00"));
    assert_eq!(hours(&span(date(2026, 11, 26), date(2026, 11, 28))), at("2026-11-29 00:00"), "it was full that day");
    assert_eq!(hours(&span(date(2026, 11, 27), date(2026, 11, 28))), at("2026-11-26 09:00"), "too late");
}

#[test]
fn a_derivation_names_each_day_off_with_its_basis_also_in_generated_years() {
    let explained = |start| explain(rule("C-ACC"), &rule("C-ACC").count(start, 7), calendar());
    let off = |start| {
        let named = |step| match step {
            Step::Skipped(off) => off.holiday.map(|holiday| (holiday.name_vi, holiday.basis)),
            _ => None,
        };
        explained(start).steps.into_iter().filter_map(named).collect::<Vec<_>>()
    };
    let pair = |name: &str, basis: &str| (name.to_owned(), basis.to_owned());
    assert_eq!(off(date(2026, 11, 23)), [pair("Ngày Văn hóa Việt Nam", "Nghị quyết 28/2026/QH16")]);
    let labour = "Bộ luật Lao động 2019, Điều 112";
    let in_lieu = "Bộ luật Lao động 2019, Điều 111 khoản 3";
    // 1 May 2032 is a Saturday, so Monday 3 May is free in its place.
    assert_eq!(
        off(date(2032, 4, 28)),
        [
            pair("Ngày Chiến thắng", labour),
            pair("Ngày Quốc tế lao động", labour),
            pair("Nghỉ bù Ngày Quốc tế lao động", in_lieu)
        ]
    );
    assert!(explained(date(2032, 4, 28)).steps.contains(&Step::Provisional { years: vec![2032] }));
    let worked = explained(date(2026, 8, 20));
    assert!(
        worked.steps.iter().any(|step| matches!(step, Step::Exchanged { day, .. } if day.date == date(2026, 8, 22)))
    );
}

#[test]
fn a_running_or_late_suspension_is_told_and_moves_nothing() {
    let running = [Suspension { from: date(2026, 12, 1), to: None }];
    let late = [Suspension { from: date(2027, 1, 20), to: Some(date(2027, 1, 25)) }];
    let steps = |suspensions: &[Suspension]| {
        let count = Count { suspensions, ..rule("C-R1").count(date(2026, 11, 23), 30) };
        explain(rule("C-R1"), &count, calendar()).steps
    };
    assert!(steps(&running).contains(&Step::StandsStill { since: date(2026, 12, 1) }));
    assert!(!steps(&running).iter().any(|step| matches!(step, Step::End { .. })), "no end is promised meanwhile");
    let told = Step::SuspendedTooLate { from: date(2027, 1, 20), ended_on: date(2026, 12, 23) };
    assert!(steps(&late).contains(&told));
}

fn units() -> impl Strategy<Value = Unit> {
    prop_oneof![
        Just(Unit::CalendarDays),
        Just(Unit::WorkingDays),
        Just(Unit::Months),
        Just(Unit::Hours),
        Just(Unit::WorkingHours)
    ]
}

fn manners(unit: Unit, included: bool, before: bool) -> Manner<'static> {
    Manner {
        first_day: if included { FirstDay::Included } else { FirstDay::Excluded },
        direction: if before { Direction::Before } else { Direction::After },
        roll: if before { Roll::None } else { Manner::usual(unit).roll },
        office_hours: if unit == Unit::WorkingHours { &OFFICE } else { &[] },
    }
}

proptest! {
    #[test]
    fn a_longer_limit_never_ends_earlier_nor_a_backward_one_later(
        unit in units(), start in 0i32..900, length in 1u16..50, included: bool, before: bool,
    ) {
        let start = add_days(date(2025, 1, 2), start);
        let manner = manners(unit, included, before);
        let count = |days| Count { manner, ..Count::usual(start, days, unit) };
        let (short, long) = (due(&count(length), calendar()), due(&count(length + 1), calendar()));
        let (earlier, later) = if before { (long, short) } else { (short, long) };
        prop_assert!(earlier.at <= later.at && earlier.on <= later.on);
        prop_assert!(if before { short.on <= start } else { short.on >= start }, "{} lies on the wrong side", short.on);
        prop_assert!(before || calendar().is_working_day(short.on) || unit == Unit::Hours);
    }

    #[test]
    fn the_first_day_makes_a_limit_longer_by_no_more_than_itself(start in 0i32..900, length in 1u16..50) {
        let start = calendar().roll(add_days(date(2025, 1, 2), start));
        for unit in [Unit::CalendarDays, Unit::WorkingDays] {
            let end = |length, included| {
                let manner = Manner { roll: Roll::None, ..manners(unit, included, false) };
                due(&Count { manner, ..Count::usual(start, length, unit) }, calendar()).on
            };
            prop_assert_eq!(end(length, false), end(length + 1, true));
        }
    }

    #[test]
    fn a_derivation_adds_up_to_the_length_and_ends_where_the_count_does(
        unit in units(),
        start in 0i32..900,
        length in 1u16..50,
        included: bool,
        before: bool,
        stops in prop::collection::vec((0i32..20, 0i32..10), 0..3),
        extended in prop::collection::vec(1u16..20, 0..3),
    ) {
        let start = add_days(date(2025, 1, 2), start);
        let mut edge = start;
        let mut suspensions = Vec::new();
        for (offset, length) in stops {
            let from = add_days(edge, offset);
            edge = add_days(from, length);
            suspensions.push(Suspension { from, to: Some(edge) });
        }
        let extensions: Vec<Extension> = extended.into_iter().map(|days| Extension { days, on: start }).collect();
        let manner = manners(unit, included, before);
        let count = Count {
            manner, suspensions: &suspensions, extensions: &extensions, ..Count::usual(start, length, unit)
        };
        let found = due(&count, calendar());
        let explained = explain(rule("C-R1"), &count, calendar());
        prop_assert_eq!(
            (explained.raw_end, explained.due_on, explained.due_at, explained.provisional),
            (found.raw_end, found.on, found.at, found.provisional)
        );
        let moved = if before { 0 } else { extensions.iter().map(|e| u32::from(e.days)).sum() };
        let days: u32 = explained.steps.iter().map(|step| match step {
            Step::Counted { days, .. } => *days,
            Step::Exchanged { .. } => 1,
            _ => 0,
        }).sum();
        let minutes: u32 = explained.steps.iter().map(|step| match step {
            Step::OfficeHours { minutes, .. } => *minutes,
            _ => 0,
        }).sum();
        match unit {
            Unit::CalendarDays => prop_assert_eq!(days, u32::from(length) + moved),
            Unit::WorkingDays => prop_assert_eq!(days, u32::from(length)),
            Unit::WorkingHours => prop_assert_eq!(minutes, 60 * u32::from(length)),
            Unit::Months | Unit::Hours => {}
        }
        let last_counted = explained.steps.iter().filter_map(|step| match step {
            Step::Counted { from, to, .. } => Some(if before { *from } else { *to }),
            Step::Exchanged { day, .. } => Some(day.date),
            _ => None,
        }).next_back();
        let resumed = explained.steps.iter().any(|step| matches!(step, Step::EndsOnResumption { .. }));
        if let Some(last) = last_counted.filter(|_| !resumed && unit == Unit::CalendarDays) {
            prop_assert_eq!(last, found.raw_end);
        }
        let rolled = explained.steps.iter().any(|step| matches!(step, Step::Rolled { .. }));
        prop_assert_eq!(rolled, found.raw_end != found.on);
    }
}
