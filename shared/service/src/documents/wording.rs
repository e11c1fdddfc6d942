//! The law's own words: names of forms, grounds, criteria and results. Exhaustive matches: the compiler finds a gap.

use donthu_domain::{
    Case, CompetentBody, ComplexityCriterion, ContinuationGround, Event, FilingGround, Form, Instance, Kind,
    RefusalGround, ResultCode, Sending, SuspensionGround, TerminationGround,
};
use jiff::civil::{Date, date};

use super::citation;

/// A gap to be filled in by hand.
pub const GAP: &str = "....................";

/// The gap where a name is not known.
pub fn or_gap(name: &str) -> String {
    if name.is_empty() { GAP.to_owned() } else { name.to_owned() }
}

/// With a capital letter at its beginning.
pub fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}

/// `tỉnh Quảng Ngãi` without what sort of place it is.
pub fn without_first_word(name: &str) -> &str {
    let cities = name.strip_prefix("thành phố ");
    cities.or_else(|| name.strip_prefix("tỉnh ")).unwrap_or(name)
}

/// A day in words. Days below ten and the first two months bear a zero, so that nobody can put a figure before them (Decree
/// 30/2020, appendix I, section II.4).
pub fn day(day: Date) -> String {
    let month = if day.month() < 3 { format!("{:02}", day.month()) } else { day.month().to_string() };
    format!("ngày {:02} tháng {month} năm {}", day.day(), day.year())
}

/// What a kind of case is called.
pub struct Words {
    /// The matter.
    pub kind: &'static str,
    /// The paper.
    pub petition: &'static str,
    /// Who brings it.
    pub who: &'static str,
}

/// The words of a kind.
pub fn kind(kind: Kind) -> Words {
    match kind {
        Kind::Complaint => {
            Words { kind: "khiếu nại", petition: "đơn khiếu nại", who: "người khiếu nại" }
        }
        Kind::Denunciation => Words { kind: "tố cáo", petition: "đơn tố cáo", who: "người tố cáo" },
        Kind::Feedback => {
            Words {
                kind: "kiến nghị, phản ánh", petition: "kiến nghị, phản ánh", who: "người kiến nghị, phản ánh"
            }
        }
    }
}

/// How a form is headed.
pub struct Heading {
    /// Its number, where the law gives it one that was read.
    pub number: Option<&'static str>,
    /// The decree that the number is from.
    pub source: &'static str,
    /// The sort of document.
    pub title: &'static str,
    /// What it is about.
    pub subject: String,
}

const COMPLAINT_FORMS: &str = "Nghị định 124/2020/NĐ-CP, sửa đổi, bổ sung bởi Nghị định 155/2026/NĐ-CP";
const DENUNCIATION_FORMS: &str = "Nghị định 31/2019/NĐ-CP, sửa đổi, bổ sung bởi Nghị định 156/2026/NĐ-CP";

