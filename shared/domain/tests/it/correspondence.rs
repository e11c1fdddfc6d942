//! Citizen and agency write to each other without a name; who the citizen is, is opened for a stated reason and seen by them.

use donthu_domain::{
    Actor, Command, DisclosureReason, Kind, NoticeMilestone, Petition, Position, Role, Side, SuspensionGround,
};
use jiff::civil::date;

use crate::common::{CHAIR, COMMUNE, File, WARD, World, against, head, notices, official, petition, reception};

fn accepted(kind: Kind) -> File<'static> {
    File::accepted(World::shared(), "2026-09-07 09:00", petition(kind))
}

fn disclose(to: &str) -> Command {
    Command::DiscloseIdentity { to: to.into(), reason: DisclosureReason::Invitation }
}

#[test]
fn a_message_reaches_the_other_side_and_moves_neither_a_limit_nor_a_form() {
    let mut file = accepted(Kind::Denunciation);
    let (step, limits) = (file.case().step, file.case().obligations.clone());
    let asked = file.act("2026-09-08 09:00", &Actor::Citizen, Command::SendMessage);
    assert_eq!(notices(&asked), [(NoticeMilestone::Changed, WARD.to_owned())]);
    let answered = file.own("2026-09-08 10:00", Command::SendMessage);
    assert_eq!(notices(&answered), [(NoticeMilestone::Changed, "citizen".to_owned())]);
    assert_eq!((file.case().step, &file.case().obligations), (step, &limits));
    assert_eq!((file.case().messages.count, file.case().messages.unanswered), (2, 0));
    assert!(asked.tally.is_empty() && answered.tally.is_empty(), "no figure counts a message");
}

#[test]
fn whoever_may_read_a_case_may_answer_and_nobody_else() {
    let mut file = accepted(Kind::Denunciation);
    for stranger in [head(CHAIR), head(COMMUNE), official(WARD, &[Role::Handler]), reception(WARD)] {
        assert_eq!(file.refused("2026-09-08 09:00", &stranger, Command::SendMessage).code(), "not_your_case");
    }
    let custodian = official(WARD, &[Role::IdentityCustodian]);
    assert_eq!(file.refused("2026-09-08 09:00", &custodian, Command::SendMessage).code(), "not_your_case");
}

#[test]
fn a_citizen_may_write_at_any_time_but_not_without_end() {
    let mut file = File::new(World::shared());
    file.act("2026-09-07 09:00", &Actor::Citizen, Command::Submit(petition(Kind::Complaint)));
    for _ in 0..20 {
        file.act("2026-09-07 09:01", &Actor::Citizen, Command::SendMessage);
    }
    let refused = file.refused("2026-09-07 09:02", &Actor::Citizen, Command::SendMessage);
    assert_eq!(refused.code(), "too_many", "twenty wait for an answer");
    let mut ended = accepted(Kind::Complaint);
    let ground = SuspensionGround::AwaitsOtherBody;
    ended.own("2026-09-08 09:00", Command::Suspend { ground, document: None });
    ended.act("2026-09-08 10:00", &Actor::Citizen, Command::SendMessage);
}

#[test]
fn an_identity_is_opened_by_who_reads_no_text_for_a_named_person_and_the_citizen_is_told() {
    let of_the_head = Petition { against: against(WARD, Position::Head), ..petition(Kind::Denunciation) };
    let mut file = File::accepted(World::shared(), "2026-09-07 09:00", of_the_head);
    let custodian = official(CHAIR, &[Role::IdentityCustodian]);
    let done = file.act("2026-09-08 09:00", &custodian, disclose("handler-7"));
    assert_eq!(notices(&done), [(NoticeMilestone::Changed, "citizen".to_owned())]);
    let disclosure = &file.case().disclosures[0];
    assert_eq!((disclosure.to.as_str(), disclosure.on), ("handler-7", date(2026, 9, 8)), "Art. 56");
    let basis = done.events[0].basis(file.case().into());
    assert_eq!(basis, Some("Luật Tố cáo 2018, Điều 56"));
    let both = official(CHAIR, &[Role::IdentityCustodian, Role::Head]);
    assert_eq!(file.refused("2026-09-08 09:00", &both, disclose("x")).code(), "not_your_case", "never who and what");
    for elsewhere in [WARD, COMMUNE] {
        let custodian = official(elsewhere, &[Role::IdentityCustodian]);
        assert_eq!(file.refused("2026-09-08 09:00", &custodian, disclose("x")).code(), "not_your_case");
    }
}

#[test]
fn the_denounced_agencys_custodian_opens_nothing() {
    let of_the_head = Petition { against: against(WARD, Position::Head), ..petition(Kind::Denunciation) };
    let mut file = File::accepted(World::shared(), "2026-09-07 09:00", of_the_head);
    let custodian = official(WARD, &[Role::IdentityCustodian]);
    assert_eq!(file.refused("2026-09-08 09:00", &custodian, disclose("x")).code(), "not_your_case", "invariant 9");
    let mut of_a_colleague = accepted(Kind::Denunciation);
    let refused = of_a_colleague.refused("2026-09-08 09:00", &custodian, disclose("x"));
    assert_eq!(refused.code(), "not_your_case", "the colleague who is denounced may be who keeps the names");
}

#[test]
fn whoever_reads_texts_keeps_no_names_whatever_they_may_read_just_now() {
    let of_the_head = Petition { against: against(WARD, Position::Head), ..petition(Kind::Denunciation) };
    // Its reception has read it while it waited for a signature, and sees nothing of it any more.
    let mut file = File::accepted(World::shared(), "2026-09-07 09:00", of_the_head);
    for reader in [Role::Reception, Role::Handler] {
        let both = official(CHAIR, &[Role::IdentityCustodian, reader]);
        let refused = file.refused("2026-09-08 09:00", &both, disclose("x"));
        assert_eq!(refused.code(), "role_not_allowed", "{reader:?}");
    }
}

#[test]
fn of_what_was_divided_nobody_opens_the_name_but_through_its_parts() {
    let mut whole = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    let of_the_head =
        Petition { id: "b".into(), against: against(WARD, Position::Head), ..petition(Kind::Denunciation) };
    whole.own("2026-09-10 09:00", Command::Divide { parts: vec![of_the_head], document: None });
    for agency in [WARD, CHAIR, COMMUNE] {
        let custodian = official(agency, &[Role::IdentityCustodian]);
        let refused = whole.refused("2026-09-10 10:00", &custodian, disclose("x"));
        let expected = if agency == WARD { "impossible_step" } else { "not_your_case" };
        assert_eq!(refused.code(), expected, "{agency}: the whole is with the agency whose head a part denounces");
    }
}

#[test]
fn messages_and_disclosures_are_kept_with_the_case() {
    let mut file = accepted(Kind::Complaint);
    file.act("2026-09-08 09:00", &Actor::Citizen, Command::SendMessage);
    file.act("2026-09-08 10:00", &official(WARD, &[Role::IdentityCustodian]), disclose("handler-7"));
    let text = serde_json::to_string(file.case()).unwrap();
    assert_eq!(&serde_json::from_str::<donthu_domain::Case>(&text).unwrap(), file.case());
    let by: Vec<Side> = file
        .journal
        .iter()
        .flat_map(|done| &done.events)
        .filter_map(|event| match event {
            donthu_domain::Event::MessageSent { by, .. } => Some(*by),
            _ => None,
        })
        .collect();
    assert_eq!(by, [Side::Citizen]);
}
