//! The price list: what ships is whole, and what is wrong is named whole.

use donthu_bench::cost::{Assumption, Deployed, Item, Prices, Rate, SHIPPED};
use donthu_local::template::TEMPLATE;

#[test]
fn every_resource_of_the_template_has_a_price_or_a_reason_for_none() {
    let prices = Prices::parse(SHIPPED).unwrap();
    let deployed = Deployed::parse(TEMPLATE).unwrap();
    let uncovered = prices.uncovered(deployed.resources.keys().map(String::as_str));
    assert!(uncovered.is_empty(), "a new resource gets a row in infra/prices: {uncovered:?}");
    let unknown = prices.uncovered(["AWS::EC2::Instance", "AWS::SQS::Queue"]);
    assert_eq!(unknown.into_iter().collect::<Vec<_>>(), ["AWS::EC2::Instance"]);
}

#[test]
fn what_is_deployed_is_read_out_of_the_template() {
    let deployed = Deployed::parse(TEMPLATE).unwrap();
    assert_eq!(deployed.memory.len(), usize::try_from(deployed.count("AWS::Serverless::Function")).unwrap());
    assert!(deployed.memory.values().all(|memory| *memory >= 128));
    assert!(deployed.backed_up.contains("CasesTable") && !deployed.backed_up.contains("LimitsTable"));
    assert_eq!(deployed.tables_under_kms, deployed.count("AWS::DynamoDB::Table"));
    assert!(deployed.count("AWS::CloudWatch::Alarm") > 0 && deployed.access_log_format > 0);
}

#[test]
fn what_is_unverified_or_without_a_price_says_where_it_was_looked_for() {
    let prices = Prices::parse(SHIPPED).unwrap();
    assert_eq!(prices.region, donthu_local::template::REGION);
    for (item, price) in &prices.prices {
        let explained = price.note.is_some() || matches!(price.rate, Rate::Unpriced(_));
        assert!(price.verified || explained, "{}: whoever reads it has to know what it is worth", item.id());
        assert!(price.seen <= prices.as_of, "{}", item.id());
    }
}

/// The list with one text replaced by another.
fn altered(from: &str, to: &str) -> String {
    assert!(SHIPPED.contains(from), "{from}");
    SHIPPED.replacen(from, to, 1)
}

fn errors(text: &str) -> Vec<String> {
    Prices::parse(text).unwrap_err().0
}

#[test]
fn everything_that_is_wrong_is_named_at_once_with_its_row() {
    let text = altered("usd = \"0.20\"", "usd = \"0,20\"")
        .replacen("seen = \"2026-08-12\"", "seen = \"12.8.2026\"", 1)
        .replacen("usd = \"1.00\"", "usd = \"-1.00\"", 1)
        .replacen("id = \"traces\"", "id = \"tracks\"", 1)
        .replacen("id = \"officials\"\nvalue = \"500\"", "id = \"officials\"\nvalue = \"many\"", 1);
    let errors = errors(&text);
    for expected in [
        "price 1 (lambda_requests): usd is not a decimal number in quotes: 0,20",
        "price 1 (lambda_requests): seen is not a day: 12.8.2026",
        "price 3 (api_requests): usd is below 0",
        "price 20 (tracks): nobody knows this id",
        "assumption 7 (officials): value is not a decimal number in quotes: many",
        "price: there is no row traces, or it is wrong",
    ] {
        assert!(errors.iter().any(|error| error == expected), "{expected} in {errors:#?}");
    }
}

#[test]
fn a_row_has_one_price_a_known_address_and_nothing_that_nobody_knows() {
    for (from, to, expected) in [
        ("per = 1_000_000\n", "per = 0\n", "price 1 (lambda_requests): per is 0"),
        ("usd = \"0.20\"", "usd = 0.2", "price 1 (lambda_requests): usd is missing, empty or no text"),
        ("usd = \"0.20\"\n", "", "price 1 (lambda_requests): it has neither usd nor unpriced, or both"),
        (
            "usd = \"0.20\"\n",
            "usd = \"0.20\"\nunpriced = \"x\"\n",
            "price 1 (lambda_requests): it has neither usd nor unpriced, or both",
        ),
        ("source = \"https://aws", "source = \"aws", "price 1 (lambda_requests): source is no https:// address"),
        (
            "verified = false",
            "verified = \"no\"",
            "price 1 (lambda_requests): verified is missing or neither true nor false",
        ),
        ("service = \"Lambda\"", "servise = \"Lambda\"", "price 1 (lambda_requests): nobody knows servise"),
        ("id = \"lambda_gb_seconds\"", "id = \"lambda_requests\"", "price 2 (lambda_requests): this id stands twice"),
        (
            "volumes = [1_000, 10_000,",
            "volumes = [10_000, 1_000,",
            "the list: volumes is no list of whole numbers that ascend",
        ),
        ("value = \"0.2\"", "value = \"1.2\"", "assumption 12 (lambda_cold_share): a part is at most 1"),
        ("reason = \"A policy.\"", "reason = \"\"", "free 2: reason is missing, empty or no text"),
    ] {
        let errors = errors(&altered(from, to));
        assert!(errors.iter().any(|error| error == expected), "{expected} in {errors:#?}");
    }
    assert_eq!(errors("volumes = ").len(), 1, "what is no TOML has one fault");
    assert!(errors("").len() > Item::ALL.len() + Assumption::ALL.len(), "an empty list lacks everything");
}
