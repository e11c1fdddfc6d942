//! Due dates: how the Civil Code counts (2015, Art. 144–148), and how others do. Everything that differs comes in with the
//! [`Count`]: the unit, whether the first day counts, what a last day without work does, the direction, the office hours.
//! Time in which the clock stood still is not counted.

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Span, Timestamp, ToSpan};

use crate::calendar::Calendar;
use crate::obligation::{Extension, Suspension};
use crate::rules::{Direction, FirstDay, OfficeHours, Roll, Unit};
use crate::time::{add_days, days_between, next_day};

/// How a limit is counted, besides its unit and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner<'a> {
    /// Whether the day of the start event counts.
    pub first_day: FirstDay,
    /// What becomes of a last day without work.
    pub roll: Roll,
    /// On which side of the start event the limit lies.
    pub direction: Direction,
    /// When offices are open, in order; for working hours alone.
    pub office_hours: &'a [OfficeHours],
}

impl Manner<'static> {
    /// The Civil Code's manner: the first day is excluded, a last day without work rolls on. Hours end at their instant.
    pub const fn usual(unit: Unit) -> Self {
        let roll = match unit {
            Unit::Hours => Roll::None,
            Unit::CalendarDays | Unit::WorkingDays | Unit::Months | Unit::WorkingHours => Roll::NextWorkingDay,
        };
        Self { first_day: FirstDay::Excluded, roll, direction: Direction::After, office_hours: &[] }
    }
}

/// What a due date follows from, and nothing else does.
#[derive(Debug, Clone, Copy)]
pub struct Count<'a> {
    /// The day of the start event.
    pub started_on: Date,
    /// Its instant, for limits in hours; none where only the day is known.
    pub started_at: Option<Timestamp>,
    /// The limit's length, in its unit.
    pub days: u16,
    /// Its unit.
    pub unit: Unit,
    /// How it is counted.
    pub manner: Manner<'a>,
    /// Closed times in which the clock stood still, in order. An open one is not counted: there is no due date then.
    pub suspensions: &'a [Suspension],
    /// Prolongations, in calendar days.
    pub extensions: &'a [Extension],
}

impl Count<'static> {
    /// A count in the Civil Code's manner, without suspensions and extensions.
    pub const fn usual(started_on: Date, days: u16, unit: Unit) -> Self {
        Self {
            started_on,
            started_at: None,
            days,
            unit,
            manner: Manner::usual(unit),
            suspensions: &[],
            extensions: &[],
        }
    }
}

impl Count<'_> {
    /// The instant from which hours run. Where only the day is known, an excluded day is over first.
    pub(crate) fn start(&self, calendar: &Calendar) -> Timestamp {
        self.started_at.unwrap_or_else(|| match (self.manner.first_day, self.manner.direction) {
            (FirstDay::Excluded, Direction::After) | (FirstDay::Included, Direction::Before) => {
                calendar.end_of(self.started_on)
            }
            (FirstDay::Included, Direction::After) | (FirstDay::Excluded, Direction::Before) => {
                calendar.start_of(self.started_on)
            }
        })
    }

    /// The days by which the limit was prolonged.
    pub(crate) fn extended(&self) -> i32 {
        self.extensions.iter().map(|extension| i32::from(extension.days)).sum()
    }

    fn is_included(&self) -> bool {
        self.manner.first_day == FirstDay::Included
    }
}

/// A due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The last day before roll-over.
    pub raw_end: Date,
    /// The last day on which the duty is done in time.
    pub on: Date,
    /// The instant at which the time is over: 24:00 of that day, for hours the exact instant.
    pub at: Timestamp,
    /// Whether the count rests on days off that are not proclaimed yet.
    pub provisional: bool,
}

/// Counts a due date. A suspension that began after the limit had ended moves nothing: what was missed stays missed. A limit
/// that is counted back from its event is moved by no suspension and no extension.
pub fn due(count: &Count<'_>, calendar: &Calendar) -> Due {
    counted(count, calendar).0
}

/// The due date and the suspensions that moved it.
pub(crate) fn counted<'a>(count: &Count<'a>, calendar: &Calendar) -> (Due, &'a [Suspension]) {
    if count.manner.direction == Direction::Before {
        return (due_before(count, calendar), &[]);
    }
    let mut moved_by: &[Suspension] = &[];
    let mut due = due_after(count, moved_by, calendar);
    for (index, suspension) in count.suspensions.iter().enumerate().take_while(|(_, s)| s.to.is_some()) {
        if suspension.from > due.on {
            break;
        }
        moved_by = count.suspensions.get(..=index).unwrap_or_default();
        due = due_after(count, moved_by, calendar);
    }
    (due, moved_by)
}

