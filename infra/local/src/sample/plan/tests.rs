use donthu_domain::AreaId;

use super::*;

/// First and last days of months, of years, of the clock that the sample can have, and of public holidays.
const DAYS: [Date; 8] = [
    EARLIEST_CLOCK,
    date(2026, 8, 31),
    date(2026, 11, 1),
    date(2026, 11, 24),
    date(2026, 12, 31),
    date(2027, 2, 10),
    date(2027, 3, 1),
    date(2027, 9, 15),
];

fn plan(today: Date) -> Plan {
    Plan::for_year_before(today, &Reference::shipped().unwrap(), &Calendar::shipped().unwrap())
}

#[test]
fn the_plan_has_the_published_totals_whatever_the_day() {
    for today in DAYS {
        let plan = plan(today);
        let count =
            |kind, ended: bool| plan.cases.iter().filter(|c| c.kind == kind && c.end.is_some() == ended).count();
        assert_eq!((count(Kind::Complaint, true), count(Kind::Complaint, false)), (274, 85));
        assert_eq!((count(Kind::Denunciation, true), count(Kind::Denunciation, false)), (105, 17));
        assert_eq!(count(Kind::Feedback, true) + count(Kind::Feedback, false), 2_405);
        let (first, last) = (plan.first_month.first_day(), plan.last_month.last_day());
        for case in &plan.cases {
            assert!((first..=last).contains(&case.accepted_on), "accepted within the twelve months");
            assert!(case.received_on <= case.accepted_on);
            if let Some((_, on)) = case.end {
                assert!((case.accepted_on..=last).contains(&on), "resolved within the twelve months");
            }
        }
    }
}

#[test]
fn from_the_earliest_clock_on_every_petition_finds_the_province_and_a_day_sooner_not() {
    let directory = Reference::shipped().unwrap().directory().unwrap();
    let without_an_agency = |today: Date| {
        let nobody = |day: Date| directory.agencies_on(day).next().is_none();
        plan(today).cases.iter().filter(|case| nobody(case.received_on)).count()
    };
    for today in DAYS {
        assert_eq!(without_an_agency(today), 0, "{today}");
    }
    assert!(without_an_agency(EARLIEST_CLOCK.yesterday().unwrap()) > 0);
}

/// The last day of the statutory time to resolve an open case: Law on Complaints Art. 28, Law on Denunciations Art. 30.
fn due_on(case: &Planned, reference: &Reference, calendar: &Calendar) -> Date {
    let area = reference.areas.iter().find(|area| area.id == AreaId::new(case.area.clone())).unwrap();
    let days = match (case.kind, area.remote, case.prolonged) {
        (Kind::Complaint, false, false) | (Kind::Denunciation, _, false) => 30,
        (Kind::Complaint, false, true) | (Kind::Complaint, true, false) => 45,
        (Kind::Complaint, true, true) | (Kind::Denunciation, _, true) => 60,
        (Kind::Feedback, ..) => panic!("no law limits feedback"),
    };
    calendar.roll(time::add_days(case.accepted_on, days))
}

#[test]
fn open_cases_are_partly_in_time_partly_near_their_limit_and_partly_past_it() {
    let (reference, calendar) = (Reference::shipped().unwrap(), Calendar::shipped().unwrap());
    for today in DAYS {
        let plan = plan(today);
        for kind in [Kind::Complaint, Kind::Denunciation] {
            let (mut in_time, mut approaching, mut missed) = (0, 0, 0);
            for case in plan.cases.iter().filter(|case| case.kind == kind && case.end.is_none()) {
                let due = due_on(case, &reference, &calendar);
                // The first reminder comes seven working days before the last day.
                match () {
                    () if due < today => missed += 1,
                    () if calendar.before_working_days(due, 7) <= today => approaching += 1,
                    () => in_time += 1,
                }
            }
            assert!(in_time > 0 && approaching > 0 && missed > 0, "{today} {kind:?}: {in_time} {approaching} {missed}");
        }
    }
}

#[test]
fn the_last_two_months_are_the_heavier_ones() {
    for today in DAYS {
        let plan = plan(today);
        let accepted = |month: Month| {
            let days = month.first_day()..=month.last_day();
            plan.cases.iter().filter(|case| days.contains(&case.accepted_on)).count()
        };
        let months: Vec<Month> =
            std::iter::successors(Some(plan.last_month), |month| Some(month.previous())).take(12).collect();
        let lightest_of_two = accepted(months[0]).min(accepted(months[1]));
        let heaviest_before = months[2..].iter().map(|month| accepted(*month)).max().unwrap();
        assert!(
            lightest_of_two > heaviest_before + heaviest_before / 4,
            "{today}: {lightest_of_two} and {heaviest_before}"
        );
    }
}
