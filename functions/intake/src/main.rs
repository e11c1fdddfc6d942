//! The Lambda function `intake`.

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    donthu_service::telemetry::start();
    donthu_service::serve::http(donthu_intake::router).await
}
