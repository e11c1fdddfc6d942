//! A signing key in KMS: the private half never leaves it.

use aws_sdk_kms::Client;
use aws_sdk_kms::config::Builder;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};
use futures::future::{BoxFuture, FutureExt as _};
use tokio::sync::OnceCell;

use super::{PublicKey, PublicKeys, ReceiptSigner, Signature};
use crate::keyring::KeyringError;
use crate::kms::{self, KmsKey, incomplete};

/// What stands before the 32 bytes of an Ed25519 public key in DER (RFC 8410, section 4).
const DER_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A signer on an asymmetric KMS key of spec `ECC_NIST_EDWARDS25519`.
///
/// KMS does not rotate such keys by itself: another key is made, and the public half of the one before goes into the list of
/// earlier keys.
#[derive(Debug)]
pub struct KmsSigner {
    client: Client,
    key: KmsKey,
    earlier: Vec<PublicKey>,
    current: OnceCell<PublicKey>,
}

impl KmsSigner {
    /// A signer on a key. Asks KMS nothing yet: the public key is asked for once, with its first use, so that a function that
    /// never uses it needs no right to it. Timeouts and retries are those of the keyring.
    pub fn new(config: Builder, key: KmsKey, earlier: Vec<PublicKey>) -> Self {
        Self { client: kms::client(config), key, earlier, current: OnceCell::new() }
    }

    async fn current(&self) -> Result<PublicKey, KeyringError> {
        const OPERATION: &str = "GetPublicKey";
        let ask = || async {
            let answer = self
                .client
                .get_public_key()
                .key_id(self.key.as_str())
                .send()
                .await
                .map_err(|error| kms::of_call(OPERATION, &error, incomplete(OPERATION)))?;
            let der = answer.public_key.ok_or_else(|| incomplete(OPERATION))?.into_inner();
            let bytes = der.strip_prefix(&DER_PREFIX).and_then(|bytes| bytes.try_into().ok());
            let other = || KeyringError::Refused { operation: OPERATION, code: "NotAnEd25519Key".to_owned() };
            bytes.map(PublicKey::new).ok_or_else(other)
        };
        self.current.get_or_try_init(ask).await.copied()
    }

    async fn signature(&self, message: &[u8]) -> Result<Signature, KeyringError> {
        const OPERATION: &str = "Sign";
        let answer = self
            .client
            .sign()
            .key_id(self.key.as_str())
            .signing_algorithm(SigningAlgorithmSpec::Ed25519Sha512)
            .message_type(MessageType::Raw)
            .message(Blob::new(message))
            .send()
            .await
            .map_err(|error| kms::of_call(OPERATION, &error, incomplete(OPERATION)))?;
        let signature = answer.signature.map(Blob::into_inner).and_then(|bytes| bytes.try_into().ok());
        signature.ok_or_else(|| incomplete(OPERATION))
    }
}

impl ReceiptSigner for KmsSigner {
    fn public_keys(&self) -> BoxFuture<'_, Result<PublicKeys, KeyringError>> {
        async { Ok(PublicKeys::new(self.current().await?, &self.earlier)) }.boxed()
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> BoxFuture<'a, Result<Signature, KeyringError>> {
        self.signature(message).boxed()
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_kms::operation::get_public_key::GetPublicKeyOutput;
    use aws_sdk_kms::operation::sign::SignOutput;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;
    use crate::signing::{sign, verify};
    use crate::testing::{FakeKms, KmsFault};

    const KEY: &str = "0a1b2c3d-0000-4000-8000-000000000003";
    const NEXT: &str = "0a1b2c3d-0000-4000-8000-000000000004";

    fn signer(kms: &FakeKms, key: &str, earlier: Vec<PublicKey>) -> KmsSigner {
        KmsSigner::new(kms.config(), KmsKey::new(key).unwrap(), earlier)
    }

    #[tokio::test]
    async fn the_public_key_is_asked_for_once_and_each_receipt_costs_one_call() {
        let kms = FakeKms::new();
        let signer = signer(&kms, KEY, Vec::new());
        assert_eq!(kms.calls(), Vec::<String>::new(), "nothing before it is needed");
        let receipt = sign(&signer, b"{}").await.unwrap();
        assert_eq!(sign(&signer, b"{}").await.unwrap(), receipt);
        assert_eq!(kms.calls(), ["GetPublicKey", "Sign", "Sign"]);
        assert_eq!(verify(receipt.as_str(), &signer.public_keys().await.unwrap()).unwrap(), b"{}");
    }

    #[tokio::test]
    async fn after_a_move_to_another_key_earlier_receipts_stay_genuine() {
        let kms = FakeKms::new();
        let before = signer(&kms, KEY, Vec::new());
        let old = sign(&before, b"{}").await.unwrap();
        let key = before.public_keys().await.unwrap().current().unwrap();
        let after = signer(&kms, NEXT, vec![key]);
        let new = sign(&after, b"{}").await.unwrap();
        assert_ne!(old, new);
        let keys = after.public_keys().await.unwrap();
        for receipt in [old, new] {
            assert_eq!(verify(receipt.as_str(), &keys).unwrap(), b"{}");
        }
        assert_eq!(keys.key_set().keys.len(), 2);
    }

    #[tokio::test]
    async fn what_fails_is_told_as_passing_or_not_and_asked_for_again() {
        let kms = FakeKms::new();
        let signer = signer(&kms, KEY, Vec::new());
        kms.set_fault(Some(KmsFault::Unreachable));
        assert!(matches!(signer.public_keys().await.unwrap_err(), KeyringError::Unavailable { .. }));
        kms.set_fault(None);
        signer.public_keys().await.unwrap();
        kms.set_fault(Some(KmsFault::Answers(500, "KMSInternalException")));
        assert!(matches!(signer.sign(b"x").await.unwrap_err(), KeyringError::Unavailable { operation: "Sign", .. }));
        kms.set_fault(None);
        kms.disable(KEY);
        let refused = signer.sign(b"x").await.unwrap_err();
        assert!(matches!(refused, KeyringError::Refused { operation: "Sign", code } if code == "DisabledException"));
    }

    #[tokio::test]
    async fn a_key_of_another_type_and_a_signature_of_another_key_are_refused() {
        let der = [&DER_PREFIX[..], &[1; 32]].concat();
        let rsa = mock!(Client::get_public_key)
            .then_output(|| GetPublicKeyOutput::builder().public_key(Blob::new(vec![0x30; 44])).build());
        let signed =
            mock!(Client::sign).then_output(|| SignOutput::builder().signature(Blob::new(vec![7; 64])).build());
        let client = mock_client!(aws_sdk_kms, RuleMode::MatchAny, [&rsa, &signed]);
        let on = |client: &Client| KmsSigner {
            client: client.clone(),
            key: KmsKey::new(KEY).unwrap(),
            earlier: Vec::new(),
            current: OnceCell::new(),
        };
        let refused = sign(&on(&client), b"{}").await.unwrap_err();
        assert!(refused.to_string().contains("NotAnEd25519Key"), "{refused}");

        let other = mock!(Client::get_public_key)
            .then_output(move || GetPublicKeyOutput::builder().public_key(Blob::new(der.clone())).build());
        let client = mock_client!(aws_sdk_kms, RuleMode::MatchAny, [&other, &signed]);
        let refused = sign(&on(&client), b"{}").await.unwrap_err();
        assert!(refused.to_string().contains("SignatureOfAnotherKey"), "{refused}");
    }
}
