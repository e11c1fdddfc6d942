//! How often something may be done, counted in rows that end by themselves.

use jiff::Timestamp;

use super::Store;
use super::work::met;
use crate::error::StoreError;
use crate::keys;
use crate::rows;

/// Attribute with the number of uses.
const USES: &str = "uses";

impl Store {
    /// Counts one more use in a window, unless there were `most` already: false then, and nothing is counted. The row may be
    /// removed from `ends` on (DynamoDB's time to live: some time after it, whole seconds).
    ///
    /// # Errors
    /// [`StoreError`] where the write fails otherwise.
    pub async fn count_use(&self, digest: &str, window: &str, most: u32, ends: Timestamp) -> Result<bool, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.tables.limits)
            .set_key(Some(rows::keyed(&keys::limit(digest, window))))
            .update_expression("ADD #uses :one SET #ends = :ends")
            .condition_expression("attribute_not_exists(#uses) OR #uses < :most")
            .expression_attribute_names("#uses", USES)
            .expression_attribute_names("#ends", keys::EXPIRES_AT)
            .expression_attribute_values(":one", rows::number(1))
            .expression_attribute_values(":most", rows::number(most))
            .expression_attribute_values(":ends", rows::number(ends.as_second()));
        met(update).await
    }
}
