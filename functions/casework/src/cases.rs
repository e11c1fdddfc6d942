//! An official's queue.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use donthu_domain::visibility::{Sight, sight};
use donthu_domain::{AgencyId, Language, Role, time};
use donthu_service::claims::Official;
use donthu_service::fault::Wrong;
use donthu_service::input::in_query;
use donthu_service::messages::stages;
use donthu_service::problem::language_of;
use donthu_service::{App, Fault};
use donthu_store::keys::{Compartment, Shelf};
use donthu_store::{Cursor, ListedCase, Page};
use futures::future::try_join_all;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::search;

/// Most cases of one page.
const MOST: u16 = 200;

/// How many heads are read at a time.
const AT_ONCE: usize = 16;

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// `open` (where left out) or `closed`.
    state: Option<Standing>,
    /// For closed ones: the year; this year where left out.
    year: Option<i16>,
    /// `ordinary` (where left out) or `denunciations`, which only the head of the agency may list.
    compartment: Option<Wing>,
    /// The agency; the official's own where left out. A head or inspector above it may name one below.
    agency: Option<String>,
    /// How many, at most 200.
    limit: Option<u16>,
    /// Where to go on.
    cursor: Option<String>,
    /// The number of one case, as people type it. It is looked for among the open ones, then among those closed in this year and the four
    /// before, or in `year` alone; for the head of the agency among its denunciations too, unless `compartment` says which. Without
    /// `state`, `limit` and `cursor`.
    number: Option<String>,
}

/// Which cases of an agency.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[schema(as = ListState)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Something is still to be done.
    Open,
    /// Nothing is owed any more.
    Closed,
}

/// Which part of an agency's cases: denunciations are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = Compartment)]
#[serde(rename_all = "snake_case")]
pub enum Wing {
    /// Complaints and feedback.
    Ordinary,
    /// Denunciations.
    Denunciations,
}

impl From<Wing> for Compartment {
    fn from(wing: Wing) -> Self {
        match wing {
            Wing::Ordinary => Compartment::Ordinary,
            Wing::Denunciations => Compartment::Denunciations,
        }
    }
}

/// A case in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = ListedCase)]
pub struct Row {
    /// The case's id.
    case_id: String,
    /// The case's number.
    case_number: String,
    /// Its kind.
    kind: donthu_domain::Kind,
    /// Where it stands, as a stable code.
    stage: String,
    /// Where it stands, in words; null for a code that is newer than this list.
    #[schema(value_type = Option<String>)]
    stage_text: Option<&'static str>,
    /// The step to send in `If-Match`.
    step: u64,
    /// The legal receipt date.
    received_on: Option<Date>,
    /// The earliest day on which something is due.
    due_on: Option<Date>,
    /// Whether that day has passed.
    overdue: bool,
}

impl Row {
    fn new(case: ListedCase, today: Date, language: Language) -> Self {
        Row {
            case_id: case.id.to_string(),
            case_number: case.number,
            kind: case.kind,
            stage_text: stages::to_official(&case.stage, case.kind, language),
            stage: case.stage,
            step: case.step,
            received_on: case.received_on,
            due_on: case.due_on,
            overdue: case.due_on.is_some_and(|due| due < today),
        }
    }
}

/// A page of an agency's cases.
#[derive(Serialize, ToSchema)]
#[schema(as = CaseList)]
pub struct Listed {
    /// The agency.
    agency: String,
    /// The cases, the earliest due day first.
    cases: Vec<Row>,
    /// The cursor of the next page; null at the end.
    next: Option<String>,
    /// True after a search through lists that are longer than one search reads: a case that was not found may be further on. Its
    /// `year` finds it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unfinished: bool,
}

/// `GET /v1/cases`: an agency's cases, the earliest due day first, or the one of a number.
pub async fn list(
    State(app): State<Arc<App>>,
    official: Official,
    query: Result<Query<Wanted>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let Query(wanted) = query.map_err(|rejection| in_query(&rejection, Wrong::Type))?;
    let (today, language) = (time::local_date(app.clock.now()), language_of(&headers));
    let own = official.agency()?.clone();
    let agency = wanted.agency.clone().map_or_else(|| own.clone(), AgencyId::new);
    let compartment = wanted.compartment.unwrap_or(Wing::Ordinary);
    may_list(&app, &official, &own, &agency, compartment, today).await?;
    if let Some(number) = &wanted.number {
        let outcome = search(&app, &official, (&own, &agency), &wanted, number, today).await?;
        let listed = Listed {
            agency: agency.to_string(),
            cases: outcome.found.into_iter().map(|case| Row::new(case, today, language)).collect(),
            next: None,
            unfinished: outcome.unfinished,
        };
        return Ok(Json(listed).into_response());
    }
    let limit = match wanted.limit {
        Some(limit) if limit == 0 || limit > MOST => {
            return Err(Fault::invalid("limit", Wrong::Limit { most: u64::from(MOST) }));
        }
        limit => limit.unwrap_or(50),
    };
    let shelf = match wanted.state.unwrap_or(Standing::Open) {
        Standing::Open => Shelf::Open,
        Standing::Closed => Shelf::Closed(wanted.year.unwrap_or(today.year())),
    };
    let compartment = Compartment::from(compartment);
    let cursor = wanted.cursor.map(Cursor::from_text);
    let page = match compartment {
        Compartment::Denunciations => in_sight(&app, &official, &agency, shelf, cursor, limit).await?,
        _ => app.store.cases_of(&agency, compartment, shelf, cursor.as_ref(), limit).await?,
    };
    let listed = Listed {
        agency: agency.to_string(),
        cases: page.items.into_iter().map(|case| Row::new(case, today, language)).collect(),
        next: page.next.map(|cursor| cursor.as_str().to_owned()),
        unfinished: false,
    };
    Ok(Json(listed).into_response())
}

