//! Officials' figures, by day.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{self, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use donthu_domain::tally::{Combined, Figures};
use donthu_domain::{AgencyId, Kind, Language, time};
use donthu_service::claims::Official;
use donthu_service::fault::Wrong;
use donthu_service::figures::{Sums, of_period, together};
use donthu_service::input::in_query;
use donthu_service::problem::language_of;
use donthu_service::{App, Fault};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::scope::Scope;
use crate::wire::{RateView, definition, statutory};

/// Longest period in calendar days: ten years.
const MOST_DAYS: i32 = 3_660;

/// Which days, both included, and whose; the calendar year until today where neither day is given. A day that has not come
/// yet changes nothing: what is counted is counted until now.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The first day.
    from: Option<Date>,
    /// The last day.
    to: Option<Date>,
    /// The agency, with all below it; the official's own where left out.
    agency: Option<String>,
}

/// What a query asks for.
struct Asked {
    from: Date,
    to: Date,
    agency: Option<String>,
    /// The last day that has ended.
    ended: Date,
}

impl Asked {
    /// The day whose tree of agencies says who is below whom: the last one, but none that has not come, for what will be below an
    /// agency is not yet.
    fn standing(&self, today: Date) -> Date {
        self.to.min(today)
    }

    fn figures(&self, sums: &Sums) -> Figures {
        Figures::of_running_period(&sums.opening, &sums.flows, self.from, self.to, self.ended)
    }
}

/// The figures of a kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindFigures {
    /// The kind.
    kind: Kind,
    #[serde(flatten)]
    figures: Figures,
    /// All cases that ended in the period.
    resolved: i64,
    /// The resolution rate; null for feedback, which no law counts.
    rate: Option<RateView>,
    /// Of those that were resolved, how many in time.
    on_time_rate: RateView,
    /// What the rate means.
    #[schema(value_type = String)]
    definition: &'static str,
}

impl KindFigures {
    fn new(kind: Kind, figures: Figures, language: Language) -> Self {
        KindFigures {
            kind,
            resolved: figures.resolved(),
            rate: statutory(kind, figures.resolution_rate()),
            on_time_rate: figures.on_time_rate().into(),
            definition: definition(kind, language),
            figures,
        }
    }
}

/// The figures of an agency.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgencyFigures {
    /// The agency.
    agency: String,
    /// One row a kind.
    kinds: Vec<KindFigures>,
}

/// A rate over several kinds; left out where the reader may not see one of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct CombinedRate {
    /// Its stable name.
    #[schema(value_type = String)]
    name: &'static str,
    /// The rate.
    rate: RateView,
    /// What it means.
    #[schema(value_type = String)]
    definition: &'static str,
}

impl CombinedRate {
    fn new(combined: Combined, figures: &BTreeMap<Kind, Figures>, language: Language) -> Option<Self> {
        let rate = combined.rate(figures)?.into();
        Some(CombinedRate { name: combined.code(), rate, definition: combined.definition(language) })
    }
}

/// The figures of an agency with all below it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RatesOfAgency)]
pub struct Rates {
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
    /// When they were read, with Vietnam's offset.
    #[schema(format = DateTime)]
    as_of: String,
    #[serde(flatten)]
    figures: AgencyFigures,
    /// The rates over several kinds.
    combined: Vec<CombinedRate>,
}

fn asked(query: Result<extract::Query<Query>, QueryRejection>, today: Date) -> Result<Asked, Fault> {
    let extract::Query(Query { from, to, agency }) = query.map_err(|rejection| in_query(&rejection, Wrong::Date))?;
    let ended = time::add_days(today, -1);
    let (from, to) = match (from, to) {
        (Some(from), Some(to)) => (from, to),
        (None, None) => (today.first_of_year(), today),
        (None, Some(_)) => return Err(Fault::invalid("from", Wrong::Date)),
        (Some(_), None) => return Err(Fault::invalid("to", Wrong::Date)),
    };
    if to < from || time::days_between(from, to) > MOST_DAYS {
        return Err(Fault::invalid("to", Wrong::Date));
    }
    Ok(Asked { from, to, agency, ended })
}

/// `GET /v1/statistics/resolution-rate?from=YYYY-MM-DD&to=YYYY-MM-DD&agency=…`, each of them optional.
pub async fn resolution_rate(
    State(app): State<Arc<App>>,
    official: Official,
    headers: HeaderMap,
    query: Result<extract::Query<Query>, QueryRejection>,
) -> Result<Response, Fault> {
    let now = app.clock.now();
    let today = time::local_date(now);
    let asked = asked(query, today)?;
    let directory = app.directory().await?;
    let scope = Scope::of(&official, &directory, asked.agency.as_deref(), today)?;
    let sums = of_period(&app, asked.from, asked.to, None).await?;
    let sums = together(&sums, |of| directory.is_within(of, &scope.agency, asked.standing(today)));
    let language = language_of(&headers);
    let seen = sums.iter().filter(|(kind, _)| scope.sums(**kind));
    let figures: BTreeMap<Kind, Figures> = seen.map(|(kind, sums)| (*kind, asked.figures(sums))).collect();
    let combined = Combined::ALL.into_iter().filter_map(|rate| CombinedRate::new(rate, &figures, language)).collect();
    let kinds = figures.into_iter().map(|(kind, figures)| KindFigures::new(kind, figures, language)).collect();
    let figures = AgencyFigures { agency: scope.agency.to_string(), kinds };
    let rates = Rates { from: asked.from, to: asked.to, as_of: time::rfc3339(now), figures, combined };
    Ok(Json(rates).into_response())
}

/// The figures of each agency.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TableOfAgencies)]
pub struct Table {
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
    /// When they were read, with Vietnam's offset.
    #[schema(format = DateTime)]
    as_of: String,
    /// One row an agency, by id.
    agencies: Vec<AgencyFigures>,
}

/// `GET /v1/statistics/agencies?from=YYYY-MM-DD&to=YYYY-MM-DD&agency=…`, each of them optional: one row an agency, by id.
pub async fn agencies(
    State(app): State<Arc<App>>,
    official: Official,
    headers: HeaderMap,
    query: Result<extract::Query<Query>, QueryRejection>,
) -> Result<Response, Fault> {
    let now = app.clock.now();
    let today = time::local_date(now);
    let asked = asked(query, today)?;
    let directory = app.directory().await?;
    let scope = Scope::of(&official, &directory, asked.agency.as_deref(), today)?;
    let language = language_of(&headers);
    let mut table: BTreeMap<AgencyId, Vec<KindFigures>> = BTreeMap::new();
    for ((kind, of), sums) in of_period(&app, asked.from, asked.to, None).await? {
        if scope.shows(kind, &of) && directory.is_within(&of, &scope.agency, asked.standing(today)) {
            table.entry(of).or_default().push(KindFigures::new(kind, asked.figures(&sums), language));
        }
    }
    let agencies =
        table.into_iter().map(|(agency, kinds)| AgencyFigures { agency: agency.to_string(), kinds }).collect();
    let table = Table { from: asked.from, to: asked.to, as_of: time::rfc3339(now), agencies };
    Ok(Json(table).into_response())
}
