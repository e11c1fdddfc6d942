//! What lies beside and beyond the main way: filing, division, dialogue, what follows a decision, the second instance, an
//! overdue denunciation. One story each, with its article.

use donthu_domain::{
    Actor, Case, Command, ContinuationGround, DialogueOutcome, Event, FilingGround, Form, Group, Instance, Kind,
    Matter, NoticeMilestone, Opening, Petition, Position, Relation, ResultCode, Role, Sending, Stage, SuspensionGround,
    TerminationGround, Transition, Verdict,
};
use jiff::civil::date;

use crate::common::{
    BUILDING, CHAIR, COMMUNE, File, INSPECTORATE, ISLAND, WARD, World, against, directory, document, head, notices,
    official, petition, policy, reception, told,
};

fn accepted(kind: Kind) -> File<'static> {
    File::accepted(World::shared(), "2026-09-07 09:00", petition(kind))
}

fn registered(kind: Kind) -> File<'static> {
    File::registered(World::shared(), "2026-09-07 09:00", petition(kind))
}

fn resolve(result: ResultCode) -> Command {
    Command::Resolve { result, document: None }
}

fn accept() -> Command {
    Command::Accept { group_papers: false, document: None }
}

fn sent() -> Command {
    Command::Dispatch { what: Sending::Decision, document: None }
}

fn opening(id: &str) -> Opening {
    Opening { id: id.into(), number: format!("NUMBER-{id}") }
}

/// The file of a case that a step opened.
fn opened<'w>(done: Transition, world: &'w World) -> Vec<File<'w>> {
    let new = |transition: Transition| File {
        case: Some(transition.after.clone()),
        journal: vec![transition],
        ..File::new(world)
    };
    done.opened.into_iter().map(new).collect()
}

fn verdict(file: &File<'_>, rule: &str) -> Verdict {
    file.obligation(rule).closed.unwrap().verdict
}

fn agency(file: &File<'_>) -> String {
    file.case().agency.as_ref().unwrap().to_string()
}

fn survives_storage(case: &Case) {
    let text = serde_json::to_string(case).unwrap();
    assert_eq!(&serde_json::from_str::<Case>(&text).unwrap(), case);
}

#[test]
fn what_does_not_meet_the_conditions_is_filed_and_processed_in_time() {
    let mut file = registered(Kind::Complaint);
    let done = file.act(
        "2026-09-10 09:00",
        &reception(WARD),
        Command::File { ground: FilingGround::SeveralAddressees, document: None },
    );
    assert_eq!(file.case().stage.code(), "filed", "Circular 05/2021 Art. 6.2b");
    assert_eq!(verdict(&file, "P1"), Verdict::OnTime);
    assert_eq!(file.case().closed_on(), Some(date(2026, 9, 10)));
    assert_eq!(notices(&done), [(NoticeMilestone::Changed, "citizen".to_owned())]);
}

#[test]
fn an_anonymous_denunciation_is_filed_or_where_it_has_evidence_used_for_an_inspection() {
    let mut without = File::submitted(World::shared(), "2026-09-07 09:00", petition(Kind::Denunciation));
    assert_eq!(without.case().stage, Stage::AwaitingFormalisation, "nobody will ever sign it");
    without.own("2026-09-09 09:00", Command::File { ground: FilingGround::AnonymousWithoutEvidence, document: None });
    assert_eq!(without.case().stage.code(), "filed", "Law on Denunciations Art. 25.1");
    let mut with = File::submitted(World::shared(), "2026-09-07 09:00", petition(Kind::Denunciation));
    with.own("2026-09-09 09:00", Command::UseForInspection { document: None });
    assert_eq!(with.case().stage.code(), "used_for_inspection", "Art. 25.2: no denunciation case");
    assert!(with.case().stage.acceptance().is_none(), "so it counts in no rate");
}

#[test]
fn signs_of_a_crime_go_to_the_investigation_agency_with_a_letter_on_file() {
    let mut file = registered(Kind::Denunciation);
    file.own("2026-09-09 09:00", Command::Refer { document: document("7/CV-UBND", date(2026, 9, 9)) });
    assert_eq!(file.case().stage.code(), "referred");
    assert_eq!(file.case().issued(Form::Referral).unwrap().document.number, "7/CV-UBND");
}

