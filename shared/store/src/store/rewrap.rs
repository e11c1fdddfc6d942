//! Wrapping data keys anew after a rotation: rows keep their ciphertext, only the wrapped key beside it changes.

use donthu_domain::CaseId;
use futures::future;

use super::{Store, work};
use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::keyring::{DataClass, KeyringError, WrappedKey};
use crate::keys::{self, Key};
use crate::rows::{self, Item, Reader, SHREDDED_AT, WRAPPED_BY, WRAPPED_KEY};
use crate::vault::VaultError;

/// How many data keys are wrapped anew at once.
const AT_ONCE: usize = 8;

/// Rows whose shared data key cannot be wrapped anew, so that they need somebody's eyes.
#[derive(Debug)]
pub struct NotRewrapped {
    /// The rows; at least one.
    pub rows: Vec<Key>,
    /// Why.
    pub error: StoreError,
}

/// What wrapping anew led to, in rows.
#[derive(Debug, Default)]
pub struct Rewrapped {
    /// Rows whose data key was wrapped anew.
    pub rewrapped: u64,
    /// Rows whose data key was wrapped by the current wrapping key already.
    pub current: u64,
    /// Rows whose data key was destroyed.
    pub shredded: u64,
    /// Rows that somebody else changed meanwhile; left as they are now.
    pub overtaken: u64,
    /// What cannot be wrapped anew.
    pub failed: Vec<NotRewrapped>,
}

impl Rewrapped {
    /// All rows that were looked at.
    pub fn rows(&self) -> u64 {
        self.rewrapped + self.current + self.shredded + self.overtaken + self.failed_rows()
    }

    /// Rows that cannot be wrapped anew.
    pub fn failed_rows(&self) -> u64 {
        self.failed.iter().map(|failed| failed.rows.len() as u64).sum()
    }

    /// Adds what another page led to.
    pub fn add(&mut self, other: Self) {
        self.rewrapped += other.rewrapped;
        self.current += other.current;
        self.shredded += other.shredded;
        self.overtaken += other.overtaken;
        self.failed.extend(other.failed);
    }
}

/// Rows that share a wrapped data key: parts of one class that were written at once.
struct Shared {
    case: CaseId,
    class: DataClass,
    wrapped: WrappedKey,
    rows: Vec<Key>,
}

impl Store {
    /// Wraps the data keys of a case's parts of one class anew by the keyring's current wrapping key. A row is written
    /// only where its wrapped key is still the one that was read.
    ///
    /// # Errors
    /// As [`Store::rewrap`].
    pub async fn rewrap_class(&self, id: &CaseId, class: DataClass) -> Result<Rewrapped, StoreError> {
        let query = self
            .query(&self.tables.vault, keys::PK, &keys::vault_pk(id, class))
            .projection_expression("#pk, #sk, #key, #by, #at")
            .expression_attribute_names("#sk", keys::SK)
            .expression_attribute_names("#key", WRAPPED_KEY)
            .expression_attribute_names("#by", WRAPPED_BY)
            .expression_attribute_names("#at", SHREDDED_AT)
            .consistent_read(true);
        self.rewrap_items(&self.every(query).await?, true).await
    }

    /// The same for a page of the whole vault, and where it goes on. `limit` bounds the rows looked at. Ciphertexts are not
    /// read. What is done stays done, so that a run that was broken off goes on at its last cursor, or starts again and
    /// passes over it.
    ///
    /// # Errors
    /// [`StoreError`] where the table or the keyring cannot be used; the page may be done in part then, and the same call
    /// goes on. What is wrong with one row alone is told in [`Rewrapped::failed`].
    pub async fn rewrap(&self, cursor: Option<&Cursor>, limit: u16) -> Result<(Rewrapped, Option<Cursor>), StoreError> {
        self.rewrap_page(cursor, limit, true).await
    }

    /// Tells what [`Store::rewrap`] would lead to, and writes nothing. The keyring is asked for every key as it would be, so
    /// that what cannot be wrapped anew is found.
    ///
    /// # Errors
    /// As [`Store::rewrap`].
    pub async fn rehearse_rewrap(
        &self,
        cursor: Option<&Cursor>,
        limit: u16,
    ) -> Result<(Rewrapped, Option<Cursor>), StoreError> {
        self.rewrap_page(cursor, limit, false).await
    }

