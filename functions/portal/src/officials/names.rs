//! Names of what officials work with: agencies, steps, documents, and how a case came in.

use donthu_domain::{Channel, Form, Instance, Kind, Language, Position, Recipient};
use serde::Deserialize;

use crate::api::Api;
use crate::failure::Failure;
use crate::words::Words;

/// An agency of today.
#[derive(Debug, Deserialize)]
pub struct Agency {
    /// Its id.
    pub id: String,
    name_vi: String,
    name_en: String,
}

#[derive(Deserialize)]
struct Listed {
    agencies: Vec<Agency>,
}

/// The agencies of today by name.
pub struct Names {
    agencies: Vec<Agency>,
    w: Words,
}

impl Names {
    /// Reads them.
    pub async fn read(api: &Api, w: Words) -> Result<Self, Failure> {
        let listed: Listed = api.get("/v1/reference/agencies").answer().await?;
        Ok(Self { agencies: listed.agencies, w })
    }

    /// Without any: ids stand for themselves.
    pub fn none(w: Words) -> Self {
        Self { agencies: Vec::new(), w }
    }

    fn shown<'a>(&self, agency: &'a Agency) -> &'a str {
        match self.w.0 {
            Language::Vi => &agency.name_vi,
            Language::En => &agency.name_en,
        }
    }

    /// The name of an agency; its id where it is none of today's.
    pub fn of(&self, id: &str) -> String {
        self.agencies
            .iter()
            .find(|agency| agency.id == id)
            .map_or_else(|| id.to_owned(), |one| self.shown(one).to_owned())
    }

    /// Ids and names to choose from.
    pub fn choices(&self) -> Vec<(String, String)> {
        self.agencies.iter().map(|agency| (agency.id.clone(), self.shown(agency).to_owned())).collect()
    }
}

/// The name of a step, by the end of its route; none for what is no step of a form here.
pub fn step(noun: &str, w: Words) -> Option<&'static str> {
    let (vi, en) = match noun {
        "formalisation" => ("Xác nhận đơn đã ký", "Confirm the signature"),
        "assignment" => ("Phân công", "Assign"),
        "acceptance" => ("Thụ lý", "Accept"),
        "refusal" => ("Không thụ lý", "Do not accept"),
        "guidance" => ("Hướng dẫn đến cơ quan khác", "Guide to another body"),
        "transfer" => ("Chuyển đơn", "Transfer"),
        "filing" => ("Lưu đơn", "File"),
        "inspection" => ("Chuyển phục vụ thanh tra, kiểm tra", "Use for an inspection"),
        "referral" => ("Chuyển cơ quan điều tra", "Refer to the investigation agency"),
        "duplicate" => ("Ghi nhận đơn trùng", "Link as the same matter"),
        "division" => ("Tách hoặc phân loại lại", "Divide or reclassify"),
        "verification" => ("Bắt đầu xác minh", "Begin verification"),
        "dialogue" => ("Thông báo đối thoại", "Call a dialogue"),
        "dialogue-record" => ("Ghi kết quả đối thoại", "Record the dialogue"),
        "complexity" => ("Xác định vụ việc phức tạp", "Find complex"),
        "extension" => ("Gia hạn giải quyết", "Prolong"),
        "suspension" => ("Tạm đình chỉ", "Suspend"),
        "resumption" => ("Tiếp tục giải quyết", "Resume"),
        "partial-withdrawal" => ("Ghi nhận rút một phần", "Record a partial withdrawal"),
        "continuation" => ("Tiếp tục giải quyết tố cáo đã rút", "Go on with a withdrawn denunciation"),
        "termination" => ("Đình chỉ giải quyết", "Terminate"),
        "resolution" => ("Ghi kết quả giải quyết", "Record the resolution"),
        "correction" => ("Hủy kết quả ghi sai", "Annul a wrong resolution"),
        "dispatch" => ("Gửi văn bản", "Send"),
        "publication" => ("Công khai", "Publish"),
        "enforcement" => ("Thi hành, xử lý theo kết luận", "Enforce or act upon"),
        "appeal" => ("Nhận đơn khiếu nại lần hai", "Take in a second complaint"),
        "continued-denunciation" => ("Nhận đơn tố cáo tiếp", "Take in a continued denunciation"),
        "overdue-report" => ("Nhận phản ánh tố cáo quá hạn", "Take in a report that it is overdue"),
        "report-demand" => ("Yêu cầu báo cáo", "Demand a report"),
        "report" => ("Báo cáo cấp trên", "Report to the superior"),
        _ => return None,
    };
    Some(w.t(vi, en))
}

/// The name of a step in a case of a kind: feedback is neither accepted nor terminated.
pub fn step_in(noun: &str, kind: Kind, w: Words) -> Option<&'static str> {
    match (kind, noun) {
        (Kind::Feedback, "acceptance") => Some(w.t("Bắt đầu xử lý", "Take up")),
        (Kind::Feedback, "termination") => Some(w.t("Ghi nhận rút đơn", "Record the withdrawal")),
        (Kind::Feedback, "resolution") => Some(w.t("Ghi kết quả trả lời", "Record the answer")),
        (Kind::Feedback, "refusal") => Some(w.t("Không xử lý", "Do not take up")),
        _ => step(noun, w),
    }
}

