//! The HTTP API: what API Gateway (HTTP API, payload format 2.0) does between a client and a function.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use donthu_service::clock::{IdSource, RandomIds};
use futures::FutureExt;
use http_body_util::LengthLimitError;
use jiff::tz::Offset;
use lambda_http::RequestExt;
use serde_json::{Map, Value, json};
use tower::ServiceExt;

use crate::clock::MovableClock;
use crate::invocations;
use crate::issuer::Issuer;
use crate::template::{ACCOUNT, REGION, Route};

/// API Gateway: a request has at most 10 MB.
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// Key of the route that takes what no other one does.
const DEFAULT_ROUTE: &str = "$default";

/// Why the routes cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// A method that axum does not route.
    #[error("the route {0:?} has an unknown method")]
    Method(String),
    /// A path that is not made of plain segments and `{name}` segments.
    #[error("the route {0:?} has a path that is not supported: greedy and unnamed parameters are not")]
    Path(String),
    /// No function of that name was handed over.
    #[error("the route {route:?} leads to {function}, which is not part of this program")]
    Function {
        /// Method and path.
        route: String,
        /// Logical id.
        function: String,
    },
}

/// Where a request is to have come from, for those that come from this process: an extension of the request. One that came over a
/// socket came from there.
#[derive(Debug, Clone, Copy)]
pub struct SentFrom(pub IpAddr);

