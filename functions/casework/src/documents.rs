//! Statutory documents, fit to print.

use std::sync::Arc;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use donthu_domain::{Event, Form};
use donthu_service::claims::Official;
use donthu_service::documents::{self, Reader, Sources};
use donthu_service::fault::Wrong;
use donthu_service::input::case_id;
use donthu_service::{App, Fault};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as NoSuchForm;
use utoipa::IntoParams;

use crate::reading::in_full;

/// No script, nothing from elsewhere, in no frame: the page is whole as it is.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// Which document of a form, and for whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Its number; the newest of the form where left out.
    number: Option<String>,
    /// `petitioner` (where left out), or `denounced` for the copy that does not lead to the denouncer.
    #[serde(default, rename = "for")]
    reader: Reader,
}

/// `GET /v1/cases/{id}/documents/{form}`: a document that the case has on file, as a page to print.
pub async fn document(
    State(app): State<Arc<App>>,
    official: Official,
    path: Result<Path<(String, String)>, PathRejection>,
    query: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Fault> {
    let Path((id, form)) = path.map_err(|_| Fault::NotFound)?;
    let id = case_id(&id).ok_or(Fault::NotFound)?;
    let case = in_full(&app, &official, &id).await?.case;
    let form: &str = &form;
    let form = IntoDeserializer::<NoSuchForm>::into_deserializer(form);
    let form = Form::deserialize(form).map_err(|_| Fault::NotFound)?;
    let Query(wanted) = query.map_err(|_| Fault::invalid("query", Wrong::Type))?;
    if !wanted.reader.gets(case.kind, form) || case.issued(form).is_none() {
        return Err(Fault::NotFound);
    }
    let mut journal: Vec<Vec<Event>> = Vec::new();
    for entry in app.store.journal(&id).await? {
        journal.push(entry.body()?.events);
    }
    let found = documents::on_file(journal.iter().map(Vec::as_slice), form, wanted.number.as_deref());
    let found = found.map_err(Fault::internal)?.ok_or(Fault::NotFound)?;
    let directory = app.directory().await?;
    let sources = Sources { rules: &app.law.rules, calendar: &app.law.calendar, directory: &directory };
    let page = documents::render(&found, wanted.reader, sources).map_err(Fault::internal)?;
    tracing::info!(case_id = %id, form = ?form, reader = ?wanted.reader, "a document was rendered");
    let mut response = Html(page).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}
