//! A paper or oral petition entered on a citizen's behalf.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use donthu_domain::{Role, time};
use donthu_service::claims::Official;
use donthu_service::input::{Checked, IdempotencyKey};
use donthu_service::receipts::Issued;
use donthu_service::submission::{Entry, submit};
use donthu_service::{App, Fault};
use serde::Serialize;
use utoipa::ToSchema;

use crate::forms::RegistrationForm;
use crate::steps::tag;

/// What the official hands to the citizen. The case itself may lie beyond the official's sight: a denunciation entered at
/// the agency that it is against goes to its superior, so nothing but the receipt is told.
#[derive(Serialize, ToSchema)]
pub struct Registered {
    /// The code that opens the petition. Shown here and never again.
    receipt: String,
    /// The case's id.
    case_id: String,
    /// The case's number.
    case_number: String,
    /// When it was entered, with Vietnam's offset.
    #[schema(format = DateTime)]
    submitted_at: String,
    #[serde(flatten)]
    issued: Issued,
}

/// `POST /v1/cases`.
pub async fn register(
    State(app): State<Arc<App>>,
    official: Official,
    IdempotencyKey(key): IdempotencyKey,
    form: Checked<RegistrationForm>,
) -> Result<Response, Fault> {
    official.needs(&[Role::Reception, Role::Head])?;
    let key = key.unwrap_or_else(|| app.ids.uuid());
    let received_on = form.value.received_on.unwrap_or_else(|| time::local_date(app.clock.now()));
    let entry = Entry::Official { actor: &official.0, channel: form.value.channel, received_on };
    let submitted = submit(&app, &form.value.petition, &form.bytes, key, entry).await?;
    let case = &submitted.case;
    let registered = Registered {
        receipt: submitted.receipt.expose(),
        case_id: case.id.to_string(),
        case_number: case.number.clone(),
        submitted_at: time::rfc3339(case.submitted_at),
        issued: submitted.issued,
    };
    let mut response = (StatusCode::CREATED, Json(registered)).into_response();
    tag(&mut response, case.step);
    if submitted.repeated {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    Ok(response)
}
