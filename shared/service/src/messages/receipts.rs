//! What the check of a signed receipt found, in words.

use donthu_domain::Language;

use crate::receipts::Verdict;

/// Whether a signed receipt is genuine.
pub fn verdict(verdict: Verdict, language: Language) -> &'static str {
    match (verdict, language) {
        (Verdict::Genuine, Language::Vi) => "Biên nhận do tỉnh cấp và còn nguyên vẹn.",
        (Verdict::Genuine, Language::En) => "The province gave out this receipt, and it is unaltered.",
        (Verdict::NotGenuine, Language::Vi) => "Không phải biên nhận do tỉnh cấp, hoặc nội dung đã bị thay đổi.",
        (Verdict::NotGenuine, Language::En) => {
            "This is not a receipt that the province gave out, or it was altered since."
        }
        (Verdict::UnknownKey, Language::Vi) => "Biên nhận ghi một khóa ký không có trong danh sách khóa đã công bố.",
        (Verdict::UnknownKey, Language::En) => "The receipt names a signing key that is not among the published ones.",
    }
}
