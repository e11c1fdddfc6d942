//! For whom the portal calls: its calls come from its own address, and limits are counted by the visitor's.
//!
//! The portal vouches for an address in a header, with a keyed digest over address and time. Whoever has no key can't make one, and
//! one that was overheard is good for the same address and for two minutes.

use std::net::IpAddr;

use aws_lc_rs::hmac;
use axum::http::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

/// The header's name.
pub const HEADER: &str = "donthu-visitor";
/// How far the clocks of two functions may differ, with a call's way between them, in seconds.
const TOLERANCE: i64 = 120;

/// The key that the portal and the functions that count by address share.
#[derive(Debug, Clone)]
pub struct VisitorKey(hmac::Key);

impl VisitorKey {
    /// A key out of a secret of 32 bytes or more.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The header's value for a visitor's address at an instant: version, seconds since 1970, address, digest.
    #[must_use]
    pub fn vouch(&self, address: IpAddr, now: Timestamp) -> HeaderValue {
        let said = format!("1 {} {address}", now.as_second());
        let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, said.as_bytes()));
        // Digits, an address and base64: all of it may stand in a header. An empty one vouches for nobody.
        let mut value = HeaderValue::from_str(&format!("{said} {tag}")).unwrap_or(HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }

    /// The address that a header's value vouches for; `None` where it was made without the key or at another time.
    #[must_use]
    pub fn vouched(&self, value: &HeaderValue, now: Timestamp) -> Option<IpAddr> {
        let (said, tag) = value.to_str().ok()?.rsplit_once(' ')?;
        hmac::verify(&self.0, said.as_bytes(), &URL_SAFE_NO_PAD.decode(tag).ok()?).ok()?;
        let (at, address) = said.strip_prefix("1 ")?.split_once(' ')?;
        let at: i64 = at.parse().ok()?;
        (at.abs_diff(now.as_second()) <= TOLERANCE.unsigned_abs()).then(|| address.parse().ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn an_address_is_believed_with_the_key_and_for_two_minutes() {
        let key = VisitorKey::new(&[7; 32]);
        let now: Timestamp = "2026-11-24T02:00:00Z".parse().unwrap();
        for address in ["113.160.0.1", "2001:ee0:4f01:2e90::1"] {
            let address: IpAddr = address.parse().unwrap();
            let value = key.vouch(address, now);
            assert!(value.is_sensitive(), "no log of headers shows it");
            for (seconds, believed) in [(0, true), (120, true), (-120, true), (121, false), (-121, false)] {
                let at = now + SignedDuration::from_secs(seconds);
                assert_eq!(key.vouched(&value, at), believed.then_some(address), "{seconds} s");
            }
            assert_eq!(VisitorKey::new(&[8; 32]).vouched(&value, now), None);
            let text = value.to_str().unwrap();
            for altered in [
                text.replace(&address.to_string(), "10.0.0.1"),
                text.replacen("1 ", "2 ", 1),
                text[..text.len() - 2].to_owned(),
            ] {
                assert_eq!(key.vouched(&HeaderValue::from_str(&altered).unwrap(), now), None, "{altered}");
            }
        }
        for senseless in ["", "1", "1 2", "1 2 3", "1 1790000000 10.0.0.1 x"] {
            assert_eq!(key.vouched(&HeaderValue::from_str(senseless).unwrap(), now), None);
        }
    }
}
