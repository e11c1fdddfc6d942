//! The Lambda function `audit`.

use donthu_audit::{AuditTask, LONGEST_RUN, handle_within};
use donthu_service::invocation::Invocation;
use donthu_service::{App, clock};
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    donthu_service::telemetry::start();
    let app = &App::from_environment().await?;
    lambda_runtime::run(service_fn(|event: LambdaEvent<AuditTask>| {
        let longest = LONGEST_RUN.min(clock::left_until(event.context.deadline));
        Invocation::new("audit", &event.context).run(handle_within(app, event.payload, longest))
    }))
    .await
}
