//! Reading DynamoDB stream records: only the key is taken from them. What is true now, the table says.

use aws_lambda_events::event::dynamodb::EventRecord;
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use donthu_domain::CaseId;
use donthu_store::keys::{self, Key};

use crate::input::case_id;

/// How many records of a batch are worked on at a time: each waits for the network most of its time.
pub const AT_ONCE: usize = 8;

/// The key of the item that a record is about; none where the record is malformed.
fn key_of(record: &EventRecord) -> Option<Key> {
    let text = |name: &str| match record.change.keys.get(name) {
        Some(serde_dynamo::AttributeValue::S(value)) if !value.is_empty() => Some(value.clone()),
        _ => None,
    };
    Some(Key { pk: text(keys::PK)?, sk: text(keys::SK)? })
}

/// The case whose head a record is about; none where it is about something else or malformed.
pub fn case_of(record: &EventRecord) -> Option<CaseId> {
    let key = key_of(record)?;
    if key.sk == keys::HEAD { case_in(&key) } else { None }
}

/// The key of the notice that a record is about; none where it is about something else or malformed.
pub fn notice_of(record: &EventRecord) -> Option<Key> {
    key_of(record).filter(|key| key.sk.starts_with(keys::NOTICE_PREFIX) && case_in(key).is_some())
}

fn case_in(key: &Key) -> Option<CaseId> {
    keys::case_of_pk(&key.pk).and_then(|id| case_id(id.as_str()))
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
