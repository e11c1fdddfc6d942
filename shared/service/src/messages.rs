//! Every sentence that a person reads, in Vietnamese and English. Exhaustive matches: the compiler finds a gap.

use donthu_domain::{Language, NoticeMilestone};

use crate::fault::{Fault, Wrong};

pub mod choices;
pub mod explain;
pub mod receipts;
mod refusals;
pub mod stages;

type Words = (String, String);

fn words(language: Language, vi: (&str, &str), en: (&str, &str)) -> Words {
    let (title, detail) = match language {
        Language::Vi => vi,
        Language::En => en,
    };
    (title.to_owned(), detail.to_owned())
}

/// Title and detail of a fault.
pub fn fault(fault: &Fault, language: Language) -> Words {
    match fault {
        Fault::Refused { refusal, .. } => refusals::refusal(refusal, language),
        Fault::Invalid { field, wrong } => invalid(field, *wrong, language),
        Fault::MalformedBody => words(
            language,
            ("Nội dung gửi không đúng định dạng", "Nội dung gửi lên không phải là JSON hợp lệ. Chưa có gì được lưu."),
            ("The request is malformed", "What was sent is not valid JSON. Nothing was saved."),
        ),
        Fault::UnsupportedMediaType => words(
            language,
            ("Kiểu dữ liệu không được hỗ trợ", "Hãy gửi nội dung dạng JSON với Content-Type: application/json."),
            ("Unsupported media type", "Send JSON with Content-Type: application/json."),
        ),
        Fault::BodyTooLarge => words(
            language,
            ("Nội dung quá lớn", "Nội dung gửi lên vượt quá 512 KB. Hãy rút gọn rồi gửi lại; chưa có gì được lưu."),
            ("The request is too large", "What was sent exceeds 512 KB. Shorten it and send again; nothing was saved."),
        ),
        Fault::ReceiptMalformed => words(
            language,
            (
                "Mã biên nhận chưa đúng",
                "Mã biên nhận có ký tự bị sai hoặc thiếu. Mã gồm 22 chữ số và chữ cái; hãy kiểm tra lại từng nhóm.",
            ),
            (
                "The receipt code is not right",
                "The receipt code has a wrong or missing symbol. It has 22 digits and letters; check each group again.",
            ),
        ),
        Fault::ReceiptMissing => words(
            language,
            ("Cần mã biên nhận", "Hãy gửi mã biên nhận trong tiêu đề Authorization: Receipt <mã>."),
            ("A receipt code is needed", "Send the receipt code in the header Authorization: Receipt <code>."),
        ),
        Fault::Unauthenticated => words(
            language,
            ("Chưa đăng nhập", "Hãy đăng nhập lại: phiên làm việc không có hoặc đã hết hạn."),
            ("Not signed in", "Sign in again: there is no session, or it has expired."),
        ),
        Fault::Forbidden => words(
            language,
            ("Không có quyền", "Vai trò của bạn không được phép thực hiện việc này."),
            ("Not allowed", "Your role does not allow this."),
        ),
        Fault::AgencyNotInForce => words(
            language,
            (
                "Cơ quan không còn hoạt động",
                "Cơ quan ghi trong phiên làm việc của bạn không tồn tại hoặc đã kết thúc hoạt động. Hãy liên hệ người quản trị để được cập nhật.",
            ),
            (
                "Agency not in force",
                "The agency of your session does not exist or was closed. Ask an administrator to bring your account up to date.",
            ),
        ),
        Fault::NotFound => words(
            language,
            ("Không tìm thấy", "Không có đơn nào ứng với thông tin đã gửi."),
            ("Not found", "There is no case for what was sent."),
        ),
        Fault::NoSuchRoute => words(
            language,
            ("Không có địa chỉ này", "Địa chỉ hoặc phương thức không tồn tại."),
            ("No such address", "The address or the method does not exist."),
        ),
        Fault::IdempotencyKeyMalformed => words(
            language,
            ("Idempotency-Key không hợp lệ", "Idempotency-Key phải là một UUID."),
            ("Malformed Idempotency-Key", "The Idempotency-Key must be a UUID."),
        ),
        Fault::IdempotencyMismatch => words(
            language,
            (
                "Idempotency-Key đã được dùng",
                "Khóa này đã được dùng cho một nội dung khác. Hãy dùng khóa mới; đơn đã gửi trước đó vẫn được giữ nguyên.",
            ),
            (
                "The Idempotency-Key was used before",
                "This key was used with other content. Use a new one; the petition sent before is kept as it was.",
            ),
        ),
        Fault::PreconditionMissing => words(
            language,
            ("Thiếu If-Match", "Hãy gửi kèm If-Match: \"<bước>\" của vụ việc mà bạn đang xử lý."),
            ("If-Match is missing", "Send If-Match: \"<step>\" of the case that you are working on."),
        ),
        Fault::Stale { .. } => words(
            language,
            (
                "Vụ việc đã thay đổi",
                "Người khác vừa cập nhật vụ việc này. Hãy mở lại, xem thay đổi rồi thực hiện; chưa có gì được lưu.",
            ),
            (
                "The case has changed",
                "Somebody else has just updated this case. Open it again, look, then decide; nothing was saved.",
            ),
        ),
        Fault::Busy => words(
            language,
            ("Hệ thống đang bận", "Chưa có gì được lưu. Hãy gửi lại sau vài giây."),
            ("The system is busy", "Nothing was saved. Send again in a few seconds."),
        ),
        Fault::Unanswered => words(
            language,
            (
                "Chưa rõ kết quả",
                "Chưa biết yêu cầu đã được lưu hay chưa. Hãy gửi lại đúng yêu cầu này sau vài giây, với cùng Idempotency-Key: không có gì được lưu hai lần.",
            ),
            (
                "The outcome is not known",
                "Nobody knows yet whether this was saved. Send the same again in a few seconds, under the same Idempotency-Key: nothing is saved twice.",
            ),
        ),
        Fault::KeysUnavailable => words(
            language,
            (
                "Dịch vụ mã hóa tạm thời gián đoạn",
                "Yêu cầu này chưa lưu gì. Hãy gửi lại đúng yêu cầu này sau vài giây, với cùng Idempotency-Key: không có gì được lưu hai lần.",
            ),
            (
                "Encryption is not available for the moment",
                "This request saved nothing. Send the same again in a few seconds, under the same Idempotency-Key: nothing is saved twice.",
            ),
        ),
        Fault::TooManyRequests { seconds } => {
            let minutes = seconds.div_ceil(60);
            words(
                language,
                ("Quá nhiều yêu cầu", &format!("Yêu cầu này chưa lưu gì. Hãy thử lại sau {minutes} phút.")),
                ("Too many requests", &format!("This request saved nothing. Try again in {minutes} minutes.")),
            )
        }
        Fault::WorkNeeded { seconds } => {
            let (later_vi, later_en) = match seconds.map(|seconds| seconds.div_ceil(60)) {
                Some(minutes) => {
                    (format!("hoặc gửi lại sau {minutes} phút"), format!("or send again in {minutes} minutes"))
                }
                None => (
                    "hoặc nộp đơn tại nơi tiếp công dân".to_owned(),
                    "or hand it in where citizens are received".to_owned(),
                ),
            };
            words(
                language,
                (
                    "Cần một phép tính chống gửi hàng loạt",
                    &format!(
                        "Hiện có rất nhiều đơn gửi đến cùng lúc. Hãy lấy phép tính tại GET /v1/petitions/challenge rồi gửi lại kèm kết quả, {later_vi}. Đơn này chưa được lưu."
                    ),
                ),
                (
                    "A small calculation is needed",
                    &format!(
                        "Very many petitions are coming in. Fetch a challenge at GET /v1/petitions/challenge and send again with its solution, {later_en}. This petition was not saved."
                    ),
                ),
            )
        }
        Fault::WorkInvalid => words(
            language,
            (
                "Kết quả phép tính không đúng",
                "Kết quả phép tính chống gửi hàng loạt không đúng, đã hết hạn hoặc thuộc về đơn khác. Hãy lấy phép tính mới với cùng Idempotency-Key rồi gửi lại; chưa có gì được lưu.",
            ),
            (
                "The calculation's result is not right",
                "The proof of work is wrong, too old or made for another petition. Fetch a new challenge with the same Idempotency-Key and send again; nothing was saved.",
            ),
        ),
        Fault::Shredded => words(
            language,
            (
                "Nội dung đã được hủy",
                "Khóa mã hóa của nội dung này đã được hủy nên không ai còn đọc được. Vụ việc vẫn còn trong sổ theo dõi.",
            ),
            (
                "The content was destroyed",
                "The encryption key of this content was destroyed, so nobody can read it any more. The case itself is still on record.",
            ),
        ),
        Fault::Internal(_) => words(
            language,
            ("Lỗi hệ thống", "Có lỗi ở phía hệ thống. Hãy thử lại với cùng Idempotency-Key; đơn không bị gửi hai lần."),
            (
                "System fault",
                "Something failed on our side. Try again with the same Idempotency-Key: nothing is sent twice.",
            ),
        ),
    }
}

