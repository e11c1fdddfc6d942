//! Public reference lists: what may be named in a petition, with where each row was read.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use donthu_domain::{Agency, Area, Field, time};
use donthu_service::{App, Fault};
use serde_json::json;

use crate::wire::cacheable;

/// `GET /v1/reference/agencies`.
pub async fn agencies(State(app): State<Arc<App>>) -> Result<Response, Fault> {
    let directory = app.directory().await?;
    let rows: Vec<&Agency> = directory.agencies_on(time::local_date(app.clock.now())).collect();
    Ok(cacheable(Json(json!({ "agencies": rows })).into_response()))
}

/// `GET /v1/reference/areas`.
pub async fn areas(State(app): State<Arc<App>>) -> Result<Response, Fault> {
    let directory = app.directory().await?;
    let rows: Vec<&Area> = directory.areas_on(time::local_date(app.clock.now())).collect();
    Ok(cacheable(Json(json!({ "areas": rows })).into_response()))
}

/// `GET /v1/reference/fields`.
pub async fn fields(State(app): State<Arc<App>>) -> Result<Response, Fault> {
    let directory = app.directory().await?;
    let rows: Vec<&Field> = directory.fields_on(time::local_date(app.clock.now())).collect();
    Ok(cacheable(Json(json!({ "fields": rows })).into_response()))
}
