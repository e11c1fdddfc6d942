//! Every refusal, each reached once at least, each leaving the case as it was.

mod attempts;

use std::collections::BTreeSet;

use donthu_domain::rules::RuleBook;
use donthu_domain::{
    Against, Command, Instance, Kind, Petition, Refusal, RefusalGround, ResultCode, Role, Stage, TerminationGround,
    TransitionError, transition,
};

use crate::common::{BOARD, COMMUNE, File, WARD, World, at, head, official, petition, reception};
use attempts::{ONE, accept, accepted, all, complex, registered, terminate, transfer};

const NOW: &str = "2026-09-08 09:00";

/// The compiler asks for a new refusal here, and the last test for a way to reach it.
fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::ImpossibleStep { .. } => "impossible_step",
        Refusal::RoleNotAllowed { .. } => "role_not_allowed",
        Refusal::NotYourCase => "not_your_case",
        Refusal::NotForThisKind { .. } => "not_for_this_kind",
        Refusal::UnknownAgency(_) => "unknown_agency",
        Refusal::UnknownArea(_) => "unknown_area",
        Refusal::UnknownField(_) => "unknown_field",
        Refusal::ConflictOfInterest => "conflict_of_interest",
        Refusal::SameAgency(_) => "same_agency",
        Refusal::NothingToAssign => "nothing_to_assign",
        Refusal::DateInFuture { .. } => "date_in_future",
        Refusal::DateTooEarly { .. } => "date_too_early",
        Refusal::OutsideCalendar(_) => "outside_calendar",
        Refusal::OnlineNotRegistered => "online_not_registered",
        Refusal::GroundNotForThisKind => "ground_not_for_this_kind",
        Refusal::ResultNotForThisKind => "result_not_for_this_kind",
        Refusal::CriteriaMissing => "criteria_missing",
        Refusal::ContinuationGroundMissing => "continuation_ground_missing",
        Refusal::WithdrawalUndecided => "withdrawal_undecided",
        Refusal::NotAccepted => "not_accepted",
        Refusal::NotADuplicate => "not_a_duplicate",
        Refusal::NotAboveTheFirst => "not_above_the_first",
        Refusal::NoIdentity => "no_identity",
        Refusal::AlreadyComplex => "already_complex",
        Refusal::TooManyExtensions { .. } => "too_many_extensions",
        Refusal::ExtensionLength { .. } => "extension_length",
        Refusal::LimitPassed { .. } => "limit_passed",
        Refusal::NoWithdrawalRequested => "no_withdrawal_requested",
        Refusal::WithdrawalAlreadyRequested => "withdrawal_already_requested",
        Refusal::GroundsToContinue => "grounds_to_continue",
        Refusal::TooManyTransfers => "too_many_transfers",
        Refusal::RepresentativesMissing => "representatives_missing",
        Refusal::TooManyRepresentatives { .. } => "too_many_representatives",
        Refusal::GroupPapersMissing => "group_papers_missing",
        Refusal::NothingToDivide => "nothing_to_divide",
        Refusal::SameKind => "same_kind",
        Refusal::OwnDuplicate => "own_duplicate",
        Refusal::DialogueTooSoon { .. } => "dialogue_too_soon",
        Refusal::NoDialogue => "no_dialogue",
        Refusal::DialogueNotYet { .. } => "dialogue_not_yet",
        Refusal::DialogueMissing => "dialogue_missing",
        Refusal::SecondComplaintTooLate { .. } => "second_complaint_too_late",
        Refusal::AlreadyFollowed => "already_followed",
        Refusal::NoFurtherInstance { .. } => "no_further_instance",
        Refusal::NotDecidedNorOverdue => "not_decided_nor_overdue",
        Refusal::NotOverdue { .. } => "not_overdue",
        Refusal::NoLawfulSuperior => "no_lawful_superior",
        Refusal::NothingOwed => "nothing_owed",
        Refusal::NotInEffect => "not_in_effect",
        Refusal::TooMany { .. } => "too_many",
        Refusal::NoRuleInForce { .. } => "no_rule_in_force",
    }
}

const CODES: [&str; 51] = [
    "impossible_step",
    "role_not_allowed",
    "not_your_case",
    "not_for_this_kind",
    "unknown_agency",
    "unknown_area",
    "unknown_field",
    "conflict_of_interest",
    "same_agency",
    "nothing_to_assign",
    "date_in_future",
    "date_too_early",
    "outside_calendar",
    "online_not_registered",
    "ground_not_for_this_kind",
    "result_not_for_this_kind",
    "criteria_missing",
    "continuation_ground_missing",
    "withdrawal_undecided",
    "not_accepted",
    "not_a_duplicate",
    "not_above_the_first",
    "no_identity",
    "already_complex",
    "too_many_extensions",
    "extension_length",
    "limit_passed",
    "no_withdrawal_requested",
    "withdrawal_already_requested",
    "grounds_to_continue",
    "too_many_transfers",
    "representatives_missing",
    "too_many_representatives",
    "group_papers_missing",
    "nothing_to_divide",
    "same_kind",
    "own_duplicate",
    "dialogue_too_soon",
    "no_dialogue",
    "dialogue_not_yet",
    "dialogue_missing",
    "second_complaint_too_late",
    "already_followed",
    "no_further_instance",
    "not_decided_nor_overdue",
    "not_overdue",
    "no_lawful_superior",
    "nothing_owed",
    "not_in_effect",
    "too_many",
    "no_rule_in_force",
];

#[test]
fn each_attempt_is_refused_for_its_reason_and_changes_nothing() {
    for (expected, mut file, when, actor, command) in all() {
        let refused = file.refused(when, &actor, command.clone());
        assert_eq!(refused.code(), expected, "{command:?} by {actor:?}");
        assert_eq!(refused.code(), code(&refused));
    }
}

