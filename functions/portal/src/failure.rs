//! What went wrong, and the page that says what to do next.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use donthu_service::Fault;
use donthu_service::problem::chain;
use serde::Deserialize;

use crate::api::Unreachable;
use crate::frame::{Frame, html};
use crate::portal::Portal;
use crate::session::{OpenReceipt, SignedIn};
use crate::visitor::{Visitor, without};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The API's word for what is wrong (RFC 9457), in the visitor's language.
#[derive(Debug, Clone, Deserialize)]
pub struct Problem {
    /// `urn:donthu:problem:` and a stable code.
    #[serde(rename = "type")]
    pub problem_type: String,
    /// What is wrong, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong, and what to do.
    pub detail: String,
    /// Path of the offending field.
    pub field: Option<String>,
    /// The article, where the law refuses.
    pub article: Option<String>,
    /// The case's step now, for a stale request.
    pub step: Option<u64>,
    /// Seconds to wait, out of the header `Retry-After`.
    #[serde(skip)]
    pub retry_after: Option<u32>,
}

impl Problem {
    /// The stable code.
    pub fn code(&self) -> &str {
        self.problem_type.rsplit(':').next().unwrap_or_default()
    }
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The API says no.
    #[error("the API refused with {}", .0.code())]
    Told(Box<Problem>),
    /// The API does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unreachable),
    /// The API's answer is not what it describes: a fault of ours.
    #[error("the API's answer cannot be read: {what:?} at line {line}, column {column}")]
    Garbled {
        /// What sort of flaw it is.
        what: serde_json::error::Category,
        /// Its line in the answer.
        line: usize,
        /// Its column.
        column: usize,
    },
    /// Officials have to sign in, for the first time or again.
    #[error("not signed in")]
    SignedOut,
    /// A sign-in came to nothing.
    #[error("a sign-in failed: {0}")]
    SignIn(&'static str),
    /// No receipt code was given, or half an hour ago.
    #[error("no receipt code")]
    ReceiptGone,
    /// A form from another site.
    #[error("a form of another site")]
    ForeignForm,
    /// A body that no form of ours sends.
    #[error("not a form")]
    NotAForm,
    /// A form that is too large.
    #[error("a form that is too large")]
    FormTooLarge,
    /// There is no such page.
    #[error("no such page")]
    NoSuchPage,
    /// A fault of ours.
    #[error(transparent)]
    Internal(BoxError),
}

impl Failure {
    /// A fault of ours.
    pub fn internal(error: impl Into<BoxError>) -> Self {
        Failure::Internal(error.into())
    }

    /// An answer that can't be read. The parser's own message may quote what a citizen wrote, and this one is logged: only the
    /// place is kept.
    pub fn garbled(error: serde_json::Error) -> Self {
        Failure::Garbled { what: error.classify(), line: error.line(), column: error.column() }
    }

    /// The API's problem, where it is one of the given codes: the form can then be shown again with it.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Failure::Told(problem) => Some(problem),
            _ => None,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Failure::Told(problem) => StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_GATEWAY),
            Failure::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Garbled { .. } | Failure::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Failure::SignedOut | Failure::ReceiptGone | Failure::SignIn(_) => StatusCode::UNAUTHORIZED,
            Failure::ForeignForm => StatusCode::FORBIDDEN,
            Failure::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Failure::FormTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::NoSuchPage => StatusCode::NOT_FOUND,
        }
    }
}

/// Carries a failure from a handler to [`pages`].
#[derive(Clone)]
struct Raised(Arc<Failure>);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Raised(Arc::new(self)));
        response
    }
}

