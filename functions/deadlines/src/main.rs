//! The Lambda function `deadlines`.

use donthu_deadlines::{LONGEST_RUN, handle};
use donthu_service::App;
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    donthu_service::telemetry::start();
    let app = &App::from_environment().await?;
    lambda_runtime::run(service_fn(|_: LambdaEvent<serde_json::Value>| handle(app, LONGEST_RUN))).await
}