/// A rule that was in the data when the case was accepted, and no longer is.
fn without_the_rule() -> Refusal {
    let file = accepted(Kind::Complaint);
    let world = World { rules: RuleBook::from_files([]).unwrap(), ..World::with_policies(Vec::new()) };
    let actor = head(WARD);
    match transition(file.case.as_ref(), &complex(ONE), &world.context(at(NOW), &actor)) {
        Err(TransitionError::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

/// Two petitions that end as each other's duplicate would leave nobody to handle them.
#[test]
fn a_duplicate_is_of_a_case_that_somebody_handles() {
    let here = registered(Kind::Complaint);
    let mut there = registered(Kind::Complaint);
    assert_eq!(there.case().take_in(here.case()), Ok(()));
    let other_kind = registered(Kind::Feedback);
    assert_eq!(other_kind.case().take_in(here.case()), Err(Refusal::NotADuplicate));
    there.own(NOW, Command::LinkDuplicate { of: "another".into(), document: None });
    assert_eq!(there.case().take_in(here.case()), Err(Refusal::NotADuplicate));
}

#[test]
fn every_refusal_is_reached_by_an_attempt() {
    let mut reached: BTreeSet<&str> = BTreeSet::from([without_the_rule().code(), Refusal::NotADuplicate.code()]);
    reached.extend(all().map(|(expected, ..)| expected));
    assert_eq!(reached, BTreeSet::from(CODES));
    assert_eq!(reached, Refusal::CODES.iter().copied().collect());
}

#[test]
fn an_impossible_step_says_what_is_possible_instead() {
    let refused = registered(Kind::Complaint).own_refused(NOW, Command::Resume { document: None });
    let expected = [
        "accept",
        "refuse",
        "guide",
        "assign",
        "transfer",
        "file",
        "use_for_inspection",
        "refer",
        "link_duplicate",
        "divide",
        "withdraw",
        "withdraw_part",
        "terminate",
    ];
    assert_eq!(
        refused,
        Refusal::ImpossibleStep { stage: "registered", command: "resume", possible: expected.to_vec() }
    );
    assert_eq!(refused.to_string(), "resume is impossible in stage registered");
}

#[test]
fn a_stranger_learns_nothing_of_the_stage() {
    for mut file in [registered(Kind::Denunciation), accepted(Kind::Denunciation)] {
        for actor in [head(COMMUNE), head("chair"), reception(WARD), official(WARD, &Role::ALL[5..])] {
            assert_eq!(file.refused(NOW, &actor, Command::Correct { document: None }), Refusal::NotYourCase);
        }
    }
}

#[test]
fn grounds_and_results_fit_exactly_the_kinds_that_the_law_knows_them_for() {
    use RefusalGround::*;
    for ground in [
        InternalAct,
        SuperiorDirection,
        LegalNorm,
        StateSecret,
        NotAffected,
        UnlawfulRepresentative,
        TimeExpired,
        SecondDecisionExists,
        NotContinued,
        Court,
    ] {
        assert_eq!(Kind::ALL.map(|kind| ground.fits(kind)), [true, false, false], "Art. 11: {ground:?}");
    }
    for ground in [NotInForm, NoGrounds, ResolvedComplaint] {
        assert_eq!(Kind::ALL.map(|kind| ground.fits(kind)), [false, true, false], "Art. 25, 29: {ground:?}");
    }
    for ground in [NoCapacity, NoSignature] {
        assert_eq!(Kind::ALL.map(|kind| ground.fits(kind)), [true, true, false], "{ground:?}");
    }
    for result in [ResultCode::Founded, ResultCode::PartlyFounded, ResultCode::Unfounded] {
        assert_eq!(Kind::ALL.map(|kind| result.fits(kind, Instance::First)), [true, true, false]);
        assert_eq!(Kind::ALL.map(|kind| result.fits(kind, Instance::Second)), [false, true, false]);
    }
    for result in [ResultCode::Upheld, ResultCode::Overturned] {
        assert_eq!(Kind::ALL.map(|kind| result.fits(kind, Instance::First)), [false; 3], "form 01/KQGQ 23, 24");
        assert_eq!(Kind::ALL.map(|kind| result.fits(kind, Instance::Second)), [true, false, false]);
    }
    assert_eq!(Kind::ALL.map(|kind| ResultCode::Answered.fits(kind, Instance::First)), [false, false, true]);
}

#[test]
fn a_closed_case_knows_no_step_but_the_correction_of_a_resolution() {
    let mut refused = registered(Kind::Complaint);
    refused.own(NOW, Command::Refuse { ground: RefusalGround::Court, document: None });
    let mut terminated = accepted(Kind::Complaint);
    terminated.own(NOW, terminate(TerminationGround::Death));
    for mut file in [refused, terminated] {
        assert!(matches!(file.case().stage, Stage::Refused { .. } | Stage::Terminated { .. }));
        for command in [
            accept(),
            Command::Correct { document: None },
            transfer(COMMUNE),
            Command::Guide { to: donthu_domain::CompetentBody::Court, document: None },
            complex(ONE),
        ] {
            let refused = file.own_refused(NOW, command);
            assert!(matches!(refused, Refusal::ImpossibleStep { .. }), "{refused}");
        }
    }
}

#[test]
fn a_denunciation_of_nobody_in_particular_may_name_nobody() {
    let anonymous = Petition { against: Against::nobody(), area: None, field: None, ..petition(Kind::Denunciation) };
    let file = File::submitted(World::shared(), NOW, anonymous);
    assert_eq!(file.case().agency.as_ref().unwrap().as_str(), BOARD);
}