fn invalid(field: &str, wrong: Wrong, language: Language) -> Words {
    let (vi, en) = match wrong {
        Wrong::Missing => ("còn thiếu".to_owned(), "is missing".to_owned()),
        Wrong::Empty => ("không được để trống".to_owned(), "must not be empty".to_owned()),
        Wrong::TooLong { characters } => {
            (format!("dài quá {characters} ký tự"), format!("is longer than {characters} characters"))
        }
        Wrong::TooManyBytes { bytes } => (format!("vượt quá {bytes} byte"), format!("is larger than {bytes} bytes")),
        Wrong::Type => {
            ("có kiểu hoặc giá trị không hợp lệ".to_owned(), "has a wrong type or is not one of the values".to_owned())
        }
        Wrong::Unknown => ("không phải là trường hợp lệ".to_owned(), "is not a known field".to_owned()),
        Wrong::UnknownParameter => {
            ("có tham số không hợp lệ".to_owned(), "has a parameter that is not known".to_owned())
        }
        Wrong::IdNumber => (
            "phải là số căn cước 12 chữ số, số CMND 9 chữ số hoặc số hộ chiếu".to_owned(),
            "must be a 12-digit identity number, a 9-digit former one or a passport number".to_owned(),
        ),
        Wrong::Phone => (
            "phải là số điện thoại Việt Nam, ví dụ 0912345678".to_owned(),
            "must be a Vietnamese phone number, e.g. 0912345678".to_owned(),
        ),
        Wrong::Date => (
            "phải là ngày hoặc tháng hợp lệ, đúng thứ tự".to_owned(),
            "must be a valid date or month, in order".to_owned(),
        ),
        Wrong::DocumentNumber => (
            "phải là số, ký hiệu văn bản, ví dụ 15/QĐ-UBND".to_owned(),
            "must be the number of a document, e.g. 15/QĐ-UBND".to_owned(),
        ),
        Wrong::Subject => (
            "phải là mã tài khoản của cán bộ, không phải họ tên hay số điện thoại".to_owned(),
            "must be an official's account id, not a name or number".to_owned(),
        ),
        Wrong::Limit { most } => (format!("phải là số từ 1 đến {most}"), format!("must be a number from 1 to {most}")),
        Wrong::BeforeCalendar => (
            "sớm hơn các năm có trong lịch làm việc".to_owned(),
            "lies before the years that the calendar knows".to_owned(),
        ),
        Wrong::MonthNotOver => {
            ("chỉ được gồm những tháng đã kết thúc".to_owned(), "may only cover months that are over".to_owned())
        }
        Wrong::Cursor => ("không phải là con trỏ do hệ thống cấp".to_owned(), "is no cursor of this system".to_owned()),
        Wrong::CaseNumber => (
            "phải là mã số vụ việc, ví dụ QN-7K2M-9QXR-4HTD".to_owned(),
            "must be the number of a case, e.g. QN-7K2M-9QXR-4HTD".to_owned(),
        ),
        Wrong::NotInSearch => (
            "không dùng được khi tìm theo mã số vụ việc".to_owned(),
            "is not possible in a search by number".to_owned(),
        ),
    };
    match language {
        Language::Vi => ("Thông tin chưa đúng".to_owned(), format!("Trường \"{field}\" {vi}. Chưa có gì được lưu.")),
        Language::En => {
            ("Something is not right".to_owned(), format!("The field \"{field}\" {en}. Nothing was saved."))
        }
    }
}

