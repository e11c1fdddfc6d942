//! Sealed parts as items.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use super::{Item, Reader, keyed};
use crate::error::StoreError;
use crate::keyring::{WrappedKey, WrappingKey};
use crate::keys::{self, Key};
use crate::vault::SealedPart;

const SEALED: &str = "sealed";
/// The wrapped data key; not there once it was destroyed.
pub(crate) const WRAPPED_KEY: &str = "data_key";
/// What the data key was wrapped by. Rows from before there was more than one master key do not say: it was the first.
pub(crate) const WRAPPED_BY: &str = "wrapped_by";
/// When the data key was destroyed.
pub(crate) const SHREDDED_AT: &str = "shredded_at";

pub(crate) fn sealed_item(key: &Key, part: &SealedPart) -> Item {
    let mut item = keyed(key);
    item.insert(SEALED.to_owned(), bytes(&part.sealed));
    if let Some(wrapped) = &part.wrapped_key {
        item.insert(WRAPPED_KEY.to_owned(), bytes(&wrapped.bytes));
        item.insert(WRAPPED_BY.to_owned(), super::text(wrapped.wrapped_by.as_str()));
    }
    item
}

pub(crate) fn sealed_part(item: &Item) -> Result<SealedPart, StoreError> {
    let reader = Reader::new(item);
    Ok(SealedPart {
        name: reader.text(keys::SK)?.to_owned(),
        sealed: reader.bytes(SEALED)?.to_vec(),
        wrapped_key: wrapped_key(item)?,
    })
}

/// The wrapped data key of a row, which may lack everything else but its key; `None` where it was destroyed.
pub(crate) fn wrapped_key(item: &Item) -> Result<Option<WrappedKey>, StoreError> {
    let reader = Reader::new(item);
    if !item.contains_key(WRAPPED_KEY) && reader.optional_text(SHREDDED_AT).is_some() {
        return Ok(None);
    }
    let bytes = reader.bytes(WRAPPED_KEY)?.to_vec();
    let wrapped_by = reader.optional_text(WRAPPED_BY).map_or_else(WrappingKey::first, WrappingKey::new);
    Ok(Some(WrappedKey { wrapped_by, bytes }))
}

pub(crate) fn bytes(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}
