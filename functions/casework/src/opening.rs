//! Steps that open other cases: the parts of a mixed petition, a second complaint or a continued denunciation that somebody
//! hands in on paper.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use donthu_domain::{CaseId, Command, CommandId, Opening};
use donthu_service::claims::Official;
use donthu_service::input::{CaseInPath, Checked, IdempotencyKey, if_match};
use donthu_service::petition::{FurtherForm, PartForm, PetitionForm};
use donthu_service::submission::text_parts;
use donthu_service::{App, Fault};
use donthu_store::{VaultPart, case_number};
use serde::Deserialize;
use validator::Validate;

use crate::steps::{command_id, taken};

/// The cases that a petition becomes, each with the extract of the text that concerns it: whoever handles one of them reads
/// nothing of the others.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct DivisionForm {
    /// One for each matter; a single one where the whole petition is of another kind than it was called. Who petitions stays
    /// with the whole: a part names nobody.
    #[validate(nested)]
    pub parts: Vec<PartForm>,
}

/// A second complaint or continued denunciation.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct FollowUpForm {
    /// What it says.
    #[validate(nested)]
    pub petition: FurtherForm,
    /// That the time was missed for a good reason.
    #[serde(default)]
    pub good_reason: bool,
}

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
    for (index, part) in form.value.parts.into_iter().enumerate() {
        let part = PetitionForm::from(part);
        let Opening { id, number } = opening(&app, &id, &command_id, index);
        texts.push((id.clone(), text_parts(&part.stored_text())?));
        parts.push(part.petition(id, number));
    }
    taken(&app, &official, &id, &command_id, expected, &Command::Divide { parts }, &texts).await
}

/// `POST /v1/cases/{id}/appeal`.
pub async fn appeal(
    State(app): State<Arc<App>>,
    official: Official,
    CaseInPath(id): CaseInPath,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
    form: Checked<FollowUpForm>,
) -> Result<Response, Fault> {
    let expected = if_match(&headers)?;
    let command_id = command_id(&app, key, &official, &id, "appeal", &form.bytes);
    let opening = opening(&app, &id, &command_id, 0);
    let texts = texts(&opening, &form.value.petition)?;
    let command = Command::Appeal { opening, good_reason: form.value.good_reason };
    taken(&app, &official, &id, &command_id, expected, &command, &texts).await
}

/// `POST /v1/cases/{id}/continued-denunciation`.
pub async fn carry_on(
    State(app): State<Arc<App>>,
    official: Official,
    CaseInPath(id): CaseInPath,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
    form: Checked<FollowUpForm>,
) -> Result<Response, Fault> {
    let expected = if_match(&headers)?;
    let command_id = command_id(&app, key, &official, &id, "continue", &form.bytes);
    let opening = opening(&app, &id, &command_id, 0);
    let texts = texts(&opening, &form.value.petition)?;
    taken(&app, &official, &id, &command_id, expected, &Command::Continue { opening }, &texts).await
}

fn texts(opening: &Opening, form: &FurtherForm) -> Result<Vec<(CaseId, Vec<VaultPart>)>, Fault> {
    Ok(vec![(opening.id.clone(), text_parts(&form.stored_text())?)])
}
