//! DynamoDB stream: pending notices go to SNS (*thông báo*).
//!
//! A notice was decided exactly once, with its transition; it is published at least once, each copy with the same
//! `notice_id`. This function reads contacts and nothing else of the vault.

use std::collections::BTreeSet;

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use donthu_domain::{AgencyId, Audience, Case, NoticeMilestone, excluded_from, time};
use donthu_service::invocation::spent;
use donthu_service::metrics::Metric;
use donthu_service::petition::StoredContact;
use donthu_service::publisher::PublishError;
use donthu_service::{App, Fault, stream};
use donthu_store::{DataClass, NoticeState, StoreError, StoredNotice, VaultError, keys::Key, trace::TraceId};
use futures::future::join_all;
use lambda_runtime::Error;

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivered {
    /// Published now.
    Sent,
    /// Published or settled before.
    Already,
    /// Not to be published: nobody may get it, or it is no longer true.
    Superseded,
    /// A citizen's notice that SNS will never take; settled, so that nobody tries it for ever.
    Undeliverable,
}

/// Why a notice is still pending.
#[derive(Debug, thiserror::Error)]
enum DeliveryError {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl From<StoreError> for DeliveryError {
    fn from(error: StoreError) -> Self {
        DeliveryError::Fault(error.into())
    }
}

/// Publishes the notices of a batch. A record that can't be understood is set aside and counted. A notice that fails for a
/// time stays pending and the batch ends with it: Lambda begins with it next time, where the notices sent beside it are told
/// by their state, and the sweep wakes it up later. What SNS refuses for good must hold up nobody: a citizen's notice is
/// settled as undeliverable; an agency's stays pending, since an agency that is not told of its case is a fault of ours to
/// mend, and the sweep tries it again.
///
/// # Errors
/// None of its own: what failed is in the response.
pub async fn handle(app: &App, event: Event) -> Result<DynamoDbEventResponse, Error> {
    let mut response = DynamoDbEventResponse::default();
    let (mut sent, mut set_aside, mut failed) = (0u32, 0u32, 0u32);
    // Of what SNS never takes: a citizen's is settled, an agency's is refused and stays pending.
    let (mut undeliverable, mut refused) = (0u32, 0u32);
    // What was decided and what was woken up may come in one batch. The table says what is true, so the first is enough, and
    // the same notice twice at a time would be published twice.
    let mut seen = BTreeSet::new();
    let records: Vec<&EventRecord> = event
        .records
        .iter()
        .filter(|record| stream::notice_of(record).is_none_or(|key| seen.insert((key.pk, key.sk))))
        .collect();
    let mut skipped = event.records.len() - records.len();
    'batch: for some in records.chunks(stream::AT_ONCE) {
        let outcomes = join_all(some.iter().map(|record| attempt(app, record))).await;
        for (record, outcome) in some.iter().zip(outcomes) {
            match outcome {
                Some(Ok(Delivered::Sent)) => sent += 1,
                Some(Ok(Delivered::Undeliverable)) => undeliverable += 1,
                Some(Ok(Delivered::Already | Delivered::Superseded)) => skipped += 1,
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
                Some(Err(DeliveryError::Publish(error))) if error.is_permanent() => {
                    refused += 1;
                    let cause = donthu_service::problem::chain(&error);
                    tracing::error!(event_id = %record.event_id, cause, "a notice to an agency cannot be published");
                }
                Some(Err(error)) => {
                    failed += 1;
                    let cause = donthu_service::problem::chain(&error);
                    tracing::warn!(event_id = %record.event_id, cause, "a notice stays pending");
                    response = stream::failed_from(record);
                    break 'batch;
                }
            }
        }
    }
    let spent = spent();
    tracing::info!(
        records = event.records.len(),
        done = sent,
        skipped,
        set_aside,
        failed,
        undeliverable = undeliverable + refused,
        ms = spent.ms,
        requests = spent.requests,
        read_units = spent.read_units,
        write_units = spent.write_units,
        "a batch of notices"
    );
    let numbers = [
        (Metric::NoticesSent, sent.into()),
        (Metric::NoticesUndeliverable, (undeliverable + refused).into()),
        (Metric::RecordsSetAside, set_aside.into()),
    ];
    app.metrics.tell(&app.province, app.clock.now(), &numbers);
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
            if excluded_from(&case, &directory, today).contains(agency) {
                return supersede(app, &notice, "it has nobody who may get it").await;
            }
            if notice.notice.milestone == NoticeMilestone::Approaching && !is_still_theirs(&case, agency) {
                return supersede(app, &notice, "what it reminds of is done or another agency's now").await;
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
            let Some(phone) = phone(app, &case).await? else {
                return supersede(app, &notice, "there is no number that it could go to").await;
            };
            match app.publisher.to_phone(&phone, &case.number, case.contact.language).await {
                Ok(message_id) => message_id,
                Err(error) if error.is_permanent() => {
                    supersede(app, &notice, &error.to_string()).await?;
                    return Ok(Delivered::Undeliverable);
                }
                Err(error) => return Err(error.into()),
            }
        }
    };
    app.store.mark_sent(key, app.clock.now(), &message_id).await?;
    published(&notice);
    Ok(Delivered::Sent)
}

/// Tells that a notice is out, under the trace of the work that decided it.
fn published(notice: &StoredNotice) {
    let (audience, agency) = match &notice.notice.audience {
        Audience::Agency { agency } => ("agency", Some(agency.as_str())),
        Audience::Citizen => ("citizen", None),
    };
    tracing::info!(
        case_id = %notice.case,
        notice_id = %notice.id,
        milestone = notice.notice.milestone.code(),
        audience,
        agency,
        origin_trace_id = notice.trace.as_ref().map(TraceId::as_str),
        "a notice was published"
    );
}

/// Whether an agency still has something to do on a case.
fn is_still_theirs(case: &Case, agency: &AgencyId) -> bool {
    case.closed_on().is_none() && case.agency.as_ref() == Some(agency)
}

async fn supersede(app: &App, notice: &StoredNotice, cause: &str) -> Result<Delivered, DeliveryError> {
    let origin = notice.trace.as_ref().map(TraceId::as_str);
    tracing::warn!(case_id = %notice.case, notice_id = %notice.id, origin_trace_id = origin, cause, "a notice is not published");
    app.store.mark_superseded(&notice.key, app.clock.now()).await?;
    Ok(Delivered::Superseded)
}

async fn phone(app: &App, case: &Case) -> Result<Option<String>, DeliveryError> {
    // The citizen left it with the petition that all this began with.
    let parts = match app.store.vault_parts(case.root(), DataClass::Contact).await {
        // Destroyed on purpose: as if it had never been left.
        Err(StoreError::Vault(VaultError::Shredded { .. })) => return Ok(None),
        read => read?,
    };
    let Some(part) = parts.first() else { return Ok(None) };
    // The parser's own message may quote the number.
    let contact: StoredContact = serde_json::from_slice(&part.content)
        .map_err(|_| Fault::internal("a contact in the vault has not the shape that was written"))?;
    Ok(Some(contact.phone))
}
