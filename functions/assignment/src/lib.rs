//! DynamoDB stream: a received case goes to the responsible agency (*phân công*).
//!
//! A reconciler: it reads the case as it is now and asks the law for its route, so that a record may come twice, late or
//! not at all (the sweep then repairs it).

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use donthu_domain::{Actor, AgencyId, Case, Command, Refusal};
use donthu_service::invocation::spent;
use donthu_service::metrics::Metric;
use donthu_service::{App, Fault, stream};
use futures::future::join_all;
use lambda_runtime::Error;

/// Routes the cases of a batch. A record that can't be understood is set aside and counted: no repetition would help it. At
/// the first record that fails otherwise the batch ends, so that Lambda begins with it next time; cases routed beside it are
/// told by their stage.
///
/// # Errors
/// None of its own: what failed is in the response.
pub async fn handle(app: &App, event: Event) -> Result<DynamoDbEventResponse, Error> {
    let mut response = DynamoDbEventResponse::default();
    let (mut routed, mut skipped, mut set_aside) = (0u32, 0u32, 0u32);
    'batch: for some in event.records.chunks(stream::AT_ONCE) {
        let outcomes = join_all(some.iter().map(|record| attempt(app, record))).await;
        for (record, outcome) in some.iter().zip(outcomes) {
            match outcome {
                Some(Ok(case)) => {
                    routed += 1;
                    let agency = case.agency.as_ref().map(AgencyId::as_str);
                    tracing::info!(case_id = %case.id, agency, "a case was routed");
                }
                // Somebody was faster, or the case has ended.
                Some(Err(Fault::Refused { refusal, .. })) if matches!(*refusal, Refusal::ImpossibleStep { .. }) => {
                    skipped += 1;
                }
                None => {
                    set_aside += 1;
                    tracing::error!(event_id = %record.event_id, "a malformed stream record was set aside");
                }
                Some(Err(Fault::NotFound)) => {
                    set_aside += 1;
                    tracing::error!(event_id = %record.event_id, "a stream record names a case that is not there");
                }
                Some(Err(fault)) if fault.is_malformed_data() => {
                    set_aside += 1;
                    let cause = donthu_service::problem::chain(&fault);
                    tracing::error!(event_id = %record.event_id, cause, "a case cannot be read and was set aside");
                }
                Some(Err(fault)) => {
                    let cause = donthu_service::problem::chain(&fault);
                    tracing::warn!(event_id = %record.event_id, %cause, "a case was not routed");
                    response = stream::failed_from(record);
                    break 'batch;
                }
            }
        }
    }
    let (records, failed) = (event.records.len(), response.batch_item_failures.len());
    let spent = spent();
    tracing::info!(
        records,
        done = routed,
        skipped,
        set_aside,
        failed,
        ms = spent.ms,
        requests = spent.requests,
        read_units = spent.read_units,
        write_units = spent.write_units,
        "a batch of received cases"
    );
    let numbers = [(Metric::CasesRouted, routed.into()), (Metric::RecordsSetAside, set_aside.into())];
    app.metrics.tell(&app.province, app.clock.now(), &numbers);
    Ok(response)
}

/// Nothing where the record is malformed.
async fn attempt(app: &App, record: &EventRecord) -> Option<Result<Case, Fault>> {
    let id = stream::case_of(record)?;
    Some(app.step(&id, &app.command_id(), &Actor::System, None, &Command::Route).await)
}
