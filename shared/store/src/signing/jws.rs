//! Receipts as JSON Web Signatures in compact form (RFC 7515), made by a signer elsewhere and checked strictly.
//!
//! A library would want the private key in this process; what is left besides is three base64url texts with dots between
//! them. The checker takes one algorithm and one type, so that no header talks it into another.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{PublicKeys, ReceiptSigner, SignedReceipt};
use crate::keyring::KeyringError;

/// RFC 8037's name, which libraries know; RFC 9864's `Ed25519` says the curve too, which here the key says.
pub(super) const ALGORITHM: &str = "EdDSA";

/// The type of a receipt: nothing else that the same key might sign one day passes for one.
pub const RECEIPT_TYPE: &str = "donthu-receipt+jws";

/// Longer than any receipt; what is longer is not decoded.
const MOST_BYTES: usize = 4 * 1024;

/// The protected header. Nothing besides: neither a key of the sender's own (`jwk`, `jku`) nor extensions (`crit`).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: String,
    #[serde(default)]
    typ: String,
}

/// Why a text is not a genuine receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotGenuine {
    /// It has not the form of one.
    #[error("it is not the text of a signed receipt")]
    Malformed,
    /// It is a signature for something else.
    #[error("it is signed, but not as a receipt")]
    Type,
    /// It names another algorithm, or none.
    #[error("it names another algorithm than that of receipts")]
    Algorithm,
    /// Its key is none of those that are known: forged, or signed by a key that is not in the list.
    #[error("it names a key that is not among the published ones")]
    UnknownKey,
    /// The signature is not that of its content.
    #[error("the signature does not fit: the receipt was altered or forged")]
    Signature,
}

/// Signs a receipt's content. The signature is checked before it is handed out.
///
/// # Errors
/// As [`ReceiptSigner::sign`]; [`KeyringError::Refused`] where the signature is not one of the published key.
pub async fn sign(signer: &dyn ReceiptSigner, content: &[u8]) -> Result<SignedReceipt, KeyringError> {
    let key = signer.public_keys().await?.current().ok_or(KeyringError::Failed)?;
    let header = Header { alg: ALGORITHM.to_owned(), kid: key.id(), typ: RECEIPT_TYPE.to_owned() };
    let header = serde_json::to_vec(&header).map_err(|_| KeyringError::Failed)?;
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(content));
    let signature = signer.sign(message.as_bytes()).await?;
    if !key.verifies(message.as_bytes(), &signature) {
        return Err(KeyringError::Refused { operation: "Sign", code: "SignatureOfAnotherKey".to_owned() });
    }
    Ok(SignedReceipt::new(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))))
}

