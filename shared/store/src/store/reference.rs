//! Reference rows: agencies, areas, fields, competence, policies, each version by its first day.

use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Store;
use crate::error::StoreError;
use crate::keys;
use crate::rows::{self, ROW, Reader};

impl Store {
    /// Writes one version of a reference row; the same id and day replace each other, other versions stay.
    ///
    /// # Errors
    /// [`StoreError`] where the row cannot be written.
    pub async fn put_reference<T: Serialize + Sync>(
        &self,
        sort: &str,
        id: &str,
        valid_from: Date,
        row: &T,
    ) -> Result<(), StoreError> {
        let put = self.reference_put(sort, id, valid_from, row)?;
        put.send().await.map_err(|error| StoreError::of_call("PutItem", &error))?;
        Ok(())
    }

    /// Writes one version of a reference row that is not there yet. False where somebody wrote one meanwhile, which stays.
    ///
    /// # Errors
    /// [`StoreError`] where the row cannot be written.
    pub async fn add_reference<T: Serialize + Sync>(
        &self,
        sort: &str,
        id: &str,
        valid_from: Date,
        row: &T,
    ) -> Result<bool, StoreError> {
        let put = self
            .reference_put(sort, id, valid_from, row)?
            .condition_expression("attribute_not_exists(#pk)")
            .expression_attribute_names("#pk", keys::PK);
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception()) =>
            {
                Ok(false)
            }
            Err(error) => Err(StoreError::of_call("PutItem", &error)),
        }
    }

    fn reference_put<T: Serialize>(
        &self,
        sort: &str,
        id: &str,
        valid_from: Date,
        row: &T,
    ) -> Result<PutItemFluentBuilder, StoreError> {
        let mut item = rows::keyed(&keys::reference(sort, id, valid_from));
        item.insert(ROW.to_owned(), rows::to_value("a reference row", row)?);
        Ok(self.client.put_item().table_name(&self.tables.cases).set_item(Some(item)))
    }

    /// Every version of every row of a sort, by id and first day.
    ///
    /// # Errors
    /// [`StoreError`] where the query fails or a row is malformed.
    pub async fn references<T: DeserializeOwned>(&self, sort: &str) -> Result<Vec<T>, StoreError> {
        let query = self.query(&self.tables.cases, keys::PK, &keys::reference_pk(sort)).consistent_read(true);
        self.every(query).await?.iter().map(|item| Reader::new(item).value(ROW)).collect()
    }
}
