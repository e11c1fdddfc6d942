//! The papers of the steps beside the main way: what each says of the case. None of them has a form that was read.

use donthu_domain::{AgencyId, Case, CompetentBody, ContinuationGround, Event, FilingGround, Kind, Sending};
use jiff::civil::Date;

use super::{Sources, wording};

/// What such a paper tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Only filed.
    Filing {
        /// Why, in the law's words.
        reason: &'static str,
    },
    /// Used for an inspection.
    Inspection,
    /// The matter is another case already.
    Duplicate,
    /// Became other cases.
    Division {
        /// How many.
        parts: usize,
    },
    /// Somebody verifies.
    Verification,
    /// A withdrawn denunciation goes on.
    Continuation {
        /// Why, in the law's words.
        grounds: Vec<&'static str>,
    },
    /// A resolution is annulled.
    Annulment {
        /// The day on which it was recorded.
        of: String,
    },
    /// Something is sent.
    CoveringLetter {
        /// What.
        what: &'static str,
    },
    /// Something is made public.
    Publication {
        /// What.
        what: &'static str,
    },
    /// The superior asks about an overdue denunciation.
    ReportDemand {
        /// Whom.
        of: String,
        /// The day of the denouncer's report.
        reported_on: Option<String>,
    },
    /// The handler reports about it.
    Report {
        /// To whom.
        to: String,
        /// The day on which it was asked for.
        demanded_on: Option<String>,
    },
}

/// What the paper of an event tells; none where the event is no such step.
pub fn step(event: &Event, case: &Case, sources: Sources<'_>) -> Option<Step> {
    let name = |agency: Option<&AgencyId>, on: Date| {
        let agency = agency.and_then(|id| sources.directory.agency(id, on));
        agency.map_or_else(|| wording::GAP.to_owned(), |agency| agency.name_vi.clone())
    };
    let report = case.overdue_report.as_ref();
    Some(match event {
        Event::Filed { ground, .. } => Step::Filing { reason: filing(*ground) },
        Event::UsedForInspection { .. } => Step::Inspection,
        Event::LinkedAsDuplicate { .. } => Step::Duplicate,
        Event::Divided { children, .. } => Step::Division { parts: children.len() },
        Event::VerificationBegun { .. } => Step::Verification,
        Event::WithdrawalOverruled { grounds, .. } => {
            Step::Continuation { grounds: grounds.iter().copied().map(continuation).collect() }
        }
        Event::Corrected { annulled_on, .. } => Step::Annulment { of: wording::day(*annulled_on) },
        Event::Dispatched { what, .. } => Step::CoveringLetter { what: sent(*what, case.kind) },
        Event::Published { .. } => Step::Publication { what: sent(Sending::Decision, case.kind) },
        Event::ReportDemanded { on, .. } => Step::ReportDemand {
            of: name(case.agency.as_ref(), *on),
            reported_on: report.map(|report| wording::day(report.reported_on)),
        },
        Event::ReportAnswered { on, .. } => Step::Report {
            to: name(report.map(|report| &report.superior), *on),
            demanded_on: report.and_then(|report| report.demanded_on).map(wording::day),
        },
        _ => return None,
    })
}

/// Why a petition is only filed (Circular 05/2021 Art. 6.2b; Law on Denunciations Art. 25.1).
fn filing(ground: FilingGround) -> &'static str {
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
fn continuation(ground: ContinuationGround) -> &'static str {
    match ground {
        ContinuationGround::SignsOfViolation => "a) Hành vi bị tố cáo có dấu hiệu vi phạm pháp luật",
        ContinuationGround::Coerced => "b) Việc rút tố cáo do người tố cáo bị đe dọa, mua chuộc hoặc ép buộc",
        ContinuationGround::Slander => "c) Người tố cáo lợi dụng việc tố cáo để vu khống người bị tố cáo",
    }
}

fn sent(what: Sending, kind: Kind) -> &'static str {
    match (what, kind) {
        (Sending::Acceptance, _) => "thông báo về việc thụ lý",
        (Sending::Suspension, _) => "quyết định tạm đình chỉ, tiếp tục hoặc đình chỉ giải quyết",
        (Sending::Decision, Kind::Complaint) => "quyết định giải quyết khiếu nại",
        (Sending::Decision, Kind::Denunciation) => "kết luận nội dung tố cáo",
        (Sending::Decision, Kind::Feedback) => "văn bản trả lời kiến nghị, phản ánh",
    }
}

/// The body that a complainant is told to turn to.
pub fn competent(body: &CompetentBody, sources: Sources<'_>, on: Date) -> String {
    let sort = match body {
        CompetentBody::Agency(agency) => {
            let agency = sources.directory.agency(agency, on);
            return agency.map_or_else(|| wording::GAP.to_owned(), |agency| agency.name_vi.clone());
        }
        CompetentBody::CentralAgency => "cơ quan trung ương",
        CompetentBody::OtherProvince => "cơ quan có thẩm quyền của tỉnh, thành phố khác",
        CompetentBody::Court => "Tòa án nhân dân",
        CompetentBody::JudicialBody => "Viện kiểm sát nhân dân, cơ quan thi hành án",
        CompetentBody::PartyBody => "cơ quan của Đảng",
        CompetentBody::ElectedBody => "Quốc hội, Hội đồng nhân dân",
        CompetentBody::PublicUnit => "đơn vị sự nghiệp công lập, doanh nghiệp nhà nước",
    };
    format!("{} {}", wording::capital(sort), wording::GAP)
}
