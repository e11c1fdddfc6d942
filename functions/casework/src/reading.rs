//! What an official reads of one case.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use donthu_domain::visibility::{Sight, sight};
use donthu_domain::{Actor, CaseId, Event, time};
use donthu_service::claims::Official;
use donthu_service::input::CaseInPath;
use donthu_service::petition::StoredText;
use donthu_service::problem::language_of;
use donthu_service::views::{self, Deadline, OfficialCase};
use donthu_service::{App, Fault};
use donthu_store::{DataClass, Loaded};
use serde::Serialize;

use crate::steps::tag;

/// The case and how much of it the official may see; [`Fault::NotFound`] where that is nothing.
pub async fn visible(app: &App, official: &Official, id: &CaseId) -> Result<(Loaded, Sight), Fault> {
    let loaded = app.store.case(id).await?.ok_or(Fault::NotFound)?;
    let directory = app.directory().await?;
    match sight(&official.0, &loaded.case, &directory, time::local_date(app.clock.now())) {
        Sight::Nothing => Err(Fault::NotFound),
        sight => Ok((loaded, sight)),
    }
}

/// The case, for those who handle it.
pub async fn in_full(app: &App, official: &Official, id: &CaseId) -> Result<Loaded, Fault> {
    match visible(app, official, id).await? {
        (loaded, Sight::Full) => Ok(loaded),
        _ => Err(Fault::Forbidden),
    }
}

#[derive(Serialize)]
struct CaseWithText {
    #[serde(flatten)]
    case: OfficialCase,
    #[serde(skip_serializing_if = "Option::is_none")]
    petition: Option<StoredText>,
}

/// `GET /v1/cases/{id}`: where it stands; with the petition's text for those who handle it.
pub async fn case(
    State(app): State<Arc<App>>,
    official: Official,
    CaseInPath(id): CaseInPath,
) -> Result<Response, Fault> {
    let (loaded, sight) = visible(&app, &official, &id).await?;
    let petition = if sight == Sight::Full {
        let parts = app.store.vault_parts(&id, DataClass::Text).await?;
        let part = parts.iter().find(|part| part.name == donthu_service::submission::PETITION_PART);
        part.map(|part| serde_json::from_slice(&part.content)).transpose().map_err(|_| unreadable())?
    } else {
        None
    };
    let step = loaded.case.step;
    let mut response = Json(CaseWithText { case: views::official_case(&loaded.case), petition }).into_response();
    tag(&mut response, step);
    Ok(response)
}

/// The parser's own message may quote the text.
fn unreadable() -> Fault {
    Fault::internal("a petition's text in the vault has not the shape that was written")
}

#[derive(Serialize)]
struct Entry {
    version: u64,
    at: String,
    actor: Actor,
    /// The articles that the step rests on.
    basis: BTreeSet<&'static str>,
    events: Vec<Event>,
    hash: String,
}

/// `GET /v1/cases/{id}/journal`: everything that happened, with the hash of each entry.
pub async fn journal(
    State(app): State<Arc<App>>,
    official: Official,
    CaseInPath(id): CaseInPath,
) -> Result<Response, Fault> {
    let case = in_full(&app, &official, &id).await?.case;
    let mut entries = Vec::new();
    for entry in app.store.journal(&id).await? {
        let body = entry.body()?;
        entries.push(Entry {
            version: entry.version,
            at: time::rfc3339(body.at),
            actor: body.actor,
            basis: body.events.iter().filter_map(|event| event.basis((&case).into())).collect(),
            events: body.events,
            hash: entry.hash,
        });
    }
    Ok(Json(serde_json::json!({ "entries": entries })).into_response())
}

#[derive(Serialize)]
struct Deadlines {
    case_number: String,
    deadlines: Vec<Deadline>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_to_appeal: Option<Deadline>,
}

/// `GET /v1/cases/{id}/deadlines`: every obligation with its article and how sure we are of it,
/// and the citizen's own time for a second complaint.
pub async fn deadlines(
    State(app): State<Arc<App>>,
    official: Official,
    CaseInPath(id): CaseInPath,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let (loaded, _) = visible(&app, &official, &id).await?;
    let (language, today) = (language_of(&headers), time::local_date(app.clock.now()));
    let deadlines = views::deadlines(&loaded.case, &app.law, language);
    let time_to_appeal = views::time_to_appeal(&loaded.case, &app.law, today, language);
    Ok(Json(Deadlines { case_number: loaded.case.number, deadlines, time_to_appeal }).into_response())
}