fn source_of(parts: &Parts) -> IpAddr {
    let told = parts.extensions.get::<SentFrom>().map(|SentFrom(address)| *address);
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    told.or(peer).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

/// What every request needs.
struct Gateway {
    issuer: Arc<Issuer>,
    clock: Arc<MovableClock>,
}

/// The routes of the template before their functions. What none of them takes goes to the function of the route `$default`, where
/// there is one.
///
/// # Errors
/// [`GatewayError`] where a route cannot be served.
pub fn router(
    routes: &[Route],
    default: Option<&str>,
    functions: &BTreeMap<String, Router>,
    issuer: Arc<Issuer>,
    clock: Arc<MovableClock>,
) -> Result<Router, GatewayError> {
    let gateway = Arc::new(Gateway { issuer, clock });
    let mut router = Router::new();
    for route in routes {
        let key = format!("{} {}", route.method, route.path);
        let method = axum::http::Method::from_bytes(route.method.as_bytes())
            .ok()
            .and_then(|method| MethodFilter::try_from(method).ok())
            .ok_or_else(|| GatewayError::Method(key.clone()))?;
        if !route.path.starts_with('/') || route.path.contains(['+', '*']) || route.path.contains("{}") {
            return Err(GatewayError::Path(key));
        }
        let function = functions
            .get(&route.function)
            .ok_or_else(|| GatewayError::Function { route: key, function: route.function.clone() })?;
        let (gateway, served, function) = (gateway.clone(), Arc::new(route.clone()), function.clone());
        let handler = move |params: RawPathParams, request: Request| {
            let params = params.iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
            gateway.clone().serve(served.clone(), function.clone(), params, request)
        };
        router = router.route(&route.path, on(method, handler));
    }
    let Some(default) = default else {
        let not_found = || async { message(StatusCode::NOT_FOUND, "Not Found") };
        return Ok(router.fallback(not_found).method_not_allowed_fallback(not_found));
    };
    let function = functions
        .get(default)
        .ok_or_else(|| GatewayError::Function { route: DEFAULT_ROUTE.to_owned(), function: default.to_owned() })?;
    let served = Arc::new(Route {
        method: String::new(),
        path: DEFAULT_ROUTE.to_owned(),
        function: default.to_owned(),
        public: true,
    });
    let function = function.clone();
    let rest = move |request: Request| gateway.clone().serve(served.clone(), function.clone(), Map::new(), request);
    Ok(router.fallback(rest.clone()).method_not_allowed_fallback(rest))
}

fn message(status: StatusCode, text: &str) -> Response {
    (status, axum::Json(json!({ "message": text }))).into_response()
}

impl Gateway {
    async fn serve(
        self: Arc<Self>,
        route: Arc<Route>,
        function: Router,
        params: Map<String, Value>,
        request: Request,
    ) -> Response {
        let (parts, body) = request.into_parts();
        let claims = if route.public {
            None
        } else {
            let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            let claims = self.issuer.verify(authorization);
            let Ok(claims) = claims.inspect_err(|flaw| tracing::warn!(%flaw, "a token was refused")) else {
                let mut refused = message(StatusCode::UNAUTHORIZED, "Unauthorized");
                refused.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
                return refused;
            };
            Some(claims)
        };
        let body = match axum::body::to_bytes(body, LARGEST_BODY).await {
            Ok(body) => body,
            Err(error) if std::error::Error::source(&error).is_some_and(|source| source.is::<LengthLimitError>()) => {
                return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
            }
            Err(_) => return message(StatusCode::BAD_REQUEST, "Bad Request"),
        };
        let request_id = RandomIds.uuid().to_string();
        let event = self.event(&route, params, &parts, &body, claims, &request_id);
        let context = invocations::context(self.clock.now());
        let called = AssertUnwindSafe(async move {
            let request = lambda_http::request::from_str(&event.to_string())?.with_lambda_context(context);
            let Ok(response) = function.oneshot(request).await;
            Ok::<_, serde_json::Error>(response)
        });
        let mut response = match called.catch_unwind().await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                tracing::error!(function = route.function, %error, "the request could not be handed to the function");
                message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            }
            Err(_) => {
                tracing::error!(function = route.function, "the function panicked");
                message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            }
        };
        if let Ok(id) = HeaderValue::from_str(&request_id) {
            response.headers_mut().insert(HeaderName::from_static("apigw-requestid"), id);
        }
        response
    }

    fn event(
        &self,
        route: &Route,
        params: Map<String, Value>,
        parts: &Parts,
        body: &Bytes,
        claims: Option<BTreeMap<String, String>>,
        request_id: &str,
    ) -> Value {
        let key = format!("{} {}", route.method, route.path).trim_start().to_owned();
        let path = parts.uri.path();
        let query = parts.uri.query().unwrap_or_default();
        let (headers, cookies) = headers(&parts.headers);
        let now = self.clock.now();
        let time = Offset::UTC.to_datetime(now).strftime("%d/%b/%Y:%H:%M:%S +0000").to_string();
        let host = headers.get("host").and_then(Value::as_str).unwrap_or("127.0.0.1").to_owned();
        let user_agent = headers.get("user-agent").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut context = json!({
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": host,
            "domainPrefix": REGION,
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": source_of(parts).to_string(),
                "userAgent": user_agent,
            },
            "requestId": request_id,
            "routeKey": key,
            "stage": "$default",
            "time": time,
            "timeEpoch": now.as_millisecond(),
        });
        let mut event = json!({
            "version": "2.0",
            "routeKey": key,
            "rawPath": path,
            "rawQueryString": query,
            "headers": headers,
            "isBase64Encoded": false,
        });
        let mut set = |name: &str, value: Value| {
            if let Some(map) = event.as_object_mut() {
                map.insert(name.to_owned(), value);
            }
        };
        if let (Some(claims), Some(context)) = (claims, context.as_object_mut()) {
            context.insert("authorizer".to_owned(), json!({"jwt": {"claims": claims, "scopes": null}}));
        }
        set("requestContext", context);
        if !cookies.is_empty() {
            set("cookies", json!(cookies));
        }
        let mut values: Map<String, Value> = Map::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let joined = match values.get(name.as_ref()).and_then(Value::as_str) {
                Some(before) => format!("{before},{value}"),
                None => value.into_owned(),
            };
            values.insert(name.into_owned(), joined.into());
        }
        if !values.is_empty() {
            set("queryStringParameters", Value::Object(values));
        }
        if !params.is_empty() {
            set("pathParameters", Value::Object(params));
        }
        if !body.is_empty() {
            match std::str::from_utf8(body) {
                Ok(text) => set("body", text.into()),
                Err(_) => {
                    set("body", STANDARD.encode(body).into());
                    set("isBase64Encoded", true.into());
                }
            }
        }
        event
    }
}

/// Headers by lower-case name, repeated ones joined with a comma, and the cookies apart.
fn headers(map: &HeaderMap) -> (Map<String, Value>, Vec<String>) {
    let mut headers: Map<String, Value> = Map::new();
    let mut cookies = Vec::new();
    for (name, value) in map {
        let value = String::from_utf8_lossy(value.as_bytes());
        if name == header::COOKIE {
            cookies.extend(value.split(';').map(|cookie| cookie.trim().to_owned()));
            continue;
        }
        let joined = match headers.get(name.as_str()).and_then(Value::as_str) {
            Some(before) => format!("{before},{value}"),
            None => value.into_owned(),
        };
        headers.insert(name.as_str().to_owned(), joined.into());
    }
    (headers, cookies)
}

#[cfg(test)]
mod tests;
