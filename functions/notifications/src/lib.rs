//! DynamoDB stream: pending notices go to SNS (*thông báo*).
//!
//! A notice was decided exactly once, with its transition; it is published at least once, each copy with the same
//! `notice_id`. This function reads contacts and nothing else of the vault.

use std::collections::BTreeSet;

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use donthu_domain::{Audience, Case, excluded_agencies, time};
use donthu_service::petition::StoredContact;
use donthu_service::publisher::PublishError;
use donthu_service::{App, Fault, stream};
use donthu_store::{DataClass, NoticeState, StoredNotice, keys::Key};
use futures::future::join_all;
use lambda_runtime::Error;

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivered {
    /// Published now.
    Sent,
    /// Published or settled before.
    Already,
    /// Not to be published: nobody may or can get it.
    Superseded,
}

/// Why a notice is still pending.
#[derive(Debug, thiserror::Error)]
enum DeliveryError {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl From<donthu_store::StoreError> for DeliveryError {
    fn from(error: donthu_store::StoreError) -> Self {
        DeliveryError::Fault(error.into())
    }
}

/// Publishes the notices of a batch. A record that can't be understood is set aside and counted. A notice that fails stays
/// pending and the batch ends with it: Lambda begins with it next time, where the notices sent beside it are told by their
/// state, and the sweep wakes it up later.
///
/// # Errors
/// None of its own: what failed is in the response.
pub async fn handle(app: &App, event: Event) -> Result<DynamoDbEventResponse, Error> {
    let mut response = DynamoDbEventResponse::default();
    let (mut sent, mut set_aside) = (0u32, 0u32);
    // What was decided and what was woken up may come in one batch. The table says what is true, so the first is enough, and
    // the same notice twice at a time would be published twice.
    let mut seen = BTreeSet::new();
    let records: Vec<&EventRecord> = event
        .records
        .iter()
        .filter(|record| stream::notice_of(record).is_none_or(|key| seen.insert((key.pk, key.sk))))
        .collect();
    'batch: for some in records.chunks(stream::AT_ONCE) {
        let outcomes = join_all(some.iter().map(|record| attempt(app, record))).await;
        for (record, outcome) in some.iter().zip(outcomes) {
            match outcome {
                Some(Ok(Delivered::Sent)) => sent += 1,
                Some(Ok(Delivered::Already | Delivered::Superseded)) => {}
                None => {
                    set_aside += 1;
                    tracing::error!(event_id = %record.event_id, "a malformed stream record was set aside");
                }
                Some(Err(DeliveryError::Fault(Fault::NotFound))) => {
                    set_aside += 1;
                    tracing::error!(event_id = %record.event_id, "a stream record names a notice that is not there");
                }
                Some(Err(DeliveryError::Fault(fault))) if fault.is_malformed_data() => {
                    set_aside += 1;
                    let cause = donthu_service::problem::chain(&fault);
                    tracing::error!(event_id = %record.event_id, cause, "a notice cannot be read and was set aside");
                }
                Some(Err(error)) => {
                    tracing::warn!(cause = %donthu_service::problem::chain(&error), "a notice stays pending");
                    response = stream::failed_from(record);
                    break 'batch;
                }
            }
        }
    }
    tracing::info!(records = event.records.len(), sent, set_aside, "a batch of notices");
    Ok(response)
}

/// Nothing where the record is malformed.
async fn attempt(app: &App, record: &EventRecord) -> Option<Result<Delivered, DeliveryError>> {
    let key = stream::notice_of(record)?;
    Some(deliver(app, &key).await)
}

async fn deliver(app: &App, key: &Key) -> Result<Delivered, DeliveryError> {
    let notice = app.store.notice(key).await?.ok_or(Fault::NotFound)?;
    if notice.state != NoticeState::Pending {
        return Ok(Delivered::Already);
    }
    let case = app.store.case(&notice.case).await?.ok_or(Fault::NotFound)?.case;
    let message_id = match &notice.notice.audience {
        Audience::Agency { agency } => {
            // Invariant 9, once more where it counts: what was decided under yesterday's reference data may be wrong today.
            let directory = app.directory().await?;
            let today = time::local_date(app.clock.now());
            if excluded_agencies(case.kind, &case.against, &directory, today).contains(agency) {
                return supersede(app, &notice).await;
            }
            app.publisher
                .to_agency(
                    &notice.id.to_string(),
                    case.id.as_str(),
                    &case.number,
                    notice.notice.milestone,
                    agency.as_str(),
                )
                .await?
        }
        Audience::Citizen => {
            let Some(phone) = phone(app, &case).await? else { return supersede(app, &notice).await };
            app.publisher.to_phone(&phone, &case.number, case.contact.language).await?
        }
    };
    app.store.mark_sent(key, app.clock.now(), &message_id).await?;
    Ok(Delivered::Sent)
}

async fn supersede(app: &App, notice: &StoredNotice) -> Result<Delivered, DeliveryError> {
    tracing::warn!(notice.id = %notice.id, "a notice has nobody who may get it");
    app.store.mark_superseded(&notice.key, app.clock.now()).await?;
    Ok(Delivered::Superseded)
}

async fn phone(app: &App, case: &Case) -> Result<Option<String>, DeliveryError> {
    // The citizen left it with the petition that all this began with.
    let parts = app.store.vault_parts(case.root(), DataClass::Contact).await?;
    let Some(part) = parts.first() else { return Ok(None) };
    // The parser's own message may quote the number.
    let contact: StoredContact = serde_json::from_slice(&part.content)
        .map_err(|_| Fault::internal("a contact in the vault has not the shape that was written"))?;
    Ok(Some(contact.phone))
}
