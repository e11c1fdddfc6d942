//! Journal and vault: what is only added to, and what is only opened for a reason.

use donthu_domain::CaseId;

use super::Store;
use crate::error::StoreError;
use crate::keyring::DataClass;
use crate::keys;
use crate::rows::{self, JournalEntry};
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
}
