//! The signed receipt of a case, kept so that its citizen can be given the very same text again.

use donthu_domain::CaseId;

use super::{Item, Reader, keyed, text};
use crate::error::StoreError;
use crate::keys;
use crate::signing::SignedReceipt;

const SIGNED: &str = "signed";

pub(crate) fn receipt_item(case: &CaseId, receipt: &SignedReceipt) -> Item {
    let mut item = keyed(&keys::receipt(case));
    item.insert(SIGNED.to_owned(), text(receipt.as_str()));
    item
}

pub(crate) fn receipt_from_item(item: &Item) -> Result<SignedReceipt, StoreError> {
    Reader::new(item).text(SIGNED).map(SignedReceipt::new)
}
