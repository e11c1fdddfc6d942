//! What the API's description says of this function's route.

use donthu_service::openapi::{Api, post};
use donthu_service::petition::PetitionForm;

use crate::Receipt;

/// The routes of this function, described.
#[must_use]
pub fn api() -> Api {
    let submitted = "The petition was submitted. The receipt code opens it, and is shown here and never again.";
    Api::default().route(
        post("/v1/petitions", "submitPetition")
            .says(
                "petitions",
                "Submit a petition",
                "A complaint, a denunciation or feedback (*khiếu nại, tố cáo, kiến nghị, phản ánh*). Who stays anonymous leaves \
                 out `petitioner`. The same body under the same key gives the same receipt.",
            )
            .public()
            .writes()
            .body::<PetitionForm>()
            .header("Idempotency-Replayed", "`true` where the petition had been submitted before; absent otherwise.")
            .answers::<Receipt>(201, submitted),
    )
}
