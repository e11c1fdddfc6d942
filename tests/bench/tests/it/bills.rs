//! From counts to dollars: exact, and never less for more.

use std::collections::BTreeMap;

use donthu_bench::cost::{
    Assumption, Bill, Deployed, Item, Measured, Price, Prices, Rate, SHIPPED, Tally, bill, money, report,
    short_message_parts,
};
use donthu_local::template::TEMPLATE;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, Decimal> {
    pairs.iter().map(|(name, number)| ((*name).to_owned(), decimal(number))).collect()
}

/// A list in which everything costs nothing but one item.
fn only(item: Item, usd: &str, per: u64, free: u64) -> Prices {
    let mut prices = Prices::parse(SHIPPED).unwrap();
    for (other, price) in &mut prices.prices {
        let usd = if *other == item { decimal(usd) } else { Decimal::ZERO };
        price.rate = Rate::Usd { usd, per: if *other == item { per } else { 1 } };
        price.free_per_month = if *other == item { free } else { 0 };
    }
    prices
}

fn measured() -> Measured {
    let petition = Tally {
        invocations: map(&[("IntakeFunction", "1"), ("FollowFunction", "4"), ("AssignmentFunction", "1")]),
        calls: map(&[("IntakeFunction", "3"), ("FollowFunction", "4")]),
        reads: map(&[("donthu-CasesTable", "4.5")]),
        writes: map(&[("donthu-CasesTable", "20"), ("donthu-JournalTable", "6")]),
        api_requests: 5.into(),
        answer_bytes: 9_000.into(),
        notices: 2.into(),
        short_messages: 1.into(),
        short_message_parts: 2.into(),
        kms_symmetric: 3.into(),
        kms_asymmetric: 1.into(),
        log_bytes: 800.into(),
        schedule_runs: 0.into(),
    };
    Measured {
        petition,
        day: Tally { schedule_runs: 8.into(), ..Tally::default() },
        recount_each: Tally { reads: map(&[("donthu-JournalTable", "2")]), ..Tally::default() },
        recount_idle: Tally { invocations: map(&[("AuditFunction", "1")]), ..Tally::default() },
        figures: Tally::default(),
        reference_reads: 19.into(),
        stored_each: map(&[("CasesTable", "3000"), ("LimitsTable", "500")]),
    }
}

fn line(bill: &Bill, item: Item) -> (Decimal, Option<Decimal>, Option<Decimal>) {
    let line = bill.lines.iter().find(|line| line.item == item).unwrap();
    (line.quantity, line.usd, line.usd_after_free)
}

#[test]
fn a_line_is_its_quantity_times_its_price_to_the_last_digit() {
    let deployed = Deployed::parse(TEMPLATE).unwrap();
    for (item, usd, per, free, petitions, quantity, cost, after_free) in [
        (Item::DynamodbWrites, "0.71", 1_000_000, 0, 1_000, "26000", "0.01846", "0.01846"),
        (Item::DynamodbWrites, "0.71", 1_000_000, 25_000, 1_000, "26000", "0.01846", "0.00071"),
        (Item::DynamodbWrites, "0.71", 1_000_000, 0, 1_000_000, "26000000", "18.46", "18.46"),
        (Item::KmsAsymmetric, "0.15", 10_000, 0, 3, "3", "0.000045", "0.000045"),
        (Item::SnsPublishes, "0.50", 1_000_000, 1_000_000, 1_000, "3000", "0.0015", "0"),
        (Item::SnsShortMessages, "0.1", 1, 0, 10, "20", "2", "2"),
        // Twelve months of cases, of which point-in-time recovery keeps the lasting table alone.
        (Item::DynamodbStorage, "0.285", 1_000_000_000, 0, 1_000, "42000000", "0.01197", "0.01197"),
        (Item::DynamodbBackup, "0.228", 1_000_000_000, 0, 1_000, "36000000", "0.008208", "0.008208"),
        (Item::CognitoUsers, "0.015", 1, 10_000, 1, "500", "7.5", "0"),
        (Item::ApiRequests, "0.0000001", 3, 0, 3, "15", "0.0000005", "0.0000005"),
    ] {
        let bill = bill(&only(item, usd, per, free), &deployed, &measured(), petitions);
        let expected = (decimal(quantity), Some(decimal(cost)), Some(decimal(after_free)));
        assert_eq!(line(&bill, item), expected, "{} petitions, {}", petitions, item.id());
        assert_eq!((bill.total(), bill.total_after_free()), (decimal(cost), decimal(after_free)));
    }
}

#[test]
fn what_is_deployed_is_paid_whether_somebody_comes_or_not() {
    let deployed = Deployed::parse(TEMPLATE).unwrap();
    let prices = Prices::parse(SHIPPED).unwrap();
    let none = bill(&prices, &deployed, &Measured::default(), 0);
    let alarms = deployed.count("AWS::CloudWatch::Alarm");
    assert_eq!(line(&none, Item::Alarms).0, Decimal::from(alarms));
    assert_eq!(line(&none, Item::KmsKeys).1, Some(Decimal::from(deployed.count("AWS::KMS::Key"))));
    assert_eq!(line(&none, Item::DynamodbWrites), (Decimal::ZERO, Some(Decimal::ZERO), Some(Decimal::ZERO)));
}