/// The name of a document's form.
pub fn form(form: Form, w: Words) -> &'static str {
    let (vi, en) = match form {
        Form::Acceptance => ("Thông báo thụ lý (mẫu 03)", "Notice of acceptance (form 03)"),
        Form::Refusal => ("Thông báo không thụ lý (mẫu 04)", "Notice of refusal (form 04)"),
        Form::DialogueMinutes => ("Biên bản đối thoại (mẫu 14)", "Minutes of the dialogue (form 14)"),
        Form::SuspensionOrTermination => {
            ("Quyết định tạm đình chỉ hoặc đình chỉ (mẫu 14a)", "Decision to suspend or terminate (form 14a)")
        }
        Form::Resumption => ("Quyết định tiếp tục giải quyết (mẫu 14b)", "Decision to continue (form 14b)"),
        Form::Complexity => ("Văn bản xác định vụ việc phức tạp", "Determination that the case is complex"),
        Form::Extension => ("Quyết định gia hạn", "Decision to prolong"),
        Form::Transfer => ("Phiếu chuyển đơn", "Letter of transfer"),
        Form::Guidance => ("Văn bản hướng dẫn", "Letter of guidance"),
        Form::Decision => ("Quyết định, kết luận hoặc văn bản trả lời", "Decision, conclusion or answer"),
        Form::DenunciationAcceptance => ("Quyết định thụ lý tố cáo", "Acceptance of the denunciation"),
        Form::DenunciationRefusal => ("Thông báo không thụ lý tố cáo", "Refusal of the denunciation"),
        Form::DenunciationSuspension => {
            ("Quyết định tạm đình chỉ hoặc đình chỉ tố cáo", "Decision to suspend or terminate the denunciation")
        }
        Form::DenunciationResumption => {
            ("Quyết định tiếp tục giải quyết tố cáo", "Decision to continue the denunciation")
        }
        Form::DialogueNotice => ("Thông báo đối thoại", "Notice of a dialogue"),
        Form::Enforcement => ("Quyết định thi hành hoặc xử lý", "Order that enforces or acts"),
        Form::Referral => ("Văn bản chuyển cơ quan điều tra", "Letter to the investigation agency"),
        Form::Withdrawal => ("Biên bản hoặc đơn rút", "Minutes or request of withdrawal"),
        Form::Filing => ("Thông báo lưu đơn", "Notice of filing"),
        Form::Inspection => ("Phiếu chuyển để thanh tra, kiểm tra", "Note for an inspection"),
        Form::Duplicate => ("Thông báo đơn trùng", "Notice of the same matter"),
        Form::Division => ("Thông báo xử lý đơn theo nội dung", "Notice of division"),
        Form::Verification => ("Quyết định xác minh", "Decision on verification"),
        Form::Continuation => ("Thông báo tiếp tục giải quyết tố cáo", "Notice that the denunciation goes on"),
        Form::Annulment => ("Quyết định hủy kết quả", "Annulment"),
        Form::CoveringLetter => ("Phiếu gửi", "Covering letter"),
        Form::Publication => ("Thông báo công khai", "Announcement"),
        Form::ReportDemand => ("Văn bản yêu cầu báo cáo", "Demand for a report"),
        Form::Report => ("Báo cáo", "Report"),
    };
    w.t(vi, en)
}

/// Which time the matter is being resolved; empty where it is the first and needs no word.
pub fn instance(instance: Instance, w: Words) -> &'static str {
    match instance {
        Instance::First => "",
        Instance::Second => w.t("lần hai", "second instance"),
        Instance::Continued => w.t("tố cáo tiếp", "continued"),
    }
}

/// How a petition came in.
pub fn channel(channel: Channel, w: Words) -> &'static str {
    match channel {
        Channel::Online => w.t("Qua mạng", "Online"),
        Channel::Post => w.t("Qua bưu điện", "By post"),
        Channel::Counter => w.t("Nộp trực tiếp", "At the counter"),
        Channel::Oral => w.t("Trình bày trực tiếp, cán bộ ghi lại", "Spoken and written down"),
    }
}

/// Against whom it is.
pub fn position(position: Position, w: Words) -> &'static str {
    match position {
        Position::Agency => w.t("cơ quan", "the agency as such"),
        Position::Head => w.t("người đứng đầu", "its head"),
        Position::Deputy => w.t("cấp phó", "a deputy head"),
        Position::Staff => w.t("cán bộ, công chức, viên chức", "somebody who serves there"),
        Position::Unknown => w.t("chưa xác định", "not identified"),
    }
}

/// Who may get a document in a denunciation, or in another case: code and name.
pub fn recipients(denunciation: bool, w: Words) -> Vec<(String, String)> {
    let all = [
        (Recipient::Petitioner, "petitioner"),
        (Recipient::ComplainedAbout, "complained_about"),
        (Recipient::Denounced, "denounced"),
        (Recipient::Superior, "superior"),
        (Recipient::Inspectorate, "inspectorate"),
        (Recipient::Receiving, "receiving"),
        (Recipient::Related, "related"),
    ];
    let elsewhere = if denunciation { Recipient::ComplainedAbout } else { Recipient::Denounced };
    let fitting = all.into_iter().filter(|(recipient, _)| *recipient != elsewhere);
    let named = fitting.map(|(recipient, code)| (code.to_owned(), recipient_name(recipient, w).to_owned()));
    named.collect()
}

fn recipient_name(recipient: Recipient, w: Words) -> &'static str {
    match recipient {
        Recipient::Petitioner => w.t("Người nộp đơn", "The petitioner"),
        Recipient::ComplainedAbout => w.t("Người bị khiếu nại", "The agency or person complained about"),
        Recipient::Denounced => w.t("Người bị tố cáo", "The denounced"),
        Recipient::Superior => w.t("Cơ quan cấp trên", "The superior agency"),
        Recipient::Inspectorate => w.t("Cơ quan thanh tra", "The inspectorate"),
        Recipient::Receiving => w.t("Cơ quan nhận đơn chuyển đến", "The receiving agency"),
        Recipient::Related => w.t("Người có quyền, nghĩa vụ liên quan", "Others concerned"),
    }
}
