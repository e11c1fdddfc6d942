//! Milestones: who is told, when, and that a late sweep tells only what is worth telling.

use donthu_domain::{
    Actor, Command, ComplexityCriterion, Event, Kind, Milestone, NoticeMilestone, Position, Sending, SuspensionGround,
};
use jiff::civil::date;

use crate::common::{BUILDING, CHAIR, File, INSPECTORATE, WARD, World, against, at, document, notices, petition, told};

fn accepted(kind: Kind) -> File<'static> {
    File::accepted(World::shared(), "2026-09-07 09:00", petition(kind))
}

#[test]
fn a_limit_warns_7_3_and_1_working_days_before_then_says_missed_and_climbs() {
    let mut file = accepted(Kind::Complaint);
    let expected = [
        ("2026-09-28 08:00", Milestone::Approaching(7), WARD, NoticeMilestone::Approaching),
        ("2026-10-02 08:00", Milestone::Approaching(3), WARD, NoticeMilestone::Approaching),
        ("2026-10-06 08:00", Milestone::Approaching(1), WARD, NoticeMilestone::Approaching),
        ("2026-10-08 00:00", Milestone::Missed, WARD, NoticeMilestone::Missed),
        ("2026-10-08 08:00", Milestone::Escalated(1), CHAIR, NoticeMilestone::Escalated),
        ("2026-10-14 08:00", Milestone::Escalated(2), INSPECTORATE, NoticeMilestone::Escalated),
    ];
    for (when, milestone, agency, notice) in expected {
        let next = file.case().next_milestone_at().unwrap();
        assert_eq!(next, at(when), "{milestone:?}");
        let early = file.attempt(next - jiff::SignedDuration::from_secs(1), &Actor::System, &Command::Tick).unwrap();
        assert!(early.is_none(), "a second before there is nothing to do");
        let done = file.tick(when).unwrap();
        assert_eq!(told(&done), [("C-R1".to_owned(), milestone, agency.to_owned())]);
        assert_eq!(notices(&done), [(notice, agency.to_owned())]);
        assert!(done.tally.is_empty(), "a sweep changes no figure");
        assert!(file.tick(when).is_none(), "and never tells twice");
    }
    assert_eq!(file.case().next_milestone_at(), None);
}

#[test]
fn a_late_sweep_tells_only_what_is_worth_telling() {
    let mut file = accepted(Kind::Complaint);
    let done = file.tick("2026-10-05 08:00").unwrap();
    assert_eq!(told(&done), [("C-R1".to_owned(), Milestone::Approaching(3), WARD.to_owned())], "the last one alone");
    assert!(matches!(&done.events[..], [Event::MilestonesReached { reached, .. }]
        if *reached == [Milestone::Approaching(7), Milestone::Approaching(3)]));

    let mut file = accepted(Kind::Complaint);
    let done = file.tick("2026-12-01 08:00").unwrap();
    let milestones: Vec<Milestone> = told(&done).into_iter().map(|(_, milestone, _)| milestone).collect();
    assert_eq!(milestones, [Milestone::Missed, Milestone::Escalated(1), Milestone::Escalated(2)]);
    assert_eq!(notices(&done).len(), 3);
}

#[test]
fn a_tick_raises_the_version_but_not_the_step() {
    let mut file = accepted(Kind::Complaint);
    let (version, step) = (file.case().version, file.case().step);
    file.tick("2026-10-01 08:00").unwrap();
    assert_eq!((file.case().version, file.case().step), (version + 1, step));
    file.act("2026-10-01 09:00", &Actor::Citizen, Command::Withdraw);
    assert_eq!((file.case().version, file.case().step), (version + 2, step + 1));
}

#[test]
fn while_the_clock_stands_still_nothing_is_said() {
    let mut file = accepted(Kind::Complaint);
    let suspend = Command::Suspend { ground: SuspensionGround::ForceMajeure, document: None };
    file.own("2026-09-10 09:00", suspend);
    file.own("2026-09-10 10:00", Command::Dispatch { what: Sending::Suspension, document: None });
    assert_eq!((file.case().next_milestone_at(), file.case().due_on()), (None, None));
    assert!(file.tick("2027-01-10 09:00").is_none());
    file.own("2027-01-10 10:00", Command::Resume { document: None });
    file.own("2027-01-10 10:00", Command::Dispatch { what: Sending::Suspension, document: None });
    // 27 days are left, to 6 February, which is Tết: the first working day is the 12th.
    assert_eq!(file.due("C-R1"), date(2027, 2, 12));
    assert_eq!(file.case().next_milestone_at(), Some(at("2027-01-27 08:00")));
}

#[test]
fn suspending_and_resuming_on_one_day_reminds_of_nothing_again() {
    let mut file = accepted(Kind::Complaint);
    file.tick("2026-10-06 08:00").unwrap();
    let suspend = Command::Suspend { ground: SuspensionGround::ForceMajeure, document: None };
    file.own("2026-10-06 09:00", suspend);
    file.own("2026-10-06 10:00", Command::Resume { document: None });
    assert_eq!(file.due("C-R1"), date(2026, 10, 7));
    assert!(file.tick("2026-10-06 11:00").is_none(), "the due day is the same");
}