fn due_after(count: &Count<'_>, suspensions: &[Suspension], calendar: &Calendar) -> Due {
    let raw_end = match count.unit {
        Unit::CalendarDays => {
            let first = i32::from(count.is_included());
            let length = i32::from(count.days) - first + count.extended() + stood_still(count, suspensions);
            add_days(count.started_on, length)
        }
        Unit::WorkingDays => working_days_end(count, suspensions, calendar),
        Unit::Months => add_days(months_end(count).0, count.extended() + stood_still(count, suspensions)),
        Unit::Hours => return at_instant(count, hours_end(count, suspensions, calendar), calendar),
        Unit::WorkingHours => return at_instant(count, working_hours_end(count, suspensions, calendar), calendar),
    };
    // Suspended on the last day, or while it rolled over, a limit has no whole day left: it ends when the clock runs on.
    let raw_end = resumed(suspensions).map_or(raw_end, |resumed| raw_end.max(resumed));
    on_day(count, raw_end, calendar)
}

/// The last resumption. One that came on the day of its suspension ended no standstill.
pub(crate) fn resumed(suspensions: &[Suspension]) -> Option<Date> {
    suspensions.iter().filter_map(|s| s.to.filter(|to| *to > s.from)).max()
}

fn stood_still(count: &Count<'_>, suspensions: &[Suspension]) -> i32 {
    let days = |s: &Suspension| s.to.map(|to| days_between(s.from.max(count.started_on), to).max(0));
    suspensions.iter().filter_map(days).sum()
}

pub(crate) fn stands_still_on(day: Date, suspensions: &[Suspension]) -> bool {
    suspensions.iter().any(|s| s.from < day && s.to.is_some_and(|to| day <= to))
}

fn on_day(count: &Count<'_>, raw_end: Date, calendar: &Calendar) -> Due {
    let on = rolled(count, raw_end, calendar);
    let (from, to) = (count.started_on.min(on), count.started_on.max(on));
    Due { raw_end, on, at: calendar.end_of(on), provisional: calendar.is_provisional(from, to) }
}

/// An end at an instant; rolled over, it is the end of the working day (Civil Code Art. 148.5).
fn at_instant(count: &Count<'_>, at: Timestamp, calendar: &Calendar) -> Due {
    // What ends at 24:00 ends on the day that is over then.
    let raw_end = calendar.local(at.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(at)).date();
    let due = on_day(count, raw_end, calendar);
    if due.on == raw_end { Due { at, ..due } } else { due }
}

fn rolled(count: &Count<'_>, raw_end: Date, calendar: &Calendar) -> Date {
    match count.manner.roll {
        Roll::NextWorkingDay => calendar.roll(raw_end),
        Roll::None => raw_end,
    }
}

fn working_days_end(count: &Count<'_>, suspensions: &[Suspension], calendar: &Calendar) -> Date {
    let counts = |day: Date| calendar.is_working_day(day) && !stands_still_on(day, suspensions);
    let mut day = count.started_on;
    let mut left = count.days - u16::from(count.is_included() && counts(day) && count.days > 0);
    while left > 0 && day < Date::MAX {
        day = next_day(day);
        left -= u16::from(counts(day));
    }
    add_days(day, count.extended())
}

/// The last day of a limit in months, and whether its month was too short for a day of the same number. With the first day
/// included the limit ends on the day before that one, for the first day is a whole day of it.
pub(crate) fn months_end(count: &Count<'_>) -> (Date, bool) {
    let months = i64::from(count.days);
    let (months, back) = match count.manner.direction {
        Direction::After => (months, -1),
        Direction::Before => (-months, 1),
    };
    let end = count.started_on.saturating_add(months.months());
    let clamped = end.day() != count.started_on.day();
    let shift = if count.is_included() && !clamped { back } else { 0 };
    (add_days(end, shift), clamped)
}

fn hours(hours: u16) -> SignedDuration {
    SignedDuration::from_hours(i64::from(hours))
}