#[test]
fn reference_data_are_read_once_a_minute_at_most() {
    let deployed = Deployed::parse(TEMPLATE).unwrap();
    let prices = Prices::parse(SHIPPED).unwrap();
    let reads = |petitions| line(&bill(&prices, &deployed, &measured(), petitions), Item::DynamodbReads).0;
    let own = |petitions: u64| Decimal::from(petitions) * (decimal("4.5") + Decimal::from(2 * 12) * weeks());
    // Each of six invocations reads them anew, and the recount does.
    let few = reads(10) - own(10) - weeks() * Decimal::from(19);
    assert_eq!(few.round_dp(9), Decimal::from(10 * 6 * 19));
    let most = prices.assumed(Assumption::ProcessesPerFunction) * Decimal::from(730 * 60 * 19);
    let many = reads(10_000_000) - own(10_000_000) - weeks() * Decimal::from(19);
    assert_eq!(many.round_dp(6), most * Decimal::from(3), "three functions, each at its most");
}

fn weeks() -> Decimal {
    Decimal::from(730).checked_div(Decimal::from(24 * 7)).unwrap()
}

#[test]
fn what_has_no_price_is_counted_named_and_in_no_sum() {
    let deployed = Deployed::parse(TEMPLATE).unwrap();
    let prices = Prices::parse(SHIPPED).unwrap();
    let bill = bill(&prices, &deployed, &measured(), 1_000);
    assert_eq!(line(&bill, Item::SnsShortMessages), (2_000.into(), None, None));
    let sum: Decimal = bill.lines.iter().filter_map(|line| line.usd).sum();
    assert_eq!(bill.total(), sum);
    let text = report(&prices, &measured(), &[bill]);
    assert!(text.contains("2,000 without a price") && text.contains("`sns_short_messages`: no price:"), "{text}");
    let unverified = prices.prices.values().filter(|price: &&Price| !price.verified).count();
    assert!(text.contains(&format!("{unverified} of {} prices are unverified", prices.prices.len())), "{text}");
}

#[test]
fn a_short_message_has_as_many_parts_as_networks_count() {
    for (text, expected) in [
        ("", 1),
        (&*"a".repeat(160), 1),
        (&*"a".repeat(161), 2),
        (&*"ố".repeat(70), 1),
        (&*"ố".repeat(71), 2),
        (&*"ố".repeat(135), 3),
    ] {
        assert_eq!(short_message_parts(text), expected, "{} letters", text.chars().count());
    }
}

#[test]
fn tallies_are_added_and_divided_without_a_loss() {
    let mut one = Tally { api_requests: 7.into(), ..Tally::default() };
    one.reads.insert("cases".to_owned(), "1.5".parse().unwrap());
    let three = one.times(3.into());
    assert_eq!(three.reads["cases"], "4.5".parse().unwrap());
    assert_eq!(three.divided(3.into()), one);
    assert_eq!(three.beyond(&one), one.plus(&one));
    assert_eq!(one.beyond(&three), one.times(Decimal::ZERO), "never below nothing");
}

#[test]
fn amounts_are_shown_to_the_cent_and_none_as_nothing_that_is_something() {
    let shown = |text: &str| money(text.parse().unwrap());
    for (amount, expected) in [
        ("0", "0.00"),
        ("0.0001", "< 0.01"),
        ("0.005", "< 0.01"),
        ("0.015", "0.02"),
        ("999.994", "999.99"),
        ("1234567.5", "1,234,567.50"),
    ] {
        assert_eq!(shown(amount), expected, "{amount}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn more_petitions_never_cost_less(few in 0_u64..20_000_000, more in 0_u64..20_000_000, counts in prop::collection::vec(0_u32..100_000, 12)) {
        let deployed = Deployed::parse(TEMPLATE).unwrap();
        let prices = Prices::parse(SHIPPED).unwrap();
        let number = |place: usize| Decimal::new(i64::from(counts.get(place).copied().unwrap_or_default()), 1);
        let mut measured = measured();
        measured.petition.invocations.insert("IntakeFunction".to_owned(), number(0));
        measured.petition.calls.insert("IntakeFunction".to_owned(), number(1));
        measured.petition.reads.insert("donthu-CasesTable".to_owned(), number(2));
        measured.petition.writes.insert("donthu-CasesTable".to_owned(), number(3));
        measured.petition.api_requests = number(4);
        measured.petition.answer_bytes = number(5);
        measured.petition.notices = number(6);
        measured.petition.kms_symmetric = number(7);
        measured.petition.log_bytes = number(8);
        measured.recount_each.reads.insert("donthu-JournalTable".to_owned(), number(9));
        measured.stored_each.insert("VaultTable".to_owned(), number(10));
        measured.day.writes.insert("donthu-JournalTable".to_owned(), number(11));
        let (few, more) = (few.min(more), few.max(more));
        let (few, more) = (bill(&prices, &deployed, &measured, few), bill(&prices, &deployed, &measured, more));
        for (few, more) in few.lines.iter().zip(&more.lines) {
            prop_assert!(few.usd <= more.usd && few.usd_after_free <= more.usd_after_free, "{few:?} {more:?}");
        }
        prop_assert!(few.total() <= more.total() && few.total_after_free() <= more.total_after_free());
    }
}