#[test]
fn a_prolongation_within_the_weekend_to_which_a_limit_rolls_reminds_of_nothing_again() {
    let mut file = File::accepted(World::shared(), "2026-11-20 09:00", petition(Kind::Denunciation));
    assert_eq!(file.obligation("D-R").raw_end, date(2026, 12, 20), "a Sunday");
    file.tick("2026-12-18 08:00").unwrap();
    let criteria = vec![ComplexityCriterion::ForeignElement];
    file.own("2026-12-18 09:00", Command::Extend { days: 1, criteria, document: document("2/QĐ", date(2026, 12, 18)) });
    assert_eq!((file.obligation("D-R").raw_end, file.due("D-R")), (date(2026, 12, 21), date(2026, 12, 21)));
    assert!(file.tick("2026-12-18 10:00").is_none(), "Monday is the due day that it was");
}

#[test]
fn a_new_due_day_is_reminded_of_anew() {
    let mut file = accepted(Kind::Complaint);
    file.tick("2026-10-06 08:00").unwrap();
    let criteria = vec![ComplexityCriterion::ForeignElement];
    file.own("2026-10-06 09:00", Command::FindComplex { criteria, document: document("1/BC", date(2026, 10, 6)) });
    assert_eq!(file.due("C-R1"), date(2026, 10, 22));
    assert_eq!(file.case().next_milestone_at(), Some(at("2026-10-13 08:00")));
    assert_eq!(told(&file.tick("2026-10-13 08:00").unwrap())[0].1, Milestone::Approaching(7));
}

#[test]
fn after_a_correction_only_what_was_not_said_before_is_said() {
    let mut file = accepted(Kind::Complaint);
    file.tick("2026-10-06 08:00").unwrap();
    let result = donthu_domain::ResultCode::Founded;
    file.own("2026-10-07 09:00", Command::Resolve { result, document: None });
    file.own("2026-10-07 10:00", Command::Dispatch { what: Sending::Decision, document: None });
    assert_eq!(file.case().next_milestone_at(), Some(at("2026-11-07 00:00")), "it takes effect");
    assert!(file.tick("2026-11-01 09:00").is_none());
    file.own("2026-11-02 09:00", Command::Correct { document: None });
    let milestones: Vec<Milestone> =
        told(&file.tick("2026-11-02 10:00").unwrap()).into_iter().map(|(_, milestone, _)| milestone).collect();
    assert_eq!(milestones, [Milestone::Missed, Milestone::Escalated(1), Milestone::Escalated(2)]);
}

#[test]
fn several_limits_that_are_near_make_one_notice_per_agency() {
    let mut file = File::registered(World::shared(), "2026-11-16 09:00", petition(Kind::Complaint));
    let done = file.tick("2026-11-23 08:00").unwrap();
    let rules: Vec<String> = told(&done).into_iter().map(|(rule, _, _)| rule).collect();
    assert_eq!(rules, ["P1", "C-ACC", "C-ACC-LAW"], "all three end on 26 November");
    assert_eq!(notices(&done), [(NoticeMilestone::Approaching, WARD.to_owned())]);
}

#[test]
fn a_petition_that_nobody_was_given_is_routed_by_the_sweep() {
    let mut file = File::new(World::shared());
    file.act("2026-09-07 09:00", &Actor::Citizen, Command::Submit(petition(Kind::Complaint)));
    assert_eq!(file.case().next_milestone_at(), Some(at("2026-09-07 09:10")));
    assert!(file.tick("2026-09-07 09:09").is_none());
    let done = file.tick("2026-09-07 12:00").unwrap();
    assert_eq!(file.case().agency.as_ref().unwrap().as_str(), WARD);
    assert!(notices(&done).contains(&(NoticeMilestone::Assigned, WARD.to_owned())));
    assert!(file.case().next_milestone_at().unwrap() > at("2026-09-07 12:00"));
}

#[test]
fn escalation_passes_over_the_denounced() {
    let petition =
        donthu_domain::Petition { against: against(INSPECTORATE, Position::Head), ..petition(Kind::Denunciation) };
    let mut file = File::accepted(World::shared(), "2026-09-07 09:00", petition);
    assert_eq!(file.case().agency.as_ref().unwrap().as_str(), CHAIR);
    file.own("2026-09-07 10:00", Command::Dispatch { what: Sending::Acceptance, document: None });
    let agencies: Vec<String> =
        told(&file.tick("2026-12-01 08:00").unwrap()).into_iter().map(|(_, _, agency)| agency).collect();
    assert_eq!(agencies, [CHAIR], "the chair has no superior here, and the inspectorate's head is denounced");
}

#[test]
fn what_a_department_misses_goes_up_to_the_chair_then_to_the_inspectorate() {
    let petition =
        donthu_domain::Petition { against: against(BUILDING, Position::Staff), ..petition(Kind::Denunciation) };
    let mut file = File::accepted(World::shared(), "2026-09-07 09:00", petition);
    file.own("2026-09-07 10:00", Command::Dispatch { what: Sending::Acceptance, document: None });
    let agencies: Vec<String> =
        told(&file.tick("2026-12-01 08:00").unwrap()).into_iter().map(|(_, _, agency)| agency).collect();
    assert_eq!(agencies, [BUILDING, CHAIR, INSPECTORATE]);
}
