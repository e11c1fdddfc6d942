//! The JSON of the key file, and of its part that derives receipt codes and case ids. Every key is 32 bytes in base64.
//!
//! Format 2 has master keys by number. Format 1 had one master key and no part of its own for the lookup keys; it is
//! still read, and its one master key is number 1.

use std::collections::BTreeMap;

use aws_lc_rs::error::Unspecified;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::aead::SecretBytes;
use crate::digest::Hmac;
use crate::keyring::{FIRST_MASTER, LocalKeys};
use crate::lookup::{LookupKeys, VersionKeys};
use crate::receipt::KeyVersion;

/// The layout that this code writes.
const FORMAT: u32 = 2;

/// What a key file holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contents {
    format: u32,
    master: Masters,
    lookup: Lookup,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Masters {
    current: u32,
    keys: BTreeMap<u32, KeyText>,
}

/// A key in base64, wiped when dropped. Has no `Debug`.
pub(crate) struct KeyText(Zeroizing<String>);

impl Serialize for KeyText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for KeyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

/// The keys that receipt codes, case ids and cursors come from: a part of the key file, and all of what is sealed for
/// functions whose wrapping keys lie in a key service.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lookup {
    body: KeyText,
    cursor: KeyText,
    current: u8,
    rotated_at: Option<Timestamp>,
    versions: BTreeMap<u8, Pair>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    receipt: KeyText,
    pepper: KeyText,
}

/// The first layout.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Format1 {
    // Read before; named here because no other field may stand in the file.
    #[serde(rename = "format")]
    _format: u32,
    master: KeyText,
    body: KeyText,
    cursor: KeyText,
    current: u8,
    rotated_at: Option<Timestamp>,
    versions: BTreeMap<u8, Pair>,
}

#[derive(Deserialize)]
struct FormatAlone {
    format: u32,
}

impl Contents {
    /// Fresh random keys.
    pub(crate) fn fresh() -> Result<Self, Unspecified> {
        let master = Masters { current: FIRST_MASTER, keys: BTreeMap::from([(FIRST_MASTER, fresh_key()?)]) };
        Ok(Self { format: FORMAT, master, lookup: Lookup::fresh()? })
    }

    /// Reads a key file of either format. The error says which rule the text breaks, without quoting it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        // serde's message may quote the text, so it is not passed on.
        const NO_KEY_FILE: &str = "it is not the JSON of a key file";
        let FormatAlone { format } = serde_json::from_str(text).map_err(|_| NO_KEY_FILE)?;
        match format {
            1 => {
                let old: Format1 = serde_json::from_str(text).map_err(|_| NO_KEY_FILE)?;
                let Format1 { master, body, cursor, current, rotated_at, versions, .. } = old;
                let keys = BTreeMap::from([(FIRST_MASTER, master)]);
                let lookup = Lookup { body, cursor, current, rotated_at, versions };
                Ok(Self { format: FORMAT, master: Masters { current: FIRST_MASTER, keys }, lookup })
            }
            FORMAT => serde_json::from_str(text).map_err(|_| NO_KEY_FILE),
            _ => Err("its format is neither 1 nor 2"),
        }
    }

    /// The keys ready for use.
    pub(crate) fn keys(&self) -> Result<LocalKeys, &'static str> {
        let Masters { current, keys } = &self.master;
        let masters: BTreeMap<u32, SecretBytes> =
            keys.iter().map(|(number, key)| Ok((*number, secret(key)?))).collect::<Result<_, &'static str>>()?;
        if !masters.contains_key(current) {
            return Err("the current master key is not there");
        }
        Ok(LocalKeys { current: *current, masters, lookup: self.lookup.keys()? })
    }

    /// Adds a fresh master key and makes it the current one; the earlier ones stay. Gives its number.
    pub(crate) fn rotate_master(&mut self) -> Result<u32, Unspecified> {
        let newest = self.master.keys.last_key_value().map_or(self.master.current, |(number, _)| *number);
        let number = newest.checked_add(1).ok_or(Unspecified)?;
        self.master.keys.insert(number, fresh_key()?);
        self.master.current = number;
        Ok(number)
    }

    pub(crate) fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    /// The text of the file.
    pub(crate) fn json(&self) -> Result<Zeroizing<String>, Unspecified> {
        serde_json::to_string_pretty(self).map(Zeroizing::new).map_err(|_| Unspecified)
    }
}

impl Lookup {
    /// Fresh random keys of version 1.
    pub(crate) fn fresh() -> Result<Self, Unspecified> {
        let pair = Pair { receipt: fresh_key()?, pepper: fresh_key()? };
        Ok(Self {
            body: fresh_key()?,
            cursor: fresh_key()?,
            current: KeyVersion::FIRST.number(),
            rotated_at: None,
            versions: BTreeMap::from([(KeyVersion::FIRST.number(), pair)]),
        })
    }

    /// Reads the lookup keys alone.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, &'static str> {
        serde_json::from_slice(text).map_err(|_| "they are not the JSON of lookup keys")
    }

    /// The keys ready for use.
    pub(crate) fn keys(&self) -> Result<LookupKeys, &'static str> {
        let mut versions = BTreeMap::new();
        for (number, pair) in &self.versions {
            let version = KeyVersion::new(*number).ok_or("a version is above 31")?;
            let keys = VersionKeys { receipt: hmac(&pair.receipt)?, pepper: hmac(&pair.pepper)? };
            versions.insert(version, keys);
        }
        let current = KeyVersion::new(self.current).ok_or("the current version is above 31")?;
        let current_keys = versions.remove(&current).ok_or("the current version has no keys")?;
        let (body, cursor) = (hmac(&self.body)?, secret(&self.cursor)?);
        Ok(LookupKeys::new((current, current_keys), versions, self.rotated_at, body, cursor))
    }

    /// The text to be sealed, without spaces: a key service encrypts 4,096 bytes at once.
    pub(crate) fn json(&self) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
        serde_json::to_vec(self).map(Zeroizing::new).map_err(|_| Unspecified)
    }
}

/// The 32 bytes of a key. The error says which rule the text breaks, without quoting it.
pub(crate) fn secret(KeyText(text): &KeyText) -> Result<SecretBytes, &'static str> {
    let bytes = Zeroizing::new(STANDARD.decode(text.as_str()).map_err(|_| "a key is not base64")?);
    SecretBytes::from_slice(&bytes).ok_or("a key does not have 32 bytes")
}

fn hmac(text: &KeyText) -> Result<Hmac, &'static str> {
    secret(text).map(|key| Hmac::new(key.expose()))
}

pub(crate) fn fresh_key() -> Result<KeyText, Unspecified> {
    SecretBytes::random().map(|bytes| KeyText(Zeroizing::new(STANDARD.encode(bytes.expose()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookup_keys_of_every_version_that_a_receipt_can_name_fit_what_kms_encrypts_at_once() {
        let mut lookup = Lookup::fresh().unwrap();
        lookup.rotated_at = Some("2026-11-24T08:00:00.123456789Z".parse().unwrap());
        lookup.current = 31;
        for version in 0..=31 {
            let pair = Pair { receipt: fresh_key().unwrap(), pepper: fresh_key().unwrap() };
            lookup.versions.insert(version, pair);
        }
        let text = lookup.json().unwrap();
        assert!(text.len() <= 4096, "{} bytes", text.len());
        let read = Lookup::parse(&text).unwrap().keys().unwrap();
        assert_eq!(read.current().number(), 31);
    }
}
