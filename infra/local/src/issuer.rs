//! The local token issuer: it signs officials' ID tokens for whoever asks, and verifies them as API Gateway's JWT
//! authorizer does, by the movable clock.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jiff::SignedDuration;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Map, Value, json};

use crate::clock::MovableClock;
use crate::folder::{self, FolderError};

/// The `iss` claim of local tokens. A name, not an address: nothing is fetched from it.
pub const ISSUER: &str = "https://issuer.donthu.localhost";
/// The `aud` claim of local tokens.
pub const AUDIENCE: &str = "donthu-local";
/// How long a token is valid, by the movable clock.
const VALIDITY: SignedDuration = SignedDuration::from_hours(8);
/// The `kid` of local tokens.
pub const KEY_ID: &str = "local";
/// API Gateway takes no more than this in all headers together.
const LONGEST_TOKEN: usize = 10 * 1024;

/// Why there is no issuer, or no token.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// The key cannot be kept.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The key cannot be made or used.
    #[error("the token issuer's key cannot be used: {0}")]
    Key(String),
}

/// A key pair of a data folder.
pub struct Issuer {
    signing: EncodingKey,
    verifying: DecodingKey,
    public: Jwk,
    clock: Arc<MovableClock>,
}

/// Whom a token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The `sub` claim.
    pub subject: String,
    /// The `roles` claim.
    pub roles: Vec<String>,
    /// The `agency` claim.
    pub agency: String,
}

impl Issuer {
    /// The issuer of a data folder; its key is made where there is none, readable by the owner alone.
    ///
    /// # Errors
    /// [`IssuerError`].
    pub fn open(folder: &Path, clock: Arc<MovableClock>) -> Result<Self, IssuerError> {
        let path = folder.join("issuer-key.der");
        let key = match std::fs::read(&path) {
            Ok(key) => key,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                    .map_err(|error| IssuerError::Key(error.to_string()))?;
                folder::write_private(&path, key.as_ref())?;
                key.as_ref().to_vec()
            }
            Err(source) => return Err(FolderError::Unusable { path, source }.into()),
        };
        let unusable = |error: jsonwebtoken::errors::Error| IssuerError::Key(error.to_string());
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key)
            .map_err(|error| IssuerError::Key(format!("{} is damaged: {error}", path.display())))?;
        let signing = EncodingKey::from_ec_der(&key);
        let mut public = Jwk::from_encoding_key(&signing, Algorithm::ES256).map_err(unusable)?;
        public.common.key_id = Some(KEY_ID.to_owned());
        let verifying = DecodingKey::from_jwk(&public).map_err(unusable)?;
        Ok(Self { signing, verifying, public, clock })
    }

    /// The public key, as a JSON Web Key Set.
    #[must_use]
    pub fn jwks(&self) -> JwkSet {
        JwkSet { keys: vec![self.public.clone()] }
    }

    /// An ID token, valid for eight hours.
    ///
    /// # Errors
    /// [`IssuerError::Key`].
    pub fn token(&self, holder: &Holder) -> Result<String, IssuerError> {
        self.sign(&self.claims(holder))
    }

    /// The same with the nonce of a sign-in (OpenID Connect Core, 3.1.2.1).
    ///
    /// # Errors
    /// [`IssuerError::Key`].
    pub fn token_with_nonce(&self, holder: &Holder, nonce: &str) -> Result<String, IssuerError> {
        let mut claims = self.claims(holder);
        if let Some(claims) = claims.as_object_mut() {
            claims.insert("nonce".to_owned(), nonce.into());
        }
        self.sign(&claims)
    }

    fn claims(&self, holder: &Holder) -> Value {
        let now = self.clock.now();
        json!({
            "sub": holder.subject,
            "token_use": "id",
            "roles": holder.roles,
            "agency": holder.agency,
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now.as_second(),
            "exp": now.saturating_add(VALIDITY).unwrap_or(now).as_second(),
        })
    }

    fn sign(&self, claims: &Value) -> Result<String, IssuerError> {
        let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, claims, &self.signing).map_err(|error| IssuerError::Key(error.to_string()))
    }

    /// The claims behind an `Authorization` header, as API Gateway hands them to a function: flat strings, arrays as
    /// `[a b]`.
    ///
    /// # Errors
    /// [`Rejected`].
    pub fn verify(&self, authorization: Option<&str>) -> Result<BTreeMap<String, String>, Rejected> {
        let authorization = authorization.ok_or(Rejected::Missing)?.trim();
        let token = match authorization.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            Some(_) => return Err(Rejected::Missing),
            None => authorization,
        };
        if token.len() > LONGEST_TOKEN {
            return Err(Rejected::TooLong);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|error| match error.kind() {
            // `none`, above all.
            ErrorKind::Json(_) | ErrorKind::InvalidAlgorithmName => Rejected::Algorithm,
            _ => Rejected::Malformed,
        })?;
        // As API Gateway does: the key is looked up by the name that the token gives.
        if header.kid.as_deref() != Some(KEY_ID) {
            return Err(Rejected::Key);
        }
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.required_spec_claims = HashSet::from(["exp", "iss", "aud"].map(str::to_owned));
        // The library would compare with real time; this clock may be years ahead of it.
        validation.validate_exp = false;
        let claims: Map<String, Value> =
            jsonwebtoken::decode(token, &self.verifying, &validation).map_err(|error| rejected(error.kind()))?.claims;
        let now = self.clock.now().as_second();
        let second = |name: &str| claims.get(name).map(|at| at.as_i64().ok_or(Rejected::Malformed)).transpose();
        if second("exp")?.is_none_or(|expires| expires <= now) {
            return Err(Rejected::Expired);
        }
        for begin in ["nbf", "iat"] {
            if second(begin)?.is_some_and(|begins| begins > now) {
                return Err(Rejected::NotYet);
            }
        }
        if claims.get("token_use").and_then(Value::as_str) != Some("id") {
            return Err(Rejected::NotAnIdToken);
        }
        Ok(claims.iter().map(|(name, value)| (name.clone(), flat(value))).collect())
    }
}