#[test]
fn a_mixed_petition_becomes_one_case_for_each_matter_and_nobody_gains_time() {
    let world = World::shared();
    let mut whole = File::registered(world, "2026-09-07 09:00", petition(Kind::Complaint));
    let complaint = Petition { id: "a".into(), ..petition(Kind::Complaint) };
    let denunciation =
        Petition { id: "b".into(), against: against(COMMUNE, Position::Head), ..petition(Kind::Denunciation) };
    let done = whole.own("2026-09-10 09:00", Command::Divide { parts: vec![complaint, denunciation], document: None });
    assert_eq!(whole.case().stage, Stage::Divided { on: date(2026, 9, 10) }, "Decree 154/2026 Art. 14.4");
    let relations: Vec<Relation> = whole.case().children.iter().map(|child| child.relation).collect();
    assert_eq!(relations, [Relation::Part, Relation::Part]);
    let parts = opened(done, world);
    assert_eq!(agency(&parts[0]), WARD);
    assert_eq!(agency(&parts[1]), CHAIR, "the head of the commune is denounced: the superior handles");
    for part in &parts {
        assert_eq!(part.case().received_on, Some(date(2026, 9, 7)), "received with the whole");
        assert_eq!(part.due("P1"), whole.due("P1"));
        assert_eq!(part.due("P2"), whole.due("P2"));
        assert_eq!(part.case().origin.as_ref().unwrap().parent, whole.case().id);
        let submitted = part.journal[0].tally.iter().any(|delta| delta.measure.name() == "submitted");
        assert!(!submitted, "one petition came in, not three");
        survives_storage(part.case());
    }
}

#[test]
fn feedback_that_is_really_a_denunciation_is_reclassified_and_still_needs_a_signature() {
    let world = World::shared();
    let feedback = Petition { against: against(BUILDING, Position::Staff), ..petition(Kind::Feedback) };
    let mut file = File::submitted(world, "2026-09-07 09:00", feedback.clone());
    let right = Petition { id: "right".into(), ..feedback };
    let right = Petition { kind: Kind::Denunciation, ..right };
    let done = file.own("2026-09-08 09:00", Command::Divide { parts: vec![right], document: None });
    let children = opened(done, world);
    assert_eq!(children[0].case().origin.as_ref().unwrap().relation, Relation::Reclassified);
    assert_eq!(children[0].case().kind, Kind::Denunciation, "by its content, not its title (Art. 15.1)");
    assert_eq!(agency(&children[0]), BUILDING);
}

#[test]
fn a_group_is_represented_and_its_complaint_accepted_only_with_all_papers() {
    let of = |people, representatives| Petition {
        group: Some(Group { people, representatives }),
        ..petition(Kind::Complaint)
    };
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", of(30, 5));
    file.own("2026-09-08 09:00", Command::Accept { group_papers: true, document: None });
    assert_eq!(file.case().group, Some(Group { people: 30, representatives: 5 }));
    for (people, most) in [(2, 2), (5, 2), (9, 2), (10, 5), (300, 5)] {
        assert_eq!(Group { people, representatives: 1 }.most_representatives(), most, "{people}");
    }
}

#[test]
fn a_complaint_is_verified_talked_over_and_decided() {
    let mut file = accepted(Kind::Complaint);
    file.own("2026-09-08 09:00", Command::Verify { document: None });
    assert_eq!(file.case().stage.verifying_since(), Some(date(2026, 9, 8)));
    let called = document("2/TB-UBND", date(2026, 9, 9));
    let done = file.own("2026-09-09 09:00", Command::CallDialogue { on: date(2026, 9, 14), document: Some(called) });
    assert_eq!(notices(&done), [(NoticeMilestone::Changed, "citizen".to_owned())], "five days before, in writing");
    let minutes = Some(document("1/BB", date(2026, 9, 14)));
    file.own("2026-09-14 10:00", Command::RecordDialogue { outcome: DialogueOutcome::NoShow, document: minutes });
    assert_eq!(file.case().dialogues[0].outcome, Some(DialogueOutcome::NoShow));
    file.own("2026-09-15 09:00", Command::Suspend { ground: SuspensionGround::ForceMajeure, document: None });
    file.own("2026-09-17 09:00", Command::Resume { document: None });
    assert_eq!(file.case().stage.verifying_since(), Some(date(2026, 9, 8)), "resumed where it stood");
    file.own("2026-10-08 09:00", resolve(ResultCode::Unfounded));
    assert!(matches!(&file.case().stage, Stage::Resolved { resolution, .. } if resolution.on_time), "no-show goes on");
    let forms: Vec<Form> = file.case().documents.iter().map(|issued| issued.form).collect();
    assert_eq!(forms, [Form::DialogueNotice, Form::DialogueMinutes]);
    survives_storage(file.case());
}

