//! What passes between citizen and agency beside the steps, and who was shown who the citizen is.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{AgencyId, SubjectId};

/// Who writes a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Whoever holds the receipt code.
    Citizen,
    /// The agency that has the case.
    Agency,
}

/// The messages of a case, as far as it knows them: their texts are in the vault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MessageCount))]
pub struct Messages {
    /// How many there are.
    pub count: u32,
    /// How many of the citizen's came after the agency's last one.
    pub unanswered: u32,
}

impl Messages {
    /// Whether a case has none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// Why an identity is opened. A closed list: a free text would itself be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DisclosureReason {
    /// To check who signs (Law on Denunciations Art. 24; Decree 154/2026 Art. 12).
    Verification,
    /// To invite the citizen to a meeting or dialogue.
    Invitation,
    /// To send a notice, decision or conclusion.
    Delivery,
    /// To protect the denouncer or their family (Law on Denunciations Art. 47 to 58).
    Protection,
    /// An investigation body, procuracy or court asks for it by law.
    Authority,
}

impl DisclosureReason {
    /// Every reason.
    pub const ALL: [DisclosureReason; 5] = [
        DisclosureReason::Verification,
        DisclosureReason::Invitation,
        DisclosureReason::Delivery,
        DisclosureReason::Protection,
        DisclosureReason::Authority,
    ];
}

/// That an identity was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Disclosure {
    /// For whom.
    pub to: SubjectId,
    /// The agency of the custodian.
    pub agency: AgencyId,
    /// Why.
    pub reason: DisclosureReason,
    /// The day.
    pub on: Date,
}
