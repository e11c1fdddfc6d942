//! One handler for every step: the form says which.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use donthu_domain::rules::Scope;
use donthu_domain::{Case, CaseId, Command, CommandId, Directory, Kind, Language, Refusal, time};
use donthu_service::claims::Official;
use donthu_service::fault::Wrong;
use donthu_service::input::{CaseInPath, Checked, IdempotencyKey, if_match};
use donthu_service::problem::language_of;
use donthu_service::views;
use donthu_service::{App, Fault};
use donthu_store::VaultPart;
use jiff::civil::Date;
use uuid::Uuid;

use crate::forms::StepForm;
use crate::reading::visible;

/// Takes a step on a case, as long as it still stands where the official saw it.
pub async fn step<F: StepForm>(
    State(app): State<Arc<App>>,
    official: Official,
    CaseInPath(id): CaseInPath,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
    form: Checked<F>,
) -> Result<Response, Fault> {
    let expected = if_match(&headers)?;
    if let Some(other) = form.value.other_case() {
        let (other, _) = visible(&app, &official, &other).await.map_err(|fault| match fault {
            Fault::NotFound => Fault::invalid("case", Wrong::Type),
            fault => fault,
        })?;
        let (own, _) = visible(&app, &official, &id).await?;
        other.case.take_in(&own.case).map_err(|refusal| Fault::Refused {
            refusal: Box::new(refusal),
            scope: (&own.case).into(),
            within: "",
        })?;
    }
    let command = form.value.command();
    let command_id = command_id(&app, key, &official, &id, command.code(), &form.bytes);
    let answer = Answer::to(&app, &headers).await?;
    Ok(answer.with(&take(&app, &official, &id, &command_id, Some(expected), &command, &[]).await?))
}

/// Takes a step, with what is personal in the cases that it opens.
pub async fn take(
    app: &App,
    official: &Official,
    id: &CaseId,
    command_id: &CommandId,
    expected: Option<u64>,
    command: &Command,
    opening: &[(CaseId, Vec<VaultPart>)],
) -> Result<Case, Fault> {
    let stepped = app.step_opening(id, command_id, &official.0, expected, command, opening).await;
    match stepped {
        // Whose case it isn't may still learn that it exists, if the law lets them see it; others may not.
        Err(Fault::Refused { refusal, scope, within }) if must_see(&refusal, scope) => {
            visible(app, official, id).await?;
            Err(Fault::Refused { refusal, scope, within })
        }
        stepped => stepped,
    }
}

/// Whether a refusal is told only to whoever may see the case. A paper about somebody else's case may be handed in at a desk that
/// sees nothing of it: of a denunciation that desk learns nothing from a refusal either, not even that there is one.
fn must_see(refusal: &Refusal, scope: Scope) -> bool {
    *refusal == Refusal::NotYourCase || scope.kind == Kind::Denunciation
}

/// The id of a command: a fresh one, or one that follows from the key under which its caller may send it again.
pub fn command_id(
    app: &App,
    key: Option<Uuid>,
    official: &Official,
    case: &CaseId,
    step: &str,
    body: &[u8],
) -> CommandId {
    key.map_or_else(|| app.command_id(), |key| repeatable(key, official, case, step, body))
}

/// The id of a command that its caller may send again. The key is the caller's own, and kept nowhere: another official, case,
/// step or body under it is another command.
fn repeatable(key: Uuid, official: &Official, case: &CaseId, step: &str, body: &[u8]) -> CommandId {
    let subject = official.0.subject().map_or("", |subject| subject.as_str());
    let key = [subject, case.as_str(), step].iter().fold(key, |key, part| Uuid::new_v5(&key, part.as_bytes()));
    CommandId::new(Uuid::new_v5(&key, body).to_string())
}

/// What a step is answered with. It is asked for before the step is taken: what was written is not called a failure afterwards.
pub struct Answer {
    directory: Arc<Directory>,
    today: Date,
    language: Language,
}

impl Answer {
    /// The names of today in the language that is asked for.
    pub async fn to(app: &App, headers: &HeaderMap) -> Result<Self, Fault> {
        let today = time::local_date(app.clock.now());
        Ok(Self { directory: app.directory().await?, today, language: language_of(headers) })
    }

    /// A case with its step as entity tag, ready for the next `If-Match`.
    pub fn with(&self, case: &Case) -> Response {
        let view = views::official_case(case, &self.directory, self.today, self.language);
        let mut response = Json(view).into_response();
        tag(&mut response, case.step);
        response
    }
}

/// Puts the step as entity tag on a response.
pub fn tag(response: &mut Response, step: u64) {
    if let Ok(value) = HeaderValue::from_str(&format!("\"{step}\"")) {
        response.headers_mut().insert(header::ETAG, value);
    }
}
