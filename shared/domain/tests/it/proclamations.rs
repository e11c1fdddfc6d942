//! Days off that are proclaimed otherwise than limits were counted with.

use donthu_domain::{
    Calendar, Command, Contact, Event, Kind, Language, Milestone, NoticeMilestone, Petition, ResultCode,
    SuspensionGround, Transition, Verdict,
};
use jiff::civil::{Date, date};

use crate::common::{self, File, World, at, told};

const SHIPPED: &str = include_str!("../../data/calendar/2027.toml");

/// The due day of what these tests begin with, while Tết 2027 is free as the Labour Code alone makes it: 5 to 11 February.
const AS_DRAFTED: Date = date(2027, 2, 12);

/// The world from the day on which 2027 is as some file says.
fn world(year: &str) -> World {
    let calendar = Calendar::shipped().unwrap().with_years([("2027.toml", year)]).unwrap();
    World { calendar, ..World::with_policies(Vec::new()) }
}

fn proclaimed(year: &str) -> String {
    let proclaimed = year.replace("status = \"provisional\"", "status = \"proclaimed\"");
    assert_ne!(proclaimed, year);
    proclaimed
}

/// 2027 with other days off around Tết, and the Saturday after worked.
fn tet(from: &str, to: &str) -> String {
    let shipped = "from = \"2027-02-05\"\nto = \"2027-02-11\"";
    let other = SHIPPED.replace(shipped, &format!("from = \"2027-{from}\"\nto = \"2027-{to}\""));
    assert_ne!(other, SHIPPED);
    other + "[[working_saturday]]\ndate = \"2027-02-20\"\nbasis = \"test\"\nconfidence = \"unverified\"\n"
}

/// Tết from 4 to 14 February: what ended on the 12th ends on Monday the 15th.
fn longer() -> World {
    world(&proclaimed(&tet("02-04", "02-14")))
}

/// Tết from 5 to 8 February: it ends on the 9th.
fn shorter() -> World {
    world(&proclaimed(&tet("02-05", "02-08")))
}

/// A complaint from a remote commune: accepted on 23 December 2026, its 45 days are full on Saturday 6 February 2027.
fn complaint() -> Petition {
    Petition { area: Some("21548".into()), ..common::petition(Kind::Complaint) }
}

fn accepted(world: &World) -> File<'_> {
    let file = File::accepted(world, "2026-12-23 09:00", complaint());
    let owed = file.obligation("C-R1");
    assert_eq!((owed.raw_end, owed.due_on, owed.provisional), (date(2027, 2, 6), AS_DRAFTED, true));
    file
}

fn moved(done: &Transition) -> Vec<(&str, Date)> {
    let moved = done.events.iter().filter_map(|event| match event {
        Event::ObligationMoved { rule, due_on, .. } => Some((rule.as_str(), *due_on)),
        _ => None,
    });
    moved.collect()
}

fn announced(done: &Transition) -> Vec<(&str, Date)> {
    let announced = done.events.iter().filter_map(|event| match event {
        Event::CalendarProclaimed { rule, was, .. } => Some((rule.as_str(), *was)),
        _ => None,
    });
    announced.collect()
}