/// The heading of a form.
pub fn heading(form: Form, event: &Event, case: &Case) -> Heading {
    let complaint = case.kind == Kind::Complaint;
    let kind = kind(case.kind).kind;
    let instance = match (case.kind, case.instance, form) {
        (Kind::Complaint, Instance::Second, _) => " lần hai",
        (Kind::Complaint, _, Form::Decision) => " lần đầu",
        _ => "",
    };
    let stopped = if matches!(event, Event::Suspended { .. }) { "tạm đình chỉ" } else { "đình chỉ" };
    let (number, title, subject) = match form {
        Form::Acceptance if complaint => {
            (Some("Mẫu số 03"), "THÔNG BÁO", format!("Về việc thụ lý giải quyết khiếu nại{instance}"))
        }
        Form::Acceptance => (None, "THÔNG BÁO", format!("Về việc tiếp nhận, xử lý {kind}")),
        Form::Refusal => {
            (Some("Mẫu số 04"), "THÔNG BÁO", format!("Về việc không thụ lý giải quyết khiếu nại{instance}"))
        }
        Form::DialogueMinutes => (Some("Mẫu số 14"), "BIÊN BẢN", "Đối thoại với người khiếu nại".to_owned()),
        Form::SuspensionOrTermination if complaint => {
            (Some("Mẫu số 14a"), "QUYẾT ĐỊNH", format!("Về việc {stopped} giải quyết khiếu nại{instance}"))
        }
        Form::SuspensionOrTermination => (None, "THÔNG BÁO", format!("Về việc {stopped} giải quyết {kind}")),
        Form::Resumption => {
            (Some("Mẫu số 14b"), "QUYẾT ĐỊNH", format!("Về việc tiếp tục giải quyết khiếu nại{instance}"))
        }
        Form::Complexity => {
            (None, "VĂN BẢN XÁC ĐỊNH", format!("Vụ việc phức tạp trong giải quyết khiếu nại{instance}"))
        }
        Form::Extension => (None, "QUYẾT ĐỊNH", "Về việc gia hạn giải quyết tố cáo".to_owned()),
        Form::Transfer if case.kind == Kind::Feedback => (None, "PHIẾU CHUYỂN", "Kiến nghị, phản ánh".to_owned()),
        Form::Transfer => (None, "PHIẾU CHUYỂN ĐƠN", capital(kind)),
        Form::Guidance => (
            None,
            "PHIẾU HƯỚNG DẪN",
            "Về việc gửi đơn khiếu nại đến cơ quan, tổ chức, cá nhân có thẩm quyền".to_owned(),
        ),
        Form::Decision => match case.kind {
            Kind::Complaint => (None, "QUYẾT ĐỊNH", format!("Về việc giải quyết khiếu nại{instance}")),
            Kind::Denunciation => (None, "KẾT LUẬN", "Nội dung tố cáo".to_owned()),
            Kind::Feedback => (None, "THÔNG BÁO", "Về việc trả lời kiến nghị, phản ánh".to_owned()),
        },
        Form::DenunciationAcceptance => (None, "QUYẾT ĐỊNH", "Về việc thụ lý tố cáo".to_owned()),
        Form::DenunciationRefusal => (None, "THÔNG BÁO", "Về việc không thụ lý tố cáo".to_owned()),
        Form::DenunciationSuspension => (None, "QUYẾT ĐỊNH", format!("Về việc {stopped} giải quyết tố cáo")),
        Form::DenunciationResumption => (None, "QUYẾT ĐỊNH", "Về việc tiếp tục giải quyết tố cáo".to_owned()),
        Form::DialogueNotice => {
            (None, "THÔNG BÁO", format!("Về việc tổ chức đối thoại trong giải quyết khiếu nại{instance}"))
        }
        Form::Enforcement if complaint => {
            (None, "QUYẾT ĐỊNH", "Về việc thi hành quyết định giải quyết khiếu nại có hiệu lực pháp luật".to_owned())
        }
        Form::Enforcement => (None, "QUYẾT ĐỊNH", "Về việc xử lý theo kết luận nội dung tố cáo".to_owned()),
        Form::Referral => {
            (None, "PHIẾU CHUYỂN", "Hồ sơ, tài liệu vụ việc có dấu hiệu tội phạm đến cơ quan điều tra".to_owned())
        }
        // Form 03 of Decree 156/2026; the withdrawal of a complaint has no form among those that were read.
        Form::Withdrawal if case.kind == Kind::Denunciation => {
            (Some("Mẫu số 03"), "BIÊN BẢN", "Ghi nhận việc rút tố cáo".to_owned())
        }
        Form::Withdrawal => (None, "BIÊN BẢN", format!("Ghi nhận việc rút {kind}")),
        Form::Filing => (None, "THÔNG BÁO", "Về việc lưu đơn".to_owned()),
        Form::Inspection => (None, "PHIẾU CHUYỂN", "Thông tin có nội dung tố cáo để thanh tra, kiểm tra".to_owned()),
        Form::Duplicate => (None, "THÔNG BÁO", "Về việc đơn trùng nội dung".to_owned()),
        Form::Division => (None, "THÔNG BÁO", "Về việc xử lý đơn theo nội dung".to_owned()),
        Form::Verification => (None, "QUYẾT ĐỊNH", format!("Về việc xác minh nội dung {kind}{instance}")),
        Form::Continuation => (None, "THÔNG BÁO", "Về việc tiếp tục giải quyết tố cáo".to_owned()),
        Form::Annulment => (None, "QUYẾT ĐỊNH", format!("Về việc hủy bỏ kết quả giải quyết {kind}{instance}")),
        Form::CoveringLetter => (None, "PHIẾU GỬI", format!("Văn bản trong giải quyết {kind}{instance}")),
        Form::Publication if complaint => {
            (None, "THÔNG BÁO", format!("Về việc công khai quyết định giải quyết khiếu nại{instance}"))
        }
        Form::Publication => (None, "THÔNG BÁO", "Về việc công khai kết luận nội dung tố cáo".to_owned()),
        Form::ReportDemand => (None, "VĂN BẢN YÊU CẦU", "Báo cáo về việc giải quyết tố cáo quá thời hạn".to_owned()),
        Form::Report => (None, "BÁO CÁO", "Về việc giải quyết tố cáo quá thời hạn".to_owned()),
    };
    let source = if case.kind == Kind::Denunciation { DENUNCIATION_FORMS } else { COMPLAINT_FORMS };
    Heading { number, source, title, subject }
}

