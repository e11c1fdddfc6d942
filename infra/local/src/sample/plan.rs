//! What happens in the sample year: a list of cases with the day of each step.

use donthu_domain::{AgencyType, Calendar, Kind, Outcome, time};
use donthu_store::keys::Month;
use jiff::civil::{Date, date};

use crate::seed::Reference;

/// The first day of the clock for which every petition of the sample year comes in on 1 July 2025 or later: before that
/// day there is no agency to receive it. Petitions come in up to three working days before their acceptance, which can be
/// on the first day of the year.
pub const EARLIEST_CLOCK: Date = date(2026, 8, 1);

/// A case of the sample.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Its number in the sample.
    pub index: usize,
    /// Its kind.
    pub kind: Kind,
    /// The agency that handles it.
    pub handler: String,
    /// The agency that it is against; none for feedback.
    pub against: Option<(String, &'static str)>,
    /// The area.
    pub area: String,
    /// The field.
    pub field: &'static str,
    /// Whether a citizen submits it over HTTPS; else an official enters it.
    pub online: bool,
    /// Day of receipt.
    pub received_on: Date,
    /// Day of acceptance.
    pub accepted_on: Date,
    /// Whether it is determined complex, or prolonged, on the day of acceptance.
    pub prolonged: bool,
    /// How it ends, and when; none stays open.
    pub end: Option<(Outcome, Date)>,
    /// What must be done besides, and when: sent, published, enforced.
    pub duties: Vec<(Date, Due)>,
}

impl Planned {
    /// The day of the dialogue, where the decision does not grant all that is asked (Law on Complaints Art. 30): it is decided on
    /// the same day.
    pub fn dialogue_on(&self) -> Option<Date> {
        let (outcome, day) = self.end?;
        needs_dialogue(self.kind, outcome).then_some(day)
    }
}

fn needs_dialogue(kind: Kind, outcome: Outcome) -> bool {
    kind == Kind::Complaint && matches!(outcome, Outcome::PartlyFounded | Outcome::Unfounded)
}

/// Calendar days from the notice of a dialogue, given on the day of acceptance, to the dialogue: five by the law (C-DLG).
const NOTICE: i32 = 5;

/// What is owed beside the resolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// Tell denouncer and denounced that the denunciation was accepted.
    SendAcceptance,
    /// Send the decision that ended the case without a decision on its matter.
    SendTermination,
    /// Send the decision or conclusion.
    SendDecision,
    /// Act on the conclusion and publish it.
    ActAndPublish,
    /// Enforce the decision once it is in effect.
    Enforce,
}

/// The sample year.
#[derive(Debug, Clone)]
pub struct Plan {
    /// First of the twelve months.
    pub first_month: Month,
    /// Last of them.
    pub last_month: Month,
    /// The cases.
    pub cases: Vec<Planned>,
}

/// Lâm Đồng 2023 by outcome. Which outcome each published part stands for is made up.
const COMPLAINTS: [(Outcome, usize); 4] =
    [(Outcome::Founded, 11), (Outcome::PartlyFounded, 10), (Outcome::Withdrawn, 74), (Outcome::Unfounded, 179)];
const OPEN_COMPLAINTS: usize = 85;
const DENUNCIATIONS: [(Outcome, usize); 4] =
    [(Outcome::Founded, 9), (Outcome::PartlyFounded, 15), (Outcome::Terminated, 11), (Outcome::Unfounded, 70)];
const OPEN_DENUNCIATIONS: usize = 17;
const ANSWERED_FEEDBACK: usize = 2_290;
const OPEN_FEEDBACK: usize = 115;

/// Since when a complaint's suspension and termination must be sent within a limit (rule C-SUS).
const DECREE_155: Date = jiff::civil::date(2026, 7, 1);

const FIELDS: [&str; 4] = ["land-housing", "policy-regime", "administrative-other", "land-housing"];

