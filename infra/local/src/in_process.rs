//! The portal's way to the API on one machine: the routes themselves, without a socket between.

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Request, Response, header};
use donthu_portal::api::{Unreachable, Upstream};
use futures::FutureExt;
use futures::future::BoxFuture;
use http_body_util::BodyExt;
use tower::ServiceExt;

/// The routes of this machine, once they are built. The portal is one of them and holds this, so that it must be closed for the
/// routes to be given free.
#[derive(Debug, Clone, Default)]
pub struct InProcess(Arc<RwLock<Option<Router>>>);

/// Closes the way when the machine goes.
#[derive(Debug)]
pub(crate) struct Opened(InProcess);

impl InProcess {
    /// Opens the way to routes until what is returned is dropped.
    pub(crate) fn open(&self, routes: Router) -> Opened {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(routes);
        Opened(self.clone())
    }

    fn routes(&self) -> Option<Router> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        *self.0.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Upstream for InProcess {
    fn send(&self, mut request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, Unreachable>> {
        let routes = self.routes();
        async move {
            let routes = routes.ok_or_else(|| Unreachable("the machine has stopped".to_owned()))?;
            let host = request.uri().authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
            if let Some(host) = host {
                request.headers_mut().insert(header::HOST, host);
            }
            let Ok(response) = routes.oneshot(request.map(Body::from)).await;
            let (parts, body) = response.into_parts();
            let body = body.collect().await.map_err(|error| Unreachable(error.to_string()))?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        }
        .boxed()
    }
}
