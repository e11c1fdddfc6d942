//! The least that answers an HTTP request on Lambda: what every function's start is measured beside.

use axum::Router;
use axum::routing::any;

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    let router = Router::new().fallback(any(|| async { "hello" }));
    lambda_http::run(router).await
}
