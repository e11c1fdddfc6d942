//! Officials work their queue (*giải quyết vụ việc*): the list, a case, and the steps that whoever is signed in may take in it.

#[cfg(test)]
mod budget;
mod case;
mod documents;
mod fields;
mod happened;
mod identity;
mod messages;
mod names;
mod queue;
mod registration;
mod resend;
mod step;
mod steps;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::failure::Failure;
use crate::portal::Portal;

/// The pages.
pub fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route("/can-bo", get(queue::page))
        .route("/can-bo/dang-ky", get(registration::form).post(registration::enter))
        .route("/can-bo/vu-viec/{id}", get(case::page))
        .route("/can-bo/vu-viec/{id}/tin-nhan", post(messages::write))
        .route("/can-bo/vu-viec/{id}/danh-tinh", get(identity::ask).post(identity::open))
        .route("/can-bo/vu-viec/{id}/van-ban/{form}", get(documents::serve))
        .route("/can-bo/vu-viec/{id}/buoc/{step}", get(step::form).post(step::take))
}

/// The API's path of a case, or of something below it. What has not the shape of a case's id leads nowhere: it would become part of
/// another path.
fn path_of(id: &str, below: &str) -> Result<String, Failure> {
    if is_case_id(id) { Ok(format!("/v1/cases/{id}{below}")) } else { Err(Failure::NoSuchPage) }
}

fn is_case_id(text: &str) -> bool {
    donthu_service::input::case_id(text).is_some()
}

/// Whether the API says that nobody is signed in any more, or the session has ended here.
fn signed_out(failure: &Failure) -> bool {
    match failure {
        Failure::SignedOut => true,
        other => other.problem().is_some_and(|problem| problem.code() == "not_signed_in"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_no_other_path_of_the_api() {
        assert_eq!(path_of(&"0a".repeat(16), "/journal").unwrap(), format!("/v1/cases/{}/journal", "0a".repeat(16)));
        for id in ["", "..", "0a/journal", "0a?x=y", &"0g".repeat(16), &"0A".repeat(16), &"0a".repeat(17)] {
            assert!(matches!(path_of(id, ""), Err(Failure::NoSuchPage)), "{id}");
        }
    }
}
