use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use donthu_domain::{
    Actor, AgencyId, CaseId, Cohort, Command, CommandId, Kind, Measure, Refusal, ResultCode, Role, SubjectId,
    TransitionError,
};
use donthu_store::keys::{Ledger, Month};
use donthu_store::testing::{Fault, When};
use donthu_store::{StepError, Stepped, StoreError, verify_chain};
use jiff::civil::Date;

use crate::bench::{Bench, DEPARTMENT, at, decide, monday, official};

const WRITE: &str = "TransactWriteItems";

fn name_handler(name: &str) -> Command {
    Command::Assign { agency: None, handler: Some(SubjectId::from(name)), denounced: None }
}

fn accept() -> Command {
    Command::Accept { group_papers: false, document: None }
}

#[tokio::test]
async fn a_step_is_one_read_and_one_transaction() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Feedback).await.unwrap();
    let before = bench.store.meter().snapshot();
    let stepped = bench.step(&bench.case_id(1), "route", Command::Route, &Actor::System, monday()).await.unwrap();
    let used = bench.store.meter().snapshot().since(&before);
    assert_eq!(used.requests, BTreeMap::from([("GetItem".to_owned(), 1), (WRITE.to_owned(), 1)]));
    assert!(used.read_units > 0.0 && used.write_units > 0.0);
    let Stepped::Done(after) = stepped else { panic!("not done") };
    assert_eq!(after.case.version, 2);
    assert_eq!(bench.store.case(&bench.case_id(1)).await.unwrap(), Some(after));
}

#[tokio::test]
async fn a_step_on_an_unknown_case_finds_nothing() {
    let bench = Bench::new().await;
    let missing =
        bench.step(&CaseId::from("0".repeat(32).as_str()), "x", Command::Route, &Actor::System, monday()).await;
    assert!(matches!(missing, Err(StepError::NotFound)));
}

#[tokio::test]
async fn a_refused_step_and_a_tick_before_its_time_write_nothing() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Feedback).await.unwrap();
    let id = bench.case_id(1);
    let refused = bench.step(&id, "x", accept(), &official(Role::Head), monday()).await;
    assert!(matches!(refused, Err(StepError::Refused(TransitionError::Refused(Refusal::NotYourCase)))), "{refused:?}");
    let nothing = bench.step(&id, "tick", Command::Tick, &Actor::System, monday()).await.unwrap();
    assert!(matches!(nothing, Stepped::Nothing(_)));
    assert_eq!(bench.store.journal(&id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_command_again_is_done_once() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Feedback).await.unwrap();
    let id = bench.case_id(1);
    let done = bench.step(&id, "route", Command::Route, &Actor::System, monday()).await.unwrap();
    let again = bench.step(&id, "route", Command::Route, &Actor::System, monday()).await.unwrap();
    assert_eq!(again, Stepped::Repeated(done.loaded().clone()));
    assert_eq!(bench.store.journal(&id).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_lost_reply_does_not_take_a_step_twice() {
    for (when, attempts) in
        [(When::BeforeSending, 3), (When::AfterSending, 1), (When::AfterSending, 4), (When::ServerError, 4)]
    {
        let bench = Bench::new().await;
        bench.submit(1, Kind::Feedback).await.unwrap();
        let id = bench.case_id(1);
        bench.faults.plan_next(WRITE, attempts, when);
        let stepped = bench.step(&id, "route", Command::Route, &Actor::System, monday()).await.unwrap();
        assert!(matches!(stepped, Stepped::Done(_)), "{when:?} {attempts}");
        let journal = bench.store.journal(&id).await.unwrap();
        assert_eq!(journal.len(), 2);
        assert_eq!(verify_chain(&journal).unwrap(), Some(stepped.loaded().last_hash.clone()));
    }
}

#[tokio::test]
async fn where_nobody_knows_whether_a_step_was_written_it_is_an_error_and_may_be_given_again() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Feedback).await.unwrap();
    let id = bench.case_id(1);
    bench.faults.plan_next(WRITE, 4, When::BeforeSending);
    let failed = bench.step(&id, "route", Command::Route, &Actor::System, monday()).await;
    assert!(matches!(failed, Err(StepError::Store(StoreError::Unavailable { .. }))));
    assert!(matches!(bench.step(&id, "route", Command::Route, &Actor::System, monday()).await, Ok(Stepped::Done(_))));
}

