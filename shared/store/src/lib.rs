//! Makes the domain's decisions durable in DynamoDB: keys, rows, the one transaction, queries by access pattern, and the
//! encryption of what is personal.
//!
//! Three tables, because there are three rules of custody: *cases* (heads, notices, counters, reference), *journal*
//! (append-only, hash-chained) and *vault* (encrypted). A fourth one holds the counts of limits and is the only one whose rows
//! expire. A transition is one `TransactWriteItems`: all of it is written,
//! once, or nothing.

mod aead;
mod commit;
mod crockford;
mod cursor;
mod digest;
mod error;
mod keyfile;
mod keyring;
pub mod keys;
mod kms;
mod lookup;
pub mod merkle;
mod meter;
mod no_keys;
mod private_file;
mod receipt;
mod rows;
pub mod sealing;
pub mod signing;
mod store;
pub mod testing;
pub mod trace;
mod vault;

pub use commit::Retries;
pub use cursor::Cursor;
pub use error::StoreError;
pub use keyfile::FileKeyring;
pub use keyring::{DataClass, DataKey, Keyring, KeyringError, PlaintextKey, WrappedKey, WrappingKey};
pub use kms::{KmsKey, KmsKeyring, NotAKmsKey, seal_lookup};
pub use lookup::{BodyHmac, LookupKeys, PREVIOUS_VERSION_FOR, UnknownKeyVersion};
pub use meter::{Meter, Usage};
pub use no_keys::NoKeys;
pub use receipt::{KeyVersion, ReceiptCode, ReceiptCodeError, case_number, read_case_number};
pub use rows::{
    BrokenChain, DayCounts, JournalBody, JournalEntry, ListedCase, Loaded, NoticeState, SealedMonth, StoredNotice,
    verify_chain,
};
pub use store::{
    AuditedItem, Created, DueItem, EarlierSubmission, NewCase, NotRewrapped, Page, Rewrapped, Sealed, Sought,
    StepError, Stepped, Store, Tables,
};
pub use vault::{MAX_PART_BYTES, SealedPart, VaultError, VaultPart};
