//! What the API's description says of this function's route.

use std::borrow::Cow;

use donthu_service::openapi::{Api, get, post};
use donthu_service::petition::PetitionForm;

use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Required, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::Receipt;

/// A challenge as the library writes it, whose own types have no schema.
struct ChallengeShape;

impl PartialSchema for ChallengeShape {
    fn schema() -> RefOr<Schema> {
        let of = |schema_type| ObjectBuilder::new().schema_type(schema_type);
        let texts = ["algorithm", "keyPrefix", "keySignature", "nonce", "salt"];
        let mut parameters = of(Type::Object);
        for name in texts {
            parameters = parameters.property(name, of(Type::String)).required(name);
        }
        for name in ["cost", "keyLength"] {
            parameters = parameters.property(name, of(Type::Integer)).required(name);
        }
        let data = of(Type::Object).additional_properties(Some(AdditionalProperties::FreeForm(true)));
        let parameters = parameters.property("data", data).required("data");
        of(Type::Object)
            .description(Some("A challenge of ALTCHA, version 2."))
            .property("parameters", parameters)
            .required("parameters")
            .property("signature", of(Type::String))
            .required("signature")
            .into()
    }
}

impl ToSchema for ChallengeShape {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Challenge")
    }
}

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
            .limited()
            .sends(
                "Altcha",
                Required::False,
                "The solution of a challenge: JSON `{challenge, solution}` in base64. Needed where very many petitions come in.",
            )
            .body::<PetitionForm>()
            .header("Idempotency-Replayed", "`true` where the petition had been submitted before; absent otherwise.")
            .answers::<Receipt>(201, submitted),
    )
    .route(
        get("/v1/petitions/challenge", "readChallenge")
            .says(
                "petitions",
                "A challenge for a proof of work",
                "ALTCHA, version 2. Its solution is good within an hour, for the petition that is submitted under the same \
                 `Idempotency-Key`, and for that one sent again.",
            )
            .public()
            .sends("Idempotency-Key", Required::True, "The key of the petition that is to be submitted: a UUID.")
            .refuses(400)
            .answers::<ChallengeShape>(200, "The challenge."),
    )
}
