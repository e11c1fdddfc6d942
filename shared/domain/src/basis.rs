//! The legal basis of what happened, so that every entry of a journal can name its article.

use crate::case::{Instance, Kind, Matter};
use crate::event::Event;
use crate::rules::Scope;

impl Event {
    /// The article that the step rests on; none for what the machinery notes for itself.
    pub fn basis(&self, scope: Scope) -> Option<&'static str> {
        let Scope { kind, instance, matter } = scope;
        let by_kind = |complaint, denunciation, feedback| match kind {
            Kind::Complaint => complaint,
            Kind::Denunciation => denunciation,
            Kind::Feedback => feedback,
        };
        let feedback = "Nghị định 154/2026/NĐ-CP, Điều 15.4";
        let basis = match self {
            Event::Submitted { .. } => by_kind(
                "Luật Khiếu nại 2011, Điều 8",
                "Luật Tố cáo 2018, Điều 22, 23",
                "Luật Tiếp công dân 2013, Điều 2.2",
            ),
            Event::Registered { .. } => "Nghị định 154/2026/NĐ-CP, Điều 27",
            Event::FormalisationAwaited => by_kind(
                "Luật Khiếu nại 2011, Điều 8, 11",
                "Luật Tố cáo 2018, Điều 23, 25.1",
                "Nghị định 154/2026/NĐ-CP, Điều 15",
            ),
            Event::DenouncedNamed { .. } => "Luật Tố cáo 2018, Điều 12–20",
            Event::Assigned { .. } | Event::HandlerNamed { .. } => "Nghị định 154/2026/NĐ-CP, Điều 6, 15",
            Event::Accepted { .. } => by_kind(
                "Nghị định 124/2020/NĐ-CP, Điều 16.1 (Nghị định 155/2026/NĐ-CP, Điều 10)",
                "Luật Tố cáo 2018, Điều 29",
                feedback,
            ),
            Event::Refused { .. } => by_kind("Luật Khiếu nại 2011, Điều 11", "Luật Tố cáo 2018, Điều 24, 29", feedback),
            Event::Guided { .. } => "Nghị định 154/2026/NĐ-CP, Điều 15.2",
            Event::Transferred { .. } => by_kind(
                "Nghị định 154/2026/NĐ-CP, Điều 15.2",
                "Luật Tố cáo 2018, Điều 26",
                "Nghị định 154/2026/NĐ-CP, Điều 15.2",
            ),
            Event::Filed { .. } => by_kind(
                "Thông tư 05/2021/TT-TTCP, Điều 6",
                "Thông tư 05/2021/TT-TTCP, Điều 6; Luật Tố cáo 2018, Điều 25.1",
                "Thông tư 05/2021/TT-TTCP, Điều 6",
            ),
            Event::UsedForInspection { .. } => "Luật Tố cáo 2018, Điều 25.2",
            Event::Referred { .. } => "Luật Tố cáo 2018, Điều 27",
            Event::LinkedAsDuplicate { .. } => "Thông tư 05/2021/TT-TTCP",
            Event::Divided { .. } => "Nghị định 154/2026/NĐ-CP, Điều 14.4, 15.1",
            Event::Followed { .. } if matter != Matter::Administrative => "Luật Khiếu nại 2011, Điều 48",
            Event::Followed { .. } => {
                by_kind("Luật Khiếu nại 2011, Điều 33", "Luật Tố cáo 2018, Điều 37, 38", feedback)
            }
            // Chapter IV of the Law on Complaints, of which only the limits were read.
            Event::VerificationBegun { .. }
            | Event::DialogueCalled { .. }
            | Event::DialogueRecorded { .. }
            | Event::Resolved { .. }
            | Event::Dispatched { .. }
            | Event::Published { .. }
                if matter != Matter::Administrative =>
            {
                "Luật Khiếu nại 2011, Điều 47–58"
            }
            Event::VerificationBegun { .. } => {
                by_kind("Luật Khiếu nại 2011, Điều 29", "Luật Tố cáo 2018, Điều 29.3, 56", feedback)
            }
            Event::DialogueCalled { .. } | Event::DialogueRecorded { .. } => {
                "Luật Khiếu nại 2011, Điều 30; Nghị định 124/2020/NĐ-CP, Điều 28 (Nghị định 155/2026/NĐ-CP, Điều 11)"
            }
            Event::FoundComplex { .. } => "Nghị định 124/2020/NĐ-CP, Điều 3a (Nghị định 155/2026/NĐ-CP)",
            Event::Extended { .. } => "Luật Tố cáo 2018, Điều 30",
            Event::Suspended { .. } | Event::Resumed { .. } => by_kind(
                "Luật Khiếu nại 2011, Điều 11a (Luật 136/2025/QH15); Nghị định 124/2020/NĐ-CP, Điều 28a, 28b",
                "Luật Tố cáo 2018, Điều 34",
                feedback,
            ),
            Event::WithdrawalRequested { .. } | Event::Withdrawn { .. } | Event::PartlyWithdrawn { .. } => by_kind(
                "Luật Khiếu nại 2011, Điều 10 (Luật 136/2025/QH15); Nghị định 124/2020/NĐ-CP, Điều 7a",
                "Luật Tố cáo 2018, Điều 33; Nghị định 31/2019/NĐ-CP, Điều 4 (Nghị định 156/2026/NĐ-CP)",
                feedback,
            ),
            Event::WithdrawalOverruled { .. } => {
                "Luật Tố cáo 2018, Điều 33.3; Nghị định 31/2019/NĐ-CP, Điều 4 (Nghị định 156/2026/NĐ-CP)"
            }
            Event::Terminated { .. } => {
                by_kind("Luật Khiếu nại 2011, Điều 11a.2 (Luật 136/2025/QH15)", "Luật Tố cáo 2018, Điều 34", feedback)
            }
            Event::Resolved { .. } => match (kind, instance) {
                (Kind::Complaint, Instance::Second) => "Luật Khiếu nại 2011, Điều 37, 40",
                _ => by_kind(
                    "Luật Khiếu nại 2011, Điều 31; Nghị định 124/2020/NĐ-CP, Điều 29",
                    "Luật Tố cáo 2018, Điều 35",
                    feedback,
                ),
            },
            Event::Dispatched { .. } => {
                by_kind("Luật Khiếu nại 2011, Điều 32, 41", "Luật Tố cáo 2018, Điều 29.3, 34.4, 35.3", feedback)
            }
            Event::Published { .. } => by_kind(
                "Luật Khiếu nại 2011, Điều 41; Nghị định 124/2020/NĐ-CP",
                "Luật Tố cáo 2018, Điều 40; Nghị định 31/2019/NĐ-CP, Điều 6",
                feedback,
            ),
            Event::TookEffect { .. } => "Luật Khiếu nại 2011, Điều 44",
            Event::Enforced { .. } => {
                by_kind("Nghị định 124/2020/NĐ-CP, Điều 31", "Luật Tố cáo 2018, Điều 36", feedback)
            }
            Event::OverdueReported { .. } | Event::ReportDemanded { .. } | Event::ReportAnswered { .. } => {
                "Luật Tố cáo 2018, Điều 38"
            }
            Event::IdentityDisclosed { .. } => match kind {
                Kind::Denunciation => "Luật Tố cáo 2018, Điều 56",
                Kind::Complaint | Kind::Feedback => "Nghị định 154/2026/NĐ-CP, Điều 12.2",
            },
            Event::Corrected { .. }
            | Event::MessageSent { .. }
            | Event::CalendarProclaimed { .. }
            | Event::ObligationOpened { .. }
            | Event::ObligationMoved { .. }
            | Event::ObligationClosed { .. }
            | Event::ObligationReopened { .. }
            | Event::MilestonesReached { .. } => return None,
        };
        Some(basis)
    }
}
