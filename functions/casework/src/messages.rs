//! Messages between the agency and its citizen.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use donthu_service::claims::Official;
use donthu_service::correspondence::{self, MessageForm, Messages, Written};
use donthu_service::input::{CaseInPath, Checked, IdempotencyKey};
use donthu_service::{App, Fault};

use crate::reading::{in_full, visible};
use crate::steps::command_id;

/// `GET /v1/cases/{id}/messages`, for those who may read the case's text.
pub async fn list(
    State(app): State<Arc<App>>,
    official: Official,
    CaseInPath(id): CaseInPath,
) -> Result<Json<Messages>, Fault> {
    let case = in_full(&app, &official, &id).await?.case;
    Ok(Json(correspondence::read(&app, &case).await?))
}

/// `POST /v1/cases/{id}/messages`. No step is asked for: a message rests on nothing that another official may have changed.
pub async fn write(
    State(app): State<Arc<App>>,
    official: Official,
    CaseInPath(id): CaseInPath,
    IdempotencyKey(key): IdempotencyKey,
    form: Checked<MessageForm>,
) -> Result<(StatusCode, Json<Written>), Fault> {
    let command_id = command_id(&app, key, &official, &id, "message", &form.bytes);
    let case = match correspondence::send(&app, &id, &command_id, &official.0, &form.value).await {
        // Who may not see the case learns nothing from the refusal.
        Err(refused @ Fault::Refused { .. }) => {
            visible(&app, &official, &id).await?;
            return Err(refused);
        }
        sent => sent?,
    };
    Ok((StatusCode::CREATED, Json(Written::from(&case))))
}
