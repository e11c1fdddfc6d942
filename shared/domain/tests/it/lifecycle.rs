//! A case's life, one story per kind and per command, as a lawyer would tell it.

use donthu_domain::{
    Actor, Case, Command, ComplexityCriterion, Duty, Event, Kind, NoticeMilestone, RefusalGround, ResultCode, Stage,
    SuspensionGround, TerminationGround, Verdict, evolve,
};
use jiff::civil::date;

use crate::common::{
    BOARD, COMMUNE, File, WARD, World, document, head, notices, official, petition, policy, reception,
};

fn resolve(result: ResultCode) -> Command {
    Command::Resolve { result, document: None }
}

fn accepted(kind: Kind) -> File<'static> {
    File::accepted(World::shared(), "2026-09-07 09:00", petition(kind))
}

fn citizen(milestone: NoticeMilestone) -> (NoticeMilestone, String) {
    (milestone, "citizen".to_owned())
}

fn verdict(file: &File<'_>, rule: &str) -> Verdict {
    file.obligation(rule).closed.unwrap().verdict
}

/// What is stored is what was decided: through JSON, and folded from the journal.
fn kept(file: &File<'_>) {
    let text = serde_json::to_string(file.case()).unwrap();
    assert_eq!(&serde_json::from_str::<Case>(&text).unwrap(), file.case());
    let mut folded = None;
    for transition in &file.journal {
        for event in &transition.events {
            let text = serde_json::to_string(event).unwrap();
            let read: Event = serde_json::from_str(&text).unwrap();
            assert_eq!(&read, event);
            folded = Some(evolve(folded, &read).unwrap());
        }
    }
    let folded = Case { version: file.case().version, step: file.case().step, ..folded.unwrap() };
    assert_eq!(&folded, file.case());
}

#[test]
fn an_online_complaint_waits_for_a_signature_then_is_accepted_and_decided() {
    let mut file = File::new(World::shared());
    let done = file.act("2026-11-16 20:00", &Actor::Citizen, Command::Submit(petition(Kind::Complaint)));
    assert_eq!((file.case().version, file.case().step), (1, 1));
    assert_eq!((&file.case().stage, notices(&done)), (&Stage::Received, vec![]));
    let done = file.act("2026-11-16 20:01", &Actor::System, Command::Route);
    assert_eq!(file.case().stage, Stage::AwaitingFormalisation, "Law on Complaints Art. 8 and 11");
    assert_eq!(file.case().received_on, None);
    assert_eq!(notices(&done), [(NoticeMilestone::Assigned, WARD.to_owned()), citizen(NoticeMilestone::Changed)]);
    let done = file.act("2026-11-18 09:00", &reception(WARD), Command::Formalise { received_on: date(2026, 11, 17) });
    assert_eq!(file.case().received_on, Some(date(2026, 11, 17)), "the legal receipt date");
    assert_eq!(notices(&done), [citizen(NoticeMilestone::Changed)]);
    file.own(
        "2026-11-20 09:00",
        Command::Accept { group_papers: false, document: Some(document("3/TB-UBND", date(2026, 11, 19))) },
    );
    assert_eq!(file.owed(), ["C-R1"]);
    assert_eq!(file.obligation("C-R1").started_on, date(2026, 11, 20), "the day recorded, not the document's");
    let done = file.own("2026-12-21 17:00", resolve(ResultCode::PartlyFounded));
    assert_eq!(notices(&done), [citizen(NoticeMilestone::Changed)]);
    let Stage::Resolved { resolution, acceptance } = &file.case().stage else { panic!("{:?}", file.case().stage) };
    assert!(resolution.on_time, "due on Monday 21 December");
    assert_eq!((resolution.on, acceptance.on), (date(2026, 12, 21), date(2026, 11, 20)));
    assert_eq!(file.case().version, 5);
    kept(&file);
}