fn plus(at: Timestamp, duration: SignedDuration) -> Timestamp {
    at.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

fn hours_end(count: &Count<'_>, suspensions: &[Suspension], calendar: &Calendar) -> Timestamp {
    let start = count.start(calendar);
    let extended = SignedDuration::from_hours(24 * i64::from(count.extended()));
    let mut end = plus(plus(start, hours(count.days)), extended);
    for (from, to) in suspensions.iter().filter_map(|s| Some((s.from, s.to.filter(|to| *to > s.from)?))) {
        let (stopped, runs_on) = (calendar.end_of(from).max(start), calendar.end_of(to));
        if runs_on > stopped {
            // The day of the suspension still counts; a limit that ended on it ends when the clock runs on.
            end = if end > stopped { plus(end, runs_on.duration_since(stopped)) } else { runs_on };
        }
    }
    end
}

fn working_hours_end(count: &Count<'_>, suspensions: &[Suspension], calendar: &Calendar) -> Timestamp {
    let end =
        office_spans(count, suspensions, calendar).last().map_or_else(|| count.start(calendar), |s| s.end(calendar));
    let end = calendar.local(end).saturating_add(i64::from(count.extended()).days());
    let end = calendar.instant(end);
    resumed(suspensions).map_or(end, |resumed| end.max(calendar.end_of(resumed)))
}

/// A time in which an office was open and the clock ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OfficeSpan {
    pub on: Date,
    pub from: Time,
    pub to: Time,
}

impl OfficeSpan {
    fn length(&self) -> SignedDuration {
        self.to.duration_since(self.from)
    }

    fn end(&self, calendar: &Calendar) -> Timestamp {
        calendar.instant(self.on.to_datetime(self.to))
    }

    /// The part of it that lies after an instant, none where nothing does.
    fn after(self, start: DateTime) -> Option<Self> {
        if self.on.to_datetime(self.from) >= start {
            return Some(self);
        }
        (self.on.to_datetime(self.to) > start).then_some(Self { from: start.time(), ..self })
    }

    /// The part of it that lies before an instant, none where nothing does.
    fn before(self, start: DateTime) -> Option<Self> {
        if self.on.to_datetime(self.to) <= start {
            return Some(self);
        }
        (self.on.to_datetime(self.from) < start).then_some(Self { to: start.time(), ..self })
    }
}

/// The times that fill a limit in working hours, in the order in which they are counted.
pub(crate) fn office_spans(count: &Count<'_>, suspensions: &[Suspension], calendar: &Calendar) -> Vec<OfficeSpan> {
    let start = calendar.local(count.start(calendar));
    let mut left = hours(count.days);
    let mut day = start.date();
    let mut spans = Vec::new();
    let backward = count.manner.direction == Direction::Before;
    let opens = !count.manner.office_hours.is_empty();
    while opens && left > SignedDuration::ZERO && day > Date::MIN && day < Date::MAX {
        if calendar.is_working_day(day) && !stands_still_on(day, suspensions) {
            let mut open: Vec<OfficeHours> = count.manner.office_hours.to_vec();
            if backward {
                open.reverse();
            }
            for OfficeHours { from, to } in open {
                let span = OfficeSpan { on: day, from, to };
                let span = if backward { span.before(start) } else { span.after(start) };
                let Some(mut span) = span.filter(|_| left > SignedDuration::ZERO) else { continue };
                if span.length() > left {
                    let seconds: Span = left.as_secs().seconds();
                    if backward {
                        span.from = span.to.wrapping_sub(seconds);
                    } else {
                        span.to = span.from.wrapping_add(seconds);
                    }
                }
                left -= span.length();
                spans.push(span);
            }
        }
        day = add_days(day, if backward { -1 } else { 1 });
    }
    spans
}

fn due_before(count: &Count<'_>, calendar: &Calendar) -> Due {
    let raw_end = match count.unit {
        Unit::CalendarDays => add_days(count.started_on, i32::from(count.is_included()) - i32::from(count.days)),
        Unit::WorkingDays => {
            let first = count.is_included() && calendar.is_working_day(count.started_on) && count.days > 0;
            calendar.before_working_days(count.started_on, count.days - u16::from(first))
        }
        Unit::Months => months_end(count).0,
        Unit::Hours => {
            let at = count.start(calendar).saturating_sub(hours(count.days)).unwrap_or(Timestamp::MIN);
            return at_instant(count, at, calendar);
        }
        Unit::WorkingHours => {
            let start = count.start(calendar);
            let at = office_spans(count, &[], calendar)
                .last()
                .map_or(start, |span| calendar.instant(span.on.to_datetime(span.from)));
            return at_instant(count, at, calendar);
        }
    };
    on_day(count, raw_end, calendar)
}
