//! The life of one case: steps by anybody, sweeps between them, and after each of them the model asked for everything.

use std::collections::BTreeSet;

use donthu_domain::time::{VIETNAM, add_days, local_date};
use donthu_domain::{Actor, Case, Command, Event, TallyDelta, Verdict};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{TestCaseResult, TestRng, TestRunner};

use super::age::{Age, FIRST, LAST};
use crate::common::{self, File};
use crate::invariants::walk::{Tried, attempt, step};
use crate::invariants::{same_limits, saying};
use crate::model::{Did, History, Saying};

/// Which cases a sweep looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Regime {
    /// Every one.
    Always,
    /// Those whose next milestone has come, as the store finds them.
    WhenDue,
    /// Not this one, for ten years.
    Never,
}

/// What was met on the way: a simulation that meets nothing proves nothing.
#[derive(Debug, Default, Clone)]
pub struct Seen {
    pub cases: usize,
    pub steps: usize,
    pub refused: usize,
    pub sweeps: usize,
    pub on_time: usize,
    pub late: usize,
    pub moved_on: usize,
    pub moved_back: usize,
    pub confirmed: usize,
    pub recounted_late: usize,
    pub resumed_under_other_days: usize,
    pub reopened_under_other_days: usize,
    pub closed_under_other_days: usize,
}

impl Seen {
    pub fn add(&mut self, other: &Seen) {
        self.cases += other.cases;
        self.steps += other.steps;
        self.refused += other.refused;
        self.sweeps += other.sweeps;
        self.on_time += other.on_time;
        self.late += other.late;
        self.moved_on += other.moved_on;
        self.moved_back += other.moved_back;
        self.confirmed += other.confirmed;
        self.recounted_late += other.recounted_late;
        self.resumed_under_other_days += other.resumed_under_other_days;
        self.reopened_under_other_days += other.reopened_under_other_days;
        self.closed_under_other_days += other.closed_under_other_days;
    }
}

pub struct Life<'a> {
    age: &'a Age,
    number: usize,
    now: Timestamp,
    regime: Regime,
    file: File<'static>,
    pub history: Option<History>,
    pub tally: Vec<TallyDelta>,
    pub seen: Seen,
}

/// The last instant of the ten years.
fn end() -> Timestamp {
    VIETNAM.to_timestamp(LAST.at(23, 59, 0, 0)).unwrap()
}

/// Most of them begin about New Year, where the days off of the next year matter.
fn first_day(rng: &mut TestRng) -> Date {
    let day = if rng.random_ratio(1, 3) {
        add_days(FIRST, rng.random_range(0..3640))
    } else {
        add_days(date(rng.random_range(2025..2035), 11, 10), rng.random_range(0..100))
    };
    day.min(add_days(LAST, -1))
}

impl<'a> Life<'a> {
    pub fn begin(age: &'a Age, number: usize, rng: &mut TestRng) -> Self {
        let now = VIETNAM.to_timestamp(first_day(rng).at(7, 30, 0, 0)).unwrap();
        let regime = match rng.random_range(0..10) {
            0 => Regime::Never,
            1..6 => Regime::WhenDue,
            _ => Regime::Always,
        };
        let file = File::new(age.world(now));
        Self { age, number, now, regime, file, history: None, tally: Vec::new(), seen: Seen::default() }
    }