#[test]
fn unless_the_province_says_otherwise_a_first_decision_against_the_complainant_needs_a_dialogue() {
    let strict = World { directory: directory(Vec::new()), ..World::with_policies(Vec::new()) };
    let mut file = File::accepted(&strict, "2026-09-07 09:00", petition(Kind::Complaint));
    let refused = file.own_refused("2026-09-08 09:00", resolve(ResultCode::PartlyFounded));
    assert_eq!(refused.code(), "dialogue_missing", "Law on Complaints Art. 30");
    file.own("2026-09-08 09:00", resolve(ResultCode::Founded));
}

#[test]
fn a_suspension_is_sent_in_three_working_days_and_that_clock_does_not_stand_still() {
    let mut file = accepted(Kind::Complaint);
    file.own("2026-09-10 09:00", Command::Suspend { ground: SuspensionGround::AwaitsOtherBody, document: None });
    assert_eq!(file.due("C-SUS"), date(2026, 9, 15), "Decree 124/2020 Art. 28b: Friday, Monday, Tuesday");
    assert!(file.obligation("C-R1").is_suspended() && !file.obligation("C-SUS").is_suspended());
    let done = file.tick("2026-09-16 00:00").unwrap();
    assert!(told(&done).iter().any(|(rule, ..)| rule == "C-SUS"), "missed while the case is suspended");
    file.own("2026-09-16 09:00", Command::Dispatch { what: Sending::Suspension, document: None });
    assert_eq!(verdict(&file, "C-SUS"), Verdict::Late);
    file.own("2026-09-20 09:00", Command::Resume { document: None });
    let ends: Vec<_> =
        file.case().obligations.iter().filter(|o| o.rule.as_str() == "C-SUS").map(|o| o.due_on).collect();
    assert_eq!(ends, [date(2026, 9, 15), date(2026, 9, 23)], "the decision to continue is sent as well");
}

#[test]
fn a_decision_is_sent_takes_effect_by_itself_and_is_enforced_before_the_case_is_closed() {
    let mut file = accepted(Kind::Complaint);
    file.own("2026-09-28 09:00", resolve(ResultCode::Founded));
    assert_eq!(file.case().closed_on(), None, "decided, and something is still owed");
    assert_eq!(file.owed(), ["C-SND1", "C-EFF"]);
    file.own("2026-09-30 09:00", Command::Dispatch { what: Sending::Decision, document: None });
    assert_eq!(file.case().due_on(), None, "nobody has anything to do until it is in effect");
    assert_eq!(file.due("C-EFF"), date(2026, 10, 28));
    let letter = || Command::Enforce { document: document("5/QĐ-UBND", date(2026, 10, 29)) };
    // The sweep comes late: the day of effect is the law's all the same.
    file.tick("2026-11-01 09:00").unwrap();
    let Stage::Resolved { resolution, .. } = &file.case().stage else { panic!("{:?}", file.case().stage) };
    assert_eq!(resolution.effective_on, Some(date(2026, 10, 29)));
    assert_eq!(file.due("C-ENF"), date(2026, 11, 5), "Decree 124/2020 Art. 31: five working days");
    file.own("2026-11-04 09:00", letter());
    assert_eq!(verdict(&file, "C-ENF"), Verdict::OnTime);
    assert_eq!(file.case().closed_on(), Some(date(2026, 11, 4)));
    assert!(file.tick("2027-03-01 09:00").is_none());
    survives_storage(file.case());
}

#[test]
fn a_conclusion_is_sent_acted_upon_and_published() {
    let mut file = accepted(Kind::Denunciation);
    assert_eq!(file.owed(), ["D-R", "D-NOT"]);
    file.own("2026-09-11 09:00", Command::Dispatch { what: Sending::Acceptance, document: None });
    assert_eq!(verdict(&file, "D-NOT"), Verdict::OnTime, "Art. 29.3: five working days");
    file.own("2026-09-28 09:00", resolve(ResultCode::PartlyFounded));
    assert_eq!(file.owed(), ["D-SND", "D-HND", "D-PUB"]);
    file.own("2026-10-05 09:00", Command::Dispatch { what: Sending::Decision, document: None });
    file.own("2026-10-08 09:00", Command::Enforce { document: document("8/QĐ-UBND", date(2026, 10, 8)) });
    file.own("2026-10-07 09:00", Command::Publish { document: None });
    assert_eq!(verdict(&file, "D-SND"), Verdict::OnTime);
    assert_eq!(verdict(&file, "D-HND"), Verdict::Late, "due on 7 October");
    assert_eq!(file.case().closed_on(), Some(date(2026, 10, 8)));
}

