//! Public figures: whole months that are over, so that nobody can read single denunciations out of differences of days.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use donthu_domain::tally::Figures;
use donthu_domain::{AgencyId, Kind, time};
use donthu_service::fault::Wrong;
use donthu_service::figures::{of_period, together};
use donthu_service::input::in_query;
use donthu_service::problem::language_of;
use donthu_service::{App, Fault};
use donthu_store::keys::Month;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::definitions::{self, Definition, Figure};
use crate::period;
use crate::wire::{RateView, cacheable, definition, statutory};

/// Which months, both included, as `YYYY-MM`; the last twelve that are over where neither is given.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first month, `YYYY-MM`.
    from: Option<String>,
    /// The last month, which must be over.
    to: Option<String>,
}

impl Period {
    /// The months asked for, none later than the one before the running one.
    pub fn months(&self, this_month: Month) -> Result<(Month, Month), Fault> {
        period::months(self.from.as_deref(), self.to.as_deref(), this_month.previous(), Wrong::MonthNotOver)
    }
}

/// Whether an agency's cases are in the province's sums. What has no lawful handler in the province is in nobody's own
/// figures: as part of the sum it would be what is left over, to be read by those who are denounced in it.
pub fn is_counted(agency: &AgencyId) -> bool {
    !agency.is_external()
}

/// The public figures of a kind.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicFigures)]
pub struct KindFigures {
    /// The kind.
    kind: Kind,
    /// Accepted cases that were open before the period.
    carried_in: i64,
    /// Cases accepted in the period.
    received: i64,
    /// Cases that ended in the period.
    resolved: i64,
    /// Accepted cases open at its end.
    open: i64,
    /// Of those, overdue.
    overdue: i64,
    /// The resolution rate; null for feedback, which no law counts.
    rate: Option<RateView>,
    /// Of those that were resolved, how many in time.
    on_time_rate: RateView,
    /// What the rate means.
    #[schema(value_type = String)]
    definition: &'static str,
}

/// Figures of whole months.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicStatistics {
    /// The first month, `YYYY-MM`.
    from: String,
    /// The last one.
    to: String,
    /// When they were read, with Vietnam's offset.
    #[schema(format = DateTime)]
    as_of: String,
    /// One row a kind.
    kinds: Vec<KindFigures>,
    /// What each figure counts.
    definitions: Vec<Definition>,
}

/// Of the whole province alone, so that no cell is small enough to be somebody's.
///
/// `GET /v1/public/statistics?from=YYYY-MM&to=YYYY-MM`, or without both.
pub async fn statistics(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    query: Result<Query<Period>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(period) = query.map_err(|rejection| in_query(&rejection, Wrong::Date))?;
    let now = app.clock.now();
    let (from, to) = period.months(Month::of(time::local_date(now)))?;
    let (first, last) = (from.first_day(), to.last_day());
    let sums = together(&of_period(&app, first, last, None).await?, is_counted);
    let language = language_of(&headers);
    let kinds = sums
        .into_iter()
        .map(|(kind, sums)| {
            let figures = Figures::of_period(&sums.opening, &sums.flows, first, last);
            KindFigures {
                kind,
                carried_in: figures.carried_in,
                received: figures.accepted,
                resolved: figures.resolved(),
                open: figures.open,
                overdue: figures.overdue,
                rate: statutory(kind, figures.resolution_rate()),
                on_time_rate: figures.on_time_rate().into(),
                definition: definition(kind, language),
            }
        })
        .collect();
    let answer = PublicStatistics {
        from: from.to_string(),
        to: to.to_string(),
        as_of: time::rfc3339(now),
        kinds,
        definitions: definitions::with_rates(&Figure::OF_A_PERIOD, Kind::ALL, language),
    };
    Ok(cacheable(Json(answer).into_response()))
}