#[test]
fn a_denunciation_on_paper_is_examined_extended_and_concluded() {
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Denunciation));
    assert_eq!(file.case().stage, Stage::Registered, "signed at the counter");
    assert_eq!(file.case().version, 1);
    file.own("2026-09-08 09:00", Command::Assign { agency: None, handler: Some("c21025-7".into()), denounced: None });
    file.own("2026-09-16 09:00", Command::Accept { group_papers: false, document: None });
    assert_eq!((verdict(&file, "D-INI"), verdict(&file, "P1")), (Verdict::OnTime, Verdict::OnTime));
    let handler =
        Actor::Official { subject: "c21025-7".into(), agency: WARD.into(), roles: vec![donthu_domain::Role::Handler] };
    let decision = document("9/QĐ-UBND", date(2026, 10, 1));
    let criteria = vec![ComplexityCriterion::ForeignElement];
    file.act("2026-10-01 09:00", &handler, Command::Extend { days: 15, criteria, document: decision });
    assert_eq!(file.due("D-R"), date(2026, 11, 2), "16 October and 15 days: Saturday 31, so Monday 2 November");
    let done = file.act("2026-11-03 09:00", &handler, resolve(ResultCode::Founded));
    assert!(done.events.iter().any(|e| matches!(e, Event::Resolved { on_time: false, .. })), "a day late");
    kept(&file);
}

#[test]
fn feedback_needs_no_signature_and_is_answered() {
    let mut file = File::submitted(World::shared(), "2026-09-07 09:00", petition(Kind::Feedback));
    assert_eq!(file.case().stage, Stage::Registered);
    assert_eq!(file.case().received_on, Some(date(2026, 9, 7)));
    file.own("2026-09-08 09:00", Command::Accept { group_papers: false, document: None });
    assert_eq!(file.owed(), ["K-SLA"], "it runs from receipt");
    file.own("2026-09-28 09:00", resolve(ResultCode::Answered));
    assert_eq!(verdict(&file, "K-SLA"), Verdict::OnTime);
    kept(&file);
}

#[test]
fn whether_an_online_petition_waits_is_the_provinces_policy_on_the_day_it_came_in() {
    let switched = World::with_policies(vec![
        policy("formalisation.complaint", "required", date(2012, 7, 1)),
        policy("formalisation.complaint", "not_required", date(2026, 9, 8)),
        policy("formalisation.feedback", "required", date(2026, 9, 8)),
    ]);
    let stage = |when: &str, kind| File::submitted(&switched, when, petition(kind)).case().stage.clone();
    assert_eq!(stage("2026-09-07 23:59", Kind::Complaint), Stage::AwaitingFormalisation);
    assert_eq!(stage("2026-09-08 00:00", Kind::Complaint), Stage::Registered);
    assert_eq!(
        stage("2026-09-08 00:00", Kind::Denunciation),
        Stage::AwaitingFormalisation,
        "no policy: the cautious reading"
    );
    assert_eq!(stage("2026-09-07 23:59", Kind::Feedback), Stage::Registered);
    assert_eq!(stage("2026-09-08 00:00", Kind::Feedback), Stage::AwaitingFormalisation);

    let mut file = File::new(&switched);
    file.act("2026-09-07 23:59", &Actor::Citizen, Command::Submit(petition(Kind::Complaint)));
    file.act("2026-09-09 09:00", &Actor::System, Command::Route);
    assert_eq!(file.case().stage, Stage::AwaitingFormalisation, "routed late, judged by its day");
}

#[test]
fn a_petition_routed_late_has_the_limits_of_the_day_it_came_in() {
    let mut file = File::new(World::shared());
    file.act("2026-09-07 23:59", &Actor::Citizen, Command::Submit(petition(Kind::Feedback)));
    file.act("2026-09-09 09:00", &Actor::System, Command::Route);
    assert_eq!((file.case().received_on, file.due("P1")), (Some(date(2026, 9, 7)), date(2026, 9, 17)));
}

