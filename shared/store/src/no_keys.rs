//! A keyring and signer that hold no key: for whoever reads the tables beside the vault, as an operator does.

use std::collections::BTreeMap;

use donthu_domain::CaseId;
use futures::future::{self, BoxFuture, FutureExt as _};

use crate::aead::SecretBytes;
use crate::digest::Hmac;
use crate::keyring::{DataClass, DataKey, Keyring, KeyringError, PlaintextKey, WrappedKey};
use crate::lookup::{LookupKeys, VersionKeys};
use crate::receipt::KeyVersion;
use crate::signing::{PublicKeys, ReceiptSigner, Signature};

/// Opens nothing, wraps nothing and signs nothing. Its lookup keys are made up: they seal the cursors of this process, and no
/// receipt code of a citizen leads anywhere by them.
#[derive(Debug)]
pub struct NoKeys {
    lookup: LookupKeys,
}

impl NoKeys {
    /// A keyring without keys.
    ///
    /// # Errors
    /// [`KeyringError::Failed`] where the operating system gives no random bytes.
    pub fn new() -> Result<Self, KeyringError> {
        let random = || SecretBytes::random().map_err(|_| KeyringError::Failed);
        let hmac = || random().map(|bytes| Hmac::new(bytes.expose()));
        let made_up = VersionKeys { receipt: hmac()?, pepper: hmac()? };
        let lookup = LookupKeys::new((KeyVersion::FIRST, made_up), BTreeMap::new(), None, hmac()?, random()?);
        Ok(Self { lookup })
    }
}

fn none<'a, T: Send + 'a>(operation: &'static str) -> BoxFuture<'a, Result<T, KeyringError>> {
    future::ready(Err(KeyringError::Refused { operation, code: "NoKeys".to_owned() })).boxed()
}

impl Keyring for NoKeys {
    fn data_key<'a>(&'a self, _: &'a CaseId, _: DataClass) -> BoxFuture<'a, Result<DataKey, KeyringError>> {
        none("GenerateDataKey")
    }

    fn unwrap_data_key<'a>(
        &'a self,
        _: &'a CaseId,
        _: DataClass,
        _: &'a WrappedKey,
    ) -> BoxFuture<'a, Result<PlaintextKey, KeyringError>> {
        none("Decrypt")
    }

    fn rewrap<'a>(
        &'a self,
        _: &'a CaseId,
        _: DataClass,
        _: &'a WrappedKey,
    ) -> BoxFuture<'a, Result<Option<WrappedKey>, KeyringError>> {
        none("ReEncrypt")
    }

    fn lookup(&self) -> &LookupKeys {
        &self.lookup
    }
}

impl ReceiptSigner for NoKeys {
    fn public_keys(&self) -> BoxFuture<'_, Result<PublicKeys, KeyringError>> {
        none("GetPublicKey")
    }

    fn sign<'a>(&'a self, _: &'a [u8]) -> BoxFuture<'a, Result<Signature, KeyringError>> {
        none("Sign")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FixedKeyring;

    #[tokio::test]
    async fn it_opens_wraps_and_signs_nothing() {
        let (keys, case) = (NoKeys::new().unwrap(), CaseId::from("a"));
        let wrapped = FixedKeyring::new(1).data_key(&case, DataClass::Text).await.unwrap().wrapped;
        let refused = |error: KeyringError| assert!(matches!(error, KeyringError::Refused { .. }), "{error}");
        refused(keys.data_key(&case, DataClass::Text).await.unwrap_err());
        refused(keys.unwrap_data_key(&case, DataClass::Text, &wrapped).await.unwrap_err());
        refused(keys.rewrap(&case, DataClass::Text, &wrapped).await.unwrap_err());
        refused(keys.sign(b"x").await.unwrap_err());
        refused(keys.public_keys().await.unwrap_err());
    }
}