/// The case of a number, where it is in one of the lists that the official may read.
async fn search(
    app: &App,
    official: &Official,
    (own, agency): (&AgencyId, &AgencyId),
    wanted: &Wanted,
    number: &str,
    today: Date,
) -> Result<search::Outcome, Fault> {
    for (field, given) in
        [("state", wanted.state.is_some()), ("limit", wanted.limit.is_some()), ("cursor", wanted.cursor.is_some())]
    {
        if given {
            return Err(Fault::invalid(field, Wrong::NotInSearch));
        }
    }
    let mut compartments = vec![Compartment::from(wanted.compartment.unwrap_or(Wing::Ordinary))];
    if wanted.compartment.is_none() {
        match may_list(app, official, own, agency, Wing::Denunciations, today).await {
            Ok(()) => compartments.push(Compartment::Denunciations),
            Err(Fault::Forbidden) => {}
            Err(fault) => return Err(fault),
        }
    }
    let shelves = search::shelves(wanted.year, today.year());
    search::by_number(app, official, agency, (&compartments, &shelves), number).await
}

/// A page of an agency's denunciations, each as its head may see it now: the index still holds what a reorganisation has made
/// theirs no more. A page is filled up, and goes on only where something follows that may be seen: neither its length nor its
/// cursor tells of what was left out.
async fn in_sight(
    app: &App,
    official: &Official,
    agency: &AgencyId,
    shelf: Shelf,
    cursor: Option<Cursor>,
    limit: u16,
) -> Result<Page<ListedCase>, Fault> {
    let page = filled(app, official, agency, shelf, cursor, limit).await?;
    let Some(next) = page.next else { return Ok(page) };
    let follows = filled(app, official, agency, shelf, Some(next.clone()), 1).await?;
    Ok(Page { next: (!follows.items.is_empty()).then_some(next), ..page })
}

/// So many denunciations that may be seen, or all that there are from the cursor on.
async fn filled(
    app: &App,
    official: &Official,
    agency: &AgencyId,
    shelf: Shelf,
    mut cursor: Option<Cursor>,
    limit: u16,
) -> Result<Page<ListedCase>, Fault> {
    let directory = app.directory().await?;
    let today = time::local_date(app.clock.now());
    let mut items = Vec::new();
    loop {
        let missing = limit.saturating_sub(u16::try_from(items.len()).unwrap_or(u16::MAX));
        let page = app.store.cases_of(agency, Compartment::Denunciations, shelf, cursor.as_ref(), missing).await?;
        for some in page.items.chunks(AT_ONCE) {
            let heads = try_join_all(some.iter().map(|row| app.store.case(&row.id))).await?;
            for (row, head) in some.iter().zip(heads) {
                let seen = head.is_some_and(|head| sight(&official.0, &head.case, &directory, today) > Sight::Nothing);
                items.extend(seen.then(|| row.clone()));
            }
        }
        cursor = page.next;
        if cursor.is_none() || items.len() >= usize::from(limit) {
            return Ok(Page { items, next: cursor });
        }
    }
}

async fn may_list(
    app: &App,
    official: &Official,
    own: &AgencyId,
    agency: &AgencyId,
    compartment: Wing,
    today: Date,
) -> Result<(), Fault> {
    let directory = app.directory().await?;
    if directory.agency(own, today).is_none() {
        return Err(Fault::Forbidden);
    }
    if compartment == Wing::Denunciations {
        // No list of another agency's denunciations, not even for a superior (invariant 9).
        return if own == agency && official.0.has(Role::Head) { Ok(()) } else { Err(Fault::Forbidden) };
    }
    if own == agency {
        return official.needs(&[Role::Reception, Role::Handler, Role::Head, Role::Inspector]);
    }
    let below = directory.agency(agency, today).is_some() && directory.is_within(agency, own, today);
    if below { official.needs(&[Role::Head, Role::Inspector]) } else { Err(Fault::Forbidden) }
}
