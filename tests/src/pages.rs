//! A browser without scripts, for the portal's pages: it keeps cookies, sends forms and reads pages as text.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Mutex;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use donthu_local::gateway::SentFrom;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::Province;

/// One person's browser, at an address of its own.
pub struct Visitor<'a> {
    province: &'a Province,
    address: IpAddr,
    language: &'static str,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// A page, or what leads to one.
#[derive(Debug)]
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Page {
    /// Where it leads; empty where it leads nowhere.
    pub fn location(&self) -> String {
        self.headers.get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// Asserts that it says something. Both are compared with their white space as single spaces.
    pub fn says(&self, text: &str) -> &Self {
        let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeeze(&self.text).contains(&squeeze(text)), "{text:?} is not on the page:\n{}", self.text);
        self
    }

    /// Asserts that it does not say something.
    pub fn does_not_say(&self, text: &str) -> &Self {
        assert!(!self.text.contains(text), "{text:?} is on the page:\n{}", self.text);
        self
    }

    /// The value of the page's first input of a name; fails the test where there is none.
    pub fn input(&self, name: &str) -> String {
        let inputs = self.text.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap());
        let named = format!("name=\"{name}\"");
        let input = inputs.into_iter().find(|input| input.contains(&named));
        let input = input.unwrap_or_else(|| panic!("no input {name} on the page:\n{}", self.text));
        let value = input.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        unescaped(value)
    }

    /// All hidden fields of the page, in order: what a form of it sends along.
    pub fn hidden(&self) -> Vec<(String, String)> {
        let inputs = self.text.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap());
        let hidden = inputs.filter(|input| input.contains("type=\"hidden\""));
        let attribute = |input: &str, name: &str| {
            let found = input.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
            unescaped(found.unwrap_or_default())
        };
        hidden.map(|input| (attribute(input, "name"), attribute(input, "value"))).collect()
    }
}

fn unescaped(text: &str) -> String {
    let named = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    named.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

impl<'a> Visitor<'a> {
    /// A citizen of Vietnam at an address that nobody has used.
    pub fn new(province: &'a Province) -> Self {
        Self { province, address: province.address(), language: "vi", cookies: Mutex::default() }
    }

    /// A visitor whose browser asks for English.
    pub fn english(province: &'a Province) -> Self {
        Self { language: "en", ..Self::new(province) }
    }

    /// An official of a role and an agency who has signed in.
    pub async fn official(province: &'a Province, role: &str, agency: &str) -> Self {
        let visitor = Self::new(province);
        let asked = visitor.get("/dang-nhap").await;
        let chooser = visitor.get(&asked.location()).await;
        let mut fields = chooser.hidden();
        fields.push(("official".to_owned(), format!("{role}@{agency}")));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let chosen = visitor.post("/dev/oauth2/authorize", &fields).await;
        let back = chosen.location();
        let signed = visitor.get(back.strip_prefix("http://127.0.0.1").unwrap_or(&back)).await;
        assert_eq!((signed.status, signed.location().as_str()), (StatusCode::SEE_OTHER, "/can-bo"));
        visitor
    }

    /// What the browser keeps.
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.lock().unwrap().clone()
    }

    /// Keeps a cookie, or forgets it where the value is empty.
    pub fn keep(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        if value.is_empty() {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Opens an address.
    pub async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path), String::new()).await
    }

    /// Sends a form from a page of the portal.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_from("same-origin", path, fields).await
    }

    /// Sends a form from a page of a site that stands to ours as the browser says.
    pub async fn post_from(&self, site: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header("sec-fetch-site", site)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, body).await
    }

    /// Sends a form and opens the page that its answer leads to.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let answer = self.post(path, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        self.get(&answer.location()).await
    }

    async fn send(&self, request: axum::http::request::Builder, body: String) -> Page {
        let cookies = self.cookies();
        let cookies: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request
            .header(header::HOST, "127.0.0.1")
            .header(header::ACCEPT_LANGUAGE, self.language)
            .extension(SentFrom(self.address));
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let response = self.province.machine.router().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            self.keep(name, rest.split(';').next().unwrap());
        }
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Page { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}
