//! Officials' figures, by day.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{self, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use donthu_domain::tally::{Combined, Figures};
use donthu_domain::{AgencyId, AgencyType, Directory, Kind, Language, Role, time};
use donthu_service::claims::Official;
use donthu_service::fault::Wrong;
use donthu_service::figures::{Sums, of_period, together};
use donthu_service::input::in_query;
use donthu_service::problem::language_of;
use donthu_service::{App, Fault};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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

/// What an official may read: which agency with all below it, and of which of these the denunciations too.
struct Scope {
    agency: AgencyId,
    denunciations: Denunciations,
}

/// Of which agencies somebody reads the figures of denunciations.
enum Denunciations {
    None,
    /// Of their own agency and of those below it.
    Managed,
    /// Of those below their own agency alone.
    Below(AgencyId),
}

impl Scope {
    /// An agency's own figures and those below it; the inspectorate's inspectors the whole province's. Denunciations are counted
    /// under their handler, so an agency never finds in its own figures those that are against it. Those of its own staff only
    /// its head reads, for an inspector there may be a colleague of who is denounced; and who inspects the whole province reads
    /// them of nobody, for some are against the inspectorate, and are counted under its superior.
    fn of(official: &Official, directory: &Directory, asked: &Asked, today: Date) -> Result<Self, Fault> {
        official.needs(&[Role::Statistician, Role::Inspector, Role::Head])?;
        if asked.to < asked.from || time::days_between(asked.from, asked.to) > MOST_DAYS {
            return Err(Fault::invalid("to", Wrong::Date));
        }
        let own = official.agency()?;
        let Some(standing) = directory.agency(own, today) else { return Err(Fault::Forbidden) };
        let agency = asked.agency.as_deref().map_or_else(|| own.clone(), AgencyId::new);
        if directory.agency(&agency, today).is_none() {
            return Err(Fault::invalid("agency", Wrong::Type));
        }
        let within = directory.is_within(&agency, own, today);
        let everywhere = standing.agency_type == AgencyType::Inspectorate && official.0.has(Role::Inspector);
        if !everywhere && !within {
            return Err(Fault::Forbidden);
        }
        let denunciations = match within {
            true if official.0.has(Role::Head) => Denunciations::Managed,
            true if official.0.has(Role::Inspector) => Denunciations::Below(own.clone()),
            _ => Denunciations::None,
        };
        Ok(Self { agency, denunciations })
    }

    /// Whether the sum over the agency asked for and all below it may be read of a kind.
    fn sums(&self, kind: Kind) -> bool {
        kind != Kind::Denunciation
            || match &self.denunciations {
                Denunciations::None => false,
                Denunciations::Managed => true,
                // Else the sum less its other parts would be the agency's own.
                Denunciations::Below(own) => self.agency != *own,
            }
    }

    /// Whether an agency's own row may be read of a kind.
    fn shows(&self, kind: Kind, agency: &AgencyId) -> bool {
        kind != Kind::Denunciation
            || match &self.denunciations {
                Denunciations::None => false,
                Denunciations::Managed => true,
                Denunciations::Below(own) => agency != own,
            }
    }
}

fn asked(query: Result<extract::Query<Query>, QueryRejection>, today: Date) -> Result<Asked, Fault> {
    let extract::Query(Query { from, to, agency }) = query.map_err(|rejection| in_query(&rejection, Wrong::Date))?;
    let ended = time::add_days(today, -1);
    match (from, to) {
        (Some(from), Some(to)) => Ok(Asked { from, to, agency, ended }),
        (None, None) => Ok(Asked { from: today.first_of_year(), to: today, agency, ended }),
        (None, Some(_)) => Err(Fault::invalid("from", Wrong::Date)),
        (Some(_), None) => Err(Fault::invalid("to", Wrong::Date)),
    }
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
    let scope = Scope::of(&official, &directory, &asked, today)?;
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
    let scope = Scope::of(&official, &directory, &asked, today)?;
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
