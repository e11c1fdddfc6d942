//! Months one after another, and how old what is open is.

use donthu_domain::Kind;
use serde::Deserialize;

use super::league::share;
use crate::chart::Bar;
use crate::words::Words;

/// Months as the API gives them.
#[derive(Deserialize)]
pub struct Months {
    months: Vec<OfMonth>,
}

#[derive(Deserialize)]
struct OfMonth {
    month: String,
    kinds: Vec<Counts>,
}

#[derive(Deserialize)]
struct Counts {
    received: i64,
    resolved: i64,
    open: i64,
    overdue: i64,
}

/// Ages as the API gives them.
#[derive(Deserialize)]
pub struct Ages {
    kinds: Vec<KindAges>,
}

#[derive(Deserialize)]
struct KindAges {
    kind: Kind,
    open: i64,
    ages: Vec<AgeBand>,
}

#[derive(Deserialize)]
struct AgeBand {
    from_days: i64,
    to_days: Option<i64>,
    cases: i64,
}

/// A month's row.
pub struct MonthBar {
    /// The month.
    pub month: String,
    /// Cases accepted in it.
    pub received: i64,
    /// Cases that ended in it.
    pub resolved: i64,
    /// Open at its end.
    pub open: i64,
    /// Of those, overdue.
    pub overdue: i64,
    /// What came in, against the largest number of all months.
    pub in_bar: Bar,
    /// What was resolved, on the same scale.
    pub out_bar: Bar,
}

/// Open cases of an age.
pub struct Band {
    /// The age.
    pub age: String,
    /// How many.
    pub cases: i64,
    /// Their share of all that are open.
    pub share: String,
    /// The number as a bar.
    pub bar: Bar,
}

/// The months as bars on one scale.
pub fn bars(months: &Months, w: Words) -> Vec<MonthBar> {
    let sum = |month: &OfMonth, of: fn(&Counts) -> i64| month.kinds.iter().map(of).sum::<i64>();
    let both = |month: &OfMonth| sum(month, |of| of.received).max(sum(month, |of| of.resolved));
    let most = months.months.iter().map(both).max().unwrap_or(0);
    let bar = |month: &OfMonth| {
        let (received, resolved) = (sum(month, |of| of.received), sum(month, |of| of.resolved));
        let name = w.month(&month.month);
        let told = |number: i64, what: &str| format!("{name}: {} {what}", w.number(&number));
        MonthBar {
            received,
            resolved,
            open: sum(month, |of| of.open),
            overdue: sum(month, |of| of.overdue),
            in_bar: Bar::new(&name, &[("in", received)], most, told(received, w.t("thụ lý", "received"))),
            out_bar: Bar::new(&name, &[("done", resolved)], most, told(resolved, w.t("giải quyết", "resolved"))),
            month: name,
        }
    };
    months.months.iter().map(bar).collect()
}

/// The ages of each kind's open cases; kinds of which nothing is open are left out.
pub fn bands(ages: &Ages, w: Words) -> Vec<(&'static str, Vec<Band>)> {
    let open = ages.kinds.iter().filter(|of| of.open > 0);
    open.map(|of| {
        let most = of.ages.iter().map(|band| band.cases).max().unwrap_or(0);
        let band = |band: &AgeBand| {
            let age = match band.to_days {
                Some(to) => format!("{}–{to} {}", band.from_days, w.t("ngày", "days")),
                None => format!("{} {} {}", w.t("từ", "from"), band.from_days, w.t("ngày trở lên", "days on")),
            };
            let told = format!("{age}: {} {}", w.number(&band.cases), w.t("vụ việc", "cases"));
            Band {
                bar: Bar::new(&age, &[("open", band.cases)], most, told),
                share: share((band.cases, of.open), w),
                cases: band.cases,
                age,
            }
        };
        (w.kind(of.kind), of.ages.iter().map(band).collect())
    })
    .collect()
}
