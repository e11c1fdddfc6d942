//! How a due date came about, step by step: the days that were counted, those that were not and why, what moved the end. The
//! words are made elsewhere; here stand the facts.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::calendar::{Calendar, Day, Holiday, WorkingWeekendDay};
use crate::deadline::{Count, Manner, counted, months_end, office_spans, resumed, stands_still_on};
use crate::ids::RuleId;
use crate::obligation::{Extension, Obligation, Suspension};
use crate::rules::{Direction, FirstDay, Roll, Rule, Unit};
use crate::time::{add_days, days_between, next_day};

/// A due date with its derivation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The rule.
    pub rule: RuleId,
    /// The day of the start event.
    pub start: Date,
    /// Its local time, for limits in hours.
    pub start_at: Option<DateTime>,
    /// The last day before roll-over.
    pub raw_end: Date,
    /// The last day on which the duty is done in time.
    pub due_on: Date,
    /// The instant at which the time is over.
    pub due_at: Timestamp,
    /// Whether a year was met whose days off aren't proclaimed.
    pub provisional: bool,
    /// The derivation, in the order in which one counts.
    pub steps: Vec<Step>,
}

/// Why nobody works on some days that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaysOff {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// The day off with its name and basis; none for a plain weekend.
    pub holiday: Option<Holiday>,
}

/// One step of a derivation. Days are given first to last, also where they were counted backward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The day of the start event.
    StartDay {
        /// The day.
        on: Date,
        /// Whether it counts.
        included: bool,
        /// Whether the count runs backward from it.
        backward: bool,
    },
    /// The instant of the start event, for limits in hours.
    StartInstant {
        /// Local time.
        at: DateTime,
        /// Whether the count runs backward from it.
        backward: bool,
    },
    /// Days that were counted.
    Counted {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
        /// How many.
        days: u32,
        /// Whether they are working days.
        working: bool,
        /// How many have been counted so far.
        so_far: u32,
    },
    /// Days without work, not counted.
    Skipped(DaysOff),
    /// A weekend day that counts because it is worked in exchange for another.
    Exchanged {
        /// The day with its basis.
        day: WorkingWeekendDay,
        /// How many days have been counted so far.
        so_far: u32,
    },
    /// Days in which the clock stood still: from the day after the suspension to the day of the resumption.
    Suspended {
        /// First day that isn't counted.
        from: Date,
        /// Last day that isn't counted.
        to: Date,
    },
    /// Months by the calendar.
    Months {
        /// How many.
        months: u16,
        /// The day to which they lead.
        to: Date,
        /// Whether the last month has no day of the same number.
        clamped: bool,
    },
    /// Hours on end.
    Hours {
        /// How many.
        hours: u16,
        /// The local time to which they lead, before suspensions and extensions.
        to: DateTime,
    },
    /// Office hours of a day.
    OfficeHours {
        /// Local time from which they were counted.
        from: DateTime,
        /// Local time until which they were counted, on the same day; a break in between isn't counted.
        to: DateTime,
        /// How many minutes.
        minutes: u32,
        /// How many minutes have been counted so far.
        so_far: u32,
    },
    /// A prolongation.
    Extended {
        /// By so many calendar days.
        days: u16,
        /// The day on which it was recorded; none where nobody has decided yet.
        decided_on: Option<Date>,
    },
    /// The limit was full when its clock stood still: it ends on the day on which the clock runs on.
    EndsOnResumption {
        /// The day of the resumption.
        on: Date,
    },
    /// A suspension that began after the limit had ended, which moves nothing.
    SuspendedTooLate {
        /// The day of the suspension.
        from: Date,
        /// The day on which it had ended.
        ended_on: Date,
    },
    /// The clock stands still: the limit will be counted anew when it runs on.
    StandsStill {
        /// The day of the suspension.
        since: Date,
    },
    /// The last day was no working day.
    Rolled {
        /// The last day.
        from: Date,
        /// The working day on which the limit ends.
        to: Date,
        /// Why it moved.
        off: Vec<DaysOff>,
    },
    /// The end.
    End {
        /// Local time; for a whole day it is 00:00 of the next one.
        at: DateTime,
        /// The day.
        on: Date,
        /// Whether it lasts to 24:00 of that day.
        whole_day: bool,
        /// Whether it is the latest time ahead of the event.
        backward: bool,
    },
    /// Years whose days off aren't proclaimed yet: the end may move.
    Provisional {
        /// The years.
        years: Vec<i16>,
    },
}

/// The count of an obligation under the rule that it was opened under.
pub fn count_of<'a>(obligation: &'a Obligation, rule: &'a Rule) -> Count<'a> {
    Count {
        unit: obligation.unit,
        suspensions: &obligation.suspensions,
        extensions: &obligation.extensions,
        ..rule.count(obligation.started_on, obligation.days)
    }
}

