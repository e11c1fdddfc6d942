//! What each figure of an answer counts, in words.

use donthu_domain::{Kind, Language};
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire;

/// A figure that an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// `carried_in`.
    CarriedIn,
    /// `received`.
    Received,
    /// `resolved`.
    Resolved,
    /// `open`.
    Open,
    /// `overdue`.
    Overdue,
    /// `on_time_rate`.
    OnTimeRate,
    /// `open`, of now.
    OpenNow,
    /// `ages`.
    Ages,
}

impl Figure {
    /// Those of a period but `overdue`.
    pub const BUT_OVERDUE: [Figure; 5] =
        [Figure::CarriedIn, Figure::Received, Figure::Resolved, Figure::Open, Figure::OnTimeRate];

    /// Those of a period.
    pub const OF_A_PERIOD: [Figure; 6] =
        [Figure::CarriedIn, Figure::Received, Figure::Resolved, Figure::Open, Figure::Overdue, Figure::OnTimeRate];

    /// Those of now.
    pub const OF_NOW: [Figure; 2] = [Figure::OpenNow, Figure::Ages];

    fn name(self) -> &'static str {
        match self {
            Figure::CarriedIn => "carried_in",
            Figure::Received => "received",
            Figure::Resolved => "resolved",
            Figure::Open | Figure::OpenNow => "open",
            Figure::Overdue => "overdue",
            Figure::OnTimeRate => "on_time_rate",
            Figure::Ages => "ages",
        }
    }

    fn words(self, language: Language) -> &'static str {
        match (self, language) {
            (Figure::CarriedIn, Language::Vi) => {
                "Kỳ trước chuyển sang: vụ việc đã thụ lý, chưa giải quyết xong khi bắt đầu kỳ"
            }
            (Figure::CarriedIn, Language::En) => "Carried in: accepted cases that were open when the period began",
            (Figure::Received, Language::Vi) => "Thụ lý trong kỳ: vụ việc được cơ quan có thẩm quyền thụ lý trong kỳ",
            (Figure::Received, Language::En) => "Received: cases that an agency accepted for resolution in the period",
            (Figure::Resolved, Language::Vi) => {
                "Đã giải quyết: vụ việc kết thúc trong kỳ bằng quyết định, kết luận, trả lời, rút đơn hoặc đình chỉ; không tính kết quả đã bị hủy trong cùng kỳ"
            }
            (Figure::Resolved, Language::En) => {
                "Resolved: accepted cases that ended in the period by decision, conclusion, answer, withdrawal or termination; not those whose result was annulled in the same period"
            }
            (Figure::Open, Language::Vi) => {
                "Chưa giải quyết xong: vụ việc đã thụ lý, chưa kết thúc tính đến hết kỳ, kể cả vụ việc đang tạm đình chỉ"
            }
            (Figure::Open, Language::En) => {
                "Open: accepted cases that had not ended at the end of the period, suspended ones included"
            }
            (Figure::Overdue, Language::Vi) => {
                "Quá hạn: trong số chưa giải quyết xong, vụ việc đã qua ngày hết hạn giải quyết, không kể vụ việc đang tạm đình chỉ; kỳ chưa kết thúc thì tính đến hết ngày hôm trước"
            }
            (Figure::Overdue, Language::En) => {
                "Overdue: of the open cases, those whose due day has passed, suspended ones not included; in a period that still runs, at the end of the day before"
            }
            (Figure::OnTimeRate, Language::Vi) => {
                "Tỷ lệ đúng hạn: vụ việc giải quyết đúng hạn / vụ việc đã giải quyết trong kỳ; biểu 01/KQGQ, cột 25 / (25 + 26), biểu 03/KQGQ, cột 30 / 31; kiến nghị, phản ánh tính tương tự"
            }
            (Figure::OnTimeRate, Language::En) => {
                "On-time rate: cases resolved in time / cases resolved in the period; form 01/KQGQ, columns 25 / (25 + 26), form 03/KQGQ, columns 30 / 31; feedback is counted alike"
            }
            (Figure::OpenNow, Language::Vi) => {
                "Chưa giải quyết xong: vụ việc đã thụ lý, hiện chưa kết thúc, kể cả vụ việc đang tạm đình chỉ"
            }
            (Figure::OpenNow, Language::En) => "Open: accepted cases that have not ended, suspended ones included",
            (Figure::Ages, Language::Vi) => {
                "Vụ việc đã thụ lý, chưa kết thúc, chia theo số ngày đã qua kể từ ngày thụ lý, tính cả ngày nghỉ; thụ lý hôm nay là 0 ngày"
            }
            (Figure::Ages, Language::En) => {
                "Accepted cases that have not ended, by calendar days since acceptance; a case accepted today is 0 days old"
            }
        }
    }
}

/// What a figure counts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FigureDefinition)]
pub struct Definition {
    /// The figure's name in this answer.
    #[schema(value_type = String)]
    figure: &'static str,
    /// The kind, where the figure counts something else for each.
    kind: Option<Kind>,
    /// What it counts.
    #[schema(value_type = String)]
    definition: &'static str,
}

/// What figures count.
pub fn of(figures: &[Figure], language: Language) -> Vec<Definition> {
    let of_figure =
        |figure: &Figure| Definition { figure: figure.name(), kind: None, definition: figure.words(language) };
    figures.iter().map(of_figure).collect()
}

/// What figures and the resolution rates of some kinds count.
pub fn with_rates(figures: &[Figure], kinds: impl IntoIterator<Item = Kind>, language: Language) -> Vec<Definition> {
    let rate = |kind| Definition { figure: "rate", kind: Some(kind), definition: wire::definition(kind, language) };
    of(figures, language).into_iter().chain(kinds.into_iter().map(rate)).collect()
}