/// Why a token opens nothing. Its name is logged and counted; the caller is told nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// There is none.
    #[error("missing")]
    Missing,
    /// Longer than API Gateway takes.
    #[error("too_long")]
    TooLong,
    /// It is no token.
    #[error("malformed")]
    Malformed,
    /// Signed in another way than the issuer signs, or not at all.
    #[error("algorithm")]
    Algorithm,
    /// Not signed with the issuer's key, by its own account.
    #[error("key")]
    Key,
    /// Altered, or signed with another key.
    #[error("signature")]
    Signature,
    /// Of another issuer.
    #[error("issuer")]
    Issuer,
    /// For another system.
    #[error("audience")]
    Audience,
    /// No longer valid, or without an end.
    #[error("expired")]
    Expired,
    /// Not valid yet.
    #[error("not_yet_valid")]
    NotYet,
    /// An access token, say.
    #[error("not_an_id_token")]
    NotAnIdToken,
}

fn rejected(error: &ErrorKind) -> Rejected {
    match error {
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => Rejected::Algorithm,
        ErrorKind::InvalidSignature => Rejected::Signature,
        ErrorKind::InvalidIssuer => Rejected::Issuer,
        ErrorKind::InvalidAudience => Rejected::Audience,
        ErrorKind::MissingRequiredClaim(claim) => match claim.as_str() {
            "iss" => Rejected::Issuer,
            "aud" => Rejected::Audience,
            _ => Rejected::Expired,
        },
        _ => Rejected::Malformed,
    }
}

