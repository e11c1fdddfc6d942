//! The keys from which receipt codes and case ids are derived, in versions, and what else is looked up by HMAC.

use std::collections::BTreeMap;

use donthu_domain::{CaseId, CommandId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::aead::SecretBytes;
use crate::digest::{self, Hmac};
use crate::merkle::Hash;
use crate::receipt::{KeyVersion, ReceiptCode};

/// How long after a rotation a submission still looks for a case made under the version before: a client that got no
/// answer to its first attempt must find that case, not make a second one.
pub const PREVIOUS_VERSION_FOR: SignedDuration = SignedDuration::from_hours(48);

/// A code or a rotation names a key version that the keyring does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the keyring holds no lookup keys of version {}", .0.number())]
pub struct UnknownKeyVersion(pub KeyVersion);

/// One version's pair: neither is retired while a case made under it lives.
#[derive(Debug, Clone)]
pub(crate) struct VersionKeys {
    pub(crate) receipt: Hmac,
    pub(crate) pepper: Hmac,
}

/// Keys for deriving receipt codes and case ids, for comparing submissions and for sealing cursors.
#[derive(Debug, Clone)]
pub struct LookupKeys {
    current: KeyVersion,
    current_keys: VersionKeys,
    earlier: BTreeMap<KeyVersion, VersionKeys>,
    rotated_at: Option<Timestamp>,
    body: Hmac,
    cursor: SecretBytes,
}

/// HMAC of a submission's body, kept in the case head to tell a repeated submission from another one under the same
/// idempotency key. 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyHmac(String);

impl BodyHmac {
    pub(crate) fn from_stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The hexadecimal text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl LookupKeys {
    pub(crate) fn new(
        (current, current_keys): (KeyVersion, VersionKeys),
        earlier: BTreeMap<KeyVersion, VersionKeys>,
        rotated_at: Option<Timestamp>,
        body: Hmac,
        cursor: SecretBytes,
    ) -> Self {
        Self { current, current_keys, earlier, rotated_at, body, cursor }
    }

    /// The version under which new cases are made.
    pub fn current(&self) -> KeyVersion {
        self.current
    }

    /// The version in use before, for 48 hours after the rotation: a submission looks for its case under this one
    /// before it creates one. `None` where there was no rotation or it is longer ago.
    pub fn previous_at(&self, now: Timestamp) -> Option<KeyVersion> {
        let rotated_at = self.rotated_at?;
        if now.duration_since(rotated_at) >= PREVIOUS_VERSION_FOR {
            return None;
        }
        self.earlier.range(..self.current).next_back().map(|(version, _)| *version)
    }

    /// The receipt code of an idempotency key under a version: the same key always gives the same code.
    ///
    /// # Errors
    /// [`UnknownKeyVersion`] where the keyring does not hold the version.
    pub fn receipt(&self, version: KeyVersion, idempotency_key: Uuid) -> Result<ReceiptCode, UnknownKeyVersion> {
        Ok(ReceiptCode::derive(version, &self.keys(version)?.receipt, idempotency_key))
    }

    /// The case that a receipt code opens. Whether there is such a case only the table knows.
    ///
    /// # Errors
    /// [`UnknownKeyVersion`] where the code names a version that never was: to its holder an unknown code.
    pub fn case_id(&self, receipt: &ReceiptCode) -> Result<CaseId, UnknownKeyVersion> {
        Ok(receipt.case_id(&self.keys(receipt.version())?.pepper))
    }

    /// The id of a case that a command opens beside its own: it says nothing of the parent to whoever finds it.
    pub fn child_id(&self, parent: &CaseId, command: &CommandId, index: usize) -> CaseId {
        let index = index.to_string();
        let fields = [parent.as_str().as_bytes(), command.as_str().as_bytes(), index.as_bytes()];
        let tag = digest::hex(&self.current_keys.pepper.tag(b"donthu child", &fields));
        CaseId::new(tag.get(..32).unwrap_or_default())
    }

    /// The salt of what was submitted under a receipt code: whoever has the code can be told it again, nobody else.
    ///
    /// # Errors
    /// [`UnknownKeyVersion`] where the code names a version that never was.
    pub fn content_salt(&self, receipt: &ReceiptCode) -> Result<Hash, UnknownKeyVersion> {
        Ok(receipt.content_salt(&self.keys(receipt.version())?.pepper))
    }

    /// The HMAC of a submission's body, byte for byte: the same form sent again with other spacing or another order of
    /// fields is another body.
    pub fn body_hmac(&self, body: &[u8]) -> BodyHmac {
        BodyHmac(digest::hex(&self.body.tag(b"donthu submission", &[body])))
    }

    /// The digest under which the uses of a limit are counted: of an address or a case on one day, it leads back to neither and
    /// not to the same one of another day. 32 lower-case hexadecimal digits.
    pub fn limit_digest(&self, limit: &str, whose: &[u8], day: Date) -> String {
        let day = day.to_string();
        let tag = digest::hex(&self.body.tag(b"donthu limit", &[limit.as_bytes(), whose, day.as_bytes()]));
        tag.get(..32).unwrap_or_default().to_owned()
    }

    /// For which submission a proof of work is made. 64 lower-case hexadecimal digits; the idempotency key is not found from them.
    pub fn work_for(&self, idempotency_key: Uuid) -> String {
        digest::hex(&self.body.tag(b"donthu work for", &[idempotency_key.as_bytes()]))
    }

    /// The secret that signs challenges of proofs of work.
    pub fn work_secret(&self) -> String {
        digest::hex(&self.body.tag(b"donthu work secret", &[]))
    }

    fn keys(&self, version: KeyVersion) -> Result<&VersionKeys, UnknownKeyVersion> {
        if version == self.current {
            return Ok(&self.current_keys);
        }
        self.earlier.get(&version).ok_or(UnknownKeyVersion(version))
    }

    pub(crate) fn cursor_key(&self) -> &SecretBytes {
        &self.cursor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: u8) -> KeyVersion {
        KeyVersion::new(number).unwrap()
    }

    fn keys(numbers: &[u8], rotated_at: Option<&str>) -> LookupKeys {
        let pair =
            |number: u8| VersionKeys { receipt: Hmac::new(&[number; 32]), pepper: Hmac::new(&[number + 100; 32]) };
        let (current, earlier) = numbers.split_last().unwrap();
        LookupKeys::new(
            (version(*current), pair(*current)),
            earlier.iter().map(|number| (version(*number), pair(*number))).collect(),
            rotated_at.map(|text| text.parse().unwrap()),
            Hmac::new(&[9; 32]),
            SecretBytes::new([8; 32]),
        )
    }

    #[test]
    fn one_idempotency_key_always_gives_one_code_and_one_case() {
        let keys = keys(&[1], None);
        let idempotency_key = Uuid::from_u128(7);
        let code = keys.receipt(version(1), idempotency_key).unwrap();
        assert_eq!(code, keys.receipt(version(1), idempotency_key).unwrap());
        let case = keys.case_id(&code).unwrap();
        assert_eq!(case.as_str().len(), 32);
        assert_eq!(case, keys.case_id(&ReceiptCode::parse(&code.expose()).unwrap()).unwrap());
        assert_ne!(code, keys.receipt(version(1), Uuid::from_u128(8)).unwrap());
    }

    #[test]
    fn a_salt_follows_from_the_code_and_is_not_the_cases_id() {
        let keys = keys(&[1], None);
        let code = |number| keys.receipt(version(1), Uuid::from_u128(number)).unwrap();
        let salt = |number| keys.content_salt(&code(number)).unwrap().to_string();
        assert_eq!(salt(7), salt(7));
        assert_ne!(salt(7), salt(8));
        assert!(!salt(7).starts_with(keys.case_id(&code(7)).unwrap().as_str()));
    }

    #[test]
    fn codes_from_before_a_rotation_still_open_their_cases() {
        let before = keys(&[1], None);
        let after = keys(&[1, 2], Some("2026-01-01T00:00:00Z"));
        let code = before.receipt(version(1), Uuid::from_u128(7)).unwrap();
        assert_eq!(before.case_id(&code), after.case_id(&code));
        let new_code = after.receipt(after.current(), Uuid::from_u128(7)).unwrap();
        assert_ne!(after.case_id(&code), after.case_id(&new_code));
        assert_eq!(before.case_id(&new_code), Err(UnknownKeyVersion(version(2))));
    }

    #[test]
    fn the_previous_version_is_tried_for_48_hours_after_a_rotation() {
        let keys = keys(&[1, 3], Some("2026-01-01T00:00:00Z"));
        let at = |text: &str| keys.previous_at(text.parse().unwrap());
        assert_eq!(at("2026-01-01T00:00:00Z"), Some(version(1)));
        assert_eq!(at("2026-01-02T23:59:59Z"), Some(version(1)));
        assert_eq!(at("2026-01-03T00:00:00Z"), None);
    }

    #[test]
    fn without_a_rotation_no_previous_version_is_tried() {
        assert_eq!(keys(&[1], None).previous_at(Timestamp::UNIX_EPOCH), None);
    }
}