#[test]
fn a_refused_complaint_is_closed_with_its_ground_and_its_verdicts() {
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    let done = file.own("2026-09-17 09:00", Command::Refuse { ground: RefusalGround::TimeExpired, document: None });
    assert_eq!(file.case().stage, Stage::Refused { ground: RefusalGround::TimeExpired, on: date(2026, 9, 17) });
    assert_eq!((verdict(&file, "C-ACC"), verdict(&file, "C-ACC-LAW")), (Verdict::Late, Verdict::OnTime));
    assert!(file.owed().is_empty() && file.case().next_milestone_at().is_none());
    assert_eq!(notices(&done), [citizen(NoticeMilestone::Changed)]);
    kept(&file);
}

#[test]
fn a_guided_complaint_is_processed_and_the_promise_for_filed_feedback_is_lifted() {
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    file.own("2026-09-10 09:00", Command::Guide { to: donthu_domain::CompetentBody::Court, document: None });
    assert_eq!(file.case().stage, Stage::Guided { to: donthu_domain::CompetentBody::Court, on: date(2026, 9, 10) });
    assert_eq!(verdict(&file, "P1"), Verdict::OnTime);
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Feedback));
    file.own("2026-09-10 09:00", Command::File { ground: donthu_domain::FilingGround::Illegible, document: None });
    assert_eq!(verdict(&file, "K-SLA"), Verdict::Lifted, "neither kept nor missed");
    kept(&file);
}

#[test]
fn a_transfer_moves_the_case_and_no_limit() {
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Denunciation));
    file.own("2026-09-08 09:00", Command::Assign { agency: None, handler: Some("c21025-7".into()), denounced: None });
    let before: Vec<_> = file.case().obligations.clone();
    let done = file.own("2026-09-15 09:00", Command::Transfer { to: COMMUNE.into(), document: None });
    assert_eq!(file.case().agency.as_ref().unwrap().as_str(), COMMUNE);
    assert_eq!((file.case().handler.as_ref(), file.case().transfers), (None, 1));
    assert_eq!(file.case().obligations[..before.len()], before);
    assert_eq!(notices(&done), [(NoticeMilestone::Assigned, COMMUNE.to_owned()), citizen(NoticeMilestone::Changed)]);
    let transfers = |file: &File<'_>| file.case().obligations.iter().filter(|o| o.duty == Duty::Transfer).count();
    assert_eq!(verdict(&file, "D-TRF"), Verdict::Late, "five working days ended on 14 September (Art. 26)");
    file.own("2026-09-16 09:00", Command::Transfer { to: BOARD.into(), document: None });
    assert_eq!(transfers(&file), 1, "only the first agency that is not competent owes it");
    kept(&file);

    let mut complaint = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    complaint.own("2026-09-08 09:00", Command::Transfer { to: COMMUNE.into(), document: None });
    assert_eq!(transfers(&complaint), 0, "Art. 26 is of the Law on Denunciations");
}

#[test]
fn the_board_gives_a_petition_from_its_queue_to_an_agency_and_a_handler() {
    let unclear = donthu_domain::Petition { against: donthu_domain::Against::nobody(), ..petition(Kind::Complaint) };
    let mut file = File::submitted(World::shared(), "2026-09-07 09:00", unclear);
    assert_eq!(file.case().agency.as_ref().unwrap().as_str(), BOARD);
    let assign = Command::Assign { agency: Some(COMMUNE.into()), handler: Some("c21034-3".into()), denounced: None };
    file.act("2026-09-08 09:00", &reception(BOARD), assign);
    assert_eq!(file.case().agency.as_ref().unwrap().as_str(), COMMUNE);
    assert_eq!(file.case().handler.as_ref().unwrap().as_str(), "c21034-3");
    kept(&file);
}

