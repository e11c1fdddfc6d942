//! What a citizen can still do when an agency decides late, sends nothing or stops the clock; and who handles it then.

use donthu_domain::visibility::{Sight, sight};
use donthu_domain::{
    Actor, Channel, Command, Contact, DialogueOutcome, Form, Kind, Opening, Petition, Position, ResultCode, Role,
    Sending, Stage, SuspensionGround, TerminationGround, Verdict, time_to_appeal,
};
use jiff::civil::{Date, date};

use crate::common::{
    BOARD, BUILDING, CHAIR, COMMUNE, FINANCE, File, WARD, World, against, document, head, official, petition, reception,
};

fn accepted(kind: Kind) -> File<'static> {
    File::accepted(World::shared(), "2026-09-07 09:00", petition(kind))
}

fn resolve(result: ResultCode) -> Command {
    Command::Resolve { result, document: None }
}

fn appeal(received_on: Option<Date>) -> Command {
    let opening = Opening { id: "second".into(), number: "NUMBER-second".to_owned() };
    Command::Appeal { opening, good_reason: false, received_on }
}

fn carry_on() -> Command {
    let opening = Opening { id: "continued".into(), number: "NUMBER-continued".to_owned() };
    Command::Continue { opening, received_on: None }
}

fn time_left(file: &File<'_>, today: Date) -> Option<Date> {
    let world = file.world;
    time_to_appeal(file.case(), &world.rules, &world.calendar, today).map(|time| time.due_on)
}

#[test]
fn no_time_runs_against_whom_no_decision_was_sent() {
    let mut file = accepted(Kind::Complaint);
    file.own("2026-09-28 09:00", resolve(ResultCode::Unfounded));
    assert_eq!(time_left(&file, date(2027, 3, 1)), None, "Law on Complaints Art. 33: from the receipt of the decision");
    let mut never_sent = File { case: file.case.clone(), ..File::new(file.world) };
    never_sent.act("2027-03-01 09:00", &Actor::Citizen, appeal(None));
    file.own("2026-10-20 09:00", Command::Dispatch { what: Sending::Decision, document: None });
    assert_eq!(time_left(&file, date(2026, 10, 21)), Some(date(2026, 11, 19)));
    let again = Command::Dispatch { what: Sending::Decision, document: None };
    assert_eq!(file.own_refused("2026-10-21 09:00", again).code(), "nothing_owed", "sent once, counted once");
    file.act("2026-11-19 09:00", &Actor::Citizen, appeal(None));
    assert_eq!(time_left(&file, date(2026, 11, 20)), None, "taken further already");
}

#[test]
fn a_late_first_decision_takes_no_effect_while_the_superior_has_the_second_complaint() {
    let mut file = accepted(Kind::Complaint);
    file.act("2026-10-08 09:00", &Actor::Citizen, appeal(None));
    file.own("2026-10-12 09:00", resolve(ResultCode::Unfounded));
    assert_eq!(file.owed(), ["C-SND1"], "Art. 44: in effect only where nobody complained further");
    assert!(file.tick("2026-12-31 09:00").is_some());
    assert!(matches!(&file.case().stage, Stage::Resolved { resolution, .. } if resolution.effective_on.is_none()));
}

#[test]
fn stopping_the_clock_of_an_overdue_case_takes_no_right_away() {
    let stop = || Command::Suspend { ground: SuspensionGround::AwaitsOtherBody, document: None };
    let mut complaint = accepted(Kind::Complaint);
    complaint.own("2026-10-12 09:00", stop());
    complaint.act("2026-10-13 09:00", &Actor::Citizen, appeal(None));
    let mut denunciation = accepted(Kind::Denunciation);
    denunciation.own("2026-10-12 09:00", stop());
    denunciation.act("2026-10-13 09:00", &Actor::Citizen, Command::ReportOverdue);
    denunciation.act("2026-10-13 10:00", &Actor::Citizen, carry_on());
    let mut in_time = accepted(Kind::Denunciation);
    in_time.own("2026-10-07 09:00", stop());
    let refused = in_time.refused("2026-11-30 09:00", &Actor::Citizen, Command::ReportOverdue);
    assert_eq!(refused.code(), "not_overdue", "stopped on its last day, it has not run out");
    assert_eq!(in_time.refused("2026-11-30 09:00", &Actor::Citizen, carry_on()).code(), "not_decided_nor_overdue");
}

