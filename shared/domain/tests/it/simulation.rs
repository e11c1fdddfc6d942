//! Ten years of virtual time: cases of all kinds, steps by anybody, sweeps that run twice, late or not at all, and days off
//! that turn out otherwise than they were counted with. Each case is held against the model after every step, the province's
//! figures at the end.
//!
//! The same every time. `DONTHU_SIMULATED_CASES` asks for more cases, `DONTHU_SIMULATED_SEED` for other ones.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use donthu_domain::tally::{Balance, Figures, Flows};
use donthu_domain::{AgencyId, Cohort, Kind, TallyDelta};
use jiff::civil::{Date, date};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use self::age::{Age, DaysOff, FIRST, LAST};
use self::life::{Life, Seen};
use crate::calendars;
use crate::invariants::{Ledger, cohorts, cohorts_of, figures, ledger, sum};
use crate::model::{History, Recount};

mod age;
mod life;

/// Cases by default, and in one province with its own ten years.
const CASES: usize = 3000;
const IN_A_PROVINCE: usize = 1000;

#[expect(clippy::disallowed_methods, reason = "an option of this test, read by nobody else")]
fn option(name: &str) -> Option<usize> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is a number, not {value}")))
}

fn seeded(seed: usize, province: usize, case: usize) -> TestRunner {
    let mut bytes = [0; 32];
    for (place, number) in [seed, province, case].into_iter().enumerate() {
        bytes[8 * place..8 * (place + 1)].copy_from_slice(&u64::try_from(number).unwrap().to_le_bytes());
    }
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// A province's cases, one after the other, and then its figures.
fn simulate(seed: usize, province: usize, cases: usize) -> Seen {
    let age = Age::drawn(seeded(seed, province, usize::MAX).rng());
    let mut seen = Seen::default();
    let (mut histories, mut tally) = (Vec::new(), Vec::new());
    for case in 0..cases {
        let mut runner = seeded(seed, province, case);
        let mut life = Life::begin(&age, case, runner.rng());
        if let Err(error) = life.live(&mut runner) {
            let happened: Vec<String> = life.happened().iter().map(|(at, did)| format!("{at} {did:?}")).collect();
            panic!("seed {seed}, province {province}, case {case}: {error}\n{}", happened.join("\n"));
        }
        seen.add(&life.seen);
        tally.extend(life.tally);
        histories.extend(life.history);
    }
    same_figures(&histories, &tally).unwrap_or_else(|error| panic!("seed {seed}, province {province}: {error}"));
    seen
}

/// The months one by one, each with the stock that the ones before left.
fn same_months(
    recount: &mut Recount,
    ledger: &Ledger,
    kind: Kind,
    agency: Option<&AgencyId>,
) -> Result<(), TestCaseError> {
    let mut opening = Balance::default();
    let mut from = FIRST;
    while from <= LAST {
        let to = from.last_of_month();
        let mut flows = Flows::default();
        for days in ledger.iter().filter(|(id, _)| agency.is_none_or(|agency| agency == *id)).map(|(_, days)| days) {
            flows.merge(&sum(Some(days), from, to));
        }
        let found = Figures::of_period(&opening, &flows, from, to);
        let expected = recount.figures(kind, agency.map(AgencyId::as_str), from, to);
        proptest::prop_assert_eq!(found, expected, "{:?} {:?} {}..{}", kind, agency, from, to);
        opening.apply(&flows);
        from = to.tomorrow().unwrap();
    }
    Ok(())
}

/// Each year, each year of the reports and of the National Assembly, and the ten years.
fn longer_periods() -> Vec<(Date, Date)> {
    let mut periods = vec![(FIRST, LAST)];
    for year in 2025..=2034 {
        periods.push((date(year, 1, 1), date(year, 12, 31)));
        periods.push((date(year, 12, 15), date(year + 1, 12, 14)));
        periods.push((date(year, 8, 1), date(year + 1, 7, 31)));
    }
    periods
}

fn same_figures(histories: &[History], tally: &[TallyDelta]) -> Result<(), TestCaseError> {
    let mut recount = Recount::of(histories);
    for kind in Kind::ALL {
        let flows = ledger(tally, kind, Cohort::Flow);
        for agency in flows.keys().map(Some).chain([None]) {
            same_months(&mut recount, &flows, kind, agency)?;
            for (from, to) in longer_periods() {
                let found = figures(&flows, agency, from, to);
                let expected = recount.figures(kind, agency.map(AgencyId::as_str), from, to);
                proptest::prop_assert_eq!(found, expected, "{:?} {:?} {}..{}", kind, agency, from, to);
            }
        }
        let expected = cohorts_of(histories.iter().filter(|history| history.kind() == kind));
        proptest::prop_assert_eq!(cohorts(&ledger(tally, kind, Cohort::ByAcceptance)), expected);
    }
    Ok(())
}

#[test]
fn ten_years_of_steps_sweeps_and_proclamations_come_out_as_the_model_finds_them() {
    let (cases, seed) =
        (option("DONTHU_SIMULATED_CASES").unwrap_or(CASES), option("DONTHU_SIMULATED_SEED").unwrap_or(1));
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Seen::default());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, |threads| threads.get()) {
            scope.spawn(|| {
                loop {
                    let province = next.fetch_add(1, Ordering::Relaxed);
                    let left = cases.saturating_sub(province * IN_A_PROVINCE);
                    if left == 0 {
                        break;
                    }
                    let seen = simulate(seed, province, left.min(IN_A_PROVINCE));
                    all.lock().unwrap().add(&seen);
                }
            });
        }
    });
    let seen = all.into_inner().unwrap();
    let met = [
        ("cases", seen.cases, 900),
        ("steps", seen.steps, 3000),
        ("refused steps", seen.refused, 1000),
        ("sweeps", seen.sweeps, 10_000),
        ("limits kept", seen.on_time, 1000),
        ("limits missed", seen.late, 500),
        ("due days moved on", seen.moved_on, 10),
        ("due days moved back", seen.moved_back, 5),
        ("due days confirmed", seen.confirmed, 100),
        ("due days recounted when they had passed", seen.recounted_late, 10),
        ("cases resumed under other days off", seen.resumed_under_other_days, 2),
        ("reopened under other days off", seen.reopened_under_other_days, 1),
        ("ended before the sweep counted anew", seen.closed_under_other_days, 1),
    ];
    for (what, count, in_a_thousand) in met {
        // Fewer cases, which somebody looks into, need not meet everything.
        assert!(
            cases < IN_A_PROVINCE || count >= in_a_thousand * cases / 1000,
            "too few {what} to prove anything: {seen:?}"
        );
    }
}

#[test]
fn a_year_that_nobody_wrote_down_yet_is_the_same_on_the_models_wall() {
    let calendar = calendars::generated();
    for year in 2012..=2100 {
        let days = DaysOff::generated(year);
        let mut day = date(year, 1, 1);
        let mut free = Vec::new();
        while day.year() == year {
            free.extend(days.is_free_weekday(day).then_some(day));
            day = day.tomorrow().unwrap();
        }
        assert_eq!(free, calendars::free_weekdays(&calendar, year), "{year}");
    }
}
