//! What the API's description says of this function's route.

use donthu_domain::{CaseId, Role};
use donthu_service::openapi::{Api, post};

use crate::{DisclosureForm, Identity};

/// The routes of this function, described.
#[must_use]
pub fn api() -> Api {
    Api::default().route(
        post("/v1/cases/{id}/identity-disclosure", "discloseIdentity")
            .says(
                "custody",
                "Open a petitioner's identity",
                "For a named official and a stated reason (Law on Denunciations Art. 56), by a custodian of the responsible agency \
                 who may not read the text. It stands in the journal before the answer leaves, and the citizen sees it.",
            )
            .officials(&[Role::IdentityCustodian])
            .within::<CaseId>("id", "Id of the case.")
            .writes()
            .from_vault()
            .body::<DisclosureForm>()
            .answers::<Identity>(200, "Who the petitioner is."),
    )
}
