//! Limits as a clerk with a wall calendar finds them: day by day, from a list of articles written down here once more
//! and the days off on the wall. Nothing is asked of the crate.

use donthu_domain::{Kind, Milestone, Sending};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::wall::Wall;
use crate::common::at;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Days {
    Calendar,
    Working,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    Submission,
    Receipt,
    Acceptance,
    SuspensionOrEnd,
    Decision,
    Effect,
    OverdueReport,
    Demand,
}

/// By what a limit is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Processing,
    Resolving,
    Sending(Sending),
    Publishing,
    Time,
    Enforcing,
    Demanding,
    Reporting,
}

/// A row of law.md (b) that opens by itself. D-TRF does not: it is owed by the first agency that transfers.
#[derive(Debug, Clone, Copy)]
pub struct Article {
    pub rule: &'static str,
    pub kind: Option<Kind>,
    pub from: From,
    pub unit: Days,
    pub days: u16,
    pub in_force: Date,
    pub by: By,
    pub reminders: &'static [u16],
    pub escalations: &'static [u16],
}

const ARTICLE: Article = Article {
    rule: "",
    kind: None,
    from: From::Receipt,
    unit: Days::Calendar,
    days: 0,
    in_force: date(2012, 7, 1),
    by: By::Processing,
    reminders: &[3, 1],
    escalations: &[1, 5],
};

const RESOLVES: Article = Article { by: By::Resolving, from: From::Acceptance, reminders: &[7, 3, 1], ..ARTICLE };

/// Short limits after a decision, in working days.
const AFTER: Article = Article { unit: Days::Working, reminders: &[1], ..ARTICLE };

const COMPLAINT: Option<Kind> = Some(Kind::Complaint);
const DENUNCIATION: Option<Kind> = Some(Kind::Denunciation);

pub const ARTICLES: [Article; 19] = [
    Article {
        rule: "C-SUS",
        kind: COMPLAINT,
        from: From::SuspensionOrEnd,
        days: 3,
        in_force: date(2026, 7, 1),
        by: By::Sending(Sending::Suspension),
        ..AFTER
    },
    Article {
        rule: "D-SUS",
        kind: DENUNCIATION,
        from: From::SuspensionOrEnd,
        days: 5,
        in_force: date(2019, 1, 1),
        by: By::Sending(Sending::Suspension),
        ..AFTER
    },
    Article {
        rule: "C-SND1",
        kind: COMPLAINT,
        from: From::Decision,
        days: 3,
        by: By::Sending(Sending::Decision),
        ..AFTER
    },
    Article {
        rule: "D-SND",
        kind: DENUNCIATION,
        from: From::Decision,
        days: 5,
        by: By::Sending(Sending::Decision),
        ..AFTER
    },
    Article {
        rule: "D-HND",
        kind: DENUNCIATION,
        from: From::Decision,
        days: 7,
        by: By::Enforcing,
        reminders: &[3, 1],
        ..AFTER
    },
    Article {
        rule: "D-PUB",
        kind: DENUNCIATION,
        from: From::Decision,
        days: 7,
        by: By::Publishing,
        reminders: &[3, 1],
        ..AFTER
    },
    Article {
        rule: "C-EFF",
        kind: COMPLAINT,
        from: From::Decision,
        days: 30,
        by: By::Time,
        unit: Days::Calendar,
        reminders: &[],
        escalations: &[],
        ..AFTER
    },
    Article { rule: "C-ENF", kind: COMPLAINT, from: From::Effect, days: 5, by: By::Enforcing, ..AFTER },
    Article {
        rule: "D-NOT",
        kind: DENUNCIATION,
        from: From::Acceptance,
        days: 5,
        by: By::Sending(Sending::Acceptance),
        ..AFTER
    },
    Article { rule: "D-OVD1", kind: DENUNCIATION, from: From::OverdueReport, days: 5, by: By::Demanding, ..AFTER },
    Article { rule: "D-OVD2", kind: DENUNCIATION, from: From::Demand, days: 5, by: By::Reporting, ..AFTER },
    Article {
        rule: "P2",
        from: From::Submission,
        days: 45,
        in_force: date(2026, 7, 1),
        reminders: &[7, 3, 1],
        escalations: &[1, 3],
        ..ARTICLE
    },
    Article { rule: "P1", days: 10, in_force: date(2021, 11, 15), ..ARTICLE },
    Article {
        rule: "C-ACC",
        kind: Some(Kind::Complaint),
        unit: Days::Working,
        days: 7,
        in_force: date(2026, 7, 1),
        ..ARTICLE
    },
    Article { rule: "C-ACC-LAW", kind: Some(Kind::Complaint), days: 10, ..ARTICLE },
    Article { rule: "D-INI", kind: Some(Kind::Denunciation), unit: Days::Working, days: 7, ..ARTICLE },
    Article { rule: "C-R1", kind: Some(Kind::Complaint), days: 30, ..RESOLVES },
    Article { rule: "D-R", kind: Some(Kind::Denunciation), days: 30, ..RESOLVES },
    Article {
        rule: "K-SLA",
        kind: Some(Kind::Feedback),
        from: From::Receipt,
        unit: Days::Working,
        days: 15,
        ..RESOLVES
    },
];

