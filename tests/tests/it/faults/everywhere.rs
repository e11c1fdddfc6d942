//! Work that is killed, or one of whose calls fails, at every single place where that can happen, and is then repeated as the
//! platform repeats it: one transition is one transaction, a notice is decided once and published at least once, and whoever was
//! told 201 has a case that reaches an agency.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::task::Poll;

use axum::http::StatusCode;
use donthu_domain::{CaseId, Event};
use donthu_store::keys::{case_pk, shard};
use donthu_store::testing::{ANY, Fault, When};
use donthu_tests::Province;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{COMMUNE, WRITE, accepted, feedback, province, times, told};
use crate::events::{failed, hand_over, record};

/// Petitions come in so far apart that nobody takes them for a flood.
const APART: SignedDuration = SignedDuration::from_mins(3);

/// No work here is polled so often or makes so many calls.
const FAR: usize = 2_000;

/// What a function is handed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Submission,
    Step,
    Routing,
    Notice,
}

/// The case that it is about, and the key that the caller repeats it under.
struct Subject {
    key: String,
    id: CaseId,
}

/// A province and the cases that work was done on.
struct Trial {
    province: Province,
    work: Work,
    /// The token of the head of its commune.
    head: String,
    subjects: Vec<Subject>,
}

impl Trial {
    async fn of(work: Work) -> Self {
        Self { province: province().await, work, head: String::new(), subjects: Vec::new() }
    }

    fn now(&self) -> Timestamp {
        self.province.shared.app.clock.now()
    }

    fn wait(&self, duration: SignedDuration) {
        self.province.machine.world().clock().set(self.now() + duration).unwrap();
    }

    /// Brings another case to where the work begins.
    async fn prepare(&mut self) {
        let number = self.subjects.len();
        let key = format!("7a6e2f5e-4b5e-4f4e-9d5e-{number:012x}");
        self.wait(APART);
        self.head = self.province.bearer("head", COMMUNE).await;
        let lookup = self.province.shared.app.store.keyring().lookup();
        let id = lookup.case_id(&lookup.receipt(lookup.current(), key.parse().unwrap()).unwrap()).unwrap();
        let subject = Subject { key, id };
        if matches!(self.work, Work::Step | Work::Routing | Work::Notice) {
            assert!(self.submit(&subject).await);
        }
        if matches!(self.work, Work::Step | Work::Notice) {
            assert!(self.route(&subject).await);
        }
        self.subjects.push(subject);
    }

    async fn submit(&self, subject: &Subject) -> bool {
        let headers = [("idempotency-key", subject.key.as_str())];
        let answer = self.province.send("POST", "/v1/petitions", &headers, Some(feedback())).await;
        answered(answer.status, StatusCode::CREATED, &answer.body)
    }

    async fn step(&self, subject: &Subject) -> bool {
        let headers =
            [("authorization", self.head.as_str()), ("if-match", "\"2\""), ("idempotency-key", subject.key.as_str())];
        let path = format!("/v1/cases/{}/acceptance", subject.id);
        let answer = self.province.send("POST", &path, &headers, Some(json!({}))).await;
        answered(answer.status, StatusCode::OK, &answer.body)
    }

    async fn hand_over(&self, function: &str, subject: &Subject, sk: &str) -> bool {
        let record = record(1, json!({ "S": case_pk(&subject.id) }), json!({ "S": sk }));
        let response = hand_over(&self.province, function, json!({ "Records": [record] })).await;
        failed(&response).is_empty()
    }

    async fn route(&self, subject: &Subject) -> bool {
        self.hand_over("AssignmentFunction", subject, "HEAD").await
    }

    async fn publish(&self, subject: &Subject) -> bool {
        let notice = format!("NOTICE#0000000002#assigned#agency:{COMMUNE}");
        self.hand_over("NotificationsFunction", subject, &notice).await
    }

    /// Does the work on the newest case. Whether it was done, as far as whoever asked for it can tell.
    async fn run(&self) -> bool {
        let subject = self.subjects.last().unwrap();
        match self.work {
            Work::Submission => self.submit(subject).await,
            Work::Step => self.step(subject).await,
            Work::Routing => self.route(subject).await,
            Work::Notice => self.publish(subject).await,
        }
    }

    /// The platform, the citizen or the official repeats what was not done.
    async fn repeat(&self) {
        for _ in 0..3 {
            if self.run().await {
                return;
            }
        }
        panic!("{:?} is not done however often it is repeated", self.work);
    }

