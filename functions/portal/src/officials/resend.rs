//! A form whose sender's session was over: what was typed is kept, and sent again after signing in elsewhere.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::frame::{Frame, html};
use crate::posted::Posted;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "officials/resend.html")]
struct Resend<'a> {
    frame: Frame,
    posted: &'a Posted,
    action: String,
    sign_in: String,
}

/// The page that keeps what was sent and sends it again to the same address.
pub fn page(visitor: &Visitor, posted: &Posted) -> Response {
    let w = visitor.words();
    let title = w.t("Phiên làm việc đã hết", "Your session is over");
    let sign_in = form_urlencoded::Serializer::new(String::new()).append_pair("ve", "/can-bo").finish();
    let mut frame = visitor.frame(title).holding_text();
    frame.official = None;
    let page = Resend { frame, posted, action: visitor.path.clone(), sign_in: format!("/dang-nhap?{sign_in}") };
    let mut response = html(&page);
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}
