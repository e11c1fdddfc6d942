//! Why the store cannot do what it was asked to. No error holds an item, a key of the vault or a secret.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::vault::VaultError;

/// Why a call of the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Others kept writing to the same items, or DynamoDB throttled, longer than retries lasted. Nothing was written;
    /// worth trying again soon.
    #[error("the store is busy")]
    Busy,
    /// DynamoDB could not be reached, or did not say whether it wrote. The same command may be sent again: it is done
    /// once at most.
    #[error("DynamoDB did not answer to {operation}")]
    Unavailable {
        /// The operation by AWS's name.
        operation: &'static str,
    },
    /// DynamoDB refused the request: a missing right, a missing table or a fault of ours.
    #[error("DynamoDB refused {operation}: {code}")]
    Refused {
        /// The operation by AWS's name.
        operation: &'static str,
        /// AWS's error code.
        code: String,
    },
    /// An item does not hold what such an item must hold.
    #[error("the item {pk} / {sk} is malformed: {reason}")]
    Malformed {
        /// Its partition key.
        pk: String,
        /// Its sort key.
        sk: String,
        /// What is wrong, without contents.
        reason: String,
    },
    /// What should be written cannot be expressed as an item.
    #[error("{what} cannot be written: {reason}")]
    Unwritable {
        /// What.
        what: &'static str,
        /// Why, without contents.
        reason: String,
    },
    /// What should be written is beyond a limit; nothing was written.
    #[error("{what}: {found}, at most {limit} possible")]
    TooLarge {
        /// What is too large, with its unit.
        what: &'static str,
        /// How much it is.
        found: usize,
        /// How much is possible.
        limit: usize,
    },
    /// The transition does not follow the case as it was read: a fault of ours.
    #[error("the transition makes version {found}, expected {expected}")]
    Inconsistent {
        /// The version that follows the one read.
        expected: u64,
        /// The version of the transition.
        found: u64,
    },
    /// A sealed row would be replaced by another one.
    #[error("the month {month} is sealed with other figures")]
    SealedDiffers {
        /// `yyyy-mm#kind#agency`.
        month: String,
    },
    /// A cursor that this list never gave out.
    #[error("the cursor does not belong to this list")]
    ForeignCursor,
    /// The vault could not seal or open.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl StoreError {
    /// Sorts a failed call by what its caller can do about it.
    pub(crate) fn of_call<E: ProvideErrorMetadata>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self {
        match error {
            // Whatever code it bears: the server may have failed after the writing.
            SdkError::ServiceError(refused) if refused.raw().status().is_server_error() => {
                Self::Unavailable { operation }
            }
            SdkError::ServiceError(refused) => match refused.err().code().unwrap_or("unknown") {
                code if is_throttling(code) => Self::Busy,
                "TransactionInProgressException" => Self::Unavailable { operation },
                code => Self::Refused { operation, code: code.to_owned() },
            },
            SdkError::ConstructionFailure(_) => Self::Refused { operation, code: "RequestNotBuilt".to_owned() },
            _ => Self::Unavailable { operation },
        }
    }
}

/// Codes that say: not now, and nothing was done.
pub(crate) fn is_throttling(code: &str) -> bool {
    matches!(
        code,
        "ThrottlingException"
            | "ThrottlingError"
            | "ProvisionedThroughputExceededException"
            | "ProvisionedThroughputExceeded"
            | "RequestLimitExceeded"
            | "TransactionConflict"
            | "TransactionConflictException"
    )
}
