//! The keyring on AWS: data keys made and unwrapped by KMS, lookup keys sealed by it.
//!
//! Wrapping keys never leave KMS. What a caller may do is decided there, by key and encryption context: {case, class} for
//! data keys, {purpose: lookup} for the lookup keys. KMS writes contexts into its trail of calls; a case id names nobody.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use aws_sdk_kms::Client;
use aws_sdk_kms::config::Builder;
use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::config::timeout::TimeoutConfig;
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use donthu_domain::CaseId;
use futures::future::{BoxFuture, FutureExt as _};
use zeroize::Zeroizing;

use crate::keyfile::{self, Lookup};
use crate::keyring::{DataClass, DataKey, Keyring, KeyringError, PlaintextKey, WrappedKey, WrappingKey};
use crate::lookup::LookupKeys;

/// The most that one attempt of a call may take: a data key is made in some ten milliseconds, and a request that needs
/// one for each of three classes must stay within its function's time.
const ATTEMPT: Duration = Duration::from_secs(2);
const ATTEMPTS: u32 = 3;

/// A KMS key by its id or ARN.
///
/// Not by an alias: an alias may be moved to another key, and what was wrapped before would no longer say by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KmsKey(String);

/// A text is neither the id nor the ARN of a KMS key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither the id nor the ARN of a KMS key (an alias will not do)")]
pub struct NotAKmsKey;

impl KmsKey {
    /// Reads a key's id (`1234abcd-…`, `mrk-…`) or ARN (`arn:aws:kms:…:key/1234abcd-…`). Whether there is such a key only
    /// KMS knows.
    ///
    /// # Errors
    /// [`NotAKmsKey`] for anything else.
    pub fn new(text: &str) -> Result<Self, NotAKmsKey> {
        let key = Self(text.to_owned());
        let is_id = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let named = text.starts_with("arn:") == text.contains(":key/");
        if named && is_id(key.id()) { Ok(key) } else { Err(NotAKmsKey) }
    }

    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id alone: what stands beside each data key.
    fn id(&self) -> &str {
        self.0.rsplit_once(":key/").map_or(&self.0, |(_, id)| id)
    }
}

/// A keyring whose wrapping keys lie in KMS.
///
/// KMS rotates a key's material by itself and goes on decrypting what earlier material encrypted; nothing has to be
/// wrapped anew for that. Earlier keys are for a move to another key: they unwrap what they wrapped until all of it has
/// been wrapped anew.
#[derive(Debug)]
pub struct KmsKeyring {
    client: Client,
    current: KmsKey,
    earlier: Vec<KmsKey>,
    lookup: LookupKeys,
}

impl KmsKeyring {
    /// A keyring that wraps by `current` and unwraps by `earlier` keys too. Opens the sealed lookup keys: one call.
    /// Timeouts and retries are the keyring's own.
    ///
    /// # Errors
    /// [`KeyringError::SealedLookup`] where these are no lookup keys sealed by one of the keys;
    /// [`KeyringError::Unavailable`] or [`KeyringError::Refused`] where KMS does not open them.
    pub async fn open(
        config: Builder,
        current: KmsKey,
        earlier: Vec<KmsKey>,
        sealed_lookup: &[u8],
    ) -> Result<Self, KeyringError> {
        let client = client(config);
        let mut opened = Err(NOT_SEALED_FOR_LOOKUP);
        for key in std::iter::once(&current).chain(&earlier) {
            opened = open_lookup(&client, key, sealed_lookup).await;
            // Sealed by another of the keys, perhaps.
            if !matches!(opened, Err(KeyringError::SealedLookup { .. })) {
                break;
            }
        }
        Ok(Self { client, current, earlier, lookup: opened? })
    }

    async fn generate(&self, case: &CaseId, class: DataClass) -> Result<DataKey, KeyringError> {
        const OPERATION: &str = "GenerateDataKey";
        let made = self
            .client
            .generate_data_key()
            .key_id(self.current.as_str())
            .key_spec(DataKeySpec::Aes256)
            .set_encryption_context(Some(context(case, class)))
            .send()
            .await
            .map_err(|error| of_call(OPERATION, &error, KeyringError::Foreign { class }))?;
        let (Some(plaintext), Some(ciphertext)) = (made.plaintext, made.ciphertext_blob) else {
            return Err(incomplete(OPERATION));
        };
        let plaintext = Zeroizing::new(plaintext.into_inner());
        let plaintext = PlaintextKey::from_bytes(&plaintext).ok_or_else(|| incomplete(OPERATION))?;
        Ok(DataKey { plaintext, wrapped: self.wrapped(ciphertext) })
    }