/// The router's answer where there is no page. What asks for the API gets the API's answer.
pub async fn no_such_page(request: Request) -> Response {
    if request.uri().path().starts_with("/v1/") {
        Fault::NoSuchRoute.into_response()
    } else {
        Failure::NoSuchPage.into_response()
    }
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage {
    frame: Frame,
    text: String,
    article: Option<String>,
    next: Vec<(String, &'static str)>,
}

/// Middleware that puts failures into pages.
pub async fn pages(State(_): State<Arc<Portal>>, visitor: Visitor, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let Some(Raised(failure)) = response.extensions().get::<Raised>().cloned() else {
        return response;
    };
    if let Failure::Internal(_) | Failure::Garbled { .. } | Failure::Unavailable(_) = failure.as_ref() {
        tracing::error!(cause = %chain(failure.as_ref()), "a page failed");
    }
    let (title, text, next) = told(&failure, &visitor);
    let frame = visitor.frame(&title);
    let article = failure.problem().and_then(|problem| problem.article.clone());
    let mut page = html(&FailurePage { frame, text, article, next });
    *page.status_mut() = failure.status();
    match failure.as_ref() {
        Failure::Told(problem) => {
            if let Some(seconds) = problem.retry_after {
                page.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            match problem.code() {
                "not_signed_in" => without::<SignedIn>(page),
                "receipt_code_missing" => without::<OpenReceipt>(page),
                _ => page,
            }
        }
        Failure::Unavailable(_) => {
            page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
            page
        }
        Failure::SignedOut => without::<SignedIn>(page),
        _ => page,
    }
}

/// Title, text, and where to go on.
fn told(failure: &Failure, visitor: &Visitor) -> (String, String, Vec<(String, &'static str)>) {
    let w = visitor.words();
    let home = ("/".to_owned(), w.t("Về trang chủ", "Go to the home page"));
    let follow = ("/tra-cuu".to_owned(), w.t("Nhập mã biên nhận", "Enter a receipt code"));
    let again = (visitor.path.clone(), w.t("Thử lại", "Try again"));
    let back = if visitor.path.starts_with("/dang-nhap") { "/can-bo" } else { visitor.path.as_str() };
    let sign_in = (
        format!("/dang-nhap?{}", form_urlencoded::Serializer::new(String::new()).append_pair("ve", back).finish()),
        w.t("Đăng nhập", "Sign in"),
    );
    let say = |vi: &str, en: &str| w.t(vi, en).to_owned();
    match failure {
        Failure::Told(problem) => {
            let next = match problem.code() {
                "not_signed_in" => vec![sign_in, home],
                "receipt_code_missing" | "malformed_receipt_code" => vec![follow, home],
                "busy" | "keys_unavailable" | "outcome_unknown" | "too_many_requests" | "internal" => vec![again, home],
                _ if visitor.official.is_some() => {
                    vec![("/can-bo".to_owned(), w.t("Về danh sách vụ việc", "Go to the list of cases")), home]
                }
                _ => vec![home],
            };
            (problem.title.clone(), problem.detail.clone(), next)
        }
        Failure::Unavailable(_) => (
            say("Hệ thống tạm thời gián đoạn", "The system is down for a moment"),
            say(
                "Yêu cầu của ông/bà có thể chưa được ghi nhận. Xin chờ một phút rồi thử lại: gửi lại cùng một biểu mẫu không tạo thêm đơn thứ hai.",
                "What you asked for may not have been recorded. Please wait a minute and try again: sending the same form again never makes a second petition.",
            ),
            vec![again, home],
        ),
        Failure::Garbled { .. } | Failure::Internal(_) => (
            say("Lỗi của hệ thống", "A fault of the system"),
            say(
                "Lỗi này không phải do ông/bà và đã được ghi lại. Xin thử lại sau ít phút.",
                "This is not your fault, and it has been recorded. Please try again in a few minutes.",
            ),
            vec![again, home],
        ),
        Failure::SignedOut => (
            say("Cần đăng nhập", "Sign-in needed"),
            say(
                "Trang này dành cho cán bộ. Ông/bà chưa đăng nhập, hoặc phiên làm việc đã hết.",
                "This page is for officials. You have not signed in, or your session is over.",
            ),
            vec![sign_in, home],
        ),
        Failure::SignIn(_) => (
            say("Đăng nhập không thành công", "The sign-in did not succeed"),
            say(
                "Lần đăng nhập này đã quá 10 phút, bị hủy, hoặc bắt đầu ở một cửa sổ khác. Xin đăng nhập lại.",
                "This sign-in took more than 10 minutes, was cancelled, or began in another window. Please sign in again.",
            ),
            vec![sign_in, home],
        ),
        Failure::ReceiptGone => (
            say("Cần nhập mã biên nhận", "A receipt code is needed"),
            say(
                "Vì an toàn của ông/bà, mã biên nhận chỉ được giữ 30 phút kể từ lần xem cuối. Xin nhập lại mã.",
                "For your safety a receipt code is kept for 30 minutes after your last look. Please enter it again.",
            ),
            vec![follow, home],
        ),
        Failure::ForeignForm => (
            say("Biểu mẫu không được chấp nhận", "The form was not accepted"),
            say(
                "Trình duyệt cho biết biểu mẫu này không gửi từ trang của chúng tôi, nên không có gì được ghi nhận. Xin mở lại trang và gửi từ đó.",
                "The browser says that this form did not come from our own page, so nothing was recorded. Please open the page again and send it from there.",
            ),
            vec![again, home],
        ),
        Failure::NotAForm => (
            say("Không đọc được biểu mẫu", "The form cannot be read"),
            say("Xin mở lại trang và gửi từ đó.", "Please open the page again and send it from there."),
            vec![again, home],
        ),
        Failure::FormTooLarge => (
            say("Nội dung quá dài", "The text is too long"),
            say(
                "Nội dung gửi đi dài hơn mức hệ thống nhận. Xin bấm nút quay lại của trình duyệt và rút gọn.",
                "What was sent is longer than the system takes. Please go back in your browser and shorten it.",
            ),
            vec![home],
        ),
        Failure::NoSuchPage => (
            say("Không có trang này", "There is no such page"),
            say(
                "Địa chỉ có thể bị gõ sai, hoặc trang đã được chuyển đi.",
                "The address may have been mistyped, or the page has moved.",
            ),
            vec![home, follow],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_can_not_be_read_is_not_quoted_in_what_is_logged() {
        let error = serde_json::from_str::<u64>("\"Nguyễn Thị Kín\"").unwrap_err();
        assert!(error.to_string().contains("Kín"), "the parser quotes it");
        let told = chain(&Failure::garbled(error));
        assert!(!told.contains("Kín") && told.contains("line 1"), "{told}");
    }
}
