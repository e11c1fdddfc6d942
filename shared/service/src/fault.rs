//! Everything that can go wrong between a request and its answer. A closed list: [`crate::problem`] gives each its status,
//! [`crate::messages`] its words.

use donthu_domain::Refusal;
use donthu_domain::rules::Scope;
use donthu_store::{KeyringError, StoreError, VaultError};

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It must be there.
    Missing,
    /// It holds nothing.
    Empty,
    /// It holds more than allowed: so many characters at most.
    TooLong {
        /// Most characters.
        characters: u64,
    },
    /// It holds more than so many bytes of UTF-8.
    TooManyBytes {
        /// Most bytes.
        bytes: u64,
    },
    /// It has a wrong type, or is none of the allowed values.
    Type,
    /// Nobody knows the field.
    Unknown,
    /// It holds a parameter that nobody knows.
    UnknownParameter,
    /// Not an identity number: 12 digits, a 9-digit legacy number or a passport number.
    IdNumber,
    /// Not a Vietnamese telephone number.
    Phone,
    /// Not a date `YYYY-MM-DD`, a month `YYYY-MM`, or not in order.
    Date,
    /// Not the number of an official document.
    DocumentNumber,
    /// Not the subject of an official's token.
    Subject,
    /// Not a number from 1 up to the most.
    Limit {
        /// The most.
        most: u64,
    },
    /// A date before the years that the calendar knows.
    BeforeCalendar,
    /// Only whole months that are over.
    MonthNotOver,
    /// A list cursor that was not given out by this system.
    Cursor,
    /// Not the number of a case of this province.
    CaseNumber,
    /// Not possible in a search by number.
    NotInSearch,
}

/// Why a request can't be answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The law or the rights refuse the step.
    #[error("refused: {}", refusal.code())]
    Refused {
        /// Why.
        refusal: Box<Refusal>,
        /// For which cases the article is that the refusal names.
        scope: Scope,
        /// Where in the request the form stands that is refused: nothing, or a path with a dot at its end.
        within: &'static str,
    },
    /// A field is wrong.
    #[error("invalid field {field}")]
    Invalid {
        /// Path of the field, e.g. `petitioner.phone`. Never its content.
        field: String,
        /// What is wrong with it.
        wrong: Wrong,
    },
    /// The body is no JSON.
    #[error("malformed body")]
    MalformedBody,
    /// The body isn't declared as JSON.
    #[error("unsupported media type")]
    UnsupportedMediaType,
    /// The body is too large.
    #[error("body too large")]
    BodyTooLarge,
    /// The receipt code has a symbol that can't be right.
    #[error("malformed receipt code")]
    ReceiptMalformed,
    /// No receipt code was given.
    #[error("no receipt code")]
    ReceiptMissing,
    /// No valid token was given.
    #[error("no valid token")]
    Unauthenticated,
    /// The token's roles don't allow it.
    #[error("role not allowed")]
    Forbidden,
    /// The token's agency was closed, or there never was one of that name.
    #[error("agency not in force")]
    AgencyNotInForce,
    /// There is nothing of that name, or nothing that the caller may know of. Both answer alike.
    #[error("not found")]
    NotFound,
    /// There is no such route or method.
    #[error("no such route")]
    NoSuchRoute,
    /// The idempotency key is no UUID.
    #[error("malformed idempotency key")]
    IdempotencyKeyMalformed,
    /// The idempotency key was used with another body.
    #[error("idempotency key used with another body")]
    IdempotencyMismatch,
    /// A step was asked for without saying which state it rests on.
    #[error("no If-Match")]
    PreconditionMissing,
    /// Somebody else has changed the case meanwhile.
    #[error("stale step")]
    Stale {
        /// The case's step now.
        step: u64,
    },
    /// Too much at once; nothing was written.
    #[error("busy")]
    Busy,
    /// The store gave no answer, so that nobody knows whether anything was written. The same may be sent again: it is done
    /// once.
    #[error("no answer from the store")]
    Unanswered,
    /// The key service can't be asked now. This request wrote nothing; the same may be sent again.
    #[error("no answer from the key service")]
    KeysUnavailable,
    /// Too often from one address, or with one receipt code.
    #[error("too many requests")]
    TooManyRequests {
        /// When to come again.
        seconds: u32,
    },
    /// A petition without a proof of work, where the allowance for such petitions is used up.
    #[error("a proof of work is needed")]
    WorkNeeded {
        /// When there is an allowance again; none where the province allows nothing without work.
        seconds: Option<u32>,
    },
    /// A proof of work that is none, is not for this petition, or is too old.
    #[error("not a proof of work for this petition")]
    WorkInvalid,
    /// What was asked for was destroyed on purpose: that it was there is known, nobody can read it.
    #[error("shredded")]
    Shredded,
    /// A fault of ours. The cause is logged, never told.
    #[error("internal fault")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Fault {
    /// A fault of ours.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Fault::Internal(cause.into())
    }

    /// After how many seconds the same request may succeed, so that its sender is told when to come again.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Fault::Busy | Fault::Unanswered | Fault::KeysUnavailable => Some(2),
            Fault::TooManyRequests { seconds } => Some(*seconds),
            Fault::WorkNeeded { seconds } => *seconds,
            _ => None,
        }
    }

    /// A wrong field.
    pub fn invalid(field: impl Into<String>, wrong: Wrong) -> Self {
        Fault::Invalid { field: field.into(), wrong }
    }

    /// Whether what is stored cannot be read, so that the same will fail until somebody has repaired it.
    pub fn is_malformed_data(&self) -> bool {
        match self {
            Fault::Internal(cause) => matches!(
                cause.downcast_ref(),
                Some(
                    StoreError::Malformed { .. }
                        | StoreError::TooLarge { .. }
                        | StoreError::Vault(
                            VaultError::Altered { .. }
                                | VaultError::TooLarge { .. }
                                | VaultError::Keyring(KeyringError::Foreign { .. })
                        )
                )
            ),
            _ => false,
        }
    }
}
