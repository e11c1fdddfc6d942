//! Words, dates and numbers as each language writes them.

use donthu_domain::{Kind, Language, Role};
use jiff::Timestamp;
use jiff::civil::Date;

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(pub Language);

impl Words {
    /// One of two texts.
    pub fn t<'a>(&self, vi: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Language::Vi => vi,
            Language::En => en,
        }
    }

    /// A day such as `2026-10-05`, as people write it; what is no day stays as it is.
    pub fn day(&self, day: &str) -> String {
        day.parse::<Date>().map_or_else(|_| day.to_owned(), |day| self.date(day))
    }

    /// A day.
    pub fn date(&self, day: Date) -> String {
        match self.0 {
            Language::Vi => day.strftime("%d/%m/%Y").to_string(),
            Language::En => day.strftime("%-d %B %Y").to_string(),
        }
    }

    /// An instant such as `2026-10-05T09:00:00+07:00`, to the minute and in Vietnam's time; what is none stays as it is.
    pub fn moment(&self, at: &str) -> String {
        let Ok(instant) = at.parse::<Timestamp>() else {
            return at.to_owned();
        };
        let local = donthu_domain::time::VIETNAM.to_datetime(instant);
        match self.0 {
            Language::Vi => local.strftime("%H:%M ngày %d/%m/%Y").to_string(),
            Language::En => local.strftime("%-d %B %Y, %H:%M").to_string(),
        }
    }

    /// A month such as `2026-10`; what is none stays as it is.
    pub fn month(&self, month: &str) -> String {
        let Ok(first) = format!("{month}-01").parse::<Date>() else {
            return month.to_owned();
        };
        match self.0 {
            Language::Vi => first.strftime("%m/%Y").to_string(),
            Language::En => first.strftime("%B %Y").to_string(),
        }
    }

    /// A number with its thousands apart: `1.234` in Vietnamese, `1,234` in English.
    pub fn number(&self, number: &i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let mut out = String::new();
        if *number < 0 {
            out.push('\u{2212}');
        }
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push_str(self.t(".", ","));
            }
            out.push(digit);
        }
        out
    }

    /// A share such as `98.64`, in percent: `98,64 %` in Vietnamese.
    pub fn percent(&self, percent: &str) -> String {
        match self.0 {
            Language::Vi => format!("{}\u{a0}%", percent.replace('.', ",")),
            Language::En => format!("{percent}%"),
        }
    }

    /// The name of a kind of petition.
    pub fn kind(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Complaint => self.t("Khiếu nại", "Complaint"),
            Kind::Denunciation => self.t("Tố cáo", "Denunciation"),
            Kind::Feedback => self.t("Kiến nghị, phản ánh", "Feedback"),
        }
    }

    /// The name of an official's role.
    pub fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Reception => self.t("tiếp nhận", "reception"),
            Role::Handler => self.t("thụ lý", "handler"),
            Role::Head => self.t("thủ trưởng", "head"),
            Role::Inspector => self.t("thanh tra", "inspector"),
            Role::IdentityCustodian => self.t("giữ danh tính", "identity custodian"),
            Role::Statistician => self.t("thống kê", "statistician"),
            Role::Admin => self.t("quản trị", "administrator"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_writes_days_and_numbers_in_its_way() {
        let (vi, en) = (Words(Language::Vi), Words(Language::En));
        assert_eq!(
            (vi.day("2026-10-05"), en.day("2026-10-05")),
            ("05/10/2026".to_owned(), "5 October 2026".to_owned())
        );
        let at = "2026-10-04T19:30:00Z";
        assert_eq!(
            (vi.moment(at), en.moment(at)),
            ("02:30 ngày 05/10/2026".to_owned(), "5 October 2026, 02:30".to_owned())
        );
        assert_eq!((vi.month("2026-10"), en.month("2026-10")), ("10/2026".to_owned(), "October 2026".to_owned()));
        assert_eq!((vi.number(&1_234_567), en.number(&-1_000)), ("1.234.567".to_owned(), "\u{2212}1,000".to_owned()));
        assert_eq!((vi.number(&999), vi.number(&0)), ("999".to_owned(), "0".to_owned()));
        assert_eq!((vi.percent("98.64"), en.percent("98.64")), ("98,64\u{a0}%".to_owned(), "98.64%".to_owned()));
        assert_eq!(
            (vi.day("soon"), vi.moment("soon"), vi.month("soon")),
            ("soon".into(), "soon".into(), "soon".into())
        );
    }
}
