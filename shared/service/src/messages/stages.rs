//! Where a case stands, in words.

use donthu_domain::{Kind, Language, Stage, TerminationGround};

/// Where a case stands, in words for its citizen.
pub fn to_citizen(stage: &Stage, kind: Kind, language: Language) -> &'static str {
    let (vi, en) = match (stage, kind) {
        (Stage::Received, _) => ("Đã tiếp nhận, đang phân công", "Received; being assigned"),
        (Stage::AwaitingFormalisation, _) => (
            "Chờ bạn xác nhận và ký đơn tại cơ quan tiếp nhận",
            "Waits for you to confirm and sign the petition at the receiving agency",
        ),
        (Stage::Registered, Kind::Feedback) => ("Đã vào sổ, đang xem xét xử lý", "Registered; being considered"),
        (Stage::Registered, _) => ("Đã vào sổ, đang xem xét thụ lý", "Registered; acceptance is being considered"),
        (Stage::Accepted { .. }, Kind::Feedback) => ("Đang xử lý", "Being handled"),
        (Stage::Accepted { .. }, _) => ("Đã thụ lý, đang giải quyết", "Accepted; being resolved"),
        (Stage::Verifying { .. }, _) => ("Đang xác minh", "Being verified"),
        (Stage::Filed { .. }, _) => ("Lưu đơn vì không đủ điều kiện xử lý", "Filed: it does not meet the conditions"),
        (Stage::UsedForInspection { .. }, _) => (
            "Không xử lý theo Luật Tố cáo; chuyển phục vụ công tác thanh tra, kiểm tra",
            "Not handled as a denunciation; used for an inspection",
        ),
        (Stage::Referred { .. }, _) => ("Đã chuyển cơ quan điều tra", "Passed to the investigation agency"),
        (Stage::Duplicate { .. }, _) => ("Trùng với một vụ việc đang được xử lý", "The same matter is another case"),
        (Stage::Divided { .. }, _) => {
            ("Đã tách hoặc phân loại lại thành vụ việc khác", "Became one case for each matter, or one of another kind")
        }
        (Stage::Suspended { .. }, _) => ("Tạm đình chỉ", "Suspended"),
        (Stage::Resolved { .. }, Kind::Complaint) => ("Đã có quyết định giải quyết", "Decided"),
        (Stage::Resolved { .. }, Kind::Denunciation) => ("Đã có kết luận nội dung tố cáo", "Concluded"),
        (Stage::Resolved { .. }, Kind::Feedback) => ("Đã trả lời", "Answered"),
        (Stage::Refused { .. }, _) => ("Không thụ lý", "Not accepted"),
        (Stage::Guided { .. }, _) => ("Đã hướng dẫn đến cơ quan có thẩm quyền", "Guided to the competent body"),
        (Stage::Terminated { ground: TerminationGround::Withdrawal, .. }, Kind::Feedback) => {
            ("Đã rút đơn", "Withdrawn")
        }
        (Stage::Terminated { .. }, _) => ("Đã đình chỉ giải quyết", "Terminated"),
        (Stage::Withdrawn { .. }, _) => ("Đã rút đơn", "Withdrawn"),
    };
    match language {
        Language::Vi => vi,
        Language::En => en,
    }
}

