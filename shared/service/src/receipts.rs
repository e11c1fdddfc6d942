//! The receipt that proves: what it states, how it is signed with a submission, and what checks it without any table.

use donthu_domain::{Case, Language, first_deadline, time};
use donthu_store::ReceiptCode;
use donthu_store::merkle::Hash;
use donthu_store::signing::{self, NotGenuine, PublicKeys, SignedReceipt, content_hash};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::fault::Fault;
use crate::messages;

/// What the province states to whoever submitted a petition. It names neither who that is nor what they wrote, not even of
/// what kind it is, and its number opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Statement {
    /// The province, e.g. `quang-ngai`.
    pub province: String,
    /// The case's number.
    pub case_number: String,
    /// When the petition came in, to the second, with Vietnam's offset.
    #[schema(format = DateTime)]
    pub submitted_at: String,
    /// SHA-256 of a salt, which stands beside the receipt and not in it, and of the bytes that were submitted. Without the salt
    /// nobody can try out what a short petition said.
    pub content_hash: Hash,
    /// The first limit that ran when it came in; null where none did.
    pub deadline: Option<StatedDeadline>,
}

/// A limit as it stood when the petition came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatedDeadline {
    /// The rule's id. One that holds for petitions of any kind.
    pub rule: String,
    /// The day from which it is counted; the day itself is not.
    pub started_on: Date,
    /// The last day in time.
    pub due_on: Date,
    /// Whether the count rests on days off that aren't proclaimed yet, so that the due day may still move.
    pub provisional: bool,
}

impl Statement {
    /// What is stated of a new case and the bytes that made it.
    fn of(app: &App, case: &Case, salt: &Hash, content: &[u8]) -> Self {
        let deadline = first_deadline(case, &app.law.rules).map(|obligation| StatedDeadline {
            rule: obligation.rule.to_string(),
            started_on: obligation.started_on,
            due_on: obligation.due_on,
            provisional: obligation.provisional,
        });
        Self {
            province: app.province.clone(),
            case_number: case.number.clone(),
            submitted_at: time::rfc3339(case.submitted_at),
            content_hash: content_hash(salt, content),
            deadline,
        }
    }

    /// Whether these are the bytes that were submitted.
    pub fn is_of(&self, salt: &Hash, content: &[u8]) -> bool {
        content_hash(salt, content) == self.content_hash
    }
}

/// What the citizen takes home beside the receipt code. The two belong together and are kept apart from each other where
/// somebody may look: the receipt proves, the salt lets one check against it what was submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssuedReceipt)]
pub struct Issued {
    /// The signed receipt; null for a case from before receipts were signed.
    pub signed_receipt: Option<SignedReceipt>,
    /// The salt of its content hash.
    pub content_salt: Hash,
}

/// The salt of what was submitted under a code.
///
/// # Errors
/// [`Fault::NotFound`] for a code of a version that never was: as unknown as any other.
pub fn content_salt(app: &App, code: &ReceiptCode) -> Result<Hash, Fault> {
    app.store.keyring().lookup().content_salt(code).map_err(|_| Fault::NotFound)
}

/// Signs the receipt of a new case, before it is written: where the signer does not answer, nothing has happened yet, and
/// nobody ever has a case without its receipt.
///
/// # Errors
/// [`Fault::KeysUnavailable`] where the signer can't be asked now, [`Fault::Internal`] where it refuses.
pub async fn sign(app: &App, case: &Case, code: &ReceiptCode, content: &[u8]) -> Result<SignedReceipt, Fault> {
    let statement = Statement::of(app, case, &content_salt(app, code)?, content);
    let json = serde_json::to_vec(&statement).map_err(Fault::internal)?;
    Ok(signing::sign(app.signer.as_ref(), &json).await?)
}

/// What a receipt states, if it is genuine.
///
/// # Errors
/// [`NotGenuine`].
pub fn read(text: &str, keys: &PublicKeys) -> Result<Statement, NotGenuine> {
    let content = signing::verify(text.trim(), keys)?;
    serde_json::from_slice(&content).map_err(|_| NotGenuine::Malformed)
}

/// How a receipt stands the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReceiptVerdict)]
pub enum Verdict {
    /// The province gave it out as it stands.
    Genuine,
    /// It was altered or forged, or is no receipt.
    NotGenuine,
    /// It names a key that is not among the known ones.
    UnknownKey,
}

impl From<NotGenuine> for Verdict {
    fn from(reason: NotGenuine) -> Self {
        match reason {
            NotGenuine::UnknownKey => Verdict::UnknownKey,
            NotGenuine::Malformed | NotGenuine::Type | NotGenuine::Algorithm | NotGenuine::Signature => {
                Verdict::NotGenuine
            }
        }
    }
}

/// The answer to a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CheckedReceipt)]
pub struct Checked {
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict in words.
    #[schema(value_type = String)]
    pub verdict_text: &'static str,
    /// What the receipt states; null unless it is genuine.
    pub statement: Option<Statement>,
}

/// Checks a receipt.
pub fn check(text: &str, keys: &PublicKeys, language: Language) -> Checked {
    let (verdict, statement) = match read(text, keys) {
        Ok(statement) => (Verdict::Genuine, Some(statement)),
        Err(reason) => (reason.into(), None),
    };
    Checked { verdict, verdict_text: messages::receipts::verdict(verdict, language), statement }
}
