//! Starts an HTTP function, also where the key service is down just then.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use donthu_store::KeyringError;
use tokio::sync::OnceCell;
use tower::ServiceExt;

use crate::app::{App, StartError};
use crate::fault::Fault;
use crate::problem::{answer, chain};

/// Runs an HTTP function on Lambda until its environment ends. Where the key service does not open the lookup keys at start,
/// the function runs all the same and tries again with each request: callers are told to come again, in place of an answer of
/// the gateway's that says nothing.
///
/// # Errors
/// Where the function cannot start for another reason, or Lambda's runtime fails.
pub async fn http(router: fn(Arc<App>) -> Router) -> Result<(), lambda_http::Error> {
    let open = move || async move { Ok(router(Arc::new(App::from_environment().await?))) };
    match open().await {
        Ok(router) => lambda_http::run(router).await,
        Err(error) if is_passing(&error) => lambda_http::run(late(open)).await,
        Err(error) => Err(error.into()),
    }
}

fn is_passing(error: &StartError) -> bool {
    matches!(error, StartError::Keyring(KeyringError::Unavailable { .. }))
}

/// A router that opens the real one with the first request for which that succeeds.
fn late<O, F>(open: O) -> Router
where
    O: Fn() -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Router, StartError>> + Send,
{
    let opened = Arc::new(OnceCell::new());
    Router::new()
        .fallback(move |request: Request| {
            let (opened, open) = (opened.clone(), open.clone());
            async move { forward(&opened, open, request).await }
        })
        .layer(from_fn(answer))
}

async fn forward<F>(opened: &OnceCell<Router>, open: impl FnOnce() -> F, request: Request) -> Response
where
    F: Future<Output = Result<Router, StartError>>,
{
    match opened.get_or_try_init(open).await {
        Ok(router) => router.clone().oneshot(request).await.into_response(),
        Err(error) if is_passing(&error) => {
            tracing::warn!(cause = %chain(&error), "a request came before the function could start");
            Fault::KeysUnavailable.into_response()
        }
        Err(error) => {
            tracing::error!(cause = %chain(&error), "the function cannot start");
            Fault::internal(error).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::routing::get;

    use super::*;

    #[tokio::test]
    async fn a_function_that_starts_while_the_key_service_is_down_says_when_to_come_again_and_works_afterwards() {
        let opens = Arc::new(AtomicU32::new(0));
        let tried = opens.clone();
        let router = late(move || {
            let try_number = tried.fetch_add(1, Ordering::Relaxed);
            async move {
                match try_number {
                    0 => Err(KeyringError::Unavailable { operation: "Decrypt", code: "NotReached".to_owned() }.into()),
                    1 => {
                        Err(KeyringError::Refused { operation: "Decrypt", code: "DisabledException".to_owned() }.into())
                    }
                    _ => Ok(Router::new().route("/here", get(|| async { "found" }))),
                }
            }
        });
        let ask = async |path: &str| {
            router.clone().oneshot(Request::builder().uri(path).body(Body::empty()).unwrap()).await.unwrap()
        };
        let down = ask("/here").await;
        assert_eq!(down.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(down.headers()["retry-after"], "2");
        let refused = ask("/here").await;
        assert_eq!(refused.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(ask("/here").await.status(), StatusCode::OK);
        assert_eq!(ask("/elsewhere").await.status(), StatusCode::NOT_FOUND);
        assert_eq!(opens.load(Ordering::Relaxed), 3, "opened once");
    }
}
