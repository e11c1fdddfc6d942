//! How long the cases of an agency that are open have been so.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{self, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use donthu_domain::tally::AgeBand;
use donthu_domain::{Kind, time};
use donthu_service::claims::Official;
use donthu_service::fault::Wrong;
use donthu_service::figures::open_ages;
use donthu_service::input::in_query;
use donthu_service::problem::language_of;
use donthu_service::{App, Fault};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::definitions::{self, Definition, Figure};
use crate::scope::Scope;

/// Whose cases.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The agency, with all below it; the official's own where left out.
    agency: Option<String>,
}

/// Open cases of some ages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenCasesOfAge)]
pub struct Band {
    /// The least age, in calendar days since acceptance.
    from_days: i32,
    /// The greatest; null for the oldest cases.
    to_days: Option<i32>,
    /// How many cases.
    cases: i64,
}

/// The open cases of a kind.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenCasesOfKind)]
pub struct KindAges {
    /// The kind.
    kind: Kind,
    /// All of them.
    open: i64,
    /// By age, youngest first.
    ages: Vec<Band>,
}

/// The open cases of an agency with all below it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenAgesOfAgency)]
pub struct OpenAges {
    /// When they were read, with Vietnam's offset.
    #[schema(format = DateTime)]
    as_of: String,
    /// The agency.
    agency: String,
    /// One row a kind.
    kinds: Vec<KindAges>,
    /// What each figure counts.
    definitions: Vec<Definition>,
}

/// `GET /v1/statistics/open-ages?agency=…`.
pub async fn open(
    State(app): State<Arc<App>>,
    official: Official,
    headers: HeaderMap,
    query: Result<extract::Query<Query>, QueryRejection>,
) -> Result<Response, Fault> {
    let extract::Query(Query { agency }) = query.map_err(|rejection| in_query(&rejection, Wrong::Type))?;
    let now = app.clock.now();
    let today = time::local_date(now);
    let directory = app.directory().await?;
    let scope = Scope::of(&official, &directory, agency.as_deref(), today)?;
    let seen = Kind::ALL.into_iter().filter(|kind| scope.sums(*kind));
    let mut kinds: BTreeMap<Kind, BTreeMap<AgeBand, i64>> = seen.map(|kind| (kind, BTreeMap::new())).collect();
    for ((kind, of), ages) in open_ages(&app, today).await? {
        let Some(sums) = kinds.get_mut(&kind).filter(|_| directory.is_within(&of, &scope.agency, today)) else {
            continue;
        };
        for (band, cases) in ages {
            *sums.entry(band).or_default() += cases;
        }
    }
    let of_kind = |(kind, sums): (Kind, BTreeMap<AgeBand, i64>)| {
        let band = |band: AgeBand| {
            let (from_days, to_days) = band.days();
            Band { from_days, to_days, cases: sums.get(&band).copied().unwrap_or(0) }
        };
        KindAges { kind, open: sums.values().sum(), ages: AgeBand::ALL.into_iter().map(band).collect() }
    };
    let answer = OpenAges {
        as_of: time::rfc3339(now),
        agency: scope.agency.to_string(),
        kinds: kinds.into_iter().map(of_kind).collect(),
        definitions: definitions::of(&Figure::OF_NOW, language_of(&headers)),
    };
    Ok(Json(answer).into_response())
}