    async fn decrypt(
        &self,
        case: &CaseId,
        class: DataClass,
        wrapped: &WrappedKey,
    ) -> Result<PlaintextKey, KeyringError> {
        const OPERATION: &str = "Decrypt";
        let opened = self
            .client
            .decrypt()
            // Named, so that nobody can put a data key under a key of their own in its place.
            .key_id(self.named(class, &wrapped.wrapped_by)?.as_str())
            .set_encryption_context(Some(context(case, class)))
            .ciphertext_blob(Blob::new(wrapped.bytes.as_slice()))
            .send()
            .await
            .map_err(|error| of_call(OPERATION, &error, KeyringError::Foreign { class }))?;
        let plaintext = Zeroizing::new(opened.plaintext.ok_or_else(|| incomplete(OPERATION))?.into_inner());
        PlaintextKey::from_bytes(&plaintext).ok_or(KeyringError::Foreign { class })
    }

    async fn re_encrypt(
        &self,
        case: &CaseId,
        class: DataClass,
        wrapped: &WrappedKey,
    ) -> Result<Option<WrappedKey>, KeyringError> {
        const OPERATION: &str = "ReEncrypt";
        if wrapped.wrapped_by.as_str() == self.current.id() {
            return Ok(None);
        }
        // Within KMS: the data key is never here in the clear.
        let moved = self
            .client
            .re_encrypt()
            .source_key_id(self.named(class, &wrapped.wrapped_by)?.as_str())
            .set_source_encryption_context(Some(context(case, class)))
            .ciphertext_blob(Blob::new(wrapped.bytes.as_slice()))
            .destination_key_id(self.current.as_str())
            .set_destination_encryption_context(Some(context(case, class)))
            .send()
            .await
            .map_err(|error| of_call(OPERATION, &error, KeyringError::Foreign { class }))?;
        let ciphertext = moved.ciphertext_blob.ok_or_else(|| incomplete(OPERATION))?;
        Ok(Some(self.wrapped(ciphertext)))
    }

    /// The key of the keyring that a data key says it was wrapped by.
    fn named(&self, class: DataClass, wrapped_by: &WrappingKey) -> Result<&KmsKey, KeyringError> {
        let mut known = std::iter::once(&self.current).chain(&self.earlier);
        known
            .find(|key| key.id() == wrapped_by.as_str())
            .ok_or_else(|| KeyringError::UnknownWrappingKey { class, wrapped_by: wrapped_by.clone() })
    }

    fn wrapped(&self, ciphertext: Blob) -> WrappedKey {
        WrappedKey { wrapped_by: WrappingKey::new(self.current.id()), bytes: ciphertext.into_inner() }
    }
}

impl Keyring for KmsKeyring {
    fn data_key<'a>(&'a self, case: &'a CaseId, class: DataClass) -> BoxFuture<'a, Result<DataKey, KeyringError>> {
        self.generate(case, class).boxed()
    }

    fn unwrap_data_key<'a>(
        &'a self,
        case: &'a CaseId,
        class: DataClass,
        wrapped: &'a WrappedKey,
    ) -> BoxFuture<'a, Result<PlaintextKey, KeyringError>> {
        self.decrypt(case, class, wrapped).boxed()
    }

    fn rewrap<'a>(
        &'a self,
        case: &'a CaseId,
        class: DataClass,
        wrapped: &'a WrappedKey,
    ) -> BoxFuture<'a, Result<Option<WrappedKey>, KeyringError>> {
        self.re_encrypt(case, class, wrapped).boxed()
    }

    fn lookup(&self) -> &LookupKeys {
        &self.lookup
    }
}