#[test]
fn a_due_day_that_rests_on_another_tet_moves_when_tet_is_proclaimed_and_those_concerned_are_told() {
    let (before, after) = (World::shared(), longer());
    let mut file = accepted(before);
    let reminded = file.tick("2027-01-27 08:00").unwrap();
    assert_eq!(told(&reminded), [("C-R1".to_owned(), Milestone::Approaching(7), "c21025".to_owned())]);

    file.world = &after;
    let done = file.tick("2027-01-28 09:00").unwrap();
    assert_eq!((announced(&done), moved(&done)), (vec![("C-R1", AS_DRAFTED)], vec![("C-R1", date(2027, 2, 15))]));
    assert_eq!(
        common::notices(&done),
        [(NoticeMilestone::Changed, "c21025".to_owned()), (NoticeMilestone::Changed, "citizen".to_owned())]
    );
    let owed = file.obligation("C-R1");
    assert_eq!((owed.raw_end, owed.provisional), (date(2027, 2, 6), false));
    assert!(owed.raised.is_empty(), "the new day has its own reminders");

    // The seventh working day before the new day is the 26th of January, and that is over.
    let again = file.tick("2027-01-28 09:00").unwrap();
    assert_eq!(told(&again), [("C-R1".to_owned(), Milestone::Approaching(7), "c21025".to_owned())]);
    assert_eq!(file.tick("2027-01-28 09:00"), None, "once");
    assert_eq!(file.case().next_milestone_at(), Some(at("2027-02-01 08:00")), "three days before");
    file.tick("2027-02-01 08:00").unwrap();
    assert_eq!(file.case().next_milestone_at(), Some(at("2027-02-03 08:00")), "the day before");
    file.tick("2027-02-03 08:00").unwrap();
    assert_eq!(file.case().next_milestone_at(), Some(at("2027-02-16 00:00")), "missed");
    let on_the_last_day =
        file.own("2027-02-15 16:00", Command::Resolve { result: ResultCode::Founded, document: None });
    assert!(on_the_last_day.events.iter().any(|event| matches!(event, Event::Resolved { on_time: true, .. })));
}

#[test]
fn a_proclamation_may_bring_the_due_day_nearer_and_what_is_left_of_it_is_said() {
    let (before, after) = (World::shared(), shorter());
    let mut file = accepted(before);
    file.world = &after;
    let done = file.tick("2027-02-10 09:00").unwrap();
    assert_eq!((announced(&done), moved(&done)), (vec![("C-R1", AS_DRAFTED)], vec![("C-R1", date(2027, 2, 9))]));
    let said = file.tick("2027-02-10 09:00").unwrap();
    let milestones: Vec<Milestone> = told(&said).into_iter().map(|(_, milestone, _)| milestone).collect();
    assert_eq!(milestones, [Milestone::Missed, Milestone::Escalated(1)], "it is missed now");
    let late = file.own("2027-02-10 10:00", Command::Resolve { result: ResultCode::Founded, document: None });
    assert!(late.events.iter().any(|event| matches!(event, Event::Resolved { on_time: false, .. })));
}

#[test]
fn nobody_without_a_phone_is_told_of_a_proclamation() {
    let after = longer();
    let contact = Contact { sms: false, language: Language::Vi, anonymous: false };
    let mut file = File::accepted(World::shared(), "2026-12-23 09:00", Petition { contact, ..complaint() });
    file.world = &after;
    let done = file.tick("2027-01-28 09:00").unwrap();
    assert_eq!(common::notices(&done), [(NoticeMilestone::Changed, "c21025".to_owned())]);
}

#[test]
fn a_proclamation_that_changes_nothing_makes_the_day_certain_and_says_nothing() {
    let after = world(&proclaimed(SHIPPED));
    let mut file = accepted(World::shared());
    file.tick("2027-01-27 08:00").unwrap();
    let was = file.obligation("C-R1").clone();
    file.world = &after;
    let done = file.tick("2027-01-28 09:00").unwrap();
    assert_eq!((announced(&done), moved(&done)), (vec![], vec![("C-R1", AS_DRAFTED)]));
    assert!(done.notices.is_empty() && done.tally.is_empty());
    let certain = donthu_domain::Obligation { provisional: false, ..was };
    assert_eq!(file.obligation("C-R1"), &certain, "what was said is not said again");
    assert_eq!(file.tick("2027-01-28 09:00"), None);
}

#[test]
fn a_verdict_stays_whatever_is_proclaimed_afterwards() {
    let after = shorter();
    let mut file = accepted(World::shared());
    file.own("2027-02-12 16:00", Command::Resolve { result: ResultCode::Founded, document: None });
    let closed = file.obligation("C-R1").clone();
    assert_eq!(closed.closed.unwrap().verdict, Verdict::OnTime);
    file.world = &after;
    let done = file.tick("2027-02-12 17:00").unwrap();
    assert!(moved(&done).iter().all(|(rule, _)| *rule != "C-R1"), "only what still runs: {:?}", moved(&done));
    assert_eq!(file.obligation("C-R1"), &closed);
}

