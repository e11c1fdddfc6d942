//! Sealed parts as items.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use super::{Item, Reader, keyed};
use crate::error::StoreError;
use crate::keyring::WrappedKey;
use crate::keys::{self, Key};
use crate::vault::SealedPart;

const SEALED: &str = "sealed";
const WRAPPED_KEY: &str = "data_key";

pub(crate) fn sealed_item(key: &Key, part: &SealedPart) -> Item {
    let mut item = keyed(key);
    let blob = |bytes: &[u8]| AttributeValue::B(Blob::new(bytes));
    item.insert(SEALED.to_owned(), blob(&part.sealed));
    item.insert(WRAPPED_KEY.to_owned(), blob(&part.wrapped_key.0));
    item
}

pub(crate) fn sealed_part(item: &Item) -> Result<SealedPart, StoreError> {
    let reader = Reader::new(item);
    Ok(SealedPart {
        name: reader.text(keys::SK)?.to_owned(),
        sealed: reader.bytes(SEALED)?.to_vec(),
        wrapped_key: WrappedKey(reader.bytes(WRAPPED_KEY)?.to_vec()),
    })
}
