//! The benchmarks and the counting run through once, so that they cannot rot.

use donthu_bench::cost::{Assumption, Prices, SHIPPED, measure};
use donthu_bench::ratio::{OPERATIONS, Pairs, Quartiles, run};
use rust_decimal::Decimal;
use std::time::Duration;

#[tokio::test]
async fn every_operation_is_measured_beside_a_floor_that_costs_the_same() {
    let mut rows = Vec::new();
    run(1, "", |row| rows.push(row.clone())).await.unwrap();
    assert_eq!(rows.len(), OPERATIONS.len());
    for row in &rows {
        assert!(row.usage.total_requests() > 0 && row.ratio.median.is_finite() && row.floor.median > 0.0, "{row:?}");
    }
    let shown: Vec<String> = rows.iter().map(ToString::to_string).collect();
    let names = OPERATIONS.iter().zip(&shown).all(|(operation, row)| row.contains(operation.name()));
    assert!(names, "{shown:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_petition_asks_for_is_counted_apart_from_the_days_that_it_lives_through() {
    let mut prices = Prices::parse(SHIPPED).unwrap();
    for kind in [Assumption::Complaints, Assumption::Denunciations] {
        prices.assumptions.get_mut(&kind).unwrap().value = Decimal::ZERO;
    }
    let measured = measure(&prices, 1).await.unwrap();
    let petition = &measured.petition;
    // The submission, four looks, the messages and both steps, each after a look at the list and the case.
    assert_eq!(petition.api_requests, Decimal::from(1 + 4 + 4 + 2 * 3));
    assert_eq!(petition.kms_asymmetric, Decimal::ONE, "one receipt");
    assert_eq!(petition.schedule_runs, Decimal::ZERO, "schedules run anyhow");
    assert_eq!(measured.day.schedule_runs.round(), Decimal::from(8), "six sweeps and two seals, recounts apart");
    assert!(petition.short_messages > Decimal::ZERO && petition.notices > Decimal::ZERO);
    for table in ["donthu-CasesTable", "donthu-JournalTable", "donthu-VaultTable", "donthu-LimitsTable"] {
        assert!(petition.writes[table] > Decimal::ZERO, "{table}");
    }
    assert!(measured.stored_each["JournalTable"] > measured.stored_each["LimitsTable"]);
    assert!(measured.recount_each.reads.values().sum::<Decimal>() > Decimal::ZERO, "a recount reads every case");
    assert!(measured.reference_reads > Decimal::ZERO && measured.figures.api_requests == Decimal::ONE);
}

#[test]
fn quartiles_lie_between_the_numbers_next_to_them() {
    let of = |numbers: &[f64]| Quartiles::of(numbers.to_vec());
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[3.0]), Some(Quartiles { lower: 3.0, median: 3.0, upper: 3.0 }));
    assert_eq!(of(&[4.0, 1.0, 3.0, 2.0, 5.0]), Some(Quartiles { lower: 2.0, median: 3.0, upper: 4.0 }));
    assert_eq!(of(&[1.0, 2.0]), Some(Quartiles { lower: 1.25, median: 1.5, upper: 1.75 }));
}

#[test]
fn a_ratio_is_of_its_own_pair() {
    let mut pairs = Pairs::default();
    let millis = Duration::from_millis;
    // A machine that is twice as slow for a while is so to both.
    for (ours, floor) in [(12, 10), (24, 20), (11, 10)] {
        pairs.add(millis(ours), millis(floor));
    }
    let (ours, floor, ratio) = pairs.quartiles().unwrap();
    assert!((ours.median - 12_000.0).abs() < 1e-6 && (floor.median - 10_000.0).abs() < 1e-6);
    assert!((ratio.median - 1.2).abs() < 1e-9, "{ratio:?}");
}
