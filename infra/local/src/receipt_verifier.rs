//! Checks a signed receipt offline: with the published keys, and with what was submitted where it is at hand.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use donthu_operate::exit::Verdict;
use donthu_service::receipts::{self, Statement};
use donthu_store::merkle::Hash;
use donthu_store::signing::{KeySet, NotGenuine, PublicKey, PublicKeys};
use serde::Deserialize;

/// Longer than any answer that holds a receipt; what is longer is some other file.
const MOST_BYTES: u64 = 1024 * 1024;

/// Checks a receipt: `verify-receipt RECEIPT --keys FILE [--content FILE [--salt SALT]]`.
#[derive(Debug, Clone, Args)]
pub struct Asked {
    /// The signed receipt, alone or within the answer to the submission
    #[arg(value_name = "RECEIPT")]
    pub receipt: PathBuf,

    /// The published keys, as GET /v1/public/receipt-keys answers; may be given again
    #[arg(long, value_name = "FILE", required_unless_present = "key")]
    pub keys: Vec<PathBuf>,

    /// A published key itself: the member x of its JSON Web Key; may be given again
    #[arg(long, value_name = "KEY", value_parser = public_key)]
    pub key: Vec<PublicKey>,

    /// What was submitted, byte for byte: check that it is what the receipt was given out for
    #[arg(long, value_name = "FILE")]
    pub content: Option<PathBuf>,

    /// The salt of the content, where the receipt stands alone; the answer to the submission holds it as content_salt
    #[arg(long, value_name = "SALT", requires = "content", value_parser = salt)]
    pub salt: Option<Hash>,
}

fn public_key(text: &str) -> Result<PublicKey, String> {
    PublicKey::parse(text).map_err(|error| error.to_string())
}

fn salt(text: &str) -> Result<Hash, String> {
    text.parse().map_err(|error: donthu_store::merkle::NoHash| error.to_string())
}

/// Why nobody can tell.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptVerifierError {
    /// A file can't be read.
    #[error("cannot read {}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is larger than what it should hold.
    #[error("{} is too large to be what was asked for", .0.display())]
    TooLarge(PathBuf),
    /// A file holds no keys.
    #[error("{} is not what GET /v1/public/receipt-keys answers", .0.display())]
    NoKeys(PathBuf),
    /// A file of answers holds no receipt.
    #[error("{} holds no signed receipt", .0.display())]
    NoReceipt(PathBuf),
    /// The receipt names a key that was not given.
    #[error("the receipt names a key that is not among the given ones: fetch GET /v1/public/receipt-keys anew")]
    UnknownKey,
    /// Without the salt the content can't be compared.
    #[error("the content cannot be compared without its salt: give --salt, or the whole answer to the submission")]
    NoSalt,
}

/// What is at hand of an answer to a submission.
#[derive(Deserialize)]
struct Answer {
    signed_receipt: String,
    content_salt: Hash,
}

fn read(file: &Path) -> Result<Vec<u8>, ReceiptVerifierError> {
    let failed = |source| ReceiptVerifierError::File { file: file.to_owned(), source };
    if std::fs::metadata(file).map_err(failed)?.len() > MOST_BYTES {
        return Err(ReceiptVerifierError::TooLarge(file.to_owned()));
    }
    std::fs::read(file).map_err(failed)
}

fn published(asked: &Asked) -> Result<PublicKeys, ReceiptVerifierError> {
    let mut keys = asked.key.clone();
    for file in &asked.keys {
        let set = serde_json::from_slice::<KeySet>(&read(file)?).ok().and_then(|set| set.public_keys().ok());
        let set = set.filter(|set| !set.is_empty()).ok_or_else(|| ReceiptVerifierError::NoKeys(file.clone()))?;
        keys.extend(set.iter());
    }
    Ok(keys.into_iter().collect())
}

/// The receipt of a file, and the salt where the file holds it.
fn receipt(file: &Path) -> Result<(String, Option<Hash>), ReceiptVerifierError> {
    let bytes = read(file)?;
    if bytes.trim_ascii_start().starts_with(b"{") {
        let answer: Answer =
            serde_json::from_slice(&bytes).map_err(|_| ReceiptVerifierError::NoReceipt(file.to_owned()))?;
        return Ok((answer.signed_receipt, Some(answer.content_salt)));
    }
    let text = String::from_utf8(bytes).map_err(|_| ReceiptVerifierError::NoReceipt(file.to_owned()))?;
    if text.trim().is_empty() {
        return Err(ReceiptVerifierError::NoReceipt(file.to_owned()));
    }
    Ok((text, None))
}

/// Checks a receipt.
///
/// # Errors
/// [`ReceiptVerifierError`] where nobody can tell whether it is genuine.
pub fn verify(asked: &Asked) -> Result<Verdict, ReceiptVerifierError> {
    let keys = published(asked)?;
    let (text, salt) = receipt(&asked.receipt)?;
    let statement = match receipts::read(&text, &keys) {
        Ok(statement) => statement,
        Err(NotGenuine::UnknownKey) => return Err(ReceiptVerifierError::UnknownKey),
        Err(reason) => return Ok(Verdict { text: format!("not genuine: {reason}\n"), is_sound: false }),
    };
    let mut told = told(&statement);
    let mut is_sound = true;
    if let Some(content) = &asked.content {
        let salt = asked.salt.or(salt).ok_or(ReceiptVerifierError::NoSalt)?;
        is_sound = statement.is_of(&salt, &read(content)?);
        told.push_str(if is_sound {
            "content: what was submitted, byte for byte\n"
        } else {
            "content: NOT what was submitted, or the salt is of another submission\n"
        });
    }
    Ok(Verdict { text: told, is_sound })
}

