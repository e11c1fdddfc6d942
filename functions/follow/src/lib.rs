//! Public HTTPS: what the receipt code opens (*tra cứu đơn*). It reads the one case that the code leads to, and nothing of
//! the vault.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use donthu_domain::{Actor, Case, CaseId, Command, CommandId, time};
use donthu_service::input::{IdempotencyKey, Receipt};
use donthu_service::problem::{answer, language_of, no_such_route};
use donthu_service::views::{self, CitizenCase};
use donthu_service::{App, Fault};
use uuid::Uuid;

/// The routes of this function.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/petition", get(read_petition))
        .route("/v1/petition/withdrawal", post(withdraw))
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
    Ok(Json(views::citizen_case(case, &app.law, &directory, today, language_of(headers))))
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
    // Derived: the key itself is kept nowhere.
    let derived = |key| CommandId::new(Uuid::new_v5(&key, format!("withdrawal {id}").as_bytes()).to_string());
    let command_id = key.map_or_else(|| app.command_id(), derived);
    let case = app.step(&id, &command_id, &Actor::Citizen, None, &Command::Withdraw).await?;
    tracing::info!(case.id = %case.id, stage = case.stage.code(), "a citizen withdrew");
    view(&app, &case, &headers).await
}
