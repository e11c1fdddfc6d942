//! From what was counted to what a month costs: exact decimal arithmetic, no floats.

use std::collections::BTreeMap;

use donthu_service::metrics::Metric;
use rust_decimal::Decimal;

use super::ledger::Tally;
use super::prices::{Assumption, Item, Prices, Rate};
use super::template::Deployed;

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Measured {
    /// What the mean petition asks for in its life.
    pub petition: Tally,
    /// What a day asks for without any.
    pub day: Tally,
    /// What a recount asks for each case that there is.
    pub recount_each: Tally,
    /// What a recount asks for where there is none.
    pub recount_idle: Tally,
    /// What one reading of figures asks for.
    pub figures: Tally,
    /// Read units of one reading of the reference data.
    pub reference_reads: Decimal,
    /// Bytes that a petition leaves behind, by the table's logical id.
    pub stored_each: BTreeMap<String, Decimal>,
}

/// A line of the bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What is billed.
    pub item: Item,
    /// How much of it.
    pub quantity: Decimal,
    /// What it costs at the list price; `None` where nobody knows the price.
    pub usd: Option<Decimal>,
    /// What is left after what every account has free.
    pub usd_after_free: Option<Decimal>,
}

/// A month's bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// Petitions in the month.
    pub petitions: u64,
    /// Its lines, in the order of [`Item::ALL`].
    pub lines: Vec<Line>,
}

impl Bill {
    /// The sum of what has a price.
    #[must_use]
    pub fn total(&self) -> Decimal {
        self.lines.iter().filter_map(|line| line.usd).sum()
    }

    /// The same after what every account has free.
    #[must_use]
    pub fn total_after_free(&self) -> Decimal {
        self.lines.iter().filter_map(|line| line.usd_after_free).sum()
    }
}

/// Hours of a month, as AWS counts them.
const HOURS: u32 = 730;
/// Minutes of as many hours.
const MINUTES: u32 = HOURS * 60;

/// A quotient that is exact to 28 digits; nothing of nothing.
fn ratio(one: u32, other: u32) -> Decimal {
    Decimal::from(one).checked_div(Decimal::from(other)).unwrap_or_default()
}

/// The bill of a month with so many petitions.
#[must_use]
pub fn bill(prices: &Prices, deployed: &Deployed, measured: &Measured, petitions: u64) -> Bill {
    let quantities = quantities(prices, deployed, measured, petitions);
    let lines = quantities.into_iter().filter_map(|(item, quantity)| {
        let price = prices.prices.get(&item)?;
        let cost = |quantity: Decimal| match &price.rate {
            Rate::Usd { usd, per } => (quantity * usd).checked_div(Decimal::from(*per)),
            Rate::Unpriced(_) => None,
        };
        let beyond_free = (quantity - Decimal::from(price.free_per_month)).max(Decimal::ZERO);
        Some(Line { item, quantity, usd: cost(quantity), usd_after_free: cost(beyond_free) })
    });
    Bill { petitions, lines: lines.collect() }
}

