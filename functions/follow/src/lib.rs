//! Public HTTPS: what the receipt code opens (*tra cứu đơn*). It reads the one case that the code leads to and those that came out
//! of it, and of the vault nothing but the messages: no petition, no identity.

mod openapi;
mod proof;
mod receipt;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use donthu_domain::{Actor, Case, CaseId, Command, CommandId, Opening};
use donthu_service::correspondence::{self, MessageForm, Messages, Written};
use donthu_service::fault::Wrong;
use donthu_service::input::{Checked, IdempotencyKey, Receipt, in_query};
use donthu_service::invocation::requests;
use donthu_service::limits::{self, SourceAddress};
use donthu_service::petition::FurtherForm;
use donthu_service::problem::{answer, language_of, no_such_route, raised};
use donthu_service::submission::text_parts;
use donthu_service::views::{self, CitizenCase};
use donthu_service::{App, Fault};
use donthu_store::case_number;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

pub use openapi::api;

/// The routes of this function.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/petition", get(read_petition))
        .route("/v1/petition/messages", get(read_messages).post(write))
        .route("/v1/petition/proof", get(proof::read_proof))
        .route("/v1/petition/receipt", get(receipt::read_receipt))
        .route("/v1/petition/withdrawal", post(withdraw))
        .route("/v1/petition/appeal", post(appeal))
        .route("/v1/petition/continued-denunciation", post(carry_on))
        .route("/v1/petition/overdue-report", post(report_overdue))
        .fallback(no_such_route)
        .layer(from_fn_with_state(app.clone(), limited))
        .layer(from_fn(answer))
        .layer(from_fn_with_state("follow", requests))
        .with_state(app)
}

/// Counts what a receipt code is used for beyond the look at where the case stands, and the codes that lead nowhere.
async fn limited(
    State(app): State<Arc<App>>,
    source: SourceAddress,
    receipt: Result<Receipt, Fault>,
    request: Request,
    next: Next,
) -> Response {
    let look = request.method() == Method::GET && request.uri().path() == "/v1/petition";
    if !look
        && let Ok(receipt) = &receipt
        && let Ok(case) = case_id(&app, receipt)
        && let Err(fault) = limits::receipt(&app, &case).await
    {
        return fault.into_response();
    }
    let response = next.run(request).await;
    match raised(&response) {
        Some(Fault::NotFound) => match limits::unknown_code(&app, source).await {
            Err(fault) => fault.into_response(),
            Ok(()) => response,
        },
        _ => response,
    }
}

/// The case that a code leads to. A code of a version that never was is as unknown as any other.
fn case_id(app: &App, receipt: &Receipt) -> Result<CaseId, Fault> {
    app.store.keyring().lookup().case_id(&receipt.0).map_err(|_| Fault::NotFound)
}

/// Which case of the family a step is for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Its number; the one that the code was given out for where left out.
    case: Option<String>,
}

/// A case and those that came out of it. A part can be decided and complained about further, and no more follows from that.
struct Family {
    case: Case,
    further: Vec<Family>,
}

/// More generations than a petition, its part, and what follows on that would be a damaged store.
const MOST_GENERATIONS: usize = 4;

impl Family {
    async fn read(app: &App, id: &CaseId, generations: usize) -> Result<Option<Self>, Fault> {
        let Some(loaded) = app.store.case(id).await? else { return Ok(None) };
        let mut further = Vec::new();
        for child in &loaded.case.children {
            let left = generations.checked_sub(1).ok_or_else(|| Fault::internal("cases without end"))?;
            let read = Box::pin(Self::read(app, &child.case, left)).await?;
            further.push(read.ok_or_else(|| Fault::internal("a case lost its child"))?);
        }
        Ok(Some(Family { case: loaded.case, further }))
    }

    fn find(&self, number: &str) -> Option<&Case> {
        if self.case.number == number {
            return Some(&self.case);
        }
        self.further.iter().find_map(|family| family.find(number))
    }

    fn view(&self, of: impl Fn(&Case) -> CitizenCase + Copy) -> CitizenCase {
        let mut shown = of(&self.case);
        shown.further = self.further.iter().map(|family| family.view(of)).collect();
        shown
    }
}

async fn view(app: &App, root: &CaseId, headers: &HeaderMap) -> Result<Json<CitizenCase>, Fault> {
    let family = Family::read(app, root, MOST_GENERATIONS).await?.ok_or(Fault::NotFound)?;
    let directory = app.directory().await?;
    let (now, language) = (app.clock.now(), language_of(headers));
    Ok(Json(family.view(|case| views::citizen_case(case, &app.law, &directory, now, language))))
}

/// The case that a citizen means, among those that their code opens.
async fn meant(app: &App, root: &CaseId, wanted: Result<Query<Wanted>, QueryRejection>) -> Result<CaseId, Fault> {
    let Query(Wanted { case }) = wanted.map_err(|rejection| in_query(&rejection, Wrong::Type))?;
    let Some(number) = case else { return Ok(root.clone()) };
    let family = Family::read(app, root, MOST_GENERATIONS).await?.ok_or(Fault::NotFound)?;
    family.find(&number).map(|case| case.id.clone()).ok_or(Fault::NotFound)
}

