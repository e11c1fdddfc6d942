//! The stylesheet, the script and the icon. Their addresses hold a digest of what they say, so that browsers keep them for good and
//! never use an old one with a new page.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::failure::Failure;

struct Asset {
    address: String,
    kind: &'static str,
    content: String,
}

fn asset(name: &str, ending: &str, kind: &'static str, content: String) -> Asset {
    let digest = digest(&SHA256, content.as_bytes());
    let mut short = URL_SAFE_NO_PAD.encode(digest.as_ref());
    short.truncate(12);
    Asset { address: format!("/tai-nguyen/{name}.{short}.{ending}"), kind, content }
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let parts = [
        include_str!("../assets/css/base.css"),
        include_str!("../assets/css/parts.css"),
        include_str!("../assets/css/submit.css"),
        include_str!("../assets/css/follow.css"),
        include_str!("../assets/css/officials.css"),
        include_str!("../assets/css/figures.css"),
    ];
    asset("trang", "css", "text/css; charset=utf-8", parts.concat())
});

static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    asset("trang", "js", "text/javascript; charset=utf-8", include_str!("../assets/page.js").to_owned())
});

static SUBMIT_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    asset("gui-don", "js", "text/javascript; charset=utf-8", include_str!("../assets/submit.js").to_owned())
});

static ICON: LazyLock<Asset> =
    LazyLock::new(|| asset("trang", "svg", "image/svg+xml", include_str!("../assets/icon.svg").to_owned()));

/// The stylesheet's address.
pub fn style() -> &'static str {
    &STYLE.address
}

/// The script's address.
pub fn script() -> &'static str {
    &SCRIPT.address
}

/// The address of the script for pages on which a petition is written.
pub fn submit_script() -> &'static str {
    &SUBMIT_SCRIPT.address
}

/// The icon's address.
pub fn icon() -> &'static str {
    &ICON.address
}

/// `GET /tai-nguyen/{name}`: one of them, to be kept for a year.
pub async fn serve(Path(name): Path<String>) -> Response {
    let asked = format!("/tai-nguyen/{name}");
    let found = [&STYLE, &SCRIPT, &SUBMIT_SCRIPT, &ICON].into_iter().find(|asset| asset.address == asked);
    let Some(asset) = found else {
        return Failure::NoSuchPage.into_response();
    };
    let mut response = asset.content.as_str().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response
}
