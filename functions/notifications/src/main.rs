//! The Lambda function `notifications`.

use aws_lambda_events::event::dynamodb::Event;
use donthu_service::App;
use donthu_service::invocation::Invocation;
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    donthu_service::telemetry::start();
    let app = &App::from_environment().await?;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Event>| {
        Invocation::new("notifications", &event.context).run(donthu_notifications::handle(app, event.payload))
    }))
    .await
}