#[test]
fn a_second_complaint_on_paper_came_in_on_the_day_of_its_receipt() {
    let mut file = accepted(Kind::Complaint);
    file.own("2026-09-28 09:00", resolve(ResultCode::Unfounded));
    file.own("2026-09-28 10:00", Command::Dispatch { what: Sending::Decision, document: None });
    let late = "2026-10-30 09:00";
    let too_late = file.refused(late, &reception(CHAIR), appeal(Some(date(2026, 10, 29))));
    assert_eq!(too_late.code(), "second_complaint_too_late");
    let before = file.refused(late, &reception(CHAIR), appeal(Some(date(2026, 9, 27))));
    assert_eq!(before.code(), "date_too_early", "before there was a decision");
    let coming = file.refused(late, &reception(CHAIR), appeal(Some(date(2026, 10, 31))));
    assert_eq!(coming.code(), "date_in_future");
    let own_word = file.refused(late, &Actor::Citizen, appeal(Some(date(2026, 10, 28))));
    assert_eq!(own_word.code(), "second_complaint_too_late", "a citizen's petition comes in when it is sent");
    let done = file.act(late, &reception(CHAIR), appeal(Some(date(2026, 10, 28))));
    let second = &done.opened[0].after;
    assert_eq!(second.received_on, Some(date(2026, 10, 28)), "entered two days later, and the agency gains nothing");
    let due = |rule: &str| second.obligations.iter().find(|o| o.rule.as_str() == rule).unwrap().due_on;
    assert_eq!(due("C-ACC"), date(2026, 11, 6));
}

#[test]
fn a_letter_about_an_overdue_denunciation_is_entered_by_the_superior_who_got_it() {
    let mut file = accepted(Kind::Denunciation);
    let handler = official(CHAIR, &[Role::Handler]);
    assert_eq!(file.refused("2026-10-08 09:00", &handler, Command::ReportOverdue).code(), "not_your_case");
    file.act("2026-10-08 09:00", &reception(CHAIR), Command::ReportOverdue);
    assert_eq!(file.due("D-OVD1"), date(2026, 10, 15), "Law on Denunciations Art. 38");
}

#[test]
fn whoever_decided_first_never_gets_the_second_complaint() {
    let mut first = accepted(Kind::Complaint);
    first.own("2026-09-28 09:00", resolve(ResultCode::Unfounded));
    let done = first.act("2026-09-29 09:00", &reception(CHAIR), appeal(None));
    let mut second = File { case: Some(done.opened[0].after.clone()), ..File::new(first.world) };
    for to in [WARD, COMMUNE, FINANCE, BOARD] {
        let refused = second.own_refused("2026-09-30 09:00", Command::Transfer { to: to.into(), document: None });
        assert_eq!(refused.code(), "not_above_the_first", "{to}: Law on Complaints Art. 18 to 23, 33");
    }
    assert!(second.owed().contains(&"C-ACC"));
}

#[test]
fn a_continued_denunciation_has_the_twenty_days_of_its_own_article() {
    let mut file = accepted(Kind::Denunciation);
    file.own("2026-09-28 09:00", resolve(ResultCode::Unfounded));
    let done = file.act("2026-09-30 09:00", &reception(CHAIR), carry_on());
    let owed: Vec<&str> = done.opened[0].after.obligations.iter().map(|o| o.rule.as_str()).collect();
    assert!(owed.contains(&"D-CON") && !owed.contains(&"D-INI"), "Art. 37, not Art. 24: {owed:?}");
}

#[test]
fn a_dialogue_that_is_to_come_is_put_off_with_notice_like_any_other() {
    let mut file = accepted(Kind::Complaint);
    let call = |on| Command::CallDialogue { on, document: None };
    file.own("2026-09-08 09:00", call(date(2027, 9, 14)));
    file.own("2026-09-09 09:00", call(date(2026, 9, 14)));
    let days: Vec<Date> = file.case().dialogues.iter().map(|dialogue| dialogue.on).collect();
    assert_eq!(days, [date(2026, 9, 14)], "the year was a slip of the pen");
    assert_eq!(file.own_refused("2026-09-10 09:00", call(date(2026, 9, 14))).code(), "dialogue_too_soon");
    file.own("2026-09-14 09:00", Command::RecordDialogue { outcome: DialogueOutcome::Held, document: None });
    file.own("2026-09-15 09:00", call(date(2026, 9, 21)));
    assert_eq!(file.case().dialogues.len(), 2, "one that was held stands");
}

