//! What may be done in a case now, by whom, and what there is to choose, is exactly what `decide` accepts.

use donthu_domain::time::add_days;
use donthu_domain::{
    Actor, Case, Choices, Command, CompetentBody, ComplexityCriterion, ContinuationGround, DialogueOutcome,
    DisclosureReason, Document, Duty, FilingGround, Kind, Opening, Paper, Petition, PossibleStep, Refusal,
    RefusalGround, ResultCode, Role, Sending, SuspensionGround, TerminationGround, TransitionError, possible_steps,
    transition,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::common::{AGENCIES, BOARD, COMMUNE, File, WARD, World, at, head, official, petition, policy, reception};
use crate::invariants::walk::{Tried, Walk, steps, world};

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

fn listed(tried: &Tried) -> Option<Vec<PossibleStep>> {
    let case: &Case = tried.case_before.as_ref()?;
    Some(possible_steps(case, &world().context(tried.now, &tried.actor)))
}

/// Whether the choices of a step hold what a command chooses.
fn holds(choices: &Choices, command: &Command) -> bool {
    match (command, choices) {
        (Command::Guide { to, .. }, Choices::Guidance(all)) => {
            matches!(to, CompetentBody::Agency(_)) || all.contains(to)
        }
        (Command::Refuse { ground, .. }, Choices::Refusal(all)) => all.contains(ground),
        (Command::File { ground, .. }, Choices::Filing(all)) => all.contains(ground),
        (Command::Suspend { ground, .. }, Choices::Suspension(all)) => all.contains(ground),
        (Command::Terminate { ground, .. }, Choices::Termination(all)) => all.contains(ground),
        (Command::ContinueWithdrawn { grounds, .. }, Choices::Continuation(all)) => {
            grounds.iter().all(|ground| all.contains(ground))
        }
        (Command::FindComplex { criteria, .. }, Choices::Complexity(all)) => criteria.iter().all(|c| all.contains(c)),
        (Command::Extend { days, criteria, .. }, Choices::Extension { criteria: all, least, most_days }) => {
            let distinct: std::collections::BTreeSet<&ComplexityCriterion> = criteria.iter().collect();
            days <= most_days && distinct.len() >= *least && distinct.iter().all(|c| all.contains(c))
        }
        (Command::RecordDialogue { outcome, .. }, Choices::Dialogue(all)) => all.contains(outcome),
        (Command::Resolve { result, .. }, Choices::Resolution(all)) => all.contains(result),
        (Command::Dispatch { what, .. }, Choices::Dispatch(all)) => all.contains(what),
        (Command::DiscloseIdentity { reason, .. }, Choices::Disclosure(all)) => all.contains(reason),
        (_, choices) => *choices == Choices::Free,
    }
}

/// Whether a refusal is about the step, or about the ground or result chosen, and not about the rest of the form.
fn is_about_the_step(refusal: &Refusal, step: &Command) -> bool {
    match refusal {
        // A step that names several things may be refused for one of them, as if that were a step of its own.
        Refusal::ImpossibleStep { command, .. } => *command == step.code(),
        Refusal::RoleNotAllowed { .. }
        | Refusal::NotYourCase
        | Refusal::NotForThisKind { .. }
        | Refusal::GroundNotForThisKind
        | Refusal::ResultNotForThisKind
        | Refusal::DialogueMissing
        | Refusal::WithdrawalUndecided
        | Refusal::NotAccepted
        | Refusal::NothingOwed
        | Refusal::NotInEffect
        | Refusal::AlreadyComplex
        | Refusal::AlreadyFollowed
        | Refusal::NoIdentity
        | Refusal::LimitPassed { .. }
        | Refusal::NotDecidedNorOverdue
        | Refusal::NoFurtherInstance { .. }
        | Refusal::NotOverdue { .. }
        | Refusal::NoDialogue
        | Refusal::DialogueNotYet { .. }
        | Refusal::WithdrawalAlreadyRequested => true,
        _ => false,
    }
}

/// For each choice that a listed step leaves, forms of which one must be taken: where an agency or a day is to be named that no
/// list gives, one of several does.
fn lawful(case: &Case, listed: &PossibleStep, actor: &Actor, today: Date) -> Vec<Vec<Command>> {
    let paper = || Document::new("7/QĐ-UBND", today);
    let document = (listed.paper != Paper::None).then(paper);
    let opening = || Opening { id: "further".into(), number: "FURTHER".to_owned() };
    let good_reason = *actor != Actor::Citizen;
    let part = |kind| Petition { id: format!("part-{kind:?}").as_str().into(), ..petition(kind) };
    match &listed.choices {
        Choices::Free => vec![match listed.command {
            "formalise" => vec![Command::Formalise { received_on: today }],
            "accept" => vec![Command::Accept { group_papers: true, document }],
            "use_for_inspection" => vec![Command::UseForInspection { document }],
            "refer" => vec![Command::Refer { document: paper() }],
            "link_duplicate" => vec![Command::LinkDuplicate { of: "another".into(), document }],
            "divide" => {
                let parts = [Kind::Complaint, Kind::Denunciation, Kind::Feedback].map(part);
                vec![Command::Divide { parts: parts.to_vec(), document }]
            }
            "verify" => vec![Command::Verify { document }],
            "resume" => vec![Command::Resume { document }],
            "withdraw" => vec![Command::Withdraw],
            "withdraw_part" => vec![Command::WithdrawPart { document: paper() }],
            "correct" => vec![Command::Correct { document }],
            "publish" => vec![Command::Publish { document }],
            "enforce" => vec![Command::Enforce { document: paper() }],
            "appeal" => vec![Command::Appeal { opening: opening(), good_reason, received_on: None }],
            "continue" => vec![Command::Continue { opening: opening(), received_on: None }],
            "report_overdue" => vec![Command::ReportOverdue],
            "demand_report" => vec![Command::DemandReport { document }],
            "answer_demand" => vec![Command::AnswerDemand { document }],
            "send_message" => vec![Command::SendMessage],
            "assign" => vec![Command::Assign { agency: None, handler: Some("anybody".into()), denounced: None }],
            "transfer" => {
                let to = |(id, ..): (&str, _, _)| Command::Transfer { to: id.into(), document: document.clone() };
                AGENCIES.into_iter().map(to).collect()
            }
            "call_dialogue" => vec![Command::CallDialogue { on: add_days(today, 30), document }],
            other => panic!("no form for {other} in {:?}", case.stage),
        }],
        Choices::Guidance(all) => {
            all.iter().map(|to| vec![Command::Guide { to: to.clone(), document: document.clone() }]).collect()
        }
        Choices::Refusal(all) => {
            all.iter().map(|ground| vec![Command::Refuse { ground: *ground, document: document.clone() }]).collect()
        }
        Choices::Filing(all) => {
            all.iter().map(|ground| vec![Command::File { ground: *ground, document: document.clone() }]).collect()
        }
        Choices::Suspension(all) => {
            all.iter().map(|ground| vec![Command::Suspend { ground: *ground, document: document.clone() }]).collect()
        }
        Choices::Termination(all) => {
            let terminate = |ground: &TerminationGround| Command::Terminate {
                ground: *ground,
                no_ground_to_continue: true,
                withdrawal: Some(paper()),
                document: document.clone(),
            };
            all.iter().map(|ground| vec![terminate(ground)]).collect()
        }
        Choices::Continuation(all) => vec![vec![Command::ContinueWithdrawn { grounds: all.clone(), document }]],
        Choices::Complexity(all) => {
            all.iter().map(|one| vec![Command::FindComplex { criteria: vec![*one], document: paper() }]).collect()
        }
        Choices::Extension { criteria, least, most_days } => {
            let extend = |days, criteria: &[ComplexityCriterion]| {
                vec![Command::Extend { days, criteria: criteria.to_vec(), document: paper() }]
            };
            let fewest = &criteria[criteria.len() - least..];
            vec![extend(1, fewest), extend(*most_days, fewest), extend(*most_days, criteria)]
        }
        Choices::Dialogue(all) => {
            let record =
                |outcome: &DialogueOutcome| Command::RecordDialogue { outcome: *outcome, document: document.clone() };
            all.iter().map(|outcome| vec![record(outcome)]).collect()
        }
        Choices::Resolution(all) => {
            all.iter().map(|result| vec![Command::Resolve { result: *result, document: document.clone() }]).collect()
        }
        Choices::Dispatch(all) => {
            all.iter().map(|what| vec![Command::Dispatch { what: *what, document: document.clone() }]).collect()
        }
        Choices::Disclosure(all) => {
            all.iter().map(|reason| vec![Command::DiscloseIdentity { to: "anybody".into(), reason: *reason }]).collect()
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_accepted_was_listed_with_its_choice_and_what_the_law_refuses_was_not(steps in steps()) {
        let mut walk = Walk::from_day(steps.0);
        for step in &steps.1 {
            let Some(tried) = walk.take(step) else { break };
            let Some(listed) = listed(&tried) else { continue };
            let command = &tried.command;
            let found = listed.iter().find(|step| step.command == command.code());
            match &tried.outcome {
                // The machinery's own.
                Ok(_) if matches!(command, Command::Route | Command::Tick) => prop_assert_eq!(found, None),
                Ok(_) => {
                    prop_assert!(found.is_some_and(|found| holds(&found.choices, command)), "{:?} {:?}", command, listed);
                    let without = found.is_some_and(|found| found.paper == Paper::None);
                    prop_assert!(!without || command.document().is_none());
                }
                Err(TransitionError::Refused(refusal)) if is_about_the_step(refusal, command) => {
                    let held = found.is_some_and(|found| holds(&found.choices, command));
                    prop_assert!(!held, "{:?} {:?} {:?}", refusal, command, listed);
                }
                Err(_) => {}
            }
        }
    }

    #[test]
    fn what_is_listed_is_taken_with_each_of_its_choices(steps in steps()) {
        let mut walk = Walk::from_day(steps.0);
        for step in &steps.1 {
            let Some(tried) = walk.take(step) else { break };
            let Some(case) = &tried.case_before else { continue };
            let agency = case.agency.as_ref().map_or(BOARD, |agency| agency.as_str());
            let custodian = official(agency, &[Role::IdentityCustodian]);
            for actor in [tried.actor.clone(), Actor::Citizen, head(agency), custodian] {
                let context = world().context(tried.now, &actor);
                for listed in possible_steps(case, &context) {
                    for forms in lawful(case, &listed, &actor, context.today()) {
                        let taken = forms.iter().any(|form| matches!(transition(Some(case), form, &context), Ok(Some(_))));
                        prop_assert!(taken, "{:?} by {:?} in {:?}", forms, actor, case.stage);
                    }
                }
            }
        }
    }

    #[test]
    fn no_step_is_listed_twice_and_no_list_of_choices_is_empty(steps in steps()) {
        let mut walk = Walk::from_day(steps.0);
        for step in &steps.1 {
            let Some(tried) = walk.take(step) else { break };
            let Some(listed) = listed(&tried) else { continue };
            let codes: std::collections::BTreeSet<_> = listed.iter().map(|step| step.command).collect();
            prop_assert_eq!(codes.len(), listed.len());
            for step in &listed {
                let empty = match &step.choices {
                    Choices::Free => false,
                    Choices::Guidance(all) => all.is_empty(),
                    Choices::Refusal(all) => all.is_empty(),
                    Choices::Filing(all) => all.is_empty(),
                    Choices::Suspension(all) => all.is_empty(),
                    Choices::Termination(all) => all.is_empty(),
                    Choices::Continuation(all) => all.is_empty(),
                    Choices::Complexity(all) => all.is_empty(),
                    Choices::Extension { criteria, most_days, .. } => criteria.is_empty() || *most_days == 0,
                    Choices::Dialogue(all) => all.is_empty(),
                    Choices::Resolution(all) => all.is_empty(),
                    Choices::Dispatch(all) => all.is_empty(),
                    Choices::Disclosure(all) => all.is_empty(),
                };
                prop_assert!(!empty, "{:?}", step);
            }
        }
    }
}

fn steps_of(file: &File<'_>, when: &str, actor: &Actor) -> Vec<PossibleStep> {
    possible_steps(file.case(), &file.world.context(at(when), actor))
}

fn codes(file: &File<'_>, when: &str, actor: &Actor) -> Vec<&'static str> {
    let mut codes: Vec<_> = steps_of(file, when, actor).into_iter().map(|step| step.command).collect();
    codes.sort_unstable();
    codes
}

fn choices(file: &File<'_>, when: &str, actor: &Actor, command: &str) -> Option<Choices> {
    steps_of(file, when, actor).into_iter().find(|step| step.command == command).map(|step| step.choices)
}

fn accepted(kind: Kind) -> File<'static> {
    File::accepted(World::shared(), "2026-09-07 09:00", petition(kind))
}

const SOON: &str = "2026-09-08 09:00";

fn handling(file: &File<'_>) -> Actor {
    head(file.case().agency.as_ref().unwrap().as_str())
}

#[test]
fn a_complaint_without_a_signature_waits_for_it_and_nobody_can_accept_it_law_on_complaints_art_8() {
    let file = File::submitted(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    let expected = ["assign", "divide", "file", "formalise", "link_duplicate", "send_message"];
    assert_eq!(codes(&file, SOON, &reception(WARD)), expected);
    assert_eq!(codes(&file, SOON, &Actor::Citizen), ["send_message", "withdraw"]);
    let filing = choices(&file, SOON, &reception(WARD), "file").unwrap();
    let Choices::Filing(grounds) = filing else { panic!("{filing:?}") };
    assert!(!grounds.contains(&FilingGround::AnonymousWithoutEvidence), "denunciations only: Art. 25.1");
}

#[test]
fn grounds_of_refusal_are_those_of_the_kind_law_on_complaints_art_11_law_on_denunciations_art_29() {
    let complaint = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    let denunciation = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Denunciation));
    let feedback = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Feedback));
    let grounds = |file: &File<'_>| choices(file, SOON, &handling(file), "refuse");
    use RefusalGround::{NoCapacity, NoGrounds, NoSignature, NotInForm, ResolvedComplaint};
    assert_eq!(
        grounds(&denunciation),
        Some(Choices::Refusal(vec![NoCapacity, NoSignature, NotInForm, NoGrounds, ResolvedComplaint]))
    );
    let Some(Choices::Refusal(of_complaint)) = grounds(&complaint) else { panic!("no refusal of a complaint") };
    assert!(of_complaint.contains(&RefusalGround::TimeExpired) && !of_complaint.contains(&NoGrounds));
    assert_eq!(grounds(&feedback), None, "feedback is not refused");
}

