//! Reading DynamoDB stream records: only the key is taken from them. What is true now, the table says.

use aws_lambda_events::event::dynamodb::EventRecord;
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use donthu_domain::CaseId;
use donthu_store::keys::{self, Key};

/// The key of the item that a record is about; none where the record is malformed.
pub fn key_of(record: &EventRecord) -> Option<Key> {
    let text = |name: &str| match record.change.keys.get(name) {
        Some(serde_dynamo::AttributeValue::S(value)) if !value.is_empty() => Some(value.clone()),
        _ => None,
    };
    Some(Key { pk: text(keys::PK)?, sk: text(keys::SK)? })
}

/// The case whose head a record is about; none where it is about something else or malformed.
pub fn case_of(record: &EventRecord) -> Option<CaseId> {
    let key = key_of(record)?;
    if key.sk == keys::HEAD { keys::case_of_pk(&key.pk) } else { None }
}

/// Tells Lambda to begin with this record next time: all before it is done. Where several are named Lambda takes the lowest
/// anyway, so one is enough.
pub fn failed_from(record: &EventRecord) -> DynamoDbEventResponse {
    let mut failure = DynamoDbBatchItemFailure::default();
    failure.item_identifier = Some(record.change.sequence_number.clone().unwrap_or_default());
    let mut response = DynamoDbEventResponse::default();
    response.batch_item_failures.push(failure);
    response
}
