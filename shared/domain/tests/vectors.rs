//! Vectors of the law and of published figures.

#![expect(clippy::unwrap_used, reason = "a test's helpers may fail the test")]

use donthu_domain::Calendar;
use donthu_domain::deadline::{Count, due};
use donthu_domain::rules::{RuleBook, Unit};
use donthu_domain::tally::{Rate, Rounding};
use donthu_domain::{RuleId, Suspension};
use jiff::civil::{Date, date};

fn counted(from: Date, days: u16, unit: Unit, suspensions: &[Suspension]) -> (Date, Date) {
    let calendar = Calendar::shipped().unwrap();
    let due = due(&Count { started_on: from, days, unit, suspensions, extensions: &[] }, &calendar);
    (due.raw_end, due.on)
}

#[test]
fn limits_end_as_the_civil_code_art_144_to_148_has_them() {
    use Unit::{CalendarDays, WorkingDays};
    let vectors = [
        (CalendarDays, date(2026, 11, 23), 30, date(2026, 12, 23), "plain"),
        (CalendarDays, date(2026, 11, 20), 30, date(2026, 12, 21), "a Sunday rolls to Monday"),
        (CalendarDays, date(2026, 1, 15), 30, date(2026, 2, 23), "rolls over the nine days of Tết"),
        (CalendarDays, date(2026, 10, 25), 30, date(2026, 11, 25), "rolls over 24 November"),
        (WorkingDays, date(2026, 11, 23), 7, date(2026, 12, 3), "24 November is skipped"),
        (WorkingDays, date(2026, 11, 20), 7, date(2026, 12, 2), "twelve calendar days"),
        (WorkingDays, date(2026, 8, 21), 5, date(2026, 8, 27), "Saturday 22 August is worked"),
        (WorkingDays, date(2026, 1, 9), 1, date(2026, 1, 10), "Saturday 10 January is worked"),
    ];
    for (unit, from, days, expected, why) in vectors {
        assert_eq!(counted(from, days, unit, &[]).1, expected, "{days} from {from}: {why}");
    }
    assert_eq!(counted(date(2026, 11, 20), 30, CalendarDays, &[]).0, date(2026, 12, 20), "the raw end is shown too");
}

#[test]
fn time_in_which_the_clock_stood_still_is_not_counted() {
    let stood = [Suspension { from: date(2026, 3, 10), to: Some(date(2026, 3, 20)) }];
    let (raw, _) = counted(date(2026, 3, 2), 30, Unit::CalendarDays, &stood);
    assert_eq!(raw, date(2026, 4, 11), "30 days and the 10 from the day after the suspension to the resumption");
}

#[test]
fn a_complaints_limit_depends_on_complexity_and_remoteness_as_art_28_says() {
    let rules = RuleBook::shipped().unwrap();
    let rule = rules.in_force(&RuleId::new("C-R1"), date(2026, 11, 23)).unwrap();
    let lengths = [(false, false, 30), (false, true, 45), (true, false, 45), (true, true, 60)];
    for (remote, complex, days) in lengths {
        assert_eq!(rule.length(remote, complex), days);
    }
    let accept = RuleId::new("C-ACC");
    assert!(rules.in_force(&accept, date(2026, 6, 30)).is_none(), "seven working days hold from 1 July 2026 on");
    assert!(rules.in_force(&accept, date(2026, 7, 1)).is_some());
}

#[test]
fn published_rates_come_out_of_their_integers() {
    use Rounding::{HalfUp, Truncated};
    let vectors = [
        ("SGGP, National Assembly year 2025", 18_108, 22_068, 1, HalfUp, "82.1"),
        ("first half of 2025", 12_323, 16_125, 1, HalfUp, "76.4"),
        ("referred by the National Assembly", 192, 375, 1, HalfUp, "51.2"),
        ("226 hard cases: published as 89.9", 203, 226, 1, HalfUp, "89.8"),
        ("Kon Tum, July 2022", 43, 105, 2, HalfUp, "40.95"),
        ("Kon Tum, July 2022, share in competence", 105, 199, 2, HalfUp, "52.76"),
        ("Hà Nam 2019", 85, 92, 1, HalfUp, "92.4"),
        ("Ninh Thuận, first half of 2020: as published", 176, 221, 2, Truncated, "79.63"),
        ("Ninh Thuận, first half of 2020: half up", 176, 221, 2, HalfUp, "79.64"),
        ("Nghệ An 2021: as misprinted, not 88.9", 238, 316, 1, HalfUp, "75.3"),
        ("Nghệ An 2021: 316 less the 35 left", 281, 316, 2, HalfUp, "88.92"),
        ("Tuyên Quang, complaints", 32, 52, 2, HalfUp, "61.54"),
        ("Tuyên Quang, denunciations", 63, 78, 2, HalfUp, "80.77"),
        ("Lâm Đồng 2023, complaints", 274, 359, 2, HalfUp, "76.32"),
        ("Lâm Đồng 2023, denunciations", 105, 122, 2, HalfUp, "86.07"),
    ];
    for (source, numerator, denominator, decimals, rounding, expected) in vectors {
        let rate = Rate { numerator, denominator };
        assert_eq!(rate.percent(decimals, rounding).as_deref(), Some(expected), "{source}");
    }
    let nothing = Rate { numerator: 0, denominator: 0 };
    assert_eq!(nothing.percent(2, HalfUp), None, "no data is never 100 %");
}
