//! The case's journal, told for its citizen.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use donthu_domain::{Actor, time};
use donthu_service::input::Receipt;
use donthu_service::messages::happenings::Teller;
use donthu_service::problem::language_of;
use donthu_service::{App, Fault};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Wanted, case_id, meant};

/// What happened to a case, for its citizen.
#[derive(Serialize, ToSchema)]
#[schema(as = PetitionHistory)]
pub struct History {
    /// The case's number.
    case_number: String,
    /// What happened, oldest first.
    entries: Vec<Happening>,
}

/// One thing that happened. No official is named.
#[derive(Serialize, ToSchema)]
#[schema(as = PetitionHappening)]
pub struct Happening {
    /// When it was recorded, with Vietnam's offset.
    #[schema(format = DateTime)]
    at: String,
    /// What, as a stable code.
    #[schema(value_type = String)]
    event: &'static str,
    /// What, in words.
    text: String,
    /// Who did it, by part.
    by: By,
    /// Who did it, in words: the petitioner, an agency by its name, or the system.
    by_text: String,
}

/// Who did something, by part.
#[derive(Serialize, ToSchema)]
#[schema(as = HappeningBy)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Whoever holds the receipt code.
    Citizen,
    /// An agency.
    Agency,
    /// The system itself: routing and the passing of time.
    System,
}

impl From<&Actor> for By {
    fn from(actor: &Actor) -> Self {
        match actor {
            Actor::Citizen => By::Citizen,
            Actor::Official { .. } => By::Agency,
            Actor::System => By::System,
        }
    }
}

/// `GET /v1/petition/history?case=…`: what happened, as far as it is the citizen's to know.
pub async fn read_history(
    State(app): State<Arc<App>>,
    receipt: Receipt,
    wanted: Result<Query<Wanted>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<History>, Fault> {
    let id = meant(&app, &case_id(&app, &receipt)?, wanted).await?;
    let case = app.store.case(&id).await?.ok_or(Fault::NotFound)?.case;
    let directory = app.directory().await?;
    let teller = Teller::new(&case, &directory, language_of(&headers));
    let mut entries = Vec::new();
    for entry in app.store.journal(&id).await? {
        let body = entry.body()?;
        entries.extend(body.events.iter().filter(|event| event.is_for_citizen()).map(|event| Happening {
            at: time::rfc3339(body.at),
            event: event.code(),
            text: teller.event(event, body.at),
            by: By::from(&body.actor),
            by_text: teller.actor(&body.actor, body.at),
        }));
    }
    Ok(Json(History { case_number: case.number.clone(), entries }))
}
