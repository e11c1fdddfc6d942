//! The public keys of receipts, and the check of a receipt for whoever has nothing at hand to check it with.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use donthu_service::problem::language_of;
use donthu_service::receipts::{self, Checked as CheckedReceipt};
use donthu_service::{App, Fault, input};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::wire::cacheable;

/// `GET /v1/public/receipt-keys`: a JSON Web Key Set of every key that ever signed a receipt, the present one first.
pub async fn receipt_keys(State(app): State<Arc<App>>) -> Result<Response, Fault> {
    let keys = app.signer.public_keys().await?;
    Ok(cacheable(Json(keys.key_set()).into_response()))
}

/// A receipt to be checked.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReceiptVerificationForm)]
pub struct VerificationForm {
    /// Its text.
    #[validate(length(min = 1, max = 4096))]
    pub signed_receipt: String,
}

/// `POST /v1/public/receipt-verification`. Keeps nothing of what it is asked.
pub async fn verify(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    form: input::Checked<VerificationForm>,
) -> Result<Json<CheckedReceipt>, Fault> {
    let keys = app.signer.public_keys().await?;
    Ok(Json(receipts::check(&form.value.signed_receipt, &keys, language_of(&headers))))
}
