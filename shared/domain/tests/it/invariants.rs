//! The design's invariants over random walks, beside the naive model.

use std::collections::{BTreeMap, BTreeSet};

use donthu_domain::deadline::{Count, due};
use donthu_domain::rules::Unit;
use donthu_domain::tally::{AgeBand, Balance, Figures, Flows, UNASSIGNED, deltas, open_by_age};
use donthu_domain::time::{add_days, local_date};
use donthu_domain::{
    Actor, AgencyId, Audience, Case, Cohort, Command, Event, Extension, Kind, Measure, Milestone, Outcome, Stage,
    Suspension, TallyDelta, TransitionError, evolve, transition,
};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use self::walk::{Walk, steps, world};
use crate::common::{self, File};
use crate::model::limits::{Clock, Days};
use crate::model::wall::Walls;
use crate::model::{Did, History, Limit, Recount, Saying};

pub mod walk;

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

/// The case's limits are those of the model.
pub fn same_limits(case: &Case, history: &History) -> TestCaseResult {
    let mut owed: Vec<_> = case.obligations.iter().collect();
    owed.sort_by(|a, b| a.rule.cmp(&b.rule));
    let expected = history.limits();
    let rules = |limits: &[&str]| limits.join(" ");
    prop_assert_eq!(
        rules(&owed.iter().map(|o| o.rule.as_str()).collect::<Vec<_>>()),
        rules(&expected.iter().map(|l| l.rule).collect::<Vec<_>>())
    );
    for (owed, limit) in owed.into_iter().zip(expected) {
        let rule = limit.rule;
        let found = (owed.started_on, owed.raw_end, owed.due_on);
        prop_assert_eq!(found, (limit.start, limit.full, limit.due), "{}", rule);
        prop_assert_eq!(owed.closed.map(|closure| (closure.on, closure.verdict)), limit.closed, "{}", rule);
        let plan: Vec<_> = owed.plan.iter().map(|planned| (planned.at, planned.milestone)).collect();
        prop_assert_eq!(plan, limit.plan, "{}", rule);
        prop_assert_eq!(owed.provisional, limit.provisional, "{} until {}", rule, limit.due);
    }
    Ok(())
}

/// All counter changes of a walk.
fn journal<'a>(files: impl IntoIterator<Item = &'a File<'static>>) -> Vec<TallyDelta> {
    files.into_iter().flat_map(|file| &file.journal).flat_map(|t| t.tally.clone()).collect()
}

/// Flows of one kind by agency and day, as the store keeps them.
pub type Ledger = BTreeMap<AgencyId, BTreeMap<Date, Flows>>;

pub fn ledger(deltas: &[TallyDelta], kind: Kind, cohort: Cohort) -> Ledger {
    let mut ledger = Ledger::new();
    for delta in deltas.iter().filter(|delta| delta.kind == kind && delta.cohort == cohort) {
        let days = ledger.entry(delta.agency.clone()).or_default();
        days.entry(delta.day).or_default().add(delta.measure.clone(), delta.by);
    }
    ledger
}

pub fn sum(days: Option<&BTreeMap<Date, Flows>>, from: Date, to: Date) -> Flows {
    let mut flows = Flows::default();
    for (_, day) in days.into_iter().flat_map(|days| days.range(from..=to)) {
        flows.merge(day);
    }
    flows
}

/// The figures of a period as the statistics work them out: the stock before it, and its flows.
pub fn figures(ledger: &Ledger, agency: Option<&AgencyId>, from: Date, to: Date) -> Figures {
    let (mut opening, mut flows) = (Balance::default(), Flows::default());
    for id in ledger.keys().filter(|id| agency.is_none_or(|agency| agency == *id)) {
        let mut before = Balance::default();
        before.apply(&sum(ledger.get(id), Date::MIN, from.yesterday().unwrap()));
        opening.merge(&before);
        flows.merge(&sum(ledger.get(id), from, to));
    }
    Figures::of_period(&opening, &flows, from, to)
}

