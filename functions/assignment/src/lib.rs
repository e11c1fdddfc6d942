//! DynamoDB stream: a received case goes to the responsible agency (*phân công*).
//!
//! A reconciler: it reads the case as it is now and asks the law for its route, so that a record may come twice, late or
//! not at all (the sweep then repairs it).

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use donthu_domain::{Actor, Command, Refusal};
use donthu_service::{App, Fault, stream};
use lambda_runtime::Error;

/// Routes the cases of a batch. A record that can't be understood is set aside and counted: no repetition would help it. At
/// the first record that fails otherwise the batch stops, so that Lambda begins with it next time.
///
/// # Errors
/// None of its own: what failed is in the response.
pub async fn handle(app: &App, event: Event) -> Result<DynamoDbEventResponse, Error> {
    let mut response = DynamoDbEventResponse::default();
    let (mut routed, mut set_aside) = (0u32, 0u32);
    for record in &event.records {
        let Some(id) = stream::case_of(record) else {
            set_aside += 1;
            tracing::error!(event_id = %record.event_id, "a malformed stream record was set aside");
            continue;
        };
        match app.step(&id, &app.command_id(), &Actor::System, None, &Command::Route).await {
            Ok(_) => routed += 1,
            // Somebody was faster, or the case has ended.
            Err(Fault::Refused { refusal, .. }) if matches!(*refusal, Refusal::ImpossibleStep { .. }) => {}
            Err(Fault::NotFound) => {
                set_aside += 1;
                tracing::error!(case.id = %id, "a stream record names a case that is not there");
            }
            Err(fault) => {
                tracing::warn!(case.id = %id, cause = %donthu_service::problem::chain(&fault), "a case was not routed");
                response = stream::failed_from(record);
                break;
            }
        }
    }
    tracing::info!(records = event.records.len(), routed, set_aside, "a batch of received cases");
    Ok(response)
}
