//! Exact rates: two integers, and a percentage only to be read.

use serde::Serialize;

/// How a percentage is cut to its digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Half up: the project's own.
    HalfUp,
    /// Cut off: how some provinces have published.
    Truncated,
}

/// A share of cases. Never a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// What counts.
    pub numerator: i64,
    /// Out of what.
    pub denominator: i64,
}

impl Rate {
    /// The percentage with so many decimals (0 to 9), e.g. `76.32`; none on an empty denominator: that is "no data",
    /// never 100 %.
    pub fn percent(&self, decimals: u32, rounding: Rounding) -> Option<String> {
        if self.denominator <= 0 || self.numerator < 0 || decimals > 9 {
            return None;
        }
        let scale = 10i128.pow(decimals);
        let (numerator, denominator) = (i128::from(self.numerator), i128::from(self.denominator));
        let scaled = match rounding {
            Rounding::HalfUp => (2 * numerator * 100 * scale + denominator) / (2 * denominator),
            Rounding::Truncated => numerator * 100 * scale / denominator,
        };
        let (whole, rest) = (scaled / scale, scaled % scale);
        if decimals == 0 {
            return Some(whole.to_string());
        }
        let width = usize::try_from(decimals).unwrap_or(0);
        Some(format!("{whole}.{rest:0width$}"))
    }
}
