//! The signed receipt, for a citizen who has lost the file and still has the code.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use donthu_service::input::Receipt;
use donthu_service::receipts::{Issued, content_salt};
use donthu_service::{App, Fault};

use crate::case_id;

/// `GET /v1/petition/receipt`: the same text as on the day of the submission. This function can sign none.
pub async fn read_receipt(State(app): State<Arc<App>>, receipt: Receipt) -> Result<Json<Issued>, Fault> {
    let signed = app.store.signed_receipt(&case_id(&app, &receipt)?).await?.ok_or(Fault::NotFound)?;
    Ok(Json(Issued { signed_receipt: Some(signed), content_salt: content_salt(&app, &receipt.0)? }))
}
