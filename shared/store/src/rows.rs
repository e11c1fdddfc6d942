//! Items of the tables ↔ what they mean. Names of attributes stand here and in no other place.

mod counter;
mod head;
mod journal;
mod month;
mod notice;
mod receipt;
mod root;
mod vault;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use donthu_domain::CaseId;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use counter::DayCounts;
pub use head::{ListedCase, Loaded};
pub use journal::{BrokenChain, JournalBody, JournalEntry, verify_chain};
pub use month::SealedMonth;
pub use notice::{NoticeState, StoredNotice};

pub(crate) use counter::{add_to, counter, merge};
pub(crate) use head::{CASE_NUMBER, LISTED, NewHead, VERSION};
pub(crate) use journal::{MARK, MARKED, NewEntry};
pub(crate) use notice::{DUE_KEYS, MESSAGE_ID, PENDING, SENT, SETTLED_AT, STATE, SUPERSEDED, TRACE, new_notice};
pub(crate) use receipt::{receipt_from_item, receipt_item};
pub(crate) use root::{LeafPage, LeafTop, leaf_entries, leaf_entries_item, root_from_item, root_item};
pub(crate) use vault::{SHREDDED_AT, WRAPPED_BY, WRAPPED_KEY, bytes, sealed_item, sealed_part, wrapped_key};

use crate::error::StoreError;
use crate::keys::{self, Key};

/// An item as the SDK has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Content of reference rows and sealed months.
pub(crate) const ROW: &str = "row";

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// An item with its key and nothing else.
pub(crate) fn keyed(key: &Key) -> Item {
    [(keys::PK.to_owned(), text(&key.pk)), (keys::SK.to_owned(), text(&key.sk))].into()
}

pub(crate) fn to_value<T: Serialize>(what: &'static str, value: &T) -> Result<AttributeValue, StoreError> {
    serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value)
        .map_err(|error| StoreError::Unwritable { what, reason: error.to_string() })
}

/// Reads attributes of one item and names the item where something is amiss.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    item: &'a Item,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(item: &'a Item) -> Self {
        Self { item }
    }

    pub(crate) fn key(self) -> Result<Key, StoreError> {
        Ok(Key { pk: self.text(keys::PK)?.to_owned(), sk: self.text(keys::SK)?.to_owned() })
    }

    /// The case in whose partition the item stands.
    pub(crate) fn case(self) -> Result<CaseId, StoreError> {
        keys::case_of_pk(self.text(keys::PK)?).ok_or_else(|| self.malformed("it is not in a case's partition"))
    }

    pub(crate) fn text(self, name: &str) -> Result<&'a str, StoreError> {
        self.optional_text(name).ok_or_else(|| self.malformed(&format!("{name} is missing or no text")))
    }

    pub(crate) fn optional_text(self, name: &str) -> Option<&'a str> {
        self.item.get(name)?.as_s().ok().map(String::as_str)
    }

    pub(crate) fn bytes(self, name: &str) -> Result<&'a [u8], StoreError> {
        let blob = self.item.get(name).and_then(|value| value.as_b().ok());
        blob.map(AsRef::as_ref).ok_or_else(|| self.malformed(&format!("{name} is missing or no bytes")))
    }

    pub(crate) fn parsed<T: std::str::FromStr>(self, name: &str) -> Result<T, StoreError> {
        let value = self.item.get(name);
        let text = value.and_then(|value| value.as_s().or_else(|_| value.as_n()).ok());
        text.and_then(|text| text.parse().ok())
            .ok_or_else(|| self.malformed(&format!("{name} is missing or cannot be read")))
    }

    pub(crate) fn optional<T: std::str::FromStr>(self, name: &str) -> Result<Option<T>, StoreError> {
        if self.item.contains_key(name) { self.parsed(name).map(Some) } else { Ok(None) }
    }

    pub(crate) fn value<T: DeserializeOwned>(self, name: &str) -> Result<T, StoreError> {
        let value = self.item.get(name).cloned().ok_or_else(|| self.malformed(&format!("{name} is missing")))?;
        serde_dynamo::aws_sdk_dynamodb_1::from_attribute_value(value)
            .map_err(|_| self.malformed(&format!("{name} is not of its type")))
    }

    pub(crate) fn malformed(self, reason: &str) -> StoreError {
        let part = |name| self.optional_text(name).unwrap_or("?").to_owned();
        StoreError::Malformed { pk: part(keys::PK), sk: part(keys::SK), reason: reason.to_owned() }
    }
}

/// The size of an item as DynamoDB counts it (names and values in bytes, 3 bytes and one for each element of a map or
/// list, a number about half its digits): for limits, so rather a byte too much.
pub(crate) fn item_bytes(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value_bytes(value)).sum()
}

fn value_bytes(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len() / 2 + 2,
        AttributeValue::B(blob) => blob.as_ref().len(),
        AttributeValue::L(list) => 3 + list.iter().map(|value| 1 + value_bytes(value)).sum::<usize>(),
        AttributeValue::M(map) => {
            3 + map.iter().map(|(name, value)| 1 + name.len() + value_bytes(value)).sum::<usize>()
        }
        AttributeValue::Ss(texts) => texts.iter().map(|text| 1 + text.len()).sum(),
        AttributeValue::Ns(numbers) => numbers.iter().map(|digits| 3 + digits.len() / 2).sum(),
        AttributeValue::Bs(blobs) => blobs.iter().map(|blob| 1 + blob.as_ref().len()).sum(),
        _ => 1,
    }
}
