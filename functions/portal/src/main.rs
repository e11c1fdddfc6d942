//! The Lambda function `portal`.

use std::sync::Arc;

use donthu_portal::{Portal, router};

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    donthu_service::telemetry::start();
    lambda_http::run(router(Arc::new(Portal::from_environment()?))).await
}
