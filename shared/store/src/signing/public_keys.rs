//! Ed25519 public keys, as they are named and published.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::digest;

/// A text is no Ed25519 public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 public key: 32 bytes in base64url without padding")]
pub struct NoPublicKey;

/// An Ed25519 public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// The key with these bytes (RFC 8032).
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads the member `x` of a JSON Web Key.
    ///
    /// # Errors
    /// [`NoPublicKey`] for any other text.
    pub fn parse(x: &str) -> Result<Self, NoPublicKey> {
        let bytes = URL_SAFE_NO_PAD.decode(x).map_err(|_| NoPublicKey)?;
        bytes.try_into().map(Self).map_err(|_| NoPublicKey)
    }

    /// The member `x` of its JSON Web Key.
    pub fn x(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Its name: the thumbprint of its JSON Web Key (RFC 7638).
    pub fn id(&self) -> String {
        // The required members in the order of their names, without spaces.
        let required = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, self.x());
        URL_SAFE_NO_PAD.encode(digest::plain_sha256(&[required.as_bytes()]))
    }

    /// Whether a signature of a message is this key's.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).is_ok()
    }

    fn jwk(&self) -> Jwk {
        Jwk {
            kty: "OKP".to_owned(),
            crv: Some("Ed25519".to_owned()),
            x: Some(self.x()),
            kid: Some(self.id()),
            alg: Some(super::jws::ALGORITHM.to_owned()),
            purpose: Some("sig".to_owned()),
        }
    }
}

/// A JSON Web Key (RFC 7517), as far as an Ed25519 public key needs it (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Jwk {
    /// The type, `OKP` for Ed25519.
    pub kty: String,
    /// The curve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// The public key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The algorithm that it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// What it is for.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// A JSON Web Key Set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeySet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

impl KeySet {
    /// Its Ed25519 keys. Keys of other types are passed over, as RFC 7517 wants it; names are those of the keys, whatever
    /// the set calls them.
    ///
    /// # Errors
    /// [`NoPublicKey`] where one that is called an Ed25519 key is none.
    pub fn public_keys(&self) -> Result<PublicKeys, NoPublicKey> {
        let ours = self.keys.iter().filter(|key| key.kty == "OKP" && key.crv.as_deref() == Some("Ed25519"));
        ours.map(|key| PublicKey::parse(key.x.as_deref().unwrap_or_default())).collect::<Result<_, _>>().map(PublicKeys)
    }
}

/// Public keys, the one that signs now first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicKeys(Vec<PublicKey>);

impl PublicKeys {
    /// The key that signs now and those that signed before.
    pub fn new(current: PublicKey, earlier: &[PublicKey]) -> Self {
        let earlier = earlier.iter().copied().filter(|key| *key != current);
        Self(std::iter::once(current).chain(earlier).collect())
    }

    /// The key that signs now; `None` where there are no keys.
    pub fn current(&self) -> Option<PublicKey> {
        self.0.first().copied()
    }

    /// The key of this name.
    pub fn find(&self, id: &str) -> Option<PublicKey> {
        self.0.iter().copied().find(|key| key.id() == id)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = PublicKey> + '_ {
        self.0.iter().copied()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As they are published.
    pub fn key_set(&self) -> KeySet {
        KeySet { keys: self.0.iter().map(PublicKey::jwk).collect() }
    }
}

impl FromIterator<PublicKey> for PublicKeys {
    fn from_iter<I: IntoIterator<Item = PublicKey>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 8037, appendix A.2, and its thumbprint of appendix A.3.
    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const THUMBPRINT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

    #[test]
    fn a_key_is_named_by_the_thumbprint_of_the_rfc() {
        let key = PublicKey::parse(X).unwrap();
        assert_eq!((key.x().as_str(), key.id().as_str()), (X, THUMBPRINT));
        for wrong in ["", "AAAA", &format!("{X}="), &X[1..], "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo"] {
            assert_eq!(PublicKey::parse(wrong), Err(NoPublicKey), "{wrong}");
        }
    }

    #[test]
    fn a_key_set_reads_back_and_foreign_keys_in_it_are_passed_over() {
        let (one, other) = (PublicKey::parse(X).unwrap(), PublicKey::new([1; 32]));
        let keys = PublicKeys::new(one, &[other, one]);
        let mut set = keys.key_set();
        let json = serde_json::to_string(&set.keys[0]).unwrap();
        let expected = r#"{"kty":"OKP","crv":"Ed25519","x":"X","kid":"ID","alg":"EdDSA","use":"sig"}"#;
        assert_eq!(json, expected.replace('X', X).replace("ID", THUMBPRINT));

        let foreign = serde_json::from_str(r#"{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}"#).unwrap();
        set.keys.insert(0, foreign);
        assert_eq!(set.public_keys(), Ok(keys.clone()));
        assert_eq!((keys.current(), keys.find(THUMBPRINT), keys.find("other")), (Some(one), Some(one), None));
        set.keys[1].x = None;
        assert_eq!(set.public_keys(), Err(NoPublicKey));
    }
}
