//! Public reference lists: what may be named in a petition, with where each row was read.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use donthu_domain::{Agency, Area, Field, time};
use donthu_service::{App, Fault};
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::cacheable;

/// The agencies of today.
#[derive(Serialize, ToSchema)]
#[schema(as = AgencyList)]
pub struct Agencies<'a> {
    /// One row each.
    #[schema(value_type = Vec<Agency>)]
    agencies: Vec<&'a Agency>,
}

/// The areas of today.
#[derive(Serialize, ToSchema)]
#[schema(as = AreaList)]
pub struct Areas<'a> {
    /// One row each.
    #[schema(value_type = Vec<Area>)]
    areas: Vec<&'a Area>,
}

/// The subject fields of today.
#[derive(Serialize, ToSchema)]
#[schema(as = FieldList)]
pub struct Fields<'a> {
    /// One row each.
    #[schema(value_type = Vec<Field>)]
    fields: Vec<&'a Field>,
}

/// `GET /v1/reference/agencies`.
pub async fn agencies(State(app): State<Arc<App>>) -> Result<Response, Fault> {
    let directory = app.directory().await?;
    let agencies = directory.agencies_on(time::local_date(app.clock.now())).collect();
    Ok(cacheable(Json(Agencies { agencies }).into_response()))
}

/// `GET /v1/reference/areas`.
pub async fn areas(State(app): State<Arc<App>>) -> Result<Response, Fault> {
    let directory = app.directory().await?;
    let areas = directory.areas_on(time::local_date(app.clock.now())).collect();
    Ok(cacheable(Json(Areas { areas }).into_response()))
}

/// `GET /v1/reference/fields`.
pub async fn fields(State(app): State<Arc<App>>) -> Result<Response, Fault> {
    let directory = app.directory().await?;
    let fields = directory.fields_on(time::local_date(app.clock.now())).collect();
    Ok(cacheable(Json(Fields { fields }).into_response()))
}