/// The first day of Law 136/2025/QH15 and of the decrees that go with it.
const AMENDED: Date = date(2026, 7, 1);

/// What the document rests on: the laws of its kind as they stood on its day, then the articles of the step.
pub fn bases(event: &Event, case: &Case, on: Date, doubts: &mut Vec<String>) -> Vec<String> {
    let laws = match case.kind {
        Kind::Complaint => [
            ("Luật Khiếu nại số 02/2011/QH13", "Luật số 136/2025/QH15"),
            ("Nghị định số 124/2020/NĐ-CP của Chính phủ", "Nghị định số 155/2026/NĐ-CP"),
        ],
        Kind::Denunciation => [
            ("Luật Tố cáo số 25/2018/QH14", "Luật số 136/2025/QH15"),
            ("Nghị định số 31/2019/NĐ-CP của Chính phủ", "Nghị định số 156/2026/NĐ-CP"),
        ],
        Kind::Feedback => [
            ("Luật Tiếp công dân số 42/2013/QH13", "Luật số 136/2025/QH15"),
            ("Nghị định số 154/2026/NĐ-CP của Chính phủ", ""),
        ],
    };
    let as_it_stood = |(law, by): (&str, &str)| match by {
        "" => law.to_owned(),
        by if on >= AMENDED => format!("{law} (được sửa đổi, bổ sung bởi {by})"),
        _ => law.to_owned(),
    };
    let mut bases: Vec<String> = laws.into_iter().map(as_it_stood).collect();
    for cited in event.basis(case.into()).into_iter().flat_map(citation::cited) {
        if !cited.read {
            doubts.push(citation::doubt(&cited.text));
        }
        bases.push(cited.text);
    }
    bases
}

