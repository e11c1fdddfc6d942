//! The choice of language.

use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use cookie::{Cookie, SameSite};
use donthu_domain::Language;
use serde::Deserialize;

use crate::session::plain;
use crate::visitor::{LANGUAGE, Visitor, with_cookie};

/// Which language, and where to go on.
#[derive(Deserialize)]
pub struct Choice {
    #[serde(default)]
    sang: String,
    #[serde(default)]
    ve: String,
}

/// `GET /ngon-ngu`: keeps the choice until the browser is closed.
pub async fn choose(_: Visitor, Query(choice): Query<Choice>) -> Response {
    let language = if choice.sang == "en" { Language::En } else { Language::Vi };
    with_cookie(Redirect::to(local(&choice.ve, "/")).into_response(), Some(kept(language)))
}

/// The cookie that keeps a choice.
pub fn kept(language: Language) -> Cookie<'static> {
    let code = match language {
        Language::Vi => "vi",
        Language::En => "en",
    };
    plain(LANGUAGE, code.to_owned(), SameSite::Lax)
}

/// A path of this host, or else another one: an address must lead nowhere else, whatever it was told.
pub fn local<'a>(path: &'a str, or: &'a str) -> &'a str {
    // Browsers read `\` as `/`, and pass over tabs and ends of lines.
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if path.starts_with('/') && !path.starts_with("//") && plain { path } else { or }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_host() {
        for path in ["/", "/can-bo?agency=x", "/tra-cuu/"] {
            assert_eq!(local(path, "/else"), path);
        }
        for path in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "evil", "/\t/evil.example", "/a b"]
        {
            assert_eq!(local(path, "/else"), "/else", "{path:?}");
        }
    }
}