async fn read_petition(
    State(app): State<Arc<App>>,
    receipt: Receipt,
    headers: HeaderMap,
) -> Result<Json<CitizenCase>, Fault> {
    view(&app, &case_id(&app, &receipt)?, &headers).await
}

/// Withdraws what may be withdrawn at once, and records the wish where an official must decide on it.
async fn withdraw(
    State(app): State<Arc<App>>,
    receipt: Receipt,
    wanted: Result<Query<Wanted>, QueryRejection>,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
) -> Result<Json<CitizenCase>, Fault> {
    let root = case_id(&app, &receipt)?;
    let id = meant(&app, &root, wanted).await?;
    let command_id = command_id(&app, key, &id, "withdrawal", &[]);
    app.step(&id, &command_id, &Actor::Citizen, None, &Command::Withdraw).await?;
    view(&app, &root, &headers).await
}

/// Tells the superior that the conclusion of a denunciation is overdue (Law on Denunciations Art. 38).
async fn report_overdue(
    State(app): State<Arc<App>>,
    receipt: Receipt,
    wanted: Result<Query<Wanted>, QueryRejection>,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
) -> Result<Json<CitizenCase>, Fault> {
    let root = case_id(&app, &receipt)?;
    let id = meant(&app, &root, wanted).await?;
    let command_id = command_id(&app, key, &id, "overdue-report", &[]);
    app.step(&id, &command_id, &Actor::Citizen, None, &Command::ReportOverdue).await?;
    view(&app, &root, &headers).await
}

/// What citizen and agency wrote to each other on a case.
async fn read_messages(
    State(app): State<Arc<App>>,
    receipt: Receipt,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Messages>, Fault> {
    let id = meant(&app, &case_id(&app, &receipt)?, wanted).await?;
    let loaded = app.store.case(&id).await?.ok_or(Fault::NotFound)?;
    Ok(Json(correspondence::read(&app, &loaded.case).await?))
}

/// Writes to the agency.
async fn write(
    State(app): State<Arc<App>>,
    receipt: Receipt,
    wanted: Result<Query<Wanted>, QueryRejection>,
    IdempotencyKey(key): IdempotencyKey,
    form: Checked<MessageForm>,
) -> Result<(StatusCode, Json<Written>), Fault> {
    let id = meant(&app, &case_id(&app, &receipt)?, wanted).await?;
    let command_id = command_id(&app, key, &id, "message", &form.bytes);
    let case = correspondence::send(&app, &id, &command_id, &Actor::Citizen, &form.value).await?;
    Ok((StatusCode::CREATED, Json(Written::from(&case))))
}

/// A second complaint (*khiếu nại lần hai*): it opens a case of its own, which the same code opens too.
async fn appeal(
    State(app): State<Arc<App>>,
    receipt: Receipt,
    wanted: Result<Query<Wanted>, QueryRejection>,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
    form: Checked<FurtherForm>,
) -> Result<Json<CitizenCase>, Fault> {
    let root = case_id(&app, &receipt)?;
    let id = meant(&app, &root, wanted).await?;
    let command = |opening| Command::Appeal { opening, good_reason: false, received_on: None };
    further(&app, &id, key, &form, command).await?;
    view(&app, &root, &headers).await
}

/// A continued denunciation (*tố cáo tiếp*), likewise.
async fn carry_on(
    State(app): State<Arc<App>>,
    receipt: Receipt,
    wanted: Result<Query<Wanted>, QueryRejection>,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
    form: Checked<FurtherForm>,
) -> Result<Json<CitizenCase>, Fault> {
    let root = case_id(&app, &receipt)?;
    let id = meant(&app, &root, wanted).await?;
    further(&app, &id, key, &form, |opening| Command::Continue { opening, received_on: None }).await?;
    view(&app, &root, &headers).await
}

async fn further(
    app: &App,
    id: &CaseId,
    key: Option<Uuid>,
    form: &Checked<FurtherForm>,
    command: impl FnOnce(Opening) -> Command,
) -> Result<(), Fault> {
    let command_id = command_id(app, key, id, "further", &form.bytes);
    let opened = app.store.keyring().lookup().child_id(id, &command_id, 0);
    let opening = Opening { number: case_number(&app.province, &opened), id: opened };
    let texts = [(opening.id.clone(), text_parts(&form.value.stored_text())?)];
    let command = command(opening);
    app.step_opening(id, &command_id, &Actor::Citizen, None, &command, &texts).await?;
    Ok(())
}

/// Derived from the caller's key, where there is one: the key itself is kept nowhere.
fn command_id(app: &App, key: Option<Uuid>, id: &CaseId, step: &str, body: &[u8]) -> CommandId {
    let Some(key) = key else { return app.command_id() };
    let step = Uuid::new_v5(&key, format!("{step} {id}").as_bytes());
    CommandId::new(Uuid::new_v5(&step, body).to_string())
}
