//! Reference data that an administrator sets.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use donthu_domain::rules::Scope;
use donthu_domain::{Area, AreaId, Refusal, Role, time};
use donthu_service::claims::Official;
use donthu_service::input::Checked;
use donthu_service::reference::sorts;
use donthu_service::{App, Fault};

use crate::forms::AreaForm;

/// `PUT /v1/reference/areas/{id}`: sets whether an area is a remote one, from a day on. Cases that came in before keep what
/// held then.
pub async fn set_area(
    State(app): State<Arc<App>>,
    official: Official,
    id: Result<Path<String>, PathRejection>,
    form: Checked<AreaForm>,
) -> Result<Response, Fault> {
    official.needs(&[Role::Admin])?;
    let Path(id) = id.map_err(|_| Fault::NotFound)?;
    let today = time::local_date(app.clock.now());
    let form = form.value;
    if form.valid_from < today {
        return Err(refused(Refusal::DateTooEarly { field: "valid_from", date: form.valid_from, earliest: today }));
    }
    let directory = app.directory().await?;
    let id = AreaId::new(id);
    let known = directory.area(&id, form.valid_from).ok_or_else(|| refused(Refusal::UnknownArea(id.clone())))?;
    let area = Area { remote: form.remote, valid_from: form.valid_from, ..known.clone() };
    app.store.put_reference(sorts::AREA, id.as_str(), area.valid_from, &area).await?;
    app.reference.forget().await;
    tracing::info!(area = %id, remote = area.remote, valid_from = %area.valid_from, "an area was set");
    Ok(Json(area).into_response())
}

fn refused(refusal: Refusal) -> Fault {
    Fault::Refused { refusal: Box::new(refusal), scope: Scope::of(donthu_domain::Kind::Complaint), within: "" }
}
