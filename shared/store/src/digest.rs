//! HMAC-SHA256 and SHA-256 over labelled, length-prefixed fields, and the hexadecimal text of their results.
//!
//! The label keeps apart what one key is used for; the lengths keep ("ab", "c") and ("a", "bc") apart.

use std::fmt::{self, Write as _};

use aws_lc_rs::{digest, hmac};
use donthu_domain::CaseId;

/// A secret key for HMAC-SHA256. `Debug` hides it.
#[derive(Clone)]
pub(crate) struct Hmac(hmac::Key);

impl fmt::Debug for Hmac {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Hmac(..)")
    }
}

impl Hmac {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The 32-byte tag of the fields.
    pub(crate) fn tag(&self, label: &[u8], fields: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        feed(label, fields, |bytes| context.update(bytes));
        first_32(context.sign().as_ref())
    }
}

/// SHA-256 of the fields.
pub(crate) fn sha256(label: &[u8], fields: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    feed(label, fields, |bytes| context.update(bytes));
    first_32(context.finish().as_ref())
}

/// SHA-256 of these bytes one after the other, without label or lengths: for formats that others define.
pub(crate) fn plain_sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    parts.iter().for_each(|part| context.update(part));
    first_32(context.finish().as_ref())
}

/// The label and each field, each after its length, as one run of bytes.
pub(crate) fn framed(label: &[u8], fields: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    feed(label, fields, |part| bytes.extend_from_slice(part));
    bytes
}

fn feed(label: &[u8], fields: &[&[u8]], mut take: impl FnMut(&[u8])) {
    for field in [label].iter().chain(fields) {
        // A usize is at most 64 bits wide on every platform Rust supports.
        take(&(field.len() as u64).to_be_bytes());
        take(field);
    }
}

fn first_32(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = *from;
    }
    out
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The 32 bytes of 64 lower-case hexadecimal digits; `None` for any other text.
pub(crate) fn unhex(text: &str) -> Option<[u8; 32]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != 32 || !rest.is_empty() {
        return None;
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; 32];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

/// A case id: the first 128 bits of a tag as 32 lower-case hexadecimal digits.
pub(crate) fn case_id(tag: &[u8; 32]) -> CaseId {
    let (half, _) = tag.split_at(16);
    CaseId::new(hex(half))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_cannot_run_into_each_other() {
        assert_ne!(sha256(b"x", &[b"ab", b"c"]), sha256(b"x", &[b"a", b"bc"]));
        assert_ne!(sha256(b"x", &[b"a"]), sha256(b"xa", &[]));
    }

    #[test]
    fn a_framed_message_hashes_like_its_fields() {
        let framed = framed(b"x", &[b"ab", b"c"]);
        assert_eq!(sha256(b"x", &[b"ab", b"c"]).as_slice(), digest::digest(&digest::SHA256, &framed).as_ref());
    }

    #[test]
    fn a_case_id_is_32_lower_case_hexadecimal_digits() {
        assert_eq!(case_id(&[0xAB; 32]).as_str(), "ab".repeat(16));
    }
}