#[test]
fn a_corrected_decision_takes_with_it_what_it_set_going() {
    let mut file = accepted(Kind::Complaint);
    file.own("2026-09-28 09:00", resolve(ResultCode::Founded));
    file.own("2026-09-29 09:00", Command::Correct { document: None });
    assert_eq!(file.owed(), ["C-R1"]);
    file.own("2026-10-02 09:00", resolve(ResultCode::Unfounded));
    assert_eq!(file.owed(), ["C-SND1", "C-EFF"], "the new one is sent and takes effect");
    let ends: Vec<_> =
        file.case().obligations.iter().filter(|o| o.rule.as_str() == "C-EFF").map(|o| o.due_on).collect();
    assert_eq!(ends, [date(2026, 10, 28), date(2026, 11, 2)]);
}

#[test]
fn a_second_complaint_goes_to_the_superior_with_its_own_limit_and_a_dialogue() {
    let world = World::shared();
    let mut first = accepted(Kind::Complaint);
    first.own("2026-09-28 09:00", resolve(ResultCode::Unfounded));
    first.own("2026-09-30 09:00", Command::Dispatch { what: Sending::Decision, document: None });
    let appeal = Command::Appeal { opening: opening("second"), good_reason: false, received_on: None };
    let done = first.act("2026-10-30 20:00", &Actor::Citizen, appeal);
    assert_eq!(first.case().children[0].relation, Relation::Appeal, "30 days from the sending (Art. 33.1)");
    assert_eq!(first.case().closed_on(), Some(date(2026, 10, 30)), "the first decision takes no effect");
    let second = opened(done, world).remove(0);
    assert_eq!((second.case().instance, agency(&second)), (Instance::Second, CHAIR.to_owned()));
    assert_eq!(second.case().stage, Stage::AwaitingFormalisation, "it wants a signature like the first");
    let mut second = second;
    second.own("2026-11-02 09:00", Command::Formalise { received_on: date(2026, 11, 2) });
    second.own("2026-11-05 09:00", accept());
    assert_eq!(second.due("C-R2"), date(2026, 12, 21), "Art. 37: 45 days, 20 December is a Sunday");
    assert_eq!(second.own_refused("2026-11-06 09:00", resolve(ResultCode::Upheld)).code(), "dialogue_missing");
    second.own("2026-11-06 09:00", Command::CallDialogue { on: date(2026, 11, 12), document: None });
    second.own("2026-11-12 09:00", Command::RecordDialogue { outcome: DialogueOutcome::Held, document: None });
    second.own("2026-11-20 09:00", resolve(ResultCode::Overturned));
    assert!(second.owed().contains(&"C-PUB") && second.owed().contains(&"C-SND2"));
    let third = Command::Appeal { opening: opening("third"), good_reason: false, received_on: None };
    assert_eq!(second.refused("2026-11-21 09:00", &Actor::Citizen, third).code(), "no_further_instance");
    survives_storage(second.case());
}

#[test]
fn the_time_for_a_second_complaint_ends_and_only_an_official_may_find_a_good_reason() {
    let decided = || {
        let mut file = accepted(Kind::Complaint);
        file.own("2026-09-28 09:00", resolve(ResultCode::Unfounded));
        file.own("2026-09-28 10:00", sent());
        file
    };
    let appeal = |good_reason| Command::Appeal { opening: opening("second"), good_reason, received_on: None };
    let mut file = decided();
    file.act("2026-10-28 23:59", &Actor::Citizen, appeal(false));
    let refused = decided().refused("2026-10-29 00:00", &Actor::Citizen, appeal(true));
    assert_eq!(refused.code(), "second_complaint_too_late", "a citizen's own word is not enough");
    let mut excused = decided();
    let done = excused.act("2026-11-10 09:00", &reception(CHAIR), appeal(true));
    assert_eq!(done.opened[0].after.stage, Stage::Registered, "handed in on paper at the superior");
    let remote =
        Petition { area: Some("21548".into()), against: against(ISLAND, Position::Head), ..petition(Kind::Complaint) };
    let mut remote = File::accepted(World::shared(), "2026-09-07 09:00", remote);
    remote.own("2026-09-28 09:00", resolve(ResultCode::Unfounded));
    remote.own("2026-09-28 10:00", sent());
    remote.act("2026-11-12 09:00", &Actor::Citizen, appeal(false));
}

