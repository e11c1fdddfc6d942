//! Counts what a petition, a day and a reader ask of AWS.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use donthu_audit::AuditTask;
use donthu_local::template::{TEMPLATE, Template};
use jiff::SignedDuration;
use rust_decimal::Decimal;
use serde_json::json;

use super::bill::Measured;
use super::ledger::{Ledger, Tally};
use super::life::{Kind, Life, send};
use super::prices::{Assumption, Prices};
use crate::Failure;
use crate::site::{Keys, LOGGED, Site};

/// A Monday, ten o'clock in Vietnam.
const BEGINS: &str = "2026-10-05T03:00:00Z";
/// What AWS adds to each item of a table or an index when it counts what is stored (`DynamoDB`, "Item sizes and formats").
const OVERHEAD: i64 = 100;

/// Some days of a province: what they asked for, and what they left behind.
struct Days {
    /// Asked for until the end of each day.
    until: Vec<Tally>,
    /// One recount at the end.
    recount: Tally,
    /// Bytes stored, by table's logical id, at the end of each day.
    stored: Vec<Vec<(String, Decimal)>>,
    site: Site,
    ledger: Ledger,
}

/// Measures with so many petitions of each kind at a time.
///
/// # Errors
/// Where the machine or a step of a life fails.
pub async fn measure(prices: &Prices, each: u32) -> Result<Measured, Failure> {
    LOGGED.start();
    let kinds = [
        (Kind::Complaint, Assumption::Complaints),
        (Kind::Denunciation, Assumption::Denunciations),
        (Kind::Feedback, Assumption::Feedback),
    ];
    let wanted: Vec<_> = kinds
        .into_iter()
        .map(|(kind, weight)| (kind, prices.assumed(weight)))
        .filter(|(_, weight)| !weight.is_zero())
        .collect();
    let longest = wanted.iter().map(|(kind, _)| kind.days()).max().unwrap_or_default();
    let looks = prices.assumed(Assumption::LooksPerPetition).trunc();
    let looks = u32::try_from(looks).map_err(|error| format!("looks_per_petition: {error}"))?;
    let weights: Decimal = wanted.iter().map(|(_, weight)| *weight).sum();

    let idle = days(longest, Vec::new(), looks).await?;
    let (mut petition, mut recount, mut stored, mut last) = (Tally::default(), Tally::default(), Vec::new(), None);
    for (kind, weight) in wanted {
        let busy = days(kind.days(), vec![kind; usize::try_from(each)?], looks).await?;
        let part = weight.checked_div(weights * Decimal::from(each)).ok_or("no petition of any kind")?;
        let day = kind.days() - 1;
        let at = |tallies: &[Tally]| tallies.get(day).cloned().ok_or("a day is missing");
        petition = petition.plus(&at(&busy.until)?.beyond(&at(&idle.until)?).times(part));
        recount = recount.plus(&busy.recount.beyond(&idle.recount).times(part));
        let (more, less) =
            (busy.stored.get(day).ok_or("a day is missing")?, idle.stored.get(day).ok_or("a day is missing")?);
        for ((table, more), (_, less)) in more.iter().zip(less) {
            stored.push((table.clone(), (more - less).max(Decimal::ZERO) * part));
        }
        last = Some(busy);
    }
    let figures = figures(last.as_ref().unwrap_or(&idle)).await?;
    let reference = reference(&idle).await?;
    let total = idle.until.last().cloned().unwrap_or_default();
    Ok(Measured {
        petition,
        day: total.divided(Decimal::from(longest)),
        recount_each: recount,
        recount_idle: idle.recount.clone(),
        figures,
        reference_reads: reference,
        stored_each: stored.into_iter().fold(std::collections::BTreeMap::new(), |mut all, (table, bytes)| {
            *all.entry(table).or_default() += bytes;
            all
        }),
    })
}

