//! Public HTTPS: what the receipt code opens (*tra cứu đơn*). It reads the one case that the code leads to, and nothing of
//! the vault.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use donthu_domain::{Actor, Case, CaseId, Command, CommandId, Opening, time};
use donthu_service::input::{Checked, IdempotencyKey, Receipt};
use donthu_service::petition::FurtherForm;
use donthu_service::problem::{answer, language_of, no_such_route};
use donthu_service::submission::text_parts;
use donthu_service::views::{self, CitizenCase};
use donthu_service::{App, Fault};
use donthu_store::case_number;
use uuid::Uuid;

/// The routes of this function.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/petition", get(read_petition))
        .route("/v1/petition/withdrawal", post(withdraw))
        .route("/v1/petition/appeal", post(appeal))
        .route("/v1/petition/continued-denunciation", post(carry_on))
        .route("/v1/petition/overdue-report", post(report_overdue))
        .fallback(no_such_route)
        .layer(from_fn(answer))
        .with_state(app)
}

/// The case that a code leads to. A code of a version that never was is as unknown as any other.
fn case_id(app: &App, receipt: &Receipt) -> Result<CaseId, Fault> {
    app.store.keyring().lookup().case_id(&receipt.0).map_err(|_| Fault::NotFound)
}

async fn view(app: &App, case: &Case, headers: &HeaderMap) -> Result<Json<CitizenCase>, Fault> {
    let directory = app.directory().await?;
    let today = time::local_date(app.clock.now());
    let language = language_of(headers);
    let view = |case: &Case| views::citizen_case(case, &app.law, &directory, today, language);
    let mut shown = view(case);
    for child in &case.children {
        let further = app.store.case(&child.case).await?.ok_or_else(|| Fault::internal("a case lost its child"))?;
        shown.further.push(view(&further.case));
    }
    Ok(Json(shown))
}

async fn read_petition(
    State(app): State<Arc<App>>,
    receipt: Receipt,
    headers: HeaderMap,
) -> Result<Json<CitizenCase>, Fault> {
    let loaded = app.store.case(&case_id(&app, &receipt)?).await?.ok_or(Fault::NotFound)?;
    view(&app, &loaded.case, &headers).await
}

/// Withdraws what may be withdrawn at once, and records the wish where an official must decide on it.
async fn withdraw(
    State(app): State<Arc<App>>,
    receipt: Receipt,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
) -> Result<Json<CitizenCase>, Fault> {
    let id = case_id(&app, &receipt)?;
    let command_id = command_id(&app, key, &id, "withdrawal", &[]);
    let case = app.step(&id, &command_id, &Actor::Citizen, None, &Command::Withdraw).await?;
    tracing::info!(case.id = %case.id, stage = case.stage.code(), "a citizen withdrew");
    view(&app, &case, &headers).await
}

/// Tells the superior that the conclusion of a denunciation is overdue (Law on Denunciations Art. 38).
async fn report_overdue(
    State(app): State<Arc<App>>,
    receipt: Receipt,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
) -> Result<Json<CitizenCase>, Fault> {
    let id = case_id(&app, &receipt)?;
    let command_id = command_id(&app, key, &id, "overdue-report", &[]);
    let case = app.step(&id, &command_id, &Actor::Citizen, None, &Command::ReportOverdue).await?;
    tracing::info!(case.id = %case.id, "an overdue conclusion was reported");
    view(&app, &case, &headers).await
}

/// A second complaint (*khiếu nại lần hai*): it opens a case of its own, which the same code opens too.
async fn appeal(
    State(app): State<Arc<App>>,
    receipt: Receipt,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
    form: Checked<FurtherForm>,
) -> Result<Json<CitizenCase>, Fault> {
    further(&app, &receipt, key, &headers, &form, |opening| Command::Appeal { opening, good_reason: false }).await
}

/// A continued denunciation (*tố cáo tiếp*), likewise.
async fn carry_on(
    State(app): State<Arc<App>>,
    receipt: Receipt,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
    form: Checked<FurtherForm>,
) -> Result<Json<CitizenCase>, Fault> {
    further(&app, &receipt, key, &headers, &form, |opening| Command::Continue { opening }).await
}

async fn further(
    app: &App,
    receipt: &Receipt,
    key: Option<Uuid>,
    headers: &HeaderMap,
    form: &Checked<FurtherForm>,
    command: impl FnOnce(Opening) -> Command,
) -> Result<Json<CitizenCase>, Fault> {
    let id = case_id(app, receipt)?;
    let command_id = command_id(app, key, &id, "further", &form.bytes);
    let opened = app.store.keyring().lookup().child_id(&id, &command_id, 0);
    let opening = Opening { number: case_number(&app.province, &opened), id: opened };
    let texts = [(opening.id.clone(), text_parts(&form.value.stored_text())?)];
    let command = command(opening);
    let case = app.step_opening(&id, &command_id, &Actor::Citizen, None, &command, &texts).await?;
    tracing::info!(case.id = %case.id, command = command.code(), "a citizen took a case further");
    view(app, &case, headers).await
}

/// Derived from the caller's key, where there is one: the key itself is kept nowhere.
fn command_id(app: &App, key: Option<Uuid>, id: &CaseId, step: &str, body: &[u8]) -> CommandId {
    let Some(key) = key else { return app.command_id() };
    let step = Uuid::new_v5(&key, format!("{step} {id}").as_bytes());
    CommandId::new(Uuid::new_v5(&step, body).to_string())
}
