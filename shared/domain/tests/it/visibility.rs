//! Who sees what; a denunciation never reaches the denounced (invariant 9).

use donthu_domain::visibility::{Sight, sight};
use donthu_domain::{
    Actor, Against, AgencyId, Audience, Channel, Command, DisclosureReason, Kind, Petition, Position, Refusal,
    ResultCode, Role, SubjectId, excluded_agencies,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::common::{
    AGENCIES, BOARD, CHAIR, COMMUNE, File, INSPECTORATE, WARD, World, against, at, head, official, petition, reception,
};
use crate::competence::{POSITIONS, trees};

const TODAY: Date = date(2026, 9, 8);

fn seen(file: &File<'_>, actor: &Actor) -> Sight {
    sight(actor, file.case(), &file.world.directory, TODAY)
}

#[test]
fn a_complaint_is_read_by_its_agency_and_watched_from_above() {
    let file = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    for role in [Role::Reception, Role::Handler, Role::Head] {
        assert_eq!(seen(&file, &official(WARD, &[role])), Sight::Full);
        assert_eq!(seen(&file, &official(COMMUNE, &[role])), Sight::Nothing, "another agency");
    }
    for (agency, role, expected) in [
        (WARD, Role::Inspector, Sight::Standing),
        (CHAIR, Role::Head, Sight::Standing),
        (CHAIR, Role::Inspector, Sight::Standing),
        (CHAIR, Role::Handler, Sight::Nothing),
        (INSPECTORATE, Role::Inspector, Sight::Standing),
        (INSPECTORATE, Role::Head, Sight::Nothing),
        (INSPECTORATE, Role::Handler, Sight::Nothing),
        (COMMUNE, Role::Inspector, Sight::Nothing),
    ] {
        assert_eq!(seen(&file, &official(agency, &[role])), expected, "{role:?} of {agency}");
    }
    for role in [Role::IdentityCustodian, Role::Statistician, Role::Admin] {
        assert_eq!(seen(&file, &official(WARD, &[role])), Sight::Nothing, "{role:?}");
    }
    assert_eq!(seen(&file, &Actor::Citizen), Sight::Nothing, "who holds the receipt code reads otherwise");
}

#[test]
fn a_registered_denunciation_is_seen_by_the_managing_head_and_the_named_handler_alone() {
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Denunciation));
    let named = |roles: &[Role]| Actor::Official {
        subject: SubjectId::from("c21025-7"),
        agency: WARD.into(),
        roles: roles.to_vec(),
    };
    assert_eq!(seen(&file, &head(WARD)), Sight::Full, "Art. 12–20");
    assert_eq!(seen(&file, &named(&[Role::Handler])), Sight::Nothing, "not named yet");
    file.own("2026-09-07 10:00", Command::Assign { agency: None, handler: Some("c21025-7".into()), denounced: None });
    assert_eq!(seen(&file, &named(&[Role::Handler])), Sight::Full);
    assert_eq!(seen(&file, &named(&[Role::Reception])), Sight::Nothing, "named, but without the role");
    for (agency, _, _) in AGENCIES {
        for role in Role::ALL {
            if (agency, role) != (WARD, Role::Head) {
                assert_eq!(seen(&file, &official(agency, &[role])), Sight::Nothing, "{role:?} of {agency}");
            }
        }
    }
    file.own("2026-09-07 11:00", Command::Transfer { to: COMMUNE.into(), document: None });
    assert_eq!(seen(&file, &named(&[Role::Handler])), Sight::Nothing, "it has left");
}