#[test]
fn before_the_dialogue_a_complaint_can_only_be_found_right_law_on_complaints_art_30() {
    let world = World::with_policies(vec![policy("dialogue.first_instance", "required", date(2012, 7, 1))]);
    let mut file = File::accepted(&world, "2026-09-07 09:00", petition(Kind::Complaint));
    let head = handling(&file);
    assert_eq!(choices(&file, SOON, &head, "resolve"), Some(Choices::Resolution(vec![ResultCode::Founded])));
    assert_eq!(choices(&file, SOON, &head, "record_dialogue"), None);
    file.own(SOON, Command::CallDialogue { on: date(2026, 9, 21), document: None });
    assert_eq!(choices(&file, "2026-09-18 09:00", &head, "record_dialogue"), None, "its day has not come");
    let day = "2026-09-21 14:00";
    let outcomes = Choices::Dialogue(vec![DialogueOutcome::Held, DialogueOutcome::NoShow]);
    assert_eq!(choices(&file, day, &head, "record_dialogue"), Some(outcomes));
    file.own(day, Command::RecordDialogue { outcome: DialogueOutcome::Held, document: None });
    use ResultCode::{Founded, PartlyFounded, Unfounded};
    let all = Choices::Resolution(vec![Founded, PartlyFounded, Unfounded]);
    assert_eq!(choices(&file, day, &head, "resolve"), Some(all));
}