/// Why a petition is not accepted (Law on Complaints Art. 11; Law on Denunciations Art. 29).
pub fn refusal(ground: RefusalGround, kind: Kind) -> &'static str {
    let denunciation = kind == Kind::Denunciation;
    match ground {
        RefusalGround::InternalAct => {
            "khiếu nại quyết định hành chính, hành vi hành chính trong nội bộ cơ quan nhà nước để chỉ đạo, tổ chức thực hiện nhiệm vụ, công vụ"
        }
        RefusalGround::SuperiorDirection => {
            "khiếu nại quyết định hành chính, hành vi hành chính trong chỉ đạo điều hành của cơ quan hành chính cấp trên với cơ quan hành chính cấp dưới"
        }
        RefusalGround::LegalNorm => {
            "khiếu nại quyết định hành chính có chứa đựng các quy phạm pháp luật do cơ quan, tổ chức, cá nhân có thẩm quyền ban hành theo trình tự, thủ tục của pháp luật về ban hành văn bản quy phạm pháp luật"
        }
        RefusalGround::StateSecret => {
            "khiếu nại quyết định hành chính, hành vi hành chính thuộc phạm vi bí mật nhà nước trong các lĩnh vực quốc phòng, an ninh, ngoại giao"
        }
        RefusalGround::NotAffected => {
            "quyết định hành chính, hành vi hành chính bị khiếu nại không liên quan trực tiếp đến quyền, lợi ích hợp pháp của người khiếu nại"
        }
        RefusalGround::NoCapacity if denunciation => {
            "người tố cáo không có đủ năng lực hành vi dân sự mà không có người đại diện theo quy định của pháp luật"
        }
        RefusalGround::NoCapacity => {
            "người khiếu nại không có năng lực hành vi dân sự đầy đủ mà không có người đại diện hợp pháp"
        }
        RefusalGround::UnlawfulRepresentative => "người đại diện không hợp pháp thực hiện khiếu nại",
        RefusalGround::NoSignature if denunciation => "đơn tố cáo không có chữ ký hoặc điểm chỉ của người tố cáo",
        RefusalGround::NoSignature => "đơn khiếu nại không có chữ ký hoặc điểm chỉ của người khiếu nại",
        RefusalGround::TimeExpired => "thời hiệu, thời hạn khiếu nại đã hết mà không có lý do chính đáng",
        RefusalGround::SecondDecisionExists => "khiếu nại đã có quyết định giải quyết khiếu nại lần hai",
        RefusalGround::NotContinued => {
            "có văn bản thông báo đình chỉ việc giải quyết khiếu nại mà sau 30 ngày người khiếu nại không tiếp tục khiếu nại"
        }
        RefusalGround::Court => {
            "việc khiếu nại đã được Tòa án thụ lý hoặc đã được giải quyết bằng bản án, quyết định của Tòa án"
        }
        RefusalGround::NotInForm => "tố cáo không được thực hiện theo quy định tại Điều 23 Luật Tố cáo",
        RefusalGround::NoGrounds => {
            "nội dung tố cáo không có cơ sở để xác định người vi phạm, hành vi vi phạm pháp luật"
        }
        RefusalGround::ResolvedComplaint => {
            "tố cáo xuất phát từ vụ việc khiếu nại đã được giải quyết đúng quy định của pháp luật mà không có thông tin, tài liệu, chứng cứ để xác định người giải quyết khiếu nại có hành vi vi phạm pháp luật"
        }
    }
}

/// Why a case is suspended (Law on Complaints Art. 11a.1; Law on Denunciations Art. 34).
pub fn suspension(ground: SuspensionGround, kind: Kind) -> &'static str {
    match (ground, kind) {
        (SuspensionGround::ForceMajeure, _) => {
            "vì sự kiện bất khả kháng hoặc trở ngại khách quan theo quy định tại điểm a khoản 1 Điều 11a Luật Khiếu nại và Điều 28a Nghị định số 124/2020/NĐ-CP"
        }
        (SuspensionGround::AwaitsOtherBody, Kind::Denunciation) => {
            "cần đợi kết quả giải quyết của cơ quan, tổ chức, cá nhân khác hoặc kết quả giải quyết vụ việc khác có liên quan, theo quy định tại Điều 34 Luật Tố cáo"
        }
        (SuspensionGround::AwaitsOtherBody, _) => {
            "cần đợi kết quả giải quyết của cơ quan, tổ chức, cá nhân khác có liên quan, theo quy định tại khoản 1 Điều 11a Luật Khiếu nại"
        }
        (SuspensionGround::AwaitsExpertise, _) => {
            "cần đợi kết quả giám định bổ sung, giám định lại, theo quy định tại Điều 34 Luật Tố cáo"
        }
    }
}

/// Why a case ends without a decision (Law on Complaints Art. 11a.2; Law on Denunciations Art. 34). The words for a
/// denunciation go to the denounced too and speak of nobody else.
pub fn termination(ground: TerminationGround, kind: Kind) -> &'static str {
    match (ground, kind) {
        (TerminationGround::Withdrawal, Kind::Complaint) => {
            "người khiếu nại rút toàn bộ khiếu nại, theo quy định tại Điều 10 và khoản 2 Điều 11a Luật Khiếu nại"
        }
        (TerminationGround::Withdrawal, Kind::Denunciation) => {
            "toàn bộ nội dung tố cáo đã được rút và không thuộc trường hợp phải tiếp tục giải quyết quy định tại khoản 3 Điều 33 Luật Tố cáo"
        }
        (TerminationGround::Withdrawal, Kind::Feedback) => "người kiến nghị, phản ánh đã rút kiến nghị, phản ánh",
        (TerminationGround::Death, Kind::Denunciation) => {
            "người bị tố cáo là cá nhân đã chết và nội dung tố cáo chỉ liên quan đến trách nhiệm của người đó, theo quy định tại Điều 34 Luật Tố cáo"
        }
        (TerminationGround::Death, _) => {
            "người khiếu nại là cá nhân đã chết mà quyền, nghĩa vụ của người đó không có người thừa kế, theo quy định tại điểm b khoản 2 Điều 11a Luật Khiếu nại"
        }
        (TerminationGround::Dissolution, _) => {
            "người khiếu nại là cơ quan, tổ chức đã giải thể, phá sản hoặc kết thúc hoạt động mà không có cơ quan, tổ chức kế thừa quyền, nghĩa vụ, theo quy định tại điểm b khoản 2 Điều 11a Luật Khiếu nại"
        }
        (TerminationGround::AlreadySettled, Kind::Denunciation) => {
            "vụ việc đã được giải quyết bằng bản án, quyết định đã có hiệu lực pháp luật, theo quy định tại Điều 34 Luật Tố cáo"
        }
        (TerminationGround::AlreadySettled, _) => {
            "vụ việc đã được giải quyết bằng bản án, quyết định đã có hiệu lực pháp luật"
        }
        (TerminationGround::Court, _) => {
            "Tòa án đã thụ lý vụ việc về cùng nội dung khiếu nại, theo quy định tại Điều 11 Luật Khiếu nại"
        }
    }
}

