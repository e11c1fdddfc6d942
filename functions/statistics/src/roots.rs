//! The journal's roots: what anybody may keep, to hold the province to it.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use donthu_domain::time;
use donthu_service::fault::Wrong;
use donthu_service::input::in_query;
use donthu_service::roots::PublishedRoots;
use donthu_service::{App, Fault};
use donthu_store::sealing::JournalRoot;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::wire::cacheable;

/// Most roots of one answer.
const MOST_ROOTS: u16 = 100;

/// Days of an answer where the caller names none.
const USUAL_DAYS: i32 = 31;

/// Which days, both included; the last 31 where neither is given.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    from: Option<Date>,
    /// The last day.
    to: Option<Date>,
}

impl Period {
    fn days(&self, today: Date) -> Result<(Date, Date), Fault> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from <= to => Ok((from, to)),
            (Some(_), Some(_) | None) => Err(Fault::invalid("to", Wrong::Date)),
            (None, Some(_)) => Err(Fault::invalid("from", Wrong::Date)),
            (None, None) => Ok((time::add_days(today, -USUAL_DAYS), time::add_days(today, -1))),
        }
    }
}

/// `GET /v1/public/journal-roots?from=YYYY-MM-DD&to=YYYY-MM-DD`, or without both. At most 100 roots, with the day from which to
/// ask on.
pub async fn journal_roots(
    State(app): State<Arc<App>>,
    query: Result<Query<Period>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(period) = query.map_err(|rejection| in_query(&rejection, Wrong::Date))?;
    let (from, to) = period.days(time::local_date(app.clock.now()))?;
    let found = app.store.journal_roots(&app.province, from, to, MOST_ROOTS).await?;
    let roots = found.into_iter().collect::<Result<Vec<JournalRoot>, _>>()?;
    let full = roots.len() >= usize::from(MOST_ROOTS);
    let next = roots.last().map(|last| time::next_day(last.day)).filter(|next| full && *next <= to);
    let answer = PublishedRoots { province: app.province.clone(), from, to, roots, next };
    Ok(cacheable(Json(answer).into_response()))
}