/// The content of a genuine receipt.
///
/// # Errors
/// [`NotGenuine`].
pub fn verify(text: &str, keys: &PublicKeys) -> Result<Vec<u8>, NotGenuine> {
    let malformed = |_| NotGenuine::Malformed;
    let parts: Vec<&str> = if text.len() <= MOST_BYTES { text.split('.').collect() } else { Vec::new() };
    let [header, content, signature] = parts.as_slice() else { return Err(NotGenuine::Malformed) };
    let message = format!("{header}.{content}");
    let header = URL_SAFE_NO_PAD.decode(header).map_err(malformed)?;
    let header: Header = serde_json::from_slice(&header).map_err(|_| NotGenuine::Malformed)?;
    let content = URL_SAFE_NO_PAD.decode(content).map_err(malformed)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(malformed)?;
    if header.typ != RECEIPT_TYPE {
        return Err(NotGenuine::Type);
    }
    if header.alg != ALGORITHM {
        return Err(NotGenuine::Algorithm);
    }
    let key = keys.find(&header.kid).ok_or(NotGenuine::UnknownKey)?;
    if key.verifies(message.as_bytes(), &signature) { Ok(content) } else { Err(NotGenuine::Signature) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Hmac;
    use crate::testing::FixedSigner;

    const CONTENT: &[u8] = br#"{"province":"quang-ngai","case_number":"QN-0000-0000-0001"}"#;

    async fn signed() -> (String, PublicKeys) {
        let signer = FixedSigner::new(1);
        let receipt = sign(&signer, CONTENT).await.unwrap();
        (receipt.as_str().to_owned(), signer.public_keys().await.unwrap())
    }

    fn with_header(receipt: &str, header: &str) -> String {
        let (_, rest) = receipt.split_once('.').unwrap();
        format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
    }

    #[tokio::test]
    async fn what_was_signed_is_genuine_and_signed_again_is_the_same_text() {
        let (receipt, keys) = signed().await;
        assert_eq!(verify(&receipt, &keys).unwrap(), CONTENT);
        assert_eq!(signed().await.0, receipt);
        let header = URL_SAFE_NO_PAD.decode(receipt.split('.').next().unwrap()).unwrap();
        let id = keys.current().unwrap().id();
        let expected = format!(r#"{{"alg":"EdDSA","kid":"{id}","typ":"donthu-receipt+jws"}}"#);
        assert_eq!(String::from_utf8(header).unwrap(), expected);
    }

    #[tokio::test]
    async fn whatever_symbol_is_changed_it_is_no_longer_genuine() {
        let (receipt, keys) = signed().await;
        for position in 0..receipt.len() {
            for symbol in ['A', 'B', '.', '='] {
                let mut altered: Vec<char> = receipt.chars().collect();
                if altered[position] == symbol {
                    continue;
                }
                altered[position] = symbol;
                let altered: String = altered.into_iter().collect();
                assert!(verify(&altered, &keys).is_err(), "{symbol} at {position}");
            }
        }
        for length in 0..receipt.len() {
            assert!(verify(&receipt[..length], &keys).is_err(), "cut at {length}");
        }
        assert_eq!(verify(&format!("{receipt}A"), &keys), Err(NotGenuine::Signature));
        assert_eq!(verify(&format!("{receipt}\n"), &keys), Err(NotGenuine::Malformed));
        assert_eq!(verify(&"A".repeat(5_000), &keys), Err(NotGenuine::Malformed));
    }

    #[tokio::test]
    async fn a_header_talks_the_checker_into_nothing() {
        let (receipt, keys) = signed().await;
        let key = keys.current().unwrap();
        let id = key.id();
        let header =
            |alg: &str, typ: &str, more: &str| format!(r#"{{"alg":"{alg}","kid":"{id}","typ":"{typ}"{more}}}"#);
        for (header, expected) in [
            (header("none", RECEIPT_TYPE, ""), NotGenuine::Algorithm),
            (header("HS256", RECEIPT_TYPE, ""), NotGenuine::Algorithm),
            (header("eddsa", RECEIPT_TYPE, ""), NotGenuine::Algorithm),
            (header("EdDSA", "JWT", ""), NotGenuine::Type),
            (header("EdDSA", RECEIPT_TYPE, r#","crit":["b64"],"b64":false"#), NotGenuine::Malformed),
            (header("EdDSA", RECEIPT_TYPE, r#","jwk":{"kty":"OKP"}"#), NotGenuine::Malformed),
            (header("EdDSA", RECEIPT_TYPE, r#","alg":"EdDSA""#), NotGenuine::Malformed),
            (format!(r#"{{"alg":"EdDSA","typ":"{RECEIPT_TYPE}"}}"#), NotGenuine::UnknownKey),
            (format!(r#"{{"kid":"{id}","typ":"{RECEIPT_TYPE}"}}"#), NotGenuine::Malformed),
            ("[]".to_owned(), NotGenuine::Malformed),
            // The same header with a space: other bytes were signed.
            (header("EdDSA", RECEIPT_TYPE, " "), NotGenuine::Signature),
        ] {
            assert_eq!(verify(&with_header(&receipt, &header), &keys), Err(expected), "{header}");
        }
        let unsigned = with_header(&receipt, &header("none", RECEIPT_TYPE, ""));
        let (message, _) = unsigned.rsplit_once('.').unwrap();
        assert_eq!(verify(&format!("{message}."), &keys), Err(NotGenuine::Algorithm));
        // The public key, which everybody has, in the place of a secret.
        let shared = with_header(&receipt, &header("HS256", RECEIPT_TYPE, ""));
        let (message, _) = shared.rsplit_once('.').unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(key.x()).unwrap().try_into().unwrap();
        let tag = Hmac::new(&bytes).tag(message.as_bytes(), &[]);
        let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag));
        assert_eq!(verify(&forged, &keys), Err(NotGenuine::Algorithm));
    }

    #[tokio::test]
    async fn another_key_signs_nothing_in_this_ones_name() {
        let (receipt, keys) = signed().await;
        let other = FixedSigner::new(2);
        let foreign = sign(&other, CONTENT).await.unwrap();
        assert_eq!(verify(foreign.as_str(), &keys), Err(NotGenuine::UnknownKey));
        let (message, _) = receipt.rsplit_once('.').unwrap();
        let signature = other.sign(message.as_bytes()).await.unwrap();
        let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
        assert_eq!(verify(&forged, &keys), Err(NotGenuine::Signature));

        let later = FixedSigner::after(2, &[1]);
        assert_eq!(verify(&receipt, &later.public_keys().await.unwrap()).unwrap(), CONTENT, "keys stay published");
    }
}
