//! Due dates: how the Civil Code counts (2015, Art. 144–148). The day of the event is excluded; a limit in calendar days
//! that ends on a day off ends on the next working day; time in which the clock stood still is not counted.

use jiff::civil::Date;

use crate::calendar::Calendar;
use crate::obligation::{Extension, Suspension};
use crate::rules::Unit;
use crate::time::{add_days, days_between, next_day};

/// What a due date follows from, and nothing else does.
#[derive(Debug, Clone, Copy)]
pub struct Count<'a> {
    /// The day of the start event.
    pub started_on: Date,
    /// The limit's length.
    pub days: u16,
    /// Its unit.
    pub unit: Unit,
    /// Closed times in which the clock stood still, in order. An open one is not counted: there is no due date then.
    pub suspensions: &'a [Suspension],
    /// Prolongations, in calendar days.
    pub extensions: &'a [Extension],
}

/// A due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The last day before roll-over.
    pub raw_end: Date,
    /// The last day on which the duty is done in time; it ends at 24:00.
    pub on: Date,
    /// Whether the count rests on days off that are not proclaimed yet.
    pub provisional: bool,
}

/// Counts a due date. A suspension that began after the limit had ended moves nothing: what was missed stays missed.
pub fn due(count: &Count<'_>, calendar: &Calendar) -> Due {
    let mut due = due_after(count, &[], calendar);
    for (index, suspension) in count.suspensions.iter().enumerate().take_while(|(_, s)| s.to.is_some()) {
        if suspension.from > due.on {
            break;
        }
        due = due_after(count, count.suspensions.get(..=index).unwrap_or_default(), calendar);
    }
    due
}

fn due_after(count: &Count<'_>, suspensions: &[Suspension], calendar: &Calendar) -> Due {
    let raw_end = match count.unit {
        Unit::CalendarDays => {
            let length = i32::from(count.days) + count.extensions.iter().map(|e| i32::from(e.days)).sum::<i32>();
            let stood_still: i32 = suspensions
                .iter()
                .filter_map(|s| s.to.map(|to| days_between(s.from.max(count.started_on), to).max(0)))
                .sum();
            add_days(count.started_on, length + stood_still)
        }
        Unit::WorkingDays => working_days_end(count, suspensions, calendar),
    };
    // Suspended on the last day, or while it rolled over, a limit has no whole day left: it ends when the clock runs on.
    // One that was lifted on its own day stood still for no time.
    let resumed = suspensions.iter().filter_map(|s| s.to.filter(|to| *to > s.from)).max();
    let raw_end = resumed.map_or(raw_end, |resumed| raw_end.max(resumed));
    let on = calendar.roll(raw_end);
    Due { raw_end, on, provisional: calendar.is_provisional(count.started_on, on) }
}

fn working_days_end(count: &Count<'_>, suspensions: &[Suspension], calendar: &Calendar) -> Date {
    let mut left = count.days;
    let mut day = count.started_on;
    while left > 0 && day < Date::MAX {
        day = next_day(day);
        let stood_still = suspensions.iter().any(|s| s.from < day && s.to.is_some_and(|to| day <= to));
        if calendar.is_working_day(day) && !stood_still {
            left -= 1;
        }
    }
    add_days(day, count.extensions.iter().map(|e| i32::from(e.days)).sum())
}
