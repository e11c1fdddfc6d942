//! Faults as RFC 9457 problems: a stable `type`, a status, words in the reader's language, the offending field.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use donthu_domain::{Language, Refusal};
use serde::Serialize;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::fault::Fault;
use crate::messages;

const TYPE_PREFIX: &str = "urn:donthu:problem:";

/// The stable types of problems, for the API's description.
pub struct ProblemType;

impl PartialSchema for ProblemType {
    fn schema() -> RefOr<Schema> {
        let codes = CODES.iter().chain(Refusal::CODES).map(|code| format!("{TYPE_PREFIX}{code}"));
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What is wrong, as a stable name."))
            .enum_values(Some(codes))
            .into()
    }
}

impl ToSchema for ProblemType {}

/// A problem as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:donthu:problem:` and a stable code.
    #[serde(rename = "type")]
    #[schema(value_type = ProblemType)]
    pub problem_type: String,
    /// What is wrong, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong, and what to do.
    pub detail: String,
    /// Path of the offending field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The article, where the law refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub article: Option<&'static str>,
    /// What is possible instead, as command codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub possible: Vec<&'static str>,
    /// The case's step now, for a stale request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
}

/// The HTTP status of a fault. The only place that says so.
pub fn status(fault: &Fault) -> StatusCode {
    match fault {
        Fault::Refused { refusal, .. } => refusal_status(refusal),
        Fault::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Fault::MalformedBody | Fault::ReceiptMalformed | Fault::IdempotencyKeyMalformed => StatusCode::BAD_REQUEST,
        Fault::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Fault::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Fault::ReceiptMissing | Fault::Unauthenticated => StatusCode::UNAUTHORIZED,
        Fault::Forbidden | Fault::AgencyNotInForce => StatusCode::FORBIDDEN,
        Fault::NotFound | Fault::NoSuchRoute => StatusCode::NOT_FOUND,
        Fault::IdempotencyMismatch => StatusCode::CONFLICT,
        Fault::PreconditionMissing => StatusCode::PRECONDITION_REQUIRED,
        Fault::Stale { .. } => StatusCode::PRECONDITION_FAILED,
        Fault::Busy | Fault::Unanswered | Fault::KeysUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        Fault::TooManyRequests { .. } | Fault::WorkNeeded { .. } => StatusCode::TOO_MANY_REQUESTS,
        Fault::WorkInvalid => StatusCode::UNPROCESSABLE_ENTITY,
        Fault::Shredded => StatusCode::GONE,
        Fault::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn refusal_status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::RoleNotAllowed { .. } | Refusal::NotYourCase => StatusCode::FORBIDDEN,
        Refusal::ImpossibleStep { .. }
        | Refusal::AlreadyComplex
        | Refusal::TooManyExtensions { .. }
        | Refusal::LimitPassed { .. }
        | Refusal::NoWithdrawalRequested
        | Refusal::WithdrawalAlreadyRequested
        | Refusal::WithdrawalUndecided
        | Refusal::NotAccepted
        | Refusal::NotADuplicate
        | Refusal::NoDialogue
        | Refusal::DialogueNotYet { .. }
        | Refusal::DialogueMissing
        | Refusal::SecondComplaintTooLate { .. }
        | Refusal::AlreadyFollowed
        | Refusal::NoFurtherInstance { .. }
        | Refusal::NotDecidedNorOverdue
        | Refusal::NotOverdue { .. }
        | Refusal::NoLawfulSuperior
        | Refusal::NothingOwed
        | Refusal::NotInEffect
        | Refusal::TooMany { .. }
        | Refusal::NoIdentity
        | Refusal::TooManyTransfers => StatusCode::CONFLICT,
        Refusal::NotForThisKind { .. }
        | Refusal::UnknownAgency(_)
        | Refusal::UnknownArea(_)
        | Refusal::UnknownField(_)
        | Refusal::ConflictOfInterest
        | Refusal::NotAboveTheFirst
        | Refusal::SameAgency(_)
        | Refusal::NothingToAssign
        | Refusal::DateInFuture { .. }
        | Refusal::DateTooEarly { .. }
        | Refusal::OnlineNotRegistered
        | Refusal::GroundNotForThisKind
        | Refusal::ResultNotForThisKind
        | Refusal::CriteriaMissing
        | Refusal::ContinuationGroundMissing
        | Refusal::ExtensionLength { .. }
        | Refusal::RepresentativesMissing
        | Refusal::TooManyRepresentatives { .. }
        | Refusal::GroupPapersMissing
        | Refusal::NothingToDivide
        | Refusal::SameKind
        | Refusal::OwnDuplicate
        | Refusal::DialogueTooSoon { .. }
        | Refusal::GroundsToContinue => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::OutsideCalendar(_) | Refusal::NoRuleInForce { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The stable names of the faults that are no refusals of the law, as [`code`] gives them.
const CODES: [&str; 23] = [
    "invalid_field",
    "malformed_body",
    "unsupported_media_type",
    "body_too_large",
    "malformed_receipt_code",
    "receipt_code_missing",
    "not_signed_in",
    "forbidden",
    "agency_not_in_force",
    "not_found",
    "no_such_route",
    "malformed_idempotency_key",
    "idempotency_key_reused",
    "if_match_missing",
    "stale_step",
    "busy",
    "outcome_unknown",
    "keys_unavailable",
    "too_many_requests",
    "proof_of_work_needed",
    "proof_of_work_invalid",
    "shredded",
    "internal",
];

fn code(fault: &Fault) -> &'static str {
    match fault {
        Fault::Refused { refusal, .. } => refusal.code(),
        Fault::Invalid { .. } => "invalid_field",
        Fault::MalformedBody => "malformed_body",
        Fault::UnsupportedMediaType => "unsupported_media_type",
        Fault::BodyTooLarge => "body_too_large",
        Fault::ReceiptMalformed => "malformed_receipt_code",
        Fault::ReceiptMissing => "receipt_code_missing",
        Fault::Unauthenticated => "not_signed_in",
        Fault::Forbidden => "forbidden",
        Fault::AgencyNotInForce => "agency_not_in_force",
        Fault::NotFound => "not_found",
        Fault::NoSuchRoute => "no_such_route",
        Fault::IdempotencyKeyMalformed => "malformed_idempotency_key",
        Fault::IdempotencyMismatch => "idempotency_key_reused",
        Fault::PreconditionMissing => "if_match_missing",
        Fault::Stale { .. } => "stale_step",
        Fault::Busy => "busy",
        Fault::Unanswered => "outcome_unknown",
        Fault::KeysUnavailable => "keys_unavailable",
        Fault::TooManyRequests { .. } => "too_many_requests",
        Fault::WorkNeeded { .. } => "proof_of_work_needed",
        Fault::WorkInvalid => "proof_of_work_invalid",
        Fault::Shredded => "shredded",
        Fault::Internal(_) => "internal",
    }
}

fn field(fault: &Fault) -> Option<String> {
    match fault {
        Fault::Invalid { field, .. } => Some(field.clone()),
        Fault::Refused { refusal, within, .. } => {
            let field = match refusal.as_ref() {
                Refusal::UnknownAgency(_) => "agency",
                Refusal::UnknownArea(_) => "area",
                Refusal::UnknownField(_) => "field",
                Refusal::DateInFuture { field, .. } | Refusal::DateTooEarly { field, .. } => *field,
                Refusal::GroundNotForThisKind => "ground",
                Refusal::ResultNotForThisKind => "result",
                Refusal::CriteriaMissing => "criteria",
                Refusal::ContinuationGroundMissing => "grounds",
                Refusal::NotAccepted => "ground",
                Refusal::ExtensionLength { .. } => "days",
                Refusal::RepresentativesMissing | Refusal::TooManyRepresentatives { .. } => "group.representatives",
                Refusal::GroupPapersMissing => "group_papers",
                Refusal::NothingToDivide | Refusal::SameKind => "parts",
                Refusal::OwnDuplicate | Refusal::NotADuplicate => "case",
                Refusal::DialogueTooSoon { .. } => "on",
                _ => return None,
            };
            Some(format!("{within}{field}"))
        }
        _ => None,
    }
}

impl Problem {
    /// The problem for a fault, in a language.
    pub fn new(fault: &Fault, language: Language) -> Self {
        let (title, detail) = messages::fault(fault, language);
        Problem {
            problem_type: format!("{TYPE_PREFIX}{}", code(fault)),
            title,
            status: status(fault).as_u16(),
            detail,
            field: field(fault),
            article: match fault {
                Fault::Refused { refusal, scope, .. } => refusal.article(*scope),
                _ => None,
            },
            possible: match fault {
                Fault::Refused { refusal, .. } => match refusal.as_ref() {
                    Refusal::ImpossibleStep { possible, .. } => possible.clone(),
                    _ => Vec::new(),
                },
                _ => Vec::new(),
            },
            step: match fault {
                Fault::Stale { step } => Some(*step),
                _ => None,
            },
        }
    }

    fn into_response(self, retry_after: Option<u32>) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json; charset=utf-8"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// The code of the problem that an answer is, for the line that sums the request up.
#[derive(Clone, Copy)]
struct Told(&'static str);

/// The code of the problem that an answer is; `None` where it is none.
pub(crate) fn told(response: &Response) -> Option<&'static str> {
    response.extensions().get::<Told>().map(|Told(code)| *code)
}

/// Carries a fault from a handler to [`answer`], where the reader's language is known.
#[derive(Clone)]
struct Raised(std::sync::Arc<Fault>);

/// The fault that a handler answered with, for layers between it and [`answer`].
pub fn raised(response: &Response) -> Option<&Fault> {
    response.extensions().get::<Raised>().map(|Raised(fault)| fault.as_ref())
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = status(&self).into_response();
        response.extensions_mut().insert(Raised(std::sync::Arc::new(self)));
        response
    }
}

/// The language that a request asks for: Vietnamese unless English is asked for first.
pub fn language_of(headers: &HeaderMap) -> Language {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let first = asked.split(',').next().unwrap_or("").trim().to_ascii_lowercase();
    if first.starts_with("en") { Language::En } else { Language::Vi }
}

/// What a browser is told of every answer: an API's answers are shown in no frame, run nothing, lead nowhere and are nobody
/// else's to read. A page that people print has a policy of its own, and keeps the rest.
const SECURITY_HEADERS: [(header::HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    // Two years, as browsers' preload lists want it. Over plain HTTP on one machine browsers pass it over.
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// Middleware of every HTTP function: puts faults into words, logs those of ours once, and marks every answer as
/// personal.
pub async fn answer(request: Request, next: Next) -> Response {
    let language = language_of(request.headers());
    let mut response = next.run(request).await;
    if let Some(Raised(fault)) = response.extensions().get::<Raised>().cloned() {
        if let Fault::Internal(cause) = fault.as_ref() {
            tracing::error!(cause = %chain(cause.as_ref()), "a request failed for a fault of ours");
        }
        response = Problem::new(&fault, language).into_response(fault.retry_after());
        // By its code alone: what was sent may be personal, and so may where it was sent.
        response.extensions_mut().insert(Told(code(&fault)));
        if let Some(scheme) = wanted_scheme(&fault) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
    }
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Language, Authorization"));
    response
}

/// How to sign in, where that is what was missing (RFC 9110 wants it with every 401).
fn wanted_scheme(fault: &Fault) -> Option<HeaderValue> {
    match fault {
        Fault::Unauthenticated => Some(HeaderValue::from_static("Bearer")),
        Fault::ReceiptMissing => Some(HeaderValue::from_static("Receipt")),
        _ => None,
    }
}

/// The router's answer where no route matches.
pub async fn no_such_route() -> Fault {
    Fault::NoSuchRoute
}

/// An error with its causes, for the log.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