#[test]
fn a_suspended_case_waits_and_runs_on() {
    let mut file = accepted(Kind::Denunciation);
    let decision = Some(document("14a/QĐ", date(2026, 9, 10)));
    file.own("2026-09-10 09:00", Command::Suspend { ground: SuspensionGround::AwaitsExpertise, document: decision });
    assert!(matches!(&file.case().stage, Stage::Suspended { since, .. } if *since == date(2026, 9, 10)));
    assert_eq!(file.own_refused("2026-09-11 09:00", resolve(ResultCode::Founded)).code(), "impossible_step");
    kept(&file);
    file.own("2026-09-20 09:00", Command::Resume { document: None });
    assert!(matches!(&file.case().stage, Stage::Accepted { acceptance } if acceptance.on == date(2026, 9, 7)));
    assert_eq!(file.due("D-R"), date(2026, 10, 19), "7 October and ten days: Saturday 17, so Monday 19");
    file.own("2026-09-21 09:00", Command::Suspend { ground: SuspensionGround::AwaitsOtherBody, document: None });
    file.own("2026-09-26 09:00", Command::Resume { document: None });
    assert_eq!(file.due("D-R"), date(2026, 10, 22));
    assert_eq!(file.obligation("D-R").suspensions.len(), 2);
    kept(&file);
}

#[test]
fn feedback_and_what_was_not_received_are_withdrawn_at_once() {
    let mut early = File::submitted(World::shared(), "2026-09-07 09:00", petition(Kind::Denunciation));
    early.act("2026-09-07 10:00", &Actor::Citizen, Command::Withdraw);
    assert_eq!(early.case().stage, Stage::Withdrawn { on: date(2026, 9, 7) });
    assert!(early.owed().is_empty());
    let mut registered = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Feedback));
    registered.act("2026-09-07 10:00", &Actor::Citizen, Command::Withdraw);
    assert_eq!(registered.case().stage, Stage::Withdrawn { on: date(2026, 9, 7) });
    let mut running = accepted(Kind::Feedback);
    running.act("2026-09-08 10:00", &Actor::Citizen, Command::Withdraw);
    assert!(matches!(running.case().stage, Stage::Terminated { ground: TerminationGround::Withdrawal, .. }));
    kept(&running);
}

fn terminate(ground: TerminationGround, no_ground_to_continue: bool) -> Command {
    Command::Terminate { ground, no_ground_to_continue, withdrawal: None, document: None }
}

#[test]
fn a_complaint_ends_by_withdrawal_only_when_an_official_decides_so() {
    for registered_only in [true, false] {
        let mut file = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
        if !registered_only {
            file.own("2026-09-07 10:00", Command::Accept { group_papers: false, document: None });
        }
        let stage = file.case().stage.clone();
        file.act("2026-09-08 09:00", &Actor::Citizen, Command::Withdraw);
        assert_eq!(file.case().stage, stage, "Art. 10: over a signature");
        assert_eq!(file.case().withdrawal_requested_on, Some(date(2026, 9, 8)));
        file.own("2026-09-09 09:00", terminate(TerminationGround::Withdrawal, false));
        assert_eq!(file.case().stage.code(), if registered_only { "withdrawn" } else { "terminated" });
        kept(&file);
    }
}

#[test]
fn a_withdrawn_denunciation_goes_on_unless_no_ground_to_continue_applies() {
    let mut file = accepted(Kind::Denunciation);
    file.act("2026-09-08 09:00", &Actor::Citizen, Command::Withdraw);
    let refused = file.own_refused("2026-09-09 09:00", terminate(TerminationGround::Withdrawal, false));
    assert_eq!(refused.code(), "grounds_to_continue");
    assert!(refused.article(file.case().into()).unwrap().contains("Điều 33"));
    file.own("2026-09-09 09:00", terminate(TerminationGround::Withdrawal, true));
    assert!(matches!(file.case().stage, Stage::Terminated { .. }));
}

