//! The `/dev` routes, which exist on one machine alone: tokens, the clock, and what SNS delivered.

mod sign_in;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use donthu_domain::Role;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::clock::ClockError;
use crate::in_process::InProcess;
use crate::issuer::{Holder, Issuer};
use crate::machine::{World, WorldError};
use crate::sns::inbox::{Inbox, KEPT};

pub use sign_in::Codes;

/// Deliveries in one answer of `/dev/inbox` where the caller asks for no other number.
const USUAL_LIMIT: usize = 100;

/// Whether there is an agency of this id.
pub type AgencyCheck = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// What the routes work on.
#[derive(Clone)]
pub struct Dev {
    /// Signs tokens.
    pub issuer: Arc<Issuer>,
    /// Moves the clock.
    pub world: Arc<World>,
    /// What SNS delivered.
    pub inbox: Arc<Inbox>,
    /// Whether there is an agency of an id; without it any id will do.
    pub agency_exists: Option<AgencyCheck>,
    /// The API.
    pub api: InProcess,
    /// Sign-ins under way.
    pub codes: Arc<Codes>,
}

/// The routes.
pub fn router(dev: Dev) -> Router {
    Router::new()
        .route("/dev/token", post(token))
        .route("/dev/clock", get(clock).post(advance))
        .route("/dev/inbox", get(inbox))
        .route("/dev/oauth2/authorize", get(sign_in::ask).post(sign_in::choose))
        .route("/dev/oauth2/token", post(sign_in::token))
        .route("/dev/logout", get(sign_in::logout))
        .route("/dev/.well-known/jwks.json", get(jwks))
        .layer(middleware::from_fn(loopback_names_only))
        .with_state(dev)
}

/// A page of another site must not reach these routes by a name of its own that leads to 127.0.0.1.
async fn loopback_names_only(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let name = host.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name));
    match name {
        None | Some("127.0.0.1" | "localhost") => next.run(request).await,
        Some(_) => refuse(StatusCode::FORBIDDEN, "use http://127.0.0.1 or http://localhost"),
    }
}

fn refuse(status: StatusCode, reason: impl Into<String>) -> Response {
    (status, Json(json!({ "message": reason.into() }))).into_response()
}

fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &Bytes, example: &str) -> Result<T, Box<Response>> {
    let bad = |reason: String| Box::new(refuse(StatusCode::BAD_REQUEST, format!("{reason}; an example: {example}")));
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        return Err(bad("the header Content-Type: application/json is missing".to_owned()));
    }
    serde_json::from_slice(body).map_err(|error| bad(error.to_string()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenRequest {
    role: Option<String>,
    roles: Option<Vec<String>>,
    agency: String,
    sub: Option<String>,
}

async fn token(State(dev): State<Dev>, headers: HeaderMap, body: Bytes) -> Response {
    let request: TokenRequest = match read(&headers, &body, r#"{"role":"head","agency":"chair"}"#) {
        Ok(request) => request,
        Err(refused) => return *refused,
    };
    let roles = match (request.role, request.roles) {
        (Some(role), None) => vec![role],
        (None, Some(roles)) if !roles.is_empty() => roles,
        _ => return refuse(StatusCode::BAD_REQUEST, "give either role or roles, with at least one role"),
    };
    if let Some(unknown) = roles.iter().find(|role| Role::from_code(role).is_none()) {
        let known = Role::ALL.map(Role::code).join(", ");
        return refuse(StatusCode::BAD_REQUEST, format!("there is no role {unknown:?}; there are {known}"));
    }
    let agency = request.agency;
    if agency.is_empty() || dev.agency_exists.as_ref().is_some_and(|exists| !exists(&agency)) {
        let hint = "GET /v1/reference/agencies lists the agencies";
        return refuse(StatusCode::BAD_REQUEST, format!("there is no agency {agency:?}; {hint}"));
    }
    let subject = request.sub.unwrap_or_else(|| format!("{}@{agency}", roles.join("+")));
    if subject.is_empty() {
        return refuse(StatusCode::BAD_REQUEST, "sub must not be empty");
    }
    match dev.issuer.token(&Holder { subject, roles, agency }) {
        Ok(token) => Json(json!({ "token": token })).into_response(),
        Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

async fn clock(State(dev): State<Dev>) -> Response {
    Json(json!({ "now": donthu_domain::time::rfc3339(dev.world.clock().now()) })).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockRequest {
    advance: String,
}

async fn advance(State(dev): State<Dev>, headers: HeaderMap, body: Bytes) -> Response {
    let request: ClockRequest = match read(&headers, &body, r#"{"advance":"P10D"}"#) {
        Ok(request) => request,
        Err(refused) => return *refused,
    };
    // In a task of its own: a caller who hangs up must not leave the clock half way.
    let world = dev.world.clone();
    let advanced = tokio::spawn(async move { world.advance(&request.advance).await }).await;
    match advanced {
        Ok(Ok(moved)) => {
            let now = donthu_domain::time::rfc3339(moved.now);
            if moved.failed.is_empty() {
                Json(json!({ "now": now })).into_response()
            } else {
                let failed = json!({ "now": now, "message": "runs of schedules failed", "failed": moved.failed });
                (StatusCode::INTERNAL_SERVER_ERROR, Json(failed)).into_response()
            }
        }
        Ok(Err(WorldError::Clock(
            error @ (ClockError::NotADuration(_) | ClockError::NotForward(_) | ClockError::TooFar(_)),
        ))) => refuse(StatusCode::BAD_REQUEST, error.to_string()),
        Ok(Err(error)) => refuse(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InboxQuery {
    limit: Option<usize>,
    case: Option<String>,
}

async fn inbox(
    State(dev): State<Dev>,
    query: Result<Query<InboxQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let (limit, case) = match query {
        Ok(Query(query)) => (query.limit.unwrap_or(USUAL_LIMIT), query.case),
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error.body_text()),
    };
    if limit == 0 || limit > KEPT {
        return refuse(StatusCode::BAD_REQUEST, format!("limit must be from 1 to {KEPT}"));
    }
    let total = [("x-total-count", dev.inbox.total().to_string())];
    let deliveries = case.map_or_else(|| dev.inbox.newest(limit), |case| dev.inbox.about(&case, limit));
    (total, Json(deliveries)).into_response()
}

async fn jwks(State(dev): State<Dev>) -> Response {
    Json(dev.issuer.jwks()).into_response()
}