/// A case of Decree 124/2020 Art. 3a.1 (complaints) or of Decree 31/2019 Art. 3 (denunciations), with its letter.
pub fn criterion(criterion: ComplexityCriterion, kind: Kind) -> &'static str {
    let denunciation = kind == Kind::Denunciation;
    match criterion {
        ComplexityCriterion::SeveralPlaces if denunciation => {
            "a) Tố cáo về một nội dung nhưng phải xác minh từ 02 địa điểm trở lên"
        }
        ComplexityCriterion::SeveralPlaces => "a) Khiếu nại về một nội dung nhưng phải xác minh từ 02 địa điểm trở lên",
        ComplexityCriterion::SeveralContents if denunciation => "b) Tố cáo có từ 02 nội dung phải xác minh trở lên",
        ComplexityCriterion::SeveralContents => "b) Khiếu nại có từ 02 nội dung phải xác minh trở lên",
        ComplexityCriterion::ManyPeople if denunciation => {
            "c) Nhiều người tố cáo về cùng một nội dung hoặc nội dung tố cáo liên quan đến quyền và lợi ích của nhiều người"
        }
        ComplexityCriterion::ManyPeople => {
            "c) Nhiều người khiếu nại về cùng một nội dung hoặc nội dung khiếu nại liên quan đến quyền và lợi ích của nhiều người"
        }
        ComplexityCriterion::ForeignElement if denunciation => {
            "d) Người tố cáo ở nước ngoài hoặc là người nước ngoài; hành vi bị tố cáo xảy ra ở nước ngoài; nội dung tố cáo phải xác minh ở nước ngoài"
        }
        ComplexityCriterion::ForeignElement => {
            "d) Người khiếu nại ở nước ngoài hoặc là người nước ngoài; hành vi bị khiếu nại xảy ra ở nước ngoài; nội dung khiếu nại phải xác minh ở nước ngoài"
        }
        ComplexityCriterion::SeveralAgencies if denunciation => {
            "đ) Nội dung tố cáo liên quan đến trách nhiệm quản lý của nhiều cơ quan, tổ chức"
        }
        ComplexityCriterion::SeveralAgencies => {
            "đ) Nội dung khiếu nại liên quan đến trách nhiệm quản lý của nhiều cơ quan, tổ chức"
        }
        ComplexityCriterion::AgenciesDisagree if denunciation => {
            "e) Các cơ quan, tổ chức có liên quan trong quá trình giải quyết tố cáo còn ý kiến khác nhau"
        }
        ComplexityCriterion::AgenciesDisagree => {
            "e) Các cơ quan, tổ chức có liên quan trong quá trình giải quyết khiếu nại còn ý kiến khác nhau"
        }
        ComplexityCriterion::ContradictoryEvidence => {
            "g) Có tài liệu, chứng cứ mâu thuẫn với nhau cần có thời gian kiểm tra, xác minh, đánh giá hoặc tham khảo ý kiến của các cơ quan chuyên môn"
        }
    }
}

