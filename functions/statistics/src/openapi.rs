//! What the API's description says of this function's routes, and the whole description as it is handed out.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use donthu_domain::Role;
use donthu_service::openapi::{Api, get, post};
use donthu_service::receipts::Checked as CheckedReceipt;
use donthu_service::roots::PublishedRoots;
use donthu_store::signing::KeySet;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::ages::{self, OpenAges};
use crate::months::{self, OfficialMonths, ProvinceMonths};
use crate::official::{Query, Rates, Table};
use crate::public::{self, PublicStatistics};
use crate::receipts::VerificationForm;
use crate::reference::{Agencies, Areas, Fields};
use crate::roots;
use crate::wire::cacheable;

/// The description of all functions' routes. A test holds it against what the functions say.
const DOCUMENT: &str = include_str!("../../../infra/openapi.json");

const FIGURES: [Role; 3] = [Role::Head, Role::Inspector, Role::Statistician];

/// `GET /v1/openapi.json`.
pub async fn description(headers: HeaderMap) -> Response {
    let tag = format!("\"{}\"", Uuid::new_v5(&Uuid::NAMESPACE_OID, DOCUMENT.as_bytes()));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let known = known.is_some_and(|known| known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag));
    let mut response = match known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, "application/json")], DOCUMENT).into_response(),
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    cacheable(response)
}

/// The routes of this function, described.
#[must_use]
pub fn api() -> Api {
    Api::default()
        .route(
            get("/v1/public/statistics", "readPublicStatistics")
                .says("statistics", "Public figures (*tỷ lệ giải quyết*)", "Whole months that are over; the last twelve where none is named.")
                .public()
                .query::<public::Period>()
                .answers::<PublicStatistics>(200, "The figures of each kind."),
        )
        .route(
            get("/v1/public/months", "readPublicMonths")
                .says("statistics", "Public figures by month", "Months that are over; the last twelve where none is named.")
                .public()
                .query::<public::Period>()
                .answers::<ProvinceMonths>(200, "The figures of each kind in each month, oldest first."),
        )
        .route(
            get("/v1/public/journal-roots", "readJournalRoots")
                .says(
                    "statistics",
                    "The journal's roots",
                    "What anybody may keep to hold the province to its journal; the last 31 days where none is named, at most 100 \
                     roots at a time.",
                )
                .public()
                .query::<roots::Period>()
                .answers::<PublishedRoots>(200, "The roots of those days that are sealed, oldest first."),
        )
        .route(
            get("/v1/public/receipt-keys", "readReceiptKeys")
                .says(
                    "statistics",
                    "Keys of signed receipts",
                    "A JSON Web Key Set (RFC 7517) of every key that ever signed a receipt, the present one first.",
                )
                .public()
                .answers::<KeySet>(200, "The keys."),
        )
        .route(
            post("/v1/public/receipt-verification", "verifyReceipt")
                .says(
                    "statistics",
                    "Check a signed receipt",
                    "For whoever has nothing at hand to check it with. Nothing is kept of what is asked.",
                )
                .public()
                .body::<VerificationForm>()
                .answers::<CheckedReceipt>(200, "The verdict, and what a genuine receipt states."),
        )
        .route(
            get("/v1/statistics/resolution-rate", "readResolutionRate")
                .says(
                    "statistics",
                    "Resolution rate of an agency (*tỷ lệ giải quyết*)",
                    "With all agencies below it, from the start of the year where no day is named. Denunciations are shown to heads \
                     and inspectors alone.",
                )
                .officials(&FIGURES)
                .query::<Query>()
                .answers::<Rates>(200, "The figures of each kind, and rates over several."),
        )
        .route(
            get("/v1/statistics/agencies", "readAgencyFigures")
                .says("statistics", "Figures by agency", "One row for the agency and for each below it.")
                .officials(&FIGURES)
                .query::<Query>()
                .answers::<Table>(200, "The figures of each agency."),
        )
        .route(
            get("/v1/statistics/months", "readMonths")
                .says(
                    "statistics",
                    "Figures by month",
                    "Of an agency with all below it, each month by the tree of agencies at its end; the last twelve with the \
                     running one where none is named.",
                )
                .officials(&FIGURES)
                .query::<months::Query>()
                .answers::<OfficialMonths>(200, "The figures of each kind in each month, oldest first."),
        )
        .route(
            get("/v1/statistics/open-ages", "readOpenAges")
                .says("statistics", "Open cases by age", "Of an agency with all below it, by days since acceptance.")
                .officials(&FIGURES)
                .query::<ages::Query>()
                .answers::<OpenAges>(200, "The open cases of each kind."),
        )
        .route(
            get("/v1/reference/agencies", "listAgencies")
                .says("reference", "Agencies (*cơ quan*)", "Those of today, with where each row was read.")
                .public()
                .answers::<Agencies<'_>>(200, "The agencies."),
        )
        .route(
            get("/v1/reference/areas", "listAreas")
                .says("reference", "Communes, wards and special zones (*xã, phường, đặc khu*)", "Those of today.")
                .public()
                .answers::<Areas<'_>>(200, "The areas."),
        )
        .route(
            get("/v1/reference/fields", "listFields")
                .says("reference", "Subject fields (*lĩnh vực*)", "Those of today.")
                .public()
                .answers::<Fields<'_>>(200, "The subject fields."),
        )
        .route(
            get("/v1/openapi.json", "readDescription")
                .says("document", "This document", "")
                .public()
                .header("ETag", "Changes with the document: sent back in `If-None-Match`, an unchanged one is not sent again.")
                .answers::<Description>(200, "The description of this API in OpenAPI 3.1.")
                .answers_nothing(304, "It is still the one that the caller has."),
        )
}

/// An OpenAPI document, which this one does not describe further.
pub struct Description;

impl PartialSchema for Description {
    fn schema() -> RefOr<Schema> {
        let anything = AdditionalProperties::FreeForm(true);
        ObjectBuilder::new().description(Some("An OpenAPI document.")).additional_properties(Some(anything)).into()
    }
}

impl ToSchema for Description {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("OpenApiDocument")
    }
}