#[test]
fn an_anonymous_paper_waits_for_name_and_signature_like_an_anonymous_message() {
    let anonymous =
        |kind| Petition { contact: Contact { anonymous: true, ..petition(kind).contact }, ..petition(kind) };
    for kind in Kind::ALL {
        let mut file = File::registered(World::shared(), "2026-09-07 09:00", anonymous(kind));
        let expected = if kind == Kind::Feedback { "registered" } else { "awaiting_formalisation" };
        assert_eq!(file.case().stage.code(), expected, "{kind:?}: Art. 8; Law on Denunciations Art. 25.1");
        assert!(file.owed().contains(&"P2"), "and is not forgotten");
        if kind == Kind::Denunciation {
            file.own("2026-09-08 09:00", Command::UseForInspection { document: None });
        }
    }
}

#[test]
fn what_was_divided_is_read_only_in_its_parts() {
    let mut whole = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    let complaint = Petition { id: "a".into(), ..petition(Kind::Complaint) };
    let of_the_head =
        Petition { id: "b".into(), against: against(WARD, Position::Head), ..petition(Kind::Denunciation) };
    let sees = |file: &File<'_>, who: &Actor| sight(who, file.case(), &file.world.directory, date(2026, 9, 10));
    assert_eq!(sees(&whole, &head(WARD)), Sight::Full);
    whole.own("2026-09-10 09:00", Command::Divide { parts: vec![complaint, of_the_head], document: None });
    for role in [Role::Head, Role::Handler, Role::Reception] {
        let sight = sees(&whole, &official(WARD, &[role]));
        assert_eq!(sight, Sight::Standing, "{role:?}: the denounced head works there (invariant 9)");
    }
}

#[test]
fn a_withdrawal_on_paper_is_the_citizens_and_not_the_agencys_own_decision() {
    let withdrawal = |withdrawal, document| Command::Terminate {
        ground: TerminationGround::Withdrawal,
        no_ground_to_continue: true,
        withdrawal,
        document,
    };
    let minutes = || Some(document("2/BB", date(2026, 9, 9)));
    let decision = || Some(document("3/QĐ-UBND", date(2026, 9, 10)));
    for kind in [Kind::Complaint, Kind::Denunciation] {
        let mut file = accepted(kind);
        let refused = file.own_refused("2026-09-10 09:00", withdrawal(None, decision()));
        assert_eq!(refused.code(), "no_withdrawal_requested", "Law on Complaints Art. 10; on Denunciations Art. 33");
        file.own("2026-09-10 09:00", withdrawal(minutes(), decision()));
        let stop = if kind == Kind::Complaint { Form::SuspensionOrTermination } else { Form::DenunciationSuspension };
        let on_file: Vec<_> =
            file.case().documents.iter().map(|issued| (issued.form, issued.document.clone())).collect();
        assert_eq!(on_file, [(Form::Withdrawal, minutes().unwrap()), (stop, decision().unwrap())]);
    }
}

#[test]
fn a_part_of_a_complaint_may_be_withdrawn_before_anybody_accepted_it() {
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    file.own("2026-09-08 09:00", Command::WithdrawPart { document: document("1/ĐR", date(2026, 9, 8)) });
    assert_eq!(file.case().partial_withdrawals, [date(2026, 9, 8)], "Art. 10: at any time");
}

#[test]
fn giving_a_denunciation_to_another_agency_has_its_limit_however_it_is_done() {
    let denunciation = Petition { against: against(BUILDING, Position::Staff), ..petition(Kind::Denunciation) };
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", denunciation);
    file.own("2026-09-15 09:00", Command::Assign { agency: Some(COMMUNE.into()), handler: None, denounced: None });
    assert_eq!(file.obligation("D-TRF").closed.unwrap().verdict, Verdict::Late, "Art. 26: five working days");
}

