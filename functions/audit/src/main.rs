//! The Lambda function `audit`.

use donthu_audit::AuditTask;
use donthu_service::App;
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    donthu_service::telemetry::start();
    let app = &App::from_environment().await?;
    lambda_runtime::run(service_fn(|event: LambdaEvent<AuditTask>| donthu_audit::handle(app, event.payload))).await
}
