//! The custodian opens a petitioner's identity, for somebody and for a reason. It is shown once, in the answer to the form, and kept
//! nowhere: neither the address nor the browser's memory of pages holds it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use donthu_domain::DisclosureReason;
use donthu_service::messages::choices;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

use super::{path_of, resend, signed_out};
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::{Frame, html};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "officials/identity-form.html")]
struct Asked {
    frame: Frame,
    id: String,
    key: String,
    form: Form,
    reasons: Vec<(String, &'static str)>,
}

#[derive(Template)]
#[template(path = "officials/identity.html")]
struct Opened {
    frame: Frame,
    identity: Identity,
}

/// Who a petitioner is.
#[derive(Deserialize)]
struct Identity {
    case_number: String,
    name: String,
    id_number: Option<String>,
    address: Option<String>,
    phone: Option<String>,
}

#[derive(Serialize)]
struct Wanted<'a> {
    to: &'a str,
    reason: &'a str,
}

fn asked(visitor: &Visitor, id: String, key: String, form: Form) -> Result<Response, Failure> {
    let w = visitor.words();
    let mut reasons = Vec::new();
    for reason in DisclosureReason::ALL {
        let code = serde_json::to_value(reason).map_err(Failure::internal)?;
        reasons.push((code.as_str().unwrap_or_default().to_owned(), choices::disclosure(reason, w.0)));
    }
    let frame = visitor.frame(w.t("Mở danh tính người nộp đơn", "Open the petitioner's identity"));
    let right = form.is_right();
    let mut page = html(&Asked { frame, id, key, form, reasons });
    if !right {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(page)
}

/// `GET /can-bo/vu-viec/{id}/danh-tinh`.
pub async fn ask(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    visitor.official()?;
    path_of(&id, "")?;
    asked(&visitor, id, portal.ids.uuid().to_string(), Form::default())
}

/// `POST /can-bo/vu-viec/{id}/danh-tinh`.
pub async fn open(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Result<Response, Failure> {
    let path = path_of(&id, "/identity-disclosure")?;
    let Ok(signed) = visitor.official() else { return Ok(resend::page(&visitor, &posted)) };
    let wanted = Wanted { to: posted.get("to").trim(), reason: posted.get("reason") };
    let key = posted.get("key").to_owned();
    let mut call = visitor.api.post(path).token(&signed.token).json(&wanted);
    if let Ok(key) = key.parse::<Uuid>() {
        call = call.idempotency_key(key);
    }
    match call.answer::<Identity>().await {
        Ok(identity) => {
            let frame = visitor.frame(visitor.words().t("Danh tính người nộp đơn", "The petitioner's identity"));
            Ok(html(&Opened { frame: frame.holding_text(), identity }))
        }
        Err(failure) if signed_out(&failure) => Ok(resend::page(&visitor, &posted)),
        Err(Failure::Told(problem)) if problem.status != 404 && problem.status != 403 => {
            let mut form = Form::of(posted);
            form.refused(&problem);
            asked(&visitor, id, key, form)
        }
        Err(failure) => Err(failure),
    }
}