#[test]
fn a_complaint_that_nobody_decided_in_time_can_be_taken_further() {
    let mut file = accepted(Kind::Complaint);
    let appeal = || Command::Appeal { opening: opening("second"), good_reason: false, received_on: None };
    assert_eq!(file.due("C-R1"), date(2026, 10, 7));
    assert_eq!(file.refused("2026-10-07 23:59", &Actor::Citizen, appeal()).code(), "not_decided_nor_overdue");
    file.act("2026-10-08 00:00", &Actor::Citizen, appeal());
    assert!(file.owed().contains(&"C-R1"), "who was late still owes the first decision");
}

#[test]
fn a_disciplinary_complaint_has_limits_of_its_own() {
    let disciplinary = |matter| Petition { matter, ..petition(Kind::Complaint) };
    let mut file = File::accepted(World::shared(), "2026-09-07 09:00", disciplinary(Matter::Disciplinary));
    assert_eq!(file.owed(), ["K-R"], "Art. 50, 55, and not Art. 28");
    file.own("2026-09-28 09:00", resolve(ResultCode::Unfounded));
    // No row of the law says until when a disciplinary decision is sent; that it was is recorded all the same.
    file.own("2026-09-28 10:00", sent());
    let appeal = || Command::Appeal { opening: opening("second"), good_reason: false, received_on: None };
    let refused = file.refused("2026-10-09 00:00", &Actor::Citizen, appeal());
    assert_eq!(refused.code(), "second_complaint_too_late", "Art. 48: ten days");
    let mut dismissed = File::accepted(World::shared(), "2026-09-07 09:00", disciplinary(Matter::Dismissal));
    dismissed.own("2026-09-28 09:00", resolve(ResultCode::Unfounded));
    dismissed.own("2026-09-28 10:00", sent());
    dismissed.act("2026-10-28 09:00", &Actor::Citizen, appeal());
}

#[test]
fn an_overdue_denunciation_starts_two_clocks() {
    let mut file = accepted(Kind::Denunciation);
    assert_eq!(file.due("D-R"), date(2026, 10, 7));
    let done = file.act("2026-10-08 09:00", &Actor::Citizen, Command::ReportOverdue);
    assert_eq!(file.due("D-OVD1"), date(2026, 10, 15), "Art. 38: the superior asks within five working days");
    assert_eq!(notices(&done)[0], (NoticeMilestone::Escalated, CHAIR.to_owned()));
    let missed = file.tick("2026-10-16 00:00").unwrap();
    let asked: Vec<_> = told(&missed).into_iter().filter(|(rule, ..)| rule == "D-OVD1").collect();
    assert!(asked.iter().all(|(_, _, agency)| agency == CHAIR), "the superior owes it: {asked:?}");
    assert_eq!(file.own_refused("2026-10-16 09:00", Command::DemandReport { document: None }).code(), "not_your_case");
    file.act("2026-10-16 09:00", &head(CHAIR), Command::DemandReport { document: None });
    assert_eq!(verdict(&file, "D-OVD1"), Verdict::Late);
    assert_eq!(file.due("D-OVD2"), date(2026, 10, 23), "the handler reports within five more");
    file.own("2026-10-20 09:00", Command::AnswerDemand { document: None });
    assert_eq!(verdict(&file, "D-OVD2"), Verdict::OnTime);
    let report = file.case().overdue_report.as_ref().unwrap();
    assert_eq!((report.demanded_on, report.answered_on), (Some(date(2026, 10, 16)), Some(date(2026, 10, 20))));
    survives_storage(file.case());
}