#[test]
fn a_decision_that_is_annulled_opens_its_limit_as_it_stood_and_the_next_sweep_counts_it_anew() {
    let after = longer();
    let mut file = accepted(World::shared());
    file.own("2027-01-20 09:00", Command::Resolve { result: ResultCode::Founded, document: None });
    file.world = &after;
    file.tick("2027-01-28 09:00").unwrap();
    file.own("2027-01-29 09:00", Command::Correct { document: None });
    assert_eq!(file.due("C-R1"), AS_DRAFTED, "a correction moves no date");
    let done = file.tick("2027-01-29 09:00").unwrap();
    assert_eq!((announced(&done), moved(&done)), (vec![("C-R1", AS_DRAFTED)], vec![("C-R1", date(2027, 2, 15))]));
}

#[test]
fn what_is_suspended_is_counted_anew_when_it_goes_on() {
    let after = longer();
    let mut file = accepted(World::shared());
    file.own("2027-01-20 09:00", Command::Suspend { ground: SuspensionGround::ForceMajeure, document: None });
    let stopped = file.obligation("C-R1").clone();
    file.world = &after;
    let done = file.tick("2027-01-22 09:00").unwrap();
    assert_eq!(moved(&done), [("C-SUS", date(2027, 1, 25))], "the decision must still be sent");
    assert_eq!(file.obligation("C-R1"), &stopped);
    file.own("2027-01-26 09:00", Command::Resume { document: None });
    let owed = file.obligation("C-R1");
    assert_eq!((owed.raw_end, owed.due_on, owed.provisional), (date(2027, 2, 12), date(2027, 2, 15), false));
    let swept = file.tick("2027-01-26 09:00");
    assert!(swept.is_none_or(|done| moved(&done).is_empty()), "nothing is left to count");
}

#[test]
fn the_day_of_effect_moves_with_the_days_off_that_it_rests_on() {
    let after = longer();
    let mut file = accepted(World::shared());
    file.own("2026-12-23 16:00", Command::Resolve { result: ResultCode::Founded, document: None });
    assert_eq!(file.due("C-EFF"), AS_DRAFTED, "45 days in a remote area");
    file.world = &after;
    file.tick("2027-01-28 09:00").unwrap();
    assert_eq!(file.due("C-EFF"), date(2027, 2, 15));
    while file.tick("2027-02-16 00:00").is_some() {}
    let took: Vec<&Event> =
        file.journal.iter().flat_map(|done| &done.events).filter(|e| matches!(e, Event::TookEffect { .. })).collect();
    assert_eq!(took, [&Event::TookEffect { on: date(2027, 2, 16) }]);
}

#[test]
fn a_draft_that_moves_only_a_reminder_is_followed_too() {
    let draft = world(&tet("02-04", "02-11"));
    let mut file = accepted(World::shared());
    let day_before = |file: &File<'_>| {
        let plan = &file.obligation("C-R1").plan;
        plan.iter().find(|planned| planned.milestone == Milestone::Approaching(1)).unwrap().at
    };
    assert_eq!(day_before(&file), at("2027-02-04 08:00"));
    file.world = &draft;
    let done = file.tick("2027-01-15 09:00").unwrap();
    assert_eq!((announced(&done), moved(&done)), (vec![], vec![("C-R1", AS_DRAFTED)]));
    assert_eq!((day_before(&file), file.obligation("C-R1").provisional), (at("2027-02-03 08:00"), true));
    assert!(done.notices.is_empty(), "nobody reminds on a day off, and nobody need know");
    assert_eq!(file.tick("2027-01-15 09:00"), None, "once");
}

#[test]
fn a_case_whose_due_day_moves_is_due_on_the_new_day_in_the_figures_from_that_day_on() {
    let after = longer();
    let mut file = accepted(World::shared());
    file.world = &after;
    let done = file.tick("2027-01-28 09:00").unwrap();
    let changes: Vec<(String, Date, i64)> = done.tally.iter().map(|d| (d.measure.name(), d.day, d.by)).collect();
    let today = date(2027, 1, 28);
    assert_eq!(changes, [("due:2027-02-12".to_owned(), today, -1), ("due:2027-02-15".to_owned(), today, 1)]);
}