/// How many cases that an agency accepted on a day have which end.
pub type Cohorts = BTreeMap<(String, Date, Measure), i64>;

pub fn cohorts(ledger: &Ledger) -> Cohorts {
    let mut cohorts = Cohorts::new();
    for (agency, days) in ledger {
        for (day, flows) in days {
            cohorts.extend(flows.iter().map(|(measure, by)| ((agency.to_string(), *day, measure.clone()), by)));
        }
    }
    cohorts
}

pub fn cohorts_of<'a>(histories: impl IntoIterator<Item = &'a History>) -> Cohorts {
    let mut cohorts = Cohorts::new();
    for history in histories {
        let (Some(day), Some(agency)) = (history.accepted_on(), history.agency()) else { continue };
        *cohorts.entry((agency.clone(), day, Measure::Accepted)).or_default() += 1;
        for ending in history.endings().into_iter().filter(|ending| ending.annulled.is_none()) {
            let measure = Measure::Resolved(ending.outcome, ending.on_time);
            *cohorts.entry((agency.clone(), day, measure)).or_default() += 1;
        }
    }
    cohorts
}

fn months() -> Vec<(Date, Date)> {
    let first = (2025..=2027).flat_map(|year| (1..=12).map(move |month| date(year, month, 1)));
    first.map(|day| (day, day.last_of_month())).collect()
}

/// Every month, the days on which something happened or fell due and those after, a quarter, and the whole.
fn periods(walk: &Walk) -> Vec<(Date, Date)> {
    let mut periods = months();
    let mut days = BTreeSet::new();
    for (_, history) in walk.begun() {
        days.extend(history.happened.iter().map(|(at, _)| local_date(*at)));
        days.extend(history.limits().iter().map(|limit| limit.due));
    }
    for day in days {
        periods.extend([(day, day), (day.tomorrow().unwrap(), day.tomorrow().unwrap())]);
    }
    periods.extend([(date(2025, 12, 15), date(2026, 3, 14)), (date(2025, 1, 1), date(2027, 12, 31))]);
    periods
}

pub fn saying(event: &Event) -> Option<Saying> {
    let Event::MilestonesReached { rule, reached, told, .. } = event else { return None };
    let told = told.iter().map(|a| (a.milestone, a.agency.to_string())).collect();
    Some(Saying { rule: rule.to_string(), reached: reached.clone(), told })
}