/// Explains a due date. The numbers are those of [`crate::deadline::due`].
pub fn explain(rule: &Rule, count: &Count<'_>, calendar: &Calendar) -> Explanation {
    let (due, moved_by) = counted(count, calendar);
    let backward = count.manner.direction == Direction::Before;
    let local_start = count.unit.is_hours().then(|| calendar.local(count.start(calendar)));
    let mut steps = vec![match local_start {
        Some(at) => Step::StartInstant { at, backward },
        None => {
            Step::StartDay { on: count.started_on, included: count.manner.first_day == FirstDay::Included, backward }
        }
    }];
    let end = match count.unit {
        Unit::CalendarDays | Unit::WorkingDays => walk(count, moved_by, calendar, &mut steps),
        Unit::Months => months(count, moved_by, &mut steps),
        Unit::Hours => hours(count, moved_by, calendar, &mut steps),
        Unit::WorkingHours => office_hours(count, moved_by, calendar, &mut steps),
    };
    if !backward {
        // Those of a limit in calendar days were walked over like the others.
        if count.unit != Unit::CalendarDays {
            steps.extend(count.extensions.iter().map(|e| Step::Extended { days: e.days, decided_on: Some(e.on) }));
        }
        if let Some(on) = resumed(moved_by).filter(|on| end.is_some_and(|end| end < *on) && due.raw_end == *on) {
            steps.push(Step::EndsOnResumption { on });
        }
    }
    if due.on != due.raw_end {
        steps.push(Step::Rolled { from: due.raw_end, to: due.on, off: days_off(due.raw_end, due.on, calendar) });
    }
    if !backward {
        for Suspension { from, to } in count.suspensions.get(moved_by.len()..).unwrap_or_default() {
            steps.push(match to {
                _ if *from > due.on => Step::SuspendedTooLate { from: *from, ended_on: due.on },
                Some(_) => continue,
                None => Step::StandsStill { since: *from },
            });
        }
    }
    // While the clock stands still there is no end that one could rely on.
    if !steps.iter().any(|step| matches!(step, Step::StandsStill { .. })) {
        let whole_day = due.at == calendar.end_of(due.on);
        steps.push(Step::End { at: calendar.local(due.at), on: due.on, whole_day, backward });
    }
    let (from, to) = (count.started_on.min(due.on), count.started_on.max(due.on));
    let years: Vec<i16> = calendar.provisional_years(from, to).collect();
    if !years.is_empty() {
        steps.push(Step::Provisional { years });
    }
    Explanation {
        rule: rule.id.clone(),
        start: count.started_on,
        start_at: local_start,
        raw_end: due.raw_end,
        due_on: due.on,
        due_at: due.at,
        provisional: due.provisional,
        steps,
    }
}

/// What a day of the walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark<'a> {
    Counted,
    Extended(Extension),
    Suspended,
    Off(Option<&'a Holiday>),
    Exchanged(&'a WorkingWeekendDay),
}

/// Days of one mark that follow each other, in the order of the count.
struct Run<'a> {
    mark: Mark<'a>,
    first: Date,
    last: Date,
    days: u32,
}

fn push<'a>(runs: &mut Vec<Run<'a>>, mark: Mark<'a>, day: Date) {
    match runs.last_mut() {
        Some(run) if run.mark == mark && !matches!(mark, Mark::Exchanged(_)) => {
            run.last = day;
            run.days += 1;
        }
        _ => runs.push(Run { mark, first: day, last: day, days: 1 }),
    }
}

/// Walks over the days as one tears leaves off a calendar. The last day counted is returned.
fn walk(count: &Count<'_>, suspensions: &[Suspension], calendar: &Calendar, steps: &mut Vec<Step>) -> Option<Date> {
    let working = count.unit == Unit::WorkingDays;
    let backward = count.manner.direction == Direction::Before;
    let mut parts = vec![(None, count.days)];
    if !working && !backward {
        parts.extend(count.extensions.iter().map(|extension| (Some(*extension), extension.days)));
    }
    let mut runs: Vec<Run<'_>> = Vec::new();
    let mut day = count.started_on;
    let mut starts_here = count.manner.first_day == FirstDay::Included;
    let mut last = None;
    for (extension, length) in parts {
        if let Some(extension) = extension {
            runs.push(Run { mark: Mark::Extended(extension), first: day, last: day, days: 0 });
        }
        let mut left = length;
        while left > 0 && day < Date::MAX && day > Date::MIN {
            if !std::mem::take(&mut starts_here) {
                day = add_days(day, if backward { -1 } else { 1 });
            }
            let mark = match calendar.day(day) {
                _ if stands_still_on(day, suspensions) => Mark::Suspended,
                Day::Off(holiday) if working => Mark::Off(Some(holiday)),
                Day::Weekend if working => Mark::Off(None),
                Day::Exchanged(exchanged) if working => Mark::Exchanged(exchanged),
                _ => Mark::Counted,
            };
            if matches!(mark, Mark::Counted | Mark::Exchanged(_)) {
                left -= 1;
                last = Some(day);
            }
            push(&mut runs, mark, day);
        }
    }
    let mut so_far = 0;
    for Run { mark, first, last, days } in runs {
        let (from, to) = (first.min(last), first.max(last));
        if matches!(mark, Mark::Counted | Mark::Exchanged(_)) {
            so_far += days;
        }
        steps.push(match mark {
            Mark::Counted => Step::Counted { from, to, days, working, so_far },
            Mark::Extended(Extension { days, on }) => Step::Extended { days, decided_on: Some(on) },
            Mark::Suspended => Step::Suspended { from, to },
            Mark::Off(holiday) => Step::Skipped(DaysOff { from, to, holiday: holiday.cloned() }),
            Mark::Exchanged(exchanged) => Step::Exchanged { day: exchanged.clone(), so_far },
        });
    }
    // A prolongation of working days follows their end on the calendar.
    if working && !backward { last.map(|day| add_days(day, count.extended())) } else { last }
}