/// Seals lookup keys by a KMS key, for [`KmsKeyring::open`]: those of a key file that its owner alone may read, so that
/// its receipt codes go on opening their cases, or fresh ones. One call.
///
/// # Errors
/// [`KeyringError`] where the file cannot be used, or KMS does not seal.
pub async fn seal_lookup(config: Builder, key: &KmsKey, key_file: Option<&Path>) -> Result<Vec<u8>, KeyringError> {
    const OPERATION: &str = "Encrypt";
    let text = match key_file {
        Some(path) => {
            let contents = keyfile::read_private(path)?;
            let malformed = |reason| KeyringError::Malformed { path: path.to_owned(), reason };
            contents.keys().map_err(malformed)?;
            contents.lookup().json()
        }
        None => Lookup::fresh().and_then(|lookup| lookup.json()),
    };
    let text = text.map_err(|_| KeyringError::Failed)?;
    let sealed = client(config)
        .encrypt()
        .key_id(key.as_str())
        .set_encryption_context(Some(lookup_context()))
        .plaintext(Blob::new(text.as_slice()))
        .send()
        .await
        .map_err(|error| of_call(OPERATION, &error, NOT_SEALED_FOR_LOOKUP))?;
    Ok(sealed.ciphertext_blob.ok_or_else(|| incomplete(OPERATION))?.into_inner())
}

const NOT_SEALED_FOR_LOOKUP: KeyringError =
    KeyringError::SealedLookup { reason: "none of the keyring's KMS keys sealed them for this purpose" };

async fn open_lookup(client: &Client, key: &KmsKey, sealed: &[u8]) -> Result<LookupKeys, KeyringError> {
    const OPERATION: &str = "Decrypt";
    let opened = client
        .decrypt()
        .key_id(key.as_str())
        .set_encryption_context(Some(lookup_context()))
        .ciphertext_blob(Blob::new(sealed))
        .send()
        .await
        .map_err(|error| of_call(OPERATION, &error, NOT_SEALED_FOR_LOOKUP))?;
    let text = Zeroizing::new(opened.plaintext.ok_or_else(|| incomplete(OPERATION))?.into_inner());
    let keys = Lookup::parse(&text).and_then(|lookup| lookup.keys());
    keys.map_err(|reason| KeyringError::SealedLookup { reason })
}

/// A client whose attempts are short and few.
pub(crate) fn client(config: Builder) -> Client {
    let timeouts = TimeoutConfig::builder().connect_timeout(Duration::from_secs(1)).operation_attempt_timeout(ATTEMPT);
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(Duration::from_millis(100));
    Client::from_conf(config.retry_config(retries).timeout_config(timeouts.build()).build())
}

fn context(case: &CaseId, class: DataClass) -> HashMap<String, String> {
    [("case", case.as_str()), ("class", class.code())].map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

fn lookup_context() -> HashMap<String, String> {
    [("purpose".to_owned(), "lookup".to_owned())].into()
}

/// Sorts a failed call by what its caller can do about it. KMS keeps nothing of a call: where the answer was lost, the
/// call is made anew.
pub(crate) fn of_call<E: ProvideErrorMetadata>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
    foreign: KeyringError,
) -> KeyringError {
    let code = match error {
        SdkError::ServiceError(refused) => {
            let code = refused.err().code().unwrap_or("unknown");
            match code {
                "InvalidCiphertextException" | "IncorrectKeyException" => return foreign,
                "ThrottlingException" | "ThrottlingError" | "RequestLimitExceeded" => code,
                code if refused.raw().status().is_server_error() => code,
                code => return KeyringError::Refused { operation, code: code.to_owned() },
            }
        }
        SdkError::ConstructionFailure(_) => {
            return KeyringError::Refused { operation, code: "RequestNotBuilt".to_owned() };
        }
        SdkError::TimeoutError(_) => "Timeout",
        SdkError::DispatchFailure(_) => "NotReached",
        _ => "NoAnswer",
    };
    tracing::warn!(operation, code, "the key service did not answer as it should; the same may be asked again");
    KeyringError::Unavailable { operation, code: code.to_owned() }
}

/// KMS said yes and gave nothing: not what its description promises.
pub(crate) fn incomplete(operation: &'static str) -> KeyringError {
    KeyringError::Refused { operation, code: "IncompleteAnswer".to_owned() }
}

#[cfg(test)]
mod tests;