/// Passing a denunciation on (Law on Denunciations Art. 26).
pub const TRANSFER: Article =
    Article { rule: "D-TRF", unit: Days::Working, days: 5, reminders: &[], escalations: &[], ..ARTICLE };

/// A count: how many days of which sort after the start day, and the nights in which the clock stood still.
#[derive(Debug, Clone)]
pub struct Clock {
    pub start: Date,
    pub days: u16,
    pub unit: Days,
    pub stops: Vec<(Date, Date)>,
}

impl Clock {
    /// The day on which the count is full and the day on which the limit ends, found by tearing off one leaf after the other.
    pub fn end(&self, wall: &Wall) -> (Date, Date) {
        let mut used = 0;
        let mut full = None;
        let mut day = self.start;
        loop {
            let stood_still = self.stops.iter().any(|(from, to)| *from < day && day <= *to);
            if day > self.start && !stood_still && (self.unit == Days::Calendar || wall.is_worked(day)) {
                used += 1;
            }
            if used >= self.days {
                let resumed = self.stops.iter().any(|(from, to)| from < to && *to == day);
                full = if resumed { Some(day) } else { full.or(Some(day)) };
                let stands_still_tonight = self.stops.iter().any(|(from, to)| *from <= day && day < *to);
                if let Some(full) = full
                    && wall.is_worked(day)
                    && !stands_still_tonight
                {
                    return (full, day);
                }
            }
            day = day.tomorrow().unwrap();
        }
    }
}

fn worked_days_away(mut day: Date, mut count: u16, wall: &Wall, step: fn(Date) -> Date) -> Date {
    while count > 0 {
        day = step(day);
        count -= u16::from(wall.is_worked(day));
    }
    day
}

fn morning(day: Date) -> Timestamp {
    at(&format!("{day} 08:00"))
}

/// What must be said of a limit, and when.
pub fn plan(article: &Article, start: Date, due: Date, wall: &Wall) -> Vec<(Timestamp, Milestone)> {
    let mut plan = Vec::new();
    for &left in article.reminders {
        let day = worked_days_away(due, left, wall, |day| day.yesterday().unwrap());
        if day > start {
            plan.push((morning(day), Milestone::Approaching(u8::try_from(left).unwrap())));
        }
    }
    plan.push((at(&format!("{} 00:00", due.tomorrow().unwrap())), Milestone::Missed));
    for (level, &after) in (1..).zip(article.escalations) {
        let day = worked_days_away(due, after, wall, |day| day.tomorrow().unwrap());
        plan.push((morning(day), Milestone::Escalated(level)));
    }
    plan.sort();
    plan
}
