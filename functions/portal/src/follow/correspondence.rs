//! What citizen and agency write to each other.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use donthu_domain::Side;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::failure::Failure;
use crate::follow::petition::{Asked, Petition, at, looked, read};
use crate::follow::steps::{key_of, meant};
use crate::form::Form;
use crate::frame::{Frame, html};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::visitor::Visitor;

const PAGE: &str = "/tra-cuu/tin-nhan";

#[derive(Deserialize)]
struct Messages {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    by: Side,
    at: String,
    text: String,
}

impl Message {
    fn is_mine(&self) -> bool {
        self.by == Side::Citizen
    }
}

#[derive(Template)]
#[template(path = "follow/messages.html")]
struct MessagesPage<'a> {
    frame: Frame,
    case: &'a Petition,
    back: String,
    messages: Vec<Message>,
    form: Form,
    key: Uuid,
}

async fn shown(
    visitor: &Visitor,
    (place, case): (usize, &Petition),
    form: Form,
    key: Uuid,
) -> Result<Response, Failure> {
    let asked = visitor.api.get("/v1/petition/messages").query("case", &case.case_number).receipt(visitor.receipt()?);
    let Messages { messages } = asked.answer().await?;
    let frame = visitor.frame(visitor.words().t("Tin nhắn", "Messages")).holding_text();
    let back = Petition::address(super::CASE, place);
    Ok(looked(visitor, html(&MessagesPage { frame, case, back, messages, form, key })))
}

/// `GET /tra-cuu/tin-nhan`: the messages, and a form for another one.
pub async fn page(State(portal): State<Arc<Portal>>, visitor: Visitor, which: Asked) -> Result<Response, Failure> {
    let root = read(&visitor).await?;
    shown(&visitor, at(&root, which), Form::default(), portal.ids.uuid()).await
}

/// `POST /tra-cuu/tin-nhan`: writes to the agency.
pub async fn send(visitor: Visitor, posted: Posted) -> Result<Response, Failure> {
    let (key, code) = (key_of(&posted)?, visitor.receipt()?);
    let call = visitor.api.post("/v1/petition/messages").query("case", posted.get("case"));
    let sent = call.receipt(code).idempotency_key(key).json(&json!({ "text": posted.get("text") })).done().await;
    let root = read(&visitor).await?;
    let (place, case) = meant(&root, &posted)?;
    match sent {
        Ok(()) => Ok(looked(&visitor, Redirect::to(&Petition::address(PAGE, place)).into_response())),
        Err(Failure::Told(problem)) if problem.status < 500 => {
            let mut form = Form::of(posted.clone());
            form.refused(&problem);
            let mut page = shown(&visitor, (place, case), form, key).await?;
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page)
        }
        Err(failure) => Err(failure),
    }
}
