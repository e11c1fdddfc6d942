//! How long the cases that are open have been so, out of the ledger by day of acceptance.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Flows, Measure};
use crate::time;

/// A band of ages of open cases, in calendar days since acceptance; a case accepted today is 0 days old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgeBand {
    /// 0 to 30 days: the first limit of most cases.
    To30,
    /// 31 to 60 days.
    To60,
    /// 61 to 90 days.
    To90,
    /// 91 to 180 days.
    To180,
    /// More than 180 days.
    Older,
}

impl AgeBand {
    /// Every band, youngest first.
    pub const ALL: [AgeBand; 5] = [AgeBand::To30, AgeBand::To60, AgeBand::To90, AgeBand::To180, AgeBand::Older];

    /// The first and the last age of the band, in days; the oldest band has no last one.
    pub fn days(self) -> (i32, Option<i32>) {
        match self {
            AgeBand::To30 => (0, Some(30)),
            AgeBand::To60 => (31, Some(60)),
            AgeBand::To90 => (61, Some(90)),
            AgeBand::To180 => (91, Some(180)),
            AgeBand::Older => (181, None),
        }
    }

    /// The band of an age in days.
    pub fn of(age: i32) -> Self {
        AgeBand::ALL.into_iter().find(|band| band.days().1.is_some_and(|last| age <= last)).unwrap_or(AgeBand::Older)
    }

    /// The first day of acceptance that is not yet in the oldest band: the ledger need not be read further back.
    pub fn first_day_told_apart(today: Date) -> Date {
        time::add_days(today, 1 - AgeBand::Older.days().0)
    }
}

/// The open cases by age: `open` of them in all, of which the ledger by day of acceptance tells those accepted since
/// [`AgeBand::first_day_told_apart`]; what is left is older. Each band is there, and their sum is `open`.
pub fn open_by_age<'a>(
    open: i64,
    accepted: impl IntoIterator<Item = (Date, &'a Flows)>,
    today: Date,
) -> BTreeMap<AgeBand, i64> {
    let mut ages: BTreeMap<AgeBand, i64> = AgeBand::ALL.into_iter().map(|band| (band, 0)).collect();
    let mut older = open;
    for (day, flows) in accepted.into_iter().filter(|(day, _)| *day >= AgeBand::first_day_told_apart(today)) {
        let unresolved = unresolved(flows);
        older -= unresolved;
        *ages.entry(AgeBand::of(time::days_between(day, today))).or_default() += unresolved;
    }
    *ages.entry(AgeBand::Older).or_default() += older;
    ages
}

/// How many of the cases accepted on a day are open, by what the ledger by day of acceptance says of it.
fn unresolved(flows: &Flows) -> i64 {
    flows
        .iter()
        .map(|(measure, by)| match measure {
            Measure::Accepted => by,
            Measure::Resolved(..) => -by,
            _ => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_follow_one_another_without_a_gap() {
        for pair in AgeBand::ALL.windows(2) {
            assert_eq!(pair[0].days().1.map(|last| last + 1), Some(pair[1].days().0));
        }
        for band in AgeBand::ALL {
            let (first, last) = band.days();
            assert_eq!((AgeBand::of(first), AgeBand::of(last.unwrap_or(10_000))), (band, band));
        }
    }
}
