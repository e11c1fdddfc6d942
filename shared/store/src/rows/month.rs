//! Sealed months: the figures of a whole month, written once.

use donthu_domain::tally::{Balance, Flows};
use donthu_domain::{AgencyId, Kind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Item, ROW, Reader, keyed, text};
use crate::error::StoreError;
use crate::keys::{self, Month};

/// A month of one agency and kind that will not change any more: a later correction posts to its own day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedMonth {
    /// The month.
    pub month: Month,
    /// The agency.
    pub agency: AgencyId,
    /// The kind.
    pub kind: Kind,
    /// Sums of the month's changes.
    pub flows: Flows,
    /// The stock at its end, which opens the next month.
    pub closing: Balance,
    /// When it was sealed.
    pub sealed_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Row {
    flows: Flows,
    closing: Balance,
    sealed_at: Timestamp,
}

impl SealedMonth {
    pub(crate) fn to_item(&self, province: &str) -> Result<Item, StoreError> {
        let row = Row { flows: self.flows.clone(), closing: self.closing.clone(), sealed_at: self.sealed_at };
        let json = serde_json::to_string(&row)
            .map_err(|error| StoreError::Unwritable { what: "a sealed month", reason: error.to_string() })?;
        let mut item = keyed(&keys::sealed_month(province, self.month, self.kind, &self.agency));
        item.insert(ROW.to_owned(), text(json));
        Ok(item)
    }

    pub(crate) fn from_item(item: &Item) -> Result<Self, StoreError> {
        let reader = Reader::new(item);
        let (month, kind, agency) = keys::parse_sealed_month_sk(reader.text(keys::SK)?)
            .ok_or_else(|| reader.malformed("no sealed month's sort key"))?;
        let row: Row =
            serde_json::from_str(reader.text(ROW)?).map_err(|_| reader.malformed("its row cannot be read"))?;
        Ok(Self { month, agency, kind, flows: row.flows, closing: row.closing, sealed_at: row.sealed_at })
    }

    /// Whether the figures are the same, whenever they were sealed.
    pub(crate) fn says_the_same_as(&self, other: &Self) -> bool {
        self.flows == other.flows && self.closing == other.closing
    }
}
