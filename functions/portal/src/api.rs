//! Calls to the HTTP API in a visitor's name.

pub mod https;

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use donthu_domain::Language;
use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::failure::{Failure, Problem};

/// The API did not answer, or not in time. What was asked may have happened.
#[derive(Debug, thiserror::Error)]
#[error("the API did not answer: {0}")]
pub struct Unreachable(pub String);

/// The way to the API: HTTPS on Lambda, within the process on one machine.
pub trait Upstream: Send + Sync + 'static {
    /// Sends a request with an absolute URI and reads the whole answer.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, Unreachable>>;
}

/// The API as one visitor may use it.
#[derive(Clone)]
pub struct Api {
    pub(crate) upstream: Arc<dyn Upstream>,
    /// The host that the visitor came to: pages and API have the same.
    pub(crate) host: String,
    pub(crate) language: Language,
    /// Vouches for the visitor's address.
    pub(crate) visitor: HeaderValue,
}

/// An answer with what a page needs of its headers.
#[derive(Debug)]
pub struct Answer<T> {
    /// The body.
    pub body: T,
    /// Whether it repeats the answer to an earlier request with the same idempotency key.
    pub repeated: bool,
}

/// A call that is being put together.
pub struct Call {
    api: Api,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Result<Bytes, serde_json::Error>,
}

impl Api {
    /// A `GET` of a path, which begins with a slash and has no query.
    pub fn get(&self, path: impl Into<String>) -> Call {
        self.call(Method::GET, path.into())
    }

    /// A `POST`.
    pub fn post(&self, path: impl Into<String>) -> Call {
        self.call(Method::POST, path.into())
    }

    /// A `PUT`.
    pub fn put(&self, path: impl Into<String>) -> Call {
        self.call(Method::PUT, path.into())
    }

    fn call(&self, method: Method, path: String) -> Call {
        Call { api: self.clone(), method, path, query: Vec::new(), headers: Vec::new(), body: Ok(Bytes::new()) }
    }
}

impl Call {
    /// Adds a parameter to the query. Never anything personal: queries stand in the logs of whoever passes them on.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a receipt code.
    #[must_use]
    pub fn receipt(self, code: &str) -> Self {
        self.secret(header::AUTHORIZATION, &format!("Receipt {code}"))
    }

    /// With an official's ID token.
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        self.secret(header::AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// With an idempotency key.
    #[must_use]
    pub fn idempotency_key(self, key: Uuid) -> Self {
        self.secret(HeaderName::from_static("idempotency-key"), &key.to_string())
    }

    /// Only if the case, or the row, still has this version.
    #[must_use]
    pub fn if_match(self, version: u64) -> Self {
        self.secret(header::IF_MATCH, &format!("\"{version}\""))
    }

    /// With another header. A value that no header may have is left out, and the API then says what is missing.
    #[must_use]
    pub fn header(self, name: &'static str, value: &str) -> Self {
        self.secret(HeaderName::from_static(name), value)
    }

    fn secret(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(value) {
            value.set_sensitive(true);
            self.headers.push((name, value));
        }
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.body = serde_json::to_vec(body).map(Bytes::from);
        self.headers.push((header::CONTENT_TYPE, HeaderValue::from_static("application/json")));
        self
    }

    /// Sends it and reads the answer's JSON.
    ///
    /// # Errors
    /// [`Failure`]: the API's problem, or that it did not answer.
    pub async fn answer<T: DeserializeOwned>(self) -> Result<T, Failure> {
        self.whole_answer().await.map(|answer| answer.body)
    }

    /// Sends it and reads the answer's JSON and headers.
    ///
    /// # Errors
    /// As [`Call::answer`].
    pub async fn whole_answer<T: DeserializeOwned>(self) -> Result<Answer<T>, Failure> {
        let response = self.response().await?;
        let repeated = response.headers().contains_key("idempotency-replayed");
        let body = serde_json::from_slice(response.body()).map_err(Failure::garbled)?;
        Ok(Answer { body, repeated })
    }

    /// Sends it where nothing of the answer matters but that it went well.
    ///
    /// # Errors
    /// As [`Call::answer`].
    pub async fn done(self) -> Result<(), Failure> {
        self.response().await.map(|_| ())
    }

    /// Sends it and hands the answer over as it is.
    ///
    /// # Errors
    /// As [`Call::answer`].
    pub async fn response(self) -> Result<Response<Bytes>, Failure> {
        let Call { api, method, path, query, headers, body } = self;
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let query = if query.is_empty() { query } else { format!("?{query}") };
        let mut request = Request::builder().method(method).uri(format!("https://{}{path}{query}", api.host));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let language = match api.language {
            Language::Vi => "vi",
            Language::En => "en",
        };
        let request = request
            .header(header::ACCEPT_LANGUAGE, language)
            .header(donthu_service::visitor::HEADER, api.visitor.clone())
            .body(body.map_err(Failure::internal)?)
            .map_err(Failure::internal)?;
        let response = api.upstream.send(request).await?;
        if response.status().is_success() { Ok(response) } else { Err(refused(&response)) }
    }
}

fn refused(response: &Response<Bytes>) -> Failure {
    let retry_after = response.headers().get(header::RETRY_AFTER);
    let retry_after = retry_after.and_then(|value| value.to_str().ok()).and_then(|value| value.parse().ok());
    match serde_json::from_slice::<Problem>(response.body()) {
        Ok(problem) => Failure::Told(Box::new(Problem { retry_after, ..problem })),
        // The gateway's own answers have no problem in them: its authorizer's, its throttle's, its timeout's.
        Err(_) if response.status() == StatusCode::UNAUTHORIZED => Failure::SignedOut,
        Err(_) if response.status() == StatusCode::TOO_MANY_REQUESTS || response.status().is_server_error() => {
            Failure::Unavailable(Unreachable(format!("status {}", response.status())))
        }
        Err(error) => Failure::garbled(error),
    }
}
