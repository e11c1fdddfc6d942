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
use donthu_service::invocation;
use donthu_service::petition::StoredText;
use donthu_service::possible::{PossibleStep, possible};
use donthu_service::problem::language_of;
use donthu_service::views::{self, Deadline, OfficialCase};
use donthu_service::{App, Fault};
use donthu_store::{DataClass, Loaded};
use serde::Serialize;
use utoipa::ToSchema;

use crate::steps::tag;

/// The case and how much of it the official may see; [`Fault::NotFound`] where that is nothing.
pub async fn visible(app: &App, official: &Official, id: &CaseId) -> Result<(Loaded, Sight), Fault> {
    let loaded = app.store.case(id).await?.ok_or(Fault::NotFound)?;
    invocation::note_case(&official.0, &loaded.case);
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

/// A case as an official reads it.
#[derive(Serialize, ToSchema)]
pub struct CaseWithText {
    #[serde(flatten)]
    case: OfficialCase,
    /// The petition's text, for those who handle the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    petition: Option<StoredText>,
    /// The steps that the official may take now, each with what there is to choose.
    possible: Vec<PossibleStep>,
}

/// `GET /v1/cases/{id}`: where it stands and what may be done now; with the petition's text for those who handle it.
pub async fn case(
    State(app): State<Arc<App>>,
    official: Official,
    CaseInPath(id): CaseInPath,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let (loaded, sight) = visible(&app, &official, &id).await?;
    let petition = if sight == Sight::Full {
        let parts = app.store.vault_parts(&id, DataClass::Text).await?;
        let part = parts.iter().find(|part| part.name == donthu_service::submission::PETITION_PART);
        part.map(|part| serde_json::from_slice(&part.content)).transpose().map_err(|_| unreadable())?
    } else {
        None
    };
    let (directory, now, language) = (app.directory().await?, app.clock.now(), language_of(&headers));
    let case = &loaded.case;
    let possible = possible(case, &app.context(&directory, &official.0, now), language);
    let view = views::official_case(case, &directory, time::local_date(now), language);
    let mut response = Json(CaseWithText { case: view, petition, possible }).into_response();
    tag(&mut response, case.step);
    Ok(response)
}

/// The parser's own message may quote the text.
fn unreadable() -> Fault {
    Fault::internal("a petition's text in the vault has not the shape that was written")
}

/// A case's journal.
#[derive(Serialize, ToSchema)]
#[schema(as = CaseJournal)]
pub struct Journal {
    /// Its entries, oldest first.
    entries: Vec<Entry>,
}

/// An entry of a case's journal.
#[derive(Serialize, ToSchema)]
#[schema(as = JournalEntry)]
pub struct Entry {
    /// The version of the case that it made.
    version: u64,
    /// When, with Vietnam's offset.
    #[schema(format = DateTime)]
    at: String,
    /// Who did it.
    actor: Actor,
    /// The articles that the step rests on.
    #[schema(value_type = BTreeSet<String>)]
    basis: BTreeSet<&'static str>,
    /// What happened.
    events: Vec<Event>,
    /// Hash of the entry, chained to the one before.
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
    Ok(Json(Journal { entries }).into_response())
}

/// The obligations of a case.
#[derive(Serialize, ToSchema)]
#[schema(as = CaseDeadlines)]
pub struct Deadlines {
    /// The case's number.
    case_number: String,
    /// Every obligation, open and closed.
    deadlines: Vec<Deadline>,
    /// The citizen's own time for a second complaint, while it runs.
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
