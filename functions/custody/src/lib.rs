//! The officials' HTTPS API of custody (*giữ bí mật thông tin*): who a petitioner is, opened by a custodian for a named person and
//! a stated reason (Law on Denunciations Art. 56). Where a colleague is denounced, the custodian is the superior agency's.
//!
//! A function of its own, because nobody may see both who and what: it can open identities and contacts and no text, `casework` the
//! texts and no identity. That it was done stands in the journal before the answer leaves, and the citizen sees it.

mod openapi;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::post;
use donthu_domain::visibility::{Sight, custodian_of, sight};
use donthu_domain::{Actor, CaseId, Command, CommandId, DisclosureReason, Refusal, SubjectId, time};
use donthu_service::claims::Official;
use donthu_service::input::{CaseInPath, Checked, IdempotencyKey, subject_id};
use donthu_service::invocation::requests;
use donthu_service::petition::{Petitioner, StoredContact};
use donthu_service::problem::{answer, no_such_route};
use donthu_service::{App, Fault};
use donthu_store::DataClass;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

pub use openapi::api;

/// The routes of this function.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/cases/{id}/identity-disclosure", post(disclose))
        .fallback(no_such_route)
        .layer(from_fn(answer))
        .layer(from_fn_with_state("custody", requests))
        .with_state(app)
}

/// For whom and why.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisclosureForm {
    /// Subject of the official for whom it is opened.
    #[validate(custom(function = subject_id))]
    #[schema(min_length = 1, max_length = 100)]
    pub to: String,
    /// Why.
    pub reason: DisclosureReason,
}

/// Who a petitioner is.
#[derive(Serialize, ToSchema)]
pub struct Identity {
    /// The case's number.
    case_number: String,
    /// Full name.
    name: String,
    /// Number of the identity card, personal identification or passport.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_number: Option<String>,
    /// Address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// The phone number, where one was left.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
}

async fn disclose(
    State(app): State<Arc<App>>,
    official: Official,
    CaseInPath(id): CaseInPath,
    IdempotencyKey(key): IdempotencyKey,
    form: Checked<DisclosureForm>,
) -> Result<Json<Identity>, Fault> {
    let DisclosureForm { to, reason } = &form.value;
    let command = Command::DiscloseIdentity { to: SubjectId::new(to.clone()), reason: *reason };
    let command_id = command_id(&app, key, &official.0, &id, &form.bytes);
    let case = match app.step(&id, &command_id, &official.0, None, &command).await {
        // Whose case it isn't, or whose role it isn't, learns nothing of a case that they may not see.
        Err(refused @ Fault::Refused { .. }) => {
            let loaded = app.store.case(&id).await?.ok_or(Fault::NotFound)?;
            let directory = app.directory().await?;
            let today = time::local_date(app.clock.now());
            let keeps = custodian_of(&loaded.case, &directory, today);
            let own = keeps.as_ref() == official.0.agency() && !is_about_rights(&refused);
            return Err(match sight(&official.0, &loaded.case, &directory, today) {
                Sight::Nothing if !own => Fault::NotFound,
                _ => refused,
            });
        }
        stepped => stepped?,
    };
    tracing::info!(case_id = %id, reason = ?reason, "an identity was opened");
    let Petitioner { name, id_number, address } =
        one(&app, case.root(), DataClass::Identity).await?.ok_or_else(missing)?;
    let contact: Option<StoredContact> = match case.contact.sms {
        true => one(&app, case.root(), DataClass::Contact).await?,
        false => None,
    };
    let phone = contact.map(|contact| contact.phone);
    Ok(Json(Identity { case_number: case.number, name, id_number, address, phone }))
}

/// Whether the refusal is about whoever asks and not about the case: only the custodian who keeps the name may learn the other.
fn is_about_rights(refused: &Fault) -> bool {
    match refused {
        Fault::Refused { refusal, .. } => {
            matches!(refusal.as_ref(), Refusal::NotYourCase | Refusal::RoleNotAllowed { .. })
        }
        _ => true,
    }
}

async fn one<T: DeserializeOwned>(app: &App, case: &CaseId, class: DataClass) -> Result<Option<T>, Fault> {
    let parts = app.store.vault_parts(case, class).await?;
    // The parser's own message may quote what it read.
    parts.first().map(|part| serde_json::from_slice(&part.content)).transpose().map_err(|_| missing())
}

fn missing() -> Fault {
    Fault::internal("an identity in the vault is missing or has not the shape that was written")
}

/// Derived from the caller's key, where there is one: sent again, it is one opening.
fn command_id(app: &App, key: Option<Uuid>, actor: &Actor, id: &CaseId, body: &[u8]) -> CommandId {
    let Some(key) = key else { return app.command_id() };
    let subject = actor.subject().map_or("", |subject| subject.as_str());
    let key = Uuid::new_v5(&key, format!("identity-disclosure {subject} {id}").as_bytes());
    CommandId::new(Uuid::new_v5(&key, body).to_string())
}
