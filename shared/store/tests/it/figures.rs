use std::collections::BTreeMap;

use donthu_domain::tally::{Balance, Flows};
use donthu_domain::{AgencyId, Kind, Measure};
use donthu_store::keys::{Ledger, Month};
use donthu_store::{SealedMonth, StoreError};
use serde::{Deserialize, Serialize};

use crate::bench::{Bench, DEPARTMENT, monday};

fn month(text: &str) -> Month {
    Month::parse(text).unwrap()
}

fn sealed(text: &str, kind: Kind, agency: &str, accepted: i64) -> SealedMonth {
    let mut flows = Flows::default();
    flows.add(Measure::Accepted, accepted);
    let due = BTreeMap::from([("2026-04-01".parse().unwrap(), accepted)]);
    let closing = Balance { open: accepted, due, ..Balance::default() };
    SealedMonth { month: month(text), agency: agency.into(), kind, flows, closing, sealed_at: monday() }
}

#[tokio::test]
async fn a_months_counters_are_read_with_one_query_for_all_agencies_or_for_one() {
    let bench = Bench::new().await;
    for number in 0..6 {
        bench.accepted(number, Kind::Feedback).await;
    }
    let before = bench.store.meter().snapshot();
    let all = bench.store.tallies(Ledger::Flow, Kind::Feedback, month("2026-03"), None).await.unwrap();
    let used = bench.store.meter().snapshot().since(&before);
    assert_eq!(used.requests, BTreeMap::from([("Query".to_owned(), 1)]));
    assert!(all.len() > 1, "the unassigned are counted too");

    let agency = AgencyId::from(DEPARTMENT);
    let own = bench.store.tallies(Ledger::Flow, Kind::Feedback, month("2026-03"), Some(&agency)).await.unwrap();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].flows.get(&Measure::Accepted), 6);
    assert!(all.contains(&own[0]));
    for (kind, text) in [(Kind::Complaint, "2026-03"), (Kind::Feedback, "2026-02")] {
        assert_eq!(bench.store.tallies(Ledger::Flow, kind, month(text), None).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_sealed_month_never_changes() {
    let bench = Bench::new().await;
    let row = sealed("2026-03", Kind::Complaint, DEPARTMENT, 5);
    bench.store.seal_month("quang-ngai", &row).await.unwrap();
    let later = SealedMonth { sealed_at: jiff::Timestamp::UNIX_EPOCH, ..row.clone() };
    bench.store.seal_month("quang-ngai", &later).await.unwrap();
    let other = sealed("2026-03", Kind::Complaint, DEPARTMENT, 6);
    let refused = bench.store.seal_month("quang-ngai", &other).await.unwrap_err();
    assert!(matches!(refused, StoreError::SealedDiffers { .. }));
    let read = bench.store.sealed_months("quang-ngai", month("2026-03"), month("2026-03")).await.unwrap();
    assert_eq!(read, [row]);
}

#[tokio::test]
async fn sealed_months_are_read_from_one_month_to_another_for_one_province() {
    let bench = Bench::new().await;
    for text in ["2026-01", "2026-02", "2026-03", "2026-04"] {
        for kind in Kind::ALL {
            bench.store.seal_month("quang-ngai", &sealed(text, kind, DEPARTMENT, 1)).await.unwrap();
        }
        bench.store.seal_month("gia-lai", &sealed(text, Kind::Complaint, "chair", 2)).await.unwrap();
    }
    let read = bench.store.sealed_months("quang-ngai", month("2026-02"), month("2026-03")).await.unwrap();
    assert_eq!(read.len(), 6);
    assert!(read.iter().all(|row| row.agency.as_str() == DEPARTMENT));
    assert!(read.is_sorted_by_key(|row| row.month));
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Area {
    name: String,
    remote: bool,
}

#[tokio::test]
async fn reference_rows_keep_every_version() {
    let bench = Bench::new().await;
    let plain = Area { name: "Xã Sơn Tây".to_owned(), remote: false };
    let remote = Area { remote: true, ..plain.clone() };
    for (from, row) in [("2025-07-01", &plain), ("2026-05-01", &plain), ("2026-05-01", &remote)] {
        bench.store.put_reference("area", "21025", from.parse().unwrap(), row).await.unwrap();
    }
    let rows: Vec<Area> = bench.store.references("area").await.unwrap();
    assert_eq!(rows, [plain, remote]);
    let wrong: Result<Vec<u64>, _> = bench.store.references("area").await;
    assert!(matches!(wrong, Err(StoreError::Malformed { .. })));
}