/// How much of each item a month asks for.
fn quantities(prices: &Prices, deployed: &Deployed, measured: &Measured, petitions: u64) -> BTreeMap<Item, Decimal> {
    let assumed = |assumption| prices.assumed(assumption);
    let petitions = Decimal::from(petitions);
    let days = ratio(HOURS, 24);
    let weeks = ratio(HOURS, 24 * 7);
    let kept = assumed(Assumption::MonthsKept);
    let cases = petitions * kept;
    let recounts = measured.recount_idle.plus(&measured.recount_each.times(cases)).times(weeks);
    // One invocation a week is the whole recount, however many cases there are.
    let recounts = Tally { invocations: measured.recount_idle.times(weeks).invocations, ..recounts };
    let asked = measured
        .petition
        .times(petitions)
        .plus(&measured.day.times(days))
        .plus(&recounts)
        .plus(&measured.figures.times(assumed(Assumption::FiguresReadPerDay) * days));

    let sum = |map: &BTreeMap<String, Decimal>| map.values().copied().sum::<Decimal>();
    let invocations = sum(&asked.invocations);
    let at_most = assumed(Assumption::ProcessesPerFunction) * Decimal::from(MINUTES);
    let reference: Decimal =
        asked.invocations.values().map(|invoked| (*invoked).min(at_most) * measured.reference_reads).sum();
    let logged = asked.log_bytes
        + invocations * assumed(Assumption::PlatformLogBytes)
        + asked.api_requests * (Decimal::from(deployed.access_log_format) + assumed(Assumption::AccessLogValueBytes));
    let stored = |wanted: &dyn Fn(&str) -> bool| -> Decimal {
        measured.stored_each.iter().filter(|(table, _)| wanted(table)).map(|(_, bytes)| *bytes * cases).sum()
    };
    let kms_of_tables =
        Decimal::from(deployed.tables_under_kms) * assumed(Assumption::KmsRequestsPerTableHour) * Decimal::from(HOURS);
    let count = |kind: &str| Decimal::from(deployed.count(kind));
    // A request and the invocation that answers it are one trace.
    let traces = asked.api_requests.max(invocations);
    let of = |item: Item| match item {
        Item::LambdaRequests => invocations,
        Item::LambdaGbSeconds => gb_seconds(prices, deployed, &asked),
        Item::ApiRequests => asked.api_requests,
        Item::TransferOut => asked.answer_bytes + asked.api_requests * assumed(Assumption::AnswerHeaderBytes),
        Item::DynamodbWrites => sum(&asked.writes),
        Item::DynamodbReads => sum(&asked.reads) + reference,
        Item::DynamodbStorage => stored(&|_| true),
        Item::DynamodbBackup => stored(&|table| deployed.backed_up.contains(table)),
        Item::KmsKeys => count("AWS::KMS::Key"),
        Item::KmsSymmetric => asked.kms_symmetric + kms_of_tables,
        Item::KmsAsymmetric => asked.kms_asymmetric,
        Item::SnsPublishes => asked.notices + asked.short_messages,
        Item::SnsEmails => asked.notices * assumed(Assumption::EmailsPerNotice),
        Item::SnsShortMessages => asked.short_message_parts,
        Item::LogsIngested => logged,
        Item::LogsStored => logged * kept,
        Item::Alarms => count("AWS::CloudWatch::Alarm"),
        Item::Metrics => Decimal::from(Metric::ALL.len()),
        Item::Secrets => count("AWS::SecretsManager::Secret"),
        Item::Dashboards => count("AWS::CloudWatch::Dashboard"),
        Item::Traces => traces * assumed(Assumption::TracedShare),
        Item::SchedulerRuns => asked.schedule_runs,
        Item::CognitoUsers => assumed(Assumption::Officials),
    };
    Item::ALL.iter().map(|item| (*item, of(*item))).collect()
}

/// Memory times time: each invocation takes its share and its calls one after the other.
fn gb_seconds(prices: &Prices, deployed: &Deployed, asked: &Tally) -> Decimal {
    let assumed = |assumption| prices.assumed(assumption);
    let cold = assumed(Assumption::LambdaColdMs) * assumed(Assumption::LambdaColdShare);
    let each = assumed(Assumption::LambdaBaseMs) + cold;
    let of = |map: &BTreeMap<String, Decimal>, name: &str| map.get(name).copied().unwrap_or_default();
    let kms = asked.kms_symmetric + asked.kms_asymmetric;
    let most_memory = deployed.memory.values().copied().max().unwrap_or_default();
    let functions: Decimal = deployed
        .memory
        .iter()
        .map(|(function, memory)| {
            let calls = of(&asked.calls, function) * assumed(Assumption::LambdaCallMs);
            (of(&asked.invocations, function) * each + calls) * Decimal::from(*memory)
        })
        .sum();
    // Which function asked KMS was not counted: the largest, so that it is not too little.
    let megabyte_ms = functions + kms * assumed(Assumption::LambdaCallMs) * Decimal::from(most_memory);
    megabyte_ms.checked_div(Decimal::from(1024 * 1000)).unwrap_or_default()
}
