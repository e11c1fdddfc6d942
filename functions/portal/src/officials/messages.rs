//! The agency writes to the citizen.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use uuid::Uuid;

use super::{case, path_of, resend, signed_out};
use crate::failure::Failure;
use crate::form::Form;
use crate::posted::Posted;
use crate::visitor::Visitor;

#[derive(Serialize)]
struct Written<'a> {
    text: &'a str,
}

/// `POST /can-bo/vu-viec/{id}/tin-nhan`.
pub async fn write(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Result<Response, Failure> {
    let path = path_of(&id, "/messages")?;
    let Ok(signed) = visitor.official() else { return Ok(resend::page(&visitor, &posted)) };
    let mut call = visitor.api.post(path).token(&signed.token).json(&Written { text: posted.get("text") });
    if let Ok(key) = posted.get("key").parse::<Uuid>() {
        call = call.idempotency_key(key);
    }
    match call.done().await {
        Ok(()) => Ok(Redirect::to(&format!("/can-bo/vu-viec/{id}?xong=messages#tin-nhan")).into_response()),
        Err(failure) if signed_out(&failure) => Ok(resend::page(&visitor, &posted)),
        Err(Failure::Told(problem)) => {
            let mut form = Form::of(posted);
            form.refused(&problem);
            let mut page = case::shown(&visitor, &id, form, &Posted::default()).await?;
            *page.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            Ok(page)
        }
        Err(failure) => Err(failure),
    }
}
