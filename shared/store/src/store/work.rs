//! Work still to do: cases whose next milestone is due, and notices not yet sent.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use donthu_domain::CaseId;
use jiff::Timestamp;

use super::{Page, Store};
use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::keys::{self, Key};
use crate::rows::{
    self, DUE_KEYS, Item, MESSAGE_ID, PENDING, Reader, SENT, SETTLED_AT, STATE, SUPERSEDED, StoredNotice, TRACE,
};

/// A piece of due work out of the index. A hint: what is really due, the item itself says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueItem {
    /// The case.
    pub case: CaseId,
    /// The item: a case head, or a notice.
    pub key: Key,
    position: String,
}

impl DueItem {
    /// When it was due, to the second.
    pub fn at(&self) -> Option<Timestamp> {
        keys::parse_due_sk(&self.position)
    }

    fn from_item(item: &Item) -> Result<Self, StoreError> {
        let reader = Reader::new(item);
        Ok(Self { case: reader.case()?, key: reader.key()?, position: reader.text(keys::DUE_SK)?.to_owned() })
    }
}

impl Store {
    /// A page of the cases of a shard whose next milestone is due at `until` or before, the longest due first.
    ///
    /// # Errors
    /// [`StoreError`] where the query fails.
    pub async fn due(
        &self,
        shard: u8,
        until: Timestamp,
        cursor: Option<&Cursor>,
        limit: u16,
    ) -> Result<Page<DueItem>, StoreError> {
        self.work(&keys::due_pk(shard), until, cursor, limit).await
    }

    /// A page of the notices of a shard that were decided at `until` or before and are still to be sent, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] where the query fails.
    pub async fn unsent(
        &self,
        shard: u8,
        until: Timestamp,
        cursor: Option<&Cursor>,
        limit: u16,
    ) -> Result<Page<DueItem>, StoreError> {
        self.work(&keys::unsent_pk(shard), until, cursor, limit).await
    }

    async fn work(
        &self,
        pk: &str,
        until: Timestamp,
        cursor: Option<&Cursor>,
        limit: u16,
    ) -> Result<Page<DueItem>, StoreError> {
        let query = self
            .query(&self.tables.cases, keys::DUE_PK, pk)
            .index_name(keys::DUE)
            .key_condition_expression("#pk = :pk AND #sk <= :until")
            .expression_attribute_names("#sk", keys::DUE_SK)
            .expression_attribute_values(":until", rows::text(keys::due_until(until)));
        self.page(query, &["work", pk], cursor, limit).await?.try_map(DueItem::from_item)
    }

    /// Puts work that failed off to a later instant, so that it does not block other work. Moves its place in the index
    /// alone: no legal date. False where it was done or moved meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] where the write fails otherwise.
    pub async fn back_off(&self, work: &DueItem, until: Timestamp) -> Result<bool, StoreError> {
        let update = self
            .update(&work.key)
            .update_expression("SET #due = :until")
            .condition_expression("#due = :seen")
            .expression_attribute_names("#due", keys::DUE_SK)
            .expression_attribute_values(":until", rows::text(keys::due_sk(until, &work.case)))
            .expression_attribute_values(":seen", rows::text(&work.position));
        met(update).await
    }

    /// A notice; `None` where there is none under the key.
    ///
    /// # Errors
    /// [`StoreError`] where the read fails or the notice is malformed.
    pub async fn notice(&self, key: &Key) -> Result<Option<StoredNotice>, StoreError> {
        let item = self.get(&self.tables.cases, key).await?;
        item.map(|item| StoredNotice::from_item(&item)).transpose()
    }

    /// Records that a pending notice was published. False where it was settled already.
    ///
    /// # Errors
    /// [`StoreError`] where the write fails otherwise.
    pub async fn mark_sent(&self, key: &Key, at: Timestamp, message_id: &str) -> Result<bool, StoreError> {
        let update = self
            .settle(key, at, SENT, ", #message = :message")
            .expression_attribute_names("#message", MESSAGE_ID)
            .expression_attribute_values(":message", rows::text(message_id));
        met(update).await
    }

    /// Records that a pending notice is no longer to be published. False where it was settled already.
    ///
    /// # Errors
    /// [`StoreError`] where the write fails otherwise.
    pub async fn mark_superseded(&self, key: &Key, at: Timestamp) -> Result<bool, StoreError> {
        met(self.settle(key, at, SUPERSEDED, "")).await
    }

    fn settle(&self, key: &Key, at: Timestamp, state: &str, more: &str) -> UpdateItemFluentBuilder {
        let [due_pk, due_sk] = DUE_KEYS;
        self.update(key)
            .update_expression(format!("SET #state = :state, #at = :at{more} REMOVE #due_pk, #due_sk, #trace"))
            .condition_expression("#state = :pending")
            .expression_attribute_names("#state", STATE)
            .expression_attribute_names("#at", SETTLED_AT)
            .expression_attribute_names("#due_pk", due_pk)
            .expression_attribute_names("#due_sk", due_sk)
            .expression_attribute_names("#trace", TRACE)
            .expression_attribute_values(":state", rows::text(state))
            .expression_attribute_values(":at", rows::text(at.to_string()))
            .expression_attribute_values(":pending", rows::text(PENDING))
    }

    fn update(&self, key: &Key) -> UpdateItemFluentBuilder {
        self.client.update_item().table_name(&self.tables.cases).set_key(Some(rows::keyed(key)))
    }
}

/// Whether the condition of an update was met.
pub(super) async fn met(update: UpdateItemFluentBuilder) -> Result<bool, StoreError> {
    match update.send().await {
        Ok(_) => Ok(true),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception()) => {
            Ok(false)
        }
        Err(error) => Err(StoreError::of_call("UpdateItem", &error)),
    }
}