/// The sentence of a notice to an agency. It says nothing of the case but its number.
pub fn agency_notice(milestone: NoticeMilestone, case_number: &str) -> String {
    let what = match milestone {
        NoticeMilestone::Assigned => "được giao cho cơ quan",
        NoticeMilestone::Approaching => "sắp đến hạn",
        NoticeMilestone::Missed => "đã quá hạn",
        NoticeMilestone::Escalated => "đã quá hạn và chưa được xử lý",
        NoticeMilestone::Changed => "có thay đổi",
    };
    format!("Hồ sơ {case_number} {what}. Vui lòng xem trong hệ thống.")
}

/// The short message to a citizen. The phone may lie on a table where others read it.
pub fn citizen_sms(case_number: &str, language: Language) -> String {
    match language {
        // Without diacritics a short message holds 160 characters; with them 70.
        Language::Vi => format!("Ho so {case_number} co cap nhat. Tra cuu bang ma bien nhan cua ban."),
        Language::En => format!("File {case_number} has an update. Look it up with your receipt code."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escalation_is_true_of_whomever_it_tells() {
        let said = agency_notice(NoticeMilestone::Escalated, "QN-1");
        assert_eq!(said, "Hồ sơ QN-1 đã quá hạn và chưa được xử lý. Vui lòng xem trong hệ thống.");
    }
}
