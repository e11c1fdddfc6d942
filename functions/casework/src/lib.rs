//! The officials' HTTPS API: their queues, and every step from registration to resolution and correction.
//!
//! Rights are the domain's: what an official may not see answers as if it did not exist.

mod cases;
mod documents;
mod forms;
mod messages;
mod openapi;
mod opening;
mod proceedings;
mod reading;
mod reference;
mod registration;
mod search;
mod steps;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post, put};
use donthu_service::App;
use donthu_service::invocation::requests;
use donthu_service::problem::{answer, no_such_route};

pub use openapi::api;

pub use forms::{DocumentForm, RegistrationForm, StepForm};

/// The routes of this function.
pub fn router(app: Arc<App>) -> Router {
    use forms::*;
    use proceedings::*;
    Router::new()
        .route("/v1/cases", get(cases::list).post(registration::register))
        .route("/v1/cases/{id}", get(reading::case))
        .route("/v1/cases/{id}/journal", get(reading::journal))
        .route("/v1/cases/{id}/messages", get(messages::list).post(messages::write))
        .route("/v1/cases/{id}/deadlines", get(reading::deadlines))
        .route("/v1/cases/{id}/documents/{form}", get(documents::document))
        .route("/v1/cases/{id}/formalisation", post(steps::step::<FormalisationForm>))
        .route("/v1/cases/{id}/assignment", post(steps::step::<AssignmentForm>))
        .route("/v1/cases/{id}/acceptance", post(steps::step::<AcceptanceForm>))
        .route("/v1/cases/{id}/refusal", post(steps::step::<RefusalForm>))
        .route("/v1/cases/{id}/guidance", post(steps::step::<GuidanceForm>))
        .route("/v1/cases/{id}/transfer", post(steps::step::<TransferForm>))
        .route("/v1/cases/{id}/complexity", post(steps::step::<ComplexityForm>))
        .route("/v1/cases/{id}/extension", post(steps::step::<ExtensionForm>))
        .route("/v1/cases/{id}/filing", post(steps::step::<FilingForm>))
        .route("/v1/cases/{id}/inspection", post(steps::step::<InspectionForm>))
        .route("/v1/cases/{id}/referral", post(steps::step::<ReferralForm>))
        .route("/v1/cases/{id}/duplicate", post(steps::step::<DuplicateForm>))
        .route("/v1/cases/{id}/division", post(opening::divide))
        .route("/v1/cases/{id}/verification", post(steps::step::<VerificationForm>))
        .route("/v1/cases/{id}/dialogue", post(steps::step::<DialogueForm>))
        .route("/v1/cases/{id}/dialogue-record", post(steps::step::<DialogueRecordForm>))
        .route("/v1/cases/{id}/partial-withdrawal", post(steps::step::<PartialWithdrawalForm>))
        .route("/v1/cases/{id}/continuation", post(steps::step::<ContinuationForm>))
        .route("/v1/cases/{id}/suspension", post(steps::step::<SuspensionForm>))
        .route("/v1/cases/{id}/resumption", post(steps::step::<ResumptionForm>))
        .route("/v1/cases/{id}/termination", post(steps::step::<TerminationForm>))
        .route("/v1/cases/{id}/resolution", post(steps::step::<ResolutionForm>))
        .route("/v1/cases/{id}/correction", post(steps::step::<CorrectionForm>))
        .route("/v1/cases/{id}/dispatch", post(steps::step::<DispatchForm>))
        .route("/v1/cases/{id}/publication", post(steps::step::<PublicationForm>))
        .route("/v1/cases/{id}/enforcement", post(steps::step::<EnforcementForm>))
        .route("/v1/cases/{id}/appeal", post(opening::appeal))
        .route("/v1/cases/{id}/continued-denunciation", post(opening::carry_on))
        .route("/v1/cases/{id}/overdue-report", post(opening::report_overdue))
        .route("/v1/cases/{id}/report-demand", post(steps::step::<ReportDemandForm>))
        .route("/v1/cases/{id}/report", post(steps::step::<ReportForm>))
        .route("/v1/reference/areas/{id}", put(reference::set_area))
        .fallback(no_such_route)
        .layer(from_fn(answer))
        .layer(from_fn_with_state("casework", requests))
        .with_state(app)
}
