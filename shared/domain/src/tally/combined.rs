//! Rates over several kinds, as reports and newspapers print them. They differ in what they count, so each has a name and
//! says what it is.

use std::collections::BTreeMap;

use super::{Figures, Rate};
use crate::case::{Kind, Language};

/// A rate over several kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Combined {
    /// Complaints and denunciations, by cases (*vụ việc khiếu nại, tố cáo*).
    Kntc,
    /// Petitions of every kind, feedback included (*đơn khiếu nại, tố cáo, kiến nghị, phản ánh*).
    Don,
}

impl Combined {
    /// Every combined rate.
    pub const ALL: [Combined; 2] = [Combined::Kntc, Combined::Don];

    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Combined::Kntc => "kntc",
            Combined::Don => "don",
        }
    }

    /// The kinds that it counts.
    pub fn kinds(self) -> &'static [Kind] {
        match self {
            Combined::Kntc => &[Kind::Complaint, Kind::Denunciation],
            Combined::Don => &Kind::ALL,
        }
    }

    /// The rate out of the figures of its kinds; none where a kind is missing, for a part must not pass for the whole.
    pub fn rate(self, figures: &BTreeMap<Kind, Figures>) -> Option<Rate> {
        let none = Rate { numerator: 0, denominator: 0 };
        self.kinds().iter().try_fold(none, |sum, kind| {
            let rate = figures.get(kind)?.resolution_rate();
            Some(Rate { numerator: sum.numerator + rate.numerator, denominator: sum.denominator + rate.denominator })
        })
    }

    /// What it means.
    pub fn definition(self, language: Language) -> &'static str {
        match (self, language) {
            (Combined::Kntc, Language::Vi) => {
                "Tính theo vụ việc khiếu nại, tố cáo đã thụ lý: (khiếu nại + tố cáo đã giải quyết trong kỳ) / (kỳ trước chuyển sang + thụ lý trong kỳ + mở lại); cộng biểu 01/KQGQ và 03/KQGQ"
            }
            (Combined::Kntc, Language::En) => {
                "Accepted complaints and denunciations, by cases: (both resolved in the period) / (carried in + accepted in the period + reopened); the sum of forms 01/KQGQ and 03/KQGQ"
            }
            (Combined::Don, Language::Vi) => {
                "Tính theo đơn thuộc thẩm quyền, gồm cả kiến nghị, phản ánh (ở đây mỗi đơn là một vụ việc): (đơn đã giải quyết trong kỳ) / (kỳ trước chuyển sang + thụ lý trong kỳ + mở lại); cách tính của báo cáo, không phải của biểu mẫu"
            }
            (Combined::Don, Language::En) => {
                "Petitions in competence, feedback included (each petition is one case here): (resolved in the period) / (carried in + accepted in the period + reopened); as reports count, not a form"
            }
        }
    }
}
