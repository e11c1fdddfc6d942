//! A keyring from a seed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use donthu_domain::CaseId;
use futures::future::{self, BoxFuture, FutureExt as _};
use jiff::Timestamp;

use crate::aead::SecretBytes;
use crate::digest::{self, Hmac};
use crate::keyring::{DataClass, DataKey, FIRST_MASTER, Keyring, KeyringError, LocalKeys, PlaintextKey, WrappedKey};
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
    /// A keyring with lookup version 1 and master key 1 alone.
    pub fn new(seed: u64) -> Self {
        Self::with(seed, KeyVersion::FIRST, None, FIRST_MASTER)
    }

    /// The same keyring after a rotation of the lookup keys from version 1 to version 2.
    pub fn rotated(seed: u64, rotated_at: Timestamp) -> Self {
        Self::with(seed, KeyVersion::SECOND, Some(rotated_at), FIRST_MASTER)
    }

    /// The same keyring after rotations of the master key: it holds 1 up to this number and wraps by the last.
    pub fn with_master(seed: u64, current: u32) -> Self {
        Self::with(seed, KeyVersion::FIRST, None, current)
    }

    fn with(seed: u64, current: KeyVersion, rotated_at: Option<Timestamp>, master: u32) -> Self {
        let earlier = [KeyVersion::FIRST].into_iter().filter(|version| *version != current);
        let lookup = LookupKeys::new(
            (current, pair(seed, current)),
            earlier.map(|version| (version, pair(seed, version))).collect(),
            rotated_at,
            hmac(seed, b"body"),
            derived(seed, b"cursor"),
        );
        let masters: BTreeMap<_, _> = (FIRST_MASTER..=master)
            .map(|number| (number, derived(seed, &[b"master".as_slice(), &number.to_be_bytes()].concat())))
            .collect();
        Self { keys: LocalKeys { current: master, masters, lookup }, calls: AtomicU64::new(0) }
    }

    /// Data keys made, unwrapped and wrapped anew so far.
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

    fn rewrap<'a>(
        &'a self,
        case: &'a CaseId,
        class: DataClass,
        wrapped: &'a WrappedKey,
    ) -> BoxFuture<'a, Result<Option<WrappedKey>, KeyringError>> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        future::ready(self.keys.rewrap(case, class, wrapped)).boxed()
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
