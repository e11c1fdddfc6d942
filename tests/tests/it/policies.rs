//! The functions' policies in `infra/template.yaml` allow what the functions do and nothing else. That nothing is missing is judged in
//! every test of this suite, at every call of a function; that nothing is unused, in the story below, which takes every function through
//! all that it does, with each function apart from the others as on AWS.

use std::collections::BTreeSet;

use donthu_deadlines::LONGEST_RUN;
use donthu_domain::CaseId;
use donthu_local::handlers::in_name_of;
use donthu_store::Retries;
use donthu_store::testing::{Fault, When};
use donthu_tests::Province;
use serde_json::json;

use crate::contract::every_operation;

#[tokio::test]
async fn a_function_uses_all_that_its_policy_allows() {
    let mut retries = Retries::default();
    // A lost answer is told by the journal at once, and not by the second sending of the same bytes.
    retries.sends = 1;
    let province = every_operation(Province::open_apart(retries).await).await;
    assert_eq!(province.watch.take_missing(), BTreeSet::new());
    assert_eq!(province.watch.unused(), BTreeSet::new());
}

#[tokio::test]
async fn a_call_that_no_policy_allows_is_named_with_function_action_resource_and_key() {
    let province = Province::open().await;
    let store = &province.shared.app.store;
    let id = CaseId::from("0");
    in_name_of("StatisticsFunction", store.case(&id)).await.unwrap();
    in_name_of("CustodyFunction", store.vault_parts(&id, donthu_store::DataClass::Text)).await.unwrap();
    in_name_of("CustodyFunction", store.vault_parts(&id, donthu_store::DataClass::Identity)).await.unwrap();
    store.scan_journal(None, 1).await.unwrap();
    let missing: Vec<_> = province.watch.take_missing().into_iter().collect();
    let [custody, statistics] = missing.as_slice() else { panic!("{missing:#?}") };
    assert!(custody.starts_with("CustodyFunction: dynamodb:Query on arn:aws:dynamodb:"), "{custody}");
    assert!(custody.contains("donthu-VaultTable") && custody.contains("TEXT#0"), "{custody}");
    assert!(statistics.starts_with("StatisticsFunction: dynamodb:GetItem on "), "{statistics}");
    assert!(statistics.contains("donthu-CasesTable") && statistics.contains("CASE#0"), "{statistics}");
}
