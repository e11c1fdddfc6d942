//! Counters and sealed months.

use std::collections::BTreeMap;

use donthu_domain::{AgencyId, Kind};

use super::Store;
use crate::error::StoreError;
use crate::keys::{self, Ledger, Month};
use crate::rows::{self, DayCounts, SealedMonth};

impl Store {
    /// What was counted in a month, by agency and day; of one agency or of all. One query reads it, whatever the number
    /// of cases: an item is an agency's day and shard.
    ///
    /// # Errors
    /// [`StoreError`] where the query fails or a counter is malformed.
    pub async fn tallies(
        &self,
        ledger: Ledger,
        kind: Kind,
        month: Month,
        agency: Option<&AgencyId>,
    ) -> Result<Vec<DayCounts>, StoreError> {
        let mut query =
            self.query(&self.tables.cases, keys::PK, &keys::tally_pk(ledger, month, kind)).consistent_read(true);
        if let Some(agency) = agency {
            query = query
                .key_condition_expression("#pk = :pk AND begins_with(#sk, :agency)")
                .expression_attribute_names("#sk", keys::SK)
                .expression_attribute_values(":agency", rows::text(keys::tally_prefix(agency)));
        }
        let mut sums = BTreeMap::new();
        for item in self.every(query).await? {
            rows::add_to(&mut sums, month, &item)?;
        }
        Ok(sums.into_iter().map(|((agency, day), flows)| DayCounts { agency, day, flows }).collect())
    }

    /// Seals a month of an agency and kind; a repetition with the same figures changes nothing.
    ///
    /// # Errors
    /// [`StoreError::SealedDiffers`] where it is sealed with other figures: a sealed month never changes.
    pub async fn seal_month(&self, province: &str, row: &SealedMonth) -> Result<(), StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.tables.cases)
            .set_item(Some(row.to_item(province)?))
            .condition_expression("attribute_not_exists(#pk)")
            .expression_attribute_names("#pk", keys::PK)
            .send()
            .await;
        let Err(error) = put else { return Ok(()) };
        if !error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception()) {
            return Err(StoreError::of_call("PutItem", &error));
        }
        let key = keys::sealed_month(province, row.month, row.kind, &row.agency);
        let sealed = self.get(&self.tables.cases, &key).await?.map(|item| SealedMonth::from_item(&item)).transpose()?;
        match sealed {
            Some(sealed) if sealed.says_the_same_as(row) => Ok(()),
            _ => Err(StoreError::SealedDiffers { month: key.sk }),
        }
    }

    /// Sealed months of a province from one month to another, both included, by month, kind and agency.
    ///
    /// # Errors
    /// [`StoreError`] where the query fails or a row is malformed.
    pub async fn sealed_months(&self, province: &str, from: Month, to: Month) -> Result<Vec<SealedMonth>, StoreError> {
        let (first, last) = keys::sealed_month_bounds(from, to);
        let query = self
            .query(&self.tables.cases, keys::PK, &keys::sealed_months_pk(province))
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :first AND :last")
            .expression_attribute_names("#sk", keys::SK)
            .expression_attribute_values(":first", rows::text(first))
            .expression_attribute_values(":last", rows::text(last))
            .consistent_read(true);
        self.every(query).await?.iter().map(SealedMonth::from_item).collect()
    }
}
