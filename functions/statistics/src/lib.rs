//! HTTPS: the resolution rate (*tỷ lệ giải quyết*) and the figures around it, for officials and for everybody; the
//! journal's roots; the keys of receipts, and their check; the public reference lists; and the description of the whole API.

mod ages;
mod definitions;
mod months;
mod official;
mod openapi;
mod period;
mod public;
mod receipts;
mod reference;
mod roots;
mod scope;
mod wire;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use donthu_service::App;
use donthu_service::invocation::requests;
use donthu_service::problem::{answer, no_such_route};

pub use openapi::api;

/// The routes of this function.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/public/statistics", get(public::statistics))
        .route("/v1/public/months", get(months::of_province))
        .route("/v1/public/journal-roots", get(roots::journal_roots))
        .route("/v1/public/receipt-keys", get(receipts::receipt_keys))
        .route("/v1/public/receipt-verification", post(receipts::verify))
        .route("/v1/statistics/resolution-rate", get(official::resolution_rate))
        .route("/v1/statistics/agencies", get(official::agencies))
        .route("/v1/statistics/months", get(months::of_agency))
        .route("/v1/statistics/open-ages", get(ages::open))
        .route("/v1/openapi.json", get(openapi::description))
        .route("/v1/reference/agencies", get(reference::agencies))
        .route("/v1/reference/areas", get(reference::areas))
        .route("/v1/reference/fields", get(reference::fields))
        .fallback(no_such_route)
        .layer(from_fn(answer))
        .layer(from_fn_with_state("statistics", requests))
        .with_state(app)
}
