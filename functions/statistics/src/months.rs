//! Figures month by month: of an agency for officials, of the province for everybody.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{self, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use donthu_domain::tally::Figures;
use donthu_domain::{Kind, time};
use donthu_service::claims::Official;
use donthu_service::fault::Wrong;
use donthu_service::figures::{Sums, by_month, together};
use donthu_service::input::in_query;
use donthu_service::problem::language_of;
use donthu_service::{App, Fault};
use donthu_store::keys::Month;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::definitions::{self, Definition, Figure};
use crate::period;
use crate::public;
use crate::scope::Scope;
use crate::wire::{RateView, cacheable, statutory};

/// Which months, both included, and whose; the last twelve, the running one among them, where neither month is given.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The first month, `YYYY-MM`.
    from: Option<String>,
    /// The last month, which must have begun.
    to: Option<String>,
    /// The agency, with all below it; the official's own where left out.
    agency: Option<String>,
}

/// What everybody may read of a kind in a month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicFiguresOfMonth)]
pub struct Counts {
    /// The kind.
    kind: Kind,
    /// Accepted cases that were open before the month.
    carried_in: i64,
    /// Cases accepted in the month.
    received: i64,
    /// Cases that ended in the month.
    resolved: i64,
    /// Accepted cases open at its end.
    open: i64,
    /// The resolution rate; null for feedback, which no law counts.
    rate: Option<RateView>,
    /// Of those that were resolved, how many in time.
    on_time_rate: RateView,
}

impl Counts {
    fn new(kind: Kind, figures: &Figures) -> Self {
        Counts {
            kind,
            carried_in: figures.carried_in,
            received: figures.accepted,
            resolved: figures.resolved(),
            open: figures.open,
            rate: statutory(kind, figures.resolution_rate()),
            on_time_rate: figures.on_time_rate().into(),
        }
    }
}

/// The figures of a kind in a month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FiguresOfMonth)]
pub struct OfficialCounts {
    #[serde(flatten)]
    counts: Counts,
    /// Of the open cases, those overdue at the month's end; while it runs, at the end of the last day that has ended.
    overdue: i64,
}

/// A month of an agency.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonthOfAgency)]
pub struct OfficialMonth {
    /// The month, `YYYY-MM`.
    month: String,
    /// One row a kind.
    kinds: Vec<OfficialCounts>,
}

/// The months of an agency with all below it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonthsOfAgency)]
pub struct OfficialMonths {
    /// The first month, `YYYY-MM`.
    from: String,
    /// The last one.
    to: String,
    /// When they were read, with Vietnam's offset.
    #[schema(format = DateTime)]
    as_of: String,
    /// The agency.
    agency: String,
    /// One row a month, oldest first.
    months: Vec<OfficialMonth>,
    /// What each figure counts.
    definitions: Vec<Definition>,
}

/// `GET /v1/statistics/months?from=YYYY-MM&to=YYYY-MM&agency=…`, each of them optional.
pub async fn of_agency(
    State(app): State<Arc<App>>,
    official: Official,
    headers: HeaderMap,
    query: Result<extract::Query<Query>, QueryRejection>,
) -> Result<Response, Fault> {
    let extract::Query(Query { from, to, agency }) = query.map_err(|rejection| in_query(&rejection, Wrong::Date))?;
    let now = app.clock.now();
    let today = time::local_date(now);
    let ended = time::add_days(today, -1);
    let (from, to) = period::months(from.as_deref(), to.as_deref(), Month::of(today), Wrong::MonthNotBegun)?;
    let directory = app.directory().await?;
    let scope = Scope::of(&official, &directory, agency.as_deref(), today)?;
    let language = language_of(&headers);
    let month = |month: Month, sums| {
        let (first, last) = (month.first_day(), month.last_day());
        // Each month by the tree of agencies as it stood at its end.
        let sums = together(sums, |of| directory.is_within(of, &scope.agency, last.min(today)));
        let seen = sums.into_iter().filter(|(kind, _)| scope.sums(*kind));
        let counts = |(kind, sums): (Kind, Sums)| {
            let figures = Figures::of_running_period(&sums.opening, &sums.flows, first, last, ended);
            OfficialCounts { counts: Counts::new(kind, &figures), overdue: figures.overdue }
        };
        OfficialMonth { month: month.to_string(), kinds: seen.map(counts).collect() }
    };
    let months = by_month(&app, from, to).await?;
    let months = months.iter().map(|(of, sums)| month(*of, sums)).collect();
    let kinds = Kind::ALL.into_iter().filter(|kind| scope.sums(*kind));
    let answer = OfficialMonths {
        from: from.to_string(),
        to: to.to_string(),
        as_of: time::rfc3339(now),
        agency: scope.agency.to_string(),
        months,
        definitions: definitions::with_rates(&Figure::OF_A_PERIOD, kinds, language),
    };
    Ok(Json(answer).into_response())
}

/// A month of the province.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicMonth)]
pub struct ProvinceMonth {
    /// The month, `YYYY-MM`.
    month: String,
    /// One row a kind.
    kinds: Vec<Counts>,
}

/// The months of the province.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicMonths)]
pub struct ProvinceMonths {
    /// The first month, `YYYY-MM`.
    from: String,
    /// The last one.
    to: String,
    /// When they were read, with Vietnam's offset.
    #[schema(format = DateTime)]
    as_of: String,
    /// One row a month, oldest first.
    months: Vec<ProvinceMonth>,
    /// What each figure counts.
    definitions: Vec<Definition>,
}

/// `GET /v1/public/months?from=YYYY-MM&to=YYYY-MM`, or without both: months that are over, as `/v1/public/statistics` tells
/// of each alone.
pub async fn of_province(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    query: Result<extract::Query<public::Period>, QueryRejection>,
) -> Result<Response, Fault> {
    let extract::Query(period) = query.map_err(|rejection| in_query(&rejection, Wrong::Date))?;
    let now = app.clock.now();
    let (from, to) = period.months(Month::of(time::local_date(now)))?;
    let months = by_month(&app, from, to).await?;
    let month = |month: Month, sums| {
        let sums = together(sums, public::is_counted).into_iter();
        let kinds = sums.map(|(kind, sums)| {
            let figures = Figures::of_period(&sums.opening, &sums.flows, month.first_day(), month.last_day());
            Counts::new(kind, &figures)
        });
        ProvinceMonth { month: month.to_string(), kinds: kinds.collect() }
    };
    let answer = ProvinceMonths {
        from: from.to_string(),
        to: to.to_string(),
        as_of: time::rfc3339(now),
        months: months.iter().map(|(of, sums)| month(*of, sums)).collect(),
        definitions: definitions::with_rates(&Figure::BUT_OVERDUE, Kind::ALL, language_of(&headers)),
    };
    Ok(cacheable(Json(answer).into_response()))
}
