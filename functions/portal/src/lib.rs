//! The pages (*cổng thông tin*): citizens submit and follow, officials work their queue, leaders and the public see the figures.
//!
//! This function holds no right on a table or a key. Whatever a page shows or does goes through the HTTP API with the visitor's
//! own receipt code or ID token, so that there is one set of rules and one set of rights; where the API says no, so does the page.
//! Pages are whole without scripts: forms and links do everything, a script adds comfort.

pub mod api;
mod assets;
mod chart;
mod failure;
mod follow;
mod form;
mod frame;
mod home;
mod language;
mod leaders;
mod officials;
mod origin;
mod portal;
mod posted;
mod public_figures;
mod session;
mod sign_in;
mod submit;
mod visitor;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use donthu_service::invocation::requests;
use donthu_service::problem::answer;

pub use failure::Failure;
pub use portal::{OpenId, Portal, StartError};
pub use session::Sealer;

/// The pages.
pub fn router(portal: Arc<Portal>) -> Router {
    Router::new()
        .route("/", get(home::page))
        .route("/ngon-ngu", get(language::choose))
        .route("/dang-nhap", get(sign_in::begin))
        .route("/dang-nhap/xong", get(sign_in::finish))
        .route("/dang-xuat", post(sign_in::end))
        .route("/tai-nguyen/{name}", get(assets::serve))
        .merge(submit::routes())
        .merge(follow::routes())
        .merge(officials::routes())
        .merge(leaders::routes())
        .merge(public_figures::routes())
        .fallback(failure::no_such_page)
        .method_not_allowed_fallback(failure::no_such_page)
        .layer(from_fn(origin::own_forms_only))
        .layer(from_fn_with_state(portal.clone(), failure::pages))
        .layer(from_fn_with_state(portal.clone(), visitor::recognise))
        .layer(from_fn(answer))
        .layer(from_fn_with_state("portal", requests))
        .with_state(portal)
}
