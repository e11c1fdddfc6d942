//! The bills as text.

use std::fmt::Write as _;

use rust_decimal::{Decimal, RoundingStrategy};

use super::bill::{Bill, Measured};
use super::prices::{Item, Prices, Rate};

/// The bills of some volumes side by side, what they rest on, and what is not certain.
#[must_use]
pub fn report(prices: &Prices, measured: &Measured, bills: &[Bill]) -> String {
    let mut text = String::new();
    // Writing into a text does not fail.
    let _ = write_report(&mut text, prices, measured, bills);
    text
}

fn write_report(text: &mut String, prices: &Prices, measured: &Measured, bills: &[Bill]) -> std::fmt::Result {
    writeln!(text, "US dollars a month, without tax, in {}, prices of {}:\n", prices.region, prices.as_of)?;
    let volumes: Vec<String> =
        bills.iter().map(|bill| format!("{} petitions", thousands(&bill.petitions.to_string()))).collect();
    writeln!(text, "| service | what | {} |", volumes.join(" | "))?;
    writeln!(text, "|---|---|{}", "---:|".repeat(bills.len()))?;
    for item in Item::ALL {
        let Some(price) = prices.prices.get(item) else { continue };
        let lines = bills.iter().filter_map(|bill| bill.lines.iter().find(|line| line.item == *item));
        let cells: Vec<String> = lines
            .map(|line| match line.usd {
                Some(usd) => money(usd),
                None => format!("{} without a price", number(line.quantity, 0)),
            })
            .collect();
        writeln!(text, "| {} | {} | {} |", price.service, price.what, cells.join(" | "))?;
    }
    let totals = |of: fn(&Bill) -> Decimal| {
        bills.iter().map(|bill| format!("**{}**", money(of(bill)))).collect::<Vec<_>>().join(" | ")
    };
    writeln!(text, "| **all** | at list prices | {} |", totals(Bill::total))?;
    writeln!(text, "| **all** | less what each account has free | {} |", totals(Bill::total_after_free))?;
    let each: Vec<String> = bills
        .iter()
        .map(|bill| number(bill.total().checked_div(Decimal::from(bill.petitions)).unwrap_or_default(), 4))
        .collect();
    writeln!(text, "| | for each petition | {} |", each.join(" | "))?;

    let petition = &measured.petition;
    let sum = |map: &std::collections::BTreeMap<String, Decimal>| map.values().copied().sum::<Decimal>();
    writeln!(text, "\nThe mean petition, counted in its whole life:\n")?;
    for (what, amount) in [
        ("requests to the API", petition.api_requests),
        ("invocations of functions", sum(&petition.invocations)),
        ("write request units", sum(&petition.writes)),
        ("read request units, reference data apart", sum(&petition.reads)),
        ("requests to KMS", petition.kms_symmetric + petition.kms_asymmetric),
        ("notices to agencies", petition.notices),
        ("short messages", petition.short_messages),
        ("bytes logged by functions", petition.log_bytes),
        ("bytes kept in tables and indexes", measured.stored_each.values().copied().sum()),
    ] {
        writeln!(text, "- {}: {}", what, number(amount, 1))?;
    }
    for (table, units) in &petition.writes {
        writeln!(text, "- write request units of {table}: {}", number(*units, 1))?;
    }
    writeln!(
        text,
        "\nA day without any petition: {} runs of schedules, {} read and {} write request units.",
        number(measured.day.schedule_runs, 1),
        number(sum(&measured.day.reads), 1),
        number(sum(&measured.day.writes), 1)
    )?;

    writeln!(text, "\nAssumed, and to be changed in the price list's file:\n")?;
    for (assumption, assumed) in &prices.assumptions {
        writeln!(text, "- `{}` = {}: {}", assumption.id(), assumed.value, assumed.why)?;
    }
    warnings(text, prices)
}

fn warnings(text: &mut String, prices: &Prices) -> std::fmt::Result {
    let unverified: Vec<_> = prices.prices.iter().filter(|(_, price)| !price.verified).collect();
    if !unverified.is_empty() {
        writeln!(text, "\n{} of {} prices are unverified:\n", unverified.len(), prices.prices.len())?;
        for (item, price) in unverified {
            let rate = match &price.rate {
                Rate::Usd { usd, per } => format!("{usd} for {}", thousands(&per.to_string())),
                Rate::Unpriced(why) => format!("no price: {why}"),
            };
            let note = price.note.as_deref().map(|note| format!(" {note}")).unwrap_or_default();
            writeln!(text, "- `{}`: {rate}; {}, seen {}.{note}", item.id(), price.source, price.seen)?;
        }
    }
    Ok(())
}

fn rounded(amount: Decimal, digits: u32) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(digits);
    rounded
}

fn number(amount: Decimal, digits: u32) -> String {
    thousands(&rounded(amount, digits).to_string())
}

/// Dollars and cents; what is not nothing but less than a cent says so.
#[must_use]
pub fn money(amount: Decimal) -> String {
    if amount > Decimal::ZERO && amount < Decimal::new(1, 2) { "< 0.01".to_owned() } else { number(amount, 2) }
}

/// Digits in groups of three before the point.
fn thousands(digits: &str) -> String {
    let (whole, fraction) = digits.split_once('.').map_or((digits, ""), |(whole, fraction)| (whole, fraction));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if fraction.is_empty() { grouped } else { format!("{grouped}.{fraction}") }
}