    /// From the petition to the last sweep that has something to say.
    pub fn live(&mut self, runner: &mut TestRunner) -> TestCaseResult {
        let any_step = step();
        for _ in 0..runner.rng().random_range(4..36) {
            let step = any_step.new_tree(runner).unwrap().current();
            // What is suspended waits for others, and they take their time.
            let is_suspended = self.history.as_ref().is_some_and(|history| history.stage() == "suspended");
            let days_more = if is_suspended { runner.rng().random_range(0..60) } else { 0 };
            let then = self.now + SignedDuration::from_mins(i64::from(step.minutes_later) + 1440 * days_more);
            if then > end() {
                break;
            }
            self.let_pass(then, runner.rng())?;
            let (actor, command) = step.on(self.number, self.history.as_ref(), local_date(then));
            self.attempt(actor, command, true)?;
            if self.history.as_ref().is_some_and(History::is_over) && runner.rng().random_ratio(3, 4) {
                break;
            }
        }
        self.let_pass(end(), runner.rng())?;
        if self.regime == Regime::Never {
            // All that was ever to be said of it, at once.
            for _ in 0..100 {
                self.attempt(Actor::System, Command::Tick, true)?;
            }
        }
        self.seen.cases += usize::from(self.history.is_some());
        let verdicts = self.file.case.iter().flat_map(|case| &case.obligations).filter_map(|owed| owed.closed);
        for closure in verdicts {
            self.seen.on_time += usize::from(closure.verdict == Verdict::OnTime);
            self.seen.late += usize::from(closure.verdict == Verdict::Late);
        }
        Ok(())
    }

    /// The sweeps until an instant, as far as they look at the case.
    fn let_pass(&mut self, then: Timestamp, rng: &mut TestRng) -> TestCaseResult {
        let next = self.age.sweeps.partition_point(|at| *at <= self.now);
        for at in self.age.sweeps[next..].iter().take_while(|at| **at <= then) {
            if self.is_quiet() {
                break;
            }
            let due = self.file.case.as_ref().and_then(Case::next_milestone_at).is_some_and(|due| due <= *at);
            if self.regime == Regime::Always || (self.regime == Regime::WhenDue && due) {
                let hung = !std::ptr::eq(self.age.world(*at), self.age.world(self.now));
                self.now = *at;
                self.seen.sweeps += 1;
                self.attempt(Actor::System, Command::Tick, hung || due || rng.random_ratio(1, 16))?;
            }
        }
        self.now = then;
        Ok(())
    }

    /// Whether no sweep will find anything until somebody takes a step.
    fn is_quiet(&self) -> bool {
        let Some(case) = &self.file.case else { return true };
        case.next_milestone_at().is_none() && !case.obligations.iter().any(|owed| owed.provisional && owed.is_running())
    }

    /// Tries a command. A sweep that found nothing is held against the model where `checks` says so.
    fn attempt(&mut self, actor: Actor, command: Command, checks: bool) -> TestCaseResult {
        self.file.world = self.age.world(self.now);
        let parts = (&mut self.file, &mut self.history);
        let tried = attempt(self.number, parts, self.age.walls, self.now, actor, command);
        self.file.journal.clear();
        if checks || !matches!(tried.outcome, Ok(None)) {
            self.check(&tried)?;
        }
        if let Ok(Some(done)) = tried.outcome {
            self.tally.extend(done.tally);
        }
        Ok(())
    }

