//! Sends the transaction and finds out what became of it.

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::CancellationReason;
use aws_sdk_dynamodb::{Client, config};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::{Draft, Retries};
use crate::error::{self, StoreError};
use crate::rows::Item;

const OPERATION: &str = "TransactWriteItems";

/// What became of a transaction.
#[derive(Debug)]
pub(crate) enum Sent {
    /// It was written: now, or by an earlier sending of the same bytes.
    Written,
    /// The head was not as expected; it is as told here, where it exists.
    HeadDiffers(Option<Item>),
    /// The head was as expected, but the journal or a notice has what is not to be there.
    JournalDiffers,
    /// Another transaction was in the way, or too much was asked of the tables. Nothing was written.
    InTheWay,
    /// These bytes were written, or others under their token: the journal knows.
    AskJournal,
}

enum Answer {
    Final(Sent),
    Doubtful,
}

impl Draft {
    /// Sends the same bytes until the outcome is known, or the number of sends is used up.
    pub(crate) async fn send(&self, client: &Client, retries: &Retries) -> Result<Sent, StoreError> {
        for attempt in 0..retries.sends.max(1) {
            retries.pause(attempt).await;
            let sent = client
                .transact_write_items()
                .set_transact_items(Some(self.items.clone()))
                .client_request_token(&self.token)
                .customize()
                .config_override(config::Builder::new().retry_config(RetryConfig::disabled()))
                .send()
                .await;
            match sent {
                Ok(_) => return Ok(Sent::Written),
                Err(error) => match judge(&error)? {
                    Answer::Final(sent) => return Ok(sent),
                    Answer::Doubtful => {
                        tracing::warn!(attempt, version = self.version, "the outcome of a transaction is unknown");
                    }
                },
            }
        }
        Ok(Sent::AskJournal)
    }
}

fn judge(error: &SdkError<TransactWriteItemsError, HttpResponse>) -> Result<Answer, StoreError> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            return reasons(cancelled.cancellation_reasons()).map(Answer::Final);
        }
        Some(TransactWriteItemsError::IdempotentParameterMismatchException(_)) => {
            return Ok(Answer::Final(Sent::AskJournal));
        }
        _ => {}
    }
    match StoreError::of_call(OPERATION, error) {
        StoreError::Busy => Ok(Answer::Final(Sent::InTheWay)),
        StoreError::Unavailable { .. } => Ok(Answer::Doubtful),
        other => Err(other),
    }
}

/// Reasons stand in the order of the writes: head first, journal second.
fn reasons(reasons: &[CancellationReason]) -> Result<Sent, StoreError> {
    let failed = |reason: &CancellationReason| reason.code() == Some("ConditionalCheckFailed");
    if let Some(head) = reasons.first().filter(|head| failed(head)) {
        return Ok(Sent::HeadDiffers(head.item().cloned().filter(|item| !item.is_empty())));
    }
    if reasons.iter().any(failed) {
        return Ok(Sent::JournalDiffers);
    }
    let code = reasons.iter().filter_map(|reason| reason.code()).find(|code| *code != "None");
    match code {
        Some(code) if error::is_throttling(code) => Ok(Sent::InTheWay),
        Some(code) => Err(StoreError::Refused { operation: OPERATION, code: code.to_owned() }),
        None => Ok(Sent::InTheWay),
    }
}