#[test]
fn each_step_names_its_article_even_where_a_withdrawal_on_paper_goes_before_it() {
    let article = |file: &File<'_>, when: &str, actor: &Actor, command: &str| {
        steps_of(file, when, actor).into_iter().find(|step| step.command == command).and_then(|step| step.article)
    };
    let registered = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    let head = handling(&registered);
    assert_eq!(article(&registered, SOON, &head, "refuse"), Some("Luật Khiếu nại 2011, Điều 11"));
    assert_eq!(article(&registered, SOON, &head, "send_message"), None, "no law is asked for a message");
    let complaint = accepted(Kind::Complaint);
    let ends = article(&complaint, SOON, &head, "terminate");
    assert_eq!(ends, Some("Luật Khiếu nại 2011, Điều 11a.2 (Luật 136/2025/QH15)"));
    assert_eq!(
        article(&accepted(Kind::Denunciation), SOON, &handling(&accepted(Kind::Denunciation)), "extend"),
        Some("Luật Tố cáo 2018, Điều 30")
    );
}

#[test]
fn a_complainant_is_guided_to_any_body_outside_the_province_decree_154_2026_art_15() {
    let complaint = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    let feedback = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Feedback));
    let bodies = Choices::Guidance(CompetentBody::OUTSIDE.to_vec());
    assert_eq!(choices(&complaint, SOON, &handling(&complaint), "guide"), Some(bodies));
    assert_eq!(choices(&feedback, SOON, &handling(&feedback), "guide"), None);
}

