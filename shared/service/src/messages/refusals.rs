//! Why the law or the rights refuse a step, in words.

use donthu_domain::{Kind, Language, Refusal};

use super::Words;

/// Title and detail of a refusal.
pub(super) fn refusal(refusal: &Refusal, language: Language) -> Words {
    let (vi, en): (String, String) = match refusal {
        Refusal::ImpossibleStep { .. } => (
            "Không thể thực hiện bước này khi vụ việc đang ở giai đoạn hiện tại.".into(),
            "This step is not possible while the case is where it stands now.".into(),
        ),
        Refusal::RoleNotAllowed { .. } => {
            ("Vai trò của bạn không được phép thực hiện bước này.".into(), "Your role does not allow this step.".into())
        }
        Refusal::NotYourCase => (
            "Vụ việc thuộc trách nhiệm của cơ quan khác.".into(),
            "Another agency is responsible for this case.".into(),
        ),
        Refusal::NotForThisKind { .. } => (
            "Pháp luật không quy định bước này cho loại đơn này.".into(),
            "The law does not know this step for this kind of petition.".into(),
        ),
        Refusal::UnknownAgency(_) => ("Không có cơ quan này.".into(), "There is no such agency.".into()),
        Refusal::UnknownArea(_) => {
            ("Không có xã, phường, đặc khu này.".into(), "There is no such commune, ward or special zone.".into())
        }
        Refusal::UnknownField(_) => ("Không có lĩnh vực này.".into(), "There is no such field.".into()),
        Refusal::ConflictOfInterest => (
            "Người, cơ quan bị tố cáo và cấp dưới của họ không được nhận, xử lý hay biết thông tin về tố cáo này.".into(),
            "Those who are denounced, and whoever is below them, must not get, handle or learn of this denunciation.".into(),
        ),
        Refusal::SameAgency(_) => {
            ("Vụ việc đã thuộc cơ quan này.".into(), "The case is with this agency already.".into())
        }
        Refusal::NothingToAssign => {
            ("Hãy nêu cơ quan, người xử lý hoặc người bị tố cáo.".into(), "Name an agency, a handler or who is denounced.".into())
        }
        Refusal::DateInFuture { field, date } => (
            format!("Ngày {date} ở trường \"{field}\" nằm trong tương lai."),
            format!("The date {date} in \"{field}\" lies in the future."),
        ),
        Refusal::DateTooEarly { field, date, earliest } => (
            format!("Ngày {date} ở trường \"{field}\" sớm hơn ngày {earliest}."),
            format!("The date {date} in \"{field}\" lies before {earliest}."),
        ),
        Refusal::OutsideCalendar(date) => (
            format!("Lịch làm việc chưa có dữ liệu cho ngày {date}."),
            format!("The calendar has no data for {date}."),
        ),
        Refusal::OnlineNotRegistered => (
            "Đơn nhập thay công dân phải là đơn giấy, đơn qua bưu điện hoặc lời trình bày.".into(),
            "What an official enters came in on paper, by post or by word of mouth.".into(),
        ),
        Refusal::GroundNotForThisKind => (
            "Căn cứ này không thuộc các trường hợp luật định cho loại đơn này.".into(),
            "The ground is none of those that the law lists for this kind.".into(),
        ),
        Refusal::ResultNotForThisKind => {
            ("Kết quả này không dùng cho loại đơn này.".into(), "The result does not fit this kind.".into())
        }
        Refusal::CriteriaMissing => (
            "Phải nêu ít nhất một tiêu chí phức tạp, bằng văn bản.".into(),
            "At least one criterion of complexity must be stated in writing.".into(),
        ),
        Refusal::ContinuationGroundMissing => (
            "Phải nêu ít nhất một căn cứ tiếp tục giải quyết tố cáo.".into(),
            "At least one ground to continue the denunciation must be stated.".into(),
        ),
        Refusal::WithdrawalUndecided => (
            "Người tố cáo đã đề nghị rút tố cáo: phải quyết định đình chỉ hoặc tiếp tục giải quyết trước khi kết luận.".into(),
            "The denouncer asked to withdraw: terminate or continue the case before concluding it.".into(),
        ),
        Refusal::NotAccepted => (
            "Trước khi thụ lý, vụ việc chỉ có thể chấm dứt do rút đơn.".into(),
            "Before acceptance a case ends with a withdrawal only.".into(),
        ),
        Refusal::AlreadyComplex => {
            ("Vụ việc đã được xác định là phức tạp.".into(), "The case is determined complex already.".into())
        }
        Refusal::TooManyExtensions { allowed } => (
            format!("Với các tiêu chí đã nêu, chỉ được gia hạn {allowed} lần."),
            format!("With these criteria at most {allowed} extension(s) are allowed."),
        ),
        Refusal::ExtensionLength { max } => (
            format!("Mỗi lần gia hạn từ 1 đến {max} ngày."),
            format!("An extension lasts from 1 to {max} days."),
        ),
        Refusal::LimitPassed { due_on } => (
            format!("Thời hạn đã hết ngày {due_on}; không thể kéo dài sau khi hết hạn."),
            format!("The limit ended on {due_on}; it can't be prolonged afterwards."),
        ),
        Refusal::NoWithdrawalRequested => {
            ("Công dân chưa đề nghị rút đơn.".into(), "The citizen has not asked to withdraw.".into())
        }
        Refusal::WithdrawalAlreadyRequested => (
            "Đề nghị rút đơn đã được ghi nhận và đang chờ cơ quan quyết định.".into(),
            "The request to withdraw is recorded and awaits the agency's decision.".into(),
        ),
        Refusal::GroundsToContinue => (
            "Tố cáo đã rút vẫn phải giải quyết tiếp nếu có dấu hiệu vi phạm, bị đe dọa, mua chuộc hoặc lợi dụng tố cáo.".into(),
            "A withdrawn denunciation goes on unless none of the grounds to continue applies.".into(),
        ),
        Refusal::RepresentativesMissing => (
            "Đơn có nhiều người phải có người đại diện.".into(),
            "A petition of several people needs a representative.".into(),
        ),
        Refusal::TooManyRepresentatives { most } => (
            format!("Số người đại diện không được quá {most}."),
            format!("At most {most} people may represent the others."),
        ),
        Refusal::GroupPapersMissing => (
            "Khiếu nại của nhiều người chỉ được thụ lý khi đủ chữ ký và văn bản cử người đại diện.".into(),
            "A group's complaint is accepted only with all signatures and the appointment of its representatives.".into(),
        ),
        Refusal::NothingToDivide => {
            ("Hãy nêu ít nhất một nội dung để tách.".into(), "Name at least one part to divide into.".into())
        }
        Refusal::SameKind => (
            "Đơn đã thuộc loại này; chỉ phân loại lại sang loại khác.".into(),
            "The petition is of this kind already; it can only be reclassified to another.".into(),
        ),
        Refusal::OwnDuplicate => (
            "Vụ việc không thể trùng với chính nó.".into(),
            "A case can't be the duplicate of itself.".into(),
        ),
        Refusal::DialogueTooSoon { earliest } => (
            format!("Phải thông báo trước cho các bên; sớm nhất có thể đối thoại ngày {earliest}."),
            format!("The parties must be told beforehand; the dialogue can be on {earliest} at the earliest."),
        ),
        Refusal::NoIdentity => (
            "Người nộp đơn không để lại thông tin cá nhân.".into(),
            "The petitioner left no personal information.".into(),
        ),
        Refusal::NotADuplicate => (
            "Vụ việc kia khác loại hoặc đã chấm dứt mà chưa được xem xét, nên không thể coi là trùng.".into(),
            "The other case is of another kind or ended without being looked into, so this is no duplicate of it.".into(),
        ),
        Refusal::NotAboveTheFirst => (
            "Chỉ cơ quan cấp trên của nơi giải quyết lần đầu mới được giải quyết vụ việc này.".into(),
            "Only an agency above the one that decided first may handle this case.".into(),
        ),
        Refusal::NoDialogue => {
            ("Chưa có cuộc đối thoại nào được thông báo.".into(), "No dialogue was called.".into())
        }
        Refusal::DialogueNotYet { on } => (
            format!("Cuộc đối thoại diễn ra ngày {on}; chưa thể ghi kết quả."),
            format!("The dialogue is on {on}; its outcome can't be recorded yet."),
        ),
        Refusal::DialogueMissing => (
            "Phải tổ chức đối thoại trước khi ra quyết định giải quyết.".into(),
            "A dialogue must come before the decision.".into(),
        ),
        Refusal::SecondComplaintTooLate { until } => (
            format!("Thời hạn khiếu nại lần hai đã hết ngày {until}."),
            format!("The time for a second complaint ended on {until}."),
        ),
        Refusal::AlreadyFollowed => (
            "Vụ việc đã được khiếu nại, tố cáo hoặc phản ánh lên cấp trên.".into(),
            "The case was taken further already.".into(),
        ),
        Refusal::NoFurtherInstance { kind: Kind::Complaint } => (
            "Vụ việc đã được giải quyết ở cấp cuối; bạn có quyền khởi kiện tại Tòa án.".into(),
            "There is no further instance; you may go to court.".into(),
        ),
        Refusal::NoFurtherInstance { .. } => {
            ("Vụ việc đã được giải quyết ở cấp cuối.".into(), "There is no further instance.".into())
        }
        Refusal::NotDecidedNorOverdue => (
            "Vụ việc chưa được giải quyết và chưa quá thời hạn giải quyết.".into(),
            "The case is neither decided nor overdue.".into(),
        ),
        Refusal::NotOverdue { due_on } => (
            format!("Thời hạn giải quyết đến hết ngày {due_on}."),
            format!("The limit ends on {due_on}."),
        ),
        Refusal::NoLawfulSuperior => (
            "Trong tỉnh không có cơ quan cấp trên có thẩm quyền.".into(),
            "No agency above in the province may handle it.".into(),
        ),
        Refusal::NothingOwed => (
            "Không có việc nào như vậy đang chờ thực hiện.".into(),
            "Nothing of the sort is owed.".into(),
        ),
        Refusal::NotInEffect => (
            "Quyết định giải quyết chưa có hiệu lực pháp luật.".into(),
            "The decision is not in effect yet.".into(),
        ),
        Refusal::TooMany { .. } => (
            "Số lần thực hiện bước này đã vượt mức hệ thống ghi nhận.".into(),
            "This was done more often than the system records.".into(),
        ),
        Refusal::TooManyTransfers => (
            "Vụ việc đã được chuyển quá nhiều lần.".into(),
            "The case has been transferred too often.".into(),
        ),
        Refusal::NoRuleInForce { .. } => (
            "Hệ thống thiếu dữ liệu về thời hạn áp dụng.".into(),
            "The system lacks the data of the deadline that applies.".into(),
        ),
    };
    match language {
        Language::Vi => ("Không thực hiện được".to_owned(), vi),
        Language::En => ("Not possible".to_owned(), en),
    }
}
