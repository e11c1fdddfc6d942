//! Public HTTPS: a citizen submits a petition (*nộp đơn*).
//!
//! This function writes and reads nothing of the vault back: no identity and no text. A case's head, which holds neither, it
//! reads where the reply to its own write was lost. It answers with the receipt code, which is
//! stored nowhere, so losing the answer is made harmless by the idempotency key; and with a signed receipt, which is stored
//! with the case.

mod work;

mod openapi;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use donthu_domain::time;
use donthu_service::input::{Checked, IdempotencyKey};
use donthu_service::invocation::requests;
use donthu_service::limits::SourceAddress;
use donthu_service::petition::PetitionForm;
use donthu_service::problem::{answer, language_of, no_such_route};
use donthu_service::receipts::Issued;
use donthu_service::submission::{Entry, submit};
use donthu_service::views::{self, Deadline};
use donthu_service::{App, Fault, messages};
use serde::Serialize;
use utoipa::ToSchema;

pub use openapi::api;

/// The routes of this function.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/petitions", post(submit_petition))
        .route("/v1/petitions/challenge", get(read_challenge))
        .fallback(no_such_route)
        .layer(from_fn(answer))
        .layer(from_fn_with_state("intake", requests))
        .with_state(app)
}

/// What a citizen gets for a petition.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// The code that opens the petition. Shown here and never again.
    pub receipt: String,
    /// The case's number.
    pub case_number: String,
    /// Its kind.
    pub kind: donthu_domain::Kind,
    /// Where it stands.
    #[schema(value_type = String)]
    pub stage: &'static str,
    /// Where it stands, in words.
    #[schema(value_type = String)]
    pub stage_text: &'static str,
    /// When it came in, with Vietnam's offset.
    #[schema(format = DateTime)]
    pub submitted_at: String,
    /// What is owed already, and until when.
    pub deadlines: Vec<Deadline>,
    /// The receipt that proves what was submitted, and when.
    #[serde(flatten)]
    pub issued: Issued,
}

/// `GET /v1/petitions/challenge` with the idempotency key of the petition that is to be submitted: a challenge whose solution
/// goes with it.
async fn read_challenge(
    State(app): State<Arc<App>>,
    IdempotencyKey(key): IdempotencyKey,
) -> Result<Json<altcha::Challenge>, Fault> {
    Ok(Json(work::challenge(&app, key.ok_or(Fault::IdempotencyKeyMalformed)?)?))
}

async fn submit_petition(
    State(app): State<Arc<App>>,
    source: SourceAddress,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
    form: Checked<PetitionForm>,
) -> Result<Response, Fault> {
    work::admit(&app, source, key, &headers).await?;
    let key = key.unwrap_or_else(|| app.ids.uuid());
    let submitted = submit(&app, &form.value, &form.bytes, key, Entry::Citizen).await?;
    let language = language_of(&headers);
    let case = &submitted.case;
    let receipt = Receipt {
        receipt: submitted.receipt.expose(),
        case_number: case.number.clone(),
        kind: case.kind,
        stage: case.stage.code(),
        stage_text: messages::stages::to_citizen(&case.stage, case.kind, language),
        submitted_at: time::rfc3339(case.submitted_at),
        deadlines: views::deadlines(case, &app.law, language),
        issued: submitted.issued,
    };
    let mut response = (StatusCode::CREATED, Json(receipt)).into_response();
    if submitted.repeated {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    Ok(response)
}