impl Plan {
    /// The plan for the twelve whole months before the month of `today`.
    pub fn for_year_before(today: Date, reference: &Reference, calendar: &Calendar) -> Self {
        let last_month = Month::of(today).previous();
        let first_month = (1..12).fold(last_month, |month, _| month.previous());
        let year = Year::new(first_month.first_day(), last_month.last_day(), today, calendar);
        let mut makers = Makers { reference, calendar, cases: Vec::new() };
        makers.resolved(Kind::Complaint, &COMPLAINTS, &year);
        makers.open(Kind::Complaint, OPEN_COMPLAINTS, &year);
        makers.resolved(Kind::Denunciation, &DENUNCIATIONS, &year);
        makers.open(Kind::Denunciation, OPEN_DENUNCIATIONS, &year);
        makers.resolved(Kind::Feedback, &[(Outcome::Answered, ANSWERED_FEEDBACK)], &year);
        makers.open(Kind::Feedback, OPEN_FEEDBACK, &year);
        Plan { first_month, last_month, cases: makers.cases }
    }
}

/// The working days of the year, those of the last two months twice: they are the heavier ones.
struct Year {
    slots: Vec<Date>,
    first: Date,
    last: Date,
    today: Date,
}

impl Year {
    fn new(first: Date, last: Date, today: Date, calendar: &Calendar) -> Self {
        let heavy_from = Month::of(time::add_days(Month::of(last).first_day(), -1)).first_day();
        let mut slots = Vec::new();
        let mut day = first;
        while day <= last {
            if calendar.is_working_day(day) {
                slots.push(day);
                if day >= heavy_from {
                    slots.push(day);
                }
            }
            day = time::next_day(day);
        }
        Year { slots, first, last, today }
    }

    /// The day of the `index`-th of `count` cases.
    fn slot(&self, index: usize, count: usize) -> Date {
        let at = index * self.slots.len() / count.max(1);
        self.slots.get(at).or(self.slots.last()).copied().unwrap_or(self.first)
    }

    /// The working day on or before a day, within the year.
    fn working(&self, day: Date) -> Date {
        let day = day.clamp(self.first, self.last);
        self.slots.iter().rev().find(|slot| **slot <= day).or(self.slots.first()).copied().unwrap_or(self.first)
    }
}

struct Makers<'a> {
    reference: &'a Reference,
    calendar: &'a Calendar,
    cases: Vec<Planned>,
}

