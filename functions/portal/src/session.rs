//! What a browser keeps for a visitor, sealed so that nobody but this function can read or make it.
//!
//! A cookie is AES-256-GCM over JSON, bound to its own name and with an end of its own: what was meant as one thing is never
//! taken for another, and a copied cookie dies when the session would have. All have the prefix `__Host-` (RFC 6265bis: secure,
//! of this very host, for all paths) and `HttpOnly`; none outlives the browser.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cookie::{Cookie, SameSite};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A citizen who does nothing is forgotten after this, e.g. at a shared computer.
pub const RECEIPT_LIFE: SignedDuration = SignedDuration::from_mins(30);
/// How long a sign-in may take, with the second factor.
pub const LOGIN_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// Something that a browser keeps.
pub trait Kept: Serialize + DeserializeOwned {
    /// The cookie's name.
    const NAME: &'static str;
    /// Whether it comes along where another site leads here: only the answer of the sign-in has to find it.
    const SAME_SITE: SameSite;
}

/// A citizen has given a receipt code.
#[derive(Serialize, Deserialize)]
pub struct OpenReceipt {
    /// The code, as the API takes it.
    pub code: String,
}

impl Kept for OpenReceipt {
    const NAME: &'static str = "__Host-donthu-receipt";
    const SAME_SITE: SameSite = SameSite::Strict;
}

/// An official has signed in.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignedIn {
    /// The ID token.
    pub token: String,
    /// The agency's id, by the token.
    pub agency: String,
    /// The agency's name, in both languages; the id where the agency is not known.
    pub agency_name: [String; 2],
    /// Codes of the roles, by the token. The API has the say; this decides what is offered.
    pub roles: Vec<String>,
}

impl SignedIn {
    /// Whether the token names a role.
    pub fn has(&self, role: donthu_domain::Role) -> bool {
        self.roles.iter().any(|code| code == role.code())
    }
}

impl Kept for SignedIn {
    const NAME: &'static str = "__Host-donthu-official";
    const SAME_SITE: SameSite = SameSite::Lax;
}

/// A sign-in is under way.
#[derive(Serialize, Deserialize)]
pub struct SigningIn {
    /// Comes back with the answer.
    pub state: String,
    /// Comes back in the token.
    pub nonce: String,
    /// PKCE (RFC 7636).
    pub verifier: String,
    /// The page to go on to.
    pub back: String,
}

impl Kept for SigningIn {
    const NAME: &'static str = "__Host-donthu-sign-in";
    const SAME_SITE: SameSite = SameSite::Lax;
}

#[derive(Serialize, Deserialize)]
struct Dated<T> {
    /// Seconds since 1970.
    until: i64,
    #[serde(flatten)]
    kept: T,
}

/// Seals and opens cookies.
#[derive(Clone)]
pub struct Sealer(Arc<[u8]>);

impl Sealer {
    /// A sealer with a key derived from a secret. Whoever changes the secret signs everybody out.
    pub fn new(secret: &[u8]) -> Self {
        let key = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), b"donthu portal cookies");
        Self(Arc::from(key.as_ref()))
    }

    fn key(&self) -> Option<RandomizedNonceKey> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.0).ok()
    }

    /// A cookie that keeps something until an instant; `None` where it can't be sealed.
    pub fn keep<T: Kept>(&self, kept: &T, until: Timestamp) -> Option<Cookie<'static>> {
        let mut sealed = serde_json::to_vec(&Dated { until: until.as_second(), kept }).ok()?;
        let nonce = self.key()?.seal_in_place_append_tag(Aad::from(T::NAME.as_bytes()), &mut sealed).ok()?;
        let mut whole = nonce.as_ref().to_vec();
        whole.append(&mut sealed);
        Some(plain(T::NAME, URL_SAFE_NO_PAD.encode(whole), T::SAME_SITE))
    }

    /// What a cookie keeps; `None` where it was altered, made for something else, or is over.
    pub fn open<T: Kept>(&self, value: &str, now: Timestamp) -> Option<(T, Timestamp)> {
        let whole = URL_SAFE_NO_PAD.decode(value).ok()?;
        let (nonce, sealed) = whole.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let opened = self.key()?.open_in_place(nonce, Aad::from(T::NAME.as_bytes()), &mut sealed).ok()?;
        let dated: Dated<T> = serde_json::from_slice(opened).ok()?;
        let until = Timestamp::from_second(dated.until).ok()?;
        (now < until).then_some((dated.kept, until))
    }
}

/// A cookie as all of ours are.
pub fn plain(name: &'static str, value: String, same_site: SameSite) -> Cookie<'static> {
    Cookie::build((name, value)).path("/").secure(true).http_only(true).same_site(same_site).build()
}

/// A cookie that takes another one away.
pub fn forget<T: Kept>() -> Cookie<'static> {
    let mut cookie = plain(T::NAME, String::new(), T::SAME_SITE);
    cookie.make_removal();
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-24T02:00:00Z".parse().unwrap()
    }

    fn sealed(sealer: &Sealer, life: SignedDuration) -> Cookie<'static> {
        sealer.keep(&OpenReceipt { code: "ABCD".to_owned() }, now() + life).unwrap()
    }

    #[test]
    fn what_was_sealed_is_opened_until_its_end() {
        let sealer = Sealer::new(b"a secret");
        let cookie = sealed(&sealer, RECEIPT_LIFE);
        let code = |at| sealer.open::<OpenReceipt>(cookie.value(), at).map(|(kept, _)| kept.code);
        assert_eq!(code(now()).as_deref(), Some("ABCD"));
        assert_eq!(code(now() + RECEIPT_LIFE), None, "a copied cookie dies with the session");
    }

    #[test]
    fn a_cookie_is_no_other_and_of_no_other_secret_and_not_to_be_altered() {
        let sealer = Sealer::new(b"a secret");
        let cookie = sealed(&sealer, RECEIPT_LIFE);
        assert!(sealer.open::<SigningIn>(cookie.value(), now()).is_none());
        assert!(sealer.open::<SignedIn>(cookie.value(), now()).is_none());
        assert!(Sealer::new(b"another").open::<OpenReceipt>(cookie.value(), now()).is_none());
        for at in 0..cookie.value().len() {
            let mut altered = cookie.value().to_owned().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            // The last character of base64 carries bits that no byte has; the decoder refuses those.
            assert!(sealer.open::<OpenReceipt>(&String::from_utf8(altered).unwrap(), now()).is_none(), "at {at}");
        }
        for senseless in ["", "x", "%", &"A".repeat(15), &"A".repeat(16), &"A".repeat(5_000)] {
            assert!(sealer.open::<OpenReceipt>(senseless, now()).is_none());
        }
    }

    #[test]
    fn cookies_are_for_this_host_alone_and_out_of_reach_of_scripts() {
        let sealer = Sealer::new(b"a secret");
        let cookie = sealed(&sealer, RECEIPT_LIFE).to_string();
        assert!(cookie.starts_with("__Host-donthu-receipt="));
        for attribute in ["; HttpOnly", "; Secure", "; SameSite=Strict", "; Path=/"] {
            assert!(cookie.contains(attribute), "{attribute}");
        }
        assert!(!cookie.contains("ABCD") && !cookie.contains("Domain") && !cookie.contains("Max-Age"));
        let gone = forget::<SignedIn>().to_string();
        assert!(gone.starts_with("__Host-donthu-official=;") && gone.contains("Max-Age=0"), "{gone}");
    }
}
