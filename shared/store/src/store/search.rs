//! A case by its number, among the cases of a list. The number is a digest of the case's id and leads back to none, and an index of
//! its own would make every step dearer: a list is read instead, and only what fits comes out of it.

use donthu_domain::AgencyId;

use super::Store;
use crate::error::StoreError;
use crate::keys::{self, Compartment, Shelf};
use crate::rows::{self, CASE_NUMBER, ListedCase};

/// What became of a search in one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// The case, where it was found.
    pub found: Option<ListedCase>,
    /// How often the store was asked.
    pub trips: u32,
    /// Whether the list goes on beyond what was read.
    pub unfinished: bool,
}

impl Store {
    /// Looks for a case by its number in one list of an agency, out of the index: a list may be some moments old. The store is asked
    /// so often at most; each time it reads up to a megabyte of the list, some thousands of cases.
    ///
    /// # Errors
    /// [`StoreError`] where the query fails.
    pub async fn case_numbered(
        &self,
        agency: &AgencyId,
        compartment: Compartment,
        shelf: Shelf,
        number: &str,
        most_trips: u32,
    ) -> Result<Sought, StoreError> {
        let pk = keys::agency_queue_pk(agency, compartment, shelf);
        let query = self
            .query(&self.tables.cases, keys::AG_PK, &pk)
            .index_name(keys::BY_AGENCY)
            .filter_expression("#number = :number")
            .expression_attribute_names("#number", CASE_NUMBER)
            .expression_attribute_values(":number", rows::text(number));
        let mut start = None;
        for trip in 1..=most_trips {
            let answer = query
                .clone()
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| StoreError::of_call("Query", &error))?;
            let found = answer.items().first().map(ListedCase::from_item).transpose()?;
            start = answer.last_evaluated_key;
            if found.is_some() || start.is_none() {
                return Ok(Sought { found, trips: trip, unfinished: false });
            }
        }
        Ok(Sought { found: None, trips: most_trips, unfinished: true })
    }
}
