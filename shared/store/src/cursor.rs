//! Opaque cursors: where a list goes on, sealed and bound to its list, so that no caller reads or makes up keys.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::aead;
use crate::digest;
use crate::error::StoreError;
use crate::lookup::LookupKeys;
use crate::rows::Item;

/// Where a list goes on. Opaque; good only for the list that gave it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    /// Takes a cursor as a client sends it back; whether it is one, the list finds out.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text for a client.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Seals DynamoDB's last evaluated key for a list.
    pub(crate) fn seal(keys: &LookupKeys, list: &[&str], last: &Item) -> Result<Self, StoreError> {
        let unwritable = |reason: &str| StoreError::Unwritable { what: "a cursor", reason: reason.to_owned() };
        let texts: BTreeMap<&str, &str> =
            last.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_s().ok()?.as_str()))).collect();
        let json = serde_json::to_vec(&texts).map_err(|_| unwritable("not JSON"))?;
        let sealed = aead::seal(keys.cursor_key(), &bound(list), &json).map_err(|_| unwritable("not sealed"))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// The key at which the list goes on.
    pub(crate) fn open(&self, keys: &LookupKeys, list: &[&str]) -> Result<Item, StoreError> {
        let sealed = URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| StoreError::ForeignCursor)?;
        let json = aead::open(keys.cursor_key(), &bound(list), &sealed).map_err(|_| StoreError::ForeignCursor)?;
        let texts: BTreeMap<String, String> = serde_json::from_slice(&json).map_err(|_| StoreError::ForeignCursor)?;
        Ok(texts.into_iter().map(|(name, value)| (name, AttributeValue::S(value))).collect())
    }
}

fn bound(list: &[&str]) -> Vec<u8> {
    let fields: Vec<&[u8]> = list.iter().map(|field| field.as_bytes()).collect();
    digest::framed(b"donthu cursor", &fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyring::Keyring as _;
    use crate::testing::FixedKeyring;

    #[test]
    fn a_cursor_goes_on_in_its_own_list_only_and_shows_nothing() {
        let keyring = FixedKeyring::new(1);
        let last: Item = [("pk".to_owned(), AttributeValue::S("AG#a#d#open".to_owned()))].into();
        let cursor = Cursor::seal(keyring.lookup(), &["AG#a#d#open"], &last).unwrap();
        let sent = Cursor::from_text(cursor.as_str());
        assert_eq!(sent.open(keyring.lookup(), &["AG#a#d#open"]).unwrap(), last);
        let elsewhere = sent.open(keyring.lookup(), &["AG#b#d#open"]);
        assert!(matches!(elsewhere, Err(StoreError::ForeignCursor)));
        let other_keys = FixedKeyring::new(2);
        assert!(matches!(sent.open(other_keys.lookup(), &["AG#a#d#open"]), Err(StoreError::ForeignCursor)));
        for text in ["", "%", "AAAA", "chuỗi"] {
            let made_up = Cursor::from_text(text).open(keyring.lookup(), &["AG#a#d#open"]);
            assert!(matches!(made_up, Err(StoreError::ForeignCursor)), "{text}");
        }
        assert!(!URL_SAFE_NO_PAD.decode(cursor.as_str()).unwrap().windows(2).any(|pair| pair == b"AG"));
    }
}
