//! Figures of periods: the identity of stock and flow, corrections, due buckets, what counts as resolved.

use donthu_domain::tally::{Balance, Figures, Flows, Rate};
use donthu_domain::{
    Actor, AgencyId, Cohort, Command, Kind, Measure, Outcome, RefusalGround, ResultCode, SuspensionGround, TallyDelta,
    TerminationGround,
};
use jiff::civil::{Date, date};

use crate::common::{BOARD, COMMUNE, File, WARD, World, head, petition};

fn deltas(files: &[File<'_>]) -> Vec<TallyDelta> {
    files.iter().flat_map(|file| &file.journal).flat_map(|transition| transition.tally.clone()).collect()
}

fn flows(deltas: &[TallyDelta], from: Date, to: Date) -> Flows {
    let mut flows = Flows::default();
    for delta in deltas.iter().filter(|d| d.cohort == Cohort::Flow && (from..=to).contains(&d.day)) {
        flows.add(delta.measure.clone(), delta.by);
    }
    flows
}

/// The figures of a period over all agencies.
fn figures(files: &[File<'_>], from: Date, to: Date) -> Figures {
    let deltas = deltas(files);
    let mut opening = Balance::default();
    opening.apply(&flows(&deltas, Date::MIN, from.yesterday().unwrap()));
    Figures::of_period(&opening, &flows(&deltas, from, to), from, to)
}

fn month(files: &[File<'_>], year: i16, month: i8) -> Figures {
    figures(files, date(year, month, 1), date(year, month, 1).last_of_month())
}

fn resolve(result: ResultCode) -> Command {
    Command::Resolve { result, document: None }
}

fn accepted(when: &str, kind: Kind) -> File<'static> {
    File::accepted(World::shared(), when, petition(kind))
}

#[test]
fn a_case_counts_in_the_month_in_which_it_ends_and_in_what_there_was_to_end() {
    let mut carried = accepted("2026-08-05 09:00", Kind::Complaint);
    carried.own("2026-09-03 09:00", resolve(ResultCode::Founded));
    let mut fresh = accepted("2026-09-07 09:00", Kind::Complaint);
    fresh.own("2026-09-20 09:00", resolve(ResultCode::Unfounded));
    let open = accepted("2026-09-08 09:00", Kind::Complaint);
    let files = [carried, fresh, open];
    let september = month(&files, 2026, 9);
    assert_eq!((september.carried_in, september.accepted, september.reopened), (1, 2, 0));
    assert_eq!((september.resolved(), september.open, september.overdue), (2, 1, 0));
    assert_eq!(september.resolution_rate(), Rate { numerator: 2, denominator: 3 });
    assert_eq!(september.on_time_rate(), Rate { numerator: 2, denominator: 2 });
    assert_eq!(september.by_outcome[&Outcome::Founded], 1);
    let october = month(&files, 2026, 10);
    assert_eq!((october.carried_in, october.accepted, october.resolved(), october.open), (1, 0, 0, 1));
    assert_eq!(october.overdue, 1, "due on 8 October, and nothing had to sweep it");
    let july = month(&files, 2026, 7);
    assert_eq!(july.resolution_rate(), Rate { numerator: 0, denominator: 0 });
}

#[test]
fn a_resolution_annulled_in_its_own_month_never_was() {
    let mut file = accepted("2026-09-07 09:00", Kind::Complaint);
    file.own("2026-09-20 09:00", resolve(ResultCode::Founded));
    file.own("2026-09-22 09:00", Command::Correct { document: None });
    let files = [file];
    let september = month(&files, 2026, 9);
    assert_eq!((september.resolved(), september.reopened, september.open), (0, 0, 1));
    assert_eq!((september.on_time, september.late), (0, 0));
    assert!(september.by_outcome.is_empty());
    assert_eq!(september.resolution_rate(), Rate { numerator: 0, denominator: 1 });
}

#[test]
fn a_resolution_annulled_later_leaves_its_month_and_reopens_the_case_in_the_month_of_the_correction() {
    let mut file = accepted("2026-09-07 09:00", Kind::Complaint);
    file.own("2026-09-20 09:00", resolve(ResultCode::Founded));
    let sealed = month(std::slice::from_ref(&file), 2026, 9);
    file.own("2026-11-02 09:00", Command::Correct { document: None });
    let files = [file];
    assert_eq!(month(&files, 2026, 9), sealed, "a sealed month never changes");
    let november = month(&files, 2026, 11);
    assert_eq!((november.carried_in, november.accepted, november.reopened), (0, 0, 1));
    assert_eq!((november.resolved(), november.open, november.overdue), (0, 1, 1), "its old due day is 7 October");
    assert_eq!(november.resolution_rate(), Rate { numerator: 0, denominator: 1 });
    let [mut file] = files;
    file.own("2026-11-10 09:00", resolve(ResultCode::PartlyFounded));
    let november = month(std::slice::from_ref(&file), 2026, 11);
    assert_eq!((november.resolved(), november.late, november.open), (1, 1, 0), "decided in November, late");
    let both = figures(&[file], date(2026, 9, 1), date(2026, 11, 30));
    assert_eq!((both.accepted, both.resolved(), both.reopened, both.late, both.open), (1, 1, 0, 1, 0));
}

#[test]
fn two_corrections_in_one_day_leave_what_was_recorded_last() {
    let mut file = accepted("2026-09-07 09:00", Kind::Complaint);
    for (minute, result) in [(10, ResultCode::Founded), (20, ResultCode::Unfounded), (30, ResultCode::PartlyFounded)] {
        file.own(&format!("2026-09-20 09:{minute}"), resolve(result));
        if minute < 30 {
            file.own(&format!("2026-09-20 09:{}", minute + 5), Command::Correct { document: None });
        }
    }
    assert_eq!(file.case().resolutions, 3);
    let september = month(&[file], 2026, 9);
    assert_eq!((september.resolved(), september.by_outcome[&Outcome::PartlyFounded]), (1, 1));
    assert_eq!(september.by_outcome.len(), 1);
}

#[test]
fn overdue_cases_are_those_in_due_buckets_that_have_ended() {
    let files = [accepted("2026-09-07 09:00", Kind::Complaint), accepted("2026-09-08 09:00", Kind::Denunciation)];
    for (day, overdue) in [(date(2026, 10, 6), 0), (date(2026, 10, 7), 1), (date(2026, 10, 8), 2)] {
        assert_eq!(figures(&files, day, day).overdue, overdue, "at the end of {day}");
    }
}

#[test]
fn a_suspended_case_is_open_but_neither_due_nor_overdue() {
    let mut file = accepted("2026-09-07 09:00", Kind::Complaint);
    let ground = SuspensionGround::ForceMajeure;
    file.own("2026-09-10 09:00", Command::Suspend { ground, document: None });
    let december = month(std::slice::from_ref(&file), 2026, 12);
    assert_eq!((december.open, december.suspended, december.overdue), (1, 1, 0));
    file.own("2026-12-10 09:00", Command::Resume { document: None });
    // 27 days are left after 10 December.
    assert_eq!(file.due("C-R1"), date(2027, 1, 6));
    let files = [file];
    let (december, january) = (month(&files, 2026, 12), month(&files, 2027, 1));
    assert_eq!((december.suspended, december.overdue, january.overdue), (0, 0, 1));
}

#[test]
fn refused_guided_and_early_withdrawn_petitions_never_count_as_resolved() {
    let registered = |kind| File::registered(World::shared(), "2026-09-07 09:00", petition(kind));
    let mut refused = registered(Kind::Complaint);
    refused.own("2026-09-08 09:00", Command::Refuse { ground: RefusalGround::Court, document: None });
    let mut guided = registered(Kind::Complaint);
    guided.own("2026-09-08 09:00", Command::Guide { to: donthu_domain::CompetentBody::Court, document: None });
    let mut withdrawn = registered(Kind::Complaint);
    withdrawn.act("2026-09-08 09:00", &Actor::Citizen, Command::Withdraw);
    let terminate = Command::Terminate {
        ground: TerminationGround::Withdrawal,
        no_ground_to_continue: false,
        withdrawal: None,
        document: None,
    };
    withdrawn.own("2026-09-09 09:00", terminate);
    let mut moved = registered(Kind::Complaint);
    moved.own("2026-09-08 09:00", Command::Transfer { to: COMMUNE.into(), document: None });
    let mut early = File::submitted(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    early.act("2026-09-07 10:00", &Actor::Citizen, Command::Withdraw);
    let files = [refused, guided, withdrawn, moved, early];
    let september = month(&files, 2026, 9);
    assert_eq!((september.resolved(), september.accepted, september.open), (0, 0, 0));
    assert_eq!(september.resolution_rate().percent(2, donthu_domain::tally::Rounding::HalfUp), None);
    assert_eq!((september.refused, september.guided, september.withdrawn_before), (1, 1, 2));
    assert_eq!((september.transferred_in, september.transferred_out), (1, 1), "they cancel in the province");
    assert_eq!((september.submitted, september.registered, september.pending), (5, 4, 1));
}

#[test]
fn a_petition_withdrawn_before_it_was_routed_leaves_no_negative_stock() {
    let mut file = File::new(World::shared());
    file.act("2026-09-07 09:00", &Actor::Citizen, Command::Submit(petition(Kind::Feedback)));
    file.act("2026-09-07 09:01", &Actor::Citizen, Command::Withdraw);
    let september = month(&[file], 2026, 9);
    assert_eq!((september.submitted, september.withdrawn_before, september.pending), (1, 1, 0));
}

#[test]
fn withdrawn_and_terminated_cases_count_as_resolved_and_are_shown_apart() {
    let end = |ground| Command::Terminate { ground, no_ground_to_continue: true, withdrawal: None, document: None };
    let mut withdrawn = accepted("2026-09-07 09:00", Kind::Complaint);
    withdrawn.act("2026-09-08 09:00", &Actor::Citizen, Command::Withdraw);
    withdrawn.own("2026-09-09 09:00", end(TerminationGround::Withdrawal));
    let mut dead = accepted("2026-09-07 09:00", Kind::Complaint);
    dead.own("2026-10-20 09:00", end(TerminationGround::Death));
    let figures = figures(&[withdrawn, dead], date(2026, 9, 1), date(2026, 10, 31));
    assert_eq!(figures.resolution_rate(), Rate { numerator: 2, denominator: 2 });
    assert_eq!((figures.by_outcome[&Outcome::Withdrawn], figures.by_outcome[&Outcome::Terminated]), (1, 1));
    assert_eq!((figures.on_time, figures.late), (1, 1), "the second one after its due day");
}

#[test]
fn a_case_that_was_late_before_it_was_suspended_ends_late() {
    let suspended = |on: &str| {
        let mut file = accepted("2026-09-07 09:00", Kind::Complaint);
        let ground = SuspensionGround::ForceMajeure;
        file.own(on, Command::Suspend { ground, document: None });
        let ground = TerminationGround::Dissolution;
        file.own(
            "2026-12-01 09:00",
            Command::Terminate { ground, no_ground_to_continue: false, withdrawal: None, document: None },
        );
        month(&[file], 2026, 12)
    };
    assert_eq!(suspended("2026-10-07 09:00").on_time, 1, "on its last day the clock was stopped in time");
    assert_eq!(suspended("2026-10-08 09:00").late, 1);
}

#[test]
fn an_accepted_case_counts_by_the_day_of_its_acceptance_too() {
    let mut file = accepted("2026-09-07 09:00", Kind::Complaint);
    file.own("2026-10-20 09:00", resolve(ResultCode::Founded));
    let cohort = |file: &File<'_>| {
        let mut flows = Flows::default();
        for delta in file.journal.iter().flat_map(|t| &t.tally).filter(|d| d.cohort == Cohort::ByAcceptance) {
            assert_eq!(delta.day, date(2026, 9, 7));
            flows.add(delta.measure.clone(), delta.by);
        }
        flows
    };
    let late = Measure::Resolved(Outcome::Founded, false);
    assert_eq!((cohort(&file).get(&Measure::Accepted), cohort(&file).get(&late)), (1, 1));
    file.own("2026-11-20 09:00", Command::Correct { document: None });
    assert_eq!((cohort(&file).get(&Measure::Accepted), cohort(&file).get(&late)), (1, 0));
}

#[test]
fn stock_moves_with_the_petition_from_agency_to_agency() {
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    file.act("2026-09-08 09:00", &head(WARD), Command::Transfer { to: BOARD.into(), document: None });
    file.act("2026-09-09 09:00", &head(BOARD), Command::Transfer { to: COMMUNE.into(), document: None });
    file.own("2026-09-10 09:00", Command::Accept { group_papers: false, document: None });
    let deltas = deltas(&[file]);
    let balance = |agency: &str| {
        let of: Vec<TallyDelta> = deltas.iter().filter(|d| d.agency == AgencyId::from(agency)).cloned().collect();
        let mut balance = Balance::default();
        balance.apply(&flows(&of, Date::MIN, Date::MAX));
        balance
    };
    for agency in [WARD, BOARD] {
        assert_eq!(balance(agency), Balance::default(), "{agency} keeps nothing");
    }
    assert_eq!((balance(COMMUNE).pending, balance(COMMUNE).open), (0, 1));
    let mut both = balance(COMMUNE);
    both.merge(&balance(COMMUNE));
    assert_eq!((both.open, both.due[&date(2026, 10, 12)]), (2, 2));
}

#[test]
fn measures_keep_their_names_in_the_store() {
    let day = date(2026, 3, 4);
    let mut measures = vec![
        Measure::Submitted,
        Measure::Assigned,
        Measure::Registered,
        Measure::Accepted,
        Measure::Refused,
        Measure::Guided,
        Measure::TransferredIn,
        Measure::TransferredOut,
        Measure::WithdrawnBefore,
        Measure::WithdrawnUnassigned,
        Measure::Due(day),
        Measure::Suspended,
    ];
    for outcome in Outcome::ALL {
        for on_time in [true, false] {
            measures.extend([Measure::Resolved(outcome, on_time), Measure::Annulled(day, outcome, on_time)]);
        }
    }
    let mut names: Vec<String> = Vec::new();
    for measure in measures {
        let name = measure.name();
        assert_eq!(Measure::parse(&name), Some(measure.clone()));
        assert_eq!(serde_json::from_str::<Measure>(&serde_json::to_string(&measure).unwrap()).unwrap(), measure);
        assert!(!names.contains(&name));
        names.push(name);
    }
    for unknown in
        ["", "due", "due:x", "resolved:founded", "resolved:founded:soon", "accepted:1", "annulled:2026-03-04"]
    {
        assert_eq!(Measure::parse(unknown), None, "{unknown:?}");
    }
}

#[test]
fn while_a_period_runs_only_limits_that_have_ended_are_overdue() {
    let file = accepted("2026-09-08 09:00", Kind::Complaint);
    let deltas = deltas(std::slice::from_ref(&file));
    let (from, to) = (date(2026, 9, 1), date(2026, 12, 31));
    let flows = flows(&deltas, from, to);
    let overdue = |ended| Figures::of_running_period(&Balance::default(), &flows, from, to, ended).overdue;
    let due = date(2026, 10, 8);
    assert_eq!((overdue(due.yesterday().unwrap()), overdue(due)), (0, 1));
    let sooner = Figures::of_running_period(&Balance::default(), &flows, from, due.yesterday().unwrap(), to);
    assert_eq!(sooner.overdue, 0, "at the end of the period that was asked for");
}