impl Makers<'_> {
    fn resolved(&mut self, kind: Kind, parts: &[(Outcome, usize)], year: &Year) {
        let count: usize = parts.iter().map(|(_, n)| n).sum();
        let outcomes: Vec<Outcome> = parts.iter().flat_map(|(outcome, n)| std::iter::repeat_n(*outcome, *n)).collect();
        // 101 is prime to every count here, so each outcome is spread over the whole year.
        for index in 0..count {
            let Some(outcome) = outcomes.get(index * 101 % count).copied() else { continue };
            let accepted_on = year.slot(index, count);
            let late = index % 16 == 7;
            let length: i32 = match kind {
                Kind::Feedback => 2 + i32::try_from(index % 8).unwrap_or(0) + if late { 14 } else { 0 },
                _ => 8 + i32::try_from(index % 20).unwrap_or(0) + if late { 25 } else { 0 },
            };
            let ended_on = year.working(time::add_days(accepted_on, length)).max(accepted_on);
            let accepted_on = match needs_dialogue(kind, outcome) {
                true => year.working(time::add_days(ended_on, -NOTICE).min(accepted_on)),
                false => accepted_on,
            };
            self.push(kind, accepted_on, false, Some((outcome, ended_on)));
        }
    }

    /// A third missed, a third with a due day in the next days, a third well within the limit, as seen from today.
    fn open(&mut self, kind: Kind, count: usize, year: &Year) {
        for index in 0..count {
            let spread = i32::try_from(index / 3 % 6).unwrap_or(0);
            let today = year.today;
            let (accepted_on, prolonged) = match (kind, index % 3) {
                (Kind::Feedback, _) => {
                    (time::add_days(year.last, -(spread + 2 * i32::try_from(index % 3).unwrap_or(0))), false)
                }
                (_, 0) => (time::add_days(today, -(50 + 4 * spread)), false),
                (_, 1) if time::add_days(today, -29) <= year.last => {
                    (time::add_days(today, -(29 - spread)).min(year.last), false)
                }
                (Kind::Complaint, 1) => (time::add_days(today, -(44 - spread)), true),
                (_, 1) => (time::add_days(today, -(59 - spread)), true),
                (_, _) => (time::add_days(year.last, -spread), true),
            };
            self.push(kind, year.working(accepted_on), prolonged, None);
        }
    }

    /// All of it is done in time.
    fn duties(&self, kind: Kind, remote: bool, accepted_on: Date, end: Option<(Outcome, Date)>) -> Vec<(Date, Due)> {
        let after = |day, count| self.calendar.after_working_days(day, count);
        let mut duties = Vec::new();
        if kind == Kind::Denunciation {
            duties.push((after(accepted_on, 1), Due::SendAcceptance));
        }
        match (kind, end) {
            (Kind::Feedback, _) | (_, None) => {}
            // Before Decree 155/2026 no limit was read within which a complaint's termination had to be sent.
            (Kind::Complaint, Some((Outcome::Withdrawn | Outcome::Terminated, day))) if day < DECREE_155 => {}
            (_, Some((Outcome::Withdrawn | Outcome::Terminated, day))) => {
                duties.push((after(day, 1), Due::SendTermination));
            }
            (Kind::Denunciation, Some((_, day))) => {
                duties.extend([(after(day, 2), Due::SendDecision), (after(day, 3), Due::ActAndPublish)]);
            }
            (Kind::Complaint, Some((_, day))) => {
                // It takes effect on the day after the last of 30 days, in a remote area 45, that is a working one (C-EFF).
                let days = if remote { 45 } else { 30 };
                let effective_on = time::next_day(self.calendar.roll(time::add_days(day, days)));
                duties.extend([(after(day, 1), Due::SendDecision), (after(effective_on, 2), Due::Enforce)]);
            }
        }
        duties
    }

    fn push(&mut self, kind: Kind, accepted_on: Date, prolonged: bool, end: Option<(Outcome, Date)>) {
        let index = self.cases.len();
        let communes: Vec<&donthu_domain::Area> = self.reference.areas.iter().collect();
        let departments: Vec<&donthu_domain::Agency> =
            self.reference.agencies.iter().filter(|a| a.agency_type == AgencyType::Department).collect();
        let area = communes.get(index * 31 % communes.len().max(1));
        let commune = area.map_or("reception-board", |area| area.agency.as_str());
        let department = departments.get(index % departments.len().max(1)).map_or(commune, |a| a.id.as_str());
        let target = if kind != Kind::Feedback && index % 4 == 3 { department } else { commune };
        let online = kind == Kind::Feedback && index.is_multiple_of(25);
        let (handler, against) = match kind {
            Kind::Complaint => (target, Some((target.to_owned(), "agency"))),
            Kind::Denunciation if index % 5 == 4 => ("chair", Some((target.to_owned(), "head"))),
            Kind::Denunciation => (target, Some((target.to_owned(), "staff"))),
            Kind::Feedback => (commune, None),
        };
        let lead = if online { 0 } else { u16::try_from(index % 4).unwrap_or(0) };
        self.cases.push(Planned {
            index,
            kind,
            handler: handler.to_owned(),
            against,
            area: area.map_or_else(String::new, |area| area.id.to_string()),
            field: FIELDS.get(index % FIELDS.len()).copied().unwrap_or("other"),
            online,
            received_on: self.calendar.before_working_days(accepted_on, lead),
            accepted_on,
            prolonged,
            end,
            duties: self.duties(kind, area.is_some_and(|area| area.remote), accepted_on, end),
        });
    }
}

#[cfg(test)]
mod tests;