/// What was decided or concluded.
pub fn result(result: ResultCode, kind: Kind) -> &'static str {
    match (result, kind) {
        (ResultCode::Founded, Kind::Denunciation) => "nội dung tố cáo là đúng",
        (ResultCode::PartlyFounded, Kind::Denunciation) => "nội dung tố cáo có đúng, có sai",
        (ResultCode::Unfounded, Kind::Denunciation) => "nội dung tố cáo là sai",
        (ResultCode::Founded, _) => "nội dung khiếu nại là đúng toàn bộ",
        (ResultCode::PartlyFounded, _) => "nội dung khiếu nại là đúng một phần",
        (ResultCode::Unfounded, _) => "nội dung khiếu nại là sai toàn bộ",
        (ResultCode::Upheld, _) => "công nhận quyết định giải quyết khiếu nại lần đầu",
        (ResultCode::Overturned, _) => "hủy bỏ, sửa đổi quyết định giải quyết khiếu nại lần đầu",
        (ResultCode::Answered, _) => "kiến nghị, phản ánh đã được trả lời",
    }
}

/// Why a petition is only filed (Circular 05/2021 Art. 6.2b; Law on Denunciations Art. 25.1).
pub fn filing(ground: FilingGround) -> &'static str {
    match ground {
        FilingGround::NotInForm => "đơn không bảo đảm các yêu cầu về hình thức theo quy định của pháp luật",
        FilingGround::SeveralAddressees => {
            "đơn đã được gửi cho nhiều cơ quan, tổ chức, cá nhân, trong đó có cơ quan, tổ chức, cá nhân có thẩm quyền giải quyết"
        }
        FilingGround::AlreadyGuided => "người có đơn đã được hướng dẫn về cùng nội dung",
        FilingGround::HostileContent => {
            "đơn có nội dung chống đối Đảng, Nhà nước, chia rẽ đoàn kết dân tộc, tôn giáo hoặc có lời lẽ xúc phạm"
        }
        FilingGround::Illegible => "đơn rách nát, chữ viết không đọc được",
        FilingGround::AnonymousWithoutEvidence => {
            "không xác định được người tố cáo và đơn không kèm theo thông tin, tài liệu, chứng cứ cụ thể làm cơ sở để kiểm tra"
        }
    }
}

/// Why a withdrawn denunciation goes on (Law on Denunciations Art. 33.3).
pub fn continuation(ground: ContinuationGround) -> &'static str {
    match ground {
        ContinuationGround::SignsOfViolation => "a) Hành vi bị tố cáo có dấu hiệu vi phạm pháp luật",
        ContinuationGround::Coerced => "b) Việc rút tố cáo do người tố cáo bị đe dọa, mua chuộc hoặc ép buộc",
        ContinuationGround::Slander => "c) Người tố cáo lợi dụng việc tố cáo để vu khống người bị tố cáo",
    }
}

/// What is sent.
pub fn sent(what: Sending, kind: Kind) -> &'static str {
    match (what, kind) {
        (Sending::Acceptance, _) => "thông báo về việc thụ lý",
        (Sending::Suspension, _) => "quyết định tạm đình chỉ, tiếp tục hoặc đình chỉ giải quyết",
        (Sending::Decision, Kind::Complaint) => "quyết định giải quyết khiếu nại",
        (Sending::Decision, Kind::Denunciation) => "kết luận nội dung tố cáo",
        (Sending::Decision, Kind::Feedback) => "văn bản trả lời kiến nghị, phản ánh",
    }
}

/// Which body is competent (Decree 154/2026 Art. 15.2).
pub fn body(body: &CompetentBody) -> &'static str {
    match body {
        CompetentBody::Agency(_) => "cơ quan trong tỉnh",
        CompetentBody::CentralAgency => "cơ quan trung ương",
        CompetentBody::OtherProvince => "cơ quan có thẩm quyền của tỉnh, thành phố khác",
        CompetentBody::Court => "Tòa án nhân dân",
        CompetentBody::JudicialBody => "Viện kiểm sát nhân dân, cơ quan thi hành án",
        CompetentBody::PartyBody => "cơ quan của Đảng",
        CompetentBody::ElectedBody => "Quốc hội, Hội đồng nhân dân",
        CompetentBody::PublicUnit => "đơn vị sự nghiệp công lập, doanh nghiệp nhà nước",
    }
}
