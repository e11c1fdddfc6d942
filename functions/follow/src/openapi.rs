//! What the API's description says of this function's routes.

use donthu_service::correspondence::{MessageForm, Messages, Written};
use donthu_service::openapi::{Api, get, post};
use donthu_service::petition::FurtherForm;
use donthu_service::receipts::Issued;
use donthu_service::roots::Proof;
use donthu_service::views::CitizenCase;

use crate::Wanted;
use crate::proof::Asked;

const TAG: &str = "petition";
const CASE: &str = "The petition as it stands now, with the cases that came out of it.";

/// The routes of this function, described.
#[must_use]
pub fn api() -> Api {
    Api::default()
        .route(
            get("/v1/petition", "readPetition")
                .says(TAG, "See where a petition stands", "With what is owed, until when, how each due day came about, and what may be done now.")
                .receipt()
                .answers::<CitizenCase>(200, CASE),
        )
        .route(
            get("/v1/petition/messages", "readPetitionMessages")
                .says(TAG, "Read the messages", "What citizen and agency wrote to each other. No official is named.")
                .receipt()
                .query::<Wanted>()
                .from_vault()
                .answers::<Messages>(200, "The messages, oldest first."),
        )
        .route(
            post("/v1/petition/messages", "writePetitionMessage")
                .says(TAG, "Write to the agency", "A message moves no limit.")
                .receipt()
                .query::<Wanted>()
                .writes()
                .body::<MessageForm>()
                .answers::<Written>(201, "The message was written."),
        )
        .route(
            get("/v1/petition/receipt", "readSignedReceipt")
                .says(TAG, "The signed receipt again", "The same text as on the day of the submission.")
                .receipt()
                .answers::<Issued>(200, "The receipt, and the salt of its content hash."),
        )
        .route(
            get("/v1/petition/proof", "readPetitionProof")
                .says(
                    TAG,
                    "Prove that the journal stands",
                    "For each entry of the case its place below the published root of its day, ten entries at a time. It says \
                     nothing of what the entries hold.",
                )
                .receipt()
                .query::<Asked>()
                .answers::<Proof>(200, "The proofs."),
        )
        .route(
            post("/v1/petition/withdrawal", "withdrawPetition")
                .says(
                    TAG,
                    "Withdraw (*rút đơn*)",
                    "At once where nothing has been accepted yet; otherwise an official decides on the wish.",
                )
                .receipt()
                .query::<Wanted>()
                .writes()
                .answers::<CitizenCase>(200, CASE),
        )
        .route(
            post("/v1/petition/appeal", "appeal")
                .says(TAG, "Complain a second time (*khiếu nại lần hai*)", "It opens a case of its own, which the same code opens.")
                .receipt()
                .query::<Wanted>()
                .writes()
                .body::<FurtherForm>()
                .answers::<CitizenCase>(200, CASE),
        )
        .route(
            post("/v1/petition/continued-denunciation", "continueDenunciation")
                .says(TAG, "Denounce further (*tố cáo tiếp*)", "It opens a case of its own, which the same code opens.")
                .receipt()
                .query::<Wanted>()
                .writes()
                .body::<FurtherForm>()
                .answers::<CitizenCase>(200, CASE),
        )
        .route(
            post("/v1/petition/overdue-report", "reportOverdue")
                .says(
                    TAG,
                    "Tell the superior that a conclusion is overdue",
                    "Law on Denunciations Art. 38. The superior must ask the handler for a report.",
                )
                .receipt()
                .query::<Wanted>()
                .writes()
                .answers::<CitizenCase>(200, CASE),
        )
}