/// The suspensions as the days that were not counted.
fn stood_still<'a>(count: &'a Count<'_>, suspensions: &'a [Suspension]) -> impl Iterator<Item = Step> + 'a {
    suspensions.iter().filter_map(|suspension| {
        let (from, to) = (next_day(suspension.from.max(count.started_on)), suspension.to?);
        (from <= to).then_some(Step::Suspended { from, to })
    })
}

fn months(count: &Count<'_>, suspensions: &[Suspension], steps: &mut Vec<Step>) -> Option<Date> {
    let (to, clamped) = months_end(count);
    steps.push(Step::Months { months: count.days, to, clamped });
    if count.manner.direction == Direction::Before {
        return Some(to);
    }
    let mut moved = count.extended();
    for step in stood_still(count, suspensions) {
        if let Step::Suspended { from, to } = &step {
            moved += days_between(*from, *to) + 1;
        }
        steps.push(step);
    }
    Some(add_days(to, moved))
}

fn hours(count: &Count<'_>, suspensions: &[Suspension], calendar: &Calendar, steps: &mut Vec<Step>) -> Option<Date> {
    let plain = Count { suspensions: &[], extensions: &[], ..*count };
    let plain = Count { manner: Manner { roll: Roll::None, ..plain.manner }, ..plain };
    steps.push(Step::Hours { hours: count.days, to: calendar.local(counted(&plain, calendar).0.at) });
    if count.manner.direction == Direction::After {
        steps.extend(stood_still(count, suspensions));
    }
    None
}

fn office_hours(
    count: &Count<'_>,
    suspensions: &[Suspension],
    calendar: &Calendar,
    steps: &mut Vec<Step>,
) -> Option<Date> {
    let backward = count.manner.direction == Direction::Before;
    let start = calendar.local(count.start(calendar)).date();
    let mut so_far = 0;
    let mut day = start;
    let mut days: Vec<(Date, DateTime, DateTime, u32)> = Vec::new();
    for span in office_spans(count, suspensions, calendar) {
        let (from, to) = (span.on.to_datetime(span.from), span.on.to_datetime(span.to));
        let minutes = u32::try_from(span.to.duration_since(span.from).as_mins()).unwrap_or(0);
        match days.last_mut().filter(|(on, ..)| *on == span.on) {
            Some((_, first, last, sum)) => {
                (*first, *last) = ((*first).min(from), (*last).max(to));
                *sum += minutes;
            }
            None => days.push((span.on, from, to, minutes)),
        }
    }
    let mut last = None;
    for (on, from, to, minutes) in days {
        let (first, before) = if backward { (next_day(on), day) } else { (day, add_days(on, -1)) };
        if first <= before {
            skipped(first, before, suspensions, calendar, steps);
        }
        so_far += minutes;
        steps.push(Step::OfficeHours { from, to, minutes, so_far });
        day = add_days(on, if backward { -1 } else { 1 });
        last = Some(on);
    }
    if backward { last } else { last.map(|day| add_days(day, count.extended())) }
}

/// The days without counted hours between two days that have some.
fn skipped(from: Date, to: Date, suspensions: &[Suspension], calendar: &Calendar, steps: &mut Vec<Step>) {
    let mut runs: Vec<Run<'_>> = Vec::new();
    let mut day = from;
    while day <= to {
        let mark = match calendar.day(day) {
            _ if stands_still_on(day, suspensions) => Mark::Suspended,
            Day::Off(holiday) => Mark::Off(Some(holiday)),
            Day::Weekend => Mark::Off(None),
            // The start day after its office hours.
            Day::Working | Day::Exchanged(_) => Mark::Counted,
        };
        push(&mut runs, mark, day);
        day = next_day(day);
    }
    steps.extend(runs.into_iter().filter_map(|run| match run.mark {
        Mark::Suspended => Some(Step::Suspended { from: run.first, to: run.last }),
        Mark::Off(holiday) => Some(Step::Skipped(DaysOff { from: run.first, to: run.last, holiday: holiday.cloned() })),
        Mark::Counted | Mark::Exchanged(_) | Mark::Extended(_) => None,
    }));
}

/// The days without work from a day to the day before another.
fn days_off(from: Date, before: Date, calendar: &Calendar) -> Vec<DaysOff> {
    let mut steps = Vec::new();
    skipped(from, add_days(before, -1), &[], calendar, &mut steps);
    steps.into_iter().filter_map(|step| if let Step::Skipped(off) = step { Some(off) } else { None }).collect()
}