#[test]
fn a_complaint_is_suspended_for_force_majeure_and_a_denunciation_for_expertise_art_11a_and_34() {
    use SuspensionGround::{AwaitsExpertise, AwaitsOtherBody, ForceMajeure};
    let suspension = |file: &File<'_>| choices(file, SOON, &handling(file), "suspend");
    let [complaint, denunciation, feedback] = [Kind::Complaint, Kind::Denunciation, Kind::Feedback].map(accepted);
    assert_eq!(suspension(&complaint), Some(Choices::Suspension(vec![ForceMajeure, AwaitsOtherBody])));
    assert_eq!(suspension(&denunciation), Some(Choices::Suspension(vec![AwaitsOtherBody, AwaitsExpertise])));
    assert_eq!(suspension(&feedback), None);
}

#[test]
fn a_complaint_is_found_complex_and_a_denunciation_prolonged_by_30_days_law_on_denunciations_art_30() {
    let [complaint, mut denunciation] = [Kind::Complaint, Kind::Denunciation].map(accepted);
    let codes_of = |file: &File<'_>| codes(file, SOON, &handling(file));
    assert!(codes_of(&complaint).contains(&"find_complex") && !codes_of(&complaint).contains(&"extend"));
    assert!(codes_of(&denunciation).contains(&"extend") && !codes_of(&denunciation).contains(&"find_complex"));
    let prolonged = |file: &File<'_>| match choices(file, SOON, &handling(file), "extend") {
        Some(Choices::Extension { least, most_days, .. }) => Some((least, most_days)),
        _ => None,
    };
    assert_eq!(prolonged(&denunciation), Some((1, 30)));
    let criteria = vec![ComplexityCriterion::ManyPeople, ComplexityCriterion::ForeignElement];
    let extend = Command::Extend { days: 30, criteria, document: Document::new("1/QĐ", date(2026, 9, 8)) };
    denunciation.own(SOON, extend.clone());
    assert_eq!(prolonged(&denunciation), Some((2, 30)), "a second time only what is specially complex");
    denunciation.own(SOON, extend);
    assert_eq!(prolonged(&denunciation), None);
}