/// Where a case stands, in words for officials, by the stage's code as lists carry it; none for a code that is none.
pub fn to_official(code: &str, kind: Kind, language: Language) -> Option<&'static str> {
    let (vi, en) = match (code, kind) {
        ("received", _) => ("Mới tiếp nhận, chờ phân công", "Received; waits to be assigned"),
        ("awaiting_formalisation", _) => {
            ("Chờ người nộp đơn xác nhận và ký đơn", "Waits for the petitioner to confirm and sign")
        }
        ("registered", Kind::Feedback) => ("Đã vào sổ, chờ xử lý", "Registered; waits to be taken up"),
        ("registered", _) => ("Đã vào sổ, chờ thụ lý", "Registered; waits to be accepted"),
        ("accepted", Kind::Feedback) => ("Đang xử lý", "Being handled"),
        ("accepted", _) => ("Đã thụ lý, đang giải quyết", "Accepted; being resolved"),
        ("verifying", _) => ("Đang xác minh", "Being verified"),
        ("suspended", _) => ("Tạm đình chỉ", "Suspended"),
        ("resolved", Kind::Complaint) => ("Đã có quyết định giải quyết", "Decided"),
        ("resolved", Kind::Denunciation) => ("Đã có kết luận nội dung tố cáo", "Concluded"),
        ("resolved", Kind::Feedback) => ("Đã trả lời", "Answered"),
        ("refused", _) => ("Không thụ lý", "Not accepted"),
        ("guided", _) => ("Đã hướng dẫn đến cơ quan có thẩm quyền", "Guided to the competent body"),
        // Nothing but a withdrawal terminates feedback.
        ("terminated", Kind::Feedback) | ("withdrawn", _) => ("Đã rút đơn", "Withdrawn"),
        ("terminated", _) => ("Đã đình chỉ giải quyết", "Terminated"),
        ("filed", _) => ("Đã lưu đơn", "Filed"),
        ("used_for_inspection", _) => ("Đã chuyển phục vụ thanh tra, kiểm tra", "Used for an inspection"),
        ("referred", _) => ("Đã chuyển cơ quan điều tra", "Passed to the investigation agency"),
        ("duplicate", _) => ("Trùng với vụ việc khác", "The same matter is another case"),
        ("divided", _) => ("Đã tách hoặc phân loại lại", "Divided or reclassified"),
        _ => return None,
    };
    Some(match language {
        Language::Vi => vi,
        Language::En => en,
    })
}

#[cfg(test)]
mod tests {
    use donthu_domain::{
        Acceptance, CompetentBody, FilingGround, RefusalGround, Resolution, ResultCode, SuspensionGround,
    };
    use jiff::civil::date;

    use super::*;

    #[test]
    fn feedback_is_neither_accepted_nor_terminated_in_the_words_that_its_citizen_reads() {
        let on = date(2026, 10, 5);
        let acceptance = Acceptance { on, document: None };
        let withdrawn = Stage::Terminated { acceptance, ground: TerminationGround::Withdrawal, on };
        for (kind, at, vi, en) in [
            (Kind::Feedback, &Stage::Registered, "Đã vào sổ, đang xem xét xử lý", "Registered; being considered"),
            (Kind::Feedback, &withdrawn, "Đã rút đơn", "Withdrawn"),
            (
                Kind::Complaint,
                &Stage::Registered,
                "Đã vào sổ, đang xem xét thụ lý",
                "Registered; acceptance is being considered",
            ),
            (Kind::Complaint, &withdrawn, "Đã đình chỉ giải quyết", "Terminated"),
        ] {
            assert_eq!((to_citizen(at, kind, Language::Vi), to_citizen(at, kind, Language::En)), (vi, en));
        }
    }

    #[test]
    fn every_stage_has_words_for_officials() {
        let on = date(2026, 10, 5);
        let acceptance = || Acceptance { on, document: None };
        let resolution = Resolution {
            result: ResultCode::Founded,
            on,
            on_time: true,
            document: None,
            sent_on: None,
            effective_on: None,
        };
        let ground = SuspensionGround::ForceMajeure;
        let stages = [
            Stage::Received,
            Stage::AwaitingFormalisation,
            Stage::Registered,
            Stage::Accepted { acceptance: acceptance() },
            Stage::Verifying { acceptance: acceptance(), since: on },
            Stage::Suspended { acceptance: acceptance(), verifying_since: None, since: on, ground, document: None },
            Stage::Resolved { acceptance: acceptance(), resolution },
            Stage::Refused { ground: RefusalGround::Court, on },
            Stage::Guided { to: CompetentBody::Court, on },
            Stage::Terminated { acceptance: acceptance(), ground: TerminationGround::Death, on },
            Stage::Withdrawn { on },
            Stage::Filed { ground: FilingGround::Illegible, on },
            Stage::UsedForInspection { on },
            Stage::Referred { on },
            Stage::Duplicate { of: "another".into(), on },
            Stage::Divided { on },
        ];
        for stage in &stages {
            for kind in Kind::ALL {
                for language in [Language::Vi, Language::En] {
                    assert!(to_official(stage.code(), kind, language).is_some(), "{}", stage.code());
                }
            }
        }
        assert_eq!(to_official("no stage", Kind::Complaint, Language::Vi), None);
    }
}
