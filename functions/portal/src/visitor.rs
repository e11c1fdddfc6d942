//! Who asks for a page: language, session, and the API in their name.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cookie::Cookie;
use donthu_domain::Language;
use donthu_service::problem::language_of;
use jiff::Timestamp;
use lambda_http::request::RequestContext;

use crate::api::Api;
use crate::failure::Failure;
use crate::frame::Frame;
use crate::portal::Portal;
use crate::session::{Kept, OpenReceipt, RECEIPT_LIFE, SignedIn, SigningIn, forget};
use crate::words::Words;

/// The cookie of the language; nothing personal, so that it is not sealed.
pub const LANGUAGE: &str = "__Host-donthu-language";

/// A visitor, recognised once per request.
#[derive(Clone)]
pub struct Visitor(Arc<Known>);

/// What is known of a visitor.
pub struct Known {
    /// The language of the pages.
    pub language: Language,
    /// The API in this visitor's name.
    pub api: Api,
    /// The host that they came to.
    pub host: String,
    /// The path of this request.
    pub path: String,
    /// The receipt code that they gave.
    pub receipt: Option<String>,
    /// The official's sign-in.
    pub official: Option<SignedIn>,
    /// A sign-in under way.
    pub signing_in: Option<SigningIn>,
    /// Now.
    pub now: Timestamp,
    portal: Arc<Portal>,
}

impl Deref for Visitor {
    type Target = Known;

    fn deref(&self) -> &Known {
        &self.0
    }
}

impl Known {
    /// The words of this visitor's language.
    pub fn words(&self) -> Words {
        Words(self.language)
    }

    /// What surrounds a page for this visitor.
    pub fn frame(&self, title: &str) -> Frame {
        Frame::new(self, title, self.portal.development)
    }

    /// The receipt code that this visitor gave.
    ///
    /// # Errors
    /// [`Failure::ReceiptGone`].
    pub fn receipt(&self) -> Result<&str, Failure> {
        self.receipt.as_deref().ok_or(Failure::ReceiptGone)
    }

    /// The official that this visitor is.
    ///
    /// # Errors
    /// [`Failure::SignedOut`].
    pub fn official(&self) -> Result<&SignedIn, Failure> {
        self.official.as_ref().ok_or(Failure::SignedOut)
    }

    /// A cookie that keeps a receipt code for half an hour from now.
    pub fn keep_receipt(&self, code: &str) -> Option<Cookie<'static>> {
        self.portal.sealer.keep(&OpenReceipt { code: code.to_owned() }, self.now + RECEIPT_LIFE)
    }
}

impl Visitor {
    /// The same visitor reading another language, before their browser has kept the choice.
    pub fn reading(&self, language: Language) -> Self {
        Self(Arc::new(Known {
            language,
            api: Api { language, ..self.api.clone() },
            host: self.host.clone(),
            path: self.path.clone(),
            receipt: self.receipt.clone(),
            official: self.official.clone(),
            signing_in: None,
            now: self.now,
            portal: self.portal.clone(),
        }))
    }
}

/// Middleware that recognises the visitor.
pub async fn recognise(State(portal): State<Arc<Portal>>, mut request: Request, next: Next) -> Response {
    let Some(visitor) = known(portal, &request) else {
        return donthu_service::Fault::internal("a request without the gateway's context").into_response();
    };
    let visitor = Visitor(Arc::new(visitor));
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

fn known(portal: Arc<Portal>, request: &Request) -> Option<Known> {
    let Some(RequestContext::ApiGatewayV2(context)) = request.extensions().get::<RequestContext>() else {
        return None;
    };
    let address: IpAddr = context.http.source_ip.as_deref()?.parse().ok()?;
    // What the gateway says and not the header: it is where the API is called, with codes and tokens.
    let host = context.domain_name.clone()?;
    let now = portal.clock.now();
    let headers = request.headers();
    let language = match cookie(headers, LANGUAGE) {
        Some("vi") => Language::Vi,
        Some("en") => Language::En,
        _ => language_of(headers),
    };
    let receipt = opened::<OpenReceipt>(&portal, headers, now).map(|kept| kept.code);
    let api = Api {
        upstream: portal.upstream.clone(),
        host: host.clone(),
        language,
        visitor: portal.visitor_key.vouch(address, now),
    };
    Some(Known {
        language,
        api,
        host,
        path: request.uri().path().to_owned(),
        receipt,
        official: opened(&portal, headers, now),
        signing_in: opened(&portal, headers, now),
        now,
        portal,
    })
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

fn opened<T: Kept>(portal: &Portal, headers: &HeaderMap, now: Timestamp) -> Option<T> {
    let (kept, _) = portal.sealer.open(cookie(headers, T::NAME)?, now)?;
    Some(kept)
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        let visitor = parts.extensions.get::<Visitor>().cloned();
        visitor.ok_or_else(|| Failure::internal("a page outside of the middleware that recognises visitors"))
    }
}

/// Adds a cookie to an answer.
pub fn with_cookie(mut response: Response, cookie: Option<Cookie<'static>>) -> Response {
    if let Some(value) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie.to_string()).ok()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Takes a cookie of the visitor's away.
pub fn without<T: Kept>(response: Response) -> Response {
    with_cookie(response, Some(forget::<T>()))
}