fn flat(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(flat).collect::<Vec<_>>().join(" ")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn head() -> Holder {
        Holder {
            subject: "nguoi-dung-1".into(),
            roles: vec!["head".into(), "handler".into()],
            agency: "so-xay-dung".into(),
        }
    }

    fn clock() -> Arc<MovableClock> {
        Arc::new(MovableClock::standing_at("2031-05-05T00:00:00Z".parse().unwrap()))
    }

    fn bearer(token: &str) -> String {
        format!("Bearer {token}")
    }

    #[test]
    fn claims_reach_the_function_as_api_gateway_flattens_them() {
        let place = tempfile::tempdir().unwrap();
        let issuer = Issuer::open(place.path(), clock()).unwrap();
        let token = issuer.token(&head()).unwrap();
        let claims = issuer.verify(Some(&bearer(&token))).unwrap();
        assert_eq!(claims["sub"], "nguoi-dung-1");
        assert_eq!(claims["roles"], "[head handler]");
        assert_eq!(claims["agency"], "so-xay-dung");
        assert_eq!(claims["token_use"], "id");
        let expiry: jiff::Timestamp = "2031-05-05T08:00:00Z".parse().unwrap();
        assert_eq!(claims["exp"], expiry.as_second().to_string());
        assert!(issuer.verify(Some(&token)).is_ok(), "API Gateway takes a token without a scheme too");
    }

    #[test]
    fn a_token_expires_by_the_movable_clock() {
        let place = tempfile::tempdir().unwrap();
        let clock = clock();
        let issuer = Issuer::open(place.path(), clock.clone()).unwrap();
        let token = bearer(&issuer.token(&head()).unwrap());
        clock.set(crate::clock::after(clock.now(), "PT7H59M59S").unwrap()).unwrap();
        assert!(issuer.verify(Some(&token)).is_ok());
        clock.set(crate::clock::after(clock.now(), "PT1S").unwrap()).unwrap();
        assert!(issuer.verify(Some(&token)).is_err());
    }

    #[test]
    fn tokens_outlive_a_restart_and_open_nothing_in_another_folder() {
        let place = tempfile::tempdir().unwrap();
        let token = bearer(&Issuer::open(place.path(), clock()).unwrap().token(&head()).unwrap());
        assert!(Issuer::open(place.path(), clock()).unwrap().verify(Some(&token)).is_ok());
        let other = tempfile::tempdir().unwrap();
        assert!(Issuer::open(other.path(), clock()).unwrap().verify(Some(&token)).is_err());
    }

    #[test]
    fn forged_foreign_and_senseless_tokens_are_refused() {
        let place = tempfile::tempdir().unwrap();
        let issuer = Issuer::open(place.path(), clock()).unwrap();
        let token = issuer.token(&head()).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let encoded = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            issuer.sign(&claims).unwrap()
        };
        let without = |name: &str| {
            let mut claims = claims.clone();
            claims.as_object_mut().unwrap().remove(name);
            issuer.sign(&claims).unwrap()
        };
        let mut promoted = claims.clone();
        promoted["roles"] = json!(["admin"]);
        let secret = EncodingKey::from_secret(serde_json::to_string(&issuer.jwks()).unwrap().as_bytes());
        for token in [
            format!("{}.{}.", encoded(json!({"alg": "none"})), parts[1]),
            format!("{}.{}.{}", parts[0], encoded(promoted), parts[2]),
            format!("{}.{}", parts[0], parts[1]),
            jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &secret).unwrap(),
            with("iss", json!("https://elsewhere.example")),
            with("aud", json!("another")),
            with("token_use", json!("access")),
            with("exp", json!("soon")),
            with("iat", json!(1_999_999_999)),
            without("exp"),
            without("iss"),
            without("aud"),
            without("token_use"),
            "x".to_owned(),
            String::new(),
        ] {
            assert!(issuer.verify(Some(&bearer(&token))).is_err(), "{token}");
        }
        assert!(issuer.verify(Some(&format!("Receipt {token}"))).is_err());
        assert!(issuer.verify(None).is_err());
    }

    #[test]
    fn a_damaged_key_is_named() {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("issuer-key.der"), b"x").unwrap();
        let error = Issuer::open(place.path(), clock()).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("issuer-key.der is damaged"), "{error}");
    }
}
