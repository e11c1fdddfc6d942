//! Wall calendars: what hung on the wall when, and what it said of a day.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date};

/// Days off that are no weekend, first and last: the notices of 2025 and 2026, and for 2027 the Labour Code alone.
const DAYS_OFF: [(Date, Date); 20] = [
    (date(2025, 1, 1), date(2025, 1, 1)),
    (date(2025, 1, 27), date(2025, 1, 31)),
    (date(2025, 4, 7), date(2025, 4, 7)),
    (date(2025, 4, 30), date(2025, 5, 2)),
    (date(2025, 9, 1), date(2025, 9, 2)),
    (date(2026, 1, 1), date(2026, 1, 2)),
    (date(2026, 2, 16), date(2026, 2, 20)),
    (date(2026, 4, 27), date(2026, 4, 27)),
    (date(2026, 4, 30), date(2026, 5, 1)),
    (date(2026, 8, 31), date(2026, 9, 2)),
    (date(2026, 11, 24), date(2026, 11, 24)),
    (date(2027, 1, 1), date(2027, 1, 1)),
    (date(2027, 2, 5), date(2027, 2, 5)),
    (date(2027, 2, 8), date(2027, 2, 11)),
    (date(2027, 4, 16), date(2027, 4, 16)),
    (date(2027, 4, 30), date(2027, 4, 30)),
    (date(2027, 5, 3), date(2027, 5, 3)),
    (date(2027, 9, 2), date(2027, 9, 2)),
    (date(2027, 9, 3), date(2027, 9, 3)),
    (date(2027, 11, 24), date(2027, 11, 24)),
];

const WORKED_SATURDAYS: [Date; 3] = [date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)];

/// The leaves of one year, from the first to the last: whether people work.
#[derive(Debug, Clone)]
pub struct Leaves {
    is_proclaimed: bool,
    worked: Vec<bool>,
}

impl Leaves {
    /// Monday to Friday, without the days off and with the Saturdays.
    pub fn of(year: i16, is_proclaimed: bool, is_off: impl Fn(Date) -> bool, saturdays: &[Date]) -> Self {
        let mut worked = Vec::new();
        let mut day = date(year, 1, 1);
        while day.year() == year {
            let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            worked.push(if weekend { saturdays.contains(&day) } else { !is_off(day) });
            day = day.tomorrow().unwrap();
        }
        Self { is_proclaimed, worked }
    }
}

/// A wall calendar.
#[derive(Debug, Clone)]
pub struct Wall {
    years: BTreeMap<i16, Leaves>,
}

impl Wall {
    pub fn of(years: impl IntoIterator<Item = (i16, Leaves)>) -> Self {
        Self { years: years.into_iter().collect() }
    }

    pub fn is_worked(&self, day: Date) -> bool {
        let leaves = self.years.get(&day.year());
        let leaves = leaves.unwrap_or_else(|| panic!("the model's wall calendar does not hang so far: {day}"));
        leaves.worked[usize::try_from(day.day_of_year()).unwrap() - 1]
    }

    /// Whether a day off between two days may still move.
    pub fn may_move(&self, from: Date, to: Date) -> bool {
        (from.year()..=to.year()).any(|year| self.years.get(&year).is_none_or(|leaves| !leaves.is_proclaimed))
    }
}

/// The wall calendars, one after the other, each with the instant at which it was hung up.
#[derive(Debug)]
pub struct Walls {
    hung: Vec<(Timestamp, Wall)>,
}

impl Walls {
    /// Oldest first.
    pub fn of(hung: Vec<(Timestamp, Wall)>) -> Self {
        Self { hung }
    }

    /// The one that hangs there all the time, with what ships: 2025 and 2026 as proclaimed, 2027 as it may come.
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Walls> = LazyLock::new(|| {
            let is_off = |day: Date| DAYS_OFF.iter().any(|(from, to)| (*from..=*to).contains(&day));
            let leaves = (2025..=2027).map(|year| (year, Leaves::of(year, year < 2027, is_off, &WORKED_SATURDAYS)));
            Walls::of(vec![(Timestamp::MIN, Wall::of(leaves))])
        });
        &SHIPPED
    }

    /// The one that hangs there at an instant.
    pub fn at(&self, now: Timestamp) -> &Wall {
        let (_, wall) = self.hung.iter().rev().find(|(since, _)| *since <= now).unwrap();
        wall
    }
}