#[test]
fn a_withdrawn_denunciation_goes_on_or_ends_before_it_is_concluded_law_on_denunciations_art_33() {
    let mut file = accepted(Kind::Denunciation);
    let head = handling(&file);
    assert_eq!(choices(&file, SOON, &head, "continue_withdrawn"), None);
    file.act(SOON, &Actor::Citizen, Command::Withdraw);
    assert_eq!(choices(&file, SOON, &head, "resolve"), None);
    use ContinuationGround::{Coerced, SignsOfViolation, Slander};
    let grounds = Choices::Continuation(vec![SignsOfViolation, Coerced, Slander]);
    assert_eq!(choices(&file, SOON, &head, "continue_withdrawn"), Some(grounds));
    use TerminationGround::{AlreadySettled, Death, Withdrawal};
    let ends = Choices::Termination(vec![Withdrawal, Death, AlreadySettled]);
    assert_eq!(choices(&file, SOON, &head, "terminate"), Some(ends));
    assert!(!codes(&file, SOON, &Actor::Citizen).contains(&"withdraw"), "asked for once");
}

#[test]
fn what_is_owed_can_be_sent_and_nothing_else_law_on_complaints_art_32() {
    let mut file = accepted(Kind::Complaint);
    let head = handling(&file);
    assert_eq!(choices(&file, SOON, &head, "dispatch"), None);
    file.own(SOON, Command::Resolve { result: ResultCode::Founded, document: None });
    assert_eq!(choices(&file, SOON, &head, "dispatch"), Some(Choices::Dispatch(vec![Sending::Decision])));
    assert!(!codes(&file, SOON, &head).contains(&"enforce"), "not in effect yet: Art. 44");
}

