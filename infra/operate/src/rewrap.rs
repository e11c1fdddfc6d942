//! Wraps the vault's data keys anew.

use clap::{Args, Subcommand};
use donthu_store::{Rewrapped, Store, StoreError};

use crate::connection::{Connection, ConnectionError, Needs};
use crate::exit::Verdict;
use crate::progress;

/// Rows looked at at a time.
const PAGE: u16 = 500;

/// What to do with keys.
#[derive(Debug, Clone, Subcommand)]
pub enum Asked {
    /// Wrap every data key of the vault anew that is not wrapped by the current key; may be broken off and started again
    Rewrap(Rewrap),
}

/// Where the vault is. Its keys are named by DONTHU_KMS_KEY, DONTHU_KMS_EARLIER_KEYS and DONTHU_SEALED_LOOKUP_KEYS, or
/// DONTHU_KEYRING_FILE, as for functions.
#[derive(Debug, Clone, Args)]
pub struct Rewrap {
    /// Ask for every key and count, but write nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    connection: Connection,
}

/// Why keys are not wrapped anew.
#[derive(Debug, thiserror::Error)]
pub enum RewrapError {
    /// The tables or the keys can't be used.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// A read, a write or the key service failed; what is done stays done.
    #[error("{0}; what was wrapped stays so, start again")]
    Store(#[from] StoreError),
}

/// Does what is asked.
///
/// # Errors
/// [`RewrapError`].
pub async fn answer(Asked::Rewrap(asked): &Asked) -> Result<Verdict, RewrapError> {
    let app = asked.connection.open(Needs::Vault).await?;
    let done = progress::show(&app.store, "Wrapping anew", rewrap(&app.store, asked.dry_run)).await?;
    Ok(told(&done, asked.dry_run))
}

/// Goes through the whole vault. With `dry_run` nothing is written.
///
/// # Errors
/// [`StoreError`] where the table or the keyring can't be used; what is done stays done.
pub async fn rewrap(store: &Store, dry_run: bool) -> Result<Rewrapped, StoreError> {
    let (mut done, mut cursor) = (Rewrapped::default(), None);
    loop {
        let (page, next) = if dry_run {
            store.rehearse_rewrap(cursor.as_ref(), PAGE).await?
        } else {
            store.rewrap(cursor.as_ref(), PAGE).await?
        };
        done.add(page);
        cursor = next;
        if cursor.is_none() {
            return Ok(done);
        }
    }
}

/// What wrapping anew led to, in words.
#[must_use]
pub fn told(done: &Rewrapped, dry_run: bool) -> Verdict {
    let mut text = String::new();
    if let Some((failed, row)) = done.failed.first().and_then(|failed| Some((failed, failed.rows.first()?))) {
        text.push_str(&format!(
            "Parts that cannot be wrapped anew: {}; the first is {}: {}.\n",
            done.failed_rows(),
            row.pk,
            failed.error
        ));
    }
    if done.overtaken > 0 {
        text.push_str(&format!("Parts that changed meanwhile: {}; start again.\n", done.overtaken));
    }
    let wrapped = if dry_run { "To be wrapped anew" } else { "Wrapped anew" };
    text.push_str(&format!(
        "{wrapped}: {}; by the current master key already: {}; shredded: {}.\n",
        done.rewrapped, done.current, done.shredded
    ));
    Verdict { text, is_sound: done.failed.is_empty() && done.overtaken == 0 }
}