#[test]
fn documents_follow_one_another_in_the_order_of_their_dates() {
    let dated = |day| Some(document("1/QĐ-UBND", date(2026, 9, day)));
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    file.own("2026-09-10 09:00", Command::Accept { group_papers: false, document: dated(9) });
    let early = |file: &mut File<'_>, when: &str, command| {
        assert_eq!(file.own_refused(when, command).code(), "date_too_early");
    };
    early(&mut file, "2026-09-11 09:00", Command::Verify { document: dated(8) });
    file.own("2026-09-11 09:00", Command::Verify { document: dated(9) });
    file.own("2026-09-11 09:00", Command::CallDialogue { on: date(2026, 9, 16), document: dated(11) });
    let minutes = |day| Command::RecordDialogue { outcome: DialogueOutcome::Held, document: dated(day) };
    early(&mut file, "2026-09-17 09:00", minutes(15));
    file.own("2026-09-17 09:00", minutes(16));
    file.own("2026-09-18 09:00", Command::Suspend { ground: SuspensionGround::AwaitsOtherBody, document: dated(17) });
    early(&mut file, "2026-09-21 09:00", Command::Resume { document: dated(16) });
    file.own("2026-09-21 09:00", Command::Resume { document: dated(21) });
    early(&mut file, "2026-09-25 09:00", Command::Resolve { result: ResultCode::Founded, document: dated(8) });
    file.own("2026-09-25 09:00", Command::Resolve { result: ResultCode::Founded, document: dated(24) });
    early(&mut file, "2026-09-26 09:00", Command::Dispatch { what: Sending::Decision, document: dated(23) });
    file.own("2026-09-26 09:00", Command::Dispatch { what: Sending::Decision, document: dated(26) });
    let forms: Vec<Form> = file.case().documents.iter().map(|issued| issued.form).collect();
    assert_eq!(
        forms,
        [
            Form::Acceptance,
            Form::Verification,
            Form::DialogueNotice,
            Form::DialogueMinutes,
            Form::SuspensionOrTermination,
            Form::Resumption,
            Form::Decision,
            Form::CoveringLetter,
        ]
    );
}

#[test]
fn a_complainant_is_guided_to_another_body_than_the_agency_itself() {
    use donthu_domain::CompetentBody;
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    let to = |agency: &str| Command::Guide { to: CompetentBody::Agency(agency.into()), document: None };
    assert_eq!(file.own_refused("2026-09-08 09:00", to("nowhere")).code(), "unknown_agency");
    assert_eq!(file.own_refused("2026-09-08 09:00", to(WARD)).code(), "same_agency");
    file.own("2026-09-08 09:00", to(COMMUNE));
    let expected = Stage::Guided { to: CompetentBody::Agency(COMMUNE.into()), on: date(2026, 9, 8) };
    assert_eq!((&file.case().stage, file.case().channel), (&expected, Channel::Counter), "Decree 154/2026 Art. 15.2");
}

/// Decree 155/2026 Art. 22: a complaint that was accepted before 1 July 2026 and is not decided follows the new rules on suspension,
/// withdrawal and dialogue.
#[test]
fn a_complaint_accepted_before_the_decree_is_suspended_and_talked_over_by_its_rules() {
    let mut file = File::accepted(World::shared(), "2026-06-15 09:00", petition(Kind::Complaint));
    let accepted_under = file.due("C-R1");
    assert!(file.case().obligations.iter().all(|o| o.rule.as_str() != "C-ACC"), "received under the old limit alone");
    let call = |on| Command::CallDialogue { on, document: None };
    file.own("2026-06-29 09:00", call(date(2026, 6, 30)));
    file.own("2026-06-30 09:00", Command::RecordDialogue { outcome: DialogueOutcome::Held, document: None });
    assert_eq!(file.own_refused("2026-07-01 09:00", call(date(2026, 7, 5))).code(), "dialogue_too_soon", "Art. 28.1");
    file.own("2026-07-01 09:00", Command::WithdrawPart { document: document("1/ĐR", date(2026, 7, 1)) });
    file.own("2026-07-01 10:00", Command::Suspend { ground: SuspensionGround::ForceMajeure, document: None });
    assert_eq!(file.due("C-SUS"), date(2026, 7, 6), "sent within three working days (Art. 28b)");
    file.own("2026-07-11 09:00", Command::Resume { document: None });
    assert_eq!((accepted_under, file.due("C-R1")), (date(2026, 7, 15), date(2026, 7, 27)), "25 July is a Saturday");
}

/// Decree 156/2026 Art. 10: what was accepted before is withdrawn by the new rules.
#[test]
fn a_denunciation_accepted_before_the_decree_is_withdrawn_by_its_rules() {
    let mut file = File::accepted(World::shared(), "2026-06-15 09:00", petition(Kind::Denunciation));
    file.act("2026-07-01 09:00", &Actor::Citizen, Command::Withdraw);
    let go_on = |grounds| Command::ContinueWithdrawn { grounds, document: None };
    let refused = file.own_refused("2026-07-02 09:00", go_on(Vec::new()));
    assert_eq!(refused.code(), "continuation_ground_missing", "Decree 31/2019 Art. 4 as amended");
    file.own("2026-07-02 09:00", go_on(vec![donthu_domain::ContinuationGround::SignsOfViolation]));
    assert_eq!(file.due("D-R"), date(2026, 7, 15), "and the limit stays what it was");
}
