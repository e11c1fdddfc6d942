//! What an audit reads: whole tables, page by page. A malformed item is an error in its own place, so that it cannot hide the
//! others.

use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use donthu_domain::Kind;

use super::{Page, Store};
use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::keys::{self, Ledger};
use crate::rows::{self, DayCounts, Item, JournalEntry, Loaded, Reader, SealedMonth};

/// An item of the cases table that an audit looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditedItem {
    /// A case head whose attributes for indexes and lists agree with its case.
    Head(Box<Loaded>),
    /// One shard of a counter.
    Counter(Ledger, Kind, DayCounts),
    /// A sealed month.
    SealedMonth(SealedMonth),
}

impl Store {
    /// A page of the whole journal. Entries of one case stand together and in order.
    ///
    /// # Errors
    /// [`StoreError`] where the scan fails.
    pub async fn scan_journal(
        &self,
        cursor: Option<&Cursor>,
        limit: u16,
    ) -> Result<Page<Result<JournalEntry, StoreError>>, StoreError> {
        let scan = self.client.scan().table_name(&self.tables.journal);
        let page = self.scan(scan, "scan_journal", cursor, limit).await?;
        Ok(Page { items: page.items.iter().map(JournalEntry::from_item).collect(), next: page.next })
    }

    /// A page of all case heads. `limit` bounds the items looked at, so that a page may hold fewer heads, or none, and still
    /// have a next one.
    ///
    /// # Errors
    /// [`StoreError`] where the scan fails.
    pub async fn scan_heads(
        &self,
        cursor: Option<&Cursor>,
        limit: u16,
    ) -> Result<Page<Result<Loaded, StoreError>>, StoreError> {
        let scan = self
            .client
            .scan()
            .table_name(&self.tables.cases)
            .filter_expression("#sk = :head")
            .expression_attribute_names("#sk", keys::SK)
            .expression_attribute_values(":head", rows::text(keys::HEAD));
        let page = self.scan(scan, "scan_heads", cursor, limit).await?;
        Ok(Page { items: page.items.iter().map(Loaded::from_item).collect(), next: page.next })
    }

    /// A page of all case heads, counters and sealed months of a province. `limit` bounds the items looked at, as in
    /// [`Store::scan_heads`].
    ///
    /// # Errors
    /// [`StoreError`] where the scan fails.
    pub async fn scan_cases(
        &self,
        province: &str,
        cursor: Option<&Cursor>,
        limit: u16,
    ) -> Result<Page<Result<AuditedItem, StoreError>>, StoreError> {
        let [flow, cohort] = [Ledger::Flow, Ledger::Cohort].map(keys::tally_pk_prefix);
        let scan = self
            .client
            .scan()
            .table_name(&self.tables.cases)
            .filter_expression("#sk = :head OR #pk = :months OR begins_with(#pk, :flow) OR begins_with(#pk, :cohort)")
            .expression_attribute_names("#pk", keys::PK)
            .expression_attribute_names("#sk", keys::SK)
            .expression_attribute_values(":head", rows::text(keys::HEAD))
            .expression_attribute_values(":months", rows::text(keys::sealed_months_pk(province)))
            .expression_attribute_values(":flow", rows::text(flow))
            .expression_attribute_values(":cohort", rows::text(cohort));
        let page = self.scan(scan, "scan_cases", cursor, limit).await?;
        Ok(Page { items: page.items.iter().map(|item| audited(province, item)).collect(), next: page.next })
    }

    pub(super) async fn scan(
        &self,
        scan: ScanFluentBuilder,
        list: &str,
        cursor: Option<&Cursor>,
        limit: u16,
    ) -> Result<Page<Item>, StoreError> {
        let start = cursor.map(|cursor| cursor.open(self.keyring.lookup(), &[list])).transpose()?;
        let answer = scan
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .limit(i32::from(limit.max(1)))
            .send()
            .await
            .map_err(|error| StoreError::of_call("Scan", &error))?;
        self.sealed_page(&[list], answer.items, answer.last_evaluated_key)
    }
}

fn audited(province: &str, item: &Item) -> Result<AuditedItem, StoreError> {
    let key = Reader::new(item).key()?;
    if key.sk == keys::HEAD {
        return Loaded::audited(item).map(|head| AuditedItem::Head(Box::new(head)));
    }
    if key.pk == keys::sealed_months_pk(province) {
        return SealedMonth::from_item(item).map(AuditedItem::SealedMonth);
    }
    let (ledger, kind, counts) = rows::counter(item)?;
    Ok(AuditedItem::Counter(ledger, kind, counts))
}
