//! Rates as they go over the wire: both integers, a percentage to be read, and the definition that they follow.

use axum::http::{HeaderValue, header};
use axum::response::Response;
use donthu_domain::tally::{Rate, Rounding};
use donthu_domain::{Kind, Language};
use serde::Serialize;
use utoipa::ToSchema;

/// A rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Rate)]
pub struct RateView {
    /// What counts.
    pub numerator: i64,
    /// Out of what.
    pub denominator: i64,
    /// Half-up to two digits; null on an empty denominator.
    pub percent: Option<String>,
}

impl From<Rate> for RateView {
    fn from(rate: Rate) -> Self {
        RateView {
            numerator: rate.numerator,
            denominator: rate.denominator,
            percent: rate.percent(2, Rounding::HalfUp),
        }
    }
}

/// The rate that the law's forms define for a kind; none for feedback, which no law counts.
pub fn statutory(kind: Kind, rate: Rate) -> Option<RateView> {
    (kind != Kind::Feedback).then(|| rate.into())
}

/// What a kind's figures mean.
pub fn definition(kind: Kind, language: Language) -> &'static str {
    match (kind, language) {
        (Kind::Complaint, Language::Vi) => {
            "Tính theo vụ việc đã thụ lý: (giải quyết bằng quyết định + rút đơn, đình chỉ trong kỳ) / (kỳ trước chuyển sang + thụ lý trong kỳ + mở lại); biểu 01/KQGQ, cột (5 + 6) / 4"
        }
        (Kind::Complaint, Language::En) => {
            "Accepted cases: (decided + withdrawn or terminated in the period) / (carried in + accepted in the period + reopened); form 01/KQGQ, columns (5 + 6) / 4"
        }
        (Kind::Denunciation, Language::Vi) => {
            "Tính theo vụ việc đã thụ lý: (kết luận + đình chỉ trong kỳ) / (kỳ trước chuyển sang + thụ lý trong kỳ + mở lại); biểu 03/KQGQ, cột 6 / 4"
        }
        (Kind::Denunciation, Language::En) => {
            "Accepted cases: (concluded + terminated in the period) / (carried in + accepted in the period + reopened); form 03/KQGQ, columns 6 / 4"
        }
        (Kind::Feedback, Language::Vi) => {
            "Kiến nghị, phản ánh: pháp luật không quy định tỷ lệ giải quyết, nên chỉ nêu số vụ việc"
        }
        (Kind::Feedback, Language::En) => "Feedback: the law defines no resolution rate, so only counts are given",
    }
}

/// Lets anybody keep a public answer for five minutes.
pub fn cacheable(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}