#[test]
fn a_continued_denunciation_goes_to_the_superior_who_decides_in_twenty_days() {
    let mut file = accepted(Kind::Denunciation);
    file.own("2026-09-28 09:00", resolve(ResultCode::Unfounded));
    let done = file.act(
        "2026-09-30 09:00",
        &reception(CHAIR),
        Command::Continue { opening: opening("continued"), received_on: None },
    );
    let mut continued = opened(done, World::shared()).remove(0);
    assert_eq!((continued.case().instance, agency(&continued)), (Instance::Continued, CHAIR.to_owned()), "Art. 37");
    assert_eq!(continued.due("D-CON"), date(2026, 10, 20));
    continued.own("2026-10-06 09:00", accept());
    assert_eq!(verdict(&continued, "D-CON"), Verdict::OnTime);
    assert!(continued.owed().contains(&"D-R"));
}

#[test]
fn a_denunciation_of_the_superior_never_continues_with_them() {
    let denounced = Petition { against: against(CHAIR, Position::Deputy), ..petition(Kind::Denunciation) };
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", denounced);
    assert_eq!(agency(&file), "external");
    assert!(file.refused("2026-09-08 09:00", &head(CHAIR), accept()).code() == "not_your_case");
}

#[test]
fn a_withdrawal_on_paper_needs_no_code_and_a_denunciation_goes_on_where_the_law_says_so() {
    let minutes = || Some(document("2/BB", date(2026, 9, 9)));
    let withdrawal = |withdrawal| Command::Terminate {
        ground: TerminationGround::Withdrawal,
        no_ground_to_continue: true,
        withdrawal,
        document: None,
    };
    let mut complaint = accepted(Kind::Complaint);
    complaint.own("2026-09-09 09:00", withdrawal(minutes()));
    assert_eq!(complaint.case().stage.code(), "terminated", "over a signature (Art. 10)");
    let mut early = registered(Kind::Complaint);
    let done = early.own("2026-09-09 09:00", withdrawal(minutes()));
    assert_eq!(early.case().issued(Form::Withdrawal).unwrap().document.number, "2/BB");
    assert_eq!(notices(&done), [(NoticeMilestone::Changed, "citizen".to_owned())], "an official withdrew it for them");
    let mut coerced = accepted(Kind::Denunciation);
    coerced.act("2026-09-09 09:00", &Actor::Citizen, Command::Withdraw);
    coerced.own(
        "2026-09-10 09:00",
        Command::ContinueWithdrawn { grounds: vec![ContinuationGround::Coerced], document: None },
    );
    assert_eq!(coerced.case().withdrawal_requested_on, None, "Art. 33.3: it goes on");
    assert_eq!(coerced.case().stage.code(), "accepted");
}

#[test]
fn a_part_of_a_complaint_is_withdrawn_and_the_rest_goes_on() {
    let mut file = accepted(Kind::Complaint);
    let due = file.due("C-R1");
    file.own("2026-09-09 09:00", Command::WithdrawPart { document: document("3/ĐR", date(2026, 9, 9)) });
    assert_eq!(file.case().partial_withdrawals, [date(2026, 9, 9)]);
    assert_eq!((file.case().stage.code(), file.due("C-R1")), ("accepted", due), "Decree 124/2020 Art. 7a");
}

#[test]
fn a_province_may_switch_off_what_was_not_read_in_the_law_and_nothing_else() {
    let off = World::with_policies(vec![
        policy("rule.C-SND1", "off", date(2026, 1, 1)),
        policy("rule.C-R1", "off", date(2026, 1, 1)),
    ]);
    let mut file = File::accepted(&off, "2026-09-07 09:00", petition(Kind::Complaint));
    assert_eq!(file.owed(), ["C-R1"], "a limit that was read in the law stands");
    file.own("2026-09-28 09:00", resolve(ResultCode::Founded));
    assert_eq!(file.owed(), ["C-EFF"]);
}

#[test]
fn the_superior_sees_where_an_overdue_denunciation_stands_and_the_inspectorate_is_told_last() {
    let mut file = accepted(Kind::Denunciation);
    file.act("2026-10-08 09:00", &Actor::Citizen, Command::ReportOverdue);
    let handler = official(CHAIR, &[Role::Handler]);
    assert_eq!(
        file.refused("2026-10-09 09:00", &handler, Command::DemandReport { document: None }).code(),
        "not_your_case"
    );
    let late = file.tick("2026-11-30 09:00").unwrap();
    assert!(told(&late).iter().any(|(rule, _, agency)| rule == "D-OVD1" && agency == INSPECTORATE));
    assert!(!late.events.iter().any(|event| matches!(event, Event::OverdueReported { .. })));
}
