//! Attempts that the law refuses, by the stage of the case, each with the code of its refusal.

use donthu_domain::{
    Actor, AgencyId, Channel, Command, ComplexityCriterion, ContinuationGround, DialogueOutcome, FilingGround, Group,
    Kind, Opening, Petition, Position, RefusalGround, ResultCode, Role, Sending, SuspensionGround, TerminationGround,
};
use jiff::civil::date;

use super::NOW;
use crate::common::{
    BOARD, BUILDING, COMMUNE, FINANCE, File, WARD, World, against, document, head, official, petition, reception,
};

fn empty() -> File<'static> {
    File::new(World::shared())
}

fn waiting(kind: Kind) -> File<'static> {
    File::submitted(World::shared(), "2026-09-07 09:00", petition(kind))
}

pub fn registered(kind: Kind) -> File<'static> {
    File::registered(World::shared(), "2026-09-07 09:00", petition(kind))
}

pub fn accepted(kind: Kind) -> File<'static> {
    File::accepted(World::shared(), "2026-09-07 09:00", petition(kind))
}

fn register(petition: Petition, channel: Channel, received_on: jiff::civil::Date) -> Command {
    Command::Register { petition, channel, received_on }
}

fn extend(days: u16, criteria: &[ComplexityCriterion]) -> Command {
    Command::Extend { days, criteria: criteria.to_vec(), document: document("1/QĐ", date(2026, 9, 8)) }
}

pub fn complex(criteria: &[ComplexityCriterion]) -> Command {
    Command::FindComplex { criteria: criteria.to_vec(), document: document("1/BC", date(2026, 9, 8)) }
}

pub fn terminate(ground: TerminationGround) -> Command {
    Command::Terminate { ground, no_ground_to_continue: false, withdrawal: None, document: None }
}

pub fn transfer(to: &str) -> Command {
    Command::Transfer { to: to.into(), document: None }
}

pub fn accept() -> Command {
    Command::Accept { group_papers: false, document: None }
}

pub const ONE: &[ComplexityCriterion] = &[ComplexityCriterion::ManyPeople];