    /// Nothing is lost, nothing is there twice.
    async fn hold(self) {
        let Self { province, work, subjects, .. } = &self;
        province.drain().await;
        assert_eq!(province.heads().await.len(), subjects.len(), "{work:?}: each submission is one case");
        for Subject { id, .. } in subjects {
            let case = province.shared.app.store.case(id).await.unwrap().unwrap().case;
            assert_eq!(case.agency.as_ref().unwrap().as_str(), COMMUNE, "{work:?}: it has reached its agency");
            assert_eq!(times(province, id, |event| matches!(event, Event::Assigned { .. })).await, 1, "{work:?}");
            assert_eq!(times(province, id, accepted).await, usize::from(*work == Work::Step), "{work:?}");
        }
        let told: BTreeSet<String> =
            told(province).into_iter().filter(|(_, milestone)| milestone == "assigned").map(|(id, _)| id).collect();
        assert_eq!(told.len(), subjects.len(), "{work:?}: one notice for each case, however many copies of it");
        let far = self.now() + SignedDuration::from_hours(24 * 365);
        for shard in subjects.iter().map(|subject| shard(&subject.id)).collect::<BTreeSet<_>>() {
            let unsent = province.shared.app.store.unsent(shard, far, None, 10).await.unwrap();
            assert_eq!(unsent.items, [], "{work:?}: every notice that was decided is sent");
        }
        province.recount_tomorrow().await;
    }
}

/// Done, or to be tried again: nobody is told anything else of what was only interrupted.
fn answered(status: StatusCode, done: StatusCode, body: &Value) -> bool {
    assert!(status == done || status == StatusCode::SERVICE_UNAVAILABLE, "{status}: {body}");
    status == done
}

/// Polls work so many times and then drops it where it stands: at once, or when what it waits for has come.
async fn killed<F: Future>(work: F, polls: usize, at_once: bool) -> Option<F::Output> {
    let mut work = Box::pin(work);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if left == 0 && at_once => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Kills work at each of its awaits, each time on another case.
async fn killed_everywhere(work: Work) {
    let mut trial = Trial::of(work).await;
    for at_once in [true, false] {
        let mut places = 0;
        for polls in 1.. {
            assert!(polls < FAR, "{work:?} never ends");
            trial.prepare().await;
            let done = killed(trial.run(), polls, at_once).await;
            if done == Some(true) {
                break;
            }
            places += 1;
            trial.repeat().await;
        }
        assert!(places > 1, "{work:?} waits for what it asks DynamoDB");
    }
    trial.hold().await;
}

/// Lets each call of work fail in each way, each time on another case.
async fn failed_everywhere(work: Work) {
    let mut trial = Trial::of(work).await;
    let ways = [When::BeforeSending, When::AfterSending, When::ServerError, When::Throttled].map(|when| (ANY, when));
    let conflicts = [(WRITE, When::Conflict), ("UpdateItem", When::Conflict)];
    for (operation, when) in ways.into_iter().chain(conflicts) {
        for nth in 1.. {
            trial.prepare().await;
            if !failed_once(&trial, false, Fault { operation, nth, when }).await {
                break;
            }
        }
        if work != Work::Notice || when == When::Conflict {
            continue;
        }
        for nth in 1.. {
            trial.prepare().await;
            if !failed_once(&trial, true, Fault { operation, nth, when }).await {
                break;
            }
        }
    }
    trial.hold().await;
}

/// Does the work with one failure of a call to DynamoDB or SNS, and repeats it. Whether there was such a call.
async fn failed_once(trial: &Trial, sns: bool, fault: Fault) -> bool {
    let faults = if sns { &trial.province.sns_faults } else { &trial.province.faults };
    assert!(usize::try_from(fault.nth).unwrap() < FAR, "{:?} never ends", trial.work);
    let raised = faults.raised();
    faults.plan(fault);
    let done = trial.run().await;
    let met = faults.raised() > raised;
    faults.clear();
    if !done {
        trial.repeat().await;
    }
    met
}

#[tokio::test]
async fn a_submission_that_is_killed_anywhere_loses_and_doubles_nothing() {
    killed_everywhere(Work::Submission).await;
}

#[tokio::test]
async fn a_step_that_is_killed_anywhere_loses_and_doubles_nothing() {
    killed_everywhere(Work::Step).await;
}

#[tokio::test]
async fn an_assignment_that_is_killed_anywhere_loses_and_doubles_nothing() {
    killed_everywhere(Work::Routing).await;
}

#[tokio::test]
async fn a_publication_that_is_killed_anywhere_loses_and_doubles_nothing() {
    killed_everywhere(Work::Notice).await;
}

#[tokio::test]
async fn a_submission_any_call_of_which_fails_loses_and_doubles_nothing() {
    failed_everywhere(Work::Submission).await;
}

#[tokio::test]
async fn a_step_any_call_of_which_fails_loses_and_doubles_nothing() {
    failed_everywhere(Work::Step).await;
}

#[tokio::test]
async fn an_assignment_any_call_of_which_fails_loses_and_doubles_nothing() {
    failed_everywhere(Work::Routing).await;
}

#[tokio::test]
async fn a_publication_any_call_of_which_fails_loses_and_doubles_nothing() {
    failed_everywhere(Work::Notice).await;
}
