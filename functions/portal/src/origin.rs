//! No other site's page sends a form in a visitor's name (cross-site request forgery).
//!
//! Browsers say where a request comes from in `Sec-Fetch-Site`, those before 2023 in `Origin`, the oldest in `Referer`, and no page
//! can make them say otherwise. The cookies are kept from other sites as well (`SameSite`); this is the second lock.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::failure::Failure;

/// Middleware that lets nothing change anything but a form of ours.
pub async fn own_forms_only(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    // What asks for the API and got here is told that there is no such route.
    let asks_for_api = request.uri().path().starts_with("/v1/");
    if reads || asks_for_api || is_own(request.headers()) {
        next.run(request).await
    } else {
        Failure::ForeignForm.into_response()
    }
}

fn is_own(headers: &HeaderMap) -> bool {
    let told = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = told(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let host_of =
        |address: &str| address.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or(rest).to_owned());
    let from = told(header::ORIGIN).or_else(|| told(header::REFERER)).and_then(host_of);
    from.is_some() && from.as_deref() == told(header::HOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(headers: &[(&'static str, &str)]) -> bool {
        let host = ("host", "donthu.example");
        is_own(
            &headers
                .iter()
                .chain([&host])
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect(),
        )
    }

    #[test]
    fn only_a_page_of_this_host_sends_forms() {
        for (headers, expected) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            // An address that was typed or a bookmark: no form comes from there.
            (&[("sec-fetch-site", "none")], false),
            // The browser's word goes before what older ones say.
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://donthu.example")], false),
            (&[("origin", "https://donthu.example")], true),
            (&[("origin", "https://donthu.example.evil.example")], false),
            (&[("origin", "https://evil.example"), ("referer", "https://donthu.example/")], false),
            (&[("origin", "null")], false),
            (&[("referer", "https://donthu.example/gui-don")], true),
            (&[("referer", "https://evil.example/?https://donthu.example/")], false),
            (&[], false),
        ] {
            assert_eq!(own(headers), expected, "{headers:?}");
        }
    }
}
