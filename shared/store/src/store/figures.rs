//! Counters and sealed months.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use donthu_domain::{AgencyId, Kind};

use super::Store;
use crate::error::StoreError;
use crate::keys::{self, Ledger, Month};
use crate::rows::{self, DayCounts, Reader, SealedMonth};

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

    /// The newest month, `latest` or an earlier one, of which a row is sealed. Reads one row.
    ///
    /// # Errors
    /// [`StoreError`] where the query fails or the row's key is malformed.
    pub async fn newest_sealed_month(&self, province: &str, latest: Month) -> Result<Option<Month>, StoreError> {
        let (_, last) = keys::sealed_month_bounds(latest, latest);
        let query = self
            .query(&self.tables.cases, keys::PK, &keys::sealed_months_pk(province))
            .key_condition_expression("#pk = :pk AND #sk <= :last")
            .expression_attribute_names("#sk", keys::SK)
            .expression_attribute_values(":last", rows::text(last))
            .scan_index_forward(false);
        self.month_of_one(query).await
    }

    /// The first month of which a row is sealed. Reads one row.
    ///
    /// # Errors
    /// [`StoreError`] where the query fails or the row's key is malformed.
    pub async fn first_sealed_month(&self, province: &str) -> Result<Option<Month>, StoreError> {
        self.month_of_one(self.query(&self.tables.cases, keys::PK, &keys::sealed_months_pk(province))).await
    }

    async fn month_of_one(&self, query: QueryFluentBuilder) -> Result<Option<Month>, StoreError> {
        let page = self.page(query.consistent_read(true), &["sealed_months"], None, 1).await?;
        let Some(item) = page.items.first() else { return Ok(None) };
        let reader = Reader::new(item);
        let (month, ..) = keys::parse_sealed_month_sk(reader.text(keys::SK)?)
            .ok_or_else(|| reader.malformed("no sealed month's sort key"))?;
        Ok(Some(month))
    }
}