    fn check(&mut self, tried: &Tried) -> TestCaseResult {
        let Tried { actor, command, now, .. } = tried;
        if let Some(before) = &tried.before {
            let allowed = before.allows(actor, command, *now);
            prop_assert_eq!(
                tried.outcome.is_ok(),
                allowed,
                "{:?} by {:?}: {:?}",
                command,
                actor,
                tried.outcome.as_ref().err()
            );
        }
        let Ok(done) = &tried.outcome else {
            self.seen.refused += 1;
            return Ok(());
        };
        let Some(history) = &self.history else { return Ok(()) };
        let nothing = History::new(history.petition.clone(), history.walls);
        let before = tried.before.as_ref().unwrap_or(&nothing);
        if *command == Command::Tick {
            self.check_sweep(before, tried)?;
        }
        let (Some(done), Some(history)) = (done, &self.history) else { return Ok(()) };
        self.seen.steps += usize::from(*command != Command::Tick);
        same_limits(&done.after, history)?;
        let earliest = history.running().iter().filter(|limit| limit.rule != "C-EFF").map(|limit| limit.due).min();
        prop_assert_eq!(done.after.due_on(), earliest);
        let agency = done.after.agency.as_ref().map(|id| id.to_string());
        prop_assert_eq!((done.after.stage.code(), agency), (history.stage(), history.agency()));
        prop_assert_eq!(done.after.received_on, history.received_on());
        let found = common::notices(done);
        prop_assert_eq!(
            found.into_iter().collect::<BTreeSet<_>>(),
            history.notices(actor, *now, before),
            "{:?}",
            command
        );
        match command {
            Command::Resume { .. } => {
                let stopped = before.happened.iter().rev().find(|(_, did)| *did == Did::Suspended).unwrap().0;
                let other_wall = !std::ptr::eq(before.walls.at(stopped), before.walls.at(*now));
                self.seen.resumed_under_other_days += usize::from(other_wall);
            }
            Command::Correct { .. } => {
                let rests = history.to_recount(*now).iter().any(|moved| moved.was.due != moved.is.due);
                self.seen.reopened_under_other_days += usize::from(rests);
            }
            Command::Resolve { .. } | Command::Terminate { .. } => {
                self.seen.closed_under_other_days += usize::from(!before.to_recount(*now).is_empty());
            }
            _ => {}
        }
        Ok(())
    }

    /// What a sweep recounted, wrote down and said is what the model finds; nothing where it finds nothing.
    fn check_sweep(&mut self, before: &History, tried: &Tried) -> TestCaseResult {
        let (now, outcome) = (tried.now, tried.outcome.as_ref().unwrap());
        let events = outcome.as_ref().map_or(&[][..], |done| &done.events);
        let expected = before.to_recount(now);
        let (mut announced, mut moved) = (Vec::new(), Vec::new());
        for event in events {
            match event {
                Event::CalendarProclaimed { rule, started_on, was } => {
                    announced.push((rule.as_str(), *started_on, *was))
                }
                Event::ObligationMoved { rule, started_on, raw_end, due_on, provisional, .. } => {
                    moved.push((rule.as_str(), *started_on, *raw_end, *due_on, *provisional));
                }
                _ => {}
            }
        }
        announced.sort();
        moved.sort();
        let other_day = expected.iter().filter(|moved| moved.was.due != moved.is.due);
        let mut to_announce: Vec<_> = other_day.map(|moved| (moved.was.rule, moved.was.start, moved.was.due)).collect();
        to_announce.sort();
        prop_assert_eq!(announced, to_announce);
        let mut to_move: Vec<_> = expected
            .iter()
            .map(|moved| (moved.is.rule, moved.is.start, moved.is.full, moved.is.due, moved.is.provisional))
            .collect();
        to_move.sort();
        prop_assert_eq!(moved, to_move);
        if !expected.is_empty() {
            for moved in &expected {
                self.seen.moved_on += usize::from(moved.is.due > moved.was.due);
                self.seen.moved_back += usize::from(moved.is.due < moved.was.due);
                self.seen.confirmed += usize::from(moved.is.due == moved.was.due && !moved.is.provisional);
                self.seen.recounted_late += usize::from(moved.was.due < local_date(now));
            }
            return Ok(());
        }
        if before.stage() == "received" {
            let waited = now >= before.happened[0].0 + Case::ROUTING_GRACE;
            prop_assert_eq!(events.is_empty(), !waited, "a petition that nobody got is routed");
            return Ok(());
        }
        let effects = |event: &Event| if let Event::TookEffect { on } = event { Some(*on) } else { None };
        prop_assert_eq!(events.iter().find_map(effects), before.effect(now));
        let mut said: Vec<Saying> = events.iter().filter_map(saying).collect();
        said.sort_by(|a, b| a.rule.cmp(&b.rule));
        prop_assert_eq!(said, before.to_say(now));
        Ok(())
    }

    /// What happened, for the report of a failure.
    pub fn happened(&self) -> Vec<(Timestamp, Did)> {
        self.history.iter().flat_map(|history| history.happened.clone()).collect()
    }
}
