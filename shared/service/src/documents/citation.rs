//! Articles as administrative documents cite them: the law's parts from the smallest to the largest, then the law.

/// Articles of which the text was not found (law.md 0.2 and the rows marked from memory): the law's name as the citation begins,
/// and the numbers of the articles.
const UNREAD: [(&str, &[&str]); 3] = [
    ("Luật Khiếu nại", &["27", "29", "31", "32", "36", "40", "41", "44"]),
    ("Luật Tố cáo", &["24", "26", "27", "33", "35", "36", "37", "40"]),
    ("Luật Tiếp công dân", &["25", "26", "27", "28", "29", "30"]),
];

/// One law of a citation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// As a document cites it, e.g. `khoản 1 Điều 16 Nghị định 124/2020/NĐ-CP`.
    pub text: String,
    /// Whether its text was read.
    pub read: bool,
}

/// The laws of a citation such as `Luật Khiếu nại 2011, Điều 30; Nghị định 124/2020/NĐ-CP, Điều 28 (Nghị định
/// 155/2026/NĐ-CP, Điều 11)`.
pub fn cited(citation: &str) -> Vec<Cited> {
    citation.split("; ").map(one).collect()
}

/// A whole citation in a sentence.
pub fn in_words(citation: &str) -> String {
    cited(citation).into_iter().map(|cited| cited.text).collect::<Vec<_>>().join("; ")
}

fn one(citation: &str) -> Cited {
    let (main, amended) = match citation.split_once(" (") {
        Some((main, amended)) => (main, amended.strip_suffix(')')),
        None => (citation, None),
    };
    let Some((law, numbers)) = main.split_once(", Điều ") else {
        return Cited { text: citation.to_owned(), read: true };
    };
    let numbers: Vec<&str> = numbers.split(", ").collect();
    let whole = |number: &&str| number.chars().all(char::is_alphanumeric);
    let articles = match numbers.as_slice() {
        several @ [_, _, ..] if several.iter().all(whole) => format!("các Điều {}", several.join(", ")),
        _ => numbers.iter().map(|number| article(number)).collect::<Vec<_>>().join(", "),
    };
    let amended = amended.map(|by| format!(" (sửa đổi, bổ sung bởi {})", by.trim_start_matches("sửa đổi bởi ")));
    let read = !numbers.iter().any(|number| is_unread(law, number));
    Cited { text: format!("{articles} {law}{}", amended.unwrap_or_default()), read }
}

/// `41.3b` is point b of clause 3 of article 41.
fn article(number: &str) -> String {
    if let Some((article, clause)) = number.split_once(" khoản ") {
        return format!("khoản {clause} Điều {article}");
    }
    let Some((article, clause)) = number.split_once('.') else { return format!("Điều {number}") };
    let digits = clause.chars().take_while(char::is_ascii_digit).count();
    match clause.split_at_checked(digits) {
        Some((clause, "")) => format!("khoản {clause} Điều {article}"),
        Some((clause, point)) => format!("điểm {point} khoản {clause} Điều {article}"),
        None => format!("Điều {number}"),
    }
}

fn is_unread(law: &str, number: &str) -> bool {
    let article = number.split(['.', ' ']).next().unwrap_or(number);
    UNREAD.iter().any(|(name, articles)| law.starts_with(name) && articles.contains(&article))
}

/// What the official is told of an article that nobody read.
pub fn doubt(text: &str) -> String {
    let mut first = text.chars();
    let upper: String = first.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{upper}{}: căn cứ chưa được đối chiếu với văn bản gốc.", first.as_str())
}

#[cfg(test)]
mod tests {
    use super::{cited, doubt, in_words};

    #[test]
    fn a_citation_reads_as_documents_cite() {
        for (citation, text) in [
            ("Luật Khiếu nại 2011, Điều 11", "Điều 11 Luật Khiếu nại 2011"),
            (
                "Nghị định 124/2020/NĐ-CP, Điều 16.1 (Nghị định 155/2026/NĐ-CP, Điều 10)",
                "khoản 1 Điều 16 Nghị định 124/2020/NĐ-CP (sửa đổi, bổ sung bởi Nghị định 155/2026/NĐ-CP, Điều 10)",
            ),
            ("Nghị định 154/2026/NĐ-CP, Điều 41.3b", "điểm b khoản 3 Điều 41 Nghị định 154/2026/NĐ-CP"),
            ("Luật Tố cáo 2018, Điều 37, 38", "các Điều 37, 38 Luật Tố cáo 2018"),
            ("Luật Tố cáo 2018, Điều 29.3, 56", "khoản 3 Điều 29, Điều 56 Luật Tố cáo 2018"),
            ("Luật Khiếu nại 02/2011/QH13, Điều 33 khoản 1", "khoản 1 Điều 33 Luật Khiếu nại 02/2011/QH13"),
            ("Chỉ tiêu phục vụ của tỉnh", "Chỉ tiêu phục vụ của tỉnh"),
        ] {
            assert_eq!(in_words(citation), text);
        }
    }

    #[test]
    fn what_was_not_read_is_known() {
        let of = |citation| cited(citation).iter().map(|cited| cited.read).collect::<Vec<_>>();
        assert_eq!(of("Luật Khiếu nại 2011, Điều 11; Luật Tố cáo 2018, Điều 35.3"), [true, false]);
        assert_eq!(of("Nghị định 124/2020/NĐ-CP, Điều 31"), [true], "the law's Art. 31 was not read, the decree's was");
        assert_eq!(doubt("điều 1"), "Điều 1: căn cứ chưa được đối chiếu với văn bản gốc.");
    }
}
