//! Journal and vault: what is only added to, and what is only opened for a reason.

use donthu_domain::CaseId;
use jiff::Timestamp;

use super::{Store, work};
use crate::error::StoreError;
use crate::keyring::DataClass;
use crate::keys;
use crate::rows::{self, JournalEntry, Reader, SHREDDED_AT, WRAPPED_BY, WRAPPED_KEY};
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
    /// [`StoreError::Vault`] where a part was altered, moved or shredded, or the keyring refuses.
    pub async fn vault_parts(&self, id: &CaseId, class: DataClass) -> Result<Vec<VaultPart>, StoreError> {
        let query = self.query(&self.tables.vault, keys::PK, &keys::vault_pk(id, class)).consistent_read(true);
        let sealed: Vec<_> = self.every(query).await?.iter().map(rows::sealed_part).collect::<Result<_, _>>()?;
        Ok(vault::open(self.keyring(), id, class, &sealed).await?)
    }

    /// Destroys the data keys of a case's parts of these classes: from then on nobody can open them, whoever holds the
    /// wrapping key. That the parts existed, and when they were shredded, stays. Gives how many parts were shredded now;
    /// a second call finds none. Parts that are written afterwards have data keys of their own.
    ///
    /// Not undone by anything here. Copies of the table from before (point-in-time recovery keeps 35 days) still have the
    /// wrapped keys until they go out of date.
    ///
    /// # Errors
    /// [`StoreError`] where a read or a write fails; some parts may be shredded then, and the same call goes on.
    pub async fn shred(&self, id: &CaseId, classes: &[DataClass], at: Timestamp) -> Result<u64, StoreError> {
        let mut shredded = 0;
        for class in classes {
            let query = self
                .query(&self.tables.vault, keys::PK, &keys::vault_pk(id, *class))
                .projection_expression("#pk, #sk")
                .expression_attribute_names("#sk", keys::SK)
                .consistent_read(true);
            for item in self.every(query).await? {
                let update = self
                    .client
                    .update_item()
                    .table_name(&self.tables.vault)
                    .set_key(Some(rows::keyed(&Reader::new(&item).key()?)))
                    .update_expression("SET #at = :at REMOVE #key, #by")
                    .condition_expression("attribute_exists(#key)")
                    .expression_attribute_names("#at", SHREDDED_AT)
                    .expression_attribute_names("#key", WRAPPED_KEY)
                    .expression_attribute_names("#by", WRAPPED_BY)
                    .expression_attribute_values(":at", rows::text(at.to_string()));
                shredded += u64::from(work::met(update).await?);
            }
        }
        Ok(shredded)
    }
}
