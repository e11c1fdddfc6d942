//! The API over HTTPS.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, Response};
use futures::FutureExt;
use futures::future::BoxFuture;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::{Unreachable, Upstream};

/// API Gateway gives up on a function after 30 s; a page has to say something before its own time is over.
const PATIENCE: Duration = Duration::from_secs(25);
/// Lambda: an answer has at most 6 MB.
const LARGEST: usize = 6 * 1024 * 1024;

/// A client that keeps its connections and speaks to nobody but over TLS.
pub struct Https(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Https {
    /// A client that trusts the system's certificate authorities.
    ///
    /// # Errors
    /// Where the system has none.
    pub fn new() -> std::io::Result<Self> {
        let connector = HttpsConnectorBuilder::new().with_native_roots()?.https_only().enable_http1().build();
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }
}

impl Upstream for Https {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, Unreachable>> {
        let sent = self.0.request(request.map(Full::new));
        async move {
            let answered = async {
                let response = sent.await.map_err(|error| Unreachable(error.to_string()))?;
                let (parts, body) = response.into_parts();
                let body =
                    Limited::new(body, LARGEST).collect().await.map_err(|error| Unreachable(error.to_string()))?;
                Ok(Response::from_parts(parts, body.to_bytes()))
            };
            tokio::time::timeout(PATIENCE, answered)
                .await
                .unwrap_or_else(|_| Err(Unreachable(format!("no answer within {PATIENCE:?}"))))
        }
        .boxed()
    }
}
