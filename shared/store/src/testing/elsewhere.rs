//! An engine that runs already: the tests' second one beside the embedded one.

use aws_lc_rs::error::Unspecified;

use crate::aead::SecretBytes;
use crate::digest::hex;

/// Names the endpoint of a DynamoDB-compatible engine that the tests are to use instead of the embedded one.
pub const VARIABLE: &str = "DONTHU_TEST_DYNAMODB";

/// A database of a test's own on an engine that runs already. DynamoDB Local keeps one for each access key and region, as
/// AWS does for each account and region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Base URL of the engine.
    pub endpoint: String,
    /// An access key id that nobody has used yet: letters and digits, as DynamoDB Local wants it.
    pub access_key: String,
}

impl Elsewhere {
    /// A new database on the engine that `DONTHU_TEST_DYNAMODB` names; none where it is not set.
    ///
    /// # Errors
    /// Where there is no randomness.
    pub fn from_environment() -> Result<Option<Self>, Unspecified> {
        std::env::var_os(VARIABLE)
            .map(|endpoint| {
                let access_key = hex(SecretBytes::random()?.expose());
                let access_key = access_key.chars().take(20).collect();
                Ok(Self { endpoint: endpoint.to_string_lossy().into_owned(), access_key })
            })
            .transpose()
    }
}
