//! What a form sent.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::failure::Failure;

/// The largest form: texts of a petition at their longest, each letter of Vietnamese as nine characters of the encoding.
const LARGEST: usize = 512 * 1024;

/// The fields of a form in the order in which they were sent. Browsers end a line with CR LF; here it is LF alone, as the API
/// counts characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Posted(Vec<(String, String)>);

impl Posted {
    /// Reads the encoding `application/x-www-form-urlencoded`.
    pub fn parse(body: &[u8]) -> Self {
        let fields = form_urlencoded::parse(body);
        Self(fields.map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n"))).collect())
    }

    /// The first value of a field; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The first value of a field without spaces at its ends; `None` where nothing is left.
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether a field was sent with this value: a ticked box, a button.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|sent| sent == value)
    }

    /// Every field.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Failure::NotAForm.into_response());
        }
        let request = request.map(|body| axum::body::Body::new(http_body_util::Limited::new(body, LARGEST)));
        match Bytes::from_request(request, state).await {
            Ok(body) => Ok(Self::parse(&body)),
            Err(_) => Err(Failure::FormTooLarge.into_response()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_send_it() {
        let posted = Posted::parse("kind=complaint&box=a&box=b&text=D%C3%B2ng+1%0D%0AD%C3%B2ng+2&empty=+".as_bytes());
        assert_eq!(posted.get("kind"), "complaint");
        assert_eq!(posted.all("box").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(posted.get("text"), "Dòng 1\nDòng 2");
        assert_eq!((posted.get("none"), posted.given("empty")), ("", None));
        assert!(posted.has("box", "b") && !posted.has("box", "c"));
    }
}
