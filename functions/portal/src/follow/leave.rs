//! Leaving no trace.

use askama::Template;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use cookie::SameSite;

use crate::frame::{Frame, html};
use crate::session::{OpenReceipt, SignedIn, SigningIn, plain};
use crate::visitor::{LANGUAGE, Visitor, with_cookie, without};

/// What browsers have to throw away of this host (W3C Clear Site Data).
const EVERYTHING: HeaderValue = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");

#[derive(Template)]
#[template(path = "follow/cleared.html")]
struct Cleared {
    frame: Frame,
}

fn page(visitor: &Visitor) -> Response {
    let mut frame = visitor.frame(visitor.words().t("Đã xóa dấu vết", "Traces cleared"));
    frame.receipt = false;
    frame.official = None;
    html(&Cleared { frame })
}

/// `POST /tra-cuu/xoa`: the browser forgets all that this host gave it.
pub async fn clear(visitor: Visitor) -> Response {
    let mut response = page(&visitor);
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), EVERYTHING);
    let response = without::<SigningIn>(without::<SignedIn>(without::<OpenReceipt>(response)));
    let mut language = plain(LANGUAGE, String::new(), SameSite::Lax);
    language.make_removal();
    with_cookie(response, Some(language))
}

/// `GET /tra-cuu/xoa`: the same page where it is opened again and nothing is kept indeed.
pub async fn cleared(visitor: Visitor) -> Response {
    if visitor.receipt.is_some() || visitor.official.is_some() {
        return Redirect::to("/tra-cuu").into_response();
    }
    page(&visitor)
}