async fn days(count: usize, kinds: Vec<Kind>, looks: u32) -> Result<Days, Failure> {
    let ledger = Ledger::default();
    let site = Site::open(Keys::Kms, BEGINS.parse()?, Arc::new(ledger.clone())).await?;
    site.hold(BEGINS)?;
    let (kms_before, logged_before) = (site.kms.calls().len(), LOGGED.bytes());
    let mut lives: Vec<Life<'_>> = kinds.into_iter().map(|kind| Life::new(&site, &ledger, kind, looks)).collect();
    let (mut until, mut stored) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let begins: jiff::Timestamp = BEGINS.parse()?;
    for day in 0..count {
        for life in &mut lives {
            life.live(day).await?;
        }
        let next = begins + SignedDuration::from_hours(24 * i64::try_from(day + 1)?);
        // A replay runs every schedule on the way at its time; the clock stands in between.
        let moved = site.machine.world().replay_to(next).await?;
        if let Some(failed) = moved.failed.first() {
            return Err(format!("{} failed at {}", failed.rule, failed.at).into());
        }
        let mut tally = ledger.all();
        let calls = site.kms.calls();
        let asked = calls.iter().skip(kms_before);
        let signed = asked.clone().filter(|call| is_signature(call)).count();
        tally.kms_asymmetric = Decimal::from(signed);
        tally.kms_symmetric = Decimal::from(asked.count() - signed);
        tally.log_bytes = Decimal::from(LOGGED.bytes() - logged_before);
        until.push(tally);
        stored.push(sizes(&site).await?);
    }
    drop(lives);
    let before = ledger.recount();
    let watch: &dyn crate::site::Watch = &ledger;
    watch.called("AuditFunction", super::ledger::RECOUNT);
    let found = donthu_audit::handle(&site.app, AuditTask::Recount).await?;
    if !found.differences.is_empty() {
        return Err(format!("the recount found {:?}", found.differences).into());
    }
    let recount = ledger.recount().beyond(&before);
    Ok(Days { until, recount, stored, site, ledger })
}

fn is_signature(call: &str) -> bool {
    call.starts_with("Sign")
}

/// What is stored, as AWS counts it.
async fn sizes(site: &Site) -> Result<Vec<(String, Decimal)>, Failure> {
    let client = Client::new(&site.machine.engine().sdk_config());
    let mut sizes = Vec::new();
    for table in Template::parse(TEMPLATE)?.tables.into_values() {
        let described = client.describe_table().table_name(&table.name).send().await?;
        let described = described.table.ok_or("a table without a description")?;
        let mut bytes = described.table_size_bytes.unwrap_or(0) + OVERHEAD * described.item_count.unwrap_or(0);
        for index in described.global_secondary_indexes() {
            bytes += index.index_size_bytes.unwrap_or(0) + OVERHEAD * index.item_count.unwrap_or(0);
        }
        sizes.push((table.logical_id, Decimal::from(bytes)));
    }
    Ok(sizes)
}

/// What a reader of figures asks for: half of them officials, half the public.
async fn figures(days: &Days) -> Result<Tally, Failure> {
    let body = json!({ "role": "head", "agency": "c21040" });
    let token = send(&days.site, "POST", "/dev/token", &[], Some(&body)).await?;
    let bearer = format!("Bearer {}", token.text("/token")?);
    let (before, logged) = (days.ledger.all(), LOGGED.bytes());
    for (path, headers) in [
        ("/v1/statistics/resolution-rate", vec![("authorization", bearer.as_str())]),
        ("/v1/public/statistics", Vec::new()),
    ] {
        let answer = send(&days.site, "GET", path, &headers, None).await?;
        days.ledger.answered(answer.bytes.len());
    }
    let mut asked = days.ledger.all().beyond(&before);
    asked.log_bytes = Decimal::from(LOGGED.bytes() - logged);
    Ok(asked.divided(Decimal::TWO))
}

/// Read units of one reading of the reference data.
async fn reference(days: &Days) -> Result<Decimal, Failure> {
    let before = days.ledger.reference_reads();
    days.site.app.reference.forget().await;
    days.site.app.directory().await?;
    Ok(days.ledger.reference_reads() - before)
}
