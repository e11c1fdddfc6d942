//! How cases come out of cases.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{AgencyId, CaseId};

/// How a case came out of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// A part of a petition with mixed content, one matter each (Decree 154/2026 Art. 14.4).
    Part,
    /// The whole petition, which is of another kind than it was called (Decree 154/2026 Art. 15.1).
    Reclassified,
    /// A second complaint (Law on Complaints Art. 33).
    Appeal,
    /// A continued denunciation (Law on Denunciations Art. 37, 38).
    Continued,
}

/// The case that another one came out of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Origin {
    /// How.
    pub relation: Relation,
    /// The case that it came out of.
    pub parent: CaseId,
    /// The first case of all: the citizen's contact is kept under it.
    pub root: CaseId,
    /// For a second complaint or continued denunciation: the agency that decided, or failed to. It never handles this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<AgencyId>,
}

/// A case that came out of this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Child {
    /// How.
    pub relation: Relation,
    /// The case.
    pub case: CaseId,
    /// The day.
    pub on: Date,
}
