//! Journal and vault: what is only added to, and what is only opened for a reason.

use donthu_domain::CaseId;

use super::{Page, Store};
use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::keyring::DataClass;
use crate::keys;
use crate::rows::{self, Item, JournalEntry, Loaded};
use crate::vault::{self, VaultPart};

impl Store {
    /// Every journal entry of a case, oldest first, read consistently.
    ///
    /// # Errors
    /// [`StoreError`] where the query fails or an entry is malformed.
    pub async fn journal(&self, id: &CaseId) -> Result<Vec<JournalEntry>, StoreError> {
        let query = self.query(&self.tables.journal, keys::PK, &keys::case_pk(id)).consistent_read(true);
        self.every(query).await?.iter().map(JournalEntry::from_item).collect()
    }

    pub(super) async fn journal_entry(&self, id: &CaseId, version: u64) -> Result<Option<JournalEntry>, StoreError> {
        let item = self.get(&self.tables.journal, &keys::journal(id, version)).await?;
        item.map(|item| JournalEntry::from_item(&item)).transpose()
    }

    /// A case's parts of one class in the clear. The caller answers for who reads them and why.
    ///
    /// # Errors
    /// [`StoreError::Vault`] where a part was altered or moved, or the keyring refuses.
    pub async fn vault_parts(&self, id: &CaseId, class: DataClass) -> Result<Vec<VaultPart>, StoreError> {
        let query = self.query(&self.tables.vault, keys::PK, &keys::vault_pk(id, class)).consistent_read(true);
        let sealed: Vec<_> = self.every(query).await?.iter().map(rows::sealed_part).collect::<Result<_, _>>()?;
        Ok(vault::open(self.keyring(), id, class, &sealed).await?)
    }

    /// A page of the whole journal, for audit. Entries of one case stand together and in order. A malformed entry is
    /// an error in its own place, so that it cannot hide the others.
    ///
    /// # Errors
    /// [`StoreError`] where the scan fails.
    pub async fn scan_journal(
        &self,
        cursor: Option<&Cursor>,
        limit: u16,
    ) -> Result<Page<Result<JournalEntry, StoreError>>, StoreError> {
        let page = self.scan(&self.tables.journal, "scan_journal", cursor, limit, None).await?;
        Ok(Page { items: page.items.iter().map(JournalEntry::from_item).collect(), next: page.next })
    }

    /// A page of all case heads, for audit. `limit` bounds the items looked at, so that a page may hold fewer heads, or
    /// none, and still have a next one.
    ///
    /// # Errors
    /// [`StoreError`] where the scan fails.
    pub async fn scan_heads(
        &self,
        cursor: Option<&Cursor>,
        limit: u16,
    ) -> Result<Page<Result<Loaded, StoreError>>, StoreError> {
        let page = self.scan(&self.tables.cases, "scan_heads", cursor, limit, Some(keys::HEAD)).await?;
        Ok(Page { items: page.items.iter().map(Loaded::from_item).collect(), next: page.next })
    }

    async fn scan(
        &self,
        table: &str,
        list: &str,
        cursor: Option<&Cursor>,
        limit: u16,
        sk: Option<&str>,
    ) -> Result<Page<Item>, StoreError> {
        let start = cursor.map(|cursor| cursor.open(self.keyring.lookup(), &[list])).transpose()?;
        let mut scan = self
            .client
            .scan()
            .table_name(table)
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .limit(i32::from(limit.max(1)));
        if let Some(sk) = sk {
            scan = scan
                .filter_expression("#sk = :sk")
                .expression_attribute_names("#sk", keys::SK)
                .expression_attribute_values(":sk", rows::text(sk));
        }
        let answer = scan.send().await.map_err(|error| StoreError::of_call("Scan", &error))?;
        self.sealed_page(&[list], answer.items, answer.last_evaluated_key)
    }
}