#[test]
fn a_suspended_case_can_be_withdrawn_and_terminated() {
    let mut file = accepted(Kind::Complaint);
    file.own("2026-09-10 09:00", Command::Suspend { ground: SuspensionGround::ForceMajeure, document: None });
    file.act("2026-09-11 09:00", &Actor::Citizen, Command::Withdraw);
    file.own("2026-09-12 09:00", terminate(TerminationGround::Withdrawal, false));
    assert_eq!(verdict(&file, "C-R1"), Verdict::Lifted);
    kept(&file);
}

#[test]
fn a_correction_keeps_the_due_date_and_a_second_resolution_notifies_again() {
    let mut file = accepted(Kind::Complaint);
    let owed = file.obligation("C-R1").clone();
    let first = notices(&file.own("2026-09-20 09:00", resolve(ResultCode::Founded)));
    let corrected = file.own("2026-11-20 09:00", Command::Correct { document: None });
    assert_eq!(notices(&corrected), [citizen(NoticeMilestone::Changed)]);
    assert_eq!(file.obligation("C-R1"), &owed, "as if it had never been closed");
    let second = file.own("2026-11-21 09:00", resolve(ResultCode::Unfounded));
    assert_eq!(notices(&second), first, "invariant 8: told again");
    assert!(second.events.iter().any(|e| matches!(e, Event::Resolved { on_time: false, .. })), "the limit stood");
    assert_eq!(file.case().resolutions, 2);
    kept(&file);
}

#[test]
fn a_back_dated_document_changes_no_verdict() {
    let mut file = accepted(Kind::Complaint);
    let decision = document("20/QĐ-UBND", date(2026, 10, 5));
    file.own("2026-10-09 09:00", Command::Resolve { result: ResultCode::Founded, document: Some(decision.clone()) });
    let Stage::Resolved { resolution, .. } = &file.case().stage else { panic!("{:?}", file.case().stage) };
    assert!(!resolution.on_time, "due on the 7th, recorded on the 9th");
    assert_eq!(resolution.document.as_ref(), Some(&decision), "its date is kept all the same");
}

#[test]
fn a_paper_petition_entered_late_has_the_limits_of_its_receipt() {
    let mut file = File::new(World::shared());
    let register = |received_on| Command::Register {
        petition: petition(Kind::Complaint),
        channel: donthu_domain::Channel::Post,
        received_on,
    };
    file.act("2026-09-21 09:00", &reception(BOARD), register(date(2026, 9, 7)));
    assert_eq!((file.due("P1"), file.due("P2")), (date(2026, 9, 17), date(2026, 10, 22)));
    assert_eq!(file.case().next_milestone_at().unwrap(), crate::common::at("2026-09-11 08:00"), "already behind");
}

#[test]
fn who_left_no_phone_number_gets_no_message() {
    let contact = donthu_domain::Contact { sms: false, ..petition(Kind::Complaint).contact };
    let mut file = File::new(World::shared());
    let silent = donthu_domain::Petition { contact, ..petition(Kind::Complaint) };
    file.act("2026-09-07 09:00", &Actor::Citizen, Command::Submit(silent));
    let done = file.act("2026-09-07 09:00", &Actor::System, Command::Route);
    assert_eq!(notices(&done), [(NoticeMilestone::Assigned, WARD.to_owned())]);
}

#[test]
fn a_handler_is_named_by_reception_or_head_and_an_inspector_decides_nothing() {
    let mut file = accepted(Kind::Complaint);
    let assign = Command::Assign { agency: None, handler: Some("c21025-2".into()), denounced: None };
    file.act("2026-09-08 09:00", &reception(WARD), assign.clone());
    file.act("2026-09-08 09:00", &head(WARD), assign.clone());
    use donthu_domain::Role::{Admin, IdentityCustodian, Inspector, Statistician};
    for role in [Inspector, IdentityCustodian, Statistician, Admin] {
        let refused = file.refused("2026-09-08 09:00", &official(WARD, &[role]), assign.clone()).code();
        assert!(["not_your_case", "role_not_allowed"].contains(&refused), "{role:?}: {refused}");
    }
}
