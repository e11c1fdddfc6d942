//! The Lambda function `custody`.

use std::sync::Arc;

use donthu_service::App;

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    donthu_service::telemetry::start();
    let app = Arc::new(App::from_environment().await?);
    lambda_http::run(donthu_custody::router(app)).await
}
