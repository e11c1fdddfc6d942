//! A keyring from a seed.

use std::sync::atomic::{AtomicU64, Ordering};

use donthu_domain::CaseId;
use futures::future::{self, BoxFuture, FutureExt as _};
use jiff::Timestamp;

use crate::aead::SecretBytes;
use crate::digest::{self, Hmac};
use crate::keyring::{DataClass, DataKey, Keyring, KeyringError, LocalKeys, PlaintextKey, WrappedKey};
use crate::lookup::{LookupKeys, VersionKeys};
use crate::receipt::KeyVersion;

/// A keyring whose lookup keys follow from a seed, so that receipt codes are the same in every run. It counts its calls
/// as a key service would bill them.
#[derive(Debug)]
pub struct FixedKeyring {
    keys: LocalKeys,
    calls: AtomicU64,
}

impl FixedKeyring {
    /// A keyring with version 1 alone.
    pub fn new(seed: u64) -> Self {
        Self::with(seed, KeyVersion::FIRST, None)
    }

    /// The same keyring after a rotation from version 1 to version 2.
    pub fn rotated(seed: u64, rotated_at: Timestamp) -> Self {
        Self::with(seed, KeyVersion::SECOND, Some(rotated_at))
    }

    fn with(seed: u64, current: KeyVersion, rotated_at: Option<Timestamp>) -> Self {
        let earlier = [KeyVersion::FIRST].into_iter().filter(|version| *version != current);
        let lookup = LookupKeys::new(
            (current, pair(seed, current)),
            earlier.map(|version| (version, pair(seed, version))).collect(),
            rotated_at,
            hmac(seed, b"body"),
            derived(seed, b"cursor"),
        );
        Self { keys: LocalKeys { master: derived(seed, b"master"), lookup }, calls: AtomicU64::new(0) }
    }

    /// Data keys made and unwrapped so far.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}

impl Keyring for FixedKeyring {
    fn data_key<'a>(&'a self, case: &'a CaseId, class: DataClass) -> BoxFuture<'a, Result<DataKey, KeyringError>> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        future::ready(self.keys.data_key(case, class)).boxed()
    }

    fn unwrap_data_key<'a>(
        &'a self,
        case: &'a CaseId,
        class: DataClass,
        wrapped: &'a WrappedKey,
    ) -> BoxFuture<'a, Result<PlaintextKey, KeyringError>> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        future::ready(self.keys.unwrap(case, class, wrapped)).boxed()
    }

    fn lookup(&self) -> &LookupKeys {
        &self.keys.lookup
    }
}

fn derived(seed: u64, label: &[u8]) -> SecretBytes {
    SecretBytes::new(digest::sha256(b"donthu test keyring", &[&seed.to_be_bytes(), label]))
}

fn hmac(seed: u64, label: &[u8]) -> Hmac {
    Hmac::new(derived(seed, label).expose())
}

fn pair(seed: u64, version: KeyVersion) -> VersionKeys {
    let number = [version.number()];
    VersionKeys {
        receipt: hmac(seed, &[b"receipt".as_slice(), &number].concat()),
        pepper: hmac(seed, &[b"pepper".as_slice(), &number].concat()),
    }
}