#[tokio::test]
async fn conflicts_are_decided_anew_and_end_as_busy() {
    let bench = Bench::new().await;
    bench.submit(1, Kind::Feedback).await.unwrap();
    let id = bench.case_id(1);
    bench.faults.plan_next(WRITE, 2, When::Conflict);
    let mut decided = 0;
    let command = CommandId::from("route");
    let stepped = bench.store.transition(&id, &command, &Actor::System, monday(), |case| {
        decided += 1;
        decide(Some(case), &Command::Route, &Actor::System, monday())
    });
    assert!(matches!(stepped.await, Ok(Stepped::Done(_))));
    assert_eq!(decided, 3);

    bench.faults.plan_next(WRITE, 8, When::Conflict);
    let busy = bench.step(&id, "accept", accept(), &official(Role::Head), monday()).await;
    assert!(matches!(busy, Err(StepError::Store(StoreError::Busy))), "{busy:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_somebody_else_overtook_is_decided_on_the_newer_case() {
    let bench = Arc::new(Bench::new().await);
    bench.accepted(1, Kind::Feedback).await;
    let id = bench.case_id(1);
    let head = official(Role::Head);
    let mut seen = Vec::new();
    let overtaking = bench.clone();
    let command = CommandId::from("second");
    let stepped = bench
        .store
        .transition(&id, &command, &head, monday(), |case| {
            seen.push((case.version, case.handler.clone()));
            if seen.len() == 1 {
                tokio::task::block_in_place(|| {
                    let first = overtaking.step(&case.id, "first", name_handler("an"), &head, monday());
                    tokio::runtime::Handle::current().block_on(first).unwrap();
                });
            }
            decide(Some(case), &name_handler("binh"), &head, monday())
        })
        .await
        .unwrap();
    assert_eq!(seen, [(3, None), (4, Some(SubjectId::from("an")))]);
    assert_eq!(stepped.loaded().case.version, 5);
    let journal = bench.store.journal(&id).await.unwrap();
    assert_eq!(verify_chain(&journal).unwrap(), Some(stepped.loaded().last_hash.clone()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_given_twice_at_once_is_done_once() {
    let bench = Arc::new(Bench::new().await);
    bench.accepted(1, Kind::Feedback).await;
    let id = bench.case_id(1);
    let all: Vec<_> = (0..8)
        .map(|_| {
            let (bench, id) = (bench.clone(), id.clone());
            tokio::spawn(
                async move { bench.step(&id, "name", name_handler("an"), &official(Role::Head), monday()).await },
            )
        })
        .collect();
    for one in all {
        assert!(matches!(one.await.unwrap(), Ok(Stepped::Done(_) | Stepped::Repeated(_))));
    }
    assert_eq!(bench.store.journal(&id).await.unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_was_written_unnoticed_is_not_taken_again_on_what_others_made_of_it() {
    let bench = Arc::new(Bench::new().await);
    bench.accepted(1, Kind::Feedback).await;
    let id = bench.case_id(1);
    let head = official(Role::Head);
    bench.faults.plan(Fault { operation: WRITE, nth: 1, when: When::AfterSending });
    bench.faults.plan(Fault { operation: WRITE, nth: 2, when: When::Conflict });
    let pauses = AtomicU32::new(0);
    let (others, other_id) = (bench.clone(), id.clone());
    let store = bench.with_jitter(move |_| {
        if pauses.fetch_add(1, Ordering::Relaxed) == 1 {
            tokio::task::block_in_place(|| {
                let head = official(Role::Head);
                let overtaking = others.step(&other_id, "other", name_handler("binh"), &head, monday());
                tokio::runtime::Handle::current().block_on(overtaking).unwrap();
            });
        }
        Duration::ZERO
    });
    let command = CommandId::from("ours");
    let stepped = store
        .transition(&id, &command, &head, monday(), |case| decide(Some(case), &name_handler("an"), &head, monday()))
        .await
        .unwrap();
    assert!(matches!(stepped, Stepped::Done(_)));
    let journal = bench.store.journal(&id).await.unwrap();
    let commands: Vec<_> = journal.iter().skip(3).map(|entry| entry.body().unwrap().command).collect();
    assert_eq!(commands, [CommandId::from("ours"), CommandId::from("other")]);
}

type Counter = (Cohort, AgencyId, Date, Measure);

#[tokio::test(flavor = "multi_thread")]
async fn after_32_concurrent_cases_of_one_agency_counters_equal_the_sum_of_the_journal() {
    let bench = Arc::new(Bench::new().await);
    let resolved = at("2026-03-09T02:00:00Z");
    let all: Vec<_> = (0..32)
        .map(|number| {
            let bench = bench.clone();
            tokio::spawn(async move {
                let id = bench.accepted(number, Kind::Feedback).await.case.id;
                let resolve = Command::Resolve { result: ResultCode::Answered, document: None };
                bench.step(&id, "resolve", resolve, &official(Role::Head), resolved).await.unwrap();
                if number % 4 == 0 {
                    bench
                        .step(&id, "correct", Command::Correct { document: None }, &official(Role::Head), resolved)
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    for one in all {
        one.await.unwrap();
    }

    let mut recounted: BTreeMap<Counter, i64> = BTreeMap::new();
    let mut cursor = None;
    loop {
        let page = bench.store.scan_journal(cursor.as_ref(), 50).await.unwrap();
        for entry in page.items {
            for delta in entry.unwrap().body().unwrap().tally {
                *recounted.entry((delta.cohort, delta.agency, delta.day, delta.measure)).or_default() += delta.by;
            }
        }
        let Some(next) = page.next else { break };
        cursor = Some(next);
    }
    recounted.retain(|_, by| *by != 0);

    let mut counted = BTreeMap::new();
    let month = Month::parse("2026-03").unwrap();
    for (ledger, cohort) in [(Ledger::Flow, Cohort::Flow), (Ledger::Cohort, Cohort::ByAcceptance)] {
        for day in bench.store.tallies(ledger, Kind::Feedback, month, None).await.unwrap() {
            for (measure, by) in day.flows.iter() {
                counted.insert((cohort, day.agency.clone(), day.day, measure.clone()), by);
            }
        }
    }
    assert_eq!(counted, recounted);
    let accepted = (Cohort::Flow, AgencyId::from(DEPARTMENT), "2026-03-02".parse().unwrap(), Measure::Accepted);
    assert_eq!(counted[&accepted], 32);
}