/// A file, who acts, and what is refused with which code.
pub type Attempt = (&'static str, File<'static>, &'static str, Actor, Command);

fn submissions() -> Vec<Attempt> {
    let plain = || petition(Kind::Complaint);
    let today = date(2026, 9, 8);
    let (citizen, board) = (Actor::Citizen, reception(BOARD));
    let unknown_agency = Petition { against: against("so-khong-co", Position::Head), ..plain() };
    let unknown_area = Petition { area: Some("99999".into()), ..plain() };
    let unknown_field = Petition { field: Some("astrology".into()), ..plain() };
    vec![
        ("unknown_agency", empty(), NOW, citizen.clone(), Command::Submit(unknown_agency.clone())),
        ("unknown_agency", empty(), NOW, board.clone(), register(unknown_agency, Channel::Post, today)),
        ("unknown_area", empty(), NOW, citizen.clone(), Command::Submit(unknown_area)),
        ("unknown_field", empty(), NOW, citizen.clone(), Command::Submit(unknown_field)),
        ("outside_calendar", empty(), "2100-01-01 09:00", citizen.clone(), Command::Submit(plain())),
        ("outside_calendar", empty(), "2011-12-31 09:00", citizen.clone(), Command::Submit(plain())),
        ("outside_calendar", empty(), NOW, board.clone(), register(plain(), Channel::Post, date(2011, 12, 31))),
        ("online_not_registered", empty(), NOW, board.clone(), register(plain(), Channel::Online, today)),
        ("date_in_future", empty(), NOW, board.clone(), register(plain(), Channel::Post, date(2026, 9, 9))),
        ("role_not_allowed", empty(), NOW, citizen.clone(), register(plain(), Channel::Post, today)),
        ("role_not_allowed", empty(), NOW, board.clone(), Command::Submit(plain())),
        ("role_not_allowed", empty(), NOW, Actor::System, Command::Submit(plain())),
        ("role_not_allowed", empty(), NOW, official(BOARD, &[Role::Handler]), register(plain(), Channel::Post, today)),
        ("impossible_step", empty(), NOW, head(WARD), accept()),
        ("impossible_step", empty(), NOW, Actor::System, Command::Tick),
        ("impossible_step", waiting(Kind::Complaint), NOW, citizen, Command::Submit(plain())),
        ("not_your_case", waiting(Kind::Complaint), NOW, board, register(plain(), Channel::Post, today)),
        ("impossible_step", waiting(Kind::Complaint), NOW, reception(WARD), register(plain(), Channel::Post, today)),
    ]
}

fn before_acceptance() -> Vec<Attempt> {
    let (complaint, denunciation) = (Kind::Complaint, Kind::Denunciation);
    let formalise = |on| Command::Formalise { received_on: on };
    let refuse = |ground| Command::Refuse { ground, document: None };
    let assign =
        |agency: Option<&str>| Command::Assign { agency: agency.map(AgencyId::from), handler: None, denounced: None };
    let dated = |on| Command::Accept { group_papers: false, document: Some(document("3/TB", on)) };
    let handler = official(WARD, &[Role::Handler]);
    let denounced_head = Petition { against: against(COMMUNE, Position::Head), ..petition(denunciation) };
    let about_the_head = || File::registered(World::shared(), "2026-09-07 09:00", denounced_head.clone());
    let mut much_moved = registered(complaint);
    for turn in 0..20 {
        much_moved.own(NOW, transfer(if turn % 2 == 0 { FINANCE } else { BUILDING }));
    }
    vec![
        ("date_too_early", waiting(complaint), NOW, reception(WARD), formalise(date(2026, 9, 6))),
        ("date_in_future", waiting(complaint), NOW, reception(WARD), formalise(date(2026, 9, 9))),
        ("role_not_allowed", waiting(complaint), NOW, handler.clone(), formalise(date(2026, 9, 8))),
        ("impossible_step", registered(complaint), NOW, reception(WARD), formalise(date(2026, 9, 8))),
        ("impossible_step", waiting(complaint), NOW, head(WARD), accept()),
        ("impossible_step", registered(complaint), NOW, Actor::System, Command::Route),
        ("role_not_allowed", registered(complaint), NOW, head(WARD), Command::Route),
        ("role_not_allowed", registered(complaint), NOW, head(WARD), Command::Tick),
        ("not_your_case", registered(complaint), NOW, head(COMMUNE), accept()),
        ("not_your_case", registered(complaint), NOW, head("chair"), accept()),
        ("not_your_case", registered(complaint), NOW, Actor::Citizen, accept()),
        ("not_your_case", registered(complaint), NOW, Actor::System, accept()),
        ("role_not_allowed", registered(complaint), NOW, reception(WARD), accept()),
        ("not_your_case", registered(denunciation), NOW, handler, accept()),
        ("date_in_future", registered(complaint), NOW, head(WARD), dated(date(2026, 9, 9))),
        ("date_too_early", registered(complaint), NOW, head(WARD), dated(date(2026, 9, 6))),
        ("ground_not_for_this_kind", registered(complaint), NOW, head(WARD), refuse(RefusalGround::NotInForm)),
        ("ground_not_for_this_kind", registered(denunciation), NOW, head(WARD), refuse(RefusalGround::Court)),
        ("not_for_this_kind", registered(Kind::Feedback), NOW, head(WARD), refuse(RefusalGround::Court)),
        (
            "not_for_this_kind",
            registered(denunciation),
            NOW,
            head(WARD),
            Command::Guide { to: donthu_domain::CompetentBody::Court, document: None },
        ),
        (
            "not_for_this_kind",
            registered(Kind::Feedback),
            NOW,
            head(WARD),
            Command::Guide { to: donthu_domain::CompetentBody::Court, document: None },
        ),
        ("unknown_agency", registered(complaint), NOW, head(WARD), transfer("so-khong-co")),
        ("unknown_agency", registered(complaint), NOW, head(WARD), transfer(AgencyId::EXTERNAL)),
        ("same_agency", registered(complaint), NOW, head(WARD), transfer(WARD)),
        ("too_many_transfers", much_moved, NOW, head(FINANCE_OR_BUILDING), transfer(WARD)),
        ("conflict_of_interest", about_the_head(), NOW, head("chair"), transfer(COMMUNE)),
        ("conflict_of_interest", about_the_head(), NOW, head("chair"), assign(Some(COMMUNE))),
        ("nothing_to_assign", registered(complaint), NOW, head(WARD), assign(None)),
        ("impossible_step", accepted(complaint), NOW, head(WARD), assign(Some(COMMUNE))),
        ("not_accepted", registered(complaint), NOW, head(WARD), terminate(TerminationGround::Death)),
        ("no_withdrawal_requested", registered(complaint), NOW, head(WARD), terminate(TerminationGround::Withdrawal)),
    ]
}

/// After an even number of moves the case is with the second of the two.
const FINANCE_OR_BUILDING: &str = BUILDING;

fn after_acceptance() -> Vec<Attempt> {
    let (complaint, denunciation, feedback) = (Kind::Complaint, Kind::Denunciation, Kind::Feedback);
    let resolve = |result| Command::Resolve { result, document: None };
    let suspend = |ground| Command::Suspend { ground, document: None };
    let mut complex_already = accepted(complaint);
    complex_already.own(NOW, complex(ONE));
    let mut extended = accepted(denunciation);
    extended.own(NOW, extend(30, ONE));
    let withdrawn = |kind| {
        let mut file = accepted(kind);
        file.act("2026-09-08 08:00", &Actor::Citizen, Command::Withdraw);
        file
    };
    let mut resolved = accepted(complaint);
    resolved.own("2026-09-08 08:00", resolve(ResultCode::Founded));
    vec![
        ("not_for_this_kind", accepted(denunciation), NOW, head(WARD), complex(ONE)),
        ("criteria_missing", accepted(complaint), NOW, head(WARD), complex(&[])),
        ("already_complex", complex_already, NOW, head(WARD), complex(ONE)),
        ("limit_passed", accepted(complaint), "2026-10-08 00:00", head(WARD), complex(ONE)),
        ("not_for_this_kind", accepted(complaint), NOW, head(WARD), extend(30, ONE)),
        ("criteria_missing", accepted(denunciation), NOW, head(WARD), extend(30, &[])),
        ("extension_length", accepted(denunciation), NOW, head(WARD), extend(0, ONE)),
        ("extension_length", accepted(denunciation), NOW, head(WARD), extend(31, ONE)),
        ("limit_passed", accepted(denunciation), "2026-10-08 00:00", head(WARD), extend(30, ONE)),
        ("too_many_extensions", extended, NOW, head(WARD), extend(30, &[ONE[0], ONE[0]])),
        ("not_for_this_kind", accepted(feedback), NOW, head(WARD), suspend(SuspensionGround::AwaitsOtherBody)),
        ("ground_not_for_this_kind", accepted(complaint), NOW, head(WARD), suspend(SuspensionGround::AwaitsExpertise)),
        ("ground_not_for_this_kind", accepted(denunciation), NOW, head(WARD), suspend(SuspensionGround::ForceMajeure)),
        ("impossible_step", accepted(complaint), NOW, head(WARD), Command::Resume { document: None }),
        ("result_not_for_this_kind", accepted(feedback), NOW, head(WARD), resolve(ResultCode::Founded)),
        ("result_not_for_this_kind", accepted(complaint), NOW, head(WARD), resolve(ResultCode::Answered)),
        (
            "ground_not_for_this_kind",
            accepted(denunciation),
            NOW,
            head(WARD),
            terminate(TerminationGround::Dissolution),
        ),
        ("no_withdrawal_requested", accepted(complaint), NOW, head(WARD), terminate(TerminationGround::Withdrawal)),
        ("withdrawal_undecided", withdrawn(denunciation), NOW, head(WARD), resolve(ResultCode::Founded)),
        (
            "continuation_ground_missing",
            withdrawn(denunciation),
            NOW,
            head(WARD),
            Command::ContinueWithdrawn { grounds: Vec::new(), document: None },
        ),
        ("grounds_to_continue", withdrawn(denunciation), NOW, head(WARD), terminate(TerminationGround::Withdrawal)),
        ("withdrawal_already_requested", withdrawn(complaint), NOW, Actor::Citizen, Command::Withdraw),
        ("impossible_step", withdrawn(feedback), NOW, Actor::Citizen, Command::Withdraw),
        ("impossible_step", resolved, NOW, Actor::Citizen, Command::Withdraw),
        ("role_not_allowed", accepted(complaint), NOW, head(WARD), Command::Withdraw),
        (
            "role_not_allowed",
            accepted(complaint),
            NOW,
            official(WARD, &[Role::Handler]),
            Command::Correct { document: None },
        ),
        ("impossible_step", accepted(complaint), NOW, head(WARD), Command::Correct { document: None }),
        ("impossible_step", accepted(complaint), NOW, head(WARD), transfer(COMMUNE)),
    ]
}

/// The steps beside the main way.
fn beside() -> Vec<Attempt> {
    let (complaint, denunciation, feedback) = (Kind::Complaint, Kind::Denunciation, Kind::Feedback);
    let letter = || document("1/CV", date(2026, 9, 8));
    let part = |id: &str, kind| Petition { id: id.into(), ..petition(kind) };
    let divide = |parts: &[Kind]| {
        let parts = parts.iter().enumerate().map(|(index, kind)| part(&format!("part-{index}"), *kind)).collect();
        Command::Divide { parts, document: None }
    };
    let group = |people, representatives| Petition {
        group: Some(Group { people, representatives }),
        ..petition(Kind::Complaint)
    };
    let of_a_group = File::registered(World::shared(), "2026-09-07 09:00", group(6, 2));
    let call = |on| Command::CallDialogue { on, document: None };
    let record = || Command::RecordDialogue { outcome: DialogueOutcome::Held, document: None };
    let called_before = {
        let mut file = accepted(complaint);
        file.own(NOW, call(date(2026, 9, 14)));
        file
    };
    let mut much_talked = accepted(complaint);
    for _ in 0..20 {
        much_talked.own(NOW, call(date(2026, 9, 14)));
        much_talked.own("2026-09-14 09:00", record());
    }
    let resolved = || {
        let mut file = accepted(complaint);
        file.own(NOW, Command::Resolve { result: ResultCode::Unfounded, document: None });
        file.own(NOW, Command::Dispatch { what: Sending::Decision, document: None });
        file
    };
    let appeal = || Command::Appeal { opening: opening("second"), good_reason: false, received_on: None };
    let mut appealed = resolved();
    appealed.act("2026-09-09 09:00", &Actor::Citizen, appeal());
    let second = || {
        let mut first = resolved();
        let opened = first.act("2026-09-09 09:00", &head("chair"), appeal()).opened;
        let mut file = File::new(World::shared());
        file.case = Some(opened.into_iter().next().unwrap().after);
        file.own("2026-09-10 09:00", accept());
        file
    };
    let second_registered = || {
        let opened = resolved().act("2026-09-09 09:00", &head("chair"), appeal()).opened;
        File { case: Some(opened.into_iter().next().unwrap().after), ..File::new(World::shared()) }
    };
    let mut decided_twice = second();
    decided_twice.own("2026-09-10 10:00", call(date(2026, 9, 15)));
    decided_twice.own("2026-09-15 10:00", record());
    decided_twice.own("2026-09-16 10:00", Command::Resolve { result: ResultCode::Upheld, document: None });
    let late = "2026-12-01 09:00";
    let at_the_chair = Petition { against: against("chair", Position::Staff), ..petition(denunciation) };
    let at_the_chair = File::accepted(World::shared(), "2026-09-07 09:00", at_the_chair);
    vec![
        ("representatives_missing", empty(), NOW, Actor::Citizen, Command::Submit(group(2, 0))),
        ("too_many_representatives", empty(), NOW, Actor::Citizen, Command::Submit(group(9, 3))),
        ("too_many_representatives", empty(), NOW, Actor::Citizen, Command::Submit(group(11, 6))),
        ("group_papers_missing", of_a_group, NOW, head(WARD), accept()),
        ("not_for_this_kind", registered(complaint), NOW, head(WARD), Command::UseForInspection { document: None }),
        ("not_for_this_kind", registered(feedback), NOW, head(WARD), Command::Refer { document: letter() }),
        (
            "ground_not_for_this_kind",
            registered(complaint),
            NOW,
            head(WARD),
            Command::File { ground: FilingGround::AnonymousWithoutEvidence, document: None },
        ),
        (
            "impossible_step",
            accepted(complaint),
            NOW,
            head(WARD),
            Command::File { ground: FilingGround::Illegible, document: None },
        ),
        (
            "own_duplicate",
            registered(complaint),
            NOW,
            head(WARD),
            Command::LinkDuplicate { of: petition(complaint).id, document: None },
        ),
        ("nothing_to_divide", registered(complaint), NOW, head(WARD), divide(&[])),
        ("same_kind", registered(complaint), NOW, head(WARD), divide(&[complaint])),
        ("too_many", registered(complaint), NOW, head(WARD), divide(&[denunciation; 11])),
        ("dialogue_too_soon", accepted(complaint), NOW, head(WARD), call(date(2026, 9, 12))),
        ("not_for_this_kind", accepted(denunciation), NOW, head(WARD), call(date(2026, 9, 14))),
        ("dialogue_not_yet", called_before, "2026-09-13 23:59", head(WARD), record()),
        ("no_dialogue", accepted(complaint), NOW, head(WARD), record()),
        ("too_many", much_talked, "2026-09-15 09:00", head(WARD), call(date(2026, 9, 30))),
        (
            "dialogue_missing",
            second(),
            "2026-09-11 09:00",
            head("chair"),
            Command::Resolve { result: ResultCode::Overturned, document: None },
        ),
        ("second_complaint_too_late", resolved(), late, Actor::Citizen, appeal()),
        ("already_followed", appealed, "2026-09-10 09:00", Actor::Citizen, appeal()),
        ("not_decided_nor_overdue", accepted(complaint), NOW, Actor::Citizen, appeal()),
        ("no_further_instance", decided_twice, "2026-09-17 09:00", Actor::Citizen, appeal()),
        ("not_your_case", resolved(), NOW, head(COMMUNE), appeal()),
        ("no_identity", anonymous(), NOW, official(WARD, &[Role::IdentityCustodian]), disclose()),
        ("not_your_case", accepted(complaint), NOW, official(WARD, &[Role::IdentityCustodian, Role::Head]), disclose()),
        ("role_not_allowed", accepted(complaint), NOW, official(WARD, &[Role::Statistician]), disclose()),
        ("not_your_case", accepted(denunciation), NOW, official(WARD, &[Role::IdentityCustodian]), disclose()),
        ("not_above_the_first", second_registered(), "2026-09-10 09:00", head("chair"), transfer(WARD)),
        ("not_above_the_first", second_registered(), "2026-09-10 09:00", head("chair"), transfer(FINANCE)),
        (
            "not_for_this_kind",
            resolved(),
            NOW,
            Actor::Citizen,
            Command::Continue { opening: opening("further"), received_on: None },
        ),
        ("not_overdue", accepted(denunciation), NOW, Actor::Citizen, Command::ReportOverdue),
        ("not_for_this_kind", accepted(complaint), NOW, Actor::Citizen, Command::ReportOverdue),
        ("no_lawful_superior", at_the_chair, late, Actor::Citizen, Command::ReportOverdue),
        ("not_your_case", accepted(denunciation), NOW, head("chair"), Command::DemandReport { document: None }),
        ("nothing_owed", accepted(denunciation), NOW, head(WARD), Command::AnswerDemand { document: None }),
        (
            "nothing_owed",
            accepted(complaint),
            NOW,
            head(WARD),
            Command::Dispatch { what: Sending::Decision, document: None },
        ),
        ("nothing_owed", resolved(), NOW, head(WARD), Command::Publish { document: None }),
        ("not_in_effect", resolved(), NOW, head(WARD), Command::Enforce { document: letter() }),
        (
            "no_withdrawal_requested",
            accepted(denunciation),
            NOW,
            head(WARD),
            Command::ContinueWithdrawn { grounds: vec![ContinuationGround::Coerced], document: None },
        ),
    ]
}

fn anonymous() -> File<'static> {
    let contact = donthu_domain::Contact { anonymous: true, ..petition(Kind::Feedback).contact };
    File::registered(World::shared(), "2026-09-07 09:00", Petition { contact, ..petition(Kind::Feedback) })
}

fn disclose() -> Command {
    Command::DiscloseIdentity { to: "somebody".into(), reason: donthu_domain::DisclosureReason::Invitation }
}

fn opening(id: &str) -> Opening {
    Opening { id: id.into(), number: id.to_owned() }
}

pub fn all() -> impl Iterator<Item = Attempt> {
    submissions().into_iter().chain(before_acceptance()).chain(after_acceptance()).chain(beside())
}
