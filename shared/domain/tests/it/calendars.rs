//! Days off: proclaimed, provisional and generated years, and faults in their files.

use std::collections::BTreeSet;

use donthu_domain::Calendar;
use donthu_domain::calendar::YearStatus;
use donthu_domain::time::{add_days, next_day};
use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;

pub const LUNAR: &str = include_str!("../../data/calendar/lunar.toml");

pub fn generated() -> Calendar {
    Calendar::from_files([], ("lunar.toml", LUNAR)).unwrap()
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn days_of(year: i16) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(date(year, 1, 1)), |day| Some(next_day(*day))).take_while(move |day| day.year() == year)
}

/// Monday to Friday without work.
pub fn free_weekdays(calendar: &Calendar, year: i16) -> Vec<Date> {
    days_of(year).filter(|day| !is_weekend(*day) && !calendar.is_working_day(*day)).collect()
}

/// Read from the table by hand, not by the crate.
pub fn lunar(year: i16) -> (Date, Date) {
    let row = LUNAR.split("[[year]]").find(|row| row.contains(&format!("\nyear = {year}\n"))).unwrap();
    let value = |key: &str| row.split(&format!("{key} = \"")).nth(1).unwrap()[..10].parse().unwrap();
    (value("tet"), value("hung_kings"))
}

/// The days that Art. 112 of the Labour Code names, without the one beside National Day, which is chosen each year.
pub fn named(year: i16) -> BTreeSet<Date> {
    let (tet, hung_kings) = lunar(year);
    let mut days: BTreeSet<Date> = (-1..=3).map(|offset| add_days(tet, offset)).collect();
    days.extend([date(year, 1, 1), hung_kings, date(year, 4, 30), date(year, 5, 1), date(year, 9, 2)]);
    if year >= 2026 {
        days.insert(date(year, 11, 24));
    }
    days
}

#[test]
fn the_years_say_how_sure_they_are() {
    let calendar = Calendar::shipped().unwrap();
    assert_eq!(calendar.status(2024), Some(YearStatus::Generated));
    assert_eq!(calendar.status(2025), Some(YearStatus::Proclaimed));
    assert_eq!(calendar.status(2026), Some(YearStatus::Proclaimed));
    assert_eq!(calendar.status(2027), Some(YearStatus::Provisional));
    assert_eq!(calendar.status(2028), Some(YearStatus::Generated));
    assert_eq!(calendar.status(2101), None);
    assert!(!calendar.is_provisional(date(2025, 12, 30), date(2026, 12, 31)));
    assert!(calendar.is_provisional(date(2026, 12, 30), date(2027, 1, 4)));
    assert!(calendar.covers(date(2099, 12, 31)), "2100 is there to count on into");
    assert!(!calendar.covers(date(2100, 1, 1)) && !calendar.covers(date(2011, 12, 31)));
}

#[test]
fn the_proclaimed_years_are_free_as_the_notices_said() {
    let calendar = Calendar::shipped().unwrap();
    for (from, to) in [
        (date(2025, 1, 25), date(2025, 2, 2)),
        (date(2025, 4, 7), date(2025, 4, 7)),
        (date(2025, 4, 30), date(2025, 5, 4)),
        (date(2025, 8, 30), date(2025, 9, 2)),
        (date(2026, 1, 1), date(2026, 1, 4)),
        (date(2026, 2, 14), date(2026, 2, 22)),
        (date(2026, 4, 25), date(2026, 4, 27)),
        (date(2026, 4, 30), date(2026, 5, 3)),
        (date(2026, 8, 29), date(2026, 9, 2)),
        (date(2026, 11, 24), date(2026, 11, 24)),
    ] {
        assert!(calendar.is_working_day(calendar.before_working_days(from, 1)));
        assert_eq!(calendar.after_working_days(add_days(from, -1), 1), next_day(to), "{from} to {to} is one gap");
    }
    assert!(calendar.is_working_day(date(2025, 11, 24)), "no Culture Day before 2026");
    let worked: Vec<Date> =
        (2025..=2027).flat_map(days_of).filter(|day| is_weekend(*day) && calendar.is_working_day(*day)).collect();
    assert_eq!(worked, [date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)]);
    assert_eq!(free_weekdays(&calendar, 2025).len(), 12, "eleven, and 2 May for a Saturday");
    assert_eq!(free_weekdays(&calendar, 2026).len(), 14, "twelve, and 2 January and 31 August for Saturdays");
}

#[test]
fn the_provisional_year_is_what_the_labour_code_alone_makes_of_it() {
    assert_eq!(free_weekdays(&Calendar::shipped().unwrap(), 2027), free_weekdays(&generated(), 2027));
}

#[test]
fn where_two_named_days_lie_close_the_day_in_lieu_is_not_lost() {
    // The Hùng Kings' day of 2091 is Saturday 28 April, and Monday is 30 April.
    let calendar = generated();
    let free = free_weekdays(&calendar, 2091);
    assert!(free.contains(&date(2091, 4, 30)) && free.contains(&date(2091, 5, 1)) && free.contains(&date(2091, 5, 2)));
}

proptest! {
    #[test]
    fn every_generated_year_has_eleven_free_weekdays_and_twelve_from_2026(year in 2012i16..=2100) {
        let calendar = generated();
        let expected = if year >= 2026 { 12 } else { 11 };
        prop_assert_eq!(free_weekdays(&calendar, year).len(), expected);
        prop_assert_eq!(calendar.status(year), Some(YearStatus::Generated));
        prop_assert!(days_of(year).filter(|day| is_weekend(*day)).all(|day| !calendar.is_working_day(day)));
        for day in named(year) {
            prop_assert!(!calendar.is_working_day(day), "{} is named by the Labour Code", day);
        }
        let beside = calendar.is_working_day(date(year, 9, 1)) != calendar.is_working_day(date(year, 9, 3));
        let free_both = is_weekend(date(year, 9, 2)) || is_weekend(date(year, 9, 1)) || is_weekend(date(year, 9, 3));
        prop_assert!(beside || free_both, "one day beside National Day");
    }

    #[test]
    fn no_day_in_lieu_comes_before_its_holiday(year in 2012i16..=2100) {
        let calendar = generated();
        let mut named = named(year);
        named.insert(if calendar.is_working_day(date(year, 9, 1)) { date(year, 9, 3) } else { date(year, 9, 1) });
        let free = free_weekdays(&calendar, year);
        for day in days_of(year) {
            let (had, given) = (named.range(..=day).count(), free.iter().filter(|f| **f <= day).count());
            prop_assert!(given <= had, "{} days in lieu by {} for {} holidays", given, day, had);
        }
    }

    #[test]
    fn counting_working_days_forth_and_back_leads_home(offset in 0i32..30_000, count in 1u16..60) {
        let calendar = Calendar::shipped().unwrap();
        let day = calendar.roll(add_days(date(2012, 6, 1), offset));
        let there = calendar.after_working_days(day, count);
        prop_assert!(calendar.is_working_day(there) && there > day);
        prop_assert_eq!(calendar.before_working_days(there, count), day);
        let mut walked = day;
        let mut left = count;
        while left > 0 {
            walked = next_day(walked);
            left -= u16::from(calendar.is_working_day(walked));
        }
        prop_assert_eq!(walked, there);
    }
}
