//! What of a case's journal is its citizen's to read, and by which code.

use crate::event::Event;

impl Event {
    /// A stable code, the same that tags the event where it is stored.
    pub fn code(&self) -> &'static str {
        match self {
            Event::Submitted { .. } => "submitted",
            Event::Assigned { .. } => "assigned",
            Event::HandlerNamed { .. } => "handler_named",
            Event::DenouncedNamed { .. } => "denounced_named",
            Event::FormalisationAwaited => "formalisation_awaited",
            Event::Registered { .. } => "registered",
            Event::Accepted { .. } => "accepted",
            Event::Refused { .. } => "refused",
            Event::Guided { .. } => "guided",
            Event::Filed { .. } => "filed",
            Event::UsedForInspection { .. } => "used_for_inspection",
            Event::Referred { .. } => "referred",
            Event::LinkedAsDuplicate { .. } => "linked_as_duplicate",
            Event::Divided { .. } => "divided",
            Event::Followed { .. } => "followed",
            Event::Transferred { .. } => "transferred",
            Event::VerificationBegun { .. } => "verification_begun",
            Event::DialogueCalled { .. } => "dialogue_called",
            Event::DialogueRecorded { .. } => "dialogue_recorded",
            Event::FoundComplex { .. } => "found_complex",
            Event::Extended { .. } => "extended",
            Event::Suspended { .. } => "suspended",
            Event::Resumed { .. } => "resumed",
            Event::WithdrawalRequested { .. } => "withdrawal_requested",
            Event::PartlyWithdrawn { .. } => "partly_withdrawn",
            Event::WithdrawalOverruled { .. } => "withdrawal_overruled",
            Event::Withdrawn { .. } => "withdrawn",
            Event::Terminated { .. } => "terminated",
            Event::Resolved { .. } => "resolved",
            Event::Corrected { .. } => "corrected",
            Event::Dispatched { .. } => "dispatched",
            Event::Published { .. } => "published",
            Event::TookEffect { .. } => "took_effect",
            Event::Enforced { .. } => "enforced",
            Event::OverdueReported { .. } => "overdue_reported",
            Event::ReportDemanded { .. } => "report_demanded",
            Event::ReportAnswered { .. } => "report_answered",
            Event::MessageSent { .. } => "message_sent",
            Event::IdentityDisclosed { .. } => "identity_disclosed",
            Event::CalendarProclaimed { .. } => "calendar_proclaimed",
            Event::ObligationOpened { .. } => "obligation_opened",
            Event::ObligationMoved { .. } => "obligation_moved",
            Event::ObligationClosed { .. } => "obligation_closed",
            Event::ObligationReopened { .. } => "obligation_reopened",
            Event::MilestonesReached { .. } => "milestones_reached",
        }
    }

    /// Whether the citizen is told that it happened. Not told are that the agency knows which officials a denunciation is
    /// about, the agency's own reminders, and the closing of a limit, which the step that closed it tells.
    pub fn is_for_citizen(&self) -> bool {
        match self {
            Event::DenouncedNamed { .. } | Event::ObligationClosed { .. } | Event::MilestonesReached { .. } => false,
            Event::Submitted { .. }
            | Event::Assigned { .. }
            | Event::HandlerNamed { .. }
            | Event::FormalisationAwaited
            | Event::Registered { .. }
            | Event::Accepted { .. }
            | Event::Refused { .. }
            | Event::Guided { .. }
            | Event::Filed { .. }
            | Event::UsedForInspection { .. }
            | Event::Referred { .. }
            | Event::LinkedAsDuplicate { .. }
            | Event::Divided { .. }
            | Event::Followed { .. }
            | Event::Transferred { .. }
            | Event::VerificationBegun { .. }
            | Event::DialogueCalled { .. }
            | Event::DialogueRecorded { .. }
            | Event::FoundComplex { .. }
            | Event::Extended { .. }
            | Event::Suspended { .. }
            | Event::Resumed { .. }
            | Event::WithdrawalRequested { .. }
            | Event::PartlyWithdrawn { .. }
            | Event::WithdrawalOverruled { .. }
            | Event::Withdrawn { .. }
            | Event::Terminated { .. }
            | Event::Resolved { .. }
            | Event::Corrected { .. }
            | Event::Dispatched { .. }
            | Event::Published { .. }
            | Event::TookEffect { .. }
            | Event::Enforced { .. }
            | Event::OverdueReported { .. }
            | Event::ReportDemanded { .. }
            | Event::ReportAnswered { .. }
            | Event::MessageSent { .. }
            | Event::IdentityDisclosed { .. }
            | Event::CalendarProclaimed { .. }
            | Event::ObligationOpened { .. }
            | Event::ObligationMoved { .. }
            | Event::ObligationReopened { .. } => true,
        }
    }
}