fn is_open(case: &Case) -> bool {
    case.stage.ended_on().is_none()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_petition_that_came_in_reaches_an_agency_and_is_counted_in_one_place_until_it_is_closed(steps in steps()) {
        let mut walk = Walk::whole(&steps);
        walk.now += Case::ROUTING_GRACE;
        for case in 0..walk.files.len() {
            if walk.files[case].case.is_some() {
                walk.attempt(case, Actor::System, Command::Tick).outcome.unwrap();
            }
        }
        let (mut submitted, mut closed, mut stock) = (0, 0, 0);
        for (file, _) in walk.begun() {
            submitted += 1;
            closed += i64::from(!is_open(file.case()));
            prop_assert!(file.case().agency.is_some() || !is_open(file.case()), "the sweep repairs what a stream lost");
        }
        let deltas = journal(&walk.files);
        for kind in Kind::ALL {
            let all = figures(&ledger(&deltas, kind, Cohort::Flow), None, date(2025, 1, 1), date(2027, 12, 31));
            submitted -= all.submitted;
            stock += all.pending + all.open;
            prop_assert_eq!(all.transferred_in, all.transferred_out, "transfers cancel in the province");
            let put_aside = all.filed + all.inspected + all.referred + all.duplicates + all.divided;
            let ended = all.refused + all.guided + put_aside + all.withdrawn_before + all.resolved();
            prop_assert_eq!(all.submitted, all.pending + all.open + ended);
        }
        prop_assert_eq!((submitted, stock + closed), (0, i64::try_from(walk.begun().count()).unwrap()));
    }

    #[test]
    fn a_step_is_done_exactly_when_the_law_and_the_roles_allow_it(steps in steps()) {
        let mut walk = Walk::from_day(steps.0);
        for step in &steps.1 {
            let Some(tried) = walk.take(step) else { break };
            let Some(before) = tried.before else { continue };
            let allowed = before.allows(&tried.actor, &tried.command, tried.now);
            let (code, stage) = (tried.command.code(), before.stage());
            match &tried.outcome {
                Ok(_) => prop_assert!(allowed, "{code} in {stage} by {:?} was done", tried.actor),
                Err(refused) => prop_assert!(!allowed, "{code} in {stage} by {:?}: {refused}", tried.actor),
            }
        }
    }

    #[test]
    fn a_step_is_its_events_and_all_that_follows_from_them_and_a_refused_one_is_nothing(steps in steps()) {
        let mut walk = Walk::from_day(steps.0);
        for step in &steps.1 {
            let Some(tried) = walk.take(step) else { break };
            let file = &walk.files[tried.case];
            let Ok(Some(done)) = &tried.outcome else {
                prop_assert_eq!(&file.case, &tried.case_before);
                prop_assert!(matches!(tried.outcome, Ok(None) | Err(TransitionError::Refused(_))));
                continue;
            };
            let version = tried.case_before.as_ref().map_or(0, |case| case.version);
            prop_assert_eq!(done.after.version, version + 1);
            let folded = done.events.iter().try_fold(tried.case_before.clone(), |case, event| evolve(case, event).map(Some));
            let folded = folded.unwrap().unwrap();
            let silent = |event: &Event| {
                matches!(
                    event,
                    Event::MilestonesReached { .. } | Event::MessageSent { .. } | Event::IdentityDisclosed { .. }
                )
            };
            let stales = !done.events.iter().all(silent);
            prop_assert_eq!(done.after.step, folded.step + u64::from(stales), "neither milestone nor message stales a form");
            prop_assert_eq!(&Case { version: done.after.version, step: done.after.step, ..folded }, &done.after);
            let context = walk.files[tried.case].world.context(tried.now, &tried.actor);
            let again = transition(tried.case_before.as_ref(), &tried.command, &context);
            prop_assert_eq!(&again, &tried.outcome, "the same from the same");
            let history = walk.histories[tried.case].as_ref().unwrap();
            let agency = done.after.agency.as_ref().map(|id| id.to_string());
            prop_assert_eq!((done.after.stage.code(), agency), (history.stage(), history.agency()));
            let handler = done.after.handler.as_ref().map(|id| id.to_string());
            prop_assert_eq!((done.after.received_on, handler), (history.received_on(), history.handler()));
        }
    }

    #[test]
    fn every_due_date_and_reminder_is_what_tearing_leaves_off_the_calendar_gives(steps in steps()) {
        let mut walk = Walk::from_day(steps.0);
        for step in &steps.1 {
            let Some(tried) = walk.take(step) else { break };
            if let (Ok(Some(done)), Some(history)) = (&tried.outcome, &walk.histories[tried.case]) {
                same_limits(&done.after, history)?;
                let work = |limit: &&Limit| !limit.rule.starts_with("C-EFF");
                let earliest = history.running().iter().filter(work).map(|limit| limit.due).min();
                prop_assert_eq!(done.after.due_on(), earliest);
            }
        }
    }

    #[test]
    fn a_sweep_that_runs_late_or_never_moves_no_date_and_changes_no_verdict_and_no_figure(steps in steps()) {
        let swept = Walk::whole(&steps);
        for (file, acts) in swept.files.iter().zip(&swept.acts).filter(|(file, _)| file.case.is_some()) {
            let mut never = File::new(world());
            for (now, actor, command) in acts {
                never.attempt(*now, actor, command).unwrap();
            }
            let unsaid = |file: &File<'static>| {
                let mut case = Case { version: 0, ..file.case().clone() };
                case.obligations.iter_mut().for_each(|obligation| obligation.raised.clear());
                case
            };
            prop_assert_eq!(unsaid(file), unsaid(&never));
            prop_assert_eq!(journal([file]), journal([&never]));
        }
    }

    #[test]
    fn figures_by_agency_kind_and_period_are_what_counting_by_hand_gives(steps in steps()) {
        let walk = Walk::whole(&steps);
        let deltas = journal(&walk.files);
        let mut recount = Recount::of(walk.histories.iter().flatten());
        for kind in Kind::ALL {
            let ledger = ledger(&deltas, kind, Cohort::Flow);
            for (from, to) in periods(&walk) {
                for agency in ledger.keys().map(Some).chain([None]) {
                    let found = figures(&ledger, agency, from, to);
                    let expected = recount.figures(kind, agency.map(AgencyId::as_str), from, to);
                    prop_assert_eq!(&found, &expected, "{:?} {:?} {}..{}", kind, agency, from, to);
                    let had = found.carried_in + found.accepted + found.reopened;
                    prop_assert_eq!(had - found.resolved(), found.open, "stock and flow");
                    prop_assert_eq!(found.on_time + found.late, found.resolved());
                    let rate = found.resolution_rate();
                    prop_assert!(0 <= rate.numerator && rate.numerator <= rate.denominator);
                }
            }
        }
    }

    #[test]
    fn a_cohort_is_how_the_cases_accepted_on_a_day_have_ended_so_far(steps in steps()) {
        let walk = Walk::whole(&steps);
        let deltas = journal(&walk.files);
        for kind in Kind::ALL {
            let histories = walk.begun().map(|(_, history)| history);
            let expected = cohorts_of(histories.filter(|history| history.kind() == kind));
            prop_assert_eq!(cohorts(&ledger(&deltas, kind, Cohort::ByAcceptance)), expected);
        }
    }

    #[test]
    fn open_cases_by_age_are_those_accepted_so_long_ago_that_have_not_ended(steps in steps(), later in 0i32..400) {
        let walk = Walk::whole(&steps);
        let deltas = journal(&walk.files);
        let today = add_days(local_date(walk.now), later);
        for kind in Kind::ALL {
            let mut expected: BTreeMap<(String, AgeBand), i64> = BTreeMap::new();
            for (_, history) in walk.begun().filter(|(_, history)| history.kind() == kind) {
                let (Some(day), Some(agency)) = (history.accepted_on(), history.agency()) else { continue };
                if history.endings().iter().all(|ending| ending.annulled.is_some()) {
                    *expected.entry((agency, AgeBand::of((today - day).get_days()))).or_default() += 1;
                }
            }
            let flows = ledger(&deltas, kind, Cohort::Flow);
            let accepted = ledger(&deltas, kind, Cohort::ByAcceptance);
            let mut found = BTreeMap::new();
            for agency in flows.keys() {
                let open = figures(&flows, Some(agency), today, today).open;
                let days = accepted.get(agency).into_iter().flatten().map(|(day, flows)| (*day, flows));
                let ages = open_by_age(open, days, today);
                prop_assert_eq!(ages.values().sum::<i64>(), open);
                found.extend(ages.into_iter().map(|(band, cases)| ((agency.to_string(), band), cases)));
            }
            found.retain(|_, cases| *cases != 0);
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn counters_are_the_journal_folded_again_and_what_was_posted_to_a_day_never_changes(steps in steps()) {
        let mut walk = Walk::from_day(steps.0);
        let mut sealed: BTreeMap<(Kind, Date, Date), Figures> = BTreeMap::new();
        for step in &steps.1 {
            let Some(tried) = walk.take(step) else { break };
            let Ok(Some(done)) = &tried.outcome else { continue };
            let today = local_date(tried.now);
            let again = deltas(tried.case_before.as_ref(), &done.events, &done.after, today);
            prop_assert_eq!(&again, &done.tally);
            let flows = || done.tally.iter().filter(|delta| delta.cohort == Cohort::Flow);
            prop_assert!(flows().all(|delta| delta.day == today), "a correction posts to its own day");
            prop_assert!(done.tally.iter().all(|delta| delta.by != 0));
            let all = journal(&walk.files);
            for kind in Kind::ALL {
                let ledger = ledger(&all, kind, Cohort::Flow);
                for (from, to) in months().into_iter().filter(|(_, to)| *to < today) {
                    let now = figures(&ledger, None, from, to);
                    let then = sealed.entry((kind, from, to)).or_insert_with(|| now.clone());
                    prop_assert_eq!(&*then, &now, "{:?} {}", kind, from);
                }
            }
        }
    }

    #[test]
    fn what_was_not_accepted_never_counts_as_resolved(steps in steps()) {
        let walk = Walk::whole(&steps);
        for (file, history) in walk.begun() {
            let resolved: i64 = file
                .journal
                .iter()
                .flat_map(|transition| &transition.tally)
                .filter(|delta| delta.cohort == Cohort::Flow)
                .map(|delta| match delta.measure {
                    Measure::Resolved(..) => delta.by,
                    Measure::Annulled(..) => -delta.by,
                    _ => 0,
                })
                .sum();
            let ended = matches!(file.case().stage, Stage::Resolved { .. } | Stage::Terminated { .. });
            prop_assert_eq!(resolved, i64::from(ended));
            if history.accepted_on().is_none() {
                prop_assert!(!ended, "guided, transferred, refused and early withdrawn cases");
            }
            let withdrew = history.happened.iter().any(|(_, did)| matches!(did, Did::Ended(ground) if ground.outcome() == Outcome::Withdrawn));
            let shown = file.journal.iter().flat_map(|t| &t.tally).any(|d| matches!(d.measure, Measure::Resolved(Outcome::Withdrawn, _)));
            prop_assert_eq!(withdrew, shown, "withdrawn ones are shown apart");
        }
    }

    #[test]
    fn sweeping_at_every_next_milestone_says_everything_once_and_comes_to_an_end(steps in steps()) {
        let mut walk = Walk::whole(&steps);
        for case in 0..walk.files.len() {
            let mut last = None;
            let mut rounds = 0;
            while let Some(next) = walk.files[case].case.as_ref().and_then(Case::next_milestone_at) {
                walk.now = walk.now.max(next);
                let received = walk.files[case].case().stage == Stage::Received;
                let done = walk.attempt(case, Actor::System, Command::Tick).outcome.unwrap();
                prop_assert!(done.is_some(), "what is due is found at its time");
                let case = walk.files[case].case();
                let then = case.next_milestone_at();
                prop_assert!(received || then.is_none_or(|then| then > walk.now), "one tick says all that is due");
                prop_assert!(last.is_none_or(|last| last < next), "it goes forward");
                last = (!received).then_some(next);
                let planned: usize = case.obligations.iter().map(|owed| owed.plan.len()).sum();
                rounds += 1;
                prop_assert!(rounds <= planned + 1, "at most one round for each milestone, and one to route");
            }
            if let Some(open) = walk.files[case].case.as_ref().filter(|case| is_open(case)) {
                for owed in open.obligations.iter().filter(|o| o.is_running()) {
                    let planned: BTreeSet<Milestone> = owed.plan.iter().map(|planned| planned.milestone).collect();
                    prop_assert_eq!(planned.len(), owed.raised.len(), "{} once each", owed.rule);
                    prop_assert_eq!(planned, owed.raised.iter().copied().collect());
                }
            }
        }
    }

    #[test]
    fn a_notice_is_decided_once_for_each_step_milestone_and_audience(steps in steps()) {
        let mut walk = Walk::from_day(steps.0);
        for step in &steps.1 {
            let Some(tried) = walk.take(step) else { break };
            let Ok(Some(done)) = &tried.outcome else { continue };
            let history = walk.histories[tried.case].clone().unwrap();
            let before = tried.before.unwrap_or_else(|| History::new(history.petition.clone(), history.walls));
            let found = common::notices(done);
            let expected = history.notices(&tried.actor, tried.now, &before);
            prop_assert_eq!(found.len(), expected.len(), "none twice: {:?}", found);
            prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected, "{:?}", tried.command);
            if tried.command == Command::Tick && before.stage() != "received" {
                let mut said: Vec<Saying> = done.events.iter().filter_map(saying).collect();
                said.sort_by(|a, b| a.rule.cmp(&b.rule));
                prop_assert_eq!(said, before.to_say(tried.now));
            }
            // What nobody was given is routed first; what that leaves due is said by the tick after it.
            if walk.files[tried.case].case().stage == Stage::Received {
                walk.attempt(tried.case, Actor::System, Command::Tick).outcome.unwrap();
            }
            let repeated = walk.attempt(tried.case, Actor::System, Command::Tick).outcome.unwrap();
            let repeated_again = walk.attempt(tried.case, Actor::System, Command::Tick).outcome.unwrap();
            prop_assert!(repeated_again.is_none(), "after {:?}", repeated.map(|done| done.events));
        }
    }

    #[test]
    fn a_denunciation_is_never_with_the_denounced_nor_told_to_them(steps in steps()) {
        let walk = Walk::whole(&steps);
        for (file, history) in walk.begun() {
            let excluded = history.excluded();
            for done in &file.journal {
                let agency = done.after.agency.as_ref().map_or("", AgencyId::as_str);
                prop_assert!(!excluded.contains(agency));
                for notice in &done.notices {
                    if let Audience::Agency { agency } = &notice.audience {
                        prop_assert!(!excluded.contains(agency.as_str()) && agency.as_str() != UNASSIGNED);
                    }
                }
            }
        }
    }

    #[test]
    fn a_limit_in_any_unit_with_any_suspensions_ends_where_tearing_leaves_off_does(
        start in 0i32..760,
        days in 1u16..60,
        working: bool,
        spans in prop::collection::vec((0i32..30, 0i32..12, any::<bool>()), 0..4),
        extensions in prop::collection::vec(1u16..=30, 0..3),
    ) {
        let wall = Walls::shipped().at(Timestamp::MIN);
        let start = add_days(date(2025, 1, 2), start);
        let extensions = if working { Vec::new() } else { extensions };
        let unit = if working { Days::Working } else { Days::Calendar };
        let mut clock = Clock { start, days: days + extensions.iter().sum::<u16>(), unit, stops: Vec::new() };
        let mut earliest = start;
        for (offset, length, about_the_end) in spans {
            // The edges lie where the limit ends: a day before to a few after.
            let aimed = if about_the_end { add_days(clock.end(wall).0, offset % 5 - 1) } else { add_days(earliest, offset) };
            let from = aimed.max(earliest);
            earliest = add_days(from, length);
            clock.stops.push((from, earliest));
        }
        let suspensions: Vec<Suspension> =
            clock.stops.iter().map(|(from, to)| Suspension { from: *from, to: Some(*to) }).collect();
        let extensions: Vec<Extension> = extensions.into_iter().map(|days| Extension { days, on: start }).collect();
        let unit = if working { Unit::WorkingDays } else { Unit::CalendarDays };
        let count =
            Count { suspensions: &suspensions, extensions: &extensions, ..Count::usual(start, days, unit) };
        let found = due(&count, &world().calendar);
        prop_assert_eq!((found.raw_end, found.on), clock.end(wall));
    }
}
