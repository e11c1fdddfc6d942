//! Due dates: law.md's computed vectors row by row, the matrix of Art. 28, extensions, suspensions, the rules' own days.

use donthu_domain::deadline::{Count, due};
use donthu_domain::rules::{RuleBook, Unit};
use donthu_domain::{
    Calendar, Case, Command, ComplexityCriterion, Extension, Kind, Obligation, Suspension, SuspensionGround, Verdict,
};
use jiff::civil::{Date, date};

use crate::common::{File, World, at, document, head, petition};

/// Rule's unit, start, days, raw end, due day, article.
type Row = (Unit, Date, u16, Date, Date, &'static str);

#[test]
fn limits_are_counted_as_articles_144_to_148_of_the_civil_code_have_it() {
    use Unit::{CalendarDays, WorkingDays};
    let rows: [Row; 14] = [
        (CalendarDays, date(2026, 11, 23), 30, date(2026, 12, 23), date(2026, 12, 23), "147.2: the first day is out"),
        (CalendarDays, date(2026, 11, 20), 30, date(2026, 12, 20), date(2026, 12, 21), "148.5: Sunday to Monday"),
        (CalendarDays, date(2026, 1, 15), 30, date(2026, 2, 14), date(2026, 2, 23), "148.5: over the nine days of Tết"),
        (CalendarDays, date(2026, 10, 25), 30, date(2026, 11, 24), date(2026, 11, 25), "Resolution 28/2026/QH16"),
        (WorkingDays, date(2026, 11, 23), 7, date(2026, 12, 3), date(2026, 12, 3), "24 November is skipped"),
        (WorkingDays, date(2026, 11, 20), 7, date(2026, 12, 2), date(2026, 12, 2), "seven are twelve calendar days"),
        (WorkingDays, date(2026, 8, 21), 5, date(2026, 8, 27), date(2026, 8, 27), "Saturday 22 August is worked"),
        (WorkingDays, date(2026, 1, 9), 1, date(2026, 1, 10), date(2026, 1, 10), "Saturday 10 January is worked"),
        // Not in law.md's table: the same articles at other edges.
        (CalendarDays, date(2025, 10, 25), 30, date(2025, 11, 24), date(2025, 11, 24), "no Culture Day in 2025"),
        (CalendarDays, date(2026, 7, 23), 30, date(2026, 8, 22), date(2026, 8, 22), "148.5: due on a worked Saturday"),
        (CalendarDays, date(2026, 7, 29), 31, date(2026, 8, 29), date(2026, 9, 3), "148.5: over National Day"),
        (WorkingDays, date(2026, 8, 28), 1, date(2026, 9, 3), date(2026, 9, 3), "31 August is exchanged"),
        (WorkingDays, date(2025, 4, 25), 2, date(2025, 4, 28), date(2025, 4, 28), "Saturday 26 April 2025 is worked"),
        (WorkingDays, date(2026, 2, 13), 1, date(2026, 2, 23), date(2026, 2, 23), "Tết has no working day"),
    ];
    let calendar = Calendar::shipped().unwrap();
    for (unit, started_on, days, raw_end, on, article) in rows {
        let count = Count::usual(started_on, days, unit);
        let due = due(&count, &calendar);
        assert_eq!((due.raw_end, due.on), (raw_end, on), "{days} from {started_on}: {article}");
    }
}

fn complex() -> Command {
    Command::FindComplex {
        criteria: vec![ComplexityCriterion::SeveralPlaces],
        document: document("12/TB-UBND", date(2026, 9, 7)),
    }
}

#[test]
fn article_28_gives_30_45_45_and_60_days_from_acceptance() {
    for (area, complex_too, days, due_on) in [
        ("21025", false, 30, date(2026, 10, 7)),
        ("21025", true, 45, date(2026, 10, 22)),
        ("21548", false, 45, date(2026, 10, 22)),
        ("21548", true, 60, date(2026, 11, 6)),
    ] {
        let petition = donthu_domain::Petition { area: Some(area.into()), ..petition(Kind::Complaint) };
        let mut file = File::accepted(World::shared(), "2026-09-07 09:00", petition);
        if complex_too {
            file.own("2026-09-07 10:00", complex());
        }
        let owed = file.obligation("C-R1");
        assert_eq!((owed.started_on, owed.days, owed.due_on), (date(2026, 9, 7), days, due_on), "{area} {complex_too}");
        assert_eq!(file.case().due_on(), Some(due_on));
    }
}

fn extend(days: u16, criteria: &[ComplexityCriterion]) -> Command {
    Command::Extend { days, criteria: criteria.to_vec(), document: document("7/QĐ-UBND", date(2026, 9, 7)) }
}

#[test]
fn article_30_gives_a_denunciation_30_days_and_twice_30_more() {
    use ComplexityCriterion::{ForeignElement, ManyPeople};
    let mut file = File::accepted(World::shared(), "2026-09-07 09:00", petition(Kind::Denunciation));
    assert_eq!(file.due("D-R"), date(2026, 10, 7));
    file.own("2026-10-07 23:59", extend(30, &[ManyPeople]));
    assert_eq!(file.due("D-R"), date(2026, 11, 6));
    assert_eq!(file.own_refused("2026-11-06 09:00", extend(30, &[ManyPeople])).code(), "too_many_extensions");
    file.own("2026-11-06 09:00", extend(30, &[ManyPeople, ForeignElement]));
    assert_eq!(file.obligation("D-R").raw_end, date(2026, 12, 6), "a Sunday");
    assert_eq!(file.due("D-R"), date(2026, 12, 7));
    let third = extend(30, &[ManyPeople, ForeignElement]);
    assert_eq!(file.own_refused("2026-12-07 09:00", third).code(), "too_many_extensions");
}

#[test]
fn an_extension_runs_from_the_raw_end_not_from_the_day_to_which_it_rolled() {
    let mut file = File::accepted(World::shared(), "2026-11-20 09:00", petition(Kind::Denunciation));
    assert_eq!(file.due("D-R"), date(2026, 12, 21));
    file.own(
        "2026-12-21 09:00",
        Command::Extend {
            days: 10,
            criteria: vec![ComplexityCriterion::SeveralContents],
            document: document("8/QĐ-UBND", date(2026, 12, 21)),
        },
    );
    assert_eq!(file.due("D-R"), date(2026, 12, 30), "ten days after Sunday 20 December");
}

#[test]
fn from_1_july_2026_acceptance_has_two_limits_and_the_earlier_warns() {
    let before = File::registered(World::shared(), "2026-06-30 09:00", petition(Kind::Complaint));
    assert_eq!(before.owed(), ["P1", "C-ACC-LAW"], "P2 and C-ACC are not in force yet");

    let monday = File::registered(World::shared(), "2026-11-16 09:00", petition(Kind::Complaint));
    assert_eq!(monday.owed(), ["P2", "P1", "C-ACC", "C-ACC-LAW"]);
    assert_eq!((monday.due("C-ACC"), monday.due("C-ACC-LAW")), (date(2026, 11, 26), date(2026, 11, 26)));

    // law.md 0.1.2: they do not nest.
    let friday = File::registered(World::shared(), "2026-11-20 09:00", petition(Kind::Complaint));
    assert_eq!((friday.due("C-ACC"), friday.due("C-ACC-LAW")), (date(2026, 12, 2), date(2026, 11, 30)));
    assert_eq!(friday.case().due_on(), Some(date(2026, 11, 30)));
    let first = friday.case().next_milestone_at().unwrap();
    assert_eq!(first, at("2026-11-25 08:00"), "three working days before 30 November");

    let wednesday = File::registered(World::shared(), "2026-07-01 09:00", petition(Kind::Complaint));
    assert_eq!((wednesday.due("C-ACC"), wednesday.due("C-ACC-LAW")), (date(2026, 7, 10), date(2026, 7, 13)));
    assert_eq!(wednesday.case().due_on(), Some(date(2026, 7, 10)));
}

#[test]
fn an_acceptance_between_the_two_limits_keeps_one_and_misses_the_other() {
    let mut file = File::registered(World::shared(), "2026-11-20 09:00", petition(Kind::Complaint));
    file.own("2026-12-01 09:00", Command::Accept { group_papers: false, document: None });
    let verdict = |rule: &str| file.obligation(rule).closed.unwrap().verdict;
    assert_eq!((verdict("C-ACC"), verdict("C-ACC-LAW")), (Verdict::OnTime, Verdict::Late));
    assert_eq!((verdict("P1"), verdict("P2")), (Verdict::Late, Verdict::OnTime));
}

#[test]
fn every_petition_is_processed_in_10_days_and_never_later_than_45() {
    for kind in Kind::ALL {
        let file = File::registered(World::shared(), "2026-09-07 09:00", petition(kind));
        assert_eq!(file.due("P1"), date(2026, 9, 17), "Circular 05/2021/TT-TTCP");
        assert_eq!(file.due("P2"), date(2026, 10, 22), "Decree 154/2026/ND-CP Art. 41.3b");
    }
    let waiting = File::submitted(World::shared(), "2026-09-07 23:30", petition(Kind::Complaint));
    assert_eq!(waiting.owed(), ["P2"], "45 days run from the submission, whether or not it is formalised");
    assert_eq!(waiting.due("P2"), date(2026, 10, 22));
}

#[test]
fn a_denunciation_is_examined_in_7_working_days_and_feedback_answered_in_15() {
    let denunciation = File::registered(World::shared(), "2026-11-23 09:00", petition(Kind::Denunciation));
    assert_eq!(denunciation.due("D-INI"), date(2026, 12, 3), "Law on Denunciations Art. 24.1");
    let feedback = File::registered(World::shared(), "2026-11-23 09:00", petition(Kind::Feedback));
    assert_eq!(feedback.due("K-SLA"), date(2026, 12, 15), "the province's own promise");
}

#[test]
fn a_limit_goes_by_the_rule_in_force_on_the_day_it_starts() {
    let mut file = File::submitted(World::shared(), "2026-06-29 09:00", petition(Kind::Complaint));
    assert!(file.owed().is_empty(), "submitted before Decree 154/2026");
    file.own("2026-07-02 09:00", Command::Formalise { received_on: date(2026, 6, 30) });
    assert_eq!(file.owed(), ["P1", "C-ACC-LAW"], "received on the last day of the old rule");
    let mut file = File::submitted(World::shared(), "2026-06-29 09:00", petition(Kind::Complaint));
    file.own("2026-07-02 09:00", Command::Formalise { received_on: date(2026, 7, 1) });
    assert_eq!(file.owed(), ["P1", "C-ACC", "C-ACC-LAW"]);
}

fn span(from: Date, to: Date) -> Suspension {
    Suspension { from, to: Some(to) }
}

fn calendar_days(started_on: Date, days: u16, suspensions: &[Suspension]) -> (Date, Date) {
    let count = Count { suspensions, ..Count::usual(started_on, days, Unit::CalendarDays) };
    let due = due(&count, &Calendar::shipped().unwrap());
    (due.raw_end, due.on)
}

#[test]
fn the_day_of_suspension_counts_and_the_day_of_resumption_does_not() {
    let start = date(2026, 9, 7);
    let plain = calendar_days(start, 30, &[]);
    assert_eq!(plain.0, date(2026, 10, 7));
    // 8, 9 and 10 September are used up; 27 days are left and the first of them is 21 September.
    assert_eq!(calendar_days(start, 30, &[span(date(2026, 9, 10), date(2026, 9, 20))]).0, date(2026, 10, 17));
    assert_eq!(calendar_days(start, 30, &[span(date(2026, 9, 10), date(2026, 9, 10))]), plain, "on the same day");
    let twice = [span(date(2026, 9, 10), date(2026, 9, 20)), span(date(2026, 9, 25), date(2026, 9, 26))];
    assert_eq!(calendar_days(start, 30, &twice).0, date(2026, 10, 18));
    let touching = [span(date(2026, 9, 10), date(2026, 9, 20)), span(date(2026, 9, 20), date(2026, 9, 21))];
    assert_eq!(calendar_days(start, 30, &touching).0, date(2026, 10, 18));
    let on_the_sunday = [span(date(2026, 12, 20), date(2026, 12, 20))];
    let from_saturday = date(2026, 11, 19);
    assert_eq!(
        calendar_days(from_saturday, 30, &on_the_sunday),
        calendar_days(from_saturday, 30, &[]),
        "nor its raw end"
    );
    let after_a_long_one = [span(date(2026, 12, 20), date(2026, 12, 24)), span(date(2026, 12, 24), date(2026, 12, 24))];
    assert_eq!(calendar_days(from_saturday, 30, &after_a_long_one).1, date(2026, 12, 24), "nor what was before it");
    let running = [Suspension { from: date(2026, 9, 10), to: None }];
    assert_eq!(calendar_days(start, 30, &running), plain, "one without an end moves nothing yet");
}

#[test]
fn suspended_on_the_last_day_a_limit_ends_on_the_day_of_the_resumption() {
    let start = date(2026, 9, 7);
    assert_eq!(calendar_days(start, 30, &[span(date(2026, 10, 7), date(2026, 10, 14))]).1, date(2026, 10, 14));
    // 20 December is a Sunday, so Monday 21 is the last day; suspended then and resumed on Thursday.
    let rolled = [span(date(2026, 12, 21), date(2026, 12, 24))];
    assert_eq!(calendar_days(date(2026, 11, 20), 30, &rolled).1, date(2026, 12, 24));
    let count = Count {
        suspensions: &[span(date(2026, 12, 3), date(2026, 12, 9))],
        ..Count::usual(date(2026, 11, 23), 7, Unit::WorkingDays)
    };
    assert_eq!(due(&count, &Calendar::shipped().unwrap()).on, date(2026, 12, 9));
}

#[test]
fn a_suspension_after_the_limit_has_passed_does_not_bring_it_back() {
    let start = date(2026, 9, 7);
    let late = [span(date(2026, 10, 8), date(2026, 10, 30))];
    assert_eq!(calendar_days(start, 30, &late), (date(2026, 10, 7), date(2026, 10, 7)));
    let mut file = File::accepted(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    let suspend = Command::Suspend { ground: SuspensionGround::ForceMajeure, document: None };
    // Friday 16 October; a suspension to Sunday 25 would otherwise roll the end to Monday 26, after the resumption.
    file.own("2026-10-16 09:00", suspend);
    file.own("2026-10-25 09:00", Command::Resume { document: None });
    assert_eq!(file.due("C-R1"), date(2026, 10, 7));
    assert_eq!(file.obligation("C-R1").suspensions.len(), 1, "it is recorded all the same");
}

#[test]
fn suspension_and_extension_add_up() {
    let extensions = [Extension { days: 30, on: date(2026, 9, 30) }];
    let count = Count {
        suspensions: &[span(date(2026, 9, 10), date(2026, 9, 20))],
        extensions: &extensions,
        ..Count::usual(date(2026, 9, 7), 30, Unit::CalendarDays)
    };
    assert_eq!(due(&count, &Calendar::shipped().unwrap()).raw_end, date(2026, 11, 16));
}

#[test]
fn a_limit_that_reaches_a_year_without_proclamation_is_provisional() {
    let provisional = |case: &Case| case.obligations.iter().filter(|o| o.provisional).map(rule_of).collect::<Vec<_>>();
    let within = File::accepted(World::shared(), "2026-11-23 09:00", petition(Kind::Complaint));
    assert!(provisional(within.case()).iter().all(|rule| rule == "P2"), "only the 45 days reach 2027");
    let across = File::accepted(World::shared(), "2026-12-07 09:00", petition(Kind::Complaint));
    assert_eq!(provisional(across.case()), ["P2", "C-R1"]);
    assert_eq!(across.due("C-R1"), date(2027, 1, 6));
}

fn rule_of(obligation: &Obligation) -> String {
    obligation.rule.to_string()
}

#[test]
fn the_longest_suspension_still_finds_a_due_day_in_a_generated_year() {
    let mut file = File::accepted(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    let suspend = Command::Suspend { ground: SuspensionGround::AwaitsOtherBody, document: None };
    file.act("2026-09-10 09:00", &head("c21025"), suspend);
    file.act("2031-09-10 09:00", &head("c21025"), Command::Resume { document: None });
    // Five years later, less the three days used.
    assert_eq!(file.due("C-R1"), date(2031, 10, 7));
    assert!(file.obligation("C-R1").provisional);
}

#[test]
fn every_shipped_rule_bears_its_citation_and_the_confidence_of_its_source() {
    let rules = RuleBook::shipped().unwrap();
    let marks: Vec<(String, String)> =
        rules.all().iter().map(|rule| (rule.id.to_string(), format!("{:?}", rule.confidence))).collect();
    let expected = [
        ("P1", "V2"),
        ("P2", "V1"),
        ("C-ACC", "V1"),
        ("C-ACC-LAW", "V2"),
        ("C-R1", "V2"),
        ("C-LIM1", "V2"),
        ("C-DLG", "V1"),
        ("C-SUS", "V1"),
        ("C-SND1", "Unverified"),
        ("C-EFF", "Unverified"),
        ("C-ENF", "V2"),
        ("C-LIM2", "V2"),
        ("C-R2", "V2"),
        ("C-SND2", "Unverified"),
        ("C-PUB", "V2"),
        ("C-EFF2", "Unverified"),
        ("K-LIM1", "V2"),
        ("K-LIM2", "V2"),
        ("K-LIM2-D", "V2"),
        ("K-R", "Unverified"),
        ("D-INI", "V3"),
        ("D-TRF", "V3"),
        ("D-R", "V2"),
        ("D-NOT", "V2"),
        ("D-SUS", "V2"),
        ("D-SND", "Unverified"),
        ("D-HND", "Unverified"),
        ("D-PUB", "Unverified"),
        ("D-CON", "Unverified"),
        ("D-OVD1", "V2"),
        ("D-OVD2", "V2"),
        ("K-SLA", "Design"),
        ("P3", "Unverified"),
        ("P4", "V1"),
        ("P5", "V1"),
        ("N-PD", "V3"),
    ];
    assert_eq!(marks, expected.map(|(id, mark)| (id.to_owned(), mark.to_owned())));
    for rule in rules.all() {
        assert!(!rule.citation_vi.is_empty() && !rule.citation_en.is_empty(), "{}", rule.id);
    }
}