fn told(statement: &Statement) -> String {
    let Statement { province, case_number, submitted_at, deadline, .. } = statement;
    let mut text = format!("genuine: {province} received case {case_number} at {submitted_at}\n");
    // Writing to a text cannot fail.
    let _ = match deadline {
        Some(limit) => writeln!(
            text,
            "first limit: {}, counted from {}, due on {}{}",
            limit.rule,
            limit.started_on,
            limit.due_on,
            if limit.provisional { " (days off not proclaimed yet)" } else { "" }
        ),
        None => writeln!(text, "first limit: none ran yet"),
    };
    text
}

#[cfg(test)]
mod tests {
    use donthu_store::signing::{ReceiptSigner as _, content_hash, sign};
    use donthu_store::testing::FixedSigner;

    use super::*;

    const BODY: &[u8] = br#"{"kind":"feedback","text":"x"}"#;

    struct Place(tempfile::TempDir);

    impl Place {
        fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
            let file = self.0.path().join(name);
            std::fs::write(&file, text).unwrap();
            file
        }
    }

    fn asked(receipt: PathBuf, keys: &[PathBuf]) -> Asked {
        Asked { receipt, keys: keys.to_vec(), key: Vec::new(), content: None, salt: None }
    }

    async fn made(place: &Place) -> (String, Hash, PathBuf) {
        let (signer, salt) = (FixedSigner::new(1), Hash::new([7; 32]));
        let statement = Statement {
            province: "quang-ngai".to_owned(),
            case_number: "QN-0000-0000-0001".to_owned(),
            submitted_at: "2026-10-05T09:00:00+07:00".to_owned(),
            content_hash: content_hash(&salt, BODY),
            deadline: None,
        };
        let receipt = sign(&signer, &serde_json::to_vec(&statement).unwrap()).await.unwrap();
        let keys = serde_json::to_string(&signer.public_keys().await.unwrap().key_set()).unwrap();
        (receipt.as_str().to_owned(), salt, place.write("keys.json", keys))
    }

    #[tokio::test]
    async fn a_receipt_is_checked_alone_or_within_the_answer_and_with_its_content() {
        let place = Place(tempfile::tempdir().unwrap());
        let (receipt, salt, keys) = made(&place).await;
        let alone = place.write("receipt.jws", format!("{receipt}\n"));
        let expected = "genuine: quang-ngai received case QN-0000-0000-0001 at 2026-10-05T09:00:00+07:00\n\
                        first limit: none ran yet\n";
        let verdict = verify(&asked(alone.clone(), std::slice::from_ref(&keys))).unwrap();
        assert_eq!(verdict, Verdict { text: expected.to_owned(), is_sound: true });

        let answer = format!(r#"{{"receipt":"x","signed_receipt":"{receipt}","content_salt":"{salt}"}}"#);
        let whole = place.write("answer.json", answer);
        let (content, other) = (place.write("body.json", BODY), place.write("other.json", b"{}"));
        for (receipt, salt) in [(&whole, None), (&alone, Some(salt))] {
            let with = |content: &PathBuf| Asked {
                content: Some(content.clone()),
                salt,
                ..asked(receipt.clone(), std::slice::from_ref(&keys))
            };
            let verdict = verify(&with(&content)).unwrap();
            assert!(verdict.is_sound && verdict.text.ends_with("byte for byte\n"), "{}", verdict.text);
            let verdict = verify(&with(&other)).unwrap();
            assert!(!verdict.is_sound && verdict.text.contains("NOT what was submitted"), "{}", verdict.text);
        }
        let no_salt = Asked { content: Some(content), ..asked(alone, &[keys]) };
        assert!(matches!(verify(&no_salt), Err(ReceiptVerifierError::NoSalt)));
    }

    #[tokio::test]
    async fn forged_is_told_apart_from_what_nobody_can_tell() {
        let place = Place(tempfile::tempdir().unwrap());
        let (receipt, _, keys) = made(&place).await;
        let keys = std::slice::from_ref(&keys);
        let (message, signature) = receipt.rsplit_once('.').unwrap();
        let forged = place.write("forged.jws", format!("{}.{signature}", message.replacen('J', "K", 1)));
        let verdict = verify(&asked(forged, keys)).unwrap();
        assert!(!verdict.is_sound && verdict.text.starts_with("not genuine: "), "{}", verdict.text);

        let genuine = place.write("receipt.jws", &receipt);
        let other = FixedSigner::new(2).public_keys().await.unwrap();
        let by_other = Asked { key: other.iter().collect(), ..asked(genuine.clone(), &[]) };
        assert!(matches!(verify(&by_other), Err(ReceiptVerifierError::UnknownKey)));
        let refused = |receipt: PathBuf, keys: &[PathBuf]| verify(&asked(receipt, keys)).unwrap_err().to_string();
        assert!(refused(place.0.path().join("none"), keys).contains("cannot read"));
        assert!(refused(place.write("empty", " \n"), keys).contains("no signed receipt"));
        assert!(refused(place.write("answer.json", "{}"), keys).contains("no signed receipt"));
        let no_keys = place.write("no-keys.json", r#"{"keys":[]}"#);
        assert!(refused(genuine.clone(), &[no_keys]).contains("receipt-keys"));
        assert!(refused(genuine, &[place.write("bad.json", "[")]).contains("receipt-keys"));
    }
}
