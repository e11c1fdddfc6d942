//! Steps that open other cases: the parts of a mixed petition, a second complaint or a continued denunciation that somebody
//! hands in on paper.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use donthu_domain::{CaseId, Command, CommandId, Document, Opening};
use donthu_service::claims::Official;
use donthu_service::input::{CaseInPath, Checked, IdempotencyKey, if_match};
use donthu_service::petition::{FurtherForm, PartForm, PetitionForm};
use donthu_service::submission::text_parts;
use donthu_service::{App, Fault};
use donthu_store::case_number;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::forms::DocumentForm;
use crate::steps::{Answer, command_id, take};

/// The cases that a petition becomes, each with the extract of the text that concerns it: whoever handles one of them reads
/// nothing of the others.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DivisionForm {
    /// One for each matter; a single one where the whole petition is of another kind than it was called. Who petitions stays
    /// with the whole: a part names nobody.
    #[validate(nested)]
    pub parts: Vec<PartForm>,
    /// The notice.
    #[validate(nested)]
    pub document: Option<DocumentForm>,
}

/// A continued denunciation.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUpForm {
    /// What it says.
    #[validate(nested)]
    pub petition: FurtherForm,
    /// The legal receipt date of the paper; today where left out.
    pub received_on: Option<Date>,
}

/// A second complaint.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealForm {
    /// What it says.
    #[validate(nested)]
    pub petition: FurtherForm,
    /// The legal receipt date of the paper; today where left out.
    pub received_on: Option<Date>,
    /// That the time was missed for a good reason.
    #[serde(default)]
    pub good_reason: bool,
}

/// A letter about an overdue conclusion.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverdueReportForm {}

/// A case to be opened, by its place in the step.
fn opening(app: &App, parent: &CaseId, command: &CommandId, index: usize) -> Opening {
    let id = app.store.keyring().lookup().child_id(parent, command, index);
    Opening { number: case_number(&app.province, &id), id }
}

/// `POST /v1/cases/{id}/division`.
pub async fn divide(
    State(app): State<Arc<App>>,
    official: Official,
    CaseInPath(id): CaseInPath,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
    form: Checked<DivisionForm>,
) -> Result<Response, Fault> {
    let expected = if_match(&headers)?;
    let command_id = command_id(&app, key, &official, &id, "divide", &form.bytes);
    let (mut parts, mut texts) = (Vec::new(), Vec::new());
    let document = form.value.document.map(Document::from);
    for (index, part) in form.value.parts.into_iter().enumerate() {
        let part = PetitionForm::from(part);
        let Opening { id, number } = opening(&app, &id, &command_id, index);
        texts.push((id.clone(), text_parts(&part.stored_text())?));
        parts.push(part.petition(id, number));
    }
    let command = Command::Divide { parts, document };
    let answer = Answer::to(&app, &headers).await?;
    Ok(answer.with(&take(&app, &official, &id, &command_id, Some(expected), &command, &texts).await?))
}

/// `POST /v1/cases/{id}/appeal`: a second complaint, at the agency that decided or above it.
pub async fn appeal(
    State(app): State<Arc<App>>,
    official: Official,
    CaseInPath(id): CaseInPath,
    IdempotencyKey(key): IdempotencyKey,
    form: Checked<AppealForm>,
) -> Result<Response, Fault> {
    let AppealForm { petition, received_on, good_reason } = &form.value;
    let (received_on, good_reason) = (*received_on, *good_reason);
    let command = |opening| Command::Appeal { opening, good_reason, received_on };
    further(&app, &official, &id, key, (petition, &form.bytes), command).await
}

/// `POST /v1/cases/{id}/continued-denunciation`, likewise.
pub async fn carry_on(
    State(app): State<Arc<App>>,
    official: Official,
    CaseInPath(id): CaseInPath,
    IdempotencyKey(key): IdempotencyKey,
    form: Checked<FollowUpForm>,
) -> Result<Response, Fault> {
    let FollowUpForm { petition, received_on } = &form.value;
    let received_on = *received_on;
    let command = |opening| Command::Continue { opening, received_on };
    further(&app, &official, &id, key, (petition, &form.bytes), command).await
}

/// `POST /v1/cases/{id}/overdue-report`: a letter about an overdue conclusion, at the agency that handles the denunciation or
/// above it. Nothing is told of the case: who takes the letter in may not see it.
pub async fn report_overdue(
    State(app): State<Arc<App>>,
    official: Official,
    CaseInPath(id): CaseInPath,
    IdempotencyKey(key): IdempotencyKey,
    form: Checked<OverdueReportForm>,
) -> Result<StatusCode, Fault> {
    let command_id = command_id(&app, key, &official, &id, "overdue-report", &form.bytes);
    take(&app, &official, &id, &command_id, None, &Command::ReportOverdue, &[]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is told of a case that was opened: the case before may lie beyond the sight of whoever enters it.
#[derive(Serialize, ToSchema)]
pub struct Opened {
    /// The id of the case that was opened.
    case_id: String,
    /// Its number.
    case_number: String,
}

/// Whoever takes the paper in need not have seen the case before, so no step is asked for.
async fn further(
    app: &App,
    official: &Official,
    id: &CaseId,
    key: Option<Uuid>,
    (petition, body): (&FurtherForm, &[u8]),
    command: impl FnOnce(Opening) -> Command,
) -> Result<Response, Fault> {
    let command_id = command_id(app, key, official, id, "further", body);
    let opening = opening(app, id, &command_id, 0);
    let opened = Opened { case_id: opening.id.to_string(), case_number: opening.number.clone() };
    let texts = [(opening.id.clone(), text_parts(&petition.stored_text())?)];
    take(app, official, id, &command_id, None, &command(opening), &texts).await?;
    Ok((StatusCode::CREATED, Json(opened)).into_response())
}
