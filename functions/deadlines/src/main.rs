//! The Lambda function `deadlines`.

use donthu_deadlines::{LONGEST_RUN, handle};
use donthu_service::invocation::Invocation;
use donthu_service::{App, clock};
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    donthu_service::telemetry::start();
    let app = &App::from_environment().await?;
    lambda_runtime::run(service_fn(|event: LambdaEvent<serde_json::Value>| {
        let longest = LONGEST_RUN.min(clock::left_until(event.context.deadline));
        Invocation::new("deadlines", &event.context).run(handle(app, longest))
    }))
    .await
}
