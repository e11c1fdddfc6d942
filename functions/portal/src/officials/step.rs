//! A step in a case: a short form with the law beside it, sent with the version of the case that it was made for. Where somebody else
//! was quicker, what they did is told and nothing typed is lost.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::case::Case;
use super::fields::{self, About, Input, Section};
use super::happened::{Happening, Journal};
use super::names::{self, Names};
use super::{path_of, resend, signed_out};
use crate::api::Answer;
use crate::failure::{Failure, Problem};
use crate::form::Form;
use crate::frame::{Frame, html};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "officials/step.html")]
struct Page {
    frame: Frame,
    id: String,
    number: String,
    kind: &'static str,
    stage: String,
    step: String,
    article: Option<String>,
    /// Empty where the step can't be taken, or needs nothing said.
    sections: Vec<Section>,
    offered: bool,
    version: u64,
    key: String,
    /// What the parts of a division have of the whole, by name.
    whole: Vec<(&'static str, String)>,
    form: Form,
    stale: Option<Stale>,
    /// What was typed, where there is no form for it any more.
    typed: Vec<(String, String)>,
}

/// What somebody else did in between.
struct Stale {
    changes: Vec<Happening>,
}

/// What is read of a step's answer: of those that open a case, its number.
#[derive(Deserialize)]
struct Done {
    case_number: String,
}

/// Steps whose answer is a case that was opened.
const OPENING: [&str; 2] = ["appeal", "continued-denunciation"];

/// `GET /can-bo/vu-viec/{id}/buoc/{step}`.
pub async fn form(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Path((id, step)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let signed = visitor.official()?;
    let name = names::step(&step, visitor.words()).ok_or(Failure::NoSuchPage)?;
    let case: Case = visitor.api.get(path_of(&id, "")?).token(&signed.token).answer().await?;
    let names = agencies(&visitor, &step).await?;
    let key = portal.ids.uuid().to_string();
    let begun = Form::of(Posted::parse(b"document.signer=head"));
    let page = page(&visitor, case, (&step, name), key, begun, &names);
    let status = if page.offered { StatusCode::OK } else { StatusCode::CONFLICT };
    let mut response = html(&page);
    *response.status_mut() = status;
    Ok(response)
}

async fn agencies(visitor: &Visitor, step: &str) -> Result<Names, Failure> {
    if fields::names_agencies(step) {
        Names::read(&visitor.api, visitor.words()).await
    } else {
        Ok(Names::none(visitor.words()))
    }
}

fn page(visitor: &Visitor, case: Case, (step, name): (&str, &str), key: String, form: Form, names: &Names) -> Page {
    let w = visitor.words();
    let name = names::step_in(step, case.kind, w).unwrap_or(name);
    let possible = case.possible.iter().find(|possible| possible.step == step);
    let about = About { group: case.group.is_some(), denunciation: case.is_denunciation() };
    let sections = possible.map(|possible| fields::sections(possible, &about, names, w)).unwrap_or_default();
    let typed = if possible.is_none() { fields::typed(step, form.posted(), w) } else { Vec::new() };
    Page {
        frame: visitor.frame(name).holding_text(),
        number: case.case_number.clone(),
        kind: w.kind(case.kind),
        stage: case.stage_text(),
        step: step.to_owned(),
        article: possible.and_then(|possible| possible.article.clone()),
        offered: possible.is_some(),
        sections,
        version: case.step,
        whole: if step == "division" { case.place() } else { Vec::new() },
        id: case.case_id,
        key,
        form,
        stale: None,
        typed,
    }
}

/// `POST /can-bo/vu-viec/{id}/buoc/{step}`.
pub async fn take(
    visitor: Visitor,
    Path((id, step)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let name = names::step(&step, visitor.words()).ok_or(Failure::NoSuchPage)?;
    path_of(&id, "")?;
    if visitor.official.is_none() {
        return Ok(resend::page(&visitor, &posted));
    }
    let mut form = Form::of(posted);
    for (field, message) in fields::missing(&step, form.posted(), visitor.words()) {
        form.wrong(field, message);
    }
    if !form.is_right() {
        return again(&visitor, &id, (&step, name), form, None).await;
    }
    match sent(&visitor, &id, &step, &mut form).await {
        Ok(to) => Ok(Redirect::to(&to).into_response()),
        Err(failure) if signed_out(&failure) => Ok(resend::page(&visitor, form.posted())),
        // Whoever may not see the case, or no longer, is told nothing more.
        Err(Failure::Told(problem)) if problem.status != 404 => {
            if problem.code() != "stale_step" {
                form.refused(&problem);
            }
            again(&visitor, &id, (&step, name), form, Some(&problem)).await
        }
        Err(failure) => Err(failure),
    }
}

/// Sends the step and says where to go on.
async fn sent(visitor: &Visitor, id: &str, step: &str, form: &mut Form) -> Result<String, Failure> {
    let signed = visitor.official()?;
    let posted = form.posted();
    let mut body = fields::body(step, posted, posted.given("area"), posted.given("field"));
    if let Some(number) = posted.given("case").filter(|typed| step == "duplicate" && !super::is_case_id(typed))
        && let Some(other) = case_numbered(visitor, number).await?
        && let Some(body) = body.as_object_mut()
    {
        body.insert("case".to_owned(), other.into());
    }
    let mut call = visitor.api.post(path_of(id, &format!("/{step}"))?).token(&signed.token).json(&body);
    if let Ok(version) = posted.get("version").parse() {
        call = call.if_match(version);
    }
    if let Ok(key) = posted.get("key").parse::<Uuid>() {
        call = call.idempotency_key(key);
    }
    let back = format!("/can-bo/vu-viec/{id}?xong={step}");
    if OPENING.contains(&step) {
        let Answer { body: Done { case_number }, .. } = call.whole_answer().await?;
        return Ok(format!("{back}&so={case_number}"));
    }
    call.done().await?;
    Ok(back)
}

/// The id of the case of a number, as far as the official may list it.
async fn case_numbered(visitor: &Visitor, number: &str) -> Result<Option<String>, Failure> {
    #[derive(Deserialize)]
    struct Found {
        cases: Vec<One>,
    }
    #[derive(Deserialize)]
    struct One {
        case_id: String,
    }
    let signed = visitor.official()?;
    let found = visitor.api.get("/v1/cases").query("number", number).token(&signed.token).answer::<Found>().await;
    match found {
        Ok(found) => Ok(found.cases.into_iter().next().map(|one| one.case_id)),
        // The step itself then says that this is no case.
        Err(Failure::Told(problem)) if problem.status == 422 => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The form once more, with all that was typed, for the case as it is now.
async fn again(
    visitor: &Visitor,
    id: &str,
    (step, name): (&str, &str),
    form: Form,
    problem: Option<&Problem>,
) -> Result<Response, Failure> {
    let signed = visitor.official()?;
    let case: Case = match visitor.api.get(path_of(id, "")?).token(&signed.token).answer().await {
        Ok(case) => case,
        Err(failure) if signed_out(&failure) => return Ok(resend::page(visitor, form.posted())),
        Err(failure) => return Err(failure),
    };
    let stale = problem.filter(|problem| problem.code() == "stale_step");
    // Names of agencies are told in what happened, too.
    let names = match stale {
        Some(_) => Names::read(&visitor.api, visitor.words()).await?,
        None => agencies(visitor, step).await?,
    };
    let stale = match stale {
        Some(_) => Some(what_happened(visitor, id, &case, &form, &names).await?),
        None => None,
    };
    let key = form.value("key").to_owned();
    let version = form.value("version").parse::<u64>().ok();
    let mut page = page(visitor, case, (step, name), key, form, &names);
    // Only whoever was told what happened goes on with the new version.
    if stale.is_none() {
        page.version = version.unwrap_or(page.version);
    }
    page.stale = stale;
    let mut response = html(&page);
    *response.status_mut() = match problem {
        Some(problem) => StatusCode::from_u16(problem.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY),
        None => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(response)
}

/// What others did since the form was made.
async fn what_happened(visitor: &Visitor, id: &str, case: &Case, form: &Form, names: &Names) -> Result<Stale, Failure> {
    let signed = visitor.official()?;
    let journal = visitor.api.get(path_of(id, "/journal")?).token(&signed.token).answer::<Journal>().await;
    let seen: u64 = form.value("version").parse().unwrap_or(case.step);
    let between = usize::try_from(case.step.saturating_sub(seen)).unwrap_or(usize::MAX);
    match journal {
        Ok(journal) => Ok(Stale { changes: journal.last_changes(between, case.kind, names, visitor.words()) }),
        // Who sees only where a case stands is told that it has changed, and not by whom.
        Err(Failure::Told(problem)) if problem.status == 403 => Ok(Stale { changes: Vec::new() }),
        Err(failure) => Err(failure),
    }
}