#[test]
fn whom_the_managing_head_found_to_be_denounced_sees_and_does_nothing_on_it_whatever_their_role() {
    let of_staff = Petition { against: against(WARD, Position::Staff), ..petition(Kind::Denunciation) };
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", of_staff);
    let named = |subject: &str, agency: &str, role| Actor::Official {
        subject: subject.into(),
        agency: agency.into(),
        roles: vec![role],
    };
    let assign = |handler: Option<&str>, denounced: Option<&[&str]>| Command::Assign {
        agency: None,
        handler: handler.map(SubjectId::from),
        denounced: denounced.map(|all| all.iter().map(|one| SubjectId::from(*one)).collect()),
    };
    file.own("2026-09-07 10:00", assign(Some("c21025-7"), None));
    let handler = named("c21025-7", WARD, Role::Handler);
    assert_eq!(seen(&file, &handler), Sight::Full);
    file.own("2026-09-07 11:00", assign(Some("c21025-8"), Some(&["c21025-7", "chair-2"])));
    for role in Role::ALL {
        assert_eq!(seen(&file, &named("c21025-7", WARD, role)), Sight::Nothing, "{role:?}");
    }
    assert_eq!(seen(&file, &named("c21025-8", WARD, Role::Handler)), Sight::Full);
    let verify = || Command::Verify { document: None };
    assert_eq!(file.refused("2026-09-07 12:00", &handler, verify()), Refusal::NotYourCase);
    assert_eq!(file.own_refused("2026-09-07 12:00", assign(Some("c21025-7"), None)), Refusal::ConflictOfInterest);
    let both = assign(Some("c21025-9"), Some(&["c21025-9"]));
    assert_eq!(file.own_refused("2026-09-07 12:00", both), Refusal::ConflictOfInterest, "named and denounced at once");
    // A custodian opens no name for them, and not as one of them.
    let disclose = |to: &str| Command::DiscloseIdentity { to: to.into(), reason: DisclosureReason::Invitation };
    let keeper = named("chair-1", CHAIR, Role::IdentityCustodian);
    assert_eq!(file.refused("2026-09-07 12:00", &keeper, disclose("c21025-7")), Refusal::ConflictOfInterest);
    let denounced_keeper = named("chair-2", CHAIR, Role::IdentityCustodian);
    assert_eq!(file.refused("2026-09-07 12:00", &denounced_keeper, disclose("x")), Refusal::NotYourCase);
    // The list is told anew: who is on it no more was named by mistake, and whoever handles it and is found out handles it no more.
    file.own("2026-09-07 13:00", assign(None, Some(&["c21025-8"])));
    assert_eq!(file.case().handler, None);
    assert_eq!(seen(&file, &named("c21025-8", WARD, Role::Handler)), Sight::Nothing);
    let clerk = official(WARD, &[Role::Reception]);
    let by_clerk = file.refused("2026-09-07 14:00", &clerk, assign(None, Some(&["head"])));
    assert_eq!(by_clerk.code(), "not_your_case", "who sits at the counter shuts no head out");
    let oneself = assign(None, Some(&[head(WARD).subject().unwrap().as_str()]));
    assert_eq!(file.own_refused("2026-09-07 14:00", oneself), Refusal::ConflictOfInterest);
    let many: Vec<String> = (0..21).map(|number| format!("official-{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let too_many = file.own_refused("2026-09-07 14:00", assign(None, Some(&many)));
    assert_eq!(too_many, Refusal::TooMany { what: "denounced" });
}

#[test]
fn the_reception_that_takes_in_a_denunciation_names_nobody_denounced() {
    let of_the_head = Petition { against: against(WARD, Position::Head), ..petition(Kind::Denunciation) };
    let mut file = File::submitted(World::shared(), "2026-09-07 09:00", of_the_head);
    let assign = || Command::Assign { agency: None, handler: None, denounced: Some(vec!["head@chair".into()]) };
    let refused = file.refused("2026-09-07 10:00", &reception(CHAIR), assign());
    assert_eq!(refused, Refusal::RoleNotAllowed { command: "assign" });
}

#[test]
fn nobody_is_denounced_in_a_complaint() {
    let mut file = File::registered(World::shared(), "2026-09-07 09:00", petition(Kind::Complaint));
    let assign = Command::Assign { agency: None, handler: None, denounced: Some(vec!["x".into()]) };
    let refused = file.own_refused("2026-09-07 10:00", assign);
    assert_eq!(refused, Refusal::NotForThisKind { command: "assign", kind: Kind::Complaint });
}

#[test]
fn reception_sees_a_denunciation_until_it_is_registered() {
    let of_head = Petition { against: against(WARD, Position::Head), ..petition(Kind::Denunciation) };
    let mut file = File::submitted(World::shared(), "2026-09-07 09:00", of_head);
    assert_eq!(seen(&file, &reception(CHAIR)), Sight::Full);
    assert_eq!(seen(&file, &reception(BOARD)), Sight::Nothing);
    file.act("2026-09-07 10:00", &reception(CHAIR), Command::Formalise { received_on: date(2026, 9, 7) });
    assert_eq!(seen(&file, &reception(CHAIR)), Sight::Nothing);
}

#[test]
fn where_a_colleague_is_denounced_the_head_alone_takes_it_in() {
    let formalise = || Command::Formalise { received_on: date(2026, 9, 7) };
    for agency in [WARD, BOARD] {
        let of_staff = Petition { against: against(agency, Position::Staff), ..petition(Kind::Denunciation) };
        let mut file = File::submitted(World::shared(), "2026-09-07 09:00", of_staff);
        let responsible = file.case().agency.clone().unwrap();
        if responsible.as_str() == agency {
            assert_eq!(seen(&file, &reception(agency)), Sight::Nothing);
            assert_eq!(file.refused("2026-09-07 10:00", &reception(agency), formalise()).code(), "not_your_case");
        }
        assert_eq!(seen(&file, &head(responsible.as_str())), Sight::Full);
        file.act("2026-09-07 10:00", &head(responsible.as_str()), formalise());
    }
}

#[test]
fn a_denunciation_that_names_no_agency_is_taken_in_by_the_reception_board_alone() {
    let unnamed = Petition { against: Against::nobody(), ..petition(Kind::Denunciation) };
    let mut file = File::submitted(World::shared(), "2026-09-07 09:00", unnamed);
    assert_eq!(seen(&file, &reception(BOARD)), Sight::Full);
    file.own("2026-09-07 10:00", Command::Transfer { to: WARD.into(), document: None });
    assert_eq!(seen(&file, &reception(WARD)), Sight::Nothing, "it may be who sits at the counter");
    assert_eq!(seen(&file, &head(WARD)), Sight::Full);
}

#[test]
fn the_external_queue_is_sealed() {
    let sealed = Petition { against: against(CHAIR, Position::Head), ..petition(Kind::Denunciation) };
    let mut file = File::submitted(World::shared(), "2026-09-07 09:00", sealed);
    assert!(file.case().agency.as_ref().unwrap().is_external());
    assert!(file.journal.iter().flat_map(|t| &t.notices).all(|n| n.audience == Audience::Citizen));
    let late = file.tick("2026-12-01 09:00").unwrap();
    assert!(late.notices.is_empty(), "nobody in the province is told");
    for (agency, _, _) in AGENCIES {
        assert_eq!(seen(&file, &official(agency, &Role::ALL)), Sight::Nothing, "{agency}");
    }
    let claimant = official(AgencyId::EXTERNAL, &Role::ALL);
    assert_eq!(seen(&file, &claimant), Sight::Nothing, "no token may claim the queue itself");
    let formalise = Command::Formalise { received_on: date(2026, 12, 1) };
    assert_eq!(file.refused("2026-12-01 09:00", &claimant, formalise).code(), "not_your_case");
}

fn steps() -> impl Strategy<Value = Vec<(u8, prop::sample::Index, u32)>> {
    prop::collection::vec((0u8..10, any::<prop::sample::Index>(), 1u32..40), 1..14)
}

proptest! {
    #[test]
    fn a_denunciation_never_reaches_the_denounced(
        directory in trees(),
        who in any::<prop::sample::Index>(),
        position in prop::sample::select(POSITIONS.to_vec()),
        on_paper: bool,
        steps in steps(),
    ) {
        let ids: Vec<AgencyId> = directory.agencies_on(TODAY).map(|a| a.id.clone()).collect();
        let world = World { directory, ..World::with_policies(Vec::new()) };
        let against = Against { agency: Some(who.get(&ids).clone()), position };
        let excluded = excluded_agencies(Kind::Denunciation, &against, &world.directory, TODAY);
        let petition = Petition { against, area: None, field: None, ..petition(Kind::Denunciation) };
        let mut now = at("2026-09-07 09:00");
        let mut file = File::new(&world);
        if on_paper {
            let received_on = date(2026, 9, 7);
            let register = Command::Register { petition, channel: Channel::Oral, received_on };
            file.attempt(now, &reception(BOARD), &register).unwrap();
        } else {
            file.attempt(now, &Actor::Citizen, &Command::Submit(petition)).unwrap();
            file.attempt(now, &Actor::System, &Command::Route).unwrap();
        }
        for (step, index, days) in steps {
            now += jiff::SignedDuration::from_hours(24 * i64::from(days));
            let to = index.get(&ids).clone();
            let responsible = file.case().agency.clone().unwrap();
            // Even somebody of an excluded agency who claims every role tries.
            let actor = official(if step % 5 == 4 { to.as_str() } else { responsible.as_str() }, &Role::ALL);
            let (actor, command) = match step {
                0 | 4 => (actor, Command::Transfer { to, document: None }),
                1 | 9 => (actor, Command::Assign { agency: Some(to), handler: Some("x".into()), denounced: None }),
                2 => (actor, Command::Formalise { received_on: donthu_domain::time::local_date(now) }),
                3 => (actor, Command::Accept { group_papers: false, document: None }),
                5 => (actor, Command::Resolve { result: ResultCode::Founded, document: None }),
                6 => (actor, Command::Correct { document: None }),
                _ => (Actor::System, Command::Tick),
            };
            let _refused_or_done = file.attempt(now, &actor, &command);
            let responsible = file.case().agency.as_ref().unwrap();
            prop_assert!(!excluded.contains(responsible), "{responsible} is excluded");
            for agency in &excluded {
                let actor = official(agency.as_str(), &Role::ALL);
                prop_assert_eq!(sight(&actor, file.case(), &world.directory, TODAY), Sight::Nothing);
            }
        }
        for notice in file.journal.iter().flat_map(|transition| &transition.notices) {
            if let Audience::Agency { agency } = &notice.audience {
                prop_assert!(!excluded.contains(agency), "{agency} was told");
                prop_assert!(!agency.is_external());
            }
        }
    }
}