#[test]
fn a_citizen_may_complain_further_once_decided_or_overdue_law_on_complaints_art_33() {
    let mut file = accepted(Kind::Complaint);
    assert_eq!(codes(&file, SOON, &Actor::Citizen), ["send_message", "withdraw"]);
    let resolve = file.case().obligations.iter().find(|o| o.duty == Duty::Resolve).unwrap();
    let overdue = format!("{} 09:00", resolve.due_on.tomorrow().unwrap());
    assert!(codes(&file, &overdue, &Actor::Citizen).contains(&"appeal"), "overdue");
    file.own(SOON, Command::Resolve { result: ResultCode::Founded, document: None });
    assert_eq!(codes(&file, SOON, &Actor::Citizen), ["appeal", "send_message"]);
    file.own(SOON, Command::Dispatch { what: Sending::Decision, document: None });
    assert!(!codes(&file, "2026-12-21 09:00", &Actor::Citizen).contains(&"appeal"), "too late");
    let above = reception(BOARD);
    assert!(codes(&file, "2026-12-21 09:00", &handling(&file)).contains(&"appeal"), "for a good reason");
    assert!(!codes(&file, SOON, &above).contains(&"resolve"));
}

#[test]
fn a_denouncer_reports_an_overdue_conclusion_to_the_superior_law_on_denunciations_art_38() {
    let file = accepted(Kind::Denunciation);
    assert_eq!(codes(&file, SOON, &Actor::Citizen), ["send_message", "withdraw"]);
    let late = codes(&file, "2027-01-11 09:00", &Actor::Citizen);
    assert_eq!(late, ["continue", "report_overdue", "send_message", "withdraw"]);
}

#[test]
fn a_custodian_may_open_the_identity_and_do_nothing_else_and_a_stranger_nothing_at_all() {
    let file = accepted(Kind::Complaint);
    let agency = file.case().agency.clone().unwrap();
    let custodian = official(agency.as_str(), &[Role::IdentityCustodian]);
    assert_eq!(codes(&file, SOON, &custodian), ["disclose_identity"]);
    let reasons = Choices::Disclosure(DisclosureReason::ALL.to_vec());
    assert_eq!(choices(&file, SOON, &custodian, "disclose_identity"), Some(reasons));
    assert_eq!(steps_of(&file, SOON, &head(COMMUNE)), []);
    assert_eq!(steps_of(&file, SOON, &official(agency.as_str(), &[Role::Statistician])), []);
    assert_eq!(steps_of(&file, SOON, &Actor::System), []);
}
