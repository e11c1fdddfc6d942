//! The benchmarks and the counting run through once, so that they cannot rot.

use donthu_bench::cost::{Assumption, Prices, SHIPPED, measure};
use donthu_bench::ratio::{OPERATIONS, run, table};
use rust_decimal::Decimal;

#[tokio::test]
async fn every_operation_is_measured_beside_a_floor_that_costs_the_same() {
    let rows = run(1, "").await.unwrap();
    assert_eq!(rows.len(), OPERATIONS.len());
    for row in &rows {
        assert!(row.usage.total_requests() > 0 && row.ratio.median.is_finite() && row.floor.median > 0.0, "{row:?}");
    }
    let table = table(&rows);
    assert!(OPERATIONS.iter().all(|operation| table.contains(operation.name())), "{table}");
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
