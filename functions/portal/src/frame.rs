//! What surrounds every page.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use donthu_domain::{Language, Role};

use crate::assets;
use crate::failure::Failure;
use crate::visitor::Known;
use crate::words::Words;

/// Ours alone: nothing from elsewhere, no style or script within a page, forms to this host alone, in no frame.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// What the frame of a page needs to know.
pub struct Frame {
    /// The visitor's words.
    pub w: Words,
    /// The page's title, which is its first heading as well.
    pub title: String,
    /// The page's path, for the choice of language and the navigation.
    pub path: String,
    /// The official's sign-in, for what the navigation offers.
    pub official: Option<Badge>,
    /// Whether a receipt code is kept, which can be cleared.
    pub receipt: bool,
    /// Whether this is a machine for trying things out.
    pub development: bool,
    /// Whether the page holds typed text that a change of language by a link would lose.
    pub holds_text: bool,
}

/// What is told of an official who is signed in.
pub struct Badge {
    /// The agency's name.
    pub agency: String,
    /// Names of the roles.
    pub roles: String,
    /// Whether figures are for them.
    pub figures: bool,
}

impl Frame {
    /// The frame of a page for a visitor.
    pub fn new(visitor: &Known, title: &str, development: bool) -> Self {
        let words = visitor.words();
        let official = visitor.official.as_ref().map(|signed| Badge {
            agency: words.t(&signed.agency_name[0], &signed.agency_name[1]).to_owned(),
            roles: Role::ALL
                .iter()
                .filter(|role| signed.has(**role))
                .map(|role| words.role(*role))
                .collect::<Vec<_>>()
                .join(", "),
            figures: [Role::Head, Role::Inspector, Role::Statistician].iter().any(|role| signed.has(*role)),
        });
        Self {
            w: words,
            title: title.to_owned(),
            path: visitor.path.clone(),
            official,
            receipt: visitor.receipt.is_some(),
            development,
            holds_text: false,
        }
    }

    /// The same for a page that holds what somebody typed.
    #[must_use]
    pub fn holding_text(mut self) -> Self {
        self.holds_text = true;
        self
    }

    /// The language of the page, as HTML names it.
    pub fn language(&self) -> &'static str {
        match self.w.0 {
            Language::Vi => "vi",
            Language::En => "en",
        }
    }

    /// The stylesheet's address.
    pub fn style(&self) -> &'static str {
        assets::style()
    }

    /// The script's address.
    pub fn script(&self) -> &'static str {
        assets::script()
    }

    /// The icon's address.
    pub fn icon(&self) -> &'static str {
        assets::icon()
    }

    /// Whether this page is below a path.
    pub fn is_at(&self, section: &str) -> bool {
        self.path.starts_with(section)
    }

    /// Leads to this page in the other language.
    pub fn other_language(&self) -> String {
        let to = if self.w.0 == Language::Vi { "en" } else { "vi" };
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("sang", to)
            .append_pair("ve", &self.path)
            .finish();
        format!("/ngon-ngu?{query}")
    }
}

/// A page as an answer.
pub fn html(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => {
            let mut response = Html(text).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
            // Forms of this host must say where they come from; other sites are told nothing.
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
            response
        }
        Err(error) => Failure::internal(error).into_response(),
    }
}

/// A file of JSON that the browser saves.
pub fn attachment(name: &'static str, content: impl IntoResponse) -> Response {
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
