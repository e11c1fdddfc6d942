//! Invariant 9 through every step and every reorganisation: a denunciation never reaches the denounced.

use std::collections::BTreeSet;

use donthu_domain::time::{VIETNAM, local_date};
use donthu_domain::visibility::{Sight, custodian_of, sight};
use donthu_domain::{
    Actor, AgencyType, Audience, Case, Command, Instance, Kind, Position, Refusal, Role, SubjectId, Transition,
    TransitionError, transition,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use self::naive::{excluded, exists, up};
use self::province::{FIRST, Province, provinces};
use self::walk::{Step, commands, denunciation, ids, steps};
use crate::common::{File, official};

mod naive;
mod province;
mod stories;
mod walk;

/// More cases than this are not followed.
const MOST_CASES: usize = 4;

fn out_of(province: &Province, case: &Case, now: Timestamp) -> BTreeSet<String> {
    excluded(&province.rows, case.kind, &case.against, local_date(now))
}

/// What a transition wrote, told and counted, is written, told and counted under nobody excluded.
fn reaches_nobody(
    province: &Province,
    before: Option<&Case>,
    done: &Transition,
    now: Timestamp,
) -> Result<(), TestCaseError> {
    let case = &done.after;
    let out = out_of(province, case, now);
    if let Some(agency) = &case.agency {
        prop_assert!(!out.contains(agency.as_str()), "with {agency}");
        let rests = agency.is_external() || case.closed_on().is_some();
        prop_assert!(rests || exists(&province.rows, agency.as_str(), local_date(now)), "with {agency}, closed");
    }
    for notice in &done.notices {
        if let Audience::Agency { agency } = &notice.audience {
            prop_assert!(!out.contains(agency.as_str()) && !agency.is_external(), "{agency} was told");
        }
    }
    // What a reorganisation takes away is taken off where it was counted before anybody there was excluded.
    let left = before.and_then(|case| case.agency.as_ref()).filter(|agency| Some(*agency) != case.agency.as_ref());
    for delta in done.tally.iter().filter(|delta| Some(&delta.agency) != left) {
        prop_assert!(!out.contains(delta.agency.as_str()), "{delta:?}");
    }
    if case.agency.as_ref().is_some_and(|agency| agency.is_external())
        && before.is_none_or(|before| before.agency != case.agency)
        && case.instance == Instance::First
    {
        let today = local_date(now);
        let chair = province.world.directory.the(AgencyType::ProvinceChair, today);
        prop_assert!(chair.is_none_or(|chair| out.contains(chair.id.as_str())), "a lawful handler was passed over");
    }
    done.opened.iter().try_for_each(|opened| reaches_nobody(province, None, opened, now))
}

/// Nobody of an excluded agency sees anything of the case, in whatever role, not even who is named its handler.
fn shows_nothing(province: &Province, case: &Case, now: Timestamp) -> Result<(), TestCaseError> {
    let today = local_date(now);
    let directory = &province.world.directory;
    let out = out_of(province, case, now);
    let keeps = custodian_of(case, directory, today);
    prop_assert!(keeps.is_none_or(|agency| !out.contains(agency.as_str()) && !agency.is_external()));
    let subjects = [SubjectId::from("somebody"), case.handler.clone().unwrap_or_else(|| "somebody".into())];
    for agency in &out {
        for roles in Role::ALL.map(|role| vec![role]).into_iter().chain([Role::ALL.to_vec()]) {
            for subject in subjects.clone() {
                let actor = Actor::Official { subject, agency: agency.as_str().into(), roles: roles.clone() };
                prop_assert_eq!(sight(&actor, case, directory, today), Sight::Nothing, "{}", agency);
            }
        }
    }
    Ok(())
}

/// Whatever an excluded official tries is refused, and as it is to somebody of nowhere.
fn refuses_alike(province: &Province, case: &Case, step: &Step, now: Timestamp) -> Result<(), TestCaseError> {
    let out: Vec<String> = out_of(province, case, now).into_iter().collect();
    if out.is_empty() {
        return Ok(());
    }
    let agency = step.case.get(&out);
    let (excluded, stranger) = (official(agency, &Role::ALL), official("nowhere", &Role::ALL));
    let refused = |actor: &Actor, command: &Command| -> Option<Refusal> {
        match transition(Some(case), command, &province.world.context(now, actor)) {
            Err(TransitionError::Refused(refusal)) => Some(refusal),
            _ => None,
        }
    };
    let petition = denunciation("tried", None, 0);
    for command in commands(step.case.get(&ids(province)).as_str(), petition, local_date(now), "tried") {
        let refusal = refused(&excluded, &command);
        prop_assert!(refusal.is_some(), "{agency} may {command:?}");
        prop_assert_eq!(&refusal, &refused(&stranger, &command), "{:?} by {}", &command, agency);
    }
    Ok(())
}

/// Where a reorganisation has left a case with somebody who must not have it, the next tick takes it away.
fn settles(province: &Province, case: &Case, now: Timestamp) -> Result<(), TestCaseError> {
    let context = province.world.context(now, &Actor::System);
    let ticked = transition(Some(case), &Command::Tick, &context).unwrap();
    let after = ticked.as_ref().map_or(case, |done| &done.after);
    if let Some(done) = &ticked {
        reaches_nobody(province, Some(case), done, now)?;
    }
    let Some(agency) = &after.agency else { return Ok(()) };
    prop_assert!(!out_of(province, after, now).contains(agency.as_str()), "stays with {agency}");
    let rests = after.closed_on().is_some() || agency.is_external();
    prop_assert!(rests || exists(&province.rows, agency.as_str(), local_date(now)), "stays with the closed {agency}");
    Ok(())
}

proptest! {
    #[test]
    fn a_denunciation_never_reaches_the_denounced_whatever_is_done_and_reorganised(
        province in provinces(),
        steps in steps(),
    ) {
        let mut files: Vec<File<'_>> = Vec::new();
        let mut now = VIETNAM.to_timestamp(FIRST.at(9, 0, 0, 0)).unwrap();
        for (number, step) in steps.iter().enumerate() {
            now += SignedDuration::from_hours(24 * i64::from(step.days_later));
            let fresh = format!("case-{number}");
            if files.is_empty() || (files.len() < MOST_CASES && step.days_later == 44) {
                files.push(File::new(&province.world));
            }
            let chosen = files.iter().position(|file| file.case.is_none()).unwrap_or(step.case.index(files.len()));
            let file = &mut files[chosen];
            let before = file.case.clone();
            let (actor, command) = match &before {
                None => step.opening(&province, &fresh, local_date(now)),
                Some(case) => step.following(&province, case.agency.as_ref(), now, &fresh),
            };
            let done = file.attempt(now, &actor, &command);
            let Some(case) = file.case.clone() else { continue };
            if let Ok(Some(done)) = &done {
                reaches_nobody(&province, before.as_ref(), done, now)?;
                for opened in done.opened.iter().take(MOST_CASES.saturating_sub(files.len())) {
                    files.push(File { case: Some(opened.after.clone()), ..File::new(&province.world) });
                }
            }
            if let (Ok(Some(_)), Some(before), Actor::Official { agency, .. }) = (&done, &before, &actor) {
                prop_assert!(!out_of(&province, before, now).contains(agency.as_str()), "{agency} did {command:?}");
            }
            shows_nothing(&province, &case, now)?;
            refuses_alike(&province, &case, step, now)?;
            settles(&province, &case, now)?;
        }
    }

    #[test]
    fn whoever_keeps_the_name_of_a_denouncer_serves_neither_with_nor_below_the_denounced(
        province in provinces(),
        steps in steps(),
    ) {
        let now = VIETNAM.to_timestamp(FIRST.at(9, 0, 0, 0)).unwrap() + SignedDuration::from_hours(24 * 250);
        for step in &steps {
            let (_, command) = step.opening(&province, "x", FIRST);
            let (Command::Submit(petition) | Command::Register { petition, .. }) = command else { continue };
            let mut file = File::new(&province.world);
            let when = VIETNAM.to_timestamp(FIRST.at(9, 0, 0, 0)).unwrap();
            file.attempt(when, &Actor::Citizen, &Command::Submit(petition.clone())).unwrap();
            file.attempt(now, &Actor::System, &Command::Route).unwrap();
            let (case, today) = (file.case(), local_date(now));
            let keeps = custodian_of(case, &province.world.directory, today);
            let Some(denounced) = &petition.against.agency else { continue };
            let responsible = case.agency.as_ref().unwrap();
            // As if the head were denounced: its colleagues and whoever took them over.
            let as_head = donthu_domain::Against { position: Position::Head, ..petition.against.clone() };
            let below = excluded(&province.rows, Kind::Denunciation, &as_head, today);
            if let Some(keeps) = &keeps {
                prop_assert!(exists(&province.rows, keeps.as_str(), today));
                prop_assert!(keeps != denounced && !responsible.is_external());
                let above = up(&province.rows, responsible.as_str(), today);
                let took_over = |id: &String| province.world.directory.standing(&id.as_str().into(), today);
                let is_above = above.iter().any(|id| took_over(id).as_ref() == Some(keeps));
                prop_assert!(is_above, "{keeps} is not above {responsible}");
                if petition.against.position != Position::Staff {
                    prop_assert!(!below.contains(keeps.as_str()));
                }
            }
        }
    }
}