    async fn rewrap_page(
        &self,
        cursor: Option<&Cursor>,
        limit: u16,
        write: bool,
    ) -> Result<(Rewrapped, Option<Cursor>), StoreError> {
        let scan = self
            .client
            .scan()
            .table_name(&self.tables.vault)
            .projection_expression("#pk, #sk, #key, #by, #at")
            .expression_attribute_names("#pk", keys::PK)
            .expression_attribute_names("#sk", keys::SK)
            .expression_attribute_names("#key", WRAPPED_KEY)
            .expression_attribute_names("#by", WRAPPED_BY)
            .expression_attribute_names("#at", SHREDDED_AT);
        let page = self.scan(scan, "rewrap", cursor, limit).await?;
        Ok((self.rewrap_items(&page.items, write).await?, page.next))
    }

    async fn rewrap_items(&self, items: &[Item], write: bool) -> Result<Rewrapped, StoreError> {
        let mut done = Rewrapped::default();
        let mut groups: Vec<Shared> = Vec::new();
        for item in items {
            let key = Reader::new(item).key()?;
            match read(item, &key) {
                Ok(Some((case, class, wrapped))) => {
                    let known = groups
                        .iter_mut()
                        .rev()
                        .find(|group| group.case == case && group.class == class && group.wrapped == wrapped);
                    match known {
                        Some(group) => group.rows.push(key),
                        None => groups.push(Shared { case, class, wrapped, rows: vec![key] }),
                    }
                }
                Ok(None) => done.shredded += 1,
                Err(error) => done.failed.push(NotRewrapped { rows: vec![key], error }),
            }
        }
        for some in groups.chunks(AT_ONCE) {
            for outcome in future::join_all(some.iter().map(|group| self.rewrap_group(group, write))).await {
                done.add(outcome?);
            }
        }
        Ok(done)
    }

    async fn rewrap_group(&self, group: &Shared, write: bool) -> Result<Rewrapped, StoreError> {
        let Shared { case, class, wrapped, rows } = group;
        let mut done = Rewrapped::default();
        let new = match self.keyring().rewrap(case, *class, wrapped).await {
            Ok(Some(new)) => new,
            Ok(None) => {
                done.current += rows.len() as u64;
                return Ok(done);
            }
            Err(error @ (KeyringError::Foreign { .. } | KeyringError::UnknownWrappingKey { .. })) => {
                done.failed.push(NotRewrapped { rows: rows.clone(), error: VaultError::from(error).into() });
                return Ok(done);
            }
            Err(error) => return Err(VaultError::from(error).into()),
        };
        if !write {
            done.rewrapped += rows.len() as u64;
            return Ok(done);
        }
        for key in rows {
            let update = self
                .client
                .update_item()
                .table_name(&self.tables.vault)
                .set_key(Some(rows::keyed(key)))
                .update_expression("SET #key = :new, #by = :by")
                .condition_expression("#key = :old")
                .expression_attribute_names("#key", WRAPPED_KEY)
                .expression_attribute_names("#by", WRAPPED_BY)
                .expression_attribute_values(":new", rows::bytes(&new.bytes))
                .expression_attribute_values(":by", rows::text(new.wrapped_by.as_str()))
                .expression_attribute_values(":old", rows::bytes(&wrapped.bytes));
            if work::met(update).await? {
                done.rewrapped += 1;
            } else {
                done.overtaken += 1;
            }
        }
        Ok(done)
    }
}

/// Whose data key a row holds; `None` where it was destroyed.
fn read(item: &Item, key: &Key) -> Result<Option<(CaseId, DataClass, WrappedKey)>, StoreError> {
    let (case, class) = keys::parse_vault_pk(&key.pk)
        .ok_or_else(|| Reader::new(item).malformed("it is in no partition of the vault"))?;
    Ok(rows::wrapped_key(item)?.map(|wrapped| (case, class, wrapped)))
}
