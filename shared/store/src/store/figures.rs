//! Counters and sealed months.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use donthu_domain::tally::{Flows, Measure};
use donthu_domain::{AgencyId, Kind};
use jiff::civil::Date;

use super::{Store, work};
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

    /// Sets a counter right that differs from the journal: what is missing is added to its first shard, in one conditional write.
    /// False, and nothing written, where the counter is not `stored` any more, so that two who mend at a time do it once.
    ///
    /// # Errors
    /// [`StoreError`] where a read or the write fails or the counter is malformed.
    pub async fn mend_counter(
        &self,
        ledger: Ledger,
        kind: Kind,
        (day, agency): (Date, &AgencyId),
        stored: &Flows,
        right: &Flows,
    ) -> Result<bool, StoreError> {
        let month = Month::of(day);
        let query = self
            .query(&self.tables.cases, keys::PK, &keys::tally_pk(ledger, month, kind))
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :day)")
            .expression_attribute_names("#sk", keys::SK)
            .expression_attribute_values(":day", rows::text(keys::tally_day_prefix(agency, day)))
            .consistent_read(true);
        let shards = self.every(query).await?;
        let mut sums = BTreeMap::new();
        for shard in &shards {
            rows::add_to(&mut sums, month, shard)?;
        }
        let found = sums.into_values().next().unwrap_or_default();
        let measures: BTreeSet<&Measure> = right.iter().chain(stored.iter()).map(|(measure, _)| measure).collect();
        let wrong: Vec<&Measure> =
            measures.into_iter().filter(|measure| right.get(measure) != stored.get(measure)).collect();
        if found != *stored || wrong.is_empty() {
            return Ok(false);
        }
        let key = keys::first_tally(ledger, day, kind, agency);
        let first = shards.iter().find(|shard| Reader::new(shard).key().is_ok_and(|at| at == key));
        let mut update = self.client.update_item().table_name(&self.tables.cases).set_key(Some(rows::keyed(&key)));
        let (mut sums, mut unchanged) = (Vec::new(), Vec::new());
        for (place, measure) in wrong.into_iter().enumerate() {
            let by = right.get(measure) - stored.get(measure);
            update = update
                .expression_attribute_names(format!("#m{place}"), measure.name())
                .expression_attribute_values(format!(":by{place}"), rows::number(by));
            sums.push(format!("#m{place} :by{place}"));
            match first.and_then(|shard| shard.get(&measure.name())) {
                Some(was) => {
                    update = update.expression_attribute_values(format!(":was{place}"), was.clone());
                    unchanged.push(format!("#m{place} = :was{place}"));
                }
                None => unchanged.push(format!("attribute_not_exists(#m{place})")),
            }
        }
        let update =
            update.update_expression(format!("ADD {}", sums.join(", "))).condition_expression(unchanged.join(" AND "));
        work::met(update).await
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
